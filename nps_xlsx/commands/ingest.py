"""``nps ingest``, ``nps check`` and ``nps demo``: reading what came back."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.commands.shared import (
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_option,
    out_option,
    plain,
    register_option,
    register_with,
)
from nps_xlsx.councils import Register, load_list
from nps_xlsx.errors import UserError
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Framework, Problem, Return, Severity, Status

if TYPE_CHECKING:
    from nps_xlsx.intake import Receipt, Rulings
    from nps_xlsx.outputs import Scope


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@out_option
@click.option(
    "--keep",
    multiple=True,
    metavar="earliest|latest|FILE",
    help="Which of several returns of one council counts; FILE is its source_file in returns.csv. "
    "[default: latest]",
)
@click.option("--corrections", "corrections_file", type=FILE, help="CSV file of corrections to answers.")
@click.option("--waivers", "waivers_file", type=FILE, help="CSV file of problems to let pass.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which waivers must still hold. [default: today]",
)
@click.option(
    "--previous", "previous_path", type=FILE, help="An earlier round: its answers.csv, or its returns."
)
@click.option(
    "--asked",
    "asked_file",
    type=FILE,
    help="CSV file of the councils that were asked, by gss_code or name. [default: all of England]",
)
@click.option(
    "--by", "facts", multiple=True, metavar="COLUMN", help="A further column of the register to group by."
)
@register_option
@framework_option
@click.pass_context
def ingest(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
    previous_path: Path | None,
    asked_file: Path | None,
    facts: tuple[str, ...],
    **options: Any,
) -> None:
    """Read what came back: workbooks, folders, zips and mails (.eml, .msg) with all that is in them.

    Writes returns.csv, answers.csv, problems.csv, consolidated.xlsx and an action plan for
    each council. Exits with 0 where nothing was wrong, 1 where problems were found.
    """
    framework, register = load_framework(framework_folder), register_with(register_file)
    rulings = _rulings(framework, register, **options)
    scope = _scope(framework, register, previous_path, asked_file, facts)
    receipt = _ingest(paths, out, framework, register, rulings, scope)
    _tell_receipt(receipt, out)
    context.exit(0 if receipt.is_clean else PROBLEMS_FOUND)


def _rulings(
    framework: Framework,
    register: Register,
    *,
    keep: tuple[str, ...],
    corrections_file: Path | None,
    waivers_file: Path | None,
    as_of: dt.datetime | None,
) -> Rulings:
    from nps_xlsx.across import Keep
    from nps_xlsx.corrections import load_corrections, load_waivers
    from nps_xlsx.intake import Rulings

    if {"earliest", "latest"} <= set(keep):
        raise click.UsageError("--keep earliest and --keep latest exclude each other.")
    return Rulings(
        keep=Keep("earliest" in keep, tuple(name for name in keep if name not in ("earliest", "latest"))),
        corrections=load_corrections(corrections_file, framework, register) if corrections_file else (),
        waivers=load_waivers(waivers_file, register) if waivers_file else (),
        as_of=as_of.date() if as_of else dt.date.today(),  # noqa: DTZ011 - the analyst's own day
    )


def _ingest(
    paths: Sequence[Path],
    out: Path,
    framework: Framework,
    register: Register,
    rulings: Rulings | None = None,
    scope: Scope | None = None,
) -> Receipt:
    from nps_xlsx.intake import ingest as run

    with _progress() as seen:
        return run(paths, out, framework, register, rulings=rulings, scope=scope, seen=seen)


def _scope(
    framework: Framework,
    register: Register,
    previous: Path | None,
    asked: Path | None,
    facts: tuple[str, ...],
) -> Scope:
    from nps_xlsx.outputs import Scope
    from nps_xlsx.prefill import load_previous

    unknown = [fact for fact in facts if fact not in ("region", "council_type", *register.extra_columns)]
    if unknown:
        known = ", ".join(("region", "council_type", *register.extra_columns))
        raise UserError(f"--by {unknown[0]}: the register has no such column. It has: {known}.")
    return Scope(
        previous=load_previous(previous, framework, register) if previous else {},
        asked=load_list(asked, register) if asked else None,
        facts=tuple(dict.fromkeys(("region", "council_type", *facts))),
    )


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Shows on a terminal, and only there, which file is being read."""
    shows_names = sys.stderr.isatty()

    def seen(name: str) -> None:
        if shows_names:
            click.echo(f"\r\x1b[KReading {plain(name)}", nl=False, err=True)

    try:
        yield seen
    finally:
        if shows_names:
            click.echo("\r\x1b[K", nl=False, err=True)


def _tell_receipt(receipt: Receipt, out: Path) -> None:
    statuses = ", ".join(
        f"{receipt.statuses[status]} {status.value}" for status in Status if receipt.statuses[status]
    )
    click.echo(f"{counted(receipt.files, 'file')} read: {statuses or 'none'}.")
    click.echo(
        f"{counted(receipt.answers_present, 'answered row')} found = "
        f"{receipt.answers_read} used + {receipt.answers_refused} refused + "
        f"{receipt.answers_aside} put aside."
    )
    problems = ", ".join(
        counted(receipt.problems[severity], severity.value)
        for severity in Severity
        if receipt.problems[severity]
    )
    click.echo(f"Problems: {problems or 'none'}.")
    if receipt.corrected or receipt.waived:
        click.echo(f"{counted(receipt.corrected, 'correction')} applied, {receipt.waived:,} problems waived.")
    for ruling in receipt.unused:
        click.echo(f"  Met nothing: {plain(ruling, 200)}")
    for path in receipt.written:
        click.echo(f"  {path}{'/' if path.is_dir() else ''}")
    if receipt.stale:
        stale = counted(len(receipt.stale), "action plan")
        click.echo(f"{stale} of an earlier run still there, such as {receipt.stale[0].name}.")
    if not receipt.is_clean:
        click.echo(f"Look first at {out / 'problems.csv'}.")


# --- check ------------------------------------------------------------------------


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@click.option(
    "--marked-up",
    type=FILE,
    metavar="DIR",
    help="Write a fresh copy of each workbook there, with its answers and every problem marked.",
)
@click.option("--reply", "replies", is_flag=True, help="Print a message to the council for each return.")
@register_option
@framework_option
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    marked_up: Path | None,
    register_file: Path | None,
    framework_folder: Path | None,
    *,
    replies: bool,
) -> None:
    """Say what is wrong with a return, or with several, and what to do about it.

    Its verdict is that of the sheet Check before sending. Exits with 0 where nothing was
    found, 1 where something was.
    """
    from nps_xlsx.intake import read_returns

    framework, register = load_framework(framework_folder), register_with(register_file)
    with _progress() as seen:
        returns = read_returns(paths, framework, register, seen=seen).returns
    copies = _mark_up(returns, marked_up, paths, framework, register) if marked_up else [None] * len(returns)
    for returned, copy in zip(returns, copies, strict=True):
        if replies:
            _tell_reply(returned, framework, copy)
        else:
            _tell_return(returned)
        if copy is not None:
            click.echo(f"Wrote {copy}", err=replies)
    context.exit(PROBLEMS_FOUND if any(returned.problems for returned in returns) else 0)


def _mark_up(
    returns: Sequence[Return], out: Path, paths: Sequence[Path], framework: Framework, register: Register
) -> list[Path | None]:
    """Write the marked-up copies; the path of each, or nothing where there is nothing to mark."""
    from nps_xlsx.files import make_folder, write_files
    from nps_xlsx.mark_up import mark_up_all

    copies = mark_up_all(returns, framework, register)
    targets = [None if copy is None else out / copy[0] for copy in copies]
    below = {path / returned.source_file for path in paths if path.is_dir() for returned in returns}
    theirs = {path.resolve() for path in (*paths, *below)}
    for target in filter(None, targets):
        if target.resolve() in theirs:
            raise UserError(f"{target} is one of the files to check. Choose another folder for --marked-up.")
    make_folder(out)
    write_files({out / name: content for name, content in filter(None, copies)})
    return targets


def _tell_reply(returned: Return, framework: Framework, copy: Path | None) -> None:
    from nps_xlsx.reports.reply import reply

    text = reply(returned, framework, marked_up=copy.name if copy else "")
    if text:
        click.echo(f"{text}\n{'-' * 72}\n")


def _tell_return(returned: Return) -> None:
    from nps_xlsx.problems import counts

    click.echo(plain(returned.source_file, 200))
    if returned.assessment:
        council, round_ = returned.assessment.council, returned.assessment.round
        click.echo(f"  {plain(council, 200)}, round {plain(round_)}")
    number = sum(counts(returned.problems).values())
    click.echo(f"  {counted(number, 'thing')} to look at" if number else "  Ready to send")
    for found in returned.problems:
        _tell_problem(found)
    click.echo()


def _tell_problem(found: Problem) -> None:
    where = ", ".join(filter(None, (found.place.sheet, found.place.cell)))
    click.echo(f"\n  {found.severity.value}: {plain(found.message, 400)}")
    if where:
        click.echo(f"    Where: {plain(where, 400)}")
    click.echo(f"    What to do: {found.advice}")


# --- demo -------------------------------------------------------------------------


@click.command()
@click.option(
    "--samples",
    type=FILE,
    default=Path("samples"),
    show_default=True,
    help="The samples folder of the project.",
)
@out_option
def demo(samples: Path, out: Path) -> None:
    """Show the whole job: build a blank workbook, read the sample returns, write the outputs."""
    from nps_xlsx.builder import Order, build_file
    from nps_xlsx.files import make_folder

    returns = samples / "returns"
    if not returns.is_dir():
        raise UserError(f"{returns} is not there. Run the demo in the project's folder, or give --samples.")
    framework = load_framework()
    register = register_with(samples / "synthetic-councils.csv")
    council = register.find("Medway")
    blank = build_file(Order(framework, council, "2026", dt.date(2026, 12, 18)), make_folder(out))
    receipt = _ingest([returns], out, framework, register)
    click.echo(f"A blank workbook, as {council.name} would receive it:\n  {blank}")
    click.echo(f"The sample returns in {returns}, read and consolidated:")
    _tell_receipt(receipt, out)
    click.echo(
        f"\nOpen {blank.name} first, then consolidated.xlsx, then an action plan.\n"
        "Worcestershire's answers are its published assessment of 2022; the other councils are synthetic."
    )

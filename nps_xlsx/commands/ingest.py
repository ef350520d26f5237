"""``nps ingest``, ``nps check`` and ``nps demo``: reading what came back."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
from nps_xlsx.councils import Register
from nps_xlsx.errors import UserError
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Framework, Problem, Return, Severity, Status

if TYPE_CHECKING:
    from nps_xlsx.intake import Receipt


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@out_option
@register_option
@framework_option
@click.pass_context
def ingest(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Read returned workbooks: files, folders (with all below them) and zips.

    Writes returns.csv, answers.csv, problems.csv, consolidated.xlsx and an action plan for
    each council. Exits with 0 where nothing was wrong, 1 where problems were found.
    """
    receipt = _ingest(paths, out, load_framework(framework_folder), register_with(register_file))
    _tell_receipt(receipt, out)
    context.exit(0 if receipt.is_clean else PROBLEMS_FOUND)


def _ingest(paths: Sequence[Path], out: Path, framework: Framework, register: Register) -> Receipt:
    from nps_xlsx.intake import ingest as run

    shows_names = sys.stderr.isatty()

    def seen(name: str) -> None:
        if shows_names:
            click.echo(f"\r\x1b[KReading {plain(name)}", nl=False, err=True)

    receipt = run(paths, out, framework, register, seen=seen)
    if shows_names:
        click.echo("\r\x1b[K", nl=False, err=True)
    return receipt


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
@register_option
@framework_option
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Say what is wrong with a return, or with several, and what to do about it.

    Its verdict is that of the sheet Check before sending. Exits with 0 where nothing was
    found, 1 where something was.
    """
    from nps_xlsx.intake import read_returns

    framework = load_framework(framework_folder)
    returns = read_returns(paths, framework, register_with(register_file))
    for returned in returns:
        _tell_return(returned)
    context.exit(PROBLEMS_FOUND if any(returned.problems for returned in returns) else 0)


def _tell_return(returned: Return) -> None:
    from nps_xlsx.problems import counts

    click.echo(plain(returned.source_file, 200))
    if returned.assessment:
        council, round_ = returned.assessment.council, returned.assessment.round
        click.echo(f"  {plain(council, 200)}, round {plain(round_)}")
    number = sum(counts(returned.problems).values())
    click.echo(f"  {counted(number, 'thing')} to look at" if number else "  Ready to send")
    order = list(Severity)
    for found in sorted(returned.problems, key=lambda problem: order.index(problem.severity)):
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

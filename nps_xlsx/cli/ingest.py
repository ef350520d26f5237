"""``nps ingest``: from the files that came back to every document made from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.cli.options import (
    DAY,
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_option,
    out_option,
    plain,
    progress,
    register_option,
    register_with,
)
from nps_xlsx.framework import load_framework
from nps_xlsx.model import FACTS, Framework, Severity, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.councils import Register, load_list

if TYPE_CHECKING:
    from nps_xlsx.reports.ingest import Receipt
    from nps_xlsx.reports.outputs import Scope, Written
    from nps_xlsx.rounds.intake import Rulings


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@out_option
@click.option(
    "--keep",
    multiple=True,
    metavar="earliest|latest|FILE",
    help="Which of several returns from one council counts; FILE is its source_file in returns.csv. "
    "[default: latest]",
)
@click.option("--corrections", "corrections_file", type=FILE, help="CSV file of corrections to answers.")
@click.option("--waivers", "waivers_file", type=FILE, help="CSV file of problems to waive.")
@click.option(
    "--as-of",
    type=DAY,
    help="Date of this run: waivers must still hold on it, and no document is dated later. [default: today]",
)
@click.option(
    "--previous", "previous_path", type=FILE, help="An earlier round: its answers.csv, or its returns."
)
@click.option(
    "--round", "round_", default="", help="The round to read. [default: that of most answered returns]"
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
@click.option(
    "--families",
    "families_file",
    type=FILE,
    help="CSV file of the families to compare councils within: gss_code or council, family.",
)
@click.option(
    "--suppress-below",
    "threshold",
    type=click.IntRange(min=0),
    default=THRESHOLD,
    show_default=True,
    help="Publish nothing about groups of fewer councils, or that gives them away; 0 publishes all.",
)
@click.option("--name-councils", is_flag=True, help="Name councils in publication.xlsx and report.html.")
@click.option("--contact", default="", help="Whom readers of publication.xlsx can ask.")
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
    keep: tuple[str, ...],
    corrections_file: Path | None,
    waivers_file: Path | None,
    as_of: dt.date | None,
    round_: str,
    **shown: Any,
) -> None:
    """Read what came back: workbooks, folders, zips and mails (.eml, .msg), with everything in them.

    Writes returns.csv, answers.csv, problems.csv, consolidated.xlsx, publication.xlsx,
    report.html, and an action plan and feedback for each council; changes.csv, combined.csv
    and reviews.csv if there is anything to put in them. Exits with 0 if nothing is wrong, 1 if
    there are errors or warnings, 2 if it could not run.
    """
    framework, register = load_framework(framework_folder), register_with(register_file)
    rulings = _rulings(
        framework,
        register,
        keep=keep,
        corrections_file=corrections_file,
        waivers_file=waivers_file,
        as_of=as_of,
        round_=round_,
    )
    scope = _scope(framework, register, **shown)
    receipt = run_ingest(paths, out, framework, register, rulings, scope)
    print_receipt(receipt, out, round_)
    context.exit(0 if receipt.is_clean else PROBLEMS_FOUND)


def _rulings(
    framework: Framework,
    register: Register,
    *,
    keep: tuple[str, ...],
    corrections_file: Path | None,
    waivers_file: Path | None,
    as_of: dt.date | None,
    round_: str,
) -> Rulings:
    from nps_xlsx.rounds.across import Keep
    from nps_xlsx.rounds.corrections import load_corrections, load_waivers
    from nps_xlsx.rounds.intake import Rulings

    if {"earliest", "latest"} <= set(keep):
        raise click.UsageError("Give --keep earliest or --keep latest, not both.")
    return Rulings(
        round=round_,
        keep=Keep("earliest" in keep, tuple(name for name in keep if name not in ("earliest", "latest"))),
        corrections=load_corrections(corrections_file, framework, register) if corrections_file else (),
        waivers=load_waivers(waivers_file, register) if waivers_file else (),
        as_of=as_of or dt.date.today(),  # noqa: DTZ011 - the analyst's own day
    )


def run_ingest(
    paths: Sequence[Path],
    out: Path,
    framework: Framework,
    register: Register,
    rulings: Rulings | None = None,
    scope: Scope | None = None,
) -> Receipt:
    """Ingest, showing progress on a terminal."""
    from nps_xlsx.reports.ingest import ingest as run

    with progress() as show:
        return run(
            paths,
            out,
            framework,
            register,
            rulings=rulings,
            scope=scope,
            seen=partial(show, "Reading"),
            made=partial(show, "Made"),
        )


def _scope(
    framework: Framework,
    register: Register,
    *,
    previous_path: Path | None,
    asked_file: Path | None,
    facts: tuple[str, ...],
    families_file: Path | None,
    **options: Any,
) -> Scope:
    from nps_xlsx.register.families import load_families
    from nps_xlsx.reports.outputs import Scope
    from nps_xlsx.rounds.responses import load_previous

    unknown = [fact for fact in facts if fact not in register.facts]
    if unknown:
        known = ", ".join(register.facts)
        raise UserError(f"--by {unknown[0]}: the register has no such column. It has: {known}.")
    return Scope(
        previous=load_previous(previous_path, framework, register) if previous_path else {},
        asked=load_list(asked_file, register) if asked_file else None,
        facts=tuple(dict.fromkeys((*FACTS, *facts))),
        families=load_families(families_file, register) if families_file else {},
        **options,
    )


def print_receipt(receipt: Receipt, out: Path, round_: str = "") -> None:
    """Print what came in, what became of it, and what was written; ``round_`` is the one asked for."""
    statuses = ", ".join(
        f"{receipt.statuses[status]} {status.value}" for status in Status if receipt.statuses[status]
    )
    click.echo(f"{counted(receipt.files, 'file')} read: {statuses or 'none'}.")
    click.echo(
        f"{counted(receipt.answers_present, 'answered row')} found = "
        f"{receipt.answers_read} used + {receipt.answers_refused} refused + "
        f"{receipt.answers_aside} put aside."
    )
    written = receipt.written
    if written.round:
        why = "as given" if round_ else "that of most answered returns (give another with --round)"
        click.echo(f"Round {written.round}, {why}.")
    have = "has" if written.returned == 1 else "have"
    missing = written.asked - written.returned
    where = ": see not-returned.csv" if missing else ""
    click.echo(
        f"{written.returned:,} of {written.asked:,} asked {have} returned, {missing:,} have not{where}."
    )
    severities = [severity for severity in Severity if receipt.problems[severity]]
    problems = ", ".join(counted(receipt.problems[severity], severity.value) for severity in severities)
    click.echo(f"Problems: {problems or 'none'}.")
    if receipt.corrected or receipt.waived:
        corrected, waived = counted(receipt.corrected, "correction"), counted(receipt.waived, "problem")
        click.echo(f"{corrected} applied, {waived} waived.")
    for ruling in receipt.unused:
        click.echo(f"  No effect: {plain(ruling, 200)}")
    for path in written.shown:
        click.echo(f"  {path}{'/' if path.is_dir() else ''}")
    _print_earlier(written, receipt.statuses[Status.ACCEPTED])
    if not receipt.is_clean:
        click.echo(f"Look first at {out / 'problems.csv'}.")


def _print_earlier(written: Written, accepted: int) -> None:
    """Print what became of the earlier round, and of the results of an earlier run."""
    if written.uncompared:
        names = "; ".join(written.uncompared)
        click.echo(f"In --previous but not asked this time, so not compared: {names}.")
    fewer = written.accepted_before - accepted
    if fewer > 0:
        was = counted(written.accepted_before, "accepted return")
        click.echo(f"The results that these replace were from {was}: {fewer:,} more than now.")
    if written.replaced:
        moved = counted(len(written.replaced), "file")
        click.echo(f"{moved} from an earlier run, not written by this one, moved to:")
    for path in written.replaced:
        click.echo(f"  {path}")

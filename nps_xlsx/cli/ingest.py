"""``nps ingest``: from the files that came back to every document made from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from nps_xlsx.cli.command import ROUND, Command
from nps_xlsx.cli.options import (
    DAY,
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_and_register,
    jobs_option,
    loaded,
    out_option,
    plain,
    previous_option,
    progress,
    successions_option,
)
from nps_xlsx.cli.scheduled import GROUP, for_schedulers, print_json
from nps_xlsx.cli.season import for_ingest, in_round
from nps_xlsx.ingester.reading.readers import Readers
from nps_xlsx.model import FACTS, Framework, Severity, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.councils import Register, load_list
from nps_xlsx.register.families import load_families
from nps_xlsx.rounds.corrections import Correction, Waiver, load_corrections, load_waivers
from nps_xlsx.rounds.intake import Rulings
from nps_xlsx.rounds.sent_again import Keep, keep_of

if TYPE_CHECKING:
    from nps_xlsx.ingester.reading.known import Store
    from nps_xlsx.reports.ingest import Receipt
    from nps_xlsx.reports.outputs import Scope, Written
    from nps_xlsx.season.folder import Round
    from nps_xlsx.season.ingesting import News


def _facts(context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    known = context.params["register"].facts
    for name in names:
        if name not in known:
            raise UserError(f"--by {name}: the register has no such column. It has: {', '.join(known)}.")
    return tuple(dict.fromkeys((*FACTS, *names)))


@click.command(
    cls=Command,
    groups={
        "What is read": "--round --keep --corrections --waivers --afresh --framework --register",
        "What is compared": "--councils --previous --successions --by --families",
        "What is published": "--suppress-below --name-councils --publication-contact",
        "How it is done": "--out --as-of --jobs --scheduler",
        **GROUP,
    },
    examples=(
        "nps ingest 2026",
        "nps ingest returns --out results",
        "nps ingest returns more.zip mails/ --councils mailing-list.csv --previous 2022/answers.csv",
        "nps ingest returns --corrections corrections.csv --waivers waivers.csv --out results",
    ),
)
@click.argument(
    "paths", nargs=-1, required=True, type=ROUND, is_eager=True, callback=in_round(for_ingest, others=True)
)
@out_option
@click.option(
    "--keep",
    multiple=True,
    callback=lambda _context, _parameter, given: keep_of(given),
    metavar="earliest|latest|FILE",
    help="Which of several returns from one council counts; FILE is its source_file in returns.csv. "
    "[default: latest]",
)
@click.option(
    "--corrections",
    type=FILE,
    callback=loaded(load_corrections, "framework", "register", without=()),
    help="CSV file of corrections to answers.",
)
@click.option(
    "--waivers",
    type=FILE,
    callback=loaded(load_waivers, "register", without=()),
    help="CSV file of problems to waive.",
)
@click.option(
    "--as-of",
    "--today",
    "as_of",
    type=DAY,
    default=dt.date.today,
    help="Date of this run: waivers must still hold on it, and no document is dated later. [default: today]",
)
@previous_option
@successions_option
@click.option(
    "--round", "round_", default="", help="The round to read. [default: that of most answered returns]"
)
@click.option(
    "--councils",
    "--asked",
    "asked",
    type=FILE,
    callback=loaded(load_list, "register"),
    help="CSV file of the councils that were asked, by gss_code or name. [default: all of England]",
)
@click.option(
    "--by",
    "facts",
    multiple=True,
    callback=_facts,
    metavar="COLUMN",
    help="A further column of the register to group by.",
)
@click.option(
    "--families",
    type=FILE,
    callback=loaded(load_families, "register", without={}),
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
@jobs_option
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Have the files read by a Dask cluster: the address of its scheduler, such as tcp://10.0.0.5:8786.",
)
@click.option(
    "--afresh",
    is_flag=True,
    help="Read every file, also those that an earlier run into this folder has read.",
)
@click.option(
    "--publication-contact",
    "--contact",
    "contact",
    default="",
    help="Whom readers of publication.xlsx can ask.",
)
@framework_and_register
@for_schedulers
@click.pass_context
def ingest(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    out: Path,
    register: Register,
    framework: Framework,
    round_: str,
    keep: Keep,
    corrections: tuple[Correction, ...],
    waivers: tuple[Waiver, ...],
    as_of: dt.date,
    jobs: int | None,
    scheduler: str,
    afresh: bool,
    as_json: bool,
    **shown: Any,
) -> None:
    """Read what came back: workbooks, folders, zips and mails (.eml, .msg), with everything in them.

    Writes returns.csv, answers.csv, problems.csv, consolidated.xlsx, publication.xlsx,
    report.html, and an action plan and feedback for each council; changes.csv, combined.csv
    and reviews.csv if there is anything to put in them. Exits with 0 if nothing is wrong, 1 if
    there are errors or warnings, 2 if it could not run.
    """
    from nps_xlsx.reports.outputs import Scope

    rulings = Rulings(keep, corrections, waivers, round_, as_of)
    run = partial(run_ingest, readers=Readers(jobs, scheduler), afresh=afresh)
    options = (framework, register, Scope(**shown))
    news = None
    if context.obj is None:
        receipt = run(paths, out, *options, rulings)
        print_receipt(receipt, out, round_)
    else:
        is_default = context.get_parameter_source("out") is not ParameterSource.COMMANDLINE
        out = context.obj.paths.results / as_of.isoformat() if is_default else out
        receipt, news = _ingest_round(context.obj, out, as_of, rulings, run, options)
    if as_json:
        print_json(_as_data(receipt, news))
    context.exit(0 if receipt.is_clean else PROBLEMS_FOUND)


def _ingest_round(
    round_: Round,
    out: Path,
    day: dt.date,
    rulings: Rulings,
    run: Callable[..., Receipt],
    options: Sequence[Any],
) -> tuple[Receipt, News]:
    """Ingest the returns of a round's folder, and print what is new since the run before."""
    from nps_xlsx.season.closing import if_closed
    from nps_xlsx.season.ingesting import note_results

    with round_.ledger(day) as ledger:
        round_.note_statuses(ledger)
        rulings = if_closed(round_, ledger.events, rulings)
        receipt = run(
            [round_.paths.returns], out, *options, rulings, store=ledger, replaces=round_.paths.latest
        )
        news = note_results(round_, ledger, out, receipt, rulings)
    print_receipt(receipt, out, round_.settings.round)
    click.echo(f"  {round_.paths.latest}/")
    print_news(news, round_)
    return receipt, news


def _as_data(receipt: Receipt, news: News | None) -> dict[str, Any]:
    """A receipt for another program, by the names of its fields; of a round, what is new as well."""
    data = asdict(receipt) | {"is_clean": receipt.is_clean}
    del data["written"]["files"]  # those in folders of hundreds are ``shown`` as the folder
    if news is not None:
        events = [(one.kind, one.gss_code, one.status, one.file) for one in news.events]
        names = ("kind", "gss_code", "status", "file")
        data |= {"since": news.since, "new": [dict(zip(names, one, strict=True)) for one in events]}
    return data


def print_news(news: News, round_: Round) -> None:
    """Print which files and rulings are new, or count otherwise than before."""
    click.echo(
        f"New since the run of {news.since}:" if news.since else "All of it is new: this is the first run."
    )
    if news.since and not news.events:
        click.echo("  nothing")
    if not news.since:
        return
    names = {one.gss_code: one.council.short_name for one in round_.participants}
    for event in news.events:
        whose = names.get(event.gss_code, event.gss_code) or "Nobody known"
        what = event.file if event.file else f"{event.kind} {event.why}"
        click.echo(f"  {plain(whose)}: {plain(what, 120)}, {event.status}")


def run_ingest(
    paths: Sequence[Path],
    out: Path,
    framework: Framework,
    register: Register,
    scope: Scope,
    rulings: Rulings | None = None,
    readers: Readers | None = None,
    *,
    afresh: bool = False,
    store: Store | None = None,
    replaces: Path | None = None,
) -> Receipt:
    """Ingest, showing progress on a terminal."""
    from nps_xlsx.reports.ingest import ingest as run

    with progress() as show:
        seen, made = partial(show, "Reading"), partial(show, "Made")
        return run(
            paths,
            out,
            framework,
            register,
            rulings=rulings,
            scope=scope,
            seen=seen,
            made=made,
            readers=readers,
            afresh=afresh,
            store=store,
            replaces=replaces,
        )


def print_receipt(receipt: Receipt, out: Path, round_: str = "") -> None:
    """Print what came in, what became of it, and what was written; ``round_`` is the one asked for."""
    statuses = ", ".join(
        f"{receipt.statuses[status]} {status.value}" for status in Status if receipt.statuses[status]
    )
    known = f" ({receipt.known:,} of them by an earlier run)" if receipt.known else ""
    click.echo(f"{counted(receipt.files, 'file')} read{known}: {statuses or 'none'}.")
    if receipt.is_forgotten:
        click.echo("What earlier runs had read could not be used: every file was read again.")
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
    decided = f" ({written.decided:,} declined or with nothing to report)" if written.decided else ""
    have_not = f"{missing:,} have not{decided}{where}"
    click.echo(f"{written.returned:,} of {written.asked:,} asked {have} returned, {have_not}.")
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
    for words in written.broken:
        click.echo(f"History broken, so not compared: {words}.")
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

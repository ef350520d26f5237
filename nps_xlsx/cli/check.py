"""``nps check``: what is wrong with returns, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from nps_xlsx.cli.command import Command
from nps_xlsx.cli.options import (
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_and_register,
    plain,
    progress,
    refuse_to_overwrite,
)
from nps_xlsx.cli.scheduled import print_json, without_log
from nps_xlsx.cli.season import for_all, in_round
from nps_xlsx.files import made_folders, write_file, write_files
from nps_xlsx.model import Framework, Problem, Return, Severity
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import counts
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.intake import read_returns


@click.command(
    cls=Command,
    groups={
        "What is written": "--marked-up --reply --anonymise",
        "What it is read by": "--framework --register",
        "For schedulers": "--json --quiet",
    },
    examples=(
        "nps check return.xlsx",
        "nps check returns --reply",
        "nps check returns --marked-up marked-up",
    ),
)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=FILE,
    is_eager=True,
    callback=in_round(for_all, others=True, reads=lambda round_: round_.paths.returns),
)
@click.option(
    "--marked-up",
    type=FILE,
    metavar="DIR",
    help="Write a fresh copy of each workbook here, with its answers and every problem marked.",
)
@click.option(
    "--anonymise",
    type=FILE,
    metavar="FILE",
    help="Write a copy of one return here without its words, to show others how it is read.",
)
@click.option("--reply", "replies", is_flag=True, help="Print a message to the council for each return.")
@framework_and_register
@without_log
@click.pass_context
def check(
    context: click.Context,
    paths: tuple[Path, ...],
    marked_up: Path | None,
    anonymise: Path | None,
    register: Register,
    framework: Framework,
    *,
    replies: bool,
    as_json: bool,
) -> None:
    """Say what is wrong with a return, or with several, and what to do about it.

    PATHS are files, folders, or the folder of a round, whose returns are checked. It agrees with the
    sheet Check before sending. Exits with 0 if nothing is wrong, 1 if there are errors or warnings (as
    nps ingest does), 2 if it could not run.
    """
    with progress() as show:
        returns = read_returns(paths, framework, register, seen=partial(show, "Reading")).returns
    if anonymise:
        _anonymise(paths, anonymise, framework, register)
    copies = _mark_up(returns, marked_up, paths, framework, register) if marked_up else [None] * len(returns)
    for returned, copy in zip(returns, copies, strict=True):
        if replies:
            _print_reply(returned, framework, copy)
        else:
            _print_return(returned)
        if copy is not None:
            click.echo(f"Wrote {copy}", err=replies)
    if as_json:
        _print_data(returns, framework)
    severities = {problem.severity for returned in returns for problem in returned.problems}
    context.exit(PROBLEMS_FOUND if severities - {Severity.NOTE} else 0)


def _print_data(returns: Sequence[Return], framework: Framework) -> None:
    from nps_xlsx.reports.listings import problem_rows, return_rows

    rows = zip(return_rows(returns, framework), returns, strict=True)
    print_json([row | {"problems": problem_rows([returned])} for row, returned in rows])


def _mark_up(
    returns: Sequence[Return], out: Path, paths: Sequence[Path], framework: Framework, register: Register
) -> list[Path | None]:
    """Write the marked-up copies; the path of each, or ``None`` if there is nothing to mark."""
    from nps_xlsx.reports.marked_up import mark_up_all

    copies = mark_up_all(returns, framework, register)
    targets = [None if copy is None else out / copy[0] for copy in copies]
    refuse_to_overwrite(filter(None, targets), paths, "--marked-up")
    with made_folders(out):
        write_files({out / name: content for name, content in filter(None, copies)})
    return targets


def _anonymise(paths: Sequence[Path], copy: Path, framework: Framework, register: Register) -> None:
    from nps_xlsx.reports.anonymised import anonymised

    if len(paths) != 1 or not paths[0].is_file():
        raise UserError("--anonymise takes one return, not a folder. Give the file by itself.")
    refuse_to_overwrite([copy], paths, "--anonymise")
    made = anonymised(paths[0].read_bytes(), framework, register)
    path = write_file(copy, made.content)
    click.echo(f"Wrote {path}. Look through it before you send it to anybody.", err=True)
    if made.emptied:
        emptied = plain(", ".join(made.emptied), 2_000)
        click.echo(f"Emptied, since its words cannot be found: {emptied}", err=True)


def _print_reply(returned: Return, framework: Framework, copy: Path | None) -> None:
    from nps_xlsx.reports.reply import reply

    text = reply(returned, framework, marked_up=copy.name if copy else "")
    if text:
        click.echo(f"{text}\n{'-' * 72}\n")


def _print_return(returned: Return) -> None:
    click.echo(plain(returned.source_file, 200))
    if returned.assessment:
        council, round_ = returned.assessment.council, returned.assessment.round
        click.echo(f"  {plain(council, 200)}, round {plain(round_)}")
    number, cells = len(returned.problems), sum(counts(returned.problems).values())
    where = f", in {cells:,} places" if cells > number else ""
    click.echo(f"  {counted(number, 'thing')} to look at{where}" if number else "  Ready to send")
    for problem in returned.problems:
        _print_problem(problem)
    click.echo()


def _print_problem(problem: Problem) -> None:
    where = ", ".join(filter(None, (problem.place.sheet, problem.cell)))
    click.echo(f"\n  {problem.severity.value}: {plain(problem.message, 400)}")
    if where:
        click.echo(f"    Where: {plain(where, 400)}")
    click.echo(f"    What to do: {problem.advice}")

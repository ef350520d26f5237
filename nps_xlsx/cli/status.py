"""``nps status``: how a round stands today, and which councils need something."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from nps_xlsx.cli.command import ROUND, Command
from nps_xlsx.cli.options import DAY, counted, plain
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.season import status as figures
from nps_xlsx.season.folder import Round
from nps_xlsx.season.standing import Standings, standings_of
from nps_xlsx.season.status_page import FILE as PAGE
from nps_xlsx.season.status_page import HEADINGS, cells, write_page

_NAMED = 24
"""So many councils are named on the terminal under what they need."""


@click.command(cls=Command, examples=("nps status 2026", "nps status 2026 --csv"))
@click.argument("folder", type=ROUND)
@click.option("--today", "day", type=DAY, default=dt.date.today, help="The day asked about. [default: today]")
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV file instead: a row per council.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead, with everything in it.")
def status(folder: Path, day: dt.date, *, as_csv: bool, as_json: bool) -> None:
    """Say how a round stands: who has returned, who has not, what is new, who needs something.

    Writes status.html into the folder too, to leave open on a screen; with --csv or --json it writes
    nothing, and prints for another program. What came counts as the last nps ingest read it.
    """
    if as_csv and as_json:
        raise click.UsageError("Give one of --csv and --json.")
    round_ = Round(folder)
    standings = standings_of(round_, day)
    if as_csv:
        click.echo(to_csv(figures.COLUMNS, figures.rows(standings)), nl=False)  # its own line ends
    elif as_json:
        click.echo(
            json.dumps(figures.as_data(standings, round_.settings.round), ensure_ascii=False, indent=1)
        )
    else:
        for line in _lines(standings):
            click.echo(line)
        click.echo(f"  {write_page(round_, standings)}")


def _lines(standings: Standings) -> Iterator[str]:
    yield figures.headline(standings)
    yield figures.when(standings)
    if standings.unread:
        files = counted(len(standings.unread), "file")
        yield f"{files} among the returns, {plain(standings.unread[0])} first, not read yet: run nps ingest."
    for title, found in (
        ("Councils", figures.counts),
        ("Declined", figures.reasons),
        ("Also", figures.facts),
    ):
        if numbers := found(standings):
            yield from ("", f"{title}:", *(f"{number:>7,}  {what}" for what, number in numbers.items()))
    for name, fact in HEADINGS.items():
        tallies = figures.tallies(standings, fact)
        yield from ("", *_table([(name, *cells()), *((one.name, *cells(one)) for one in tallies)]))
    yield from _news(standings)
    yield from _needs(standings)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines, the first column to the left, the others to the right."""
    first, *others = ([len(cell) for cell in column] for column in zip(*rows, strict=True))
    for row in rows:
        numbers = (cell.rjust(max(widths)) for cell, widths in zip(row[1:], others, strict=True))
        yield "  ".join((row[0].ljust(max(first)), *numbers)).rstrip()


def _news(standings: Standings) -> Iterator[str]:
    if not standings.ran:
        return
    yield from ("", f"{figures.since(standings)}:")
    new = figures.news(standings)
    for became, names in new.items():
        yield from _named(became, names)
    if not new:
        yield "  nothing"
    for file in standings.nobodys:
        yield f"  Nobody known: {plain(file.file)}, {file.status}"


def _needs(standings: Standings) -> Iterator[str]:
    needs = figures.needs(standings)
    yield from ("", "Today:" if needs else "Today: nothing to do.")
    for need, councils in needs.items():
        yield from _named(need, [one.council.short_name for one in councils])


def _named(what: str, names: Sequence[str]) -> Iterator[str]:
    """How many councils something is about, and which."""
    rest = len(names) - _NAMED
    shown = names if rest <= 0 else [*names[:_NAMED], f"and {rest:,} more: see {PAGE}"]
    yield from textwrap.wrap(
        f"{len(names):,}  {what}: {plain(', '.join(shown), 4000)}",
        min(shutil.get_terminal_size().columns, 110),
        initial_indent="  ",
        subsequent_indent=" " * 9,
    )

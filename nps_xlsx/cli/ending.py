"""``nps round close`` and ``open``: what counts is fixed, and what comes later changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from nps_xlsx.cli.options import DAY, FILE
from nps_xlsx.model.dates import long_date
from nps_xlsx.season.closing import FILE as CLOSED
from nps_xlsx.season.closing import close as close_round
from nps_xlsx.season.closing import reopen
from nps_xlsx.season.folder import Round

_FOLDER = click.argument("folder", type=FILE)
_TODAY = click.option("--today", "day", type=DAY, help="The day that it counts for. [default: today]")


@click.command()
@_FOLDER
@_TODAY
def close(folder: Path, day: dt.date | None) -> None:
    """Close the round: what counts in its newest results is fixed, and returns that come later are late.

    The results are kept in a folder of their own, and closed.csv lists what they were made from.
    """
    round_ = Round(folder)
    with round_.ledger(day) as ledger:
        closing = close_round(round_, ledger)
    click.echo(f"{folder} is closed, as of {long_date(dt.date.fromisoformat(closing.day))}: {closing.why}.")
    click.echo(f"  {folder / CLOSED}")
    click.echo(f"  {folder / closing.file}/")


@click.command(name="open")
@_FOLDER
@click.option("--why", required=True, help="The reason, which is written down.")
@_TODAY
def open_(folder: Path, why: str, day: dt.date | None) -> None:
    """Open a round again that was closed: the next ingest takes every return."""
    with Round(folder).ledger(day) as ledger:
        was_closed = reopen(ledger, why)
    click.echo(f"{folder} is open{' again' if was_closed else '; it was not closed'}.")

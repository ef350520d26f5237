"""``nps round close``, ``open`` and ``forget``: what counts is fixed, then who gave it is forgotten."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from nps_xlsx.cli.command import COUNCIL, ROUND, Command
from nps_xlsx.cli.options import counted, today_option
from nps_xlsx.model.dates import long_date
from nps_xlsx.season.closing import FILE as CLOSED
from nps_xlsx.season.closing import close as close_round
from nps_xlsx.season.closing import reopen
from nps_xlsx.season.folder import Round
from nps_xlsx.season.forgetting import forget as forget_people

_FOLDER = click.argument("folder", type=ROUND)


@click.command(cls=Command, examples=("nps round close 2026",))
@_FOLDER
@today_option
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


@click.command(name="open", cls=Command, examples=('nps round open 2026 --why "Kent was counted twice"',))
@_FOLDER
@click.option("--why", required=True, help="The reason, which is written down.")
@today_option
def open_(folder: Path, why: str, day: dt.date | None) -> None:
    """Open a round again that was closed: the next ingest takes every return."""
    with Round(folder).ledger(day) as ledger:
        was_closed = reopen(ledger, why)
    click.echo(f"{folder} is open{' again' if was_closed else '; it was not closed'}.")


@click.command(cls=Command, examples=("nps round forget 2026 Medway", "nps round forget 2026"))
@_FOLDER
@click.argument("council", required=False, type=COUNCIL)
@today_option
def forget(folder: Path, council: str | None, day: dt.date | None) -> None:
    """Take the personal data of a council, or of all, out of the folder; the answers stay.

    Names, addresses, senders, reasons in people's own words and the names of files go; mails and
    consolidated.xlsx are deleted and, once the round is closed, the returns too.
    """
    round_ = Round(folder)
    one = round_.register.find(council) if council else None
    with round_.ledger(day) as ledger:
        forgotten = forget_people(round_, ledger, one)
    whose = one.name if one else "all councils"
    click.echo(f"Personal data of {whose} taken out; {counted(len(forgotten.files), 'file')} deleted.")
    if forgotten.left:
        click.echo("These still name people: they are deleted when you forget again after nps round close,")
        click.echo("unless they hold returns of other councils, too.")
    for path in forgotten.left:
        click.echo(f"  {path}")

"""``nps round``: the folder of a round, its settings, and what councils decided."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from nps_xlsx.cli.options import DAY, FILE, counted, plain
from nps_xlsx.register.councils import load_register
from nps_xlsx.season.folder import Round, new_round
from nps_xlsx.season.participants import (
    FILE as COUNCILS,
)
from nps_xlsx.season.participants import (
    REASONS,
    STATUSES,
    Participant,
    load_participants,
    set_status,
)
from nps_xlsx.season.settings import FILE as SETTINGS
from nps_xlsx.season.settings import Settings

_FOLDER = click.argument("folder", type=FILE)


@click.group()
def round() -> None:
    """Keep a round in one folder: settings, councils, workbooks, returns, results."""


@round.command()
@_FOLDER
@click.option("--round", "name", help="The round's name. [default: that of the folder]")
@click.option("--due", type=DAY, help="When workbooks are to be back: 2026-12-18.")
@click.option("--councils", "listed", type=FILE, help="CSV file of who is asked: gss_code or council, email.")
@click.option("--all", "every", is_flag=True, help="Ask every principal council of England.")
@click.option("--contact", default="", help="Whom councils can ask: a post, telephone number or address.")
@click.option("--return-to", default="", help="Where workbooks are to be sent back to: an email address.")
@click.option("--controller", default="", help="The organisation that is responsible for the personal data.")
def new(
    folder: Path,
    name: str | None,
    listed: Path | None,
    *,
    every: bool,
    due: dt.date | None,
    contact: str,
    return_to: str,
    controller: str,
) -> None:
    """Make the folder of a new round, with its settings and the list of who is asked."""
    if every == (listed is not None):
        raise click.UsageError("Say who is asked: one of --councils and --all.")
    register = load_register()
    everybody = map(Participant, register.principal().councils)
    asked = load_participants(listed, register) if listed else tuple(everybody)
    settings = Settings(
        round=name or folder.resolve().name,
        due=due,
        contact=contact,
        return_to=return_to,
        controller=controller,
    )
    made = new_round(folder, settings, asked)
    without = sum(not one.emails for one in asked)
    click.echo(f"{made.folder} asks {counted(len(asked), 'council')}; {without:,} have no address yet.")
    click.echo(
        f"Next: look through {made.folder / SETTINGS} and {made.folder / COUNCILS}, then nps build {folder}"
    )


@round.command(name="set")
@_FOLDER
@click.argument("council")
@click.argument("status", type=click.Choice([*STATUSES, "waiting"], case_sensitive=False))
@click.option("--why", default="", help=f"The reason: {', '.join(REASONS)}, or in your own words.")
@click.option("--today", "day", type=DAY, help="The day that it counts for. [default: today]")
def set_(folder: Path, council: str, status: str, why: str, day: dt.date | None) -> None:
    """Write down what a council decided: that it declined, merged or has nothing to report.

    'waiting' takes it back.
    """
    made = Round(folder)
    with made.ledger(day) as ledger:
        wanted = "" if status == "waiting" else status
        one = set_status(made.folder / COUNCILS, made.register, council, wanted, why)
        made.note_statuses(ledger)
    click.echo(f"{plain(one.council.name)}: {one.status or 'waiting'}{f' ({plain(why)})' if why else ''}.")

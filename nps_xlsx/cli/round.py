"""``nps round``: the folder of a round, its settings, and what councils decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nps_xlsx.cli.command import COUNCIL, ROUND, Command
from nps_xlsx.cli.ending import close, forget, open_
from nps_xlsx.cli.options import DAY, FILE, PROBLEMS_FOUND, counted, plain, progress, today_option
from nps_xlsx.register.councils import load_register
from nps_xlsx.register.decisions import REASONS, STATUSES
from nps_xlsx.season.folder import Round, new_round
from nps_xlsx.season.next_round import carried_councils, carried_files, carried_settings, path_from
from nps_xlsx.season.participants import (
    FILE as COUNCILS,
)
from nps_xlsx.season.participants import (
    Participant,
    load_participants,
    set_status,
)
from nps_xlsx.season.settings import FILE as SETTINGS
from nps_xlsx.season.settings import Settings
from nps_xlsx.season.verifying import differences_of

_FOLDER = click.argument("folder", type=ROUND)


@click.group()
def round() -> None:
    """Keep a round in one folder: settings, councils, workbooks, returns, results."""


@round.command(
    cls=Command,
    groups={
        "Who is asked": "--councils --all --from",
        "What the round is": "--round --due --framework --register",
        "What mails and workbooks say": "--contact --return-to --controller",
    },
    examples=(
        "nps round new 2026 --councils mailing-list.csv --due 2026-12-18",
        "nps round new 2027 --from 2026",
    ),
)
@_FOLDER
@click.option("--round", "name", help="The round's name. [default: that of the folder]")
@click.option("--due", type=DAY, help="When workbooks are to be back: 2026-12-18.")
@click.option("--councils", "listed", type=FILE, help="CSV file of who is asked: gss_code or council, email.")
@click.option("--all", "every", is_flag=True, help="Ask every principal council of England.")
@click.option("--register", "extra", type=FILE, help="CSV file of councils that the program does not know.")
@click.option("--framework", default="", help="Another framework: its folder, or the name of one.")
@click.option(
    "--from",
    "before",
    type=FILE,
    help="The folder of the earlier round: its councils and settings carry over.",
)
@click.option("--contact", default="", help="Whom councils can ask: a post, telephone number or address.")
@click.option("--return-to", default="", help="Where workbooks are to be sent back to: an email address.")
@click.option("--controller", default="", help="The organisation that is responsible for the personal data.")
def new(
    folder: Path,
    name: str | None,
    listed: Path | None,
    extra: Path | None,
    framework: str,
    before: Path | None,
    *,
    every: bool,
    **options: Any,
) -> None:
    """Make the folder of a new round, with its settings and the list of who is asked."""
    if [every, bool(listed), bool(before)].count(True) != 1:
        raise click.UsageError("Say who is asked: one of --councils, --all and --from.")
    is_folder = bool(framework) and Path(framework).is_dir()
    own = {
        "round": name or folder.resolve().name,
        "register": path_from(folder, extra) if extra else "",
        "framework": path_from(folder, Path(framework)) if is_folder else framework,
    }
    others = dict[str, bytes]()
    given = {key: value for key, value in (own | options).items() if value}
    if before:
        earlier = Round(before)
        settings, asked = carried_settings(earlier, folder, given), _carried(earlier, given.get("due"))
        others = carried_files(earlier)
    else:
        register = load_register() + load_register(extra) if extra else load_register()
        everybody = map(Participant, register.principal().councils)
        asked = load_participants(listed, register) if listed else tuple(everybody)
        settings = Settings(**given)
    made = new_round(folder, settings, asked, others)
    without = sum(not one.emails for one in asked)
    click.echo(
        f"{made.folder} asks {counted(len(asked), 'council')}, {without or 'none'} without an address."
    )
    click.echo(
        f"Next: look through {made.folder / SETTINGS} and {made.folder / COUNCILS}, then nps build {folder}"
    )


def _carried(earlier: Round, day: dt.date | None) -> tuple[Participant, ...]:
    """Who is asked after another round; what is otherwise than in that one is printed."""
    carried = carried_councils(earlier, day or dt.date.max)
    if carried.again:
        click.echo(f"Asked again: {_names(one.council.short_name for one in carried.again)}.")
    if carried.left_out:
        click.echo(f"Not asked any more, since they merged: {_names(carried.left_out)}.")
    if carried.new:
        click.echo(f"Asked in their place: {_names(carried.new)}.")
    return carried.asked


def _names(names: Iterable[str]) -> str:
    return "; ".join(plain(name) for name in names)


@round.command(
    name="set",
    cls=Command,
    examples=('nps round set 2026 Medway declined --why "uses another framework"',),
)
@_FOLDER
@click.argument("council", type=COUNCIL)
@click.argument("status", type=click.Choice([*STATUSES, "waiting"], case_sensitive=False))
@click.option("--why", default="", help=f"The reason: {', '.join(REASONS)}, or in your own words.")
@today_option
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


@round.command(
    cls=Command,
    examples=("nps round show 2026", "nps round show 2026 build --due 2027-01-15"),
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@_FOLDER
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def show(context: click.Context, folder: Path, command: tuple[str, ...]) -> None:
    """Show the settings of a round, or what a COMMAND with its options would do with them."""
    made = Round(folder)
    if not command:
        for one in fields(Settings):
            value = getattr(made.settings, one.name)
            click.echo(f"{one.name:<20} {_words(value)}{'' if value != one.default else '  (default)'}")
        return
    name, *options = command
    found = context.find_root().command.get_command(context, name)  # type: ignore[attr-defined]  # a group
    if found is None:
        raise click.UsageError(f"There is no command {name}.")
    arguments = [str(folder), *options]
    with found.make_context(name, list(arguments)) as inner:
        if inner.obj is None:
            raise click.UsageError(f"nps {name} does not take the folder of a round.")
        given, _, _ = found.make_parser(inner).parse_args(list(arguments))
        for one in found.params:
            if isinstance(one, click.Option) and one.name:
                click.echo(_shown(inner, one, given.get(one.name)))


def _shown(context: click.Context, one: click.Option, given: Any) -> str:
    """An option, its value, and where that comes from."""
    sources = {ParameterSource.COMMANDLINE: "command line", ParameterSource.DEFAULT_MAP: SETTINGS}
    source = sources.get(context.get_parameter_source(str(one.name)) or ParameterSource.DEFAULT, "default")
    defaults = context.default_map or {}
    value = (
        given
        if source == "command line"
        else defaults.get(str(one.name), one.get_default(context, call=False))
    )
    return f"{max(one.opts, key=len):<20} {_words(value)}  ({source})"


def _words(value: Any) -> str:
    """A value as it is shown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value in (None, "") or callable(value) or "Sentinel" in repr(value) else str(value)


@round.command(cls=Command, examples=("nps round verify 2026",))
@_FOLDER
@click.pass_context
def verify(context: click.Context, folder: Path) -> None:
    """Make the ledger again from the folder's files, and say where the two differ.

    Every return is read again, so it may take minutes. Exits with 0 if nothing differs, 1 if something does.
    """
    with progress() as seen:
        differences = differences_of(Round(folder), partial(seen, "Reading"))
    for line in differences:
        click.echo(plain(line, 400))
    click.echo(f"{counted(len(differences), 'difference')} between the ledger and the files of {folder}.")
    context.exit(PROBLEMS_FOUND if differences else 0)


round.add_command(close)
round.add_command(open_)
round.add_command(forget)

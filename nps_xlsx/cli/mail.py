"""``nps mail``: a mail to each council that is due one, as a draft that a mail program opens."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.cli.command import COUNCIL, ROUND, Command
from nps_xlsx.cli.options import PROBLEMS_FOUND, counted, plain, progress, today_option
from nps_xlsx.cli.sending import How, send_written, sending_options, settle_one, try_out
from nps_xlsx.season.folder import Round
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import MailKind

if TYPE_CHECKING:
    from nps_xlsx.season.mails.composing import Composer, Left
    from nps_xlsx.season.mails.drafting import Drafts


@click.command(
    cls=Command,
    groups={
        "Which mails": "--council --again --today",
        "What is done": "--preview --send --with-drafts --dry-run --to-self --settle",
    },
    examples=(
        "nps mail invite 2026",
        "nps mail chase 2026 --preview Medway",
        "nps mail feedback 2026 --send",
    ),
)
@click.argument("kind", type=click.Choice([*map(str, MailKind)]))
@click.argument("folder", type=ROUND)
@click.option(
    "--council", "names", multiple=True, type=COUNCIL, help="Only this council, by code or name; repeatable."
)
@click.option("--again", is_flag=True, help="Also to those who have had such a mail, or chased them today.")
@click.option(
    "--preview", metavar="COUNCIL", type=COUNCIL, help="Print the mail to this council, and write nothing."
)
@today_option
@sending_options
@click.pass_context
def mail(
    context: click.Context,
    /,
    kind: str,
    folder: Path,
    names: tuple[str, ...],
    preview: str | None,
    day: dt.date | None,
    *,
    again: bool,
    **sending: Any,
) -> None:
    """Write a mail to each council that is due one, with what belongs to it, as drafts; or send them.

    invite sends the workbook; chase goes to those who have not returned, or not all of it; reply
    answers each return; feedback sends feedback and action plan; thank thanks. Exits with 1 if a
    mail could not be written or sent.
    """
    from nps_xlsx.season.mails.composing import Composer

    round_, how = Round(folder), How.of(sending)
    only = {round_.register.find(name).gss_code for name in ([preview] if preview else names)}
    with round_.ledger(day) as ledger, progress() as show:
        about, seen = (round_, ledger, MailKind(kind)), partial(show, "Reading")
        make = partial(Composer, *about, only=only, seen=seen)
        if how.settled:
            settle_one(*about, how.settled)
            return
        if preview:
            _preview(make(again=True), preview)
            return
        if how.is_trial:
            is_whole = _try_out(make(again=again, why=how.why), ledger, how)
        else:
            how.refuse_faults(round_)
            round_.note_statuses(ledger)
            drafts = _write(make(again=again, why=how.why), ledger, how)
            is_whole = not drafts.left
            if how.send:
                is_whole = send_written(*about, drafts.written, how, only) and is_whole
    context.exit(0 if is_whole else PROBLEMS_FOUND)


def _write(composer: Composer, ledger: Ledger, how: How) -> Drafts:
    """Write the drafts and print what became of them."""
    from nps_xlsx.season.mails.drafting import MERGE, write_drafts

    drafts = write_drafts(composer, ledger)
    if drafts.written:
        click.echo(f"{counted(len(drafts.written), 'draft')} written to {drafts.folder}{os.sep}")
        if not how.send:
            click.echo(f"  {drafts.folder / MERGE} lists them for a mail merge.")
    else:
        click.echo(f"No {composer.kind} mail is due.")
    _print_left(drafts.left)
    return drafts


def _try_out(composer: Composer, ledger: Ledger, how: How) -> bool:
    """Say what would go out, or send it to the sender; whether all that is due could be written."""
    from nps_xlsx.season.mails.message import Composed

    composed: list[Composed] = []
    left: list[Left] = []
    for one in composer.composed():
        if isinstance(one, Composed):
            composed.append(one)
        else:
            left.append(one)
    _print_left(left)
    return try_out(composer.round, ledger, composer.kind, composed, how, composer.only) and not left


def _print_left(left: Iterable[Left]) -> None:
    for one in left:
        click.echo(f"No mail to {plain(one.name)}: {plain(one.why, 300)}")


def _preview(composer: Composer, council: str) -> None:
    from nps_xlsx.season.mails.message import Composed

    mails = list(composer.composed())
    if not mails:
        click.echo(f"No {composer.kind} mail is due to {plain(council)}.")
    for one in mails:
        if not isinstance(one, Composed):
            _print_left([one])
            continue
        click.echo(f"To: {plain(', '.join(one.addresses), 1000)}\nSubject: {plain(one.text.subject, 1000)}")
        for attachment in one.attachments:
            click.echo(f"Attached: {attachment.path.name} ({len(attachment.content) / 1000:,.0f} kB)")
        for line in ["", *one.text.plain.splitlines()]:
            click.echo(plain(line, 10_000))

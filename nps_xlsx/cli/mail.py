"""``nps mail``: a mail to each council that is due one, as a draft that a mail program opens."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nps_xlsx.cli.options import DAY, FILE, PROBLEMS_FOUND, counted, plain, progress
from nps_xlsx.season.folder import Round
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import MailKind

if TYPE_CHECKING:
    from nps_xlsx.season.mails.composing import Composer, Left


@click.command()
@click.argument("kind", type=click.Choice([*map(str, MailKind)]))
@click.argument("folder", type=FILE)
@click.option("--council", "names", multiple=True, help="Only this council, by code or name; repeatable.")
@click.option("--again", is_flag=True, help="Also to those who have had such a mail, or chased them today.")
@click.option("--preview", metavar="COUNCIL", help="Print the mail to this council, and write nothing.")
@click.option("--today", "day", type=DAY, help="The day that it counts for. [default: today]")
@click.pass_context
def mail(
    context: click.Context,
    kind: str,
    folder: Path,
    names: tuple[str, ...],
    preview: str | None,
    day: dt.date | None,
    *,
    again: bool,
) -> None:
    """Write a mail to each council that is due one, with what belongs to it, as drafts to send.

    invite sends the workbook; chase goes to those who have not returned, or not all of it; reply
    answers each return; feedback sends feedback and action plan; thank thanks. Exits with 1 if a
    mail could not be written.
    """
    from nps_xlsx.season.mails.composing import Composer

    round_ = Round(folder)
    only = {round_.register.find(name).gss_code for name in ([preview] if preview else names)}
    with round_.ledger(day) as ledger, progress() as show:
        make = partial(Composer, round_, ledger, MailKind(kind), only=only, seen=partial(show, "Reading"))
        if preview:
            _preview(make(again=True), preview)
            return
        round_.note_statuses(ledger)
        is_whole = _write(make(again=again), ledger)
    context.exit(0 if is_whole else PROBLEMS_FOUND)


def _write(composer: Composer, ledger: Ledger) -> bool:
    """Write the drafts and print what became of them; whether all that were due could be written."""
    from nps_xlsx.season.mails.drafting import MERGE, write_drafts

    drafts = write_drafts(composer, ledger)
    if drafts.written:
        click.echo(f"{counted(len(drafts.written), 'draft')} written to {drafts.folder}{os.sep}")
        click.echo(f"  {drafts.folder / MERGE} lists them for a mail merge.")
    else:
        click.echo(f"No {composer.kind} mail is due.")
    _print_left(drafts.left)
    return not drafts.left


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

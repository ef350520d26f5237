"""The side of ``nps mail`` that sends: its options, and what it prints."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.cli.options import counted, plain
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.outbox import TO_SEND, uncertain, unsent

if TYPE_CHECKING:
    from nps_xlsx.season.sending import Letter

_OPTIONS = (
    click.option("--send", is_flag=True, help="Send the mails through the server that round.toml names."),
    click.option("--to-self", is_flag=True, help="Send every mail to the sender alone; nothing is recorded."),
    click.option("--dry-run", is_flag=True, help="Say what would go to whom, and do nothing."),
    click.option(
        "--with-drafts",
        is_flag=True,
        help="With --send: today's drafts too that were made without it, which you may have sent by hand.",
    ),
    click.option(
        "--settle",
        "settled",
        nargs=2,
        type=(str, click.Choice(["sent", "again"])),
        metavar="COUNCIL sent|again",
        help="Say that a mail that may or may not have gone was sent, or is to go again.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What is to be done with the mails, by the options."""

    send: bool
    to_self: bool
    dry_run: bool
    with_drafts: bool
    settled: tuple[str, str] | None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> How:
        """The options as they were given.

        Raises:
            click.UsageError: they contradict each other.
        """
        how = cls(**given)
        if how.send + how.to_self + how.dry_run + (how.settled is not None) > 1:
            raise click.UsageError("Give one of --send, --to-self, --dry-run and --settle.")
        if how.with_drafts and not (how.send or how.to_self or how.dry_run):
            raise click.UsageError("--with-drafts goes with --send, --to-self or --dry-run.")
        return how

    @property
    def is_trial(self) -> bool:
        """Whether nothing is to be recorded."""
        return self.to_self or self.dry_run

    @property
    def why(self) -> str:
        """Why drafts are written, as the journal has it."""
        return TO_SEND if self.send else ""

    def refuse_faults(self, round_: Round) -> None:
        """Refuse settings that cannot send, before a draft is written to be sent."""
        if self.send:
            from nps_xlsx.season.sending import refuse_faults

            refuse_faults(round_.settings, ())


def sending_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that ``How`` holds to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def send_written(
    round_: Round, ledger: Ledger, kind: MailKind, written: Collection[Event], how: How, only: Collection[str]
) -> bool:
    """Send the drafts that were just written, print what became of them, and whether all of them went.

    Drafts of the day that may have been sent by hand go with them only if that is wanted.
    """
    from nps_xlsx.season.sending import send, to_go

    files = {event.file for event in written}
    ours = [one for one in unsent(round_, ledger.events, kind) if one.event.file in files]
    letters = to_go(ledger.events, kind, [*ours, *_others(round_, ledger, kind, how, only)])
    if not letters:
        return not _print_uncertain(round_, ledger, kind)
    with _bar(len(letters)) as seen:
        outcome = send(round_.settings, ledger, letters, seen)
    names = _names(round_)
    click.echo(f"{counted(len(outcome.sent), 'mail')} sent.")
    for one in outcome.failed:
        click.echo(f"Not sent to {names(one)}: {plain(one.why, 400)}")
    if outcome.failed:
        click.echo("Put addresses right in councils.csv, and give the command again to try those once more.")
    return not _print_uncertain(round_, ledger, kind) and not outcome.failed


def try_out(
    round_: Round, ledger: Ledger, kind: MailKind, due: Sequence[Letter], how: How, only: Collection[str]
) -> bool:
    """Say what would go to whom, or send it to the sender alone; whether all was well."""
    from nps_xlsx.season.sending import to_go

    letters = to_go(ledger.events, kind, [*due, *_others(round_, ledger, kind, how, only)])
    if how.dry_run:
        _print_plan(round_, letters)
        return not _print_uncertain(round_, ledger, kind)
    return _send_to_self(round_, letters)


def _others(
    round_: Round, ledger: Ledger, kind: MailKind, how: How, only: Collection[str]
) -> Sequence[Letter]:
    """The drafts of the day that may have been sent by hand, if they are to go too; else say how many."""
    from nps_xlsx.season.sending import by_hand

    drafts = by_hand(round_, ledger, kind, only)
    if drafts and not how.with_drafts:
        click.echo(
            f"{counted(len(drafts), 'draft')} of today, made without --send: not among these, since you may "
            "have sent them by hand. Add --with-drafts to send them."
        )
    return drafts if how.with_drafts else []


def _send_to_self(round_: Round, letters: Sequence[Letter]) -> bool:
    from nps_xlsx.season.sending import send_to_self

    with _bar(len(letters)) as seen:
        outcome = send_to_self(round_.settings, letters, seen)
    click.echo(f"{counted(len(outcome.sent), 'mail')} sent to {plain(round_.settings.sender)} alone.")
    names = _names(round_)
    for one in outcome.failed:
        click.echo(f"Not sent, the mail for {names(one)}: {plain(one.why, 400)}")
    return not outcome.failed


def _print_plan(round_: Round, letters: Sequence[Letter]) -> None:
    """Print to whom each mail would go, its subject, its size and what is attached to it."""
    from nps_xlsx.season.sending import content_of

    names = _names(round_)
    for one in letters:
        message = one.message()
        attached = [part.get_filename("") for part in message.iter_attachments()]
        click.echo(f"{names(one.event)}: {plain(', '.join(one.addresses), 400)}")
        click.echo(f"  {plain(str(message['Subject']), 400)}")
        size = f"{len(content_of(one)) / 1000:,.0f} kB"
        click.echo(f"  {size}{''.join(f', {plain(name, 200)}' for name in attached)}")
    click.echo(f"{counted(len(letters), 'mail')} would go out; nothing was sent, and nothing is recorded.")


def _print_uncertain(round_: Round, ledger: Ledger, kind: MailKind) -> bool:
    """Print which mails may or may not have gone, and what to do about them; whether there are any."""
    doubtful = uncertain(ledger.events, kind)
    names = _names(round_)
    for one in doubtful:
        click.echo(
            f"May or may not have gone to {names(one)} ({plain(one.address, 400)}), on {one.day}: the "
            "connection or the program ended just then."
        )
    if doubtful:
        click.echo(
            "Look in the sent mails of your server or ask the council, then give the command with "
            "--settle COUNCIL sent, or --settle COUNCIL again. Until then none of them goes out again."
        )
    return bool(doubtful)


def settle_one(round_: Round, ledger: Ledger, kind: MailKind, settled: tuple[str, str]) -> None:
    """Write down what became of a council's uncertain mail."""
    from nps_xlsx.season.sending import settle

    council, (_, word) = round_.register.find(settled[0]), settled
    theirs = settle(ledger, kind, council.gss_code, went=word == "sent")
    if not theirs:
        raise click.UsageError(f"No {kind} mail to {council.name} is in doubt.")
    click.echo(f"{plain(council.name)}: {'sent' if word == 'sent' else 'not sent; --send sends it again'}.")


def _names(round_: Round) -> Callable[[Event], str]:
    by_code = round_.register.by_code
    return lambda event: plain(by_code[event.gss_code].name if event.gss_code in by_code else event.gss_code)


@contextmanager
def _bar(length: int) -> Iterator[Callable[[Event], None]]:
    """A bar on a terminal that shows how many mails have been sent, and how long the others will take."""
    with click.progressbar(
        length=length, label="Sending", file=sys.stderr, hidden=not sys.stderr.isatty(), show_pos=True
    ) as bar:
        yield lambda _: bar.update(1)

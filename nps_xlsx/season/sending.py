"""The mails of a round handed to a mail server, each once, whatever happens in between.

A mail counts as sent by what the journal says: ``sending`` is written just before the line that ends a mail,
``sent`` or ``failed`` just after the server's reply.  A server delivers no mail that was not ended, so a kill
or a lost connection leaves a doubt only between the two: such a mail is never sent again by itself.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Protocol

from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.outbox import (
    DRAFTED,
    FAILED,
    SENDING,
    SENT,
    Draft,
    uncertain,
    unsent,
    went_out,
)
from nps_xlsx.season.server import Mail, Result, Server
from nps_xlsx.season.settings import Settings
from nps_xlsx.season.signing_in import ServerError

MEGABYTE = 1_000_000
_POLICY = SMTP.clone(cte_type="7bit")  # what every server takes


class Letter(Protocol):
    """A mail that may go out: a draft, or one that is made when it is asked for."""

    @property
    def event(self) -> Event:
        """What the journal says of it, or would say."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """To whom it goes."""

    def message(self) -> EmailMessage:
        """The mail itself, without a date."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of mails that were to be sent; each list has their last events."""

    sent: list[Event] = field(default_factory=list)
    failed: list[Event] = field(default_factory=list)
    """Refused, for good or for now: they are tried again when the command is repeated."""
    uncertain: list[Event] = field(default_factory=list)
    """May or may not have gone: the connection or the program ended just when they did."""

    def add(self, event: Event) -> None:
        """Count a mail by its last event."""
        {SENT: self.sent, FAILED: self.failed, SENDING: self.uncertain}[event.status].append(event)


def settle(ledger: Ledger, kind: MailKind, gss_code: str, *, went: bool) -> list[Event]:
    """Write down whether the uncertain mails of a council went; those that did not can be sent again."""
    theirs = [one for one in uncertain(ledger.events, kind) if one.gss_code == gss_code]
    status, why = (SENT, "settled by hand") if went else (FAILED, "settled by hand: it did not go")
    ledger.record(*(replace(one, status=status, why=why) for one in theirs))
    return theirs


def by_hand(round_: Round, ledger: Ledger, kind: MailKind, only: Collection[str] = ()) -> list[Draft]:
    """The drafts of the day that may have been sent by hand; ``only`` those of these councils, if any."""
    return [
        one
        for one in unsent(round_, ledger.events, kind)
        if (one.event.status, one.event.day) == (DRAFTED, ledger.day.isoformat()) and went_out(one.event)
        if not only or one.event.gss_code in only
    ]


def to_go(events: Iterable[Event], kind: MailKind, letters: Iterable[Letter]) -> list[Letter]:
    """The mails that can be sent: those that may have gone already, in whatever wording, are left out."""
    doubtful = {(one.gss_code, one.sha256) for one in uncertain(events, kind)}
    return [one for one in letters if (one.event.gss_code, one.event.sha256) not in doubtful]


def send(
    settings: Settings, ledger: Ledger, letters: Sequence[Letter], seen: Callable[[Event], None]
) -> Outcome:
    """Send mails, and write down in the ledger what became of each; ``seen`` gets the last event of each.

    What the server takes later only is tried once more at the end.

    Raises:
        ServerError: before anything is sent, the settings, the server or a mail cannot be used; or the
            server will have no more mails. What was sent until then is in the ledger.
        DraftError: a draft was changed so that it cannot be sent.
    """
    outcome, waiting = Outcome(), list[Letter]()
    with _opened(settings, letters) as server:
        pace = Pace(settings.per_minute)
        for is_last, queue in ((False, letters), (True, waiting)):
            for letter in queue:
                pace.wait()
                with _counted(outcome, letters):
                    event, result = _sent(server, ledger, settings.sender, letter, is_last=is_last)
                if result.may_go_later and not is_last:
                    waiting.append(letter)
                    continue
                outcome.add(event)
                seen(event)
    return outcome


@contextlib.contextmanager
def _counted(outcome: Outcome, letters: Sequence[Letter]) -> Iterator[None]:
    """Add to an error how many mails were sent until then."""
    try:
        yield
    except ServerError as error:
        raise ServerError(
            f"{error}\n{len(outcome.sent):,} of {len(letters):,} mails were sent. Put that right, "
            "then repeat the command: it sends the others."
        ) from None


def _sent(
    server: Server, ledger: Ledger, sender: str, letter: Letter, *, is_last: bool
) -> tuple[Event, Result]:
    """Send one mail, with what happens to it in the ledger."""
    event = letter.event

    def ending(accepted: Sequence[str], refused: Mapping[str, str]) -> None:
        nonlocal event
        failed = [replace(event, status=FAILED, address=one, why=why) for one, why in refused.items()]
        event = replace(event, status=SENDING, address="; ".join(accepted), why="")
        ledger.record(*failed, event)

    mail = Mail(sender, letter.addresses, content_of(letter))
    result = server.take(mail, ending, is_last=is_last)
    event = replace(event, status=result.status, why=result.why)
    if result.status != SENDING:
        ledger.record(event)
    return event, result


def send_to_self(settings: Settings, letters: Sequence[Letter], seen: Callable[[Event], None]) -> Outcome:
    """Send every mail to the sender alone, its subject saying to whom it would go; nothing is written down.

    Raises:
        ServerError: as by ``send``.
        DraftError: as by ``send``.
    """
    outcome = Outcome()
    with _opened(settings, letters) as server:
        pace = Pace(settings.per_minute)
        for letter in letters:
            pace.wait()
            mail = Mail(settings.sender, (settings.sender,), _for_self(letter, settings.sender))
            result = server.take(mail, lambda _accepted, _refused: None, is_last=True)
            event = replace(letter.event, status=result.status, why=result.why)
            outcome.add(event)
            seen(event)
    return outcome


def _for_self(letter: Letter, sender: str) -> bytes:
    message = letter.message()
    subject, to = message["Subject"], ", ".join(letter.addresses)
    for header in ("To", "Cc", "Bcc", "Reply-To", "Subject", "Message-ID"):
        del message[header]
    message["To"] = sender
    message["Subject"] = f"[Test, for {to}] {subject}"
    # With its own, a server could drop the council's mail as one that it has had.
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    return _dated(message)


def content_of(letter: Letter) -> bytes:
    """A mail as a server gets it."""
    message = letter.message()
    del message["Bcc"]
    return _dated(message)


def _dated(message: EmailMessage) -> bytes:
    del message["Date"]
    message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
    return message.as_bytes(policy=_POLICY)


class Pace:
    """Keeps mails apart, so that no more than some go out in a minute."""

    def __init__(self, per_minute: int) -> None:
        self._apart, self._next = 60 / per_minute, 0.0

    def wait(self) -> None:
        """Wait until the next mail may go."""
        time.sleep(max(0.0, self._next - time.monotonic()))
        self._next = time.monotonic() + self._apart


# --- What can be known before anything is sent


@contextlib.contextmanager
def _opened(settings: Settings, letters: Sequence[Letter]) -> Iterator[Server]:
    """The server, once it is sure that settings, mails and server fit together."""
    sizes = refuse_faults(settings, letters)
    with Server(settings) as server:
        _refuse_too_large(sizes, server.largest, "the server takes")
        yield server


def refuse_faults(settings: Settings, letters: Sequence[Letter]) -> dict[str, int]:
    """The size of each mail, by its file, in bytes.

    Raises:
        ServerError: the settings lack something, or a mail is one that no server takes.
        DraftError: a draft was changed so that it cannot be sent.
    """
    missing = [name for name in ("host", "sender") if not getattr(settings, name)]
    if missing:
        names = " and ".join(f"mail.{name}" for name in missing)
        raise ServerError(f"Set {names} in round.toml before you send mails by SMTP.")
    odd = [one for letter in letters for one in letter.addresses if not one.isascii()]
    if odd:
        raise ServerError(
            "These addresses have letters that many servers do not take. Write to them from your own mail "
            "program, or give others in councils.csv:\n" + "\n".join(odd)
        )
    sizes = {letter.event.file: len(content_of(letter)) for letter in letters}
    _refuse_too_large(sizes, settings.largest_mb * MEGABYTE, "mail.largest_mb in round.toml allows")
    return sizes


def _refuse_too_large(sizes: Mapping[str, int], largest: int, who: str) -> None:
    large = [f"{file}: {size / MEGABYTE:.1f} MB" for file, size in sizes.items() if size > largest > 0]
    if large:
        raise ServerError(
            f"Nothing was sent: these mails are larger than the {largest / MEGABYTE:.1f} MB that {who}.\n"
            + "\n".join(large)
        )

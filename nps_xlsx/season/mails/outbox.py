"""The mails of a round: of which kind they are, how far each is, and which addresses mail came back from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nps_xlsx.model.errors import UserError
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.mails.kinds import MailKind

if TYPE_CHECKING:
    from nps_xlsx.season.folder import Round

DRAFTED, SENDING, SENT, FAILED = "drafted", "sending", "sent", "failed"
"""How far a mail is: its file is written, the server is getting it, took it, refused it."""
TO_SEND = "to send"
"""Why a mail was drafted, if the program is to send it; others are sent by hand."""
BOUNCED, AUTOMATIC = "bounced", "automatic"
"""What came back by mail: that ours did not arrive, or an automatic reply."""

UNSENT = "X-Unsent"
"""The header with which a mail program opens a file as a draft."""


class DraftError(UserError):
    """A draft that can no longer be used."""


def mail_kind(event: Event) -> MailKind:
    """Of which kind a mail of ours is: its file is in the folder of that kind."""
    return MailKind(PurePosixPath(event.file).parts[1])


def mails(events: Iterable[Event], kind: MailKind | None = None) -> list[Event]:
    """What happened to our own mails, of one kind or of all; not what came back."""
    ours = [one for one in events if one.kind is Kind.MAIL and one.status not in (BOUNCED, AUTOMATIC)]
    return [one for one in ours if kind is None or mail_kind(one) is kind]


def went_out(last: Event) -> bool:
    """Whether a mail counts as gone out, by its last event: what is sent by hand does once it is drafted."""
    return last.status != FAILED and not (last.status == DRAFTED and last.why == TO_SEND)


def uncertain(events: Iterable[Event], kind: MailKind) -> list[Event]:
    """The mails of a kind that may or may not have gone, and that nobody has settled."""
    tried = (one for one in mails(events, kind) if one.status != DRAFTED)  # drafting anew settles nothing
    last = {one.message_id: one for one in tried}
    return [one for one in last.values() if one.status == SENDING]


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail whose file is written, and that the program has not sent."""

    event: Event
    """What the journal says of it: message_id, council, addresses, file."""
    path: Path

    @property
    def addresses(self) -> tuple[str, ...]:
        """To whom it goes."""
        return tuple(self.event.address.split("; "))

    def message(self) -> EmailMessage:
        """The mail as its file has it, so with what was changed by hand, ready for a server but for its date.

        Raises:
            DraftError: the file is gone, or is another mail.
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise DraftError(
                f"{self.path} cannot be read ({error.strerror}). Draft it anew with --again."
            ) from None
        message = ready(content)
        if str(message["Message-ID"]) != self.event.message_id:
            raise DraftError(f"{self.path} is not the mail that was drafted. Draft it anew with --again.")
        return message


def ready(draft: bytes) -> EmailMessage:
    """A draft as it goes to a server, its headers as they stand; only the date is missing."""
    message = message_from_bytes(draft, EmailMessage, policy=SMTP.clone(refold_source="none"))
    del message[UNSENT]
    return message


def unsent(round_: Round, events: Iterable[Event], kind: MailKind) -> list[Draft]:
    """The mails of a kind that were drafted and not sent, those that a newer draft replaces left out."""
    per_return = kind is MailKind.REPLY
    last = {(one.gss_code, one.sha256 if per_return else ""): one for one in mails(events, kind)}
    return [Draft(one, round_.folder / one.file) for one in last.values() if one.status != SENT]

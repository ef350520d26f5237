"""A mail as a file: text and HTML made from one text, attachments, and the same bytes every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cached_property
from pathlib import Path

from email_validator import validate_email

from nps_xlsx.season.journal import Event
from nps_xlsx.season.mails.outbox import UNSENT, ready
from nps_xlsx.season.mails.texts import Text
from nps_xlsx.season.settings import Settings

_EXCEL = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A workbook that goes with a mail: a file of the round, or one that is made for the mail."""

    path: Path
    made: bytes = b""
    """Its content, if it is made for the mail: it is written beside the drafts."""

    @property
    def content(self) -> bytes:
        """What is in it."""
        return self.made or self.path.read_bytes()


@dataclass(frozen=True)
class Composed:
    """A mail that is written down nowhere yet."""

    event: Event
    """What the journal is to say of it."""
    path: Path
    """Where its draft goes."""
    salutation: str
    text: Text
    attachments: tuple[Attachment, ...]
    settings: Settings

    @property
    def addresses(self) -> tuple[str, ...]:
        """To whom it goes."""
        return tuple(self.event.address.split("; "))

    def message(self) -> EmailMessage:
        """The mail, ready for a server but for its date."""
        return ready(self.draft)

    @cached_property
    def draft(self) -> bytes:
        """The file that a mail program opens as a draft."""
        mail, own = EmailMessage(policy=SMTP), self.settings
        mail[UNSENT] = "1"
        if own.sender:
            mail["From"] = _mailbox(own.sender, own.sender_name)
        mail["To"] = tuple(map(_mailbox, self.addresses))
        if own.return_to not in ("", own.sender):
            mail["Reply-To"] = _mailbox(own.return_to)
        mail["Subject"] = self.text.subject
        mail["Message-ID"] = self.event.message_id
        mail.set_content(self.text.plain, cte="quoted-printable")
        mail.add_alternative(self.text.html, subtype="html", cte="quoted-printable")
        for one in self.attachments:
            maintype, subtype = _EXCEL
            mail.add_attachment(one.content, maintype=maintype, subtype=subtype, filename=one.path.name)
        _fix_boundaries(mail)
        # A subject is folded after its first colon if that is where it fits: not every program reads that.
        longest = 998 if self.text.subject.isascii() else SMTP.max_line_length
        return mail.as_bytes(policy=SMTP.clone(max_line_length=longest))


def message_id(settings: Settings, name: str, to: Sequence[str], text: Text) -> str:
    """The same for the same mail; another if the text changed, since servers drop what they have had."""
    digest = hashlib.sha256("\n".join((name, *to, text.subject, text.plain)).encode()).hexdigest()[:16]
    domain = (settings.sender or settings.return_to).rpartition("@")[2] or "nps.invalid"
    return f"<{name}.{digest}@{domain}>"


def _mailbox(address: str, name: str = "") -> Address:
    """An address as headers have it: a domain of other letters in its ASCII form."""
    known = validate_email(address, check_deliverability=False, test_environment=True)
    return Address(name, addr_spec=known.ascii_email or address)


def _fix_boundaries(mail: EmailMessage) -> None:
    """Boundaries that are not left to chance, and that no encoded part can hold: they begin with "=_"."""
    digest = hashlib.sha256(str(mail["Message-ID"]).encode()).hexdigest()[:16]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_nps-{number}-{digest}")

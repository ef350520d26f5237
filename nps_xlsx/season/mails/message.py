"""A mail as a file: text and HTML made from one text, attachments, and the same bytes every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import PurePosixPath

from nps_xlsx.season.mails.outbox import UNSENT
from nps_xlsx.season.mails.texts import Text
from nps_xlsx.season.settings import Settings

_TYPES = {
    ".xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pdf": ("application", "pdf"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes


def message(
    settings: Settings, to: Sequence[str], text: Text, attachments: Sequence[Attachment], name: str
) -> EmailMessage:
    """A draft: everything that a mail needs but for its date; ``name`` is one that no other mail has."""
    mail = EmailMessage(policy=SMTP)
    if settings.sender:
        mail["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    mail["To"] = tuple(Address(addr_spec=address) for address in to)
    if settings.return_to not in ("", settings.sender):
        mail["Reply-To"] = Address(addr_spec=settings.return_to)
    mail["Subject"] = text.subject
    mail["Message-ID"] = _message_id(settings, name, to, text)
    mail[UNSENT] = "1"
    mail.set_content(text.plain, cte="quoted-printable")
    mail.add_alternative(text.html, subtype="html", cte="quoted-printable")
    for one in attachments:
        maintype, subtype = _TYPES.get(PurePosixPath(one.name).suffix, ("application", "octet-stream"))
        mail.add_attachment(one.content, maintype=maintype, subtype=subtype, filename=one.name)
    _fix_boundaries(mail, hashlib.sha256(name.encode()).hexdigest()[:16])
    return mail


def _message_id(settings: Settings, name: str, to: Sequence[str], text: Text) -> str:
    """The same for the same mail; another if the text changed, since servers drop what they have had."""
    digest = hashlib.sha256("\n".join((name, *to, text.subject, text.plain)).encode()).hexdigest()[:16]
    domain = (settings.sender or settings.return_to).rpartition("@")[2] or "nps.invalid"
    return f"<{name}.{digest}@{domain}>"


def _fix_boundaries(mail: EmailMessage, digest: str) -> None:
    """Boundaries that are not left to chance, and that no encoded part can hold: they begin with "=_"."""
    parts = [part for part in mail.walk() if part.is_multipart()]
    for number, part in enumerate(parts):
        part.set_boundary(f"=_nps-{number}-{digest}")

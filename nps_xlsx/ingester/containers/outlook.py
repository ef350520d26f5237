"""What is attached to a message in Outlook's own format (.msg), as [MS-OXMSG] lays it out."""

from __future__ import annotations

import codecs
import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.parser import HeaderParser
from email.policy import compat32

from nps_xlsx.ingester.containers.compound import OLE_START, Compound, Path
from nps_xlsx.ingester.containers.labels import NAMELESS, TOO_DEEP, clean_name
from nps_xlsx.ingester.containers.letters import (
    Letter,
    addresses,
    domain_of,
    first_headers,
    in_utc,
    letter_of,
    shown_subject,
    the_councils,
)
from nps_xlsx.ingester.containers.mail import (
    ENCLOSURE_LIMIT,
    FORWARDED,
    REPORT,
    Enclosure,
    Opened,
    Within,
    from_seal,
    is_handed_in,
)
from nps_xlsx.ingester.containers.notices import UNDELIVERED, notice_of_class
from nps_xlsx.ingester.containers.objects import workbook_in
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Received

_PROPERTIES = "__properties_version1.0"
_MARK = _PROPERTIES.encode("utf-16-le")
_ATTACHMENT, _RECIPIENT = "__attach_version1.0_#", "__recip_version1.0_#"
_STREAM = "__substg1.0_"

# Property numbers of [MS-OXPROPS].
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_MIME_TAG, _CONTENT_ID, _METHOD, _FLAGS, _HIDDEN = 0x370E, 0x3712, 0x3705, 0x3714, 0x7FFE
_MESSAGE_CODEPAGE, _CLASS, _SUBJECT, _TRANSPORT_HEADERS = 0x3FFD, 0x001A, 0x0037, 0x007D
_SUBMITTED, _DELIVERED = 0x0039, 0x0E06
_SMTP_ADDRESS, _ADDRESS = 0x39FE, 0x3003
_SENDERS = (0x5D01, 0x5D02, 0x0C1F, 0x0065)
"""The SMTP address of the sender or of whom it was sent for, then what may be one of Exchange's own."""
_UNICODE, _BYTES, _BINARY, _OBJECT = "001f", "001e", "0102", "000d"

_BY_REFERENCE, _MESSAGE, _OLE_OBJECT = (2, 3, 4, 7), 5, 6
_DRAWN_IN_TEXT = 4
_HEADER_SIZE, _EMBEDDED_HEADER_SIZE, _INNER_HEADER_SIZE = 32, 24, 8
_ATTACHMENT_COUNT = slice(20, 24)
_LOST = "the message is damaged, and something that was attached to it is lost"
_PROPERTY = struct.Struct("<HHI8s")
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)

_HEADERS_LIMIT, _RECIPIENT_LIMIT = 262_144, 100
"""Characters of a message's headers, and recipients, that are read: Exchange takes 256 KB of headers."""


def is_message(content: bytes) -> bool:
    """Whether a file is one of Outlook's messages; a damaged one is reported as a damaged file."""
    if not content.startswith(OLE_START) or _MARK not in content:
        return False
    try:
        return (_PROPERTIES,) in Compound(content).streams
    except RefusedError:
        return False


def open_message(content: bytes, levels: int, outer: Letter | None = None) -> Opened:
    """Open a message and those forwarded with it, at most ``levels`` deep.

    ``outer`` is the mail that it is enclosed in.

    Raises:
        RefusedError: the message cannot be read, or encloses far too many.
    """
    compound = Compound(content)
    attached = sum(path[-1].startswith(_ATTACHMENT) for path in compound.storages if path)
    if attached > ENCLOSURE_LIMIT:
        raise RefusedError("file-archive", found=f"a message with {attached} attachments")
    walk = _Walk(compound, levels, outer)
    enclosures = tuple(walk.message((), _HEADER_SIZE, 1, outer))
    return Opened(walk.letter, enclosures, walk.notice)


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of one message or attachment: numbers in a table, all else in streams."""

    compound: Compound
    place: Path
    values: dict[int, bytes]
    codec: str = "cp1252"

    def number(self, wanted: int) -> int:
        """A number of 32 bits or less; 0 if it is not given."""
        return int.from_bytes(self.values.get(wanted, b"")[:4], "little")

    def moment(self, wanted: int) -> str:
        """A time in UTC, which counts tenths of microseconds from 1601; empty if it is not given."""
        ticks = int.from_bytes(self.values.get(wanted, b""), "little")
        try:
            return in_utc(_EPOCH + dt.timedelta(microseconds=ticks // 10)) if ticks else ""
        except OverflowError:
            return ""

    def text(self, *wanted: int) -> str:
        """The first of these properties that is a text and not empty."""
        for number in wanted:
            text = self._stream(number, _UNICODE).decode("utf-16-le", "replace")
            text = text or self._stream(number, _BYTES).decode(self.codec, "replace")
            if text.strip("\0 "):
                return text.strip("\0 ")
        return ""

    def data(self) -> bytes:
        """The bytes of the file that is attached."""
        return self._stream(_DATA, _BINARY)

    def object_place(self) -> Path:
        """Where a forwarded message or an embedded object is kept."""
        return (*self.place, f"{_STREAM}{_DATA:04x}{_OBJECT}")

    def _stream(self, number: int, type_: str) -> bytes:
        return self.compound.read(*self.place, f"{_STREAM}{number:04x}{type_}")


def _properties(compound: Compound, place: Path, header: int, codec: str = "cp1252") -> _Properties:
    table = compound.read(*place, _PROPERTIES)[header:]
    whole = len(table) - len(table) % _PROPERTY.size
    values = {number: value for _, number, _, value in _PROPERTY.iter_unpack(table[:whole])}
    return _Properties(compound, place, values, codec)


class _Walk:
    """Goes through a message and those embedded in it, no deeper than allowed."""

    def __init__(self, compound: Compound, levels: int, letter: Letter | None) -> None:
        self._compound = compound
        self._levels = levels
        self.letter = letter or Letter()
        self.notice: RefusedError | None = None

    def message(self, place: Path, header: int, depth: int, outer: Letter | None) -> Iterator[Enclosure]:
        """What one message encloses, each under a name of its own."""
        table = _properties(self._compound, place, header)
        codec = _codec(table.number(_MESSAGE_CODEPAGE))
        letter, notice = _letter(replace(table, codec=codec))
        self.letter = the_councils(outer, letter)
        within = Within(depth, self.letter)
        self.notice = notice if depth == 1 else self.notice
        if notice is not None and notice.slug == UNDELIVERED:
            if depth > 1:
                yield within.enclosure(REPORT, bytes, notice)
            return
        attached = _below(self._compound, place, _ATTACHMENT)
        for storage in attached:
            attachment = _properties(self._compound, storage, _INNER_HEADER_SIZE, codec)
            yield from self._attached(attachment, within)
        stated = self._compound.read(*place, _PROPERTIES)[_ATTACHMENT_COUNT]
        if int.from_bytes(stated, "little") > len(attached):
            yield within.enclosure(NAMELESS, bytes, RefusedError("file-unreadable", reason=_LOST))

    def _attached(self, attachment: _Properties, within: Within) -> Iterator[Enclosure]:
        method = attachment.number(_METHOD)
        name = clean_name(attachment.text(_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        if method == _MESSAGE:
            label = within.labels.give(name or f"{FORWARDED}.msg")
            yield from self._forwarded(attachment.object_place(), label, within)
        elif method in _BY_REFERENCE:
            failure = RefusedError("file-link", found="the file stayed on the sender's drive or file share")
            yield within.enclosure(name or NAMELESS, bytes, failure)
        elif method == _OLE_OBJECT:
            load = workbook_in(self._compound, attachment.object_place())
            if load is not None:
                yield within.enclosure(name or NAMELESS, load)
        else:
            yield from _file(attachment, name, within)

    def _forwarded(self, place: Path, label: str, within: Within) -> Iterator[Enclosure]:
        if within.depth >= self._levels:
            failure = RefusedError("file-archive", found=TOO_DEEP)
            yield Enclosure(label, bytes, within.depth, failure, within.letter)
            return
        for enclosure in self.message(place, _EMBEDDED_HEADER_SIZE, within.depth + 1, within.letter):
            yield replace(enclosure, name=f"{label}/{enclosure.name}")


def _below(compound: Compound, place: Path, kind: str) -> list[Path]:
    """The storages of a message that hold its attachments, or those that hold its recipients."""
    return sorted(path for path in compound.storages.get(place, ()) if path[-1].startswith(kind))


def _file(attachment: _Properties, name: str, within: Within) -> Iterator[Enclosure]:
    kind = attachment.text(_MIME_TAG).casefold()
    is_in_text = bool(
        attachment.text(_CONTENT_ID)
        or attachment.number(_HIDDEN) & 0xFF
        or attachment.number(_FLAGS) & _DRAWN_IN_TEXT
    )
    if is_handed_in(name, kind, is_in_text=is_in_text):
        # A message signed in clear is attached whole, as MIME: it is opened like any mail.
        is_clear = kind == "multipart/signed"
        whole = within.enclosure(name or NAMELESS, attachment.data) if is_clear else None
        yield whole or from_seal(within, name, kind, attachment.data)


# --- The message itself


def _letter(message: _Properties) -> tuple[Letter, RefusedError | None]:
    """Who sent a message, when and to whom, and what a machine says in it, if one wrote it.

    By its headers where it came by mail, else by its properties.
    """
    header_text = message.text(_TRANSPORT_HEADERS)[:_HEADERS_LIMIT]
    headers = first_headers(HeaderParser(policy=compat32).parsestr(header_text).raw_items())
    letter, recipients = letter_of(headers), _recipients(message)
    named = (addresses(message.text(number)) for number in _SENDERS)
    received = Received(
        sender=letter.received.sender or next((one[0] for one in named if one), ""),
        sent_at=letter.received.sent_at or message.moment(_SUBMITTED) or message.moment(_DELIVERED),
        subject=letter.received.subject or shown_subject(message.text(_SUBJECT)),
    )
    notice = notice_of_class(message.text(_CLASS), recipients, {"subject": received.subject, **headers})
    return Letter(received, letter.recipients or frozenset(map(domain_of, recipients))), notice


def _recipients(message: _Properties) -> list[str]:
    """The addresses of those to whom a message was sent."""
    storages = _below(message.compound, message.place, _RECIPIENT)[:_RECIPIENT_LIMIT]
    rows = (_properties(message.compound, place, _INNER_HEADER_SIZE, message.codec) for place in storages)
    return [address for row in rows for address in addresses(row.text(_SMTP_ADDRESS, _ADDRESS))]


def _codec(page: int) -> str:
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "cp1252"

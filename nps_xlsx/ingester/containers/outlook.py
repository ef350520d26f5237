"""What is attached to a message in Outlook's own format (.msg), as [MS-OXMSG] lays it out."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from nps_xlsx.ingester.containers.compound import OLE_START, Compound, Path
from nps_xlsx.ingester.containers.labels import Labels, clean_name
from nps_xlsx.ingester.containers.mail import (
    ENCLOSURE_LIMIT,
    FORWARDED,
    NAMELESS,
    TOO_DEEP,
    Enclosure,
    is_handed_in,
    sealed,
)
from nps_xlsx.ingester.refusal import RefusedError

_PROPERTIES = "__properties_version1.0"
_MARK = _PROPERTIES.encode("utf-16-le")
_ATTACHMENT = "__attach_version1.0_#"
_STREAM = "__substg1.0_"

# Property numbers of [MS-OXPROPS].
_DATA, _LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3701, 0x3707, 0x3704, 0x3001
_MIME_TAG, _CONTENT_ID, _METHOD, _FLAGS, _HIDDEN = 0x370E, 0x3712, 0x3705, 0x3714, 0x7FFE
_MESSAGE_CODEPAGE = 0x3FFD
_UNICODE, _BYTES, _BINARY, _OBJECT = "001f", "001e", "0102", "000d"

_BY_REFERENCE, _MESSAGE, _OLE_OBJECT = (2, 3, 4, 7), 5, 6
_DRAWN_IN_TEXT = 4
_HEADER_SIZE, _EMBEDDED_HEADER_SIZE, _ATTACHMENT_HEADER_SIZE = 32, 24, 8
_ATTACHMENT_COUNT = slice(20, 24)
_LOST = "the message is damaged, and something that was attached to it is lost"
_PROPERTY = struct.Struct("<HHI8s")


def is_message(content: bytes) -> bool:
    """Whether a file is one of Outlook's messages; a damaged one is told as the damaged file that it is."""
    if not content.startswith(OLE_START) or _MARK not in content:
        return False
    try:
        return (_PROPERTIES,) in Compound(content).streams
    except RefusedError:
        return False


def enclosures(content: bytes, levels: int) -> list[Enclosure]:
    """The files enclosed in a message and in those forwarded with it, at most so many levels down.

    Raises:
        RefusedError: the message cannot be read, or encloses far too many.
    """
    compound = Compound(content)
    attached = sum(path[-1].startswith(_ATTACHMENT) for path in compound.storages if path)
    if attached > ENCLOSURE_LIMIT:
        raise RefusedError("file-archive", found=f"a message with {attached} attachments")
    return list(_Walk(compound, levels).message((), _HEADER_SIZE, 1))


@dataclass(frozen=True, slots=True)
class _Properties:
    """The properties of one message or attachment: numbers in a table, all else in streams."""

    compound: Compound
    place: Path
    numbers: dict[int, int]
    codec: str = "cp1252"

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
    numbers = {
        number: int.from_bytes(value[:4], "little")
        for _, number, _, value in _PROPERTY.iter_unpack(table[:whole])
    }
    return _Properties(compound, place, numbers, codec)


class _Walk:
    """Goes through a message and those embedded in it, no deeper than allowed."""

    def __init__(self, compound: Compound, levels: int) -> None:
        self._compound = compound
        self._levels = levels

    def message(self, place: Path, header: int, depth: int) -> Iterator[Enclosure]:
        """What one message encloses, each under a name of its own."""
        labels = Labels()
        page = _properties(self._compound, place, header).numbers.get(_MESSAGE_CODEPAGE, 0)
        inner = sorted(self._compound.storages.get(place, ()))
        attached = [storage for storage in inner if storage[-1].startswith(_ATTACHMENT)]
        for storage in attached:
            found = _properties(self._compound, storage, _ATTACHMENT_HEADER_SIZE, _codec(page))
            yield from self._attached(found, labels, depth)
        told = self._compound.read(*place, _PROPERTIES)[_ATTACHMENT_COUNT]
        if int.from_bytes(told, "little") > len(attached):
            yield Enclosure(
                labels.give(NAMELESS), bytes, depth, RefusedError("file-unreadable", reason=_LOST)
            )

    def _attached(self, found: _Properties, labels: Labels, depth: int) -> Iterator[Enclosure]:
        method = found.numbers.get(_METHOD, 0)
        name = clean_name(found.text(_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        if method == _MESSAGE:
            yield from self._forwarded(found.object_place(), labels.give(name or f"{FORWARDED}.msg"), depth)
        elif method in _BY_REFERENCE:
            failure = RefusedError("file-link", found="the file stayed on the sender's drive or file share")
            yield Enclosure(labels.give(name or NAMELESS), bytes, depth, failure)
        elif method == _OLE_OBJECT:
            package = (*found.object_place(), "package")
            if (
                package in self._compound.streams
            ):  # a workbook drawn in the text; a picture has no such stream
                yield Enclosure(labels.give(name or NAMELESS), partial(self._compound.read, *package), depth)
        else:
            yield from _file(found, name, labels, depth)

    def _forwarded(self, place: Path, label: str, depth: int) -> Iterator[Enclosure]:
        if depth >= self._levels:
            yield Enclosure(label, bytes, depth, RefusedError("file-archive", found=TOO_DEEP))
            return
        for enclosure in self.message(place, _EMBEDDED_HEADER_SIZE, depth + 1):
            yield replace(enclosure, name=f"{label}/{enclosure.name}")


def _file(found: _Properties, name: str, labels: Labels, depth: int) -> Iterator[Enclosure]:
    kind = found.text(_MIME_TAG).casefold()
    is_in_text = bool(
        found.text(_CONTENT_ID)
        or found.numbers.get(_HIDDEN, 0) & 0xFF
        or found.numbers.get(_FLAGS, 0) & _DRAWN_IN_TEXT
    )
    if is_handed_in(name, kind, is_in_text=is_in_text):
        # A message signed in clear is attached whole, as MIME: it is opened like any mail.
        failure = None if kind == "multipart/signed" else sealed(kind, name)
        yield Enclosure(labels.give(name or NAMELESS), found.data, depth, failure)


def _codec(page: int) -> str:
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "cp1252"

"""What is in Outlook's ``winmail.dat``: a flat list of attributes, as [MS-OXTNEF] lays it out.

A reader of our own: the libraries for it read whole messages, some without limits, and were last
changed years ago; here only files and their names are wanted.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial

from nps_xlsx.ingester.containers.compound import OLE_START
from nps_xlsx.ingester.containers.labels import NAMELESS, clean_name
from nps_xlsx.ingester.containers.letters import Letter
from nps_xlsx.ingester.containers.mail import Enclosure, Opened, Within, is_handed_in
from nps_xlsx.ingester.containers.objects import from_storage
from nps_xlsx.ingester.refusal import RefusedError

START = b"\x78\x9f\x3e\x22"

ATTRIBUTE_LIMIT = 10_000
"""Attributes of one wrapper: a message has some twenty, and each attachment five."""

_ATTRIBUTE = struct.Struct("<BII")
_RENDERING, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_CHECKSUM = 2

# Properties of an attachment, as [MS-OXCDATA] 2.11.1 numbers their types.
_LONG_NAME, _OBJECT = 0x3707, 0x3701
_NAMED, _MULTIPLE = 0x8000, 0x1000
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_BYTES, _UNICODE = 0x1E, 0x1F
_INTERFACE = 16
"""Bytes before an object's own: which kind of object it is."""


def is_wrapper(content: bytes) -> bool:
    """Whether a file is one of Outlook's wrappers."""
    return content.startswith(START)


def open_wrapper(content: bytes, levels: int, outer: Letter | None = None) -> Opened:
    """The files in a wrapper; ``outer`` is the mail that it is in, which says who sent them.

    Raises:
        RefusedError: it holds far too many attributes.
    """
    within = Within(1, outer or Letter())
    files = [
        one for title, properties, data in _attachments(content) for one in _file(title, properties, data)
    ]
    handed_in = [one for one in files if is_handed_in(one[0], "", is_in_text=False)]
    enclosures = [within.enclosure(name or NAMELESS, partial(bytes, data)) for name, data in handed_in]
    return Opened(within.letter, tuple[Enclosure, ...](enclosures))


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The attributes in order; the list ends where the next would pass the end."""
    at = len(START) + 2  # a key that nobody uses
    for _ in range(ATTRIBUTE_LIMIT):
        if at + _ATTRIBUTE.size > len(content):
            return
        _, number, length = _ATTRIBUTE.unpack_from(content, at)
        at += _ATTRIBUTE.size
        yield number, content[at : at + length]
        at += length + _CHECKSUM
    raise RefusedError("file-archive", found="a winmail.dat of far too many attributes")


def _attachments(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Title, properties and data of each attachment: its rendering begins each."""
    parts: dict[int, bytes] | None = None
    for number, value in _attributes(content):
        if number == _RENDERING:
            if parts is not None:
                yield _three(parts)
            parts = {}
        elif parts is not None:
            parts[number] = value
    if parts is not None:
        yield _three(parts)


def _three(parts: dict[int, bytes]) -> tuple[bytes, bytes, bytes]:
    return parts.get(_TITLE, b""), parts.get(_PROPERTIES, b""), parts.get(_DATA, b"")


def _file(title: bytes, properties: bytes, data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of one attachment; a message or an object within stands among its properties."""
    known = dict(_properties(properties))
    name = known.get(_LONG_NAME, b"").decode("utf-8", "replace") or title.decode("cp1252", "replace")
    inner = known.get(_OBJECT, b"")[_INTERFACE:]
    content = data or (from_storage(inner) if inner.startswith(OLE_START) else inner)
    if content:
        yield clean_name(name.strip("\0 ")), content


def _properties(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The properties by number, texts in UTF-8; they end at one that is not understood."""
    at, (count,) = 4, struct.unpack_from("<I", content.ljust(4, b"\0"))
    for _ in range(min(count, ATTRIBUTE_LIMIT)):
        try:
            kind, number = struct.unpack_from("<HH", content, at)
            at = _past_name(content, at + 4) if number >= _NAMED else at + 4
            values, at = _values(content, kind, at)
        except struct.error:
            return
        text = b"".join(values)
        is_unicode = kind & ~_MULTIPLE == _UNICODE
        yield number, text.decode("utf-16-le", "replace").encode() if is_unicode else text


def _past_name(content: bytes, at: int) -> int:
    """Where a property's own number or name ends, which follows the 16 bytes of its set."""
    kind, length = struct.unpack_from("<II", content, at + 16)
    return at + 24 + (_padded(length) if kind else 0)


def _values(content: bytes, kind: int, at: int) -> tuple[list[bytes], int]:
    plain, values = kind & ~_MULTIPLE, []
    count = 1
    if kind & _MULTIPLE or plain not in _FIXED:
        (count,) = struct.unpack_from("<I", content, at)
        at += 4
    for _ in range(min(count, ATTRIBUTE_LIMIT)):
        size = _FIXED.get(plain, 0)
        if not size:
            (size,) = struct.unpack_from("<I", content, at)
            at += 4
        if at + size > len(content):
            raise struct.error
        values.append(content[at : at + size])
        at += _padded(size)
    return values, at


def _padded(size: int) -> int:
    return -(-size // 4) * 4

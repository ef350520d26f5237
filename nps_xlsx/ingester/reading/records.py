"""The records of Excel's binary workbooks, [MS-XLSB], and those of them that hold notes and links."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from nps_xlsx.model.cells import cell_name

_LINK, _AUTHOR, _NOTE, _NOTE_TEXT = 494, 632, 635, 637


def records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and the payload of each record: both lengths are written seven bits a byte.

    Raises:
        struct.error: a record is longer than its part.
    """
    place = 0
    while place < len(part):
        kind, place = _varying(part, place, 2)
        size, place = _varying(part, place, 4)
        if place + size > len(part):
            raise struct.error("a record is longer than its part")
        yield kind, part[place : place + size]
        place += size


def _varying(part: bytes, place: int, most: int) -> tuple[int, int]:
    """A number, and where it ends."""
    value = 0
    for shift in range(most):
        if place >= len(part):
            raise struct.error("a record is cut short")
        byte = part[place]
        place += 1
        # A record's type keeps its continuation bit in the published numbers only below 128.
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            break
    return value, place


def wide(payload: bytes, start: int) -> tuple[str, int]:
    """A text (XLWideString, section 2.5.169), and where it ends.

    Raises:
        struct.error: it is longer than its record.
    """
    (length,) = struct.unpack_from("<I", payload, start)
    end = start + 4 + 2 * length
    if end > len(payload):
        raise struct.error("a text is longer than its record")
    return payload[start + 4 : end].decode("utf-16-le", "replace"), end


def notes(part: bytes) -> Iterator[tuple[str, str, str]]:
    """The cell, text and author of each note (sections 2.4.329 and 2.4.337)."""
    authors: list[str] = []
    cell = author = ""
    for kind, payload in records(part):
        if kind == _AUTHOR:
            authors.append(wide(payload, 0)[0])
        elif kind == _NOTE:
            number, row, _, col, _ = struct.unpack_from("<5I", payload)
            cell, author = cell_name(row, col), authors[number] if number < len(authors) else ""
        elif kind == _NOTE_TEXT:
            yield cell, wide(payload, 1)[0], author


def links(part: bytes) -> Iterator[tuple[str, str]]:
    """The cell of each link, and the id of the relationship that has its address (section 2.4.691)."""
    for kind, payload in records(part):
        if kind == _LINK:
            row, _, col, _ = struct.unpack_from("<4I", payload)
            yield cell_name(row, col), wide(payload, 16)[0]

"""A workbook that was inserted as an OLE object into a message in Rich Text, whichever stream holds it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial

from nps_xlsx.ingester.containers.compound import OLE_START, Compound, Path, lone_stream
from nps_xlsx.ingester.containers.encoded import WORKBOOK_STARTS
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError

_WHOLE = ("package", "contents")
"""Streams that are the file itself: Excel's own since 2007, and what other programs write."""

_NATIVE = "\x01ole10native"
_BOOKS = {"workbook": "Workbook", "book": "Book"}
_HEAD = 4_096
"""Bytes in which a native stream's names and paths end: three of 1,024 at most."""


def workbook_in(compound: Compound, place: Path) -> Callable[[], bytes] | None:
    """A function that fetches the file in an object; ``None`` if it holds none, such as a picture."""
    for name in _WHOLE:
        if (*place, name) in compound.streams:
            return partial(compound.read, *place, name)
    if (*place, _NATIVE) in compound.streams:
        return partial(_native, compound, place)
    book = next((name for name in _BOOKS if (*place, name) in compound.streams), "")
    return partial(_from_storage, compound, (*place, book), _BOOKS[book]) if book else None


def from_storage(content: bytes) -> bytes:
    """The file in an object that is a compound file of its own; the object if it holds none."""
    try:
        load = workbook_in(Compound(content), ())
        return load() if load else content
    except RefusedError:
        return content


def _native(compound: Compound, place: Path) -> bytes:
    """The file in a stream of [MS-OLEDS] 2.3.6: after names, paths and its length, which older ones lack."""
    stream = compound.read(*place, _NATIVE)
    starts = [at for mark in WORKBOOK_STARTS if (at := stream.find(mark, 0, _HEAD)) >= 4]
    if not starts:
        raise RefusedError("file-unreadable", reason=DAMAGED)
    at = min(starts)
    (size,) = struct.unpack_from("<I", stream, at - 4)
    return stream[at : at + size]


def _from_storage(compound: Compound, path: Path, name: str) -> bytes:
    """An .xls whose streams stand in the message's own: its book in a file of its own."""
    book = compound.read(*path)
    return book if book.startswith(OLE_START) else lone_stream(name, book)

"""XML parsed for the preflight: only as far as needed, and never into a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from nps_xlsx.ingester.preflight.archive import damaged, hostile

PROLOG_LIMIT = 1024 * 1024
"""Bytes before the first element; Excel has some fifty, and a lawyer's comment some thousands."""

ELEMENT_LIMIT = 16 * 1024 * 1024
"""Bytes of one tag or comment; LibreOffice wrote one of 11 MB, and this is as large as a tag may cost."""

DEPTH_LIMIT = 256
"""How deep elements may stand in each other; those of workbooks stand some twenty deep."""

WIELDY = 2 * 1024 * 1024
"""Bytes of a part that cannot hurt a parser even if it holds nothing but tags that are never closed."""

_PIECE = 64 * 1024
_FIRST_PIECE = 512  # the first element of nearly all parts ends in it
_ENCODINGS = {"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
_OPENOFFICE = "-//OpenOffice.org//DTD "
_ERRORS = (expat.ExpatError, ValueError, LookupError)  # the last two where an encoding is unknown


class Walker:
    """What is told of each element while a part is parsed."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text stands in an element."""


def parse(part: bytes, walker: Walker) -> None:
    """Parse a part from end to end.

    Raises:
        RefusedError: it is not well-formed, it is unwieldy, or the walker refuses it.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    for handler, method in (("EndElementHandler", "end"), ("CharacterDataHandler", "text")):
        if getattr(type(walker), method) is not getattr(Walker, method):  # each costs as much as the parse
            setattr(parser, handler, getattr(walker, method))
    try:
        place = waiting = 0
        while place < len(part):  # in pieces: expat goes on to a piece's end after a walker has raised
            length = min(max(_PIECE, waiting), ELEMENT_LIMIT - waiting + _PIECE)
            piece = part[place : place + length]
            parser.Parse(piece, False)
            place += len(piece)
            waiting = place - parser.CurrentByteIndex  # a tag that has not ended is begun anew each time
            if waiting > ELEMENT_LIMIT:
                raise hostile(f"a part has a single element of more than {ELEMENT_LIMIT >> 20} MB")
        parser.Parse(b"", True)
    except _ERRORS:
        raise damaged() from None


class _Depth(Walker):
    def __init__(self) -> None:
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise hostile(f"a part has elements in each other more than {DEPTH_LIMIT} deep")

    def end(self, tag: str) -> None:
        self._depth -= 1


def refuse_unwieldy(part: bytes) -> None:
    """Refuse a large part on which a parser would spend its memory.

    Raises:
        RefusedError: it has elements that stand too deep in each other, or one that is too long.
    """
    if len(part) > WIELDY:
        parse(part, _Depth())


def local(tag: str) -> str:
    """A tag without its prefix."""
    return tag[tag.rfind(":") + 1 :]


# --- How a part begins


def refuse_doctype(*_: object) -> None:
    """Refuse a document type declaration: only it can declare entities.

    Raises:
        RefusedError: always.
    """
    raise hostile("a part has a document type declaration")


def refuse_other_doctype(_: str, system: str | None, public: str | None, has_subset: int) -> None:
    """Refuse a document type declaration unless it is one that OpenOffice writes, which declares nothing.

    Raises:
        RefusedError: it is any other.
    """
    is_own = (public or "").startswith(_OPENOFFICE) and not re.search("[/:]", system or "")
    if has_subset or not is_own:
        refuse_doctype()


def root_of(part: bytes, on_doctype: Callable[..., None] = refuse_doctype) -> str:
    """The local name of a part's first element: what stands before it is parsed, and little more.

    Raises:
        RefusedError: it has a document type declaration, or is no XML.
    """
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = _refuse_encoding
    parser.StartDoctypeDeclHandler = on_doctype

    def start(tag: str, _: dict[str, str]) -> None:
        found.append(tag)
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    try:
        for piece in _growing(part):
            parser.Parse(piece, False)
            if found:
                break
        else:
            parser.Parse(b"", True)  # newer versions of expat wait for more where a tag came in two pieces
    except _ERRORS as error:
        # Where it has begun, the rest is for those who read it.
        if not found:
            raise damaged() from error
    if not found:
        raise damaged()
    return local(found[0])


def _growing(part: bytes) -> Iterator[bytes]:
    # The first is short, since expat goes on to a piece's end; each is as long as all before it,
    # since expat begins a comment anew with each piece.
    place, length = 0, _FIRST_PIECE
    while place < min(len(part), PROLOG_LIMIT):
        yield part[place : place + length]
        place, length = place + length, place + length


def _refuse_encoding(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and encoding.casefold() not in _ENCODINGS:
        raise hostile("a part is written in an unusual encoding")

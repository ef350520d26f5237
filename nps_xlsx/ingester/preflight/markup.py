"""XML parsed for the preflight: only as far as needed, and never into a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from nps_xlsx.ingester.preflight.archive import damaged, hostile

# Fixed words after one another, and names of bounded length: linear.
BEGINNING = (
    rb"(?:\xef\xbb\xbf)?(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?i:utf-8)[\"'])?"
    rb"(?: standalone=[\"']yes[\"'])? ?\?>)?\s{0,9}<"
)
"""How nearly every part begins, up to its first element."""
_USUAL_ROOT = re.compile(BEGINNING + rb"(?:[A-Za-z][A-Za-z0-9]{0,29}:)?([A-Za-z]{1,60})[\s/>]")
_FIRST_PIECE = 512  # the first element of nearly all parts ends in it
_ENCODINGS = {"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "windows-1252"}
_OPENOFFICE = "-//OpenOffice.org//DTD "
_ERRORS = (expat.ExpatError, ValueError, LookupError)  # the last two where an encoding is unknown


def parse(part: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Parse a part from end to end; ``start`` gets each element's tag and attributes.

    Raises:
        RefusedError: it is not well-formed, or ``start`` refuses it.
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    try:
        parser.Parse(part, True)
    except _ERRORS:
        raise damaged() from None


def local(tag: str) -> str:
    """A tag without its prefix."""
    return tag[tag.rfind(":") + 1 :]


def root_of(part: bytes) -> str:
    """The local name of a part's first element: what stands before it is parsed, and little more.

    Before that of a part that begins as usual there is nothing to parse.

    Raises:
        RefusedError: it has a document type declaration or an unusual encoding, or is not XML.
    """
    if usual := _USUAL_ROOT.match(part):
        return usual[1].decode()
    tags: list[str] = []
    parser = expat.ParserCreate()
    parser.XmlDeclHandler = _refuse_encoding
    parser.StartDoctypeDeclHandler = _refuse_doctype

    def start(tag: str, _: dict[str, str]) -> None:
        tags.append(tag)
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    try:
        for piece in _growing(part):
            parser.Parse(piece, False)
            if tags:
                break
        else:
            parser.Parse(b"", True)  # newer versions of expat wait for more where a tag came in two pieces
    except _ERRORS as error:
        # Where it has begun, the rest is for those who read it.
        if not tags:
            raise damaged() from error
    if not tags:
        raise damaged()
    return local(tags[0])


def _growing(part: bytes) -> Iterator[bytes]:
    # The first is short, since expat goes on to a piece's end; each is as long as all before it,
    # since expat begins a comment anew with each piece.
    place, length = 0, _FIRST_PIECE
    while place < len(part):
        yield part[place : place + length]
        place, length = place + length, place + length


def _refuse_doctype(_: str, system: str | None, public: str | None, has_subset: int) -> None:
    """Only such a declaration can declare entities; OpenOffice writes one that declares nothing."""
    is_own = (public or "").startswith(_OPENOFFICE) and not re.search("[/:]", system or "")
    if has_subset or not is_own:
        raise hostile("a part has a document type declaration")


def _refuse_encoding(_: str, encoding: str | None, __: int) -> None:
    if encoding is not None and encoding.casefold() not in _ENCODINGS:
        raise hostile("a part is written in an unusual encoding")

"""Files made to hurt: each case is a name, a maker from an honest workbook, and what must come of it."""

from __future__ import annotations

from typing import NamedTuple

from tests.hostile.raw import Maker, Part, read_parts, write

ACCEPTED = "accepted"
HOSTILE, UNREADABLE, ENCRYPTED = "file-hostile", "file-unreadable", "file-encrypted"

SHEET = "xl/worksheets/sheet2.xml"
"""The sheet Engaging councillors, on which three of the answers are."""
STRINGS, STYLES, BOOK = "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml"
BOOK_RELATIONS, RELATIONS, TYPES = "xl/_rels/workbook.xml.rels", "_rels/.rels", "[Content_Types].xml"


class Case(NamedTuple):
    """One file and its outcome: ``accepted``, or the kind of problem that refuses it."""

    name: str
    make: Maker
    outcome: str
    touched: tuple[str, ...] = ()
    """The answers that are not as in the honest workbook; where it is accepted, every other one is."""
    base: str = "xlsx"


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every part of a workbook by its name."""
    return {part.name.decode(): part.data for part in read_parts(content)}


def packed(parts: dict[str, bytes]) -> bytes:
    """Parts as an honest zip."""
    return write([Part(name.encode(), data) for name, data in parts.items()])


def with_parts(**changes: bytes | None) -> Maker:
    """The workbook with parts put in, put in the place of others, or (``None``) taken out."""
    return lambda content: packed(
        {name: data for name, data in {**parts_of(content), **changes}.items() if data is not None}
    )


def with_part(name: str, data: bytes | None) -> Maker:
    """The workbook with one part put in, put in the place of another, or taken out."""
    return with_parts(**{name: data})


def edited(name: str, *changes: tuple[bytes, bytes]) -> Maker:
    """The workbook with bytes of one part changed, each where it first stands."""

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        for old, new in changes:
            assert old in parts[name], f"{old!r} is not in {name}"
            parts[name] = parts[name].replace(old, new, 1)
        return packed(parts)

    return make


def before_root(name: str, declaration: bytes) -> Maker:
    """The workbook with something between a part's XML declaration and its first element."""

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        head, mark, rest = parts[name].partition(b"?>")
        parts[name] = head + mark + declaration + rest
        return packed(parts)

    return make


def recoded(name: str, encoding: str, declared: str = "") -> Maker:
    """The workbook with one part in another encoding, which its XML declaration names."""

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        text = parts[name].decode().replace('"UTF-8"', f'"{declared or encoding}"', 1)
        parts[name] = text.encode(encoding, "xmlcharrefreplace")
        return packed(parts)

    return make

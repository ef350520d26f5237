"""What the styles of cells say that matters to an answer: number formats, words struck through."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from nps_xlsx.ingester.grids import Position, Sighting
from nps_xlsx.ingester.shown import format_of

MERGED_LIMIT = 50_000
"""Cells that merged ones cover, beyond which no more are followed; ours have none in tables."""


@dataclass(frozen=True, slots=True)
class CellStyle:
    """One style of cells."""

    format: str = ""
    """The number format; empty where a number is shown as it is."""
    is_struck: bool = False


TEXT, STRUCK = 1, 2
"""What a text of a workbook has: anything to read, words struck through."""


def note_style(seen: Sighting, at: Position, style: CellStyle | None, *, is_number: bool) -> None:
    """Note how a cell that holds something looks."""
    if style and style.is_struck:
        seen.struck.add(at)
    if style and style.format and is_number:
        seen.formats[at] = style.format


def note_merged(seen: Sighting, first: Position | None, last: Position | None) -> None:
    """Note a merged cell, unless its reference is none."""
    if first and last:
        seen.merged.update(covered(first, last, len(seen.merged)))


@dataclass(frozen=True, slots=True)
class CellNotes:
    """What is noted of the cells of a worksheet, with the shared texts and the styles that they refer to."""

    seen: Sighting
    texts: Sequence[int]
    styles: Mapping[str, CellStyle]

    def is_known(self, kind: str, value: str) -> bool:
        """Whether the text that a cell refers to is there.

        For an index such as -1 or 1.5 calamine gives the first of all texts, as for none at all
        (https://github.com/tafia/calamine/issues/607).
        """
        return kind != "s" or not value or (value.isdecimal() and int(value) < len(self.texts))

    def note(
        self, at: Position, kind: str, style: str, value: str, *, has_formula: bool, has_value: bool
    ) -> None:
        """Note one cell."""
        if has_formula:
            self.seen.formulas.add(at)
            # An empty text is a genuine result if the file says so.
            if not value and not (kind == "str" and has_value):
                self.seen.without_result.add(at)
        if kind == "e":
            self.seen.errors[at] = value
        elif value and self.is_known(kind, value):
            text = self.texts[int(value)] if kind == "s" else TEXT
            if text & TEXT:
                self.seen.filled.add(at)
            if text & STRUCK:
                self.seen.struck.add(at)
            note_style(self.seen, at, self.styles.get(style), is_number=kind == "n")


def styles_of(root: Iterable[Element]) -> Mapping[str, CellStyle]:
    """The styles of a styles part (ECMA-376 part 1, section 18.8), by number; plain ones are left out."""
    parts = {node.tag.rpartition("}")[2]: node for node in root}
    codes = {node.get("numFmtId", ""): node.get("formatCode", "") for node in parts.get("numFmts", ())}
    struck = [_is_struck(font) for font in parts.get("fonts", ())]
    styles = {}
    for place, cell in enumerate(parts.get("cellXfs", ())):
        number, font = _number(cell.get("numFmtId")), _number(cell.get("fontId"))
        style = CellStyle(format_of(number, codes.get(str(number))), font < len(struck) and struck[font])
        if style != CellStyle():
            styles[str(place)] = style
    return styles


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _is_struck(font: Element) -> bool:
    return any(node.tag.rpartition("}")[2] == "strike" and is_on(node.attrib) for node in font)


def is_on(attributes: Mapping[str, str]) -> bool:
    """Whether an element that switches something on does so: it may say that it does not."""
    return attributes.get("val", "1") not in ("0", "false", "off")


def covered(first: Position, last: Position, have: int) -> Iterator[tuple[Position, Position]]:
    """The cells that a merged one covers below itself, each with it; ``have`` are followed already."""
    top, col = first
    for row in range(top + 1, min(last[0], top + MERGED_LIMIT - have) + 1):
        yield (row, col), first


# --- Excel's binary format, [MS-XLSB]

_FONT, _FORMAT, _XF, _XFS_BEGIN, _XFS_END = 43, 44, 47, 617, 618
_STRUCK = 0x0008
"""In the flags of BrtFont (section 2.4.149)."""


@dataclass(frozen=True, slots=True)
class BinaryStyles:
    """What is read from a binary styles part."""

    cells: Mapping[int, CellStyle] = field(default_factory=dict)
    """The styles of cells, by number; plain ones are left out."""
    struck: frozenset[int] = frozenset()
    """The numbers of the fonts that strike through."""


def binary_styles(records: Iterator[tuple[int, bytes]]) -> BinaryStyles:
    """The styles of a binary styles part.

    Raises:
        struct.error: a record is cut short.
    """
    codes: dict[int, str] = {}
    struck: list[bool] = []
    cells: dict[int, CellStyle] = {}
    count, is_inside = 0, False
    for kind, payload in records:
        if kind in (_XFS_BEGIN, _XFS_END):
            is_inside = kind == _XFS_BEGIN
        elif kind == _FORMAT:
            number, length = struct.unpack_from("<HI", payload)
            codes[number] = payload[6 : 6 + 2 * length].decode("utf-16-le", "replace")
        elif kind == _FONT:
            _, flags = struct.unpack_from("<HH", payload)
            struck.append(bool(flags & _STRUCK))
        elif kind == _XF and is_inside:
            _, number, font = struct.unpack_from("<HHH", payload)
            style = CellStyle(format_of(number, codes.get(number)), font < len(struck) and struck[font])
            if style != CellStyle():
                cells[count] = style
            count += 1
    return BinaryStyles(cells, frozenset(font for font, is_struck in enumerate(struck) if is_struck))


def has_struck_run(text: bytes, end: int, struck: frozenset[int]) -> bool:
    """Whether a binary text that ends there has words in one of these fonts (sections 2.5.121, 2.5.130)."""
    if not text[0] & 1 or len(text) < end + 4:
        return False
    (count,) = struct.unpack_from("<I", text, end)
    runs = text[end + 4 :]
    whole = min(4 * count, len(runs) // 4 * 4)
    return any(font in struck for _, font in struct.iter_unpack("<HH", runs[:whole]))

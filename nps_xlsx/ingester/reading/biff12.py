"""Excel's binary workbooks (.xlsb): what stands in them, and a second reader.

The records are those of [MS-XLSB], Excel (.xlsb) Binary File Format.  The first reader, calamine,
leaves out the short forms of cells (sections 2.4.777 and on), in which a cell follows its left
neighbour and says no column: every text in them was lost without a word, and by pyxlsb, too
(https://github.com/willtrnr/pyxlsb/issues/43 looks like it).  Aspose and SheetJS write them:
https://github.com/SheetJS/sheetjs/issues/2172.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator, Sequence
from functools import partial

from nps_xlsx.ingester.grids import Grid, Sighting, Walk
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.asides import asides_of
from nps_xlsx.ingester.reading.cell_styles import (
    BinaryStyles,
    binary_styles,
    has_struck_run,
    note_merged,
    note_style,
)
from nps_xlsx.ingester.reading.package import (
    first_of,
    relations_of,
    workbook_part,
    worksheets,
)
from nps_xlsx.ingester.reading.records import records, wide
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model.cells import COLUMN_LIMIT, ROW_LIMIT
from nps_xlsx.workbook.values import CellValue

_ROW = 0
_SHARED_TEXT, _PROPERTIES, _SHEET, _MERGED = 19, 153, 156, 176
_BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED, _RICH = 1, 2, 3, 4, 5, 6, 7, 62
_FORMULAS = {8: _TEXT, 9: _REAL, 10: _BOOL, 11: _ERROR}
_SHORT = {12: _BLANK, 13: _RK, 14: _ERROR, 15: _BOOL, 16: _REAL, 17: _TEXT, 18: _SHARED}
_KINDS = {_BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED, _RICH}
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


class _Sheet:
    """Walks the records of one sheet."""

    def __init__(
        self,
        name: str,
        shared: Sequence[str],
        styles: BinaryStyles,
        struck: Container[int] = (),
        *,
        is_1904: bool,
    ) -> None:
        """``struck`` are the shared texts that have words struck through."""
        self.rows: list[list[CellValue]] = []
        self.seen = Sighting(is_1904=is_1904)
        self._styles = styles
        self.grid = Grid(name, self.rows)
        self._shared, self._struck = shared, struck
        self._row = self._col = -1

    def walk(self, content: bytes) -> None:
        for kind, payload in records(content):
            if kind == _ROW:
                (self._row,), self._col = struct.unpack_from("<I", payload), -1
                if self._row >= ROW_LIMIT:
                    raise struct.error("a row beyond the last")
            elif kind in _KINDS or kind in _FORMULAS:
                (self._col,) = struct.unpack_from("<I", payload)
                self._cell(_FORMULAS.get(kind, kind), payload[4:])
                if kind in _FORMULAS:
                    self.seen.formulas.add((self._row, self._col))
            elif kind in _SHORT:
                self._col += 1
                self._cell(_SHORT[kind], payload)
            elif kind == _MERGED:
                top, bottom, left, _ = struct.unpack_from("<IIII", payload)
                note_merged(self.seen, (top, left), (bottom, left))

    def _cell(self, kind: int, cell: bytes) -> None:
        """Note a cell by its kind and what follows its column: the number of its style, and its value."""
        payload, style = cell[4:], self._styles.cells.get(int.from_bytes(cell[:3], "little"))
        at = (self._row, self._col)
        if self._row < 0 or not 0 <= self._col < COLUMN_LIMIT:
            raise struct.error("a cell outside the sheet")
        if kind != _BLANK:
            self.seen.reach(at)
        if kind == _ERROR:
            self.seen.errors[at] = _ERRORS.get(payload[0], "#N/A")
            return
        value = self._value(kind, payload)
        if value == "":
            return
        self.seen.filled.add(at)
        if self._has_struck_words(kind, payload):
            self.seen.struck.add(at)
        note_style(self.seen, at, style, is_number=kind in (_RK, _REAL))
        while len(self.rows) <= at[0]:
            self.rows.append([])
        row = self.rows[at[0]]
        row += [""] * (at[1] + 1 - len(row))
        row[at[1]] = value

    def _has_struck_words(self, kind: int, payload: bytes) -> bool:
        if kind == _RICH:
            return has_struck_run(payload, wide(payload, 1)[1], self._styles.struck)
        return kind == _SHARED and int.from_bytes(payload[:4], "little") in self._struck

    def _value(self, kind: int, payload: bytes) -> CellValue:
        if kind == _RK:
            return _rk(*struct.unpack_from("<i", payload))
        if kind == _REAL:
            (real,) = struct.unpack_from("<d", payload)
            return float(real)
        if kind == _BOOL:
            return bool(payload[0])
        if kind == _SHARED:
            (index,) = struct.unpack_from("<I", payload)
            return self._shared[index] if index < len(self._shared) else ""
        if kind in (_TEXT, _RICH):
            return wide(payload, 1 if kind == _RICH else 0)[0]
        return ""


def _rk(number: int) -> float:
    """A number in four bytes: 30 bits of an integer or of a float, perhaps times a hundred."""
    if number & 2:
        value = float(number >> 2)
    else:
        (value,) = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", number & ~3))
    return value / 100 if number & 1 else value


def walk(parts: Parts) -> Walk:
    """What stands in each worksheet; as a second reader, dates are the numbers that they are stored as.

    Raises:
        RefusedError: a part is missing, or its records do not fit together.
    """
    try:
        part = workbook_part(parts)
        relations = relations_of(parts, part)
        look, strings = first_of(relations, "styles"), first_of(relations, "sharedStrings")
        styles = binary_styles(records(parts[look])) if look in parts else BinaryStyles()
        shared, struck = _shared_texts(records(parts[strings] if strings else b""), styles)
        # BrtWbProp, section 2.4.847: the first bit of its flags
        is_1904 = any(payload[0] & 1 for kind, payload in records(parts[part]) if kind == _PROPERTIES)
        names = worksheets(_sheets(parts[part]), relations)
        sheets = [(_Sheet(name, shared, styles, struck, is_1904=is_1904), target) for name, target in names]
        for sheet, target in sheets:
            sheet.walk(parts[target])
    except (KeyError, IndexError, struct.error):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    return Walk(
        {sheet.grid.name: sheet.seen for sheet, _ in sheets},
        lambda: [sheet.grid for sheet, _ in sheets],
        partial(asides_of, parts, names),
    )


def _sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """The name of each sheet, and the id of its relationship."""
    for kind, payload in records(workbook):
        if kind == _SHEET:
            key, end = wide(payload, 8)
            yield wide(payload, end)[0], key


def _shared_texts(strings: Iterator[tuple[int, bytes]], styles: BinaryStyles) -> tuple[list[str], set[int]]:
    """The shared texts, and the numbers of those in which words are struck through."""
    texts: list[str] = []
    struck = set()
    for payload in (payload for kind, payload in strings if kind == _SHARED_TEXT):
        text, end = wide(payload, 1)
        if has_struck_run(payload, end, styles.struck):
            struck.add(len(texts))
        texts.append(text)
    return texts, struck

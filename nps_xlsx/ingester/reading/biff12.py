"""Excel's binary workbooks (.xlsb): what stands in them, and a second reader.

The records are those of [MS-XLSB], Excel (.xlsb) Binary File Format.  The first reader, calamine,
leaves out the short forms of cells (sections 2.4.777 and on), in which a cell follows its left
neighbour and says no column: every text in them was lost without a word, and by pyxlsb, too
(https://github.com/willtrnr/pyxlsb/issues/43 looks like it).  Aspose and SheetJS write them:
https://github.com/SheetJS/sheetjs/issues/2172.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
from collections.abc import Container, Iterator, Sequence

from nps_xlsx.ingester.grids import Grid, Sighting
from nps_xlsx.ingester.preflight.cells import ROW, records
from nps_xlsx.ingester.reading.cell_styles import (
    BinaryStyles,
    binary_styles,
    covered,
    has_struck_run,
)
from nps_xlsx.ingester.reading.spreadsheetml import targets_of, workbook_part
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model.cells import COLUMN_LIMIT, ROW_LIMIT, cell_name
from nps_xlsx.workbook.values import CellValue

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
_LINK, _AUTHOR, _NOTE, _NOTE_TEXT = 494, 632, 635, 637


def _wide(payload: bytes, start: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", payload, start)
    end = start + 4 + 2 * length
    if end > len(payload):
        raise struct.error("a text is longer than its record")
    return payload[start + 4 : end].decode("utf-16-le", "replace"), end


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
        self.found = Sighting(is_1904=is_1904)
        self._styles = styles
        self.grid = Grid(name, self.rows)
        self._shared, self._struck = shared, struck
        self._row = self._col = -1

    def walk(self, content: bytes) -> None:
        for kind, payload in records(content):
            if kind == ROW:
                (self._row,), self._col = struct.unpack_from("<I", payload), -1
                if self._row >= ROW_LIMIT:
                    raise struct.error("a row beyond the last")
            elif kind in _KINDS or kind in _FORMULAS:
                (self._col,) = struct.unpack_from("<I", payload)
                self._cell(_FORMULAS.get(kind, kind), payload[4:])
                if kind in _FORMULAS:
                    self.found.formulas.add((self._row, self._col))
            elif kind in _SHORT:
                self._col += 1
                self._cell(_SHORT[kind], payload)
            elif kind == _MERGED:
                top, bottom, left, _ = struct.unpack_from("<IIII", payload)
                self.found.merged.update(covered((top, left), (bottom, left), len(self.found.merged)))

    def _cell(self, kind: int, cell: bytes) -> None:
        """Note a cell by its kind and what follows its column: the number of its style, and its value."""
        payload, style = cell[4:], self._styles.cells.get(int.from_bytes(cell[:3], "little"))
        at = (self._row, self._col)
        if self._row < 0 or not 0 <= self._col < COLUMN_LIMIT:
            raise struct.error("a cell outside the sheet")
        if kind == _ERROR:
            self.found.errors[at] = _ERRORS.get(payload[0], "#N/A")
            return
        value = self._value(kind, payload)
        if value == "":
            return
        self.found.filled.add(at)
        if (style and style.is_struck) or self._has_struck_words(kind, payload):
            self.found.struck.add(at)
        if style and style.format and kind in (_RK, _REAL):
            self.found.formats[at] = style.format
        while len(self.rows) <= at[0]:
            self.rows.append([])
        row = self.rows[at[0]]
        row += [""] * (at[1] + 1 - len(row))
        row[at[1]] = value

    def _has_struck_words(self, kind: int, payload: bytes) -> bool:
        if kind == _RICH:
            return has_struck_run(payload, _wide(payload, 1)[1], self._styles.struck)
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
            return _wide(payload, 1 if kind == _RICH else 0)[0]
        return ""


def _rk(number: int) -> float:
    """A number in four bytes: 30 bits of an integer or of a float, perhaps times a hundred."""
    if number & 2:
        value = float(number >> 2)
    else:
        (value,) = struct.unpack("<d", b"\0\0\0\0" + struct.pack("<i", number & ~3))
    return value / 100 if number & 1 else value


def _walk(content: bytes) -> list[_Sheet]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = workbook_part(archive)
            targets = targets_of(archive, part)
            strings = next((target for kind, target in targets.values() if kind == "sharedStrings"), "")
            look = next((target for kind, target in targets.values() if kind == "styles"), "")
            has_look = look in archive.namelist()
            styles = binary_styles(records(archive.read(look))) if has_look else BinaryStyles()
            texts = [
                payload
                for kind, payload in records(archive.read(strings) if strings else b"")
                if kind == _SHARED_TEXT
            ]
            read = [_wide(payload, 1) for payload in texts]
            shared = [text for text, _ in read]
            struck = {
                number
                for number, (payload, (_, end)) in enumerate(zip(texts, read, strict=True))
                if has_struck_run(payload, end, styles.struck)
            }
            is_1904 = False
            sheets = []
            for kind, payload in records(archive.read(part)):
                if kind == _PROPERTIES:  # BrtWbProp, section 2.4.847: the first bit of its flags
                    is_1904 = bool(payload[0] & 1)
                if kind != _SHEET:
                    continue
                key, end = _wide(payload, 8)
                what, target = targets.get(key, ("", ""))
                if what == "worksheet":
                    sheets.append(_Sheet(_wide(payload, end)[0], shared, styles, struck, is_1904=is_1904))
                    sheets[-1].walk(archive.read(posixpath.normpath(target)))
            return sheets
    except (KeyError, IndexError, struct.error):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The worksheets, by name, and the part that each is in.

    Raises:
        struct.error: the records of the workbook do not fit together.
    """
    part = workbook_part(archive)
    targets = targets_of(archive, part)
    for kind, payload in records(archive.read(part)):
        if kind == _SHEET:
            key, end = _wide(payload, 8)
            what, target = targets.get(key, ("", ""))
            if what == "worksheet":
                yield _wide(payload, end)[0], target


def notes(part: bytes) -> Iterator[tuple[str, str, str]]:
    """The cell, text and author of each note (sections 2.4.329 and 2.4.337)."""
    authors: list[str] = []
    cell = author = ""
    for kind, payload in records(part):
        if kind == _AUTHOR:
            authors.append(_wide(payload, 0)[0])
        elif kind == _NOTE:
            number, row, _, col, _ = struct.unpack_from("<5I", payload)
            cell, author = cell_name(row, col), authors[number] if number < len(authors) else ""
        elif kind == _NOTE_TEXT:
            yield cell, _wide(payload, 1)[0], author


def links(part: bytes) -> Iterator[tuple[str, str]]:
    """The cell of each link, and the id of the relationship that has its address (section 2.4.691)."""
    for kind, payload in records(part):
        if kind == _LINK:
            row, _, col, _ = struct.unpack_from("<4I", payload)
            yield cell_name(row, col), _wide(payload, 16)[0]


def sightings(content: bytes, skip: Container[str] = ()) -> dict[str, Sighting]:
    """What stands in each sheet, by its name; of those to be skipped, only where formulas are.

    Raises:
        RefusedError: a part is missing, or its records do not fit together.
    """
    return {
        sheet.grid.name: sheet.found.formulas_alone() if sheet.grid.name in skip else sheet.found
        for sheet in _walk(content)
    }


def second_reading(content: bytes) -> list[Grid]:
    """The sheets by our own walk through the records; dates are the numbers that they are stored as."""
    return [sheet.grid for sheet in _walk(content)]

"""How far the cells reach in the other formats: OpenDocument (.ods) and Excel's binary one (.xlsb)."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator

from nps_xlsx.ingester.preflight.archive import damaged, hostile
from nps_xlsx.ingester.preflight.cells import TEXT_LIMIT, is_far, refuse_count
from nps_xlsx.ingester.preflight.markup import Walker, local, parse, refuse_unwieldy

_REPEAT = re.compile(r"[1-9][0-9]{0,7}")  # LibreOffice can have sixteen million rows
_ROW, _TEXT_ITEM, _SHEET = 0, 19, 156
_CELLS, _SHORT_CELLS, _BLANK_CELLS = {*range(1, 12), 62}, set(range(12, 19)), {1, 12}
_SHARED_TEXT, _SHORT_SHARED_TEXT = 7, 18
_SHORTEST_CELL = 6
_TOO_OFTEN = "its cells show the same long text too often"


# --- OpenDocument


def refuse_much_table_text(content: bytes) -> None:
    """Refuse an OpenDocument spreadsheet that shows too much text; its reader bounds how far its cells reach.

    Raises:
        RefusedError: they do.
    """
    refuse_unwieldy(content)
    parse(content, _Tables())


class _Tables(Walker):
    """How much text the cells of all tables show."""

    def __init__(self) -> None:
        self._tables = self._shown = self._row_repeat = self._repeat = 0
        self._is_text = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "table":
            self._tables += 1
            refuse_count(self._tables)
            self._row_repeat = self._repeat = 0
        elif name == "table-row":
            self._row_repeat, self._repeat = _repeat(attributes, "rows"), 0
        elif name in ("table-cell", "covered-table-cell"):
            self._repeat = _repeat(attributes, "columns")
        elif name in ("p", "h"):
            self._is_text = True

    def end(self, tag: str) -> None:
        if local(tag) in ("p", "h"):
            self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._shown += len(text) * max(1, self._repeat) * max(1, self._row_repeat)
            if self._shown > TEXT_LIMIT:
                raise hostile(_TOO_OFTEN)


def _repeat(attributes: dict[str, str], of_what: str) -> int:
    ending = f":number-{of_what}-repeated"
    said = next((value for key, value in attributes.items() if key.endswith(ending)), "1")
    if not _REPEAT.fullmatch(said):
        raise hostile("a cell is repeated as often as no cell can be")
    return int(said)


# --- Excel's binary format


def are_far_binary_cells(sheet: bytes) -> bool:
    """Whether a binary worksheet's cells reach so far that no box of them may be made."""
    row = column = rows = columns = 0
    for kind, start, _ in _records(sheet):
        if kind == _ROW:
            row, column = _number(sheet, start) + 1, 0
        elif kind in _SHORT_CELLS:  # it follows its left neighbour, and says no column
            column += 1
        elif kind in _CELLS:
            column = _number(sheet, start) + 1
        if kind != _ROW and kind in _CELLS | _SHORT_CELLS and kind not in _BLANK_CELLS:
            rows, columns = max(rows, row), max(columns, column)
    return is_far(rows, columns)


def refuse_many_binary_sheets(workbook: bytes) -> None:
    """Refuse a binary workbook that lists too many sheets, or one of them twice.

    Raises:
        RefusedError: it does.
    """
    ids = [
        workbook[start + 12 : start + 12 + 2 * _number(workbook, start + 8)]
        for kind, start, _ in _records(workbook)
        if kind == _SHEET and _number(workbook, start + 8) != 0xFFFFFFFF
    ]
    refuse_count(len(ids))
    if len(set(ids)) < len(ids):
        raise hostile("it lists one sheet twice")


def refuse_much_binary_text(strings: bytes, sheets: Iterable[bytes], bytes_of_sheets: int) -> None:
    """Refuse a binary workbook whose cells show the same long texts too often.

    Raises:
        RefusedError: they do.
    """
    lengths = array("I", (size for kind, _, size in _records(strings) if kind == _TEXT_ITEM))
    if max(lengths, default=0) * (bytes_of_sheets // _SHORTEST_CELL) <= TEXT_LIMIT:
        return
    shown = 0
    for sheet in sheets:
        for kind, start, _ in _records(sheet):
            if kind in (_SHARED_TEXT, _SHORT_SHARED_TEXT):
                index = _number(sheet, start + (8 if kind == _SHARED_TEXT else 4))
                shown += lengths[index] if index < len(lengths) else 0
                if shown > TEXT_LIMIT:
                    raise hostile(_TOO_OFTEN)


def _number(part: bytes, start: int) -> int:
    return int.from_bytes(part[start : start + 4], "little")


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """The type of each record, and where its payload starts and how long it is, as [MS-XLSB] has them."""
    place = 0
    while place < len(part):
        kind, place = _varying(part, place, 2)
        size, place = _varying(part, place, 4)
        if place + size > len(part):
            raise damaged()
        yield kind, place, size
        place += size


def _varying(part: bytes, place: int, most: int) -> tuple[int, int]:
    """A number written seven bits a byte, and where it ends."""
    number = 0
    for shift in range(0, 7 * most, 7):
        if place >= len(part):
            raise damaged()
        byte = part[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return number, place

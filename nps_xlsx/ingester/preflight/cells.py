"""How far the cells of a sheet reach, in XML and in Excel's binary format.

Some readers make a box of all cells from the first to the furthest.  One stray cell in the last row
is no attack: such a sheet is read by a reader that holds only the cells that are there.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from nps_xlsx.ingester.preflight.archive import damaged, unusual
from nps_xlsx.ingester.preflight.markup import local, parse
from nps_xlsx.model.cells import COLUMN_LIMIT, ROW_LIMIT, column_number

BOX_LIMIT = 5_000_000
"""Cells in the box that a sheet uses, beyond which no box is made; a workbook of ours has a few thousand."""

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")

# Where this finds nothing, each cell and row of a part says its place first of all, in plain
# characters, and that is within 702 columns (ZZ) and 999 rows, which make less than BOX_LIMIT.
# It may find what is no cell, in a comment or in a text: that only costs the long way.  It holds
# for parts whose bytes below 128 are ASCII, and for no others.
_ELSEWHERE = re.compile(
    rb'<(?:c(?! r="[A-Z]{1,2}+[1-9][0-9]{0,2}+")|row(?! r="[1-9][0-9]{0,2}+"))[\s/>]|:(?:c|row)[\s/>]'
)


def are_far_cells(sheet: bytes) -> bool:
    """Whether a worksheet's cells reach so far that no box of them may be made.

    Raises:
        RefusedError: a cell is where no sheet has one.
    """
    if not sheet.startswith(_UTF16) and not _ELSEWHERE.search(sheet):
        return False
    furthest = _Furthest()
    parse(sheet, furthest.start)
    return furthest.rows * furthest.columns > BOX_LIMIT


class _Furthest:
    """The furthest row and column of the cells that hold anything."""

    def __init__(self) -> None:
        self._row = self._column = self.rows = self.columns = 0
        self._is_waiting = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name, said = local(tag), attributes.get("r")
        if name == "c":
            self._cell(said)
        elif name == "row":
            if said is not None and not _NUMBER.fullmatch(said):
                raise unusual("a row has a number that no row can have")
            self._row, self._column = int(said) if said else self._row + 1, 0
            self._is_waiting = False
        elif self._is_waiting and name in ("v", "is", "f"):  # a cell that is merely coloured takes no room
            self._is_waiting = False
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)

    def _cell(self, said: str | None) -> None:
        self._column += 1
        if said is not None:
            match = _ADDRESS.fullmatch(said)
            if match is None:
                raise unusual("a cell has an address that no cell can have")
            self._row, self._column = int(match[2]), column_number(match[1]) + 1
        if self._row > ROW_LIMIT or self._column > COLUMN_LIMIT:
            raise unusual("a cell lies beyond the last that a sheet has")
        self._is_waiting = True


# --- Excel's binary format

ROW = 0
_CELLS, _SHORT_CELLS, _BLANK_CELLS = {*range(1, 12), 62}, set(range(12, 19)), {1, 12}


def records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """The type and the payload of each record of [MS-XLSB]: both lengths are written seven bits a byte.

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


def are_far_binary_cells(sheet: bytes) -> bool:
    """Whether a binary worksheet's cells reach so far that no box of them may be made.

    Raises:
        RefusedError: its records do not fit together.
    """
    row = column = rows = columns = 0
    try:
        for kind, payload in records(sheet):
            if kind == ROW:
                row, column = int.from_bytes(payload[:4], "little") + 1, 0
            elif kind in _SHORT_CELLS:  # it follows its left neighbour, and says no column
                column += 1
            elif kind in _CELLS:
                column = int.from_bytes(payload[:4], "little") + 1
            if kind in _CELLS | _SHORT_CELLS and kind not in _BLANK_CELLS:
                rows, columns = max(rows, row), max(columns, column)
    except struct.error:
        raise damaged() from None
    return rows * columns > BOX_LIMIT

"""How far the cells of a sheet reach, and how much text they show: what a reader would have to hold.

Some readers make a box of cells from the first to the furthest, and one text for every cell that
shows it.  A few bytes can ask for more of either than any computer has.  One stray cell in the last
row is no attack: such a sheet is read by a reader that holds only the cells that are there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable

from nps_xlsx.ingester.preflight.archive import hostile, unusual
from nps_xlsx.ingester.preflight.markup import WIELDY, Walker, local, parse, refuse_unwieldy
from nps_xlsx.model.cells import column_number

BOX_LIMIT = 5_000_000
"""Cells in the box that a sheet uses, beyond which no box is made; a workbook of ours has a few thousand."""

TEXT_LIMIT = 512 * 1024 * 1024
"""Bytes of text that all cells show, counted each time that they show it; ours show some hundred KB."""

SHEET_LIMIT = 255
"""Sheets of a workbook; ours have about fifteen, and Excel starts no workbook with more than this."""

_ROW_LIMIT, _COLUMN_LIMIT = 1_048_576, 16_384
_SHORTEST_TEXT_CELL = len('<c t="s"><v>0</v>')
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")

# Where one of these finds nothing, each cell and row of a part says its place first of all, in
# plain characters, and that is within 702 columns (ZZ) and 999 rows, or within 494 (RZ) and
# 9,999, which both make less than BOX_LIMIT.  The first is faster, and enough for ours.  They
# may find what is no cell, in a comment or in a text: that only costs the long way.  They hold
# for parts whose bytes below 128 are ASCII, and for no others.
_ELSEWHERE = (
    re.compile(
        rb'<(?:c(?! r="[A-Z]{1,2}+[1-9][0-9]{0,2}+")|row(?! r="[1-9][0-9]{0,2}+"))[\s/>]',
    ),
    re.compile(
        rb'<(?:c(?! r="[A-R]?[A-Z][1-9][0-9]{0,3}+")|row(?! r="[1-9][0-9]{0,3}+"))[\s/>]',
    ),
)
_WITH_PREFIX = re.compile(rb":(?:c|row)[\s/>]")
_MARKUP = re.compile(rb"<[!?]")


# --- Worksheets


def are_far_cells(sheet: bytes) -> bool:
    """Whether a worksheet's cells reach so far that no box of them may be made.

    Raises:
        RefusedError: a cell is where no sheet has one.
    """
    refuse_unwieldy(sheet)
    if len(sheet) <= WIELDY and _are_plainly_near(sheet):
        return False
    walker = _Worksheet()
    parse(sheet, walker)
    return is_far(walker.rows, walker.columns)


def _are_plainly_near(sheet: bytes) -> bool:
    """Whether all cells are seen to be near without parsing; if not, they still may be."""
    if sheet.startswith(_UTF16) or _WITH_PREFIX.search(sheet):
        return False
    return not all(pattern.search(sheet) for pattern in _ELSEWHERE)


def is_far(rows: int, columns: int) -> bool:
    """Whether no box of so many rows and columns may be made."""
    return rows * columns > BOX_LIMIT


class _Worksheet(Walker):
    """The furthest row and column of the cells that hold anything."""

    def __init__(self) -> None:
        self._row = self._column = self.rows = self.columns = 0
        self._is_waiting = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            self._cell(attributes.get("r"))
        elif name == "row":
            self._row_starts(attributes.get("r"))
        elif self._is_waiting and name in ("v", "is", "f"):  # a cell that is merely coloured takes no room
            self._is_waiting = False
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)

    def _row_starts(self, said: str | None) -> None:
        if said is not None and not _NUMBER.fullmatch(said):
            raise unusual("a row has a number that no row can have")
        self._row = int(said) if said is not None else self._row + 1
        self._column, self._is_waiting = 0, False
        if self._row > _ROW_LIMIT:
            raise unusual("a row lies beyond the last that a sheet has")

    def _cell(self, said: str | None) -> None:
        if said is None:
            self._column += 1
        else:
            match = _ADDRESS.fullmatch(said)
            if match is None:
                raise unusual("a cell has an address that no cell can have")
            self._row, self._column = int(match[2]), column_number(match[1]) + 1
        if self._row > _ROW_LIMIT or self._column > _COLUMN_LIMIT:
            raise unusual("a cell lies beyond the last that a sheet has")
        self._is_waiting = True


# --- Shared texts


def may_be_much_text(strings: bytes, bytes_of_sheets: int) -> bool:
    """Whether the longest text, in as many cells as the sheets have room for, might be too much."""
    most = TEXT_LIMIT // (bytes_of_sheets // _SHORTEST_TEXT_CELL + 1)
    if len(strings) <= most:
        return False
    if strings.startswith(_UTF16) or _MARKUP.search(strings, len("\ufeff<?".encode())):
        return True  # in a comment and the like the end of a text could stand without being one
    place = 0
    while len(strings) - place > most:
        end = strings.rfind(b"</si", place + 1, place + most)
        if end < 0:
            return True
        place = end
    return False


def refuse_much_text(strings: bytes, sheets: Iterable[bytes]) -> None:
    """Refuse a workbook whose cells show the same long texts too often.

    Raises:
        RefusedError: they do.
    """
    texts = _Texts()
    parse(strings, texts)
    shown = _Shown(texts.lengths)
    for sheet in sheets:
        parse(sheet, shown)


class _Texts(Walker):
    """The length of each shared text."""

    def __init__(self) -> None:
        self.lengths = array("I")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "si":
            self.lengths.append(0)

    def text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Shown(Walker):
    """How much text the cells show that refer to shared texts."""

    def __init__(self, lengths: array[int]) -> None:
        self._lengths = lengths
        self._total = 0
        self._is_text = self._is_value = False
        self._value = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "c":
            self._is_text = attributes.get("t") == "s"
        self._is_value, self._value = name == "v" and self._is_text, ""

    def text(self, text: str) -> None:
        if self._is_value:
            self._value += text[:12]

    def end(self, tag: str) -> None:
        if self._is_value:
            self._is_value = False
            self._count(self._value.strip())

    def _count(self, index: str) -> None:
        if index.isdecimal() and int(index) < len(self._lengths):
            self._total += self._lengths[int(index)]
        if self._total > TEXT_LIMIT:
            raise hostile("its cells show the same long text too often")


# --- The list of sheets


def refuse_many_sheets(workbook: bytes) -> None:
    """Refuse a workbook that lists too many sheets, or one of them twice.

    Raises:
        RefusedError: it does.
    """
    parse(workbook, _Listed())


class _Listed(Walker):
    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) != "sheet":
            return
        id_ = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        if id_ and id_ in self._ids:  # Excel lists its oldest sheets of macros without a part
            raise hostile("it lists one sheet twice")
        self._ids.add(id_)
        self._count += 1
        refuse_count(self._count)


def refuse_count(sheets: int) -> None:
    """Refuse a workbook of so many sheets.

    Raises:
        RefusedError: they are too many.
    """
    if sheets > SHEET_LIMIT:
        raise unusual(f"it has more than {SHEET_LIMIT} sheets")

"""A workbook as a grid of cells that know which answer they are, and what officers do to it.

The edits leave a row's cells in one row and a column's in one column: where an officer
sorts one column alone, the sheet itself says something else than before.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import openpyxl

from nps_xlsx.model import Answer
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS
from nps_xlsx.workbook.stamp import CHECK
from nps_xlsx.workbook.values import CellValue
from tests.makers import known

KEYS = tuple(key for key, column in COLUMNS.items() if column not in layout.REVIEW)
HEADINGS = {column.key: column.heading for column in layout.assessment_columns(known.asked_framework(()))}
CODE = re.compile(r"[A-Z]+\d+")


@dataclass(frozen=True)
class Cell:
    """A value, and which answer it is, if it is one."""

    value: CellValue = ""
    ref: str = ""
    key: str = ""


@dataclass
class Page:
    """A sheet as it is edited."""

    name: str
    rows: list[list[Cell]]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max((len(row) for row in self.rows), default=0)

    def heading_rows(self) -> list[int]:
        """The rows of headings."""
        known_ones = set(HEADINGS.values())
        return [
            number
            for number, row in enumerate(self.rows)
            if sum(cell.value in known_ones for cell in row) > 3
        ]

    def table(self) -> tuple[int, int]:
        """The first row of headings and the end of its table; of the whole sheet where there is none."""
        first, end = [*self.heading_rows(), 0, 0][:2] if self.heading_rows() else (0, 0)
        return first, end or len(self.rows)


Book = list[Page]
Edit = Callable[[Book, int, int], None]
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    """Have a function among the edits."""
    EDITS[function.__name__] = function
    return function


# --- The workbook -----------------------------------------------------------------


@cache
def untouched() -> tuple[Page, ...]:
    """One of our workbooks with every answer given, its answers marked."""
    workbook = openpyxl.load_workbook(io.BytesIO(known.workbook(answers=full_answers())), data_only=True)
    pages = [
        Page(
            sheet.title, [[Cell(_plain(value)) for value in row] for row in sheet.iter_rows(values_only=True)]
        )
        for sheet in workbook
    ]
    for sheet in layout.assessment_sheets(known.asked_framework(known.SHORT)):
        page = next(page for page in pages if page.name == sheet.name)
        for behaviour in sheet.area.rows:
            row = page.rows[sheet.row(behaviour.code)]
            for key in KEYS:
                col = sheet.column(key)
                row[col] = Cell(row[col].value, behaviour.code, key)
    return tuple(pages)


def _plain(value: object) -> CellValue:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, str | int | float | bool) else ""


@cache
def full_answers() -> tuple[Answer, ...]:
    """An answer in every cell, each text of its own."""
    return tuple(
        Answer(
            row.code,
            current=place % 5 + 1,
            target=5,
            evidence=f"Evidence of {row.name}, {place}",
            actions=f"Action {place}",
            owner=f"Owner {place}",
            due_date=dt.date(2027, 1, 1) + dt.timedelta(days=place),
            priority=layout.PRIORITIES[place % 3],
            status=layout.STATUSES[place % 3],
            review_date=dt.date(2027, 6, 1) + dt.timedelta(days=place),
            discuss=True,
        )
        for place, row in enumerate(known.asked_framework(known.SHORT).rows)
    )


def copied(pages: tuple[Page, ...]) -> Book:
    """Pages that can be edited without touching these."""
    return [Page(page.name, [list(row) for row in page.rows]) for page in pages]


# --- Rows and columns -------------------------------------------------------------


@edit
def insert_row(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    page.rows.insert(b % (len(page.rows) + 1), [])


@edit
def delete_row(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    number = b % max(len(page.rows), 1)
    if page.rows and not (number in page.heading_rows() and len(page.heading_rows()) > 1):
        del page.rows[number]


@edit
def double_row(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    if page.rows:
        number = b % len(page.rows)
        page.rows.insert(number + b % 2, list(page.rows[number]))


@edit
def sort_rows(book: Book, a: int, b: int) -> None:
    """The rows below the headings sorted; sometimes the whole sheet, headings and all."""
    page = book[a % len(book)]
    first, end = page.table()
    first = 0 if b % 4 == 0 and len(page.heading_rows()) < 2 else first + 1
    rows = sorted(page.rows[first:end], key=lambda row: [str(cell.value) for cell in row], reverse=b % 2 == 0)
    page.rows[first:end] = rows


@edit
def insert_column(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    place = b % (page.width + 1)
    for row in page.rows:
        if place <= len(row):
            row.insert(place, Cell())


@edit
def delete_column(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    place = b % max(page.width, 1)
    for row in page.rows:
        del row[place : place + 1]


@edit
def move_column(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    width = max(page.width, 1)
    for row in page.rows:
        row += [Cell()] * (width - len(row))
        row.insert(b // 20 % width, row.pop(b % width))


@edit
def add_column(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    width, (heading, _) = page.width + b % 3, page.table()
    for number, row in enumerate(page.rows):
        if number >= heading and (number > heading or b % 2):
            row += [Cell()] * (width - len(row)) + [Cell(f"Scratch {number}")]


# --- Headings, Refs and answers ---------------------------------------------------


@edit
def overwrite_heading(book: Book, a: int, b: int) -> None:
    """A heading of no meaning, or another column's: then what stands below is that column's."""
    page = book[a % len(book)]
    first, end = page.table()
    if not page.heading_rows() or not any(cell.ref for row in page.rows for cell in row):
        return
    keys, texts = zip(*[("", ""), ("", "Our words"), *HEADINGS.items()], strict=True)
    col, which = b % len(page.rows[first]), b // 20 % len(texts)
    page.rows[first][col] = Cell(texts[which])
    for row in page.rows[first + 1 : end]:
        refs = {cell.ref for cell in row if cell.ref}
        if which > 1 and col < len(row) and len(refs) == 1:
            key = keys[which] if keys[which] in KEYS else ""
            row[col] = Cell(row[col].value, refs.pop() if key else "", key)


@edit
def repeat_headings(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    first, end = page.table()
    if page.heading_rows():
        page.rows.insert(first + b % (end - first), list(page.rows[first]))


@edit
def blank_ref(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    answered = [row for row in page.rows if any(cell.ref for cell in row)]
    found = [(row, col) for row in answered for col, cell in enumerate(row) if _is_code(cell)]
    if found:
        row, col = found[b % len(found)]
        row[col] = Cell(["", "?", "EC99", "see above"][b // 50 % 4])


@edit
def blank_name(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    names = {row.name for row in known.asked_framework(()).rows}
    found = [(row, col) for row in page.rows for col, cell in enumerate(row) if cell.value in names]
    if found:
        row, col = found[b % len(found)]
        row[col] = Cell()


@edit
def type_over_level(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    found = [
        (row, col) for row in page.rows for col, cell in enumerate(row) if cell.key in ("current", "target")
    ]
    if found:
        row, col = found[b % len(found)]
        texts: list[CellValue] = ["TBC", "2-3", 3, 6, True, "n/a", dt.date(2026, 12, 31), "Leader", "?"]
        row[col] = Cell(texts[b // 50 % len(texts)], row[col].ref, row[col].key)


@edit
def blank_stamp(book: Book, a: int, b: int) -> None:
    for page in book if b % 3 == 0 else [book[a % len(book)]]:
        for row in page.rows:
            for col, cell in enumerate(row):
                if "| check " in str(cell.value):
                    row[col] = Cell("" if b % 2 else str(cell.value)[:-1] + "?")


# --- Sheets and blocks ------------------------------------------------------------


@edit
def rename_sheet(book: Book, a: int, b: int) -> None:
    names = ["Summary", "Lists", "Start here", "Engaging councillors", "Jo's", "Sheet1"]
    name = names[b % len(names)]
    if name not in {page.name for page in book}:
        book[a % len(book)].name = name


@edit
def move_sheet(book: Book, a: int, b: int) -> None:
    book.insert(b % len(book), book.pop(a % len(book)))


@edit
def delete_sheet(book: Book, a: int, b: int) -> None:
    if len(book) > 1:
        del book[a % len(book)]


@edit
def copy_sheet(book: Book, a: int, b: int) -> None:
    page = book[a % len(book)]
    if page.name == layout.PLAN:
        return  # what is then done to the copy says something else of the answers
    book.insert(b % (len(book) + 1), Page(_free_name(book), [list(row) for row in page.rows]))


@edit
def add_sheet(book: Book, a: int, b: int) -> None:
    book.insert(a % (len(book) + 1), Page(_free_name(book), [[Cell("Notes")], [], [Cell("3 Mature")]]))


@edit
def paste_block(book: Book, a: int, b: int) -> None:
    """The table with its headings, copied below or beside what stands on a sheet, or onto a new one."""
    source = book[a % len(book)]
    if not source.heading_rows() or source.name == layout.PLAN:
        return
    if b % 3 == 0:
        book.append(Page(_free_name(book), []))
    target = book[-1] if b % 3 == 0 else book[b // 3 % len(book)]
    paste(source, target, beside=bool(b % 2), down=b // 30 % 3)


def paste(source: Page, target: Page, *, beside: bool, down: int = 0) -> None:
    """Copy the table with its headings to another sheet, or the same."""
    block = [list(row) for row in source.rows[slice(*source.table())] if not _is_stamped(row)]
    across = target.width + 1 if beside else 0
    first = down if beside else len(target.rows) + 1 + down
    for number, cells in enumerate(block, start=first):
        while len(target.rows) <= number:
            target.rows.append([])
        row = target.rows[number]
        row += [Cell()] * (across - len(row))
        row += cells


def _is_stamped(row: list[Cell]) -> bool:
    return any(CHECK in str(cell.value) for cell in row)


@edit
def move_rows_to_another_table(book: Book, a: int, b: int) -> None:
    """Rows cut and put below another table of the same headings."""
    source, target = book[a % len(book)], book[b % len(book)]
    if source is target or not source.heading_rows() or not target.heading_rows():
        return
    first, end = source.table()
    if [cell.value for cell in source.rows[first]] != [cell.value for cell in _last_headings(target)]:
        return
    first = min(first + 1 + b // 10 % 6, end)
    moved = source.rows[first : min(first + 2, end)]
    del source.rows[first : min(first + 2, end)]
    target.rows += moved


def _last_headings(page: Page) -> list[Cell]:
    return page.rows[page.heading_rows()[-1]]


def _is_code(cell: Cell) -> bool:
    return isinstance(cell.value, str) and CODE.fullmatch(cell.value) is not None


def _free_name(book: Book) -> str:
    names = {page.name for page in book}
    return next(name for number in range(99) if (name := f"New {number}") not in names)

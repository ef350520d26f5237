"""One way to write a table on a sheet: title, note, headings, rows, filter, frozen headings."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.excel.textfit import text_height

Cell = str | float | dt.date | None

TITLE_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = 0, 1, 3, 4
_LIST_HEIGHT = 150.0
"""Points: a row of a list is no higher than this, however long its texts, which are there in full."""
_EXCEL_HEIGHT = 409.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, width in pixels, names of its styles."""

    heading: str
    width: int
    names: tuple[str, ...] = ()
    heading_names: tuple[str, ...] = ()

    @classmethod
    def text(cls, heading: str, width: int) -> Self:
        """A column of texts, wrapped."""
        return cls(heading, width, ("text", "wrap"))

    @classmethod
    def count(cls, heading: str, width: int = 96) -> Self:
        """A column of whole numbers."""
        return cls(heading, width, ("count",))

    @classmethod
    def mean(cls, heading: str, width: int = 96) -> Self:
        """A column of averages, to one decimal."""
        return cls(heading, width, ("mean",))

    @classmethod
    def gap(cls, heading: str, width: int = 96) -> Self:
        """A column of differences, with their sign."""
        return cls(heading, width, ("gap",))


def table_sheet(
    book: Book,
    name: str,
    note: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "",
    frozen: int = 1,
    has_filter: bool = True,
    is_list: bool = True,
) -> tuple[Sheet, int]:
    """Write a sheet with one table; returns it and the row after the table's last.

    The rows of a list stay low, however long their texts; other tables show them in full.
    """
    sheet = book.sheet(name)
    sheet.text(TITLE_ROW, 0, title or name, "title")
    sheet.height(TITLE_ROW, 30)
    sheet.text(NOTE_ROW, 0, note, "note")
    sheet.widths(*(column.width for column in columns))
    end = write_table(sheet, HEADING_ROW, columns, rows, highest=_LIST_HEIGHT if is_list else _EXCEL_HEIGHT)
    if has_filter and end > FIRST_ROW:
        sheet.filter(HEADING_ROW, 0, end - 1, len(columns) - 1)
    sheet.mark_headings(HEADING_ROW, 0, max(end - 1, HEADING_ROW), len(columns) - 1)
    sheet.raw.freeze_panes(FIRST_ROW, frozen)
    sheet.page(repeat_row=HEADING_ROW)
    return sheet, end


def write_table(
    sheet: Sheet,
    row: int,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Cell]],
    *,
    highest: float = _LIST_HEIGHT,
) -> int:
    """Write headings and rows, from ``row`` down; returns the row after the last."""
    inner = styles.INDENT_PIXELS + 18
    heights = [text_height(column.heading, column.width - inner, 11, bold=True) for column in columns]
    sheet.height(row, max(*heights, 28.0))
    for col, column in enumerate(columns):
        sheet.text(row, col, column.heading, "heading", *column.heading_names)
    for values in rows:
        row += 1
        for col, (column, value) in enumerate(zip(columns, values, strict=True)):
            write_cell(sheet, row, col, value, *column.names)
        sheet.height(row, min(_row_height(columns, values), highest))
    return row + 1


def write_cell(sheet: Sheet, row: int, col: int, value: Cell, *names: str) -> None:
    """Write a text, a date, a number, or an empty cell for ``None`` and not-a-number."""
    if isinstance(value, str):
        sheet.text_or_blank(row, col, value, "box", *names)
    elif isinstance(value, dt.date):
        sheet.date(row, col, value, "box", *names)
    elif value is None or math.isnan(value):
        sheet.blank(row, col, "box", *names)
    else:
        sheet.number(row, col, float(value), "box", *names)


def _row_height(columns: Sequence[Column], values: Sequence[Cell]) -> float:
    heights = [
        text_height(value, column.width - styles.INDENT_PIXELS, 11)
        for column, value in zip(columns, values, strict=True)
        if isinstance(value, str) and value and "wrap" in column.names
    ]
    return max([19.0, *heights])

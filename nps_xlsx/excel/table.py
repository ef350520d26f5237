"""Tables described as data, and the one way to write them: title, note, headings, rows, filter, panes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from nps_xlsx.excel import charts, styles
from nps_xlsx.excel.book import EXCEL_HEIGHT, Book, Sheet
from nps_xlsx.excel.textfit import name_width, text_height
from nps_xlsx.model import Framework
from nps_xlsx.model.scores import nearest_level

Plain = str | float | dt.date | None


class Styled(NamedTuple):
    """A value with styles of its own, beside those of its column, below a lead in bold if there is one."""

    value: Plain
    names: tuple[str, ...] = ()
    lead: str = ""


Cell = Plain | Styled

TITLE_ROW, NOTE_ROW, HEADING_ROW, FIRST_ROW = 0, 1, 3, 4
_LIST_HEIGHT = 150.0
"""Points: a row of a list is no higher than this, however long its texts, which are there in full."""
_LOWEST = 19.0
_BUTTON = 18
"""Pixels that the button of a filter takes from a heading."""
_IN_TABLE = "The figures are in the table above."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, cells, width in pixels, names of its styles."""

    heading: str
    cells: Sequence[Cell]
    width: int
    names: tuple[str, ...] = ()
    heading_names: tuple[str, ...] = ()

    @classmethod
    def text(cls, heading: str, cells: Iterable[Cell], width: int) -> Self:
        """A column of texts, wrapped."""
        return cls(heading, tuple(cells), width, ("text", "wrap"))

    @classmethod
    def small(cls, heading: str, cells: Iterable[Cell], width: int, *heading_names: str) -> Self:
        """A column of long texts, in a smaller size."""
        return cls(heading, tuple(cells), width, ("text", "wrap", "small"), heading_names)

    @classmethod
    def count(cls, heading: str, cells: Iterable[Cell], width: int = 96, *heading_names: str) -> Self:
        """A column of whole numbers."""
        return cls(heading, tuple(cells), width, ("count",), heading_names)

    @classmethod
    def mean(cls, heading: str, cells: Iterable[Cell], width: int = 96) -> Self:
        """A column of averages, to one decimal."""
        return cls(heading, tuple(cells), width, ("mean",))

    @classmethod
    def gap(cls, heading: str, cells: Iterable[Cell], width: int = 96) -> Self:
        """A column of differences, with their sign."""
        return cls(heading, tuple(cells), width, ("gap",))

    @classmethod
    def share(cls, heading: str, cells: Iterable[Cell], width: int, *heading_names: str) -> Self:
        """A column of shares, in per cent."""
        return cls(heading, tuple(cells), width, ("share",), heading_names)


def filled(*columns: Column) -> tuple[Column, ...]:
    """Those of the columns in which anything stands."""
    return tuple(column for column in columns if any(cell not in ("", None) for cell in column.cells))


@dataclass(frozen=True, slots=True)
class Written:
    """A table that was written: its sheet, its columns, and the rows of its headings and after its last."""

    sheet: Sheet
    columns: Sequence[Column]
    heading_row: int
    end: int

    def cells(self, heading: str, count: int) -> charts.Range:
        """The first cells of a column, for a chart."""
        col = [column.heading for column in self.columns].index(heading)
        return self.sheet.raw.get_name(), col, self.heading_row + 1, self.heading_row + count

    def chart(self, chart: Any, text: str, width: int, height: int, *, row: int = 0, col: int = 0) -> None:
        """Put a chart of its figures below it; ``text`` describes it to a screen reader."""
        description = f"{text} {_IN_TABLE}"
        self.sheet.chart(row or self.end + 1, col, chart, width=width, height=height, description=description)


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet with one table: all that ``write_sheet`` needs to know."""

    name: str
    note: str
    columns: Sequence[Column]
    about: str = ""
    """What is on it, for a list of contents."""
    title: str = ""
    frozen: int = 1
    has_filter: bool = True
    is_list: bool = True
    """Whether its rows stay low, however long their texts; other tables show them in full."""
    a3: bool = False
    on_one_page: bool = False
    total: tuple[str, ...] = ()
    """The styles of the last row, if that is a total."""
    below: Callable[[Written], None] | None = None
    """What writes the rest of the sheet, if there is more than the table."""


def nearest_levels(framework: Framework, means: Iterable[float | None], least: int) -> Column:
    """A column, at least so wide, with the name of the level nearest to each mean; empty if there is none."""
    numbers = [None if mean is None or math.isnan(mean) else nearest_level(mean) for mean in means]
    names = ["" if number is None else framework.level(number).name for number in numbers]
    return Column("Nearest level", names, name_width(framework, least))


def levels_chart(
    framework: Framework, title: str, text: str, width: int, height: int
) -> Callable[[Written], None]:
    """What draws the average current and target level of each key area below the table of them."""

    def below(written: Written) -> None:
        names, current, target = (
            written.cells(heading, len(framework.areas))
            for heading in ("Key area", "Average current", "Average target")
        )
        book = written.sheet.book
        chart = charts.current_and_target(book, title, names, (current, target), framework)
        written.chart(chart, text, width, height)

    return below


def write_sheet(book: Book, described: TableSheet) -> None:
    """Write one sheet as described."""
    sheet = book.sheet(described.name)
    write_title(sheet, described.title or described.name, described.note)
    highest = _LIST_HEIGHT if described.is_list else EXCEL_HEIGHT
    written = write_table(
        sheet,
        HEADING_ROW,
        described.columns,
        highest=highest,
        total=described.total,
        has_filter=described.has_filter,
    )
    sheet.raw.freeze_panes(FIRST_ROW, described.frozen)
    sheet.page(repeat_row=HEADING_ROW, a3=described.a3)
    if described.on_one_page:
        sheet.raw.fit_to_pages(1, 1)
    if described.below:
        described.below(written)


def write_title(sheet: Sheet, title: str, note: str) -> None:
    """Write the title of a sheet, and the note below it."""
    sheet.text(TITLE_ROW, 0, title, "title")
    sheet.height(TITLE_ROW, 30)
    for row, line in enumerate(note.splitlines(), start=NOTE_ROW):
        sheet.text(row, 0, line, "note")


def write_table(
    sheet: Sheet,
    row: int,
    columns: Sequence[Column],
    *,
    highest: float = _LIST_HEIGHT,
    total: tuple[str, ...] = (),
    has_filter: bool = False,
) -> Written:
    """Write headings and rows, from ``row`` down, and set the widths of the columns."""
    heading_row, rows = row, list(zip(*(column.cells for column in columns), strict=True))
    sheet.widths(*(column.width for column in columns))
    _write_headings(sheet, row, columns, _BUTTON if has_filter else 0)
    looks = [("box", *column.names) for column in columns]
    for cells in rows:
        row += 1
        if total and row == heading_row + len(rows):
            looks = [(*names, *total) for names in looks]
        for col, (cell, names) in enumerate(zip(cells, looks, strict=True)):
            write_cell(sheet, row, col, cell, names)
        sheet.height(row, min(row_height(columns, cells), highest))
    sheet.mark_headings(heading_row, 0, row, len(columns) - 1)
    last = row - bool(total)
    if has_filter and last > heading_row:
        sheet.filter(heading_row, 0, last, len(columns) - 1)
    return Written(sheet, columns, heading_row, row + 1)


def _write_headings(sheet: Sheet, row: int, columns: Sequence[Column], button: int) -> None:
    inner = styles.INDENT_PIXELS + button
    heights = [text_height(column.heading, column.width - inner, 11, bold=True) for column in columns]
    sheet.height(row, max(*heights, 28.0))
    for col, column in enumerate(columns):
        sheet.text_or_blank(row, col, column.heading, "heading", *column.heading_names)


def write_cell(sheet: Sheet, row: int, col: int, cell: Cell, names: tuple[str, ...]) -> None:
    """Write a text, a date, a number, or an empty cell for ``None`` and not-a-number."""
    value, own, lead = cell if isinstance(cell, Styled) else (cell, (), "")
    names += own
    if isinstance(value, str) and lead:
        sheet.titled(row, col, lead, value, *names)
    elif isinstance(value, str) and value:
        sheet.text(row, col, value, *names)
    elif isinstance(value, dt.date):
        sheet.date(row, col, value, *names)
    elif value is None or value == "" or math.isnan(value):
        sheet.blank(row, col, *names)
    else:
        sheet.number(row, col, float(value), *names)


def shaded(value: Plain, level: int, framework: Framework) -> Styled:
    """A value on the ground of a level."""
    return Styled(value, (styles.level_style(level, len(framework.levels)),))


def row_height(columns: Sequence[Column], cells: Sequence[Cell]) -> float:
    """The points that the wrapped texts of a row need."""
    height = _LOWEST
    for column, cell in zip(columns, cells, strict=True):
        value, lead = (cell.value, cell.lead) if isinstance(cell, Styled) else (cell, "")
        if value and isinstance(value, str) and "wrap" in column.names:
            text = f"{lead}\n{value}" if lead else value
            height = max(height, text_height(text, column.width - styles.INDENT_PIXELS, 11))
    return height

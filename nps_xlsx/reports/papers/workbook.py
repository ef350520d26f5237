"""A paper as a workbook: sections on their sheets, tables below one another on one grid of columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from nps_xlsx.excel import charts, styles
from nps_xlsx.excel.book import Book, Sheet, clean_text, strict
from nps_xlsx.excel.styles import level_style
from nps_xlsx.excel.table import HEADING_ROW, Column, Styled, Written, row_height, write_table, write_title
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.reports.papers.paper import (
    Block,
    Chart,
    Entry,
    Heading,
    Ladder,
    Paper,
    Paragraph,
    Particulars,
    Section,
    Table,
)
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

_PIXELS = 4.6
"""Pixels per millimetre of the page: fitted to it, text of 11 points prints at 9."""

_TEXT_WIDTH = 180
"""The width of a sheet without a table, in millimetres."""

_FACTORS = (1, 1.4, 2)
"""How much wider columns are made, on a larger page, if a row would be higher than Excel allows."""

_LOWEST, _HIGHEST, _ROW_PIXELS = 19.0, 409.0, 25


@strict
def as_workbook(paper: Paper, as_of: dt.date | None = None) -> bytes:
    """The paper as .xlsx; the same paper, as of the same day, gives the same bytes."""
    title = f"{paper.subtitle}. {paper.title}"
    book = Book(title, subject=paper.subject, comments=paper.attribution, made=as_of)
    book.mark(REPORT_PROPERTY, paper.subject)
    for name, sections in groupby(paper.sections, key=lambda section: section.sheet):
        is_first = name == paper.sections[0].sheet
        _Writer(paper, book.sheet(name), list(sections), is_first=is_first).write()
    return book.to_bytes()


class _Writer:
    """Writes one sheet of a paper, from the top down."""

    def __init__(self, paper: Paper, sheet: Sheet, sections: list[Section], *, is_first: bool) -> None:
        self.paper = paper
        self.sheet = sheet
        self.sections = sections
        self.is_first = is_first
        self.count = len(paper.framework.levels)
        self.row = 0
        self.written: list[Written] = []
        """The tables written so far."""
        tables = [block for section in sections for block in section.blocks if isinstance(block, Table)]
        widest = max(tables, key=lambda table: len(table.columns), default=None)
        grid = widest.columns if widest else (Heading("", _TEXT_WIDTH),)
        for factor in _FACTORS:
            self.factor, self.widths = factor, [round(column.width * _PIXELS * factor) for column in grid]
            if all(_is_legible(self._columns(table)) for table in tables):
                break

    @property
    def last(self) -> int:
        """The last column of the grid."""
        return len(self.widths) - 1

    def write(self) -> None:
        """Titles, sections, and print set-up."""
        self.sheet.widths(*self.widths)
        alone = len(self.sections) == 1
        heading = self.sections[0].heading if alone else self.sections[0].sheet
        write_title(self.sheet, self.paper.title if self.is_first else heading, self.paper.subtitle)
        self.row = HEADING_ROW
        if self.is_first:
            for block in self.paper.opening:
                self._block(block)
        for section in self.sections:
            if self.is_first or not alone:
                self.sheet.text(self.row, 0, section.heading, "section")
                self.sheet.height(self.row, 26)
                self.row += 1
            for block in section.blocks:
                self._block(block)
            self.row += 1
        self._page()

    def _page(self) -> None:
        whole = [one.heading_row for one in self.written if len(one.columns) == len(self.widths)]
        is_wide = any(section.is_wide for section in self.sections)
        repeated = whole[0] if len(whole) == 1 else None
        self.sheet.page(repeat_row=repeated, a3=self.factor > 1, portrait=not is_wide)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self._across(block.text, *(("note",) if block.is_note else ()))
            case Particulars():
                for label, text in block.items:
                    self._across(text, lead=f"{label}: ")
            case Chart():
                self._chart(block)
            case Ladder():
                self._ladder(block)
            case Table():
                self._table(block)

    # --- Text over the whole width

    def _across(self, text: str, *names: str, lead: str = "") -> None:
        """A text over the whole grid, after a lead in bold."""
        self._merged(self.row, 0, self.last, text, *names, "wrap", "top", lead=lead)
        self._height(self.row, text_height(lead + text, sum(self.widths), styles.BODY_SIZE) + 3)
        self.row += 1

    def _merged(self, row: int, first: int, last: int, text: str, *names: str, lead: str = "") -> None:
        """A text over several cells of a row."""
        if last > first:
            self.sheet.raw.merge_range(row, first, row, last, "", self.sheet.book.format(*names))
        if not lead:
            self.sheet.text_or_blank(row, first, text, *names)
            return
        bold, plain = self.sheet.book.format(*names, "bold"), self.sheet.book.format(*names)
        self.sheet.raw.write_rich_string(row, first, bold, lead, plain, clean_text(text), plain)

    def _height(self, row: int, points: float) -> None:
        self.sheet.height(row, min(max(_LOWEST, points), _HIGHEST))

    # --- Tables

    def _ladder(self, ladder: Ladder) -> None:
        """A row per level: its name over the first columns, what it says over the rest."""
        split = min(2, self.last)
        room = sum(self.widths[split:]) - styles.INDENT_PIXELS
        self.sheet.text(self.row, 0, ladder.title, "bold")
        self.row += 1
        for step in ladder.steps:
            shade = level_style(step.level, self.count)
            self._merged(self.row, 0, split - 1, step.lead, "box", "wrap", "bold", shade)
            self._merged(self.row, split, self.last, step.text, "box", "wrap")
            self._height(self.row, text_height(step.text, room, styles.BODY_SIZE))
            self.row += 1
        self.row += 1

    def _table(self, table: Table) -> None:
        total = ("bold", "band") if table.has_total else ()
        columns = self._columns(table)
        self.written.append(write_table(self.sheet, self.row, columns, highest=_HIGHEST, total=total))
        self.row = self.written[-1].end + 1

    def _columns(self, table: Table) -> list[Column]:
        """The columns of a table, as wide as those of the grid."""
        return [
            Column(
                column.heading,
                [self._cell(column, cells[col]) for cells in table.rows],
                width,
                ("wrap", "right") if column.is_number else ("wrap",),
                self._shade(column.level),
            )
            for col, (column, width) in enumerate(zip(table.columns, self.widths, strict=False))
        ]

    def _cell(self, column: Heading, entry: Entry) -> Styled:
        if entry.number is not None and column.is_number:
            return Styled(entry.number, (column.look,))
        if entry.lead and entry.text:
            return Styled(entry.text, self._shade(entry.level), entry.lead)
        bold = ("bold",) if entry.lead else ()
        return Styled(entry.lead or entry.text, (*self._shade(entry.level), *bold))

    def _shade(self, level: int) -> tuple[str, ...]:
        return (level_style(level, self.count),) if level else ()

    def _chart(self, chart: Chart) -> None:
        """A native chart of the figures in the table above it."""
        table = self.written[-1]
        labels, current, target = (
            table.cells(heading, len(chart.bars))
            for heading in (table.columns[0].heading, chart.current, chart.target)
        )
        made = charts.current_and_target(
            self.sheet.book, chart.title, labels, (current, target), self.paper.framework
        )
        height = 120 + 38 * len(chart.bars)
        self.sheet.chart(
            self.row, 0, made, width=sum(self.widths), height=height, description=chart.description
        )
        self.row += height // _ROW_PIXELS + 2


def _is_legible(columns: Sequence[Column]) -> bool:
    """Whether no row of a table is higher than Excel allows."""
    rows = zip(*(column.cells for column in columns), strict=True)
    return all(row_height(columns, cells) <= _HIGHEST for cells in rows)

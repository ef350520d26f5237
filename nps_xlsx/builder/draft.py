"""The workbook being written: its order, the book, the figures it draws on, what is marked in it."""

from __future__ import annotations

from dataclasses import replace

from nps_xlsx.builder.marks import Marks
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Workings
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.stamp import PROPERTY

_STAMP_LIMIT = 160
"""Characters of a stamp that a document property, which takes 255, repeats: with any respondent's name."""


class Draft:
    """A workbook being written; each of its sheets has a module with a function that writes it."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.framework = order.framework
        name = f"{self.framework.short_title}: self-assessment, {order.council.name}, round {order.round}"
        self.book = Book(
            name,
            subject=self.framework.title,
            comments=self.framework.copyright,
            made=order.made,
            unprotected=order.unprotected,
        )
        stamp = order.stamp(layout.START_STAMP)
        if len(str(replace(stamp, respondent=""))) <= _STAMP_LIMIT:
            self.book.mark(PROPERTY, str(stamp))
        self.workings = Workings(order)
        self.marks = Marks(order)
        self.home = layout.MARKS if self.marks else layout.START
        """The sheet it opens on."""

    def sheet(self, name: str, widths: tuple[int, ...], title: str = "") -> Sheet:
        """A sheet with its title in the first cell, and columns of these widths in pixels."""
        sheet = self.book.sheet(name)
        sheet.widths(*widths)
        sheet.text(0, 0, title or name, "title")
        sheet.height(0, 30)
        return sheet

    def foot(self, sheet: Sheet, row: int, code: str, col: int = 0) -> None:
        """Write the stamp below all else, with what it is for above it."""
        sheet.text(row, col, wording.STAMP, "stamp")
        sheet.text(row + 1, col, str(self.order.stamp(code)), "stamp")
        if code == layout.START_STAMP:
            here = layout.reference(layout.START, row + 1, col, absolute=True)
            self.book.define_name(PROPERTY, here)

    def titled(self, name: str) -> str:
        """A live sheet's title, for whoever reads it without the rest of the workbook."""
        whose = ", ".join(filter(None, (self.order.council.name, self.order.respondent)))
        return wording.SHEET_TITLE.format(sheet=name, whose=whose, round=self.order.round)

    def links(
        self, sheet: Sheet, back: int, onward: int | None = None, following: str = "", row: int = 1
    ) -> None:
        """Write links below the title: back to the start, and on to the following sheet."""
        home = layout.START if sheet.raw.get_name() == layout.MARKS else self.home
        sheet.link(row, back, f"'{home}'!A1", wording.BACK.format(sheet=home))
        if onward is not None:
            sheet.link(row, onward, f"'{following}'!A1", wording.NEXT.format(sheet=following))

    def progress(self, area: str = "") -> tuple[str, str]:
        """A formula that says "3 of 4 behaviours answered", and what it says now; empty for all areas."""
        rows = [
            row
            for row in self.framework.behaviours
            if area in ("", self.framework.area_by_code[row.code].code)
        ]
        behaviours, answered = wording.counted(len(rows), "behaviour"), self.workings.count("answered", rows)
        count = self.workings.sum_scored("answered", area)
        rest, finished = (text.format(answered="", behaviours=behaviours) for text in wording.PROGRESS)
        present = finished if answered == len(rows) else f"{answered}{rest}"
        return f'IF({count}={len(rows)},"{finished}",{count}&"{rest}")', present

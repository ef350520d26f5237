"""A thin wrapper over XlsxWriter, shared by the builder and the reports.

It keeps three promises: the same input gives the same bytes; text is written as text,
whatever it begins with; and whatever XlsxWriter refuses or warns about is raised, since
it is our mistake.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from string import Formatter
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from nps_xlsx.excel import styles
from nps_xlsx.excel.parts import SheetOfOurs, prepare, property_text
from nps_xlsx.model.cells import TEXT_LIMIT, cell_name

_CUT = " … [cut here: a cell holds no more; the whole text is in the CSV file]"

EXCEL_HEIGHT = 409.5
"""The height of a row in Excel, in points, at most."""

LINE_FEEDS = 253
"""Line feeds that a cell of Excel takes ("Excel specifications and limits")."""

SLOTS = re.compile("[\ufdd0-\ufddf]")
"""A slot: a character that no text has (Unicode keeps it for programs' own use), which copies fill."""

_LITERAL = 120  # characters: each may take two UTF-16 units
FORMULA_STARTS = tuple("=+-@\t\r")
# Without "no scheme" the default font would count as the theme's, and Excel would show Calibri.
_FONT = {"font_name": styles.FONT, "font_size": styles.BODY_SIZE, "font_scheme": False}


class Book:
    """A workbook in memory: its sheets, its formats by the names of their styles, and its bytes."""

    def __init__(
        self,
        title: str,
        *,
        subject: str = "",
        comments: str = "",
        made: dt.date | None = None,
        unprotected: bool = False,
    ) -> None:
        self.unprotected = unprotected
        self._buffer = io.BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_format_properties": dict(_FONT),  # a copy: XlsxWriter writes into it
            "default_column_width": 72,  # pixels: what Excel gives a column in Arial 11
            "default_row_height": 19,
        }
        self.raw = xlsxwriter.Workbook(self._buffer, options)
        prepare(self.raw, title=title, subject=subject, comments=comments, made=made)
        self.formats = _Formats(self.raw)
        self.title, self.stamp = title, ""
        self.slotted: dict[str, list[tuple[Worksheet, int, int, Format]]] = {}
        """The cells of each text with slots: written last, they are the last of the shared strings."""

    def sheet(self, name: str) -> Sheet:
        """A new sheet, its gridlines hidden."""
        worksheet = self.raw.add_worksheet(name, worksheet_class=SheetOfOurs)
        worksheet.hide_gridlines(2)
        return Sheet(self, worksheet)

    def format(self, *names: str) -> Format:
        """The format that combines the named styles; later ones win."""
        return self.formats[names]

    def plain_format(self, style: styles.Style) -> Format:
        """A format with these properties only, for conditional formats."""
        return self.raw.add_format(style)

    def define_name(self, name: str, formula: str) -> None:
        """Define a name."""
        checked(self.raw.define_name(name, f"={formula}"))

    def mark(self, name: str, stamp: str) -> None:
        """Write the custom property by which the workbook is recognised, cut to what one holds."""
        self.stamp = stamp
        checked(self.raw.set_custom_property(name, property_text(stamp)))

    def to_bytes(self) -> bytes:
        """The finished workbook; nothing can be written to it afterwards."""
        for text, cells in self.slotted.items():
            for worksheet, row, col, cell_format in cells:
                checked(worksheet.write_string(row, col, text, cell_format))
        self.raw.close()
        return self._buffer.getvalue()


class _Formats(dict[tuple[str, ...], Format]):
    """A workbook's formats by the names of their styles, each made when it is first asked for."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook

    def __missing__(self, names: tuple[str, ...]) -> Format:
        merged = dict(styles.BASE)
        for name in names:
            merged |= styles.STYLES[name]
        self[names] = made = self._workbook.add_format(merged)
        made.cell_style = next(
            (styles.CELL_STYLES[name] for name in names if name in styles.CELL_STYLES), None
        )
        return made


class Sheet:
    """One sheet: every write names its styles, and every refusal is raised."""

    def __init__(self, book: Book, worksheet: Worksheet) -> None:
        self.book = book
        self.raw = worksheet
        self.tables = 0
        """How many tables are marked so far."""

    def text(self, row: int, col: int, text: str, *names: str) -> None:
        """Write a text as text, cut to what a cell holds."""
        text = clean_text(text)
        if text.startswith(FORMULA_STARTS):
            names = (*names, "quoted")
        if not text.isascii() and SLOTS.search(text):
            self.book.slotted.setdefault(text, []).append((self.raw, row, col, self.book.format(*names)))
        else:
            # Here and below without XlsxWriter's look at each cell whether it is named in letters.
            checked(self.raw._write_string(row, col, text, self.book.formats[names]))

    def text_or_blank(self, row: int, col: int, text: str, *names: str) -> None:
        """Write a text, or format an empty cell if there is none."""
        if text:
            self.text(row, col, text, *names)
        else:
            self.blank(row, col, *names)

    def titled(self, row: int, col: int, title: str, text: str, *names: str) -> None:
        """Write a text below a title in bold, both in one cell."""
        bold, plain = self.book.format(*names, "bold"), self.book.format(*names)
        parts = (bold, f"{clean_text(title)}\n", plain, clean_text(text))
        checked(self.raw.write_rich_string(row, col, *parts, plain))

    def number(self, row: int, col: int, value: float | None, *names: str) -> None:
        """Write a number; an empty cell for ``None``."""
        if value is None:
            return self.blank(row, col, *names)
        checked(self.raw._write_number(row, col, value, self.book.formats[names]))
        return None

    def date(self, row: int, col: int, value: dt.date, *names: str) -> None:
        """Write a date."""
        checked(self.raw.write_datetime(row, col, value, self.book.format(*names, "date")))

    def blank(self, row: int, col: int, *names: str) -> None:
        """Format an empty cell."""
        checked(self.raw._write_blank(row, col, None, self.book.formats[names]))

    def value(self, row: int, col: int, value: float | str, *names: str) -> None:
        """Write a number or a text."""
        if isinstance(value, str):
            self.text(row, col, value, *names)
        else:
            self.number(row, col, value, *names)

    def formula(self, row: int, col: int, formula: str, value: float | str, *names: str) -> None:
        """Write a formula with its present result, which Protected View shows."""
        shown = clean_text(value) if isinstance(value, str) else value
        self.book.raw.calc_on_load = True  # a program that fills in a workbook seldom computes it
        checked(self.raw.write_formula(row, col, f"={formula}", self.book.format(*names), shown))

    def link(self, row: int, col: int, target: str, text: str, *names: str, tip: str = "") -> None:
        """Write a link to a cell of this workbook, such as ``'Start here'!A1``."""
        shown = self.book.format("link", *names)
        checked(self.raw.write_url(row, col, f"internal:{target}", shown, text, tip or None))

    def texts(self, row: int, col: int, texts: Sequence[str], *names: str) -> None:
        """Write texts side by side."""
        for offset, text in enumerate(texts):
            self.text(row, col + offset, text, *names)

    def widths(self, *pixels: int) -> None:
        """Set the widths of the first columns, in pixels."""
        for col, width in enumerate(pixels):
            checked(self.raw.set_column_pixels(col, col, width))

    def height(self, row: int, points: float, *, grows: bool = False) -> None:
        """Set the height of a row, in points, up to what Excel allows, and whether it grows with its text."""
        checked(self.raw.set_row(row, min(round(points * 4) / 4, EXCEL_HEIGHT)))
        if grows:
            self.raw.growing.add(row)

    def validate(self, row: int, col: int, rule: Mapping[str, Any], *, last_row: int | None = None) -> None:
        """Add a data validation to a cell, or to a run of cells down its column."""
        last = row if last_row is None else last_row
        checked(self.raw.data_validation(row, col, last, col, dict(rule)))

    def rule(self, first: tuple[int, int], last: tuple[int, int], rule: Mapping[str, Any]) -> None:
        """Add a conditional format to a box of cells."""
        checked(self.raw.conditional_format(*first, *last, dict(rule)))

    def filter(self, row: int, col: int, last_row: int, last_col: int) -> None:
        """Put filter buttons on the headings of a table."""
        checked(self.raw.autofilter(row, col, last_row, last_col))

    def chart(self, row: int, col: int, chart: Any, *, width: int, height: int, description: str) -> None:
        """Insert a chart with its size in pixels and its alternative text."""
        chart.set_size({"width": width, "height": height})
        placed = {"object_position": 2, "description": description}
        checked(self.raw.insert_chart(row, col, chart, placed))

    def mark_headings(self, row: int, col: int, last_row: int, last_col: int) -> None:
        """Show screen readers which cells are a table's headings, by a name that they look for.

        JAWS and others read a name such as ``TitleRegion1.A3.N9.1`` (the corners of the
        table and the number of the sheet) as "column and row titles begin here".
        """
        self.tables += 1
        corners = f"{cell_name(row, col)}.{cell_name(last_row, last_col)}"
        name = f"'{self.raw.get_name()}'!TitleRegion{self.tables}.{corners}.{self.raw.index + 1}"
        here = cell_name(row, col, absolute=True)
        self.book.define_name(name, f"'{self.raw.get_name()}'!{here}")

    def page(self, *, repeat_row: int | None = None, a3: bool = False, portrait: bool = False) -> None:
        """Set up printing: one page wide, page numbers, the headings' row repeated."""
        if portrait:
            self.raw.set_portrait()
        else:
            self.raw.set_landscape()
        self.raw.set_paper(8 if a3 else 9)
        self.raw.fit_to_pages(1, 0)
        self.raw.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.raw.set_footer("&L&A&RPage &P of &N")
        if repeat_row is not None:
            self.raw.repeat_rows(repeat_row)

    def pages_wide(self, widths: Sequence[int], repeated: int, room: int, together: Sequence[int]) -> None:
        """Print at 75 per cent on pages of so many pixels, the columns up to ``repeated`` on each.

        From one column of ``together`` to the next they stay on one page, if they fit.
        """
        groups = {first: sum(widths[first:end]) for first, end in pairwise([*together, len(widths)])}
        breaks, used = [], 0
        for col, width in enumerate(widths):
            if used and used + groups.get(col, width) > room:
                breaks.append(col)
                used = sum(widths[: repeated + 1])
            used += width
        self.raw.fit_page = False
        self.raw.set_print_scale(75)
        self.raw.set_margins(left=0.2, right=0.2, top=0.4, bottom=0.5)
        self.raw.repeat_columns(0, repeated)
        self.raw.set_v_pagebreaks(breaks)
        self.raw.print_across()

    def protect(self) -> None:
        """Lock the sheet, without a password, but let the officer change its looks, sort and filter.

        An unprotected book stays so: NVDA reads no headings on a protected sheet (nvaccess/nvda #6000).
        """
        if self.book.unprotected:
            return
        self.raw.untouched = self.book.format()  # the style Normal is unlocked
        self.raw.protect(
            "",
            {
                "format_cells": True,
                "format_columns": True,
                "format_rows": True,
                "sort": True,
                "autofilter": True,
                "objects": True,
                "insert_columns": True,
            },
        )


def checked(result: object) -> None:
    """Raise if XlsxWriter says, by a negative number, that it refused a call.

    Raises:
        RuntimeError: it did.
    """
    if isinstance(result, int) and result < 0:
        raise RuntimeError(f"XlsxWriter refused a call ({result})")


def literal(text: str) -> str:
    """A text as a formula holds it: in pieces, since Excel takes 255 characters between two quotes.

    It offers to repair a file with a longer piece, and drops the formula.
    """
    pieces = [text[start : start + _LITERAL] for start in range(0, len(text), _LITERAL)]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces or [""])


def joined(text: str, /, **terms: str) -> str:
    """A text with words in braces as a formula that takes those from terms, such as cells."""
    pieces = [
        piece
        for words, name, _, _ in Formatter().parse(text)
        for piece in (literal(words) if words else "", terms[name] if name else "")
    ]
    return "&".join(filter(None, pieces))


def clean_text(text: str) -> str:
    """A text as a cell can hold it: no lone surrogates, at most 32,767 UTF-16 units and 253 line feeds."""
    if text.isascii() and len(text) <= TEXT_LIMIT and text.count("\n") <= LINE_FEEDS:  # as nearly every text
        return text
    # A lone surrogate cannot be written as UTF-8, and would stop a whole output.
    encoded = text.encode("utf-16-le", "surrogatepass")
    whole = _within_line_feeds(encoded.decode("utf-16-le", "replace"))
    if len(encoded) <= 2 * TEXT_LIMIT:
        return whole
    kept = encoded[: 2 * (TEXT_LIMIT - len(_CUT))].decode("utf-16-le", "ignore")
    return f"{kept}{_CUT}"


def _within_line_feeds(text: str) -> str:
    """A text with spaces for the line feeds beyond those that a cell takes, so that no word is lost."""
    lines = text.split("\n", LINE_FEEDS)
    return "\n".join([*lines[:-1], lines[-1].replace("\n", " ")])


Writer = Callable[..., bytes]


def strict(writer: Writer) -> Writer:
    """Decorate a function that writes a workbook: XlsxWriter's warnings are raised, as our mistakes."""

    @functools.wraps(writer)
    def wrapped(*arguments: object, **options: object) -> bytes:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return writer(*arguments, **options)

    return wrapped

"""Workbooks of Excel 97-2003 (.xls): what stands in them, and a second reader, both by xlrd."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Container, Sequence

import olefile
import xlrd
from xlrd.sheet import Cell, Sheet
from xlrd.xldate import xldate_as_datetime

from nps_xlsx.ingester.grids import Aside, Grid, Position, Properties, Sighting
from nps_xlsx.ingester.reading.asides import leads_outside
from nps_xlsx.ingester.reading.cell_styles import CellStyle, covered
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.ingester.shown import format_of
from nps_xlsx.model import TextKind
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook.values import CellValue

CUT_AT = 255
"""Characters to which writers that keep to the format of Excel 5 cut texts."""


def properties_of(content: bytes) -> Properties:
    """The program that saved the workbook last, and when."""
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        found = ole.get_metadata()
    program: object = getattr(found, "creating_application", None)
    saved: object = getattr(found, "last_saved_time", None)
    return Properties(
        saved_by=program.decode("utf-8", "replace").strip("\0 ") if isinstance(program, bytes) else "",
        saved_at=f"{saved:%Y-%m-%dT%H:%M:%SZ}" if isinstance(saved, dt.datetime) else "",
    )


def _open(content: bytes, *, with_looks: bool = False) -> xlrd.Book:
    try:
        return xlrd.open_workbook(
            file_contents=content, ragged_rows=True, logfile=io.StringIO(), formatting_info=with_looks
        )
    except Exception:  # noqa: BLE001 - on a damaged file xlrd raises whatever it meets
        if with_looks:  # it breaks down on formats that matter to nobody here
            return _open(content)
        raise RefusedError("file-unreadable", reason=DAMAGED) from None


def sightings(content: bytes, skip: Container[str] = ()) -> dict[str, Sighting]:
    """What stands in each sheet, by its name, but for those to be skipped.

    Raises:
        RefusedError: the workbook is damaged.
    """
    book = _open(content, with_looks=True)
    styles = _styles(book)
    return {sheet.name: _sighting(sheet, styles) for sheet in book.sheets() if sheet.name not in skip}


def asides_of(content: bytes) -> tuple[tuple[Aside, ...], tuple[str, ...]]:
    """The notes and the links of each sheet; xlrd gives no text boxes."""
    found: list[Aside] = []
    for sheet in _open(content).sheets():
        for (row, col), note in sheet.cell_note_map.items():
            found.append(Aside(sheet.name, cell_name(row, col), TextKind.NOTE, note.text, note.author or ""))
        for link in sheet.hyperlink_list:
            address = link.url_or_path
            if isinstance(address, str) and leads_outside(address):
                found.append(Aside(sheet.name, cell_name(link.frowx, link.fcolx), TextKind.LINK, address))
    return tuple(found), ()


def _styles(book: xlrd.Book) -> list[CellStyle]:
    """The styles of cells, by number; none where the book was read without them.

    In a damaged file they name fonts and formats that are not there, which costs no answer.
    """
    struck, codes = _struck_fonts(book), {key: one.format_str for key, one in book.format_map.items()}
    return [
        CellStyle(format_of(xf.format_key, codes.get(xf.format_key)), xf.font_index in struck)
        for xf in book.xf_list
    ]


def _struck_fonts(book: xlrd.Book) -> set[int]:
    return {font.font_index for font in book.font_list if font.struck_out}


def _sighting(sheet: Sheet, styles: Sequence[CellStyle]) -> Sighting:
    found = Sighting(is_1904=bool(sheet.book.datemode), cut_at=CUT_AT)
    for top, bottom, left, _ in sheet.merged_cells:
        found.merged.update(covered((top, left), (bottom - 1, left), len(found.merged)))
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                found.errors[row, col] = xlrd.error_text_from_code.get(cell.value, "#N/A")
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and cell.value != "":
                found.filled.add((row, col))
                found.values[row, col] = _value(cell, sheet.book.datemode)
                _look(found, (row, col), cell, styles)
    struck = _struck_fonts(sheet.book)
    for at, runs in sheet.rich_text_runlist_map.items():
        if at in found.filled and any(font in struck for _, font in runs):
            found.struck.add(at)
    return found


def _look(found: Sighting, at: Position, cell: Cell, styles: Sequence[CellStyle]) -> None:
    """Note how a cell looks, where its style was read."""
    if cell.xf_index is None or cell.xf_index >= len(styles):
        return
    style = styles[cell.xf_index]
    if style.is_struck:
        found.struck.add(at)
    if style.format and cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        found.formats[at] = style.format


def second_reading(content: bytes) -> list[Grid]:
    """The sheets as xlrd reads them."""
    book = _open(content)
    return [Grid(sheet.name, _rows(sheet, book.datemode)) for sheet in book.sheets()]


def _rows(sheet: Sheet, datemode: int) -> list[list[CellValue]]:
    return [[_value(cell, datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)]


def _value(cell: Cell, datemode: int) -> CellValue:
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment: dt.datetime = xldate_as_datetime(cell.value, datemode)
        return moment.date() if moment.time() == dt.time() else moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ""
    value: CellValue = "" if cell.value is None else cell.value
    return value

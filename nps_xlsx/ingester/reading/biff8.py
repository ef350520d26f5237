"""Workbooks of Excel 97-2003 (.xls): what stands in them, and a second reader, both by xlrd."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import lazy_loader
import olefile

from nps_xlsx.ingester.grids import Aside, Asides, Grid, Properties, Sighting, Walk
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.asides import leads_outside
from nps_xlsx.ingester.reading.cell_styles import CellStyle, note_merged, note_style
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.ingester.shown import format_of
from nps_xlsx.model import TextKind
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook.values import CellValue

if TYPE_CHECKING:
    import xlrd
    from xlrd.sheet import Cell, Sheet
else:
    xlrd = lazy_loader.load("xlrd")  # imported at the first workbook of the kind, of which there are few

WHOLE = "the whole file"
"""The name of its only part."""

CUT_AT = 255
"""Characters to which writers that keep to the format of Excel 5 cut texts."""


def properties_of(parts: Parts) -> Properties:
    """The program that saved the workbook last, and when."""
    with olefile.OleFileIO(io.BytesIO(parts[WHOLE])) as ole:
        metadata = ole.get_metadata()
    program: object = getattr(metadata, "creating_application", None)
    saved: object = getattr(metadata, "last_saved_time", None)
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


def walk(parts: Parts) -> Walk:
    """What stands in each sheet, also as a second reader.

    Raises:
        RefusedError: the workbook is damaged.
    """
    book = _open(parts[WHOLE], with_looks=True)
    styles = _styles(book)
    seen = {sheet.name: _sighting(sheet, styles) for sheet in book.sheets()}
    return Walk(seen, partial(_grids, book), partial(_asides, book))


def _asides(book: xlrd.Book) -> Asides:
    """The notes and the links of each sheet; xlrd gives no text boxes."""
    asides: list[Aside] = []
    for sheet in book.sheets():
        for (row, col), note in sheet.cell_note_map.items():
            asides.append(Aside(sheet.name, cell_name(row, col), TextKind.NOTE, note.text, note.author or ""))
        for link in sheet.hyperlink_list:
            address = link.url_or_path
            if isinstance(address, str) and leads_outside(address):
                asides.append(Aside(sheet.name, cell_name(link.frowx, link.fcolx), TextKind.LINK, address))
    return tuple(asides), ()


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
    seen = Sighting(is_1904=bool(sheet.book.datemode), cut_at=CUT_AT)
    for top, bottom, left, _ in sheet.merged_cells:
        note_merged(seen, (top, left), (bottom - 1, left))
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                seen.errors[row, col] = xlrd.error_text_from_code.get(cell.value, "#N/A")
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and cell.value != "":
                seen.filled.add((row, col))
                seen.values[row, col] = _value(cell, sheet.book.datemode)
                style = styles[cell.xf_index] if (cell.xf_index or len(styles)) < len(styles) else None
                is_number = cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE)
                note_style(seen, (row, col), style, is_number=is_number)
    struck = _struck_fonts(sheet.book)
    for at, runs in sheet.rich_text_runlist_map.items():
        if at in seen.filled and any(font in struck for _, font in runs):
            seen.struck.add(at)
    return seen


def _grids(book: xlrd.Book) -> list[Grid]:
    return [
        Grid(
            sheet.name,
            [[_value(cell, book.datemode) for cell in sheet.row(row)] for row in range(sheet.nrows)],
        )
        for sheet in book.sheets()
    ]


def _value(cell: Cell, datemode: int) -> CellValue:
    if cell.ctype == xlrd.XL_CELL_DATE:
        moment: dt.datetime = xlrd.xldate_as_datetime(cell.value, datemode)
        return moment.date() if moment.time() == dt.time() else moment
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return ""
    value: CellValue = "" if cell.value is None else cell.value
    return value

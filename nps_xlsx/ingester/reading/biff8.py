"""Workbooks of Excel 97-2003 (.xls): what stands in them, and a second reader, both by xlrd."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Container

import olefile
import xlrd
from xlrd.sheet import Cell, Sheet
from xlrd.xldate import xldate_as_datetime

from nps_xlsx.ingester.grids import CellValue, Grid, Properties, Sighting
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError


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


def _open(content: bytes) -> xlrd.Book:
    try:
        return xlrd.open_workbook(file_contents=content, ragged_rows=True, logfile=io.StringIO())
    except Exception:  # noqa: BLE001 - on a damaged file xlrd raises whatever it meets
        raise RefusedError("file-unreadable", reason=DAMAGED) from None


def sightings(content: bytes, skip: Container[str] = ()) -> dict[str, Sighting]:
    """What stands in each sheet, by its name, but for those to be skipped.

    Raises:
        RefusedError: the workbook is damaged.
    """
    return {sheet.name: _sighting(sheet) for sheet in _open(content).sheets() if sheet.name not in skip}


def _sighting(sheet: Sheet) -> Sighting:
    found = Sighting()
    for row in range(sheet.nrows):
        for col, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                found.errors[row, col] = xlrd.error_text_from_code.get(cell.value, "#N/A")
            elif cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and cell.value != "":
                found.filled.add((row, col))
    return found


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

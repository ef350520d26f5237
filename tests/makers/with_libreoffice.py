"""Open workbooks in LibreOffice, edit them as an officer would, and save them as it saves them.

Runs under a Python that has LibreOffice's ``uno`` bridge.  Its first argument is the office;
jobs come as JSON on standard input: ``source``, ``edits`` (each a name and its arguments) and
``saves`` (each a path, a filter and a password).
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import uno
from com.sun.star.beans import NamedValue
from com.sun.star.lang import Locale
from com.sun.star.util import Date

from samples import fill_with_libreoffice

office: Any = fill_with_libreoffice
NEW = "private:factory/scalc"
BRITISH = Locale("en", "GB", "")
EDITS: dict[str, Callable[..., Any]] = {}


def edit(function: Callable[..., Any]) -> Callable[..., Any]:
    """Have a function among the edits, under its own name."""
    EDITS[function.__name__] = function
    return function


def main() -> None:
    """Start an office of its own, do the jobs, end it."""
    jobs = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"nps{Path(folder).name}"
        options = ["--headless", "--norestore", "--nologo", "--nodefault", f"--accept=pipe,name={pipe};urp;"]
        started = subprocess.Popen([sys.argv[1], f"-env:UserInstallation={Path(folder).as_uri()}", *options])
        try:
            desktop = office.connect(pipe)
            for job in jobs:
                do(desktop, job)
            desktop.terminate()
            started.wait(timeout=60)
        finally:
            started.kill()


def do(desktop: Any, job: dict[str, Any]) -> None:
    """Open one workbook, edit it, save it under each of its names."""
    document = load(desktop, job["source"])
    try:
        for name, *arguments in job["edits"]:
            document = EDITS[name](document, *arguments) or document
        document.calculateAll()
        for path, filter_, password in job["saves"]:
            settings = (office.setting("FilterName", filter_), *locked(filter_, password))
            document.storeToURL(Path(path).resolve().as_uri(), settings)
    finally:
        document.close(True)


def locked(filter_: str, password: str) -> list[Any]:
    """What saves a workbook with a password, in the words of each kind of filter."""
    if not password:
        return []
    if not filter_.startswith("Calc MS Excel 2007"):
        return [office.setting("Password", password)]
    words = (NamedValue("CryptoType", "Standard"), NamedValue("OOXPassword", password))
    return [office.setting("EncryptionData", uno.Any("[]com.sun.star.beans.NamedValue", words))]


def load(desktop: Any, path: str) -> Any:
    """Open a workbook, or a new one, without showing it."""
    address = path if path == NEW else Path(path).resolve().as_uri()
    return desktop.loadComponentFromURL(address, "_blank", 0, (office.setting("Hidden", True),))


def sheet_of(document: Any, sheet: str) -> Any:
    """A sheet that can be edited: whoever edits takes the protection off, which has no password."""
    found = document.Sheets.getByName(sheet)
    if found.isProtected():
        found.unprotect("")
    return found


def cell_of(document: Any, sheet: str, cell: str) -> Any:
    """A cell, or a range of cells."""
    return sheet_of(document, sheet).getCellRangeByName(cell)


# --- Cells ------------------------------------------------------------------------


@edit
def text(document: Any, sheet: str, cell: str, value: str) -> None:
    """A text as it stands, whatever it looks like."""
    cell_of(document, sheet, cell).setString(value)


@edit
def typed(document: Any, sheet: str, cell: str, value: str) -> None:
    """What is typed in a cell of General format, as a British LibreOffice takes it."""
    found = cell_of(document, sheet, cell)
    found.NumberFormat = document.NumberFormats.getStandardFormat(0, BRITISH)
    found.FormulaLocal = value


@edit
def date(document: Any, sheet: str, cell: str, value: str) -> None:
    """A date, in the date system of the workbook."""
    start = document.NullDate
    days = (dt.date.fromisoformat(value) - dt.date(start.Year, start.Month, start.Day)).days
    cell_of(document, sheet, cell).setValue(days)


@edit
def formula(document: Any, sheet: str, cell: str, value: str) -> None:
    """A formula, worked out."""
    found = cell_of(document, sheet, cell)
    found.NumberFormat = 0
    found.setFormula(value)


@edit
def clear(document: Any, sheet: str, cells: str) -> None:
    """Empty cells: values, dates, texts and formulas."""
    cell_of(document, sheet, cells).clearContents(1 | 2 | 4 | 16)


@edit
def copy(document: Any, sheet: str, cells: str, onto: str, at: str) -> None:
    """Cells copied to a place on the same sheet or another."""
    target = cell_of(document, onto, at).getCellByPosition(0, 0).CellAddress
    sheet_of(document, onto).copyRange(target, cell_of(document, sheet, cells).RangeAddress)


@edit
def move(document: Any, sheet: str, cells: str, onto: str, at: str) -> None:
    """Cells cut and pasted elsewhere."""
    target = cell_of(document, onto, at).getCellByPosition(0, 0).CellAddress
    sheet_of(document, onto).moveRange(target, cell_of(document, sheet, cells).RangeAddress)


@edit
def sort(document: Any, sheet: str, cells: str, column: int, ascending: bool) -> None:
    """Rows sorted by one column of a range."""
    field = uno.createUnoStruct("com.sun.star.table.TableSortField")
    field.Field, field.IsAscending = column, ascending
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    settings = (office.setting("SortFields", fields), office.setting("ContainsHeader", False))
    cell_of(document, sheet, cells).sort(settings)


# --- Rows and columns -------------------------------------------------------------


@edit
def insert_rows(document: Any, sheet: str, before: int, count: int) -> None:
    """Rows inserted before a row, counted as Excel counts."""
    sheet_of(document, sheet).Rows.insertByIndex(before - 1, count)


@edit
def delete_rows(document: Any, sheet: str, first: int, count: int) -> None:
    """Rows deleted."""
    sheet_of(document, sheet).Rows.removeByIndex(first - 1, count)


@edit
def insert_columns(document: Any, sheet: str, before: int, count: int) -> None:
    """Columns inserted before a column, A being 1."""
    sheet_of(document, sheet).Columns.insertByIndex(before - 1, count)


@edit
def delete_columns(document: Any, sheet: str, first: int, count: int) -> None:
    """Columns deleted."""
    sheet_of(document, sheet).Columns.removeByIndex(first - 1, count)


@edit
def keep_rows(document: Any, sheet: str, first: int, last: int) -> None:
    """Every row deleted but some."""
    rows = sheet_of(document, sheet).Rows
    rows.removeByIndex(last, 100)
    if first > 1:
        rows.removeByIndex(0, first - 1)


@edit
def merge(document: Any, sheet: str, cells: str) -> None:
    """Cells merged into one."""
    cell_of(document, sheet, cells).merge(True)


@edit
def hide_rows(document: Any, sheet: str, first: int, last: int) -> None:
    """Rows hidden, as a filter hides them."""
    cell_of(document, sheet, f"A{first}:A{last}").Rows.IsVisible = False


# --- Sheets and the whole ---------------------------------------------------------


@edit
def delete_sheet(document: Any, sheet: str) -> None:
    """A sheet deleted."""
    document.Sheets.removeByName(sheet)


@edit
def add_sheet(document: Any, sheet: str) -> None:
    """A sheet of the council's own, at the end."""
    document.Sheets.insertNewByName(sheet, document.Sheets.Count)


@edit
def rename_sheet(document: Any, sheet: str, name: str) -> None:
    """A sheet called something else."""
    document.Sheets.getByName(sheet).Name = name


@edit
def move_sheet(document: Any, sheet: str, place: int) -> None:
    """A sheet put elsewhere in the order."""
    document.Sheets.moveByName(sheet, place)


@edit
def copy_sheet(document: Any, sheet: str, name: str) -> None:
    """A second copy of a sheet, at the end."""
    document.Sheets.copyByName(sheet, name, document.Sheets.Count)


@edit
def import_sheet(document: Any, path: str, sheet: str) -> None:
    """A sheet copied in from another workbook, at the end."""
    other = load(office_desktop(document), path)
    document.Sheets.importSheet(other, sheet, document.Sheets.Count)
    other.close(True)


@edit
def into_new_workbook(document: Any, *sheets: str) -> Any:
    """Sheets copied into a new workbook, which takes the place of the old."""
    new = load(office_desktop(document), NEW)
    for sheet in sheets or document.Sheets.ElementNames:
        new.Sheets.importSheet(document, sheet, new.Sheets.Count)
    new.Sheets.removeByName(new.Sheets.ElementNames[0])
    document.close(True)
    return new


@edit
def values_only(document: Any, *sheets: str) -> Any:
    """Sheets pasted into a new workbook as values and dates, without formats and formulas."""
    new = load(office_desktop(document), NEW)
    for sheet in sheets:
        new.Sheets.insertNewByName(sheet, new.Sheets.Count)
        document.CurrentController.select(used_range(document.Sheets.getByName(sheet)))
        dispatch(document, ".uno:Copy")
        new.CurrentController.setActiveSheet(new.Sheets.getByName(sheet))
        new.CurrentController.select(new.Sheets.getByName(sheet).getCellRangeByName("A1"))
        dispatch(new, ".uno:InsertContents", Flags="SVD")
    new.Sheets.removeByName(new.Sheets.ElementNames[0])
    document.close(True)
    return new


@edit
def forget(document: Any) -> None:
    """Custom properties and defined names taken away, as Google Sheets does on export."""
    properties = document.DocumentProperties.UserDefinedProperties
    for named in properties.getPropertySetInfo().Properties:
        properties.removeProperty(named.Name)
    for name in document.NamedRanges.ElementNames:
        document.NamedRanges.removeByName(name)


@edit
def count_from_1904(document: Any) -> None:
    """The date system of old Macintoshes; dates that stand already become others."""
    document.NullDate = Date(1, 1, 1904)


@edit
def basic_module(document: Any, code: str) -> None:
    """A macro of the council's own."""
    libraries = document.BasicLibraries
    libraries.VBACompatibilityMode = True
    if not libraries.hasByName("Standard"):
        libraries.createLibrary("Standard")
    libraries.getByName("Standard").insertByName("Module1", code)


# --- The office -------------------------------------------------------------------


def office_desktop(document: Any) -> Any:
    """The desktop that a document was opened on."""
    return document.CurrentController.Frame.Creator


def used_range(sheet: Any) -> Any:
    """All that is used of a sheet, from A1 on."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)


def dispatch(document: Any, command: str, **arguments: Any) -> None:
    """What a menu or a key does, waited for."""
    url = uno.createUnoStruct("com.sun.star.util.URL")
    url.Complete = url.Main = command
    url.Protocol, url.Path = ".uno:", command.removeprefix(".uno:")
    settings = [office.setting(name, value) for name, value in arguments.items()]
    settings.append(office.setting("SynchronMode", True))
    document.CurrentController.Frame.queryDispatch(url, "_self", 0).dispatch(url, tuple(settings))


if __name__ == "__main__":
    main()

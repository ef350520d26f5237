"""Fill in workbooks with LibreOffice itself, and save them as it saves them.

Runs under a Python that has LibreOffice's ``uno`` bridge (Debian: python3-uno) and uses
nothing else.  Reads lists of jobs as JSON from standard input, one a line, and answers each with a line::

    [{"source": "blank.xlsx", "target": "filled.xlsx", "filter": "Calc MS Excel 2007 XML",
      "cells": [["Engaging councillors", "C6", "3 Mature"], ["Start here", "B15", 44651]]}]

A text stays the text that it is; a number is one, so a date is given as its serial number.

Only unlocked cells can be filled: LibreOffice refuses the others, as it would an officer.
"""

import itertools
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

_START_SECONDS = 60
_TOLERANCE = 10  # a tenth of a millimetre


def main() -> None:
    """Start an office of its own, do the jobs of each line, end it."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"nps{Path(folder).name}"
        office = subprocess.Popen(
            [
                sys.argv[1],
                f"-env:UserInstallation={Path(folder).as_uri()}",
                *("--headless", "--norestore", "--nologo", "--nodefault"),
                f"--accept=pipe,name={pipe};urp;",
            ]
        )
        try:
            desktop = connect(pipe)
            for line in sys.stdin:
                print(json.dumps(fill(desktop, json.loads(line))), flush=True)
            desktop.terminate()
            office.wait(timeout=_START_SECONDS)
        finally:
            office.kill()


def connect(pipe: str):
    """The office's desktop, once it has started."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    end = time.monotonic() + _START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def fill(desktop, jobs) -> list[list[list[object]]]:
    """Do one job after another; a workbook that several begin with is opened once, and put back each time."""
    answers = []
    for source, same in itertools.groupby(jobs, key=lambda job: job["source"]):
        document = desktop.loadComponentFromURL(
            Path(source).resolve().as_uri(), "_blank", 0, (setting("Hidden", True),)
        )
        try:
            for job in same:
                document.enableAutomaticCalculation(False)  # else every cell typed recalculates thousands
                before = type_in(document, job["cells"])
                document.enableAutomaticCalculation(True)
                document.calculateAll()
                answers.append(outcome(document, job))
                for cells, values in before:
                    cells.setDataArray(values)
        finally:
            document.close(True)
    return answers


def type_in(document, typed) -> list[tuple[Any, object]]:
    """Type into cells, a run of a column at once; gives each run with what it held before.

    Cell by cell LibreOffice takes 2 ms each, as it fits the height of the row to each of them.
    """
    before = []
    for sheet, column, first, values in runs(typed):
        name = f"{column}{first}:{column}{first + len(values) - 1}"
        cells = document.Sheets.getByName(sheet).getCellRangeByName(name)
        before.append((cells, cells.getDataArray()))
        cells.setDataArray(tuple((value,) for value in values))
    return before


def runs(typed) -> list[tuple[str, str, int, list[object]]]:
    """Cells that stand below one another, together: sheet, column, first row, values."""
    found: list[tuple[str, str, int, list[object]]] = []
    for sheet, column, row, value in sorted((sheet, *place(name), value) for sheet, name, value in typed):
        last = found[-1] if found else ("", "", 0, [])
        if last[:2] == (sheet, column) and last[2] + len(last[3]) == row:
            last[3].append(value)
        else:
            found.append((sheet, column, row, [value]))
    return found


def place(name: str) -> tuple[str, int]:
    """The column and the row of a cell."""
    column = name.rstrip("0123456789")
    return column, int(name[len(column) :])


def outcome(document, job) -> list[list[object]]:
    """What a job asks for: rows that are too low, the cells of a sheet, or that the workbook is saved."""
    if job.get("measure"):
        return too_low(document)
    if job.get("target"):
        document.storeToURL(Path(job["target"]).resolve().as_uri(), (setting("FilterName", job["filter"]),))
    return used(document.Sheets.getByName(job["shows"])).getDataArray() if job.get("shows") else []


def too_low(document) -> list[list[object]]:
    """Every row that is lower than LibreOffice would make it to show all of its text.

    Each as sheet, row, height and the height needed, in hundredths of a millimetre.
    """
    found = []
    for sheet in document.Sheets:
        if sheet.isProtected():
            sheet.unprotect("")
        rows = used(sheet).Rows
        heights = [row.Height for row in rows]
        rows.OptimalHeight = True
        for number, (height, row) in enumerate(zip(heights, rows, strict=True), 1):
            if row.Height > height + _TOLERANCE and sheet.IsVisible:
                found.append([sheet.Name, number, height, row.Height])
    return found


def used(sheet: Any) -> Any:
    """The cells of a sheet from A1 to the last that is used."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    return sheet.getCellRangeByPosition(0, 0, cursor.RangeAddress.EndColumn, cursor.RangeAddress.EndRow)


def setting(name: str, value):
    """One property, as the office takes it."""
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


if __name__ == "__main__":
    main()

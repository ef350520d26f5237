"""Fill in workbooks with LibreOffice itself, and save them as it saves them.

Runs under a Python that has LibreOffice's ``uno`` bridge (Debian: python3-uno) and uses
nothing else.  Reads lists of jobs as JSON from standard input, one a line, and answers each with a line::

    [{"source": "blank.xlsx", "target": "filled.xlsx", "filter": "Calc MS Excel 2007 XML",
      "cells": [["Engaging councillors", "C6", "text", "3 Mature"],
                ["Start here", "B15", "number", 44651]]}]

Only unlocked cells can be filled: LibreOffice refuses the others, as it would an officer.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
                print(json.dumps([fill(desktop, job) for job in json.loads(line)]), flush=True)
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


def fill(desktop, job) -> list[list[object]]:
    """Open a workbook, type into cells, recalculate everything, save; or measure its rows instead."""
    document = desktop.loadComponentFromURL(
        Path(job["source"]).resolve().as_uri(), "_blank", 0, (setting("Hidden", True),)
    )
    try:
        document.enableAutomaticCalculation(False)  # else every cell typed recalculates thousands
        for sheet, name, kind, value in job["cells"]:
            cell = document.Sheets.getByName(sheet).getCellRangeByName(name)
            if kind == "number":
                cell.setValue(value)
            else:
                cell.setString(value)
        document.enableAutomaticCalculation(True)
        document.calculateAll()
        if job.get("measure"):
            return too_low(document)
        document.storeToURL(Path(job["target"]).resolve().as_uri(), (setting("FilterName", job["filter"]),))
        return []
    finally:
        document.close(True)


def too_low(document) -> list[list[object]]:
    """Every row that is lower than LibreOffice would make it to show all of its text.

    Each as sheet, row, height and the height needed, in hundredths of a millimetre.
    """
    found = []
    for sheet in document.Sheets:
        if sheet.isProtected():
            sheet.unprotect("")
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        for number in range(cursor.RangeAddress.EndRow + 1):
            row = sheet.Rows.getByIndex(number)
            height = row.Height
            row.OptimalHeight = True
            if row.Height > height + _TOLERANCE and sheet.IsVisible:
                found.append([sheet.Name, number + 1, height, row.Height])
    return found


def setting(name: str, value):
    """One property, as the office takes it."""
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


if __name__ == "__main__":
    main()

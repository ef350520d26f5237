"""Fill in workbooks with LibreOffice itself, and save them as it saves them.

Runs under a Python that has LibreOffice's ``uno`` bridge (Debian: python3-uno) and uses
nothing else.  Reads jobs as JSON from standard input::

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


def main() -> None:
    """Start an office of its own, do the jobs, end it."""
    jobs = json.load(sys.stdin)
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
            for job in jobs:
                fill(desktop, job)
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


def fill(desktop, job) -> None:
    """Open a workbook, type into cells, recalculate everything, save."""
    document = desktop.loadComponentFromURL(
        Path(job["source"]).resolve().as_uri(), "_blank", 0, (setting("Hidden", True),)
    )
    try:
        for sheet, name, kind, value in job["cells"]:
            cell = document.Sheets.getByName(sheet).getCellRangeByName(name)
            if kind == "number":
                cell.setValue(value)
            else:
                cell.setString(value)
        document.calculateAll()
        document.storeToURL(Path(job["target"]).resolve().as_uri(), (setting("FilterName", job["filter"]),))
    finally:
        document.close(True)


def setting(name: str, value):
    """One property, as the office takes it."""
    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


if __name__ == "__main__":
    main()

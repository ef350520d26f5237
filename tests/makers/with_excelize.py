"""Open workbooks with excelize (Go, by its Python binding), edit them, save them.

Runs under a Python that has the package ``excelize``; jobs come as JSON on standard input.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

excelize: Any = importlib.import_module("excelize")

_EPOCH = dt.date(1899, 12, 30)

EDITS: dict[str, Callable[..., Any]] = {
    "text": lambda book, sheet, cell, value: book.set_cell_str(sheet, cell, value),
    "date": lambda book, sheet, cell, value: book.set_cell_int(
        sheet, cell, (dt.date.fromisoformat(value) - _EPOCH).days
    ),
    "formula": lambda book, sheet, cell, value: book.set_cell_formula(sheet, cell, value),
    "insert_rows": lambda book, sheet, before, count: book.insert_rows(sheet, before, count),
    "insert_columns": lambda book, sheet, before, count: book.insert_cols(sheet, before, count),
    "delete_row": lambda book, sheet, row: book.remove_row(sheet, row),
    "double_row": lambda book, sheet, row, at: book.duplicate_row_to(sheet, row, at),
    "rename_sheet": lambda book, sheet, name: book.set_sheet_name(sheet, name),
    "delete_sheet": lambda book, sheet: book.delete_sheet(sheet),
    "move_sheet": lambda book, sheet, before: book.move_sheet(sheet, before),
}


def main() -> None:
    """Do every job."""
    for job in json.load(sys.stdin):
        book = excelize.open_file(job["source"])
        for name, *arguments in job["edits"]:
            EDITS[name](book, *arguments)
        options = [excelize.Options(password=job["password"])] if job.get("password") else []
        book.save_as(job["target"], *options)
        book.close()


if __name__ == "__main__":
    main()

"""The rows of the CSV files as sheets with filters, where they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import Column, table_sheet
from nps_xlsx.reports.listings import LISTINGS, CsvRow

ANSWERS, RETURNS, PROBLEMS, OTHER_TEXTS = "Answers", "Returns", "Problems", "Other texts"
RESPONDENTS, CHANGES = "Respondents", "Changes"

ROW_LIMIT = 100_000
"""Rows of text beyond which a sheet is too slow to open and filter; Excel's own limit is 1,048,576."""

LISTED = {
    "answers.csv": (ANSWERS, "Every answer as it was given: use the filters to search."),
    "returns.csv": (RETURNS, "Every file that was read."),
    "problems.csv": (PROBLEMS, "Errors were not used; warnings were. The worst of each file come first."),
    "other-texts.csv": (
        OTHER_TEXTS,
        "What councils wrote outside the cells for answers; possible answers among it are on Problems.",
    ),
    "combined.csv": (RESPONDENTS, "The combined response counts; otherwise the middle of the respondents."),
    "changes.csv": (CHANGES, "Each field in which a superseded return and the one that counts differ."),
}
"""The sheet that shows the rows of each CSV file, and its note."""


def write_lists(book: Book, rows: Mapping[str, Sequence[CsvRow]]) -> None:
    """A sheet for each CSV file that has rows; if there are too many, the sheet says where they are."""
    for listing, (name, note) in LISTED.items():
        if listing not in rows:
            continue
        if (count := len(rows[listing])) > ROW_LIMIT:
            elsewhere = f"{count:,} rows are too many for a sheet: they are in {listing}."
            _write(book, name, elsewhere, listing, ())
        else:
            _write(book, name, note, listing, rows[listing])


_WIDTHS = {
    "source_file": 300,
    "sha256": 150,
    "council": 240,
    "key_area": 230,
    "behaviour": 240,
    "evidence": 380,
    "actions": 380,
    "owner": 170,
    "message": 420,
    "advice": 420,
    "saved_by": 210,
    "problem": 200,
    "sheet": 190,
    "value": 200,
    "kind": 200,
    "text": 480,
    "author": 150,
}


def _write(book: Book, name: str, note: str, listing: str, rows: Sequence[CsvRow]) -> None:
    keys = list(LISTINGS[listing].columns)
    columns = [Column.text(_heading(key), _WIDTHS.get(key, 108)) for key in keys]
    table_sheet(book, name, note, columns, [[row[key] for key in keys] for row in rows])


def _heading(key: str) -> str:
    words = key.replace("_", " ")
    return {"gss code": "GSS code", "sha256": "SHA-256"}.get(words, words.capitalize())

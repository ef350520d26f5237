"""The rows of the CSV files as sheets with filters, where they fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from nps_xlsx.excel.table import Column, TableSheet
from nps_xlsx.reports.listings import LISTINGS, CsvRow

ANSWERS, RETURNS, PROBLEMS, OTHER_TEXTS = "Answers", "Returns", "Problems", "Other texts"
RESPONDENTS, CHANGES = "Respondents", "Changes"

ROW_LIMIT = 100_000
"""Rows of text beyond which a sheet is too slow to open and filter; Excel's own limit is 1,048,576."""

_LISTED = {
    "answers.csv": (
        ANSWERS,
        "Every answer as it was given: use the filters to search.",
        "every answer, with its text; use the filters",
    ),
    "returns.csv": (
        RETURNS,
        "Every file that was read.",
        "every file that was read, and what became of it",
    ),
    "problems.csv": (
        PROBLEMS,
        "Errors were not used; warnings were. The worst of each file come first.",
        "everything to look at: where it is and what to do",
    ),
    "other-texts.csv": (
        OTHER_TEXTS,
        "What councils wrote outside the cells for answers; possible answers among it are on Problems.",
        "what councils wrote outside the cells for answers: notes, text boxes, added columns",
    ),
    "combined.csv": (
        RESPONDENTS,
        "The combined response counts; otherwise the middle of the respondents.",
        "where a council sent several returns: the level that counts, and all that were given",
    ),
    "changes.csv": (
        CHANGES,
        "Each field in which a superseded return and the one that counts differ.",
        "what a council changed from one return to the next",
    ),
}
"""The sheet that shows the rows of each CSV file, its note, and what the contents say of it."""


def list_sheets(rows: Mapping[str, Collection[CsvRow]]) -> Iterator[TableSheet]:
    """A sheet for each CSV file that has rows; if there are too many, the sheet says where they are."""
    for listing, (name, note, about) in _LISTED.items():
        if listing in rows:
            count = len(rows[listing])
            shown = list(rows[listing]) if count <= ROW_LIMIT else []
            if count > ROW_LIMIT:
                note = f"{count:,} rows are too many for a sheet: they are in {listing}."
            columns = [
                Column.text(_heading(key), [row[key] for row in shown], _WIDTHS.get(key, 108))
                for key in LISTINGS[listing].columns
            ]
            yield TableSheet(name, note, columns, about)


_WIDTHS = {
    "source_file": 300,
    "sha256": 150,
    "council": 240,
    "key_area": 230,
    "behaviour": 240,
    "evidence": 380,
    "actions": 380,
    "owner": 170,
    "objective": 300,
    "reviewer_comment": 300,
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


def _heading(key: str) -> str:
    words = key.replace("_", " ")
    return {"gss code": "GSS code", "sha256": "SHA-256"}.get(words, words.capitalize())

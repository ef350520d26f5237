"""The first sheets: what needs a decision, then the headline figures and the contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet, write_cell, write_table
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.model import Return, Status
from nps_xlsx.reports.consolidated.lists import ANSWERS, PROBLEMS, RETURNS
from nps_xlsx.reports.consolidated.means import COUNCILS, mean_or_nothing
from nps_xlsx.reports.consolidated.notable import Notable
from nps_xlsx.reports.listings import CsvRow
from nps_xlsx.workbook import layout, wording

DECIDE, OVERVIEW = "To decide", "Overview"

_NOTE = (
    "What to look at before the figures go out. Only what was refused is left out of the averages: "
    "decide, then correct, waive or ask."
)


@dataclass(frozen=True, slots=True)
class _Target:
    """The sheet and row that a link leads to."""

    sheet: str
    row: int

    @property
    def reference(self) -> str:
        return layout.reference(self.sheet, self.row, 0)


def write_to_decide(book: Book, notables: Sequence[Notable], rows: Mapping[str, Sequence[CsvRow]]) -> None:
    """Everything that needs a decision, each with a link to the row that shows it."""
    columns = [
        Column.text("What", 170),
        Column.text("Council", 300),
        Column.text("What was found", 640),
        Column.text("Go to", 190),
    ]
    cells: list[list[Cell]] = [
        [notable.kind, notable.council or notable.source_file, notable.text, ""] for notable in notables
    ] or [["Nothing", "", "Nothing stands out: no decision is needed.", ""]]
    sheet, _ = table_sheet(book, DECIDE, _NOTE, columns, cells, is_list=False)
    for row, notable in enumerate(notables, start=FIRST_ROW):
        target = _target(notable, rows)
        sheet.link(row, 3, target.reference, f"{target.sheet}, row {target.row + 1}", "box", "top")


def _target(notable: Notable, rows: Mapping[str, Sequence[CsvRow]]) -> _Target:
    file, code = notable.source_file, notable.gss_code
    if notable.problem:
        wanted = {"source_file": file, "problem": notable.problem, "message": notable.text}
        return _Target(PROBLEMS, _row_of(rows["problems.csv"], **wanted))
    if file:
        return _Target(RETURNS, _row_of(rows["returns.csv"], source_file=file))
    if notable.refs:
        return _Target(ANSWERS, _row_of(rows["answers.csv"], gss_code=code, ref=notable.refs[0]))
    return _Target(COUNCILS, FIRST_ROW + (notable.position or 0))


def _row_of(rows: Iterable[CsvRow], **wanted: str) -> int:
    """The row of a listing's sheet with these values; that of the headings if there is none."""
    for number, row in enumerate(rows, start=FIRST_ROW):
        if all(row[key] == value for key, value in wanted.items()):
            return number
    return FIRST_ROW - 1


def write_overview(
    book: Book,
    tables: Tables,
    returns: Sequence[Return],
    asked: Asked,
    title: str,
    contents: Mapping[str, str],
    problems: int,
) -> None:
    """The headline figures, each with what it counts, then the contents."""
    sheet = book.sheet(OVERVIEW)
    sheet.widths(330, 130, 560)
    sheet.text(0, 0, title, "title")
    sheet.height(0, 32)
    rounds = ", ".join(tables.rounds)
    note = (
        f"Round {rounds}. {wording.as_of(tables.as_of)} {tables.framework.title}."
        if rounds
        else "No return could be used."
    )
    sheet.text(1, 0, note, "note")
    columns = [Column("Headline", 330), Column("Figure", 130), Column.text("What it counts", 560)]
    row = write_table(sheet, 3, columns, ()) - 1
    for label, value, names, explanation in _headlines(tables, returns, asked, problems):
        row += 1
        write_cell(sheet, row, 0, label, "bold")
        write_cell(sheet, row, 1, value, *names)
        write_cell(sheet, row, 2, explanation, "wrap")
        sheet.height(row, 20)
    row += 2
    sheet.text(row, 0, "In this workbook", "section")
    sheet.height(row, 26)
    for name, what in contents.items():
        row += 1
        sheet.link(row, 0, f"'{name}'!A1", name)
        sheet.text(row, 1, what)
        sheet.height(row, 18)
    sheet.page()
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.set_selection(3, 0, 3, 0)


Headline = tuple[str, Cell, tuple[str, ...], str]


def _headlines(tables: Tables, returns: Sequence[Return], asked: Asked, problems: int) -> list[Headline]:
    statuses = [returned.status for returned in returns]
    councils = {assessment.gss_code for assessment in tables.assessments}
    scored = len(tables.framework.behaviours)
    complete = int((tables.councils["answered"] == scored).sum())
    used = statuses.count(Status.ACCEPTED) + statuses.count(Status.JOINED)
    refused = statuses.count(Status.REFUSED)
    everyone, missing = len(asked.councils.councils), len(asked.missing)
    style = ("count",)
    return [
        ("Files read", len(returns), style, "Each has a row on the sheet Returns."),
        ("Returns used", used, style, "Accepted or joined; several from one council make one response."),
        ("Files refused", refused, style, "Not a workbook, not a self-assessment, or unreadable."),
        (
            "Files put aside",
            len(returns) - used - refused,
            style,
            "Superseded, sent twice, blank or of another round.",
        ),
        ("Councils asked", everyone, style, f"Returned: {everyone - missing}; not yet: {missing}."),
        ("Councils", len(councils), style, "Councils among the returns used, each counted once."),
        ("Complete returns", complete, style, f"All {scored} behaviours answered."),
        *_averages(tables.overall),
        ("Problems", problems, style, "Each has a row on the sheet Problems."),
    ]


def _averages(overall: pd.Series[float]) -> list[Headline]:
    kinds = (
        ("current level", "current", "mean", "applicable", "a level"),
        ("target level", "target", "mean", "targets", "a target"),
        ("gap", "gap", "gap", "gaps", "both"),
    )
    return [
        (
            f"Average {what}",
            mean_or_nothing(overall[key]),
            (style,),
            f"Over {int(overall[count]):,} answers with {given}.",
        )
        for what, key, style, count, given in kinds
    ]

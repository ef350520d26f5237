"""What comes first: what needs a decision, then the headline figures and what is where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet, write_cell, write_table
from nps_xlsx.figures import Asked, Notable, Tables
from nps_xlsx.model import Return, Status
from nps_xlsx.reports.consolidated.lists import ANSWERS, PROBLEMS, RETURNS
from nps_xlsx.reports.consolidated.means import COUNCILS, mean_or_nothing
from nps_xlsx.reports.listings import Row
from nps_xlsx.workbook import layout, wording

DECIDE, OVERVIEW = "To decide", "Overview"

_NOTE = (
    "What to look at before the figures go out. Nothing here was left out of the averages but what was "
    "refused: decide, then correct, waive or ask."
)


@dataclass(frozen=True, slots=True)
class _Where:
    """The sheet and the row that a link leads to."""

    sheet: str
    row: int

    @property
    def target(self) -> str:
        return layout.reference(self.sheet, self.row, 0)


def write_to_decide(
    book: Book, tables: Tables, found: Sequence[Notable], rows: Mapping[str, Sequence[Row]]
) -> None:
    """Everything that needs a decision, each with a link to the row that shows it."""
    columns = [
        Column.text("What", 170),
        Column.text("Council", 300),
        Column.text("What was found", 640),
        Column.text("Go to", 190),
    ]
    cells: list[list[Cell]] = [[one.kind, one.council or one.source_file, one.found, ""] for one in found]
    if not cells:
        cells = [["Nothing", "", "Nothing stands out: no decision is needed.", ""]]
    sheet, _ = table_sheet(book, DECIDE, _NOTE, columns, cells, is_list=False)
    for row, one in enumerate(found, start=FIRST_ROW):
        where = _where(one, rows)
        shown = f"{where.sheet}, row {where.row + 1}"
        sheet.link(row, 3, where.target, shown, "box", "top")


def _where(one: Notable, rows: Mapping[str, Sequence[Row]]) -> _Where:
    if one.problem:
        wanted = {"source_file": one.source_file, "problem": one.problem, "message": one.found}
        return _Where(PROBLEMS, _row_of(rows["problems.csv"], **wanted))
    if one.source_file:
        return _Where(RETURNS, _row_of(rows["returns.csv"], source_file=one.source_file))
    if one.refs:
        return _Where(ANSWERS, _row_of(rows["answers.csv"], gss_code=one.gss_code, ref=one.refs[0]))
    return _Where(COUNCILS, FIRST_ROW + (one.place or 0))


def _row_of(rows: Iterable[Row], **wanted: str) -> int:
    """The row of a listing's sheet that has these values; the headings' where none has."""
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
    """The headline figures, each with what it counts, and the sheets of the workbook."""
    sheet = book.sheet(OVERVIEW)
    sheet.widths(330, 130, 560)
    sheet.text(0, 0, title, "title")
    sheet.height(0, 32)
    rounds = ", ".join(tables.rounds)
    said = (
        f"Round {rounds}. {wording.as_of(tables.as_of)} {tables.framework.title}."
        if rounds
        else "No return could be used."
    )
    sheet.text(1, 0, said, "note")
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
    whole = ("count",)
    return [
        ("Files read", len(returns), whole, "Each has a row on the sheet Returns."),
        ("Returns used", used, whole, "Accepted or joined; several of one council give one response."),
        ("Files refused", refused, whole, "Not a workbook, not a self-assessment, or not readable."),
        (
            "Files put aside",
            len(returns) - used - refused,
            whole,
            "Superseded, sent twice, blank or of another round.",
        ),
        (
            "Councils asked",
            everyone,
            whole,
            f"Returned: {everyone - missing}; not yet: {missing}.",
        ),
        ("Councils", len(councils), whole, "Different councils among the returns used."),
        ("Complete returns", complete, whole, f"All {scored} behaviours answered."),
        *_averages(tables.overall),
        ("Problems", problems, whole, "Each has a row on the sheet Problems."),
    ]


def _averages(found: pd.Series[float]) -> list[Headline]:
    kinds = (
        ("current level", "current", "mean", "applicable", "a level"),
        ("target level", "target", "mean", "targets", "a target"),
        ("gap", "gap", "gap", "gaps", "both"),
    )
    return [
        (
            f"Average {what}",
            mean_or_nothing(found[key]),
            (style,),
            f"Over {int(found[count]):,} answers with {given}.",
        )
        for what, key, style, count, given in kinds
    ]

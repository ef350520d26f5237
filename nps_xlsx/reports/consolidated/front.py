"""The first sheets: what needs a decision, then the headline figures and the contents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import (
    FIRST_ROW,
    HEADING_ROW,
    Cell,
    Column,
    Styled,
    TableSheet,
    Written,
    write_table,
    write_title,
)
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.model import Return, Status
from nps_xlsx.reports.consolidated.lists import ANSWERS, PROBLEMS, RETURNS, ROW_LIMIT
from nps_xlsx.reports.consolidated.means import COUNCILS
from nps_xlsx.reports.consolidated.notable import Notable
from nps_xlsx.reports.listings import CsvRow
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.rules import reviewed
from nps_xlsx.workbook.wording import capital

DECIDE, OVERVIEW = "To decide", "Overview"

_NOTE = (
    "What to look at before the figures go out. Only what was refused is left out of the averages: "
    "decide, then correct, waive or ask."
)

_FOUND_BY = {
    "problems.csv": ("source_file", "problem", "message"),
    "returns.csv": ("source_file",),
    "answers.csv": ("gss_code", "ref"),
}
"""The columns by which the row of a list is found that shows a thing to decide."""


def decide_sheet(notables: Sequence[Notable], rows: Mapping[str, Collection[CsvRow]]) -> TableSheet:
    """Everything that needs a decision, each with a link to the row that shows it."""
    shown = notables or [Notable("Nothing", "", "", "Nothing stands out: no decision is needed.")]
    columns = [
        Column.text("What", [notable.kind for notable in shown], 170),
        Column.text("Council", [notable.council or notable.source_file for notable in shown], 300),
        Column.text("What was found", [notable.text for notable in shown], 640),
        Column.text("Go to", [""] * len(shown), 190),
    ]

    rows_shown = _rows_shown(rows)

    def link(written: Written) -> None:
        for row, notable in enumerate(notables, start=FIRST_ROW):
            name, target = _target(notable, rows_shown)
            to, words = layout.reference(name, target, 0), f"{name}, row {target + 1}"
            written.sheet.link(row, 3, to, words, "box", "top")

    about = "what needs a decision before the figures go out, each with a link"
    return TableSheet(DECIDE, _NOTE, columns, about, is_list=False, below=link)


def _target(notable: Notable, rows: Mapping[tuple[str, ...], int]) -> tuple[str, int]:
    """The sheet and the row that show it; the row of the headings if none does."""
    file, code = notable.source_file, notable.gss_code
    if notable.problem:
        return PROBLEMS, rows.get(("problems.csv", file, notable.problem, notable.text), HEADING_ROW)
    if file:
        return RETURNS, rows.get(("returns.csv", file), HEADING_ROW)
    if notable.refs:
        return ANSWERS, rows.get(("answers.csv", code, notable.refs[0]), HEADING_ROW)
    return COUNCILS, FIRST_ROW + (notable.position or 0)


def _rows_shown(rows: Mapping[str, Collection[CsvRow]]) -> dict[tuple[str, ...], int]:
    """By list and the values of some columns, the first row of its sheet with them.

    None of a list that is too long for a sheet.
    """
    shown: dict[tuple[str, ...], int] = {}
    for listing, keys in _FOUND_BY.items():
        listed = rows[listing] if len(rows[listing]) <= ROW_LIMIT else ()
        for number, row in enumerate(listed, start=FIRST_ROW):
            shown.setdefault((listing, *(row[key] for key in keys)), number)
    return shown


def write_overview(
    book: Book,
    title: str,
    tables: Tables,
    returns: Sequence[Return],
    asked: Asked,
    contents: Sequence[TableSheet],
    problems: int,
) -> None:
    """The headline figures, each with what it counts, then the contents."""
    sheet = book.sheet(OVERVIEW)
    rounds = ", ".join(tables.rounds)
    note = (
        f"Round {rounds}. {wording.as_of(tables.as_of)} {tables.framework.title}."
        if rounds
        else "No return could be used."
    )
    write_title(sheet, title, note)
    labels, figures, explanations = zip(*_headlines(tables, returns, asked, problems), strict=True)
    columns = [
        Column("Headline", labels, 330, ("bold",)),
        Column("Figure", figures, 130),
        Column.text("What it counts", explanations, 560),
    ]
    row = write_table(sheet, HEADING_ROW, columns).end + 1
    sheet.text(row, 0, "In this workbook", "section")
    sheet.height(row, 26)
    for described in contents:
        row += 1
        sheet.link(row, 0, f"'{described.name}'!A1", described.name)
        sheet.text(row, 1, described.about)
        sheet.height(row, 18)
    sheet.page()
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.set_selection(HEADING_ROW, 0, HEADING_ROW, 0)


Headline = tuple[str, Cell, str]


def _headlines(tables: Tables, returns: Sequence[Return], asked: Asked, problems: int) -> list[Headline]:
    statuses = [returned.status for returned in returns]
    councils = {assessment.gss_code for assessment in tables.assessments}
    scored = len(tables.framework.behaviours)
    complete = int((tables.councils["answered"] == scored).sum())
    used = statuses.count(Status.ACCEPTED) + statuses.count(Status.JOINED)
    refused = statuses.count(Status.REFUSED)
    aside = len(returns) - used - refused
    everyone, missing = len(asked.councils.councils), len(asked.missing)
    back = everyone - missing - len(asked.apart)
    decided = f"; decided not to: {len(asked.apart)}" if asked.decided else ""
    counts = [
        ("Files read", len(returns), "Each has a row on the sheet Returns."),
        ("Returns used", used, "Accepted or joined; several from one council make one response."),
        ("Files refused", refused, "Not a workbook, not a self-assessment, or unreadable."),
        ("Files put aside", aside, "Superseded, sent twice, blank, late or of another round."),
        (
            "Councils asked",
            everyone,
            f"Returned: {back}; not yet: {missing}{decided}.",
        ),
        ("Councils", len(councils), "Councils among the returns used, each counted once."),
        ("Complete returns", complete, f"All {scored} behaviours answered."),
        ("Problems", problems, "Each has a row on the sheet Problems."),
    ]
    given = [one.assessment for one in returns if one.status is Status.ACCEPTED and one.assessment]
    number, said = reviewed(tables.framework, given)
    if number:
        counts.insert(-1, ("Levels reviewed", number, f"{capital(said)}. Each is in reviews.csv."))
    lines = [(label, Styled(count, ("count",)), words) for label, count, words in counts]
    return [*lines[:-1], *_averages(tables.overall), lines[-1]]


def _averages(overall: pd.Series[float]) -> list[Headline]:
    kinds = (
        ("current level", "current", "mean", "applicable", "a level"),
        ("target level", "target", "mean", "targets", "a target"),
        ("gap", "gap", "gap", "gaps", "both"),
    )
    return [
        (
            f"Average {what}",
            Styled(overall[key], (style,)),
            f"Over {int(overall[count]):,} answers with {given}.",
        )
        for what, key, style, count, given in kinds
    ]

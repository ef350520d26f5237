"""consolidated.xlsx: the analyst's workbook, from the tables of one consolidation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.table import TableSheet, write_sheet
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.model import FACTS, Problem, Return
from nps_xlsx.reports.consolidated import front, levels, lists, means, rounds
from nps_xlsx.reports.consolidated.notable import notable
from nps_xlsx.reports.listings import CsvRow
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

__all__ = ["consolidated_workbook"]


@strict
def consolidated_workbook(
    tables: Tables,
    returns: Sequence[Return],
    rows: Mapping[str, Collection[CsvRow]],
    asked: Asked,
    facts: Sequence[str] = FACTS,
    rulings: Sequence[Problem] = (),
) -> bytes:
    """The analyst's workbook, exceptions first; the same input gives the same bytes.

    ``rows`` are those of the CSV files, ``facts`` the columns of the register that councils are
    grouped by, ``rulings`` the problems with rulings that applied to nothing.
    """
    framework = tables.framework
    title = f"{framework.short_title}: consolidated returns"
    subject = f"Round {', '.join(tables.rounds)}"
    book = Book(title, subject=subject, comments=framework.copyright, made=tables.as_of)
    book.mark(REPORT_PROPERTY, "consolidated")
    decide = front.decide_sheet(notable(tables, returns, rulings), rows)
    sheets = [*_figures(tables, asked, returns, facts), *lists.list_sheets(rows)]
    write_sheet(book, decide)
    problems = len(rows["problems.csv"])
    front.write_overview(book, title, tables, returns, asked, [decide, *sheets], problems)
    for described in sheets:
        write_sheet(book, described)
    return book.to_bytes()


def _figures(
    tables: Tables, asked: Asked, returns: Sequence[Return], facts: Sequence[str]
) -> Iterator[TableSheet]:
    """The sheets of figures, in order; those that there is something for."""
    yield means.councils_sheet(tables)
    yield means.heat_sheet(tables)
    if tables.framework.themes:
        yield means.themes_sheet(tables)
    yield means.areas_sheet(tables)
    yield means.behaviours_sheet(tables)
    for fact in facts:
        yield means.groups_sheet(tables, fact)
    yield levels.distribution_sheet(tables)
    yield levels.targets_sheet(tables)
    yield levels.gaps_sheet(tables)
    yield levels.strengths_sheet(tables)
    if any(len(response.basis) > 1 for response in tables.responses):
        yield rounds.spread_sheet(tables)
    if tables.has_previous:
        yield rounds.movement_sheet(tables)
    yield rounds.response_sheet(asked, returns)

"""consolidated.xlsx: the analyst's workbook, from the tables of one consolidation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nps_xlsx.excel.book import Book, strict
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.model import FACTS, Problem, Return
from nps_xlsx.reports.consolidated import front, levels, lists, means, rounds
from nps_xlsx.reports.consolidated.lists import LISTED
from nps_xlsx.reports.consolidated.notable import notable
from nps_xlsx.reports.listings import CsvRow
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

__all__ = ["consolidated_workbook"]

_CONTENTS = {
    front.DECIDE: "what needs a decision before the figures go out, each with a link",
    means.COUNCILS: "each response: how complete it is, its average current and target level, the gap",
    means.HEAT: "average current level of each council in each key area",
    means.THEMES: "each theme across all councils",
    means.AREAS: "each key area across all councils: current against target",
    means.BEHAVIOURS: "each behaviour across all councils: current against target, with the gap",
    levels.DISTRIBUTION: "how many councils are at each level, behaviour by behaviour",
    levels.TARGETS: "how many councils aim for each level, behaviour by behaviour",
    levels.GAPS: "behaviours by the width of the gap",
    levels.STRENGTHS: "the highest and the lowest averages",
    rounds.SPREAD: "how far apart the respondents of one council are",
    rounds.MOVEMENT: "the change since the earlier round: councils in both rounds, then all councils",
    rounds.RESPONSE: "who has returned, by region and type, and who has not",
    lists.ANSWERS: "every answer, with its text; use the filters",
    lists.RETURNS: "every file that was read, and what became of it",
    lists.PROBLEMS: "everything to look at: where it is and what to do",
    lists.OTHER_TEXTS: "what councils wrote outside the cells for answers: notes, text boxes, added columns",
    lists.RESPONDENTS: "where a council sent several returns: the level that counts, and all that were given",
    lists.CHANGES: "what a council changed from one return to the next",
}


@strict
def consolidated_workbook(
    tables: Tables,
    returns: Sequence[Return],
    rows: Mapping[str, Sequence[CsvRow]],
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
    front.write_to_decide(book, notable(tables, returns, rulings), rows)
    contents = _contents(tables, rows, facts)
    front.write_overview(book, tables, returns, asked, title, contents, len(rows["problems.csv"]))
    means.write_councils(book, tables)
    means.write_heat(book, tables)
    if framework.themes:
        means.write_themes(book, tables)
    means.write_areas(book, tables)
    means.write_behaviours(book, tables)
    for fact in facts:
        means.write_groups(book, tables, fact)
    levels.write_distribution(book, tables)
    levels.write_targets(book, tables)
    levels.write_gaps(book, tables)
    levels.write_strengths(book, tables)
    if _has_spread(tables):
        rounds.write_spread(book, tables)
    if tables.has_previous:
        rounds.write_movement(book, tables)
    rounds.write_response(book, asked, returns)
    lists.write_lists(book, rows)
    return book.to_bytes()


def _has_spread(tables: Tables) -> bool:
    return any(len(response.basis) > 1 for response in tables.responses)


def _contents(tables: Tables, rows: Mapping[str, Sequence[CsvRow]], facts: Sequence[str]) -> dict[str, str]:
    """The sheets of this workbook in order, with what is on them."""
    left_out = {name for listing, (name, _) in LISTED.items() if listing not in rows}
    left_out |= set() if _has_spread(tables) else {rounds.SPREAD}
    left_out |= set() if tables.has_previous else {rounds.MOVEMENT}
    left_out |= set() if tables.framework.themes else {means.THEMES}
    groups = {means.group_sheet_name(fact): "averages of each group of councils" for fact in facts}
    contents: dict[str, str] = {}
    for name, what in _CONTENTS.items():
        if name not in left_out:
            contents[name] = what
        if name == means.BEHAVIOURS:
            contents |= groups
    return contents

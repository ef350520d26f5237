"""Feedback to each council that took part: its levels beside those of its groups, and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.table import TableSheet, write_sheet
from nps_xlsx.figures import Tables
from nps_xlsx.figures.peers import Peers
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.reports.feedback import about, behaviours, glance, movement, steps
from nps_xlsx.reports.feedback.case import FeedbackCase, make_case
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

Withheld = Mapping[tuple[str | None, str | None], Collection[str]]
"""By region and type of council (``None`` for all), behaviours by code."""

__all__ = ["Withheld", "feedback_for", "feedback_workbook"]


def feedback_workbook(
    tables: Tables,
    position: int,
    families: Mapping[str, str] | None = None,
    threshold: int = THRESHOLD,
    withheld: Withheld | None = None,
) -> bytes:
    """The feedback to the response at a position in the tables; the same answers give the same bytes.

    ``families`` are the councils' chosen families by GSS code; a group is shown if at least
    ``threshold`` other councils in it gave the figure (see ``figures.peers``).  ``withheld`` are the
    behaviours that the page withholds from a group.
    """
    return feedback_for(Peers(tables, families or {}, threshold, withheld=withheld or {}), position)


@strict
def feedback_for(peers: Peers, position: int) -> bytes:
    """The same, of peers that serve for every council."""
    case = make_case(peers, position)
    assessment = case.assessment
    own = case.framework.on_subject("self-assessment")
    title = f"{assessment.council}: feedback on the {own}, round {assessment.round}"
    book = Book(title, comments=case.framework.copyright, made=case.view.peers.tables.as_of)
    book.mark(REPORT_PROPERTY, "feedback")
    glance.write_glance(book, case)
    for described in _tables(case):
        write_sheet(book, described)
    about.write_about(book, case)
    return book.to_bytes()


def _tables(case: FeedbackCase) -> Iterator[TableSheet]:
    yield behaviours.behaviours_sheet(case)
    yield steps.strengths_sheet(case)
    yield steps.steps_sheet(case)
    if case.has_moved:
        yield from movement.movement_sheets(case)

"""Feedback to each council that took part: its levels beside those of its groups, and what to do next."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping

from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.table import TableSheet, write_sheet
from nps_xlsx.figures import Tables
from nps_xlsx.figures.peers import Peers
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.reports.feedback import about, behaviours, glance, movement, steps
from nps_xlsx.reports.feedback.case import FeedbackCase, make_case
from nps_xlsx.workbook.names import Distinct, file_stem
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

Withheld = Mapping[tuple[str | None, str | None], Collection[str]]
"""By region and type of council (``None`` for all), behaviours by code."""

__all__ = ["all_feedback", "feedback_workbook"]


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
    return _workbook(make_case(Peers(tables, families or {}, threshold, withheld=withheld or {}), position))


def all_feedback(
    tables: Tables,
    families: Mapping[str, str],
    short_names: Mapping[str, str],
    threshold: int = THRESHOLD,
    withheld: Withheld | None = None,
    only: Container[int] | None = None,
) -> Iterator[tuple[str, bytes]]:
    """The file name and the bytes for each response, one after the other; no two names are the same.

    ``short_names`` are by GSS code; a council without one goes by its name.  ``only`` are the positions
    of those to write, by default all.
    """
    peers = Peers(tables, families, threshold, withheld=withheld or {})
    distinct = Distinct()
    for position, assessment in enumerate(tables.assessments):
        short_name = short_names.get(assessment.gss_code, assessment.council)
        stem = distinct(file_stem(tables.framework.initials, assessment, short_name, "feedback"))
        if only is None or position in only:
            yield f"{stem}.xlsx", _workbook(make_case(peers, position))


@strict
def _workbook(case: FeedbackCase) -> bytes:
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

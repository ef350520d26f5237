"""Papers for committees and strategies: each described once, written as a workbook and a Word document."""

from __future__ import annotations

import datetime as dt

from nps_xlsx.framework import load_framework
from nps_xlsx.model import Assessment, Framework, MaturityIndex
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.papers.case import PaperError, case_of
from nps_xlsx.reports.papers.committee import committee
from nps_xlsx.reports.papers.document import as_document
from nps_xlsx.reports.papers.paper import Paper
from nps_xlsx.reports.papers.steps import as_index, steps
from nps_xlsx.reports.papers.strategy import strategy
from nps_xlsx.reports.papers.workbook import as_workbook

__all__ = [
    "Paper",
    "PaperError",
    "as_document",
    "as_workbook",
    "make_paper",
    "paper_files",
]

COMMITTEE, STRATEGY, STEPS, INDEX = PAPER_STYLES


def make_paper(
    assessment: Assessment,
    framework: Framework | None = None,
    *,
    style: str,
    previous: Assessment | None = None,
    key_area: str = "",
    name: str = "",
    index: MaturityIndex | None = None,
) -> Paper:
    """One council's paper in one of the styles; ``name`` replaces the council's name if it is given.

    ``index`` is by default the framework's own.

    Raises:
        PaperError: there is no such style or key area, or nothing of it was asked.
    """
    framework = framework or load_framework()
    if style not in PAPER_STYLES:
        raise PaperError(f"There is no style {style!r}. The styles are {', '.join(PAPER_STYLES)}.")
    if style == INDEX:
        index = index or framework.index
        if index is None:
            raise PaperError(f"This framework comes with no published index. Use the style {STEPS}.")
        if key_area and key_area.upper() != index.key_area:
            raise PaperError(f"The {index.title} is only about {index.key_area}. Use the style {STEPS}.")
        case = case_of(assessment, framework, previous, index.key_area, name)
        if not case.framework.behaviours:
            raise PaperError(f"{assessment.council} was not asked any question of the {index.title}.")
        return as_index(case, index)
    case = case_of(assessment, framework, previous, key_area, name)
    if style == STEPS:
        return steps(case)
    return committee(case) if style == COMMITTEE else strategy(case)


def paper_files(paper: Paper, name: str, *, as_of: dt.date | None = None) -> dict[str, bytes]:
    """The paper in both forms, by file name; ``as_of`` is the date of its answers."""
    return {f"{name}.docx": as_document(paper, as_of), f"{name}.xlsx": as_workbook(paper, as_of)}

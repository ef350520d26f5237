"""Rules over one assessment: pure, and the same for everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, Place, Problem, Return, Status
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date, long_date
from nps_xlsx.model.problems import grouped, problem, worst_first
from nps_xlsx.workbook import layout


def check_return(returned: Return, framework: Framework) -> Return:
    """The same return with what the rules find added to its problems, the like told together, worst first."""
    return check_returns([returned], framework)[0]


def check_returns(returns: Sequence[Return], framework: Framework) -> list[Return]:
    """Each return with what the rules find in it.

    Returns that were joined are judged as the one that they count in; what is found in a cell is
    a problem of the file that the cell is in.
    """
    found = {returned.source_file: list(returned.problems) for returned in returns}
    for returned in returns:
        if returned.assessment is not None and returned.status is not Status.JOINED:
            own = returned.source_file
            for one in check_assessment(returned.assessment, framework, file=own):
                found.get(one.place.file, found[own]).append(one)
            found[own] += _saved(returned, returned.assessment)
    sheets = layout.sheet_names(framework)
    return [
        replace(returned, problems=worst_first(grouped(found[returned.source_file]), sheets))
        for returned in returns
    ]


def check_assessment(assessment: Assessment, framework: Framework, *, file: str = "") -> list[Problem]:
    """What the rules find in one assessment, in the workbook's order."""
    problems = _details(assessment, file)
    completed = iso_date(assessment.detail("date_completed"))
    for answer in assessment:
        is_scored = framework.row_by_code[answer.ref].is_scored
        problems += _levels(answer, is_scored=is_scored)
        problems += _actions(answer, completed)
    return problems


def _details(assessment: Assessment, file: str) -> list[Problem]:
    if not assessment.details:
        return []  # the whole sheet is missing, and that is told once
    missing = [d for d in layout.DETAILS if d.required and not assessment.detail(d.key)]
    places = [_detail_place(assessment, detail.key, file) for detail in missing]
    return [
        problem("details-missing", place, field=detail.key, value=detail.label)
        for detail, place in zip(missing, places, strict=True)
    ]


def _detail_place(assessment: Assessment, key: str, file: str) -> Place:
    built = Place("", layout.START, cell_name(*layout.detail_cell(key)))
    return replace(assessment.detail_places.get(key, built), file=file)


def _levels(answer: Answer, *, is_scored: bool) -> list[Problem]:
    found = []
    if answer.gap is not None and answer.gap < 0:
        found.append(("target-below-current", "target"))
    if answer.current == NOT_APPLICABLE and not answer.evidence.strip() and _has(answer, "evidence"):
        found.append(("not-applicable-without-reason", "evidence"))
    if not _is_given(answer):
        # Told once: a blank with a target beside it is the second kind, not both.
        if isinstance(answer.target, int):
            found.append(("target-without-current", "current"))
        elif is_scored:
            found.append(("not-answered", "current"))
    return [problem(slug, answer.where(key), ref=answer.ref, field=key) for slug, key in found]


def _is_given(answer: Answer) -> bool:
    """Whether there is a current level, or another problem already says why there is none."""
    is_told = "current" in answer.refused or not _has(answer, "current")
    return answer.is_answered or bool(answer.current_text) or is_told


def _has(answer: Answer, key: str) -> bool:
    """Whether the table has the column: where it is missing, that is told once."""
    return not answer.cells or key in answer.cells


def _actions(answer: Answer, completed: dt.date | None) -> list[Problem]:
    found = []
    if answer.actions.strip() and not answer.owner.strip() and _has(answer, "owner"):
        found.append(problem("action-without-owner", answer.where("owner"), ref=answer.ref, field="owner"))
    if completed and answer.due_date and answer.due_date < completed:
        value, place = answer.due_date.isoformat(), answer.where("due_date")
        found.append(problem("due-before-completed", place, ref=answer.ref, field="due_date", value=value))
    return found


def _saved(returned: Return, assessment: Assessment) -> list[Problem]:
    """A date completed after the file was last saved; a day between time zones is let pass."""
    completed = iso_date(assessment.detail("date_completed"))
    saved = iso_date(returned.saved_at[:10])
    if completed is None or saved is None or completed <= saved + dt.timedelta(days=1):
        return []
    place = _detail_place(assessment, "date_completed", returned.source_file)
    value = long_date(completed)
    words = {"saved": long_date(saved)}
    return [problem("completed-after-saved", place, field="date_completed", value=value, **words)]

"""Rules over one assessment, then over all returns together: pure, and the same for everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from nps_xlsx import layout
from nps_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    Framework,
    Place,
    Problem,
    Return,
    Status,
)
from nps_xlsx.problems import grouped, problem


def check_return(returned: Return, framework: Framework) -> Return:
    """The same return with what the rules find added to its problems, the like told together."""
    if returned.assessment is None:
        return returned
    found = check_assessment(returned.assessment, framework, file=returned.source_file)
    return replace(returned, problems=grouped((*returned.problems, *found)))


def check_assessment(assessment: Assessment, framework: Framework, *, file: str = "") -> list[Problem]:
    """What the rules find in one assessment, in the workbook's order."""
    problems = _details(assessment, file)
    completed = _day(assessment.detail("date_completed"))
    for answer in assessment:
        is_scored = framework.row_by_code[answer.ref].is_scored
        problems += _levels(answer, is_scored=is_scored)
        problems += _actions(answer, completed)
    return problems


def _details(assessment: Assessment, file: str) -> list[Problem]:
    return [
        problem(
            "details-missing",
            Place(file, layout.START, layout.cell_name(*layout.detail_cell(detail.key))),
            value=detail.label,
        )
        for detail in layout.DETAILS
        if detail.required and not assessment.detail(detail.key)
    ]


def _levels(answer: Answer, *, is_scored: bool) -> list[Problem]:
    found = []
    unanswered = not answer.is_answered and not answer.current_text
    if unanswered and is_scored:
        found.append("not-answered")
    if unanswered and isinstance(answer.target, int):
        found.append("target-without-current")
    if answer.current == NOT_APPLICABLE and not answer.evidence.strip():
        found.append("not-applicable-without-reason")
    if answer.gap is not None and answer.gap < 0:
        found.append("target-below-current")
    return [problem(slug, answer.place, ref=answer.ref) for slug in found]


def _actions(answer: Answer, completed: dt.date | None) -> list[Problem]:
    found = []
    if answer.actions.strip() and not answer.owner.strip():
        found.append(problem("action-without-owner", answer.place, ref=answer.ref))
    if completed and answer.due_date and answer.due_date < completed:
        value = answer.due_date.isoformat()
        found.append(problem("due-before-completed", answer.place, ref=answer.ref, value=value))
    return found


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:  # blank, or words that the reader kept as they were
        return None


# --- Across returns ---------------------------------------------------------------


def check_across(returns: Sequence[Return]) -> list[Return]:
    """The same returns, with duplicates and superseded ones marked.

    The same bytes twice is a duplicate.  Of several returns of one council, round and
    respondent the last counts, by the date completed and then by the order of reading.
    """
    return _superseded(_duplicates(returns))


def _duplicates(returns: Iterable[Return]) -> list[Return]:
    first: dict[str, str] = {}
    marked = []
    for returned in returns:
        if returned.status is Status.ACCEPTED and returned.sha256 in first:
            other = first[returned.sha256]
            marked.append(_ended(returned, Status.DUPLICATE, "file-duplicate", other))
        else:
            first.setdefault(returned.sha256, returned.source_file)
            marked.append(returned)
    return marked


def _superseded(returns: Sequence[Return]) -> list[Return]:
    last: dict[tuple[str, str, str], tuple[str, int]] = {}
    for place, returned in enumerate(returns):
        if returned.status is Status.ACCEPTED and returned.assessment is not None:
            key = _key(returned.assessment)
            last[key] = max(last.get(key, ("", -1)), (_completed(returned.assessment), place))
    marked = []
    for place, returned in enumerate(returns):
        if returned.status is Status.ACCEPTED and returned.assessment is not None:
            _, latest = last[_key(returned.assessment)]
            if latest != place:
                other = returns[latest].source_file
                returned = _ended(returned, Status.SUPERSEDED, "return-superseded", other)
        marked.append(returned)
    return marked


def _key(assessment: Assessment) -> tuple[str, str, str]:
    return assessment.gss_code, assessment.round, assessment.respondent.casefold()


def _completed(assessment: Assessment) -> str:
    day = _day(assessment.detail("date_completed"))
    return day.isoformat() if day else ""


def _ended(returned: Return, status: Status, slug: str, other: str) -> Return:
    found = problem(slug, Place(returned.source_file), other=other)
    problems = (found, *returned.problems)
    return replace(returned, status=status, problems=problems, message=found.message)

"""Rules over one assessment: pure functions, the same for everyone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Framework, Place, Problem, Return, Status
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date, long_date
from nps_xlsx.model.problems import grouped, problem, worst_first
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.rules import RULES, Rule


def check_return(returned: Return, framework: Framework | None = None) -> Return:
    """The same return with the problems that the rules find, similar ones grouped, worst first."""
    return check_returns([returned], framework or load_framework())[0]


def check_returns(returns: Sequence[Return], framework: Framework) -> list[Return]:
    """Each return with the problems that the rules find in it.

    Returns that were joined are judged as the one they count in; a problem in a cell goes to the
    file with that cell.
    """
    by_file = {returned.source_file: list(returned.problems) for returned in returns}
    for returned in returns:
        if returned.assessment is not None and returned.status is not Status.JOINED:
            own = returned.source_file
            for one in check_assessment(returned.assessment, framework, file=own):
                by_file.get(one.place.file, by_file[own]).append(one)
            by_file[own] += _saved(returned, returned.assessment)
    sheets = layout.sheet_names(framework)
    return [
        replace(returned, problems=worst_first(grouped(by_file[returned.source_file]), sheets))
        for returned in returns
    ]


def check_assessment(
    assessment: Assessment, framework: Framework | None = None, *, file: str = ""
) -> list[Problem]:
    """The problems that the rules find in one assessment, in the workbook's order."""
    framework = framework or load_framework()
    completed = iso_date(assessment.detail("date_completed"))
    in_rows = (
        _problem(rule, answer)
        for answer in assessment
        for rule in RULES
        if rule.holds(answer, completed)
        and (framework.row_by_code[answer.ref].is_scored or not rule.scored_only)
        and not _is_explained(answer, rule.column)
    )
    return [*_details(assessment, file), *in_rows]


def _problem(rule: Rule, answer: Answer) -> Problem:
    due = answer.due_date.isoformat() if rule.column == "due_date" and answer.due_date else ""
    return problem(rule.slug, answer.where(rule.column), ref=answer.ref, field=rule.column, value=due)


def _is_explained(answer: Answer, column: str) -> bool:
    """Whether another problem already says why a cell is blank: its column is missing, or it has no level."""
    if answer.cells and column not in answer.cells and not getattr(answer, column):
        return True
    return column == "current" and bool("current" in answer.refused or answer.current_text)


def _details(assessment: Assessment, file: str) -> list[Problem]:
    if not assessment.details:
        return []  # the whole sheet is missing, and that is reported once
    missing = [d for d in layout.DETAILS if d.required and not assessment.detail(d.key)]
    places = [_detail_place(assessment, detail.key, file) for detail in missing]
    return [
        problem("details-missing", place, field=detail.key, value=detail.label)
        for detail, place in zip(missing, places, strict=True)
    ]


def _detail_place(assessment: Assessment, key: str, file: str) -> Place:
    built = Place("", layout.START, cell_name(*layout.detail_cell(key)))
    return replace(assessment.detail_places.get(key, built), file=file)


def _saved(returned: Return, assessment: Assessment) -> list[Problem]:
    """Report a date completed after the file was last saved, but not a day's difference (time zones)."""
    completed = iso_date(assessment.detail("date_completed"))
    saved = iso_date(returned.saved_at[:10])
    if completed is None or saved is None or completed <= saved + dt.timedelta(days=1):
        return []
    place = _detail_place(assessment, "date_completed", returned.source_file)
    value = long_date(completed)
    words = {"saved": long_date(saved)}
    return [problem("completed-after-saved", place, field="date_completed", value=value, **words)]

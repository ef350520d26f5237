"""The three CSV files: every file seen, every answer, every problem."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from nps_xlsx.model import Answer, Assessment, Framework, LevelValue, Return

Row = dict[str, str]

RETURN_COLUMNS = (
    *("source_file", "sha256", "status", "gss_code", "council", "round", "respondent"),
    *("template_version", "saved_by", "answered", "applicable", "problems", "message"),
)
ANSWER_COLUMNS = (
    *("round", "gss_code", "council", "respondent", "ref", "value_code", "key_area", "behaviour"),
    *("current", "target", "current_text", "target_text", "evidence", "actions", "owner", "due_date"),
    *("priority", "source_file", "sheet", "cell"),
)
PROBLEM_COLUMNS = (
    *("source_file", "gss_code", "council", "severity", "problem", "sheet", "cell", "ref", "value"),
    *("message", "advice"),
)

REVIEW_COLUMNS = (
    *("round", "gss_code", "council", "respondent", "ref", "value_code", "behaviour"),
    *("current", "target", "reviewer_level", "reviewer_comment", "source_file", "sheet", "cell"),
)

_RUNS_AS_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def return_rows(returns: Iterable[Return], framework: Framework) -> list[Row]:
    """One row a file seen."""
    return [_return_row(returned, framework) for returned in returns]


def _return_row(returned: Return, framework: Framework) -> Row:
    assessment = returned.assessment
    scored = [answer for answer in assessment or () if framework.row_by_code[answer.ref].is_scored]
    return {
        "source_file": returned.source_file,
        "sha256": returned.sha256,
        "status": returned.status.value,
        **_identity(assessment),
        "template_version": returned.template_version,
        "saved_by": returned.saved_by,
        "answered": str(sum(answer.is_answered for answer in scored)) if assessment else "",
        "applicable": str(sum(isinstance(answer.current, int) for answer in scored)) if assessment else "",
        "problems": str(len(returned.problems)),
        "message": returned.message,
    }


def answer_rows(returns: Iterable[Return], framework: Framework) -> list[Row]:
    """One row an accepted return and behaviour, answered or not, principles included."""
    return [
        _answer_row(returned, returned.assessment, answer, framework)
        for returned in returns
        if returned.assessment is not None
        for answer in _complete(returned.assessment, framework)
    ]


def _complete(assessment: Assessment, framework: Framework) -> Iterable[Answer]:
    given = {answer.ref: answer for answer in assessment}
    asked = assessment.asked or [row.code for row in framework.rows]
    return [given.get(code, Answer(code)) for code in asked]


def review_rows(returns: Iterable[Return], framework: Framework) -> list[Row]:
    """One row for each behaviour that a reviewer gave a level to, or a comment on."""
    return [
        _answer_row(returned, returned.assessment, answer, framework)
        | {
            "reviewer_level": level_code(answer.reviewer_level),
            "reviewer_comment": answer.reviewer_comment,
        }
        for returned in returns
        if returned.assessment is not None
        for answer in returned.assessment
        if answer.reviewer_level is not None or answer.reviewer_comment
    ]


def _answer_row(returned: Return, assessment: Assessment, answer: Answer, framework: Framework) -> Row:
    behaviour = framework.row_by_code[answer.ref]
    return {
        **_identity(assessment),
        "ref": answer.ref,
        "value_code": "" if behaviour.value_code is None else str(behaviour.value_code),
        "key_area": framework.area_by_code[answer.ref].name,
        "behaviour": behaviour.name,
        "current": level_code(answer.current),
        "target": level_code(answer.target),
        "current_text": answer.current_text,
        "target_text": answer.target_text,
        "evidence": answer.evidence,
        "actions": answer.actions,
        "owner": answer.owner,
        "due_date": answer.due_date.isoformat() if answer.due_date else answer.due_text,
        "priority": answer.priority,
        "source_file": returned.source_file,
        "sheet": answer.place.sheet,
        "cell": answer.place.cell,
    }


def problem_rows(returns: Iterable[Return]) -> list[Row]:
    """One row a problem, in the order of the files."""
    return [
        {
            "source_file": returned.source_file,
            "gss_code": returned.assessment.gss_code if returned.assessment else "",
            "council": returned.assessment.council if returned.assessment else "",
            "severity": found.severity.value,
            "problem": found.slug,
            "sheet": found.place.sheet,
            "cell": found.place.cell,
            "ref": found.ref,
            "value": found.value,
            "message": found.message,
            "advice": found.advice,
        }
        for returned in returns
        for found in returned.problems
    ]


def level_code(level: LevelValue) -> str:
    """A level as the CSV files have it: 1 to 5, ``NA``, or nothing."""
    return "" if level is None else str(level)


def _identity(assessment: Assessment | None) -> Row:
    if assessment is None:
        return dict.fromkeys(("gss_code", "council", "round", "respondent"), "")
    return {
        "gss_code": assessment.gss_code,
        "council": assessment.council,
        "round": assessment.round,
        "respondent": assessment.respondent,
    }


def to_csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """Rows as CSV that Excel opens rightly: UTF-8 with a byte-order mark, nothing run as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row[column]) for column in columns])
    return text.getvalue().encode("utf-8-sig", "replace")


def guarded(text: str) -> str:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it.

    Text that already begins with apostrophes before such a character gets one more, so
    that ``unguarded`` gives back exactly what the council wrote.
    """
    return f"'{text}" if _RUNS_AS_FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """The text as the council wrote it, from a cell of one of the CSV files."""
    return text[1:] if _ESCAPED.match(text) else text

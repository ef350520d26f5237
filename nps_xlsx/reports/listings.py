"""The CSV files: a row per file, answer, problem, change between returns, combined response."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from nps_xlsx.model import Answer, Assessment, Framework, Problem, Received, Return, Status
from nps_xlsx.reports.words import words
from nps_xlsx.rounds.combine import Combined
from nps_xlsx.rounds.counting import day_of
from nps_xlsx.rounds.responses import WITH_ANSWERS
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import level_code, written

CsvRow = dict[str, str]
_DETAILS = ("may_be_named", "reviewed_by", "reviewed_on")
"""Details that are listed with the return."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One CSV file: what a row is, and what each column holds, in order."""

    about: str
    columns: Mapping[str, str]


LISTINGS: Mapping[str, Listing] = {name: Listing(**fields) for name, fields in words("listings.toml").items()}
"""Every CSV file, by name."""


def return_rows(returns: Iterable[Return], framework: Framework) -> list[CsvRow]:
    """One row per file that was read."""
    return [_return_row(returned, framework) for returned in returns]


def _return_row(returned: Return, framework: Framework) -> CsvRow:
    assessment, mail = returned.assessment, returned.received or Received()
    scored = [answer for answer in assessment or () if framework.row_by_code[answer.ref].is_scored]
    return {
        "source_file": returned.source_file,
        "sha256": returned.sha256,
        "status": returned.status.value,
        **_identity(assessment),
        "gss_code": returned.gss_code,
        "council": returned.council,
        "template_version": returned.template_version,
        "saved_by": returned.saved_by,
        "answered": str(sum(answer.is_answered for answer in scored)) if assessment else "",
        "applicable": str(sum(isinstance(answer.current, int) for answer in scored)) if assessment else "",
        "problems": str(len(returned.problems)),
        "message": returned.message,
        "saved_at": returned.saved_at,
        "superseded_by": returned.superseded_by,
        "sender": mail.sender,
        "sent_at": mail.sent_at,
        "subject": mail.subject,
        **{key: assessment.detail(key) if assessment else "" for key in _DETAILS},
        "day": day.isoformat() if (day := day_of(returned)) else "",
    }


@dataclass(frozen=True, slots=True)
class AnswerRows(Collection[CsvRow]):
    """One row per accepted return and behaviour, answered or not, principles included.

    Each is made when its turn comes: those of ten thousand returns at once would fill the memory.
    """

    returns: Sequence[Return]
    framework: Framework

    def __iter__(self) -> Iterator[CsvRow]:
        for returned in self.returns:
            if returned.assessment is not None:
                for code in _asked(returned.assessment, self.framework):
                    yield _answer_row(
                        returned, returned.assessment, returned.assessment[code], self.framework
                    )

    def __len__(self) -> int:
        found = (returned.assessment for returned in self.returns)
        return sum(len(_asked(one, self.framework)) for one in found if one is not None)

    def __contains__(self, row: object) -> bool:
        return any(row == own for own in self)


def _asked(assessment: Assessment, framework: Framework) -> Sequence[str]:
    return assessment.asked or [row.code for row in framework.rows]


def review_rows(returns: Iterable[Return], framework: Framework) -> list[CsvRow]:
    """One row per behaviour for which a reviewer gave a level or a comment."""
    return [
        _answer_row(returned, returned.assessment, answer, framework)
        for returned in returns
        if returned.assessment is not None
        for answer in returned.assessment
        if answer.reviewer_level is not None or answer.reviewer_comment
    ]


def _answer_row(returned: Return, assessment: Assessment, answer: Answer, framework: Framework) -> CsvRow:
    behaviour, area = framework.row_by_code[answer.ref], framework.area_by_code[answer.ref]
    return {
        **_identity(assessment),
        "ref": answer.ref,
        "value_code": "" if behaviour.value_code is None else str(behaviour.value_code),
        "key_area": area.name,
        "behaviour": behaviour.name,
        **written(answer),
        "current": level_code(answer.current),
        "target": level_code(answer.target),
        "current_text": answer.current_text,
        "target_text": answer.target_text,
        "source_file": answer.place.file or returned.source_file,
        "sheet": answer.place.sheet,
        "cell": answer.place.cell,
        "day": assessment.day.isoformat() if assessment.day else "",
        **{head.key: assessment.head(area.code, head.key) for head in layout.HEAD},
        **{detail.key: assessment.detail(detail.key) for detail in WITH_ANSWERS},
    }


def problem_rows(returns: Iterable[Return], rulings: Iterable[Problem] = ()) -> list[CsvRow]:
    """One row per problem, in the order of the files; problems with rulings last."""
    rows = [
        _problem_row(returned.source_file, returned.gss_code, returned.council, problem)
        for returned in returns
        for problem in returned.problems
    ]
    return rows + [_problem_row(problem.place.file, "", "", problem) for problem in rulings]


def _problem_row(source_file: str, gss_code: str, council: str, problem: Problem) -> CsvRow:
    return {
        "source_file": source_file,
        "gss_code": gss_code,
        "council": council,
        "severity": problem.severity.value,
        "problem": problem.slug,
        "sheet": problem.place.sheet,
        "cell": problem.cell,
        "ref": problem.ref,
        "value": problem.value,
        "message": problem.message,
        "advice": problem.advice,
        "field": problem.field,
        "waived": problem.waived,
    }


def other_text_rows(returns: Iterable[Return]) -> list[CsvRow]:
    """One row per text that is neither ours nor an answer; a file that came twice is listed once."""
    return [
        {
            "source_file": returned.source_file,
            "gss_code": returned.gss_code,
            "council": returned.council,
            "sheet": other.place.sheet,
            "cell": other.place.cell,
            "kind": other.kind.value,
            "text": other.text,
            "author": other.author,
        }
        for returned in returns
        if returned.status is not Status.DUPLICATE
        for other in returned.other_texts
    ]


def change_rows(returns: Sequence[Return], framework: Framework) -> list[CsvRow]:
    """One row per field that differs, as written, between a superseded return and the one that counts."""
    by_file = {returned.source_file: returned for returned in returns}
    superseded = [returned for returned in returns if returned.status is Status.SUPERSEDED]
    pairs = [(returned, by_file[returned.superseded_by]) for returned in superseded]
    return [
        {
            **_identity(counted.assessment),
            "ref": ref,
            **_named(ref, framework),
            "field": key,
            "before": before,
            "after": after,
            "superseded_file": returned.source_file,
            "source_file": counted.source_file,
        }
        for returned, counted in pairs
        if returned.written and counted.written
        for ref, key, before, after in _changes(returned.written, counted.written, framework)
    ]


def _changes(old: Assessment, new: Assessment, framework: Framework) -> Iterator[tuple[str, str, str, str]]:
    for behaviour in framework.rows:
        before, after = written(old[behaviour.code]), written(new[behaviour.code])
        for key in before:
            if before[key] != after[key]:
                yield behaviour.code, key, before[key], after[key]
    for area, head in product(framework.areas, layout.HEAD):
        earlier, later = (one.head(area.code, head.key) for one in (old, new))
        if earlier != later:
            yield area.code, head.key, earlier, later


def _named(ref: str, framework: Framework) -> CsvRow:
    """The name and the number of a behaviour; a key area has no number."""
    row = framework.row_by_code.get(ref)
    number = row.value_code if row else None
    return {"value_code": str(number or ""), "behaviour": (row or framework.area_by_code[ref]).name}


def combined_rows(combined: Iterable[Combined], framework: Framework) -> list[CsvRow]:
    """One row per behaviour of each council with several respondents."""
    several = [response for response in combined if len(response.basis) > 1]
    return [
        _combined_row(response, answer.ref, framework)
        for response in several
        for answer in response.assessment
    ]


def _combined_row(response: Combined, ref: str, framework: Framework) -> CsvRow:
    behaviour = framework.row_by_code[ref]
    row = {
        **_identity(response.assessment),
        "basis": "combined response" if response.is_authoritative else "middle of the respondents",
        "respondents": str(len(response.basis)),
        "ref": ref,
        "value_code": str(behaviour.value_code or ""),
        "key_area": framework.area_by_code[ref].name,
        "behaviour": behaviour.name,
    }
    answer = response.assessment[ref]
    for name, level in (("current", answer.current), ("target", answer.target)):
        spread = response.spread(ref, target=name == "target")
        lowest, highest = (str(end(spread.levels)) if spread.levels else "" for end in (min, max))
        row |= {
            name: level_code(level),
            f"{name}_median": "" if spread.median is None else f"{spread.median:g}",
            f"{name}_lowest": lowest,
            f"{name}_highest": highest,
            f"{name}_given": str(spread),
        }
    return row


def all_rows(
    returns: Sequence[Return],
    combined: Sequence[Combined],
    framework: Framework,
    rulings: Sequence[Problem] = (),
) -> dict[str, Collection[CsvRow]]:
    """The rows of each CSV file by name; on changes, respondents and reviewers only if there are any."""
    counted = [returned for returned in returns if returned.status is Status.ACCEPTED]
    always: dict[str, Collection[CsvRow]] = {
        "returns.csv": return_rows(returns, framework),
        "answers.csv": AnswerRows(counted, framework),
        "problems.csv": problem_rows(returns, rulings),
    }
    some = {
        "other-texts.csv": other_text_rows(returns),
        "changes.csv": change_rows(returns, framework),
        "combined.csv": combined_rows(combined, framework),
        "reviews.csv": review_rows(counted, framework),
    }
    return always | {name: rows for name, rows in some.items() if rows}


def _identity(assessment: Assessment | None) -> CsvRow:
    if assessment is None:
        return dict.fromkeys(("gss_code", "council", "round", "respondent"), "")
    return {
        "gss_code": assessment.gss_code,
        "council": assessment.council,
        "round": assessment.round,
        "respondent": assessment.respondent,
    }

"""Answers in a fresh workbook: of a return, each problem marked in its cell, or of several joined.

A council's own file is never overwritten: what was read from it is written into a new workbook.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    Council,
    Framework,
    Level,
    LevelValue,
    Problem,
    Return,
    Status,
)
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import for_council, is_of_level, problem
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.counting import by_age
from nps_xlsx.rounds.joining import differing, together
from nps_xlsx.workbook.inputs import COLUMNS, written
from nps_xlsx.workbook.names import workbook_file_name
from nps_xlsx.workbook.stamp import RESPONDENT_LENGTH, is_respondent_name, is_round_name
from nps_xlsx.workbook.values import department_of


class JoinError(UserError):
    """Files that cannot be joined into one workbook."""


_CODE = re.compile(r"[A-Z0-9]{1,20}")
_ENDING = "-to-look-at"


def mark_up(returned: Return, framework: Framework, register: Register) -> tuple[str, bytes] | None:
    """The marked-up copy of a return: its file name and its content.

    ``None`` if there is nothing to mark, or if a copy would help nobody: the return is refused,
    does not count, or does not say which round it is for.
    """
    assessment = returned.assessment
    if assessment is None or returned.status is not Status.ACCEPTED or not _says_whose(assessment):
        return None
    if not for_council(returned.problems):
        return None
    name, content = _fresh(returned, framework, register)
    return name.removesuffix(".xlsx") + f"{_ENDING}.xlsx", content


def _says_whose(assessment: Assessment) -> bool:
    """Whether a workbook can be built for its council and round."""
    return is_round_name(assessment.round) and _CODE.fullmatch(assessment.gss_code) is not None


def _fresh(returned: Return, framework: Framework, register: Register) -> tuple[str, bytes]:
    """A new workbook with what was read from a return: the name it was sent out under, and its content."""
    assessment = returned.assessment
    assert assessment is not None  # noqa: S101 - both callers have checked
    council = register.by_code.get(assessment.gss_code) or _unregistered(assessment)
    order = Order(
        framework.only(assessment.asked) if assessment.asked else framework,
        council,
        assessment.round,
        assessment=_as_shown(assessment, returned, framework),
        respondent=_stamped_respondent(returned, assessment),
        previous=returned.earlier,
        with_review=any(_has_review(answer) for answer in assessment),
        problems=returned.problems,
    )
    name = workbook_file_name(
        framework.initials, council, order.round, assessment.respondent[:RESPONDENT_LENGTH]
    )
    return name, build_workbook(order)


def mark_up_all(
    returns: Iterable[Return], framework: Framework, register: Register
) -> list[tuple[str, bytes] | None]:
    """The marked-up copy of each return, or ``None``; no two have the same name."""
    copies: list[tuple[str, bytes] | None] = []
    taken: set[str] = set()
    returns = list(returns)
    joined = [returned for returned in returns if returned.status is Status.JOINED]
    for returned in returns:
        parts = [part for part in joined if part.superseded_by == returned.source_file]
        problems = tuple(own for part in (returned, *parts) for own in part.problems)
        copy = mark_up(replace(returned, problems=problems), framework, register)
        if copy is not None:
            copy = (_free(copy[0], taken), copy[1])
            taken.add(copy[0])
        copies.append(copy)
    return copies


def join(
    returns: Sequence[Return], framework: Framework, register: Register
) -> tuple[str, bytes, tuple[Problem, ...]]:
    """One workbook from several returns of a council: its name and content, and what they answer differently.

    Where they differ, the newest return's answer is used and marked, as is whatever could not be read.

    Raises:
        JoinError: a file has no answers, or they are not of one council, round and set of rows.
    """
    _refuse_to_join(returns)
    numbers = sorted(range(len(returns)), key=lambda number: by_age(returns[number], number), reverse=True)
    newest_first = [returns[number] for number in numbers]
    group = [(part.source_file, part.assessment) for part in newest_first if part.assessment]
    whole = together([assessment for _, assessment in group], framework)
    if len({assessment.respondent for _, assessment in group}) > 1:
        whole = replace(whole, respondent="")
    pairs = combinations(reversed(group), 2)
    unlike = tuple(each for older, newer in pairs for each in _unlike(older, newer, framework))
    problems = tuple(own for part in newest_first for own in part.problems)
    joined = replace(newest_first[0], assessment=whole, problems=(*unlike, *problems))
    name, content = _fresh(joined, framework, register)
    return name.removesuffix(".xlsx") + "-joined.xlsx", content, unlike


def _refuse_to_join(returns: Sequence[Return]) -> None:
    for returned in returns:
        if returned.counted is None:
            raise JoinError(f"{returned.source_file} cannot be joined. {returned.message}")
        if returned.assessment and not _says_whose(returned.assessment):
            raise JoinError(
                f"{returned.source_file} does not say which council and round it is for. "
                "Copy its answers into the workbook that was sent."
            )
    assessments = [returned.assessment for returned in returns if returned.assessment]
    kinds = {(own.gss_code, own.round.casefold(), own.asked): own for own in assessments}
    if len(kinds) > 1:
        names = "; ".join(f"{own.council}, round {own.round}" for own in kinds.values())
        raise JoinError(
            f"These files are not all of one council, round and set of rows: {names}. Give those of one only."
        )
    if len(returns) < 2:
        raise JoinError("There is only one file. Give the files of colleagues who shared the sheets.")


def _unlike(
    older: tuple[str, Assessment], newer: tuple[str, Assessment], framework: Framework
) -> Iterator[Problem]:
    """A problem for each column of a row that two returns have filled in differently."""
    (older_file, before), (newer_file, after) = older, newer
    for ref, keys in differing(before, after, framework, same_person=False).items():
        for key in keys:
            value, place = written(before[ref])[key], after[ref].where(key)
            words = {"older": older_file, "newer": newer_file, "which": COLUMNS[key].heading}
            yield problem("joined-unlike", place, ref=ref, field=key, value=value, **words)


def _free(name: str, taken: Collection[str]) -> str:
    stem, number = name.removesuffix(".xlsx"), 2
    while name in taken:
        name = f"{stem}-{number}.xlsx"
        number += 1
    return name


def _unregistered(assessment: Assessment) -> Council:
    name = " ".join(assessment.council.split())[:80] or assessment.gss_code
    return Council(assessment.gss_code, name, name, council_type="", region="", nation="")


def _stamped_respondent(returned: Return, assessment: Assessment) -> str:
    """The respondent for the stamp; empty if there was none in it, and Start here says the same."""
    respondent = assessment.respondent
    if not returned.built_for and respondent == department_of(dict(assessment.details)):
        return ""
    return respondent if is_respondent_name(respondent) else ""


def _has_review(answer: Answer) -> bool:
    has_column = "reviewer_level" in answer.cells or "reviewer_comment" in answer.cells
    return has_column or answer.reviewer_level is not None or bool(answer.reviewer_comment)


# --- Levels as the copy shows them


def _as_shown(assessment: Assessment, returned: Return, framework: Framework) -> Assessment:
    """The same answers: levels to put right in the council's own words, others in a form that counts."""
    unread = {(own.ref, own.field) for own in for_council(returned.problems) if is_of_level(own)}

    def shown(answer: Answer) -> Answer:
        ref, levels = answer.ref, framework.levels
        now = _shown(answer.current, answer.current_text, levels, as_written=(ref, "current") in unread)
        target = _shown(answer.target, answer.target_text, levels, as_written=(ref, "target") in unread)
        return replace(answer, current=now[0], current_text=now[1], target=target[0], target_text=target[1])

    return replace(assessment, answers=tuple(shown(answer) for answer in assessment))


def _shown(
    value: LevelValue, text: str, levels: Sequence[Level], *, as_written: bool
) -> tuple[LevelValue, str]:
    """A level as the live sheets will count it, and its text; no text if the level's label says it all."""
    if not text:
        return value, ""
    live = live_level(text, levels)
    return (live, text) if as_written or value is None or live == value else (value, "")


def live_level(text: str, levels: Sequence[Level]) -> LevelValue:
    """The level that the live sheets' formulas read from a text: they understand fewer forms than ingest."""
    words = " ".join(filter(None, text.split(" "))).casefold()
    for level in levels:
        if words in (str(level.number), level.name.casefold(), level.label.casefold()):
            return level.number
    return NOT_APPLICABLE if words.startswith("not") else None

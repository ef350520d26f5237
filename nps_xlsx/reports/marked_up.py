"""Answers in a fresh workbook: a return's with each problem in its cell, or those of several together.

A council's own file is never saved over or through: what was read from it is written
into a workbook that is built anew.
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
from nps_xlsx.rounds.across import by_age, is_counted
from nps_xlsx.rounds.joining import differing, together, written
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.names import workbook_file_name
from nps_xlsx.workbook.stamp import RESPONDENT_LENGTH, is_respondent_name, is_round_name
from nps_xlsx.workbook.values import department_of


class JoinError(UserError):
    """Files that do not make one workbook."""


_CODE = re.compile(r"[A-Z0-9]{1,20}")
_ENDING = "-to-look-at"


def mark_up(returned: Return, framework: Framework, register: Register) -> tuple[str, bytes] | None:
    """The marked-up copy of a return: its file name and its content.

    ``None`` where there is nothing to mark, and where a copy would help nobody: the return is
    refused or does not count, or does not say which round it is for.
    """
    assessment = returned.assessment
    if assessment is None or returned.status is not Status.ACCEPTED or not for_council(returned.problems):
        return None
    if not _says_whose(assessment):
        return None
    name, content = _fresh(returned, framework, register)
    return name.removesuffix(".xlsx") + f"{_ENDING}.xlsx", content


def _says_whose(assessment: Assessment) -> bool:
    """Whether a workbook can be built for its council and round."""
    return is_round_name(assessment.round) and _CODE.fullmatch(assessment.gss_code) is not None


def _fresh(returned: Return, framework: Framework, register: Register) -> tuple[str, bytes]:
    """A workbook built anew with what was read from a return: its name when it was sent, and its content."""
    assessment = returned.assessment
    assert assessment is not None  # noqa: S101 - those who ask have seen that there is one
    council = register.by_code.get(assessment.gss_code) or _unregistered(assessment)
    order = Order(
        framework.only(assessment.asked) if assessment.asked else framework,
        council,
        assessment.round,
        assessment=_as_shown(assessment, returned, framework),
        respondent=_stamped_respondent(assessment),
        with_review=any(_has_review(answer) for answer in assessment),
        problems=returned.problems,
    )
    name = workbook_file_name(council, order.round, assessment.respondent[:RESPONDENT_LENGTH])
    return name, build_workbook(order)


def mark_up_all(
    returns: Iterable[Return], framework: Framework, register: Register
) -> list[tuple[str, bytes] | None]:
    """The marked-up copy of each return, or ``None``; no two of them under one name."""
    copies: list[tuple[str, bytes] | None] = []
    taken: set[str] = set()
    returns = list(returns)
    for returned in returns:
        parts = [
            one
            for one in returns
            if one.status is Status.JOINED and one.superseded_by == returned.source_file
        ]
        found = tuple(found for one in (returned, *parts) for found in one.problems)
        copy = mark_up(replace(returned, problems=found), framework, register)
        if copy is not None:
            copy = (_free(copy[0], taken), copy[1])
            taken.add(copy[0])
        copies.append(copy)
    return copies


def join(
    returns: Sequence[Return], framework: Framework, register: Register
) -> tuple[str, bytes, tuple[Problem, ...]]:
    """One workbook of several returns of a council: its name and content, and what they answer differently.

    Of what is answered differently the newest return's stands, and is marked beside all that could
    not be read.

    Raises:
        JoinError: a file has no answers, or they are not of one council, round and set of rows.
    """
    _refuse_to_join(returns)
    places = sorted(range(len(returns)), key=lambda place: by_age(returns[place], place), reverse=True)
    newest_first = [returns[place] for place in places]
    group = [(one.source_file, one.assessment) for one in newest_first if one.assessment]
    whole = together([one for _, one in group], framework)
    if len({one.respondent for _, one in group}) > 1:
        whole = replace(whole, respondent="")
    unlike = tuple(
        found
        for older, newer in combinations(reversed(group), 2)
        for found in _unlike(older, newer, framework)
    )
    found = tuple(found for one in newest_first for found in one.problems)
    joined = replace(newest_first[0], assessment=whole, problems=(*unlike, *found))
    name, content = _fresh(joined, framework, register)
    return name.removesuffix(".xlsx") + "-joined.xlsx", content, unlike


def _refuse_to_join(returns: Sequence[Return]) -> None:
    for returned in returns:
        if not is_counted(returned):
            raise JoinError(f"{returned.source_file} cannot be joined. {returned.message}")
        if returned.assessment and not _says_whose(returned.assessment):
            raise JoinError(
                f"{returned.source_file} does not say for which council and round it is. "
                "Copy its answers into the workbook that was sent."
            )
    given = {(one.gss_code, one.round.casefold(), one.asked): one for r in returns if (one := r.assessment)}
    if len(given) > 1:
        kinds = "; ".join(f"{one.council}, round {one.round}" for one in given.values())
        raise JoinError(f"These are not of one council, round and set of rows: {kinds}. Give those of one.")
    if len(returns) < 2:
        raise JoinError("There is one file only. Give the files of colleagues who shared the sheets.")


def _unlike(
    older: tuple[str, Assessment], newer: tuple[str, Assessment], framework: Framework
) -> Iterator[Problem]:
    """A problem for each column of a row that two returns have filled in differently."""
    (file, before), (other, after) = older, newer
    headings = {one.key: one.heading for one in layout.assessment_columns(framework, with_review=True)}
    for ref, keys in differing(before, after, framework, same_person=False).items():
        for key in keys:
            value, place = written(before[ref])[key], after[ref].where(key)
            words = {"older": file, "newer": other, "which": headings[key]}
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


def _stamped_respondent(assessment: Assessment) -> str:
    """The respondent for the stamp; none where Start here says the same by itself."""
    respondent = assessment.respondent
    if respondent == department_of(dict(assessment.details)):
        return ""
    return respondent if is_respondent_name(respondent) else ""


def _has_review(answer: Answer) -> bool:
    has_column = "reviewer_level" in answer.cells or "reviewer_comment" in answer.cells
    return has_column or answer.reviewer_level is not None or bool(answer.reviewer_comment)


# --- Levels as the copy shows them


def _as_shown(assessment: Assessment, returned: Return, framework: Framework) -> Assessment:
    """The same answers: levels to be mended in the council's own words, the others so that they count."""
    unread = {(one.ref, one.field) for one in for_council(returned.problems) if is_of_level(one)}

    def shown(answer: Answer) -> Answer:
        current, current_text = _shown(
            answer.current, answer.current_text, framework.levels, as_found=(answer.ref, "current") in unread
        )
        target, target_text = _shown(
            answer.target, answer.target_text, framework.levels, as_found=(answer.ref, "target") in unread
        )
        return replace(
            answer, current=current, current_text=current_text, target=target, target_text=target_text
        )

    return replace(assessment, answers=tuple(shown(answer) for answer in assessment))


def _shown(
    value: LevelValue, text: str, levels: Sequence[Level], *, as_found: bool
) -> tuple[LevelValue, str]:
    """A level as the live sheets will count it, and its text; none where the level's label says it all."""
    if not text:
        return value, ""
    live = live_level(text, levels)
    return (live, text) if as_found or value is None or live == value else (value, "")


def live_level(text: str, levels: Sequence[Level]) -> LevelValue:
    """The level that the formulas of the live sheets see in a cell: they know fewer ways than ingest."""
    words = " ".join(filter(None, text.split(" "))).casefold()
    for level in levels:
        if words in (str(level.number), level.name.casefold(), level.label.casefold()):
            return level.number
    return NOT_APPLICABLE if words.startswith("not") else None

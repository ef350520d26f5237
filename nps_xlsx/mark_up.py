"""A marked-up copy of a return: the council's answers in a fresh workbook, each problem in its cell.

The council's own file is never saved over or through: what was read from it is written
into a workbook that is built anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from nps_xlsx import layout
from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.builder.marks import is_of_level, told
from nps_xlsx.councils import Register
from nps_xlsx.ingester.values import department_of
from nps_xlsx.model import (
    NOT_APPLICABLE,
    Answer,
    Assessment,
    Council,
    Framework,
    Level,
    LevelValue,
    Return,
    Status,
)
from nps_xlsx.stamp import RESPONDENT_LENGTH, is_respondent_name, is_round_name

_CODE = re.compile(r"[A-Z0-9]{1,20}")
_ENDING = "-to-look-at"


def mark_up(returned: Return, framework: Framework, register: Register) -> tuple[str, bytes] | None:
    """The marked-up copy of a return: its file name and its content.

    ``None`` where there is nothing to mark, and where a copy would help nobody: the return is
    refused or does not count, or does not say which round it is for.
    """
    assessment = returned.assessment
    if assessment is None or returned.status is not Status.ACCEPTED or not told(returned.problems):
        return None
    if not is_round_name(assessment.round) or not _CODE.fullmatch(assessment.gss_code):
        return None
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
    name = layout.workbook_file_name(council, order.round, assessment.respondent[:RESPONDENT_LENGTH])
    return name.removesuffix(".xlsx") + f"{_ENDING}.xlsx", build_workbook(order)


def mark_up_all(
    returns: Iterable[Return], framework: Framework, register: Register
) -> list[tuple[str, bytes] | None]:
    """The marked-up copy of each return, or ``None``; no two of them under one name."""
    copies: list[tuple[str, bytes] | None] = []
    taken: set[str] = set()
    for returned in returns:
        copy = mark_up(returned, framework, register)
        if copy is not None:
            copy = (_free(copy[0], taken), copy[1])
            taken.add(copy[0])
        copies.append(copy)
    return copies


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
    unread = {(one.ref, one.field) for one in told(returned.problems) if is_of_level(one)}

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

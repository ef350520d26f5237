"""One assessment per council: its own, its combined one, or the middle of its respondents'."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, LevelValue
from nps_xlsx.rounds.counting import is_combined, newest
from nps_xlsx.workbook.rules import weight


@dataclass(frozen=True, slots=True)
class Spread:
    """What several respondents of one council gave as one level."""

    levels: tuple[int, ...]
    """The levels given, lowest first."""
    not_applicable: int
    blank: int

    @property
    def median(self) -> float | None:
        """The middle level; it lies between two levels if the respondents are divided."""
        return statistics.median(self.levels) if self.levels else None

    @property
    def counted(self) -> LevelValue:
        """The level that counts: the middle one, the lower of two (as for a level between two).

        Not applicable only if somebody said so and nobody gave a level.
        """
        if self.levels:
            return statistics.median_low(self.levels)
        return NOT_APPLICABLE if self.not_applicable else None

    def __str__(self) -> str:
        rest = (("not applicable", self.not_applicable), ("blank", self.blank))
        parts = [", ".join(map(str, self.levels)), *(f"{count} {what}" for what, count in rest if count)]
        return "; ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Combined:
    """A council in a round: the assessment that counts, and those it rests on."""

    assessment: Assessment
    basis: tuple[Assessment, ...]
    is_authoritative: bool
    """Whether the council itself marked the assessment as its combined response."""

    def spread(self, ref: str, *, target: bool = False) -> Spread:
        """What the respondents gave as the current (or the target) level of a behaviour."""
        answers = [one[ref] for one in self.basis if not one.asked or ref in one.asked]
        given = [answer.target if target else answer.current for answer in answers]
        return Spread(
            levels=tuple(sorted(level for level in given if isinstance(level, int))),
            not_applicable=given.count(NOT_APPLICABLE),
            blank=given.count(None),
        )


def combine(assessments: Iterable[Assessment], framework: Framework) -> tuple[Combined, ...]:
    """One assessment per council and round, in order of the council's name and the round.

    A council's only assessment counts as it is.  Of several, the one marked as the combined
    response counts; if none is, the middle level of the respondents does, behaviour by
    behaviour, with their words side by side.
    """

    def key(one: Assessment) -> tuple[str, str, str]:
        return one.council.casefold(), one.gss_code, one.round

    ordered = sorted(assessments, key=lambda one: (key(one), one.respondent.casefold(), one.asked))
    return tuple(_combined(tuple(group), framework) for _, group in groupby(ordered, key))


def _combined(basis: tuple[Assessment, ...], framework: Framework) -> Combined:
    marked = [one for one in basis if is_combined(one)]
    if marked or len(basis) == 1:
        return Combined((marked or basis)[0], basis, is_authoritative=bool(marked))
    together = Combined(basis[0], basis, is_authoritative=False)
    asked = {code for one in basis for code in one.asked} if all(one.asked for one in basis) else set()
    refs = [row.code for row in framework.rows if not asked or row.code in asked]
    answers = tuple(_answer(ref, together) for ref in refs)
    assessment = replace(
        basis[0],
        answers=answers,
        respondent="",
        asked=tuple(ref for ref in refs if asked),
        details=(),
        heads=_heads(basis),
        detail_places={},
        head_places={},
        day=newest(basis),
    )
    return replace(together, assessment=assessment)


def _heads(basis: Iterable[Assessment]) -> tuple[tuple[str, str, str], ...]:
    """What each respondent wrote about the key areas, as a list where they differ."""
    given: dict[tuple[str, str], dict[str, None]] = {}
    for area, key, text in (head for one in basis for head in one.heads):
        given.setdefault((area, key), {})[text] = None
    return tuple((*where, "; ".join(texts)) for where, texts in given.items())


def _answer(ref: str, together: Combined) -> Answer:
    given = [(one.respondent, one[ref]) for one in together.basis]
    current, target = together.spread(ref), together.spread(ref, target=True)
    return Answer(
        ref,
        current=current.counted,
        target=target.counted,
        divided=str(current) if len(set(current.levels)) > 1 else "",
        current_text=str(current),
        target_text=str(target),
        evidence=_side_by_side((who, a.evidence) for who, a in given),
        actions=_side_by_side((who, a.actions) for who, a in given),
        owner=_each(a.owner for _, a in given),
        due_date=_earliest(a.due_date for _, a in given),
        due_text=_each(a.due_text for _, a in given),
        priority=_highest(a.priority for _, a in given),
        status=_each(a.status for _, a in given),
        review_date=_earliest(a.review_date for _, a in given),
        review_text=_each(a.review_text for _, a in given),
        discuss=any(a.discuss for _, a in given),
    )


def _side_by_side(texts: Iterable[tuple[str, str]]) -> str:
    """The respondents' words, each after the respondent's name; only once if all wrote the same."""
    given = [(who, text) for who, text in texts if text.strip()]
    if len({text for _, text in given}) <= 1:
        return given[0][1] if given else ""
    return "\n".join(f"{who}: {text}" if who else text for who, text in given)


def _each(texts: Iterable[str]) -> str:
    """The different texts, as a list."""
    return "; ".join(dict.fromkeys(text for text in texts if text.strip()))


def _earliest(days: Iterable[dt.date | None]) -> dt.date | None:
    return min(filter(None, days), default=None)


def _highest(priorities: Iterable[str]) -> str:
    return max(filter(None, priorities), key=weight, default="")

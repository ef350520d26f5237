"""Averages and levels nearest to them, by the rules that every document shares.

Here are those of one council, for the documents about it; ``figures.tables`` has those over all
councils, which tests/test_figures.py compares with a third way of working them out.

Only levels are averaged: no blank, no "not applicable", no principle.  Every average
comes with the count it rests on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour

THRESHOLD = 5
"""How many councils a figure must rest on to be published, unless the analyst says otherwise.

Five and ten are the usual minimums.  If nine of a region's twelve councils respond, ten would withhold it.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How a group of behaviours was answered, with the count behind each mean.

    A mean is ``None`` where nothing was answered.  ``gap`` is the mean of target less
    current over the behaviours that have both, so it may differ from the difference of
    the two means.
    """

    behaviours: int
    answered: int
    not_applicable: int
    applicable: int
    targets: int
    gaps: int
    current: float | None
    target: float | None
    gap: float | None


def score(behaviours: Sequence[Behaviour], answers: Iterable[Answer]) -> Score:
    """Score a group of behaviours, leaving out rows that are not scored (principles)."""
    refs = [behaviour.code for behaviour in behaviours if behaviour.is_scored]
    chosen = [answer for answer in answers if answer.ref in refs]
    currents = [answer.current for answer in chosen if isinstance(answer.current, int)]
    targets = [answer.target for answer in chosen if isinstance(answer.target, int)]
    gaps = [answer.gap for answer in chosen if answer.gap is not None]
    not_applicable = sum(answer.current == NOT_APPLICABLE for answer in chosen)
    return Score(
        behaviours=len(refs),
        answered=len(currents) + not_applicable,
        not_applicable=not_applicable,
        applicable=len(currents),
        targets=len(targets),
        gaps=len(gaps),
        current=mean(currents),
        target=mean(targets),
        gap=mean(gaps),
    )


def mean(values: Sequence[float]) -> float | None:
    """The mean, or ``None`` where there is nothing to average."""
    return fmean(values) if values else None


def nearest_level(value: float) -> int:
    """The number of the level nearest to a mean, halves down: the level achieved in full."""
    return math.ceil(value - 0.5)


def one_decimal(value: float) -> str:
    """A mean to one decimal, rounded as Excel does: 2.25 gives 2.3, and zero has no minus."""
    # To nine places first: 3.05 less 2.9 gives 0.1499999999999999 in floats, which is a half all the same.
    exact = Decimal(repr(round(value, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP) + 0)

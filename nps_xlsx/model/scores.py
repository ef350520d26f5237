"""Averages and the names of levels, by the rules that everything here shares.

Only what was answered with a level is averaged: not a blank, not "not applicable", not a
principle.  Every average travels with the count that it rests on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean

from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour

THRESHOLD = 5
"""Councils that a figure must rest on to be shown outside, unless the analyst says otherwise.

Five and ten are the usual minimums.  A region may have twelve councils of which nine respond: ten would
withhold it.
"""


@dataclass(frozen=True, slots=True)
class Score:
    """How a group of behaviours was answered, with the count under each mean.

    A mean is ``None`` where nothing was answered.  ``gap`` is the mean of target less
    current over the behaviours that have both, so it need not be the difference of the
    two means where some have only one.
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
    """Score a group of behaviours; rows that are not scored (principles) are left out."""
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
    """The number of the level nearest to a mean, halves down: the level that is achieved in full."""
    return math.ceil(value - 0.5)


def one_decimal(value: float) -> str:
    """A mean in words, to one decimal as Excel rounds it: 2.25 is 2.3, and no minus stands before zero."""
    # To nine places first: 3.05 less 2.9 leaves 0.1499999999999999, which is a half all the same.
    exact = Decimal(repr(round(value, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP) + 0)

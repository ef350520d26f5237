"""A council's strengths, and its next steps: which behaviours they are."""

from __future__ import annotations

from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import FeedbackCase
from nps_xlsx.workbook.rules import to_close, weight

CHOSEN = 5
"""How many strengths, and how many next steps, are named."""


def above(case: FeedbackCase, behaviour: Behaviour) -> float | None:
    """How far the council is above the median of all; below if negative."""
    level = case.level(behaviour)
    median = case.view.figure(WHOLE, (LEVEL, behaviour.code)).median
    return None if level is None or median is None else level - median


def strengths(case: FeedbackCase) -> list[Behaviour]:
    """Where it is furthest above the median of all, or level with it, then by level and value code.

    Without a comparison: its highest levels.  The lowest level is not a strength.
    """

    def rank(behaviour: Behaviour) -> tuple[float, int, int]:
        return -(above(case, behaviour) or 0), -(case.level(behaviour) or 0), behaviour.value_code or 0

    lowest = case.framework.levels[0].number
    given = [row for row in case.framework.behaviours if case.level(row) not in (None, lowest)]
    if case.is_compared:
        given = [row for row in given if (ahead := above(case, row)) is not None and ahead >= 0]
    return sorted(given, key=rank)[:CHOSEN]


def next_steps(case: FeedbackCase) -> list[Behaviour]:
    """The first behaviours of its action plan, in the plan's order.

    If it gave no target at all: by priority, those furthest below the median of all.
    """
    if gave_targets(case):
        return to_close(case.framework, case.assessment)[:CHOSEN]

    def rank(behaviour: Behaviour) -> tuple[int, float, int]:
        priority = weight(case.assessment[behaviour.code].priority)
        return -priority, above(case, behaviour) or 0, behaviour.value_code or 0

    below = [row for row in case.framework.behaviours if (above(case, row) or 0) < 0]
    return sorted(below, key=rank)[:CHOSEN]


def gave_targets(case: FeedbackCase) -> bool:
    """Whether it gave a target level for any behaviour."""
    return any(isinstance(case.assessment[row.code].target, int) for row in case.framework.behaviours)

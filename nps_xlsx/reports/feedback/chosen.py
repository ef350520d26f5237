"""Which behaviours are named as a council's strengths, and which as its next steps."""

from __future__ import annotations

from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import Case
from nps_xlsx.workbook.rules import to_close, weight

CHOSEN = 5
"""Strengths, and next steps, that are named."""


def above(case: Case, behaviour: Behaviour) -> float | None:
    """How far the council stands above the median of all; below where negative."""
    level = case.level(behaviour)
    median = case.view.figure(WHOLE, (LEVEL, behaviour.code)).median
    return None if level is None or median is None else level - median


def strengths(case: Case) -> list[Behaviour]:
    """Where it stands highest above the median of all, or level with it, then by level and value code.

    Where it can be compared with nobody: its highest levels.  The lowest level is no strength.
    """

    def rank(behaviour: Behaviour) -> tuple[float, int, int]:
        found = above(case, behaviour) or 0
        return -found, -(case.level(behaviour) or 0), behaviour.value_code or 0

    given = [row for row in case.framework.behaviours if case.level(row) is not None]
    if case.is_compared:
        given = [row for row in given if _is_strength(case, row)]
    return sorted(given, key=rank)[:CHOSEN]


def _is_strength(case: Case, behaviour: Behaviour) -> bool:
    found = above(case, behaviour)
    return found is not None and found >= 0 and case.level(behaviour) != case.framework.levels[0].number


def next_steps(case: Case) -> list[Behaviour]:
    """The first behaviours of its action plan, in the plan's order.

    Where it gave no target at all: those furthest below the median of all, by priority first.
    """
    if gave_targets(case):
        return to_close(case.framework, case.assessment)[:CHOSEN]

    def rank(behaviour: Behaviour) -> tuple[int, float, int]:
        heavy = weight(case.assessment[behaviour.code].priority)
        return -heavy, above(case, behaviour) or 0, behaviour.value_code or 0

    below = [row for row in case.framework.behaviours if (above(case, row) or 0) < 0]
    return sorted(below, key=rank)[:CHOSEN]


def gave_targets(case: Case) -> bool:
    """Whether it gave a target level to any behaviour."""
    return any(isinstance(case.assessment[row.code].target, int) for row in case.framework.behaviours)

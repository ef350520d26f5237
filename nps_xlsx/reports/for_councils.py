"""The documents for each council, its action plan and its feedback, written by several processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from nps_xlsx.figures import Tables
from nps_xlsx.jobs import CORES, mapped
from nps_xlsx.model import Assessment
from nps_xlsx.reports.action_plan import all_action_plans
from nps_xlsx.reports.feedback import Withheld, all_feedback

PLANS, FEEDBACK = "action-plans", "feedback"
FOLDERS = (PLANS, FEEDBACK)
"""The folders with a file per council."""

_WORTH_SHARING = 40
"""Councils from which another process saves more time than it takes to start, which is a second."""
_PARTS = 4
"""Parts of the work per process: with fewer one may wait for the other, with more all is sent more often."""


@dataclass(frozen=True)
class ForCouncils:
    """What the documents for councils are written from."""

    assessments: tuple[Assessment, ...]
    """Of all rounds: each has an action plan."""
    tables: Tables
    families: Mapping[str, str]
    threshold: int
    withheld: Withheld
    """The behaviours that the page withholds, by group."""

    def documents(self, jobs: int | None = None) -> Iterator[tuple[str, bytes]]:
        """Each document's path in the folder of results, and its bytes, from so many processes."""
        numbers = {PLANS: len(self.assessments), FEEDBACK: len(self.tables.responses)}
        jobs = (jobs or CORES) if max(numbers.values()) >= _WORTH_SHARING else 1
        parts = [
            (folder, range(number * part // (jobs * _PARTS), number * (part + 1) // (jobs * _PARTS)))
            for folder, number in numbers.items()
            for part in range(jobs * _PARTS)
        ]
        for written in mapped(partial(_part, self), parts, jobs):
            yield from written


def _part(work: ForCouncils, part: tuple[str, range]) -> list[tuple[str, bytes]]:
    """The documents of one folder for the responses at some positions."""
    (folder, only), tables = part, work.tables
    short_names = {code: council.short_name for code, council in tables.register.by_code.items()}
    if folder == PLANS:
        written = all_action_plans(work.assessments, tables.framework, short_names, only)
    else:
        how = work.families, short_names, work.threshold, work.withheld
        written = all_feedback(tables, *how, only)
    return [(f"{folder}/{name}", content) for name, content in written]

"""The documents for each council, its action plan and its feedback, written by several processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nps_xlsx.figures import Tables
from nps_xlsx.figures.peers import Peers
from nps_xlsx.jobs import mapped
from nps_xlsx.model import Assessment
from nps_xlsx.reports.action_plan import action_plan_workbook
from nps_xlsx.reports.feedback import Withheld, feedback_for
from nps_xlsx.workbook.names import Distinct, file_stem

PLANS, FEEDBACK = "action-plans", "feedback"
FOLDERS = (PLANS, FEEDBACK)
"""The folders with a file per council."""

_WORTH_SHARING = 40
"""Councils from which another process saves more time than it takes to start, which is a second."""


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
        """Each document's path in the folder of results, and its bytes, from so many processes.

        No two paths are the same.
        """
        wanted = [
            (folder, position)
            for folder, some in ((PLANS, self.assessments), (FEEDBACK, self.tables.assessments))
            for position in range(len(some))
        ]
        jobs = jobs if len(self.assessments) >= _WORTH_SHARING else 1
        yield from zip(self._paths(), mapped(self.document, wanted, jobs), strict=True)

    def document(self, wanted: tuple[str, int]) -> bytes:
        """One document, by its folder and the position of the response that it is about."""
        folder, position = wanted
        if folder == PLANS:
            return action_plan_workbook(self.assessments[position], self.tables.framework)
        return feedback_for(self._peers, position)

    @cached_property
    def _peers(self) -> Peers:
        return Peers(self.tables, self.families, self.threshold, withheld=self.withheld)

    def _paths(self) -> Iterator[str]:
        initials, by_code = self.tables.framework.initials, self.tables.register.by_code
        kinds = ((PLANS, "action plan", self.assessments), (FEEDBACK, "feedback", self.tables.assessments))
        for folder, kind, assessments in kinds:
            distinct = Distinct()
            for own in assessments:
                council = by_code.get(own.gss_code)
                name = council.short_name if council else own.council
                yield f"{folder}/{distinct(file_stem(initials, own, name, kind))}.xlsx"

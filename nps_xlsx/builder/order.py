"""What a workbook is to be built from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from nps_xlsx import layout
from nps_xlsx.model import Assessment, Council, Framework
from nps_xlsx.stamp import TEMPLATE_VERSION, Stamp


@dataclass(frozen=True)
class Order:
    """What a workbook is to be built from.

    ``due``, ``contact`` and ``return_to`` appear on the first sheet; ``assessment`` fills
    the workbook with a council's answers (by default it is blank).
    """

    framework: Framework
    council: Council
    round: str
    due: dt.date | None = None
    contact: str = ""
    return_to: str = ""
    assessment: Assessment | None = None

    @cached_property
    def sheets(self) -> tuple[layout.AssessmentSheet, ...]:
        """The assessment sheets, in order."""
        return layout.assessment_sheets(self.framework)

    @property
    def answers(self) -> Assessment:
        """The answers to write: those given, or none."""
        return self.assessment or Assessment(self.council.gss_code, self.council.name, self.round, ())

    def stamp(self, sheet: str) -> Stamp:
        """The stamp of one sheet."""
        edition = self.framework.edition
        return Stamp(edition, TEMPLATE_VERSION, self.round, self.council.gss_code, sheet)

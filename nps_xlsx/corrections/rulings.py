"""A correction and a waiver, each with the row of the file that it stands in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from nps_xlsx import layout
from nps_xlsx.errors import UserError


class CorrectionsError(UserError):
    """A file of corrections or of waivers that cannot be used; everything wrong with it is told."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One value that counts instead of what a return says."""

    row: int
    file: str
    gss_code: str
    ref: str
    """The behaviour's code; empty where a detail of the return itself is corrected."""
    field: str
    value: str
    """The value as typed; empty where a blank counts."""
    reason: str
    who: str
    when: dt.date
    council: str = ""
    """The council's name, for messages."""
    unmet: str = dataclasses.field(default="", compare=False)
    """Why it met no return, where it met none."""

    def __str__(self) -> str:
        about = f"{self.ref} {self.field.replace('_', ' ')}".strip()
        whose = ", ".join(filter(None, (self.council or self.gss_code, self.file)))
        return f"correction in row {self.row} ({about}, {whose})" + (f": {self.unmet}" if self.unmet else "")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One kind of problem that is let pass, for one council or (without a code) for all."""

    row: int
    slug: str
    gss_code: str
    reason: str
    until: dt.date | None = None
    """The last day on which it holds; ``None`` where it has no end."""
    council: str = ""
    """The council's name, for messages."""
    has_ended: bool = dataclasses.field(default=False, compare=False)
    """Whether it was over on the day on which it was looked at."""

    def __str__(self) -> str:
        whose = self.council or self.gss_code or "all councils"
        ended = f": it ended on {layout.long_date(self.until)}" if self.has_ended and self.until else ""
        return f"waiver in row {self.row} ({self.slug}, {whose}){ended}"

"""A correction and a waiver, each with the row of the file that it stands in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from nps_xlsx.model import Place, Problem, Return
from nps_xlsx.model.problems import problem


@dataclass(frozen=True, slots=True)
class Correction:
    """One value that counts instead of what a return says."""

    row: int
    file: str
    """The return's ``source_file``, or the last part of it; empty where it is for all of the council's."""
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
    source: str = dataclasses.field(default="", compare=False)
    """The name of the file that it stands in."""
    unmet: str = dataclasses.field(default="", compare=False)
    """Why it met no return, where it met none."""
    is_older: bool = dataclasses.field(default=False, compare=False)
    """Whether it was put into no return since all that it is for are newer; they say so themselves."""

    def __str__(self) -> str:
        about = f"{self.ref} {self.field.replace('_', ' ')}".strip()
        whose = ", ".join(filter(None, (self.council or self.gss_code, self.file)))
        return f"correction in row {self.row} ({about}, {whose})" + (f": {self.unmet}" if self.unmet else "")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One kind of problem that is let pass: for one file, for one council or, without either, for all."""

    row: int
    slug: str
    gss_code: str
    reason: str
    until: dt.date | None = None
    """The last day on which it holds; ``None`` where it has no end."""
    council: str = ""
    """The council's name, for messages."""
    file: str = ""
    """The return's ``source_file``, or the last part of it; empty where it is for all."""
    source: str = dataclasses.field(default="", compare=False)
    """The name of the file that it stands in."""
    unmet: str = dataclasses.field(default="", compare=False)
    """Why it let nothing pass, where it did not."""

    def __str__(self) -> str:
        whose = ", ".join(filter(None, (self.council or self.gss_code, self.file))) or "all councils"
        return f"waiver in row {self.row} ({self.slug}, {whose})" + (f": {self.unmet}" if self.unmet else "")


def named(file: str, returns: Sequence[Return]) -> list[int]:
    """The places of the files that a ruling names: by the whole ``source_file``, else by its last part.

    All of them where it names none.
    """
    names = [returned.source_file for returned in returns]
    exact = [place for place, name in enumerate(names) if file in ("", name)]
    return exact or [place for place, name in enumerate(names) if name.rpartition("/")[2] == file]


NO_SUCH_FILE = "no such file was read"
SEVERAL_FILES = "several files have that name; give source_file as returns.csv has it"


def met_nothing(ruling: Correction | Waiver) -> Problem:
    """The problem with a ruling that met nothing, at its row in the file of rulings."""
    return problem("ruling-unmet", Place(ruling.source, "", f"A{ruling.row}"), ruling=str(ruling))

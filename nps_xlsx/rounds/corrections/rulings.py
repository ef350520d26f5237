"""A correction and a waiver, each with the row of the file that it is from."""

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
    """The return's ``source_file``, or the last part of it; empty if it is for all of the council's."""
    gss_code: str
    ref: str
    """The behaviour's code, or the key area's for what is in its head; empty for a detail of the return."""
    field: str
    value: str
    """The value as typed; empty if a blank counts."""
    reason: str
    who: str
    when: dt.date
    council: str = ""
    """The council's name, for messages."""
    source: str = dataclasses.field(default="", compare=False)
    """The name of the file that it is from."""
    unmet: str = dataclasses.field(default="", compare=False)
    """Why it was applied to no return, if it was not."""
    is_older: bool = dataclasses.field(default=False, compare=False)
    """Whether all returns that it is for are newer, so that it was applied to none: each says so itself."""

    def __str__(self) -> str:
        about = f"{self.ref} {self.field.replace('_', ' ')}".strip()
        whose = ", ".join(filter(None, (self.council or self.gss_code, self.file)))
        return f"correction in row {self.row} ({about}, {whose})" + (f": {self.unmet}" if self.unmet else "")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One kind of problem that is waived: for one file, for one council or, without either, for all."""

    row: int
    slug: str
    gss_code: str
    reason: str
    until: dt.date | None = None
    """The last day on which it holds; ``None`` if it has no end."""
    council: str = ""
    """The council's name, for messages."""
    file: str = ""
    """The return's ``source_file``, or the last part of it; empty if it is for all."""
    source: str = dataclasses.field(default="", compare=False)
    """The name of the file that it is from."""
    unmet: str = dataclasses.field(default="", compare=False)
    """Why it waived nothing, if it did not."""

    def __str__(self) -> str:
        whose = ", ".join(filter(None, (self.council or self.gss_code, self.file))) or "all councils"
        return f"waiver in row {self.row} ({self.slug}, {whose})" + (f": {self.unmet}" if self.unmet else "")


def named(file: str, returns: Sequence[Return]) -> list[int]:
    """The indices of the files that a ruling names: by the whole ``source_file``, else by its last part.

    All of them if it names none.
    """
    names = [returned.source_file for returned in returns]
    exact = [index for index, name in enumerate(names) if file in ("", name)]
    return exact or [index for index, name in enumerate(names) if name.rpartition("/")[2] == file]


NO_SUCH_FILE = "no such file was read"
SEVERAL_FILES = "several files have that name; give source_file as returns.csv has it"


def met_nothing(ruling: Correction | Waiver) -> Problem:
    """The problem with a ruling that applied to nothing, at its row in the file of rulings."""
    return problem("ruling-unmet", Place(ruling.source, "", f"A{ruling.row}"), ruling=str(ruling))

"""What became of councils between rounds (``successions.csv``), and whose history earlier answers are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from nps_xlsx.model import Assessment, Council
from nps_xlsx.model.dates import long_date
from nps_xlsx.register.councils import Register, council_of
from nps_xlsx.register.csvfile import CsvFile, CsvRow

FILE = "successions.csv"
COLUMNS = ("from", "to", "kind", "date")
HISTORY = "history"
"""A further column, which may be missing: keep or break, where the kind's own rule is not meant."""
RENAMED = "renamed"
_KEEPS = {RENAMED: True, "merged": False, "split": False}
"""The kinds, and whether the answers of the council before are the history of the one after."""
_WORDS = {RENAMED: "became", "merged": "became part of", "split": "was split into"}


@dataclass(frozen=True, slots=True)
class Succession:
    """One council after another."""

    before: Council
    after: Council
    kind: str
    day: dt.date
    keeps: bool
    """Whether the history of the council before goes on as that of the one after."""

    def __str__(self) -> str:
        names = self.before.short_name, self.after.short_name
        return f"{names[0]} {_WORDS[self.kind]} {names[1]} on {long_date(self.day)}"


@dataclass(frozen=True, slots=True)
class History:
    """An earlier round, as it may be compared with."""

    answers: Mapping[str, Assessment]
    """By the code that the council has now; those whose history is broken stay under a key of their own."""
    kept: tuple[str, ...]
    broken: tuple[str, ...]
    """What was carried over to another council, and what was not, in words."""


def load_successions(path: Path, register: Register) -> tuple[Succession, ...]:
    """Read successions: a CSV file with the columns from, to, kind (merged, split, renamed) and date.

    A further column history may say keep or break; otherwise only what was renamed keeps its history.

    Raises:
        CsvError: the file cannot be read, lacks a column, or has rows that cannot be used: all are reported.
    """
    file = CsvFile(path, COLUMNS)
    read = [(row, one) for row in file.rows if (one := _succession(row, register))]
    heirs = Counter((one.after.gss_code, one.day) for _, one in read if one.keeps)
    leavers = Counter((one.before.gss_code, one.day) for _, one in read if one.keeps)
    for row, one in read:
        if one.keeps and heirs[one.after.gss_code, one.day] > 1:
            row.fault(f"{one.after.name} would have two histories; keep one of them at most.")
        elif one.keeps and leavers[one.before.gss_code, one.day] > 1:
            row.fault(f"the history of {one.before.name} would go on twice; keep one of the rows.")
    file.refuse_faults("successions")
    return tuple(sorted((one for _, one in read), key=lambda one: one.day))


def _succession(row: CsvRow, register: Register) -> Succession | None:
    if not (row.filled("from") and row.filled("to") and row.filled("date")):
        return None
    before = council_of(row, register.with_former, ("from",))
    after, day, kind = council_of(row, register, ("to",)), row.day("date"), row["kind"].casefold()
    history = row[HISTORY].casefold()
    if kind not in _KEEPS:
        row.fault(f"kind is {row['kind']!r}; there are: {', '.join(_KEEPS)}")
    elif history not in ("", "keep", "break"):
        row.fault(f"history is {row[HISTORY]!r}; write keep or break, or leave it empty")
    elif before and after and day:
        if kind == RENAMED and before == after:
            row.fault(f"{before.name} cannot take its own place.")
        return Succession(before, after, kind, day, history == "keep" if history else _KEEPS[kind])
    return None


def ended_by(successions: Sequence[Succession], day: dt.date) -> dict[str, list[Succession]]:
    """The councils that are no more on a day, by code, with what became of each."""
    ended: dict[str, list[Succession]] = {}
    for one in successions:
        if one.day <= day:
            ended.setdefault(one.before.gss_code, []).append(one)
    stay = {one.after.gss_code for one in successions if one.day <= day}
    return {code: what for code, what in ended.items() if code not in stay}


def with_history(earlier: Mapping[str, Assessment], successions: Sequence[Succession]) -> History:
    """The answers of an earlier round, by the councils whose history they are now.

    Answers without a date count as given before every succession.
    """
    answers: dict[str, Assessment] = {}
    kept, broken = list[str](), list[str]()
    for code, own in earlier.items():
        path, is_broken = _followed(code, own, successions)
        words = "; ".join(map(str, path))
        heir = path[-1].after if path else None
        if is_broken or (heir and heir.gss_code != code and heir.gss_code in earlier):
            broken.append(words)
            answers[f"{code}, before"] = own
        elif heir:
            kept.append(words)
            answers[heir.gss_code] = replace(own, gss_code=heir.gss_code, council=heir.name)
        else:
            answers[code] = own
    return History(answers, tuple(kept), tuple(broken))


def _followed(code: str, own: Assessment, successions: Sequence[Succession]) -> tuple[list[Succession], bool]:
    """What became of the council that gave some answers, in order; whether its history ends there."""
    path: list[Succession] = []
    for day, same in groupby(successions, key=attrgetter("day")):
        rows = list(same)
        left = [one for one in rows if one.before.gss_code == code]
        grew = [one for one in rows if one.after.gss_code == code and one.kind != RENAMED]
        if (own.day and own.day >= day) or not (left or grew):
            continue
        heir = next((one for one in left if one.keeps), None)
        path.append(heir or (left or grew)[0])
        if heir is None:
            return path, True
        code = heir.after.gss_code
    return path, False

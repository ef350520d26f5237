"""Every published figure a second time: from answers.csv and the register alone, in fractions.

Nothing here comes from nps_xlsx, so that a fault there is not made here in the same way.
"""

from __future__ import annotations

import csv
import math
import statistics
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

Number = int | Fraction
Level = int | str | None
"""A level, ``NA``, or nothing."""

ALL = "All behaviours"
NOT_PRINCIPAL = ("Combined authority", "Strategic Regional Authority")


class Row(NamedTuple):
    """A scored behaviour, with where it belongs."""

    ref: str
    number: int
    short: str
    area: str
    """The code of its key area, as ``sheet`` is its name."""
    sheet: str
    theme: str


class Council(NamedTuple):
    code: str
    name: str
    region: str
    kind: str


class Entry(NamedTuple):
    """What one council said of one behaviour; ``last`` is its level of the earlier round."""

    council: Council
    row: Row
    current: Level
    target: Level
    last: int | None = None

    @property
    def level(self) -> int | None:
        return self.current if isinstance(self.current, int) else None

    @property
    def aim(self) -> int | None:
        return self.target if isinstance(self.target, int) else None

    @property
    def gap(self) -> int | None:
        return None if self.level is None or self.aim is None else self.aim - self.level

    @property
    def change(self) -> int | None:
        return None if self.level is None or self.last is None else self.level - self.last


# --- Reading


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_rows(folder: Path) -> list[Row]:
    """The scored behaviours of an edition, in its order."""
    root = tomllib.loads((folder / "framework.toml").read_text(encoding="utf-8"))
    rows = []
    apart = [root[key] for key in ("areas", "enablers") if key in root]
    for name in [*root.get("themes", ()), *apart]:
        part: dict[str, Any] = tomllib.loads((folder / name).read_text(encoding="utf-8"))
        for area in part["key_areas"]:
            own = area["name"] if "themes" in root and name == root.get("enablers") else ""
            names = (area["code"], area["sheet"], part.get("name", own))
            rows += [Row(r["code"], r["value_code"], r["short_name"], *names) for r in area["behaviours"]]
    return rows


def read_levels(folder: Path) -> tuple[dict[int, str], int | None]:
    """The names of the levels, and the number of the one that is a good result."""
    root = tomllib.loads((folder / "framework.toml").read_text(encoding="utf-8"))
    return {level["number"]: level["name"] for level in root["levels"]}, root.get("good")


def read_enablers(folder: Path) -> tuple[str, str]:
    """The code and the name of the area of enablers; empty if there is none."""
    root = tomllib.loads((folder / "framework.toml").read_text(encoding="utf-8"))
    if "enablers" not in root:
        return "", ""
    [area] = tomllib.loads((folder / root["enablers"]).read_text(encoding="utf-8"))["key_areas"]
    return area["code"], area["name"]


def read_level(text: str) -> Level:
    return int(text) if text.isdigit() else text or None


def middle(given: Sequence[Level]) -> Level:
    """The level that counts of several respondents': the middle one, the lower of two."""
    levels = [level for level in given if isinstance(level, int)]
    return statistics.median_low(levels) if levels else "NA" if "NA" in given else None


class Batch:
    """One round's answers as ``answers.csv`` has them, beside those of an earlier round."""

    def __init__(
        self, data: Path, answers: Path, before: Path | None = None, framework: Path | None = None
    ) -> None:
        folder = framework or data / "nps-2018"
        self.rows, (self.levels, self.good) = read_rows(folder), read_levels(folder)
        self.enablers = read_enablers(folder)
        self.labels = {number: f"{number} {name}" for number, name in self.levels.items()}
        register = read_csv(data / "councils.csv")
        self.known = {
            r["gss_code"]: Council(r["gss_code"], r["official_name"], r["region"], r["council_type"])
            for r in register
        }
        self.english = {r["gss_code"] for r in register if r["nation"] == "England"}
        self.given = self._given(answers)
        earlier = self._given(before) if before else {}
        codes = {code for code, _ in self.given}
        self.councils = sorted((self.known[code] for code in codes), key=lambda c: c.name.casefold())
        self.entries = [self._entry(c, row, earlier) for c in self.councils for row in self.rows]
        self.before = [
            Entry(self.known[code], row, middle([current for current, _ in earlier[code, row.ref]]), None)
            for code in sorted({code for code, _ in earlier})
            for row in self.rows
        ]
        principal = {c.code for c in self.known.values() if c.kind not in NOT_PRINCIPAL} & self.english
        self.asked = [self.known[code] for code in sorted(principal | codes)]

    def _given(self, path: Path) -> dict[tuple[str, str], list[tuple[Level, Level]]]:
        """What each respondent of a council gave as the levels of a scored behaviour."""
        found: dict[tuple[str, str], list[tuple[Level, Level]]] = {}
        for line in read_csv(path):
            if line["value_code"]:
                said = (read_level(line["current"]), read_level(line["target"]))
                found.setdefault((line["gss_code"], line["ref"]), []).append(said)
        return found

    def _entry(
        self, council: Council, row: Row, earlier: Mapping[tuple[str, str], list[tuple[Level, Level]]]
    ) -> Entry:
        said = self.given[council.code, row.ref]
        last = middle([current for current, _ in earlier.get((council.code, row.ref), [])])
        current, target = middle([one for one, _ in said]), middle([one for _, one in said])
        return Entry(council, row, current, target, last if isinstance(last, int) else None)

    @property
    def areas(self) -> list[Row]:
        """A row of each key area, the enablers as the last."""
        return list({row.area: row for row in self.rows}.values())

    @property
    def themes(self) -> list[str]:
        return list(filter(None, dict.fromkeys(row.theme for row in self.rows)))

    def about(self, name: str, entries: Sequence[Entry] | None = None) -> list[Entry]:
        """The answers on everything, a theme, a key area or a behaviour."""
        return [
            one
            for one in (self.entries if entries is None else entries)
            if name in (ALL, one.row.theme, one.row.area, one.row.sheet, one.row.ref)
        ]

    def of(self, council: Council) -> list[Entry]:
        """The council's own answers, in the framework's order."""
        return self._by_code[council.code]

    @cached_property
    def _by_code(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for one in self.entries:
            found.setdefault(one.council.code, []).append(one)
        return found


# --- Statistics


def known(values: Iterable[int | None]) -> list[int]:
    return [value for value in values if value is not None]


def mean(values: Iterable[Number | None]) -> Fraction | None:
    given = [Fraction(value) for value in values if value is not None]
    return sum(given, Fraction()) / len(given) if given else None


def tenth(value: Number | None) -> Fraction | None:
    """To one decimal, halves away from zero."""
    return None if value is None else tenth_of(value)


def tenth_of(value: Number) -> Fraction:
    size = Fraction(math.floor(abs(Fraction(value)) * 10 + Fraction(1, 2)), 10)
    return size if value > 0 else -size


def per_cent(part: int, whole: int) -> int:
    """A share in whole per cent, halves up."""
    return math.floor(Fraction(100 * part, whole) + Fraction(1, 2))


def nearest(value: Fraction | None, levels: Mapping[int, str]) -> str | None:
    """The name of the nearest level, halves down."""
    return None if value is None else levels[math.ceil(value - Fraction(1, 2))]


def quartiles(values: Collection[Number]) -> tuple[Fraction, Fraction, Fraction]:
    """Lower quartile, median and upper quartile: in order, between two of them in proportion."""
    ordered = sorted(Fraction(value) for value in values)

    def at(share: Fraction) -> Fraction:
        place = share * (len(ordered) - 1)
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    return at(Fraction(1, 4)), at(Fraction(1, 2)), at(Fraction(3, 4))


def ranks(values: Mapping[str, Fraction]) -> dict[str, int]:
    """The rank of each, the greatest first; equals share the best of their ranks."""
    found = {name: 1 + sum(other > value for other in values.values()) for name, value in values.items()}
    return dict(sorted(found.items(), key=lambda one: one[1]))


# --- One council beside the others


class Shown(NamedTuple):
    """Whose figure is shown, and what it is."""

    kind: str = ""
    councils: int = 0
    median: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None


BROADER = {"all": (), "region": ("all",), "type": ("all",), "family": ("type", "all")}
FEW, QUARTILES_FROM = 5, 8

Measure = tuple[str, str]
"""``level`` or ``step`` of a behaviour; ``average`` or ``move`` of a key area or of everything."""

Quartiles = tuple[int, Fraction | None, Fraction | None, Fraction | None]


@dataclass(frozen=True)
class Peers:
    """The medians and quartiles that each council is shown of its groups."""

    batch: Batch
    families: Mapping[str, str]
    withheld: Mapping[tuple[str, str], set[str]] = field(default_factory=dict)
    """The behaviours whose levels the page withholds, by kind and name of a group."""
    _quartiles: dict[tuple[str, str, Measure], Quartiles] = field(default_factory=dict, repr=False)
    _kinds: dict[tuple[str, Measure], dict[str, set[str]]] = field(default_factory=dict, repr=False)

    def groups(self, council: Council) -> dict[str, str]:
        """The council's groups by kind."""
        groups = {"all": "All councils", "region": council.region, "type": council.kind}
        family = self.families.get(council.code)
        return groups | ({"family": f"Family {family}"} if family else {})

    @cached_property
    def values(self) -> dict[Measure, dict[str, Fraction]]:
        """Each measure of each council that gave it."""
        found: dict[Measure, dict[str, Fraction]] = {}
        ways: list[tuple[str, str, Callable[[Entry], int | None]]] = [
            ("level", "average", lambda one: one.level),
            ("step", "move", lambda one: one.change),
        ]
        for council in self.batch.councils:
            own = self.batch.of(council)
            for single, several, of in ways:
                some = {(single, one.row.ref): mean([of(one)]) for one in own}
                some |= {
                    (several, name): mean(map(of, self.batch.about(name, own)))
                    for name in (ALL, *(row.area for row in self.batch.areas))
                }
                for measure, value in some.items():
                    if value is not None:
                        found.setdefault(measure, {})[council.code] = value
        return found

    @cached_property
    def members(self) -> dict[tuple[str, str], set[str]]:
        """The councils of each group."""
        found: dict[tuple[str, str], set[str]] = {}
        for council in self.batch.councils:
            for group in self.groups(council).items():
                found.setdefault(group, set()).add(council.code)
        return found

    def others(self, council: Council, kind: str, measure: Measure) -> set[str]:
        """The others of the council's group that gave a figure."""
        group = (kind, self.groups(council)[kind])
        return (self.members[group] & self.values.get(measure, {}).keys()) - {council.code}

    def kinds(self, council: Council, measure: Measure) -> dict[str, set[str]]:
        """The groups that may be shown: enough others gave it, and by enough each differs from the others.

        And in none of them, nor in what lies between two, are all but one at one level.  Worked out once.
        """
        if (council.code, measure) in self._kinds:
            return self._kinds[council.code, measure]
        shown = self._kinds[council.code, measure] = {}
        for kind, name in self.groups(council).items():
            members = self.members[kind, name] & self.values.get(measure, {}).keys()
            apart = [members ^ other for other in shown.values()]
            is_near = any(0 < len(few) < FEW for few in apart)
            is_few = len(members - {council.code}) < FEW
            if not (is_few or is_near or self.are_alike((kind, name), measure, [members, *apart])):
                shown[kind] = members
        return shown

    def are_alike(self, group: tuple[str, str], measure: Measure, councils: Sequence[set[str]]) -> bool:
        """Whether one who takes its own level away may be left with one level for all the rest."""
        kind, ref = measure
        if kind not in ("level", "step"):
            return False
        levels = self.values["level", ref]
        spread = [Counter(levels[code] for code in some) for some in councils if some]
        hidden = self.withheld.get(("all", "All councils"), set()) | self.withheld.get(group, set())
        return ref in hidden or any(own.total() - max(own.values()) < 2 for own in spread)

    def shown(self, council: Council, kind: str, measure: Measure) -> Shown:
        """The figure of the council's group, or of the next broader one that may be shown."""
        may_show = self.kinds(council, measure)
        for wide in (kind, *BROADER[kind]):
            if wide in may_show:
                others = self.others(council, wide, measure)
                count, low, median, high = self.over(wide, self.groups(council)[wide], measure)
                if len(others) < QUARTILES_FROM:
                    low = high = None
                return Shown(wide, count, median, low, high)
        return Shown()

    def over(self, kind: str, name: str, measure: Measure) -> Quartiles:
        """How many of a group gave a figure, with their quartiles to one decimal; worked out once."""
        if (kind, name, measure) not in self._quartiles:
            values = self.values[measure]
            some = [value for code, value in values.items() if code in self.members[kind, name]]
            low, median, high = map(tenth, quartiles(some))
            self._quartiles[kind, name, measure] = len(some), low, median, high
        return self._quartiles[kind, name, measure]

    def own(self, council: Council, measure: Measure) -> Fraction | None:
        return tenth(self.values.get(measure, {}).get(council.code))

    def reach(self, council: Council, kind: str, ref: str, level: int) -> tuple[int, int] | None:
        """How many of the others are at a level or above, of how many; of a group that may be shown."""
        if kind not in self.kinds(council, ("level", ref)):
            return None
        others = self.others(council, kind, ("level", ref))
        values = self.values["level", ref]
        return sum(values[code] >= level for code in others), len(others)

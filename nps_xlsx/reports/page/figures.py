"""The figures of the page as plain data: for each group that may be shown, counts and nothing else.

A group's figures are sums over cells (the councils of one region and type), as are those that
``figures.disclosure`` decides on.  The page calculates averages from counts and sums, so that they agree
exactly with the figures beside them.

The page is read beside the publication, so it shows no row and no group that is withheld there, and
nothing from which one could be worked out with the publication's figures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from nps_xlsx.figures import Asked, Tables
from nps_xlsx.figures.disclosure.groups import Shown, cells_of, councils_in
from nps_xlsx.figures.disclosure.members import Cell, Group, holds
from nps_xlsx.model import Framework

Data = dict[str, Any]
"""What becomes JSON."""


def figures(tables: Tables, asked: Asked, shown: Shown) -> Data:
    """Everything that the page shows about groups of councils, and the response by region and type."""
    regions, kinds = _choices(tables, asked)
    published = shown.published
    totals = _totals(tables)
    groups = {
        f"{_choice(regions, region)},{_choice(kinds, kind)}": _group(
            (region, kind), tables.framework, totals, shown
        )
        for region, kind in shown.levels
    }
    return {
        "regions": regions,
        "types": kinds,
        "threshold": published.threshold,
        "scale": [{"number": level.number, "label": level.label} for level in tables.framework.levels],
        "areas": _areas(tables.framework),
        "responses": _responses(asked, regions, kinds),
        "compared": bool(tables.previous),
        "partial": bool(groups) and shown.is_partial,
        "groups": groups,
    }


# --- Their figures


@dataclass(slots=True)
class _Totals:
    """Sums over some councils."""

    councils: int = 0
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many gave each level (by number), "NA" or "none" (nothing), by behaviour."""
    targets: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    """Answers with a level in both rounds, by key area."""
    steps: dict[str, int] = field(default_factory=dict)
    """By how many levels these rose in total, by key area."""

    def add(self, other: _Totals) -> None:
        self.councils += other.councils
        self.levels += other.levels
        self.targets += other.targets
        self.pairs += other.pairs
        # Not a Counter: adding Counters drops what is below zero.
        for area, steps in other.steps.items():
            self.steps[area] = self.steps.get(area, 0) + steps


def _totals(tables: Tables) -> dict[Cell, _Totals]:
    totals: dict[Cell, _Totals] = {}
    for cell, count in councils_in(tables.councils).items():
        totals.setdefault(cell, _Totals()).councils += count
    for cell, ref, area, current, target, earlier, not_applicable in _rows(tables.answers):
        own = totals.setdefault(cell, _Totals())
        own.levels[ref, _key(current, "NA" if not_applicable else "none")] += 1
        own.targets[ref, _key(target, "none")] += 1
        if not math.isnan(current - earlier):
            own.pairs[area] += 1
            own.steps[area] = own.steps.get(area, 0) + int(current - earlier)
    return totals


def _rows(answers: pd.DataFrame) -> Iterator[tuple[Cell, str, str, float, float, float, bool]]:
    columns = [answers[name] for name in ("ref", "area", "current", "target", "last", "not_applicable")]
    for cell, *rest in zip(cells_of(answers), *columns, strict=True):
        ref, area, current, target, earlier, not_applicable = rest
        yield cell, str(ref), str(area), float(current), float(target), float(earlier), bool(not_applicable)


def _key(level: float, otherwise: str) -> str:
    return otherwise if math.isnan(level) else str(int(level))


def _group(group: Group, framework: Framework, totals: Mapping[Cell, _Totals], shown: Shown) -> Data:
    """What is shown of a group: by behaviour, in order, how many are at each level; ``None`` if withheld."""
    whole, published = _Totals(), shown.published
    levels, targets = (shown.alike.get(which, {}).get(group, ()) for which in ("current", "target"))
    for cell, own in totals.items():
        if holds(group, cell):
            whole.add(own)
    numbers = [str(level.number) for level in framework.levels]
    refs = [behaviour.code for behaviour in framework.behaviours]
    areas = [area.code for area in framework.scored_areas]
    return {
        "councils": whole.councils,
        "levels": [
            [whole.levels[ref, key] for key in (*numbers, "NA", "none")]
            if ("ref", ref) not in published.current and ref not in levels
            else None
            for ref in refs
        ],
        "targets": [
            [whole.targets[ref, number] for number in numbers]
            if ("ref", ref) not in published.targets and ref not in targets
            else None
            for ref in refs
        ]
        if group in shown.targets
        else None,
        "change": [
            [whole.pairs[area], whole.steps.get(area, 0)] if ("area", area) not in published.same else None
            for area in areas
        ]
        if group in shown.change
        else None,
    }


# --- What is there to choose from


def _choices(tables: Tables, asked: Asked) -> tuple[list[str], list[str]]:
    """The regions by name, and the types of council, most frequent first."""
    listed = Counter((council.region, council.council_type) for council in asked.councils.councils)
    everyone = listed | councils_in(tables.councils)
    kinds: Counter[str] = Counter()
    for (_, kind), count in everyone.items():
        kinds[kind] += count
    return sorted({region for region, _ in everyone}), sorted(kinds, key=lambda kind: (-kinds[kind], kind))


def _responses(asked: Asked, regions: Sequence[str], kinds: Sequence[str]) -> list[list[int]]:
    """For each region and type, by their numbers: how many returned, and how many were asked."""
    councils = asked.councils.councils
    whole = Counter((council.region, council.council_type) for council in councils)
    back = Counter((c.region, c.council_type) for c in councils if c.gss_code in asked.returned)
    return [
        [_choice(regions, region), _choice(kinds, kind), back[region, kind], count]
        for (region, kind), count in sorted(whole.items())
    ]


def _choice(names: Sequence[str], name: str | None) -> int:
    """The number of a choice in its list; 0 stands for all."""
    return 0 if name is None else names.index(name) + 1


def _areas(framework: Framework) -> list[Data]:
    return [
        {
            "name": area.name,
            "short": area.sheet,
            "behaviours": [f"{row.code} {row.short_name}" for row in area.behaviours],
        }
        for area in framework.scored_areas
    ]

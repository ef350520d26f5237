"""The figures of the page as plain data: for each group that may be shown, counts and nothing else.

Every group's figures are sums over cells (the councils of one region and type), as are those that
``figures.disclosure`` decides on.  Averages are made in the page from counts and sums, so that each is as
exact as the figures that it is shown with.

The page is read beside the publication, so it shows no row and no group that is withheld there, and
nothing from which one could be worked out with the publication's own figures.
"""

from __future__ import annotations

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
    """All that the page shows of groups of councils, response by response map included."""
    regions, kinds = _places(tables, asked)
    published = shown.published
    cells = _by_cell(tables)
    groups = {
        f"{_number(regions, region)},{_number(kinds, kind)}": _group((region, kind), cells, shown)
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
    aims: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    """Answers with a level in both rounds, by key area."""
    steps: dict[str, int] = field(default_factory=dict)
    """By how many levels these rose, all together."""

    def add(self, other: _Totals) -> None:
        self.councils += other.councils
        self.levels += other.levels
        self.aims += other.aims
        self.pairs += other.pairs
        # No counter: adding counters drops what is below zero.
        for area, steps in other.steps.items():
            self.steps[area] = self.steps.get(area, 0) + steps


@dataclass(frozen=True, slots=True)
class _Cells:
    framework: Framework
    totals: Mapping[Cell, _Totals]


def _by_cell(tables: Tables) -> _Cells:
    totals: dict[Cell, _Totals] = {}
    for cell, count in councils_in(tables.councils).items():
        totals.setdefault(cell, _Totals()).councils += count
    for cell, ref, area, current, target, last, not_applicable in _rows(tables.answers):
        own = totals.setdefault(cell, _Totals())
        own.levels[ref, _said(current, "NA" if not_applicable else "none")] += 1
        own.aims[ref, _said(target, "none")] += 1
        if current == current and last == last:
            own.pairs[area] += 1
            own.steps[area] = own.steps.get(area, 0) + int(current - last)
    return _Cells(tables.framework, totals)


def _rows(answers: pd.DataFrame) -> Iterator[tuple[Cell, str, str, float, float, float, bool]]:
    columns = [answers[name] for name in ("ref", "area", "current", "target", "last", "not_applicable")]
    for cell, *rest in zip(cells_of(answers), *columns, strict=True):
        ref, area, current, target, last, not_applicable = rest
        yield cell, str(ref), str(area), float(current), float(target), float(last), bool(not_applicable)


def _said(level: float, otherwise: str) -> str:
    return str(int(level)) if level == level else otherwise


def _group(group: Group, cells: _Cells, shown: Shown) -> Data:
    """What a group shows: by behaviour, in order, how many are at each level; nothing where withheld."""
    whole, published = _Totals(), shown.published
    levels, aims = (shown.alike.get(which, {}).get(group, ()) for which in ("current", "target"))
    for cell, own in cells.totals.items():
        if holds(group, cell):
            whole.add(own)
    numbers = [str(level.number) for level in cells.framework.levels]
    refs = [behaviour.code for behaviour in cells.framework.behaviours]
    areas = [area.code for area in cells.framework.scored_areas]
    return {
        "councils": whole.councils,
        "levels": [
            [whole.levels[ref, said] for said in (*numbers, "NA", "none")]
            if ("ref", ref) not in published.current and ref not in levels
            else None
            for ref in refs
        ],
        "aims": [
            [whole.aims[ref, said] for said in numbers]
            if ("ref", ref) not in published.aims and ref not in aims
            else None
            for ref in refs
        ]
        if group in shown.aims
        else None,
        "change": [
            [whole.pairs[area], whole.steps.get(area, 0)] if ("area", area) not in published.same else None
            for area in areas
        ]
        if group in shown.change
        else None,
    }


# --- What is there to choose from


def _places(tables: Tables, asked: Asked) -> tuple[list[str], list[str]]:
    """The regions by name, and the types of council, the most frequent first."""
    listed = Counter((council.region, council.council_type) for council in asked.councils.councils)
    everyone = listed | councils_in(tables.councils)
    kinds: Counter[str] = Counter()
    for (_, kind), count in everyone.items():
        kinds[kind] += count
    return sorted({region for region, _ in everyone}), sorted(kinds, key=lambda kind: (-kinds[kind], kind))


def _responses(asked: Asked, regions: Sequence[str], kinds: Sequence[str]) -> list[list[int]]:
    """For each region and type, by their places: how many returned, and how many were asked."""
    councils = asked.councils.councils
    whole = Counter((council.region, council.council_type) for council in councils)
    back = Counter((c.region, c.council_type) for c in councils if c.gss_code in asked.returned)
    return [
        [_number(regions, region), _number(kinds, kind), back[region, kind], count]
        for (region, kind), count in sorted(whole.items())
    ]


def _number(names: Sequence[str], name: str | None) -> int:
    """The place of a choice in its list, in which the first stands for all."""
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

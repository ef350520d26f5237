"""The figures of the page as plain data: for each group that may be shown, counts and nothing else.

Every group's figures are sums over cells (the councils of one region and type), as are those that
``figures.disclosure`` decides on.  Averages are made in the page from counts and sums, so that each is as
exact as the figures that it is shown with.

The page is read beside the publication, so it shows no row and no group that is withheld there, and
nothing from which one could be worked out with the publication's own figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from nps_xlsx.figures import Asked, Tables
from nps_xlsx.figures.disclosure.groups import publishable
from nps_xlsx.figures.disclosure.members import EVERYONE, Cell, Group, holds, withheld_counts
from nps_xlsx.figures.disclosure.tables import ALL, Publishable, RowName
from nps_xlsx.model import FACTS, Framework

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
        "partial": bool(
            groups and (published.current | published.aims | _unmoved(published) or any(shown.alike.values()))
        ),
        "groups": groups,
    }


# --- Which groups


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a run may be in the page, beside its publication: the groups of levels, targets and change."""

    published: Publishable
    levels: tuple[Group, ...]
    aims: frozenset[Group]
    change: frozenset[Group]
    alike: Mapping[str, Mapping[Group, frozenset[str]]] = field(default_factory=dict)
    """By ``current`` and ``target``: for each group the behaviours that would tell a member too much."""

    @property
    def too_alike(self) -> Mapping[Group, frozenset[str]]:
        """For each group, the behaviours of which no feedback shows its levels either."""
        rows = frozenset(code for by, code in self.published.current if by == "ref")
        found = dict(self.alike.get("current", {}))
        return {**found, EVERYONE: rows} if rows else found


def allowed(tables: Tables, facts: Sequence[str], threshold: int) -> Shown:
    """What may be shown; ``facts`` are the columns of the register by which the publication groups."""
    published = Publishable(tables, facts, threshold)
    found = _groups(published)
    if not published.threshold:
        return found
    groups = {"current": found.levels, "target": found.aims}
    return replace(
        found, alike={which: _too_alike(published, which, own) for which, own in groups.items() if own}
    )


def _too_alike(published: Publishable, which: str, groups: Collection[Group]) -> dict[Group, frozenset[str]]:
    """For each group, the behaviours whose counts are withheld from it (see ``members``)."""
    tables = published.tables
    rows = tables.answers.pivot_table(index="place", columns="ref", values=which).fillna(0)
    councils = tables.councils.loc[rows.index]
    cells = list(_cells(councils))
    gone = published.current if which == "current" else published.aims
    found: dict[Group, frozenset[str]] = {}
    for area in published.areas:
        refs = [row.code for row in area.behaviours if ("ref", row.code) not in gone and row.code in rows]
        levels = {ref: [int(level) for level in rows[ref]] for ref in refs}
        withheld, hidden = withheld_counts(levels, cells, groups)
        for group in hidden:
            found[group] = found.get(group, frozenset()) | withheld
    return found


def _groups(published: Publishable) -> Shown:
    if published.is_too_few:
        return Shown(published, (), frozenset(), frozenset())
    answers = published.tables.answers
    levels = answers[answers["current"].notna()]
    aims = answers[answers["target"].notna()]
    pairs = levels[levels["last"].notna()]
    public = _public(published)
    own = [_councils(published.tables.councils), *_fine(levels)]
    groups = (EVERYONE,) if published.current else _safe(published, public, own, _broad(levels))
    return Shown(
        published,
        levels=groups,
        aims=_of_these(groups, _safe(published, public, [*_broad(aims), *_fine(aims)]), published.aims),
        change=_of_these(groups, _safe(published, public, _broad(pairs)), _unmoved(published)),
    )


def _unmoved(published: Publishable) -> frozenset[RowName]:
    """The key areas, or everything, of which the change is withheld; the page shows no finer one."""
    return frozenset(row for row in published.same if row[0] in (ALL[0], "area"))


def _of_these(
    groups: Sequence[Group], safe: Sequence[Group], withheld: Collection[RowName]
) -> frozenset[Group]:
    """The groups that are safe here too; only everyone where rows are withheld.

    Else a group's total less its rows would tell of the rows withheld.
    """
    if ALL in withheld:
        return frozenset()
    return frozenset([EVERYONE]) if withheld else frozenset(groups) & frozenset(safe)


def _public(published: Publishable) -> list[Group]:
    """The regions and types that are in the publication, and everyone."""
    names = {
        fact: [name for name in published.groups[fact] if name not in published.hidden_groups[fact]]
        for fact in FACTS
    }
    regions, kinds = (names[fact] for fact in FACTS)
    return [EVERYONE, *((region, None) for region in regions), *((None, kind) for kind in kinds)]


def _safe(
    published: Publishable,
    public: Sequence[Group],
    councils: Sequence[Counter[Cell]],
    known_of: Sequence[Counter[Cell]] = (),
) -> tuple[Group, ...]:
    """The groups of which these figures may be shown beside the publication.

    Types within regions are among them only where nothing but regions and types is published.
    """
    crossed = set(_councils(published.tables.councils)) if set(published.facts) == set(FACTS) else set()
    return publishable(
        councils,
        published.threshold,
        candidates={*public, *crossed},
        known=public,
        known_of=known_of,
    )


def _broad(answers: pd.DataFrame) -> list[Counter[Cell]]:
    """The councils that gave any of these answers, and those that gave one in each key area."""
    return [_councils(answers), *(_councils(own) for _, own in answers.groupby("area", sort=False))]


def _fine(answers: pd.DataFrame) -> list[Counter[Cell]]:
    """The councils that gave each behaviour's answer."""
    return [_councils(own) for _, own in answers.groupby("ref", sort=False)]


def _councils(frame: pd.DataFrame) -> Counter[Cell]:
    columns = [frame[name].to_numpy(object) for name in ("gss_code", *FACTS)]
    return Counter((str(region), str(kind)) for _, region, kind in dict.fromkeys(zip(*columns, strict=True)))


def _cells(frame: pd.DataFrame) -> Iterator[Cell]:
    """The region and type of each row."""
    return zip(frame["region"].map(str), frame["council_type"].map(str), strict=True)


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
    for cell, count in _councils(tables.councils).items():
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
    for cell, *rest in zip(_cells(answers), *columns, strict=True):
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
    everyone = listed | _councils(tables.councils)
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

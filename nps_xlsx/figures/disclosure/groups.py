"""For which groups of councils the page may hold figures: all, a region, a type, a type within a region.

The page is read beside the publication, so its groups are safe only if no sum or difference of their totals
and of those published, with whatever factors, rests on fewer councils than the threshold (see ``sums``).
``rows`` protects tables by one fact at a time, with each fact's parts adding up to the whole.  Here the two
facts are crossed, and any choice of groups may be asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pandas as pd

from nps_xlsx.figures.disclosure.members import EVERYONE, Cell, Group, holds, withheld_counts
from nps_xlsx.figures.disclosure.sums import Sum, Sums
from nps_xlsx.figures.disclosure.tables import ALL, Publishable, RowName
from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import FACTS
from nps_xlsx.model.scores import THRESHOLD

# --- What of a run may be shown


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a run may be in the page, beside its publication: the groups of levels, targets and change."""

    published: Publishable
    levels: tuple[Group, ...]
    targets: frozenset[Group]
    change: frozenset[Group]
    alike: Mapping[str, Mapping[Group, frozenset[str]]] = field(default_factory=dict)
    """By ``current`` and ``target``: for each group the behaviours that would say too much to a member."""

    @property
    def too_alike(self) -> Mapping[Group, frozenset[str]]:
        """For each group, the behaviours whose levels no feedback shows for it either."""
        rows = frozenset(code for by, code in self.published.current if by == "ref")
        found = dict(self.alike.get("current", {}))
        return {**found, EVERYONE: rows} if rows else found

    @property
    def is_partial(self) -> bool:
        """Whether a row is withheld from any group that is shown."""
        rows = self.published.current | self.published.targets | _unmoved(self.published)
        return bool(rows) or any(self.alike.values())


def allowed(tables: Tables, facts: Sequence[str] = FACTS, threshold: int = THRESHOLD) -> Shown:
    """What may be shown; ``facts`` are the columns of the register by which the publication groups."""
    published = Publishable(tables, facts, threshold)
    shown = _groups(published)
    if not published.threshold:
        return shown
    groups = {"current": shown.levels, "target": shown.targets}
    return replace(
        shown, alike={which: _too_alike(published, which, own) for which, own in groups.items() if own}
    )


def _too_alike(published: Publishable, which: str, groups: Collection[Group]) -> dict[Group, frozenset[str]]:
    """For each group, the behaviours whose counts are withheld from it (see ``members``)."""
    tables = published.tables
    rows = tables.answers.pivot_table(index="position", columns="ref", values=which).fillna(0)
    cells = list(cells_of(tables.councils.loc[rows.index]))
    gone = published.current if which == "current" else published.targets
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
    targets = answers[answers["target"].notna()]
    pairs = levels[levels["last"].notna()]
    public = _public(published)
    own = [councils_in(published.tables.councils), *_by(levels, "ref")]
    # Types within regions are safe only if nothing but regions and types is published.
    crossed = own[0] if set(published.facts) == set(FACTS) else ()
    safe = partial(publishable, threshold=published.threshold, candidates={*public, *crossed}, known=public)
    groups = (EVERYONE,) if published.current else safe(own, known_of=_broad(levels))
    return Shown(
        published,
        levels=groups,
        targets=_of_these(groups, safe([*_broad(targets), *_by(targets, "ref")]), published.targets),
        change=_of_these(groups, safe(_broad(pairs)), _unmoved(published)),
    )


def _unmoved(published: Publishable) -> frozenset[RowName]:
    """The key areas, or everything, whose change is withheld; the page shows none in more detail."""
    return frozenset(row for row in published.same if row[0] in (ALL[0], "area"))


def _of_these(
    groups: Sequence[Group], safe: Sequence[Group], withheld: Collection[RowName]
) -> frozenset[Group]:
    """The groups that are safe here too; only everyone if rows are withheld.

    Otherwise a group's total less the rows shown would give the rows withheld.
    """
    if ALL in withheld:
        return frozenset()
    return frozenset([EVERYONE]) if withheld else frozenset(groups) & frozenset(safe)


def _public(published: Publishable) -> list[Group]:
    """The regions and types that are in the publication, and everyone."""
    regions, kinds = (sorted(published.groups[fact].keys() - published.hidden_groups[fact]) for fact in FACTS)
    return [EVERYONE, *((region, None) for region in regions), *((None, kind) for kind in kinds)]


def _broad(answers: pd.DataFrame) -> list[Counter[Cell]]:
    """The councils that gave any of these answers, and those that gave one in each key area."""
    return [councils_in(answers), *_by(answers, "area")]


def _by(answers: pd.DataFrame, column: str) -> list[Counter[Cell]]:
    """The councils that gave each key area's answers, or each behaviour's."""
    return [councils_in(own) for _, own in answers.groupby(column, sort=False)]


def councils_in(frame: pd.DataFrame) -> Counter[Cell]:
    """How many councils these answers are of, by region and type."""
    columns = [frame[name].to_numpy(object) for name in ("gss_code", *FACTS)]
    return Counter((str(region), str(kind)) for _, region, kind in dict.fromkeys(zip(*columns, strict=True)))


def cells_of(frame: pd.DataFrame) -> Iterator[Cell]:
    """The region and type of each row."""
    return zip(frame["region"].map(str), frame["council_type"].map(str), strict=True)


# --- Any choice of groups


def size(group: Group, councils: Counter[Cell]) -> int:
    """How many councils are in a group."""
    return sum(count for cell, count in councils.items() if holds(group, cell))


def publishable(
    councils: Sequence[Counter[Cell]],
    threshold: int,
    *,
    candidates: Collection[Group] | None = None,
    known: Collection[Group] = (),
    known_of: Sequence[Counter[Cell]] = (),
) -> tuple[Group, ...]:
    """The groups whose figures may be published together: everyone, regions, types, types within regions.

    Each of ``councils`` counts those that some figure rests on; the first says how large a group is.  A
    figure that nobody gave needs no protection.  Groups are taken up one by one, the larger first,
    for as long as all stay safe; of a few orders to begin with, the one that shows most counts.

    Only ``candidates`` are taken up, if these are given.  Of the figures that ``known_of`` counts the
    totals of the ``known`` groups are public already.
    """
    given = [counter for counter in councils if any(counter.values())]
    if not given:
        return ()
    public = {_capped(counter, threshold): known for counter in known_of if any(counter.values())}
    sums = [
        with_totals(Sums(dict(counter)), groups)
        for counter, groups in ({_capped(counter, threshold): () for counter in given} | public).items()
    ]
    orders = [
        [group for group in order if candidates is None or group in candidates] for order in _orders(given[0])
    ]
    ways = [_taken_up(order, sums, threshold) for order in orders]
    best = max(ways, key=lambda groups: _worth(groups, given[0]))
    return tuple(sorted(best, key=lambda group: (_depth(group), group[0] or "", group[1] or "")))


def _capped(councils: Counter[Cell], threshold: int) -> frozenset[tuple[Cell, int]]:
    """Its sizes up to the threshold, as more make no difference: many counters are alike then."""
    return frozenset((cell, min(count, max(threshold, 1))) for cell, count in councils.items() if count)


def with_totals(sums: Sums, groups: Iterable[Group]) -> Sums:
    """The sums of these groups' totals as well."""
    for group in groups:
        sums = sums.plus(Sum({cell: 1 for cell in sums.sizes if holds(group, cell)}))
    return sums


def _taken_up(order: Sequence[Group], sums: Sequence[Sums], threshold: int) -> list[Group]:
    """The groups of this order that are safe with those before them; none if not even the first is."""
    chosen: list[Group] = []
    for group in order:
        more = []
        for one in sums:
            more.append(with_totals(one, [group]))
            if more[-1].reveals(threshold) is not None:
                break
        else:
            chosen.append(group)
            sums = more
        if not chosen:
            return []
    return chosen


def _orders(councils: Counter[Cell]) -> list[list[Group]]:
    """Regions first, or types first; within each the larger first, and crossed groups last."""
    regions: list[Group] = [(region, None) for region, _ in councils]
    kinds: list[Group] = [(None, kind) for _, kind in councils]

    def by_size(groups: Iterable[Group]) -> list[Group]:
        return sorted(set(groups), key=lambda group: (-size(group, councils), str(group)))

    crossed = by_size(councils)
    return [
        [EVERYONE, *by_size(regions), *by_size(kinds), *crossed],
        [EVERYONE, *by_size(kinds), *by_size(regions), *crossed],
        [EVERYONE, *by_size([*regions, *kinds]), *crossed],
    ]


def _worth(groups: Sequence[Group], councils: Counter[Cell]) -> tuple[int, int, int]:
    """Councils that are in some region or type that is shown, how many of these, and how many groups."""
    plain = [group for group in groups if _depth(group) in (1, 2)]
    return sum(size(group, councils) for group in plain), len(plain), len(groups)


def _depth(group: Group) -> int:
    """0 for everyone, 1 for a region, 2 for a type, 3 for a type within a region."""
    return (group[0] is not None) + 2 * (group[1] is not None)

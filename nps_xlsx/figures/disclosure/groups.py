"""For which groups of councils the page may hold figures: all, a region, a type, a type within a region.

The groups of a page are safe if no sum or difference of their totals, with whatever factors, rests on fewer
councils than the threshold (see ``sums``).  ``rows`` protects tables by one fact at a time, with each fact's
parts adding up to the whole.  Here the two facts are crossed, and any choice of groups may be asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from nps_xlsx.figures.disclosure.members import EVERYONE, Cell, Group, holds
from nps_xlsx.figures.disclosure.sums import Sum, Sums


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

    Only ``candidates`` are taken up, where these are given.  Of the figures that ``known_of`` counts the
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
    """The groups of this order that are safe with those before them; none where not even the first is."""
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

"""For which groups of councils the page may hold figures: all, a region, a type, a type within a region.

Totals can be added and subtracted: London less its boroughs is the City of London.  The groups of
a page are safe if no sum or difference of their totals, with whatever factors, rests on fewer councils
than the threshold.  Such a sum exists exactly if the groups' totals are less independent of each other
once these few councils are taken out, which a matrix's rank tells: a row per group, a column per cell (the
councils of one region and type).

``rows`` protects tables by one fact at a time, with each fact's parts adding up to the
whole.  Here the two facts are crossed, and any choice of groups may be asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from nps_xlsx.figures.disclosure.members import EVERYONE, Cell, Group, holds

_Whole = npt.NDArray[np.int64]


def size(group: Group, councils: Counter[Cell]) -> int:
    """How many councils are in a group."""
    return sum(count for cell, count in councils.items() if holds(group, cell))


def is_safe(groups: Iterable[Group], councils: Counter[Cell], threshold: int) -> bool:
    """Whether no sum of these groups' totals rests on fewer councils than the threshold."""
    return not _Sums.of(groups, _Sums.nothing(councils)).tell(threshold)


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
    # Whether five or fifty are enough makes no difference, so that many counters are alike.
    alike = {_capped(counter, threshold): () for counter in given}
    public = {_capped(counter, threshold): tuple(known) for counter in known_of if any(counter.values())}
    sums = [
        _Sums.of(groups, _Sums.nothing(Counter(dict(counter))))
        for counter, groups in (alike | public).items()
    ]
    orders = [
        [group for group in order if candidates is None or group in candidates] for order in _orders(given[0])
    ]
    ways = [_taken_up(order, sums, threshold) for order in orders]
    best = max(ways, key=lambda groups: _worth(groups, given[0]))
    return tuple(sorted(best, key=lambda group: (_depth(group), group[0] or "", group[1] or "")))


def _capped(councils: Counter[Cell], threshold: int) -> frozenset[tuple[Cell, int]]:
    return frozenset((cell, min(count, max(threshold, 1))) for cell, count in councils.items() if count)


def _taken_up(order: Sequence[Group], sums: Sequence[_Sums], threshold: int) -> list[Group]:
    """The groups of this order that are safe with those before them; none where not even the first is."""
    chosen: list[Group] = []
    for group in order:
        more: list[_Sums] = []
        for one in sums:
            more.append(one.plus(group))
            if more[-1].tell(threshold):
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


@dataclass(frozen=True, slots=True)
class _Sums:
    """All sums of some groups' totals, solved (Gauss and Jordan): each row alone in having its own cell.

    Two facts, crossed, make a matrix in which solving leaves no other number than one, zero and
    minus one (it is totally unimodular), so whole numbers do.
    """

    cells: tuple[Cell, ...]
    councils: _Whole
    """How many are in each cell, most first."""
    rows: _Whole
    own: tuple[int, ...] = ()
    """The place of each row's own cell."""

    @classmethod
    def nothing(cls, councils: Counter[Cell]) -> _Sums:
        """No total yet."""
        cells = tuple(sorted((cell for cell in +councils), key=lambda cell: (-councils[cell], cell)))
        counts = np.array([councils[cell] for cell in cells], dtype=np.int64)
        return cls(cells, counts, np.zeros((0, len(cells)), dtype=np.int64))

    @classmethod
    def of(cls, groups: Iterable[Group], sums: _Sums) -> _Sums:
        """These groups' totals as well."""
        for group in groups:
            sums = sums.plus(group)
        return sums

    def plus(self, group: Group) -> _Sums:
        """Another group's total as well."""
        row = np.array([holds(group, cell) for cell in self.cells], dtype=np.int64)
        row = row - row[list(self.own)] @ self.rows
        if not row.any():
            return self
        own = int(np.flatnonzero(row)[0])
        row = row * row[own]
        rows = self.rows - np.outer(self.rows[:, own], row)
        return _Sums(self.cells, self.councils, np.vstack([rows, row]), (*self.own, own))

    def tell(self, threshold: int) -> bool:
        """Whether some sum rests on fewer councils than the threshold.

        Each row that a sum is made of brings its own cell into it, so only few and small ones need be
        tried; and a sum with other factors than one and minus one has no fewer cells than one without.
        """
        counts = [int(self.councils[own]) for own in self.own]
        small = [place for place, count in enumerate(counts) if count < threshold]
        return any(
            self.councils[np.array((1, *signs)) @ self.rows[chosen] != 0].sum() < threshold
            for chosen in _few(small, counts, threshold - 1)
            for signs in product((1, -1), repeat=len(chosen) - 1)
        )


def _few(places: Sequence[int], counts: Sequence[int], most: int) -> Iterator[list[int]]:
    """Every choice of these places that counts at most so many councils together."""
    for number, place in enumerate(places):
        if counts[place] <= most:
            yield [place]
            for rest in _few(places[number + 1 :], counts, most - counts[place]):
                yield [place, *rest]

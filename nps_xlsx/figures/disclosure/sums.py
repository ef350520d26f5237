"""Which sums of published totals say too much: secondary suppression by Gaussian elimination.

Totals of groups of councils can be added and subtracted: London less its boroughs is the City of London.
So what is itself too small is withheld, and then more, until nothing withheld can be worked out.  In the
literature the second step is secondary suppression.  A total can be worked out exactly if Gaussian
elimination by those published leaves nothing of it; this is how Statistics Norway's R package
GaussSuppression decides, too (Langsrud 2024, https://doi.org/10.1007/978-3-031-69651-0_6).  We know of
no such package for Python.

Two things are wanted here beyond that.  What must not be worked out is not only the groups that are withheld,
but any set of fewer councils than the threshold.  And the groups behind a sum that says too much
must be named, as one of them is withheld next.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

Cell = tuple[str, ...]
"""The councils that are in the same group by every fact: here, their groups."""

Group = tuple[str, str]
"""A fact and one of its groups."""

Key = TypeVar("Key", bound=Hashable)

Number = int | Fraction
"""Whole if it can be: adding fractions takes ten times as long, and two facts never need any."""

_MOST_SUMS = 160_000
"""Sums that are looked at before totals are taken to be unsafe without looking further."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of totals: how often each cell is in it and, if they are to be named, each group's total."""

    cells: Mapping[Cell, Number]
    groups: Mapping[Group, Number] = field(default_factory=dict)

    def plus(self, other: Sum, times: Number) -> Sum:
        """This sum with another added so many times."""
        return Sum(_added(self.cells, other.cells, times), _added(self.groups, other.groups, times))


def _added(one: Mapping[Key, Number], other: Mapping[Key, Number], times: Number) -> Mapping[Key, Number]:
    whole = dict(one)
    for key, value in other.items():
        whole[key] = whole.get(key, 0) + times * value
        if not whole[key]:
            del whole[key]
    return whole


@dataclass(frozen=True, slots=True)
class Sums:
    """All sums of some totals, solved (Gauss and Jordan): each row is alone in having its own cell."""

    sizes: Mapping[Cell, int]
    """How many councils are in each cell."""
    rows: Mapping[Cell, Sum] = field(default_factory=dict)
    """By their own cell, which is a large one if there is one."""

    def plus(self, total: Sum) -> Sums:
        """The sums of another total as well."""
        rest = self._rest(total)
        if not rest.cells:
            return self
        own = max(rest.cells, key=lambda cell: (self.sizes[cell], cell))
        factor = rest.cells[own]
        rest = Sum({}).plus(rest, factor if factor in (1, -1) else Fraction(1, factor))
        rows = {
            cell: row.plus(rest, -row.cells[own]) if own in row.cells else row
            for cell, row in self.rows.items()
        }
        return Sums(self.sizes, rows | {own: rest})

    def _rest(self, total: Sum) -> Sum:
        """What is left of a total when all that the others give is taken away."""
        for own, row in self.rows.items():
            if own in total.cells:
                total = total.plus(row, -total.cells[own])
        return total

    def reveals(self, threshold: int, secret: Iterable[Sum] = ()) -> Collection[Group] | None:
        """The groups of a sum that says too much; ``None`` if there is no such sum.

        It gives a ``secret`` total, or rests on fewer councils than the threshold.  Each row in a sum
        brings its own cell with it, so only rows with a small cell need be tried, and few of them together.
        Only the factors one and minus one are tried: of two facts, crossed or not, no other sum has fewer
        cells, as their matrix is totally unimodular.  Where there are too many sums all the same,
        everything published counts as saying too much.
        """
        for total in secret:
            rest = self._rest(total)
            if not rest.cells and rest.groups:
                return rest.groups
        small = [cell for cell in self.rows if self.sizes[cell] < threshold]
        for tried, one in enumerate(self._made_of(small, threshold - 1)):
            if tried == _MOST_SUMS:
                return {group for row in self.rows.values() for group in row.groups}
            if sum(self.sizes[cell] for cell in one.cells) < threshold:
                return one.groups
        return None

    def _made_of(self, cells: Sequence[Cell], most: int) -> Iterator[Sum]:
        """Each sum and difference of the rows of these cells that hold at most so many councils together."""
        for place, cell in enumerate(cells):
            if self.sizes[cell] <= most:
                row = self.rows[cell]
                yield row
                for rest in self._made_of(cells[place + 1 :], most - self.sizes[cell]):
                    yield row.plus(rest, 1)
                    yield row.plus(rest, -1)

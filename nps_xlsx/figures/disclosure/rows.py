"""Which figures of small groups of councils are withheld from what is published: the rule, and only that.

A published average with its count gives a sum, and sums can be added and subtracted.  So it is
not enough to withhold the average of a group of three: if the other regions and the whole
are published, the three are what is left.  With a threshold of ``t`` councils:

1.  A row is published only if *every* figure in it rests on at least ``t`` councils, so that none
    can be worked out from the row's others and its total.
2.  The rows withheld from one table are none, or at least two that together hold at least ``t``
    councils in every column: what is left of the whole, when everything published is taken
    away, is their sum.  Where that fails, the next smallest row is withheld as well.
3.  No row, and no sum of withheld rows that can be worked out, is all at one level once any one council has
    taken its own answers away (``Row.spread``; see ``members``).
4.  Tables by different facts are taken together.  London and the London boroughs differ by the
    City of London alone.  A published group is withheld as well for as long as some sum and
    difference of published figures rests on fewer than ``t`` councils, or gives the
    figure of a group that is withheld (see ``sums``).

What it protects: for each key area, and for all together, what fewer than ``t`` councils answered
cannot be worked out by adding and subtracting the averages and counts of groups of councils, even by
somebody who knows exactly who took part and who gave a level where.  For two facts (say region
and type of council) this is complete for thresholds up to the search's limits, since such sums
never need another factor than one and minus one; with three or more it covers every sum and
difference without other factors.

What it does not: it does not hide who took part, nor how many of a group did.  It does not hide what two
councils or more learn that together take their answers away from a published sum.  A count of one at a
level, over all councils, is published: it does not say who.  Of bounds (no level lies above the highest)
it looks only at an average that all but one council stand at; and it does not count on rounding: averages
to one decimal over few answers give exact sums.  It knows only what is published together: an earlier
publication with other groups, or a council's own paper, can reveal more.

Nothing here reads answers: a row is the sets of councils that its figures rest on.  What can be worked out
from several tables together is for ``sums`` to find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from nps_xlsx.figures.disclosure.sums import Cell, Group, Sum, Sums

Councils = frozenset[str]

Name = TypeVar("Name", str, Group)

_ELSEWHERE = 2
"""Councils that must be at another level: if it is one, that one knows that all others are at the same."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of a table rests on."""

    cells: tuple[Councils, ...]
    """The councils behind each of its figures."""
    differences: tuple[Councils, ...] = ()
    """The councils by which it differs from a like figure that is published: none, or enough of them."""
    spread: tuple[Councils, ...] = ()
    """For each level that its figures could show to be everybody's: the councils that are elsewhere too."""

    @property
    def is_empty(self) -> bool:
        """Whether nobody gave anything, so that there is nothing to withhold."""
        return not any(self.cells)

    @property
    def size(self) -> tuple[int, int]:
        """How many councils its weakest figure rests on, and all of them."""
        sizes = [len(cell) for cell in self.cells]
        return min(sizes), sum(sizes)

    def is_safe(self, threshold: int) -> bool:
        """Whether each of its figures rests on enough councils."""
        enough = all(len(cell) >= threshold for cell in self.cells)
        apart = all(not found or len(found) >= threshold for found in self.differences)
        return enough and apart and all(len(found) >= min(_ELSEWHERE, threshold) for found in self.spread)


# --- One table


def withheld(rows: Mapping[Name, Row], threshold: int, also: Collection[Name] = ()) -> frozenset[Name]:
    """The rows that a table withholds, if the whole that they add up to is published.

    ``also`` are withheld for another reason.  A row that nobody gave anything to is not among them.
    """
    given = {name: row for name, row in rows.items() if not row.is_empty}
    hidden = {name for name, row in given.items() if name in also or not row.is_safe(threshold)}
    spare = sorted(given.keys() - hidden, key=lambda name: (given[name].size, name))
    while hidden and spare and not _is_covered([given[name] for name in hidden], threshold):
        hidden.add(spare.pop(0))
    return frozenset(hidden)


def _is_covered(hidden: Sequence[Row], threshold: int) -> bool:
    """Whether the sum of the withheld rows, which anybody can work out, gives none of them away."""
    columns = list(zip(*(row.cells for row in hidden), strict=True))
    several = all(sum(map(bool, column)) > 1 for column in columns)
    apart = zip(*(row.differences for row in hidden), strict=True)
    spread = zip(*(row.spread for row in hidden), strict=True)
    together = Row(*(tuple(map(_union, sets)) for sets in (columns, apart, spread)))
    return several and together.is_safe(threshold)


def _union(sets: Iterable[Councils]) -> Councils:
    return frozenset[str]().union(*sets)


def withheld_below(
    top: Name,
    parts: Mapping[Name, Sequence[Name]],
    rows: Mapping[Name, Row],
    threshold: int,
    also: Collection[Name] = (),
) -> frozenset[Name]:
    """The rows withheld if each adds up from its parts: behaviours to key areas to themes to all.

    What is part of a withheld row is withheld with it.
    """
    if top in also or not rows[top].is_safe(threshold):
        return frozenset(name for name in _below(top, parts) if not rows[name].is_empty)
    own = parts.get(top, ())
    hidden = withheld({name: rows[name] for name in own}, threshold, also)
    found = set[Name]()
    for name in own:
        if name not in hidden and not rows[name].is_empty:
            found |= withheld_below(name, parts, rows, threshold, also)
        elif name in hidden:
            found |= {one for one in _below(name, parts) if not rows[one].is_empty}
    return frozenset(found)


def _below(top: Name, parts: Mapping[Name, Sequence[Name]]) -> Iterator[Name]:
    yield top
    for part in parts.get(top, ()):
        yield from _below(part, parts)


# --- Tables by several facts, taken together

Facts = Mapping[str, Mapping[str, Row]]
"""The rows of the tables by each fact: those of its groups."""


def withheld_together(facts: Facts, threshold: int) -> dict[str, frozenset[str]]:
    """The groups that are withheld from each fact's table, if all these tables are published.

    Which group is withheld beside a small one makes a difference: the London boroughs hide the City of
    London in both tables.  So each is tried, and what withholds the fewest councils' groups is taken.
    """
    columns = _columns(facts)
    ways = [_withheld_with({}, facts, columns, threshold)]
    if any(ways[0].values()):
        singles = [(fact, name) for fact, groups in facts.items() for name in sorted(groups)]
        ways += [_withheld_with({fact: name}, facts, columns, threshold) for fact, name in singles]
    return min(ways, key=lambda hidden: _loss(hidden, facts))


def _loss(hidden: Mapping[str, Collection[str]], facts: Facts) -> tuple[int, int]:
    """How many groups' figures are withheld by councils (each in its group), and how many groups."""
    lost = [len(_union(facts[fact][name].cells)) for fact, names in hidden.items() for name in names]
    return sum(lost), len(lost)


def _withheld_with(
    also: Mapping[str, str], facts: Facts, columns: Sequence[Mapping[Cell, int]], threshold: int
) -> dict[str, frozenset[str]]:
    """The groups that are withheld if one of them is withheld to begin with."""
    hidden = {
        fact: withheld(groups, threshold, {also[fact]} if fact in also else ())
        for fact, groups in facts.items()
    }
    while (revealing := _revealing(facts, columns, hidden, threshold)) is not None:
        fact, group = revealing
        hidden[fact] = withheld(facts[fact], threshold, hidden[fact] | {group})
    return hidden


def _revealing(
    facts: Facts, columns: Sequence[Mapping[Cell, int]], hidden: Mapping[str, frozenset[str]], threshold: int
) -> Group | None:
    """The smallest published group in a sum that says too much; ``None`` if there is no such sum."""
    for sizes in columns:
        sums, secret = Sums(sizes).plus(Sum(dict.fromkeys(sizes, 1))), []
        for place, fact in enumerate(facts):
            for name in sorted({cell[place] for cell in sizes}):
                total = {cell: 1 for cell in sizes if cell[place] == name}
                if name in hidden[fact]:
                    secret.append(Sum(total))
                else:
                    sums = sums.plus(Sum(total, {(fact, name): 1}))
        found = sums.reveals(threshold, secret)
        if found is not None:
            return min(found, key=lambda group: (facts[group[0]][group[1]].size, group), default=None)
    return None


def _columns(facts: Facts) -> list[dict[Cell, int]]:
    """For each different column of the tables, how many councils each cell of groups holds."""
    width = max((len(row.cells) for groups in facts.values() for row in groups.values()), default=0)
    found: list[dict[Cell, int]] = []
    for column in range(width):
        group_of = [
            {council: name for name, row in groups.items() for council in row.cells[column]}
            for groups in facts.values()
        ]
        councils = sorted(set[str]().union(*group_of))
        sizes = dict(sorted(Counter(tuple(of[council] for of in group_of) for council in councils).items()))
        if sizes not in found:
            found.append(sizes)
    return found

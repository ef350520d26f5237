"""What one council may learn of the others by taking its own answer away.

The reader feared here took part.  It knows its own answers, who else took part, and every document of
the run: publication, page, and its own feedback.  It may learn how levels are spread among the others.
It may not be left with one level for all the others that gave one, in any group and in what is left when
groups are subtracted from each other, nor with one level for any one council.

A behaviour's counts by level are one equation for each group that is shown.  Councils that are in the
same groups (an atom) cannot be distinguished, so an atom in which at least two councils differ from its
commonest level is safe, whoever of it reads on.  Any other is safe only if the levels could lie
otherwise: one council of the atom at another level, others exchanged for it, and every group's count the
same.  Regions and types are the two sides of a graph with the atoms as its edges, and such an exchange of
two levels is a circle in it: forwards along atoms that hold the one, backwards along atoms that hold the
other.  It must be there whichever member's own answer is fixed.  Circles of more than two levels are not
looked for, so that a little more is withheld than must be.

Coalitions are out of scope: two councils that put their answers together know more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

Cell = tuple[str, str]
"""A region and a type of council."""

Group = tuple[str | None, str | None]
"""A region and a type of council; ``None`` stands for all of them."""

EVERYONE: Group = (None, None)

Atom = tuple[Group, Group]
"""Which region and type that are shown its councils are in, and which type within a region."""

Levels = Sequence[int]
"""The level of each council, 0 if it gave none."""

_Held = Mapping[Atom, frozenset[int]]
"""Which levels each atom holds."""


def is_mixed(levels: Counter[int]) -> bool:
    """Whether two differ from the commonest level, so that whoever leaves leaves two levels behind."""
    return levels.total() - max(levels.values(), default=0) >= 2


def atom_of(cell: Cell, groups: Collection[Group]) -> Atom:
    """The atom of a council, if these groups are shown."""
    region, kind = cell
    plain = (region if (region, None) in groups else None, kind if (None, kind) in groups else None)
    return plain, cell if cell in groups else EVERYONE


def given_away(levels: Levels, cells: Sequence[Cell], groups: Collection[Group]) -> frozenset[Atom]:
    """The atoms in which some member knows a level, if the counts of these groups are shown.

    ``levels`` and ``cells`` are council by council; everyone is always one of the groups.
    """
    atoms: dict[Atom, Counter[int]] = {}
    for level, cell in zip(levels, cells, strict=True):
        if level:
            atoms.setdefault(atom_of(cell, groups), Counter())[level] += 1
    doubtful = [atom for atom, own in atoms.items() if not is_mixed(own)]
    if not doubtful:
        return frozenset()
    return frozenset(atom for left in _without_one(atoms) for atom in _known(left, doubtful))


def withheld_counts(
    levels: Mapping[str, Levels], cells: Sequence[Cell], groups: Collection[Group]
) -> tuple[frozenset[str], frozenset[Group]]:
    """Which behaviours of one key area are withheld, and for which groups; none if all are safe.

    The same behaviours for the same groups, and at least two if the area has two: a group's average over
    the key area is published, so that a single one could be worked out from it; and nobody can see which
    of them is too alike.
    """
    refs = [ref for ref in levels if given_away(levels[ref], cells, groups)]
    hidden: set[Group] = set()
    for ref in refs:
        while away := given_away(levels[ref], cells, shown := set(groups) - hidden):
            if shown == {EVERYONE}:
                break
            hidden.add(_smallest(shown, away, cells))
    spare = [ref for ref in levels if ref not in refs]
    while hidden and spare and not _is_covered([levels[ref] for ref in refs], cells, hidden):
        refs.append(spare.pop(0))
    return frozenset(refs if hidden else ()), frozenset(hidden)


def holds(group: Group, cell: Sequence[str]) -> bool:
    """Whether a group has the councils of a region and type in it."""
    return group[0] in (None, cell[0]) and group[1] in (None, cell[1])


def _smallest(shown: Collection[Group], away: Collection[Atom], cells: Sequence[Cell]) -> Group:
    """The smallest group in which too much is known; of all groups, if it is in what is left of everyone."""

    def size(group: Group) -> tuple[int, str]:
        return sum(holds(group, cell) for cell in cells), str(group)

    (region, kind), within = min(away, key=str)
    around = {(region, None), (None, kind), within} & set(shown) - {EVERYONE}
    return min(around or set(shown) - {EVERYONE}, key=size)


def _is_covered(levels: Sequence[Levels], cells: Sequence[Cell], hidden: Collection[Group]) -> bool:
    """Whether two behaviours or more are withheld, and their sum in each group is not of one level alone."""
    return len(levels) > 1 and all(
        _elsewhere([[own[place] for own in levels] for place, cell in enumerate(cells) if holds(group, cell)])
        for group in hidden
    )


def _elsewhere(councils: Sequence[Levels]) -> bool:
    """Whether for each level two councils gave another one too."""
    given = {level for own in councils for level in own if level}
    return all(sum(any(level not in (0, one) for level in own) for own in councils) >= 2 for one in given)


def _without_one(atoms: Mapping[Atom, Counter[int]]) -> Iterator[_Held]:
    """Which levels are held by all councils but one, for each whose leaving takes one away; and by all."""
    held = {atom: frozenset(own) for atom, own in atoms.items()}
    yield held
    for atom, own in atoms.items():
        for level, count in own.items():
            if count == 1:
                yield {**held, atom: held[atom] - {level}}


def _known(held: _Held, doubtful: Collection[Atom]) -> Iterator[Atom]:
    """The atoms that are all at one level and could not be at another, all counts the same."""
    alike = [atom for atom in doubtful if len(held[atom]) == 1]
    if not alike:
        return
    ways: dict[int, list[Group]] = {level: [] for own in held.values() for level in own}
    for (plain, within), own in held.items():
        for level in own if within == EVERYONE else ():
            ways[level].append(plain)
    for atom in alike:
        (region, kind), within = atom
        [level] = held[atom]
        others = ways.keys() - {level}
        if within != EVERYONE or not any(_leads(kind, region, ways[o], ways[level]) for o in others):
            yield atom


def _leads(start: str | None, goal: str | None, forth: Sequence[Group], back: Sequence[Group]) -> bool:
    """Whether a way leads from a type to a region: there along atoms of one level, back along another's."""
    kinds, seen = {start}, set[str | None]()
    while kinds:
        reached = {region for region, kind in forth if kind in kinds}
        if goal in reached:
            return True
        kinds = {kind for region, kind in back if region in reached} - seen
        seen |= kinds
    return False

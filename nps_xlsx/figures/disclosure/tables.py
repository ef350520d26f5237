"""What of one consolidation may be published: the rule of suppression laid over its tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from nps_xlsx.figures.disclosure.rows import Councils, Row, withheld_below, withheld_together
from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import FACTS, KeyArea
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.scores import THRESHOLD

RowName = tuple[str, str]
"""``theme``, ``area`` or ``ref``, and the code."""

ALL: RowName = ("all", "all")
"""The row of everything."""

NOBODY: Councils = frozenset()
_BY = ("all", "theme", "area", "ref")


class FactError(UserError):
    """A column that councils are to be grouped by, and that the register does not have."""


@dataclass(frozen=True)
class Publishable:
    """Which figures of the tables are withheld, unless councils are named.

    Raises:
        FactError: the register has no such column.
    """

    tables: Tables
    facts: Sequence[str] = FACTS
    """The columns of the register that councils are grouped by."""
    threshold: int = THRESHOLD
    """Fewer councils than these are too few; a threshold of one is none."""

    def __post_init__(self) -> None:
        unknown = [fact for fact in self.facts if fact not in self.tables.register.facts]
        if unknown:
            known = ", ".join(self.tables.register.facts)
            raise FactError(f"The register has no column {unknown[0]!r}. Choose from: {known}.")
        object.__setattr__(self, "facts", tuple(dict.fromkeys(self.facts)))
        if self.threshold <= 1:
            object.__setattr__(self, "threshold", 0)

    @property
    def is_too_few(self) -> bool:
        """Whether so few councils took part that nothing over all of them can be shown."""
        took_part = {assessment.gss_code for assessment in self.tables.assessments}
        return not took_part or len(took_part) < self.threshold or ALL in self.current

    @property
    def areas(self) -> tuple[KeyArea, ...]:
        """The areas that figures can be given of."""
        return self.tables.framework.scored_areas

    @cached_property
    def names(self) -> tuple[RowName, ...]:
        """The rows over all councils: everything, the themes, the areas, the enablers once."""
        themes = filter(None, map(self.tables.framework.theme_of, self.areas))
        names = dict.fromkeys(("theme", theme.name) for theme in themes)
        return (ALL, *names, *(("area", area.code) for area in self.areas))

    @cached_property
    def councils(self) -> Mapping[RowName, Councils]:
        """The councils that gave a current level, by row."""
        return _councils(self.tables.answers.dropna(subset=["current"]))

    @cached_property
    def current(self) -> frozenset[RowName]:
        """The rows whose current levels are withheld."""
        return self._withheld(self._given(self.tables.answers))

    def _given(self, answers: pd.DataFrame, column: str = "current") -> dict[RowName, Row]:
        """What each row over all councils rests on, if these levels are shown."""
        given = answers.dropna(subset=[column])
        councils, spread = _councils(given), self._elsewhere(given, column)
        return {
            name: Row((councils.get(name, NOBODY),), spread=tuple(own.get(name, NOBODY) for own in spread))
            for name in self._rows
        }

    def _elsewhere(self, given: pd.DataFrame, column: str) -> list[dict[RowName, Councils]]:
        """For each level, the councils that gave another one too."""
        levels = self.tables.framework.levels
        return [_councils(given[given[column] != level.number]) for level in levels]

    @cached_property
    def targets(self) -> frozenset[RowName]:
        """The rows whose targets and gaps are withheld, both together: each gives the other away."""
        answers = self.tables.answers
        both = _councils(answers.dropna(subset=["gap"]))
        rows = {
            name: replace(row, cells=(*row.cells, both.get(name, NOBODY)))
            for name, row in self._given(answers, "target").items()
        }
        return self._withheld(rows, self.current)

    @cached_property
    def earlier(self) -> frozenset[RowName]:
        """The rows whose levels in the earlier round are withheld."""
        return self._withheld(self._given(self.tables.before))

    @cached_property
    def same(self) -> frozenset[RowName]:
        """The rows whose figures of the same councils in both rounds are withheld.

        These differ from those of all councils by who came and who went, and by what had no level
        in the other round: nobody, or enough councils.
        """
        now = self.tables.answers.dropna(subset=["current"])
        before = self.tables.before.dropna(subset=["current"])
        paired = now["last"].notna()
        pairs = set(zip(now["gss_code"][paired], now["ref"][paired], strict=True))
        keys = zip(before["gss_code"], before["ref"], strict=True)
        left = before[pd.Series([key not in pairs for key in keys], index=before.index, dtype=bool)]
        came, went = _councils(now[~paired]), _councils(left)
        was = self._given(now[paired], "last")
        rows = {
            name: replace(
                row,
                differences=(came.get(name, NOBODY), went.get(name, NOBODY)),
                spread=(*row.spread, *was[name].spread),
            )
            for name, row in self._given(now[paired]).items()
        }
        return self._withheld(rows, self.current | self.earlier)

    @cached_property
    def groups(self) -> Mapping[str, Mapping[str, Mapping[str, Councils]]]:
        """By fact, group and area (or ``all``): the councils of the group that gave a current level."""
        return self._by_group(self.tables.answers.dropna(subset=["current"]))

    def _by_group(self, answers: pd.DataFrame) -> dict[str, dict[str, dict[str, Councils]]]:
        codes = ["all", *(area.code for area in self.areas)]
        found: dict[str, dict[str, dict[str, Councils]]] = {}
        for fact in self.facts:
            found[fact] = {}
            for name in sorted(set(self.tables.councils[fact])):
                given = {
                    code: own
                    for (_, code), own in _councils(answers[answers[fact] == name], ("all", "area")).items()
                }
                found[fact][name] = {code: given.get(code, NOBODY) for code in codes}
        return found

    @cached_property
    def hidden_groups(self) -> Mapping[str, frozenset[str]]:
        """By fact, the groups of councils whose levels are withheld."""
        given = self.tables.answers.dropna(subset=["current"])
        ends = (self.tables.framework.levels[0].number, self.tables.framework.levels[-1].number)
        inside = [self._by_group(given[given["current"] != end]) for end in ends]
        facts = {
            fact: {
                name: replace(
                    self._group_row(cells),
                    spread=tuple(cell for own in inside for cell in self._group_row(own[fact][name]).cells),
                )
                for name, cells in groups.items()
            }
            for fact, groups in self.groups.items()
        }
        together = withheld_together(facts, self.threshold)
        if not self.threshold:
            return together
        silent = {fact: {name for name, row in rows.items() if row.is_empty} for fact, rows in facts.items()}
        return {fact: together[fact] | silent[fact] for fact in self.facts}

    def _group_row(self, cells: Mapping[str, Councils]) -> Row:
        """What a group's row rests on: every column in which anybody gave a level.

        Areas that are withheld for all councils count as one: what is left of the group's total.
        """
        given = [area.code for area in self.areas if self.councils.get(("area", area.code))]
        hidden = [code for code in given if ("area", code) in self.current]
        rest = (NOBODY.union(*(cells[code] for code in hidden)),) if hidden else ()
        return Row((cells["all"], *(cells[code] for code in given if code not in hidden), *rest))

    @cached_property
    def _parts(self) -> Mapping[RowName, Sequence[RowName]]:
        """What adds up to what: behaviours to areas, areas to themes, themes and other areas to all."""
        parts: dict[RowName, list[RowName]] = {ALL: []}
        for area in self.areas:
            key, theme = ("area", area.code), ("theme", self.tables.framework.theme_name(area))
            if all(theme) and theme not in parts:
                parts[ALL].append(theme)
            parts.setdefault(theme if all(theme) else ALL, []).append(key)
            parts[key] = [("ref", behaviour.code) for behaviour in area.behaviours]
        return parts

    @property
    def _rows(self) -> tuple[RowName, ...]:
        return (ALL, *(name for own in self._parts.values() for name in own))

    def _withheld(
        self, rows: Mapping[RowName, Row], also: frozenset[RowName] = frozenset()
    ) -> frozenset[RowName]:
        return withheld_below(ALL, self._parts, rows, self.threshold, also)


def _councils(answers: pd.DataFrame, rows: Sequence[str] = _BY) -> dict[RowName, Councils]:
    """The councils of these answers: of all, and by theme, area and behaviour."""
    frame, councils = answers.assign(all="all"), answers["gss_code"].to_numpy(object)
    return {
        (by, str(code)): frozenset(councils[places])
        for by in rows
        for code, places in frame.groupby(by).indices.items()
    }

"""One council against the others: the medians and quartiles of its groups, and no other council's figures.

Every figure of a group is its median or a quartile (between two values in proportion: pandas' "linear",
the statistics module's "inclusive"), to one decimal, over everyone in the group who gave that figure,
including the council itself, so that all members see the same.

The rule of disclosure, for each figure by itself:

1.  A group is shown only if at least ``threshold`` *other* councils in it gave the figure, and only
    if it differs from every other group shown by nobody or by at least that many others:
    otherwise the few who make the difference could be worked out.  If not, the next broader group
    takes its place and is named: family, type, all; or region, all.
2.  Quartiles are shown from ``QUARTILES_FROM`` others.  Then at least one other council lies beyond
    each figure on either side, even if the reader's own level is the lowest or the highest: any
    one of them could always be elsewhere.
3.  No minimum, no maximum, no count of a level.  How many others reach a level is given only for all
    and for one group of peers, and none is not distinguished from one, nor all from all but one.
4.  A behaviour's levels are not shown for a group in which the page withholds them, nor if a group, or
    the difference between two that are shown, would be all at one level if any one member were left
    out (see ``members``): then not for any member, so that none learns that it is the odd one out.
5.  Figures are rounded here, not by a cell's format, which would leave the exact number in the file.

So no other council's level follows with certainty from one workbook, even for a reader who knows who
took part (a test tries every small group).  The rule considers one workbook, the publication and the
page.  Councils that compare their workbooks, or one that gets two whose families differ by a single
council, can learn more; within a run, a council is in one family only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from nps_xlsx.figures.disclosure.members import is_mixed
from nps_xlsx.figures.frames import UNKNOWN
from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import FACTS
from nps_xlsx.model.scores import THRESHOLD, one_decimal

QUARTILES_FROM = 8
"""With this many others, no quartile is their lowest or highest, whatever the reader's own level.

Of nine values in order, the lower quartile is the third: with the reader's own as the lowest, one other
lies below it.
"""

WHOLE, REGION, TYPE, FAMILY = "all", "region", "type", "family"
"""Kinds of group."""

BROADER = {WHOLE: (), REGION: (WHOLE,), TYPE: (WHOLE,), FAMILY: (TYPE, WHOLE)}
"""What replaces a group that cannot be shown, nearest first."""

LEVEL, AVERAGE, STEP, MOVE = "level", "average", "step", "move"
"""Kinds of measure: a behaviour's level, an area's average, and the change in each since last round."""

Measure = tuple[str, str]
"""A kind of measure, and the code of its behaviour or area (``ALL`` for everything)."""

ALL = "all"

TOO_FEW, TOO_NEAR, NOT_KNOWN, WITHHELD = "too few", "too near", "not known", "withheld"
"""Why a group cannot be shown: too few others in it; nearly the same as a broader one; not in the register;
or its levels would let a member work out another's."""

Flags = npt.NDArray[np.bool_]
Columns = Mapping[Measure, npt.NDArray[np.float64]]
Quartiles = tuple[float | None, float | None, float | None]
"""Lower quartile, median and upper quartile, to one decimal."""


class Group(NamedTuple):
    """Some of the councils in one round: all, or those of a region, a type or a family."""

    kind: str
    name: str
    round: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A group's figure for one measure, and why it is not the group asked for."""

    group: Group | None = None
    """Whose figure it is; ``None`` if not even all councils together can be shown."""
    councils: int = 0
    """How many councils it rests on, including the council itself if it gave the figure."""
    median: float | None = None
    lower: float | None = None
    upper: float | None = None
    reason: str = ""
    """Why it is not the group asked for, if it is not."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How many others are at a level or above, without saying so if it gives everyone's level away."""

    count: int
    others: int

    @property
    def share(self) -> float | None:
        """The share, if it may be shown."""
        return self.count / self.others if 2 <= self.count <= self.others - 2 else None

    def __str__(self) -> str:
        if self.count < 2:
            return f"fewer than 2 of {self.others}"
        if self.count > self.others - 2:
            return f"more than {self.others - 2} of {self.others}"
        return f"{self.count} of {self.others}"


class Set(NamedTuple):
    """Some councils: how many, and whether their levels say nothing certain to any of them."""

    councils: int
    is_mixed: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What councils in the same groups are shown alike, by measure and whether the council itself gave it."""

    figures: dict[tuple[str, Measure, bool], Figure] = field(default_factory=dict)
    """By kind of group."""
    reasons: dict[tuple[Measure, bool], Mapping[str, str]] = field(default_factory=dict)
    """By kind of group, why it is not shown."""


@dataclass(frozen=True)
class Peers:
    """What is compared, once for all councils; ``families`` by GSS code, as the analyst chose them.

    Averages are over the same behaviours for everyone: those asked (``refs``, or all).  A council that
    was not asked about all of an area is left out of the area's averages.
    """

    tables: Tables
    families: Mapping[str, str] = field(default_factory=dict)
    threshold: int = THRESHOLD
    refs: tuple[str, ...] = ()
    withheld: Mapping[tuple[str | None, str | None], Collection[str]] = field(default_factory=dict)
    """By region and type (``None`` for all), the behaviours that the page withholds."""
    _quartiles: dict[Group, Mapping[Measure, Quartiles]] = field(default_factory=dict, init=False, repr=False)
    _sets: dict[tuple[Group, Group | None, Measure], Set] = field(
        default_factory=dict, init=False, repr=False
    )
    _parts: dict[tuple[str, ...], Peers] = field(default_factory=dict, init=False, repr=False)
    _shown: dict[tuple[Group, ...], Shown] = field(
        default_factory=lambda: defaultdict(Shown), init=False, repr=False
    )

    def about(self, refs: Iterable[str]) -> Peers:
        """The same for a council that was asked only about these; about all if there are none."""
        chosen = tuple(sorted(refs))
        if chosen == self.refs:
            return self
        if chosen not in self._parts:
            self._parts[chosen] = replace(self, refs=chosen)
        return self._parts[chosen]

    def of(self, position: int) -> View:
        """What one response, by its position in the tables, is shown."""
        groups = self._groups[position]
        return View(self, position, groups, self._shown[tuple(groups.values())])

    @cached_property
    def _groups(self) -> list[dict[str, Group]]:
        """The groups of each response, by kind."""
        columns = self.tables.councils[["round", *FACTS, "gss_code"]]
        groups = []
        for round_, *facts, code in columns.astype(str).to_numpy().tolist():
            names = zip(
                (WHOLE, REGION, TYPE, FAMILY), (ALL, *facts, self.families.get(code, "")), strict=True
            )
            groups.append({kind: Group(kind, name, round_) for kind, name in names if name})
        return groups

    @cached_property
    def values(self) -> pd.DataFrame:
        """Every measure of every response: a row per response (by position), a column per measure."""
        answers = self.tables.answers
        if self.refs:
            answers = answers[answers["ref"].isin(self.refs)]
        moved = answers.assign(current=answers["current"] - answers["last"])
        frames = {
            LEVEL: _table(answers, "ref"),
            AVERAGE: self._by_area(answers),
            STEP: _table(moved, "ref"),
            MOVE: self._by_area(moved),
        }
        positions = range(len(self.tables.responses))
        return pd.concat({kind: frame.reindex(positions) for kind, frame in frames.items()}, axis="columns")

    def _by_area(self, answers: pd.DataFrame) -> pd.DataFrame:
        """Averages by area and over everything, for those who were asked about all of it."""
        whole = pd.concat([answers, answers.assign(area=ALL)])
        asked: Any = whole.pivot_table(index="position", columns="area", values="ref", aggfunc="count")
        means = _table(whole, "area")
        return means.where(asked[means.columns] == asked[means.columns].max())

    @cached_property
    def columns(self) -> Columns:
        """The same by column, for quick use."""
        return _by_measure(self.values)

    @cached_property
    def given(self) -> dict[Measure, Flags]:
        """Which responses gave each measure."""
        return {measure: ~np.isnan(values) for measure, values in self.columns.items()}

    @cached_property
    def members(self) -> Mapping[Group, Flags]:
        """Which responses are in each group."""
        members: dict[Group, Flags] = {}
        for position, groups in enumerate(self._groups):
            for group in groups.values():
                members.setdefault(group, np.zeros(len(self._groups), bool))[position] = True
        return members

    def quartiles(self, group: Group) -> Mapping[Measure, Quartiles]:
        """Lower quartile, median and upper quartile of every measure over a group; worked out once."""
        if group not in self._quartiles:
            columns = _by_measure(self.values[self.members[group]].quantile([0.25, 0.5, 0.75]))
            self._quartiles[group] = {
                measure: (rounded(lower), rounded(median), rounded(upper))
                for measure, (lower, median, upper) in columns.items()
            }
        return self._quartiles[group]

    def gave(self, group: Group, measure: Measure) -> Flags:
        """Which responses in a group gave a measure."""
        return self.members[group] & self.given[measure]

    def set_of(self, measure: Measure, group: Group, less: Group | None = None) -> Set:
        """Those who gave a measure in a group, or in one of two groups and not in both; worked out once."""
        key = group, less, measure
        if key not in self._sets:
            some = self.gave(group, measure)
            if less:
                some ^= self.gave(less, measure)
            is_level = measure[0] in (LEVEL, STEP) and some.any()
            mixed = not is_level or is_mixed(Counter(self.columns[LEVEL, measure[1]][some].tolist()))
            self._sets[key] = Set(int(some.sum()), mixed)
        return self._sets[key]


@dataclass(frozen=True)
class View:
    """What one council is shown about itself and its groups."""

    peers: Peers
    position: int
    groups: Mapping[str, Group]
    """The groups it is in, by kind; without a family if none was chosen."""
    _shown: Shown = field(repr=False, compare=False)

    @property
    def took_part(self) -> int:
        """How many councils responded in the round, including the council itself."""
        return int(self.peers.members[self.groups[WHOLE]].sum())

    def own(self, measure: Measure) -> float | None:
        """The council's own figure, to one decimal."""
        values = self.peers.columns.get(measure)
        return None if values is None else rounded(float(values[self.position]))

    def figure(self, kind: str, measure: Measure) -> Figure:
        """The figure of the council's region, type, family or all; if need be, of a broader group."""
        figures, key = self._shown.figures, (kind, measure, self._gave(measure))
        if key not in figures:
            figures[key] = self._chosen(kind, measure)
        return figures[key]

    def _chosen(self, kind: str, measure: Measure) -> Figure:
        if measure not in self.peers.columns:
            return Figure(reason=TOO_FEW)
        reasons = self._reasons(measure)
        for wanted in (kind, *BROADER[kind]):
            if reasons.get(wanted) == "":
                return self._figure(self.groups[wanted], measure, reasons[kind])
        return Figure(reason=reasons[kind])

    def reached(self, kind: str, ref: str, level: int) -> Reached | None:
        """How many others in a group are at a level of a behaviour or above; ``None`` if it is not shown."""
        measure = (LEVEL, ref)
        if measure not in self.peers.columns or self._reasons(measure).get(kind) != "":
            return None
        others = self.peers.gave(self.groups[kind], measure)
        others[self.position] = False
        return Reached(int((self.peers.columns[measure][others] >= level).sum()), int(others.sum()))

    def nearest(self, ref: str) -> Group | None:
        """The group of peers that is shown besides all: the family or, in its place, the type."""
        group = self.figure(FAMILY if FAMILY in self.groups else TYPE, (LEVEL, ref)).group
        return group if group and group.kind != WHOLE else None

    def _figure(self, group: Group, measure: Measure, reason: str) -> Figure:
        lower, median, upper = self.peers.quartiles(group)[measure]
        councils = self.peers.set_of(measure, group).councils
        if self._others(group, measure) < max(QUARTILES_FROM, self.peers.threshold):
            lower = upper = None
        return Figure(group, councils, median, lower, upper, reason)

    def _others(self, group: Group, measure: Measure) -> int:
        """How many others in one of the council's groups gave a measure."""
        return self.peers.set_of(measure, group).councils - self._gave(measure)

    def _gave(self, measure: Measure) -> bool:
        """Whether the council itself gave a measure."""
        given = self.peers.given.get(measure)
        return given is not None and bool(given[self.position])

    def _reasons(self, measure: Measure) -> Mapping[str, str]:
        """Why each of the council's groups is not shown for a measure; empty if it is."""
        known, key = self._shown.reasons, (measure, self._gave(measure))
        if key not in known:
            reasons: dict[str, str] = {}
            for kind, group in self.groups.items():
                shown = [self.groups[other] for other, reason in reasons.items() if not reason]
                reasons[kind] = self._reason(group, measure, shown)
            known[key] = reasons
        return known[key]

    def _reason(self, group: Group, measure: Measure, shown: Sequence[Group]) -> str:
        if group.name == UNKNOWN:
            return NOT_KNOWN
        if self._others(group, measure) < self.peers.threshold:
            return TOO_FEW
        apart = [self.peers.set_of(measure, group, broader) for broader in shown]
        if any(0 < few.councils < self.peers.threshold for few in apart):
            return TOO_NEAR
        whole = self.peers.set_of(measure, group)
        is_safe = all(some.is_mixed for some in (whole, *apart)) and not self._is_withheld(group, measure)
        return "" if is_safe else WITHHELD

    def _is_withheld(self, group: Group, measure: Measure) -> bool:
        """Whether the page withholds a behaviour's levels from a group, or from all."""
        kind, ref = measure
        if kind not in (LEVEL, STEP):
            return False
        names = {REGION: (group.name, None), TYPE: (None, group.name)}
        keys = filter(None, ((None, None), names.get(group.kind)))
        return any(ref in self.peers.withheld.get(key, ()) for key in keys)


def rounded(value: float) -> float | None:
    """A figure to one decimal, halves up as Excel shows it; ``None`` for not-a-number."""
    if np.isnan(value):
        return None
    return float(one_decimal(float(value)))


def _by_measure(frame: pd.DataFrame) -> Columns:
    measures = [(str(column[0]), str(column[1])) for column in frame.columns]
    return dict(zip(measures, frame.to_numpy(float).T, strict=True))


def _table(answers: pd.DataFrame, by: str) -> pd.DataFrame:
    table: Any = answers.pivot_table(index="position", columns=by, values="current", aggfunc="mean")
    return pd.DataFrame(table)

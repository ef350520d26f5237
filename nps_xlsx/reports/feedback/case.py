"""One council's feedback as its sheets need it, and the words for its groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from nps_xlsx.excel.table import Column, shaded
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import (
    ALL,
    FAMILY,
    LEVEL,
    MOVE,
    NOT_KNOWN,
    REGION,
    TOO_FEW,
    TOO_NEAR,
    TYPE,
    WHOLE,
    WITHHELD,
    Figure,
    Group,
    Measure,
    Peers,
    View,
)
from nps_xlsx.model import Assessment, Behaviour, Framework, KeyArea, LevelValue
from nps_xlsx.workbook import layout

_ASKED_FOR = {REGION: "your region", TYPE: "your type of council", FAMILY: "your family"}
_WHY = {
    TOO_FEW: "too few of {asked}",
    TOO_NEAR: "{asked} is nearly the same councils as another group",
    NOT_KNOWN: "{asked} is not known",
    WITHHELD: "{asked} is withheld here",
}
_LEFT_OUT = {
    TOO_FEW: "Too few others of {asked} ({name}) gave levels: see {instead}.",
    TOO_NEAR: "{name} ({asked}) is nearly the same councils as another group, and is not shown.",
    NOT_KNOWN: "The register does not say what {asked} is: see {instead}.",
    WITHHELD: "Levels of {asked} ({name}) are withheld: see {instead}.",
}


@dataclass(frozen=True)
class FeedbackCase:
    """One council's response, what it was asked, and what it is shown of others."""

    view: View
    assessment: Assessment
    framework: Framework
    """Only what was asked."""

    @property
    def areas(self) -> tuple[KeyArea, ...]:
        """The key areas with a scored behaviour that was asked."""
        return self.framework.scored_areas

    @property
    def is_alone(self) -> bool:
        """Whether no other council responded in the round."""
        return self.view.took_part == 1

    @cached_property
    def is_compared(self) -> bool:
        """Whether enough others gave a level for any behaviour that was asked."""
        return any(self.view.figure(WHOLE, (LEVEL, row.code)).group for row in self.framework.behaviours)

    @property
    def has_moved(self) -> bool:
        """Whether it gave a level for any behaviour in both rounds."""
        return self.view.own((MOVE, ALL)) is not None

    def level(self, behaviour: Behaviour) -> int | None:
        """Its current level of a behaviour; ``None`` if it gave none."""
        current = self.assessment[behaviour.code].current
        return current if isinstance(current, int) else None

    def levels(self, heading: str, levels: Iterable[LevelValue], least: int, otherwise: str = "") -> Column:
        """A column of levels, each on its own ground."""
        cells = [
            shaded(layout.level_label(self.framework, level), level, self.framework)
            if isinstance(level, int)
            else layout.level_label(self.framework, level) or otherwise
            for level in levels
        ]
        return Column.text(heading, cells, level_width(self.framework, least))

    def blocks(self, measures: Sequence[Measure], *, quartiles: bool) -> list[GroupColumns]:
        """The columns of each group for these measures, all councils first; none for a group never shown."""
        blocks = []
        for kind, group in self.view.groups.items():
            figures = tuple(self.view.figure(kind, measure) for measure in measures)
            blocks.append(GroupColumns(kind, group, figures, quartiles or kind == WHOLE))
        return [block for block in blocks if block.is_shown]

    def left_out(self, measures: Sequence[Measure]) -> list[str]:
        """A sentence for each group that is never shown, with the reason."""
        shown = [block.kind for block in self.blocks(measures, quartiles=False)]
        if WHOLE not in shown:
            return []
        return [
            _left_out(kind, self.view.groups[kind].name, self.view.figure(kind, measures[-1]))
            for kind in self.view.groups
            if kind not in shown
        ]


@dataclass(frozen=True)
class GroupColumns:
    """The columns of one group, row by row: its own figures, or those of a broader group, named."""

    kind: str
    group: Group
    figures: tuple[Figure, ...]
    may_have_quartiles: bool

    @property
    def is_shown(self) -> bool:
        """Whether any figure is the group's own."""
        return any(figure.group == self.group for figure in self.figures)

    @property
    def has_quartiles(self) -> bool:
        """Whether quartiles are wanted, and enough councils gave any of the figures."""
        return self.may_have_quartiles and any(figure.lower is not None for figure in self.figures)

    @property
    def is_mixed(self) -> bool:
        """Whether a broader group's figures stand in anywhere."""
        return any(figure.group not in (None, self.group) for figure in self.figures)

    @property
    def columns(self) -> list[Column]:
        """The columns with the group's figures."""
        name, figures = group_name(self.group), self.figures
        columns = [Column.mean(f"{name}: median", [figure.median for figure in figures], 104)]
        if self.has_quartiles:
            columns += [
                Column.mean(f"{name}: lower quartile", [figure.lower for figure in figures], 104),
                Column.mean(f"{name}: upper quartile", [figure.upper for figure in figures], 104),
            ]
        columns.append(Column.count(f"{name}: number", [figure.councils or None for figure in figures], 104))
        if self.is_mixed:
            shown = [whose(self.kind, figure) for figure in figures]
            columns.append(Column.text(f"{name}: whose figures", shown, 190))
        return columns


def make_case(peers: Peers, position: int) -> FeedbackCase:
    """The case of the response at a position in the tables."""
    assessment, framework = peers.tables.assessments[position], peers.tables.framework
    asked = [code for code in assessment.asked if code in framework.row_by_code]
    if not asked:
        return FeedbackCase(peers.of(position), assessment, framework)
    return FeedbackCase(peers.about(asked).of(position), assessment, framework.only(asked))


# --- Words


def group_name(group: Group) -> str:
    """A group as a heading names it."""
    if group.kind == WHOLE:
        return "All councils"
    return f"Family {group.name}" if group.kind == FAMILY else group.name


def own_group(group: Group) -> str:
    """A group as its member speaks of it."""
    return _ASKED_FOR.get(group.kind, "all councils")


def whose(kind: str, figure: Figure) -> str:
    """Whose figure this is, with the reason if it is not the group's that was asked for."""
    if figure.group is None:
        return ""
    name = group_name(figure.group)
    return f"{name} ({_WHY[figure.reason].format(asked=_ASKED_FOR[kind])})" if figure.reason else name


def _left_out(kind: str, name: str, figure: Figure) -> str:
    group = figure.group
    instead = group_name(group) if group and group.kind != WHOLE else "all councils"
    return _LEFT_OUT[figure.reason].format(asked=_ASKED_FOR[kind], name=name, instead=instead)

"""Where a council is, in figures: averages by key area with their counts, and the chart of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.model import Behaviour
from nps_xlsx.model.scores import Score, one_decimal, score
from nps_xlsx.reports.papers.case import Case, with_count
from nps_xlsx.reports.papers.paper import Bar, Block, Cell, Chart, Column, Paragraph, Row, Section, Table
from nps_xlsx.reports.papers.scale import NO_TARGET, Scale

SUMMARY = "Where we are"
ALL = "All behaviours"

_NOTHING = "No behaviour has a level, so there is no average to show."
_CURRENT, _TARGET = 1, 4

_COLUMNS = (
    Column("Key area", 60),
    Column("Average now", 18, "mean"),
    Column("Levels given", 18, "right"),
    Column("Nearest level", 24),
    Column("Average target", 18, "mean"),
    Column("Targets given", 18, "right"),
    Column("Nearest level", 24),
)
_WITH_LAST = tuple(
    replace(column, width=column.width - less)
    for column, less in zip(_COLUMNS, (16, 1, 2, 1, 1, 2, 1), strict=True)
)


def summary(case: Case, scale: Scale) -> Section:
    """Averages by key area and over all behaviours, in words, a table and a chart.

    Where an earlier round is given, its averages with their counts are the last column.
    """
    groups = [(area.sheet, area.behaviours) for area in case.framework.scored_areas]
    found = case.score(case.framework.behaviours)
    blocks: list[Block] = [Paragraph(overall(case, scale, found))]
    columns: tuple[Column, ...] = _COLUMNS
    if case.previous is not None:
        columns = (*_WITH_LAST, Column(f"{case.previous.round} average", 24))
    if len(groups) > 1:
        lines = [*groups, (ALL, case.framework.behaviours)]
        rows = tuple(_row(label, case, behaviours, scale) for label, behaviours in lines)
        blocks.append(Table("Averages by key area", columns, rows, has_total=True))
        chart = _chart(case, groups)
        blocks.append(chart if any(bar.current or bar.target for bar in chart.bars) else Paragraph(_NOTHING))
    return Section(SUMMARY, SUMMARY, tuple(blocks))


def overall(case: Case, scale: Scale, found: Score) -> str:
    """Where a council is and wants to be over all, in a sentence or two."""
    if found.current is None:
        now = "No behaviour has a current level yet."
        if found.behaviours and found.not_applicable == found.behaviours:
            now = f"All {found.behaviours} behaviours were found not applicable."
    else:
        average = with_count(found.current, found.applicable, found.behaviours)
        now = f"{case.name} is at {scale.nearest(found.current).text} on average ({average} behaviours)."
    if found.target is None:
        return f"{now} No targets were set."
    average = with_count(found.target, found.targets, found.behaviours)
    return f"{now} It aims at {scale.nearest(found.target).text} on average ({average} behaviours)."


def _row(label: str, case: Case, behaviours: Sequence[Behaviour], scale: Scale) -> Row:
    found, last = case.score(behaviours), []
    if case.previous is not None:
        before = score(behaviours, case.previous)
        last = [Cell(with_count(before.current, before.applicable, before.behaviours))]
    return (
        Cell(label),
        mean_cell(found.current),
        Cell(f"{found.applicable} of {found.behaviours}"),
        scale.nearest(found.current),
        mean_cell(found.target),
        Cell(f"{found.targets} of {found.behaviours}"),
        scale.nearest(found.target, NO_TARGET),
        *last,
    )


def mean_cell(mean: float | None) -> Cell:
    """A mean to one decimal; a dash where there is none, which is not zero."""
    return Cell("–") if mean is None else Cell(one_decimal(mean), number=mean)


def _chart(case: Case, groups: Sequence[tuple[str, Sequence[Behaviour]]]) -> Chart:
    bars, said = [], []
    for label, behaviours in groups:
        found = case.score(behaviours)
        bars.append(Bar(label, found.current, found.target))
        now = with_count(found.current, found.applicable, found.behaviours)
        said.append(f"{label}: now {now}; target {with_count(found.target, found.targets, found.behaviours)}")
    description = (
        f"Bar chart of the average current and target level in each key area, from 0 to "
        f"{len(case.framework.levels)}, each with the number of behaviours under it. {'. '.join(said)}."
    )
    return Chart(
        "Where we are and where we want to be", "Average level", description, tuple(bars), _CURRENT, _TARGET
    )

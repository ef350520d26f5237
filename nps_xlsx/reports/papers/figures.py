"""Where a council is, in figures: averages by key area with their counts, and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.model import Behaviour
from nps_xlsx.model.scores import Score, one_decimal, score
from nps_xlsx.reports.papers.case import Case, with_count
from nps_xlsx.reports.papers.paper import Bar, Block, Chart, Entry, Heading, Paragraph, Section, Table
from nps_xlsx.reports.papers.scale import NO_TARGET, Scale

SUMMARY = "Where we are"
ALL = "All behaviours"

_NOTHING = "No behaviour has a level, so there is no average to show."
_CURRENT, _TARGET = "Average now", "Average target"

_COLUMNS = (
    Heading("Key area", 60),
    Heading(_CURRENT, 18, "mean"),
    Heading("Levels given", 18, "right"),
    Heading("Nearest level", 24),
    Heading(_TARGET, 18, "mean"),
    Heading("Targets given", 18, "right"),
    Heading("Nearest level", 24),
)
_WITH_EARLIER = tuple(
    replace(column, width=column.width - less)
    for column, less in zip(_COLUMNS, (16, 1, 2, 1, 1, 2, 1), strict=True)
)


def summary(case: Case, scale: Scale) -> Section:
    """Averages by key area and over all behaviours: in words, as a table and as a chart.

    If an earlier round is given, its averages with their counts are the last column.
    """
    groups = [(area.sheet, area.behaviours) for area in case.framework.scored_areas]
    own = case.score(case.framework.behaviours)
    blocks: list[Block] = [Paragraph(overall(case, scale, own))]
    columns: tuple[Heading, ...] = _COLUMNS
    if case.earlier is not None:
        columns = (*_WITH_EARLIER, Heading(f"{case.earlier.round} average", 24))
    if len(groups) > 1:
        lines = [*groups, (ALL, case.framework.behaviours)]
        rows = tuple(_row(label, case, behaviours, scale) for label, behaviours in lines)
        blocks.append(Table("Averages by key area", columns, rows, has_total=True))
        chart = _chart(case, groups)
        blocks.append(chart if any(bar.current or bar.target for bar in chart.bars) else Paragraph(_NOTHING))
    return Section(SUMMARY, SUMMARY, tuple(blocks))


def overall(case: Case, scale: Scale, own: Score) -> str:
    """Where a council is and wants to be overall, in a sentence or two."""
    if own.current is None:
        now = "No behaviour has a current level yet."
        if own.behaviours and own.not_applicable == own.behaviours:
            now = f"All {own.behaviours} behaviours are not applicable."
    else:
        average = with_count(own.current, own.applicable, own.behaviours)
        now = f"{case.name} is at {scale.nearest(own.current).text} on average ({average} behaviours)."
    if own.target is None:
        return f"{now} No targets were set."
    average = with_count(own.target, own.targets, own.behaviours)
    return f"{now} It aims for {scale.nearest(own.target).text} on average ({average} behaviours)."


def _row(label: str, case: Case, behaviours: Sequence[Behaviour], scale: Scale) -> tuple[Entry, ...]:
    own, earlier = case.score(behaviours), []
    if case.earlier is not None:
        then = score(behaviours, case.earlier)
        earlier = [Entry(with_count(then.current, then.applicable, then.behaviours))]
    return (
        Entry(label),
        mean_cell(own.current),
        Entry(f"{own.applicable} of {own.behaviours}"),
        scale.nearest(own.current),
        mean_cell(own.target),
        Entry(f"{own.targets} of {own.behaviours}"),
        scale.nearest(own.target, NO_TARGET),
        *earlier,
    )


def mean_cell(mean: float | None) -> Entry:
    """A mean to one decimal; a dash if there is none, which is not zero."""
    return Entry("–") if mean is None else Entry(one_decimal(mean), number=mean)


def _chart(case: Case, groups: Sequence[tuple[str, Sequence[Behaviour]]]) -> Chart:
    bars, texts = [], []
    for label, behaviours in groups:
        own = case.score(behaviours)
        bars.append(Bar(label, own.current, own.target))
        now = with_count(own.current, own.applicable, own.behaviours)
        texts.append(f"{label}: now {now}; target {with_count(own.target, own.targets, own.behaviours)}")
    description = (
        f"Bar chart of the average current and target level in each key area, from 0 to "
        f"{len(case.framework.levels)}, each with the number of behaviours under it. {'. '.join(texts)}."
    )
    return Chart(
        "Where we are and where we want to be", "Average level", description, tuple(bars), _CURRENT, _TARGET
    )

"""At a glance: the headline figures, key area by key area, and two charts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from nps_xlsx.excel import charts
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.excel.table import HEADING_ROW, Column, Written, write_table, write_title
from nps_xlsx.figures.peers import ALL, AVERAGE, WHOLE, Measure, rounded
from nps_xlsx.model import KeyArea
from nps_xlsx.model.scores import score
from nps_xlsx.reports.feedback.case import FeedbackCase, GroupColumns
from nps_xlsx.workbook import wording
from nps_xlsx.workbook.rules import reviewed

GLANCE = "At a glance"

_YOURS, _YOUR_TARGET = "Your average level", "Your average target"
_DIFFERENCE = "Difference from this median"

_CHART_HEIGHT = 500
_LEAST_WIDTH = 640
"""Pixels that a chart needs."""
_SPACE = 14


def write_glance(book: Book, case: FeedbackCase) -> None:
    """The council's averages beside the medians of its groups."""
    sheet = book.sheet(GLANCE)
    own = case.framework.on_subject("self-assessment")
    note = f"Feedback on your {own}, round {case.assessment.round}."
    as_of = wording.as_of(case.view.peers.tables.as_of)
    write_title(sheet, case.assessment.council, f"{note} {as_of} {case.framework.title}.")
    row = _write_lines(sheet, HEADING_ROW, headlines(case))
    measures = [(AVERAGE, area.code) for area in case.areas] + [(AVERAGE, ALL)]
    blocks = case.blocks(measures, quartiles=False)
    written = write_table(sheet, row + 1, _columns(case, blocks), total=("band", "bold"))
    row = _write_lines(sheet, written.end, _notes(case, measures), "note")
    _add_charts(written, case, row + 1)
    sheet.page()
    sheet.raw.fit_to_pages(1, 1)


def _write_lines(sheet: Sheet, row: int, lines: Sequence[str], *names: str) -> int:
    for line in lines:
        sheet.text(row, 0, line, *names)
        sheet.height(row, 19)
        row += 1
    return row


# --- The headline -----------------------------------------------------------------


def headlines(case: FeedbackCase) -> list[str]:
    """The council's averages, where it stands among the others, and what a reviewer says, in words."""
    return [_own_line(case), _others_line(case), *_review_line(case)]


def _own_line(case: FeedbackCase) -> str:
    own = score(case.framework.behaviours, case.assessment)
    if own.current is None:
        return f"You gave no current level for any of the {own.behaviours} behaviours."
    given = f"from {own.applicable} of {own.behaviours} behaviours"
    line = f"Your average current level is {rounded(own.current)}, {given}."
    if own.target is None:
        return f"{line} You gave no target levels."
    return f"{line} Your average target is {rounded(own.target)}, from {own.targets}."


def _others_line(case: FeedbackCase) -> str:
    figure = case.view.figure(WHOLE, (AVERAGE, ALL))
    if case.is_alone:
        return "Yours is the only response in the round so far, so there is nothing to compare it with."
    if figure.median is None:
        return f"Fewer than {case.view.peers.threshold} others gave levels: too few to compare you with."
    line = f"The median of all {figure.councils} councils is {figure.median:.1f}"
    if figure.lower is not None and figure.upper is not None:
        line += f", and the middle half of them are between {figure.lower:.1f} and {figure.upper:.1f}"
    return f"{line}{_standing(_difference(case.view.own((AVERAGE, ALL)), figure.median))}."


def _review_line(case: FeedbackCase) -> list[str]:
    number, said = reviewed(case.framework, [case.assessment])
    levels = "1 level" if number == 1 else f"{number} levels"
    return [f"Your reviewer gave {levels}: {said}."] if number else []


def _standing(difference: float | None) -> str:
    if difference is None:
        return ""
    if difference == 0:
        return ": you are at the median"
    return f": you are {abs(difference):.1f} {'above' if difference > 0 else 'below'} the median"


def _difference(own: float | None, median: float | None) -> float | None:
    """The difference of the figures as shown, so that a reader can check it."""
    return None if own is None or median is None else rounded(own - median)


# --- The table --------------------------------------------------------------------


def _columns(case: FeedbackCase, blocks: Sequence[GroupColumns]) -> list[Column]:
    """The key areas, and last all behaviours, with the figures of each group."""
    groups = {area.sheet: area.behaviours for area in case.areas}
    groups["All behaviours asked" if case.framework.is_part else "All behaviours"] = case.framework.behaviours
    own = [score(behaviours, case.assessment) for behaviours in groups.values()]
    averages = [one.current and rounded(one.current) for one in own]
    columns = [
        Column("Key area", tuple(groups), 240, ("wrap",)),
        Column("Levels given", [f"{one.applicable} of {one.behaviours}" for one in own], 84, ("right",)),
        Column.mean(_YOURS, averages, 84),
        Column("Targets given", [f"{one.targets} of {one.behaviours}" for one in own], 84, ("right",)),
        Column.mean(_YOUR_TARGET, [one.target and rounded(one.target) for one in own], 84),
    ]
    for block in blocks:
        columns += block.columns
        if block.kind == WHOLE:
            medians = [figure.median for figure in block.figures]
            columns.append(Column.gap(_DIFFERENCE, map(_difference, averages, medians), 100))
    return columns


def _notes(case: FeedbackCase, measures: Sequence[Measure]) -> list[str]:
    notes = []
    if case.is_compared:
        notes.append(
            "A median is the middle one of the councils' averages; half of them are between the quartiles. "
            "Beside each is the number of councils that gave levels."
        )
    return [*notes, *case.left_out(measures)]


# --- Charts -----------------------------------------------------------------------


def _add_charts(written: Written, case: FeedbackCase, row: int) -> None:
    own = score(case.framework.behaviours, case.assessment)
    if own.current is None:
        return
    book, count = written.sheet.book, len(case.areas)
    names, current, target = (written.cells(heading, count) for heading in ("Key area", _YOURS, _YOUR_TARGET))
    has_median = case.view.figure(WHOLE, (AVERAGE, ALL)).median is not None
    col, radar_width, width = _halves(written.columns)
    if count < charts.LEAST_AREAS:
        col = 0
    else:
        lines = [charts.Line("Your current level", "current", current)]
        lines += [charts.Line("Your target level", "target", target)] if own.targets else []
        if has_median:
            median = written.cells("All councils: median", count)
            lines.append(charts.Line("Median of all councils", "median", median))
        chart = charts.radar(book, "Average level by key area", names, lines, case.framework)
        shown = ", ".join(line.name.lower() for line in lines)
        text = f"Radar chart of the average level in each key area: {shown}."
        written.chart(chart, text, radar_width, _CHART_HEIGHT, row=row)
    if has_median:
        title = "Difference from the median of all councils"
        most = max((abs(_area_difference(case, area) or 0) for area in case.areas), default=0)
        chart = charts.differences(book, title, names, written.cells(_DIFFERENCE, count), most)
        text = "Bar chart: how far your average in each key area is above or below the median of all."
    else:
        title = "Your current and target levels"
        chart = charts.current_and_target(book, title, names, (current, target), case.framework)
        text = "Bar chart: your average current and target level in each key area."
    written.chart(chart, text, width, _CHART_HEIGHT, row=row, col=col)


def _halves(columns: Sequence[Column]) -> tuple[int, int, int]:
    """The column where a second chart beside the first begins, and the widths of the two."""
    starts = list(accumulate((column.width for column in columns), initial=0))
    least = max(_LEAST_WIDTH + _SPACE, starts[-1] // 2 - 40)
    col = next((col for col, start in enumerate(starts) if start >= least), len(starts) - 1)
    return col, starts[col] - _SPACE, max(starts[-1] - starts[col], _LEAST_WIDTH)


def _area_difference(case: FeedbackCase, area: KeyArea) -> float | None:
    measure = (AVERAGE, area.code)
    return _difference(case.view.own(measure), case.view.figure(WHOLE, measure).median)

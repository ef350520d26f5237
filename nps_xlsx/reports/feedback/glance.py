"""At a glance: the headline figures, key area by key area, and two charts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from nps_xlsx.excel import charts
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.excel.table import Cell, Column, write_cell, write_table
from nps_xlsx.figures.peers import ALL, AVERAGE, WHOLE, Measure, rounded
from nps_xlsx.model import Behaviour, KeyArea
from nps_xlsx.model.scores import score
from nps_xlsx.reports.feedback.case import FeedbackCase, GroupColumns
from nps_xlsx.workbook import wording

GLANCE = "At a glance"

_CURRENT, _TARGET, _MEDIAN = 2, 4, 5
_CHART_HEIGHT = 500
_LEAST_WIDTH = 640
"""Pixels that a chart needs."""
_SPACE = 14
_IN_TABLE = "The figures are in the table above."


@dataclass(frozen=True)
class _AreaTable:
    """Where the table of key areas is."""

    heading: int
    columns: Sequence[Column]
    areas: int
    difference: int
    """The column with the difference from the median of all."""

    def cells(self, col: int) -> charts.Range:
        """The cells of the key areas in one column."""
        return (GLANCE, col, self.heading + 1, self.heading + self.areas)

    def halves(self) -> tuple[int, int, int]:
        """Where a second chart beside the first begins, and the widths of the two."""
        starts = list(accumulate((column.width for column in self.columns), initial=0))
        least = max(_LEAST_WIDTH + _SPACE, starts[-1] // 2 - 40)
        col = next((col for col, start in enumerate(starts) if start >= least), len(starts) - 1)
        return col, starts[col] - _SPACE, max(starts[-1] - starts[col], _LEAST_WIDTH)


def write_glance(book: Book, case: FeedbackCase) -> None:
    """The council's averages beside the medians of its groups."""
    sheet = book.sheet(GLANCE)
    sheet.text(0, 0, case.assessment.council, "title")
    sheet.height(0, 30)
    own = case.framework.on_subject("self-assessment")
    note = f"Feedback on your {own}, round {case.assessment.round}."
    sheet.text(1, 0, f"{note} {wording.as_of(case.view.peers.tables.as_of)} {case.framework.title}.", "note")
    row = _write_lines(sheet, 3, headlines(case))
    measures = [(AVERAGE, area.code) for area in case.areas] + [(AVERAGE, ALL)]
    blocks = case.blocks(measures, quartiles=False)
    columns = _columns(blocks)
    difference = _MEDIAN + (len(blocks[0].columns) if blocks else 0)
    table = _AreaTable(row + 1, columns, len(case.areas), difference)
    sheet.widths(*(column.width for column in columns))
    end = write_table(sheet, table.heading, columns, _rows(case, blocks))
    for col, (column, value) in enumerate(zip(columns, _whole(case, blocks), strict=True)):
        write_cell(sheet, end, col, value, *column.names, "band", "bold")
    sheet.height(end, 20)
    sheet.mark_headings(table.heading, 0, end, len(columns) - 1)
    row = _write_lines(sheet, end + 1, _notes(case, measures), "note")
    _add_charts(book, sheet, case, table, row + 1)
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
    """The council's averages, then where it stands among the others, in words."""
    return [_own_line(case), _others_line(case)]


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


def _columns(blocks: Sequence[GroupColumns]) -> list[Column]:
    own = [
        Column("Key area", 240, ("wrap",)),
        Column("Levels given", 84, ("right",)),
        Column.mean("Your average level", 84),
        Column("Targets given", 84, ("right",)),
        Column.mean("Your average target", 84),
    ]
    for block in blocks:
        own += block.columns
        if block.kind == WHOLE:
            own.append(Column.gap("Difference from this median", 100))
    return own


def _rows(case: FeedbackCase, blocks: Sequence[GroupColumns]) -> Iterator[list[Cell]]:
    for row, area in enumerate(case.areas):
        yield [area.sheet, *_cells(case, area.behaviours, blocks, row)]


def _whole(case: FeedbackCase, blocks: Sequence[GroupColumns]) -> list[Cell]:
    label = "All behaviours asked" if case.framework.is_part else "All behaviours"
    return [label, *_cells(case, case.framework.behaviours, blocks, -1)]


def _cells(
    case: FeedbackCase, behaviours: Sequence[Behaviour], blocks: Sequence[GroupColumns], row: int
) -> list[Cell]:
    own = score(behaviours, case.assessment)
    current, target = (mean and rounded(mean) for mean in (own.current, own.target))
    cells: list[Cell] = [f"{own.applicable} of {own.behaviours}", current]
    cells += [f"{own.targets} of {own.behaviours}", target]
    for block in blocks:
        cells += block.cells(row)
        if block.kind == WHOLE:
            cells.append(_difference(current, block.figures[row].median))
    return cells


def _notes(case: FeedbackCase, measures: Sequence[Measure]) -> list[str]:
    notes = []
    if case.is_compared:
        notes.append(
            "A median is the middle one of the councils' averages; half of them are between the quartiles. "
            "Beside each is the number of councils that gave levels."
        )
    return [*notes, *case.left_out(measures)]


# --- Charts -----------------------------------------------------------------------


def _add_charts(book: Book, sheet: Sheet, case: FeedbackCase, table: _AreaTable, row: int) -> None:
    own = score(case.framework.behaviours, case.assessment)
    if own.current is None:
        return
    has_median = case.view.figure(WHOLE, (AVERAGE, ALL)).median is not None
    col, radar_width, width = table.halves()
    if table.areas < charts.LEAST_AREAS:
        col = 0
    else:
        lines = [charts.Line("Your current level", "current", table.cells(_CURRENT))]
        lines += [charts.Line("Your target level", "target", table.cells(_TARGET))] if own.targets else []
        lines += [charts.Line("Median of all councils", "median", table.cells(_MEDIAN))] if has_median else []
        chart = charts.radar(book, "Average level by key area", table.cells(0), lines, case.framework)
        shown = ", ".join(line.name.lower() for line in lines)
        text = f"Radar chart of the average level in each key area: {shown}. {_IN_TABLE}"
        sheet.chart(row, 0, chart, width=radar_width, height=_CHART_HEIGHT, description=text)
    bars, text = _differences(book, case, table) if has_median else _own_bars(book, case, table)
    sheet.chart(row, col, bars, width=width, height=_CHART_HEIGHT, description=f"{text} {_IN_TABLE}")


def _differences(book: Book, case: FeedbackCase, table: _AreaTable) -> tuple[Any, str]:
    most = max((abs(_area_difference(case, area) or 0) for area in case.areas), default=0)
    title = "Difference from the median of all councils"
    chart = charts.differences(book, title, table.cells(0), table.cells(table.difference), most)
    return chart, "Bar chart: how far your average in each key area is above or below the median of all."


def _area_difference(case: FeedbackCase, area: KeyArea) -> float | None:
    measure = (AVERAGE, area.code)
    return _difference(case.view.own(measure), case.view.figure(WHOLE, measure).median)


def _own_bars(book: Book, case: FeedbackCase, table: _AreaTable) -> tuple[Any, str]:
    title, values = "Your current and target levels", (table.cells(_CURRENT), table.cells(_TARGET))
    chart = charts.current_and_target(book, title, table.cells(0), values, case.framework)
    return chart, "Bar chart: your average current and target level in each key area."

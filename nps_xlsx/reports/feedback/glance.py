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
from nps_xlsx.model.scores import Score, score
from nps_xlsx.reports.feedback.case import Block, Case
from nps_xlsx.workbook import wording

GLANCE = "At a glance"

_CURRENT, _TARGET, _MEDIAN = 2, 4, 5
_CHART_HEIGHT = 500
_LEAST_WIDTH = 640
"""Pixels that a chart needs."""
_SPACE = 14
_IN_TABLE = "The figures are in the table above."


@dataclass(frozen=True)
class _Grid:
    """Where the table of key areas stands."""

    heading: int
    columns: Sequence[Column]
    areas: int
    beside: int
    """The column that says how far the council is from the median of all."""

    def cells(self, col: int) -> charts.Range:
        """The cells of the key areas in one column."""
        return (GLANCE, col, self.heading + 1, self.heading + self.areas)

    def halves(self) -> tuple[int, int, int]:
        """Where a second chart begins, and how wide the two are that stand side by side under the table."""
        starts = list(accumulate((column.width for column in self.columns), initial=0))
        least = max(_LEAST_WIDTH + _SPACE, starts[-1] // 2 - 40)
        col = next((col for col, start in enumerate(starts) if start >= least), len(starts) - 1)
        return col, starts[col] - _SPACE, max(starts[-1] - starts[col], _LEAST_WIDTH)


def write_glance(book: Book, case: Case) -> None:
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
    beside = _MEDIAN + (len(blocks[0].columns) if blocks else 0)
    grid = _Grid(row + 1, columns, len(case.areas), beside)
    sheet.widths(*(column.width for column in columns))
    end = write_table(sheet, grid.heading, columns, _rows(case, measures[:-1], blocks))
    for col, (column, value) in enumerate(zip(columns, _whole(case, blocks), strict=True)):
        write_cell(sheet, end, col, value, *column.names, "band", "bold")
    sheet.height(end, 20)
    sheet.mark_headings(grid.heading, 0, end, len(columns) - 1)
    row = _write_lines(sheet, end + 1, _notes(case, measures), "note")
    _add_charts(book, sheet, case, grid, row + 1)
    sheet.page()
    sheet.raw.fit_to_pages(1, 1)


def _write_lines(sheet: Sheet, row: int, lines: Sequence[str], *names: str) -> int:
    for line in lines:
        sheet.text(row, 0, line, *names)
        sheet.height(row, 19)
        row += 1
    return row


# --- The headline -----------------------------------------------------------------


def headlines(case: Case) -> list[str]:
    """The council's averages, then where it stands among the others, in words."""
    return [_own_line(case), _others_line(case)]


def _own_line(case: Case) -> str:
    found = _score(case, case.framework.behaviours)
    if found.current is None:
        return f"You gave no current level to any of the {found.behaviours} behaviours."
    given = f"from {found.applicable} of {found.behaviours} behaviours"
    line = f"Your average current level is {_own(found.current)}, {given}."
    if found.target is None:
        return f"{line} You gave no target levels."
    return f"{line} Your average target is {_own(found.target)}, from {found.targets}."


def _others_line(case: Case) -> str:
    figure = case.view.figure(WHOLE, (AVERAGE, ALL))
    if case.is_alone:
        return "Yours is the only response of the round so far, so there is nothing to compare it with."
    if figure.median is None:
        return f"Fewer than {case.view.peers.threshold} others gave levels: too few to compare you with."
    line = f"The median of all {figure.councils} councils is {figure.median:.1f}"
    if figure.lower is not None and figure.upper is not None:
        line += f", and the middle half of them lie between {figure.lower:.1f} and {figure.upper:.1f}"
    return f"{line}{_beside(_difference(case.view.own((AVERAGE, ALL)), figure.median))}."


def _beside(difference: float | None) -> str:
    if difference is None:
        return ""
    if difference == 0:
        return ": you stand at the median"
    return f": you stand {abs(difference):.1f} {'above' if difference > 0 else 'below'} the median"


def _difference(own: float | None, median: float | None) -> float | None:
    """Of the figures as they are shown, so that it can be checked."""
    return None if own is None or median is None else rounded(own - median)


# --- The table --------------------------------------------------------------------


def _columns(blocks: Sequence[Block]) -> list[Column]:
    own = [
        Column("Key area", 240, ("wrap",)),
        Column("Levels given", 84, ("right",)),
        Column.mean("Your average level", 84),
        Column("Targets given", 84, ("right",)),
        Column.mean("Your average target", 84),
    ]
    for place, block in enumerate(blocks):
        own += block.columns
        if place == 0:
            own.append(Column.gap("Difference from this median", 100))
    return own


def _rows(case: Case, measures: Sequence[Measure], blocks: Sequence[Block]) -> Iterator[list[Cell]]:
    for place, area in enumerate(case.areas):
        yield [area.sheet, *_cells(case, area.behaviours, measures[place], blocks, place)]


def _whole(case: Case, blocks: Sequence[Block]) -> list[Cell]:
    label = "All behaviours asked" if case.framework.is_part else "All behaviours"
    return [label, *_cells(case, case.framework.behaviours, (AVERAGE, ALL), blocks, -1)]


def _cells(
    case: Case, behaviours: Sequence[Behaviour], measure: Measure, blocks: Sequence[Block], place: int
) -> list[Cell]:
    found = _score(case, behaviours)
    current, target = _own(found.current), _own(found.target)
    cells: list[Cell] = [f"{found.applicable} of {found.behaviours}", current]
    cells += [f"{found.targets} of {found.behaviours}", target]
    for number, block in enumerate(blocks):
        cells += block.cells(place)
        if number == 0:
            cells.append(_difference(current, block.figures[place].median))
    return cells


def _score(case: Case, behaviours: Sequence[Behaviour]) -> Score:
    return score(behaviours, case.assessment)


def _own(mean: float | None) -> float | None:
    return None if mean is None else rounded(mean)


def _notes(case: Case, measures: Sequence[Measure]) -> list[str]:
    notes = []
    if case.is_compared:
        notes.append(
            "A median is the middle one of the councils' averages; half of them lie between the quartiles. "
            "The number of councils that gave levels stands beside each."
        )
    return [*notes, *case.left_out(measures)]


# --- Charts -----------------------------------------------------------------------


def _add_charts(book: Book, sheet: Sheet, case: Case, grid: _Grid, row: int) -> None:
    found = _score(case, case.framework.behaviours)
    if found.current is None:
        return
    has_median = case.view.figure(WHOLE, (AVERAGE, ALL)).median is not None
    col, radar_width, width = grid.halves()
    if grid.areas >= charts.LEAST_AREAS:
        lines = [charts.Line("Your current level", "current", grid.cells(_CURRENT))]
        lines += [charts.Line("Your target level", "target", grid.cells(_TARGET))] if found.targets else []
        lines += [charts.Line("Median of all councils", "median", grid.cells(_MEDIAN))] if has_median else []
        chart = charts.radar(book, "Average level by key area", grid.cells(0), lines, case.framework)
        shown = ", ".join(line.name.lower() for line in lines)
        text = f"Radar chart of the average level in each key area: {shown}. {_IN_TABLE}"
        sheet.chart(row, 0, chart, width=radar_width, height=_CHART_HEIGHT, description=text)
    else:
        col = 0
    bars, text = _differences(book, case, grid) if has_median else _own_bars(book, case, grid)
    sheet.chart(row, col, bars, width=width, height=_CHART_HEIGHT, description=f"{text} {_IN_TABLE}")


def _differences(book: Book, case: Case, grid: _Grid) -> tuple[Any, str]:
    found = [_area_difference(case, area) for area in case.areas]
    most = max((abs(one) for one in found if one is not None), default=0)
    title = "Difference from the median of all councils"
    chart = charts.differences(book, title, grid.cells(0), grid.cells(grid.beside), most)
    return chart, "Bar chart: how far your average in each key area is above or below the median of all."


def _area_difference(case: Case, area: KeyArea) -> float | None:
    measure = (AVERAGE, area.code)
    return _difference(case.view.own(measure), case.view.figure(WHOLE, measure).median)


def _own_bars(book: Book, case: Case, grid: _Grid) -> tuple[Any, str]:
    title, values = "Your current and target levels", (grid.cells(_CURRENT), grid.cells(_TARGET))
    chart = charts.current_and_target(book, title, grid.cells(0), values, case.framework)
    return chart, "Bar chart: your average current and target level in each key area."

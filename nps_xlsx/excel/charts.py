"""The charts of workbooks: native Excel charts in one palette, each axis named."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.model import Framework

Range = tuple[str, int, int, int]
"""A series' cells: sheet, column, first row, last row."""

LEAST_AREAS = 3
"""With fewer key areas there is no radar: two corners make a line."""

_LOOKS = {
    "current": (styles.CURRENT_COLOUR, "solid", "circle"),
    "target": (styles.TARGET_COLOUR, "dash", "square"),
    "median": (styles.INK, "round_dot", "diamond"),
}
"""Colour, dashes and marker of each line, so that they can be told apart without colour."""
_SIGNED = "+0.0;-0.0;0.0"
_SIGNED_NO_ZERO, _NO_ZERO = "+0.0;-0.0;", "0;-0;"
"""Without a label for zero: what is blank is drawn as zero, and says nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a radar: its name, its looks, its cells."""

    name: str
    looks: str
    cells: Range


def current_and_target(
    book: Book, title: str, names: Range, values: tuple[Range, Range], framework: Framework
) -> Any:
    """Bars of average current and target levels, the first category at the top."""
    chart = book.raw.add_chart({"type": "bar"})
    looks = (("Current", styles.CURRENT_COLOUR), ("Target", styles.RAMP[1]))
    for (name, colour), cells in zip(looks, values, strict=True):
        border = {"color": styles.ACCENT, "width": 0.5}
        chart.add_series(_series(name, names, cells) | _fill(colour) | {"border": border})
    across = {"name": "Average level", "min": 0, "max": len(framework.levels), "major_unit": 1}
    return _dressed(chart, title, across, _names("Key area"), legend="top")


def level_shares(
    book: Book, title: str, names: Range, series: list[tuple[str, Range]], framework: Framework
) -> Any:
    """Stacked bars that each add up to 100%: the share of returns at each level."""
    across = {"name": "Share of returns with a level", "num_format": "0%"}
    chart = _levels(book, "percent_stacked", names, series)
    return _dressed(chart, title, across, _names("Behaviour"), legend="top")


def level_counts(
    book: Book,
    title: str,
    names: Range,
    series: Sequence[tuple[str, Range]],
    most: int,
    legend: str = "bottom",
) -> Any:
    """Stacked bars of how many behaviours are at each level; ``most`` is the longest that a bar can be."""
    across = {"min": 0, "max": most, "major_unit": math.ceil(most / 10)}
    chart = _levels(book, "stacked", names, series, labels=_NO_ZERO)
    return _dressed(chart, title, across | {"num_format": "0"}, _names(""), legend=legend)


def _levels(
    book: Book, subtype: str, names: Range, series: Sequence[tuple[str, Range]], labels: str = ""
) -> Any:
    """Stacked bars with a series for each level, in the levels' colours, the first category at the top."""
    chart = book.raw.add_chart({"type": "bar", "subtype": subtype})
    for number, (name, cells) in enumerate(series, start=1):
        style = styles.STYLES[styles.level_style(number, len(series))]
        look = _fill(style["bg_color"], gap=35) | {"border": {"color": styles.PAPER, "width": 0.75}}
        if labels:
            font = styles.CHART_FONT | {"color": style["font_color"]}
            look["data_labels"] = {"value": True, "num_format": labels, "font": font, "position": "center"}
        chart.add_series(_series(name, names, cells) | look)
    return chart


def radar(book: Book, title: str, names: Range, lines: Sequence[Line], framework: Framework) -> Any:
    """Averages by key area, one per corner."""
    chart = book.raw.add_chart({"type": "radar", "subtype": "with_markers"})
    for line in lines:
        colour, dash, shape = _LOOKS[line.looks]
        marker = {"type": shape, "size": 6, "fill": {"color": colour}, "border": {"color": colour}}
        look = {"line": {"color": colour, "width": 2.25, "dash_type": dash}, "marker": marker}
        chart.add_series(_series(line.name, names, line.cells) | look)
    rings = {"min": 0, "max": len(framework.levels), "major_unit": 1, "num_format": "0"}
    return _dressed(chart, title, {"major_gridlines": {"visible": False}}, rings | _GRID, legend="bottom")


def gaps(book: Book, title: str, names: Range, cells: Range, framework: Framework) -> Any:
    """Bars of the average gap, the first category at the top."""
    chart = book.raw.add_chart({"type": "bar"})
    labels = {"value": True, "num_format": _SIGNED_NO_ZERO, "font": styles.CHART_FONT}
    chart.add_series(_series("Gap", names, cells) | _fill(styles.CURRENT_COLOUR) | {"data_labels": labels})
    across = {"name": "Levels to gain, on average", "num_format": "0", "min": 0, "major_unit": 1}
    return _dressed(chart, title, across | {"max": max(len(framework.levels) - 1, 1)}, _names(""))


def differences(book: Book, title: str, names: Range, cells: Range, most: float) -> Any:
    """Bars to the left and right of the median, the first key area at the top.

    ``most`` is the greatest difference: the axis reaches that far to either side.
    """
    reach = math.ceil(2 * most + 0.5) / 2
    chart = book.raw.add_chart({"type": "bar"})
    labels = {"value": True, "num_format": _SIGNED, "font": styles.CHART_FONT}
    chart.add_series(_series(title, names, cells) | _fill(styles.CURRENT_COLOUR) | {"data_labels": labels})
    across = {"name": "Levels below or above the median", "num_format": _SIGNED, "min": -reach, "max": reach}
    upright = _names("Key area") | {"label_position": "low", "line": {"color": styles.INK}}
    return _dressed(chart, title, across, upright)


_GRID = {"major_gridlines": styles.CHART_GRID}


def _names(what: str) -> dict[str, Any]:
    return {
        "name": what or None,
        "reverse": True,
        "interval_unit": 1,  # each name: LibreOffice leaves some out otherwise
        "crossing": "max",  # or the numbers would stand at the top, where the first category is
        "line": {"color": styles.RULE},
        "major_gridlines": {"visible": False},
    }


def _series(name: str, names: Range, values: Range) -> dict[str, Any]:
    return {"name": name, "categories": _cells(names), "values": _cells(values)}


def _cells(cells: Range) -> list[str | int]:
    sheet, col, first, last = cells
    return [sheet, first, col, last, col]


def _fill(colour: str, gap: int = 60) -> dict[str, Any]:
    return {"fill": {"color": colour}, "gap": gap}


def _dressed(
    chart: Any, title: str, across: dict[str, Any], upright: dict[str, Any], legend: str = ""
) -> Any:
    """The chart with its title, its axes (the value axis has a grid), and its legend, if any."""
    fonts = {"num_font": styles.CHART_FONT, "name_font": styles.CHART_AXIS_FONT}
    chart.set_title({"name": title, "name_font": styles.CHART_TITLE_FONT})
    chart.set_x_axis(fonts | _GRID | across)
    chart.set_y_axis(fonts | upright)
    chart.set_legend({"position": legend, "font": styles.CHART_FONT} if legend else {"none": True})
    chart.set_chartarea({"border": {"color": styles.RULE}})
    return chart

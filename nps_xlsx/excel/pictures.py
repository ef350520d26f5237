"""The charts of the feedback: a radar of averages, and bars above and below the median."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.charts import Range
from nps_xlsx.model import Framework

_LOOKS = {
    "current": (styles.CURRENT_COLOUR, "solid", "circle"),
    "target": (styles.TARGET_COLOUR, "dash", "square"),
    "median": (styles.INK, "round_dot", "diamond"),
}
"""Colour, dashes and marker of each line, so that they can be told apart without colour."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the radar: its name, how it looks, its cells."""

    name: str
    looks: str
    cells: Range


def radar(book: Book, title: str, names: Range, lines: Sequence[Line], framework: Framework) -> Any:
    """Averages by key area, a corner each."""
    chart = book.raw.add_chart({"type": "radar", "subtype": "with_markers"})
    for line in lines:
        colour, dash, shape = _LOOKS[line.looks]
        chart.add_series(
            {
                "name": line.name,
                "categories": _cells(names),
                "values": _cells(line.cells),
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
                "marker": {"type": shape, "size": 6, "fill": {"color": colour}, "border": {"color": colour}},
            }
        )
    chart.set_title({"name": title, "name_font": styles.CHART_TITLE_FONT})
    axis = {"min": 0, "max": len(framework.levels), "major_unit": 1, "num_format": "0"}
    chart.set_y_axis({**axis, "num_font": styles.CHART_FONT, "major_gridlines": styles.CHART_GRID})
    chart.set_x_axis({"num_font": styles.CHART_FONT})
    chart.set_legend({"position": "bottom", "font": styles.CHART_FONT})
    chart.set_chartarea({"border": {"color": styles.RULE}})
    return chart


def differences(book: Book, title: str, names: Range, cells: Range, most: float) -> Any:
    """Bars to the right of the median and to the left of it, the first key area at the top.

    ``most`` is the greatest difference: the axis reaches as far to either side.
    """
    reach = math.ceil(2 * most + 0.5) / 2
    chart = book.raw.add_chart({"type": "bar"})
    fill = {"fill": {"color": styles.CURRENT_COLOUR}, "gap": 60}
    labels = {"value": True, "num_format": "+0.0;-0.0;0.0", "font": styles.CHART_FONT}
    series = {"name": title, "categories": _cells(names), "values": _cells(cells), "data_labels": labels}
    chart.add_series(series | fill)
    chart.set_title({"name": title, "name_font": styles.CHART_TITLE_FONT})
    chart.set_x_axis(
        {
            "name": "Levels below or above the median",
            "name_font": styles.CHART_AXIS_FONT,
            "num_font": styles.CHART_FONT,
            "num_format": "+0.0;-0.0;0.0",
            "min": -reach,
            "max": reach,
            "major_gridlines": styles.CHART_GRID,
        }
    )
    axis: dict[str, Any] = {"reverse": True, "num_font": styles.CHART_FONT, "label_position": "low"}
    axis |= {"name": "Key area", "name_font": styles.CHART_AXIS_FONT, "line": {"color": styles.INK}}
    chart.set_y_axis(axis)
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": styles.RULE}})
    return chart


def _cells(cells: Range) -> list[str | int]:
    sheet, col, first, last = cells
    return [sheet, first, col, last, col]

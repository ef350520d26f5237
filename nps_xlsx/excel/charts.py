"""The charts of the reports: native Excel charts in the one palette, each axis named."""

from __future__ import annotations

from typing import Any

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.model import Framework

Range = tuple[str, int, int, int]
"""Sheet, column, first row and last row of the cells of a series."""


def current_and_target(
    book: Book, title: str, categories: Range, values: tuple[Range, Range], framework: Framework
) -> Any:
    """Bars of average current and target levels, the first category at the top."""
    chart = book.raw.add_chart({"type": "bar"})
    looks = (("Current", styles.CURRENT_COLOUR), ("Target", styles.RAMP[1]))
    for (name, colour), cells in zip(looks, values, strict=True):
        fill = {"fill": {"color": colour}, "border": {"color": styles.ACCENT, "width": 0.5}, "gap": 60}
        chart.add_series(_series(name, categories, cells) | fill)
    axis = {"min": 0, "max": len(framework.levels), "major_unit": 1}
    _dress(chart, title, ("Key area", "Average level"), axis)
    return chart


def level_shares(
    book: Book, title: str, categories: Range, series: list[tuple[str, Range]], framework: Framework
) -> Any:
    """Stacked bars that each add up to the whole: the share of returns at each level."""
    chart = book.raw.add_chart({"type": "bar", "subtype": "percent_stacked"})
    steps = len(framework.levels)
    for number, (name, cells) in enumerate(series, start=1):
        colour = styles.STYLES[styles.level_style(number, steps)]["bg_color"]
        fill = {"fill": {"color": colour}, "border": {"color": styles.PAPER, "width": 0.75}, "gap": 35}
        chart.add_series(_series(name, categories, cells) | fill)
    _dress(chart, title, ("Behaviour", "Share of returns with a level"), {"num_format": "0%"})
    return chart


def _series(name: str, categories: Range, values: Range) -> dict[str, Any]:
    return {"name": name, "categories": _cells(categories), "values": _cells(values)}


def _cells(cells: Range) -> list[str | int]:
    sheet, col, first, last = cells
    return [sheet, first, col, last, col]


def _dress(chart: Any, title: str, names: tuple[str, str], axis: dict[str, Any]) -> None:
    """Title, axes and legend; ``names`` are those of the upright axis and of the level one."""
    upright, level = names
    chart.set_title({"name": title, "name_font": styles.CHART_TITLE_FONT})
    chart.set_x_axis(
        {
            "name": level,
            "name_font": styles.CHART_AXIS_FONT,
            "num_font": styles.CHART_FONT,
            "major_gridlines": styles.CHART_GRID,
            **axis,
        }
    )
    chart.set_y_axis(
        {
            "name": upright,
            "name_font": styles.CHART_AXIS_FONT,
            "reverse": True,
            "num_font": styles.CHART_FONT,
            "line": {"color": styles.RULE},
        }
    )
    chart.set_legend({"position": "top", "font": styles.CHART_FONT})
    chart.set_chartarea({"border": {"color": styles.RULE}})

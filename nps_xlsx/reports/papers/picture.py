"""The chart of a paper as a PNG by Vega-Lite, for Word, which takes no native chart from python-docx."""

from __future__ import annotations

from typing import Any

import vl_convert

from nps_xlsx.excel import styles
from nps_xlsx.model.scores import one_decimal
from nps_xlsx.reports.papers.paper import Chart

WIDTH, STEP = 440, 22
"""The width of the bars' area in points, and the height of a group of bars."""

# The first font comes with vl-convert, so that every machine draws the same picture.
_FONT = f"Liberation Sans, {styles.FONT}"
_SERIES = {"Current": styles.CURRENT_COLOUR, "Target": styles.RAMP[1]}
_RESOLUTION = 200

_TEXT = {"labelFont": _FONT, "labelFontSize": 10, "labelColor": styles.INK}
_LOOKS = {
    "background": styles.PAPER,
    "view": {"stroke": None},
    "axis": _TEXT
    | {"titleFont": _FONT, "titleFontSize": 10, "titleColor": styles.QUIET_INK, "titleFontWeight": "normal"}
    | {"gridColor": styles.RULE, "domainColor": styles.RULE, "tickColor": styles.RULE, "gridWidth": 0.5},
    "legend": _TEXT,
    "title": {"font": _FONT, "fontSize": 13, "color": styles.ACCENT, "anchor": "start"},
    "text": {"font": _FONT, "fontSize": 8, "color": styles.INK},
}


def png(chart: Chart, levels: int) -> bytes:
    """The chart as a PNG; the same figures give the same bytes."""
    made: bytes = vl_convert.vegalite_to_png(_picture(chart, levels), ppi=_RESOLUTION)
    return made


def _picture(chart: Chart, levels: int) -> dict[str, Any]:
    """The chart in the words of Vega-Lite: bars, and beside each its figure."""
    value = {"field": "value", "type": "quantitative"}
    axis = {"values": list(range(levels + 1)), "format": "d"}
    colours = {"domain": list(_SERIES), "range": list(_SERIES.values())}
    series = {"field": "series", "type": "nominal", "sort": list(_SERIES)}
    bars = {
        "x": value | {"title": chart.axis, "axis": axis, "scale": {"domain": [0, levels]}},
        "color": series | {"title": None, "scale": colours, "legend": {"orient": "top"}},
    }
    labels = {"labelLimit": 240, "ticks": False, "labelPadding": 6}
    rows = {"field": "label", "type": "nominal", "sort": [bar.label for bar in chart.bars], "title": None}
    return {
        "config": _LOOKS,
        "title": chart.title,
        "width": WIDTH,
        "height": {"step": STEP / 2},
        "data": {"values": _values(chart)},
        "encoding": {"y": rows | {"axis": labels}, "yOffset": series},
        "layer": [
            {"mark": {"type": "bar", "stroke": styles.ACCENT, "strokeWidth": 0.5}, "encoding": bars},
            {
                "mark": {"type": "text", "align": "left", "dx": 3},
                "encoding": {"x": value, "text": {"field": "text"}},
            },
        ],
    }


def _values(chart: Chart) -> list[dict[str, Any]]:
    """The bars; a group without a figure keeps its row, without a bar."""
    return [
        {
            "label": bar.label,
            "series": name,
            "value": value,
            "text": "" if value is None else one_decimal(value),
        }
        for bar in chart.bars
        for name, value in zip(_SERIES, (bar.current, bar.target), strict=True)
    ]

"""The chart of a paper as a PNG by Vega-Lite, for Word, which takes no native chart from python-docx."""

from __future__ import annotations

import io
from typing import Any

import altair as alt

from nps_xlsx.excel import styles
from nps_xlsx.model.scores import one_decimal
from nps_xlsx.reports.papers.paper import Chart

WIDTH, STEP = 440, 22
"""The width of the bars' area in points, and the height of a group of bars."""

# The first font comes with vl-convert, so that every machine draws the same picture.
_FONT = f"Liberation Sans, {styles.FONT}"
_SERIES = (("Current", styles.CURRENT_COLOUR), ("Target", styles.RAMP[1]))
_RESOLUTION = 200


def png(chart: Chart, levels: int) -> bytes:
    """The chart as a PNG; the same figures give the same bytes."""
    picture = io.BytesIO()
    _layers(chart, levels).save(picture, format="png", ppi=_RESOLUTION)
    return picture.getvalue()


def _layers(chart: Chart, levels: int) -> alt.LayerChart:
    order = [bar.label for bar in chart.bars]
    names = [name for name, _ in _SERIES]
    base = alt.Chart(alt.InlineData(values=_values(chart))).encode(
        y=alt.Y(
            "label:N", sort=order, title=None, axis=alt.Axis(labelLimit=240, ticks=False, labelPadding=6)
        ),
        yOffset=alt.YOffset("series:N", sort=names),
    )
    scale = alt.Scale(domain=[0, levels])
    bars = base.mark_bar(stroke=styles.ACCENT, strokeWidth=0.5).encode(
        x=alt.X(
            "value:Q",
            scale=scale,
            title=chart.axis,
            axis=alt.Axis(values=list(range(levels + 1)), format="d"),
        ),
        color=alt.Color(
            "series:N",
            sort=names,
            title=None,
            scale=alt.Scale(domain=names, range=[colour for _, colour in _SERIES]),
            legend=alt.Legend(orient="top"),
        ),
    )
    figures = base.mark_text(align="left", dx=3).encode(x=alt.X("value:Q"), text="text:N")
    both = alt.layer(bars, figures).properties(width=WIDTH, height=alt.Step(STEP / 2), title=chart.title)
    configured: alt.LayerChart = both.configure(**_looks())
    return configured


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
        for (name, _), value in zip(_SERIES, (bar.current, bar.target), strict=True)
    ]


def _looks() -> dict[str, Any]:
    text = {"labelFont": _FONT, "titleFont": _FONT, "labelFontSize": 10, "titleFontSize": 10}
    inks = {"labelColor": styles.INK, "titleColor": styles.QUIET_INK, "titleFontWeight": "normal"}
    lines = {"gridColor": styles.RULE, "domainColor": styles.RULE, "tickColor": styles.RULE, "gridWidth": 0.5}
    return {
        "background": styles.PAPER,
        "view": {"stroke": None},
        "axis": {**text, **inks, **lines},
        "legend": {"labelFont": _FONT, "labelFontSize": 10, "labelColor": styles.INK},
        "title": {"font": _FONT, "fontSize": 13, "color": styles.ACCENT, "anchor": "start"},
        "text": {"font": _FONT, "fontSize": 8, "color": styles.INK},
    }

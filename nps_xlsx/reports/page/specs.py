"""The charts of the page as Vega-Lite, without figures: the page fills these in as the reader chooses.

The name of each row is above its marks, so that long names need no margin and a chart is as clear on
a telephone as on paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import altair as alt

from nps_xlsx.excel import styles

Spec = dict[str, Any]

NOW, TARGET = "Average current", "Average target"

_FONT = f"{styles.FONT}, Helvetica, Liberation Sans, sans-serif"
_FIGURES = alt.NamedData("rows")
_ROW, _BAR = 46, 18
"""The height of a row with its name, and of the bar in it."""
_NAME_UP, _BAR_DOWN = -13, 9
"""The positions of name and bar in the row, from its middle."""
_ROOM = 84
"""The space kept free for the figure after a bar or a name."""


@cache
def specs(count: int) -> Mapping[str, Spec]:
    """The charts for a scale of ``count`` levels, by name."""
    return {
        "area": _finished(_area(count)),
        "behaviours": _finished(_behaviours(count)),
        "targets": _finished(_targets(count)),
        "change": _finished(_change()),
        "council": _finished(_council(count)),
    }


def _finished(chart: alt.LayerChart) -> Spec:
    """The chart in the common style; the page sets its width and its figures."""
    spec: Spec = chart.configure(**_looks()).to_dict()
    # The schema's address is no use without a network; the mode says what this is.
    return {name: part for name, part in spec.items() if name != "$schema"}


def _base() -> alt.Chart:
    return alt.Chart()


def _area(count: int) -> alt.LayerChart:
    """One key area: a bar per level, for how often it was given."""
    most = alt.param(name="most", value=1)
    scale = alt.Scale(domain=[0, _expr("most")], range=[0, _expr(f"width - {_ROOM}")])
    names = alt.Axis(ticks=False, domain=False, labelPadding=8)
    base = _base().encode(
        y=alt.Y("level:N", sort=None, title=None, axis=names),
        x=alt.X("share:Q", axis=None, scale=scale),
    )
    bars = base.mark_bar(size=15, **_EDGE).encode(color=_ramp(count))
    figures = base.mark_text(align="left", dx=5).encode(text="text:N")
    layers = alt.layer(bars, figures, data=_FIGURES)
    return _with(layers, [most], 22)


def _behaviours(count: int) -> alt.LayerChart:
    """The behaviours of a key area: the shares of councils at each level, which add up to the whole."""
    base = _base().transform_stack(
        stack="count",
        groupby=["row"],
        as_=["from", "to"],
        offset="normalize",
        sort=[alt.SortField("number", order="ascending")],
    )
    shares = alt.Axis(format="%", tickCount=4, grid=False, title="Share of the levels given", offset=4)
    bars = base.mark_bar(size=_BAR, yOffset=_BAR_DOWN, **_EDGE).encode(
        y=_rows(),
        x=alt.X("from:Q", axis=shares, scale=alt.Scale(domain=[0, 1])),
        x2="to:Q",
        color=_ramp(count),
    )
    counts = (
        base.transform_calculate(
            middle="(datum.from + datum.to) / 2", ink=f"{_colours(count, 'font_color')}[datum.number - 1]"
        )
        .transform_filter("datum.to - datum.from > 0.07")
        .mark_text(yOffset=_BAR_DOWN + 1, fontSize=11)
        .encode(y=_rows(), x="middle:Q", text="count:Q", color=alt.Color("ink:N", scale=None))
    )
    return _named(bars, counts)


def _targets(count: int) -> alt.LayerChart:
    """The key areas: the average now, the average target, and a line between them."""
    line, points = _way(count)
    looks = alt.Legend(orient="top", title=None, symbolSize=110)
    marks = points.encode(
        fill=alt.Fill(
            "series:N",
            scale=alt.Scale(domain=[NOW, TARGET], range=[styles.CURRENT_COLOUR, styles.PAPER]),
            legend=looks,
        ),
        shape=alt.Shape(
            "series:N", scale=alt.Scale(domain=[NOW, TARGET], range=["circle", "diamond"]), legend=looks
        ),
    )
    return _named(_parted(), line, marks)


def _way(count: int) -> tuple[alt.Chart, alt.Chart]:
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=[1, count], zero=False),
        axis=alt.Axis(values=list(range(1, count + 1)), format="d", title="Average level", offset=4),
    )
    base = _base().transform_filter("isValid(datum.value)")
    line = base.mark_line(stroke=styles.RULE, strokeWidth=3, yOffset=_BAR_DOWN)
    points = base.mark_point(size=130, stroke=styles.ACCENT, strokeWidth=1.5, yOffset=_BAR_DOWN, opacity=1)
    return line.encode(y=_rows(), x=x, detail="row:N"), points.encode(y=_rows(), x=x)


def _change() -> alt.LayerChart:
    """By how many levels all behaviours, and those of each key area, rose or fell."""
    most = alt.param(name="most", value=1)
    bars = (
        _base()
        .mark_bar(size=_BAR - 4, yOffset=_BAR_DOWN, color=styles.CURRENT_COLOUR)
        .encode(
            y=_rows(),
            x=alt.X(
                "value:Q",
                scale=alt.Scale(domain=[_expr("-most"), _expr("most")]),
                axis=alt.Axis(
                    labelExpr="datum.value == 0 ? '0' : format(datum.value, '+.1f')",
                    tickCount=5,
                    title="Change in levels",
                    offset=4,
                ),
            ),
        )
    )
    zero = (
        _base()
        .mark_rule(color=styles.INK)
        .encode(x=alt.datum(0, type="quantitative"))  # the line of no change
    )
    return _named(_parted(), bars, zero, numbers=[most])


def _council(count: int) -> alt.LayerChart:
    """One council's behaviours: its level and target over the middle half of all councils."""
    levels = list(range(1, count + 1))
    x = alt.X(
        "low:Q",
        scale=alt.Scale(domain=[0.75, count + 0.25], zero=False),
        axis=alt.Axis(values=levels, format="d", title="Level", offset=4),
    )
    base = _base().encode(y=_rows())
    half = base.mark_bar(size=_BAR, yOffset=_BAR_DOWN, color=styles.RAMP[1]).encode(x=x, x2="high:Q")
    middle = base.mark_tick(
        size=_BAR + 4, thickness=2, yOffset=_BAR_DOWN, color=styles.INK, opacity=1
    ).encode(x="middle:Q")
    target = _point(base, "target", "diamond", styles.PAPER, 190)
    now = _point(base, "now", "circle", styles.CURRENT_COLOUR, 90)
    return _named(_parted(), half, middle, target, now)


def _point(base: alt.Chart, name: str, shape: str, fill: str, size: int) -> alt.Chart:
    there = base.transform_filter(f"isValid(datum.{name})")
    looks: Spec = {"fill": fill, "fillOpacity": 1, "opacity": 1, "stroke": styles.ACCENT, "strokeWidth": 1.5}
    point: alt.Chart = there.mark_point(shape=shape, size=size, yOffset=_BAR_DOWN, **looks).encode(
        x=f"{name}:Q"
    )
    return point


# --- What they share

_EDGE: dict[str, Any] = {"stroke": styles.ACCENT, "strokeWidth": 0.5}
"""An outline, since the lightest steps would be lost on white."""


def _named(*layers: alt.Chart, numbers: Sequence[alt.Parameter] = ()) -> alt.LayerChart:
    """The layers below each row's name on the left and its figure on the right."""
    # A row may come as several, one per level; its name is written once.
    first = _base().transform_filter("datum.first").encode(y=_rows())
    name = first.mark_text(
        align="left", baseline="middle", yOffset=_NAME_UP, limit=_expr("width - length_of_figure")
    ).encode(x=alt.value(0), text="row:N")
    figure = first.mark_text(align="right", baseline="middle", yOffset=_NAME_UP, color=styles.QUIET_INK)
    figures = figure.encode(x=alt.value("width"), text="text:N")
    room = alt.param(name="length_of_figure", value=_ROOM)
    return _with(alt.layer(*layers, name, figures, data=_FIGURES), [*numbers, room], _ROW)


def _with(layers: Any, numbers: Sequence[alt.Parameter], row: int) -> alt.LayerChart:
    """The layers with numbers that the page sets, and rows of this height.

    Altair's types allow layers to be facets, which none of these are.
    """
    whole: alt.LayerChart = layers.add_params(*numbers).properties(height=alt.Step(row))
    return whole


def _parted() -> alt.Chart:
    """A hairline above each row, so that name, marks and figure are seen together."""
    hairline: alt.Chart = _base().mark_rule(color=styles.RULE, strokeWidth=0.5).encode(y=_rows(0))
    return hairline


def _rows(position: float = 0.5) -> alt.Y:
    """The rows in their own order; a mark in the middle of its row, or at the top (0)."""
    scale = alt.Scale(type="band", paddingInner=0, paddingOuter=0)
    return alt.Y("row:N", sort=None, axis=None, bandPosition=position, scale=scale)


def _ramp(count: int) -> alt.Color:
    """The colour of each level."""
    scale = alt.Scale(domain=list(range(1, count + 1)), range=_colours(count, "bg_color"))
    return alt.Color("number:O", scale=scale, legend=None)


def _colours(count: int, which: str) -> list[str]:
    """The background colour of each level, or the colour of text on it."""
    return [styles.STYLES[styles.level_style(number, count)][which] for number in range(1, count + 1)]


def _expr(text: str) -> Any:
    """A number that the chart calculates when drawn; altair's types expect a constant."""
    return alt.ExprRef(text)


def _looks() -> Spec:
    text = {"labelFont": _FONT, "titleFont": _FONT, "labelFontSize": 12, "titleFontSize": 12}
    inks = {"labelColor": styles.INK, "titleColor": styles.QUIET_INK, "titleFontWeight": "normal"}
    lines = {"gridColor": styles.RULE, "gridWidth": 0.5, "tickColor": styles.RULE, "domain": False}
    return {
        # The chart's label and the table say what it shows; a screen reader need not read a hundred marks.
        "aria": False,
        "background": "transparent",
        "padding": {"left": 1, "right": 6, "top": 2, "bottom": 2},
        "view": {"stroke": None},
        "axis": {**text, **inks, **lines},
        "legend": {"labelFont": _FONT, "labelFontSize": 12, "labelColor": styles.INK},
        "text": {"font": _FONT, "fontSize": 12, "color": styles.INK},
    }

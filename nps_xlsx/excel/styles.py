"""The colours, fonts and formats of every workbook, as data.

One typeface, ink on white, one accent, one tint for cells to be filled in, and one five-step,
single-hue ramp for the levels: nothing else is coloured.  A test checks that every ink
has at least the contrast of WCAG AA on its ground.
"""

from __future__ import annotations

from typing import Any

FONT = "Arial"
BODY_SIZE = 11
SMALL_SIZE = 10
LARGE_SIZE = 14

INK = "#1B2733"
QUIET_INK = "#55606B"
PAPER = "#FFFFFF"
ACCENT = "#1F4E79"
ON_ACCENT = "#FFFFFF"
INPUT_TINT = "#FFF6DC"
REVIEWER_TINT = "#E6F3EC"
BAND = "#F1F4F7"
"""A quiet ground for guidance and totals: the lightest grey, not a second colour."""
RULE = "#B4BEC8"

RAMP = ("#E9F1F8", "#C6DBEC", "#93BBDA", "#3A77AE", "#173C5E")
"""The levels, lowest first: one hue, from light to dark."""
RAMP_INK = (INK, INK, INK, "#FFFFFF", "#FFFFFF")

CURRENT_COLOUR = RAMP[3]
TARGET_COLOUR = "#8A96A3"

Style = dict[str, Any]
"""Properties of a cell format, in XlsxWriter's words."""

BASE: Style = {
    "font_name": FONT,
    "font_size": BODY_SIZE,
    "font_color": INK,
    "valign": "top",
}

INDENT_PIXELS = 9
"""How much one step of indent narrows a boxed cell."""

_BOX: Style = {"border": 1, "border_color": RULE, "align": "left", "indent": 1}

STYLES: dict[str, Style] = {
    "title": {"bold": True, "font_size": 18, "font_color": ACCENT, "valign": "vcenter"},
    "subtitle": {"font_size": 12, "font_color": QUIET_INK, "valign": "vcenter"},
    "lead": {"font_size": 14, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 13, "font_color": ACCENT, "valign": "bottom"},
    "stamp": {"font_size": 7, "font_color": QUIET_INK, "valign": "vcenter"},
    "note": {"font_color": QUIET_INK, "font_size": SMALL_SIZE, "valign": "vcenter"},
    "link": {"font_color": ACCENT, "underline": 1, "valign": "vcenter"},
    "heading": {
        **_BOX,
        "bold": True,
        "font_color": ON_ACCENT,
        "bg_color": ACCENT,
        "text_wrap": True,
        "valign": "vcenter",
    },
    "label": {"bold": True, "text_wrap": True},
    "wrap": {"text_wrap": True},
    "shrink": {"shrink": True},
    "box": _BOX,
    "small": {"font_size": SMALL_SIZE},
    "large": {"font_size": LARGE_SIZE},
    "indented": {"align": "left", "indent": 1},
    "bold": {"bold": True},
    "band": {"bg_color": BAND},
    "input": {**_BOX, "bg_color": INPUT_TINT, "locked": False, "text_wrap": True},
    "reviewer": {"bg_color": REVIEWER_TINT},
    # A heavy frame: a shape that shows without colour and in print.
    "framed": {"border": 5, "border_color": ACCENT},
    **{f"framed_{side}": {side: 5, f"{side}_color": ACCENT} for side in ("left", "right", "top", "bottom")},
    "text": {"num_format": 49},
    "quoted": {"quote_prefix": True},
    "date": {"num_format": "d mmm yyyy", "align": "left"},
    "month": {"num_format": "mmm yyyy"},
    "count": {"num_format": "0", "align": "right", "indent": 1},
    # A dash for zero, so that what is open stands out without colour.
    "open": {"num_format": '0;-0;"–"', "align": "right", "indent": 1},
    "mean": {"num_format": "0.0", "align": "right", "indent": 1},
    "gap": {"num_format": "+0.0;-0.0;0.0", "align": "right", "indent": 1},
    # An arrow beside the sign: a shape that shows without colour.
    "difference": {"num_format": '"▲ "+0;"▼ "-0;0', "align": "right", "indent": 1},
    "share": {"num_format": "0%", "align": "right", "indent": 1},
    "right": {"align": "right"},
    "centre": {"align": "center"},
    "middle": {"valign": "vcenter"},
    "top": {"valign": "top"},
    "verdict": {"bold": True, "font_size": 14, "valign": "vcenter"},
    **{
        f"level_{step}": {"bg_color": ground, "font_color": ink}
        for step, (ground, ink) in enumerate(zip(RAMP, RAMP_INK, strict=True), start=1)
    },
}

CELL_STYLES = {"title": ("Heading 1", 16), "section": ("Heading 2", 17)}
"""Styles that Excel knows as headings: its name and number of each (ECMA-376 part 1, 18.8.7)."""

CHART_FONT: Style = {"name": FONT, "size": 9, "color": INK}
CHART_AXIS_FONT: Style = {"name": FONT, "size": 9, "bold": False, "color": QUIET_INK}
CHART_TITLE_FONT: Style = {"name": FONT, "size": 13, "bold": True, "color": ACCENT}
CHART_GRID: Style = {"visible": True, "line": {"color": RULE, "width": 0.5}}

CHOSEN: Style = {"bg_color": RAMP[1], "bold": True}
"""The chosen descriptor of a row: darker ground and bold, so that it shows without colour."""
AIMED_AT: Style = {"border": 1, "border_color": INK, "italic": True}
"""The target's descriptor: outlined and italic.  A conditional format draws no thicker line."""


DIFFERS: Style = {"bg_color": REVIEWER_TINT, "bold": True}
"""A row of Review in which the council's and the reviewer's level differ."""
REVIEWED: Style = {"bg_color": REVIEWER_TINT, "underline": 1}
"""The descriptor of the level that the reviewer gave: underlined, so that it shows on any ground."""

_TABS = (ACCENT, "#2E7D5B", "#8A5A00", "#6B4A8A")


def tab_colour(number: int) -> str:
    """The colour of the tabs of a theme, by its number; the words are on the first sheet."""
    return _TABS[number % len(_TABS)]


def saying(words: str) -> Style:
    """A conditional format that puts words after a cell's text, and a line around it."""
    return {"num_format": f'@"{words}"', "border": 1, "border_color": INK, "italic": True}


BEFORE: Style = {"border": 4, "border_color": ACCENT, "bg_color": RAMP[0]}
"""The descriptor of the earlier round's level: a dotted line on the palest ground."""


def level_style(number: int, count: int) -> str:
    """The style of a level's cell if a framework has ``count`` levels."""
    steps = len(RAMP)
    step = 1 if count < 2 else 1 + round((number - 1) * (steps - 1) / (count - 1))
    return f"level_{step}"

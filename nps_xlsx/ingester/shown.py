"""How a number or a date looks in its cell, by the cell's number format: 75% rather than 0.75.

The formats that people choose from Excel's lists, after ECMA-376 part 1, section 18.8.31: figures, per
cents, money and accounting, days with the month in words.  Others are not guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from nps_xlsx.workbook.values import CellValue

_BUILT_IN = {1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 37: "#,##0 ;(#,##0)"} | {
    38: "#,##0 ;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
}
_GENERAL = {0, 49}
_UNKNOWN = "unknown"
"""For what a file need not say, such as the currency of its writer's own country: no format reads so."""

_CODE_LIMIT = 255
"""Characters of a format that Excel takes."""

# No alternative gives back what it took, and a format has _CODE_LIMIT characters at most: linear.
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*+)"|\\(?P<escaped>.)|\[\$(?P<symbol>[^\]-]*+)[^\]]*+\]'
    r"|\[(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]{1,2})\]"
    r"|[_*](?P<skipped>.)|(?P<general>general|@)|(?P<figures>[0#?][0#?,]*+(?:\.[0#?]*+,*+)?|\.[0#?]++)"
    r"|(?P<day>d{1,4}|m{1,5}|y{1,4})|(?P<literal>[-$£€¥+/(): !^&'~{}<>=.,%])|(?P<section>;)",
    re.IGNORECASE | re.DOTALL,
)
_MONTH = re.compile("m{3,4}", re.IGNORECASE)
_DAYS = {
    "d": "{0.day}",
    "dd": "{0:%d}",
    "ddd": "{0:%a}",
    "dddd": "{0:%A}",
    "mmm": "{0:%b}",
    "mmmm": "{0:%B}",
} | {
    "m": "{0.month}",
    "mm": "{0:%m}",
    "yy": "{0:%y}",
    "yyyy": "{0.year}",
}

_Parts = list[tuple[str, str]]


def format_of(number: int, code: str | None) -> str:
    """The format that a file gives by its number and code; empty where a cell shows its value as it is."""
    if code is None:
        return "" if number in _GENERAL else _BUILT_IN.get(number, _UNKNOWN)
    return "" if code.casefold() in ("general", "@") else code


def shown(value: CellValue, code: str) -> str | None:
    """A number or a date as its format shows it; ``None`` where that cannot be worked out.

    Of dates only those are shown that name the month: 03/04/2027 says less than 2027-04-03.
    """
    sections = _sections(code)
    if sections is None or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return _number(Decimal(repr(value)), sections) if value - value == 0 else None
        except InvalidOperation:  # more figures than the 28 that are reckoned with: 1E+30 as pounds and pence
            return None
    if isinstance(value, dt.date) and any(
        _MONTH.fullmatch(text) for kind, text in sections[0] if kind == "day"
    ):
        return _date(value, sections[0])
    return None


def _sections(code: str) -> list[_Parts] | None:
    """The parts of each of a format's sections; ``None`` if some part of it is not understood."""
    if len(code) > _CODE_LIMIT:
        return None
    sections: list[_Parts] = [[]]
    at = 0
    while at < len(code):
        match = _TOKEN.match(code, at)
        if match is None:
            return None
        at = match.end()
        if match.lastgroup == "section":
            sections.append([])
        else:
            sections[-1].append((match.lastgroup or "", match[match.lastgroup or 0]))
    return sections


def _number(value: Decimal, sections: Sequence[_Parts]) -> str | None:
    """With two sections the second is for what is below zero, with three the third for zero."""
    place = 1 if value < 0 and len(sections) > 1 else 2 if value == 0 and len(sections) > 2 else 0
    parts = sections[place]
    kinds = [kind for kind, _ in parts]
    if "day" in kinds or kinds.count("figures") + kinds.count("general") > 1:
        return None
    if ("literal", "/") in parts and "figures" in kinds:
        return None  # a fraction
    sign = "-" if value < 0 and place == 0 else ""
    per_cent = sum(text == "%" for kind, text in parts if kind == "literal")
    size = abs(value) * 100**per_cent
    texts = []
    for kind, text in parts:
        if kind == "figures":
            texts.append(_figures(size, text))
        elif kind == "general":
            texts.append(f"{size:f}")
        elif kind not in ("colour", "skipped"):
            texts.append(text)
    return sign + "".join(texts).strip()


def _figures(size: Decimal, pattern: str) -> str:
    """A number of zero or more by its pattern: thousands, decimals, zeros before and after."""
    scaled = pattern.rstrip(",")
    size = size.scaleb(-3 * (len(pattern) - len(scaled)))
    bare, _, decimals = scaled.partition(".")
    rounded = f"{size.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP):f}"
    left, _, right = rounded.partition(".")
    least = bare.count("0")
    left = "" if not least and left == "0" else left.rjust(least, "0")
    if "," in bare:
        left = f"{int(left or 0):,}" if left else ""
    needed = len(decimals.rstrip("#?"))
    right = right[:needed] + right[needed:].rstrip("0")
    return left + ("." if "." in scaled else "") + right


def _date(day: dt.date, parts: _Parts) -> str | None:
    texts = []
    for kind, text in parts:
        if kind in ("figures", "general") or (kind == "day" and text.casefold() not in _DAYS):
            return None
        if kind not in ("colour", "skipped"):
            texts.append(_DAYS[text.casefold()].format(day) if kind == "day" else text)
    return "".join(texts).strip()

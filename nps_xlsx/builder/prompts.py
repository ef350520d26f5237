"""Data validation of the cells to fill in: dropdowns, dates, and what Excel says beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from nps_xlsx.model import Behaviour, Prompt
from nps_xlsx.model.cells import from_units, units
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.layout import Column, Kind

_EARLIEST, _LATEST = dt.date(2018, 1, 1), dt.date(2050, 12, 31)

_LISTS = {
    Kind.LEVEL: layout.LEVELS_NAME,
    Kind.PRIORITY: layout.PRIORITIES_NAME,
    Kind.STATUS: layout.STATUSES_NAME,
    Kind.YES: layout.YES_NAME,
}
_TITLE, _TEXT = 32, 255
"""Characters that Excel takes."""


def of_row(usual: Prompt, behaviour: Behaviour, column: Column, *, is_first: bool) -> Prompt:
    """A column's prompt as a row has it: by the row's Ref and name, and short after the first row.

    A screen reader may know the row by nothing else: NVDA reads no headings on protected sheets
    (https://github.com/nvaccess/nvda/issues/6458).
    """
    title = f"{behaviour.code} {behaviour.short_name}"
    said = usual.text if is_first else usual.text.partition(". ")[0].removesuffix(".") + "."
    return replace(usual, title=_cut(title, _TITLE), text=_cut(f"{column.heading}. {said}", _TEXT))


def _cut(text: str, limit: int) -> str:
    """A text of at most so many UTF-16 units, at the end of a word."""
    counted = units(text)
    return text if len(counted) <= limit else f"{from_units(counted[: limit - 1]).rsplit(' ', 1)[0]}…"


def validation(column: Column, prompt: Prompt) -> dict[str, Any]:
    """The validation of an answer's cell, in XlsxWriter's words."""
    if column.kind in _LISTS:
        return from_list(_LISTS[column.kind], prompt)
    return a_date(prompt) if column.kind is Kind.DATE else any_text(prompt)


def from_list(name: str, prompt: Prompt) -> dict[str, Any]:
    """A dropdown of the values under a defined name."""
    return {"validate": "list", "source": f"={name}", **_words(prompt)}


def a_date(prompt: Prompt) -> dict[str, Any]:
    """A plausible date."""
    bounds = {"criteria": "between", "minimum": _EARLIEST, "maximum": _LATEST}
    return {"validate": "date", **bounds, **_words(prompt)}


def any_text(prompt: Prompt) -> dict[str, Any]:
    """No rule, only words beside the cell."""
    return {"validate": "any", **_words(prompt)}


def _words(prompt: Prompt) -> dict[str, Any]:
    words: dict[str, Any] = {"input_title": prompt.title, "input_message": prompt.text}
    if prompt.error_text:
        words |= {"error_title": prompt.error_title, "error_message": prompt.error_text}
    return words

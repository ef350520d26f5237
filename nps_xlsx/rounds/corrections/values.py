"""What can be corrected, and a typed value as the answer or the return then holds it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS, offered, read_input
from nps_xlsx.workbook.layout import Kind
from nps_xlsx.workbook.values import read_date, read_text, read_yes_no

ANSWER_FIELDS = tuple(key for key, column in COLUMNS.items() if column not in layout.REVIEW)
IDENTITY_FIELDS = ("gss_code", "round", "respondent")
DETAILS = {detail.key: detail for detail in layout.DETAILS if not detail.prefilled}
DETAIL_FIELDS = (*IDENTITY_FIELDS, *DETAILS)
HEADS = {head.key: head for head in layout.HEAD}


class ValueFaultError(UserError):
    """A value that a correction cannot put in."""


def answer_values(ref: str, key: str, text: str, framework: Framework) -> dict[str, Any]:
    """What an answer holds, by its attributes, once a text is put into one of its cells.

    Raises:
        ValueFaultError: the cell cannot hold that, or not exactly.
    """
    column, behaviour = COLUMNS[key], framework.row_by_code[ref]
    if column.kind is Kind.DATE:
        _exact_date(text)
    reading = read_input(column, text, framework.levels, behaviour.descriptors)
    if reading.slug in ("", "level-as-descriptor"):
        return dict(reading.fields)
    if column.kind is Kind.LEVEL:
        raise ValueFaultError(f"{text!r} is not a level; give its number or name, NA, or nothing")
    raise ValueFaultError(f"{text!r} is not a {column.heading.lower()}; give {offered(column)} or nothing")


def detail_value(key: str, text: str, register: Register) -> str:
    """One of a return's own details, or what it says of a key area, once a text is put in its place.

    Raises:
        CouncilError: the register has no such council, or more than one.
        ValueFaultError: the detail cannot be that, or not exactly.
    """
    if key == "gss_code":
        return register.find(text).gss_code
    if key == "round" and not text:
        raise ValueFaultError("the round cannot be made blank")
    label = (DETAILS | HEADS).get(key)
    kind = label.kind if label else Kind.TEXT
    if kind is Kind.DATE:
        day = _exact_date(text)
        return day.isoformat() if day else ""
    if kind is Kind.YES:
        answer, is_known = read_yes_no(text)
        if not is_known:
            raise ValueFaultError(f"{text!r} is neither Yes nor No")
        return answer
    return read_text(text)


def _exact_date(text: str) -> dt.date | None:
    day, words = read_date(text)
    if words:
        raise ValueFaultError(f"{words!r} is not an exact date; give one as 2026-12-18 or 18/12/2026")
    return day

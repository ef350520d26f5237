"""What can be corrected, and a typed value as the answer or the return then holds it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import read_date, read_level, read_priority, read_text, read_yes_no

LEVEL_FIELDS = ("current", "target")
ANSWER_FIELDS = (*LEVEL_FIELDS, "evidence", "actions", "owner", "due_date", "priority")
IDENTITY_FIELDS = ("gss_code", "round", "respondent")
DETAIL_FIELDS = (
    *IDENTITY_FIELDS,
    *("completed_by", "role", "department", "email", "date_completed", "combined"),
)


class ValueFaultError(UserError):
    """A value that a correction cannot put in."""


def answer_values(ref: str, key: str, text: str, framework: Framework) -> dict[str, Any]:
    """What an answer holds, by its attributes, once a text is put into one of its cells.

    Raises:
        ValueFaultError: the cell cannot hold that, or not exactly.
    """
    if key in LEVEL_FIELDS:
        reading = read_level(text, framework.levels, framework.row_by_code[ref].descriptors)
        if reading.slug not in ("", "level-as-descriptor"):
            raise ValueFaultError(f"{text!r} is not a level; give its number or name, NA, or nothing")
        return {key: reading.value, f"{key}_text": reading.text, f"{key}_between": False}
    if key == "due_date":
        return {"due_date": _exact_date(text), "due_text": ""}
    if key == "priority":
        priority, is_known = read_priority(text)
        if not is_known:
            raise ValueFaultError(
                f"{text!r} is not a priority; give {', '.join(layout.PRIORITIES)} or nothing"
            )
        return {"priority": priority}
    return {key: read_text(text)}


def detail_value(key: str, text: str, register: Register) -> str:
    """One of a return's own details, once a text is put in its place.

    Raises:
        CouncilError: the register has no such council, or more than one.
        ValueFaultError: the detail cannot be that, or not exactly.
    """
    if key == "gss_code":
        return register.find(text).gss_code
    if key == "round" and not text:
        raise ValueFaultError("the round cannot be made blank")
    if key == "date_completed":
        day = _exact_date(text)
        return day.isoformat() if day else ""
    if key == "combined":
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

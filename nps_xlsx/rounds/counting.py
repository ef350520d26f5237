"""What of a return counts, and when it was sent: what every rule over several returns asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from nps_xlsx.model import Answer, Assessment, Place, Return, Status
from nps_xlsx.model.dates import iso_date
from nps_xlsx.model.problems import problem
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import read_yes_no


def day_of(returned: Return) -> dt.date | None:
    """A return's own date: its mail's, else its *Date completed*, else the day on which it was saved."""
    completed = returned.assessment.detail("date_completed") if returned.assessment else ""
    days = (iso_date(text[:10]) for text in (_sent_at(returned), completed, returned.saved_at))
    return next(filter(None, days), None)


def by_age(returned: Return, index: int) -> tuple[dt.date, str, str, int]:
    """What to sort by, older returns first: the date, then what is known of the time; undated comes first."""
    return day_of(returned) or dt.date.min, _sent_at(returned), returned.saved_at, index


def _sent_at(returned: Return) -> str:
    return returned.received.sent_at if returned.received else ""


def with_day(returned: Return, as_of: dt.date) -> Return:
    """The return with its date in its assessment, or ``as_of`` if that is earlier."""
    day = day_of(returned)
    if returned.assessment is None or day is None:
        return returned
    return replace(returned, assessment=replace(returned.assessment, day=min(day, as_of)))


def newest(assessments: Iterable[Assessment]) -> dt.date | None:
    """The date of the newest; ``None`` if none is dated."""
    return max((one.day for one in assessments if one.day), default=None)


def is_used(answer: Answer) -> bool:
    """Whether the council wrote something in a row and all of it can be used."""
    return not answer.is_blank and not answer.refused


def is_combined(assessment: Assessment) -> bool:
    """Whether the council marked the return as its combined response."""
    return read_yes_no(assessment.detail("combined"))[0] == layout.YES_NO[0]


def put_aside(returned: Return, status: Status, slug: str, **words: str) -> Return:
    """The return with another status, and the problem that says why."""
    reason = problem(slug, Place(returned.source_file), **words)
    return replace(returned.with_problem(reason), status=status, reason=reason)


def groups_of(returns: Sequence[Return], key: Callable[[Assessment], Hashable]) -> list[list[int]]:
    """The indices of the returns that count, grouped by a key."""
    groups: dict[Hashable, list[int]] = {}
    for index, returned in enumerate(returns):
        if counted := returned.counted:
            groups.setdefault(key(counted), []).append(index)
    return list(groups.values())

"""Problems waived: each is still reported, with the reason, but no longer counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.model import Return
from nps_xlsx.model.dates import long_date
from nps_xlsx.rounds.corrections.rulings import NO_SUCH_FILE, SEVERAL_FILES, Waiver, named


def apply_waivers(
    returns: Sequence[Return], waivers: Sequence[Waiver], as_of: dt.date
) -> tuple[list[Return], list[Waiver]]:
    """The returns with the waived problems marked, and the waivers that waived nothing.

    A waived problem stays, after the others, and no longer counts.  That is all: to waive "not
    used" makes nothing usable.  A waiver holds to the end of its last day; one that ended before
    ``as_of`` is among those that waived nothing, with that as the reason.  Waivers that name a file
    that could not be read apply to it, whatever council it seems to be from.
    """
    used: set[Waiver] = set()
    why = {waiver: _unmet(waiver, returns, as_of) for waiver in waivers}
    holding = {one: frozenset(named(one.file, returns)) for one in waivers if not why[one]}
    waived = [
        _waived(returned, [one for one in holding if index in holding[one]], used)
        for index, returned in enumerate(returns)
    ]
    return waived, [replace(one, unmet=why[one]) for one in waivers if one not in used]


def _unmet(waiver: Waiver, returns: Sequence[Return], as_of: dt.date) -> str:
    """Why a waiver cannot apply, whatever problems there are; empty if it can."""
    if waiver.until is not None and waiver.until < as_of:
        return f"it ended on {long_date(waiver.until)}"
    if not waiver.file:
        return ""
    files = named(waiver.file, returns)
    return "" if len(files) == 1 else SEVERAL_FILES if files else NO_SUCH_FILE


def _waived(returned: Return, holding: Sequence[Waiver], used: set[Waiver]) -> Return:
    """The return with its problems waived by the first waiver that fits; all that fit are ``used``."""
    is_unread = returned.assessment is None
    ours = [one for one in holding if one.gss_code in ("", returned.gss_code) or (one.file and is_unread)]
    problems = []
    for problem in returned.problems:
        fitting = [one for one in ours if one.slug == problem.slug]
        used.update(fitting)
        problems.append(replace(problem, waived=_reason(fitting[0])) if fitting else problem)
    # As ``worst_first`` orders them: those waived last, the others as they were.
    return replace(returned, problems=tuple(sorted(problems, key=lambda one: bool(one.waived))))


def _reason(waiver: Waiver) -> str:
    return waiver.reason + (f" (until {long_date(waiver.until)})" if waiver.until else "")

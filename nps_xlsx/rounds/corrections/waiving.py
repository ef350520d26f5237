"""Problems let pass: each stays where it is told, with the reason, and counts no longer."""

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
    """The returns with the problems marked that are let pass, and the waivers that let nothing pass.

    A waived problem stays, after the others, and no longer counts.  That is all: to waive "not
    used" makes nothing usable.  A waiver holds to the end of its last day; one that was over
    before ``as_of`` is given back, and says so.  A file that could not be read is met by waivers that
    name it, whatever council it is held to be from.
    """
    met: set[Waiver] = set()
    why = {waiver: _unmet(waiver, returns, as_of) for waiver in waivers}
    holding = {one: frozenset(named(one.file, returns)) for one in waivers if not why[one]}
    passed = [
        _waived(returned, [one for one in holding if place in holding[one]], met)
        for place, returned in enumerate(returns)
    ]
    return passed, [replace(one, unmet=why[one]) for one in waivers if one not in met]


def _unmet(waiver: Waiver, returns: Sequence[Return], as_of: dt.date) -> str:
    """Why a waiver can let nothing pass, whatever was found."""
    if waiver.until is not None and waiver.until < as_of:
        return f"it ended on {long_date(waiver.until)}"
    if not waiver.file:
        return ""
    places = named(waiver.file, returns)
    return "" if len(places) == 1 else SEVERAL_FILES if places else NO_SUCH_FILE


def _waived(returned: Return, holding: Sequence[Waiver], met: set[Waiver]) -> Return:
    """The return with its problems waived by the first waiver that fits; all that fit are ``met``."""
    is_unread = returned.assessment is None
    ours = [one for one in holding if one.gss_code in ("", returned.gss_code) or (one.file and is_unread)]
    told = []
    for found in returned.problems:
        fitting = [one for one in ours if one.slug == found.slug]
        met.update(fitting)
        told.append(replace(found, waived=_reason(fitting[0])) if fitting else found)
    # As worst_first has it: what is waived stands last, all else as it stood.
    return replace(returned, problems=tuple(sorted(told, key=lambda found: bool(found.waived))))


def _reason(waiver: Waiver) -> str:
    return waiver.reason + (f" (until {long_date(waiver.until)})" if waiver.until else "")

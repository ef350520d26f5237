"""A round's standings in numbers, words and rows: what ``nps status`` prints and its page shows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from nps_xlsx.model import FACTS
from nps_xlsx.model.dates import long_date
from nps_xlsx.register.decisions import REASONS
from nps_xlsx.season.standing import IN, WAITED_FOR, Need, Standing, Standings, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many councils of a group stand where; what merged is not asked any more."""

    name: str
    asked: int
    returned: int
    """With a return that counts, on time or late."""
    late: int
    instead: int
    """With a blank, a refused file or another round's workbook in place of one."""
    missing: int
    """From which nothing came."""
    declined: int
    nothing: int
    """With nothing to report."""

    @property
    def share(self) -> str:
        """The share of those asked that returned: 100% only if all did, 0% only if none did."""
        if not self.asked:
            return ""
        share = round(100 * self.returned / self.asked)
        is_part = 0 < self.returned < self.asked
        return f"{min(max(share, 1), 99) if is_part else share}%"


def tally(name: str, councils: Iterable[Standing]) -> Tally:
    """How many of these councils stand where."""
    states = Counter(one.state for one in councils)
    return Tally(
        name=name,
        asked=states.total() - states[State.MERGED],
        returned=sum(states[state] for state in IN),
        late=states[State.LATE],
        instead=sum(states[state] for state in WAITED_FOR) - states[State.MISSING],
        missing=states[State.MISSING],
        declined=states[State.DECLINED],
        nothing=states[State.NOTHING],
    )


def tallies(standings: Standings, fact: str) -> list[Tally]:
    """The groups of a ``region`` or ``council_type`` by name, then all together."""
    groups = sorted({one.council.fact(fact) for one in standings.councils})
    return [
        *(tally(group, (c for c in standings.councils if c.council.fact(fact) == group)) for group in groups),
        tally("All", standings.councils),
    ]


def headline(standings: Standings) -> str:
    """The answer in one line: how many of those asked have returned, and what became of the others."""
    whole, states = tally("All", standings.councils), Counter(one.state for one in standings.councils)
    others = [*WAITED_FOR, State.DECLINED, State.MERGED, State.NOTHING]
    parts = [
        f"{whole.returned:,} of {whole.asked:,} asked {'has' if whole.returned == 1 else 'have'} returned"
        f"{f' ({whole.share})' if whole.asked else ''}",
        *([f"{whole.late:,} late"] if whole.late else ()),
        *(f"{states[state]:,} {state}" for state in others if states[state]),
    ]
    return "; ".join(parts) + "."


def when(standings: Standings) -> str:
    """The day that this is of, and how far the due date and the last run are."""
    words = [f"{long_date(standings.day)}."]
    if due := standings.due:
        left = (due - standings.day).days
        how = f"in {_days(left)}" if left > 0 else f"{_days(-left)} ago" if left else "today"
        words.append(f"Due {long_date(due)}, {how}.")
    if standings.is_closed:
        words.append("The round is closed.")
    ran = f"What came was last read on {_in_words(standings.ran)}." if standings.ran else ""
    return " ".join([*words, ran or "Nothing that came has been read yet."])


def counts(standings: Standings) -> dict[str, int]:
    """How many councils are in each state, in words; those in which none is are left out."""
    states = Counter(one.state for one in standings.councils)
    names = {State.RETURNED: "returned"} if standings.due is None else {}
    return {names.get(state, state.value): states[state] for state in State if states[state]}


def reasons(standings: Standings) -> dict[str, int]:
    """How many councils declined for each reason; ``not given`` where there is none."""
    given = Counter(one.reason or "not given" for one in standings.councils if one.state is State.DECLINED)
    return {reason: given[reason] for reason in (*REASONS, "not given") if given[reason]}


def facts(standings: Standings) -> dict[str, int]:
    """What else is known of how many councils, whatever their state."""
    councils = standings.councils
    found = {
        "invited": sum(one.invited_on is not None for one in councils),
        "chased": sum(one.chased > 0 for one in councils),
        "with errors in what counts": sum(one.state in IN and one.errors > 0 for one in councils),
        "with respondents outstanding": sum(bool(one.outstanding) for one in councils),
        "with an address that mail came back from": sum(bool(one.bounced) for one in councils),
        "without an address": sum(bool(one.participant and not one.participant.emails) for one in councils),
        "returned without being asked": sum(one.participant is None for one in councils),
    }
    return {what: number for what, number in found.items() if number}


def needs(standings: Standings) -> dict[Need, list[Standing]]:
    """The councils that need something today, by what they need, the most pressing first."""
    by_name = sorted(standings.councils, key=lambda one: one.council.short_name.casefold())
    needed = {need: [one for one in by_name if one.need is need] for need in Need if need}
    return {need: councils for need, councils in needed.items() if councils}


def news(standings: Standings) -> dict[str, list[str]]:
    """The councils with new files, by name, by what became of these."""
    new: dict[str, list[str]] = {}
    for one in sorted(standings.councils, key=lambda one: one.council.short_name.casefold()):
        if one.news:
            became = ", ".join(dict.fromkeys(event.status.replace("-", " ") for event in one.news))
            new.setdefault(became, []).append(one.council.short_name)
    return new


def since(standings: Standings) -> str:
    """Since when it is that something is new; empty where nothing was read yet."""
    if not standings.ran:
        return ""
    first = f"New: what came was first read on {_in_words(standings.ran)}"
    return f"New since {_in_words(standings.since)}" if standings.since else first


COLUMNS = (
    *("gss_code", "council", *FACTS, "state", "reason", "came_on", "errors", "warnings", "replied"),
    *("outstanding", "invited_on", "chased", "heard_on", "bounced", "new", "is_chased", "need"),
)
"""What a row says of each council."""


def rows(standings: Standings) -> list[dict[str, str]]:
    """A row per council, in the order of the list; no address is in it."""
    return [dict(zip(COLUMNS, map(_text, _values(one)), strict=True)) for one in standings.councils]


def _values(one: Standing) -> Sequence[Any]:
    return (
        *(one.gss_code, one.council.name, *(one.council.fact(fact) for fact in FACTS)),
        *(one.state, one.reason, one.came_on, one.errors, one.warnings, one.replied),
        *("; ".join(one.outstanding), one.invited_on, one.chased, one.heard_on, bool(one.bounced)),
        *(bool(one.news), one.is_chased, one.need),
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def as_data(standings: Standings, round_: str) -> Mapping[str, Any]:
    """All of it for JSON; counts of every state, also where none is in it."""
    states = Counter(one.state for one in standings.councils)
    return {
        "round": round_,
        "day": standings.day.isoformat(),
        "due": _text(standings.due),
        "read_on": standings.ran,
        "new_since": standings.since,
        "is_closed": standings.is_closed,
        "headline": headline(standings),
        "states": {state.value: states[state] for state in State},
        "declined": reasons(standings),
        **{f"by_{fact}": [asdict(one) for one in tallies(standings, fact)] for fact in FACTS},
        "councils": rows(standings),
        "files_of_nobody_known": [one.file for one in standings.nobodys],
    }


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _in_words(day: str) -> str:
    return long_date(dt.date.fromisoformat(day))

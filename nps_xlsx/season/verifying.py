"""The ledger of a round against the files of its folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping

from nps_xlsx.register.councils import load_list
from nps_xlsx.reports.listings import return_rows
from nps_xlsx.rounds.intake import no_progress, read_returns
from nps_xlsx.season import participants as councils
from nps_xlsx.season.closing import if_closed
from nps_xlsx.season.folder import Round
from nps_xlsx.season.ingesting import GONE, as_events, file_key, verdict
from nps_xlsx.season.journal import Event, Kind, latest


def differences_of(round_: Round, seen: Callable[[str], None] = no_progress) -> list[str]:
    """Every difference between the ledger and one made from the files, in words.

    The journal holds what only the ledger knows; ``councils.csv`` the statuses; the returns, read again
    with the rulings, what counts.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    with round_.ledger() as ledger:
        events, stored = ledger.events, ledger.stored()
    return [*_stored(events, stored), *_statuses(round_, events), *_returns(round_, events, seen)]


def _stored(events: Iterable[Event], stored: Mapping[int, Event]) -> Iterator[str]:
    for event in events:
        if stored.get(event.number) != event:
            yield f"Event {event.number} is in the database otherwise than in the journal: {event.kind}."


def _statuses(round_: Round, events: Iterable[Event]) -> Iterator[str]:
    noted = {code: one.status for code, one in latest(events, Kind.STATUS, lambda one: one.gss_code).items()}
    for one in round_.participants:
        if one.status != noted.get(one.gss_code, ""):
            now, then = one.status or "waiting", noted.get(one.gss_code) or "waiting"
            yield f"{one.council.name} is {now} in {councils.FILE}, and {then} in the ledger."


def _returns(round_: Round, events: list[Event], seen: Callable[[str], None]) -> Iterator[str]:
    runs = [one for one in events if one.kind is Kind.RUN and one.status == "ingest"]
    if not runs:
        return
    read = read_returns(
        round_.paths.returns,
        round_.framework,
        round_.register,
        rulings=if_closed(round_, events, round_.rulings(dt.date.fromisoformat(runs[-1].day))),
        asked=load_list(round_.folder / councils.FILE, round_.register),
        seen=seen,
    )
    now = {file_key(one): one for one in as_events(return_rows(read.returns, round_.framework))}
    known = {key: one for key, one in latest(events, Kind.RETURN, file_key).items() if one.status != GONE}
    for key in {**known, **now}:
        there, then = now.get(key), known.get(key)
        if there is None and then is not None:
            yield f"{then.file} was read, and is no longer among the returns."
        elif then is None and there is not None:
            yield f"{there.file} has come since: run nps ingest."
        elif there is not None and then is not None and verdict(there) != verdict(then):
            yield f"{there.file} is {there.status} now, and {then.status} in the ledger."

"""Closing a round: what counts is written down, its results are kept, and nothing counts that comes later."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from nps_xlsx.files import write_file
from nps_xlsx.ingester import ReadingProcess, collect
from nps_xlsx.model import Status
from nps_xlsx.model.dates import long_date
from nps_xlsx.register.csvfile import CsvFile, CsvRow, to_csv
from nps_xlsx.rounds.intake import Rulings
from nps_xlsx.rounds.late import ClosedError, CutOff
from nps_xlsx.season.folder import Round, RoundError
from nps_xlsx.season.ingesting import copy_results
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.ledger import Ledger

FILE = "closed.csv"
COLUMNS = ("source_file", "sha256", "status", "gss_code", "council", "respondent")
_COUNTED = (Status.ACCEPTED, Status.JOINED)


def closing_of(events: Sequence[Event]) -> Event | None:
    """The event by which the round was closed; ``None`` if it is open."""
    last = next((one for one in reversed(events) if one.kind in (Kind.CLOSED, Kind.OPENED)), None)
    return last if last and last.kind is Kind.CLOSED else None


def if_closed(round_: Round, events: Sequence[Event], rulings: Rulings) -> Rulings:
    """The rulings, with the cut-off of a round that is closed.

    Raises:
        CsvError: ``closed.csv`` is missing, or is not what was written then.
        ClosedError: it is closed, and corrections or ``keep`` are not those of then.
    """
    closing = closing_of(events)
    if closing is None:
        return rulings
    day = long_date(dt.date.fromisoformat(closing.day))
    if closing.sha256 != rulings.fingerprint:
        raise ClosedError(
            f"The round was closed on {day}; its corrections, or what 'keep' names, are others now. "
            "Put them back as they were, or open the round again with nps round open."
        )
    if any(one.kind is Kind.FORGOTTEN and one.status for one in events[closing.number :]):
        raise ClosedError(
            f"The round was closed on {day}, and returns were deleted since (nps round forget). What they "
            f"said is in {round_.paths.latest}."
        )
    rows = CsvFile(round_.folder / FILE, COLUMNS).rows
    counted = frozenset(row["sha256"] for row in rows if row["status"] in _COUNTED)
    return replace(rulings, cut_off=CutOff(day, _by_hash(rows), counted))


def _by_hash(rows: Sequence[CsvRow]) -> dict[str, str]:
    names: dict[str, str] = {}
    for row in rows:
        names.setdefault(row["sha256"], row["source_file"])
    return names


def close(round_: Round, ledger: Ledger) -> Event:
    """Close the round as its newest results have it; one that is closed stays as it is.

    The results are kept in a folder of their own, ``closed.csv`` lists what they were made from.

    Raises:
        RoundError: there are no results, or they are not of the returns that are there now.
        OutputError: a file cannot be written.
    """
    if closing := closing_of(ledger.events):
        return closing
    runs = [one for one in ledger.events if one.kind is Kind.RUN and one.status == "ingest"]
    if not runs:
        raise RoundError(
            f"{round_.folder} has no results yet. Run nps ingest {round_.folder}, then close it."
        )
    rows = CsvFile(round_.paths.latest / "returns.csv").rows
    _refuse_unread(round_, rows)
    kept = round_.paths.results / f"closed-{ledger.day.isoformat()}"
    copy_results(round_.paths.latest, kept)
    write_file(round_.folder / FILE, to_csv(COLUMNS, [row.texts for row in rows]))
    counted = sum(row["status"] in _COUNTED for row in rows)
    where = kept.relative_to(round_.folder).as_posix()
    ledger.record(Event(kind=Kind.CLOSED, file=where, sha256=runs[-1].sha256, why=f"{counted} counted"))
    return ledger.events[-1]


def _refuse_unread(round_: Round, rows: Sequence[CsvRow]) -> None:
    """Refuse to close a round with results that are not of what is among the returns."""
    known = {row["sha256"] for row in rows}
    with ReadingProcess(round_.framework, round_.register) as process:
        sources = collect([round_.paths.returns], process.opened, may_be_empty=True)
        here = {hashlib.sha256(source.content).hexdigest(): source.name for source in sources}
    names = [name for digest, name in here.items() if digest not in known]
    names += [row["source_file"] for row in rows if row["sha256"] not in here]
    if names:
        raise RoundError(
            f"The newest results are not of the returns that are there now: {', '.join(names[:5])}"
            f"{f' and {len(names) - 5:,} more' if len(names) > 5 else ''}. "
            f"Run nps ingest {round_.folder}, then close it."
        )


def reopen(ledger: Ledger, why: str) -> bool:
    """Open a round again; whether it had been closed."""
    if closing_of(ledger.events) is None:
        return False
    ledger.record(Event(kind=Kind.OPENED, why=why))
    return True

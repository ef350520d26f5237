"""What an ingest means for a round: its results day by day, and what is new since the run before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nps_xlsx.files import OWN, made_folders, write_files
from nps_xlsx.ingester.containers.letters import addresses
from nps_xlsx.register.csvfile import CsvFile
from nps_xlsx.reports.earlier import REPLACED
from nps_xlsx.reports.ingest import Receipt
from nps_xlsx.rounds.corrections import Correction, Waiver
from nps_xlsx.rounds.intake import Rulings
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event, Kind, latest
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.outbox import AUTOMATIC, BOUNCED

GONE = "gone"
"""The status of a file that is no longer among the returns."""


@dataclass(frozen=True, slots=True)
class News:
    """What is new since the run before."""

    since: str
    """The day of that run; empty if there was none."""
    events: tuple[Event, ...]
    """The files that are new, or count otherwise than then, and the rulings likewise."""


def note_results(round_: Round, ledger: Ledger, out: Path, receipt: Receipt, rulings: Rulings) -> News:
    """Make ``results/latest`` the results that an ingest wrote, and write down in the ledger what is new.

    Raises:
        OutputError: a file cannot be written.
    """
    copy_results(out, round_.paths.latest)
    runs = [one for one in ledger.events if one.kind is Kind.RUN and one.status == "ingest"]
    new = [*_returns(ledger.events, out), *_rulings(ledger.events, receipt, rulings)]
    notices = _notices(ledger.events, out)
    counts = ", ".join(f"{number} {status}" for status, number in receipt.statuses.items() if number)
    ledger.record(*new, *notices, replace(round_.run("ingest", out, counts), sha256=rulings.fingerprint))
    return News(runs[-1].day if runs else "", tuple(new))


def copy_results(out: Path, latest_: Path) -> None:
    """Make one folder of results like another, file by file; none is ever half-written.

    Raises:
        OutputError: a file cannot be written.
    """
    there = {path.relative_to(out): path for path in _files(out)}
    folders = {latest_ / path.parent for path in there}
    with made_folders(latest_, *sorted(folders - {latest_})):
        write_files({latest_ / name: path.read_bytes() for name, path in there.items()})
        for path in list(_files(latest_)):
            if path.relative_to(latest_) not in there:
                path.unlink()


def _files(folder: Path) -> Iterator[Path]:
    """The files of results, without those that were moved aside and those that are ours alone."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and parts[0] != REPLACED and not path.name.startswith(OWN):
            yield path


def _returns(events: Sequence[Event], out: Path) -> Iterator[Event]:
    """An event per file of returns.csv whose status or council is new, and per file that is gone."""
    known = latest(events, Kind.RETURN, file_key)
    now = {
        file_key(event): event for event in as_events(row.texts for row in CsvFile(out / "returns.csv").rows)
    }
    for key, event in now.items():
        if key not in known or verdict(known[key]) != verdict(event):
            yield event
    for key, event in known.items():
        if key not in now and event.status != GONE:
            yield replace(event, status=GONE, address="", why="")


def as_events(rows: Iterable[Mapping[str, str]]) -> Iterator[Event]:
    """What the rows of returns.csv say of each file."""
    for row in rows:
        yield Event(
            kind=Kind.RETURN,
            gss_code=row["gss_code"],
            status=row["status"],
            file=row["source_file"],
            sha256=row["sha256"],
            address=row["sender"],
            why=" ".join(row["message"].split()),
        )


_NOTICES = {"mail-undelivered": BOUNCED, "mail-automatic": AUTOMATIC}
"""What a mail that a machine wrote means, by the problem with which it is reported."""


def _notices(events: Sequence[Event], out: Path) -> Iterator[Event]:
    """An event per address that a mail of ours did not reach, and per automatic reply, if it is new."""
    known = {(one.sha256, one.address) for one in events if one.status in (BOUNCED, AUTOMATIC)}
    files = {row["source_file"]: row for row in CsvFile(out / "returns.csv").rows}
    for row in CsvFile(out / "problems.csv").rows:
        status, file = _NOTICES.get(row["problem"]), files.get(row["source_file"])
        if status is None or file is None:
            continue
        for address in addresses(row["value"]) if status == BOUNCED else [file["sender"].lower()]:
            if (file["sha256"], address) not in known:
                known.add((file["sha256"], address))
                yield Event(
                    kind=Kind.MAIL,
                    gss_code=row["gss_code"],
                    status=status,
                    file=row["source_file"],
                    sha256=file["sha256"],
                    address=address,
                )


def file_key(event: Event) -> str:
    """Which file an event is about: the same content may come under several names, and one name again."""
    return f"{event.sha256} {event.file}"


def verdict(event: Event) -> tuple[str, str, str]:
    """What became of a file."""
    return event.status, event.gss_code, event.why


def _rulings(events: Sequence[Event], receipt: Receipt, rulings: Rulings) -> Iterator[Event]:
    known = latest(events, Kind.RULING, lambda one: one.why)
    given: tuple[Correction | Waiver, ...] = (*rulings.corrections, *rulings.waivers)
    for ruling in given:
        words = " ".join(str(ruling).split())
        is_unused = any(unused.startswith(str(ruling)) for unused in receipt.unused)  # and says why
        status = "without effect" if is_unused else "applied"
        if words not in known or known[words].status != status:
            yield Event(kind=Kind.RULING, gss_code=ruling.gss_code, status=status, why=words)

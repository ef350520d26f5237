"""What came from the councils of a round, as the lists of its results have it."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nps_xlsx.files import OWN
from nps_xlsx.ingester.containers.labels import printable
from nps_xlsx.model import Severity, Status
from nps_xlsx.model.dates import iso_date
from nps_xlsx.register.csvfile import CsvFile
from nps_xlsx.season.ingesting import file_key
from nps_xlsx.season.journal import Event, Kind

INSTEAD = (Status.BLANK, Status.REFUSED, Status.OTHER_ROUND, Status.LATE)
"""What became of a file that came instead of a return, or too late for one."""
UNDELIVERED, AUTOMATIC, WITHOUT = "mail-undelivered", "mail-automatic", "mail-without-workbook"
_NOTICES = (UNDELIVERED, AUTOMATIC, WITHOUT)
"""The problems of a mail that holds no return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """A file that came, as the results have it."""

    file: str
    sha256: str = ""
    gss_code: str = ""
    status: Status = Status.ACCEPTED
    respondent: str = ""
    day: dt.date | None = None
    """Its own date: that of its mail, else the one in it, else when it was saved."""
    errors: int = 0
    warnings: int = 0
    """Problems that are not waived."""
    notice: str = ""
    """The problem by which it is a mail without a return; empty if it is none."""

    @property
    def counts(self) -> bool:
        """Whether its answers count."""
        return self.status in (Status.ACCEPTED, Status.JOINED)

    @property
    def is_answered(self) -> bool:
        """Whether it is a return of this round, even one that another replaced since."""
        return self.counts or self.status in (Status.SUPERSEDED, Status.DUPLICATE)

    @property
    def is_instead(self) -> bool:
        """Whether it is a file that came instead of a return."""
        return self.status in INSTEAD and not self.notice


def came_of(results: Path) -> list[Came]:
    """What came, by the lists in a folder of results; nothing if there are none yet.

    Raises:
        CsvError: a list cannot be used.
    """
    if not (results / "returns.csv").is_file():
        return []
    counts, notices = defaultdict[str, Counter[str]](Counter), dict[str, str]()
    for row in CsvFile(results / "problems.csv", ("source_file", "severity", "problem", "waived")).rows:
        if not row["waived"]:
            counts[row["source_file"]][row["severity"]] += 1
        if row["problem"] in _NOTICES:
            notices[row["source_file"]] = row["problem"]
    needed = ("source_file", "sha256", "status", "gss_code", "respondent", "day")
    return [
        Came(
            file=row["source_file"],
            sha256=row["sha256"],
            gss_code=row["gss_code"],
            status=Status(row["status"]),
            respondent=row["respondent"],
            day=iso_date(row["day"]),
            errors=counts[row["source_file"]][Severity.ERROR],
            warnings=counts[row["source_file"]][Severity.WARNING],
            notice=notices.get(row["source_file"], ""),
        )
        for row in CsvFile(results / "returns.csv", needed).rows
    ]


def key_of(one: Came) -> str:
    """Which file it is, as the events have it."""
    return file_key(Event(file=one.file, sha256=one.sha256))


def as_came(one: Came, seen: Mapping[str, dt.date]) -> Came:
    """The file with the day on which it came: its own, or when it was first seen if that was earlier."""
    days = filter(None, (one.day, seen.get(key_of(one))))
    return replace(one, day=min(days, default=None))


def first_seen(events: Iterable[Event]) -> dict[str, dt.date]:
    """The day on which each file was first read."""
    seen: dict[str, dt.date] = {}
    for one in events:
        if one.kind is Kind.RETURN:
            seen.setdefault(file_key(one), dt.date.fromisoformat(one.day))
    return seen


def unread(returns: Path, came: Iterable[Came]) -> tuple[str, ...]:
    """The files below a folder that are not among what came; a zip or a mail is if its content is."""
    known = {one.file for one in came}
    names = [path.relative_to(returns).as_posix() for path in sorted(returns.rglob("*")) if path.is_file()]
    new = (name for name in names if printable(name) not in known and not Path(name).name.startswith(OWN))
    return tuple(name for name in new if not any(one.startswith(printable(name)) for one in known))

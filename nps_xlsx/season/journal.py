"""What happened in a round, event by event: a plain CSV file to which lines are only ever added.

It is the one record of what no other file of the round can say again: what was sent, who decided what, when.
"""

from __future__ import annotations

import csv
import datetime as dt
import getpass
import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import Path

from nps_xlsx.files import OutputError, write_file
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.csvfile import guarded, to_csv, unguarded

FILE = "journal.csv"


class Kind(StrEnum):
    """What an event is about."""

    RUN = "run"
    """A command that wrote something; ``file`` is where, ``status`` the command."""
    RETURN = "return"
    """A file among the returns that is new, or counts otherwise than at the run before."""
    RULING = "ruling"
    """A correction or a waiver that is new, or has another effect than at the run before."""
    STATUS = "status"
    """What a council decided, as ``councils.csv`` has it."""
    MAIL = "mail"
    """A mail to a council: ``status`` says how far it is."""
    CLOSED = "closed"
    """The round was closed: what is in ``file`` counts, and nothing that came later."""
    OPENED = "opened"
    """It was opened again; ``why`` says the reason."""
    FORGOTTEN = "forgotten"
    """Personal data were taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the journal; what does not apply to an event is empty."""

    number: int = 0
    """Its place in the journal, from 1."""
    at: str = ""
    """When it was written, in UTC."""
    day: str = ""
    """The day that the command was for: today, unless another was given."""
    who: str = ""
    """The user of the computer."""
    kind: Kind = Kind.RUN
    gss_code: str = ""
    status: str = ""
    file: str = ""
    sha256: str = ""
    address: str = ""
    message_id: str = ""
    why: str = ""


COLUMNS = tuple(one.name for one in fields(Event))


class JournalError(UserError):
    """A journal that cannot be used."""


class Journal:
    """The journal of one round; whoever writes to it holds the round's folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE

    def read(self) -> list[Event]:
        """Every event, in order; a line that a kill cut short is none.

        Raises:
            JournalError: somebody changed the file so that it can no longer be used.
        """
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        try:
            text = content[: _whole(content)].decode("utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
            return [_event(row, place) for place, row in enumerate(rows, start=1)]
        except (ValueError, KeyError, csv.Error) as error:
            raise JournalError(
                f"{self.path} was changed ({error}): lines were taken out or moved, or a program wrote "
                "them in its own way. Put the file back as it was, and look at a copy of it from then on."
            ) from None

    def rewrite(self, events: Iterable[Event]) -> None:
        """Put other events in the place of all that there are: for what must be forgotten, and for that only.

        Raises:
            OutputError: nothing can be written there.
        """
        write_file(
            self.path,
            to_csv(COLUMNS, [{key: str(value) for key, value in asdict(one).items()} for one in events]),
        )

    def append(self, events: Iterable[Event], number: int, day: dt.date) -> list[Event]:
        """Add events after ``number`` others, and see that they are on the disk; they come back as written.

        Raises:
            OutputError: nothing can be written there.
        """
        at, who = f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}", getpass.getuser()
        written = [
            Event(**{**_of_one_line(one), "number": place, "at": at, "day": day.isoformat(), "who": who})  # type: ignore[arg-type]
            for place, one in enumerate(events, start=number + 1)
        ]
        if not written:
            return []
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([guarded(str(value)) for value in asdict(one).values()] for one in written)
        try:
            self._add(text.getvalue().encode("utf-8", "replace"))
        except OSError as error:
            raise OutputError(
                f"{self.path} cannot be written ({error.strerror}). Close it if it is open in Excel."
            ) from None
        return written

    def _add(self, lines: bytes) -> None:
        new = not self.path.exists() or not self.path.stat().st_size
        with self.path.open("wb" if new else "r+b") as file:
            if new:
                file.write(to_csv(COLUMNS, ()))
            else:
                file.seek(_whole(self.path.read_bytes()))
                file.truncate()
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())


def _event(row: Mapping[str, str], place: int) -> Event:
    """The event of a line; a ``ValueError`` if it is not one, or stands in another's place."""
    values = {name: unguarded(row[name] or "") for name in COLUMNS}
    if values["number"] != str(place):
        raise ValueError(f"line {place + 1} is not event {place}")
    dt.date.fromisoformat(values["day"])
    return Event(**values | {"number": place, "kind": Kind(values["kind"])})  # type: ignore[arg-type]


def _whole(content: bytes) -> int:
    """How many bytes of a journal are whole lines: a kill may have cut the last one short."""
    return content.rfind(b"\n") + 1


def _of_one_line(event: Event) -> dict[str, object]:
    """An event's values, each on one line, so that a line of the file is an event."""
    return {
        name: " ".join(value.split()) if isinstance(value, str) and not isinstance(value, Kind) else value
        for name, value in asdict(event).items()
    }


def latest(events: Iterable[Event], kind: Kind, key: Callable[[Event], str]) -> dict[str, Event]:
    """The latest event of a kind for each of what ``key`` tells apart."""
    return {key(one): one for one in events if one.kind is kind}

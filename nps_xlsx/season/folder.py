"""One round's folder: where everything is, and what its settings name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nps_xlsx.files import OWN, StrPath, made_folders, write_files
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.register.successions import COLUMNS as SUCCESSION_COLUMNS
from nps_xlsx.register.successions import FILE as SUCCESSIONS
from nps_xlsx.register.successions import HISTORY, Succession, load_successions
from nps_xlsx.rounds.corrections.loading import (
    CORRECTION_COLUMNS,
    WAIVER_COLUMNS,
    WAIVER_FILE,
    load_corrections,
    load_waivers,
)
from nps_xlsx.rounds.intake import Rulings
from nps_xlsx.rounds.sent_again import keep_of
from nps_xlsx.season import participants as councils
from nps_xlsx.season import settings as toml
from nps_xlsx.season.journal import Event, Journal, Kind, latest
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import FOLDER as MAILS
from nps_xlsx.season.mails.kinds import our_texts
from nps_xlsx.season.participants import Participant, as_of_day, load_participants
from nps_xlsx.season.settings import Settings, load_settings

if TYPE_CHECKING:
    import pandas as pd

FOLDERS = ("workbooks", "outbox", "returns", "results", MAILS)
CORRECTIONS, WAIVERS = "corrections.csv", "waivers.csv"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where a round's files are."""

    folder: Path

    @property
    def workbooks(self) -> Path:
        """The folder of the workbooks that are sent out."""
        return self.folder / "workbooks"

    @property
    def outbox(self) -> Path:
        """The folder of the mails to send."""
        return self.folder / "outbox"

    @property
    def returns(self) -> Path:
        """The folder of what came back."""
        return self.folder / "returns"

    @property
    def results(self) -> Path:
        """The folder of what was made of it, with a folder per day."""
        return self.folder / "results"

    @property
    def latest(self) -> Path:
        """The folder of the newest results: a copy of the newest day's."""
        return self.results / "latest"


class RoundError(UserError):
    """A folder that is not a round's, or that cannot be made one."""


class Round:
    """The round in a folder; files are read when they are first asked for."""

    def __init__(self, folder: StrPath) -> None:
        """Take a folder that ``nps round new`` made.

        Raises:
            RoundError: it holds no ``round.toml``.
        """
        self.folder = Path(folder)
        if not is_round(self.folder):
            raise RoundError(
                f"{self.folder} is not the folder of a round: it holds no {toml.FILE}. "
                "Make one with nps round new."
            )
        self.paths = Paths(self.folder)

    @cached_property
    def settings(self) -> Settings:
        """What ``round.toml`` says."""
        return load_settings(self.folder / toml.FILE)

    def named(self, setting: str) -> Path | None:
        """The file or folder that a setting names, from the round's folder on; ``None`` if it names none."""
        return self.folder / setting if setting else None

    @property
    def framework_name(self) -> Path | None:
        """The framework's folder, or the name of one that comes with the program; ``None`` if neither."""
        folder = self.named(self.settings.framework)
        return folder if folder is None or folder.is_dir() else Path(self.settings.framework)

    @cached_property
    def framework(self) -> Framework:
        """The framework that is asked."""
        return load_framework(self.framework_name)

    @cached_property
    def register(self) -> Register:
        """Every council that there is, with those that the settings add."""
        extra = self.named(self.settings.register)
        return load_register() + load_register(extra) if extra else load_register()

    @cached_property
    def participants(self) -> tuple[Participant, ...]:
        """Who is asked, as ``councils.csv`` has it, and as ``successions.csv`` has it on the due date."""
        listed = load_participants(self.folder / councils.FILE, self.register)
        return as_of_day(listed, self.successions, self.settings.due or dt.date.max)

    @cached_property
    def successions(self) -> tuple[Succession, ...]:
        """What became of councils, as ``successions.csv`` has it."""
        path = self.folder / SUCCESSIONS
        return load_successions(path, self.register) if path.is_file() else ()

    def rulings(self, day: dt.date = dt.date.max) -> Rulings:
        """What the analyst decided about returns, by the settings and the two files of rulings."""
        corrections, waivers = self.folder / CORRECTIONS, self.folder / WAIVERS
        return Rulings(
            keep_of(self.settings.keep),
            load_corrections(corrections, self.framework, self.register) if corrections.is_file() else (),
            load_waivers(waivers, self.register) if waivers.is_file() else (),
            self.settings.round,
            day,
        )

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """The round as data frames: councils, behaviours, returns, answers, problems, mails.

        See ``load_tables`` for their columns and dtypes; personal columns are left out.

        Raises:
            ResultsError: the newest results are not of the framework, or not of one run.
            CsvError: one of their files cannot be used.
        """
        from nps_xlsx.season.frames import load_tables

        return load_tables(self.folder)

    @property
    def returns(self) -> pd.DataFrame:
        """A row per file that was handed in, of ``tables``."""
        return self.tables["returns"]

    @property
    def answers(self) -> pd.DataFrame:
        """A row per accepted return and behaviour, answered or not, of ``tables``."""
        return self.tables["answers"]

    @property
    def problems(self) -> pd.DataFrame:
        """A row per problem, of ``tables``."""
        return self.tables["problems"]

    @property
    def events(self) -> list[Event]:
        """What has happened so far, by the journal."""
        return Journal(self.folder).read()

    def ledger(self, day: dt.date | None = None) -> Ledger:
        """The ledger, to write to; ``day`` is the day that what is written counts for, by default today."""
        return Ledger(self.folder, self.settings.round, self.settings.database, day)

    def run(self, command: str, out: Path, what: str) -> Event:
        """The event of a command that wrote into a folder."""
        where, here = out.resolve(), self.folder.resolve()
        file = where.relative_to(here).as_posix() if where.is_relative_to(here) else out.as_posix()
        return Event(kind=Kind.RUN, status=command, file=file, why=what)

    def note_statuses(self, ledger: Ledger) -> None:
        """Write down in the ledger what has changed in ``councils.csv`` since it was last looked at."""
        known = latest(ledger.events, Kind.STATUS, lambda one: one.gss_code)
        ledger.record(*_changes(self.participants, known))


def _changes(participants: tuple[Participant, ...], known: dict[str, Event]) -> Iterator[Event]:
    there = {one.gss_code: (one.status, one.reason) for one in participants}
    for code in {**there, **known}:
        status, reason = there.get(code, ("", ""))
        was = known.get(code, Event())
        if (status, reason) != (was.status, was.why):
            yield Event(kind=Kind.STATUS, gss_code=code, status=status, why=reason)


def is_round(folder: Path) -> bool:
    """Whether a folder is a round's."""
    return (folder / toml.FILE).is_file()


def new_round(
    folder: StrPath,
    settings: Settings,
    participants: tuple[Participant, ...],
    others: Mapping[str, bytes] = MappingProxyType({}),
) -> Round:
    """Make the folder of a new round, with ``others`` of its files as they are to begin with, by name.

    Raises:
        RoundError: the folder is there already and holds something.
        SettingsError: the settings break a rule.
        OutputError: it cannot be written.
    """
    folder = Path(folder)
    toml.refuse_faults(folder / toml.FILE, settings)
    if is_round(folder):
        raise RoundError(f"{folder} is the folder of a round already. Give the new one another folder.")
    ours = {*FOLDERS, CORRECTIONS, WAIVERS, SUCCESSIONS, councils.FILE}  # a kill may have left some of them
    there = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    if any(name not in ours and not name.startswith(OWN) for name in there):
        raise RoundError(f"{folder} holds other files. Give the new round a folder of its own.")
    with made_folders(folder, *map(folder.joinpath, FOLDERS)):
        councils.write_participants(folder / councils.FILE, participants)
        contents = {
            CORRECTIONS: to_csv(CORRECTION_COLUMNS, ()),
            WAIVERS: to_csv((*WAIVER_COLUMNS, WAIVER_FILE), ()),
            SUCCESSIONS: to_csv((*SUCCESSION_COLUMNS, HISTORY), ()),
            **{f"{MAILS}/{name}": text.encode() for name, text in our_texts().items()},
            **others,
            toml.FILE: toml.written(settings).encode(),  # the last: with it the folder is a round's
        }
        write_files({folder / name: content for name, content in contents.items()})
    return Round(folder)

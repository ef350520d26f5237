"""The ledger of a round: its journal in a database, beside what was read of the returns.

The journal is written first and the database after it, so whatever a kill leaves behind, the database only
lags, and catches up when it is next opened.  For the same reason a database of an earlier version is made
again from the journal, and one that was lost costs nothing but a second reading of the returns.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from types import TracebackType

import sqlalchemy as sql

from nps_xlsx.files import made_folders
from nps_xlsx.model.errors import UserError
from nps_xlsx.season.journal import Event, Journal, Kind

FILE = "ledger.sqlite"
SCHEMA = 1
"""The version of the tables: a ledger with an earlier one is made again."""

_META = sql.MetaData()
_ABOUT = sql.Table("about", _META, sql.Column("schema_version", sql.Integer, nullable=False))
_ROUND = "round"
"""Several rounds may share a database: every row says whose it is."""
_EVENTS = sql.Table(
    "events",
    _META,
    sql.Column(_ROUND, sql.String(20), primary_key=True),
    *(
        sql.Column(one.name, sql.Integer, primary_key=True, autoincrement=False)
        if one.name == "number"
        else sql.Column(one.name, sql.Text, nullable=False)
        for one in fields(Event)
    ),
)
_READINGS = sql.Table(
    "readings",
    _META,
    sql.Column(_ROUND, sql.String(20), primary_key=True),
    sql.Column("key", sql.LargeBinary(32), primary_key=True),
    sql.Column("content", sql.LargeBinary, nullable=False),
)


class LedgerError(UserError):
    """A ledger that cannot be used."""


class Ledger:
    """The ledger of the round in a folder; use it as a context manager, which keeps other runs out."""

    def __init__(self, folder: Path, round_: str, database: str = "", day: dt.date | None = None) -> None:
        self._folder, self._round, self._journal = folder, round_, Journal(folder)
        self.day = day or dt.date.today()  # noqa: DTZ011 - the analyst's own day
        self._url = database or f"sqlite:///{folder.resolve() / FILE}"
        self._closing = contextlib.ExitStack()
        self.events: list[Event] = []
        """Every event of the round, the latest last."""

    def __enter__(self) -> Ledger:
        """Open it, and catch up with the journal.

        Raises:
            BusyError: another run is writing to the round.
            LedgerError: the database cannot be reached, or is of a later version of the program.
            JournalError: the journal cannot be used.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(made_folders(self._folder))
            self._engine = self._opened(stack)
            self._closing = stack.pop_all()
        return self

    def _opened(self, stack: contextlib.ExitStack) -> sql.Engine:
        self.events = self._journal.read()
        try:
            engine = sql.create_engine(self._url)
            stack.callback(engine.dispose)
            with engine.begin() as connection:
                _refuse_later(connection, self._url)
                _META.create_all(connection)
                self._catch_up(connection)
        except (sql.exc.SQLAlchemyError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise LedgerError(
                f"The ledger {without_password(self._url)} cannot be used: {reason}. Check 'database' in "
                f"round.toml; a {FILE} that is damaged can be deleted: it is made again from the journal."
            ) from None
        return engine

    def _catch_up(self, connection: sql.Connection) -> None:
        """Bring the database up to the journal, which is ahead of it after a kill or where it is new."""
        if connection.scalar(sql.select(_ABOUT.c.schema_version)) is None:
            connection.execute(sql.insert(_ABOUT).values(schema_version=SCHEMA))
        mine = _EVENTS.c[_ROUND] == self._round
        known = connection.scalar(sql.select(sql.func.count()).select_from(_EVENTS).where(mine)) or 0
        if known > len(self.events):
            raise LedgerError(
                f"The journal has {len(self.events):,} events, its database {known:,}: {self._journal.path} "
                "was cut or replaced. Put the whole file back, for example from a backup."
            )
        self._insert(connection, self.events[known:])

    def _insert(self, connection: sql.Connection, events: Sequence[Event]) -> None:
        if events:
            connection.execute(sql.insert(_EVENTS), [{_ROUND: self._round} | asdict(one) for one in events])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    def record(self, *events: Event) -> None:
        """Write events down, first in the journal, then in the database.

        Raises:
            OutputError: the journal cannot be written.
        """
        written = self._journal.append(events, len(self.events), self.day)
        if written:
            with self._engine.begin() as connection:
                self._insert(connection, written)
            self.events += written

    def rewrite(self, change: Callable[[Event], Event]) -> None:
        """Change events that were written down, and leave nothing of them as they were, nor of what was read.

        Raises:
            OutputError: the journal cannot be written.
        """
        changed = [change(one) for one in self.events]
        self._journal.rewrite(changed)
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_EVENTS).where(_EVENTS.c[_ROUND] == self._round))
            self._insert(connection, changed)
        self.keep_only(())
        self.events = changed
        if self._engine.dialect.name == "sqlite":  # which leaves what was deleted in the file
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sql.text("VACUUM"))

    def stored(self) -> dict[int, Event]:
        """The events of this round that the database holds, by their numbers."""
        columns = [column for column in _EVENTS.columns if column.name != _ROUND]
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(*columns).where(_EVENTS.c[_ROUND] == self._round))
            return {row.number: Event(**{**row._mapping, "kind": Kind(row.kind)}) for row in rows}

    # What was read of the returns: the ledger is a store for ingester.reading.known.

    is_lost = False

    def get(self, key: bytes) -> bytes | None:
        """What was kept under a key."""
        with self._engine.connect() as connection:
            return connection.scalar(sql.select(_READINGS.c.content).where(self._at(key)))

    def put(self, key: bytes, content: bytes) -> None:
        """Keep something under a key."""
        with self._engine.begin() as connection:
            connection.execute(sql.delete(_READINGS).where(self._at(key)))
            connection.execute(
                sql.insert(_READINGS).values({_ROUND: self._round, "key": key, "content": content})
            )

    def keep_only(self, keys: Collection[bytes]) -> None:
        """Forget what is under any other key."""
        with self._engine.begin() as connection:
            there = connection.scalars(sql.select(_READINGS.c.key).where(_READINGS.c[_ROUND] == self._round))
            for key in set(there.all()).difference(keys):
                connection.execute(sql.delete(_READINGS).where(self._at(key)))

    def _at(self, key: bytes) -> sql.ColumnElement[bool]:
        return (_READINGS.c[_ROUND] == self._round) & (_READINGS.c.key == key)


def _refuse_later(connection: sql.Connection, url: str) -> None:
    """Refuse a ledger of a later version; drop the tables of an earlier one, to be made again."""
    if not sql.inspect(connection).has_table(_ABOUT.name):
        return
    version = connection.scalar(sql.select(_ABOUT.c.schema_version)) or 0
    if version > SCHEMA:
        raise LedgerError(
            f"The ledger {without_password(url)} was written by a later version of nps (its tables are of "
            f"version {version}, this program knows {SCHEMA}). Install that version of nps here too."
        )
    if version < SCHEMA:
        _META.drop_all(connection)


def without_password(url: str) -> str:
    """An address without its password, or what should have been one."""
    try:
        return sql.make_url(url).render_as_string(hide_password=True)
    except sql.exc.ArgumentError:
        return url

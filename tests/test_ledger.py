"""What happened in a round is written down once, and survives whatever happens to its database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql

from nps_xlsx.files import BusyError
from nps_xlsx.season.journal import COLUMNS, Event, Journal, JournalError, Kind, latest
from nps_xlsx.season.ledger import FILE, SCHEMA, Ledger, LedgerError

DAY = dt.date(2026, 12, 8)
FIRST = Event(
    kind=Kind.STATUS, gss_code="E06000035", status="declined", why='=it said: "no", twice\n and left'
)
SECOND = Event(
    kind=Kind.MAIL, gss_code="E10000016", status="sent", address="ŵ@example.org", message_id="<1@x>"
)

Opened = Callable[..., Ledger]


@pytest.fixture(params=["sqlite", "postgresql"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    """Opens the ledger of a round, in each kind of database."""
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    return lambda round_="2026": Ledger(tmp_path, round_, url, DAY)


def database(ledger: Ledger) -> sql.Engine:
    return sql.create_engine(ledger._url, poolclass=sql.NullPool)


def stored(ledger: Ledger) -> list[tuple[object, ...]]:
    """The events of the database, without whose they are."""
    columns: list[Any] = [sql.column(name) for name in COLUMNS]
    table = sql.select(*columns).select_from(sql.table("events"))
    with database(ledger).connect() as connection:
        rows = connection.execute(table.order_by("number"))
        return [tuple(row) for row in rows]


def test_events_come_back_as_they_were_written(opened: Opened, tmp_path: Path) -> None:
    """From journal, ledger and database alike: number, day and user with them, and each on one line."""
    with opened() as ledger:
        ledger.record(FIRST)
        ledger.record(SECOND, FIRST)
    with opened() as again:
        events = again.events
    assert events == ledger.events == Journal(tmp_path).read()
    assert [one.number for one in events] == [1, 2, 3]
    assert {one.day for one in events} == {"2026-12-08"}
    assert all(one.who and one.at for one in events)
    assert events[0].why == '=it said: "no", twice and left'
    assert (events[1].address, events[1].kind) == ("ŵ@example.org", Kind.MAIL)
    assert [row[0] for row in stored(again)] == [1, 2, 3]
    assert len((tmp_path / "journal.csv").read_text("utf-8-sig").splitlines()) == 4


def test_a_lost_database_is_made_again(opened: Opened, tmp_path: Path) -> None:
    """All that only it held is what was read, which can be read again."""
    with opened() as ledger:
        ledger.record(FIRST, SECOND)
    before = stored(ledger)
    with database(ledger).begin() as connection:
        for table in ("events", "readings", "about"):
            connection.execute(sql.text(f"DROP TABLE {table}"))
    with opened() as again:
        assert again.events == ledger.events
    assert stored(again) == before


def test_a_kill_between_journal_and_database_loses_nothing(opened: Opened, tmp_path: Path) -> None:
    """The database catches up with the journal, and a line that the kill cut short is no event."""
    with opened() as ledger:
        ledger.record(FIRST)
    Journal(tmp_path).append([SECOND], 1, DAY)
    path = tmp_path / "journal.csv"
    whole = path.read_bytes()
    for cut in (whole + b"3,2026-12", whole + '3,2026-12-08T10:00:00Z,"a ŵ'.encode()[:-1]):
        path.write_bytes(cut)
        with opened() as again:
            assert [one.status for one in again.events] == ["declined", "sent"]
            again.record(FIRST)
        assert [row[0] for row in stored(again)] == [1, 2, 3]
        assert [one.number for one in Journal(tmp_path).read()] == [1, 2, 3]
        path.write_bytes(whole)
        with database(again).begin() as connection:
            connection.execute(sql.text("DELETE FROM events WHERE number = 3"))


def test_a_journal_that_was_cut_or_changed_is_refused(opened: Opened, tmp_path: Path) -> None:
    """Nobody's decisions are lost in silence: not the last lines, nor one between, nor a changed word."""
    with opened() as ledger:
        ledger.record(FIRST, SECOND, FIRST)
    path = tmp_path / "journal.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    for rest, error in (
        (lines[:-1], LedgerError),
        ([*lines[:2], lines[3]], JournalError),
        ([*lines[:2], lines[2].replace(b"mail", b"male"), lines[3]], JournalError),
    ):
        path.write_bytes(b"".join(rest))
        with pytest.raises(error, match=r"journal\.csv"), opened():
            pass


def test_the_ledger_of_a_later_version_is_refused_and_that_of_an_earlier_one_made_again(
    opened: Opened,
) -> None:
    """The refusal names both versions."""
    with opened() as ledger:
        ledger.record(FIRST)
        ledger.put(b"k", b"read by an earlier version")
    for version in (SCHEMA + 1, SCHEMA - 1):
        with database(ledger).begin() as connection:
            connection.execute(sql.text("UPDATE about SET schema_version = :version"), {"version": version})
        if version > SCHEMA:
            with pytest.raises(LedgerError, match=rf"version {version}.*knows {SCHEMA}"), opened():
                pass
    with opened() as again:
        assert again.events == ledger.events
        assert again.get(b"k") is None


def test_rounds_share_a_database_and_keep_apart(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has its own events, and its own returns that were read."""
    with opened() as ledger:
        ledger.record(FIRST)
        ledger.put(b"k", b"one")
        url = ledger._url
    other = tmp_path / "2027"
    with Ledger(other, "2027", url, DAY) as next_one:
        assert next_one.events == []
        assert next_one.get(b"k") is None
        next_one.record(SECOND)
        next_one.keep_only([])
    with opened() as again:
        assert [one.status for one in again.events] == ["declined"]
        assert again.get(b"k") == b"one"


def test_what_is_forgotten_is_gone_from_journal_and_database(opened: Opened, tmp_path: Path) -> None:
    """Events keep their numbers, and what was read of the returns is gone too."""
    with opened() as ledger:
        ledger.record(FIRST, SECOND)
        ledger.put(b"k", b"read")
        ledger.rewrite(lambda one: replace(one, address="", why=""))
        assert ledger.stored() == {one.number: one for one in ledger.events}
        assert ledger.get(b"k") is None
    assert [(one.number, one.address, one.why) for one in Journal(tmp_path).read()] == [
        (1, "", ""),
        (2, "", ""),
    ]
    with opened() as again:
        again.record(FIRST)
        assert [one.number for one in again.events] == [1, 2, 3]


def test_what_was_read_is_kept_by_its_key(opened: Opened) -> None:
    """A later content replaces the earlier one, and what is not named is forgotten."""
    with opened() as ledger:
        for key, content in ((b"a", b"1"), (b"b", b"2"), (b"a", bytes(range(256)))):
            ledger.put(key, content)
        assert ledger.get(b"a") == bytes(range(256))
        ledger.keep_only([b"a", b"never there"])
        assert (ledger.get(b"a"), ledger.get(b"b")) == (bytes(range(256)), None)


def test_one_analyst_at_a_time_writes_to_a_round(opened: Opened, tmp_path: Path) -> None:
    """The other is told who is writing; looking at the journal is always possible."""
    from filelock import FileLock

    with opened() as ledger:
        ledger.record(FIRST)
    with FileLock(tmp_path / ".nps-lock"), pytest.raises(BusyError, match="is writing to"), opened():
        pass
    assert (
        latest(Journal(tmp_path).read(), Kind.STATUS, lambda one: one.gss_code)["E06000035"].status
        == "declined"
    )


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://ann:secret@127.0.0.1:1/nps", "nonsense", "oracle://x/y"]
)
def test_a_database_that_cannot_be_used_is_a_mistake_to_mend(tmp_path: Path, url: str) -> None:
    """The message says where the address stands, and holds no password."""
    with (
        pytest.raises(LedgerError, match=r"'database' in round\.toml") as caught,
        Ledger(tmp_path, "2026", url),
    ):
        pass
    assert "secret" not in str(caught.value)


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    """It can be deleted, since it is made again."""
    (tmp_path / FILE).write_bytes(b"nonsense" * 1000)
    with pytest.raises(LedgerError, match="can be deleted"), Ledger(tmp_path, "2026"):
        pass

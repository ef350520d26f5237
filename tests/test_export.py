"""The results of a round for other programs: typed, keyed, described, and replaced whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import frictionless
import pytest
import sqlalchemy as sql
from pyarrow import parquet

from nps_xlsx.model.errors import UserError
from nps_xlsx.season.export import ExportError, export
from nps_xlsx.season.results import Results, load_results
from nps_xlsx.season.tables import Kind, Value
from tests.conftest import ROOT
from tests.support.commands import nps
from tests.support.results import RETURN, write_results


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Results of one return, with every kind of value and blank."""
    return load_results(write_results(tmp_path / "results"), with_contacts=True)


@pytest.fixture
def fewer(tmp_path: Path) -> Results:
    """The same without its answers and problems."""
    return load_results(write_results(tmp_path / "fewer", answers=(), problems=()), with_contacts=True)


def read_sql(url: str, results: Results, schema: str | None = None) -> dict[str, list[tuple[Value, ...]]]:
    """The rows of each table of a database, as its own catalogue describes it."""
    engine, meta = sql.create_engine(url, poolclass=sql.NullPool), sql.MetaData(schema=schema)
    meta.reflect(engine)
    read = {}
    with engine.connect() as connection:
        for name, table in results.tables.items():
            found = meta.tables[f"{schema}.{name}" if schema else name]
            rows = connection.execute(sql.select(found).order_by(*(found.c[key] for key in table.key)))
            read[name] = [tuple(map(in_utc, row)) for row in rows]
    return read


def in_utc(value: Any) -> Any:
    """A moment as the tables have it: SQLite knows no zones."""
    if not isinstance(value, dt.datetime):
        return value
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def wanted(results: Results) -> dict[str, list[tuple[Value, ...]]]:
    """The rows of each table in order of their keys."""
    return {
        name: [
            tuple(row.values())
            for row in sorted(results.rows[name], key=lambda row, t=table: tuple(row[key] for key in t.key))  # type: ignore[misc]
        ]
        for name, table in results.tables.items()
    }


def test_sqlite_holds_every_value_with_its_type(results: Results, tmp_path: Path) -> None:
    """Levels are numbers, dates dates, yes and no truths, and blanks null."""
    path = tmp_path / "results.sqlite"
    assert export(results, str(path)) == str(path)
    assert read_sql(f"sqlite:///{path}", results) == wanted(results)


def test_sqlite_has_keys_and_a_table_of_its_columns(results: Results, tmp_path: Path) -> None:
    """Every reference holds, and ``columns`` describes every column there is."""
    path = tmp_path / "results.sqlite"
    export(results, str(path))
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert len(connection.execute("PRAGMA foreign_key_list(answers)").fetchall()) == 3
        keys = [row[1] for row in connection.execute("PRAGMA table_info(answers)") if row[5]]
        assert set(keys) == {"source_file", "ref"}
        described = set(
            connection.execute("SELECT table_name, column_name FROM columns WHERE description > ''")
        )
    assert described == {
        (table.name, name)
        for table in results.tables.values()
        for name in ("", *(c.name for c in table.columns))
    }


def test_postgresql_holds_the_same(results: Results, postgres: str) -> None:
    """In a schema of the round's own, with what each column holds as its comment."""
    assert export(results, postgres) == "schema nps_2026"
    assert read_sql(postgres, results, "nps_2026") == wanted(results)
    there = sql.inspect(sql.create_engine(postgres, poolclass=sql.NullPool))
    for name, table in results.tables.items():
        assert there.get_table_comment(name, "nps_2026")["text"] == table.about
        comments = [column["comment"] for column in there.get_columns(name, "nps_2026")]
        assert comments == [column.about for column in table.columns]
        assert len(there.get_foreign_keys(name, "nps_2026")) == sum(bool(c.references) for c in table.columns)


def execute(url: str, statement: str) -> Any:
    """What a statement gives, if anything."""
    engine = sql.create_engine(url, poolclass=sql.NullPool)
    with engine.begin() as connection:
        result = connection.execute(sql.text(statement))
        return result.scalar() if result.returns_rows else None


def test_views_on_postgresql_outlive_an_export(results: Results, fewer: Results, postgres: str) -> None:
    """Tables with the same columns keep what others built on them, and have the new rows alone."""
    export(fewer, postgres)
    execute(postgres, "CREATE VIEW levels AS SELECT count(*) FROM nps_2026.answers")
    assert execute(postgres, "SELECT * FROM levels") == 0
    export(results, postgres)
    assert execute(postgres, "SELECT * FROM levels") == 3
    export(results, postgres)
    assert execute(postgres, "SELECT * FROM levels") == 3


def test_postgresql_is_replaced_whole_or_not_at_all(results: Results, postgres: str, tmp_path: Path) -> None:
    """Where other columns would break a colleague's view, that is said and nothing has changed."""
    export(results, postgres)
    execute(postgres, "CREATE VIEW levels AS SELECT count(*) FROM nps_2026.answers")
    without = load_results(tmp_path / "results")
    with pytest.raises(UserError, match="depend"):
        export(without, postgres)
    assert execute(postgres, "SELECT * FROM levels") == 3
    execute(postgres, "DROP VIEW levels")
    export(without, postgres)
    assert read_sql(postgres, without, "nps_2026") == wanted(without)


def test_an_unreachable_database_is_one_message_without_its_password(results: Results) -> None:
    """It says what was wrong, and gives no secret away."""
    with pytest.raises(UserError, match="cannot be written") as raised:
        export(results, "postgresql://nps:secret@localhost:1/none")
    assert "secret" not in str(raised.value)


def test_csv_holds_every_value(results: Results, tmp_path: Path) -> None:
    """Read by its description, it is what the tables hold; no apostrophe guards a text."""
    assert export(results, str(tmp_path / "csv")) == str(tmp_path / "csv")
    package = frictionless.Package(str(tmp_path / "csv" / "datapackage.json"))
    for name, table in results.tables.items():
        with package.get_resource(name) as resource:
            rows = [tuple(map(in_utc, row.to_dict().values())) for row in resource.row_stream]
        assert rows == [tuple(row.values()) for row in results.rows[name]]
        assert [field.type for field in package.get_resource(name).schema.fields] == [
            column.kind.value for column in table.columns
        ]
    assert ",=SUM(A1)," in (tmp_path / "csv" / "answers.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(("to", "described"), [(".", "datapackage.json"), ("a.sqlite", "a.datapackage.json")])
def test_frictionless_agrees(
    to: str, described: str, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds every table valid by types, keys and references."""
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    export(results, to)
    report = frictionless.Package(described).validate()
    assert report.valid, report.to_summary()
    assert report.stats["tasks"] == len(results.tables)
    assert {task.name: task.stats.get("rows", 0) for task in report.tasks} == {
        name: len(rows) for name, rows in results.rows.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (",3 Mature", ",3 Mature,too,many", "extra-cell"),
        ("2027-03-31", "next March", "type-error"),
        ("medway.xlsx", "other.xlsx", "foreign-key"),
    ],
)
def test_frictionless_sees_what_does_not_fit(
    old: str, new: str, kind: str, results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the description says is held to: a value of another type, a row that refers to nothing."""
    export(results, str(tmp_path / "out"))
    path = tmp_path / "out" / "answers.csv"
    path.write_bytes(path.read_bytes().replace(old.encode(), new.encode(), 1))
    monkeypatch.chdir(tmp_path / "out")
    report = frictionless.Package("datapackage.json").validate()
    assert kind in {error.type for task in report.tasks for error in task.errors}


def test_parquet_holds_every_value_with_its_type(results: Results, tmp_path: Path) -> None:
    """Columns are typed and described in the file itself."""
    export(results, str(tmp_path / "out"), "parquet")
    types = {Kind.TEXT: "string", Kind.INTEGER: "int64", Kind.BOOLEAN: "bool", Kind.DATE: "date32[day]"}
    for name, table in results.tables.items():
        read = parquet.read_table(tmp_path / "out" / f"{name}.parquet")
        assert read.to_pylist() == results.rows[name]
        for column, field in zip(table.columns, read.schema, strict=True):
            assert str(field.type) == types.get(column.kind, "timestamp[ms, tz=UTC]")
            assert field.metadata[b"description"].decode() == column.about
            assert field.nullable is not column.is_key
    package = frictionless.Package(str(tmp_path / "out" / "datapackage.json"))
    assert [one.format for one in package.resources] == ["parquet"] * len(results.tables)


@pytest.mark.parametrize(("to", "format_"), [("a.sqlite", ""), ("a", "csv"), ("a", "parquet")])
def test_the_same_results_make_the_same_bytes(
    to: str, format_: str, results: Results, tmp_path: Path
) -> None:
    """Nothing in a file depends on when or where it was written."""
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        export(results, str(folder / to), format_)
        files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        written.append({name: path.read_bytes() for name, path in files.items()})
    assert written[0] == written[1]


@pytest.mark.parametrize(("to", "format_"), [("a.sqlite", ""), ("a", "csv"), ("a", "parquet")])
def test_an_export_replaces_the_one_before(
    to: str, format_: str, results: Results, fewer: Results, tmp_path: Path
) -> None:
    """After it, the place is as if there had been no other, whatever its format was."""
    export(fewer, str(tmp_path / "new" / to), format_)
    if format_:
        export(results, str(tmp_path / "old" / to), "csv" if format_ == "parquet" else "parquet")
    export(results, str(tmp_path / "old" / to), format_)
    export(fewer, str(tmp_path / "old" / to), format_)
    old, new = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()}
        for name in ("old", "new")
    )
    assert old == new


def test_a_failed_export_leaves_the_one_before(
    results: Results, fewer: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full, every file is the old one."""
    export(fewer, str(tmp_path / "out"))
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nps_xlsx.files.os.fsync", full)
    with pytest.raises(UserError, match="No space left"):
        export(results, str(tmp_path / "out"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("to", "format_", "wrong"),
    [
        ("results", "", "no export wrote"),
        ("ledger.sqlite", "", "no export wrote"),
        ("folder.sqlite", "", "no export wrote"),
        ("answers.csv", "", "one file"),
        ("words", "", "one file"),
        ("a.sqlite", "csv", "--format"),
        ("postgresql://host/name", "parquet", "--format"),
        ("mysql://host/name", "", "PostgreSQL"),
    ],
)
def test_a_place_that_is_none_is_refused(
    to: str, format_: str, wrong: str, results: Results, tmp_path: Path
) -> None:
    """Nobody's files are overwritten, and what cannot be is said with what can."""
    (tmp_path / "folder.sqlite").mkdir()
    (tmp_path / "words").write_bytes(b"mine")
    with contextlib.closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as connection:
        connection.execute("CREATE TABLE mine (a)")
    with pytest.raises(ExportError, match=wrong):
        export(results, to if "://" in to else str(tmp_path / to), format_)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "folder.sqlite",
        "ledger.sqlite",
        "results",
        "words",
    ]


@pytest.mark.parametrize(
    ("library", "to", "format_", "extra"),
    [
        ("pyarrow", "out", "parquet", "nps-xlsx[parquet]"),
        ("psycopg", "postgresql://localhost:1/none", "", "nps-xlsx[postgresql]"),
    ],
)
def test_a_missing_library_is_named(
    library: str, to: str, format_: str, extra: str, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not installed by itself is said with how to install it, before anything is written."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UserError) as raised:
        export(results, to, format_)
    assert extra in str(raised.value)
    assert not Path(to).exists()


def test_the_command_exports(tmp_path: Path) -> None:
    """From a folder of results, with contacts only if they are asked for."""
    write_results(tmp_path / "results", returns=[RETURN])
    for options, is_there in (((), False), (("--with-contacts",), True)):
        run = nps("export", tmp_path / "results", "--to", tmp_path / "out", *options)
        assert run.returncode == 0, run.stderr
        assert "3 answers" in run.stdout
        files = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "out").glob("*.csv"))
        assert ("officer@example.org" in files) is is_there
    fields = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert fields["name"] == "nps-results-2026"


def test_the_command_refuses_a_folder_without_results(tmp_path: Path) -> None:
    """It says what to give, and ends as what could not run."""
    run = nps("export", ROOT / "samples", "--to", tmp_path / "out.sqlite")
    assert run.returncode == 2
    assert "nps ingest" in run.stderr
    assert not (tmp_path / "out.sqlite").exists()

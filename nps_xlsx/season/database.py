"""The tables of a round in SQLite or PostgreSQL, with keys, and what each column holds beside them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy import schema as ddl

from nps_xlsx.model.errors import UserError
from nps_xlsx.season.ledger import without_password
from nps_xlsx.season.results import Results
from nps_xlsx.season.tables import Column, Kind, Table

_TYPES: Mapping[Kind, sql.types.TypeEngine[Any]] = {
    Kind.TEXT: sql.Text(),
    Kind.INTEGER: sql.Integer(),
    Kind.BOOLEAN: sql.Boolean(),
    Kind.DATE: sql.Date(),
    Kind.TIME: sql.DateTime(timezone=True),
}
_OURS = 0x6E707378
"""The application_id of our SQLite files: "npsx"."""
_ID_AT = slice(68, 72)
"""Where a SQLite file holds it (https://www.sqlite.org/fileformat.html)."""
_DICTIONARY = "columns"


class DatabaseError(UserError):
    """A database that the tables cannot be written to."""


def sqlite_file(results: Results) -> bytes:
    """A SQLite database of all tables; its table ``columns`` says what each holds.

    The same results make the same bytes.
    """
    engine = sql.create_engine("sqlite://", poolclass=sql.StaticPool)
    tables = _tables(results, None)
    dictionary = sql.Table(
        _DICTIONARY,
        tables,
        *(sql.Column(name, sql.Text, primary_key=True) for name in ("table_name", "column_name")),
        *(sql.Column(name, sql.Text, nullable=False) for name in ("type", "description")),
    )
    with engine.begin() as connection:
        connection.execute(sql.text(f"PRAGMA application_id = {_OURS}"))
        tables.create_all(connection)
        _fill(connection, tables, results)
        connection.execute(sql.insert(dictionary), list(_described(results)))
    raw = engine.raw_connection().driver_connection
    assert isinstance(raw, sqlite3.Connection)  # noqa: S101 - what SQLAlchemy's own driver gives
    content = raw.serialize()
    engine.dispose()
    return content


def is_our_sqlite(path: Path) -> bool:
    """Whether a file is a SQLite database that ``sqlite_file`` made."""
    with path.open("rb") as file:
        return file.read(_ID_AT.stop)[_ID_AT] == _OURS.to_bytes(4)


def write_postgresql(results: Results, url: str) -> str:
    """Write all tables into a schema of the round's own, and give its name.

    What an earlier export wrote is replaced in one transaction.  Tables that have the same columns stay,
    with whatever views and rights others gave them, and only their rows are replaced.

    Raises:
        DatabaseError: the database cannot be reached, or does not let us write.
    """
    schema = "_".join(["nps", *re.findall("[a-z0-9]+", results.round.casefold())])
    tables = _tables(results, schema)
    try:
        address = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
        engine = sql.create_engine(address, poolclass=sql.NullPool)
        with engine.begin() as connection:
            connection.execute(sql.select(sql.func.pg_advisory_xact_lock(sql.func.hashtext(schema))))
            connection.execute(ddl.CreateSchema(schema, if_not_exists=True))
            _make_room(connection, tables)
            _fill(connection, tables, results)
    except ImportError:
        raise DatabaseError(
            "PostgreSQL needs a library that is not installed: pip install 'nps-xlsx[postgresql]'."
        ) from None
    except sql.exc.SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseError(
            f"The tables cannot be written to {without_password(url)}: {reason}. Nothing there was changed."
        ) from None
    return schema


def _make_room(connection: sql.Connection, tables: sql.MetaData) -> None:
    """Empty the tables that are there; make them again if their columns are others."""
    there = sql.inspect(connection)
    if all(_columns_there(there, table) == _columns(table) for table in tables.sorted_tables):
        for table in reversed(tables.sorted_tables):
            connection.execute(sql.delete(table))
        return
    tables.drop_all(connection)
    tables.create_all(connection)


def _columns_there(there: sql.Inspector, table: sql.Table) -> list[tuple[str, str, str | None]]:
    if not there.has_table(table.name, table.schema):
        return []
    columns = there.get_columns(table.name, table.schema)
    return [(one["name"], _kind(one["type"]), one["comment"]) for one in columns]


def _columns(table: sql.Table) -> list[tuple[str, str, str | None]]:
    return [(one.name, _kind(one.type), one.comment) for one in table.columns]


def _kind(type_: sql.types.TypeEngine[Any]) -> str:
    return type_.as_generic().__class__.__name__


def _tables(results: Results, schema: str | None) -> sql.MetaData:
    meta = sql.MetaData(schema=schema)
    for table in results.tables.values():
        sql.Table(
            table.name,
            meta,
            *(_column(column, results.tables, schema) for column in table.columns),
            comment=table.about,
        )
    return meta


def _column(column: Column, tables: Mapping[str, Table], schema: str | None) -> sql.Column[Any]:
    keys = []
    if column.references:
        [key] = tables[column.references].key
        keys = [sql.ForeignKey(".".join(filter(None, (schema, column.references, key))))]
    return sql.Column(
        column.name,
        _TYPES[column.kind],
        *keys,
        primary_key=column.is_key,
        autoincrement=False,
        comment=column.about,
    )


def _fill(connection: sql.Connection, tables: sql.MetaData, results: Results) -> None:
    for name, rows in results.rows.items():
        if rows:
            connection.execute(sql.insert(_named(tables, name)), rows)


def _named(tables: sql.MetaData, name: str) -> sql.Table:
    return next(table for table in tables.tables.values() if table.name == name)


def _described(results: Results) -> list[dict[str, str]]:
    """What each column holds and, under no column's name, what a row of each table is."""
    return [
        {"table_name": table.name, "column_name": name, "type": kind, "description": about}
        for table in results.tables.values()
        for name, kind, about in (
            ("", "table", table.about),
            *((column.name, column.kind.value, column.about) for column in table.columns),
        )
    ]

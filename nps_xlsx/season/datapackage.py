"""The tables of a round as files, with the description of them that Frictionless reads (datapackage.json)."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nps_xlsx.model.errors import UserError
from nps_xlsx.season.results import Results
from nps_xlsx.season.tables import Kind, Row, Table, Value

NAME = "nps-results"
"""How the names of our packages begin."""


class ParquetError(UserError):
    """Parquet files cannot be written here."""


def csv_file(table: Table, rows: Sequence[Row]) -> bytes:
    """A table as CSV for programs: UTF-8, without guarding apostrophes; a blank is an empty cell."""
    content = io.BytesIO()
    text = io.TextIOWrapper(content, "utf-8", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    text.flush()
    return content.getvalue()


def _cell(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case dt.datetime():
            return f"{value:%Y-%m-%dT%H:%M:%SZ}"
        case _:
            return str(value)


def parquet_file(table: Table, rows: Sequence[Row]) -> bytes:
    """A table as Parquet, its columns typed and described.

    Raises:
        ParquetError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise ParquetError(
            "Parquet needs a library that is not installed: pip install 'nps-xlsx[parquet]'."
        ) from None
    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.BOOLEAN: pa.bool_(),
        Kind.DATE: pa.date32(),
        Kind.TIME: pa.timestamp("ms", tz="UTC"),
    }
    schema = pa.schema(
        [
            pa.field(one.name, types[one.kind], not one.is_key, {"description": one.about})
            for one in table.columns
        ],
        {"description": table.about},
    )
    content = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(list(rows), schema), content)
    return content.getvalue()


FORMATS: Mapping[str, Callable[[Table, Sequence[Row]], bytes]] = {"csv": csv_file, "parquet": parquet_file}
"""What writes a table, by the ending of its file."""


def descriptor(results: Results, resource: Callable[[str], Mapping[str, Any]]) -> bytes:
    """The content of a datapackage.json; ``resource`` says where and in which format a table is."""
    package = {
        "name": "-".join(filter(None, (NAME, results.round.casefold()))),
        "title": f"Results of round {results.round}",
        "resources": [
            {
                "name": name,
                "type": "table",
                **resource(name),
                "description": table.about,
                "schema": _schema(table, results.tables),
            }
            for name, table in results.tables.items()
        ],
    }
    return (json.dumps(package, indent=2, ensure_ascii=False) + "\n").encode()


def _schema(table: Table, tables: Mapping[str, Table]) -> dict[str, Any]:
    return {
        "fields": [
            {
                "name": column.name,
                "type": column.kind.value,
                "description": column.about,
                **({"constraints": {"required": True}} if column.is_key else {}),
            }
            for column in table.columns
        ],
        "primaryKey": list(table.key),
        "foreignKeys": [
            {
                "fields": [column.name],
                "reference": {"resource": column.references, "fields": list(tables[column.references].key)},
            }
            for column in table.columns
            if column.references
        ],
    }

"""The results of a round for other programs: a SQLite file, a PostgreSQL database, a folder of files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from nps_xlsx.files import made_folders, write_files
from nps_xlsx.model.errors import UserError
from nps_xlsx.season.datapackage import FORMATS, NAME, descriptor
from nps_xlsx.season.results import Results

DESCRIPTOR = "datapackage.json"
_SQLITE = (".db", ".sqlite", ".sqlite3")
_SINGLE_FILES = (".csv", ".json", ".parquet", ".xls", ".xlsx")


class ExportError(UserError):
    """A place that the results cannot be exported to."""


def export(results: Results, to: str, format_: str = "") -> str:
    """Write all tables to where ``to`` says, and give the place.

    That is an address (``postgresql://…``), a SQLite file (``.sqlite``, ``.sqlite3`` or ``.db``) or else a
    folder of files of a format, ``csv`` by default or ``parquet``.  What an earlier export wrote there is
    replaced whole or, if anything fails, not at all.

    Raises:
        ExportError: it is none of these, or holds what no export wrote.
        DatabaseError: the database cannot be written to.
        ParquetError: the library that writes Parquet is not installed.
        OutputError: a file cannot be written.
    """
    is_address, path = "://" in to, Path(to)
    if format_ and (is_address or path.suffix.lower() in _SQLITE):
        raise ExportError(f"{to} is a database: --format is for a folder of files. Leave it out.")
    if is_address:
        return _to_database(results, to)
    if path.suffix.lower() in _SQLITE:
        return _to_sqlite(results, path)
    if path.suffix.lower() in _SINGLE_FILES or path.is_file():
        raise ExportError(
            f"{to} is one file, and there are {len(results.tables)} tables. Give a folder, with --format "
            f"{' or '.join(FORMATS)}, or a file that ends in .sqlite."
        )
    return _to_folder(results, path, format_ or next(iter(FORMATS)))


def _to_database(results: Results, url: str) -> str:
    from nps_xlsx.season.database import write_postgresql

    if not re.match(r"postgres(ql)?(\+psycopg)?://", url):
        raise ExportError("Databases are PostgreSQL's (postgresql://user@host/name) or files (.sqlite).")
    return f"schema {write_postgresql(results, url)}"


def _to_sqlite(results: Results, path: Path) -> str:
    from nps_xlsx.season.database import is_our_sqlite, sqlite_file

    beside = path.with_name(f"{path.stem}.{DESCRIPTOR}")
    if path.exists() and not (path.is_file() and is_our_sqlite(path)):
        raise ExportError(f"{path} is there, and no export wrote it. Give another name.")
    about = descriptor(
        results,
        lambda name: {
            "path": f"sqlite:///{path.name}",
            "format": "sqlite",
            "mediatype": "application/vnd.sqlite3",
            "dialect": {"sql": {"table": name}},
        },
    )
    with made_folders(path.parent):
        write_files({path: sqlite_file(results), beside: about})
    return str(path)


def _to_folder(results: Results, folder: Path, format_: str) -> str:
    before = _written_before(folder)
    files = {name: FORMATS[format_](table, results.rows[name]) for name, table in results.tables.items()}
    mediatype = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}[format_]
    about = descriptor(
        results,
        lambda name: {
            "path": f"{name}.{format_}",
            "format": format_,
            "mediatype": mediatype,
            **({"encoding": "utf-8"} if format_ == "csv" else {}),
        },
    )
    contents = {folder / f"{name}.{format_}": content for name, content in files.items()}
    with made_folders(folder):
        write_files(contents | {folder / DESCRIPTOR: about})
        for path in before - contents.keys():
            path.unlink(missing_ok=True)
    return str(folder)


def _written_before(folder: Path) -> set[Path]:
    """The files of an earlier export in a folder.

    Raises:
        ExportError: the folder holds what no export wrote.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return set()
    refusal = ExportError(f"{folder} holds files that no export wrote. Give a folder of its own.")
    try:
        package = json.loads((folder / DESCRIPTOR).read_text(encoding="utf-8"))
        is_ours = package["name"].startswith(NAME)
        names = {resource["name"] for resource in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise refusal from None
    if not is_ours:
        raise refusal
    return {folder / f"{name}.{ending}" for name in names for ending in FORMATS}

"""The tables of an export: their columns, keys and types, stated once for every kind of file and database."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib.resources import files
from typing import Any

from nps_xlsx.model import NOT_APPLICABLE
from nps_xlsx.model.dates import iso_date
from nps_xlsx.reports.listings import LISTINGS
from nps_xlsx.workbook.layout import YES_NO

Value = str | int | bool | dt.date | dt.datetime | None
"""What a cell of a table holds; ``None`` where it is blank."""
Row = dict[str, Value]


class Kind(StrEnum):
    """The type of a column, by the name that Frictionless has for it."""

    TEXT = "string"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "datetime"
    """A moment, in UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    about: str
    source: str
    """The column of text that it is read from."""
    read: Callable[[str], Value]
    references: str
    """The table whose key it names; empty if it names none."""
    is_key: bool
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One table."""

    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart."""
        return tuple(column.name for column in self.columns if column.is_key)

    def row(self, texts: Mapping[str, str]) -> Row:
        """A row, from its texts; what a text does not say as its column has it is blank."""
        return {column.name: column.read(texts.get(column.source, "")) for column in self.columns}


def tables(*, with_contacts: bool = False) -> dict[str, Table]:
    """Every table by name, each after those that it refers to; personal columns only ``with_contacts``."""
    stated = tomllib.loads(files("nps_xlsx.season").joinpath("tables.toml").read_text(encoding="utf-8"))
    return {name: _table(name, table, with_contacts=with_contacts) for name, table in stated.items()}


def _table(name: str, stated: Mapping[str, Any], *, with_contacts: bool) -> Table:
    listing = LISTINGS.get(stated.get("listing", ""))
    about = dict(listing.columns) if listing else {}
    own: Mapping[str, Mapping[str, Any]] = stated["columns"]
    first = [column for column in own if own[column].get("first")]
    columns = [
        column
        for source in dict.fromkeys((*first, *about, *own))
        for column in _columns(source, {"about": about.get(source, ""), **own.get(source, {})}, stated)
    ]
    kept = tuple(column for column in columns if with_contacts or not column.is_personal)
    return Table(name, listing.about if listing else stated["about"], kept)


def _columns(source: str, stated: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[Column]:
    """The column that is made of one of text, or the several."""
    for ending, kind, read, about in _TYPES[stated.get("type", "text")]:
        yield Column(
            name=source + ending,
            kind=kind,
            about=about.format(source) if about else stated["about"],
            source=source,
            read=read,
            references=table.get("references", {}).get(source, "") if not ending else "",
            is_key=source in table["key"],
            is_personal=stated.get("personal", False),
        )


def _text(text: str) -> str | None:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") or None  # PostgreSQL keeps no NUL


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _is(wanted: str, text: str) -> bool:
    return text == wanted


def _yes_or_no(text: str) -> bool | None:
    return {YES_NO[0]: True, YES_NO[1]: False}.get(text)


def _words(text: str) -> str | None:
    return None if iso_date(text) else _text(text)


def _time(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:  # a file may say anything of when it was saved
        return None
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


_Type = Sequence[tuple[str, Kind, Callable[[str], Value], str]]
_DAY: tuple[str, Kind, Callable[[str], Value], str] = ("", Kind.DATE, iso_date, "")
_TYPES: Mapping[str, _Type] = {
    "text": [("", Kind.TEXT, _text, "")],
    "integer": [("", Kind.INTEGER, _whole, "")],
    "level": [
        ("", Kind.INTEGER, _whole, ""),
        ("_not_applicable", Kind.BOOLEAN, partial(_is, NOT_APPLICABLE), "Whether {} is Not applicable."),
    ],
    "date": [_DAY],
    "date-or-words": [_DAY, ("_words", Kind.TEXT, _words, "What stands for {} where it is no exact date.")],
    "time": [("", Kind.TIME, _time, "")],
    "yes": [("", Kind.BOOLEAN, partial(_is, YES_NO[0]), "")],
    "yes-or-no": [("", Kind.BOOLEAN, _yes_or_no, "")],
}
"""What a type in tables.toml makes of a column of text: endings of names, kinds, readings, contents."""

"""What each column to be filled in says of an answer: its fields, read from a cell and written as text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nps_xlsx.model import Answer, Level, LevelValue
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.layout import Column, Kind
from nps_xlsx.workbook.values import CellValue, read_date, read_level, read_one_of, read_text, read_yes_no

_OFFERED: Mapping[Kind, tuple[str, ...]] = {
    Kind.PRIORITY: layout.PRIORITIES,
    Kind.STATUS: layout.STATUSES,
    Kind.YES: layout.YES_NO[:1],
}
"""What the lists of these columns offer."""
_UNREADABLE = {
    Kind.DATE: "date-unreadable",
    Kind.PRIORITY: "priority-unreadable",
    Kind.STATUS: "status-unreadable",
    Kind.YES: "discuss-unreadable",
}
"""The kind of problem with other words in them."""
_TICKS = ("x", "✓", "✔", "1")


def text_field(column: Column) -> str:
    """The field that keeps what stands in a cell of levels or dates, word for word."""
    return f"{column.key.removesuffix('_date')}_text"


def _fields(column: Column) -> tuple[str, ...]:
    known = {field.name for field in dataclasses.fields(Answer)}
    beside = {Kind.LEVEL: (text_field(column), f"{column.key}_between"), Kind.DATE: (text_field(column),)}
    return column.key, *(name for name in beside.get(column.kind, ()) if name in known)


COLUMNS: Mapping[str, Column] = {column.key: column for column in layout.INPUTS}
"""Every column to be filled in, by its key."""
FIELDS: Mapping[str, tuple[str, ...]] = {column.key: _fields(column) for column in layout.INPUTS}
"""The fields of an answer that each of them fills, the one of its own name first."""


@dataclass(frozen=True, slots=True)
class InputReading:
    """A cell as read: what the answer's fields then hold, and the kind of problem with it, if any."""

    fields: Mapping[str, Any]
    slug: str = ""
    text: str = ""
    """What stands in the cell; of a day, only what is none."""


def read_input(
    column: Column,
    value: CellValue,
    levels: Sequence[Level],
    descriptors: Iterable[str] = (),
    *,
    is_1904: bool = False,
) -> InputReading:
    """Read a cell of a column; the other arguments are those of ``read_level`` and ``read_date``."""
    names = FIELDS[column.key]
    if column.kind is Kind.LEVEL:
        level = read_level(value, levels, descriptors)
        held = (level.value, level.text, level.is_between)
        return InputReading(dict(zip(names, held, strict=False)), level.slug, level.text)
    if column.kind is Kind.DATE:
        day, text = read_date(value, is_1904=is_1904)
        slug = _UNREADABLE[column.kind] if text else ""
        return InputReading(dict(zip(names, (day, text), strict=True)), slug, text)
    if column.kind in (Kind.PRIORITY, Kind.STATUS):
        text, is_known = read_one_of(value, _OFFERED[column.kind])
        return InputReading({column.key: text}, "" if is_known else _UNREADABLE[column.kind], text)
    if column.kind is Kind.YES:
        return _read_tick(column, value)
    return InputReading({column.key: read_text(value)})


def _read_tick(column: Column, value: CellValue) -> InputReading:
    """Whether a row is marked: with Yes, a cross or a tick; any further words are a problem."""
    text = read_text(value).strip()
    is_marked = text.casefold() in _TICKS
    said, is_known = (layout.YES_NO[0], True) if is_marked else read_yes_no(value)
    is_plain = is_marked or (is_known and " " not in text)
    slug = "" if is_plain else _UNREADABLE[column.kind]
    return InputReading({column.key: said == layout.YES_NO[0]}, slug, text)


def offered(column: Column) -> str:
    """What can be chosen in a column, as a list in a sentence; empty where anything can be written."""
    return ", ".join(_OFFERED.get(column.kind, ()))


def level_code(level: LevelValue) -> str:
    """A level as the CSV files write it: its number, ``NA``, or nothing."""
    return "" if level is None else str(level)


def written(answer: Answer) -> dict[str, str]:
    """What a council wrote in a row, as text, by column; an unreadable level as it is."""
    return {key: _written(answer, column) for key, column in COLUMNS.items()}


def _written(answer: Answer, column: Column) -> str:
    value, *beside = (getattr(answer, name) for name in FIELDS[column.key][:2])
    if column.kind is Kind.LEVEL:
        return level_code(value) or "".join(beside)
    if column.kind is Kind.DATE:
        return value.isoformat() if value else "".join(beside)
    if column.kind is Kind.YES:
        return layout.YES_NO[0] if value else ""
    return str(value)

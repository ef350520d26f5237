"""What the program and its reading process say to each other: frames of bytes, workbooks as JSON."""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any

from nps_xlsx.ingester.grids import CellValue, Grid, Position, Properties, Workbook
from nps_xlsx.ingester.refusal import RefusedError

FRAME_LIMIT = 1024 * 1024 * 1024
"""Bytes of one frame: a process that has read a hostile file is not believed beyond this."""

READY = b"ready"
"""What the process says first: one that cannot even start must not look like a file that cannot be read."""

_LENGTH = struct.Struct(">Q")


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """Write a length and the bytes.

    Raises:
        OSError: nobody reads at the other end.
    """
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes:
    """The next frame; empty at the end, where a frame is cut short, and where it would be too long."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack(head)
    if length > FRAME_LIMIT:
        return b""
    content = pipe.read(length)
    return content if len(content) == length else b""


_WRITERS: dict[type, Callable[[Any], list[object]]] = {
    dt.datetime: lambda value: ["datetime", value.isoformat()],
    dt.date: lambda value: ["date", value.isoformat()],
    dt.time: lambda value: ["time", value.isoformat()],
    dt.timedelta: lambda value: ["seconds", value.total_seconds()],
}
_READERS: dict[str, Callable[[Any], CellValue]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "seconds": lambda seconds: dt.timedelta(seconds=seconds),
}


def workbook_to(workbook: Workbook) -> bytes:
    """A workbook as bytes."""
    return json.dumps(
        {
            "grids": [_grid_to(grid) for grid in workbook.grids],
            "properties": asdict(workbook.properties),
            "notes": [[slug, dict(words)] for slug, words in workbook.notes],
        }
    ).encode()


def refusal_to(refusal: RefusedError) -> bytes:
    """The reason why there is no workbook, as bytes."""
    return json.dumps({"refused": refusal.slug, "words": refusal.words}).encode()


def workbook_from(content: bytes) -> Workbook:
    """A workbook from its bytes.

    Raises:
        RefusedError: the bytes say that there is none, and why.
    """
    said = json.loads(content)
    if "refused" in said:
        raise RefusedError(said["refused"], **said["words"])
    return Workbook(
        grids=tuple(_grid_from(grid) for grid in said["grids"]),
        properties=Properties(**said["properties"]),
        notes=tuple((slug, words) for slug, words in said["notes"]),
    )


def _grid_to(grid: Grid) -> dict[str, object]:
    return {
        "name": grid.name,
        # Rows that hold something, with their numbers: a sheet may go down to its last row for one cell.
        "rows": [[n, _values_to(row)] for n, row in enumerate(grid.rows) if any(v != "" for v in row)],
        "errors": [[*place, text] for place, text in grid.errors.items()],
        **{name: sorted(getattr(grid, name)) for name in ("formulas", "without_result", "unread")},
    }


def _grid_from(said: Mapping[str, Any]) -> Grid:
    return Grid(
        name=said["name"],
        rows=_rows_from(said["rows"]),
        errors={(row, col): text for row, col, text in said["errors"]},
        formulas=_places(said["formulas"]),
        without_result=_places(said["without_result"]),
        unread=_places(said["unread"]),
    )


def _values_to(row: Sequence[CellValue]) -> list[object]:
    return [_WRITERS[type(value)](value) if type(value) in _WRITERS else value for value in row]


def _rows_from(said: Sequence[tuple[int, list[Any]]]) -> list[list[CellValue]]:
    rows: list[list[CellValue]] = []
    for number, values in said:
        rows += [[] for _ in range(number - len(rows))]
        rows.append([_READERS[v[0]](v[1]) if isinstance(v, list) else v for v in values])
    return rows


def _places(said: list[list[int]]) -> frozenset[Position]:
    return frozenset((row, col) for row, col in said)

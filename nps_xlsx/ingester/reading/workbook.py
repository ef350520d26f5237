"""The bytes of one workbook to the values of its sheets, or the reason why not.

Two witnesses: a fast reader gives the values (calamine), and a walk through the file says
which cells are filled.  Where the reader leaves out a filled cell, a second reader is tried.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import python_calamine

from nps_xlsx.ingester.containers import DAMAGE, SourceFile
from nps_xlsx.ingester.containers.kinds import Format, Recognised, recognise
from nps_xlsx.ingester.grids import Asides, Grid, Notes, Position, Properties, Sighting, Walk, Workbook
from nps_xlsx.ingester.preflight import Parts, packed, preflight
from nps_xlsx.ingester.reading import biff8, biff12, opendocument, package, spreadsheetml
from nps_xlsx.ingester.reading.known_password import without_known_password
from nps_xlsx.ingester.reading.live import without_repeats
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.ingester.refused import refuse_unread
from nps_xlsx.workbook.values import CellValue

BOX_LIMIT = 5_000_000
"""Cells in the box that a sheet uses, beyond which calamine is not asked: it makes a box of all cells from
the first to the furthest.  A workbook of ours has a few thousand."""


_WAYS: dict[Format, tuple[Callable[[Parts], Properties], Callable[[Parts], Walk]]] = {
    Format.XLSX: (package.properties_of, spreadsheetml.walk),
    Format.XLSB: (package.properties_of, biff12.walk),
    Format.ODS: (opendocument.properties_of, opendocument.walk),
    Format.XLS: (biff8.properties_of, biff8.walk),
}


def read_workbook(source: SourceFile, ours: frozenset[str] = frozenset()) -> Workbook:
    """Read the sheets of a workbook; of the hidden lists, what is not among ``ours``.

    Raises:
        RefusedError: it is not a workbook, or cannot be read.
    """
    refuse_unread(source)
    recognised, content = _recognised(source)
    parts = _parts(content, recognised.format, ours)
    try:
        properties_of, _ = _WAYS[recognised.format]
        properties, walk = properties_of(parts), _walk(parts, recognised.format)
        grids, notes = _grids(parts, walk)
    except DAMAGE:
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    asides, broken = _asides(walk)
    notes += tuple(("asides-unread", {"value": name}) for name in broken)
    return Workbook(tuple(grids), properties, (*recognised.notes, *notes), asides)


def _parts(content: bytes, format_: Format, ours: frozenset[str]) -> Parts:
    if format_ is Format.XLS:
        return {biff8.WHOLE: content}
    parts = preflight(content)
    return without_repeats(parts, ours) if format_ is Format.XLSX else parts


def _walk(parts: Parts, format_: Format) -> Walk | None:
    """What our own walk finds; ``None`` if xlrd breaks down, as on some links that Gnumeric writes."""
    try:
        return _WAYS[format_][1](parts)
    except RefusedError:
        if format_ is not Format.XLS:
            raise
        return None


def _asides(walk: Walk | None) -> Asides:
    """What stands beside the cells; where it cannot be read, the answers count all the same."""
    try:
        return walk.asides() if walk else ((), ())
    except DAMAGE:
        return (), ("the whole file",)


def _recognised(source: SourceFile) -> tuple[Recognised, bytes]:
    """What kind of workbook a file is, and its bytes, without the password that opens in Excel unasked."""
    try:
        return recognise(source.name, source.content), source.content
    except RefusedError as refusal:
        opened = without_known_password(source.content) if refusal.slug == "file-encrypted" else None
        if opened is None:
            raise
    return recognise(source.name, opened), opened


def _grids(parts: Parts, walk: Walk | None) -> tuple[list[Grid], Notes]:
    """The sheets by calamine, or by the second reader where that fails or leaves cells out."""
    first = _calamine(parts) if walk is None or not _is_beyond_calamine(walk) else None
    _refuse_one_name(first or ())
    if walk is None:
        if first is None:
            raise RefusedError("file-unreadable", reason=DAMAGED)
        unseen = {grid.name: Sighting(cut_at=biff8.CUT_AT) for grid in first}
        return _marked(first, unseen), (("file-unwitnessed", {}),)
    readings = [_marked(grids, walk.seen) for grids in (first,) if grids is not None]
    if not any(map(_left_out, readings)) and readings:
        return readings[0], ()
    second = _second(walk)
    readings += [_marked(grids, walk.seen) for grids in (second,) if grids is not None]
    if not readings:
        raise RefusedError("file-unreadable", reason=DAMAGED)
    best = min(readings, key=_left_out)
    is_otherwise = best is not readings[0] or first is None
    return best, (("file-read-otherwise", {}),) if is_otherwise and not walk.is_alone else ()


def _is_beyond_calamine(walk: Walk) -> bool:
    return walk.is_alone or any(sheet.rows * sheet.columns > BOX_LIMIT for sheet in walk.seen.values())


def _second(walk: Walk) -> list[Grid] | None:
    try:
        grids = walk.grids()
    except Exception:  # noqa: BLE001 - a library raises whatever it meets in a damaged file
        return None
    _refuse_one_name(grids)
    return grids


def _refuse_one_name(grids: Sequence[Grid]) -> None:
    """Refuse a workbook with two sheets of one name: by name, as every reader has them, one would be lost."""
    names = Counter(grid.name for grid in grids)
    doubled = [name for name, count in names.items() if count > 1]
    if doubled:
        raise RefusedError("file-unreadable", reason=f"two of its sheets are called {doubled[0]}")


def _calamine(parts: Parts) -> list[Grid] | None:
    """The sheets as calamine reads them; ``None`` if it reports that it cannot."""
    content = parts.get(biff8.WHOLE) or packed(parts)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return [_grid(workbook, name) for name in workbook.sheet_names]
    except python_calamine.PasswordError:
        raise RefusedError("file-encrypted") from None
    except python_calamine.CalamineError:
        return None
    except BaseException as error:  # a panic in calamine comes as a BaseException of no public class
        if type(error).__name__ != "PanicException":
            raise
        return None


def _grid(workbook: python_calamine.CalamineWorkbook, name: str) -> Grid:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except (python_calamine.WorksheetNotFound, OSError):
        # A sheet of charts or macros: it has none in .xlsx, and fails on it in .xlsb (as willtrnr/pyxlsb#31).
        # Of a worksheet that it cannot read, the walk says which cells are left out.
        return Grid(name, [])
    return Grid(name, sheet.to_python(skip_empty_area=False))


def _left_out(grids: Iterable[Grid]) -> int:
    """How many filled cells a reading leaves blank."""
    return sum(len(grid.unread - grid.seen.broken) for grid in grids)


def _blanks(grid: Grid, seen: Sighting) -> set[Position]:
    rows, height = grid.rows, len(grid.rows)
    return {
        (row, col)
        for row, col in seen.filled
        if row >= height or col >= len(rows[row]) or rows[row][col] == ""
    }


def _marked(grids: Sequence[Grid], seen: Mapping[str, Sighting]) -> list[Grid]:
    """The sheets with what the walk knows of their cells, in the order of the file."""
    by_name = {grid.name: grid for grid in grids}
    names = [*by_name, *(name for name in seen if name not in by_name)]
    return [_with(by_name.get(name, Grid(name, [])), seen.get(name, Sighting())) for name in names]


def _without_edges(rows: list[list[CellValue]]) -> list[list[CellValue]]:
    """The same rows, those that hold nothing as empty lists, and none after the last that holds something."""
    shown = [row if any(value != "" for value in row) else [] for row in rows]
    while shown and not shown[-1]:
        shown.pop()
    return shown


def _unconfirmed(grid: Grid, values: Mapping[Position, CellValue]) -> Iterator[Position]:
    """The cells that the second reader leaves blank or gives otherwise, where the two can be compared."""
    if not values:
        return
    for row, cells in enumerate(grid.rows):
        for col, value in enumerate(cells):
            other = values.get((row, col), "")
            is_alike = type(value) is type(other) or {type(value), type(other)} <= {int, float}
            if value != other and (is_alike or other == ""):
                yield row, col


def _with(grid: Grid, sighting: Sighting) -> Grid:
    return replace(
        grid,
        rows=_without_edges(grid.rows),
        seen=sighting,
        unread=frozenset(_blanks(grid, sighting) | sighting.broken),
        unconfirmed=frozenset(_unconfirmed(grid, sighting.values)),
    )

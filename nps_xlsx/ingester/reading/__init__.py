"""The bytes of one workbook to the values of its sheets, or the reason why not.

Two witnesses: a fast reader gives the values (calamine), and a walk through the file says
which cells are filled.  Where the reader leaves out a filled cell, a second reader is tried.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import python_calamine

from nps_xlsx.ingester.containers import DAMAGE, FILE_LIMIT, SourceFile
from nps_xlsx.ingester.containers.kinds import Format, Recognised, recognise
from nps_xlsx.ingester.grids import Aside, Grid, Notes, Position, Properties, Sighting, Workbook
from nps_xlsx.ingester.preflight import Checked, preflight
from nps_xlsx.ingester.reading import (
    asides,
    biff8,
    biff12,
    opendocument,
    opendocument_asides,
    spreadsheetml,
)
from nps_xlsx.ingester.reading.known_password import without_known_password
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.stamp import StampError, parse_stamp
from nps_xlsx.workbook.values import CellValue


def _by_calamine(format_: Format) -> Callable[[bytes], list[Grid] | None]:
    return lambda content: _calamine(content, format_)


@dataclass(frozen=True, slots=True)
class _Way:
    """How one format is read: its walk, its readers, and where it says who saved it."""

    sightings: Callable[[bytes, Container[str]], dict[str, Sighting]]
    """By the names of the sheets; of those that are named only the formulas are needed."""
    first: Callable[[bytes], list[Grid] | None]
    """Nothing where the reader says that it cannot."""
    second: Callable[[bytes], list[Grid] | None]
    properties: Callable[[bytes], Properties]
    asides: Callable[[bytes], tuple[tuple[Aside, ...], tuple[str, ...]]]
    """What stands beside the cells, and the sheets of which not all of it could be read."""
    is_zip: bool = True


_WAYS = {
    Format.XLSX: _Way(
        spreadsheetml.sightings,
        _by_calamine(Format.XLSX),
        spreadsheetml.second_reading,
        spreadsheetml.properties_of,
        asides.asides_of,
    ),
    Format.XLSB: _Way(
        biff12.sightings,
        _by_calamine(Format.XLSB),
        biff12.second_reading,
        spreadsheetml.properties_of,
        asides.asides_of,
    ),
    Format.ODS: _Way(
        opendocument.sightings,
        opendocument.first_reading,
        _by_calamine(Format.ODS),
        opendocument.properties_of,
        opendocument_asides.asides_of,
    ),
    Format.XLS: _Way(
        biff8.sightings,
        _by_calamine(Format.XLS),
        biff8.second_reading,
        biff8.properties_of,
        biff8.asides_of,
        is_zip=False,
    ),
}


def read_workbook(source: SourceFile) -> Workbook:
    """Read the sheets of a workbook.

    Raises:
        RefusedError: it is no workbook, or cannot be read.
    """
    refuse_unread(source)
    recognised, content = _recognised(source)
    way = _WAYS[recognised.format]
    checked = preflight(content) if way.is_zip else Checked(content)
    try:
        properties = way.properties(checked.content)
        grids, notes = _grids(checked, recognised.format)
    except DAMAGE:
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    beside, broken = _asides(checked.content, recognised.format)
    notes += tuple(("asides-unread", {"value": name}) for name in broken)
    return Workbook(tuple(grids), properties, (*recognised.notes, *notes), beside)


def _asides(content: bytes, format_: Format) -> tuple[tuple[Aside, ...], tuple[str, ...]]:
    """What stands beside the cells; where it cannot be read, the answers count all the same."""
    try:
        return _WAYS[format_].asides(content)
    except RefusedError:
        return (), ()  # xlrd breaks down on it, which is reported for its cells and notes alike
    except DAMAGE:
        return (), ("the whole file",)


def refuse_unread(source: SourceFile) -> None:
    """Refuse a file that was not even opened, for the reason that its container gave.

    Raises:
        RefusedError: there is such a reason, or the file is too large.
    """
    if source.failure:
        raise source.failure
    if source.size > FILE_LIMIT:
        megabytes = 1024 * 1024
        size, limit = f"{source.size / megabytes:.0f}", f"{FILE_LIMIT // megabytes}"
        raise RefusedError("file-too-large", size=size, limit=limit)


def _recognised(source: SourceFile) -> tuple[Recognised, bytes]:
    """What kind of workbook a file is, and its bytes, without the password that opens in Excel unasked."""
    try:
        return recognise(source.name, source.content), source.content
    except RefusedError as refusal:
        opened = without_known_password(source.content) if refusal.slug == "file-encrypted" else None
        if opened is None:
            raise
    return recognise(source.name, opened), opened


def _grids(checked: Checked, format_: Format) -> tuple[list[Grid], Notes]:
    """The sheets by the first reader, or by the second where the first fails or leaves cells out.

    The first makes a box of all cells between the first and the furthest; the walk and the second
    readers hold the rows as far as each of them goes.
    """
    way, content = _WAYS[format_], checked.content
    first = None if checked.is_far and format_ is not Format.ODS else way.first(content)
    try:
        seen = way.sightings(content, {grid.name for grid in first or () if _only_repeats(grid)})
    except RefusedError:
        if format_ is not Format.XLS or first is None:
            raise
        # xlrd breaks down on some links that Gnumeric writes.
        unseen = {grid.name: Sighting(cut_at=biff8.CUT_AT) for grid in first}
        return _marked(first, unseen), (("file-unwitnessed", {}),)
    _refuse_one_name(first or ())
    if first is not None and not _left_out(first, seen):
        return _marked(first, seen), ()
    try:
        second = way.second(content)
    except RefusedError:
        raise
    except Exception:  # noqa: BLE001 - a library raises whatever it meets in a damaged file
        second = None
    readings = [grids for grids in (first, second) if grids is not None]
    if not readings:
        raise RefusedError("file-unreadable", reason=DAMAGED)
    best = min(readings, key=lambda grids: _left_out(grids, seen))
    return _marked(best, seen), (("file-read-otherwise", {}),) if best is second else ()


def _only_repeats(grid: Grid) -> bool:
    """Whether a sheet only repeats by formulas what is answered elsewhere: most of a workbook's cells do."""
    if grid.name not in layout.LIVE_SHEETS:
        return False
    top = " ".join(str(grid.at(row, 0)) for row in range(5))
    try:
        stamp = parse_stamp(top)
    except StampError:
        return False
    return stamp is None or stamp.sheet in layout.LIVE_STAMPS


def _refuse_one_name(grids: Sequence[Grid]) -> None:
    """Refuse a workbook with two sheets of one name: by name, as every reader has them, one would be lost."""
    names = Counter(grid.name for grid in grids)
    doubled = [name for name, count in names.items() if count > 1]
    if doubled:
        raise RefusedError("file-unreadable", reason=f"two of its sheets are called {doubled[0]}")


def _calamine(content: bytes, format_: Format) -> list[Grid] | None:
    """The sheets as calamine reads them; nothing where it says that it cannot."""
    try:
        # It tells an OpenDocument file by its first bytes alone; by name it takes any.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"return.{format_}")
            path.write_bytes(content)
            with python_calamine.CalamineWorkbook.from_path(path) as workbook:
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


def _left_out(grids: Sequence[Grid], seen: Mapping[str, Sighting]) -> int:
    """How many filled cells a reading leaves blank."""
    by_name = {grid.name: grid for grid in grids}
    return sum(len(_blanks(by_name.get(name, Grid(name, [])), sighting)) for name, sighting in seen.items())


def _blanks(grid: Grid, sighting: Sighting) -> frozenset[Position]:
    return frozenset(place for place in sighting.filled if grid.at(*place) == "")


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
        errors=sighting.errors,
        formulas=frozenset(sighting.formulas),
        without_result=frozenset(sighting.without_result),
        unread=_blanks(grid, sighting) | sighting.broken,
        formats=sighting.formats,
        shown=sighting.shown,
        struck=frozenset(sighting.struck),
        merged=sighting.merged,
        unconfirmed=frozenset(_unconfirmed(grid, sighting.values)),
        is_1904=sighting.is_1904,
        cut_at=sighting.cut_at,
    )

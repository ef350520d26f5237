"""Where things are in a workbook that came back: tables by their headings, rows by their Ref.

Coordinates, the order of sheets and their names are not relied on: officers insert,
sort, rename and paste.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from nps_xlsx import layout
from nps_xlsx.ingester.reading import CellValue, Grid
from nps_xlsx.ingester.values import read_text
from nps_xlsx.layout import DETAILS
from nps_xlsx.model import Framework, Place
from nps_xlsx.stamp import Stamp, StampError, parse_stamp

_ENOUGH_HEADINGS = 3
_ENOUGH_LABELS = 3


@dataclass(frozen=True, slots=True)
class Table:
    """One assessment table: its sheet, and the position of each column that was found."""

    grid: Grid
    heading_row: int
    columns: dict[str, int]

    def place(self, file: str, row: int, key: str) -> Place:
        """The place of an answer's cell; the Ref's where the column is missing."""
        col = self.columns.get(key, self.columns["ref"])
        return Place(file, self.grid.name, layout.cell_name(row, col))

    def value(self, row: int, key: str) -> CellValue:
        """The value in a column of a row; an empty text where the column is missing."""
        return self.grid.at(row, self.columns[key]) if key in self.columns else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One behaviour's row, where it was found."""

    ref: str
    table: Table
    row: int


@dataclass(frozen=True, slots=True)
class FoundStamp:
    """A stamp and its place; without a stamp where the check characters did not fit."""

    text: str
    grid: str
    cell: str
    stamp: Stamp | None


def find_tables(grids: Iterable[Grid], framework: Framework, stamps: Iterable[FoundStamp]) -> list[Table]:
    """Every assessment table of the workbook: a row of known headings, "Ref" among them.

    The live sheets repeat refs and levels by formulas, so they are left out: by their
    stamp, whatever they are called now, and otherwise by their name.
    """
    columns = layout.columns_by_heading(
        layout.assessment_columns(framework, with_last_round=True, with_review=True)
    )
    keys = {heading: column.key for heading, column in columns.items()}
    live = {found.grid: found.stamp.sheet in layout.LIVE_STAMPS for found in stamps if found.stamp}
    return [
        table
        for grid in grids
        if not live.get(grid.name, grid.name in layout.LIVE_SHEETS)
        for table in _tables(grid, keys, framework)
    ]


def _tables(grid: Grid, keys: dict[str, str], framework: Framework) -> Iterator[Table]:
    for number, values in enumerate(grid.rows):
        found: dict[str, int] = {}
        for col, value in enumerate(values):
            key = keys.get(layout.heading_key(value)) if isinstance(value, str) and value else None
            if key is not None:
                found.setdefault(key, col)
        if "ref" in found and len(found) >= _ENOUGH_HEADINGS and not _has_code(values, framework):
            yield Table(grid, number, found)


def _has_code(values: Sequence[CellValue], framework: Framework) -> bool:
    # An officer's own words can read like headings ("#REF!", "4 Leader"), but never beside a Ref.
    return any(isinstance(value, str) and _code(value) in framework.row_by_code for value in values)


def _code(text: str) -> str:
    return text.strip().upper()


def find_rows(tables: Sequence[Table], framework: Framework) -> Iterator[Row]:
    """Every row under a table's headings whose Ref is a code of the framework, in order."""
    for table in tables:
        later = [
            other.heading_row
            for other in tables
            if other.grid is table.grid and other.heading_row > table.heading_row
        ]
        end = min(later, default=len(table.grid.rows))
        for number in range(table.heading_row + 1, end):
            ref = _code(read_text(table.value(number, "ref")))
            if ref in framework.row_by_code:
                yield Row(ref, table, number)


def find_stamps(grids: Iterable[Grid]) -> list[FoundStamp]:
    """Every cell that holds a stamp, whole or damaged."""
    found = []
    for grid in grids:
        for number, values in enumerate(grid.rows):
            for col, value in enumerate(values):
                if not isinstance(value, str) or "check" not in value:
                    continue
                cell = layout.cell_name(number, col)
                try:
                    stamp = parse_stamp(value)
                except StampError:
                    found.append(FoundStamp(value, grid.name, cell, None))
                else:
                    if stamp is not None:
                        found.append(FoundStamp(value, grid.name, cell, stamp))
    return found


def find_details(grids: Sequence[Grid]) -> dict[str, tuple[CellValue, Place]]:
    """The council's details: the cell to the right of each label, on the sheet that has most of them."""
    labels = {layout.heading_key(detail.label): detail.key for detail in DETAILS}
    best: dict[str, tuple[CellValue, Place]] = {}
    for grid in grids:
        found: dict[str, tuple[CellValue, Place]] = {}
        for number, values in enumerate(grid.rows):
            for col, value in enumerate(values):
                key = labels.get(layout.heading_key(value)) if isinstance(value, str) and value else None
                if key is not None and key not in found:
                    place = Place("", grid.name, layout.cell_name(number, col + 1))
                    found[key] = (grid.at(number, col + 1), place)
        if len(found) > len(best):
            best = found
    return best if len(best) >= _ENOUGH_LABELS else {}

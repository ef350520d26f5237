"""Where things are in a return: tables by their headings, rows by their Ref.

Coordinates, order and names of sheets prove nothing: officers insert, sort, rename and paste.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from nps_xlsx.ingester.columns import (
    LONGEST,
    code_of,
    coded_rows,
    column_of_codes,
    column_of_names,
    fullest,
    is_used,
)
from nps_xlsx.ingester.grids import Grid, Position
from nps_xlsx.model import Framework, Place
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.stamp import LENGTH_LIMIT, Stamp, StampError, parse_stamp
from nps_xlsx.workbook.values import CellValue, key_of, read_text

_ENOUGH_HEADINGS = 3
_SURELY_HEADINGS = 6
"""More than an officer's own words can be mistaken for: such a row holds headings."""
_OF_ANSWERS = {"behaviour", "current", "target", "evidence"}
"""A table of answers has one of these headings."""


@dataclass(frozen=True, slots=True)
class Table:
    """One assessment table: its sheet, and the position of each column that was found."""

    grid: Grid
    heading_row: int
    rows: Sequence[int]
    """The rows that hold anything, below the headings and above those of another table."""
    columns: dict[str, int]
    doubled: Sequence[tuple[str, int]] = ()
    """Further columns under a doubled heading: they are not read."""
    extra: dict[int, str] = field(default_factory=dict)
    """Columns under headings that are not ours, with their headings."""
    has_ref_heading: bool = True

    def cell(self, row: int, key: str) -> str:
        """The cell of a column; the Ref's where the column is missing."""
        return cell_name(row, self.columns.get(key, self.columns["ref"]))

    def place(self, row: int, key: str) -> Place:
        """The place of an answer's cell; the Ref's where the column is missing."""
        return Place("", self.grid.name, self.cell(row, key))

    def value(self, row: int, key: str) -> CellValue:
        """The value in a column of a row; an empty text where the column is missing."""
        return self.grid.at(*self.at(row, key))

    def at(self, row: int, key: str) -> Position:
        """The position of a cell; for an answer in a merged one, that of its first cell."""
        at = row, self.columns.get(key, -1)
        first = self.grid.seen.merged.get(at)
        if first is None:
            return at
        is_below = bool(self.rows) and self.heading_row < first[0] <= self.rows[-1]
        return first if is_below and key not in ("ref", "behaviour") else at

    def may_hold(self, rows: Iterable[int], keys: Iterable[str]) -> Iterator[int]:
        """Those of the rows that may hold something in these columns: quicker than to ask for each cell."""
        seen, unread = self.grid.seen, self.grid.unread
        cols = [self.columns[key] for key in keys if key in self.columns]
        is_odd = bool(seen.merged or seen.errors or seen.without_result or unread)
        for row in rows:
            if is_odd or any(self.grid.at(row, col) != "" for col in cols):
                yield row

    def holds(self, row: int, key: str) -> bool:
        """Whether a column of a row holds anything, even an error, which reads as blank."""
        if key not in self.columns:
            return False
        at, grid = self.at(row, key), self.grid
        if read_text(grid.at(*at)):
            return True
        return at in grid.seen.errors or at in grid.unread or at in grid.seen.without_result


@dataclass(frozen=True, slots=True)
class Row:
    """One behaviour's row, where it was found."""

    ref: str
    table: Table
    row: int
    by_name: bool = False
    """Whether its Ref was lost, so that it is known by the behaviour's name."""


@dataclass(frozen=True, slots=True)
class FoundStamp:
    """A stamp and its place; ``stamp`` is ``None`` where the check characters do not fit."""

    text: str
    grid: str
    cell: str
    stamp: Stamp | None


# --- Tables -----------------------------------------------------------------------


def live_grids(grids: Iterable[Grid], stamps: Iterable[FoundStamp]) -> set[str]:
    """The names of the sheets that only repeat, by formulas, what is answered elsewhere.

    They are known by their stamps, otherwise by their names; the hidden one by its headings, too.  A
    sheet with another stamp as well holds answers, and what it repeats was pasted there.
    """
    live: dict[str, bool] = {}
    for one in stamps:
        if one.stamp is not None:
            live[one.grid] = live.get(one.grid, True) and one.stamp.sheet in layout.LIVE_STAMPS
    named = {
        grid.name: layout.copied_from(grid.name) in layout.LIVE_SHEETS or is_list_of_ours(grid)
        for grid in grids
    }
    return {name for name in named if live.get(name, named[name])}


def is_list_of_ours(grid: Grid) -> bool:
    """Whether a sheet is the hidden one, whatever it is called now."""
    return [*grid.rows[:1], []][0][: len(wording.LIST_HEADINGS)] == list(wording.LIST_HEADINGS)


def find_tables(grids: Iterable[Grid], framework: Framework) -> list[Table]:
    """Every assessment table of these sheets: a row of known headings, with Ref or with codes below."""
    columns = layout.columns_by_heading(
        layout.assessment_columns(framework, with_last_round=True, with_review=True)
    )
    keys = {heading: column.key for heading, column in columns.items()}
    return [table for grid in grids for table in _tables(grid, keys, framework)]


def _tables(grid: Grid, keys: Mapping[str, str], framework: Framework) -> Iterator[Table]:
    headings = [
        (number, under)
        for number, values in enumerate(grid.rows)
        if values  # a stray cell may lie a million rows below
        and (under := _headings(values, keys))
        and (len(under) >= _SURELY_HEADINGS or not _has_code(values, framework))
    ]
    ends = [*(number for number, _ in headings[1:]), len(grid.rows)]
    above: Mapping[str, list[int]] = {}
    for (number, under), end in zip(headings, ends, strict=False):  # no headings: one end too many
        below = grid.used(number + 1, end)
        is_aligned = any(above.get(key) == cols for key, cols in under.items())
        theirs = () if is_aligned else above.get("ref", ())  # of a table beside this one, a row higher
        for across in _blocks(under, len(grid.rows[number])):
            cols = [col for col in across if col not in theirs]
            table = _table(grid, number, below, cols, _within(across, under), framework)
            if table is not None:
                yield table
        above = under


def _headings(values: Sequence[CellValue], keys: Mapping[str, str]) -> dict[str, list[int]]:
    """The columns under each known heading; none where too few are known."""
    under: dict[str, list[int]] = {}
    for col, value in enumerate(values):
        key = keys.get(key_of(value)) if isinstance(value, str) and 0 < len(value) < LONGEST else None
        if key is not None:
            under.setdefault(key, []).append(col)
    return under if _are_enough(under) else {}


def _are_enough(under: Collection[str]) -> bool:
    return len(under) >= _ENOUGH_HEADINGS and not _OF_ANSWERS.isdisjoint(under)


def _blocks(under: Mapping[str, list[int]], width: int) -> list[range]:
    """The columns of each table side by side, every one from its own Ref on."""
    blocks: list[range] = []
    for first, end in pairwise([0, *under.get("ref", [])[1:], width]):
        around = [*blocks[-1:], range(first, end)]
        if len(around) == 2 and any(len(_within(part, under)) < _ENOUGH_HEADINGS for part in around):
            blocks[-1] = range(around[0].start, end)  # a lone column, not a table
        else:
            blocks.append(range(first, end))
    return [block for block in blocks if _are_enough(_within(block, under))]


def _within(across: range, under: Mapping[str, list[int]]) -> dict[str, list[int]]:
    kept = {key: [col for col in cols if col in across] for key, cols in under.items()}
    return {key: cols for key, cols in kept.items() if cols}


def _has_code(values: Sequence[CellValue], framework: Framework) -> bool:
    # An officer's own words can read like headings ("#REF!", "4 Leader"), but never beside a Ref.
    return any(isinstance(v, str) and len(v) < LONGEST and code_of(v, framework) for v in values)


def _table(
    grid: Grid,
    number: int,
    below: Sequence[int],
    across: Sequence[int],
    under: Mapping[str, list[int]],
    framework: Framework,
) -> Table | None:
    refs = [col for col in under.get("ref", []) if coded_rows(grid, below, col, framework)]
    coded = coded_rows(grid, below, refs[0], framework) if refs else below
    columns = {key: fullest(grid, coded, cols) for key, cols in under.items()}
    columns |= {"ref": refs[0]} if refs else {}
    if "behaviour" not in columns:
        columns |= column_of_names(grid, below, across, framework)
    names = columns.get("behaviour")
    codes = None if refs else column_of_codes(grid, below, across, names, framework)
    has_ref = codes is None and "ref" in columns
    if not has_ref:
        if codes is None and names is None:
            return None
        columns["ref"] = columns["behaviour"] if codes is None else codes
    taken = {col for cols in under.values() for col in cols} | {columns["ref"], names}
    extra = {
        col: heading
        for col in across
        if col not in taken and (heading := read_text(grid.at(number, col))) and is_used(grid, below, col)
    }
    doubled = [
        (key, other)
        for key, cols in under.items()
        for other in cols
        if other != columns[key] and is_used(grid, below, other)
    ]
    return Table(grid, number, below, columns, doubled, extra, has_ref)


# --- Rows -------------------------------------------------------------------------


def find_rows(tables: Sequence[Table], framework: Framework) -> Iterator[Row]:
    """Every row of the tables that is a behaviour's: by its Ref, or by its name where the Ref is lost."""
    for table in tables:
        codes = {row: code_of(read_text(table.value(row, "ref")), framework) for row in table.rows}
        names = _names(set(codes.values()), framework)
        for row, code in codes.items():
            named = names.get(key_of(read_text(table.value(row, "behaviour"))), "")
            if code:
                yield Row(code, table, row)
            elif named:
                yield Row(named, table, row, by_name=True)


def _names(present: set[str], framework: Framework) -> dict[str, str]:
    """Codes by the names of behaviours that a table of these codes may lack.

    Names recur from one key area to another ("High level principle"), so only the areas of the
    table's own rows count, and names that are still not unique are left out.
    """
    areas = {framework.area_by_code[code].code for code in present if code}
    rows = [row for area in framework.areas if not areas or area.code in areas for row in area.rows]
    missing = [row for row in rows if row.code not in present]
    names = [key_of(row.name) for row in missing]
    return {name: row.code for name, row in zip(names, missing, strict=True) if names.count(name) == 1}


def find_loose_rows(
    grid: Grid, tables: Sequence[Table], framework: Framework
) -> Iterator[tuple[str, int, int]]:
    """Codes outside every table of a sheet, as (code, row, column): rows whose headings are gone."""
    inside = {row for table in tables if table.grid is grid for row in table.rows}
    for number, values in enumerate(grid.rows):
        if number in inside:
            continue
        for col, value in enumerate(values):
            code = code_of(value, framework) if isinstance(value, str) and len(value) < 12 else ""
            if code:
                yield code, number, col


# --- Stamps -----------------------------------------------------------------------


def find_stamps(grids: Iterable[Grid]) -> list[FoundStamp]:
    """Every cell that holds a stamp, whole or damaged."""
    stamps = []
    for grid in grids:
        for number, values in enumerate(grid.rows):
            for col, value in enumerate(values):
                if not isinstance(value, str) or "|" not in value:
                    continue
                cell = cell_name(number, col)
                try:
                    stamp = parse_stamp(value)
                except StampError:
                    stamps.append(FoundStamp(_shown(value), grid.name, cell, None))
                else:
                    if stamp is not None:
                        stamps.append(FoundStamp(_shown(value), grid.name, cell, stamp))
    return stamps


def _shown(stamp: str) -> str:
    return read_text(stamp)[:LENGTH_LIMIT]

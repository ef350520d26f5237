"""What stands beside labels: the council's details on the first sheet, and the heads of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nps_xlsx.ingester.columns import LONGEST
from nps_xlsx.ingester.grids import Grid, Position
from nps_xlsx.ingester.identity import Details
from nps_xlsx.ingester.locate import Row, Table
from nps_xlsx.ingester.reported import Reported
from nps_xlsx.ingester.shown import shown
from nps_xlsx.model import Framework, Place
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import Detail, Kind
from nps_xlsx.workbook.values import key_of, read_date, read_text, read_yes_no

Heads = Mapping[tuple[str, str], tuple[str, Place]]
"""The texts in the heads of sheets, and their places, by the area's code and the label's key."""

_ENOUGH_LABELS = 3
_OFFSETS = (1, 2, 3, 4)
"""How far right of its label an answer may stand after columns were inserted between the two."""
_DETAILS = {key_of(detail.label): detail for detail in layout.DETAILS}
_ALWAYS = {detail for detail in layout.DETAILS if detail.prefilled or detail.required}
"""What every edition asks: no sheet is looked for that has more."""
_HEAD = {key_of(detail.label): detail for detail in layout.HEAD}
_NO_ANSWERS = {*_HEAD, key_of(wording.ABOUT_LINK), key_of(wording.PASTE)}
"""Our own words beside the labels of a head: what stands to the right of them is no answer to it."""
_UNREADABLE = {"date_completed": "date-completed-unreadable", "combined": "combined-unreadable"}


@dataclass(frozen=True, slots=True)
class BesideReader:
    """Reads what stands beside the labels of one file's sheets, and reports what cannot be used."""

    reported: Reported
    grids: Sequence[Grid]

    def details(self) -> Details:
        """The council's details, by their keys: from the sheet with most labels."""
        where, cells = find_details(self.grids)
        if not cells:
            self.reported.report("start-missing", Place("", layout.START))
        return {detail.key: self._text(where, at, detail) for detail, at in cells}

    def heads(self, framework: Framework, rows: Sequence[Row]) -> Heads:
        """What was written in the heads of the sheets; of two that are not blank, the first."""
        heads: dict[tuple[str, str], tuple[str, Place]] = {}
        for grid, area, detail, at in find_heads(framework, rows):
            text, place = self._text(grid, at, detail, area)
            if text:
                heads.setdefault((area, detail.key), (text, place))
        return heads

    def _text(self, grid: Grid, cell: Position, detail: Detail, ref: str = "") -> tuple[str, Place]:
        """What a cell says, as text, a day as ISO writes it; and its place.  ``ref`` is a head's area."""
        report = partial(self._report, ref, detail)
        at, place = grid.seen.merged.get(cell, cell), Place("", grid.name, cell_name(*cell))
        words = read_text(grid.at(*at)).strip()
        slug, found = grid.trouble(at)
        if slug:
            report(slug, place, found)
        for looks, is_so in (
            ("detail-struck", at in grid.seen.struck),
            ("detail-merged", at != cell and words),
        ):
            if is_so:
                report(looks, place, detail.label)
        if detail.kind is Kind.DATE:  # a day is read from what is stored, whatever the cell shows
            day, words = read_date(grid.at(*at), is_1904=grid.seen.is_1904)
            if words:
                report(_UNREADABLE.get(detail.key, "detail-not-a-date"), place, words)
            return day.isoformat() if day else words, place
        words = read_text(
            grid.seen.shown.get(at) or shown(grid.at(*at), grid.seen.formats.get(at, "")) or words
        )
        if detail.kind is Kind.YES and not read_yes_no(words)[1]:
            report(_UNREADABLE.get(detail.key, "detail-not-yes-or-no"), place, words)
        return words.strip(), place

    def _report(self, ref: str, detail: Detail, slug: str, place: Place, value: str) -> None:
        self.reported.report(slug, place, ref=ref, field=detail.key, value=value, label=detail.label)


def _labels(
    grid: Grid, known: Mapping[str, Detail], without: Collection[int] = ()
) -> Iterator[tuple[Detail, Position]]:
    """The cells of a sheet that say one of these labels, but for those in some of its rows."""
    for number, values in enumerate(grid.rows):
        for col, value in enumerate(values if number not in without else ()):
            is_short = isinstance(value, str) and 0 < len(value) < LONGEST
            detail = known.get(key_of(str(value))) if is_short else None
            if detail is not None:
                yield detail, (number, col)


# --- The first sheet --------------------------------------------------------------


def find_details(grids: Sequence[Grid]) -> tuple[Grid, list[tuple[Detail, Position]]]:
    """The sheet with most labels of details, and the cell to the right of each."""
    best: dict[Detail, Position] = {}
    where = Grid("", [])
    for grid in grids:
        labelled: dict[Detail, Position] = {}
        for detail, at in _labels(grid, _DETAILS):
            labelled.setdefault(detail, at)
        if len(labelled) > len(best):
            best, where = labelled, grid
        if best.keys() >= _ALWAYS:
            break
    if len(best) < _ENOUGH_LABELS:
        return where, []
    beside = _answer_offset(where, best.values())
    return where, [(detail, (row, col + beside)) for detail, (row, col) in best.items()]


def _answer_offset(grid: Grid, labels: Collection[Position]) -> int:
    """How many columns right of their labels the answers stand: one, or more after columns were inserted."""
    filled = (any(read_text(grid.at(row, col + offset)) for row, col in labels) for offset in _OFFSETS)
    return next((offset for offset, is_filled in zip(_OFFSETS, filled, strict=True) if is_filled), 1)


# --- The heads of the sheets ------------------------------------------------------


def find_heads(framework: Framework, rows: Sequence[Row]) -> Iterator[tuple[Grid, str, Detail, Position]]:
    """What stands in heads, each with its sheet and its area: that of the table below it, else of the last.

    A table's area is that of most of its rows.
    """
    areas: dict[int, Counter[str]] = {}
    tables: dict[str, dict[int, Table]] = {}
    for row in rows:
        areas.setdefault(id(row.table), Counter())[framework.area_by_code[row.ref].code] += 1
        tables.setdefault(row.table.grid.name, {})[id(row.table)] = row.table
    for own in tables.values():
        ordered = sorted(own.values(), key=lambda table: table.heading_row)
        grid = ordered[0].grid
        answered = {row.row for row in rows if id(row.table) in own}
        for detail, (number, col) in _labels(grid, _HEAD, answered):
            table = next((one for one in ordered if one.heading_row > number), ordered[-1])
            [(area, _)] = areas[id(table)].most_common(1)
            at = _beside(grid, number, col)
            if at is not None:
                yield grid, area, detail, at


def _beside(grid: Grid, row: int, col: int) -> Position | None:
    """The next filled cell to the right of a label, unless our own next words come first."""
    for at in ((row, col + offset) for offset in _OFFSETS):
        value = grid.at(*at)
        if isinstance(value, str) and len(value) < LONGEST and key_of(value) in _NO_ANSWERS:
            return None
        if read_text(value) or grid.trouble(at)[0]:
            return at
    return None

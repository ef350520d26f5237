"""What a council wrote where no answer is read: every text that is neither ours nor an answer."""

from __future__ import annotations

import functools
import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from nps_xlsx.ingester.columns import code_of
from nps_xlsx.ingester.grids import Aside, Grid, Position
from nps_xlsx.ingester.locate import FoundStamp, Row, Table, is_list_of_ours
from nps_xlsx.ingester.ours import IN_LIST, OurTexts, our_texts, words_of
from nps_xlsx.ingester.reported import Reported
from nps_xlsx.model import Answer, Framework, OtherText, Place, TextKind
from nps_xlsx.model.cells import TEXT_LIMIT, cell_name, position
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.inputs import COLUMNS, written
from nps_xlsx.workbook.values import CellValue, key_of, read_level, read_text

COUNT_LIMIT = 1_000
"""Texts listed per file; the busiest honest return has a few dozen."""

TOTAL_LIMIT = 1_000_000
"""Characters listed per file."""

_CELLS_NAMED = 12
"""Cells that one problem names; all stand in the list."""

_COUNTED = wording.SUMMARY_COUNTS["behaviours"]
"""The column of Summary that has numbers of ours."""
_DEFAULT_HEADERS = {"", "page", "page of"}
"""What is left of the headers and footers that programs write unasked."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A text, and whether it looks as if it were meant as an answer."""

    sheet: str
    cell: str
    kind: TextKind
    text: str
    author: str = ""
    is_likely: bool = False


@dataclass(slots=True)
class Elsewhere:
    """Looks through one file for texts that are neither ours nor read."""

    framework: Framework
    tables: Sequence[Table]
    rows: Sequence[Row]
    stamps: Sequence[FoundStamp]
    live: set[str]
    said: Sequence[tuple[str, Place]]
    """What was read beside labels: the council's details, and the heads of the sheets."""
    answers: Sequence[Answer]
    ours: OurTexts = field(init=False)

    def __post_init__(self) -> None:
        self.ours = our_texts(self.framework)

    def find(self, grids: Sequence[Grid], asides: Iterable[Aside]) -> Iterator[_Found]:
        """Texts outside the cells, then in them: on our own sheets first, on added ones last."""
        by_name = {grid.name: grid for grid in grids}
        for aside in asides:
            if not self._is_ours(aside, by_name.get(aside.sheet)):
                is_likely = aside.kind is not TextKind.LINK and self._names_answer(aside.text)
                cell = aside.cell
                yield _Found(aside.sheet, cell, aside.kind, aside.text, aside.author, is_likely)
        tabled = {table.grid.name for table in self.tables}
        stamped = {stamp.grid for stamp in self.stamps}
        start = {place.sheet for _, place in self.said}
        for grid in grids:
            if grid.name in self.live or is_list_of_ours(grid):
                yield from self._on_live(grid)
            elif grid.name in tabled | stamped | start:
                yield from self._on_ours(grid)
        for grid in grids:
            if grid.name not in self.live | tabled | stamped | start and not is_list_of_ours(grid):
                for at, text in self._not_ours(grid):
                    yield _found(grid, at, TextKind.SHEET, text, is_likely=self._is_likely(text))

    def _not_ours(self, grid: Grid, passed_over: Container[Position] = ()) -> Iterator[tuple[Position, str]]:
        """Cells with a text or a number that is not ours, except those to be passed over."""
        for row, values in enumerate(grid.rows):
            for col, value in enumerate(values):
                if value == "" or (row, col) in passed_over or value in self.ours.exact:
                    continue
                text = read_text(value)
                if text and not (isinstance(value, str) and self.ours.has(text, grid.seen.cut_at)):
                    yield (row, col), text

    # --- Beside the cells

    def _is_ours(self, aside: Aside, grid: Grid | None) -> bool:
        """Whether it only repeats what its cell says, or what programs write unasked."""
        if aside.kind is TextKind.HEADER:
            return key_of(aside.text) in _DEFAULT_HEADERS
        if aside.kind is TextKind.LINK and grid is not None:
            shown = read_text(_at_cell(grid, aside.cell))
            return _address_key(aside.text) == _address_key(shown)
        return False

    def _names_answer(self, text: str) -> bool:
        """Whether a text names a level, or a behaviour together with a number or a level."""
        words = f" {key_of(text)} "
        if any(f" {key_of(level.label)} " in words for level in self.framework.levels):
            return True
        said = words.split()
        levels = {str(level.number) for level in self.framework.levels}
        levels |= {key_of(level.name) for level in self.framework.levels}
        codes = {row.code.casefold() for row in self.framework.rows}
        return not codes.isdisjoint(said) and not levels.isdisjoint(said)

    def _is_label(self, text: str) -> bool:
        return words_of(text) in self.ours.labels

    def _is_likely(self, text: str) -> bool:
        return self._is_label(text) or self._names_answer(text)

    # --- On the sheets with tables, and on the first one

    def _on_ours(self, grid: Grid) -> Iterator[_Found]:
        read = self._read(grid)
        fixed = self._fixed(grid)
        known = {row.row for row in self.rows if row.table.grid is grid}
        gathered = set() if known else {text for text, _ in self.said}  # Start here says who has which sheet
        for at, text in self._not_ours(grid, read):
            if text in gathered or self._is_in_place(grid, at, text):
                continue
            if at in fixed:
                yield _found(grid, at, TextKind.OVER, text, is_likely=at[0] in known)
            elif self._is_added_heading(grid, at):
                yield _found(grid, at, TextKind.COLUMN, text, is_likely=False)
            elif at[0] in known:
                yield _found(grid, at, TextKind.COLUMN, text, is_likely=True)
            else:
                yield _found(grid, at, TextKind.BESIDE, text, is_likely=self._is_likely(text))

    def _read(self, grid: Grid) -> set[Position]:
        """The cells that are read, or reported where they cannot be: answers, details, stamps."""
        read = {
            at
            for table in self.tables
            if table.grid is grid
            for number in table.rows
            for key in COLUMNS.keys() & table.columns.keys()
            for at in ((number, table.columns[key]), table.at(number, key))
        }
        read |= {position(place.cell) for _, place in self.said if place.sheet == grid.name}
        return read | {position(stamp.cell) for stamp in self.stamps if stamp.grid == grid.name}

    def _fixed(self, grid: Grid) -> set[Position]:
        """The cells of the tables that hold our own words."""
        return {
            (row.row, col)
            for row in self.rows
            if row.table.grid is grid
            for key, col in row.table.columns.items()
            if key in ("ref", "behaviour", "last_round") or key.startswith("level_")
        }

    def _is_added_heading(self, grid: Grid, at: Position) -> bool:
        tables = (table for table in self.tables if table.grid is grid)
        return any(at[0] == table.heading_row and at[1] in table.extra for table in tables)

    def _is_in_place(self, grid: Grid, at: Position, text: str) -> bool:
        """Whether a text is ours in this place: a heading, a Ref, last round's level, the analyst's note."""
        for table in self.tables:
            if table.grid is not grid:
                continue
            if at[0] == table.heading_row and self._is_label(text):
                return True
            if at[1] == table.columns["ref"] and code_of(text, self.framework):
                return True
            is_last = at[1] == table.columns.get("last_round", -1)
            if is_last and read_level(text, self.framework.levels).value is not None:
                return True
            if at[0] in table.rows and self._repeats(table, at, text):
                return True
        beside = (read_text(grid.at(at[0], col)) for col in range(at[1] - 1, max(at[1] - 5, -1), -1))
        label = next(filter(None, beside), "")
        return bool(label) and words_of(label) in self.ours.free

    def _repeats(self, table: Table, at: Position, text: str) -> bool:
        """Whether a doubled column repeats the one that is read."""
        keys = [key for key, col in table.doubled if col == at[1]]
        return any(read_text(table.value(at[0], key)) == text for key in keys)

    # --- On the sheets that fill themselves in

    def _on_live(self, grid: Grid) -> Iterator[_Found]:
        name = layout.copied_from(grid.name)
        stamped = {one.stamp.sheet for one in self.stamps if one.grid == grid.name and one.stamp}
        is_plan = name == layout.PLAN or layout.PLAN_STAMP in stamped
        is_list = name == layout.LISTS or is_list_of_ours(grid)
        listed = self._listed(grid) if name == layout.MARKS or layout.MARKS_STAMP in stamped else set()
        stamps = {position(stamp.cell) for stamp in self.stamps if stamp.grid == grid.name}
        may_repeat, repeated = is_list or not grid.seen.formulas, functools.cache(self._repeated)
        counted = {col for values in grid.rows for col, value in enumerate(values) if value == _COUNTED}
        for at, text in self._not_ours(grid, grid.seen.formulas | stamps | listed):
            is_number = not isinstance(grid.at(*at), str)
            if is_number and (is_list or at[1] in counted or not grid.seen.formulas):
                continue
            if is_list and IN_LIST.match(text):
                continue
            if not (may_repeat and _repeats(text, repeated())):
                yield _found(grid, at, TextKind.LIVE, text, is_likely=is_plan or self._is_likely(text))

    def _repeated(self) -> frozenset[str]:
        """What a live sheet repeats, where nothing says which of its cells hold formulas."""
        texts = (text for answer in self.answers for text in written(answer).values())
        cells = (cell_name(*layout.detail_cell(detail.key)) for detail in layout.DETAILS)
        own = (cell for answer in self.answers for cell in answer.cells.values())
        said = (text for text, _ in self.said)
        return self.ours.labels | {words_of(text) for text in (*texts, *said, *cells, *own) if text}

    def _listed(self, grid: Grid) -> set[Position]:
        """The cells of the list on What to look at: its columns, in the numbered rows."""
        columns = range(len(wording.MARKS_HEADINGS))
        return {
            (number, col)
            for number, values in enumerate(grid.rows)
            if values and isinstance(values[0], int | float)
            for col in columns
        }


def other_texts(texts: Iterable[_Found], reported: Reported) -> tuple[OtherText, ...]:
    """The texts to list, reported by sheet and kind; that there were too many is reported as well."""
    kept: list[_Found] = []
    total = left = 0
    for one in texts:
        length = min(len(one.text), TEXT_LIMIT)
        if len(kept) >= COUNT_LIMIT or total + length > TOTAL_LIMIT:
            left += 1
            continue
        total += length
        left += len(one.text) > TEXT_LIMIT
        kept.append(one)
    _report(kept, reported)
    if left:
        reported.report("other-texts-cut", count=f"{left:,}")
    return tuple(
        OtherText(Place(reported.file, one.sheet, one.cell), one.kind, one.text[:TEXT_LIMIT], one.author)
        for one in kept
    )


def _report(texts: Sequence[_Found], reported: Reported) -> None:
    groups: dict[tuple[str, TextKind, bool], list[_Found]] = {}
    for one in texts:
        groups.setdefault((one.sheet, one.kind, one.is_likely), []).append(one)
    for (sheet, kind, is_likely), members in groups.items():
        if kind in (TextKind.SHEET, TextKind.COLUMN) and not is_likely:
            continue  # the sheet or column is reported already
        cells = list(dict.fromkeys(filter(None, (member.cell for member in members))))[:_CELLS_NAMED]
        slug = "text-like-answer" if is_likely else "text-elsewhere"
        place = Place("", sheet, cells[0] if cells else "")
        value = "; ".join(" ".join(member.text.split())[:200] for member in members[:_CELLS_NAMED])
        count = _counted(len(members))
        reported.report(slug, place, value=value, cells=cells, kind=kind.value, count=count)


def _counted(count: int) -> str:
    return "1 text" if count == 1 else f"{count:,} texts"


def _found(grid: Grid, at: Position, kind: TextKind, text: str, *, is_likely: bool) -> _Found:
    return _Found(grid.name, cell_name(*at), kind, text, is_likely=is_likely)


def _repeats(text: str, known: frozenset[str]) -> bool:
    """Whether a live sheet repeats a text, or a piece of a long one."""
    piece = text.removeprefix(wording.CONTINUED)
    for mark in (wording.WHOLE_TEXT, wording.WHOLE_ELSEWHERE, wording.CONTINUES):
        piece = piece.removesuffix(mark)
    key = words_of(piece)
    return key in known or (piece != text and any(key in whole for whole in known))


def _at_cell(grid: Grid, cell: str) -> CellValue:
    return grid.at(*position(cell)) if cell else ""


def _address_key(text: str) -> str:
    """An address without the scheme that programs put before it."""
    return re.sub(r"^(mailto:|https?://|file:///?)", "", text.strip().casefold()).rstrip("/")

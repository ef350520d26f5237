"""What a reader gives: the values of each sheet, and what else is known of its cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from nps_xlsx.model import TextKind
from nps_xlsx.workbook.values import CellValue

Position = tuple[int, int]
"""Row and column, from 0."""


@dataclass(slots=True)
class Sighting:
    """What the file itself says of a sheet: which cells are filled, and with what kind of content.

    Libraries give blanks for error cells, formulas without a result and whatever they cannot
    read; what they give is checked against this.
    """

    filled: set[Position] = field(default_factory=set)
    errors: dict[Position, str] = field(default_factory=dict)
    formulas: set[Position] = field(default_factory=set)
    without_result: set[Position] = field(default_factory=set)
    """Formulas whose result the file does not hold: nothing that we run would compute it."""
    broken: set[Position] = field(default_factory=set)
    """Cells whose text is missing, or that stand there twice: no reader is believed about them."""
    formats: dict[Position, str] = field(default_factory=dict)
    """The number formats of cells that show a number differently from how it is stored."""
    shown: dict[Position, str] = field(default_factory=dict)
    """What such cells show, where the file says so."""
    struck: set[Position] = field(default_factory=set)
    """Cells in which words are struck through."""
    merged: dict[Position, Position] = field(default_factory=dict)
    """Each further cell of a merged one, with the first."""
    values: dict[Position, CellValue] = field(default_factory=dict)
    """What a second reader makes of the cells, in a format that has no checksums."""
    is_1904: bool = False
    """Whether days are counted from 1904, as Excel for the Mac once did."""
    cut_at: int = 0
    """Characters at which old programs cut texts in this format; 0 where none do."""
    rows: int = 0
    columns: int = 0
    """How far down and across the cells reach that hold anything, where a reader makes a box of them all."""

    def reach(self, at: Position) -> None:
        """Note that this cell holds something."""
        self.rows, self.columns = max(self.rows, at[0] + 1), max(self.columns, at[1] + 1)


@dataclass(frozen=True, slots=True)
class Grid:
    """The values of one sheet, from A1, and what is odd about some of its cells."""

    name: str
    rows: list[list[CellValue]]
    seen: Sighting = field(default_factory=Sighting)
    unread: frozenset[Position] = frozenset()
    """Filled cells whose value no reader gives."""
    unconfirmed: frozenset[Position] = frozenset()
    """Cells that a second reader reads differently."""

    def at(self, row: int, col: int) -> CellValue:
        """A cell's value; an empty text beyond the edge."""
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""

    def trouble(self, at: Position) -> tuple[str, str]:
        """The kind of problem with a cell that holds something else than a value, and what it shows."""
        if at in self.seen.errors:
            return "cell-error", self.seen.errors[at]
        if at in self.seen.without_result:
            return "formula-without-result", ""
        return ("cell-unread", "") if at in self.unread else ("", "")

    def used(self, first: int, end: int) -> list[int]:
        """The rows of a stretch that hold anything: a stray cell may lie a million rows below."""
        odd = {
            row for places in (self.seen.errors, self.unread, self.seen.without_result) for row, _ in places
        }
        return [row for row in range(first, end) if row in odd or self.rows[row]]


Notes = tuple[tuple[str, Mapping[str, str]], ...]
"""Kinds of problem, each with the words of its message."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself."""

    saved_by: str = ""
    saved_at: str = ""
    """When it was last saved, as the file says it, in UTC: ``2026-11-21T09:30:00Z``."""
    stamp: str = ""
    stamp_name: str = ""
    """What the defined name of the stamp refers to: ``'Start here'!$A$3``."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A text outside the cells: a note, a text box, the address behind a link."""

    sheet: str
    cell: str
    """The cell that it belongs to or begins at; empty where there is none."""
    kind: TextKind
    text: str
    author: str = ""


Asides = tuple[tuple[Aside, ...], tuple[str, ...]]
"""What stands beside the cells, and the names of the sheets or parts of which not all of it could be read."""


@dataclass(frozen=True, slots=True)
class Walk:
    """What our own walk through a file finds."""

    seen: Mapping[str, Sighting]
    """By the names of the sheets."""
    grids: Callable[[], list[Grid]]
    """The sheets by another reader than calamine."""
    asides: Callable[[], Asides]
    is_alone: bool = False
    """Whether calamine is not to be asked."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was read from one file."""

    grids: tuple[Grid, ...]
    properties: Properties = Properties()
    notes: Notes = ()
    asides: tuple[Aside, ...] = ()

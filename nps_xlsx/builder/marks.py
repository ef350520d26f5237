"""A marked-up copy: each problem's cell framed, and the sheet What to look at, which lists them.

A problem knows its place in the council's own file; here its cell in the fresh copy is
looked up, by the behaviour and column, or the detail, it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nps_xlsx.builder.order import Order
from nps_xlsx.model import Problem, Prompt, Severity
from nps_xlsx.model.cells import cell_name, from_units, units
from nps_xlsx.model.problems import CATALOGUE, for_council, is_of_level, problem
from nps_xlsx.workbook import layout

HOW_MUCH = {
    Severity.ERROR: "Not used",
    Severity.WARNING: "Please look",
    Severity.NOTE: "For information",
}
"""The severities, in plain words."""

_SIDES = {"left": (0, -1), "right": (0, 1), "top": (-1, 0), "bottom": (1, 0)}
_TITLE_LIMIT, _TEXT_LIMIT = 32, 255
"""UTF-16 units that Excel takes in the title and the text of a cell's prompt."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell of the fresh copy."""

    sheet: str
    row: int
    col: int

    @property
    def cell(self) -> str:
        """As Excel shows it: ``C7``."""
        return cell_name(self.row, self.col)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a problem in one cell, or one without a cell."""

    number: int
    problem: Problem
    spot: Spot | None
    sheet: str = ""
    """The sheet to go to if there is no cell; empty if that is not in the copy either."""

    @property
    def target(self) -> str:
        """Where the link leads; empty if there is none."""
        if self.spot:
            return layout.reference(self.spot.sheet, self.spot.row, self.spot.col)
        return layout.reference(self.sheet, 0, 0) if self.sheet else ""

    @property
    def where(self) -> str:
        """Where to look, in words."""
        if self.spot:
            return f"{self.spot.sheet}, {self.spot.cell}"
        own = ", ".join(filter(None, (self.problem.place.sheet, self.problem.cell)))
        return self.sheet or (f"In your own file: {own}" if own else "Your file")

    @property
    def message(self) -> str:
        """What was found, with the council's words in full if the message shortens them."""
        message, words = self.problem.message, " ".join(self.problem.value.split())
        return _unstamped(message if words in message else f"{message}\n\nIn full: {self.problem.value}")

    @property
    def to_do(self) -> str:
        """What to do about it."""
        return _unstamped(self.problem.ask)


def _unstamped(text: str) -> str:
    # A stamp quoted in a message must not be taken for this sheet's own when the copy comes back.
    return text.replace(" | template", ", template")


class Marks:
    """What is marked in one workbook: nothing if the order has no problems."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._sheet_of = {row.code: sheet for sheet in order.sheets for row in sheet.area.rows}
        pairs = [pair for one in for_council(order.problems) for pair in self._placed(one)]
        self.lines = tuple(
            Line(number, one, spot, self._sheet(one)) for number, (one, spot) in enumerate(pairs, start=1)
        )
        """The lines of the list, in order."""

    def __bool__(self) -> bool:
        return bool(self.lines)

    # --- In the cells

    def frame(self, sheet: str, row: int, col: int) -> tuple[str, ...]:
        """The styles of a cell's frame; a cell next to a framed one shares a side of its frame.

        Excel does not say whose border counts if two cells differ on the line between them.
        """
        if Spot(sheet, row, col) in self._by_spot:
            return ("framed",)
        beside = {side: Spot(sheet, row + down, col + across) for side, (down, across) in _SIDES.items()}
        return tuple(f"framed_{side}" for side, spot in beside.items() if spot in self._by_spot)

    def prompt(self, sheet: str, row: int, col: int, usual: Prompt | None) -> Prompt | None:
        """What Excel shows beside a cell: what to look at there, if anything, or else the usual prompt."""
        lines = self._by_spot.get(Spot(sheet, row, col))
        if not lines:
            return usual
        title = f"{layout.MARKS}: {', '.join(str(line.number) for line in lines)}"
        if len(title) > _TITLE_LIMIT:
            title = f"{layout.MARKS}: {lines[0].number} and {len(lines) - 1} more"
        text = _cut("\n".join(f"{line.problem.message} {line.problem.ask}" for line in lines))
        return replace(usual, title=title, text=text) if usual else Prompt(title, text)

    def own_words(self, ref: str, key: str) -> str:
        """What the council wrote in place of a level, if it is asked about it; an empty text otherwise."""
        problems = (line.problem for line in self.lines)
        own = (one for one in problems if (one.ref, one.field) == (ref, key) and is_of_level(one))
        return next((one.value for one in own), "")

    @cached_property
    def _by_spot(self) -> dict[Spot, list[Line]]:
        by_spot: dict[Spot, list[Line]] = {}
        for line in self.lines:
            if line.spot:
                by_spot.setdefault(line.spot, []).append(line)
        return by_spot

    # --- Where in this copy

    def _placed(self, whole: Problem) -> Iterator[tuple[Problem, Spot | None]]:
        """A problem with each of its cells, as problems of their own if there are several."""
        about = [(ref, key, spot) for ref, key in self._about(whole) if (spot := self._spot(ref, key))]
        if not about:
            yield whole, None
        for ref, key, spot in about:
            yield _alone(whole, ref, key) if len(about) > 1 else whole, spot

    def _about(self, whole: Problem) -> list[tuple[str, str]]:
        """The behaviours and columns, or the details (without a behaviour), that a problem is about."""
        if whole.refs:
            own = [self._by_own_cell.get((whole.place.sheet, cell), ("", "")) for cell in whole.cells]
            # A grouped problem can be about several columns, but names only the first.
            if len(own) > 1 and {ref for ref, _ in own} == set(whole.refs):
                return own
            return [(ref, whole.field) for ref in whole.refs]
        named = [("", detail.key) for detail in layout.DETAILS if detail.label in whole.values]
        return named or [("", whole.field)]

    @cached_property
    def _by_own_cell(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Behaviour and column by sheet and cell in the council's own file."""
        return {
            (answer.place.sheet, cell): (answer.ref, key)
            for answer in self._order.answers
            for key, cell in answer.cells.items()
        }

    def _spot(self, ref: str, key: str) -> Spot | None:
        if not ref:
            is_detail = key in {detail.key for detail in layout.DETAILS}
            return Spot(layout.START, *layout.detail_cell(key)) if is_detail else None
        if key in {head.key for head in layout.HEAD}:
            page = next((one for one in self._order.sheets if one.area.code == ref), None)
            return Spot(page.name, *page.head_cell(key)) if page else None
        sheet = self._sheet_of.get(ref)
        if sheet is None:
            return None
        columns = {column.key for column in sheet.columns}
        return Spot(sheet.name, sheet.row(ref), sheet.column(key if key in columns else "ref"))

    def _sheet(self, one: Problem) -> str:
        """The sheet of this copy that has the name of the problem's sheet."""
        names = layout.sheet_names(self._order.framework, with_review=self._order.with_review)
        return one.place.sheet if one.place.sheet in names else ""


def _alone(whole: Problem, ref: str, key: str) -> Problem:
    """One of several problems that were grouped, as it would be reported by itself."""
    labels = {detail.key: detail.label for detail in layout.DETAILS}
    if not CATALOGUE[whole.slug].grouped:
        return replace(whole, refs=(ref,), field=key)
    value = whole.value if ref else labels[key]
    return problem(whole.slug, whole.place, ref=ref, field=key, value=value)


def _cut(text: str) -> str:
    """A text as Excel takes it in a prompt: printable, and not too long."""
    plain = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    counted = units(plain)
    return plain if len(counted) <= _TEXT_LIMIT else f"{from_units(counted[: _TEXT_LIMIT - 3]).rstrip()}..."

"""A marked-up copy: each problem framed in its cell, and the sheet What to look at, which lists them.

A problem knows its place in the council's own file; here it is looked for in the fresh
copy, by the behaviour and the column, or the detail, that it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nps_xlsx.builder.order import Order
from nps_xlsx.model import Problem, Prompt, Severity
from nps_xlsx.model.cells import cell_name
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
"""UTF-16 units that Excel takes in the title and the text of what it shows beside a cell."""


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
    """One line of the list: a problem in one cell, or one that has no cell."""

    number: int
    found: Problem
    spot: Spot | None
    sheet: str = ""
    """The sheet to go to where there is no cell; empty where that is not in the copy either."""

    @property
    def target(self) -> str:
        """Where the link leads; empty where there is none."""
        if self.spot:
            return layout.reference(self.spot.sheet, self.spot.row, self.spot.col)
        return layout.reference(self.sheet, 0, 0) if self.sheet else ""

    @property
    def where(self) -> str:
        """Where to look, in words."""
        if self.spot:
            return f"{self.spot.sheet}, {self.spot.cell}"
        place = self.found.place
        own = ", ".join(filter(None, (place.sheet, self.found.cell)))
        return self.sheet or (f"In your own file: {own}" if own else "Your file")

    @property
    def message(self) -> str:
        """What was found, with the whole of the council's words where the message shortens them."""
        said, words = self.found.message, " ".join(self.found.value.split())
        return _unstamped(said if words in said else f"{said}\n\nIn full: {self.found.value}")

    @property
    def to_do(self) -> str:
        """What to do about it."""
        return _unstamped(self.found.ask)


def _unstamped(text: str) -> str:
    # A stamp that a message quotes must not be taken for this sheet's own when the copy comes back.
    return text.replace(" | template", ", template")


class Marks:
    """What is marked in one workbook: nothing where the order has no problems."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._sheet_of = {row.code: sheet for sheet in order.sheets for row in sheet.area.rows}
        found = [pair for one in for_council(order.problems) for pair in self._placed(one)]
        self.lines = tuple(
            Line(number, one, spot, self._sheet(one)) for number, (one, spot) in enumerate(found, start=1)
        )
        """What the list says, in order."""

    def __bool__(self) -> bool:
        return bool(self.lines)

    # --- In the cells

    def frame(self, sheet: str, row: int, col: int) -> tuple[str, ...]:
        """The styles of a cell's frame; a cell beside a framed one shares a side of its frame.

        Excel does not say whose border counts where two cells differ on the line between them.
        """
        if Spot(sheet, row, col) in self._by_spot:
            return ("framed",)
        beside = {side: Spot(sheet, row + down, col + across) for side, (down, across) in _SIDES.items()}
        return tuple(f"framed_{side}" for side, spot in beside.items() if spot in self._by_spot)

    def prompt(self, sheet: str, row: int, col: int, usual: Prompt | None) -> Prompt | None:
        """What Excel shows beside a cell: what is to be looked at there, else what it usually shows."""
        lines = self._by_spot.get(Spot(sheet, row, col))
        if not lines:
            return usual
        title = f"{layout.MARKS}: {', '.join(str(line.number) for line in lines)}"
        if len(title) > _TITLE_LIMIT:
            title = f"{layout.MARKS}: {lines[0].number} and {len(lines) - 1} more"
        text = "\n".join(f"{line.found.message} {line.found.ask}" for line in lines)
        said = {"title": title, "text": _cut(text)}
        return replace(usual, **said) if usual else Prompt(**said)

    def own_words(self, ref: str, key: str) -> str:
        """What the council wrote as a level, where it was told of; an empty text otherwise."""
        found = (line.found for line in self.lines if (line.found.ref, line.found.field) == (ref, key))
        return next((one.value for one in found if is_of_level(one)), "")

    @cached_property
    def _by_spot(self) -> dict[Spot, list[Line]]:
        by_spot: dict[Spot, list[Line]] = {}
        for line in self.lines:
            if line.spot:
                by_spot.setdefault(line.spot, []).append(line)
        return by_spot

    # --- Where in this copy

    def _placed(self, found: Problem) -> Iterator[tuple[Problem, Spot | None]]:
        """The problem with each of its cells, told apart where several were told together."""
        about = [(ref, key, spot) for ref, key in self._about(found) if (spot := self._spot(ref, key))]
        if not about:
            yield found, None
        for ref, key, spot in about:
            yield _alone(found, ref, key) if len(about) > 1 else found, spot

    def _about(self, found: Problem) -> list[tuple[str, str]]:
        """The behaviours and columns, or the details (without a behaviour), that a problem is about."""
        if found.refs:
            own = [self._by_own_cell.get((found.place.sheet, cell), ("", "")) for cell in found.cells]
            # What is told together can be about several columns, and names only the first.
            if len(own) > 1 and {ref for ref, _ in own} == set(found.refs):
                return own
            return [(ref, found.field) for ref in found.refs]
        named = [("", detail.key) for detail in layout.DETAILS if detail.label in found.values]
        return named or [("", found.field)]

    @cached_property
    def _by_own_cell(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Behaviour and column by the sheet and cell of the council's own file."""
        return {
            (answer.place.sheet, cell): (answer.ref, key)
            for answer in self._order.answers
            for key, cell in answer.cells.items()
        }

    def _spot(self, ref: str, key: str) -> Spot | None:
        if not ref:
            known = {detail.key for detail in layout.DETAILS}
            return Spot(layout.START, *layout.detail_cell(key)) if key in known else None
        sheet = self._sheet_of.get(ref)
        if sheet is None:
            return None
        columns = {column.key for column in sheet.columns}
        return Spot(sheet.name, sheet.row(ref), sheet.column(key if key in columns else "ref"))

    def _sheet(self, found: Problem) -> str:
        """The sheet of this copy that is called as the problem's own."""
        names = layout.sheet_names(self._order.framework)
        return found.place.sheet if found.place.sheet in names else ""


def _alone(found: Problem, ref: str, key: str) -> Problem:
    """One of several problems that were told together, as it would be told by itself."""
    labels = {detail.key: detail.label for detail in layout.DETAILS}
    if not CATALOGUE[found.slug].grouped:
        return replace(found, refs=(ref,), field=key)
    value = found.value if ref else labels[key]
    return problem(found.slug, found.place, ref=ref, field=key, value=value)


def _cut(text: str) -> str:
    """A text as Excel takes it beside a cell: printable, and not too long."""
    plain = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    encoded = plain.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * _TEXT_LIMIT:
        return plain
    return encoded[: 2 * (_TEXT_LIMIT - 3)].decode("utf-16-le", "ignore").rstrip() + "..."

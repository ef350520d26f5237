"""The Action plan sheet: the rows with a gap, by priority, then gap, then value code, in formulas."""

from __future__ import annotations

from nps_xlsx import layout, styles
from nps_xlsx.book import Book, Sheet
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Value, Workings
from nps_xlsx.textfit import text_height

_COLUMNS: tuple[tuple[str, str, int, tuple[str, ...]], ...] = (
    ("place", "No.", 44, ("count",)),
    ("ref", "Ref", 68, ()),
    ("area_name", "Key area", 170, ("wrap",)),
    ("behaviour", "Specific behaviour", 170, ("wrap",)),
    ("current", "Current level", 112, ("wrap",)),
    ("target", "Target level", 112, ("wrap",)),
    ("next_level", "What the next level asks", 520, ("wrap", "small")),
    ("actions", "Our actions", 360, ("wrap", "small")),
    ("owner", "Owner", 150, ("wrap", "small")),
    ("due_date", "Due date", 130, ("date", "small")),
    ("priority", "Priority", 86, ()),
)
"""Figure, heading, width in pixels, styles."""

_HEADING_ROW = 3
_FIRST_ROW = 4
_NOTE = (
    "This sheet writes itself: every behaviour whose target is above its current level, High priority "
    "first, then the largest gap. Change it on the assessment sheets."
)

_EMPTY = "Nothing stands here yet: no behaviour has a target above its current level."


def write_plan(book: Book, order: Order, workings: Workings) -> None:
    """Write the Action plan sheet."""
    sheet = book.sheet(layout.PLAN)
    sheet.widths(*(width for _, _, width, _ in _COLUMNS))
    sheet.text(0, 0, "Action plan", "title")
    sheet.height(0, 30)
    sheet.text(1, 0, str(order.stamp(layout.PLAN_STAMP)), "stamp")
    empty = f'IF(COUNT({workings.range("rank")})=0,"{_EMPTY}","{_NOTE}")'
    sheet.formula(2, 0, empty, _NOTE if workings.ranked else _EMPTY, "note")
    sheet.link(1, 6, f"'{layout.START}'!A1", "Back to Start here")
    sheet.texts(_HEADING_ROW, 0, [heading for _, heading, _, _ in _COLUMNS], "heading")
    sheet.height(_HEADING_ROW, 30)
    for place, _ in enumerate(order.framework.behaviours, start=1):
        _write_row(sheet, order, workings, place)
    last = _FIRST_ROW + len(order.framework.behaviours) - 1
    line = {"type": "formula", "criteria": f'=$A{_FIRST_ROW + 1}<>""'}
    ruled = book.plain_format({"bottom": 1, "bottom_color": styles.RULE})
    sheet.rule((_FIRST_ROW, 0), (last, len(_COLUMNS) - 1), {**line, "format": ruled})
    sheet.raw.freeze_panes(_FIRST_ROW, 2)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.page(repeat_row=_HEADING_ROW, a3=True)
    sheet.protect()


def _write_row(sheet: Sheet, order: Order, workings: Workings, place: int) -> None:
    row = _FIRST_ROW + place - 1
    code = workings.ranked[place - 1] if place <= len(workings.ranked) else ""
    present = _present(order, workings, place, code)
    number = layout.cell_name(row, 0)
    ranks = workings.range("rank")

    def looked_up(key: str) -> str:
        found = f"INDEX({workings.range(key)},MATCH({number},{ranks},0))"
        if key in ("current", "target"):
            found = f"INDEX({layout.LEVELS_NAME},{found})"
        return f'IF({number}="","",{found})'

    for col, (key, _, _, names) in enumerate(_COLUMNS):
        text = f'IF({place}<=COUNT({ranks}),{place},"")' if key == "place" else looked_up(key)
        sheet.formula(row, col, text, present[key], *names)
    sheet.height(row, _height(order, present))


def _present(order: Order, workings: Workings, place: int, code: str) -> dict[str, Value]:
    if not code:
        return {key: "" for key, _, _, _ in _COLUMNS}
    figures = workings.present[code] | {"place": place}
    for key in ("current", "target"):
        figures[key] = order.framework.level(int(figures[key])).label
    return figures


def _height(order: Order, present: dict[str, Value]) -> float:
    """Room for what stands in the row, or, in a blank one, for the framework's usual descriptor."""
    widths = {key: width for key, _, width, _ in _COLUMNS}
    if present["place"] == "":
        texts = [text for row in order.framework.behaviours for text in row.descriptors]
        heights = sorted(text_height(text, widths["next_level"]) for text in texts)
        return heights[len(heights) * 9 // 10]
    return max(
        30.0,
        *(
            text_height(str(present[key]), widths[key], 11 if key == "area_name" else 10)
            for key in ("next_level", "actions", "area_name", "behaviour", "owner")
        ),
    )

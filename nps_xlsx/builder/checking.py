"""The sheet Check before sending: what is still open, counted by sheet, and one verdict."""

from __future__ import annotations

from nps_xlsx import layout
from nps_xlsx.book import Book, Sheet
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Workings
from nps_xlsx.layout import DETAILS

_COUNTS = (
    ("unanswered", "Not answered"),
    ("no_reason", "Not applicable without a reason"),
    ("below", "Target below current"),
    ("lone_target", "Target but no current level"),
    ("no_owner", "Actions without an owner"),
)
_WIDTHS = (300, 150, 150, 150, 150, 150)
_VERDICT_ROW = 2
_HEADING_ROW = 5
_FIRST_ROW = 6
_NOTE = (
    "Nothing here stops you from sending: a return with gaps is better than none. But each thing "
    "mended now saves a telephone call later."
)


def write_check(book: Book, order: Order, workings: Workings) -> None:
    """Write the sheet Check before sending."""
    sheet = book.sheet(layout.CHECK)
    sheet.widths(*_WIDTHS)
    sheet.text(0, 0, "Check before sending", "title")
    sheet.height(0, 30)
    sheet.text(1, 0, str(order.stamp(layout.CHECK_STAMP)), "stamp")
    sheet.link(1, 4, f"'{layout.START}'!A1", "Back to Start here")
    sheet.text(_VERDICT_ROW + 1, 0, _NOTE, "note")
    sheet.texts(_HEADING_ROW, 0, ["Sheet", *(heading for _, heading in _COUNTS)], "heading")
    sheet.height(_HEADING_ROW, 36)
    for row, assessment in enumerate(order.sheets, start=_FIRST_ROW):
        sheet.link(row, 0, f"'{assessment.name}'!A1", assessment.name, "box")
        for col, (key, _) in enumerate(_COUNTS, start=1):
            formula = workings.sum(key, assessment.area.code)
            count = workings.count(key, assessment.area.rows)
            sheet.formula(row, col, formula, count, "box", "open", "middle")
        sheet.height(row, 20)
    last = _FIRST_ROW + len(order.sheets) - 1
    _write_details(sheet, last + 1, order)
    _write_verdict(sheet, order, workings, last + 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 1)
    sheet.raw.set_selection(_VERDICT_ROW, 0, _VERDICT_ROW, 0)
    sheet.page()
    sheet.protect()


def _write_details(sheet: Sheet, row: int, order: Order) -> None:
    first = layout.reference(layout.START, *layout.detail_cell("completed_by"))
    sheet.link(row, 0, first, "Council details on Start here", "box")
    cells = _required_cells()
    formula = "+".join(f"(LEN(TRIM({cell}))=0)" for cell in cells)
    sheet.formula(row, 1, formula, _missing_details(order), "box", "open", "middle")
    for col in range(2, len(_COUNTS) + 1):
        sheet.blank(row, col, "box")
    sheet.height(row, 20)


def _required_cells() -> list[str]:
    required = [detail for detail in DETAILS if detail.required]
    return [layout.reference(layout.START, *layout.detail_cell(detail.key)) for detail in required]


def _missing_details(order: Order) -> int:
    return sum(not order.answers.detail(detail.key).strip() for detail in DETAILS if detail.required)


def _write_verdict(sheet: Sheet, order: Order, workings: Workings, last: int) -> None:
    box = f"{layout.cell_name(_FIRST_ROW, 1)}:{layout.cell_name(last, len(_COUNTS))}"
    total = f"SUM({box})"
    formula = f'IF({total}=0,"Ready to send",IF({total}=1,"1 thing to look at",{total}&" things to look at"))'
    present = _missing_details(order) + sum(workings.count(key, order.framework.rows) for key, _ in _COUNTS)
    sheet.formula(_VERDICT_ROW, 0, formula, verdict(present), "verdict")
    sheet.height(_VERDICT_ROW, 28)


def verdict(count: int) -> str:
    """The verdict's words for a number of open things."""
    if count == 0:
        return "Ready to send"
    return "1 thing to look at" if count == 1 else f"{count} things to look at"

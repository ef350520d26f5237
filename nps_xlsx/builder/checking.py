"""The sheet Check before sending: one verdict, counts by sheet, and a link to everything open.

The hidden sheet has a row for everything that could be open, with a running count of
what is; the list here looks up the first, the second and so on in it.
"""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import FIRST_ROW as LISTS_ROW
from nps_xlsx.builder.workings import Workings, missing_details
from nps_xlsx.excel.book import Sheet
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, LISTS
from nps_xlsx.workbook.rules import RULES

_COUNT_COLUMN_WIDTH = 150
_VERDICT_ROW = 2
_HEADING_ROW = 5
_FIRST_ROW = 6


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that could be open: where it is, and its flag's formula and present value."""

    sheet: str
    ref: str
    cell: str
    what: str
    flag: str
    is_open: bool


def write_check(draft: Draft) -> None:
    """Write the sheet Check before sending."""
    order, workings = draft.order, draft.workings
    sheet = draft.sheet(layout.CHECK, (320, *[_COUNT_COLUMN_WIDTH] * len(RULES)))
    draft.links(sheet, 4)
    sheet.text(_VERDICT_ROW + 1, 0, wording.CHECK_NOTE, "note")
    sheet.texts(_HEADING_ROW, 0, ["Sheet", *(rule.heading for rule in RULES)], "heading")
    sheet.height(_HEADING_ROW, 36)
    for row, assessment in enumerate(order.sheets, start=_FIRST_ROW):
        sheet.link(row, 0, f"'{assessment.name}'!A1", assessment.name, "box")
        for col, rule in enumerate(RULES, start=1):
            count = workings.count(rule.slug, assessment.area.rows)
            formula = workings.sum(rule.slug, assessment.area.code)
            sheet.formula(row, col, formula, count, "box", "open", "middle")
        sheet.height(row, 20)
    last = _FIRST_ROW + len(order.sheets)
    _write_totals(sheet, order, workings, last)
    _write_verdict(sheet, order, workings, last)
    end = _write_list(sheet, order, workings, last + 3)
    draft.foot(sheet, end, layout.CHECK_STAMP)
    sheet.mark_headings(_HEADING_ROW, 0, last, len(RULES))
    sheet.raw.freeze_panes(_FIRST_ROW, 1)
    sheet.raw.set_selection(_VERDICT_ROW, 0, _VERDICT_ROW, 0)
    sheet.page()
    sheet.protect()


def _write_totals(sheet: Sheet, order: Order, workings: Workings, row: int) -> None:
    first = layout.reference(layout.START, *layout.detail_cell("completed_by"))
    sheet.text(row, 0, wording.ALL_SHEETS, "box", "bold", "band", "middle")
    for col, rule in enumerate(RULES, start=1):
        count = workings.count(rule.slug, order.framework.rows)
        sheet.formula(row, col, workings.sum(rule.slug, ""), count, "box", "open", "bold", "band", "middle")
    sheet.height(row, 20)
    sheet.link(row + 1, 0, first, wording.MISSING_DETAILS, "box")
    formula = "+".join(f"(LEN(TRIM({cell}))=0)" for cell in _required_cells())
    sheet.formula(row + 1, 1, formula, len(missing_details(order)), "box", "open", "middle")
    sheet.height(row + 1, 20)


def _required_cells() -> list[str]:
    required = [detail for detail in DETAILS if detail.required]
    return [
        layout.reference(layout.START, *layout.detail_cell(detail.key), absolute=True) for detail in required
    ]


def _write_verdict(sheet: Sheet, order: Order, workings: Workings, totals: int) -> None:
    box = f"{cell_name(totals, 1)}:{cell_name(totals, len(RULES))}"
    total = f"(SUM({box})+{cell_name(totals + 1, 1)})"
    several = wording.THINGS.format(count="")
    formula = f'IF({total}=0,"{wording.READY}",IF({total}=1,"{wording.ONE_THING}",{total}&"{several}"))'
    sheet.formula(_VERDICT_ROW, 0, formula, verdict(_open_count(order, workings)), "verdict")
    sheet.height(_VERDICT_ROW, 28)


def _open_count(order: Order, workings: Workings) -> int:
    counts = (workings.count(rule.slug, order.framework.rows) for rule in RULES)
    return len(missing_details(order)) + sum(counts)


def verdict(count: int) -> str:
    """The verdict on a number of open things."""
    return wording.VERDICTS[min(count, 2)].format(count=count)


# --- The list ---------------------------------------------------------------------


def _items(order: Order, workings: Workings) -> list[_Item]:
    missing = missing_details(order)
    items = [
        _Item(
            layout.START,
            "",
            cell_name(*layout.detail_cell(detail.key)),
            wording.FILL_IN.format(label=detail.label),
            f"IF(LEN(TRIM({cell}))=0,1,0)",
            detail.key in missing,
        )
        for detail, cell in zip((d for d in DETAILS if d.required), _required_cells(), strict=True)
    ]
    for row in workings.rows:
        sheet = workings.sheet_of(row.code)
        for rule in RULES:
            if rule.scored_only and not row.is_scored:
                continue
            cell = cell_name(sheet.row(row.code), sheet.column(rule.column))
            is_open = bool(workings.present[row.code][rule.slug])
            flag = workings.cell(rule.slug, row.code)
            items.append(_Item(sheet.name, row.code, cell, rule.says, flag, is_open))
    return items


def _column(workings: Workings, key: str) -> int:
    return workings.next_column + ("count", "sheet", "ref", "cell", "what").index(key)


def write_items(draft: Draft, lists: Sheet) -> None:
    """Write everything that could be open on the hidden sheet, with a running count of what is."""
    workings = draft.workings
    open_so_far = 0
    for row, item in enumerate(_items(draft.order, workings), start=LISTS_ROW):
        col = _column(workings, "count")
        above = f"+{cell_name(row - 1, col)}" if row > LISTS_ROW else ""
        open_so_far += item.is_open
        lists.formula(row, col, f"{item.flag}{above}", open_so_far)
        lists.texts(row, col + 1, [item.sheet, item.ref, item.cell, item.what])


def _write_list(sheet: Sheet, order: Order, workings: Workings, row: int) -> int:
    sheet.texts(
        row, 0, [*wording.CHECK_HEADINGS, *[""] * (len(RULES) + 1 - len(wording.CHECK_HEADINGS))], "heading"
    )
    sheet.height(row, 24)
    items = _items(order, workings)
    present = [item for item in items if item.is_open]
    last = LISTS_ROW + len(items) - 1

    def range_of(key: str) -> str:
        col = _column(workings, key)
        first = cell_name(LISTS_ROW, col, absolute=True)
        return f"{LISTS}!{first}:{cell_name(last, col, absolute=True)}"

    def looked_up(key: str, number: int) -> str:
        # The first row whose running count is this number is the one that raised it.
        return f"INDEX({range_of(key)},MATCH({number},{range_of('count')},0))"

    for number in range(1, len(items) + 1):
        item = present[number - 1] if number <= len(present) else None
        sheet_name, cell = cell_name(row + number, 0), looked_up("cell", number)
        link = f'IFERROR(HYPERLINK("#\'"&{sheet_name}&"\'!"&{cell},{cell}),"")'
        for col, key in enumerate(("sheet", "ref", "cell", "what")):
            formula = link if key == "cell" else f'IFERROR({looked_up(key, number)}&"","")'
            names = ("link", "indented") if key == "cell" else ("indented",)
            sheet.formula(row + number, col, formula, getattr(item, key, ""), *names)
    return row + len(items) + 1

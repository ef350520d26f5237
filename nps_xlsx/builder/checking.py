"""The sheet Check before sending: the verdict, how to send the file, and what is still open.

A formula may give a link (HYPERLINK) but not a list as long as it needs to be: the hidden sheet has
everything that could be open, with a running count, and the list looks up the first, the
second and so on in it.  It shows what fits one printed page: a longer one would print empty pages,
since LibreOffice takes no print area that is a formula.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import FIRST_ROW as LISTS_ROW
from nps_xlsx.builder.workings import Workings, missing_details
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, LISTS
from nps_xlsx.workbook.rules import RULES

LISTED = 30
"""The rows of the list: with the head, what A4 landscape takes at ``_SCALE`` per cent."""

_WIDTHS = (410, 335, 186, 12, 296, 12, 290)
"""The list and what to discuss, which begin on a first screen of 1,366 pixels, then the sheets' names."""
_COUNT_WIDTH, _ROW_HEIGHT, _SCALE = 150, 16.5, 80
_SEND_ROW, _NAME_ROW, _HEADING_ROW, _FIRST_ROW = 1, 2, 3, 4
_GO_TO, _WHAT, _SHEET, _DISCUSS, _COUNTS = 0, 1, 2, 4, 6
_LAST_ROW = _FIRST_ROW + LISTED
"""The row that says how many more there are."""


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing that could be listed: where it is, and its flag's formula and present value."""

    sheet: str
    cell: str
    link: str
    """What its link says."""
    what: str
    flag: str
    is_listed: bool


class _Listing:
    """Things that could be listed, on the hidden sheet, with a running count of those that are."""

    COLUMNS = ("count", "sheet", "cell", "link", "what")

    def __init__(self, items: Sequence[_Item], col: int) -> None:
        self.items = items
        self.present = [item for item in items if item.is_listed]
        self._col = col
        self._last = LISTS_ROW + len(items) - 1
        self.total = f"{LISTS}!{cell_name(self._last, col, absolute=True)}"
        """How many are listed, as a formula names it: the count in the last row."""
        self.next_column = col + len(self.COLUMNS)

    def looked_up(self, key: str, number: int) -> str:
        """A formula for a column of the first, second... that is listed: the row that raised the count."""
        return f"INDEX({self._range(key)},MATCH({number},{self._range('count')},0))"

    def link(self, number: int) -> str:
        """A formula that links to its cell."""
        sheet, cell, text = (self.looked_up(key, number) for key in ("sheet", "cell", "link"))
        return f'IFERROR(HYPERLINK("#\'"&{sheet}&"\'!"&{cell},{text}),"")'

    def _range(self, key: str) -> str:
        col = self._col + self.COLUMNS.index(key)
        first, last = (cell_name(row, col, absolute=True) for row in (LISTS_ROW, self._last))
        return f"{LISTS}!{first}:{last}"

    def write(self, lists: Sheet) -> None:
        """Write it on the hidden sheet."""
        count = 0
        for row, item in enumerate(self.items, start=LISTS_ROW):
            above = f"+{cell_name(row - 1, self._col)}" if row > LISTS_ROW else ""
            count += item.is_listed
            lists.formula(row, self._col, f"{item.flag}{above}", count)
            for col, key in enumerate(self.COLUMNS[1:], start=self._col + 1):
                lists.text(row, col, getattr(item, key))


def write_check(draft: Draft) -> None:
    """Write the sheet Check before sending."""
    still_open, to_discuss = _listings(draft.order, draft.workings)
    sheet = draft.sheet(layout.CHECK, (*_WIDTHS, *[_COUNT_WIDTH] * len(RULES)))
    _write_head(draft, sheet, still_open)
    _write_list(sheet, still_open)
    _write_discuss(sheet, to_discuss)
    last = max(_write_counts(draft, sheet), _FIRST_ROW + min(LISTED + 1, len(still_open.items)) - 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 0)
    sheet.raw.set_selection(_FIRST_ROW, _GO_TO, _FIRST_ROW, _GO_TO)
    sheet.page()
    sheet.raw.set_print_scale(_SCALE)  # manual page breaks count only without "fit to pages"
    sheet.raw.set_v_pagebreaks([_COUNTS])
    draft.foot(sheet, last + 1, layout.CHECK_STAMP)
    sheet.protect()


def write_items(draft: Draft, lists: Sheet) -> None:
    """Write everything that could be listed on the hidden sheet."""
    for listing in _listings(draft.order, draft.workings):
        listing.write(lists)


# --- The head


def verdict(count: int) -> str:
    """The verdict on a number of open things."""
    return wording.VERDICTS[min(count, 2)].format(count=count)


def _write_head(draft: Draft, sheet: Sheet, still_open: _Listing) -> None:
    order, total = draft.order, still_open.total
    ready, one, several = (f'"{text}"' for text in (*wording.VERDICTS[:2], wording.THINGS.format(count="")))
    formula = f"IF({total}=0,{ready},IF({total}=1,{one},{total}&{several}))"
    sheet.formula(0, _WHAT, formula, verdict(len(still_open.present)), "verdict")
    sheet.text(_SEND_ROW, 0, how_to_send(order), "middle")
    sheet.link(_SEND_ROW, _SHEET, f"'{draft.home}'!A1", wording.BACK.format(sheet=draft.home))
    usual = wording.FILE_NAME.format(name=order.file_name)
    name = wording.KEEP_NAME if draft.marks else usual  # a marked-up copy has a name of its own
    sheet.text(_NAME_ROW, 0, name, "middle")
    write_mail_link(order, sheet, _NAME_ROW, _SHEET)
    for row in (_SEND_ROW, _NAME_ROW):
        sheet.height(row, 18)


def how_to_send(order: Order) -> str:
    """How the finished workbook is sent: to whom, and by when."""
    email = wording.EMAIL_TO.format(address=order.return_to) if order.return_to else wording.REPLY
    return wording.SEND.format(email=email, due=order.due_words)


def write_mail_link(order: Order, sheet: Sheet, row: int, col: int) -> None:
    """Write a link that begins an email, if the workbook goes to an address."""
    name, at, host = order.return_to.partition("@")
    if at and name and host and not any(map(str.isspace, order.return_to)):
        text = wording.NEW_EMAIL.format(address=order.return_to)
        target = literal(f"mailto:{order.return_to}")
        sheet.formula(row, col, f"HYPERLINK({target},{literal(text)})", text, "link")


# --- The list


def _listings(order: Order, workings: Workings) -> tuple[_Listing, _Listing]:
    """What is still open, and what is to be discussed."""
    still_open = _Listing([*_missing(order), *_of_rows(workings)], workings.next_column)
    return still_open, _Listing(_marked(workings), still_open.next_column)


def _missing(order: Order) -> list[_Item]:
    missing = missing_details(order)
    return [
        _Item(
            layout.START,
            cell_name(*layout.detail_cell(detail.key)),
            wording.GO_TO.format(row=layout.START, column=detail.label),
            wording.FILL_IN.format(label=detail.label),
            f"IF(LEN(TRIM({cell}))=0,1,0)",
            detail.key in missing,
        )
        for detail, cell in zip((d for d in DETAILS if d.required), _required_cells(), strict=True)
    ]


def _required_cells() -> list[str]:
    required = [detail for detail in DETAILS if detail.required]
    return [
        layout.reference(layout.START, *layout.detail_cell(detail.key), absolute=True) for detail in required
    ]


def _of_rows(workings: Workings) -> list[_Item]:
    items = []
    for row in workings.rows:
        sheet = workings.sheet_of(row.code)
        for rule in RULES:
            if rule.scored_only and not row.is_scored:
                continue
            col = sheet.column(rule.column)
            items.append(
                _Item(
                    sheet.name,
                    cell_name(sheet.row(row.code), col),
                    wording.GO_TO.format(row=wording.row_name(row), column=sheet.columns[col].heading),
                    rule.says,
                    workings.cell(rule.slug, row.code),
                    bool(workings.present[row.code][rule.slug]),
                )
            )
    return items


def _marked(workings: Workings) -> list[_Item]:
    """The rows, each with whether the council wants to talk about it."""
    items = []
    for row in workings.rows:
        sheet = workings.sheet_of(row.code)
        col = sheet.column("discuss")
        flag = f'IF(LOWER(LEFT(TRIM({sheet.reference(row.code, "discuss")}),1))="y",1,0)'
        is_marked = workings.order.answers[row.code].discuss
        cell, name = cell_name(sheet.row(row.code), col), wording.row_name(row)
        items.append(_Item(sheet.name, cell, name, sheet.columns[col].heading, flag, is_marked))
    return items


def _write_list(sheet: Sheet, still_open: _Listing) -> None:
    sheet.texts(_HEADING_ROW, 0, wording.CHECK_HEADINGS, "heading")
    sheet.height(_HEADING_ROW, 30)
    for number in range(1, min(LISTED, len(still_open.items)) + 1):
        row = _FIRST_ROW + number - 1
        item = still_open.present[number - 1] if number <= len(still_open.present) else None
        _write_link(sheet, row, _GO_TO, still_open, number)
        for col, key in ((_WHAT, "what"), (_SHEET, "sheet")):
            formula = f'IFERROR({still_open.looked_up(key, number)},"")'
            sheet.formula(row, col, formula, getattr(item, key, ""), "indented", "middle")
        sheet.height(row, _ROW_HEIGHT)
    sheet.mark_headings(_HEADING_ROW, 0, _LAST_ROW - 1, _SHEET)
    _write_rest(sheet, _GO_TO, still_open)


def _write_link(sheet: Sheet, row: int, col: int, listing: _Listing, number: int) -> None:
    shown = listing.present[number - 1].link if number <= len(listing.present) else ""
    sheet.formula(row, col, listing.link(number), shown, "link", "indented", "shrink")


def _write_discuss(sheet: Sheet, to_discuss: _Listing) -> None:
    """Write what is to be discussed, which is a help to the council and nothing that is open."""
    sheet.text(_HEADING_ROW, _DISCUSS, wording.DISCUSS_HEADING, "heading")
    for number in range(1, min(LISTED, len(to_discuss.items)) + 1):
        _write_link(sheet, _FIRST_ROW + number - 1, _DISCUSS, to_discuss, number)
    sheet.mark_headings(_HEADING_ROW, _DISCUSS, _LAST_ROW - 1, _DISCUSS)
    _write_rest(sheet, _DISCUSS, to_discuss)


def _write_rest(sheet: Sheet, col: int, listing: _Listing) -> None:
    """Write how many there are besides those listed, if there can be more."""
    if len(listing.items) > LISTED:
        before, after = map(literal, wording.REST.split("{count}"))
        count, more = len(listing.present) - LISTED, f"({listing.total}-{LISTED})"
        formula = f'IF({more}>0,{before}&{more}&{after},"")'
        shown = wording.REST.format(count=count) if count > 0 else ""
        sheet.formula(_LAST_ROW, col, formula, shown, "bold", "indented", "middle")
        sheet.height(_LAST_ROW, _ROW_HEIGHT)


# --- The counts


def _write_counts(draft: Draft, sheet: Sheet) -> int:
    """Write how much is open by sheet and rule; returns the last row."""
    order, workings = draft.order, draft.workings
    sheet.texts(_HEADING_ROW, _COUNTS, ["Sheet", *(rule.heading for rule in RULES)], "heading", "small")
    for row, assessment in enumerate(order.sheets, start=_FIRST_ROW):
        sheet.link(row, _COUNTS, f"'{assessment.name}'!A1", assessment.name, "box")
        for col, rule in enumerate(RULES, start=_COUNTS + 1):
            count = workings.count(rule.slug, assessment.area.rows)
            formula = workings.sum(rule.slug, assessment.area.code)
            sheet.formula(row, col, formula, count, "box", "open", "middle")
    total = _FIRST_ROW + len(order.sheets)
    sheet.text(total, _COUNTS, wording.ALL_SHEETS, "box", "bold", "band", "middle")
    for col, rule in enumerate(RULES, start=_COUNTS + 1):
        count = workings.count(rule.slug, order.framework.rows)
        formula = workings.sum(rule.slug, "")
        sheet.formula(total, col, formula, count, "box", "open", "bold", "band", "middle")
    sheet.mark_headings(_HEADING_ROW, _COUNTS, total, _COUNTS + len(RULES))
    first = layout.reference(layout.START, *layout.detail_cell("completed_by"))
    sheet.link(total + 1, _COUNTS, first, wording.MISSING_DETAILS, "box")
    formula = "+".join(f"(LEN(TRIM({cell}))=0)" for cell in _required_cells())
    sheet.formula(total + 1, _COUNTS + 1, formula, len(missing_details(order)), "box", "open", "middle")
    return total + 1

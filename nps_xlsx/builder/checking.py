"""The sheet Check before sending: the verdict, how to send the file, and what is still open.

A formula may give a link (HYPERLINK) but not a list as long as it needs to be: the hidden sheet has
a running count of everything that could be open, and the list looks up where it reaches one, two
and so on.  It shows what fits one printed page: a longer one would print empty pages,
since LibreOffice takes no print area that is a formula.
"""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import FIRST_ROW as LISTS_ROW
from nps_xlsx.builder.workings import missing_details
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, LISTS, Detail
from nps_xlsx.workbook.rules import DISCUSS, RULES, Rule

LISTED = 30
"""The rows of the list: with the head, what A4 landscape takes at ``_SCALE`` per cent."""

_WIDTHS = (410, 322, 186, 12, 296, 12, 290)
"""The list and what to discuss, which begin on a first screen of 1,366 pixels, then the sheets' names."""
_COUNT_WIDTH, _ROW_HEIGHT, _SCALE = 150, 16.5, 80
_SEND_ROW, _NAME_ROW, _HEADING_ROW, _FIRST_ROW = 1, 2, 3, 4
_GO_TO, _WHAT, _SHEET, _DISCUSS, _COUNTS = 0, 1, 2, 4, 6
_LAST_ROW = _FIRST_ROW + LISTED
"""The row that says how many more there are."""
_REQUIRED = [detail for detail in DETAILS if detail.required]


class _Listing:
    """What could be listed: the details on Start here, then each row by kind, as many of each.

    The hidden sheet has a running count through all of it.  The first, second... that is listed is where
    the count reaches 1, 2...: a row, 0 for Start here, and a kind.
    """

    def __init__(self, draft: Draft, rules: Sequence[Rule], details: Sequence[Detail], col: int) -> None:
        self._workings, self._wide = draft.workings, len(rules)
        self._col, self._kinds_col, self._places_col = col, col + len(rules), col + 4 * len(rules)
        self.next_column = self._places_col + 3
        page, rows = draft.order.sheets[0], draft.workings.rows
        columns = [page.columns[page.column(rule.column)] for rule in rules]
        letters = [cell_name(0, page.column(column.key)).rstrip("1") for column in columns]
        self._kinds = (
            [
                (cell_name(*layout.detail_cell(one.key)), one.label, wording.FILL_IN.format(label=one.label))
                for one in details
            ],
            [
                (letter, column.heading, rule.says)
                for letter, column, rule in zip(letters, columns, rules, strict=True)
            ],
        )
        """Of the details, and of a row's kinds: the cell or column, its label or heading, and what to do."""
        missing, cell = missing_details(draft.order), self._workings.cell
        blank = [(f"IF(LEN(TRIM({_reference(one)}))=0,1,0)", one.key in missing) for one in details]
        figures = self._workings.present
        self._flags = [
            *blank,
            *[("0", False)] * (len(rules) - len(blank)),
            *((cell(one.slug, row.code), bool(figures[row.code][one.slug])) for row in rows for one in rules),
        ]
        self.most = len(rows) * len(rules) + len(blank)
        """How many there can be."""
        self._counts = self._range(col, len(rows) + 1)
        self.total = f"{LISTS}!{cell_name(LISTS_ROW + len(rows), self._kinds_col - 1, absolute=True)}"
        """How many are listed, as a formula names it: the count in the last cell."""
        self.present = [divmod(at, len(rules)) for at, (_, is_listed) in enumerate(self._flags) if is_listed]
        """The row and the kind of each that is listed now."""

    def _range(self, col: int, rows: int) -> str:
        first = cell_name(LISTS_ROW, col, absolute=True)
        return f"{LISTS}!{first}:{cell_name(LISTS_ROW + rows - 1, col + self._wide - 1, absolute=True)}"

    def shown(self, number: int) -> list[tuple[str, str]]:
        """Of the first, second... that is listed: link, what to look at and sheet, as formulas and as now."""
        at = LISTS_ROW + number - 1
        row, kind = (f"{LISTS}!{cell_name(at, self._places_col + side)}" for side in (0, 1))
        sheet, name, line = (
            f'IF({row}=0,"{start}",INDEX({self._workings.range(key)},{row}))'
            for key, start in (("area_name", layout.START), ("name", layout.START), ("row", ""))
        )
        cell, heading, what = (
            f"INDEX({self._range(self._kinds_col + part * self._wide, 2)},MIN({row},1)+1,{kind})"
            for part in range(3)
        )
        between = wording.GO_TO.format(row="", column="")
        link = f'HYPERLINK("#\'"&{sheet}&"\'!"&{cell}&{line},{name}&"{between}"&{heading})'
        formulas = (f'IF({row}="","",{formula})' for formula in (link, what, sheet))
        return list(zip(formulas, self._now(number), strict=True))

    def _now(self, number: int) -> tuple[str, str, str]:
        if number > len(self.present):
            return "", "", ""
        row, kind = self.present[number - 1]
        _, heading, what = self._kinds[min(row, 1)][kind]
        sheet = name = layout.START
        if row:
            figures = self._workings.present[self._workings.rows[row - 1].code]
            sheet, name = str(figures["area_name"]), str(figures["name"])
        return wording.GO_TO.format(row=name, column=heading), what, sheet

    def write(self, lists: Sheet) -> None:
        """Write it on the hidden sheet."""
        count, before = 0, ""
        for at, (flag, is_listed) in enumerate(self._flags):
            row, col = LISTS_ROW + at // self._wide, self._col + at % self._wide
            count += is_listed
            lists.formula(row, col, f"{flag}{before}", count)
            before = f"+{cell_name(row, col)}"
        for row, kinds in enumerate(self._kinds, start=LISTS_ROW):
            for col, kind in enumerate(kinds, start=self._kinds_col):
                for part, text in enumerate(kind):
                    lists.formula(row, col + part * self._wide, literal(text), text)
        for number in range(1, LISTED + 1):
            row, here = LISTS_ROW + number - 1, cell_name(LISTS_ROW + number - 1, self._places_col)
            found = self.present[number - 1] if number <= len(self.present) else None
            passed = f"SUMPRODUCT(--({self._counts}<{number}))"
            place = f'IF({number}>{self.total},"",INT({passed}/{self._wide}))'
            kind_of = f'IF({here}="","",{passed}-{self._wide}*{here}+1)'
            lists.formula(row, self._places_col, place, found[0] if found else "")
            lists.formula(row, self._places_col + 1, kind_of, found[1] + 1 if found else "")


def _reference(detail: Detail) -> str:
    return layout.reference(layout.START, *layout.detail_cell(detail.key), absolute=True)


def write_check(draft: Draft) -> None:
    """Write the sheet Check before sending."""
    still_open, to_discuss = _listings(draft)
    sheet = draft.sheet(layout.CHECK, (*_WIDTHS, *[_COUNT_WIDTH] * len(RULES)))
    _write_head(draft, sheet, still_open)
    _write_list(sheet, still_open)
    _write_discuss(sheet, to_discuss)
    last = max(_write_counts(draft, sheet), _FIRST_ROW + min(LISTED + 1, still_open.most) - 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 0)
    sheet.raw.set_selection(_FIRST_ROW, _GO_TO, _FIRST_ROW, _GO_TO)
    sheet.page()
    sheet.raw.set_print_scale(_SCALE)  # manual page breaks count only without "fit to pages"
    sheet.raw.set_v_pagebreaks([_COUNTS])
    draft.foot(sheet, last + 1, layout.CHECK_STAMP)
    sheet.protect()


def write_items(draft: Draft, lists: Sheet) -> None:
    """Write everything that could be listed on the hidden sheet."""
    for listing in _listings(draft):
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


def _listings(draft: Draft) -> tuple[_Listing, _Listing]:
    """What is still open, and what is to be discussed."""
    still_open = _Listing(draft, RULES, _REQUIRED, draft.workings.next_column)
    return still_open, _Listing(draft, (DISCUSS,), (), still_open.next_column)


def _write_list(sheet: Sheet, still_open: _Listing) -> None:
    sheet.texts(_HEADING_ROW, 0, wording.CHECK_HEADINGS, "heading")
    sheet.height(_HEADING_ROW, 30)
    for number in range(1, min(LISTED, still_open.most) + 1):
        row = _FIRST_ROW + number - 1
        for col, (formula, now) in enumerate(still_open.shown(number), start=_GO_TO):
            names = ("indented", "middle") if col > _GO_TO else ("link", "indented", "shrink")
            sheet.formula(row, col, formula, now, *names)
        sheet.height(row, _ROW_HEIGHT)
    sheet.mark_headings(_HEADING_ROW, 0, _LAST_ROW - 1, _SHEET)
    _write_rest(sheet, _GO_TO, still_open)


def _write_discuss(sheet: Sheet, to_discuss: _Listing) -> None:
    """Write what is to be discussed, which is a help to the council and nothing that is open."""
    sheet.text(_HEADING_ROW, _DISCUSS, wording.DISCUSS_HEADING, "heading")
    for number in range(1, min(LISTED, to_discuss.most) + 1):
        link, *_ = to_discuss.shown(number)
        sheet.formula(_FIRST_ROW + number - 1, _DISCUSS, *link, "link", "indented", "shrink")
    sheet.mark_headings(_HEADING_ROW, _DISCUSS, _LAST_ROW - 1, _DISCUSS)
    _write_rest(sheet, _DISCUSS, to_discuss)


def _write_rest(sheet: Sheet, col: int, listing: _Listing) -> None:
    """Write how many there are besides those listed, if there can be more."""
    if listing.most > LISTED:
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
    total = _FIRST_ROW + len(order.sheets)
    for row, page in enumerate((*order.sheets, None), start=_FIRST_ROW):
        names = ("box", "open", "middle") if page else ("box", "open", "bold", "band", "middle")
        if page:
            sheet.link(row, _COUNTS, f"'{page.name}'!A1", page.name, "box")
        else:
            sheet.text(row, _COUNTS, wording.ALL_SHEETS, "box", "bold", "band", "middle")
        for col, rule in enumerate(RULES, start=_COUNTS + 1):
            count = workings.count(rule.slug, page.area.rows if page else order.framework.rows)
            formula = workings.sum(rule.slug, page.area.code if page else "")
            sheet.formula(row, col, formula, count, *names)
    sheet.mark_headings(_HEADING_ROW, _COUNTS, total, _COUNTS + len(RULES))
    first = layout.reference(layout.START, *layout.detail_cell("completed_by"))
    sheet.link(total + 1, _COUNTS, first, wording.MISSING_DETAILS, "box")
    formula = "+".join(f"(LEN(TRIM({cell}))=0)" for cell in map(_reference, _REQUIRED))
    sheet.formula(total + 1, _COUNTS + 1, formula, len(missing_details(order)), "box", "open", "middle")
    return total + 1

"""The first sheet: what this is, the council's details, five steps, and progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.marks import Marks
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.prompts import a_date, any_text, from_list
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.model import Passage, Prompt
from nps_xlsx.model.dates import iso_date, long_date
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, Detail

_LABEL_WIDTH, _TEXT_WIDTH = 220, 690
_BEFORE_ROW = 4


def heights(order: Order) -> tuple[float, ...]:
    """The heights in points of the first sheet's paragraphs, from the top."""
    guidance, words = order.framework.guidance, _words(order)
    passages = _chosen((*guidance.before, *guidance.steps, *guidance.about), order)
    filled = (passage.text.format(**words) for passage in passages)
    return tuple(text_height(text, _TEXT_WIDTH, styles.BODY_SIZE) + 4 for text in filled)


def write_start(draft: Draft, heights: Iterable[float]) -> None:
    """Write the first sheet, its paragraphs with these heights."""
    order, marks, room = draft.order, draft.marks, iter(heights)
    guidance, words = draft.framework.guidance, _words(order)
    sheet = draft.book.sheet(layout.START)
    sheet.widths(_LABEL_WIDTH, _TEXT_WIDTH)
    sheet.text(0, 0, guidance.title, "title")
    sheet.height(0, 34)
    sheet.text(1, 0, guidance.subtitle.format(**words), "subtitle")
    sheet.height(1, 20)
    _texts(sheet, _BEFORE_ROW, _chosen(guidance.before, order), words, room)
    _heading(sheet, layout.DETAILS_FIRST_ROW - 1, wording.YOUR_COUNCIL)
    _write_details(sheet, order, marks)
    row = layout.DETAILS_FIRST_ROW + len(DETAILS)
    _heading(sheet, row, wording.HOW_TO)
    row = _texts(sheet, row + 1, _chosen(guidance.steps, order), words, room)
    _heading(sheet, row, wording.PROGRESS_SECTION)
    if marks:
        row += 1
        sheet.link(row, 0, f"'{layout.MARKS}'!A1", layout.MARKS)
    row = _write_progress(draft, sheet, row + 1)
    _heading(sheet, row, wording.GOOD_TO_KNOW)
    row = _texts(sheet, row + 1, _chosen(guidance.about, order), words, room)
    draft.foot(sheet, row, layout.START_STAMP)
    sheet.raw.set_selection(*layout.detail_cell("completed_by"), *layout.detail_cell("completed_by"))
    sheet.page(portrait=True)
    sheet.protect()
    if not marks:  # else it would stay selected together with the sheet that is activated later
        sheet.raw.activate()


def _words(order: Order) -> dict[str, str]:
    words = order.framework.guidance.words
    contact = words["contact"].format(contact=order.contact) if order.contact else words["no_contact"]
    return {
        "council": order.council.name,
        "round": order.round,
        "due": words["due"].format(date=long_date(order.due)) if order.due else "",
        "return_to": words["return_to"].format(address=order.return_to) if order.return_to else "",
        "contact": contact,
        "respondent": order.respondent,
        "last_round": order.previous.round if order.previous else "",
        "privacy": order.privacy_note or order.framework.guidance.privacy,
    }


def _heading(sheet: Sheet, row: int, text: str) -> None:
    sheet.text(row, 0, text, "section")
    sheet.height(row, 30)


def _chosen(passages: Sequence[Passage], order: Order) -> list[Passage]:
    return [passage for passage in passages if not passage.when or passage.when in order.kinds]


def _texts(
    sheet: Sheet, row: int, passages: Sequence[Passage], words: dict[str, str], room: Iterator[float]
) -> int:
    """Write labelled paragraphs from a row down; returns the row after them."""
    for passage in passages:
        sheet.text(row, 0, passage.label, "label")
        sheet.text(row, 1, passage.text.format(**words), "wrap")
        sheet.height(row, next(room))
        row += 1
    return row


def _write_details(sheet: Sheet, order: Order, marks: Marks) -> None:
    prefilled = {
        "council": order.council.name,
        "gss_code": order.council.gss_code,
        "round": order.round,
    }
    prompts = order.framework.guidance.prompts
    for detail in DETAILS:
        row, col = layout.detail_cell(detail.key)
        sheet.text(row, layout.DETAIL_LABEL_COLUMN, detail.label, "label", "middle")
        text = prefilled.get(detail.key) or order.answers.detail(detail.key)
        _write_detail(sheet, row, col, detail, text, marks.frame(layout.START, row, col))
        _validate(sheet, row, col, detail, marks.prompt(layout.START, row, col, prompts.get(detail.key)))
        sheet.height(row, 20)


def _write_detail(
    sheet: Sheet, row: int, col: int, detail: Detail, text: str, frame: tuple[str, ...]
) -> None:
    if detail.prefilled:
        return sheet.text(row, col, text, "box", "middle", *frame)
    if detail.key == "date_completed":
        day = iso_date(text)
        if day is not None:
            return sheet.date(row, col, day, "input", "date", "middle", *frame)
        return sheet.text_or_blank(row, col, text, "input", "date", "middle", *frame)
    return sheet.text_or_blank(row, col, text, "input", "text", "middle", *frame)


def _validate(sheet: Sheet, row: int, col: int, detail: Detail, prompt: Prompt | None) -> None:
    if prompt is None:
        return
    if detail.key == "date_completed":
        sheet.validate(row, col, a_date(prompt))
    elif detail.key == "combined":
        sheet.validate(row, col, from_list(layout.YES_NO_NAME, prompt))
    else:
        sheet.validate(row, col, any_text(prompt))


def _write_progress(draft: Draft, sheet: Sheet, row: int) -> int:
    for assessment in draft.order.sheets:
        sheet.link(row, 0, f"'{assessment.name}'!A1", assessment.name)
        sheet.formula(row, 1, *draft.progress(assessment.area.code))
        row += 1
    if len(draft.order.sheets) > 1:
        sheet.text(row, 0, wording.TOTAL, "label")
        sheet.formula(row, 1, *draft.progress(), "bold")
        row += 1
    for name in (layout.SUMMARY, layout.PLAN, layout.CHECK):
        sheet.link(row, 0, f"'{name}'!A1", name)
        row += 1
    return row

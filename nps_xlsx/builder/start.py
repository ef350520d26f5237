"""The first sheet: for whom, by when and how far; the council's details; how to fill it in; who has what."""

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
from nps_xlsx.model.dates import iso_date
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import HEAD, AssessmentSheet, Detail, Kind
from nps_xlsx.workbook.values import DAY_ZERO

_WIDTHS = (212, 460, 196, 120, 188)
"""Pixels, all on LibreOffice's screen of 1,366; the second column has lines of 75 letters: they read well."""
_MINUTES = 3
"""What a behaviour takes: a minute to read its descriptions (1,500 letters), two to agree on a level and note
what shows it. Actions take as long as the council likes."""
_SEND_BACK, _EFFORT, _PROGRESS, _BEFORE = 2, 3, 4, 5
"""The rows above the details, which begin at ``layout.DETAILS_FIRST_ROW``."""


def heights(order: Order) -> tuple[float, ...]:
    """The heights in points of the first sheet's paragraphs, from the top."""
    words = _words(order)
    texts = (passage.text.format(**words) for part in _passages(order) for passage in part)
    return tuple(_height(text, 1) for text in texts)


def _height(text: str, col: int, *, bold: bool = False) -> float:
    return text_height(text, _WIDTHS[col], styles.BODY_SIZE, bold=bold) + 4


def write_start(draft: Draft, heights: Iterable[float]) -> None:
    """Write the first sheet, its paragraphs with these heights."""
    order, marks, room, words = draft.order, draft.marks, iter(heights), _words(draft.order)
    first, steps, about = _passages(order)
    sheet = draft.book.sheet(layout.START)
    sheet.widths(*_WIDTHS)
    _write_head(draft, sheet, words)
    _texts(sheet, _BEFORE, first, words, room)
    _heading(sheet, layout.DETAILS_FIRST_ROW - 1, wording.YOUR_COUNCIL)
    row = _write_details(sheet, order, marks)
    _heading(sheet, row, wording.HOW_TO)
    row = _texts(sheet, row + 1, steps, words, room)
    _heading(sheet, row, wording.PROGRESS_SECTION)
    row = _write_progress(draft, sheet, row + 1)
    row = _write_others(draft, sheet, row)
    _heading(sheet, row, wording.GOOD_TO_KNOW)
    row = _texts(sheet, row + 1, about, words, room)
    draft.foot(sheet, row, layout.START_STAMP)
    sheet.raw.set_selection(*layout.detail_cell("completed_by"), *layout.detail_cell("completed_by"))
    sheet.page()
    sheet.raw.set_print_scale(75)
    sheet.protect()
    if not marks:  # else it would stay selected together with the sheet that is activated later
        sheet.raw.activate()


# --- The words


def _words(order: Order) -> dict[str, str]:
    words, guidance = order.framework.guidance.words, order.framework.guidance
    contact = words["contact"].format(contact=order.contact) if order.contact else words["no_contact"]
    return {
        "council": order.council.name,
        "round": order.round,
        "due": order.due_words,
        "return_to": words["return_to"].format(address=order.return_to) if order.return_to else "",
        "contact": contact,
        "respondent": order.respondent,
        "last_round": order.previous.round if order.previous else "",
        "privacy": order.privacy_note or guidance.privacy.format(sender=_responsible(order)),
    }


def _responsible(order: Order) -> str:
    """Who reads the answers and is responsible for them."""
    words = order.framework.guidance.words
    if order.controller:
        return f"{order.controller} ({order.contact})" if order.contact else order.controller
    return words["sender"].format(contact=order.contact) if order.contact else words["no_sender"]


def _passages(order: Order) -> tuple[list[Passage], list[Passage], list[Passage]]:
    """The one paragraph for which there is room above the details, the steps, and what is good to know."""
    guidance = order.framework.guidance
    before, steps, about = (
        [passage for passage in part if not passage.when or passage.when in order.kinds]
        for part in (guidance.before, guidance.steps, guidance.about)
    )
    return before[:1], steps, [*before[1:], *about]


def _write_head(draft: Draft, sheet: Sheet, words: dict[str, str]) -> None:
    """Write for whom it is, by when and to whom it goes back, what it takes, and how far it is."""
    order, guidance = draft.order, draft.framework.guidance
    copy = wording.YOUR_COPY.format(respondent=order.respondent)
    sheet.text(0, 0, copy if order.respondent else guidance.title, "title")
    sheet.height(0, 30)
    sheet.text(1, 0, guidance.subtitle.format(**words), "subtitle")
    sheet.height(1, 20)
    labels = zip((_SEND_BACK, _EFFORT, _PROGRESS), wording.HEAD_LABELS, strict=True)
    for row, label in labels:
        sheet.text(row, 0, label, "label", "middle")
        sheet.height(row, 22)
    back = f"{order.due_words}{words['return_to'] or wording.BY_REPLY}"
    sheet.text(_SEND_BACK, 1, wording.SEND_BACK.format(by_and_to=back), "lead", "bold")
    sheet.text(_EFFORT, 1, _effort(order), "lead")
    sheet.formula(_PROGRESS, 1, *draft.progress(), "lead", "bold")


def _effort(order: Order) -> str:
    count = len(order.framework.behaviours)
    halves = max(1, round(count * _MINUTES / 30))
    return wording.EFFORT.format(
        behaviours=wording.counted(count, "behaviour"),
        sheets=wording.counted(len(order.sheets), "sheet"),
        time=wording.hours(halves),
    )


def _heading(sheet: Sheet, row: int, text: str) -> None:
    sheet.text(row, 0, text, "section")
    sheet.height(row, 26)


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


# --- The council's details


def _write_details(sheet: Sheet, order: Order, marks: Marks) -> int:
    """Write the labels and their answers; returns the row after them."""
    prefilled = {
        "council": order.council.name,
        "gss_code": order.council.gss_code,
        "round": order.round,
    }
    prompts = order.framework.guidance.prompts
    row = layout.DETAILS_FIRST_ROW
    for detail in _details(order):
        row, col = layout.detail_cell(detail.key)
        sheet.text(row, layout.DETAIL_LABEL_COLUMN, detail.label, "label", "middle")
        text = prefilled.get(detail.key) or order.answers.detail(detail.key)
        tint = ("reviewer",) if detail in layout.REVIEW_DETAILS else ()
        _write_detail(sheet, row, col, detail, text, (*tint, *marks.frame(layout.START, row, col)))
        _validate(sheet, row, col, detail, marks.prompt(layout.START, row, col, prompts.get(detail.key)))
        sheet.height(row, _height(detail.label, 0, bold=True) - 2)
    return row + 1


def _details(order: Order) -> list[Detail]:
    return [one for one in layout.DETAILS if order.with_review or one not in layout.REVIEW_DETAILS]


def _write_detail(
    sheet: Sheet, row: int, col: int, detail: Detail, text: str, names: tuple[str, ...]
) -> None:
    if detail.prefilled:
        return sheet.text(row, col, text, "box", "middle", *names)
    if detail.kind is Kind.DATE:
        day = iso_date(text)
        if day is not None:
            return sheet.date(row, col, day, "input", "date", "middle", *names)
        return sheet.text_or_blank(row, col, text, "input", "date", "middle", *names)
    return sheet.text_or_blank(row, col, text, "input", "text", "middle", *names)


def _validate(sheet: Sheet, row: int, col: int, detail: Detail, prompt: Prompt | None) -> None:
    if prompt is None:
        return
    if detail.kind is Kind.DATE:
        sheet.validate(row, col, a_date(prompt))
    elif detail.kind is Kind.YES:
        sheet.validate(row, col, from_list(layout.YES_NO_NAME, prompt))
    else:
        sheet.validate(row, col, any_text(prompt))


# --- The sheets


def _write_progress(draft: Draft, sheet: Sheet, first: int) -> int:
    """Write a table of the assessment sheets: how far each is, and who has it; returns the row after it."""
    has_themes = bool(draft.framework.themes)
    headings = [*wording.PROGRESS_HEADINGS, HEAD[0].label, HEAD[1].label, wording.THEME_HEADING]
    sheet.texts(first, 0, headings if has_themes else headings[:-1], "heading")
    sheet.height(first, 32)
    row = first
    for row, assessment in enumerate(draft.order.sheets, start=first + 1):
        sheet.link(row, 0, f"'{assessment.name}'!A1", assessment.name, "box")
        sheet.formula(row, 1, *draft.progress(assessment.area.code), "box", "middle")
        _write_who(draft, sheet, row, assessment)
        theme = draft.framework.theme_of(assessment.area)
        if has_themes:
            sheet.text_or_blank(row, 4, theme.name if theme else "", "box", "small", "middle", "shrink")
        sheet.height(row, 18)
    sheet.mark_headings(first, 0, row, len(headings) - 1 - (not has_themes))
    return row + 1


def _write_who(draft: Draft, sheet: Sheet, row: int, assessment: AssessmentSheet) -> None:
    """Repeat who answered a sheet, and when."""
    for col, detail in enumerate(HEAD[:2], start=2):
        cell = layout.reference(assessment.name, *assessment.head_cell(detail.key), absolute=True)
        text = draft.order.answers.head(assessment.area.code, detail.key)
        day = iso_date(text)
        value = (day - DAY_ZERO).days if day else text
        sheet.formula(row, col, f'IF({cell}="","",{cell})', value, "box", "small", "date", "middle", "shrink")


def _write_others(draft: Draft, sheet: Sheet, row: int) -> int:
    """Write links to the sheets that fill themselves in, and what each is for; returns the row after them."""
    names = layout.sheet_names(draft.framework, with_review=draft.order.with_review)
    marks = (layout.MARKS,) if draft.marks else ()
    for name in (*marks, *(name for name in names if name in wording.SHEETS_FOR)):
        sheet.link(row, 0, f"'{name}'!A1", name, "indented")
        sheet.text(row, 1, wording.SHEETS_FOR[name], "indented", "middle")
        sheet.height(row, 18)
        row += 1
    return row

"""One assessment sheet: its head, a row per behaviour with its descriptors, and below them the guidance."""

from __future__ import annotations

from collections.abc import Iterator

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.prompts import a_date, any_text, of_row, validation
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import AssessmentSheet, Column, Detail, Kind
from nps_xlsx.workbook.rules import level_formula, not_applicable_formula

_LEAST_HEIGHT = 64.0  # points: room for a few lines of evidence beside a short behaviour
_WIDE, _LETTER, _LINES = 200, 6.2, 30
"""Columns for long texts: pixels of their width and of a letter, and lines that the highest row shows."""
_PAGE_WIDTH = 1404
"""Pixels of columns that A4 landscape takes at 75 per cent, where 10 points print as 7.5."""


def write_assessment_sheet(draft: Draft, page: AssessmentSheet) -> None:
    """Write the sheet of one key area, or of the enablers."""
    widths = [_width(draft.framework, column) for column in page.columns]
    sheet = draft.sheet(page.name, tuple(widths))
    sheet.raw.set_tab_color(styles.tab_colour(_theme_number(draft.framework, page)))
    _write_head(draft, sheet, page)
    for behaviour in page.area.rows:
        _write_row(draft, sheet, page, behaviour)
    end = _write_guidance(draft.framework, sheet, page)
    draft.foot(sheet, end, page.area.code, page.column("level_1"))
    _add_rules(draft, sheet, page)
    last = len(page.columns) - 1
    sheet.filter(page.HEADING_ROW, 0, page.last_row, last)
    sheet.mark_headings(page.HEADING_ROW, 0, page.last_row, last)
    sheet.raw.freeze_panes(page.FIRST_ROW, page.frozen_columns)
    here = (page.FIRST_ROW, page.column("current"))
    sheet.raw.set_selection(*here, *here)
    sheet.raw.set_zoom(layout.ZOOM)
    sheet.page(repeat_row=page.HEADING_ROW)
    together = page.column("evidence"), page.column("actions")
    sheet.pages_wide(widths, page.column("behaviour"), _PAGE_WIDTH, together)
    sheet.raw.print_area(0, 0, end - 1, last)  # without the stamp, which could take a page of its own
    sheet.protect()


def _width(framework: Framework, column: Column) -> int:
    holds_levels = column.kind is Kind.LEVEL or column == layout.LAST_ROUND
    return level_width(framework, column.width, styles.SMALL_SIZE) if holds_levels else column.width


def _theme_number(framework: Framework, page: AssessmentSheet) -> int:
    theme = framework.theme_of(page.area)
    return framework.themes.index(theme) if theme else len(framework.themes)


# --- The head ---------------------------------------------------------------------


def _write_head(draft: Draft, sheet: Sheet, page: AssessmentSheet) -> None:
    first = page.column("level_1")
    _link(sheet, page.LINKS_ROW, 0, draft.home, wording.START_LINK)
    _link(sheet, page.LINKS_ROW, 1, layout.CHECK, wording.START_LINK)
    _link(sheet, page.NEXT_ROW, 0, _next_sheet(draft.order, page), wording.NEXT)
    sheet.formula(page.NEXT_ROW, page.column("target"), *draft.progress(page.area.code), "bold", "small")
    sheet.text(page.LINKS_ROW, first, draft.framework.guidance.how, "small")
    about = f"'{page.name}'!{cell_name(page.last_row + 1, first)}"
    sheet.link(page.TITLE_ROW, first + 4, about, wording.ABOUT_LINK, "small")
    sheet.text(page.LINKS_ROW, max(page.column("evidence"), first + 5), wording.PASTE, "small")
    sheet.height(page.TITLE_ROW, 25)
    for detail in layout.HEAD:
        _write_input(draft, sheet, page, detail)
    for col, column in enumerate(page.columns):
        names = ("heading", *_ramp(draft.framework, column))
        sheet.text(
            page.HEADING_ROW, col, column.heading, *names, "small", "top"
        )  # the filter's button is below
    sheet.height(page.HEADING_ROW, 29)


def _link(sheet: Sheet, row: int, col: int, target: str, text: str) -> None:
    sheet.link(row, col, f"'{target}'!A1", text.format(sheet=target), "small")
    sheet.height(row, 14)


def _write_input(draft: Draft, sheet: Sheet, page: AssessmentSheet, detail: Detail) -> None:
    row, col = page.head_cell(detail.key)
    given = draft.order.answers.head(page.area.code, detail.key)
    day, is_day = iso_date(given), detail.kind is Kind.DATE
    sheet.text(row, col - 1, detail.label, "label", "small", "right", "middle")
    names = (
        "input",
        "date" if is_day else "text",
        "small",
        "middle",
        *draft.marks.frame(page.name, row, col),
    )
    if day is not None and is_day:
        sheet.date(row, col, day, *names)
    else:
        sheet.text_or_blank(row, col, given, *names)
    prompt = draft.marks.prompt(page.name, row, col, draft.framework.guidance.prompts[detail.key])
    if prompt is not None:
        sheet.validate(row, col, a_date(prompt) if is_day else any_text(prompt))


def _next_sheet(order: Order, page: AssessmentSheet) -> str:
    names = [sheet.name for sheet in order.sheets]
    following = names[names.index(page.name) + 1 :]
    return following[0] if following else layout.ONE


def _ramp(framework: Framework, column: Column) -> tuple[str, ...]:
    if column.kind is not Kind.DESCRIPTOR:
        return ()
    number = int(column.key.removeprefix("level_"))
    return (styles.level_style(number, len(framework.levels)),)


# --- The rows ---------------------------------------------------------------------


def _write_row(draft: Draft, sheet: Sheet, page: AssessmentSheet, behaviour: Behaviour) -> None:
    row, framework, marks = page.row(behaviour.code), draft.framework, draft.marks
    answer, texts = draft.order.answers[behaviour.code], _texts(draft, behaviour)
    ground = () if behaviour.is_scored else ("band",)
    days = {"due_date": answer.due_date, "review_date": answer.review_date}
    heights = [_LEAST_HEIGHT]
    for col, column in enumerate(page.columns):
        tint = ("reviewer",) if column in layout.REVIEW else ()
        names = (*ground, *_STYLES[column.kind], *marks.frame(page.name, row, col), *tint)
        day = days.get(column.key)
        if day is not None:
            sheet.date(row, col, day, *names)
        else:
            sheet.text_or_blank(row, col, texts[column.key], *names)
        # A chosen descriptor turns bold, and bold text may take more lines.
        bold = "bold" in names or column.kind is Kind.DESCRIPTOR
        room = column.width - styles.INDENT_PIXELS
        heights.append(text_height(texts[column.key], room, styles.SMALL_SIZE, bold=bold))
        if column.is_input:
            usual = framework.guidance.prompts[column.key]
            prompt = of_row(usual, behaviour, column, is_first=row == page.FIRST_ROW)
            shown = marks.prompt(page.name, row, col, prompt)
            if shown is not None:
                sheet.validate(row, col, validation(column, shown))
    sheet.height(row, max(heights) + 6, grows=True)


def _texts(draft: Draft, behaviour: Behaviour) -> dict[str, str]:
    """What each column of a row says, in words."""
    order, framework = draft.order, draft.framework
    answer = order.answers[behaviour.code]
    own_words = draft.marks.own_words(behaviour.code, "reviewer_level")
    return {
        "ref": behaviour.code,
        "behaviour": behaviour.name,
        **{f"level_{number}": text for number, text in enumerate(behaviour.descriptors, start=1)},
        "current": answer.current_text or layout.level_label(framework, answer.current),
        "target": answer.target_text or layout.level_label(framework, answer.target),
        "due_date": answer.due_text,
        "review_date": answer.review_text,
        "discuss": layout.YES_NO[0] if answer.discuss else "",
        "last_round": order.last_text(behaviour.code),
        "reviewer_level": own_words or layout.level_label(framework, answer.reviewer_level),
        **{key: getattr(answer, key) for key in _AS_WRITTEN},
    }


_AS_WRITTEN = ("evidence", "actions", "owner", "priority", "status", "reviewer_comment")
"""The columns that say what the answer does."""
_STYLES: dict[Kind, tuple[str, ...]] = {
    Kind.REF: ("box", "bold", "small"),
    Kind.FIXED: ("box", "band", "small", "wrap"),
    Kind.NAME: ("box", "bold", "wrap", "small"),
    Kind.LEVEL: ("input", "text", "bold", "small"),
    Kind.DESCRIPTOR: ("box", "wrap", "small"),
    Kind.TEXT: ("input", "text", "small"),
    Kind.DATE: ("input", "date", "small"),
    Kind.PRIORITY: ("input", "text", "small"),
    Kind.STATUS: ("input", "text", "small"),
    Kind.YES: ("input", "text", "small"),
}


# --- Below the table --------------------------------------------------------------


def _write_guidance(framework: Framework, sheet: Sheet, page: AssessmentSheet) -> int:
    """Write the guidance on the key area below its table, a line per row; returns the row after it."""
    row = page.last_row + 1
    for text, style in _guidance(framework, page):
        sheet.text(row, page.column("level_1"), text, *style)  # further left it would print on each page
        sheet.height(row, 18 if "bold" in style else 14)
        row += 1
    return row


def _guidance(framework: Framework, page: AssessmentSheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    area, headings = page.area, framework.guidance.key_area_headings
    if area.footnote:
        yield area.footnote, ("note",)
    for key in ("description", "what_it_is", "why_it_is_important"):
        text = getattr(area, key)
        if text:
            yield headings[key], ("bold", "middle")
            yield from ((line, ("small",)) for line in wording.prose(text))


# --- What shows as the officer chooses --------------------------------------------


def _add_rules(draft: Draft, sheet: Sheet, page: AssessmentSheet) -> None:
    """Highlight the chosen descriptor of each row, outline the target's, and say what is odd where it is."""
    first, levels = page.FIRST_ROW, len(draft.framework.levels)
    current, target, evidence = (
        f"${cell_name(first, page.column(key))}" for key in ("current", "target", "evidence")
    )
    given, aimed_at = level_formula(current, levels), level_formula(target, levels)
    for level in draft.framework.levels:
        for chosen, style in ((given, styles.CHOSEN), (aimed_at, styles.AIMED_AT)):
            _rule(draft, sheet, page, f"level_{level.number}", f"{chosen}={level.number}", style)
    below = f"AND({aimed_at}>0,{aimed_at}<{given})"
    _rule(draft, sheet, page, "target", below, styles.saying(wording.BELOW_CURRENT))
    keys = {column.key for column in page.columns}
    for key, style in (("reviewer_level", styles.REVIEWED), ("last_round", styles.BEFORE)):
        if key in keys:
            of_others = level_formula(f"${cell_name(first, page.column(key))}", levels)
            for level in draft.framework.levels:
                _rule(draft, sheet, page, f"level_{level.number}", f"{of_others}={level.number}", style)
    for column in page.columns:
        if column.kind is Kind.TEXT and column.width >= _WIDE:
            cell = f"${cell_name(first, page.column(column.key))}"
            _rule(draft, sheet, page, "behaviour", _too_long(cell, column), styles.saying(wording.MORE_TEXT))
    unexplained = f"AND({not_applicable_formula(current)},{given}=0,LEN(TRIM({evidence}))=0)"
    _rule(draft, sheet, page, "current", unexplained, styles.saying(wording.GIVE_REASON))


def _too_long(cell: str, column: Column) -> str:
    """Whether a text takes more lines than the highest row shows, so that no row can grow to fit it."""
    letters = int((column.width - styles.INDENT_PIXELS) / _LETTER)
    lines = f'(LEN({cell})-LEN(SUBSTITUTE({cell},CHAR(10),"")))'
    return f"LEN({cell})+{letters}*{lines}>{letters * _LINES}"


def _rule(
    draft: Draft, sheet: Sheet, page: AssessmentSheet, key: str, criteria: str, style: styles.Style
) -> None:
    """Add a rule to a column of the table; Excel takes 255 characters."""
    col = page.column(key)
    rule = {"type": "formula", "criteria": f"={criteria}", "format": draft.book.plain_format(style)}
    sheet.rule((page.FIRST_ROW, col), (page.last_row, col), rule)

"""One assessment sheet: headings, guidance, then a row per behaviour with its five descriptors."""

from __future__ import annotations

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.prompts import validation
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.layout import AssessmentSheet, Column, Kind

_LEAST_HEIGHT = 64.0  # points: room for a few lines of evidence beside a short behaviour


def write_assessment_sheet(draft: Draft, page: AssessmentSheet) -> None:
    """Write the sheet of one key area, or of the enablers."""
    widths = tuple(_width(draft.framework, column) for column in page.columns)
    sheet = draft.sheet(page.name, page.area.code, widths, page.area.name)
    _write_head(draft, sheet, page)
    _write_guide(sheet, draft.framework, page)
    for behaviour in page.area.rows:
        _write_row(draft, sheet, page, behaviour)
    last = page.FIRST_ROW + len(page.area.rows) - 1
    if page.area.footnote:
        sheet.text(last + 1, page.column("level_1"), page.area.footnote, "note")
    _add_rules(draft, sheet, page, last)
    sheet.mark_headings(page.HEADING_ROW, 0, last, len(page.columns) - 1)
    sheet.raw.freeze_panes(page.FIRST_ROW - 1, page.frozen_columns)
    here = (page.FIRST_ROW, page.column("current"))
    sheet.raw.set_selection(*here, *here)
    sheet.page(repeat_row=page.HEADING_ROW, a3=True)
    sheet.protect()


def _width(framework: Framework, column: Column) -> int:
    holds_levels = column.kind is Kind.LEVEL or column == layout.LAST_ROUND
    return level_width(framework, column.width) if holds_levels else column.width


def _write_head(draft: Draft, sheet: Sheet, page: AssessmentSheet) -> None:
    sheet.height(page.STAMP_ROW, 20)
    first = page.column("level_1")
    formula, text = draft.progress(page.area.code)
    sheet.formula(page.STAMP_ROW, first, formula, text, "bold", "middle")
    draft.links(sheet, first + 1, first + 2, _next_sheet(draft.order, page))
    for col, column in enumerate(page.columns):
        names = ("heading", *_ramp(draft.framework, column))
        sheet.text(page.HEADING_ROW, col, column.heading, *names)
    sheet.height(page.HEADING_ROW, 32)


def _next_sheet(order: Order, page: AssessmentSheet) -> str:
    names = [sheet.name for sheet in order.sheets]
    following = names[names.index(page.name) + 1 :]
    return following[0] if following else layout.SUMMARY


def _ramp(framework: Framework, column: Column) -> tuple[str, ...]:
    if column.kind is not Kind.DESCRIPTOR:
        return ()
    number = int(column.key.removeprefix("level_"))
    return (styles.level_style(number, len(framework.levels)),)


def _write_guide(sheet: Sheet, framework: Framework, page: AssessmentSheet) -> None:
    area, guidance = page.area, framework.guidance
    texts = [
        (guidance.key_area_headings["description"], area.description),
        (guidance.key_area_headings["what_it_is"], area.what_it_is),
        (guidance.key_area_headings["why_it_is_important"], area.why_it_is_important),
        (guidance.key_area_headings["how"], guidance.how),
    ]
    first = page.column("level_1")
    for col in range(len(page.columns)):
        sheet.blank(page.GUIDE_ROW, col, "band")
    shown = [(heading, text) for heading, text in texts if text]
    for col, (heading, text) in enumerate(shown, start=first):
        sheet.titled(page.GUIDE_ROW, col, heading, text, "band", "wrap", "small", "indented")
    heights = [
        text_height(f"{heading}\n{text}", page.columns[first].width - styles.INDENT_PIXELS)
        for heading, text in shown
    ]
    sheet.height(page.GUIDE_ROW, max(heights) + 6)


def _write_row(draft: Draft, sheet: Sheet, page: AssessmentSheet, behaviour: Behaviour) -> None:
    row, order, framework, marks = page.row(behaviour.code), draft.order, draft.framework, draft.marks
    answer = order.answers[behaviour.code]
    ground = () if behaviour.is_scored else ("band",)
    texts = {
        "ref": behaviour.code,
        "behaviour": behaviour.name,
        **{f"level_{number}": text for number, text in enumerate(behaviour.descriptors, start=1)},
        "current": answer.current_text or layout.level_label(framework, answer.current),
        "target": answer.target_text or layout.level_label(framework, answer.target),
        "evidence": answer.evidence,
        "actions": answer.actions,
        "owner": answer.owner,
        "due_date": answer.due_text,
        "priority": answer.priority,
        "last_round": layout.level_label(framework, order.last_level(behaviour.code)),
        "reviewer_level": marks.own_words(behaviour.code, "reviewer_level")
        or layout.level_label(framework, answer.reviewer_level),
        "reviewer_comment": answer.reviewer_comment,
    }
    heights = [_LEAST_HEIGHT]
    for col, column in enumerate(page.columns):
        names = (*ground, *_STYLES[column.kind], *marks.frame(page.name, row, col))
        if column.kind is Kind.DATE and answer.due_date is not None:
            sheet.date(row, col, answer.due_date, *names)
        else:
            sheet.text_or_blank(row, col, texts[column.key], *names)
        # A chosen descriptor turns bold, and bold text may take more lines.
        bold = "bold" in names or column.kind is Kind.DESCRIPTOR
        size = 10 if "small" in names else 11
        room = column.width - styles.INDENT_PIXELS
        heights.append(text_height(texts[column.key], room, size, bold=bold))
        usual = framework.guidance.prompts.get(column.key) if column.is_input else None
        prompt = marks.prompt(page.name, row, col, usual)
        if prompt is not None:
            sheet.validate(row, col, validation(column, prompt))
    sheet.height(row, max(heights) + 6)


_STYLES: dict[Kind, tuple[str, ...]] = {
    Kind.REF: ("box", "bold"),
    Kind.FIXED: ("box", "band"),
    Kind.NAME: ("box", "bold", "wrap"),
    Kind.LEVEL: ("input", "text", "bold"),
    Kind.DESCRIPTOR: ("box", "wrap", "small"),
    Kind.TEXT: ("input", "text", "small"),
    Kind.DATE: ("input", "date", "small"),
    Kind.PRIORITY: ("input", "text"),
}


def _add_rules(draft: Draft, sheet: Sheet, page: AssessmentSheet, last: int) -> None:
    """Highlight the chosen descriptor of each row, and outline the target's."""
    first = page.FIRST_ROW
    for level in draft.framework.levels:
        col = page.column(f"level_{level.number}")
        for key, style in (("current", styles.CHOSEN), ("target", styles.AIMED_AT)):
            cell = f"${cell_name(first, page.column(key))}"
            criteria = f'=LEFT(TRIM({cell}),1)="{level.number}"'
            rule = {"type": "formula", "criteria": criteria, "format": draft.book.plain_format(style)}
            sheet.rule((first, col), (last, col), rule)

"""The sheet Review, only in review editions: where council and reviewer differ, in formulas.

A behaviour's name leads to its evidence, so that the rows here stay low enough to be compared.
"""

from __future__ import annotations

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.long_texts import Room
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import LISTS
from nps_xlsx.workbook.rules import AGREED, AGREEMENT, AGREEMENT_FORMULA, agreement, not_applicable_formula

_WIDTHS = (60, 180, 104, 104, 90, 130, 500)
_COUNTS_ROW, _NOTE_ROW, _HEADING_ROW, _FIRST_ROW = 2, 3, 4, 5
_COUNCIL, _REVIEWER, _DIFFERENCE, _WORDS, _COMMENT = range(2, 7)
_ROOM = Room(lines=3, letters=70)


def write_review(draft: Draft) -> None:
    """Write the sheet Review, if the workbook is for a review."""
    if not draft.order.with_review:
        return
    framework = draft.framework
    widths = [
        level_width(framework, width) if col in (_COUNCIL, _REVIEWER) else width
        for col, width in enumerate(_WIDTHS)
    ]
    sheet = draft.sheet(layout.REVIEW_SHEET, tuple(widths), draft.titled(layout.REVIEW_SHEET))
    draft.links(sheet, 0, _COUNCIL, layout.CHECK)
    last = _FIRST_ROW + len(framework.rows) - 1
    sheet.formula(_COUNTS_ROW, 0, *_counts(draft, last), "bold", "middle")
    sheet.text(_NOTE_ROW, 0, wording.review_note(framework), "note")
    sheet.texts(_HEADING_ROW, 0, wording.REVIEW_HEADINGS, "heading")
    sheet.height(_HEADING_ROW, 34)
    for row, behaviour in enumerate(framework.rows, start=_FIRST_ROW):
        _write_row(draft, sheet, row, behaviour)
    draft.foot(sheet, last + 1, layout.REVIEW_STAMP)
    _add_rules(draft, sheet, last)
    sheet.filter(_HEADING_ROW, 0, last, _COMMENT)
    sheet.mark_headings(_HEADING_ROW, 0, last, _COMMENT)
    sheet.raw.freeze_panes(_FIRST_ROW, 2)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.page(repeat_row=_HEADING_ROW)
    sheet.raw.print_area(0, 0, last, _COMMENT)
    sheet.protect()


def _counts(draft: Draft, last: int) -> tuple[str, str]:
    """How many behaviours there are of each kind, in words; and by whom they were reviewed."""
    first, end = (cell_name(row, _WORDS, absolute=True) for row in (_FIRST_ROW, last))
    scored = f"{draft.workings.range('scored')},1"
    said = {kind: kind if kind == AGREED else kind.lower() for kind in AGREEMENT}
    formula = '&", "&'.join(
        f'"{said[kind]} "&COUNTIFS({first}:{end},"{kind}",{scored})' for kind in AGREEMENT
    )
    by = layout.reference(layout.START, *layout.detail_cell("reviewed_by"), absolute=True)
    who = f'IF(LEN(TRIM({by}))=0,"","{wording.REVIEWED_BY}"&TRIM({by})&". ")'
    answers = draft.order.answers
    kinds = [agreement(answers[row.code]) for row in draft.framework.behaviours]
    counted = ", ".join(f"{said[kind]} {kinds.count(kind)}" for kind in AGREEMENT)
    reviewer = answers.detail("reviewed_by").strip()
    present = f"{wording.REVIEWED_BY}{reviewer}. {counted}" if reviewer else counted
    return f"{who}&{formula}", present


def _write_row(draft: Draft, sheet: Sheet, row: int, behaviour: Behaviour) -> None:
    workings, answer = draft.workings, draft.order.answers[behaviour.code]
    page = workings.sheet_of(behaviour.code)
    given, reviewed, council_says = (
        f"{LISTS}!{workings.cell(key, behaviour.code)}" for key in ("current", "reviewer", "from")
    )
    own = page.reference(behaviour.code, "reviewer_level")
    otherwise = f'IF({not_applicable_formula(own)},"{layout.NOT_APPLICABLE_LABEL}","")'
    reviewer_says = f"IF(ISNUMBER({reviewed}),INDEX({layout.LEVELS_NAME},{reviewed}),{otherwise})"
    shown = (
        (council_says, str(workings.present[behaviour.code]["from"])),
        (reviewer_says, layout.level_label(draft.framework, answer.reviewer_level)),
    )
    sheet.text(row, 0, behaviour.code, "box", "bold", "small")
    target = layout.reference(page.name, page.row(behaviour.code), page.column("evidence"))
    # By a formula, since LibreOffice does not wrap the text of another link.
    name = f'HYPERLINK("#{target}",{literal(behaviour.name)})'
    sheet.formula(row, 1, name, behaviour.name, "link", "box", "wrap", "small", "top")
    for col, (formula, label) in zip((_COUNCIL, _REVIEWER), shown, strict=True):
        sheet.formula(row, col, formula, label, "box", "wrap", "small")
    difference = f'IF(AND(ISNUMBER({given}),ISNUMBER({reviewed})),{reviewed}-{given},"")'
    figures = workings.present[behaviour.code]
    both = isinstance(figures["reviewer"], int) and isinstance(figures["current"], int)
    now = int(figures["reviewer"]) - int(figures["current"]) if both else ""
    sheet.formula(row, _DIFFERENCE, difference, now, "box", "small", "difference")
    council, reviewer, apart = (cell_name(row, col) for col in (_COUNCIL, _REVIEWER, _DIFFERENCE))
    words = AGREEMENT_FORMULA.format(council=council, reviewer=reviewer, difference=apart)
    sheet.formula(row, _WORDS, words, agreement(answer), "box", "wrap", "small")
    comment = page.reference(behaviour.code, "reviewer_comment")
    sheet.formula(
        row, _COMMENT, _ROOM.formula(comment), _ROOM.shown(answer.reviewer_comment), "box", "wrap", "small"
    )
    sheet.height(row, _height(behaviour))


def _height(behaviour: Behaviour) -> float:
    texts = ((behaviour.name, _WIDTHS[1]), ("\n" * (_ROOM.lines - 1), _WIDTHS[_COMMENT]))
    room = styles.INDENT_PIXELS
    return max(text_height(text, width - room, styles.SMALL_SIZE) for text, width in texts) + 4


def _add_rules(draft: Draft, sheet: Sheet, last: int) -> None:
    """Show in bold and on a tint where the two levels differ."""
    apart = f"${cell_name(_FIRST_ROW, _DIFFERENCE)}"
    criteria = f"=AND(ISNUMBER({apart}),{apart}<>0)"
    rule = {"type": "formula", "criteria": criteria, "format": draft.book.plain_format(styles.DIFFERS)}
    sheet.rule((_FIRST_ROW, _COUNCIL), (last, _WORDS), rule)

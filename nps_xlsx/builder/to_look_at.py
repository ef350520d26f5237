"""The sheet What to look at, only in marked-up copies: every problem with a link to its cell."""

from __future__ import annotations

from collections import Counter

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.marks import HOW_MUCH, Line, Marks
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.model import Severity
from nps_xlsx.workbook import layout, wording

_COLUMNS = tuple(zip(wording.MARKS_HEADINGS, (56, 130, 250, 66, 430, 430), strict=True))
_WHERE, _FOUND, _TO_DO = 2, 4, 5
_NOTE_ROW, _HEADING_ROW, _FIRST_ROW = 2, 5, 6


def write_marks(draft: Draft) -> None:
    """Write the sheet What to look at, on which the workbook opens, if anything is marked."""
    marks = draft.marks
    if not marks:
        return
    sheet = draft.sheet(layout.MARKS, tuple(width for _, width in _COLUMNS))
    draft.links(sheet, _FOUND)
    _write_head(sheet, marks)
    for row, line in enumerate(marks.lines, start=_FIRST_ROW):
        _write_line(sheet, row, line)
    last = _FIRST_ROW + len(marks.lines) - 1
    draft.foot(sheet, last + 1, layout.MARKS_STAMP)
    sheet.filter(_HEADING_ROW, 0, last, len(_COLUMNS) - 1)
    sheet.mark_headings(_HEADING_ROW, 0, last, len(_COLUMNS) - 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 0)
    first = next((row for row, line in enumerate(marks.lines, start=_FIRST_ROW) if line.target), _FIRST_ROW)
    sheet.raw.set_selection(first, _WHERE, first, _WHERE)
    sheet.page(repeat_row=_HEADING_ROW)
    sheet.protect()
    sheet.raw.activate()


def _write_head(sheet: Sheet, marks: Marks) -> None:
    sheet.height(1, 20)
    is_all_here = all(line.spot for line in marks.lines)
    about, counts = wording.MARKS_ABOUT, _counted(marks)
    notes = (
        (about, counts, wording.MARKS_HOW)
        if is_all_here
        else (f"{about} {counts}", wording.MARKS_HOW, wording.MARKS_ELSEWHERE)
    )
    for row, note in enumerate(notes, start=_NOTE_ROW):  # three in any case: a blank row reads as the end
        sheet.text(row, 0, note, *(("bold", "middle") if row == _NOTE_ROW else ("note",)))
    sheet.texts(_HEADING_ROW, 0, [heading for heading, _ in _COLUMNS], "heading")
    sheet.height(_HEADING_ROW, 36)


def _counted(marks: Marks) -> str:
    """How many lines there are of each severity: "Listed below: 2 not used, 1 for information."."""
    counts = Counter(line.problem.severity for line in marks.lines)
    words = {**HOW_MUCH, Severity.WARNING: "to look at"}
    kinds = [f"{counts[severity]} {words[severity].lower()}" for severity in Severity if counts[severity]]
    return wording.MARKS_COUNTS.format(counts=", ".join(kinds))


def _write_line(sheet: Sheet, row: int, line: Line) -> None:
    sheet.number(row, 0, line.number, "box", "count")
    sheet.text(row, 1, HOW_MUCH[line.problem.severity], "box", "bold", "wrap")
    if line.target:
        sheet.link(row, _WHERE, line.target, line.where, "box", "wrap", "top")
    else:
        sheet.text(row, _WHERE, line.where, "box", "wrap")
    sheet.text_or_blank(row, 3, line.problem.ref, "box", "wrap")
    sheet.text(row, _FOUND, line.message, "box", "wrap")
    sheet.text(row, _TO_DO, line.to_do, "box", "wrap")
    texts = {_WHERE: line.where, 3: line.problem.ref, _FOUND: line.message, _TO_DO: line.to_do}
    heights = [
        text_height(text, _COLUMNS[col][1] - styles.INDENT_PIXELS, styles.BODY_SIZE)
        for col, text in texts.items()
    ]
    sheet.height(row, max(heights) + 4)

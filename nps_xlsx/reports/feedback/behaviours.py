"""Every behaviour: the council's own level beside the medians and quartiles of its groups."""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, NOTE_ROW, Cell, Column, table_sheet, write_cell
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import FeedbackCase, GroupColumns
from nps_xlsx.workbook import layout

BEHAVIOURS = "Behaviours"

_NOTE = (
    "Your level for each behaviour; the median is the level of the middle council. “At your level or above” "
    "counts the other councils."
)
_OWN = 3
_FROZEN = 5


def write_behaviours(book: Book, case: FeedbackCase) -> None:
    """One row per behaviour that was asked, in the framework's order."""
    behaviours = case.framework.behaviours
    measures = [(LEVEL, behaviour.code) for behaviour in behaviours]
    blocks = case.blocks(measures, quartiles=True)
    columns = [
        Column.text("Ref", 70),
        Column.text("Key area", 150),
        Column.text("Behaviour", 220),
        Column.text("Your level", level_width(case.framework, 122)),
        Column.text("Your target", level_width(case.framework, 122)),
    ]
    for block in blocks:
        columns += block.columns
        if block.kind == WHOLE:
            columns.append(Column("Others at your level or above", 122, ("share", "wrap")))
    note = _NOTE if blocks else _not_compared(case)
    cells = [_cells(case, behaviour, blocks, row) for row, behaviour in enumerate(behaviours)]
    sheet, _ = table_sheet(book, BEHAVIOURS, note, columns, cells, frozen=_FROZEN, is_list=False)
    sheet.text_or_blank(NOTE_ROW + 1, 0, " ".join(case.left_out(measures)), "note")
    for row, behaviour in enumerate(behaviours, start=FIRST_ROW):
        answer = case.assessment[behaviour.code]
        for col, level in enumerate((answer.current, answer.target), start=_OWN):
            if isinstance(level, int):
                shade = styles.level_style(level, len(case.framework.levels))
                write_cell(sheet, row, col, layout.level_label(case.framework, level), "wrap", shade)
    sheet.raw.set_paper(8)


def _not_compared(case: FeedbackCase) -> str:
    if case.is_alone:
        return "Your level for each behaviour. Yours is the only response so far."
    return "Your level for each behaviour. Too few other councils gave levels to compare you with."


def _cells(case: FeedbackCase, behaviour: Behaviour, blocks: Sequence[GroupColumns], row: int) -> list[Cell]:
    framework, answer = case.framework, case.assessment[behaviour.code]
    current = layout.level_label(framework, answer.current) or "Not answered"
    target = layout.level_label(framework, answer.target)
    area = framework.area_by_code[behaviour.code].sheet
    cells: list[Cell] = [behaviour.code, area, behaviour.short_name, current, target]
    for block in blocks:
        cells += block.cells(row)
        if block.kind == WHOLE:
            cells.append(_reached(case, behaviour))
    return cells


def _reached(case: FeedbackCase, behaviour: Behaviour) -> Cell:
    level = case.level(behaviour)
    if level == case.framework.levels[0].number:
        return 1.0  # true of everyone, so it gives nobody's level away
    reached = None if level is None else case.view.reached(WHOLE, behaviour.code, level)
    if reached is None:
        return None
    return str(reached) if reached.share is None else reached.share

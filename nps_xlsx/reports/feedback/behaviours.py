"""Every behaviour: the council's own level beside the medians and quartiles of its groups."""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, NOTE_ROW, Cell, Column, table_sheet, write_cell
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import Block, Case
from nps_xlsx.workbook import layout

BEHAVIOURS = "Behaviours"

_NOTE = (
    "Your level of each behaviour; the median is the level of the middle council. “At your level or above” "
    "counts the other councils."
)
_OWN = 3
_FROZEN = 5


def write_behaviours(book: Book, case: Case) -> None:
    """One row per behaviour that was asked, in the framework's order."""
    rows = case.framework.behaviours
    measures = [(LEVEL, row.code) for row in rows]
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
    note = _NOTE if blocks else _alone(case)
    cells = [_row(case, row, blocks, place) for place, row in enumerate(rows)]
    sheet, _ = table_sheet(book, BEHAVIOURS, note, columns, cells, frozen=_FROZEN, is_list=False)
    sheet.text_or_blank(NOTE_ROW + 1, 0, " ".join(case.left_out(measures)), "note")
    for place, row in enumerate(rows, start=FIRST_ROW):
        for col, level in enumerate(
            (case.assessment[row.code].current, case.assessment[row.code].target), _OWN
        ):
            if isinstance(level, int):
                shade = styles.level_style(level, len(case.framework.levels))
                write_cell(sheet, place, col, layout.level_label(case.framework, level), "wrap", shade)
    sheet.raw.set_paper(8)


def _alone(case: Case) -> str:
    if case.is_alone:
        return "Your level of each behaviour. Yours is the only response so far."
    return "Your level of each behaviour. Too few other councils gave levels to compare you with."


def _row(case: Case, row: Behaviour, blocks: Sequence[Block], place: int) -> list[Cell]:
    framework, answer = case.framework, case.assessment[row.code]
    current = layout.level_label(framework, answer.current) or "Not answered"
    target = layout.level_label(framework, answer.target)
    area = framework.area_by_code[row.code].sheet
    cells: list[Cell] = [row.code, area, row.short_name, current, target]
    for block in blocks:
        cells += block.cells(place)
        if block.kind == WHOLE:
            cells.append(_reached(case, row))
    return cells


def _reached(case: Case, row: Behaviour) -> Cell:
    level = case.level(row)
    if level == case.framework.levels[0].number:
        return 1.0  # everyone is: nobody's level is told by it
    found = None if level is None else case.view.reached(WHOLE, row.code, level)
    if found is None:
        return None
    return str(found) if found.share is None else found.share

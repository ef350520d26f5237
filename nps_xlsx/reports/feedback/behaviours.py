"""Every behaviour: the council's own level beside the medians and quartiles of its groups."""

from __future__ import annotations

from nps_xlsx.excel.table import Cell, Column, TableSheet
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import FeedbackCase

BEHAVIOURS = "Behaviours"

_NOTE = (
    "Your level for each behaviour; the median is the level of the middle council. “At your level or above” "
    "counts the other councils."
)


def behaviours_sheet(case: FeedbackCase) -> TableSheet:
    """One row per behaviour that was asked, in the framework's order."""
    behaviours, framework = case.framework.behaviours, case.framework
    answers = [case.assessment[behaviour.code] for behaviour in behaviours]
    measures = [(LEVEL, behaviour.code) for behaviour in behaviours]
    blocks = case.blocks(measures, quartiles=True)
    columns = [
        Column.text("Ref", [behaviour.code for behaviour in behaviours], 70),
        Column.text("Key area", [framework.area_by_code[row.code].sheet for row in behaviours], 150),
        Column.text("Behaviour", [behaviour.short_name for behaviour in behaviours], 220),
        case.levels("Your level", [answer.current for answer in answers], 122, "Not answered"),
        case.levels("Your target", [answer.target for answer in answers], 122),
    ]
    for block in blocks:
        columns += block.columns
        if block.kind == WHOLE:
            reached = [_reached(case, behaviour) for behaviour in behaviours]
            columns.append(Column("Others at your level or above", reached, 122, ("share", "wrap")))
    note = "\n".join([_NOTE if blocks else _not_compared(case), " ".join(case.left_out(measures))])
    return TableSheet(BEHAVIOURS, note, columns, frozen=5, is_list=False, a3=True)


def _not_compared(case: FeedbackCase) -> str:
    if case.is_alone:
        return "Your level for each behaviour. Yours is the only response so far."
    return "Your level for each behaviour. Too few other councils gave levels to compare you with."


def _reached(case: FeedbackCase, behaviour: Behaviour) -> Cell:
    level = case.level(behaviour)
    if level == case.framework.levels[0].number:
        return 1.0  # true of everyone, so it gives nobody's level away
    reached = None if level is None else case.view.reached(WHOLE, behaviour.code, level)
    if reached is None:
        return None
    return str(reached) if reached.share is None else reached.share

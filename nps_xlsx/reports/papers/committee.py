"""The committee appendix: numbered objectives under their key areas, last round's score beside this one's."""

from __future__ import annotations

from collections.abc import Iterator

from nps_xlsx.model import Behaviour, KeyArea
from nps_xlsx.reports.papers.case import LABELS, Case, about, comments, earlier
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import Block, Cell, Column, Ladder, Paper, Paragraph, Row, Section, Table
from nps_xlsx.reports.papers.scale import Scale, with_numbers
from nps_xlsx.workbook import wording

_FIRST = "No earlier round was given, so this round stands alone."
_NOT_THEN = "The council gave no answers on these objectives in the earlier round."


def committee(case: Case) -> Paper:
    """Every objective with its score, comments and action, of the last round and of this one."""
    scale = with_numbers(case.framework)
    opening = () if case.previous else (Paragraph(_FIRST, is_note=True),)
    areas = [_area(case, scale, area) for area in case.framework.areas]
    sections = (summary(case, scale), *areas, about(case, ("Earlier round", earlier(case))))
    title = f"{wording.capital(case.framework.on_subject('objectives'))}: where we stand"
    return Paper(title, _subtitle(case), "Committee appendix", case.whole, opening, sections)


def _subtitle(case: Case) -> str:
    since = f", with round {case.previous.round}" if case.previous else ""
    return f"{case.name}: round {case.assessment.round}{since}"


def _area(case: Case, scale: Scale, area: KeyArea) -> Section:
    return Section(area.name, area.sheet, tuple(_blocks(case, scale, area)), is_wide=True)


def _blocks(case: Case, scale: Scale, area: KeyArea) -> Iterator[Block]:
    # A short edition may have left the principle out; the key area is headed by it all the same.
    principle = case.whole.area_by_code[area.code].principle
    if principle is not None:
        yield _ladder(case, scale, principle)
        if area.behaviours:
            yield _table(case, scale, area.name, area.behaviours)
    else:
        for behaviour in area.behaviours:
            yield _ladder(case, scale, behaviour)
            yield _table(case, scale, behaviour.short_name, (behaviour,))
    if case.previous and not any(case.last(row).is_answered for row in area.behaviours):
        yield Paragraph(_NOT_THEN, is_note=True)


def _ladder(case: Case, scale: Scale, row: Behaviour) -> Ladder:
    """The five levels of a principle, or of a behaviour without one, with where the council is."""
    answer = case.assessment[row.code]
    steps = []
    for level, text in zip(case.framework.levels, row.descriptors, strict=True):
        marks = (("now", answer.current), ("target", answer.target))
        where = " and ".join(word for word, given in marks if given == level.number)
        name = f"{scale.name(level.number)} ({where})" if where else scale.name(level.number)
        steps.append(Cell(text, lead=name, level=level.number))
    return Ladder(row.name, tuple(steps))


def _table(case: Case, scale: Scale, title: str, behaviours: tuple[Behaviour, ...]) -> Table:
    now, then = case.assessment.round, case.previous.round if case.previous else ""
    columns: tuple[Column, ...]
    if case.previous:
        columns = (*_first(case, 36, 44), *_round_columns(then, 60), *_round_columns(now, 60))
    else:
        columns = (*_first(case, 45, 76), *_round_columns(now, 107))
    return Table(f"Objectives: {title}", columns, tuple(_row(case, scale, row) for row in behaviours))


def _first(case: Case, name: int, summary: int) -> tuple[Column, ...]:
    """The columns of what an objective is, over the same width where the framework has no summaries."""
    if not _has_summaries(case):
        return Column("No.", 11), Column("Objective", name + summary)
    return Column("No.", 11), Column("Objective", name), Column("What it is about", summary)


def _has_summaries(case: Case) -> bool:
    return any(row.summary for row in case.whole.behaviours)


def _round_columns(round_: str, width: int) -> tuple[Column, Column]:
    return Column(f"{round_} score", 28), Column(f"{round_} comments and action", width)


def _row(case: Case, scale: Scale, row: Behaviour) -> Row:
    now = case.assessment[row.code]
    rounds = [case.last(row), now] if case.previous else [now]
    cells = [Cell(str(row.value_code)), Cell(row.short_name)]
    cells += [Cell(row.summary)] if _has_summaries(case) else []
    for answer in rounds:
        target = scale.target(answer).text if answer.target is not None else ""
        text = comments(answer, note=answer.divided, target=target)
        cells += [scale.current(answer), Cell(text, labels=LABELS)]
    return tuple(cells)

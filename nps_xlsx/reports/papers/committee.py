"""The committee appendix: numbered objectives by key area, last round's score beside this round's."""

from __future__ import annotations

from collections.abc import Iterator

from nps_xlsx.model import Behaviour, KeyArea
from nps_xlsx.reports.papers.case import LABELS, Case, about, aims, comments, earlier_round
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import (
    Block,
    Entry,
    Heading,
    Ladder,
    Paper,
    Paragraph,
    Particulars,
    Section,
    Table,
)
from nps_xlsx.reports.papers.scale import Scale, with_numbers
from nps_xlsx.workbook import wording

_FIRST = "No earlier round was given, so this round is shown alone."
_NOT_THEN = "The council gave no answers on these objectives in the earlier round."


def committee(case: Case) -> Paper:
    """Every objective with its score, comments and action, in the earlier round and this one."""
    scale = with_numbers(case.framework)
    opening = () if case.earlier else (Paragraph(_FIRST, is_note=True),)
    areas = [_area(case, scale, area) for area in case.framework.areas]
    sections = (summary(case, scale), *areas, about(case, ("Earlier round", earlier_round(case))))
    title = f"{wording.capital(case.framework.on_subject('objectives'))}: where we stand"
    return Paper(title, _subtitle(case), "Committee appendix", case.whole, opening, sections)


def _subtitle(case: Case) -> str:
    since = f", with round {case.earlier.round}" if case.earlier else ""
    return f"{case.name}: round {case.assessment.round}{since}"


def _area(case: Case, scale: Scale, area: KeyArea) -> Section:
    return Section(area.name, area.sheet, tuple(_blocks(case, scale, area)), is_wide=True)


def _blocks(case: Case, scale: Scale, area: KeyArea) -> Iterator[Block]:
    if own := aims(case, area):
        yield Particulars(own)
    # A short edition may leave the principle out; it still heads the key area.
    principle = case.whole.area_by_code[area.code].principle
    if principle is not None:
        yield _ladder(case, scale, principle)
        if area.behaviours:
            yield _table(case, scale, area.name, area.behaviours)
    else:
        for behaviour in area.behaviours:
            yield _ladder(case, scale, behaviour)
            yield _table(case, scale, behaviour.short_name, (behaviour,))
    if case.earlier and not any(case.earlier_answer(row).is_answered for row in area.behaviours):
        yield Paragraph(_NOT_THEN, is_note=True)


def _ladder(case: Case, scale: Scale, row: Behaviour) -> Ladder:
    """The levels of a principle, or of a behaviour without one, and where the council is."""
    answer = case.assessment[row.code]
    steps = []
    for level, text in zip(case.framework.levels, row.descriptors, strict=True):
        marks = (("now", answer.current), ("target", answer.target))
        where = " and ".join(word for word, given in marks if given == level.number)
        name = f"{scale.name(level.number)} ({where})" if where else scale.name(level.number)
        steps.append(Entry(text, lead=name, level=level.number))
    return Ladder(row.name, tuple(steps))


def _table(case: Case, scale: Scale, title: str, behaviours: tuple[Behaviour, ...]) -> Table:
    now, then = case.assessment.round, case.earlier.round if case.earlier else ""
    columns: tuple[Heading, ...]
    if case.earlier:
        columns = (*_first(case, 36, 44), *_round_columns(then, 60), *_round_columns(now, 60))
    else:
        columns = (*_first(case, 45, 76), *_round_columns(now, 107))
    return Table(f"Objectives: {title}", columns, tuple(_row(case, scale, row) for row in behaviours))


def _first(case: Case, name: int, summary: int) -> tuple[Heading, ...]:
    """The columns that say what an objective is; the same width if the framework has no summaries."""
    if not _has_summaries(case):
        return Heading("No.", 11), Heading("Objective", name + summary)
    return Heading("No.", 11), Heading("Objective", name), Heading("What it is about", summary)


def _has_summaries(case: Case) -> bool:
    return any(row.summary for row in case.whole.behaviours)


def _round_columns(round_: str, width: int) -> tuple[Heading, Heading]:
    return Heading(f"{round_} score", 28), Heading(f"{round_} comments and action", width)


def _row(case: Case, scale: Scale, row: Behaviour) -> tuple[Entry, ...]:
    now = case.assessment[row.code]
    rounds = [case.earlier_answer(row), now] if case.earlier else [now]
    cells = [Entry(str(row.value_code)), Entry(row.short_name)]
    cells += [Entry(row.summary)] if _has_summaries(case) else []
    for answer in rounds:
        target = scale.target(answer).text if answer.target is not None else ""
        text = comments(answer, note=answer.divided, target=target)
        cells += [scale.current(answer), Entry(text, labels=LABELS)]
    return tuple(cells)

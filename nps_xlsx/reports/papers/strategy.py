"""The strategy appendix: where a council is and wants to be, each level's name beside what it says."""

from __future__ import annotations

from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour, KeyArea, LevelValue
from nps_xlsx.reports.papers.case import Case, about
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import Block, Cell, Column, Paper, Paragraph, Row, Section, Table
from nps_xlsx.reports.papers.scale import Scale, names_only

TITLE = "Where we are and where we want to be"

_NOW, _NEXT = Column("Where we are now", 26), Column("Where we want to be", 26)
_NO_TARGETS = "No targets were set, so where the council wants to be is not shown."
_BLANK = "Neither a current level nor a target was given here."


def strategy(case: Case) -> Paper:
    """For each key area its principle and its behaviours, now and as they are to be."""
    scale = names_only(case.framework)
    areas = [_area(case, scale, area) for area in case.framework.areas]
    subtitle = f"{case.name}: round {case.assessment.round}"
    opening = () if _has_targets(case) else (Paragraph(_NO_TARGETS, is_note=True),)
    sections = (summary(case, scale), *areas, about(case))
    return Paper(TITLE, subtitle, "Strategy appendix", case.whole, opening, sections)


def _has_targets(case: Case) -> bool:
    return any(case.assessment[row.code].target is not None for row in case.framework.rows)


def _area(case: Case, scale: Scale, area: KeyArea) -> Section:
    block: Block = Paragraph(_BLANK)
    if not case.is_blank(area):
        says = "What that level says" if case.framework.has_descriptors else "What reaching it takes"
        columns: tuple[Column, ...] = (Column("Behaviour", 60), _NOW, Column(says, 181))
        if _has_targets(case):
            columns = (Column("Behaviour", 45), _NOW, Column(says, 85), _NEXT, Column(says, 85))
        rows = tuple(_row(case, scale, row)[: len(columns)] for row in area.rows)
        block = Table(f"Now and target: {area.name}", columns, rows)
    return Section(area.name, area.sheet, (block,), is_wide=True)


def _row(case: Case, scale: Scale, row: Behaviour) -> Row:
    answer = case.assessment[row.code]
    return (
        Cell(lead=row.name) if not row.is_scored else Cell(row.name),
        scale.current(answer),
        Cell(_says(row, answer, answer.current)),
        scale.target(answer),
        Cell(_says(row, answer, answer.target)),
    )


def _says(row: Behaviour, answer: Answer, level: LevelValue) -> str:
    """What a level says; of a behaviour that does not apply, the council's reason."""
    if isinstance(level, int):
        return row.descriptors[level - 1]
    return answer.evidence.strip() if level == NOT_APPLICABLE else ""

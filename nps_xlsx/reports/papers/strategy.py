"""The strategy appendix: where a council is and wants to be, with what each level says."""

from __future__ import annotations

from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour, KeyArea, LevelValue
from nps_xlsx.reports.papers.case import Case, about, aims
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import Block, Entry, Heading, Paper, Paragraph, Particulars, Section, Table
from nps_xlsx.reports.papers.scale import Scale, names_only

TITLE = "Where we are and where we want to be"

_NOW, _NEXT = Heading("Where we are now", 26), Heading("Where we want to be", 26)
_NO_TARGETS = "No targets were set, so where the council wants to be is not shown."
_BLANK = "Neither a current level nor a target was given here."


def strategy(case: Case) -> Paper:
    """For each key area, its principle and behaviours: the current level and the target."""
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
        columns: tuple[Heading, ...] = (Heading("Behaviour", 60), _NOW, Heading(says, 181))
        if _has_targets(case):
            columns = (Heading("Behaviour", 45), _NOW, Heading(says, 85), _NEXT, Heading(says, 85))
        rows = tuple(_row(case, scale, row)[: len(columns)] for row in area.rows)
        block = Table(f"Now and target: {area.name}", columns, rows)
    own = aims(case, area)
    return Section(area.name, area.sheet, (*([Particulars(own)] if own else []), block), is_wide=True)


def _row(case: Case, scale: Scale, row: Behaviour) -> tuple[Entry, ...]:
    answer = case.assessment[row.code]
    return (
        Entry(lead=row.name) if not row.is_scored else Entry(row.name),
        scale.current(answer),
        Entry(_says(row, answer, answer.current)),
        scale.target(answer),
        Entry(_says(row, answer, answer.target)),
    )


def _says(row: Behaviour, answer: Answer, level: LevelValue) -> str:
    """What a level says; for a behaviour that does not apply, the council's reason."""
    if isinstance(level, int):
        return row.descriptors[level - 1]
    return answer.evidence.strip() if level == NOT_APPLICABLE else ""

"""The steps to take: present and target of each behaviour, and the actions of each level between.

The shape is that of a published maturity index.  The same is made for any key area, and for
all of them, under the framework's own level names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from nps_xlsx.model import Action, Answer, Behaviour, KeyArea, MaturityIndex
from nps_xlsx.model.scores import Score, nearest_level
from nps_xlsx.reports.papers.case import LABELS, Case, about, comments, with_count
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import Block, Cell, Column, Facts, Paper, Paragraph, Section, Table
from nps_xlsx.reports.papers.scale import NO_LEVEL, NO_TARGET, Scale, names_only
from nps_xlsx.workbook import wording

TITLE = "Action plan: the steps to take"

_OWN_LAST = "The last column holds the council's own actions."
_NO_STEPS = "No behaviour here has a target above its current level, so there is no step to take."
_REST = "No step to take, since no target is above the current level: {names}."
_BEYOND = (
    "Actions marked “{beyond}” lead on to the overall target, {overall}: the published plan prints "
    "them too where a question's own target is lower."
)


_WIDE, _REF, _NAME, _OWN, _UNFILLED = 267, 17, 32, 36, 22
"""Millimetres: the page, and the columns that do not share what is left of it."""


# --- For key areas, under the framework's own names -------------------------------


def steps(case: Case) -> Paper:
    """The steps of every key area that was asked."""
    scale = names_only(case.framework)
    areas = case.framework.scored_areas
    note = Paragraph(
        f"{wording.suggestions(case.whole)} {_OWN_LAST}" if case.whole.actions else _OWN_LAST, is_note=True
    )
    sections = [_area(case, scale, area) for area in areas]
    first = (summary(case, scale),) if len(areas) > 1 else ()
    subtitle = f"{case.name}: round {case.assessment.round}"
    return Paper(TITLE, subtitle, "Action plan", case.whole, (note,), (*first, *sections, about(case)))


def _area(case: Case, scale: Scale, area: KeyArea) -> Section:
    found = case.score(area.behaviours)
    facts = Facts(
        (
            ("Present performance", _average(scale, found.current, found.applicable, found, NO_LEVEL)),
            ("Future target", _average(scale, found.target, found.targets, found, NO_TARGET)),
        )
    )
    columns = (Column("Ref", 17), Column("Behaviour", 50), Column("Present", 40), Column("Target", 40))
    rows = [
        (Cell(row.code), Cell(row.short_name), *_now_and_next(case, scale, row)) for row in area.behaviours
    ]
    listed = Table(f"Present and target: {area.name}", columns, tuple(rows))
    grid = tuple(_grid(case, scale, area))
    return Section(area.name, area.sheet, (facts, listed, *grid), is_wide=True)


def _average(scale: Scale, mean: float | None, count: int, found: Score, otherwise: str) -> str:
    if mean is None:
        return f"{otherwise} (0 of {found.behaviours} behaviours)"
    return f"{scale.nearest(mean).text} ({with_count(mean, count, found.behaviours)} behaviours)"


def _grid(case: Case, scale: Scale, area: KeyArea) -> Iterator[Block]:
    """The actions of the steps between present and target, behaviour by behaviour."""
    planned = [row for row in area.behaviours if (case.assessment[row.code].gap or 0) > 0]
    if not planned:
        yield Paragraph(_NO_STEPS)
        return

    def step(row: Behaviour, number: int) -> Cell:
        answer = case.assessment[row.code]
        if not _is_between(answer, number, answer.target):
            return Cell()
        actions = [_said(action) for action in case.framework.actions_to(row.code, number)]
        return Cell(_bullets(actions or [row.descriptors[number - 1]]))

    heads = [(row.code, row.short_name) for row in planned]
    headings = [f"To reach {name}" for name in scale.names[1:]]
    frame = _Frame(("Ref", "Behaviour"), headings, "Our own actions")
    yield _steps_table(case, frame, f"Steps: {area.name}", planned, heads, step)
    rest = [f"{row.code} {row.short_name}" for row in area.behaviours if row not in planned]
    if rest:
        yield Paragraph(_REST.format(names="; ".join(rest)), is_note=True)


def _said(action: Action) -> str:
    return f"“{action.text}”" if action.is_published else action.text


# --- As the index itself has it ---------------------------------------------------


def as_index(case: Case, index: MaturityIndex) -> Paper:
    """The action plan of a published index, from the council's levels in its key area."""
    area = case.framework.area_by_code[index.key_area]
    scale = Scale(case.framework.levels, index.levels)
    found = case.score(area.behaviours)
    labels = index.labels
    opening = Facts(
        (
            (labels["organisation"], case.name),
            (labels["present"], scale.nearest(found.current).text),
            (labels["future"], scale.nearest(found.target, NO_TARGET).text),
        )
    )
    sections = (
        _questions(case, scale, index, area),
        _plan(case, scale, index, area),
        about(case, *_averages(index, found)),
    )
    subtitle = f"{index.plan}. {case.name}: round {case.assessment.round}"
    return Paper(index.title, subtitle, index.plan, case.whole, (opening,), sections)


def _averages(index: MaturityIndex, found: Score) -> list[tuple[str, str]]:
    return [
        (index.labels["present"], with_count(found.current, found.applicable, found.behaviours)),
        (index.labels["future"], with_count(found.target, found.targets, found.behaviours)),
    ]


def _questions(case: Case, scale: Scale, index: MaturityIndex, area: KeyArea) -> Section:
    labels = index.labels
    columns = (Column("", 10), Column("Question", 60), Column(labels["now"], 50), Column(labels["next"], 50))
    asked = {row.code: row for row in area.behaviours}
    rows = tuple(
        (Cell(question.letter), Cell(question.name), *_now_and_next(case, scale, asked[question.ref]))
        for question in index.questions
        if question.ref in asked
    )
    heading = f"{labels['now']} and {labels['next'].lower()}"
    return Section(heading, heading, (Table(heading, columns, rows),), is_wide=True)


def _plan(case: Case, scale: Scale, index: MaturityIndex, area: KeyArea) -> Section:
    overall = case.score(area.behaviours).target
    furthest = nearest_level(overall) if overall is not None and index.fill_to == "overall" else 0
    by_ref = {question.ref: question for question in index.questions}

    def step(row: Behaviour, number: int) -> Cell:
        answer = case.assessment[row.code]
        if not isinstance(answer.target, int) or not _is_between(
            answer, number, max(answer.target, furthest)
        ):
            return Cell()
        actions = [one.text for one in case.framework.actions_to(row.code, number) if one.is_published]
        return Cell(_bullets(actions), lead=index.beyond if actions and number > answer.target else "")

    heads = [(by_ref[row.code].letter, by_ref[row.code].short) for row in area.behaviours]
    headings = [f"To reach '{name}'" for name in scale.names[1:]]
    frame = _Frame(("", "Question"), headings, index.labels["remark"])
    table = _steps_table(case, frame, index.plan, area.behaviours, heads, step)
    marked = any(cell.lead == index.beyond for row in table.rows for cell in row)
    beyond = _BEYOND.format(beyond=index.beyond, overall=scale.nearest(overall).text)
    notes = (*((Paragraph(beyond, is_note=True),) if marked else ()), Paragraph(index.note, is_note=True))
    return Section(index.plan, index.plan, (table, *notes), is_wide=True)


# --- Both -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """The headings of a grid of steps."""

    first: tuple[str, str]
    steps: Sequence[str]
    last: str


def _steps_table(
    case: Case,
    frame: _Frame,
    title: str,
    rows: Sequence[Behaviour],
    heads: Sequence[tuple[str, str]],
    step: Callable[[Behaviour, int], Cell],
) -> Table:
    """A row per behaviour, a column per level above the lowest, and what the council itself writes last."""
    numbers = range(2, len(frame.steps) + 2)
    cells = [[step(row, number) for number in numbers] for row in rows]
    widths = _widths([any(cell.text for cell in column) for column in zip(*cells, strict=True)])
    columns = (
        Column(frame.first[0], _REF),
        Column(frame.first[1], _NAME),
        *(
            Column(name, width, level=number)
            for name, width, number in zip(frame.steps, widths, numbers, strict=True)
        ),
        Column(frame.last, _OWN),
    )
    whole = (
        (Cell(ref), Cell(name), *found, Cell(_own(case, row), labels=LABELS))
        for row, (ref, name), found in zip(rows, heads, cells, strict=True)
    )
    return Table(title, columns, tuple(whole))


def _widths(is_filled: Sequence[bool]) -> list[int]:
    """The widths of the steps' columns: those that no behaviour has to take stand back for the others."""
    if not any(is_filled):
        is_filled = [True] * len(is_filled)
    filled = sum(is_filled)
    room = _WIDE - _REF - _NAME - _OWN - _UNFILLED * (len(is_filled) - filled)
    return [room // filled if has_actions else _UNFILLED for has_actions in is_filled]


def _own(case: Case, row: Behaviour) -> str:
    """The council's own action, who takes it and by when; without its comments."""
    answer = case.assessment[row.code]
    said = Answer(
        row.code,
        actions=answer.actions,
        owner=answer.owner,
        due_date=answer.due_date,
        due_text=answer.due_text,
        priority=answer.priority,
    )
    return comments(said).removeprefix("Action:").lstrip()


def _now_and_next(case: Case, scale: Scale, row: Behaviour) -> tuple[Cell, Cell]:
    answer = case.assessment[row.code]
    return scale.current(answer), scale.target(answer)


def _is_between(answer: Answer, number: int, target: object) -> bool:
    current = answer.current
    return isinstance(current, int) and isinstance(target, int) and current < number <= target


def _bullets(texts: Iterator[str] | Sequence[str]) -> str:
    lines = list(texts)
    return "\n".join(f"• {text}" for text in lines) if len(lines) > 1 else "".join(lines)

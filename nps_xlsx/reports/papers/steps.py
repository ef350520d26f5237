"""The steps to take: present and target of each behaviour, and the actions for each level in between.

The layout is that of a published maturity index.  It is made for any key area, or all of them,
with the framework's own level names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from nps_xlsx.model import Behaviour, KeyArea, MaturityIndex
from nps_xlsx.model.scores import Score, nearest_level
from nps_xlsx.reports.papers.case import LABELS, Case, about, aims, comments, with_count
from nps_xlsx.reports.papers.figures import summary
from nps_xlsx.reports.papers.paper import Block, Entry, Heading, Paper, Paragraph, Particulars, Section, Table
from nps_xlsx.reports.papers.scale import NO_LEVEL, NO_TARGET, Scale, names_only
from nps_xlsx.workbook import wording

TITLE = "Action plan: the steps to take"

_OWN_LAST = "The last column holds the council's own actions."
_NO_STEPS = "No behaviour here has a target above its current level, so there is no step to take."
_REST = "No step to take, since no target is above the current level: {names}."
_BEYOND = (
    "Actions marked “{beyond}” lead on to the overall target, {overall}: the published plan prints "
    "them even if a question's own target is lower."
)

_WIDE, _REF, _NAME, _OWN, _UNFILLED = 267, 17, 32, 36, 22
"""Millimetres: the page, and the columns of fixed width."""


# --- For key areas, by the framework's own names --------------------------------


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
    own = case.score(area.behaviours)
    present = _average(scale, own.current, own.applicable, own, NO_LEVEL)
    future = _average(scale, own.target, own.targets, own, NO_TARGET)
    averages = Particulars((("Present performance", present), ("Future target", future), *aims(case, area)))
    columns = (Heading("Ref", 17), Heading("Behaviour", 50), Heading("Present", 40), Heading("Target", 40))
    rows = [
        (Entry(row.code), Entry(row.short_name), *_now_and_next(case, scale, row)) for row in area.behaviours
    ]
    listed = Table(f"Present and target: {area.name}", columns, tuple(rows))
    grid = tuple(_grid(case, scale, area))
    return Section(area.name, area.sheet, (averages, listed, *grid), is_wide=True)


def _average(scale: Scale, mean: float | None, count: int, own: Score, otherwise: str) -> str:
    if mean is None:
        return f"{otherwise} (0 of {own.behaviours} behaviours)"
    return f"{scale.nearest(mean).text} ({with_count(mean, count, own.behaviours)} behaviours)"


def _grid(case: Case, scale: Scale, area: KeyArea) -> Iterator[Block]:
    """The actions of the steps between present and target, behaviour by behaviour."""
    planned = [row for row in area.behaviours if (case.assessment[row.code].gap or 0) > 0]
    if not planned:
        yield Paragraph(_NO_STEPS)
        return

    def step(row: Behaviour, number: int) -> Entry:
        if not case.assessment[row.code].asks_for(number):
            return Entry()
        actions = [action.quoted for action in case.framework.actions_to(row.code, number)]
        return Entry(_bullets(actions or [row.descriptors[number - 1]]))

    heads = [(row.code, row.short_name) for row in planned]
    to_reach = [f"To reach {name}" for name in scale.names[1:]]
    headings = _Headings(("Ref", "Behaviour"), to_reach, "Our own actions")
    yield _steps_table(case, headings, f"Steps: {area.name}", planned, heads, step)
    rest = [f"{row.code} {row.short_name}" for row in area.behaviours if row not in planned]
    if rest:
        yield Paragraph(_REST.format(names="; ".join(rest)), is_note=True)


# --- As in the index itself -------------------------------------------------------


def as_index(case: Case, index: MaturityIndex) -> Paper:
    """The action plan of a published index, from the council's levels in its key area."""
    area = case.framework.area_by_code[index.key_area]
    scale = Scale(case.framework.levels, index.levels)
    own = case.score(area.behaviours)
    labels = index.labels
    opening = Particulars(
        (
            (labels["organisation"], case.name),
            (labels["present"], scale.nearest(own.current).text),
            (labels["future"], scale.nearest(own.target, NO_TARGET).text),
        )
    )
    sections = (
        _questions(case, scale, index, area),
        _plan(case, scale, index, area),
        about(case, *_averages(index, own)),
    )
    subtitle = f"{index.plan}. {case.name}: round {case.assessment.round}"
    return Paper(index.title, subtitle, index.plan, case.whole, (opening,), sections)


def _averages(index: MaturityIndex, own: Score) -> list[tuple[str, str]]:
    return [
        (index.labels["present"], with_count(own.current, own.applicable, own.behaviours)),
        (index.labels["future"], with_count(own.target, own.targets, own.behaviours)),
    ]


def _questions(case: Case, scale: Scale, index: MaturityIndex, area: KeyArea) -> Section:
    labels = index.labels
    now, then = labels["now"], labels["next"]
    columns = (Heading("", 10), Heading("Question", 60), Heading(now, 50), Heading(then, 50))
    asked = {row.code: row for row in area.behaviours}
    rows = tuple(
        (Entry(question.letter), Entry(question.name), *_now_and_next(case, scale, asked[question.ref]))
        for question in index.questions
        if question.ref in asked
    )
    heading = f"{now} and {then.lower()}"
    return Section(heading, heading, (Table(heading, columns, rows),), is_wide=True)


def _plan(case: Case, scale: Scale, index: MaturityIndex, area: KeyArea) -> Section:
    overall = case.score(area.behaviours).target
    furthest = nearest_level(overall) if overall is not None and index.fill_to == "overall" else 0
    by_ref = {question.ref: question for question in index.questions}

    def step(row: Behaviour, number: int) -> Entry:
        answer = case.assessment[row.code]
        if not answer.asks_for(number, furthest):
            return Entry()
        steps = case.framework.actions_to(row.code, number)
        actions = [action.text for action in steps if action.is_published]
        return Entry(_bullets(actions), lead=index.beyond if actions and not answer.asks_for(number) else "")

    heads = [(by_ref[row.code].letter, by_ref[row.code].short) for row in area.behaviours]
    to_reach = [f"To reach '{name}'" for name in scale.names[1:]]
    headings = _Headings(("", "Question"), to_reach, index.labels["remark"])
    table = _steps_table(case, headings, index.plan, area.behaviours, heads, step)
    marked = any(cell.lead == index.beyond for row in table.rows for cell in row)
    beyond = _BEYOND.format(beyond=index.beyond, overall=scale.nearest(overall).text)
    notes = (*((Paragraph(beyond, is_note=True),) if marked else ()), Paragraph(index.note, is_note=True))
    return Section(index.plan, index.plan, (table, *notes), is_wide=True)


# --- Both -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Headings:
    """The headings of a grid of steps."""

    first: tuple[str, str]
    steps: Sequence[str]
    last: str


def _steps_table(
    case: Case,
    headings: _Headings,
    title: str,
    rows: Sequence[Behaviour],
    heads: Sequence[tuple[str, str]],
    step: Callable[[Behaviour, int], Entry],
) -> Table:
    """A row per behaviour, a column per level above the lowest, and last the council's own actions."""
    numbers = range(2, len(headings.steps) + 2)
    cells = [[step(row, number) for number in numbers] for row in rows]
    widths = _widths([any(cell.text for cell in column) for column in zip(*cells, strict=True)])
    columns = (
        Heading(headings.first[0], _REF),
        Heading(headings.first[1], _NAME),
        *(
            Heading(name, width, level=number)
            for name, width, number in zip(headings.steps, widths, numbers, strict=True)
        ),
        Heading(headings.last, _OWN),
    )
    whole = (
        (Entry(ref), Entry(name), *taken, Entry(_own(case, row), labels=LABELS))
        for row, (ref, name), taken in zip(rows, heads, cells, strict=True)
    )
    return Table(title, columns, tuple(whole))


def _widths(is_filled: Sequence[bool]) -> list[int]:
    """The widths of the steps' columns: those without a step for any behaviour are narrow."""
    if not any(is_filled):
        is_filled = [True] * len(is_filled)
    filled = sum(is_filled)
    room = _WIDE - _REF - _NAME - _OWN - _UNFILLED * (len(is_filled) - filled)
    return [room // filled if has_actions else _UNFILLED for has_actions in is_filled]


def _own(case: Case, row: Behaviour) -> str:
    """The council's own action, who takes it and by when, without its comments."""
    answer = case.assessment[row.code]
    return comments(replace(answer, evidence="")).removeprefix("Action:").lstrip()


def _now_and_next(case: Case, scale: Scale, row: Behaviour) -> tuple[Entry, Entry]:
    answer = case.assessment[row.code]
    return scale.current(answer), scale.target(answer)


def _bullets(texts: Iterator[str] | Sequence[str]) -> str:
    lines = list(texts)
    return "\n".join(f"• {text}" for text in lines) if len(lines) > 1 else "".join(lines)

"""One council's action plan: where it is, where it wants to be, and what each step in between asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nps_xlsx.excel import charts
from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.styles import level_style
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet
from nps_xlsx.excel.textfit import level_width, name_width
from nps_xlsx.figures import council_label
from nps_xlsx.model import Answer, Assessment, Behaviour, Framework, LevelValue
from nps_xlsx.model.scores import Score, nearest_level, score
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.names import Distinct, file_stem
from nps_xlsx.workbook.rules import to_close
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

SUMMARY, PLAN, ALL = "Where we are", "Action plan", "All behaviours"

_STEP_WIDTH = 270


@strict
def action_plan_workbook(assessment: Assessment, framework: Framework) -> bytes:
    """One council's action plan; the same answers give the same bytes."""
    name = council_label(assessment)
    title = f"{name}: {framework.on_subject('action plan')}, round {assessment.round}"
    book = Book(title, comments=framework.copyright, made=assessment.day)
    book.mark(REPORT_PROPERTY, "action plan")
    own = wording.capital(framework.on_subject("self-assessment"))
    note = f"{own}, round {assessment.round}. {wording.as_of(assessment.day)}"
    _summary(book, name, f"{note} {framework.title}.", framework, assessment)
    _plan(book, framework, assessment)
    _all(book, framework, assessment)
    return book.to_bytes()


# --- Where we are -----------------------------------------------------------------


def _summary(book: Book, name: str, note: str, framework: Framework, assessment: Assessment) -> None:
    columns = [
        Column.text("Key area", 300),
        Column.count("Behaviours", 112),
        Column.count("Level given"),
        Column.mean("Average current"),
        Column("Nearest level", name_width(framework, 120)),
        Column.count("Target given"),
        Column.mean("Average target"),
        Column("Nearest level", name_width(framework, 120)),
        Column.gap("Average gap"),
    ]
    groups = [(area.sheet, area.behaviours) for area in framework.areas]
    groups.append(("All behaviours", framework.behaviours))
    rows = [_score_cells(label, score(behaviours, assessment), framework) for label, behaviours in groups]
    sheet, end = table_sheet(book, SUMMARY, note, columns, rows, title=name, has_filter=False)
    last = FIRST_ROW + len(framework.areas) - 1
    names, current, target = ((SUMMARY, col, FIRST_ROW, last) for col in (0, 3, 6))
    title = "Where we are and where we want to be"
    chart = charts.current_and_target(book, title, names, (current, target), framework)
    text = "Bar chart: average current and target level of each key area. The figures are in the table above."
    sheet.chart(end + 1, 0, chart, width=940, height=460, description=text)
    sheet.raw.fit_to_pages(1, 1)


def _score_cells(label: str, own: Score, framework: Framework) -> list[Cell]:
    current, target = _level_name(framework, own.current), _level_name(framework, own.target)
    counts: list[Cell] = [label, own.behaviours, own.applicable]
    return [*counts, own.current, current, own.targets, own.target, target, own.gap]


def _level_name(framework: Framework, mean: float | None) -> str:
    return "" if mean is None else framework.level(nearest_level(mean)).name


# --- Action plan ------------------------------------------------------------------


def _plan(book: Book, framework: Framework, assessment: Assessment) -> None:
    steps, width = framework.levels[1:], level_width(framework, 112)
    columns = [
        Column.count("No.", 56),
        Column.text("Ref", 76),
        Column.text("Behaviour", 190),
        Column.text("Current level", width),
        Column.text("Target level", width),
        *([_descriptors("Where we are now")] if framework.has_descriptors else ()),
        *(
            _descriptors(f"To reach {level.name}", level_style(level.number, len(framework.levels)))
            for level in steps
        ),
        *_own_columns(),
    ]
    rows = [
        [number, *_plan_cells(framework, behaviour, assessment[behaviour.code])]
        for number, behaviour in enumerate(to_close(framework, assessment), start=1)
    ]
    note = (
        "Every behaviour with a target above its current level, and what each level up to the target "
        "asks. High priority first, then the largest gap."
    )
    if not rows:
        note = "No behaviour has a target above its current level, so there is nothing to plan."
    sheet, _ = table_sheet(book, PLAN, note, columns, rows, frozen=3, is_list=False)
    sheet.raw.set_paper(8)


def _descriptors(heading: str, *heading_names: str) -> Column:
    return Column(heading, _STEP_WIDTH, ("text", "wrap", "small"), heading_names)


def _own_columns() -> list[Column]:
    return [
        Column.text("Our actions", 320),
        Column.text("Owner", 150),
        Column.text("Due date", 118),
        Column.text("Priority", 92),
    ]


def _plan_cells(framework: Framework, behaviour: Behaviour, answer: Answer) -> list[Cell]:
    current, target = answer.current, answer.target
    steps = [
        behaviour.descriptors[level.number - 1]
        if isinstance(current, int) and isinstance(target, int) and current < level.number <= target
        else ""
        for level in framework.levels[1:]
    ]
    return [
        behaviour.code,
        behaviour.short_name,
        layout.level_label(framework, current),
        layout.level_label(framework, target),
        *([behaviour.descriptor(current)] if framework.has_descriptors else ()),
        *steps,
        *_own_cells(answer),
    ]


def _own_cells(answer: Answer) -> Sequence[Cell]:
    return answer.actions, answer.owner, answer.due_date or answer.due_text, answer.priority


# --- All behaviours ---------------------------------------------------------------


def _all(book: Book, framework: Framework, assessment: Assessment) -> None:
    width = level_width(framework, 112)
    columns = [
        Column.text("Ref", 76),
        Column.text("Key area", 190),
        Column.text("Behaviour", 200),
        Column.text("Current level", width),
        *([_descriptors("Where we are now")] if framework.has_descriptors else ()),
        Column.text("Target level", width),
        *([_descriptors("Where we want to be")] if framework.has_descriptors else ()),
        Column.text("Evidence and comments", 330),
        *_own_columns(),
    ]
    note = "Every row, in the framework's order."
    rows = [_all_cells(framework, behaviour, assessment[behaviour.code]) for behaviour in framework.rows]
    sheet, _ = table_sheet(book, ALL, note, columns, rows, frozen=3, is_list=False)
    sheet.raw.set_paper(8)


def _all_cells(framework: Framework, behaviour: Behaviour, answer: Answer) -> list[Cell]:
    def cells(level: LevelValue, text: str) -> list[Cell]:
        descriptor = [behaviour.descriptor(level)] if framework.has_descriptors else []
        return [layout.level_label(framework, level) or text, *descriptor]

    names = [behaviour.code, framework.area_by_code[behaviour.code].sheet, behaviour.name]
    levels = [*cells(answer.current, answer.current_text), *cells(answer.target, answer.target_text)]
    return [*names, *levels, answer.evidence, *_own_cells(answer)]


def all_action_plans(
    assessments: Iterable[tuple[Assessment, str]], framework: Framework
) -> Iterable[tuple[str, bytes]]:
    """The file name and the bytes of each council's plan; no two names are the same."""
    distinct = Distinct()
    for assessment, short_name in assessments:
        stem = distinct(file_stem(framework.initials, assessment, short_name, "action plan"))
        yield f"{stem}.xlsx", action_plan_workbook(assessment, framework)

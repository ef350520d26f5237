"""One council's action plan: where it is, where it wants to be, and what each step in between asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.styles import level_style
from nps_xlsx.excel.table import Column, TableSheet, filled, levels_chart, nearest_levels, write_sheet
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures import council_label
from nps_xlsx.model import Answer, Assessment, Behaviour, Framework, LevelValue
from nps_xlsx.model.dates import iso_date
from nps_xlsx.model.scores import score
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.rules import to_close
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

SUMMARY, PLAN, ALL = "Where we are", "Action plan", "All behaviours"

_STEP_WIDTH = 270
_PLANNED = (
    "Every behaviour with a target above its current level, and what each level up to the target "
    "asks. High priority first, then the largest gap."
)
_NO_PLAN = "No behaviour has a target above its current level, so there is nothing to plan."


@strict
def action_plan_workbook(assessment: Assessment, framework: Framework) -> bytes:
    """One council's action plan; the same answers give the same bytes."""
    title = f"{council_label(assessment)}: {framework.on_subject('action plan')}, round {assessment.round}"
    book = Book(title, comments=framework.copyright, made=assessment.day)
    book.mark(REPORT_PROPERTY, "action plan")
    for describe in (_summary, _plan, _all):
        write_sheet(book, describe(framework, assessment))
    return book.to_bytes()


def _summary(framework: Framework, assessment: Assessment) -> TableSheet:
    """Averages by key area and over all behaviours, what the council aims for in each, and a chart."""
    groups = {area.sheet: area.behaviours for area in framework.areas} | {ALL: framework.behaviours}
    scores = [score(behaviours, assessment) for behaviours in groups.values()]
    codes = [*(area.code for area in framework.areas), ""]
    reach_by = [assessment.head(code, "reach_by") for code in codes]
    columns = [
        Column.text("Key area", groups, 300),
        Column.count("Behaviours", [own.behaviours for own in scores], 112),
        Column.count("Level given", [own.applicable for own in scores]),
        Column.mean("Average current", [own.current for own in scores]),
        nearest_levels(framework, [own.current for own in scores], 120),
        Column.count("Target given", [own.targets for own in scores]),
        Column.mean("Average target", [own.target for own in scores]),
        nearest_levels(framework, [own.target for own in scores], 120),
        Column.gap("Average gap", [own.gap for own in scores]),
        *filled(
            Column.text("Our objective", [assessment.head(code, "objective") for code in codes], 320),
            Column.text("Reach it by", [iso_date(text) or text for text in reach_by], 118),
        ),
    ]
    own = wording.capital(framework.on_subject("self-assessment"))
    text = "Bar chart: average current and target level of each key area."
    return TableSheet(
        SUMMARY,
        f"{own}, round {assessment.round}. {wording.as_of(assessment.day)} {framework.title}.",
        columns,
        title=council_label(assessment),
        has_filter=False,
        on_one_page=True,
        below=levels_chart(framework, "Where we are and where we want to be", text, 940, 460),
    )


def _plan(framework: Framework, assessment: Assessment) -> TableSheet:
    """What each step between current and target asks."""
    rows = [(row, assessment[row.code]) for row in to_close(framework, assessment)]
    columns = [
        Column.count("No.", range(1, len(rows) + 1), 56),
        Column.text("Ref", [row.code for row, _ in rows], 76),
        Column.text("Behaviour", [row.short_name for row, _ in rows], 190),
        _levels(framework, "Current level", [(answer.current, "") for _, answer in rows]),
        _levels(framework, "Target level", [(answer.target, "") for _, answer in rows]),
        *_descriptors(framework, "Where we are now", [(row, answer.current) for row, answer in rows]),
        *(
            Column.small(
                f"To reach {level.name}",
                [
                    row.descriptors[level.number - 1] if answer.asks_for(level.number) else ""
                    for row, answer in rows
                ],
                _STEP_WIDTH,
                level_style(level.number, len(framework.levels)),
            )
            for level in framework.levels[1:]
        ),
        *_own_columns([answer for _, answer in rows]),
    ]
    return TableSheet(PLAN, _PLANNED if rows else _NO_PLAN, columns, frozen=3, is_list=False, a3=True)


def _all(framework: Framework, assessment: Assessment) -> TableSheet:
    """Every row of the framework, with all that was answered."""
    rows = [(row, assessment[row.code]) for row in framework.rows]
    answers = [answer for _, answer in rows]
    current = [(answer.current, answer.current_text) for answer in answers]
    target = [(answer.target, answer.target_text) for answer in answers]
    columns = [
        Column.text("Ref", [row.code for row, _ in rows], 76),
        Column.text("Key area", [framework.area_by_code[row.code].sheet for row, _ in rows], 190),
        Column.text("Behaviour", [row.name for row, _ in rows], 200),
        _levels(framework, "Current level", current),
        *_descriptors(framework, "Where we are now", [(row, answer.current) for row, answer in rows]),
        _levels(framework, "Target level", target),
        *_descriptors(framework, "Where we want to be", [(row, answer.target) for row, answer in rows]),
        Column.text("Evidence and comments", [answer.evidence for answer in answers], 330),
        *_own_columns(answers),
    ]
    return TableSheet(ALL, "Every row, in the framework's order.", columns, frozen=3, is_list=False, a3=True)


def _levels(framework: Framework, heading: str, given: Iterable[tuple[LevelValue, str]]) -> Column:
    """A column of levels; where there is none, what was written instead."""
    labels = [layout.level_label(framework, level) or text for level, text in given]
    return Column.text(heading, labels, level_width(framework, 112))


def _descriptors(
    framework: Framework, heading: str, given: Iterable[tuple[Behaviour, LevelValue]]
) -> tuple[Column, ...]:
    """A column of what levels say, if the framework says that."""
    texts = [row.descriptor(level) for row, level in given]
    return (Column.small(heading, texts, _STEP_WIDTH),) if framework.has_descriptors else ()


def _own_columns(answers: Sequence[Answer]) -> list[Column]:
    """What the council is to do, who by when, how urgent it is, and how far it has come."""
    return [
        Column.text("Our actions", [answer.actions for answer in answers], 320),
        Column.text("Owner", [answer.owner for answer in answers], 150),
        Column.text("Due date", [answer.due_date or answer.due_text for answer in answers], 118),
        Column.text("Priority", [answer.priority for answer in answers], 92),
        *filled(
            Column.text("Status", [answer.status for answer in answers], 110),
            Column.text("Review date", [answer.review_date or answer.review_text for answer in answers], 118),
        ),
    ]

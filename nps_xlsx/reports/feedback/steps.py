"""Strengths, and next steps with what others already do."""

from __future__ import annotations

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet, write_cell
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Action, Behaviour
from nps_xlsx.model.dates import long_date
from nps_xlsx.reports.feedback.case import Case, own_group
from nps_xlsx.reports.feedback.chosen import CHOSEN, above, gave_targets, next_steps, strengths
from nps_xlsx.workbook import layout, wording

STRENGTHS, STEPS = "Strengths", "Next steps"


def _small(heading: str, width: int) -> Column:
    return Column(heading, width, ("text", "wrap", "small"))


# --- Strengths --------------------------------------------------------------------


def write_strengths(book: Book, case: Case) -> None:
    """Where the council stands highest, with what it does there."""
    rows = strengths(case)
    columns = [
        Column.count("No.", 52),
        Column.text("Ref", 76),
        Column.text("Key area", 160),
        Column.text("Behaviour", 200),
        Column.text("Your level", level_width(case.framework, 126)),
        *(_compared() if case.is_compared else ()),
        *([_small("What you do now", 460)] if case.framework.has_descriptors else ()),
    ]
    cells = [_strength(case, row, number) for number, row in enumerate(rows, start=1)]
    title = f"{STRENGTHS}: where you stand highest"
    sheet, _ = table_sheet(
        book,
        STRENGTHS,
        _strengths_note(case, len(rows)),
        columns,
        cells,
        title=title,
        frozen=4,
        has_filter=False,
        is_list=False,
    )
    for place, row in enumerate(rows, start=FIRST_ROW):
        shade = styles.level_style(case.level(row) or 1, len(case.framework.levels))
        label = layout.level_label(case.framework, case.level(row))
        write_cell(sheet, place, 4, label, "wrap", shade)


def _compared() -> list[Column]:
    median = Column.mean("All councils: median")
    return [median, Column.gap("Difference from the median"), Column.count("All councils: number")]


def _strength(case: Case, row: Behaviour, number: int) -> list[Cell]:
    level, figure = case.level(row) or 1, case.view.figure(WHOLE, (LEVEL, row.code))
    return [
        *(number, row.code, case.framework.area_by_code[row.code].sheet, row.short_name),
        layout.level_label(case.framework, level),
        *((figure.median, above(case, row), figure.councils or None) if case.is_compared else ()),
        *([row.descriptor(level)] if case.framework.has_descriptors else ()),
    ]


def _strengths_note(case: Case, found: int) -> str:
    if not any(case.level(row) is not None for row in case.framework.behaviours):
        return "You gave no current level, so there is nothing to rank."
    if not case.is_compared:
        return "There is nothing to compare with yet, so these are your highest levels."
    order = "The behaviours in which you are furthest above the median of all councils, or level with it"
    if found == 0:
        return "No behaviour stands out beside the median of all yet. The next sheet says where to begin."
    if found < CHOSEN:
        return f"{order}: there {'is one' if found == 1 else f'are {found}'}."
    return f"{order}; of equals, the higher level first."


# --- Next steps -------------------------------------------------------------------


def write_steps(book: Book, case: Case) -> None:
    """What to do next: now, the next level, ideas for reaching it, and how many others are there."""
    rows, width = next_steps(case), level_width(case.framework, 122)
    columns = [
        Column.count("No.", 52),
        Column.text("Ref", 70),
        Column.text("Behaviour", 170),
        Column.text("Priority", 84),
        Column.text("Your level", width),
        Column.text("Your target", width),
        *([_small("Where you are now", 250)] if case.framework.has_descriptors else ()),
        Column.text("Next level", width),
        _small("What the next level asks", 250),
        *([_small("Suggested actions", 380)] if case.framework.has_suggestions else ()),
        _small("Your own actions", 240),
        *([_small("Other councils already at the next level or above", 200)] if case.is_compared else ()),
    ]
    upper = [column.heading for column in columns].index("Next level")
    cells = [_step(case, row, number) for number, row in enumerate(rows, start=1)]
    sheet, _ = table_sheet(
        book,
        STEPS,
        _steps_note(case, rows),
        columns,
        cells,
        title=f"{STEPS}: where to go from here",
        frozen=3,
        has_filter=False,
        is_list=False,
    )
    for place, row in enumerate(rows, start=FIRST_ROW):
        for col, level in ((4, case.level(row) or 1), (upper, (case.level(row) or 1) + 1)):
            shade = styles.level_style(level, len(case.framework.levels))
            write_cell(sheet, place, col, layout.level_label(case.framework, level), "wrap", shade)
    sheet.raw.set_paper(8)


def _step(case: Case, row: Behaviour, number: int) -> list[Cell]:
    framework, answer = case.framework, case.assessment[row.code]
    level = case.level(row) or 1
    return [
        *(number, row.code, row.short_name, answer.priority),
        *(layout.level_label(framework, level), layout.level_label(framework, answer.target)),
        *([row.descriptor(level)] if framework.has_descriptors else ()),
        layout.level_label(framework, level + 1),
        row.descriptors[level],
        *([_listed(framework.suggestions_to(row.code, level + 1))] if framework.has_suggestions else ()),
        _own_actions(case, row),
        *([others_there(case, row, level + 1)] if case.is_compared else ()),
    ]


def _listed(actions: tuple[Action, ...]) -> str:
    said = [f"“{one.text}”" if one.is_published else one.text for one in actions]
    return "\n".join(f"• {text}" for text in said)


def _own_actions(case: Case, row: Behaviour) -> str:
    answer = case.assessment[row.code]
    due = long_date(answer.due_date) if answer.due_date else answer.due_text
    return "\n".join(
        filter(None, (answer.actions, answer.owner and f"Owner: {answer.owner}", due and f"Due: {due}"))
    )


def others_there(case: Case, row: Behaviour, level: int) -> str:
    """How many of all others, and of its own group of peers, are at a level or above."""
    nearest = case.view.nearest(row.code)
    groups = [case.view.groups[WHOLE], *([nearest] if nearest else [])]
    found = [(group, case.view.reached(group.kind, row.code, level)) for group in groups]
    return "\n".join(f"{own_group(group).capitalize()}: {reached}" for group, reached in found if reached)


def _steps_note(case: Case, rows: list[Behaviour]) -> str:
    if not any(case.level(row) is not None for row in case.framework.behaviours):
        return "You gave no current level, so no step can be suggested."
    if rows and not gave_targets(case):
        return (
            "You gave no target level, so these are the behaviours furthest below the median of all "
            "councils: a place to look, not a target."
        )
    if rows:
        return (
            "From the head of your action plan: High priority first, then the largest gap to your target. "
            + (wording.suggestions(case.framework) if case.framework.has_suggestions else "")
        )
    top = len(case.framework.levels)
    if all(case.level(row) in (None, top) for row in case.framework.behaviours):
        label = case.framework.level(top).label
        return f"Every level that you gave is {label}: there is no next level to reach."
    if gave_targets(case):
        return "No target is above its current level: what you aim for, you have reached."
    return "You gave no target level, and nothing stands below the median: choose where you want to go next."

"""The council's strengths, and its next steps with how many others have taken them."""

from __future__ import annotations

from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet, write_cell
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Action, Answer, Behaviour
from nps_xlsx.model.dates import long_date
from nps_xlsx.reports.feedback.case import FeedbackCase, own_group
from nps_xlsx.reports.feedback.chosen import CHOSEN, above, gave_targets, next_steps, strengths
from nps_xlsx.workbook import layout, wording

STRENGTHS, STEPS = "Strengths", "Next steps"


def _small(heading: str, width: int) -> Column:
    return Column(heading, width, ("text", "wrap", "small"))


# --- Strengths --------------------------------------------------------------------


def write_strengths(book: Book, case: FeedbackCase) -> None:
    """Where the council is furthest ahead, with what it does there."""
    behaviours = strengths(case)
    columns = [
        Column.count("No.", 52),
        Column.text("Ref", 76),
        Column.text("Key area", 160),
        Column.text("Behaviour", 200),
        Column.text("Your level", level_width(case.framework, 126)),
        *(_compared() if case.is_compared else ()),
        *([_small("What you do now", 460)] if case.framework.has_descriptors else ()),
    ]
    cells = [_strength(case, behaviour, number) for number, behaviour in enumerate(behaviours, start=1)]
    title, note = f"{STRENGTHS}: where you are furthest ahead", _strengths_note(case, len(behaviours))
    sheet, _ = table_sheet(
        book, STRENGTHS, note, columns, cells, title=title, frozen=4, has_filter=False, is_list=False
    )
    for row, behaviour in enumerate(behaviours, start=FIRST_ROW):
        shade = styles.level_style(case.level(behaviour) or 1, len(case.framework.levels))
        label = layout.level_label(case.framework, case.level(behaviour))
        write_cell(sheet, row, 4, label, "wrap", shade)


def _compared() -> list[Column]:
    median = Column.mean("All councils: median")
    return [median, Column.gap("Difference from the median"), Column.count("All councils: number")]


def _strength(case: FeedbackCase, behaviour: Behaviour, number: int) -> list[Cell]:
    framework, code = case.framework, behaviour.code
    level, figure = case.level(behaviour) or 1, case.view.figure(WHOLE, (LEVEL, code))
    names = [number, code, framework.area_by_code[code].sheet, behaviour.short_name]
    return [
        *names,
        layout.level_label(framework, level),
        *((figure.median, above(case, behaviour), figure.councils or None) if case.is_compared else ()),
        *([behaviour.descriptor(level)] if framework.has_descriptors else ()),
    ]


def _strengths_note(case: FeedbackCase, count: int) -> str:
    if not _gave_levels(case):
        return "You gave no current level, so there is nothing to rank."
    if not case.is_compared:
        return "There is nothing to compare with yet, so these are your highest levels."
    order = "The behaviours in which you are furthest above the median of all councils, or level with it"
    if count == 0:
        return "No behaviour stands out against the median of all yet. The next sheet says where to begin."
    if count < CHOSEN:
        return f"{order}: there {'is one' if count == 1 else f'are {count}'}."
    return f"{order}; among equals, the higher level first."


def _gave_levels(case: FeedbackCase) -> bool:
    return any(case.level(behaviour) is not None for behaviour in case.framework.behaviours)


# --- Next steps -------------------------------------------------------------------


def write_steps(book: Book, case: FeedbackCase) -> None:
    """What to do next: where it is, the next level, ideas for reaching it, and how many others are there."""
    behaviours, width = next_steps(case), level_width(case.framework, 122)
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
    cells = [_step(case, behaviour, number) for number, behaviour in enumerate(behaviours, start=1)]
    title, note = f"{STEPS}: where to go from here", _steps_note(case, behaviours)
    sheet, _ = table_sheet(
        book, STEPS, note, columns, cells, title=title, frozen=3, has_filter=False, is_list=False
    )
    for row, behaviour in enumerate(behaviours, start=FIRST_ROW):
        own = case.level(behaviour) or 1
        for col, level in ((4, own), (upper, own + 1)):
            shade = styles.level_style(level, len(case.framework.levels))
            write_cell(sheet, row, col, layout.level_label(case.framework, level), "wrap", shade)
    sheet.raw.set_paper(8)


def _step(case: FeedbackCase, behaviour: Behaviour, number: int) -> list[Cell]:
    framework, code = case.framework, behaviour.code
    answer, level = case.assessment[code], case.level(behaviour) or 1
    now, target, upper = (layout.level_label(framework, n) for n in (level, answer.target, level + 1))
    names = [number, code, behaviour.short_name, answer.priority]
    return [
        *names,
        now,
        target,
        *([behaviour.descriptor(level)] if framework.has_descriptors else ()),
        upper,
        behaviour.descriptors[level],
        *([_bullets(framework.suggestions_to(code, level + 1))] if framework.has_suggestions else ()),
        _own_actions(answer),
        *([others_there(case, behaviour, level + 1)] if case.is_compared else ()),
    ]


def _bullets(actions: tuple[Action, ...]) -> str:
    texts = [f"“{action.text}”" if action.is_published else action.text for action in actions]
    return "\n".join(f"• {text}" for text in texts)


def _own_actions(answer: Answer) -> str:
    due = long_date(answer.due_date) if answer.due_date else answer.due_text
    lines = (answer.actions, answer.owner and f"Owner: {answer.owner}", due and f"Due: {due}")
    return "\n".join(filter(None, lines))


def others_there(case: FeedbackCase, behaviour: Behaviour, level: int) -> str:
    """How many of all others, and of its nearest group of peers, are at a level or above."""
    lines = []
    for group in filter(None, (case.view.groups[WHOLE], case.view.nearest(behaviour.code))):
        if reached := case.view.reached(group.kind, behaviour.code, level):
            lines.append(f"{own_group(group).capitalize()}: {reached}")
    return "\n".join(lines)


def _steps_note(case: FeedbackCase, behaviours: list[Behaviour]) -> str:
    if not _gave_levels(case):
        return "You gave no current level, so no step can be suggested."
    if behaviours and not gave_targets(case):
        return (
            "You gave no target level, so these are the behaviours furthest below the median of all "
            "councils: a place to look, not a target."
        )
    if behaviours:
        return (
            "From the top of your action plan: High priority first, then the largest gap to your target. "
            + (wording.suggestions(case.framework) if case.framework.has_suggestions else "")
        )
    top = case.framework.levels[-1]
    if all(case.level(behaviour) in (None, top.number) for behaviour in case.framework.behaviours):
        return f"Every level that you gave is {top.label}: there is no next level to reach."
    if gave_targets(case):
        return "No target is above its current level: you have reached what you aim for."
    return "You gave no target level, and nothing is below the median: choose where you want to go next."

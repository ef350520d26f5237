"""The council's strengths, and its next steps with how many others have taken them."""

from __future__ import annotations

from nps_xlsx.excel.table import Column, TableSheet, filled
from nps_xlsx.excel.textfit import level_width
from nps_xlsx.figures.peers import LEVEL, WHOLE
from nps_xlsx.model import Action, Answer, Behaviour
from nps_xlsx.model.dates import in_words
from nps_xlsx.reports.feedback.case import FeedbackCase, own_group
from nps_xlsx.reports.feedback.chosen import CHOSEN, above, gave_targets, next_steps, strengths
from nps_xlsx.workbook import layout, wording

STRENGTHS, STEPS = "Strengths", "Next steps"


# --- Strengths --------------------------------------------------------------------


def strengths_sheet(case: FeedbackCase) -> TableSheet:
    """Where the council is furthest ahead, with what it does there."""
    framework, behaviours = case.framework, strengths(case)
    figures = [case.view.figure(WHOLE, (LEVEL, behaviour.code)) for behaviour in behaviours]
    columns = [
        Column.count("No.", range(1, len(behaviours) + 1), 52),
        Column.text("Ref", [behaviour.code for behaviour in behaviours], 76),
        Column.text("Key area", [framework.area_by_code[row.code].sheet for row in behaviours], 160),
        Column.text("Behaviour", [behaviour.short_name for behaviour in behaviours], 200),
        case.levels("Your level", [case.level(behaviour) for behaviour in behaviours], 126),
    ]
    if case.is_compared:
        columns += [
            Column.mean("All councils: median", [figure.median for figure in figures]),
            Column.gap("Difference from the median", [above(case, behaviour) for behaviour in behaviours]),
            Column.count("All councils: number", [figure.councils or None for figure in figures]),
        ]
    if framework.has_descriptors:
        now = [behaviour.descriptor(case.level(behaviour)) for behaviour in behaviours]
        columns.append(Column.small("What you do now", now, 460))
    title, note = f"{STRENGTHS}: where you are furthest ahead", _strengths_note(case, len(behaviours))
    return TableSheet(STRENGTHS, note, columns, title=title, frozen=4, has_filter=False, is_list=False)


def _strengths_note(case: FeedbackCase, count: int) -> str:
    if not _gave_levels(case):
        return "You gave no current level, so there is nothing to rank."
    if not case.is_compared and count:
        return "There is nothing to compare with yet, so these are your highest levels."
    order = "The behaviours in which you are furthest above the median of all councils, or level with it"
    if count == 0:
        return "No behaviour stands out yet. The next sheet says where to begin."
    if count < CHOSEN:
        return f"{order}: there {'is one' if count == 1 else f'are {count}'}."
    return f"{order}; among equals, the higher level first."


def _gave_levels(case: FeedbackCase) -> bool:
    return any(case.level(behaviour) is not None for behaviour in case.framework.behaviours)


# --- Next steps -------------------------------------------------------------------


def steps_sheet(case: FeedbackCase) -> TableSheet:
    """What to do next: where it is, the next level, ideas for reaching it, and how many others are there."""
    framework, behaviours = case.framework, next_steps(case)
    answers = [case.assessment[behaviour.code] for behaviour in behaviours]
    # The level that each is at (it has one, or would be no step), and the next.
    steps = [(behaviour, level, level + 1) for behaviour in behaviours if (level := case.level(behaviour))]
    targets = [layout.level_label(framework, answer.target) for answer in answers]
    columns = [
        Column.count("No.", range(1, len(behaviours) + 1), 52),
        Column.text("Ref", [behaviour.code for behaviour in behaviours], 70),
        Column.text("Behaviour", [behaviour.short_name for behaviour in behaviours], 170),
        Column.text("Priority", [answer.priority for answer in answers], 84),
        case.levels("Your level", [level for _, level, _ in steps], 122),
        Column.text("Your target", targets, level_width(framework, 122)),
    ]
    if framework.has_descriptors:
        now = [behaviour.descriptor(level) for behaviour, level, _ in steps]
        columns.append(Column.small("Where you are now", now, 250))
    columns += [
        case.levels("Next level", [upper for _, _, upper in steps], 122),
        Column.small("What the next level asks", [row.descriptors[level] for row, level, _ in steps], 250),
    ]
    if framework.has_suggestions:
        ideas = [_bullets(framework.suggestions_to(row.code, upper)) for row, _, upper in steps]
        columns.append(Column.small("Suggested actions", ideas, 380))
    objectives = [_objective(case, behaviour) for behaviour in behaviours]
    columns += filled(Column.small("Your objective for the key area", objectives, 200))
    columns.append(Column.small("Your own actions", map(_own_actions, answers), 240))
    if case.is_compared:
        there = [others_there(case, behaviour, upper) for behaviour, _, upper in steps]
        columns.append(Column.small("Other councils already at the next level or above", there, 200))
    title, note = f"{STEPS}: where to go from here", _steps_note(case, behaviours)
    return TableSheet(STEPS, note, columns, title=title, frozen=3, has_filter=False, is_list=False, a3=True)


def _bullets(actions: tuple[Action, ...]) -> str:
    return "\n".join(f"• {action.quoted}" for action in actions)


def _own_actions(answer: Answer) -> str:
    lines = (
        answer.actions,
        answer.owner and f"Owner: {answer.owner}",
        answer.due and f"Due: {answer.due}",
        answer.status and f"Status: {answer.status}",
        answer.review and f"Review: {answer.review}",
    )
    return "\n".join(filter(None, lines))


def _objective(case: FeedbackCase, row: Behaviour) -> str:
    """What the council aims for in the key area of a behaviour, and by when."""
    area = case.framework.area_by_code[row.code].code
    reach_by = in_words(case.assessment.head(area, "reach_by"))
    lines = (case.assessment.head(area, "objective"), reach_by and f"Reach it by: {reach_by}")
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

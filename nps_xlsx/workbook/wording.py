"""The workbook's fixed words, beside the framework's own: the builder writes and the ingester knows them.

Words in braces are filled in where they are written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from nps_xlsx.model import Framework
from nps_xlsx.model.dates import long_date


def capital(text: str) -> str:
    """A text that begins a sentence; no other letter of it changes, so that ``ICT`` stays what it is."""
    return text[:1].upper() + text[1:]


def listed(texts: Iterable[str]) -> str:
    """Each text on a line of its own, after a bullet."""
    return "\n".join(f"• {text}" for text in texts)


def to_reach(level: str, actions: Sequence[str]) -> str:
    """What stands in the cell of a level whose source says how it is reached, and not what it is."""
    return f"To reach {level}:\n{listed(actions)}" if actions else f"To reach {level}: no action is given."


def below(level: str) -> str:
    """What stands in the cell of the lowest level then."""
    return f"Not yet at {level}."


BACK, NEXT = "Back to {sheet}", "Next: {sheet}"
PROGRESS = "{answered} of {count} {behaviours} answered"

START_SECTIONS = YOUR_COUNCIL, HOW_TO, PROGRESS_SECTION, GOOD_TO_KNOW = (
    "Your council",
    "How to fill it in",
    "Sheets and progress",
    "Good to know",
)
TOTAL = "Total"

# --- Summary

SUMMARY_HEADINGS = (
    "Key area",
    "Behaviours",
    "Answered",
    "Level given",
    "Average current level",
    "Nearest level",
    "Target given",
    "Average target level",
    "Both given",
    "Average gap",
)
MOVEMENT_HEADINGS = ("Average last round", "Average movement")
SUMMARY_NOTE = (
    "{left_out} are left out of averages. The gap counts only behaviours with both levels, so it may differ "
    "from target minus current."
)


def left_out(framework: Framework) -> str:
    """What no average counts, to begin a sentence with."""
    called = framework.principle
    return (
        f"Blank rows, Not applicable and rows called “{called}”"
        if called
        else "Blank rows and Not applicable"
    )


MOVEMENT_NOTE = " Movement is averaged over behaviours with a level in both rounds."
LEVELS_KEY = "Levels: {levels}. An average halfway between two levels is named for the lower."
RADAR_TEXT = (
    "Radar chart: the average current level and the average target level of each key area. "
    "The figures are in the table above. A key area without answers stands at the centre."
)
GAPS_TEXT = (
    "Bar chart: the average gap between target and current level of each key area. "
    "The figures are in the table above."
)
RADAR_NOTE = "In the radar chart, an area at the centre has not been answered yet."
ALL_BEHAVIOURS, ALL_ASKED, THEME = "All behaviours", "All behaviours asked", "Theme: {name}"

# --- Action plan

PLAN_HEADINGS = {
    "ref": "Ref",
    "area_name": "Key area",
    "behaviour": "Specific behaviour",
    "current": "Current level",
    "target": "Target level",
    "step": "Next level to reach",
    "asks": "What that level requires",
    "suggested": "Suggested actions",
    "actions": "Our actions",
    "owner": "Owner",
    "due_date": "Due date",
    "priority": "Priority",
}
AS_ABOVE = "(see the row above)"
PLAN_NOTE = (
    "Filled in automatically: a row for every level between current and target, High priority first, then "
    "the largest gap{principles}. {own} on the assessment sheets. To print, choose the pages that are filled."
)


def plan_note(framework: Framework) -> str:
    """What the action plan holds: principles and suggestions are named only where there are any."""
    called, ideas = framework.principle, "Suggested actions are ideas to choose from; change your own"
    return PLAN_NOTE.format(
        principles=f"; rows called “{called}” are not included" if called else "",
        own=ideas if framework.has_suggestions else "Change your own actions",
    )


def suggestions(framework: Framework) -> str:
    """What the actions of a framework are, and where those in quotation marks are from."""
    source = f"the {framework.index.title}" if framework.index else "a published plan"
    steps = (step for steps in framework.actions.values() for step in steps)
    is_quoted = any(action.is_published for step in steps for action in step)
    quoted = f"; those in quotation marks are quoted from {source}" if is_quoted else ""
    return f"Suggested actions are ideas to choose from{quoted}."


PLAN_EMPTY = "Nothing to show yet: no behaviour has a target above its current level."

# --- Check before sending

CHECK_NOTE = (
    "Nothing here stops you from sending: a return with gaps is better than none. But each thing "
    "put right now saves a call later."
)
CHECK_HEADINGS = ("Sheet", "Ref", "Go to", "What to look at")
ALL_SHEETS = "All sheets"
MISSING_DETAILS = "Council details missing on Start here"
FILL_IN = "Fill in: {label}"
VERDICTS = READY, ONE_THING, THINGS = ("Ready to send", "1 thing to look at", "{count} things to look at")

# --- What to look at, in a marked-up copy

MARKS_HEADINGS = ("No.", "How much it matters", "Where", "Ref", "What was found", "What to do")
MARKS_ABOUT = (
    "This is a fresh copy of your workbook with your answers in it. Nothing in your own file was changed."
)
MARKS_COUNTS = "Listed below: {counts}."
MARKS_HOW = (
    "Each cell to look at has a heavy frame: choose its link below to go there, and put right what needs "
    "it. Then save this copy and send it back."
)
MARKS_ELSEWHERE = (
    "What could not be read at all is not in this copy. A sheet, row or column that was missing is here "
    "again, blank: please copy in what belongs there from your own file."
)

# --- The hidden sheet

LIST_HEADINGS = ("Levels", "Level names", "Priorities", "Yes or no")
LIST_CONSTANTS = ("ref", "area", "area_name", "theme", "behaviour", "scored", "value_code", "last")
LIST_FIGURES = (
    *("current", "target", "not_applicable", "answered", "gap", "movement", "weight", "sort", "first", "end"),
    *("actions", "owner", "due_date", "priority"),
)
"""The figures of each row on the hidden sheet, beside those of the rules."""
FORMER_LIST_FIGURES = ("unanswered", "no reason", "below", "lone target", "no owner", "early")
"""What the rules' figures were called in workbooks that were built before 0.9."""


def as_of(day: dt.date | None) -> str:
    """Of which day a document is, as a sentence that stands in it."""
    return (
        f"As of {long_date(day)}, the day of the newest return in it." if day else "No return in it is dated."
    )

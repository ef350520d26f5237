"""The workbook's fixed words besides the framework's: the builder writes them, the ingester recognises them.

Words in braces are filled in where they are written.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.dates import long_date
from nps_xlsx.workbook import layout


def capital(text: str) -> str:
    """A text with a capital first letter; all others stay, so that ``ICT`` stays as it is."""
    return text[:1].upper() + text[1:]


def listed(texts: Iterable[str]) -> str:
    """The texts as a bulleted list, one per line."""
    return "\n".join(f"• {text}" for text in texts)


def to_reach(level: str, actions: Sequence[str]) -> str:
    """The text for a level if the source says how to reach it but does not describe it."""
    return f"To reach {level}:\n{listed(actions)}" if actions else f"To reach {level}: no action is given."


def below(level: str) -> str:
    """The text for the lowest level then."""
    return f"Not yet at {level}."


PROSE = 140
"""Characters of a line below a table: what four columns of descriptors have room for."""


def prose(text: str) -> list[str]:
    """A text in lines, each for a cell of its own: no cell is merged, so none could hold a paragraph."""
    return [line for paragraph in text.split("\n") for line in textwrap.wrap(paragraph, PROSE)]


BACK, NEXT, START_LINK = "Back to {sheet}", "Next: {sheet}", "{sheet}"
PROGRESS = IN_PROGRESS, FINISHED = (
    "{answered} of {behaviours} answered",
    "Finished: {behaviours} answered",
)
STAMP = "Please leave the next line as it is: it says whose return this is."

# --- Assessment sheets

ABOUT_LINK = "About this key area"
PASTE = "Paste as text only: Ctrl+Shift+V, or into the formula bar."
BELOW_CURRENT = " – below the current level"
MORE_TEXT = " – more text than shows"
GIVE_REASON = " – please say why under Evidence"

# --- Start here

YOUR_COPY = "Your copy: {respondent}"
HEAD_LABELS = ("By when, to whom", "What it takes", "How far you are")
SEND_BACK = "Please send it back{by_and_to}."
BY_REPLY = " as a reply to the email that brought it"
EFFORT = "{behaviours} on {sheets}: about {time} in all. Split the work as you like."
START_SECTIONS = YOUR_COUNCIL, HOW_TO, PROGRESS_SECTION, GOOD_TO_KNOW = (
    "Your council",
    "How to fill it in",
    "Who has what, and how far it is",
    "Good to know",
)
PROGRESS_HEADINGS, THEME_HEADING = ("Sheet", "How far it is"), "Theme"
SHEETS_FOR = {
    layout.MARKS: "What to put right in this copy, with a link to each cell.",
    layout.ONE: "One behaviour, chosen by its Ref, in large type. It fills itself in.",
    layout.SUMMARY: "Averages, targets and gaps by key area. It fills itself in.",
    layout.PLAN: "Your actions, by priority, and what the next levels ask. It fills itself in.",
    layout.COMMITTEE: "One page to put before a committee. It fills itself in.",
    layout.REVIEW_SHEET: "Where the council's levels and the reviewer's differ. It fills itself in.",
    layout.CHECK: "What is still open, and how to send the workbook.",
}
"""What the sheets besides the assessment sheets are for."""


def counted(count: int, noun: str) -> str:
    """A number of things: 1 sheet, 11 sheets."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def hours(halves: int) -> str:
    """A number of half hours in words."""
    if halves < 4:
        return ("", "half an hour", "an hour", "an hour and a half")[halves]
    return f"{halves // 2}{' and a half' if halves % 2 else ''} hours"


SHEET_TITLE = "{sheet}: {whose}, round {round}"
"""The title of a sheet that is read or printed by itself."""

# --- One at a time

ONE_CHOOSE = "Choose a Ref"
ONE_PROMPT = (
    "Choose a Ref",
    "Pick one from the list, or type it: EC1, then EC2 and so on. The rows below show that behaviour.",
    "No such Ref",
    "Please choose one from the list.",
)
"""Title and text of the prompt, then of the error."""
ONE_NEXT, ONE_LAST = "Next: {ref}", "The last one"
ONE_BEHAVIOUR = "Behaviour"
ONE_UNKNOWN = "No row has this Ref: choose one from the list."
ONE_GO = "Go to {ref} on {sheet}"
ONE_HEADINGS = ("Level", "What it says", "Whose it is")
ONE_WHOSE = {
    "current": "Your level.",
    "target": "Your target.",
    "last": "Your level last round.",
    "reviewer": "The reviewer's level.",
}
"""What stands beside a level, by the figure on the hidden sheet that it is."""
WHOLE_TEXT = " … The whole text is in the row itself."
"""What follows the beginning of a text that is longer than there is room for."""


# --- Summary

SUMMARY_HEADINGS = {
    "name": "Key area",
    "current": "Average current level",
    "target": "Average target level",
    "gap": "Average gap",
    "basis": "Based on",
}
SUMMARY_COUNTS = {
    "behaviours": "Behaviours",
    "answered": "Answered",
    "given": "Level given",
    "targets": "Target given",
    "gaps": "Both given",
}
"""What the averages rest on: the counts to their right."""
AT_LEVEL, OR_ABOVE, BASIS = "At {level}", "{level} or above", "{given} of {behaviours} levels"
MOVEMENT_HEADINGS = ("Average last round", "Average movement")
HIGHEST, FURTHEST = ("Highest: ", " on average."), (" Furthest from target: ", " levels to gain on average.")
"""The words before a key area and after its figure, in the sentence above the table."""
AND, MORE = " and ", " more"
NO_LEADER = ("Nothing answered yet.", " No target to compare with yet.", " No key area is below its target.")
SUMMARY_NOTE = (
    "{left_out} are left out of averages. The gap counts only behaviours with both levels, so it may differ "
    "from target minus current."
)


def left_out(framework: Framework) -> str:
    """What averages leave out, as the beginning of a sentence."""
    called = framework.principle
    return (
        f"Blank rows, Not applicable and rows called “{called}”"
        if called
        else "Blank rows and Not applicable"
    )


MOVEMENT_NOTE = " Movement is averaged over behaviours with a level in both rounds."


def leaders() -> Iterator[str]:
    """What the sentence above the table says, with words filled in."""
    nothing, *no_gap = NO_LEADER
    highest, furthest = (f"{before}{{area}}, {{mean}}{after}" for before, after in (HIGHEST, FURTHEST))
    yield from (nothing, *(highest + rest for rest in (*no_gap, furthest)))


LEVELS_KEY = "Levels: {levels}."
LEVELS_TITLE = "Behaviours at each level"
LEVELS_TEXT = (
    "Stacked bar chart: how many behaviours of each key area are at each level. "
    "The counts are in the columns to its right."
)
LEVELS_ELSEWHERE = (
    "Stacked bar chart: how many behaviours of each key area are at each level. "
    "The counts are on the Summary."
)
BOTH_TITLE = "Current and target level, on average"
BOTH_TEXT = (
    "Bar chart: the average current level and the average target level of each key area. "
    "The figures are in the table above. A key area without answers has no bar."
)
GAPS_TITLE = "Gap between target and current level"
GAPS_TEXT = (
    "Bar chart: the average gap between target and current level of each key area. "
    "The figures are in the table above. A key area at its target, or without both levels, has no bar."
)
ALL_BEHAVIOURS, ALL_ASKED, THEME = "All behaviours", "All behaviours asked", "Theme: {name}"

# --- Action plan

PLAN_HEADINGS = {
    "priority": "Priority",
    "ref": "Ref",
    "behaviour": "Specific behaviour",
    "from": "From",
    "to": "To",
    "actions": "Our actions",
    "owner": "Owner",
    "due_date": "Due date",
    "status": "Status",
    "review_date": "Review date",
    "objective": "Objective of the key area",
    "reach_by": "Reach it by",
    "asks": "What the next level requires",
    "suggested": "Suggested actions",
}
NOT_ANSWERED, NO_TARGET, AT_TARGET = "Not answered", "No target yet", "At its target"
CONTINUED, CONTINUES = "(continued) ", "…"
"""Before a row's part of a text that began further up, and after one that goes on."""
NEXT_LEVEL = "{level}: {text}"
PLAN_LEAD = "{below} of {count} behaviours below target, {acting} of them with our own actions, {done} done."
PLAN_LONG = (
    "Long texts continue in further rows: this plan has {used}, of which the first {count} are printed and "
    "{most} shown. To print all, choose the rows and print the selection."
)
WHOLE_ELSEWHERE = "… (whole on its sheet)"
PLAN_NOTE = (
    "Filled in automatically: High priority first, then the largest gap; behaviours without a gap come last"
    "{principles}. {own} on the assessment sheets."
)


def plan_note(framework: Framework) -> str:
    """What the action plan contains: principles and suggestions are mentioned only if there are any."""
    called, ideas = framework.principle, "Suggested actions are ideas to choose from; change your own"
    return PLAN_NOTE.format(
        principles=f"; rows called “{called}” are not included" if called else "",
        own=ideas if framework.has_suggestions else "Change your own actions",
    )


def suggestions(framework: Framework) -> str:
    """What a framework's suggested actions are, and where those in quotation marks come from."""
    source = f"the {framework.index.title}" if framework.index else "a published plan"
    steps = (step for steps in framework.actions.values() for step in steps)
    is_quoted = any(action.is_published for step in steps for action in step)
    quoted = f"; those in quotation marks are quoted from {source}" if is_quoted else ""
    return f"Suggested actions are ideas to choose from{quoted}."


PLAN_EMPTY = "Nothing to plan yet: no behaviour has a target above its current level."

# --- Review

REVIEW_HEADINGS = (
    "Ref",
    "Specific behaviour",
    "Council's level",
    "Reviewer's level",
    "Difference",
    "In words",
    "Reviewer's comment",
)
REVIEWED_BY = "Reviewed by "
REVIEW_NOTE = (
    "It fills itself in from the reviewer's columns on the assessment sheets. A name leads to its evidence. "
    "{counted}"
)


def review_note(framework: Framework) -> str:
    """What the sheet Review contains, and what its counts leave out."""
    called = framework.principle
    counted = f"Rows called “{called}” are not counted." if called else "Every row is counted."
    return REVIEW_NOTE.format(counted=counted)


# --- Check before sending

VERDICTS = READY, ONE_THING, THINGS = (
    "Ready to send",
    "1 thing to look at; it does not stop you from sending",
    "{count} things to look at; none stops you from sending",
)
SEND = "To send it: save this workbook and attach the file to {email}{due}."
EMAIL_TO, REPLY = "an email to {address}", "a reply to the email that brought it"
FILE_NAME, KEEP_NAME = "The file's name: {name}", "Please keep the file's name as it is."
NEW_EMAIL = "New email to {address}"
CHECK_HEADINGS = ("Go to", "What to look at", "Sheet")
GO_TO = "{row}: {column}"
REST = "and {count} more, which appear as these are put right"
DISCUSS_HEADING = "To discuss: Yes under Discuss (not counted)"
ALL_SHEETS = "All sheets"
MISSING_DETAILS = "Council details missing on Start here"
FILL_IN = "Fill in: {label}"
_NAME_LENGTH = 43
"""Characters of a row's name in a link: with the longest heading it fits the column, if a little smaller."""


def row_name(row: Behaviour) -> str:
    """A row as a link names it: EC1 Procurement champions."""
    name = f"{row.code} {row.short_name}"
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1].rstrip()}…"


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

LIST_HEADINGS = ("Levels", "Level names", "Priorities", "Yes or no", "Level words", "Statuses", "Yes")
LIST_CONSTANTS = (
    "ref",
    "area",
    "area_name",
    "theme",
    "behaviour",
    "name",
    "row",
    "scored",
    "value_code",
    "last",
)
_SCORES = ("current", "target", "not_applicable", "answered", "gap", "movement")
LIST_PLAN = ("whole", "room", "pieces", "sort", "place", "first", "end", "strength", "acting", "due")
LIST_SHOWN = ("from", "to")
LIST_OWN = ("owner", "due_date", "priority", "status", "review_date")
LIST_HEAD = ("objective", "reach_by")
LIST_FIGURES = (*_SCORES, *LIST_SHOWN, "weight", *LIST_PLAN, *LIST_OWN, *LIST_HEAD)
"""The figures of each row on the hidden sheet, besides those of the rules."""
REVIEW_FIGURES = ("reviewer",)
"""Further figures, in review editions only."""
FORMER_LIST_FIGURES = ("unanswered", "no reason", "below", "lone target", "no owner", "early")
"""The former names of the rules' figures, in workbooks built before 0.9."""

FORMER_WORDS = (
    "Sheets and progress",
    "Total",
    "Nothing here stops you from sending: a return with gaps is better than none. But each thing "
    "put right now saves a call later.",
    "1 thing to look at",
    "{count} things to look at",
    "Nearest level",
    "In the radar chart, an area at the centre has not been answered yet.",
    "Levels: {levels}. An average halfway between two levels is named for the lower.",
    "What that level requires",
    "Next level to reach",
    "(see the row above)",
    "Is the due date right? It is before the date completed",
    "Nothing to show yet: no behaviour has a target above its current level.",
    "Filled in automatically: a row for every level between current and target, High priority first, then "
    "the largest gap{principles}. {own} on the assessment sheets. "
    "To print, choose the pages that are filled.",
)
"""What template 1 said and a newer one does not."""


def as_of(day: dt.date | None) -> str:
    """A sentence that says which day a document describes."""
    return (
        f"As of {long_date(day)}, the day of the newest return in it." if day else "No return in it is dated."
    )

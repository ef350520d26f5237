"""Where everything is in the workbook.

Pure data and arithmetic.  Rows and columns count from 0; ``cell_name`` turns them into
what Excel shows.  The ingester uses the headings, labels and codes from here, never the
positions: officers insert rows, sort and paste.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from nps_xlsx.model import NOT_APPLICABLE, Framework, KeyArea, LevelValue
from nps_xlsx.model.cells import cell_name

START = "Start here"
ONE = "One at a time"
SUMMARY = "Summary"
PLAN = "Action plan"
COMMITTEE = "Committee page"
REVIEW_SHEET = "Review"
"""A sheet of review editions only: where the council and its reviewer differ."""
CHECK = "Check before sending"
LISTS = "Lists"
MARKS = "What to look at"
"""A sheet of marked-up copies only: every problem with a link to its cell."""

LIVE_SHEETS = (ONE, SUMMARY, PLAN, COMMITTEE, REVIEW_SHEET, CHECK, LISTS, MARKS)
"""Sheets of formulas: they repeat answers from elsewhere, and nothing is read from them."""
START_STAMP, ONE_STAMP, SUMMARY_STAMP, PLAN_STAMP = "START", "ONE", "SUMMARY", "PLAN"
COMMITTEE_STAMP, REVIEW_STAMP, CHECK_STAMP, MARKS_STAMP = "COMMITTEE", "REVIEW", "CHECK", "MARKS"
LIVE_STAMPS = (
    ONE_STAMP,
    SUMMARY_STAMP,
    PLAN_STAMP,
    COMMITTEE_STAMP,
    REVIEW_STAMP,
    CHECK_STAMP,
    MARKS_STAMP,
)
"""What the stamps of the live sheets have in place of an area's code."""

NOT_APPLICABLE_LABEL = "Not applicable"
PRIORITIES = ("High", "Medium", "Low")
STATUSES = ("Not started", "On track", "Done")
YES_NO = ("Yes", "No")

LEVELS_NAME = "nps_levels"
LEVEL_WORDS_NAME = "nps_level_words"
LEVEL_NAMES_NAME = "nps_level_names"
PRIORITIES_NAME = "nps_priorities"
STATUSES_NAME = "nps_statuses"
YES_NO_NAME = "nps_yes_no"
YES_NAME = "nps_yes"
REFS_NAME = "nps_refs"


def reference(sheet: str, row: int, col: int, *, absolute: bool = False) -> str:
    """A cell of another sheet as a formula refers to it: ``'Start here'!B9``."""
    return f"'{sheet}'!{cell_name(row, col, absolute=absolute)}"


# --- Assessment sheets ------------------------------------------------------------


class Kind(StrEnum):
    """What a column of an assessment sheet holds."""

    REF = "ref"
    FIXED = "fixed"
    NAME = "name"
    LEVEL = "level"
    DESCRIPTOR = "descriptor"
    TEXT = "text"
    DATE = "date"
    PRIORITY = "priority"
    STATUS = "status"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the assessment table; ``width`` in pixels."""

    key: str
    heading: str
    kind: Kind
    width: int

    @property
    def is_input(self) -> bool:
        """Whether the officer fills it in."""
        return self.kind not in (Kind.REF, Kind.NAME, Kind.DESCRIPTOR, Kind.FIXED)


@dataclass(frozen=True, slots=True)
class Detail:
    """A label, and its answer in the cell to the right."""

    key: str
    label: str
    prefilled: bool = False
    required: bool = False
    kind: Kind = Kind.TEXT


HEAD = (
    Detail("answered_by", "Answered by (post)"),
    Detail("answered_on", "Date answered", kind=Kind.DATE),
    Detail("objective", "Objective"),
    Detail("reach_by", "Reach it by", kind=Kind.DATE),
)
"""What each assessment sheet asks in its head, about the key area as a whole."""

LAST_ROUND = Column("last_round", "Last round", Kind.FIXED, 80)
REVIEW = (
    Column("reviewer_level", "Reviewer's level", Kind.LEVEL, 106),
    Column("reviewer_comment", "Reviewer's comment", Kind.TEXT, 260),
)
_LEVELS = (
    Column("current", "Current level", Kind.LEVEL, 94),
    Column("target", "Target level", Kind.LEVEL, 94),
)
_EVIDENCE = Column("evidence", "Evidence and comments", Kind.TEXT, 300)
_PLANS = (
    Column("actions", "Actions", Kind.TEXT, 300),
    Column("owner", "Owner", Kind.TEXT, 120),
    Column("due_date", "Due date", Kind.DATE, 100),
    Column("priority", "Priority", Kind.PRIORITY, 80),
    Column("status", "Status", Kind.STATUS, 100),
    Column("review_date", "Review date", Kind.DATE, 100),
    Column("discuss", "Discuss", Kind.YES, 70),
)
INPUTS = (*_LEVELS, _EVIDENCE, *REVIEW, *_PLANS)
"""Every column to be filled in, by the council or by a reviewer."""
SINCE_2 = ("status", "review_date", "discuss")
"""The columns that workbooks of template 1 do not have."""

_DESCRIPTORS = 1035
"""Pixels for all descriptors of a row.

With the columns before them, a screen of 1,366 pixels shows five together at ``ZOOM`` per
cent, and A4 landscape prints them side by side at 75 per cent (7.5 points).
"""
ZOOM = 75


def assessment_columns(
    framework: Framework, *, with_last_round: bool = False, with_review: bool = False
) -> tuple[Column, ...]:
    """The columns of every assessment sheet, in order.

    Those up to the current level stay in view while the officer reads and writes along the
    row.  A prefilled workbook has the last round's level beside the current one; a workbook
    for a peer review has the reviewer's columns beside the evidence that they judge.
    """
    width = min(max(_DESCRIPTORS // len(framework.levels), 190), 300)
    return (
        Column("ref", "Ref", Kind.REF, 64),
        Column("behaviour", "Specific behaviour", Kind.NAME, 116),
        *((LAST_ROUND,) if with_last_round else ()),
        *_LEVELS,
        *(Column(f"level_{level.number}", level.label, Kind.DESCRIPTOR, width) for level in framework.levels),
        _EVIDENCE,
        *(REVIEW if with_review else ()),
        *_PLANS,
    )


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """Where things stand on one assessment sheet.

    Title, links and headings are frozen, in as few pixels as will do.  The guidance on the key
    area stands below the table: above it, it would fill a laptop's first screen.
    """

    area: KeyArea
    columns: tuple[Column, ...]

    TITLE_ROW = 0
    LINKS_ROW = 1
    NEXT_ROW = 2
    HEADING_ROW = 3
    FIRST_ROW = 4

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.area.sheet

    @property
    def frozen_columns(self) -> int:
        """How many columns stay in view: those up to the current level."""
        return self.column("current") + 1

    @property
    def last_row(self) -> int:
        """The row of the last behaviour."""
        return self.FIRST_ROW + len(self.area.rows) - 1

    def head_cell(self, key: str) -> tuple[int, int]:
        """The cell for one of the sheet's own inputs, by row and column; its label stands to the left.

        Raises:
            KeyError: there is no such input.
        """
        first = self.column("level_1")
        return {
            "answered_by": (self.TITLE_ROW, first + 1),
            "answered_on": (self.TITLE_ROW, first + 3),
            "objective": (self.TITLE_ROW, max(self.column("actions"), first + 6)),
            "reach_by": (self.TITLE_ROW, max(self.column("due_date"), first + 8)),
        }[key]

    def column(self, key: str) -> int:
        """The position of a column.

        Raises:
            KeyError: there is no such column.
        """
        for position, column in enumerate(self.columns):
            if column.key == key:
                return position
        raise KeyError(key)

    def row(self, ref: str) -> int:
        """The row of a behaviour.

        Raises:
            KeyError: the sheet has no such behaviour.
        """
        for row, behaviour in enumerate(self.area.rows, start=self.FIRST_ROW):
            if behaviour.code == ref:
                return row
        raise KeyError(ref)

    def reference(self, ref: str, key: str) -> str:
        """An answer's cell as a formula on another sheet refers to it."""
        return reference(self.name, self.row(ref), self.column(key), absolute=True)

    def column_range(self, key: str) -> str:
        """A column of the behaviours' rows as a formula on another sheet refers to it."""
        first, last = (
            cell_name(row, self.column(key), absolute=True) for row in (self.FIRST_ROW, self.last_row)
        )
        return f"'{self.name}'!{first}:{last}"

    def head_reference(self, key: str) -> str:
        """One of the sheet's own inputs as a formula on another sheet refers to it."""
        return reference(self.name, *self.head_cell(key), absolute=True)


def assessment_sheets(
    framework: Framework, *, with_last_round: bool = False, with_review: bool = False
) -> tuple[AssessmentSheet, ...]:
    """The assessment sheets in the workbook's order."""
    columns = assessment_columns(framework, with_last_round=with_last_round, with_review=with_review)
    return tuple(AssessmentSheet(area, columns) for area in framework.areas)


def sheet_names(framework: Framework, *, with_review: bool = False) -> tuple[str, ...]:
    """Every sheet of the workbook, in order, the hidden one last."""
    areas = (area.sheet for area in framework.areas)
    review = (REVIEW_SHEET,) if with_review else ()
    return (START, *areas, ONE, SUMMARY, PLAN, COMMITTEE, *review, CHECK, LISTS)


# --- Start here -------------------------------------------------------------------


REVIEW_DETAILS = (
    Detail("reviewed_by", "Reviewed by"),
    Detail("reviewed_on", "Date reviewed", kind=Kind.DATE),
)
"""Details that only review editions ask."""

DETAILS = (
    Detail("council", "Council", prefilled=True),
    Detail("gss_code", "GSS code", prefilled=True),
    Detail("round", "Round", prefilled=True),
    Detail("completed_by", "Completed by", required=True),
    Detail("role", "Role", required=True),
    Detail("department", "Department"),
    Detail("email", "Email", required=True),
    Detail("date_completed", "Date completed", required=True, kind=Kind.DATE),
    Detail("combined", "Combined council response?", kind=Kind.YES),
    Detail("may_be_named", "May we name you to councils that want to learn from you?", kind=Kind.YES),
    *REVIEW_DETAILS,
)
"""The council's details on the first sheet."""

DETAILS_FIRST_ROW = 7
DETAIL_LABEL_COLUMN = 0
DETAIL_ANSWER_COLUMN = 1


def detail_cell(key: str) -> tuple[int, int]:
    """The cell of one of the council's details on the first sheet, by row and column.

    Raises:
        KeyError: there is no such detail.
    """
    for row, detail in enumerate(DETAILS, start=DETAILS_FIRST_ROW):
        if detail.key == key:
            return row, DETAIL_ANSWER_COLUMN
    raise KeyError(key)


# --- Words in cells ---------------------------------------------------------------


def level_label(framework: Framework, level: LevelValue) -> str:
    """A level as the dropdown shows it; an empty text if nothing was answered."""
    if level is None:
        return ""
    return NOT_APPLICABLE_LABEL if level == NOT_APPLICABLE else framework.level(level).label


# --- Matching what came back ------------------------------------------------------


_BETWEEN_WORDS = re.compile(r"[\W_]+")  # one class of characters: linear


def heading_key(text: str) -> str:
    """A heading or label as it is compared: without case, spacing, dashes and punctuation."""
    return _BETWEEN_WORDS.sub(" ", text.casefold()).strip()


def columns_by_heading(columns: Iterable[Column]) -> dict[str, Column]:
    """Columns by their heading as it is compared."""
    return {heading_key(column.heading): column for column in columns}


_COPY = re.compile(r"^copy of |[ _]?\(?\d{1,2}\)?$", re.IGNORECASE)
"""What programs add to a copied sheet's name: ``Lists (2)``, ``Lists_2``, ``Copy of Lists``; not a year."""


def copied_from(name: str) -> str:
    """The name of the sheet that a sheet of this name is a copy of; its own if it is not a copy."""
    return _COPY.sub("", name)

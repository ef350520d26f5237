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
SUMMARY = "Summary"
PLAN = "Action plan"
CHECK = "Check before sending"
LISTS = "Lists"
MARKS = "What to look at"
"""A sheet of marked-up copies only: every problem with a link to its cell."""

LIVE_SHEETS = (SUMMARY, PLAN, CHECK, LISTS, MARKS)
"""Sheets of formulas: they repeat answers from elsewhere, and nothing is read from them."""
START_STAMP, SUMMARY_STAMP, PLAN_STAMP, CHECK_STAMP = "START", "SUMMARY", "PLAN", "CHECK"
MARKS_STAMP = "MARKS"
LIVE_STAMPS = (SUMMARY_STAMP, PLAN_STAMP, CHECK_STAMP, MARKS_STAMP)
"""What the stamps of the live sheets have in place of an area's code."""

NOT_APPLICABLE_LABEL = "Not applicable"
PRIORITIES = ("High", "Medium", "Low")
YES_NO = ("Yes", "No")

LEVELS_NAME = "nps_levels"
LEVEL_DIGITS_NAME = "nps_level_digits"
LEVEL_NAMES_NAME = "nps_level_names"
PRIORITIES_NAME = "nps_priorities"
YES_NO_NAME = "nps_yes_no"


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


LAST_ROUND = Column("last_round", "Last round", Kind.FIXED, 112)
REVIEW = (
    Column("reviewer_level", "Reviewer's level", Kind.LEVEL, 112),
    Column("reviewer_comment", "Reviewer's comment", Kind.TEXT, 330),
)
_LEVELS = (
    Column("current", "Current level", Kind.LEVEL, 112),
    Column("target", "Target level", Kind.LEVEL, 112),
)
_TEXTS = (
    Column("evidence", "Evidence and comments", Kind.TEXT, 330),
    Column("actions", "Actions", Kind.TEXT, 330),
    Column("owner", "Owner", Kind.TEXT, 160),
    Column("due_date", "Due date", Kind.DATE, 130),
    Column("priority", "Priority", Kind.PRIORITY, 96),
)
INPUTS = (*_LEVELS, *_TEXTS, *REVIEW)
"""Every column to be filled in, by the council or by a reviewer."""


def assessment_columns(
    framework: Framework, *, with_last_round: bool = False, with_review: bool = False
) -> tuple[Column, ...]:
    """The columns of every assessment sheet, in order.

    Those up to the target level stay in view while the officer reads along the
    descriptors.  A prefilled workbook has the last round's level beside the current one; a
    workbook for a peer review has the reviewer's columns at the end, where the frozen
    columns keep the self-assessment in view.
    """
    return (
        Column("ref", "Ref", Kind.REF, 62),
        Column("behaviour", "Specific behaviour", Kind.NAME, 168),
        *((LAST_ROUND,) if with_last_round else ()),
        *_LEVELS,
        *(Column(f"level_{level.number}", level.label, Kind.DESCRIPTOR, 296) for level in framework.levels),
        *_TEXTS,
        *(REVIEW if with_review else ()),
    )


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """Where things stand on one assessment sheet.

    The headings are frozen in the third row.  The guidance on the key area is the first
    row below them: the officer sees it first, and it scrolls out of the way (frozen above
    the headings it would take up half of a laptop's screen).
    """

    area: KeyArea
    columns: tuple[Column, ...]

    TITLE_ROW = 0
    STAMP_ROW = 1
    HEADING_ROW = 2
    GUIDE_ROW = 3
    FIRST_ROW = 4

    @property
    def name(self) -> str:
        """The sheet's name."""
        return self.area.sheet

    @property
    def frozen_columns(self) -> int:
        """How many columns stay in view: those up to the target level."""
        return self.column("target") + 1

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


def assessment_sheets(
    framework: Framework, *, with_last_round: bool = False, with_review: bool = False
) -> tuple[AssessmentSheet, ...]:
    """The assessment sheets in the workbook's order."""
    columns = assessment_columns(framework, with_last_round=with_last_round, with_review=with_review)
    return tuple(AssessmentSheet(area, columns) for area in framework.areas)


def sheet_names(framework: Framework) -> tuple[str, ...]:
    """Every sheet of the workbook, in order, the hidden one last."""
    return (START, *(area.sheet for area in framework.areas), SUMMARY, PLAN, CHECK, LISTS)


# --- Start here -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Detail:
    """One of the council's details on the first sheet: a label, and its answer to the right."""

    key: str
    label: str
    prefilled: bool = False
    required: bool = False


DETAILS = (
    Detail("council", "Council", prefilled=True),
    Detail("gss_code", "GSS code", prefilled=True),
    Detail("round", "Round", prefilled=True),
    Detail("completed_by", "Completed by", required=True),
    Detail("role", "Role", required=True),
    Detail("department", "Department"),
    Detail("email", "Email", required=True),
    Detail("date_completed", "Date completed", required=True),
    Detail("combined", "Combined council response?"),
)

START_STAMP_ROW = 2
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


def heading_key(text: str) -> str:
    """A heading or label as it is compared: without case, spacing, dashes and punctuation."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()  # one class of characters: linear


def columns_by_heading(columns: Iterable[Column]) -> dict[str, Column]:
    """Columns by their heading as it is compared."""
    return {heading_key(column.heading): column for column in columns}


_COPY = re.compile(r"^copy of |[ _]?\(?\d{1,2}\)?$", re.IGNORECASE)
"""What programs add to a copied sheet's name: ``Lists (2)``, ``Lists_2``, ``Copy of Lists``; not a year."""


def copied_from(name: str) -> str:
    """The name of the sheet that a sheet of this name is a copy of; its own if it is not a copy."""
    return _COPY.sub("", name)

"""Councils, and what comes back from them: places, problems, answers, assessments and returns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from nps_xlsx.model.content import LevelValue
from nps_xlsx.model.dates import long_date

# --- Councils ---------------------------------------------------------------------

FACTS = ("region", "council_type")
"""What every document groups councils by: the two facts that each register gives for every council."""


@dataclass(frozen=True, slots=True)
class Council:
    """A council (or combined authority) in the register."""

    gss_code: str
    name: str
    short_name: str
    council_type: str
    region: str
    nation: str
    alternative_names: tuple[str, ...] = ()
    former_codes: tuple[str, ...] = ()
    """Earlier codes of the same council."""
    is_principal: bool = True
    """Whether it is one of the principal councils, which ``--all`` builds for."""
    extra: Mapping[str, str] = field(default_factory=dict, compare=False)
    """What else the register says about it: its county, and any column that a user added."""

    def fact(self, column: str) -> str:
        """The group that a column of the register puts it in."""
        return str(getattr(self, column)) if column in FACTS else self.extra.get(column) or "Not given"


# --- What comes back --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: file, sheet, and cell as Excel shows it (``C7``)."""

    file: str = ""
    sheet: str = ""
    cell: str = ""


class Severity(StrEnum):
    """How much a problem matters: ``error`` (not used), ``warning`` (used, but look at it), ``note``."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a return: what was found, where, and what to do."""

    slug: str
    severity: Severity
    place: Place
    message: str
    advice: str
    refs: tuple[str, ...] = ()
    """The behaviours it is about: several where similar problems are reported once."""
    cells: tuple[str, ...] = ()
    """The cells it is about, as Excel shows them; ``place`` has the first."""
    values: tuple[str, ...] = ()
    """What was found in them."""
    field: str = ""
    """Which answer or detail it is about: the key of its column or label in the layout."""
    ask: str = ""
    """What to say to the council about it; empty where it need not know."""
    waived: str = ""
    """Why it was waived, if it was: it is still shown, but no longer counts."""

    @property
    def ref(self) -> str:
        """Its behaviours, as a list shows them."""
        return ", ".join(self.refs)

    @property
    def cell(self) -> str:
        """Its cells, as a list shows them."""
        return ", ".join(self.cells)

    @property
    def value(self) -> str:
        """What was found, as a list shows it."""
        return ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class Answer:
    """One council's answer to one row, with the place of its current level."""

    ref: str
    current: LevelValue = None
    target: LevelValue = None
    current_text: str = ""
    """The text in the cell of the current level."""
    target_text: str = ""
    current_between: bool = False
    """Whether that lies between two levels, so that the lower counts."""
    target_between: bool = False
    divided: str = ""
    """What several respondents gave as the current level, where they differ."""
    evidence: str = ""
    actions: str = ""
    owner: str = ""
    due_date: dt.date | None = None
    due_text: str = ""
    """The due date as written, where it could not be read as an exact date."""
    priority: str = ""
    status: str = ""
    """How far the actions are: one of ``layout.STATUSES``."""
    review_date: dt.date | None = None
    review_text: str = ""
    """The review date as written, where it could not be read as an exact date."""
    discuss: bool = False
    """Whether the council wants to talk about the row."""
    reviewer_level: LevelValue = None
    reviewer_comment: str = ""
    place: Place = field(default_factory=Place)
    refused: tuple[str, ...] = ()
    """The columns whose contents could not be used."""
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The cell of each column that the sheet has, by the column's key."""

    def where(self, key: str) -> Place:
        """The place of one of the answer's cells; if that is not known, of its current level."""
        return replace(self.place, cell=self.cells.get(key, self.place.cell))

    @property
    def gap(self) -> int | None:
        """Target less current, where both are levels."""
        if isinstance(self.current, int) and isinstance(self.target, int):
            return self.target - self.current
        return None

    def asks_for(self, number: int, furthest: int = 0) -> bool:
        """Whether a level is above the current one, and no higher than the target or than ``furthest``."""
        current, target = self.current, self.target
        return (
            isinstance(current, int) and isinstance(target, int) and current < number <= max(target, furthest)
        )

    @property
    def due(self) -> str:
        """The due date in words, or as it was written."""
        return long_date(self.due_date) if self.due_date else self.due_text

    @property
    def review(self) -> str:
        """The review date in words, or as it was written."""
        return long_date(self.review_date) if self.review_date else self.review_text

    @property
    def is_answered(self) -> bool:
        """Whether a current level or "not applicable" was given."""
        return self.current is not None

    @property
    def is_blank(self) -> bool:
        """Whether the council wrote nothing at all in the row."""
        return self == Answer(ref=self.ref, place=self.place)


@dataclass(frozen=True)
class Assessment:
    """One council's answers in a round; ``assessment[ref]`` is the one to a row, blank if there is none."""

    gss_code: str
    council: str
    round: str
    answers: tuple[Answer, ...]
    respondent: str = ""
    asked: tuple[str, ...] = ()
    """The codes of the rows that were asked, if not all were."""
    details: tuple[tuple[str, str], ...] = ()
    """What the council wrote on the first sheet, as (key, text): who completed it, when."""
    heads: tuple[tuple[str, str, str], ...] = ()
    """What it wrote about key areas, as (area's code, key, text): who answered it, its objective."""
    detail_places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    """Where each of the details stands."""
    head_places: Mapping[str, Mapping[str, Place]] = field(default_factory=dict, compare=False)
    """Where each text about a key area stands, by the area's code and then the key."""
    day: dt.date | None = field(default=None, compare=False)
    """Its date: the return's own, or the newest where several are combined."""

    def detail(self, key: str) -> str:
        """One of the council's details, or an empty text."""
        return dict(self.details).get(key, "")

    def head(self, area: str, key: str) -> str:
        """What the council wrote in the head of an area's sheet, or an empty text."""
        return next((text for code, name, text in self.heads if (code, name) == (area, key)), "")

    @cached_property
    def _by_ref(self) -> Mapping[str, Answer]:
        return {answer.ref: answer for answer in self.answers}

    def __getitem__(self, ref: str) -> Answer:
        return self._by_ref.get(ref) or Answer(ref)

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers)


@dataclass(frozen=True, slots=True)
class Received:
    """The mail that a file came in: who sent it, when, and under what subject."""

    sender: str = ""
    """The address alone, such as ``ann@example.gov.uk``."""
    sent_at: str = ""
    """When it was sent, in UTC, as ISO 8601 writes it; empty where the mail does not say."""
    subject: str = ""


class TextKind(StrEnum):
    """Where a text that is neither ours nor an answer stands."""

    NOTE = "cell note"
    COMMENT = "threaded comment"
    SHAPE = "text box"
    LINK = "link"
    HEADER = "header or footer"
    OVER = "over our words"
    COLUMN = "in a column of its own"
    BESIDE = "beside the table"
    LIVE = "on a sheet that fills itself in"
    SHEET = "on a sheet of its own"


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text in a return that is neither ours nor read as an answer."""

    place: Place
    kind: TextKind
    text: str
    author: str = ""
    """Who wrote a note or comment, according to the file."""


class Status(StrEnum):
    """What became of a file: every file handed in has one of these."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    BLANK = "blank"
    """Nothing is answered in it, so it never counts, whatever its date."""
    JOINED = "joined"
    """Its answers count together with a colleague's, in the return that it was joined to."""
    OTHER_ROUND = "other-round"
    """It belongs to another round than the one being read."""
    LATE = "late"
    """It came after the round was closed."""


@dataclass(frozen=True, slots=True)
class Return:
    """One file that came in: what it holds, or why it was refused."""

    source_file: str
    sha256: str
    status: Status
    assessment: Assessment | None = None
    problems: tuple[Problem, ...] = ()
    template_version: str = ""
    built_for: str = ""
    """The respondent whom the workbook was built for, by its stamp."""
    earlier: Assessment | None = None
    """The levels of an earlier round that a prefilled workbook shows beside the current ones."""
    saved_by: str = ""
    saved_at: str = ""
    """When the file was last saved, in UTC, according to the file; empty if it does not say."""
    received: Received | None = None
    """The mail that it came in, if any."""
    uncorrected: Assessment | None = None
    """What the council wrote, if a correction changed it."""
    reason: Problem | None = None
    """Why it does not count: it is among its problems too."""
    superseded_by: str = ""
    """The file that counts in place of a superseded one, or that a joined one counts in."""
    answers_present: int = 0
    """Rows in the file in which the council wrote something."""
    answers_refused: int = 0
    """Those of them that could not be used (an unreadable level, a doubled row)."""
    answers_joined: int = 0
    """Rows that count in it but stand only in files that were joined to it."""
    other_texts: tuple[OtherText, ...] = ()
    """What the council wrote where no answer is read."""
    supposed: Council | None = None
    """Which council a file without an assessment seems to be from, going by its name or its mail."""

    @property
    def gss_code(self) -> str:
        """The code of the council that it is from, or seems to be from; empty if nobody knows."""
        known = self.assessment or self.supposed
        return known.gss_code if known else ""

    @property
    def council(self) -> str:
        """That council's name."""
        if self.assessment is not None:
            return self.assessment.council
        return self.supposed.name if self.supposed else ""

    @property
    def counted(self) -> Assessment | None:
        """Its assessment, if the return is used."""
        return self.assessment if self.status is Status.ACCEPTED else None

    def with_problem(self, new: Problem) -> Return:
        """The same return with another problem, before the others."""
        return replace(self, problems=(new, *self.problems))

    @property
    def message(self) -> str:
        """Why it does not count, in words."""
        return self.reason.message if self.reason else ""

    @property
    def reasons(self) -> tuple[Problem, ...]:
        """Why it does not count, as among its problems, where it may have been waived."""
        why = self.reason
        return tuple(one for one in self.problems if why and (one.slug, one.place) == (why.slug, why.place))

    @property
    def written(self) -> Assessment | None:
        """What the council wrote, before any correction."""
        return self.uncorrected or self.assessment

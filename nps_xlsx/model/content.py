"""The published framework: levels, behaviours, key areas, and the words that go with them.

The words are the framework's own: a *behaviour* is one scored row, a *level* one of its
steps, a *descriptor* the text of a behaviour at a level.  How many levels, key areas and
behaviours there are is data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

NOT_APPLICABLE: Literal["NA"] = "NA"
"""The value of a level where the council says that a behaviour does not apply to it."""

LevelValue = int | Literal["NA"] | None
"""A level's number, ``"NA"`` for not applicable, or ``None`` where nothing was answered."""


# --- The framework ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """One step of the maturity scale, such as 3 Mature."""

    number: int
    name: str

    @property
    def label(self) -> str:
        """The words in dropdowns and headings: ``3 Mature``.

        There is no dash between them: LibreOffice turns space-hyphen-space into a dash as
        it is typed, and then refuses the value.
        """
        return f"{self.number} {self.name}"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One row to be answered: a specific behaviour, an enabler, or a high-level principle.

    ``descriptors`` holds one text per level, lowest first; where the source has none, it
    holds what it takes to reach the level.  ``value_code`` numbers the scored rows (1-59
    in the 2018 edition); it is ``None`` for a principle, which may be answered but stays
    out of every average.
    """

    code: str
    name: str
    short_name: str
    summary: str
    descriptors: tuple[str, ...]
    value_code: int | None
    has_descriptors: bool = True

    def descriptor(self, level: LevelValue) -> str:
        """What the source says about a council at this level, if anything; empty without a level."""
        return self.descriptors[level - 1] if isinstance(level, int) and self.has_descriptors else ""

    @property
    def is_scored(self) -> bool:
        """Whether the row counts in averages: principles do not."""
        return self.value_code is not None


@dataclass(frozen=True, slots=True)
class KeyArea:
    """A key area, or the enablers: one assessment sheet of the workbook."""

    code: str
    name: str
    sheet: str
    description: str
    what_it_is: str
    why_it_is_important: str
    principle: Behaviour | None
    behaviours: tuple[Behaviour, ...]
    footnote: str = ""

    @property
    def rows(self) -> tuple[Behaviour, ...]:
        """Every row of the sheet, the high-level principle first where there is one."""
        return self.behaviours if self.principle is None else (self.principle, *self.behaviours)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme and its key areas."""

    name: str
    key_areas: tuple[KeyArea, ...]


@dataclass(frozen=True, slots=True)
class Action:
    """A suggested action: what would take a council a step up."""

    text: str
    is_published: bool
    """Whether it is quoted from a published source, rather than our own."""

    @property
    def quoted(self) -> str:
        """Its text, in quotation marks if it is quoted."""
        return f"“{self.text}”" if self.is_published else self.text


Steps = tuple[tuple[Action, ...], ...]
"""The actions that take a council up to each level; none for the lowest."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What Excel shows beside a cell to be filled in, and what it says when it refuses an entry."""

    title: str
    text: str
    error_title: str = ""
    error_text: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled paragraph of the first sheet, and the kind of workbook it is for."""

    label: str
    text: str
    when: str = ""
    """``full``, ``part``, ``council``, ``respondent``, ``prefilled``, ``review``, ``protected``,
    ``unprotected``; empty for all."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the workbook says to the officer: texts by label, and prompts by column or detail."""

    title: str
    subtitle: str
    privacy: str
    """How answers are used and published, unless the analyst says otherwise."""
    before: tuple[Passage, ...]
    steps: tuple[Passage, ...]
    about: tuple[Passage, ...]
    words: Mapping[str, str]
    key_area_headings: Mapping[str, str]
    how: str
    prompts: Mapping[str, Prompt]
    former: tuple[str, ...] = ()
    """What the first sheet of earlier workbooks said: those are still ours."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the index: its behaviour, its letter, its name in the list and in the grid."""

    ref: str
    letter: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class MaturityIndex:
    """A published index of the behaviours of one key area."""

    title: str
    plan: str
    key_area: str
    fill_to: str
    """How far its grid is filled in: to each question's ``own`` target, or to the ``overall`` one."""
    note: str
    beyond: str
    """What it says about a step beyond a question's own target."""
    labels: Mapping[str, str]
    levels: tuple[str, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Framework:
    """One edition of the published framework, complete."""

    edition: str
    title: str
    short_title: str
    publisher: str
    published: str
    copyright: str
    levels: tuple[Level, ...]
    themes: tuple[Theme, ...]
    enablers: KeyArea | None
    guidance: Guidance
    actions: Mapping[str, Steps]
    """Suggested actions by the code of a behaviour; a framework may have none."""
    superseded: tuple[str, ...] = ()
    """Former texts of this edition, since corrected: workbooks that hold them are still ours."""
    good: int | None = None
    """The number of the level that is a good result; without one, nothing is counted against it."""
    targets: str = ""
    """What the framework says about the levels to aim for, in whole sentences, if anything."""
    subject: str = ""
    """What is assessed, as a word in titles: the "procurement" of "procurement action plan"."""
    index: MaturityIndex | None = None
    """A published index of one of its key areas, if it comes with one."""
    unthemed: tuple[KeyArea, ...] = ()
    """The key areas without a theme."""
    is_part: bool = False
    """Whether it holds only some of the edition's rows, for a short collection."""

    @property
    def initials(self) -> str:
        """What the names of its files begin with: the capitals of its short title, such as ``NPS``."""
        initials = "".join(re.findall(r"\b[A-Z]", self.short_title))
        return (initials or self.edition.upper())[:8]

    def only(self, codes: Iterable[str]) -> Framework:
        """The same framework with only these rows (by code, or all of an area by its code).

        Codes and value codes stay what they are, so that answers stay comparable.

        Raises:
            KeyError: there is no such row or area.
        """
        wanted = set()
        for code in codes:
            area = self.area_by_code[code]
            wanted |= {row.code for row in area.rows} if area.code == code else {code}
        themes = (replace(theme, key_areas=tuple(_some(theme.key_areas, wanted))) for theme in self.themes)
        unthemed = tuple(_some(self.unthemed, wanted))
        enablers = None if self.enablers is None else next(iter(_some([self.enablers], wanted)), None)
        kept = tuple(theme for theme in themes if theme.key_areas)
        return replace(self, themes=kept, unthemed=unthemed, enablers=enablers, is_part=True)

    @cached_property
    def key_areas(self) -> tuple[KeyArea, ...]:
        """The key areas of every theme, then those without one, in order; without the enablers."""
        return (*(area for theme in self.themes for area in theme.key_areas), *self.unthemed)

    @cached_property
    def areas(self) -> tuple[KeyArea, ...]:
        """The key areas, then the enablers: one per assessment sheet."""
        return self.key_areas if self.enablers is None else (*self.key_areas, self.enablers)

    @cached_property
    def scored_areas(self) -> tuple[KeyArea, ...]:
        """The areas that have behaviours: a short edition may have asked for a principle alone."""
        return tuple(area for area in self.areas if area.behaviours)

    @cached_property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """The scored rows in the order of their value codes."""
        return tuple(behaviour for area in self.areas for behaviour in area.behaviours)

    @cached_property
    def rows(self) -> tuple[Behaviour, ...]:
        """Every row that can be answered, principles included, in the workbook's order."""
        return tuple(row for area in self.areas for row in area.rows)

    @cached_property
    def row_by_code(self) -> dict[str, Behaviour]:
        """Rows by their code."""
        return {row.code: row for row in self.rows}

    @cached_property
    def area_by_code(self) -> dict[str, KeyArea]:
        """Areas by their own code (``EC``) and by the code of each of their rows (``EC1``)."""
        by_area = {area.code: area for area in self.areas}
        return by_area | {row.code: area for area in self.areas for row in area.rows}

    @property
    def principle(self) -> str:
        """What the key areas' ladders are called; an empty text if there are none."""
        return next((row.name for row in self.rows if not row.is_scored), "")

    def actions_to(self, code: str, level: int) -> tuple[Action, ...]:
        """The suggested actions that take a council from the level below up to this one."""
        steps = self.actions.get(code, ())
        return steps[level - 1] if level <= len(steps) else ()

    def suggestions_to(self, code: str, level: int) -> tuple[Action, ...]:
        """The actions to suggest besides what the level asks; none where it asks for these very actions."""
        return self.actions_to(code, level) if self.row_by_code[code].has_descriptors else ()

    @cached_property
    def has_suggestions(self) -> bool:
        """Whether there is any action to suggest."""
        return any(self.actions.get(row.code) for row in self.rows if row.has_descriptors)

    @cached_property
    def has_descriptors(self) -> bool:
        """Whether the source describes the levels of any row."""
        return any(row.has_descriptors for row in self.rows)

    def on_subject(self, words: str) -> str:
        """The words after the subject, if the framework has one: ``procurement action plan``."""
        return f"{self.subject} {words}".strip()

    @property
    def good_level(self) -> Level | None:
        """The level that is a good result, if the framework names one."""
        return None if self.good is None else self.level(self.good)

    def theme_name(self, area: KeyArea) -> str:
        """The name of an area's theme, empty without one; the enablers count as a theme of their own."""
        if area == self.enablers:
            return area.name
        theme = self.theme_of(area)
        return theme.name if theme else ""

    def theme_of(self, area: KeyArea) -> Theme | None:
        """The theme that a key area belongs to, if any; ``None`` for the enablers."""
        return next((theme for theme in self.themes if area in theme.key_areas), None)

    def level(self, number: int) -> Level:
        """The level with this number.

        Raises:
            KeyError: there is no such level.
        """
        for level in self.levels:
            if level.number == number:
                return level
        raise KeyError(number)


def _some(areas: Iterable[KeyArea], wanted: set[str]) -> Iterator[KeyArea]:
    """The areas with only their wanted rows; without areas that have none."""
    for area in areas:
        behaviours = tuple(row for row in area.behaviours if row.code in wanted)
        principle = area.principle if area.principle and area.principle.code in wanted else None
        if behaviours or principle:
            yield replace(area, behaviours=behaviours, principle=principle)

"""A paper for a committee or an appendix, described once: what a workbook and a Word document are made of.

Nothing here knows of Excel or Word.  A section says whether it is wide and on which sheet of
a workbook it stands; widths are millimetres of a page, A4.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nps_xlsx.model import Framework


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: its text, with words in bold above it where there are some."""

    text: str = ""
    lead: str = ""
    level: int = 0
    """The level in whose colour it stands; 0 for none."""
    labels: tuple[str, ...] = ()
    """Words that are set in bold, with the colon after them, where a line begins with one."""
    number: float | None = None
    """What the text says, for a workbook to reckon with."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: heading, width in millimetres, how its numbers look, the heading's level."""

    heading: str
    width: int
    look: str = "wrap"
    level: int = 0

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, which stand to the right."""
        return self.look != "wrap"


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of headings; ``title`` says to a screen reader what it holds."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    has_total: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """What each level of a principle or a behaviour says; the lead of a step is its level's name."""

    title: str
    steps: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """Current and target of one group in a chart, ``None`` where there is none."""

    label: str
    current: float | None
    target: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of current against target; it stands below the table that holds its figures.

    ``current`` and ``target`` are that table's columns, its first the labels.
    """

    title: str
    axis: str
    description: str
    bars: tuple[Bar, ...]
    current: int
    target: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a quiet one is a note."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts, each with its label."""

    items: tuple[tuple[str, str], ...]


Block = Table | Ladder | Chart | Paragraph | Facts


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it; ``sheet`` is where it stands in a workbook."""

    heading: str
    sheet: str
    blocks: tuple[Block, ...]
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper about one council in a round."""

    title: str
    subtitle: str
    subject: str
    framework: Framework
    opening: tuple[Block, ...] = field(default_factory=tuple)
    """What stands between the title and the first section."""
    sections: tuple[Section, ...] = ()

    @property
    def attribution(self) -> str:
        """Whose words it quotes."""
        return self.framework.copyright

"""A paper for a committee or an appendix, described once; a workbook and a Word document are made from it.

Nothing here knows about Excel or Word.  A section says whether it is wide and which sheet of a
workbook it is on; widths are millimetres of an A4 page.
"""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx.model import Framework


@dataclass(frozen=True, slots=True)
class Entry:
    """One cell of a table: its text, below a lead in bold if there is one."""

    text: str = ""
    lead: str = ""
    level: int = 0
    """The level whose colour it has; 0 for none."""
    labels: tuple[str, ...] = ()
    """Words set in bold, with the colon after them, at the start of a line."""
    number: float | None = None
    """The text as a number, for a workbook to calculate with."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: heading, width in millimetres, number style, the heading's level."""

    heading: str
    width: int
    look: str = "wrap"
    level: int = 0

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, which are aligned right."""
        return self.look != "wrap"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one row of headings; ``title`` describes it to a screen reader."""

    title: str
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Entry, ...], ...]
    has_total: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """What each level of a principle or behaviour says; the lead of a step is its level's name."""

    title: str
    steps: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """Current and target of one group in a chart; ``None`` if there is none."""

    label: str
    current: float | None
    target: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of current against target, below the table that holds the figures.

    ``current`` and ``target`` are headings of that table; its first column has the labels.
    """

    title: str
    axis: str
    description: str
    bars: tuple[Bar, ...]
    current: str
    target: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; a note is set more quietly."""

    text: str
    is_note: bool = False


@dataclass(frozen=True, slots=True)
class Particulars:
    """A list of texts, each with its label."""

    items: tuple[tuple[str, str], ...]


Block = Table | Ladder | Chart | Paragraph | Particulars


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what is below it; ``sheet`` is where it goes in a workbook."""

    heading: str
    sheet: str
    blocks: tuple[Block, ...]
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper about one council in a round."""

    title: str
    subtitle: str
    subject: str
    framework: Framework
    opening: tuple[Block, ...] = ()
    """What is between the title and the first section."""
    sections: tuple[Section, ...] = ()

    @property
    def attribution(self) -> str:
        """Whose words it quotes."""
        return self.framework.copyright

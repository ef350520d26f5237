"""What a row of formulas shows of a text that may be longer: its beginning, and that there is more.

A row does not grow when a formula fills it, and a text that is cut in silence would be taken for whole.
"""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx.model.cells import from_units, units
from nps_xlsx.workbook import wording


@dataclass(frozen=True, slots=True)
class Room:
    """The lines that a cell has for a text, and the letters that go into each."""

    lines: int
    letters: int
    more: str = wording.WHOLE_TEXT
    """What stands for the rest of the text: where it is whole."""

    @property
    def _size(self) -> int:
        return self.lines * self.letters

    def formula(self, text: str) -> str:
        """A formula for what fits of the text that another formula gives."""
        breaks = f'(LEN({text})-LEN(SUBSTITUTE({text},CHAR(10),"")))'
        beginning = f'LEFT(SUBSTITUTE({text},CHAR(10)," "),{self._kept})'
        fits = f"LEN({text})+{self.letters}*{breaks}<={self._size}"
        return f'IF({fits},{text}&"",{beginning}&"{self.more}")'

    def shown(self, text: str) -> str:
        """What the formula gives for a text."""
        counted = units(text)
        if len(counted) + self.letters * counted.count("\n") <= self._size:
            return text
        return from_units(counted.replace("\n", " ")[: self._kept]) + self.more

    @property
    def _kept(self) -> int:
        return self._size - len(self.more)

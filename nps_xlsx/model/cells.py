"""Cells as Excel shows them, and as rows and columns that count from 0."""

from __future__ import annotations

import functools
import re
import struct

ROW_LIMIT, COLUMN_LIMIT = 1_048_576, 16_384
"""Rows and columns of a sheet in Excel and LibreOffice."""

TEXT_LIMIT = 32_767
"""UTF-16 units that a cell of Excel holds."""

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@functools.cache
@functools.lru_cache(maxsize=65_536)
def cell_name(row: int, col: int, *, absolute: bool = False) -> str:
    """``(6, 2)`` as Excel shows it: ``C7``, or ``$C$7`` if absolute."""
    letters = ""
    number = col + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row + 1}" if absolute else f"{letters}{row + 1}"


@functools.cache
def column_number(letters: str) -> int:
    """The column that Excel calls by these letters: 0 for ``A``, 26 for ``AA``."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def position(cell: str) -> tuple[int, int]:
    """The row and column of ``C7``, ``(6, 2)``; anything else sorts before every cell, at ``(-1, -1)``."""
    match = _CELL.fullmatch(cell)
    return (int(match[2]) - 1, column_number(match[1])) if match else (-1, -1)


def units(text: str) -> str:
    """A text with a character for each UTF-16 unit: what Excel's LEN, LEFT and MID count."""
    if text.isascii():
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, struct.unpack(f"<{len(encoded) // 2}H", encoded)))


def from_units(text: str) -> str:
    """The text of so many UTF-16 units; a half of a pair that was cut is left out."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")

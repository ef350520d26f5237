"""How high a row must be for its text: measured, since Excel does not fit rows written by a program.

Widths are those of Helvetica, which Arial and Liberation Sans share, in thousandths of
the font size (Adobe's published font metrics).  Any other letter counts as wide.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from math import ceil

from nps_xlsx.excel.styles import BODY_SIZE, INDENT_PIXELS
from nps_xlsx.model import Framework

_WIDTHS = {
    letter: width
    for letters, width in (
        ("ijl‘’", 222),
        (" !,./:;I[]\\ft", 278),
        ("()-r`¹", 333),
        ("Jcksvxyz", 500),
        ("0123456789#$_abdeghnopqu?L£–€", 556),
        ("+<=>~", 584),
        ("FTZ", 611),
        ("ABEKPSVXY&", 667),
        ("CDHNRUw", 722),
        ("GOQ", 778),
        ("Mm", 833),
        ("'", 191),
        ("|", 260),
        ("{}", 334),
        ('"', 355),
        ("•", 350),
        ("*", 389),
        ("^", 469),
        ("%", 889),
        ("W", 944),
        ("@", 1015),
    )
    for letter in letters
}
_OTHER = 1000
_BOLD = 1.07  # Helvetica Bold runs 6 to 7 per cent wider over English text

_PIXELS_PER_POINT = 96 / 72
_CELL_PADDING = 7  # pixels that Excel and LibreOffice keep free at the sides of a cell
_LINE = 1.29  # line height over font size: Excel's 12.75 points for Arial 10, with a little to spare
_SHORT = 800  # characters: what comes again and again, from codes to descriptors, has fewer
_SLACK = 1.03  # screen text is set to whole pixels, and runs a little wider than printed text


def level_width(framework: Framework, least: int, size: float = BODY_SIZE) -> int:
    """The width in pixels of a column of levels: at least ``least``, and no word of a label is broken."""
    words = (word for level in framework.levels for word in level.label.split())
    return max(least, _room(words, size, bold=True))


def name_width(framework: Framework, least: int) -> int:
    """The width in pixels of a column of levels' names: at least ``least``, and each fits on one line."""
    return max(least, _room((level.name for level in framework.levels), BODY_SIZE, bold=False))


def _room(texts: Iterable[str], size: float, *, bold: bool) -> int:
    return ceil(max(map(_word_width, texts)) * _scale(size, bold=bold)) + _CELL_PADDING + INDENT_PIXELS


def _scale(size: float, *, bold: bool) -> float:
    """Pixels per thousandth of the font size in points."""
    return size * _PIXELS_PER_POINT * _SLACK * (_BOLD if bold else 1) / 1000


@cache
def _word_width(word: str) -> int:
    return sum(_WIDTHS.get(letter, _OTHER) for letter in word)


def _height(text: str, width: int, size: float, bold: bool) -> float:
    room = max(width - _CELL_PADDING, 1) / _scale(size, bold=bold)
    lines = sum(_lines(paragraph.split(" "), room) for paragraph in text.split("\n"))
    return lines * size * _LINE + 4


_remembered = lru_cache(maxsize=16_384)(_height)


def _lines(words: list[str], room: float) -> int:
    lines, used = 1, 0.0
    space = _WIDTHS[" "]
    for word in words:
        width = _word_width(word)
        if used and used + space + width > room:
            lines, used = lines + 1, 0.0
        if width > room:  # a word longer than the line is broken where the line ends
            lines += int(width // room)
            width = int(width % room)
        used += width + (space if used else 0)
    return lines


def text_height(text: str, width: int, size: float = 10, *, bold: bool = False) -> float:
    """The height in points of a text in a wrapped cell so many pixels wide, with a little room below it."""
    return (_remembered if len(text) < _SHORT else _height)(text, width, size, bold)

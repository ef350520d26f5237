"""A council's own actions, whole: where a text is longer than a row shows, the next rows continue it.

A formula cannot make its row grow.  A text is cut where a word ends, on or before every so many characters,
so that the number of its pieces follows from its length alone.  Of a text with many lines, line feeds
become ``/``, since each would take a line of the row.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil

from nps_xlsx.excel.book import clean_text
from nps_xlsx.model.cells import TEXT_LIMIT

WIDTH = 310
"""Pixels of the column."""
LINES, _PER_LINE = 7, 37
"""Lines of a row, and characters of ordinary text on a line."""
_FEEDS = 3
"""Line feeds that stay."""
_WORD = 40
"""Characters of a word that is kept whole."""
SPARE = 60
"""Further rows, for 15,000 characters."""

_FED = 'LEN({cell})-LEN(SUBSTITUTE({cell},CHAR(10),""))'
_JOIN, _TIGHT = " / ", " "


def _flat_formula(cell: str) -> str:
    joined, tight = (f'SUBSTITUTE({cell},CHAR(10),"{mark}")' for mark in (_JOIN, _TIGHT))
    return f'IF({cell}="","",IF({_FED.format(cell=cell)}>{_FEEDS},IFERROR({joined},{tight}),{cell}))'


FORMULAS = {
    "whole": _flat_formula("{own_actions}"),
    "room": f"{_PER_LINE}*({LINES}-({_FED.format(cell='{whole}')}))",
    "pieces": "MAX(1,ROUNDUP(LEN({whole})/{room},0))",
}
"""The text as it is shown, the characters of a piece, and how many pieces; a row's cells are in braces."""


def flat(text: str) -> str:
    """The text as it is shown."""
    text = clean_text(text)
    if text.count("\n") <= _FEEDS:
        return text
    joined = text.replace("\n", _JOIN)
    return joined if len(joined) <= TEXT_LIMIT else text.replace("\n", _TIGHT)


def room(shown: str) -> int:
    """The characters of a piece of a text that is shown."""
    return _PER_LINE * (LINES - shown.count("\n"))


def pieces(shown: str) -> list[str]:
    """The pieces of a text that is shown: at least one."""
    size, count = room(shown), max(1, ceil(len(shown) / room(shown)))
    cuts = [0, *(_cut(shown, size * number) for number in range(1, count)), len(shown)]
    return [shown[start:end] for start, end in pairwise(cuts)]


def _cut(shown: str, limit: int) -> int:
    window = shown[limit - _WORD : limit].replace("\n", " ")
    return limit - _WORD + (window.rfind(" ") + 1 or _WORD)


def cut_formula(text: str, size: str, number: str) -> str:
    """Where the piece of this number ends, if it is not the last."""
    limit = f"{number}*{size}-{_WORD}"
    window = f'SUBSTITUTE(MID({text},{limit}+1,{_WORD}),CHAR(10)," ")'
    spaces = f'{_WORD}-LEN(SUBSTITUTE({window}," ",""))'
    # CHAR(1) is in no text: XML does not take it.  Without a space there is nothing to substitute.
    return f'{limit}+IFERROR(FIND(CHAR(1),SUBSTITUTE({window}," ",CHAR(1),{spaces})),{_WORD})'

"""Texts that are shown whole: where one is longer than a row shows, the next rows continue it.

A formula cannot make its row grow.  A text is cut where a word ends, on or before every so many characters,
so that the number of its pieces follows from its length alone.  Of actions with many lines, line feeds
become ``/``, since each would take a line of the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil

from nps_xlsx.excel.book import clean_text
from nps_xlsx.model.cells import TEXT_LIMIT, from_units, units
from nps_xlsx.workbook import wording

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
    return joined if len(units(joined)) <= TEXT_LIMIT else text.replace("\n", _TIGHT)


def room(shown: str) -> int:
    """The characters of a piece of a text that is shown."""
    return _PER_LINE * (LINES - shown.count("\n"))


def pieces(text: str, size: int = 0) -> list[str]:
    """The pieces of a text, at least one; each has up to so many UTF-16 units, or as many as an action's."""
    counted, size = units(text), size or room(text)
    count = max(1, ceil(len(counted) / size))
    cuts = [0, *(_cut(counted, size * number) for number in range(1, count)), len(counted)]
    return [from_units(counted[start:end]) for start, end in pairwise(cuts)]


def _cut(text: str, limit: int) -> int:
    window = text[limit - _WORD : limit].replace("\n", " ")
    return limit - _WORD + (window.rfind(" ") + 1 or _WORD)


# --- The rows, each of which shows a piece


KEYS = ("index", "piece", "start", "end")
"""What a row knows: which text it shows, which piece of it, and where in it that starts and ends."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is filled at present: the place of its text among the texts, and which piece it is."""

    index: int
    piece: int
    texts: Sequence[str]

    @property
    def shown(self) -> str:
        """The piece, with the marks of one that began further up or goes on."""
        before = wording.CONTINUED if self.piece > 1 else ""
        after = wording.CONTINUES if self.piece < len(self.texts) else ""
        return f"{before}{self.texts[self.piece - 1]}{after}"


def rows(texts: Iterable[tuple[int, Sequence[str]]]) -> list[Row]:
    """The rows of texts in pieces, each text with its place among all."""
    return [Row(at, number, each) for at, each in texts for number in range(1, len(each) + 1)]


def knows(row: Row | None) -> dict[str, float | str]:
    """What a row knows at present."""
    if row is None:
        return {"index": 0, "piece": "", "start": "", "end": ""}
    ends = list(accumulate((len(units(text)) for text in row.texts), initial=0))
    return {"index": row.index, "piece": row.piece, "start": ends[row.piece - 1], "end": ends[row.piece]}


def formulas(number: int, cells: Mapping[str, str], above: str, held: Mapping[str, str]) -> dict[str, str]:
    """The formulas of what a row knows, which has these cells; ``above`` is the end in the row before.

    ``held`` has the cells of all texts' first and last rows, from the sheet's second row down, and
    formulas for the row's own text, the size of its pieces and their number.
    """
    index, piece, text = cells["index"], cells["piece"], held["text"]
    first, end = held["first"], held["last"]
    cut = _cut_formula(text, held["size"], piece)
    return {
        "index": f"SUMPRODUCT(({first}<={number})*({end}>={number})*ISNUMBER({first})*(ROW({first})-1))",
        "piece": f'IF({index}=0,"",{number}-INDEX({first},{index})+1)',
        "start": f'IF({index}=0,"",IF({piece}=1,0,{above}))',
        "end": f'IF({index}=0,"",IF({piece}={held["count"]},LEN({text}),{cut}))',
    }


def shown_formula(cells: Mapping[str, str], held: Mapping[str, str]) -> str:
    """The formula for the piece with its marks."""
    before = f'IF({cells["piece"]}>1,"{wording.CONTINUED}","")'
    after = f'IF({cells["piece"]}<{held["count"]},"{wording.CONTINUES}","")'
    return f"{before}&MID({held['text']},{cells['start']}+1,{cells['end']}-{cells['start']})&{after}"


def _cut_formula(text: str, size: str, number: str) -> str:
    """Where the piece of this number ends, if it is not the last."""
    limit = f"{number}*{size}-{_WORD}"
    window = f'SUBSTITUTE(MID({text},{limit}+1,{_WORD}),CHAR(10)," ")'
    spaces = f'{_WORD}-LEN(SUBSTITUTE({window}," ",""))'
    # CHAR(1) is in no text: XML does not take it.  Without a space there is nothing to substitute.
    return f'{limit}+IFERROR(FIND(CHAR(1),SUBSTITUTE({window}," ",CHAR(1),{spaces})),{_WORD})'

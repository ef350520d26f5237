"""How words in cells are compared, and the ways to write a level that take no pattern."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from nps_xlsx.model import Level

INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
SAYS_NOT_APPLICABLE = {"na", "n/a", "n a", "n.a", "n-a", "n\\a", "not applicable"}
NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven")
"""The levels in words; a framework has no more levels than these."""
NAME_LENGTH = 120
"""Characters of a level's name at most: no longer label is looked for among a return's headings."""

_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb"


@functools.lru_cache(maxsize=4_096)
def plain_text(text: str) -> str:
    """A short text as it is compared: without case, spacing, kinds of dash, and quotation marks around it."""
    # NFKC turns "2½" into "21⁄2", so the half is replaced first.
    halved = text.replace("½", ".5")
    folded = unicodedata.normalize("NFKC", INVISIBLE.sub("", halved)).casefold()
    return " ".join(_DASHES.sub("-", folded).split()).strip(_QUOTES + " ").rstrip(".").strip()


def level_spellings(level: Level) -> set[str]:
    """The ways to write a level that take no pattern: its label, name and number, in figures or words."""
    words = NUMBER_WORDS[level.number - 1 : level.number]
    return {str(level.number), *words, plain_text(level.name), plain_text(level.label)}


@functools.lru_cache(maxsize=8)
def spellings(levels: tuple[Level, ...]) -> Mapping[str, int]:
    """The numbers of the levels by the ways to write them."""
    return {spelling: level.number for level in levels for spelling in level_spellings(level)}

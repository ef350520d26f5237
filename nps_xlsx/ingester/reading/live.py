"""Sheets of formulas that only repeat what is answered elsewhere: three quarters of a workbook's cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.package import first_of, is_usual, relations_of, workbook_part
from nps_xlsx.ingester.reading.usual import shared_items
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.stamp import StampError, parse_stamp
from nps_xlsx.workbook.wording import LIST_HEADINGS

# No repeat gives back what it took, and each is followed by what it cannot take: linear.
_ADDRESS, _ATTRIBUTES = rb'<c r="[A-Z]{1,3}+[0-9]{1,7}+"', rb'(?: [a-z]{1,9}+="[^"<>]*+")*+'
_FORMULA = re.compile(
    rb"%b%b><f%b(?:/>|>[^<]*+</f>)(?:<v(?: ?/>|>[^<]*+</v>))?+</c>" % (_ADDRESS, _ATTRIBUTES, _ATTRIBUTES)
)
_SHARED = re.compile(rb'%b(?: s="[0-9]{1,5}+")?+ t="s"(?: s="[0-9]{1,5}+")?+><v>([0-9]{1,7}+)</v>' % _ADDRESS)
_STAMP_WORDS = b" | template "


def without_repeats(parts: Parts) -> Parts:
    """The parts of a workbook, its live sheets without the cells of formulas, all but the first of each.

    A live sheet is known by its stamps, or by the headings of the hidden lists, and never by its name: what
    stands on any other sheet may be an answer.  Where anything is unusual, a sheet stays as it is.
    """
    relations = relations_of(parts, workbook_part(parts))
    items = shared_items(parts.get(first_of(relations, "sharedStrings"), b""))
    if items is None:
        return parts
    texts = {number: _text(item) for number, item in enumerate(items) if _STAMP_WORDS in item.lower()}
    stamps = {number: sheet for number, text in texts.items() if (sheet := _sheet_of(text)) is not None}
    sheets = {relation.part for relation in relations.values() if relation.kind == "worksheet"}
    return {
        name: _reduced(part) if name in sheets and _is_live(part, items, stamps) else part
        for name, part in parts.items()
    }


def _sheet_of(text: str) -> str | None:
    """The sheet that a stamp names, empty where it is damaged; ``None`` for any other text."""
    try:
        stamp = parse_stamp(text)
    except StampError:
        return ""
    return stamp.sheet if stamp else None


def _text(item: bytes) -> str:
    try:
        return "".join(ElementTree.fromstring(b"<si>" + item).itertext())  # noqa: S314 - of a usual part
    except ElementTree.ParseError:
        return ""


def _is_live(part: bytes, items: Sequence[bytes], stamps: Mapping[int, str]) -> bool:
    """Whether all stamps of a sheet are live ones, or where it has none, the lists' headings begin it."""
    if not is_usual(part) or _STAMP_WORDS in part.lower():
        return False
    shared = [int(number) for number in _SHARED.findall(part)]
    if len(shared) != part.count(b't="s"'):
        return False
    named = {stamps[number] for number in stamps.keys() & set(shared)}
    if named:
        return named <= set(layout.LIVE_STAMPS)
    first = shared[: len(LIST_HEADINGS)]
    return max(first, default=0) < len(items) and [_text(items[n]) for n in first] == list(LIST_HEADINGS)


def _reduced(part: bytes) -> bytes:
    """A sheet with one formula, so that it is still seen to be of formulas, and whatever is none."""
    first = _FORMULA.search(part)
    return part[: first.end()] + _FORMULA.sub(b"", part[first.end() :]) if first else part

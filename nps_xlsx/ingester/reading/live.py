"""Sheets of formulas that only repeat what is answered elsewhere: three quarters of a workbook's cells."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from html import escape, unescape

from nps_xlsx.ingester.ours import IN_LIST
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.package import first_of, is_usual, relations_of, workbook_part
from nps_xlsx.ingester.reading.usual import shared_items
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.stamp import StampError, parse_stamp
from nps_xlsx.workbook.wording import LIST_HEADINGS

# No repeat gives back what it took, and each is followed by what it cannot take: linear.
_ADDRESS = rb'<c r="[A-Z]{1,3}+[0-9]{1,7}+"'
_FORMULA = re.compile(
    rb'<c r="[^<>]*+><f[^<>]*+>(?:(?<=/>)|[^<]*+</f>)(?:<v[^<>]*+>(?:(?<=/>)|[^<]*+</v>))?+</c>'
)
_SHARED = re.compile(rb'%b(?: s="[0-9]{1,5}+")?+ t="s"(?: s="[0-9]{1,5}+")?+><v>([0-9]{1,7}+)</v>' % _ADDRESS)
_CONSTANT = re.compile(
    rb'%b(?: s="[0-9]{1,5}+")?+( t="s")?+(?: s="[0-9]{1,5}+")?+><v>([0-9]{1,7}+)</v></c>' % _ADDRESS
)
_PLACE = re.compile(rb'<c r="([A-Z]{1,3}+[0-9]{1,7}+)"')
_TOP_LEFT = [b"A1", b"B1", b"C1", b"D1"]
_STAMP_WORDS, _END_OF_ROW, _END_OF_CELL = b" | template ", b"</row>", b"</c>"
_END = 16_384
"""Bytes at either end of a sheet in which its stamp is looked for, and the headings of the lists: in its
first rows, as in template 1, or its last."""
_FIRST_HEADING = f"<t>{LIST_HEADINGS[0]}</t></si>".encode()


def without_repeats(parts: Parts, ours: frozenset[str] = frozenset()) -> Parts:
    """The parts of a workbook, its live sheets without the cells of formulas, all but the first of each.

    A live sheet is known by its stamps, or by the headings of the hidden lists, and never by its name: what
    stands on any other sheet may be an answer.  From the lists, numbers and ``ours`` are taken out as well.
    Where anything is unusual, a sheet stays as it is.
    """
    relations = relations_of(parts, workbook_part(parts))
    items = shared_items(parts.get(first_of(relations, "sharedStrings"), b""))
    if items is None:
        return parts
    texts = {number: _text(item) for number, item in enumerate(items) if _STAMP_WORDS in item}
    stamps = {number: sheet for number, text in texts.items() if (sheet := _sheet_of(text)) is not None}
    marks = [number for number, sheet in stamps.items() if sheet in layout.LIVE_STAMPS]
    marks += [number for number, item in enumerate(items) if item == _FIRST_HEADING]
    short = dict(parts)
    for name in {relation.part for relation in relations.values() if relation.kind == "worksheet"}:
        part = parts.get(name, b"")
        ends = part[:_END] + part[-_END:]
        if any(b"<v>%d</v>" % number in ends for number in marks):
            short[name] = _shortened(part, items, stamps, ours) or part
    return short


def _shortened(
    part: bytes, items: Sequence[bytes], stamps: Mapping[int, str], ours: frozenset[str]
) -> bytes | None:
    """A live sheet without what it repeats; ``None`` if it is not one."""
    short = _without_formulas(part)
    shared = [int(number) for number in _SHARED.findall(short)]
    is_plain = short.count(b"<c ") == short.count(b'<c r="') and len(shared) == short.count(b't="s"')
    if not is_plain or not is_usual(short) or _STAMP_WORDS in part:
        return None
    named = {stamps[number] for number in stamps.keys() & set(shared)}
    if named:
        return short if named <= set(layout.LIVE_STAMPS) else None
    return _without_ours(short, set(shared), items, ours) if _are_lists(short, shared, items) else None


def _are_lists(part: bytes, shared: Sequence[int], items: Sequence[bytes]) -> bool:
    """Whether a sheet begins with the headings of the hidden lists."""
    first = shared[: len(LIST_HEADINGS)]
    places = _PLACE.findall(part[: part.find(_END_OF_ROW)])[: len(_TOP_LEFT)]
    is_there = places == _TOP_LEFT and max(first, default=0) < len(items)
    return is_there and tuple(_text(items[number]) for number in first) == LIST_HEADINGS


def _sheet_of(text: str) -> str | None:
    """The sheet that a stamp names, empty where it is damaged; ``None`` for any other text."""
    try:
        stamp = parse_stamp(text)
    except StampError:
        return ""
    return stamp.sheet if stamp else None


def _text(item: bytes) -> str:
    """The text of a shared string; empty if it has several fonts."""
    plain = item.removesuffix(b"</t></si>").removeprefix(b"<t>")
    return "" if b"<" in plain else unescape(plain.decode("utf-8", "replace"))


def _without_formulas(part: bytes) -> bytes:
    """A sheet with one formula, so that it is still seen to be of formulas, and whatever is none."""
    first = _FORMULA.search(part)
    return part[: first.end()] + _FORMULA.sub(b"", part[first.end() :]) if first else part


def _without_ours(part: bytes, shared: set[int], items: Sequence[bytes], ours: frozenset[str]) -> bytes:
    """The lists after their first headings without numbers and what is ours."""
    known = _items_of(ours)
    others = (number for number in shared if number >= len(items) or items[number] not in known)
    theirs = {number for number in others if not IN_LIST.match(_text(items[number]))}

    def kept(cell: re.Match[bytes]) -> bytes:
        return cell[0] if cell[1] and int(cell[2]) in theirs else b""

    end = part.index(_END_OF_CELL, part.index(b'<c r="%b"' % _TOP_LEFT[-1]))
    return part[:end] + _CONSTANT.sub(kept if theirs else b"", part[end:])


@functools.lru_cache(maxsize=2)
def _items_of(ours: frozenset[str]) -> frozenset[bytes]:
    """The same as shared strings."""
    return frozenset(f"<t>{escape(text, quote=False)}</t></si>".encode() for text in ours)

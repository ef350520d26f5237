"""Copies of a workbook that differ in a few texts: it is made once, with slots, which each copy fills.

XlsxWriter takes a quarter of a second for a workbook of ours.  Two councils' copies differ only in
their shared strings (a name, a code, the stamps) and in two document properties; every other part
is the same to the byte, and goes into a copy as it was deflated.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable
from functools import partial

from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import _preserve_whitespace
from xlsxwriter.xmlwriter import XMLwriter

from nps_xlsx.excel.book import SLOTS, Book, clean_text
from nps_xlsx.excel.parts import property_text
from nps_xlsx.excel.zipped import LEVEL, Archive, Member, members_of, tightened

Fill = Callable[[str], str]
"""From a text with slots to the text of one copy."""


class Master:
    """A finished workbook, of which copies are made.

    Raises:
        RuntimeError: there is a slot where copies cannot fill it, which is our mistake.
    """

    def __init__(self, book: Book) -> None:
        shown: dict[str, Callable[[Fill], bytes]] = {}
        if book.slotted:
            shown["xl/sharedStrings.xml"] = lambda fill: _shared(map(fill, book.slotted))
        for name, text in (("docProps/core.xml", book.title), ("docProps/custom.xml", book.stamp)):
            if SLOTS.search(text):
                shown[name] = partial(_property, text)
        members = list(members_of(tightened(book.to_bytes())))
        constant = [member for member in members if member.name not in shown]
        for member in constant:
            _refuse_slots(member.name, member.content())
        self._constant = Archive().plus(constant)
        self._varying = [
            _Part(member.name, member.content(), shown[member.name])
            for member in members
            if member.name in shown
        ]

    def copy(self, fill: Fill) -> bytes:
        """One copy; the same texts give the same bytes."""
        return self._constant.plus(part.filled(fill) for part in self._varying).to_bytes()


class _Part:
    """A part with a run of texts that vary; what goes before them is deflated only once."""

    def __init__(self, name: str, content: bytes, shown: Callable[[Fill], bytes]) -> None:
        self._name, self._shown = name, shown
        before, run, self._after = content.rpartition(shown(str))
        if not run:
            raise RuntimeError(f"{name} does not hold its texts with slots in one run")
        _refuse_slots(name, before + self._after)
        self._crc, self._size = zlib.crc32(before), len(before)
        self._compressor = zlib.compressobj(LEVEL, wbits=-15)
        self._deflated = self._compressor.compress(before)

    def filled(self, fill: Fill) -> Member:
        rest = self._shown(fill) + self._after
        compressor = self._compressor.copy()
        deflated = self._deflated + compressor.compress(rest) + compressor.flush()
        return Member(self._name, deflated, zlib.crc32(rest, self._crc), self._size + len(rest))


def _refuse_slots(name: str, content: bytes) -> None:
    if SLOTS.search(content.decode()):
        raise RuntimeError(f"{name} holds a slot that no copy would fill")


def _shared(texts: Iterable[str]) -> bytes:
    """The texts as shared strings, each of its own."""
    writer = SharedStrings()
    writer.fh = io.StringIO()
    for text in map(clean_text, texts):
        shown = writer._escape_control_characters(text)
        writer._xml_si_element(shown, [("xml:space", "preserve")] if _preserve_whitespace(shown) else [])
    return str(writer.fh.getvalue()).encode()


def _property(text: str, fill: Fill) -> bytes:
    """A text as a document property."""
    writer = XMLwriter()
    escaped = writer._escape_data(property_text(fill(text)))
    return str(writer._escape_control_characters(escaped)).encode()

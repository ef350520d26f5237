"""What an OpenDocument spreadsheet holds beside its cells: notes, text boxes, links, headers and footers."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.grids import Aside
from nps_xlsx.ingester.reading.asides import PART_LIMIT, leads_outside
from nps_xlsx.ingester.reading.spreadsheetml import local
from nps_xlsx.model import TextKind
from nps_xlsx.model.cells import cell_name

_DRAWING = "xmlns:drawing:1.0"
_FIELDS = {"sheet-name", "page-number", "page-count", "title", "date", "time", "file-name"}
"""What a program fills in itself in a header or footer; it writes a sample of it into the file."""


class _Walker:
    """Walks content.xml, counting rows and columns, and collects what is no cell's own text."""

    def __init__(self) -> None:
        self.found: list[Aside] = []
        self._sheet = ""
        self._row = self._col = 0
        self._row_repeat = self._repeat = 1
        self._inside: list[str] = []
        """The elements of the note or drawing that is being walked through, outermost first."""
        self._words: list[str] = []
        self._author = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if self._inside or name == "annotation" or namespace.endswith(_DRAWING):
            if not self._inside:
                self._words, self._author = [], ""
            self._inside.append(name)
            if name in ("p", "line-break"):
                self._words.append("\n")
        elif name == "table":
            self._sheet, self._row = _named(attributes, "name"), 0
        elif name == "table-row":
            self._col, self._row_repeat = 0, _count(attributes, "number-rows-repeated")
        elif name in ("table-cell", "covered-table-cell"):
            self._repeat = _count(attributes, "number-columns-repeated")
        elif name == "a":
            address = _named(attributes, "href")
            if leads_outside(address):
                self._add(TextKind.LINK, address)

    def text(self, text: str) -> None:
        if "creator" in self._inside:
            self._author += text
        elif "p" in self._inside and "table" not in self._inside:  # a chart carries its figures along
            self._words.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._inside:
            outermost = self._inside[0]
            self._inside.pop()
            if not self._inside:
                kind = TextKind.NOTE if outermost == "annotation" else TextKind.SHAPE
                self._add(kind, "".join(self._words), self._author.strip())
        elif name in ("table-cell", "covered-table-cell"):
            self._col += self._repeat
        elif name == "table-row":
            self._row += self._row_repeat

    def _add(self, kind: TextKind, text: str, author: str = "") -> None:
        if text.strip():
            cell = cell_name(self._row, self._col)
            self.found.append(Aside(self._sheet, cell, kind, text.strip(), author))


def _named(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _count(attributes: dict[str, str], name: str) -> int:
    text = _named(attributes, name)
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1


def asides_of(content: bytes) -> tuple[tuple[Aside, ...], tuple[str, ...]]:
    """What stands beside the cells, and the names of the parts of which not all of it could be read."""
    walker = _Walker()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    broken: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            parser.Parse(archive.read("content.xml"), True)
        except (KeyError, ExpatError):
            broken.append("content.xml")
        try:
            headers = list(_headers(archive))
        except (KeyError, ValueError, ParseError, DefusedXmlException):
            headers, broken = [], [*broken, "styles.xml"]
    return (*walker.found, *headers), tuple(broken)


def _headers(archive: zipfile.ZipFile) -> Iterator[Aside]:
    """The words of headers and footers, which are not of one sheet but of a style of page."""
    if "styles.xml" not in archive.namelist():
        return
    if archive.getinfo("styles.xml").file_size > PART_LIMIT:
        raise ValueError("a part that is too large to be looked into")
    for node in ElementTree.fromstring(archive.read("styles.xml")).iter():
        if local(node.tag) in ("header", "header-left", "footer", "footer-left"):
            sampled = {
                id(part) for field in node.iter() if local(field.tag) in _FIELDS for part in field.iter()
            }
            said = [
                text
                for part in node.iter()
                for text in ("" if id(part) in sampled else part.text, "" if part is node else part.tail)
            ]
            words = " ".join("".join(filter(None, said)).split())
            if words:
                yield Aside("", "", TextKind.HEADER, words)

"""OpenDocument spreadsheets (.ods), read by our own walk through their content.

calamine fails on white space between cells, which is allowed and which some writers leave there,
loses tabs without a word, and gives blanks for errors (https://github.com/tafia/calamine/issues/720);
odfpy takes half a second a file.
"""

from __future__ import annotations

import datetime as dt
import re
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException

from nps_xlsx.ingester.grids import Aside, Asides, Grid, Position, Properties, Sighting, Walk
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.asides import bounded, leads_outside
from nps_xlsx.ingester.reading.cell_styles import note_merged
from nps_xlsx.ingester.reading.package import local, tree_of
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model import TextKind
from nps_xlsx.model.cells import ROW_LIMIT, cell_name
from nps_xlsx.workbook.stamp import PROPERTY
from nps_xlsx.workbook.values import CellValue

REPEAT_LIMIT = 4_096
"""How often one filled cell or row may be repeated: more is a whole sheet filled, not an answer."""

_DRAWING = "xmlns:drawing:1.0"
_ERROR_TEXT = re.compile(r"#(REF|VALUE|DIV/0|NAME|NUM|NULL|N/A)[!?]?|Err:\d+")
_HEADERS = {"header", "header-left", "footer", "footer-left"}
_FIELDS = {"sheet-name", "page-number", "page-count", "title", "date", "time", "file-name"}
"""What a program fills in itself in a header or footer; it writes a sample of it into the file."""


def properties_of(parts: Parts) -> Properties:
    """The program that saved the document last and when, and the stamp among its properties."""
    texts: dict[str, str] = {}
    try:
        tree = tree_of(parts["meta.xml"])
    except (KeyError, ParseError, DefusedXmlException):
        return Properties()  # a side channel only
    for node in tree.iter():
        name = local(node.tag)
        if name == "user-defined":
            name = next((value for key, value in node.items() if key.endswith("}name")), "")
        texts.setdefault(name, (node.text or "").strip())
    return Properties(texts.get("generator", ""), texts.get("date", ""), texts.get(PROPERTY, ""))


def walk(parts: Parts) -> Walk:
    """What stands in each sheet, and its values.

    Raises:
        RefusedError: the content is missing or not well-formed.
    """
    walker = _Walker()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    try:
        parser.Parse(parts["content.xml"], True)
    except (KeyError, ExpatError):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    return Walk(walker.sightings, lambda: walker.grids, lambda: _asides(walker.asides, parts), is_alone=True)


def _asides(asides: list[Aside], parts: Parts) -> Asides:
    """What was met among the cells, and the words of headers and footers, which are of a style of page."""
    try:
        styles = tree_of(bounded(parts, "styles.xml")) if "styles.xml" in parts else ()
    except (ValueError, ParseError, DefusedXmlException):
        return tuple(asides), ("styles.xml",)
    headers = (_words(node) for style in styles for node in style.iter() if local(node.tag) in _HEADERS)
    return (*asides, *(Aside("", "", TextKind.HEADER, words) for words in headers if words)), ()


def _words(header: Element) -> str:
    """The words of a header or footer, without what a program fills in."""
    sampled = {id(part) for field in header.iter() if local(field.tag) in _FIELDS for part in field.iter()}
    texts = (
        text
        for part in header.iter()
        for text in ("" if id(part) in sampled else part.text, "" if part is header else part.tail)
    )
    return " ".join("".join(filter(None, texts)).split())


class _Walker:
    """Walks content.xml and collects each table's cells, and what stands beside them."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.sightings: dict[str, Sighting] = {}
        self.asides: list[Aside] = []
        self._rows: list[list[CellValue]] = []
        self._row: list[CellValue] = []
        self._seen = Sighting()
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._style = ""
        self._struck_styles: set[str] = set()
        self._is_struck = self._is_1904 = False
        self._inside: list[str] = []
        """The elements of the note or drawing that is being walked through, outermost first."""
        self._sheet = self._words = self._author = ""
        self._row_repeat = 1
        self._blank_rows = self._blank_cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if self._inside or name == "annotation" or namespace.endswith(_DRAWING):
            self._start_beside(name)
        elif name == "table-source":
            self._forget()
        elif name == "table":
            self._sheet, self._rows, self._row = _named(attributes, "name"), [], []
            self._seen, self._blank_rows, self._blank_cells = Sighting(is_1904=self._is_1904), 0, 0
            self.sightings[self._sheet] = self._seen
            self.grids.append(Grid(self._sheet, self._rows))
        elif name == "table-row":
            self._row, self._row_repeat = [], _repeat(attributes, "number-rows-repeated")
            self._blank_cells = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._paragraphs, self._is_struck = attributes, [], False
        elif name in ("p", "h"):
            self._paragraphs.append("")
        elif self._paragraphs:
            self._is_struck |= _named(attributes, "style-name") in self._struck_styles
            if name == "a" and leads_outside(address := _named(attributes, "href")):
                self._beside(TextKind.LINK, address)
            self._paragraphs[-1] += _space(name, attributes)
        else:
            self._outside(name, attributes)

    def _start_beside(self, name: str) -> None:
        """Begin an element of a note or drawing: its words are not the cell's."""
        if not self._inside:
            self._words = self._author = ""
        self._inside.append(name)
        if name in ("p", "line-break"):
            self._words += "\n"

    def _end_beside(self) -> None:
        outermost = self._inside[0]
        self._inside.pop()
        if not self._inside:
            kind = TextKind.NOTE if outermost == "annotation" else TextKind.SHAPE
            self._beside(kind, self._words, self._author.strip())

    def _beside(self, kind: TextKind, text: str, author: str = "") -> None:
        if text.strip():
            self.asides.append(Aside(self._sheet, cell_name(*self._at), kind, text.strip(), author))

    @property
    def _at(self) -> Position:
        return len(self._rows) + self._blank_rows, len(self._row) + self._blank_cells

    def _outside(self, name: str, attributes: dict[str, str]) -> None:
        """Note what stands before the tables: styles, and from which day days are counted."""
        if name == "style":
            self._style = _named(attributes, "name")
        elif name == "text-properties" and _named(attributes, "text-line-through-style") not in ("", "none"):
            self._struck_styles.add(self._style)
        elif name == "null-date":
            self._is_1904 = _named(attributes, "date-value").startswith("1904")

    def _forget(self) -> None:
        """Leave a table out that LibreOffice only keeps as its copy of a sheet in another file."""
        self.sightings.pop(self.grids.pop().name, None)

    def text(self, text: str) -> None:
        if "creator" in self._inside:
            self._author += text
        elif "p" in self._inside and "table" not in self._inside:  # a chart carries its figures along
            self._words += text
        elif self._paragraphs and not self._inside:
            self._paragraphs[-1] += text

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._inside:
            self._end_beside()
        elif name in ("table-cell", "covered-table-cell"):
            self._cell()
        elif name == "table-row":
            self._end_row()

    def _cell(self) -> None:
        at = self._at
        text = "\n".join(self._paragraphs)
        self._paragraphs = []
        value: CellValue
        if _is_error(self._attributes, text):
            self._seen.errors[at] = text
            value = ""
        else:
            value = _value(self._attributes, text)
        if _named(self._attributes, "formula"):
            self._seen.formulas.add(at)
        repeat = _repeat(self._attributes, "number-columns-repeated")
        self._looks(at, value, text, min(repeat, REPEAT_LIMIT))
        if value == "":
            self._blank_cells += repeat  # the last of a row stand for all that follow it
            return
        self._row += [""] * min(self._blank_cells, 4 * REPEAT_LIMIT)
        self._blank_cells = 0
        self._row += [value] * min(repeat, REPEAT_LIMIT)

    def _looks(self, at: Position, value: CellValue, text: str, repeat: int) -> None:
        """Note what a cell's value does not say: how a number is shown, what is struck through, merged."""
        cells = [(at[0], at[1] + place) for place in range(repeat)] if value != "" else []
        if isinstance(value, float) and text:
            self._seen.shown.update(dict.fromkeys(cells, text))
        if self._is_struck or _named(self._attributes, "style-name") in self._struck_styles:
            self._seen.struck.update(cells)
        rows = _repeat(self._attributes, "number-rows-spanned")
        note_merged(self._seen, at, (at[0] + rows - 1, at[1]))

    def _end_row(self) -> None:
        if not self._row:
            self._blank_rows += self._row_repeat  # a sheet's last row stands for all below it
            return
        if len(self._rows) + self._blank_rows >= ROW_LIMIT:
            raise RefusedError("file-unreadable", reason=f"a sheet has rows beyond row {ROW_LIMIT:,}")
        self._rows += [[] for _ in range(self._blank_rows)]
        first, repeat = len(self._rows), min(self._row_repeat, REPEAT_LIMIT)
        self._blank_rows = 0
        self._rows += [list(self._row) for _ in range(repeat)]
        for row in range(first, first + repeat):
            self._seen.filled.update((row, col) for col, value in enumerate(self._row) if value != "")


def _named(attributes: dict[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = _named(attributes, name)
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else 1


def _space(name: str, attributes: dict[str, str]) -> str:
    if name == "s":
        return " " * min(_repeat(attributes, "c"), 1_000)
    return {"tab": "\t", "line-break": "\n"}.get(name, "")


def _is_error(attributes: dict[str, str], text: str) -> bool:
    kinds = {value for key, value in attributes.items() if key.rpartition(" ")[2] == "value-type"}
    return "error" in kinds or (bool(_named(attributes, "formula")) and bool(_ERROR_TEXT.fullmatch(text)))


def _value(attributes: dict[str, str], text: str) -> CellValue:
    kind = _named(attributes, "value-type")
    try:
        if kind in ("float", "percentage", "currency"):
            return float(_named(attributes, "value"))
        if kind == "date":
            written = _named(attributes, "date-value")
            moment = dt.datetime.fromisoformat(written)
            return moment if "T" in written else moment.date()
    except ValueError:
        return text
    if kind == "boolean":
        return _named(attributes, "boolean-value") == "true"
    return text

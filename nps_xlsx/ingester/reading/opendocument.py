"""OpenDocument spreadsheets (.ods), read by our own walk through their content.

calamine fails on white space between cells, which is allowed and which some writers leave there,
loses tabs without a word, and gives blanks for errors (https://github.com/tafia/calamine/issues/720);
odfpy takes half a second a file.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Container
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.grids import Grid, Position, Properties, Sighting
from nps_xlsx.ingester.reading.cell_styles import covered
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model.cells import ROW_LIMIT
from nps_xlsx.workbook.stamp import PROPERTY
from nps_xlsx.workbook.values import CellValue

REPEAT_LIMIT = 4_096
"""How often one filled cell or row may be repeated: more is a whole sheet filled, not an answer."""

_DRAWING = "xmlns:drawing:1.0"

_ERROR_TEXT = re.compile(r"#(REF|VALUE|DIV/0|NAME|NUM|NULL|N/A)[!?]?|Err:\d+")


def properties_of(content: bytes) -> Properties:
    """The program that saved the document last and when, and the stamp among its properties."""
    texts: dict[str, str] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tree = ElementTree.fromstring(archive.read("meta.xml"))
    except (KeyError, ParseError, DefusedXmlException):
        return Properties()  # a side channel only
    for node in tree.iter():
        name = node.tag.rpartition("}")[2]
        if name == "user-defined":
            name = next((value for key, value in node.items() if key.endswith("}name")), "")
        texts.setdefault(name, (node.text or "").strip())
    return Properties(texts.get("generator", ""), texts.get("date", ""), texts.get(PROPERTY, ""))


class _Cells:
    """Walks content.xml and collects each table's cells."""

    def __init__(self) -> None:
        self.grids: list[Grid] = []
        self.sightings: dict[str, Sighting] = {}
        self._rows: list[list[CellValue]] = []
        self._row: list[CellValue] = []
        self._found = Sighting()
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._style = ""
        self._struck_styles: set[str] = set()
        self._is_struck = self._is_1904 = False
        self._depth = 0
        self._row_repeat = 1
        self._blank_rows = self._blank_cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if self._depth or name == "annotation" or namespace.endswith(_DRAWING):
            self._depth += 1  # the words of a comment or of a chart are not the cell's
        elif name == "table-source":
            self._forget()
        elif name == "table":
            self._rows, self._found, self._blank_rows = [], Sighting(is_1904=self._is_1904), 0
            self.sightings[_named(attributes, "name")] = self._found
            self.grids.append(Grid(_named(attributes, "name"), self._rows))
        elif name == "table-row":
            self._row, self._row_repeat = [], _repeat(attributes, "number-rows-repeated")
            self._blank_cells = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._attributes, self._paragraphs, self._is_struck = attributes, [], False
        elif name in ("p", "h"):
            self._paragraphs.append("")
        elif self._paragraphs:
            self._is_struck |= _named(attributes, "style-name") in self._struck_styles
            self._paragraphs[-1] += _space(name, attributes)
        else:
            self._outside(name, attributes)

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
        if self._paragraphs and not self._depth:
            self._paragraphs[-1] += text

    def end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if self._depth:
            self._depth -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._cell()
        elif name == "table-row":
            self._end_row()

    def _cell(self) -> None:
        at = (len(self._rows) + self._blank_rows, len(self._row) + self._blank_cells)
        text = "\n".join(self._paragraphs)
        self._paragraphs = []
        value: CellValue
        if _is_error(self._attributes, text):
            self._found.errors[at] = text
            value = ""
        else:
            value = _value(self._attributes, text)
        if _named(self._attributes, "formula"):
            self._found.formulas.add(at)
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
            self._found.shown.update(dict.fromkeys(cells, text))
        if self._is_struck or _named(self._attributes, "style-name") in self._struck_styles:
            self._found.struck.update(cells)
        rows = _repeat(self._attributes, "number-rows-spanned")
        self._found.merged.update(covered(at, (at[0] + rows - 1, at[1]), len(self._found.merged)))

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
            self._found.filled.update((row, col) for col, value in enumerate(self._row) if value != "")


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


def _walk(content: bytes) -> _Cells:
    walker = _Cells()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parser.Parse(archive.read("content.xml"), True)
    except (KeyError, ExpatError):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    return walker


def sightings(content: bytes, skip: Container[str] = ()) -> dict[str, Sighting]:
    """What stands in each sheet, by its name; of those to be skipped, only where formulas are.

    Raises:
        RefusedError: the content is missing or not well-formed.
    """
    return {
        name: found.formulas_alone() if name in skip else found
        for name, found in _walk(content).sightings.items()
    }


def first_reading(content: bytes) -> list[Grid]:
    """The values of each sheet."""
    return _walk(content).grids

"""Excel's .xlsx, transitional or Strict: what stands in its sheets, and a second reader for it."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException

from nps_xlsx.ingester.grids import Grid, Position, Sighting, Walk
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.preflight.archive import unusual
from nps_xlsx.ingester.reading import usual
from nps_xlsx.ingester.reading.asides import asides_of
from nps_xlsx.ingester.reading.cell_styles import (
    STRUCK,
    TEXT,
    CellNotes,
    CellStyle,
    is_on,
    note_merged,
    styles_of,
)
from nps_xlsx.ingester.reading.package import (
    children,
    first_of,
    local,
    relations_of,
    tree_of,
    workbook_part,
    worksheets,
)
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model.cells import COLUMN_LIMIT, ROW_LIMIT, column_number

_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[1-9][0-9]{0,6}")


def walk(parts: Parts) -> Walk:
    """What stands in each worksheet.

    Raises:
        RefusedError: a part is missing or not well-formed, or a cell is where no sheet has one.
    """
    try:
        part = workbook_part(parts)
        workbook, relations = tree_of(parts[part]), relations_of(parts, part)
        strings = first_of(relations, "sharedStrings")
        texts = _shared_texts(parts[strings]) if strings in parts else []
        styles = styles_of(children(parts, first_of(relations, "styles")))
        is_1904 = _is_1904(workbook)
        sheets = worksheets(map(_name_and_key, _sheets(workbook)), relations)
        outside = {sheet: usual.outside_cells(parts[sheet]) for _, sheet in sheets}
        seen = {
            name: _usual(outside[sheet], texts, styles, is_1904=is_1904)
            or _Cells(texts, styles, is_1904=is_1904).walk(parts[sheet])
            for name, sheet in sheets
        }
    except (KeyError, ExpatError, ParseError, DefusedXmlException):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    trees = {sheet: around[0] for sheet, around in outside.items() if around}
    return Walk(seen, partial(second_reading, parts), partial(asides_of, parts, sheets, trees))


def _usual(
    sheet: tuple[Element, bytes] | None,
    texts: Sequence[int],
    styles: Mapping[str, CellStyle],
    *,
    is_1904: bool,
) -> Sighting | None:
    """What stands in a sheet, by patterns; ``None`` if the parser is needed."""
    seen = usual.seen_in(sheet[1], texts, styles, is_1904=is_1904) if sheet else None
    if sheet and seen:
        for node in (node for child in sheet[0] if local(child.tag) == "mergeCells" for node in child):
            note_merged(seen, *_corners(node.attrib))
    return seen


def _sheets(workbook: Element) -> list[Element]:
    return [sheet for node in workbook if local(node.tag) == "sheets" for sheet in node]


def _name_and_key(sheet: Element) -> tuple[str, str]:
    key = next((value for name, value in sheet.items() if local(name) == "id"), "")
    return sheet.get("name", ""), key


def _is_1904(workbook: Element) -> bool:
    values = {node.get("date1904") for node in workbook if local(node.tag) == "workbookPr"}
    return not values.isdisjoint({"1", "true", "on"})


def _shared_texts(part: bytes) -> list[int]:
    """Which of the shared strings have any text, but for a guide to its pronunciation, or struck words."""
    texts = usual.texts_in(part, _parsed_texts)
    return _parsed_texts(part) if texts is None else texts


def _parsed_texts(content: bytes) -> list[int]:
    texts: list[int] = []
    is_phonetic = False

    def has_text(_: str) -> None:
        if texts:  # a beta of 2007 had other elements around its texts
            texts[-1] |= TEXT

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_phonetic
        name = tag[tag.rfind(":") + 1 :]
        if name == "si":
            texts.append(0)
        elif name == "strike" and texts and is_on(attributes):
            texts[-1] |= STRUCK
        # Phonetic runs follow the text and its runs: what comes after the first of them is not text.
        parser.CharacterDataHandler = has_text if name == "t" and not is_phonetic else None
        is_phonetic = name == "rPh" or (is_phonetic and name != "si")

    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return texts


class _Cells:
    """Walks a worksheet and notes what kind of thing each cell holds.

    Only the starts of elements and the texts and ends of values are listened to, since each call
    from the parser costs: a cell is complete when the next one starts.
    """

    def __init__(
        self, texts: Sequence[int], styles: Mapping[str, CellStyle], *, is_1904: bool = False
    ) -> None:
        self.seen = Sighting(is_1904=is_1904)
        self._notes = CellNotes(self.seen, texts, styles)
        self._style = ""
        self._at: Position = (-1, -1)
        self._places: dict[Position, tuple[str, str]] = {}
        self._kind = ""
        self._value: list[str] = []
        self._has_formula = self._has_value = self._is_phonetic = self._has_words = False
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start

    def walk(self, content: bytes) -> Sighting:
        cut = max(0, content.rfind(b"sheetData>"))
        self._parser.Parse(content[:cut], False)
        self._end()  # what follows the cells has formulas of its own
        self._parser.Parse(content[cut:], True)
        return self.seen

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind(":") + 1 :]
        listens = False
        if name == "c":
            self._end()
            self._at = self._next(attributes.get("r"))
            self._kind = attributes.get("t") or "n"
            self._style = attributes.get("s", "0")
        elif name in ("v", "t"):
            listens = not self._is_phonetic
            self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "is":
            self._has_words = True
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "row":
            self._end()
            self._row(attributes.get("r", ""))
        elif name == "strike" and is_on(attributes):  # in a text that stands in the cell itself
            self.seen.struck.add(self._at)
        elif name == "mergeCell":
            note_merged(self.seen, *_corners(attributes))
        if listens:
            self._parser.CharacterDataHandler = self._value.append
            self._parser.EndElementHandler = self._stop

    def _row(self, number: str) -> None:
        if number and not _NUMBER.fullmatch(number):
            raise unusual("a row has a number that no row can have")
        self._at = (int(number) - 1 if number else self._at[0] + 1, -1)

    def _stop(self, _: str) -> None:
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

    def _next(self, address: str | None) -> Position:
        """The place of a cell; the next one in its row if it has no address."""
        at = (self._at[0], self._at[1] + 1) if address is None else _position(address)
        if at is None:
            raise unusual("a cell has an address that no cell can have")
        if at[0] >= ROW_LIMIT or at[1] >= COLUMN_LIMIT:
            raise unusual("a cell lies beyond the last that a sheet has")
        return at

    def _end(self) -> None:
        """Note the cell that the last element belonged to."""
        if self._kind:
            self._note("".join(self._value))
        self._kind = ""
        self._value = []
        self._has_formula = self._has_value = self._is_phonetic = self._has_words = False

    def _note(self, value: str) -> None:
        if self._has_value or self._has_formula or self._has_words:  # not where it is merely coloured
            self.seen.reach(self._at)
        # Of two cells in one place calamine gives the second.
        held = (self._kind, value)
        is_first = self._places.setdefault(self._at, held) == held
        if not (is_first and self._notes.is_known(self._kind, value)):
            self.seen.broken.add(self._at)
        self._notes.note(
            self._at,
            self._kind,
            self._style,
            value,
            has_formula=self._has_formula,
            has_value=self._has_value,
        )


def _position(address: str) -> Position | None:
    match = _ADDRESS.fullmatch(address)
    return (int(match[2]) - 1, column_number(match[1])) if match else None


def _corners(attributes: Mapping[str, str]) -> Iterator[Position | None]:
    """The first and the last cell of a merged one."""
    return map(_position, attributes.get("ref", "").partition(":")[::2])


# --- The second reader


def second_reading(parts: Parts) -> list[Grid]:
    """The sheets as openpyxl reads them, a Strict workbook too.

    openpyxl loads a Strict workbook as one without sheets, and says nothing: it is given
    the transitional namespaces, which have the same words.

    Raises:
        ImportError: it would not parse XML safely here.
    """
    import openpyxl  # slow to import, and seldom needed
    from openpyxl.xml import DEFUSEDXML

    if not DEFUSEDXML:
        raise ImportError("openpyxl does not use defusedxml here: install it, and unset OPENPYXL_DEFUSEDXML")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what it leaves out, and that is not the cells
        workbook = openpyxl.load_workbook(_transitional(parts), read_only=True, data_only=True)
        grids = []
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()  # what a file declares may be the whole sheet, or too little
            rows = [
                ["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)
            ]
            grids.append(Grid(sheet.title, rows))
        workbook.close()
    return grids


def _transitional(parts: Parts) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            for strict, transitional in _STRICT:
                part = part.replace(strict, transitional)
            archive.writestr(name, part)
    return packed

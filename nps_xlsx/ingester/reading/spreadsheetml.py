"""Excel's .xlsx, transitional or Strict: what a package holds, and a second reader for it.

Local names are compared and namespaces left aside, since Strict workbooks have others.
"""

from __future__ import annotations

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError
from xml.parsers.expat import ExpatError, ParserCreate

from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.grids import Grid, Position, Properties, Sighting
from nps_xlsx.ingester.reading.cell_styles import CellStyle, covered, is_on, styles_of
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model.cells import column_number
from nps_xlsx.workbook.stamp import PROPERTY, REPORT_PROPERTY

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
_FORMULA = re.compile(rb"<(?:\w{1,20}:)?c\b([^<>]{0,200})>\s{0,20}<(?:\w{1,20}:)?f\b")
_CELL_ADDRESS = re.compile(rb"\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def properties_of(content: bytes) -> Properties:
    """The program that saved the package last and when, and the stamp among its properties and names.

    Raises:
        RefusedError: the package is one of our own outputs.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        app = _texts(archive, "docProps/app.xml")
        core = _texts(archive, "docProps/core.xml")
        custom = {
            node.get("name"): "".join(node.itertext()).strip()
            for node in _children(archive, "docProps/custom.xml")
        }
        stamp_name = _stamp_name(archive)
    if REPORT_PROPERTY in custom:
        raise RefusedError("file-own-output", found=custom[REPORT_PROPERTY])
    return Properties(
        saved_by=" ".join(filter(None, (app.get("Application", ""), app.get("AppVersion", "")))),
        saved_at=core.get("modified", ""),
        stamp=custom.get(PROPERTY, ""),
        stamp_name=stamp_name,
    )


def _texts(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    return {local(node.tag): (node.text or "").strip() for node in _children(archive, name)}


def _children(archive: zipfile.ZipFile, name: str) -> Sequence[Element]:
    # Side channels only: what cannot be read there is as good as absent.
    try:
        return list(_tree(archive, name))
    except (KeyError, ParseError, DefusedXmlException):
        return []


def _tree(archive: zipfile.ZipFile, name: str) -> Element:
    tree: Element = ElementTree.fromstring(archive.read(name))
    return tree


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def _stamp_name(archive: zipfile.ZipFile) -> str:
    for names in _children(archive, workbook_part(archive)):
        if local(names.tag) == "definedNames":
            return next(((node.text or "").strip() for node in names if node.get("name") == PROPERTY), "")
    return ""


# --- What stands in the sheets


def workbook_part(archive: zipfile.ZipFile) -> str:
    """The part that lists the sheets: by the package's relationships, usually xl/workbook.xml."""
    targets = targets_of(archive, "")
    return next((target for kind, target in targets.values() if kind == "officeDocument"), "xl/workbook.xml")


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part is connected with: what kind of thing it is, and its target as it is written."""

    kind: str
    target: str


def relations_of(archive: zipfile.ZipFile, part: str) -> dict[str, Relation]:
    """The relationships of a part, by their ids."""
    folder, name = posixpath.split(part)
    return {
        node.get("Id", ""): Relation(node.get("Type", "").rpartition("/")[2], node.get("Target", ""))
        for node in _children(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    }


def targets_of(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The kind of each relationship of a part, and the part that it leads to, by its id."""
    folder = posixpath.dirname(part)
    return {
        key: (
            relation.kind,
            posixpath.normpath(posixpath.join("/", folder, _path(relation.target))).lstrip("/"),
        )
        for key, relation in relations_of(archive, part).items()
    }


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The worksheets, by name, and the part that each is in.

    Raises:
        KeyError, ParseError, DefusedXmlException: the list of sheets is missing or not well-formed.
    """
    part = workbook_part(archive)
    for name, (kind, target) in _sheets(_tree(archive, part), targets_of(archive, part)):
        if kind == "worksheet":
            yield name, target


def _path(target: str) -> str:
    """A target as a path: Excel takes escaped characters and backslashes in it."""
    return unquote(target).replace("\\", "/")


def sightings(content: bytes, skip: Container[str] = ()) -> dict[str, Sighting]:
    """What stands in each worksheet, by its name; of those to be skipped, only where formulas are.

    Raises:
        RefusedError: a part is missing or not well-formed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            part = workbook_part(archive)
            targets = targets_of(archive, part)
            strings = next((target for kind, target in targets.values() if kind == "sharedStrings"), "")
            texts = _shared_texts(archive.read(strings)) if strings in archive.namelist() else []
            workbook, styles = _tree(archive, part), _styles(archive, targets)
            is_1904 = _is_1904(workbook)
            return {
                name: _formulas_alone(archive.read(target))
                if name in skip
                else _Cells(texts, styles, is_1904=is_1904).walk(archive.read(target))
                for name, (kind, target) in _sheets(workbook, targets)
                if kind == "worksheet"
            }
    except (KeyError, ExpatError, ParseError, DefusedXmlException):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None


def _formulas_alone(content: bytes) -> Sighting:
    """Where the formulas of a sheet are, found without a parser: in a tenth of its time.

    Cells whose addresses are left out are not found.
    """
    cells = (_CELL_ADDRESS.search(found[1]) for found in _FORMULA.finditer(content))
    return Sighting(formulas={(int(cell[2]) - 1, column_number(cell[1].decode())) for cell in cells if cell})


def _sheets(workbook: Element, targets: dict[str, tuple[str, str]]) -> Iterator[tuple[str, tuple[str, str]]]:
    for sheets in workbook:
        if local(sheets.tag) == "sheets":
            for sheet in sheets:
                key = next((value for name, value in sheet.items() if local(name) == "id"), "")
                yield sheet.get("name", ""), targets.get(key, ("", ""))


def _styles(archive: zipfile.ZipFile, targets: dict[str, tuple[str, str]]) -> Mapping[str, CellStyle]:
    part = next((target for kind, target in targets.values() if kind == "styles"), "")
    return styles_of(_children(archive, part))


def _is_1904(workbook: Element) -> bool:
    said = [node.get("date1904") for node in workbook if local(node.tag) == "workbookPr"]
    return bool({"1", "true", "on"} & set(said))


_TEXT, _STRUCK = 1, 2


def _shared_texts(content: bytes) -> list[int]:
    """Which of the shared strings have any text, but for a guide to its pronunciation, or struck words."""
    found: list[int] = []

    def has_text(_: str) -> None:
        if found:  # a beta of 2007 had other elements around its texts
            found[-1] |= _TEXT

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind(":") + 1 :]
        if name == "si":
            found.append(0)
        elif name == "strike" and found and is_on(attributes):
            found[-1] |= _STRUCK
        # Phonetic runs follow the text and its runs: what comes after the first of them is not text.
        parser.CharacterDataHandler = has_text if name == "t" and not phonetic else None
        phonetic[:] = [name] if name == "rPh" else phonetic if name != "si" else []

    phonetic: list[str] = []
    parser = ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return found


class _Cells:
    """Walks a worksheet and notes what kind of thing each cell holds.

    Only the starts of elements and the texts and ends of values are listened to, since each call
    from the parser costs: a cell is complete when the next one starts.
    """

    def __init__(
        self, texts: Sequence[int], styles: Mapping[str, CellStyle], *, is_1904: bool = False
    ) -> None:
        self.found = Sighting(is_1904=is_1904)
        self._texts = texts
        self._styles = styles
        self._style = ""
        self._at: Position = (-1, -1)
        self._places: dict[Position, tuple[str, str]] = {}
        self._kind = ""
        self._value: list[str] = []
        self._has_formula = self._has_value = self._is_phonetic = False
        self._parser = ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start

    def walk(self, content: bytes) -> Sighting:
        self._parser.Parse(content, True)
        self._end()
        return self.found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[tag.rfind(":") + 1 :]
        listens = False
        if name == "c":
            self._end()
            self._at = self._position(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = attributes.get("s", "0")
        elif name in ("v", "t"):
            listens = not self._is_phonetic
            self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "row":
            self._end()
            number = attributes.get("r", "")
            self._at = (int(number) - 1 if number.isdecimal() else self._at[0] + 1, -1)
        elif name == "strike" and is_on(attributes):  # in a text that stands in the cell itself
            self.found.struck.add(self._at)
        elif name == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            merged = self.found.merged
            merged |= covered(self._position(first), self._position(last), len(merged))
        if listens:
            self._parser.CharacterDataHandler = self._value.append
            self._parser.EndElementHandler = self._stop

    def _stop(self, _: str) -> None:
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

    def _position(self, address: str) -> Position:
        match = _ADDRESS.fullmatch(address)
        if match is None:  # the address may be left out: the cell after the one before
            return self._at[0], self._at[1] + 1
        return int(match[2]) - 1, column_number(match[1])

    def _end(self) -> None:
        """Note the cell that the last element belonged to."""
        value = "".join(self._value)
        if self._kind and not self._seen(value):
            self.found.broken.add(self._at)
        if self._has_formula:
            self.found.formulas.add(self._at)
            # An empty text is a result, and an honest one, where the file says so.
            if not value and not (self._kind == "str" and self._has_value):
                self.found.without_result.add(self._at)
        if self._kind == "e":
            self.found.errors[self._at] = value
        elif value:
            said = self._said_of_text(value) if self._kind == "s" else _TEXT
            if said & _TEXT:
                self.found.filled.add(self._at)
            if said & _STRUCK:
                self.found.struck.add(self._at)
            if self._style in self._styles:
                self._styled(self._styles[self._style])
        self._kind = ""
        self._value = []
        self._has_formula = self._has_value = self._is_phonetic = False

    def _said_of_text(self, index: str) -> int:
        return sum(self._texts[int(index) : int(index) + 1]) if index.isdecimal() else 0

    def _styled(self, style: CellStyle) -> None:
        if style.is_struck:
            self.found.struck.add(self._at)
        if style.format and self._kind == "n":
            self.found.formats[self._at] = style.format

    def _seen(self, value: str) -> bool:
        """Whether a cell can be taken at its word: it says one thing only, and its text is there.

        For an index such as -1 or 1.5 calamine gives the first of all texts, as for none at all
        (https://github.com/tafia/calamine/issues/607); of two cells in one place it gives the second.
        """
        said = (self._kind, value)
        is_first = self._places.setdefault(self._at, said) == said
        has_text = self._kind != "s" or not value or (value.isdecimal() and int(value) < len(self._texts))
        return is_first and has_text


# --- The second reader


def second_reading(content: bytes) -> list[Grid]:
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
        workbook = openpyxl.load_workbook(io.BytesIO(_transitional(content)), read_only=True, data_only=True)
        grids = []
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()  # what a file declares may be the whole sheet, or too little
            rows = [
                ["" if value is None else value for value in row] for row in sheet.iter_rows(values_only=True)
            ]
            grids.append(Grid(sheet.title, rows))
        workbook.close()
    return grids


def _transitional(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        if not any(strict in old.read(workbook_part(old)) for strict, _ in _STRICT):
            return content
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as new:
            for entry in old.infolist():
                part = old.read(entry)
                for strict, transitional in _STRICT:
                    part = part.replace(strict, transitional)
                new.writestr(entry.filename, part)
    return buffer.getvalue()

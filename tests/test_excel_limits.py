"""What Excel takes, by what Microsoft has published: every kind of workbook keeps to it.

Neither LibreOffice nor the Open XML SDK's validator notices where one does not; Excel offers
to repair the file, and takes out what it does not like.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl.utils import range_boundaries

from nps_xlsx.excel.book import literal
from nps_xlsx.model import Council, Framework
from nps_xlsx.register.councils import Register
from tests.support.written import every_workbook, with_long_names

_PAGE = "Excel specifications and limits, support.microsoft.com, 1672b34d-7043-467e-8e27-269d656771c3"
_OI = "[MS-OI29500]"


def units(text: str) -> int:
    """The length of a text as Excel counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Parts:
    """The parts of one workbook's file, by their names."""

    trees: dict[str, Element]

    def all(self, folder: str, *tags: str) -> Iterator[Element]:
        """Every element of these tags in the parts whose names begin so."""
        for name, tree in self.trees.items():
            if name.startswith(folder):
                yield from (one for one in tree.iter() if one.tag.rpartition("}")[2] in tags)

    def given(self, folder: str, tag: str, attribute: str) -> Iterator[str]:
        """Every value of an attribute."""
        yield from (one.attrib[attribute] for one in self.all(folder, tag) if attribute in one.attrib)

    def texts(self, folder: str, *tags: str) -> Iterator[str]:
        """The text of each element, with all that is in it."""
        yield from ("".join(one.itertext()) for one in self.all(folder, *tags))


def parts_of(content: bytes) -> Parts:
    """The XML parts of a file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return Parts({name: fromstring(archive.read(name)) for name in names})


# --- Formulas

_LITERAL = re.compile(r'"((?:[^"]|"")*)"')


def formulas(parts: Parts) -> Iterator[str]:
    """Every formula: of cells, validations, conditional formats, names and charts."""
    yield from parts.texts("xl/worksheets/", "f", "formula", "formula1", "formula2")
    yield from parts.texts("xl/workbook.xml", "definedName")
    yield from parts.texts("xl/charts/", "f")


def literals(parts: Parts) -> Iterator[int]:
    """The length of each text inside a formula."""
    yield from (units(text.replace('""', '"')) for one in formulas(parts) for text in _LITERAL.findall(one))


_BRACKET = re.compile(r"([\w.]*)\(|\)")
"""An opening bracket, with the name of the function that it is of, or a closing one."""


def depths(parts: Parts) -> Iterator[int]:
    """How many functions deep each formula goes; brackets of sums are no level."""
    for one in set(formulas(parts)):
        open_: list[bool] = []
        deepest = 0
        for bracket in _BRACKET.finditer(_LITERAL.sub("", one)):
            if bracket[0] == ")":
                open_.pop()
            else:
                open_.append(bool(bracket[1]))
                deepest = max(deepest, sum(open_))
        yield deepest


def arguments(parts: Parts) -> Iterator[int]:
    """How many arguments each bracket of each formula holds, at most."""
    for one in set(formulas(parts)):
        counts = [1]
        for sign in _LITERAL.sub("", one):
            if sign == "(":
                counts.append(1)
            elif sign == ")":
                yield counts.pop()
            elif sign == ",":
                counts[-1] += 1


# --- The table


class Limit(NamedTuple):
    """What is counted, how far it may go, and who says so."""

    what: str
    most: float
    found: Callable[[Parts], Iterator[float]]
    source: str


def lengths(folder: str, tag: str, attribute: str) -> Callable[[Parts], Iterator[float]]:
    """The lengths of an attribute's values."""
    return lambda parts: (units(text) for text in parts.given(folder, tag, attribute))


def of_texts(folder: str, *tags: str) -> Callable[[Parts], Iterator[float]]:
    """The lengths of elements' texts."""
    return lambda parts: (units(text) for text in parts.texts(folder, *tags))


def numbers(folder: str, tag: str, attribute: str) -> Callable[[Parts], Iterator[float]]:
    """An attribute's values as numbers."""
    return lambda parts: map(float, parts.given(folder, tag, attribute))


def counts(folder: str, tag: str, child: str) -> Callable[[Parts], Iterator[float]]:
    """How many children of a kind each element holds."""
    return lambda parts: (
        sum(one.tag.endswith(f"}}{child}") for one in element) for element in parts.all(folder, tag)
    )


def line_feeds(parts: Parts) -> Iterator[float]:
    """The line feeds of each text that a cell holds."""
    yield from (text.count("\n") for text in parts.texts("xl/sharedStrings.xml", "si"))


_SHEET, _STYLES = "xl/worksheets/sheet", "xl/styles.xml"
LIMITS = [
    Limit(
        "text in a formula",
        255,
        literals,
        f"{_OI} 18.17; Excel: 'Text values in formulas are limited to 255'",
    ),
    Limit("formula", 8_192, lambda parts: map(units, formulas(parts)), f"{_OI} 2.1.1085; {_PAGE}"),
    Limit("levels of functions", 64, depths, _PAGE),
    Limit("arguments", 255, arguments, _PAGE),
    Limit(
        "formula of a validation",
        255,
        of_texts(_SHEET, "formula1", "formula2"),
        "Excel's dialogue; XlsxWriter",
    ),
    Limit("prompt", 255, lengths(_SHEET, "dataValidation", "prompt"), f"{_OI} 2.1.613 a"),
    Limit("error text", 224, lengths(_SHEET, "dataValidation", "error"), f"{_OI} 2.1.613 c"),
    Limit("error title", 32, lengths(_SHEET, "dataValidation", "errorTitle"), f"{_OI} 2.1.613 d"),
    Limit("prompt title", 32, lengths(_SHEET, "dataValidation", "promptTitle"), f"{_OI} 2.1.613 e"),
    Limit("sheet name", 31, lengths("xl/workbook.xml", "sheet", "name"), f"{_OI} 2.1.578 a"),
    Limit("defined name", 255, lengths("xl/workbook.xml", "definedName", "name"), f"{_OI} 2.1.568 k"),
    Limit("cell text", 32_767, of_texts("xl/sharedStrings.xml", "si"), _PAGE),
    Limit("formula's text result", 32_767, of_texts(_SHEET, "v"), _PAGE),
    Limit("line feeds of a cell", 253, line_feeds, _PAGE),
    Limit(
        "row height", 409.5, numbers(_SHEET, "row", "ht"), f"{_PAGE} (409 points; Excel's dialogue: 409.5)"
    ),
    Limit("column width", 255, numbers(_SHEET, "col", "width"), _PAGE),
    Limit("columns", 16_384, numbers(_SHEET, "col", "max"), _PAGE),
    Limit("rows", 1_048_576, numbers(_SHEET, "row", "r"), _PAGE),
    Limit("links of a sheet", 65_530, counts(_SHEET, "hyperlinks", "hyperlink"), _PAGE),
    Limit(
        "link's place",
        2_079,
        lengths(_SHEET, "hyperlink", "location"),
        "XlsxWriter: Excel's limit since 2015",
    ),
    Limit("link's tip", 255, lengths(_SHEET, "hyperlink", "tooltip"), "XlsxWriter, from Excel's dialogue"),
    Limit("header or footer", 255, of_texts(_SHEET, "oddHeader", "oddFooter"), _PAGE),
    Limit("cell formats", 65_490, counts(_STYLES, "cellXfs", "xf"), _PAGE),
    Limit("fonts", 512, counts(_STYLES, "fonts", "font"), _PAGE),
    Limit("fills", 256, counts(_STYLES, "fills", "fill"), _PAGE),
    Limit("number formats", 200, counts(_STYLES, "numFmts", "numFmt"), _PAGE),
    Limit("number format", 255, lengths(_STYLES, "numFmt", "formatCode"), "Excel's dialogue"),
    Limit("heading of a table", 255, lengths("xl/tables/", "tableColumn", "name"), f"{_OI} 2.1.681 a"),
    Limit("series of a chart", 255, counts("xl/charts/", "barChart", "ser"), _PAGE),
    Limit(
        "core property",
        255,
        of_texts("docProps/core.xml", "title", "subject", "description"),
        "Office's dialogue",
    ),
    Limit("custom property", 255, of_texts("docProps/custom.xml", "property"), "XlsxWriter: Excel's limit"),
]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.what)
def test_every_workbook_keeps_to_what_excel_takes(limit: Limit, parts: dict[str, Parts]) -> None:
    """No workbook of any kind goes beyond a limit that Microsoft has published, and each limit meets some."""
    worst = {name: max(limit.found(one), default=0) for name, one in parts.items()}
    assert {name: found for name, found in worst.items() if found > limit.most} == {}
    assert any(worst.values()) or limit.what in _UNUSED


_UNUSED = {"link's tip"}
"""Limits of what no workbook has at present."""


@pytest.fixture(scope="module")
def parts(
    workbooks: dict[str, bytes], framework: Framework, svmi: Framework, register: Register, medway: Council
) -> dict[str, Parts]:
    """The parts of every kind of workbook, of each for a framework of long names, and for the other one."""
    long = every_workbook(with_long_names(framework), register, medway)
    other = every_workbook(svmi, register, medway)
    named = workbooks | {f"{name}, long names": content for name, content in long.items()}
    named |= {f"{name}, other framework": content for name, content in other.items()}
    return {name: parts_of(content) for name, content in named.items()}


def test_no_name_of_the_framework_ends_a_text_in_a_formula(parts: dict[str, Parts]) -> None:
    """A quote or a sign in a theme's name cannot change a formula: none holds a theme's name."""
    for name, one in parts.items():
        assert not [formula for formula in formulas(one) if "as it is" in formula], name


def test_a_text_of_any_length_goes_into_a_formula_in_pieces() -> None:
    """Pieces of at most 255 units come to the whole text again, quotes and emoji too."""
    for text in ("", "a" * 600, '"' * 300, "😀" * 300):
        pieces = _LITERAL.findall(literal(text))
        assert "".join(piece.replace('""', '"') for piece in pieces) == text
        assert max(units(piece) for piece in pieces) <= 255


# --- Names


_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")


def test_sheet_names_are_such_as_excel_takes(parts: dict[str, Parts]) -> None:
    """No forbidden sign, no apostrophe at an end, not History, no two alike but for their case."""
    for name, one in parts.items():
        sheets = list(one.given("xl/workbook.xml", "sheet", "name"))
        assert not [sheet for sheet in sheets if _FORBIDDEN.search(sheet) or sheet.casefold() == "history"], (
            name
        )
        assert len({sheet.casefold() for sheet in sheets}) == len(sheets), name


_NAME = re.compile(r"(?:[^\W\d]|[_\\])[\w.\\?]*")
_CELL = re.compile(r"\$?[A-Z]{1,3}\$?\d+|R\d*C\d*|[RC]", re.IGNORECASE)


def defined(parts: Parts) -> list[tuple[str, str | None, str]]:
    """The name, sheet and formula of each defined name, in the file's order."""
    return [
        (name.attrib["name"], name.attrib.get("localSheetId"), name.text or "")
        for name in parts.all("xl/workbook.xml", "definedName")
    ]


def test_defined_names_are_such_as_excel_takes(parts: dict[str, Parts]) -> None:
    """Letter or underscore first, no space, no address of a cell; each once in its scope."""
    for where, one in parts.items():
        found = defined(one)
        for name, _, _ in found:
            assert _NAME.fullmatch(name), (where, name)
            assert not _CELL.fullmatch(name), (where, name)
        plain = {(name.casefold().removeprefix(_BUILT_IN), sheet) for name, sheet, _ in found}
        assert len(plain) == len(found), where


_BUILT_IN = "_xlnm."
"""What the names that Excel itself reserves begin with (ECMA-376-1 18.2.5); its own dialogue hides it."""


def test_reserved_names_are_of_the_sheet_that_they_speak_of(parts: dict[str, Parts]) -> None:
    """Print areas, titles and filters belong to one sheet and name no other; no other name is reserved."""
    for where, one in parts.items():
        sheets = list(one.given("xl/workbook.xml", "sheet", "name"))
        found = defined(one)
        reserved = {name.removeprefix(_BUILT_IN) for name, _, _ in found if name.startswith(_BUILT_IN)}
        assert reserved <= {"Print_Area", "Print_Titles", "_FilterDatabase"}, where
        for name, sheet, formula in found:
            if name.startswith(_BUILT_IN):
                quoted = "'" + sheets[int(sheet or -1)].replace("'", "''") + "'"
                named = {cells.rpartition("!")[0] for cells in re.split(r",(?=[^,]+!)", formula)}
                assert named <= {quoted, quoted.strip("'")}, (where, name)
            else:
                assert name.casefold() not in {"print_area", "print_titles", "_filterdatabase"}, where


def test_defined_names_stand_in_the_order_of_excel(parts: dict[str, Parts]) -> None:
    """By name without regard to case, then by sheet, as every file of Excel's own has them (XlsxWriter)."""
    for where, one in parts.items():
        sheets = list(one.given("xl/workbook.xml", "sheet", "name"))
        keys = [
            (
                name.casefold().removeprefix(_BUILT_IN).lstrip("_"),
                "" if sheet is None else sheets[int(sheet)].casefold(),
            )
            for name, sheet, _ in defined(one)
        ]
        assert keys == sorted(keys), where


# --- Places


def boxes(references: Iterator[str]) -> list[tuple[int, int, int, int]]:
    """Ranges by their corners: first column, first row, last column, last row."""
    return [range_boundaries(one) for reference in references for one in reference.split()]


def apart(boxes_: list[tuple[int, int, int, int]]) -> bool:
    """Whether no two ranges share a cell."""
    return not any(
        one[0] <= two[2] and two[0] <= one[2] and one[1] <= two[3] and two[1] <= one[3]
        for one, two in combinations(boxes_, 2)
    )


def test_merged_cells_filters_and_tables_lie_apart(parts: dict[str, Parts]) -> None:
    """No merged range meets another or a table: Excel repairs a file with two that do."""
    for name, one in parts.items():
        for sheet in (part for part in one.trees if part.startswith(_SHEET)):
            merged = boxes(one.given(sheet, "mergeCell", "ref"))
            filters = boxes(one.given(sheet, "autoFilter", "ref"))
            assert apart(merged + filters), (name, sheet)


def test_no_rule_looks_at_another_sheet(parts: dict[str, Parts]) -> None:
    """Conditional formats name cells of their own sheet: others need an extension of the format."""
    for name, one in parts.items():
        rules = [text for text in one.texts(_SHEET, "formula") if "!" in _LITERAL.sub("", text)]
        assert rules == [], name


def test_the_headings_of_a_table_are_what_its_cells_say(parts: dict[str, Parts]) -> None:
    """Excel repairs a table with a heading that its cell does not hold, or two of one name."""
    for name, one in parts.items():
        strings = list(one.texts("xl/sharedStrings.xml", "si"))
        for table in one.all("xl/tables/", "table"):
            headings = [
                column.attrib["name"] for column in table.iter() if column.tag.endswith("}tableColumn")
            ]
            assert len({heading.casefold() for heading in headings}) == len(headings), name
            assert set(headings) <= set(strings), name


# --- What Excel reads on opening


_PANES = {"topLeft": (0, 0), "topRight": (1, 0), "bottomLeft": (0, 1), "bottomRight": (1, 1)}
"""Which panes lie right of the columns that are frozen, and below the rows (ECMA-376-1 18.18.52)."""


def test_a_frozen_sheet_has_the_panes_that_its_split_makes(parts: dict[str, Parts]) -> None:
    """Each selection is in a pane that is there, one in the active pane, and its cell in its own range.

    ECMA-376-1 18.3.1.66 and 18.3.1.78.  The cell itself may lie in the frozen part: Excel writes A1 so.
    """
    frozen = 0
    for where, one in parts.items():
        for view in one.all(_SHEET, "sheetView"):
            [pane] = [e.attrib for e in view if e.tag.endswith("}pane")] or [{}]
            selections = [e.attrib for e in view if e.tag.endswith("}selection")]
            split = [int(pane.get(side, 0)) for side in ("xSplit", "ySplit")]
            there = {name for name, beyond in _PANES.items() if all(map(int.__le__, beyond, split))}
            chosen = [selection.get("pane", "topLeft") for selection in selections]
            assert set(chosen) <= there, where
            assert len(set(chosen)) == len(chosen), where
            if pane:
                assert pane["activePane"] in chosen, where
                first = range_boundaries(pane["topLeftCell"])[:2]
                assert all(cell > edge for cell, edge in zip(first, split, strict=True)), where
                frozen += 1
            for selection in selections:
                cell = selection.get("activeCell", "A1")
                assert not apart(boxes(iter([cell, selection.get("sqref", "A1")]))), where
    assert frozen


def test_only_one_sheet_is_chosen_and_it_is_the_one_shown(parts: dict[str, Parts]) -> None:
    """Two chosen tabs would be a group, in which what is typed goes into both sheets."""
    for name, one in parts.items():
        chosen = [
            int(part.removeprefix(_SHEET).removesuffix(".xml")) - 1
            for part in one.trees
            if part.startswith(_SHEET) and list(one.given(part, "sheetView", "tabSelected"))
        ]
        [view] = one.all("xl/workbook.xml", "workbookView")
        assert chosen == [int(view.attrib.get("activeTab", 0))], name


def test_shared_strings_are_counted(parts: dict[str, Parts]) -> None:
    """The table of texts says how many it has, and of their uses no fewer than there are."""
    for name, one in parts.items():
        [table] = one.all("xl/sharedStrings.xml", "sst")
        used = sum(cell.attrib.get("t") == "s" for cell in one.all(_SHEET, "c"))
        assert int(table.attrib["uniqueCount"]) == len(table), name
        assert int(table.attrib["count"]) >= used, name


def test_normal_is_unlocked_and_every_other_format_says_what_it_is(parts: dict[str, Parts]) -> None:
    """What is pasted with its format takes the style Normal, and its cell must stay open to its officer."""
    for name, one in parts.items():
        said = {
            kind: [[p.attrib.get("locked") for p in xf if p.tag.endswith("}protection")] for xf in group]
            for kind in ("cellStyleXfs", "cellXfs")
            for group in one.all(_STYLES, kind)
        }
        assert said["cellStyleXfs"][0] == said["cellXfs"][0] == ["0"], name
        assert [locked for locked in said["cellXfs"][1:] if locked not in (["0"], ["1"])] == [], name


def test_what_is_never_written_stays_locked_on_a_protected_sheet(parts: dict[str, Parts]) -> None:
    """Every column of a protected sheet has a format, up to the last, that is locked."""
    formats = [xf for group in parts["blank"].all(_STYLES, "cellXfs") for xf in group]
    for sheet in (part for part in parts["blank"].trees if part.startswith(_SHEET)):
        columns = list(parts["blank"].all(sheet, "col"))
        assert {n for c in columns for n in range(int(c.attrib["min"]), int(c.attrib["max"]) + 1)} == set(
            range(1, 16_385)
        )
        for column in columns:
            [protection] = [p for p in formats[int(column.attrib["style"])] if p.tag.endswith("}protection")]
            assert protection.attrib["locked"] == "1", sheet


def test_an_empty_result_is_a_text(parts: dict[str, Parts]) -> None:
    """A formula that gives an empty text at present says so, as Excel does: an empty number may show as 0."""
    for name, one in parts.items():
        for cell in one.all(_SHEET, "c"):
            values = [value.text for value in cell if value.tag.endswith("}v")]
            assert values != [None] or cell.attrib.get("t") == "str", (name, cell.attrib["r"])


def test_only_a_workbook_with_formulas_is_computed_on_opening(parts: dict[str, Parts]) -> None:
    """Reports hold figures, and closing one that was only read asks nothing; workbooks are computed."""
    for name, one in parts.items():
        [asked] = one.all("xl/workbook.xml", "calcPr")
        has_formulas = any(True for _ in one.all(_SHEET, "f"))
        assert (asked.attrib.get("fullCalcOnLoad") == "1") is has_formulas, name

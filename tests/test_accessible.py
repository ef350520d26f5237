"""What Microsoft's Accessibility Checker would say of our workbooks, as far as their files tell.

Its rules: "Rules for the Accessibility Checker", support.microsoft.com, 651e08f2-0fc3-4e10-aaca-74b4a67101c1.
Beyond them: "Create accessible Excel workbooks", support.microsoft.com, 47003059-bda5-466b-913d-fe0065038517;
WCAG 2.2, by the numbers of its criteria; and "Making spreadsheets accessible",
analysisfunction.civilservice.gov.uk.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from tests.support.workbooks import read
from tests.test_excel_limits import Parts, parts_of
from tests.test_house_rules import luminance

OF_COUNCILS = ("blank", "reviewed", "prefilled", "part", "one behaviour", "full", "marked up")
"""The kinds of workbook that officers fill in."""
REPORTS = ("consolidated", "feedback", "action plan", "publication")
"""Kinds that are read only, and have what they say in tables."""


@pytest.fixture(scope="module")
def parts(workbooks: dict[str, bytes]) -> dict[str, Parts]:
    """The parts of every kind of workbook."""
    return {name: parts_of(content) for name, content in workbooks.items()}


@pytest.fixture(scope="module")
def opened(workbooks: dict[str, bytes]) -> dict[str, Workbook]:
    """The workbooks that officers fill in."""
    return {name: openpyxl.load_workbook(io.BytesIO(workbooks[name])) for name in OF_COUNCILS}


@pytest.fixture(scope="module")
def with_reports(opened: dict[str, Workbook], workbooks: dict[str, bytes]) -> dict[str, Workbook]:
    """The same, and reports."""
    return opened | {name: openpyxl.load_workbook(io.BytesIO(workbooks[name])) for name in REPORTS}


def visible(opened: dict[str, Workbook]) -> Iterator[tuple[str, Worksheet]]:
    """Every sheet that is seen, with the kind of its workbook."""
    for name, workbook in opened.items():
        yield from ((name, sheet) for sheet in workbook if sheet.sheet_state == "visible")


# --- The checker's errors


def test_every_object_has_alternative_text(parts: dict[str, Parts]) -> None:
    """Each chart and picture says in words what it shows, and not by the name of a file (WCAG 1.1.1)."""
    for name, one in parts.items():
        for frame in one.all("xl/drawings/drawing", "cNvPr"):
            assert len(frame.attrib.get("descr", "").split()) > 3, name
            assert not re.search(r"\.(png|jpe?g|svg|emf)\b", frame.attrib["descr"]), name


def test_every_table_has_headings(parts: dict[str, Parts]) -> None:
    """No table of Excel's own is without its header row, nor has a heading that is empty (WCAG 1.3.1)."""
    for name, one in parts.items():
        for table in one.all("xl/tables/", "table"):
            assert table.attrib.get("headerRowCount", "1") != "0", name
        assert all(heading.strip() for heading in one.given("xl/tables/", "tableColumn", "name")), name


def test_no_number_is_negative_by_its_colour(parts: dict[str, Parts]) -> None:
    """No number format has a colour: a minus is a sign, not red (WCAG 1.4.1)."""
    for name, one in parts.items():
        codes = list(one.given("xl/styles.xml", "numFmt", "formatCode"))
        assert [code for code in codes if re.search(r"\[(?:red|colou?r)", code, re.IGNORECASE)] == [], name


# --- The checker's warnings


def test_no_cells_are_merged(with_reports: dict[str, Workbook]) -> None:
    """No table has merged or split cells: a screen reader loses count of the columns (WCAG 1.3.1)."""
    for name, sheet in visible(with_reports):
        assert not sheet.merged_cells.ranges, (name, sheet.title)


def test_sheets_have_names_of_their_own(parts: dict[str, Parts]) -> None:
    """No sheet is called Sheet1, and none that is seen is empty (WCAG 2.4.6)."""
    for name, one in parts.items():
        names = list(one.given("xl/workbook.xml", "sheet", "name"))
        assert [sheet for sheet in names if re.fullmatch(r"(?i)(sheet ?)?\d*", sheet)] == [], name


def test_a_document_has_a_title_and_a_language(parts: dict[str, Parts]) -> None:
    """Its properties say what it is and in which language it is written (WCAG 2.4.2 and 3.1.1)."""
    for name, one in parts.items():
        assert all(text.strip() for text in one.texts("docProps/core.xml", "title")), name
        assert list(one.texts("docProps/core.xml", "title")), name
        assert list(one.texts("docProps/core.xml", "language")) == ["en-GB"], name


# --- Contrast


def contrast(ink: str, ground: str) -> float:
    """The contrast of two colours, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_of(cell: Cell) -> str:
    """The colour of a cell's text."""
    colour = cell.font.color
    return f"#{colour.rgb[-6:]}" if colour is not None and isinstance(colour.rgb, str) else "#000000"


def ground_of(cell: Cell) -> str:
    """The colour behind a cell's text."""
    is_solid = cell.fill.fill_type == "solid"
    return f"#{cell.fill.fgColor.rgb[-6:]}" if is_solid else "#FFFFFF"


def test_text_can_be_read_on_its_ground(with_reports: dict[str, Workbook]) -> None:
    """Every cell's text has the contrast of WCAG AA (1.4.3), on the grounds of conditional formats too."""
    for name, sheet in visible(with_reports):
        pairs = {(ink_of(cell), ground_of(cell)) for row in sheet.iter_rows() for cell in row if cell.value}
        for area, rules in sheet.conditional_formatting._cf_rules.items():
            for rule in rules:
                fill, font = rule.dxf.fill, rule.dxf.font
                if fill is not None and fill.bgColor is not None:
                    ground = f"#{fill.bgColor.rgb[-6:]}"
                    own = f"#{font.color.rgb[-6:]}" if font is not None and font.color is not None else ""
                    boxes = (
                        sheet.iter_rows(*box.bounds[1::2], *box.bounds[::2]) for box in area.sqref.ranges
                    )
                    cells = (cell for rows in boxes for row in rows for cell in row)
                    pairs |= {(own or ink_of(cell), ground) for cell in cells}
        assert [pair for pair in pairs if contrast(*pair) < 4.5] == [], (name, sheet.title)


def test_names_can_be_read_on_their_tabs(parts: dict[str, Parts]) -> None:
    """Black or white has the contrast of WCAG AA on each tab's colour: Excel writes in one of them."""
    for name, one in parts.items():
        for colour in set(one.given("xl/worksheets/", "tabColor", "rgb")):
            assert max(contrast(ink, f"#{colour[-6:]}") for ink in ("#000000", "#FFFFFF")) >= 4.5, name


# --- What a screen reader reads, and in which order


def test_each_sheet_begins_with_its_title(opened: dict[str, Workbook]) -> None:
    """A1, which a screen reader reads first, has the sheet's title, in the style of a heading."""
    for name, sheet in visible(opened):
        assert sheet["A1"].value, (name, sheet.title)
        assert sheet["A1"].style == "Heading 1", (name, sheet.title)


def test_the_first_sheet_has_headings(opened: dict[str, Workbook]) -> None:
    """The sections of Start here have a style that Excel knows as a heading."""
    for name, workbook in opened.items():
        found = [cell.value for row in workbook["Start here"] for cell in row if cell.style == "Heading 2"]
        assert len(found) >= 4, name


def test_no_row_is_blank_before_the_last(opened: dict[str, Workbook]) -> None:
    """No blank row, from which a reader might conclude that the sheet has ended, stands between others.

    Rows of formulas that show nothing yet, and those with a chart upon them, are none.
    """
    for name, sheet in visible(opened):
        used = {cell.row for row in sheet.iter_rows() for cell in row if cell.value is not None}
        charted = {
            row
            for chart in sheet._charts
            for row in range(chart.anchor._from.row + 1, chart.anchor.to.row + 2)
        }
        assert sorted(set(range(1, max(used))) - used - charted) == [], (name, sheet.title)


# --- Links and cells to fill in


def links(sheet: Worksheet) -> Iterator[tuple[Cell, str]]:
    """The cells of a sheet with a link, and what they say."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                yield cell, str(cell.value)


def test_links_say_where_they_lead(with_reports: dict[str, Workbook]) -> None:
    """No link is called by a cell's address, an internet address or "here" (WCAG 2.4.4)."""
    for name, sheet in visible(with_reports):
        said = [text for _, text in links(sheet)]
        assert [text for text in said if _UNSAID.fullmatch(text)] == [], (name, sheet.title)


_UNSAID = re.compile(r"(?i)[A-Z]{1,3}\d+|https?:.*|(click )?here|link")


LEAST_HEIGHT = 14.25
"""Points, 19 pixels: a row as Excel makes it in Arial 11.

WCAG 2.2 asks for 24 pixels (2.5.8), but not where the program sets the size and the author leaves it.
"""


def test_links_and_inputs_are_no_lower_than_other_rows(with_reports: dict[str, Workbook]) -> None:
    """No row with a link or a cell to fill in is made lower than Excel makes a row by itself."""
    for name, sheet in visible(with_reports):
        cells = [cell for row in sheet.iter_rows() for cell in row if not cell.protection.locked]
        for cell in (*cells, *(cell for cell, _ in links(sheet))):
            height = sheet.row_dimensions[cell.row].height or LEAST_HEIGHT
            assert height >= LEAST_HEIGHT, (name, sheet.title, cell.coordinate)
            width = sheet.column_dimensions[get_column_letter(cell.column)].width
            assert width * 7 >= 24, (name, sheet.title, cell.coordinate)


# --- Without protection


@pytest.fixture(scope="module")
def editions(framework: Framework, medway: Council) -> tuple[bytes, bytes]:
    """A filled workbook as it is sent, and without protection."""
    answers = (Answer("EC1", current=2, target=3, evidence="Reports"), Answer("EN4", current=1))
    given = Assessment(medway.gss_code, medway.name, "2026", answers)
    part = framework.only(["EC", "EN4"])
    usual, free = (
        Order(part, medway, "2026", assessment=given, unprotected=unprotected)
        for unprotected in (False, True)
    )
    return build_workbook(usual), build_workbook(free)


def sheets(content: bytes) -> list[str]:
    """The XML of each sheet, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [archive.read(name).decode() for name in names]


def test_without_protection_it_is_read_alike(
    editions: tuple[bytes, bytes], framework: Framework, register: Register
) -> None:
    """The same answers, problems and other texts come of both."""
    usual, free = (read(content, framework, register) for content in editions)
    assert free.assessment == usual.assessment
    assert free.problems == usual.problems
    assert free.other_texts == usual.other_texts == ()


@pytest.mark.parametrize("with_answers", [False, True])
def test_copies_without_protection_are_not_those_with_it(
    framework: Framework, medway: Council, *, with_answers: bool
) -> None:
    """Derived copies of both kinds built one after the other keep to what was ordered."""
    given = Assessment(medway.gss_code, medway.name, "2026", ()) if with_answers else None
    part = framework.only(["EN4"])
    for unprotected in (False, True, False):
        order = Order(part, medway, "2026", assessment=given, unprotected=unprotected)
        assert any("<sheetProtection" in one for one in sheets(build_workbook(order))) is not unprotected

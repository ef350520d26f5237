"""The workbook has the sheets, headings, lists, prompts and protection that it should have."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
import zipfile
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Council, Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook.stamp import parse_stamp

SHEETS = [
    "Start here",
    "Engaging councillors",
    "Engaging senior managers",
    "Working with partners",
    "Engaging strategic suppliers",
    "Commercial opportunities",
    "Contracts and relationships",
    "Managing strategic risk",
    "Obtaining social value",
    "SMEs and micro-businesses",
    "VCSE engagement",
    "Enablers",
    "One at a time",
    "Summary",
    "Action plan",
    "Committee page",
    "Check before sending",
    "Lists",
]
HEADINGS = [
    *("Ref", "Specific behaviour", "Current level", "Target level"),
    *("1 Minimum", "2 Developing", "3 Mature", "4 Leader", "5 Innovator"),
    *("Evidence and comments", "Actions", "Owner", "Due date", "Priority"),
    *("Status", "Review date", "Discuss"),
]


SHORT = 130
"""Characters of a prompt after a sheet's first row."""


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return build_workbook(Order(framework, medway, "2026"))


@pytest.fixture(scope="module")
def workbook(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def assessment_sheets(workbook: Workbook) -> list[Worksheet]:
    return [workbook[name] for name in SHEETS[1:12]]


def table(sheet: Worksheet) -> Iterator[tuple[object, ...]]:
    """The rows of an assessment table that have a Ref."""
    for row in sheet.iter_rows(min_row=5, values_only=True):
        if row[0]:
            yield row


def test_sheets_stand_in_the_order_of_the_design(workbook: Workbook) -> None:
    """Every sheet is there under its name, in order, and only the lists are hidden."""
    assert workbook.sheetnames == SHEETS
    assert [name for name in SHEETS if workbook[name].sheet_state != "visible"] == ["Lists"]


def test_the_tables_hold_the_framework(framework: Framework, assessment_sheets: list[Worksheet]) -> None:
    """Each sheet has the headings in order, and one row per behaviour with its five descriptors."""
    found = []
    for sheet in assessment_sheets:
        assert [cell.value for cell in sheet[4]] == HEADINGS
        found += [(row[0], row[1], row[4:9]) for row in table(sheet)]
    assert found == [(row.code, row.name, row.descriptors) for row in framework.rows]


def test_the_same_order_gives_the_same_bytes(framework: Framework, medway: Council, content: bytes) -> None:
    """There is no clock and no chance in a workbook, not in its zip either."""
    assert build_workbook(Order(framework, medway, "2026")) == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_every_visible_sheet_is_stamped_in_a_locked_cell(workbook: Workbook) -> None:
    """Each visible sheet carries a whole stamp of this council and round as locked, constant text."""
    for name in SHEETS[:-1]:
        cells = [cell for row in workbook[name].iter_rows() for cell in row if cell.value]
        stamped = [cell for cell in cells if parse_stamp(str(cell.value))]
        assert len(stamped) == 1, name
        stamp = parse_stamp(str(stamped[0].value))
        assert stamp is not None
        assert stamp.workbook == ("nps-2018", "2", "2026", "E06000035", "", (), "", False)
        assert stamped[0].protection.locked


def test_the_stamp_stands_in_a_property_and_a_name_too(workbook: Workbook) -> None:
    """The custom property repeats the stamp, and the defined name points at its cell."""
    sheet, cell = workbook.defined_names["nps_stamp"].attr_text.replace("$", "").split("!")
    stamp = str(workbook[sheet.strip("'")][cell].value)
    assert stamp.startswith("nps-2018 | template 2 | ")
    assert workbook.custom_doc_props["nps_stamp"].value == stamp


def test_only_what_is_to_be_filled_in_is_unlocked(assessment_sheets: list[Worksheet]) -> None:
    """Answers, and the four about the key area, are unlocked on protected sheets; all else is locked."""
    inputs = {position for position, heading in enumerate(HEADINGS) if position in (2, 3) or position > 8}
    for sheet in assessment_sheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password
        for row in sheet.iter_rows():
            for cell in row:
                in_table = cell.row >= 5 and sheet.cell(cell.row, 1).value is not None
                in_head = cell.coordinate in ("F1", "H1", "K1", "M1")
                assert cell.protection.locked is not (in_head or (in_table and cell.column - 1 in inputs))


def test_dropdowns_and_prompts_are_on_every_row(assessment_sheets: list[Worksheet]) -> None:
    """What is chosen comes from named lists, dates are dates, and all say which row they are of."""
    expected = {
        2: ("list", "nps_levels"),
        3: ("list", "nps_levels"),
        9: (None, None),
        10: (None, None),
        11: (None, None),
        12: ("date", None),
        13: ("list", "nps_priorities"),
        14: ("list", "nps_statuses"),
        15: ("date", None),
        16: ("list", "nps_yes"),
    }
    for sheet in assessment_sheets:
        rules = {
            str(area): rule for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges
        }
        for number, row in enumerate(table(sheet), start=5):
            for col, (kind, source) in expected.items():
                rule = rules[cell_name(number - 1, col)]
                assert rule.type == kind
                assert source is None or rule.formula1 == source
                assert rule.promptTitle.startswith(f"{row[0]} ")
                assert rule.prompt.startswith(f"{HEADINGS[col]}. ")
                assert number == 5 or len(rule.prompt) <= SHORT
                assert (rule.error is not None) is (kind is not None)


def test_levels_are_chosen_from_the_list_of_the_design(workbook: Workbook) -> None:
    """The dropdown holds the five levels and Not applicable, without a dash that could be changed."""
    area = workbook.defined_names["nps_levels"].attr_text
    assert area == "Lists!$A$2:$A$7"
    values = [row[0] for row in workbook["Lists"]["A2:A7"]]
    assert [cell.value for cell in values] == [
        *("1 Minimum", "2 Developing", "3 Mature", "4 Leader", "5 Innovator", "Not applicable")
    ]


def test_text_cells_keep_what_is_typed(assessment_sheets: list[Worksheet]) -> None:
    """Cells for text and levels have the text format, so that "007" and "- item" stay as typed."""
    for sheet in assessment_sheets:
        for heading in ("Current level", "Evidence and comments", "Actions", "Owner", "Priority"):
            assert sheet.cell(5, HEADINGS.index(heading) + 1).number_format == "@"


def test_the_first_sheet_has_the_councils_details(workbook: Workbook) -> None:
    """Label and answer stand side by side, the council's own already filled in and locked."""
    sheet = workbook["Start here"]
    details = {sheet.cell(row, 1).value: sheet.cell(row, 2) for row in range(8, 17)}
    assert list(details) == [
        *("Council", "GSS code", "Round", "Completed by", "Role", "Department", "Email"),
        *("Date completed", "Combined council response?"),
    ]
    prefilled = [details[label].value for label in ("Council", "GSS code", "Round")]
    assert prefilled == ["Medway Council", "E06000035", "2026"]
    assert [cell.protection.locked for cell in details.values()] == [True] * 3 + [False] * 6


def test_due_date_contact_and_address_are_said(framework: Framework, medway: Council) -> None:
    """What the analyst asks for on the command line, the officer reads on the first sheet."""
    order = Order(framework, medway, "2026", dt.date(2026, 12, 18), "Ask Desk, 01234 567890", "a@b.example")
    workbook = openpyxl.load_workbook(io.BytesIO(build_workbook(order)))
    text = "\n".join(str(cell.value) for row in workbook["Start here"].iter_rows() for cell in row)
    assert "by 18 December 2026 to a@b.example." in text
    assert "Ask Desk, 01234 567890" in text


def test_headings_and_first_columns_stay_in_view(assessment_sheets: list[Worksheet]) -> None:
    """Four short rows and three columns are frozen, and the cursor waits at the first level."""
    for sheet in assessment_sheets:
        assert sheet.freeze_panes == "D5"
        frozen = sum(sheet.row_dimensions[row].height or 19 for row in (1, 2, 3, 4))
        assert frozen <= 93
        assert sheet.sheet_view.selection[-1].activeCell == "C5"


def test_every_row_of_a_table_has_a_height_of_its_own(assessment_sheets: list[Worksheet]) -> None:
    """Row heights are explicit and within what Excel allows."""
    for sheet in assessment_sheets:
        for number, _ in enumerate(table(sheet), start=5):
            height = sheet.row_dimensions[number].height
            assert height is not None
            assert 60 <= height <= 409


def test_charts_have_alternative_text(content: bytes) -> None:
    """Every drawing says in words what it shows."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawings = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        assert drawings
        for name in drawings:
            charts = re.findall(r"<xdr:cNvPr [^>]*>", archive.read(name).decode())
            assert charts
            assert all(re.search(r'descr="[A-Z][a-z ]*ar chart: ', chart) for chart in charts)


def test_formulas_use_only_functions_that_all_three_programs_share(content: bytes) -> None:
    """No function newer than Excel 2010, which needs a prefix; none that recalculates at every touch."""
    used = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            written = archive.read(name).decode()
            for formula in re.findall(r"<(?:f|formula[12]?|definedName)\b[^>]*>([^<]*)<", written):
                used |= set(
                    re.findall(r"([A-Z][A-Z0-9.]*)\(", re.sub(r'"[^"]*"', '""', html.unescape(formula)))
                )
    assert "SUMIFS" in used
    assert used <= {
        *("IF", "IFERROR", "AND", "OR", "ISNUMBER", "INDEX", "MATCH", "LEFT", "LOWER", "TRIM", "LEN", "CODE"),
        *("SUM", "SUMIFS", "SUMPRODUCT", "COUNT", "COUNTIFS", "AVERAGEIFS", "ROW", "HYPERLINK", "MOD"),
        *("COUNTIF", "FIXED", "MAX", "N", "ROUNDUP", "MID", "FIND", "SUBSTITUTE", "CHAR"),
        *("CHOOSE", "INT", "LARGE", "ROUND", "MIN", "DATE", "YEAR", "MONTH"),
    }

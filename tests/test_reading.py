"""Two witnesses for every file: what a reader leaves out or makes up is noticed, cell by cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest

from nps_xlsx.ingester import SourceFile
from nps_xlsx.ingester.grids import Grid
from nps_xlsx.ingester.preflight import Parts, preflight
from nps_xlsx.ingester.reading import spreadsheetml
from nps_xlsx.ingester.reading import workbook as reading
from nps_xlsx.ingester.reading.workbook import read_workbook
from nps_xlsx.model import Answer, Council, Framework
from nps_xlsx.register.councils import Register
from tests.support.workbooks import filled, places, read

SHEET = "Engaging councillors"


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    answers = [Answer("EC1", current=2, evidence="Policy"), Answer("EC2", current=3, evidence="Other words")]
    return filled(framework, medway, *answers)


def edited(content: bytes, change: Callable[[str], str], part: str = "xl/worksheets/sheet2.xml") -> bytes:
    """The same workbook with one of its parts changed, its checksums right."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            new.writestr(entry.filename, change(text.decode()).encode() if entry.filename == part else text)
    return buffer.getvalue()


@pytest.mark.parametrize("index", ["-1", "1.5", "x", " 1 ", "1e1"])
def test_a_cell_whose_text_is_not_there_is_told(
    content: bytes, framework: Framework, register: Register, index: str
) -> None:
    """For a broken index the fast reader gives the first of all texts; here the cell is told instead."""

    def change(text: str) -> str:
        return re.sub(r'(<c r="J6"[^>]*t="s"[^>]*><v>)\d+', rf"\g<1>{index}", text)

    returned = read(edited(content, change), framework, register)
    assert places(returned, "cell-unread") == [(SHEET, "J6")]
    assert returned.assessment is not None
    assert returned.assessment["EC1"].evidence == ""
    assert returned.assessment["EC1"].current == 2
    assert returned.answers_refused == 1


def test_a_cell_that_stands_there_twice_is_told(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Of two cells in one place with different words neither is believed."""

    def change(text: str) -> str:
        cell = '<c r="C6" t="inlineStr"><is><t>5 Innovator</t></is></c>'
        return text.replace("</sheetData>", f'<row r="6">{cell}</row></sheetData>')

    returned = read(edited(content, change), framework, register)
    assert places(returned, "cell-unread") == [(SHEET, "C6")]


def test_a_reader_that_drops_text_is_caught_and_a_second_one_tried(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first reader leaves a filled cell blank, the second one is used, and it is noted."""
    whole = read_workbook(SourceFile("r.xlsx", content, len(content)))
    by_calamine = reading._calamine

    def careless(parts: Parts) -> list[Grid] | None:
        grids = by_calamine(parts) or []
        for grid in grids:
            if grid.name == SHEET:
                grid.rows[5][9] = ""
        return grids

    monkeypatch.setattr(reading, "_calamine", careless)
    again = read_workbook(SourceFile("r.xlsx", content, len(content)))
    assert [slug for slug, _ in again.notes] == ["file-read-otherwise"]
    assert {g.name: g.at(5, 9) for g in again.grids} == {g.name: g.at(5, 9) for g in whole.grids}


def test_what_no_reader_gives_is_told_cell_by_cell(
    content: bytes, framework: Framework, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A filled cell that both readers leave blank is an error at its place, never a blank."""
    by_calamine = reading._calamine

    def careless(parts: Parts) -> list[Grid] | None:
        grids = by_calamine(parts) or []
        for grid in grids:
            if grid.name == SHEET:
                grid.rows[5][2] = ""
        return grids

    monkeypatch.setattr(reading, "_calamine", careless)
    monkeypatch.setattr(spreadsheetml, "second_reading", careless)
    returned = read(content, framework, register)
    assert places(returned, "cell-unread") == [(SHEET, "C6")]


def test_a_strict_workbook_has_a_second_reader_too(content: bytes) -> None:
    """By itself openpyxl sees no sheets in a Strict workbook; here it reads the same as of the usual kind."""
    strict = content
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/sharedStrings.xml"):
        strict = edited(strict, _as_strict, part)
    with zipfile.ZipFile(io.BytesIO(strict)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    for part in sheets:
        strict = edited(strict, _as_strict, part)
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(strict)).read("xl/workbook.xml")
    first, again = (spreadsheetml.second_reading(preflight(whole)) for whole in (content, strict))
    assert first == again
    assert first


def _as_strict(text: str) -> str:
    return text.replace(
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ).replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def test_openpyxl_reads_with_defusedxml() -> None:
    """The second reader parses XML only through defusedxml; without it, the program would not start."""
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML

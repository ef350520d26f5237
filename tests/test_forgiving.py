"""What Excel forgives is read: odd names of parts, stray cells, its own password, sheets of charts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import msoffcrypto.format.ooxml
import pytest
from openpyxl.chartsheet import Chartsheet
from openpyxl.workbook import Workbook

from nps_xlsx.model import Answer, Council, Framework, Status
from nps_xlsx.register.councils import Register
from tests.support.workbooks import changed, filled, read

ANSWERS = (Answer("EC1", current=3, target=4, evidence="A text"), Answer("SV10", current=2))


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(framework, medway, *ANSWERS)


def renamed(content: bytes, name: Callable[[str], str]) -> bytes:
    """The same zip, its parts under other names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for part in old.namelist():
            entry = zipfile.ZipInfo("x")
            entry.filename = name(part)  # past what the library would put right
            new.writestr(entry, old.read(part))
    return buffer.getvalue()


def other_case(part: str) -> str:
    return part.replace("xl/worksheets/", "XL/WorkSheets/").replace("[Content_Types]", "[content_types]")


def encrypted(content: bytes, password: str) -> bytes:
    """The workbook as Excel encrypts it."""
    buffer = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


def far(cell: str, sheet: str) -> Callable[[Workbook], None]:
    """A change that leaves one stray text in a far cell."""

    def change(workbook: Workbook) -> None:
        target = workbook[sheet] if sheet in workbook.sheetnames else workbook.create_sheet(sheet)
        target[cell] = "stray"

    return change


def with_chart_sheet(workbook: Workbook) -> None:
    """A change that adds a sheet of its own for a chart, before all others."""
    workbook._sheets.insert(0, Chartsheet(parent=workbook, title="Chart1"))


ODD: dict[str, Callable[[bytes], bytes]] = {
    "backslashes in the names of parts": lambda c: renamed(c, lambda part: part.replace("/", "\\")),
    "a slash before the names of parts": lambda c: renamed(c, lambda part: f"/{part}"),
    "names of parts in another case": lambda c: renamed(c, other_case),
    "the password that Excel tries by itself": lambda c: encrypted(c, "VelvetSweatshop"),
    "a stray cell in the last row of an assessment sheet": lambda c: changed(c, far("F1048576", "Enablers")),
    "a stray cell in the last column of an added sheet": lambda c: changed(c, far("XFD306", "Workings")),
    "a stray cell in the last row of a live sheet": lambda c: changed(c, far("N1048576", "Summary")),
    "a sheet of a chart": lambda c: changed(c, with_chart_sheet),
}


@pytest.mark.parametrize("odd", ODD)
def test_every_answer_is_read_where_excel_would_open_the_file(
    odd: str, content: bytes, framework: Framework, register: Register
) -> None:
    """The file is accepted with each answer in its place."""
    returned = read(ODD[odd](content), framework, register)
    assert returned.status is Status.ACCEPTED, returned.message
    assert returned.assessment is not None
    given = {
        answer.ref: (answer.current, answer.target) for answer in returned.assessment if answer.is_answered
    }
    assert given == {"EC1": (3, 4), "SV10": (2, None)}


def test_a_password_that_somebody_chose_stays_one(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Only Excel's own password is tried: any other is the council's to take off."""
    returned = read(encrypted(content, "a secret"), framework, register)
    assert [found.slug for found in returned.problems] == ["file-encrypted"]

"""What Microsoft's Accessibility Checker would say of our workbooks, as far as their files tell."""

from __future__ import annotations

import io
import zipfile

import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from tests.support.workbooks import read

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

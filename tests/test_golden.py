"""The workbook as text is what was last looked at and agreed.

After a change that is meant, write the golden files again with ``NPS_GOLDEN=write pytest
tests/test_golden.py``, and review them with the rest of the change.
"""

from __future__ import annotations

import os

import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Council, Framework
from tests.conftest import ROOT
from tests.support.dump import dump, names

GOLDEN = ROOT / "tests" / "golden"

# One of each kind of sheet, from an edition of one key area with a principle, a long list and a footnote.
SHEETS = {
    "start": "Start here",
    "assessment": "Engaging councillors",
    "enablers": "Enablers",
    "one-at-a-time": "One at a time",
    "summary": "Summary",
    "plan": "Action plan",
    "committee": "Committee page",
    "check": "Check before sending",
    "lists": "Lists",
}


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return build_workbook(Order(framework.only(["EC", "EN4"]), medway, "2026"))


def agreed(name: str, text: str) -> str:
    """The golden text; written first where that was asked for."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NPS_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_as_agreed(content: bytes, name: str) -> None:
    """Cells, validations, rules, protection and print set-up of each kind of sheet are as reviewed."""
    text = dump(content, SHEETS[name])
    assert text == agreed(name, text)


def test_the_names_are_as_agreed(content: bytes) -> None:
    """The workbook's defined names are as reviewed."""
    text = names(content)
    assert text == agreed("names", text)

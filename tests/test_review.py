"""A review edition shows where the council's levels and the reviewer's differ."""

from __future__ import annotations

import dataclasses
import io

import openpyxl
import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.model.content import LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.rules import agreement
from tests.support.workbooks import read, slugs


@pytest.mark.parametrize(
    ("council", "reviewer", "words"),
    [
        (2, 2, "Agreed"),
        ("NA", "NA", "Agreed"),
        (2, 3, "Reviewer higher"),
        (2, 1, "Reviewer lower"),
        (2, "NA", "Only one gives a level"),
        (None, 3, "Only one gives a level"),
        (None, None, "Not yet reviewed"),
        (2, None, "Not yet reviewed"),
    ],
)
def test_two_levels_agree_or_differ(council: LevelValue, reviewer: LevelValue, words: str) -> None:
    """Levels are compared where both are given; not applicable agrees with itself only."""
    assert agreement(Answer("EC1", current=council, reviewer_level=reviewer)) == words


@pytest.fixture(scope="module")
def reviewed(framework: Framework, medway: Council) -> bytes:
    """A reviewed workbook of one key area."""
    answers = (
        Answer("EC0", current=1, reviewer_level=2),
        Answer("EC1", current=4, reviewer_level=2, reviewer_comment="Not yet in full"),
        Answer("EC2", current=3, reviewer_level=3, reviewer_comment="Fair " * 100),
    )
    order = Order(framework.only(["EC"]), medway, "2026", with_review=True)
    details = (("reviewed_by", "A peer team"),)
    assessment = Assessment(medway.gss_code, medway.name, "2026", answers, details=details)
    return build_workbook(dataclasses.replace(order, assessment=assessment))


def test_the_sheet_counts_and_compares(reviewed: bytes) -> None:
    """Counts in words without the principles; a row for each with both levels, difference and comment."""
    sheet = openpyxl.load_workbook(io.BytesIO(reviewed), data_only=True)[layout.REVIEW_SHEET]
    assert sheet["A3"].value == (
        "Reviewed by A peer team. Agreed 1, reviewer higher 0, reviewer lower 1, only one gives a level 0, "
        "not yet reviewed 1"
    )
    rows = {row[0]: row[2:] for row in sheet.iter_rows(min_row=6, max_row=9, max_col=7, values_only=True)}
    assert rows["EC0"][:4] == ("1 Minimum", "2 Developing", 1, "Reviewer higher")
    assert rows["EC1"] == ("4 Leader", "2 Developing", -2, "Reviewer lower", "Not yet in full")
    assert rows["EC2"][2:4] == (0, "Agreed")
    assert str(rows["EC2"][4]).endswith("The whole text is in the row itself.")
    assert rows["EC3"][3] == "Not yet reviewed"


def test_only_review_editions_have_it(reviewed: bytes, framework: Framework, medway: Council) -> None:
    """The sheet stands before Check before sending; other workbooks have neither it nor its figures."""
    names = openpyxl.load_workbook(io.BytesIO(reviewed)).sheetnames
    assert names[-3:] == [layout.REVIEW_SHEET, layout.CHECK, layout.LISTS]
    usual = openpyxl.load_workbook(io.BytesIO(build_workbook(Order(framework.only(["EC"]), medway, "2026"))))
    assert layout.REVIEW_SHEET not in usual.sheetnames
    assert "reviewer" not in [cell.value for cell in usual[layout.LISTS][1]]


def test_it_comes_back_without_a_word(reviewed: bytes, framework: Framework, register: Register) -> None:
    """Nothing on the sheet is listed as a text of the council's, and the reviewer's levels are read."""
    returned = read(reviewed, framework, register)
    assert returned.other_texts == ()
    assert slugs(returned) == []
    assert returned.assessment is not None
    assert returned.assessment["EC1"].reviewer_level == 2

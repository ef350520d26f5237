"""The Action plan: a row for every behaviour, own actions whole, and nothing printed that is not filled."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nps_xlsx.builder import Order, build_workbook, continued
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.rules import in_plan, to_close
from tests.conftest import many
from tests.support.workbooks import filled
from tests.test_live_sheets import random_answers

HEADINGS, FIRST, LEAD, NOTE = 5, 6, "A3", "A4"


def plan_of(content: bytes) -> list[dict[str, Any]]:
    """The rows of the plan that are filled, as the workbook shows them before any calculation."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Action plan"]
    headings = [cell.value for cell in sheet[HEADINGS] if cell.value]
    rows = sheet.iter_rows(min_row=FIRST, max_col=len(headings), values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows if row[1]]


def test_every_behaviour_has_a_row(framework: Framework, medway: Council) -> None:
    """Those below their target come first, then those with actions, and the others say why they are last."""
    answers = [
        Answer("EC1", current=3, target=3),
        Answer("EC2", current=2, target=4, actions="Report twice a year", owner="Head", status="On track"),
        Answer("EC3", current=2),
        Answer("SM1", current="NA", evidence="Shared service"),
        Answer("SM2", current=4, target=3, actions="Keep it up"),
        Answer("SM3", current=1, target=2, priority="High", due_date=dt.date(2027, 3, 31)),
    ]
    rows = plan_of(filled(framework, medway, *answers))
    assert [row["Ref"] for row in rows[:5]] == ["SM3", "EC2", "SM2", "EC1", "EC3"]
    assert len(rows) == len(framework.behaviours)
    shown = {row["Ref"]: (row["From"], row["To"]) for row in rows}
    assert shown["EC1"] == ("3 Mature", "At its target")
    assert shown["EC3"] == ("2 Developing", "No target yet")
    assert shown["SM1"] == ("Not applicable", None)
    assert shown["SM2"] == ("4 Leader", "3 Mature")
    assert shown["VCSE8"] == ("Not answered", None)
    assert (rows[1]["Our actions"], rows[1]["Owner"], rows[1]["Status"]) == (
        "Report twice a year",
        "Head",
        "On track",
    )
    assert rows[1]["What the next level requires"].startswith("3 Mature: ")


def test_the_order_is_that_of_the_reports(framework: Framework) -> None:
    """Among all behaviours, those to close stand first and as every report has them."""
    for seed in range(5):
        assessment = Assessment("E1", "A", "2026", tuple(random_answers(framework, seed)))
        first = to_close(framework, assessment)
        everything = in_plan(framework, assessment)
        assert everything[: len(first)] == first
        assert sorted(row.code for row in everything) == sorted(row.code for row in framework.behaviours)


def test_long_actions_are_shown_whole(framework: Framework, medway: Council) -> None:
    """A text goes on in the next rows, which repeat whatever a filter may ask for, and not a word is lost."""
    text = "The director reports to the cabinet on suppliers each spring; " * 20
    content = filled(framework, medway, Answer("SM3", 1, 3, actions=text, owner="Head", priority="High"))
    rows = [row for row in plan_of(content) if row["Ref"] == "SM3"]
    pieces = [row["Our actions"].removeprefix("(continued) ").removesuffix("…") for row in rows]
    assert "".join(pieces) == text
    assert len(rows) > 3
    repeated = ("Priority", "Specific behaviour", "From", "To", "Owner")
    assert len({tuple(row[heading] for heading in repeated) for row in rows}) == 1
    assert all(row["Our actions"].startswith("(continued) ") for row in rows[1:])
    assert [bool(row["Suggested actions"]) for row in rows[:2]] == [True, False]


@settings(max_examples=many(60), deadline=None)
@given(st.lists(st.text("abcdefgh iklmnop,;.", min_size=1, max_size=60), max_size=80).map("\n".join))
def test_no_piece_loses_a_letter_or_outgrows_its_row(text: str) -> None:
    """The pieces make up the text that is shown, which has all words of the own one."""
    shown = continued.flat(text)
    found = continued.pieces(shown)
    assert "".join(found) == shown
    assert shown.replace(" / ", "\n") == text or shown == text
    assert all(len(piece) <= continued.room(shown) + 40 for piece in found)


def test_ordinary_words_fit_their_row(framework: Framework, medway: Council) -> None:
    """Any descriptor taken for an action takes no more lines than a row has."""
    room = text_height("\n" * (continued.LINES - 1), continued.WIDTH)
    for row in framework.behaviours:
        for piece in continued.pieces(continued.flat("\n".join(row.descriptors))):
            assert text_height(f"(continued) {piece}…", continued.WIDTH - 9) <= room, piece


@pytest.mark.parametrize("share", [0, 1])
def test_what_is_printed_is_filled(framework: Framework, medway: Council, share: int) -> None:
    """Blank or full, every row of the print area names a behaviour, and the area is no formula."""
    answers = [Answer(row.code, 1, 3, actions="To do") for row in framework.rows] * share
    content = filled(framework, medway, *answers)
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)["Action plan"]
    area = re.fullmatch(r"'Action plan'!\$A\$1:\$L\$(\d+)", sheet.print_area)
    assert area
    refs = [cell.value for cell in sheet["B"][FIRST - 1 : int(area[1])]]
    assert len(refs) == len(framework.behaviours)
    assert all(refs)


def test_a_plan_longer_than_its_print_says_so(framework: Framework, medway: Council) -> None:
    """Where long texts need more rows than are printed, the head of the sheet says how many there are."""
    usual, long = (
        openpyxl.load_workbook(
            io.BytesIO(filled(framework, medway, Answer("EC1", 1, 2, actions="Do more. " * times))),
            data_only=True,
        )["Action plan"]
        for times in (1, 400)
    )
    assert usual[LEAD].value == "1 of 59 behaviours below target, 1 of them with our own actions, 0 done."
    assert usual[NOTE].value.startswith("Filled in automatically")
    assert long[NOTE].value.startswith("Long texts continue in further rows: this plan has 72,")


def test_the_objective_stands_in_every_row_of_its_area(framework: Framework, medway: Council) -> None:
    """A key area's objective and date are in the plan; one that does not fit says where it is whole."""
    heads = (
        ("EC", "objective", "Every councillor knows the plan"),
        ("EC", "reach_by", "2028-03-31"),
        ("SM", "objective", "A long objective. " * 30),
    )
    assessment = Assessment(medway.gss_code, medway.name, "2026", (), heads=heads)
    rows = plan_of(build_workbook(Order(framework, medway, "2026", assessment=assessment)))
    shown = {row["Ref"]: (row["Objective of the key area"], row["Reach it by"]) for row in rows}
    assert shown["EC3"] == ("Every councillor knows the plan", dt.datetime(2028, 3, 31))  # noqa: DTZ001
    assert shown["SM1"][0].endswith("… (whole on its sheet)")
    assert shown["WP1"] == (None, None)
    assert layout.HEAD[2].key == "objective"

"""The Committee page: one sheet of A4 that says what the Summary and the Action plan say."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.model.scores import score
from nps_xlsx.workbook.rules import to_close
from tests.support.workbooks import filled
from tests.test_live_sheets import random_answers
from tests.test_summary import charts_of

NAME = "Committee page"


def page_of(content: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)[NAME]


def below(sheet: Worksheet, heading: str) -> Iterator[list[Any]]:
    """The rows below a heading in the first column, without blanks at their ends, up to the next heading."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_col=7)]
    start = next(at for at, row in enumerate(rows) if row[0] == heading)
    others = {"Theme", "Key area", "Strengths", "Next steps", "First actions", "Due by the end of"}
    for row in rows[start + 1 :]:
        if row[0] in others or row[0] is None:
            return
        yield row


def test_the_page_repeats_the_figures_of_themes(framework: Framework, medway: Council) -> None:
    """Each theme, what has no theme, and all behaviours stand there with their averages and counts."""
    answers = random_answers(framework, 3)
    rows = list(below(page_of(filled(framework, medway, *answers)), "Theme"))
    assert [row[0] for row in rows] == [*(one.name for one in framework.themes), "Enablers", "All behaviours"]
    for row, theme in zip(rows, framework.themes, strict=False):
        own = score([one for area in theme.key_areas for one in area.behaviours], answers)
        assert row[1:4] == [pytest.approx(own.current), pytest.approx(own.target), pytest.approx(own.gap)]
        assert row[5] == f"{own.applicable} of {own.behaviours} levels"


def test_strengths_and_steps_are_the_first_of_their_kind(framework: Framework, medway: Council) -> None:
    """Of equal levels the one in the stronger key area is named first; steps are the first of the plan."""
    answers = [
        Answer("EC1", current=4),
        Answer("EC2", current=1, target=4),
        Answer("SM1", current=4),
        Answer("SM2", current=4, target=5, priority="High"),
        Answer("WP1", current=2),
    ]
    sheet = page_of(filled(framework, medway, *answers))
    assert [row[0].split()[0] for row in below(sheet, "Strengths")] == ["SM1", "SM2", "EC1"]
    steps = [(row[0].split()[0], row[1], row[2]) for row in below(sheet, "Next steps")]
    assert steps == [("SM2", "4 Leader", "5 Innovator"), ("EC2", "1 Minimum", "4 Leader")]


def test_steps_are_those_of_the_reports(framework: Framework, medway: Council) -> None:
    """The three next steps are the first three that every report of the same answers begins with."""
    answers = tuple(random_answers(framework, 1))
    first = to_close(framework, Assessment("", "", "", answers))[:3]
    rows = below(page_of(filled(framework, medway, *answers)), "Next steps")
    assert [row[0] for row in rows] == [f"{one.code} {one.name}" for one in first]


def test_only_actions_still_to_be_done_are_listed(framework: Framework, medway: Council) -> None:
    """They have their owner and date; what is done is left out, and a long text says where it is whole."""
    answers = [
        Answer("EC1", 1, 3, actions="Done already", status="Done", priority="High"),
        Answer("EC2", 1, 3, actions="Report twice", owner="Head", due_date=dt.date(2027, 3, 31)),
        Answer("EC3", 1, 3),
        Answer("SM1", 1, 2, actions="Many words. " * 40),
    ]
    rows = list(below(page_of(filled(framework, medway, *answers)), "First actions"))
    assert [row[0].split()[0] for row in rows] == ["EC2", "SM1"]
    assert rows[0][5:] == ["Report twice", "Head"]
    assert rows[0][3] == dt.datetime(2027, 3, 31)  # noqa: DTZ001 - as a cell has it
    assert rows[1][5].endswith("(whole in the plan)")


def test_actions_are_counted_by_quarter(framework: Framework, medway: Council) -> None:
    """Four quarters from that of the earliest date on, then later, then without a date; done ones below."""
    days = [dt.date(2026, 11, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1), dt.date(2028, 5, 1)]
    refs = ["EC1", "EC2", "EC3", "SM1"]
    answers = [Answer(ref, 1, 2, actions="Do", due_date=day) for ref, day in zip(refs, days, strict=True)]
    answers.append(Answer("SM2", 1, 2, actions="Do", status="Done"))
    sheet = page_of(filled(framework, medway, *answers))
    [due, done] = list(below(sheet, "Due by the end of"))[:2]
    assert due == ["Actions due", 2, 1, 0, 0, 1, 1]
    assert done == ["Of these done", 0, 0, 0, 0, 0, 1]
    ends = [
        cell.value for cell in next(row for row in sheet.iter_rows() if row[0].value == "Due by the end of")
    ]
    assert [end.date().isoformat() for end in ends[1:5]] == [
        "2026-12-31",
        "2027-03-31",
        "2027-06-30",
        "2027-09-30",
    ]


def test_a_blank_page_says_so(framework: Framework, medway: Council) -> None:
    """Where there is nothing to say each part says that, and no figure is invented."""
    sheet = page_of(build_workbook(Order(framework, medway, "2026")))
    assert [row[0] for row in below(sheet, "Strengths")] == ["Nothing answered yet."]
    assert [row[0] for row in below(sheet, "Next steps")] == ["No behaviour is below its target yet."]
    assert all(row[1:5] == [None] * 4 for row in below(sheet, "Theme"))


@pytest.mark.parametrize("codes", [[], ["EC", "EN4"], ["SV3"]])
def test_it_is_one_page_whatever_is_asked(framework: Framework, medway: Council, codes: list[str]) -> None:
    """It is fitted on one page upright, and has its chart where there are key areas to compare."""
    asked = framework.only(codes) if codes else framework
    content = build_workbook(Order(asked, medway, "2026"))
    sheet = openpyxl.load_workbook(io.BytesIO(content))[NAME]
    assert sheet.page_setup.orientation == "portrait"
    assert sheet.page_setup.fitToHeight in (None, 1)  # one is what is meant where nothing is said
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["A1"].value == f"Committee page: {medway.name}, round 2026"
    assert len(charts_of(content)) == (0 if codes else 4)
    last = int(sheet.print_area.rpartition("$")[2])
    height = sum(sheet.row_dimensions[row].height or 15 for row in range(1, last + 1))
    assert height <= (842 - 0.5 * 72 - 0.6 * 72) / 0.75, "10 points would print as fewer than 7.5"

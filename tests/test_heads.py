"""The head of each key area's sheet is read wherever it stands, and goes where the answers go."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import ingest
from nps_xlsx.rounds.responses import load_responses
from nps_xlsx.workbook import layout
from tests.support.workbooks import changed, places, read, slugs, write

SHEET, PARTNERS = "Engaging councillors", "Working with partners"
HEADS = (
    ("EC", "answered_by", "Head of ICT"),
    ("EC", "answered_on", "2026-11-03"),
    ("EC", "objective", "Procurement champions"),  # also the name of a behaviour
    ("EC", "reach_by", "2028-03-31"),
    ("WP", "objective", "A plan with partners"),
    ("EN", "answered_by", "Chief Executive"),
)
DETAILS = {"may_be_named": "Yes", "reviewed_by": "A neighbour", "reviewed_on": "2026-11-20"}
ANSWER = Answer("EC1", 2, 4, actions="Do it", owner="Head", status="On track", discuss=True)
DETAILS_LABEL = next(detail.label for detail in layout.DETAILS if detail.key == "may_be_named")


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    details = tuple(DETAILS.items())
    given = Assessment(medway.gss_code, medway.name, "2026", (ANSWER,), heads=HEADS, details=details)
    return build_workbook(Order(framework, medway, "2026", assessment=given, with_review=True))


def cell(workbook: Workbook, label: str, sheet: str = SHEET) -> tuple[int, int]:
    """Row and column, from 1, of the cell to the right of a label."""
    return next((c.row, c.column + 1) for row in workbook[sheet] for c in row if c.value == label)


def _as_sent(_: Workbook) -> None:
    pass


def _inserted(workbook: Workbook) -> None:
    sheet, (_, col) = workbook[SHEET], cell(workbook, "Objective")
    sheet.insert_cols(col, 2)
    sheet.insert_rows(1, 2)
    sheet.insert_rows(4, 1)


def _label_doubled(workbook: Workbook) -> None:
    workbook[SHEET]["A30"] = workbook[PARTNERS]["A2"] = "Objective"


def _cut_and_pasted_below(workbook: Workbook) -> None:
    row, col = cell(workbook, "Reach it by")
    for across in (-1, 0):
        old = workbook[SHEET].cell(row, col + across)
        workbook[SHEET].cell(40, 7 + across).value, old.value = old.value, None


def _renamed(workbook: Workbook) -> None:
    workbook[SHEET].title = "Cllrs"
    workbook.move_sheet(PARTNERS, -2)


def test_a_label_is_no_answer_to_another(content: bytes, framework: Framework, register: Register) -> None:
    """Where the cell of one is deleted, so that the next label stands beside it, nothing is read for it."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET].delete_cols(cell(workbook, "Answered by (post)")[1])

    returned = read(changed(content, change), framework, register)
    assert returned.assessment is not None
    assert returned.assessment.head("EC", "answered_by") == ""
    assert returned.assessment.head("EC", "answered_on") == "2026-11-03"


@pytest.mark.parametrize("change", [_as_sent, _inserted, _label_doubled, _cut_and_pasted_below, _renamed])
def test_heads_are_found_by_their_labels(
    content: bytes, framework: Framework, register: Register, change: Callable[[Workbook], None]
) -> None:
    """Whatever was inserted, moved, doubled or renamed, each text is read for its key area, no more."""
    returned = read(changed(content, change), framework, register)
    assert returned.assessment is not None
    assert sorted(returned.assessment.heads) == sorted(HEADS)
    assert dict(returned.assessment.details) | DETAILS == dict(returned.assessment.details)
    assert (slugs(returned), returned.other_texts) == ([], ())


def test_what_cannot_be_used_in_a_head_is_reported_at_its_cell(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A day in words is kept as words, an error is lost, and neither is passed over in silence."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET].cell(*cell(workbook, "Reach it by")).value = "by 2030"
        workbook[SHEET].cell(*cell(workbook, "Objective")).value = "#REF!"
        workbook[layout.START].cell(*cell(workbook, "Date reviewed", layout.START)).value = "soon"
        workbook[layout.START].cell(*cell(workbook, DETAILS_LABEL, layout.START)).value = "perhaps"

    returned = read(changed(content, change), framework, register)
    assert sorted(slugs(returned)) == ["cell-error", *["detail-not-a-date"] * 2, "detail-not-yes-or-no"]
    assert {sheet for sheet, _ in places(returned, "detail-not-a-date")} == {SHEET, layout.START}
    assert returned.assessment is not None
    assert returned.assessment.head("EC", "reach_by") == "by 2030"
    assert returned.assessment.head("EC", "objective") == ""


def test_the_first_of_two_heads_counts_and_the_other_is_listed(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A sheet copied and then altered says something else: that is a text where no answer is read."""

    def change(workbook: Workbook) -> None:
        copy = workbook.copy_worksheet(workbook[PARTNERS])
        copy.cell(*cell(workbook, "Objective", copy.title)).value = "Another plan"

    returned = read(changed(content, change), framework, register)
    assert returned.assessment is not None
    assert returned.assessment.head("WP", "objective") == "A plan with partners"
    assert [other.text for other in returned.other_texts] == ["Another plan"]


def test_heads_and_columns_go_to_the_listings_and_come_back(
    content: bytes, framework: Framework, register: Register, tmp_path: Path
) -> None:
    """answers.csv has the head of its key area in each row, returns.csv who reviewed and may be named."""
    ingest([write(tmp_path / "return.xlsx", content)], tmp_path / "out", framework, register)
    rows = {}
    for name, key in (("answers", "ref"), ("returns", "status")):
        with (tmp_path / "out" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows[name] = {row[key]: row for row in csv.DictReader(file)}
    wanted = {"status": "On track", "review_date": "", "discuss": "Yes"}
    head = {key: text for area, key, text in HEADS if area == "EC"}
    assert rows["answers"]["EC1"] | wanted | head == rows["answers"]["EC1"]
    assert rows["answers"]["EC0"] | head == rows["answers"]["EC0"]
    assert rows["answers"]["EN4"]["answered_by"] == "Chief Executive"
    assert rows["returns"]["accepted"] | DETAILS == rows["returns"]["accepted"]
    [one] = load_responses(tmp_path / "out", framework, register)
    assert sorted(one.assessment.heads) == sorted(HEADS)
    answer = one.assessment["EC1"]
    assert (answer.actions, answer.status, answer.discuss) == (ANSWER.actions, "On track", True)

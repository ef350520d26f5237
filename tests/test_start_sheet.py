"""The sheet Start here: what its first screen says, who has what, and what a respondent's copy knows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework import load_framework
from nps_xlsx.ingester.ours import our_texts
from nps_xlsx.model import Answer, Assessment, Council, Framework, Passage
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout, wording
from tests.support.workbooks import read

NAME = "Start here"
SCREEN = 480 * 0.75
"""Points of rows that a screen of 768 pixels shows, below what LibreOffice needs for itself."""
EDITIONS = ("nps-2018", "social-value-maturity-index")


def opened(order: Order, *, values: bool = True) -> Workbook:
    """A workbook with the results of its formulas, or with the formulas."""
    return openpyxl.load_workbook(io.BytesIO(build_workbook(order)), data_only=values)


def beside(sheet: Worksheet, label: str) -> object:
    """What stands to the right of a label."""
    return next(right.value for left, right in sheet["A1:B80"] if left.value == label)


def row_of(sheet: Worksheet, label: str) -> int:
    """The number of the row that begins with a label."""
    return next(number for number in range(1, 80) if sheet.cell(number, 1).value == label)


@pytest.fixture(scope="module")
def order(framework: Framework, medway: Council) -> Order:
    return Order(framework, medway, "2026", due=dt.date(2026, 12, 18), return_to="returns@lga.example")


@pytest.fixture(scope="module")
def start(order: Order) -> Worksheet:
    return opened(order)[NAME]


def test_the_organisation_that_is_responsible_is_named(order: Order) -> None:
    """By its name, with whom to ask; without it, as well as can be said."""
    named = dataclasses.replace(order, controller="Nowhere County Council", contact="the team")
    texts = [str(row[0].value) for row in opened(named)[NAME]["B1:B80"]]
    assert any(text.startswith("Nowhere County Council (the team) will read") for text in texts)
    assert not any("organisation that sent you" in text for text in texts)


# --- The first screen


def test_the_first_screen_says_what_matters(start: Worksheet) -> None:
    """For whom, by when, to whom, how much, how far, what first; and the first cells to fill in."""
    last = row_of(start, "Email")
    assert sum(start.row_dimensions[row].height for row in range(1, last + 1)) <= SCREEN
    said = "\n".join(str(cell.value) for row in start[f"A1:B{last}"] for cell in row if cell.value)
    count = "59 behaviours on 11 sheets: about 3 hours"
    for words in ("Medway Council", "18 December 2026", "returns@lga.example", count, "0 of 59", "Save this"):
        assert words in said


@pytest.mark.parametrize(
    ("halves", "words"),
    [
        (1, "half an hour"),
        (2, "an hour"),
        (3, "an hour and a half"),
        (4, "2 hours"),
        (7, "3 and a half hours"),
    ],
)
def test_hours_are_said_in_words(halves: int, words: str) -> None:
    """Half hours read as people say them."""
    assert wording.hours(halves) == words


def test_without_date_and_address_it_goes_back_to_its_sender(framework: Framework, medway: Council) -> None:
    """A workbook without an address or a date says how it goes back all the same."""
    sheet = opened(Order(framework.only(["SV3"]), medway, "2026"))[NAME]
    assert sheet["B3"].value == "Please send it back as a reply to the email that brought it."
    assert (
        sheet["B4"].value == "1 behaviour on 1 sheet: about half an hour in all. Split the work as you like."
    )


def test_a_framework_may_have_more_to_say_first(framework: Framework, medway: Council) -> None:
    """Above the details there is room for one paragraph; further ones come later, and none is lost."""
    more = tuple(Passage(f"Also {number}", "Words.") for number in range(3))
    guidance = dataclasses.replace(framework.guidance, before=(*framework.guidance.before, *more))
    made = dataclasses.replace(framework.only(["SV3"]), guidance=guidance)
    sheet = opened(Order(made, medway, "2026"))[NAME]
    assert beside(sheet, "GSS code") == medway.gss_code
    assert [beside(sheet, passage.label) for passage in more] == ["Words."] * 3


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_row_is_blank(edition: str, medway: Council) -> None:
    """A screen reader that goes down the sheet meets something in every row, up to the stamp."""
    sheet = opened(Order(load_framework(edition), medway, "2026"))[NAME]
    assert [row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value is None] == []
    assert "check" in str(sheet.cell(sheet.max_row, 1).value)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("unprotected", [False, True])
def test_the_edition_without_protection_has_none(edition: str, unprotected: bool, medway: Council) -> None:
    """Either all sheets are protected and the first says how to change that, or none is and it does not."""
    workbook = opened(Order(load_framework(edition), medway, "2026", unprotected=unprotected))
    assert {sheet.protection.sheet for sheet in workbook} == {not unprotected}
    said = "\n".join(str(row[1].value) for row in workbook[NAME]["A1:B80"])
    assert ("Review > Unprotect Sheet" in said) is not unprotected
    assert ("password" in said) is not unprotected
    assert "the line at the foot of each sheet" in said


# --- Who has what


def test_who_has_what_is_gathered(order: Order) -> None:
    """Beside each sheet stand how far it is, in words, who answered it, when, and its theme."""
    answers = tuple(Answer(row.code, 2) for row in order.framework.rows if row.code.startswith("EC"))
    heads = (("EC", "answered_by", "Head of Democratic Services"), ("EC", "answered_on", "2026-11-12"))
    council = order.council
    given = Assessment(council.gss_code, council.name, "2026", answers, heads=heads)
    sheet = opened(dataclasses.replace(order, assessment=given))[NAME]
    first = row_of(sheet, "Engaging councillors")
    rows = [[cell.value for cell in sheet[number][:5]] for number in (first, first + 1)]
    assert rows[0][1:] == [
        "Finished: 3 behaviours answered",
        "Head of Democratic Services",
        dt.datetime(2026, 11, 12),  # noqa: DTZ001 - as a cell has it
        "Showing leadership",
    ]
    assert rows[1][1] == "0 of 4 behaviours answered"
    assert all(cell.value for cell in sheet[first - 1][:5])


def test_who_has_what_is_read_from_the_sheets_themselves(order: Order) -> None:
    """The cells repeat the head of the sheet that stands in their row."""
    workbook = opened(order, values=False)
    for sheet in order.sheets:
        row = row_of(workbook[NAME], sheet.name)
        for col, detail in enumerate(layout.HEAD[:2], start=3):
            formula = str(workbook[NAME].cell(row, col).value)
            name, cell = re.search(r"'([^']+)'!([$A-Z0-9]+)", formula).groups()  # type: ignore[union-attr]
            target = workbook[name][cell.replace("$", "")]
            assert name == sheet.name
            assert workbook[name].cell(target.row, target.column - 1).value == detail.label


def test_a_framework_without_themes_has_no_column_for_them(medway: Council) -> None:
    """Nothing is headed "Theme" where there are none."""
    made = load_framework("social-value-maturity-index")
    assert not made.themes
    sheet = opened(Order(made, medway, "2026"))[NAME]
    assert wording.THEME_HEADING not in [cell.value for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("with_review", [False, True])
def test_every_sheet_is_one_link_away(edition: str, with_review: bool, medway: Council) -> None:
    """From the first sheet a link leads to every other one that can be seen, and to nothing else."""
    workbook = opened(Order(load_framework(edition), medway, "2026", with_review=with_review))
    links = {
        cell.hyperlink.location.rpartition("!")[0].strip("'")
        for row in workbook[NAME].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links == {sheet.title for sheet in workbook if sheet.sheet_state == "visible"} - {NAME}


# --- The details


def test_a_respondents_copy_knows_its_respondent(order: Order, register: Register) -> None:
    """Title, department and "No" to a combined response are there, and can be corrected."""
    workbook = opened(dataclasses.replace(order, respondent="Adult care"))
    sheet = workbook[NAME]
    assert sheet["A1"].value == "Your copy: Adult care"
    for label, text in (("Department", "Adult care"), ("Combined council response?", "No")):
        cell = sheet.cell(row_of(sheet, label), 2)
        assert (cell.value, cell.protection.locked) == (text, False)


def test_what_a_respondents_copy_knows_is_no_answer(
    order: Order, framework: Framework, register: Register
) -> None:
    """A respondent's copy that comes back as it was sent is a blank return, with nothing else in it."""
    content = build_workbook(dataclasses.replace(order, respondent="Adult care"))
    returned = read(content, framework, register)
    assert returned.assessment is not None
    assert returned.assessment.respondent == "Adult care"
    assert returned.other_texts == ()
    assert all(answer.is_blank for answer in returned.assessment)


def test_only_a_review_asks_who_reviewed(order: Order) -> None:
    """The reviewer's details stand in the review edition only."""
    labels = {detail.label for detail in layout.REVIEW_DETAILS}
    for with_review in (False, True):
        sheet = opened(dataclasses.replace(order, with_review=with_review))[NAME]
        shown = {str(row[0].value) for row in sheet["A1:A30"]}
        assert labels & shown == (labels if with_review else set())


@pytest.mark.parametrize("contact", ["", "the procurement team, 020 7946 0000"])
@pytest.mark.parametrize("edition", EDITIONS)
def test_it_says_who_is_responsible_for_the_answers(edition: str, contact: str, medway: Council) -> None:
    """The privacy words name whoever collects the answers, by the contact where there is one."""
    made = load_framework(edition)
    said = str(beside(opened(Order(made, medway, "2026", contact=contact))[NAME], "Your answers"))
    assert said.startswith("The ")
    assert "{" not in said
    assert contact in said


def passages(framework: Framework) -> Iterator[str]:
    """What the first sheet said in the former template, as a workbook of then holds it."""
    filled = {"due": " by 18 December 2026", "return_to": " to a@b.example", "last_round": "2022"}
    filled |= {"respondent": "Adult care", "contact": "us", "council": "Medway", "round": "2026"}
    for text in framework.guidance.former:
        yield text.format(**filled, privacy="")


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_the_former_template_said_is_still_ours(edition: str) -> None:
    """A return on template 1 holds its paragraphs, which are nothing that the council wrote."""
    made = load_framework(edition)
    said = list(passages(made))
    assert len(said) > 5
    assert [text for text in said if not our_texts(made).has(text)] == []

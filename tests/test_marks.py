"""A marked-up copy shows the council its answers, each cell to be looked at, and a list of them all."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework, Level, Place, Return, Severity, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.marked_up import join, live_level, mark_up, mark_up_all
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import FIELDS
from nps_xlsx.workbook.stamp import CHECK
from samples.make_returns import Job
from tests.support.workbooks import changed, filled, read, slugs, write
from tests.test_live_sheets import results, values
from tests.test_valid import Errors, errors  # noqa: F401 - a fixture, used by its name

DETAILS = {
    "completed_by": "Ann Example",
    "role": "Head of Procurement",
    "department": "Finance",
    "email": "ann@example.gov.uk",
    "date_completed": "2026-10-04",
    "combined": "Yes",
}
COUNCILLORS = "Engaging councillors"


def full(framework: Framework) -> list[Answer]:
    """A complete set of answers, with nothing wrong in it."""
    return [
        Answer(
            row.code,
            current=1 + place % 5,
            target=5,
            evidence=f"Strategy, section {place}\nand annex",
            actions="=train",
            owner="Head of Procurement",
            due_date=dt.date(2027, 3, 31),
            priority="High",
        )
        for place, row in enumerate(framework.rows)
    ]


def messy(workbook: Workbook) -> None:
    """What officers do: words for levels, an inserted row, a sheet lost and one added."""
    sheet = workbook[COUNCILLORS]
    sheet.insert_rows(4)
    sheet["C6"], sheet["D6"] = "about 3, but see the note", "level 4"
    sheet["C7"], sheet["C8"] = "2/3", "Not sure"
    sheet["M9"], sheet["N9"] = "next spring", "urgent"
    workbook["Start here"]["B12"] = None
    workbook["Start here"]["B15"] = "end of March"
    workbook["Working with partners"]["C7"] = None
    workbook["Working with partners"]["A8"] = "XX9"
    workbook["Working with partners"]["B8"] = "Something of our own"
    workbook["Working with partners"]["J8"] = "Nobody should lose this. " * 20
    workbook["Enablers"]["C5"], workbook["Enablers"]["J5"] = "N/A", "- at some length,\n" * 20
    workbook["Enablers"]["C6"] = True
    workbook.remove(workbook["VCSE engagement"])
    workbook.create_sheet("Notes")["A1"] = "Our notes"


@pytest.fixture(scope="module")
def clean(framework: Framework, register: Register, medway: Council) -> Return:
    return read(filled(framework, medway, *full(framework), **DETAILS), framework, register)


@pytest.fixture(scope="module")
def returned(framework: Framework, register: Register, medway: Council) -> Return:
    return read(changed(filled(framework, medway, *full(framework), **DETAILS), messy), framework, register)


@pytest.fixture(scope="module")
def copy(returned: Return, framework: Framework, register: Register) -> bytes:
    return marked(returned, framework, register)


def marked(returned: Return, framework: Framework, register: Register) -> bytes:
    """The content of a marked-up copy that is there."""
    found = mark_up(returned, framework, register)
    assert found is not None
    return found[1]


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def listed(content: bytes) -> list[tuple[Any, ...]]:
    """Severity, place, target of the link, Ref, what was found and what to do, of each line."""
    rows = opened(content)[layout.MARKS].iter_rows(min_row=7)
    links = ((row, row[2].hyperlink) for row in rows if isinstance(row[0].value, int))
    return [
        (row[1].value, row[2].value, link and link.location, *(cell.value for cell in row[3:6]))
        for row, link in links
    ]


def stamp_on_start(content: bytes) -> str:
    """The stamp on the first sheet."""
    cells = (str(cell.value) for row in opened(content)[layout.START].iter_rows() for cell in row)
    return next(text for text in cells if CHECK in text)


def framed(sheet: Worksheet) -> list[str]:
    """The cells with a heavy line on every side."""
    sides = ("left", "right", "top", "bottom")
    return [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if all(getattr(cell.border, side).style == "thick" for side in sides)
    ]


def prompt(sheet: Worksheet, cell: str) -> Any:
    """The one data validation of a cell."""
    rules = [rule for rule in sheet.data_validations.dataValidation if cell in rule.sqref]
    assert len(rules) == 1
    return rules[0]


# --- The sheet


def test_the_workbook_opens_on_the_list(copy: bytes) -> None:
    """The list stands after Start here; it alone is selected, and the cursor waits at the first link."""
    workbook = opened(copy)
    assert workbook.sheetnames[:3] == ["Start here", layout.MARKS, COUNCILLORS]
    assert workbook.active.title == layout.MARKS
    assert [sheet.title for sheet in workbook if sheet.sheet_view.tabSelected] == [layout.MARKS]
    assert workbook[layout.MARKS].sheet_view.selection[-1].activeCell == "C7"
    assert workbook[layout.MARKS]["A1"].value == layout.MARKS


def test_the_list_is_set_up_as_the_other_lists_are(copy: bytes) -> None:
    """Headings stay in view, are repeated in print and can be filtered; the sheet is protected."""
    sheet = opened(copy)[layout.MARKS]
    assert sheet.freeze_panes == "A7"
    assert sheet.print_title_rows == "$6:$6"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter
    assert sheet.auto_filter.ref == f"A6:F{6 + len(listed(copy))}"


def test_every_line_says_where_with_a_link(copy: bytes, returned: Return) -> None:
    """Links lead to the cell in this copy, in the order of the problems, worst first, with numbers."""
    lines = listed(copy)
    assert [line[:4] for line in lines[:3]] == [
        ("Not used", f"{COUNCILLORS}, C5", f"'{COUNCILLORS}'!C5", "EC0"),
        ("Not used", f"{COUNCILLORS}, C7", f"'{COUNCILLORS}'!C7", "EC2"),
        ("Not used", "Working with partners", "'Working with partners'!A1", None),
    ]
    order = ["Not used", "Please look", "For information"]
    assert [line[0] for line in lines] == sorted((line[0] for line in lines), key=order.index)
    below = opened(copy)[layout.MARKS].iter_rows(min_row=7, values_only=True)
    assert [row[0] for row, _ in zip(below, lines, strict=False)] == list(range(1, len(lines) + 1))
    first = returned.problems[0]
    assert lines[0][4:] == (first.message, first.ask)


def test_every_link_leads_to_a_sheet_that_is_there(copy: bytes) -> None:
    """No target is missing in this copy; places that it does not have are named as the council's own."""
    names = opened(copy).sheetnames
    lines = listed(copy)
    assert {target.rpartition("!")[0].strip("'") for _, _, target, *_ in lines if target} <= set(names)
    assert [(where, target) for _, where, target, *_ in lines if not target] == [
        ("In your own file: Notes", None)
    ]


def test_what_was_told_together_has_a_line_for_each_cell(
    framework: Framework, register: Register, medway: Council
) -> None:
    """A problem of many cells is listed once for each, with its own Ref, link and words."""
    answers = [dataclasses.replace(answer, owner="") for answer in full(framework)[:3]]
    given = read(filled(framework, medway, *answers, completed_by="A"), framework, register)
    lines = listed(marked(given, framework, register))
    owners = [line[1:5] for line in lines if "no owner" in line[4]]
    assert owners == [
        (
            f"{COUNCILLORS}, L{row}",
            f"'{COUNCILLORS}'!L{row}",
            f"EC{row - 5}",
            f"There are actions but no owner: EC{row - 5}.",
        )
        for row in (5, 6, 7)
    ]
    assert [line[1] for line in lines if line[4].startswith("Blank on")] == [
        *("Start here, B12", "Start here, B14", "Start here, B15")
    ]


def test_cells_told_together_are_found_in_their_own_columns(
    clean: Return, framework: Framework, register: Register
) -> None:
    """What is told once of two columns is marked in both, wherever the council's file had them."""
    cells = {"evidence": "P11", "actions": "Q11"}
    answers = tuple(
        dataclasses.replace(answer, cells=cells) if answer.ref == "EC1" else answer
        for answer in clean.assessment or ()
    )
    cut = problem("text-cut", Place("f", COUNCILLORS, "P11"), ref="EC1", field="evidence")
    assert clean.assessment is not None
    clean = dataclasses.replace(
        clean,
        assessment=dataclasses.replace(clean.assessment, answers=answers),
        problems=(dataclasses.replace(cut, cells=("P11", "Q11")),),
    )
    assert framed(opened(marked(clean, framework, register))[COUNCILLORS]) == ["J6", "K6"]


def test_only_what_the_council_need_know_is_told(
    clean: Return, framework: Framework, register: Register
) -> None:
    """Problems that ask nothing of the council and those let pass are neither listed nor framed."""
    place = Place("f", COUNCILLORS, "C5")
    silent = problem("answer-by-formula", place, ref="EC0", field="current")
    passed = dataclasses.replace(problem("not-answered", place, ref="EC1", field="current"), waived="agreed")
    told = problem("target-below-current", place, ref="EC2", field="target")
    assert mark_up(dataclasses.replace(clean, problems=(silent, passed)), framework, register) is None
    content = marked(dataclasses.replace(clean, problems=(silent, passed, told)), framework, register)
    assert [line[3] for line in listed(content)] == ["EC2"]
    assert framed(opened(content)[COUNCILLORS]) == ["D7"]


def test_words_that_are_shortened_stand_in_full(copy: bytes) -> None:
    """What could not be used and stands nowhere else in the copy is on the list as it was written."""
    found = [line[4] for line in listed(copy) if "one of ours" in line[4]]
    assert len(found) == 1
    assert "Nobody should lose this. " * 20 in found[0]


# --- The cells


def test_each_cell_is_framed_and_says_what_is_to_be_done(copy: bytes, returned: Return) -> None:
    """Frame and words are in the cell of the fresh copy, not where the council's file had it."""
    workbook = opened(copy)
    sheet = workbook[COUNCILLORS]
    assert framed(sheet) == ["C5", "C6", "C7", "M8", "N8"]
    assert framed(workbook["Start here"]) == ["B12", "B15"]
    shown = prompt(sheet, "C5")
    first = returned.problems[0]
    assert (shown.promptTitle, shown.prompt) == (f"{layout.MARKS}: 1", f"{first.message} {first.ask}")
    assert (shown.type, shown.formula1) == ("list", layout.LEVELS_NAME)
    assert shown.error
    assert prompt(sheet, "D5").promptTitle == "EC0 Engaging councillors"


def test_a_frame_is_whole_beside_other_cells(copy: bytes) -> None:
    """Cells beside a framed one share its line, since Excel may draw either's."""
    sheet = opened(copy)[COUNCILLORS]
    assert sheet["B5"].border.right.style == "thick"
    assert sheet["D5"].border.left.style == "thick"
    assert sheet["C8"].border.top.style == "thick"
    assert (sheet["C8"].border.bottom.style, sheet["B5"].border.left.style) == ("thin", "thin")


def test_several_things_in_one_cell_are_all_said(
    clean: Return, framework: Framework, register: Register
) -> None:
    """A cell with two problems has one frame, both numbers and both texts."""
    kinds = ("level-unreadable", "not-answered")
    found = [problem(slug, Place(), ref="EC1", field="current", which="current") for slug in kinds]
    content = marked(dataclasses.replace(clean, problems=tuple(found)), framework, register)
    shown = prompt(opened(content)[COUNCILLORS], "C6")
    assert shown.promptTitle == f"{layout.MARKS}: 1, 2"
    assert shown.prompt == "\n".join(f"{one.message} {one.ask}" for one in found)


def test_what_stands_beside_a_cell_is_what_excel_takes(
    clean: Return, framework: Framework, register: Register
) -> None:
    """Long and odd words are cut to 255 units of UTF-16, without characters that XML cannot hold."""
    words = {"value": "\x1b\ud800😀 " * 60, "which": "current"}
    found = tuple(problem("level-unreadable", Place(), ref="EC1", field="current", **words) for _ in range(9))
    content = marked(dataclasses.replace(clean, problems=found), framework, register)
    shown = prompt(opened(content)[COUNCILLORS], "C6")
    assert len(shown.prompt.encode("utf-16-le")) // 2 <= 255
    assert shown.prompt.endswith("...")
    assert shown.promptTitle == "What to look at: 1 and 8 more"


def test_the_councils_own_words_are_back_in_the_cell(copy: bytes) -> None:
    """A level that could not be read, or lies between two, shows what was written."""
    workbook = opened(copy)
    sheet = workbook[COUNCILLORS]
    shown = [sheet[cell].value for cell in ("C5", "C6", "C7", "D5", "M8", "N8")]
    assert shown == ["about 3, but see the note", "2/3", "Not sure", "4 Leader", "next spring", "urgent"]
    assert workbook["Enablers"]["C5"].value == layout.NOT_APPLICABLE_LABEL
    assert workbook["Enablers"]["C6"].value == "TRUE"
    assert workbook["Start here"]["B15"].value == "end of March"


def test_words_that_were_let_pass_are_kept(
    returned: Return, framework: Framework, register: Register
) -> None:
    """A level that could not be read, but was let pass, still shows what was written, without a frame."""
    problems = tuple(
        dataclasses.replace(found, waived="agreed") if found.slug == "level-unreadable" else found
        for found in returned.problems
    )
    sheet = opened(marked(dataclasses.replace(returned, problems=problems), framework, register))[COUNCILLORS]
    assert [sheet[cell].value for cell in ("C5", "C7")] == ["about 3, but see the note", "Not sure"]
    assert framed(sheet) == ["C6", "M8", "N8"]


def test_a_reviewers_words_are_back_too(framework: Framework, register: Register, medway: Council) -> None:
    """A reviewer's level that could not be read stands in its cell, framed, in the reviewer's column."""
    answers = tuple(dataclasses.replace(answer, reviewer_comment="seen") for answer in full(framework))
    given = Assessment(medway.gss_code, medway.name, "2026", answers, details=tuple(DETAILS.items()))
    built = build_workbook(Order(framework, medway, "2026", with_review=True, assessment=given))
    content = changed(built, lambda workbook: workbook[COUNCILLORS].__setitem__("K6", "hardly 2"))
    sheet = opened(marked(read(content, framework, register), framework, register))[COUNCILLORS]
    assert (sheet["K6"].value, sheet["L6"].value, framed(sheet)) == ("hardly 2", "seen", ["K6"])


@pytest.mark.parametrize(
    ("text", "level"),
    [
        *((" 3 ", 3), ("mature", 3), ("3  Mature", 3), ("6", None), ("level 3", None), ("2/3", None)),
        *(("Not applicable", "NA"), ("not sure", "NA"), ("N/A", None), ("", None), ("3 Leader", None)),
    ],
)
def test_levels_are_counted_as_the_live_sheets_count_them(
    framework: Framework, text: str, level: object
) -> None:
    """A digit, a name or a label counts, and what begins with "not"; other words are seen by ingest alone."""
    assert live_level(text, framework.levels) == level


def test_a_level_is_a_level_first() -> None:
    """A level whose name begins with "not" is counted as that level, and other words with "not" are not."""
    levels = (Level(1, "Not started"), Level(2, "Started"))
    assert [live_level(text, levels) for text in ("not started", "Not yet")] == [1, "NA"]


# --- Sent back


def test_the_copy_reads_as_the_file_did(
    copy: bytes, returned: Return, framework: Framework, register: Register
) -> None:
    """Every answer and detail comes back the same, and the list itself is not read."""
    again = read(copy, framework, register)
    assert (again.assessment is not None, returned.assessment is not None) == (True, True)
    before = {answer.ref: answer for answer in returned.assessment or ()}
    for answer in again.assessment or ():
        old = before.get(answer.ref, Answer(answer.ref))
        for key in (*FIELDS, "due_text", "review_text"):
            assert getattr(answer, key) == getattr(old, key), (answer.ref, key)
    assert again.assessment is not None
    assert returned.assessment is not None
    assert again.assessment.details == returned.assessment.details
    assert again.assessment.heads == returned.assessment.heads
    assert {found.place.sheet for found in again.problems}.isdisjoint({layout.MARKS, "Lists"})
    assert set(slugs(again)) <= set(slugs(returned))


def test_the_list_is_known_by_its_stamp(copy: bytes, framework: Framework, register: Register) -> None:
    """Under another name it is still not read, and not told as a sheet that was added."""

    def rename(workbook: Workbook) -> None:
        workbook[layout.MARKS].title = "To do"

    again = read(changed(copy, rename), framework, register)
    assert "To do" not in {found.place.sheet for found in again.problems}
    assert "sheet-extra" not in slugs(again)


def test_once_everything_is_mended_nothing_is_left(
    copy: bytes, framework: Framework, register: Register
) -> None:
    """The copy, mended and sent back, has no problem, so that marking it again gives nothing."""

    def mend(workbook: Workbook) -> None:
        for sheet in workbook:
            for row in sheet.iter_rows(min_row=5) if sheet["C4"].value == "Current level" else ():
                if row[0].value in framework.row_by_code:
                    row[2].value = row[3].value = "3 Mature"
                    row[11].value, row[12].value, row[13].value = "Head", dt.date(2027, 3, 31), "High"
        workbook["Start here"]["B12"], workbook["Start here"]["B15"] = "Head", dt.date(2026, 10, 4)

    again = read(changed(copy, mend), framework, register)
    assert again.problems == ()
    assert mark_up(again, framework, register) is None


def test_a_quoted_stamp_is_not_taken_for_the_copys_own(
    clean: Return, framework: Framework, register: Register
) -> None:
    """A message that repeats another workbook's stamp does not make the copy look like that one."""
    other = str(Order(framework, register.find("Kent"), "2024").stamp("EC"))
    found = problem("sheet-of-other-council", Place("f", COUNCILLORS, "A2"), value=other)
    content = marked(dataclasses.replace(clean, problems=(found,)), framework, register)
    again = read(content, framework, register)
    assert again.assessment is not None
    assert (again.problems, again.assessment.gss_code) == ((), "E06000035")


def test_what_the_order_was_is_kept(framework: Framework, register: Register, medway: Council) -> None:
    """A short edition, respondent, reviewer's columns and earlier levels are there as in the file."""
    then = (Answer("EC1", 2, current_text="2/3", current_between=True), Answer("EC2", "NA"), Answer("SV3", 4))
    earlier = Assessment(medway.gss_code, medway.name, "2023", then)
    order = Order(framework.only(["EC", "SV3"]), medway, "2026", respondent="Adult care", with_review=True)
    order = dataclasses.replace(order, previous=earlier)
    given = read(build_workbook(order), framework, register)
    found = mark_up(given, framework, register)
    assert found is not None
    assert found[0] == "NPS-2026-E06000035-medway-adult-care-to-look-at.xlsx"
    assert opened(found[1]).sheetnames[:4] == [
        *("Start here", layout.MARKS, COUNCILLORS),
        "Obtaining social value",
    ]
    assert stamp_on_start(found[1]) == str(order.stamp(layout.START_STAMP))
    again = read(found[1], framework, register, found[0])
    assert again.assessment is not None
    assert again.assessment.respondent == "Adult care"
    sheets = [opened(content)[COUNCILLORS] for content in (build_workbook(order), found[1])]
    shown = [[row[2] for row in sheet.iter_rows(min_row=4, max_row=8, values_only=True)] for sheet in sheets]
    assert shown[0] == shown[1]
    assert shown[1][:4] == ["Last round", None, "2/3", "Not applicable"]
    assert again.problems == tuple(
        dataclasses.replace(one, place=dataclasses.replace(one.place, file=found[0]))
        for one in given.problems
    )


def test_what_the_order_was_is_kept_where_files_are_joined(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Two files of one respondent give one of that respondent's, with the columns that both have."""
    earlier = Assessment(medway.gss_code, medway.name, "2023", (Answer("EC1", 2),))
    part = framework.only(["EC"])
    order = Order(part, medway, "2026", respondent="Adult care", with_review=True, previous=earlier)
    files = []
    for name, ref in (("a.xlsx", "EC1"), ("b.xlsx", "EC2")):
        own = dataclasses.replace(order.answers, answers=(Answer(ref, 3),))
        content = build_workbook(dataclasses.replace(order, assessment=own))
        files.append(read(content, framework, register, name))
    _, joined, _ = join(files, framework, register)
    assert stamp_on_start(joined) == str(order.stamp(layout.START_STAMP))
    again = read(joined, framework, register)
    assert (again.built_for, again.earlier) == ("Adult care", files[0].earlier)
    assert again.assessment is not None
    assert [answer.ref for answer in again.assessment if answer.is_answered] == ["EC1", "EC2"]


def test_a_respondent_by_itself_stays_out_of_the_stamp(
    framework: Framework, register: Register, medway: Council
) -> None:
    """A department that Start here tells is not stamped, so that the officer can still change it."""
    given = read(filled(framework, medway, department="Adult care", combined="No"), framework, register)
    found = mark_up(given, framework, register)
    assert found is not None
    again = read(found[1], framework, register)
    assert found[0] == "NPS-2026-E06000035-medway-adult-care-to-look-at.xlsx"
    assert given.assessment is not None
    assert again.assessment is not None
    assert again.assessment.respondent == given.assessment.respondent == "Adult care"
    assert "respondent" not in stamp_on_start(found[1])


# --- When there is a copy


def test_there_is_none_where_it_would_help_nobody(
    returned: Return, framework: Framework, register: Register
) -> None:
    """Nothing to tell, refused, put aside, no round, or a code that is none: no copy."""
    assert returned.assessment is not None
    assessment = returned.assessment

    def without(**changes: Any) -> Return:
        return dataclasses.replace(returned, **changes)

    assert mark_up(without(problems=()), framework, register) is None
    assert mark_up(without(assessment=None), framework, register) is None
    for status in (Status.REFUSED, Status.SUPERSEDED, Status.DUPLICATE):
        assert mark_up(without(status=status), framework, register) is None
    for round_, code in (("", "E06000035"), ("20/26", "E06000035"), ("2026", "../../X")):
        odd = dataclasses.replace(assessment, round=round_, gss_code=code)
        assert mark_up(without(assessment=odd), framework, register) is None


def test_a_council_that_is_not_in_the_register_gets_its_copy(
    returned: Return, framework: Framework, register: Register
) -> None:
    """Its name is the one that it gave itself."""
    assert returned.assessment is not None
    odd = dataclasses.replace(returned.assessment, gss_code="E99999999", council="Little Wapping")
    found = mark_up(dataclasses.replace(returned, assessment=odd), framework, register)
    assert found is not None
    assert found[0] == "NPS-2026-E99999999-little-wapping-to-look-at.xlsx"
    assert opened(found[1])["Start here"]["B8"].value == "Little Wapping"


def test_no_two_copies_have_one_name(returned: Return, framework: Framework, register: Register) -> None:
    """Two returns of one council have copies beside one another, and a clean one has none."""
    clean = dataclasses.replace(returned, problems=())
    copies = mark_up_all([returned, clean, returned], framework, register)
    name = "NPS-2026-E06000035-medway-to-look-at"
    assert [found and found[0] for found in copies] == [f"{name}.xlsx", None, f"{name}-2.xlsx"]


def test_the_same_return_gives_the_same_bytes(
    copy: bytes, returned: Return, framework: Framework, register: Register
) -> None:
    """There is no clock and no chance in a marked-up copy either."""
    assert marked(returned, framework, register) == copy


# --- Looked at with other programs


def test_a_marked_up_copy_is_valid(errors: Errors, copy: bytes, tmp_path: Path) -> None:  # noqa: F811 - the fixture
    """The Open XML SDK's validator finds no error in it."""
    path = write(tmp_path / "copy.xlsx", copy)
    assert errors([path]) == {str(path): []}


@pytest.mark.libreoffice
def test_results_written_are_the_results_recalculated(
    copy: bytes, office: Callable[[Sequence[Job]], object], tmp_path: Path
) -> None:
    """The live sheets of a copy say at once what they will say when Excel or LibreOffice calculates."""
    source, target = write(tmp_path / "copy.xlsx", copy), tmp_path / "again.xlsx"
    assert office([Job(source, target, ()), Job(source, source, (), measure=True)]) == [[], []]
    for name in ("Start here", COUNCILLORS, "Enablers", "Summary", "Action plan", "Check before sending"):
        computed = values(results(target), name)
        for cell, value in values(results(io.BytesIO(copy)), name).items():
            expected = pytest.approx(value) if isinstance(value, float) else value
            assert value == "" or computed.get(cell) == expected, (name, cell)


def test_severities_have_words(copy: bytes) -> None:
    """Every severity that a problem can have is said in plain words."""
    assert len({line[0] for line in listed(copy)}) == len(Severity)

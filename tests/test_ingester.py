"""What comes back is read by what it says, not by where it stands; what cannot be read is told."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.ingester import SourceFile, collect, read_return
from nps_xlsx.ingester.containers import InputError
from nps_xlsx.model import Answer, Council, Framework, Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.rounds.intake import Intake
from nps_xlsx.workbook.layout import AssessmentSheet
from nps_xlsx.workbook.stamp import TEMPLATE_VERSION
from tests.support.workbooks import changed, filled, places, read, slugs, write

SHEET = "Engaging councillors"
HEADINGS = AssessmentSheet.HEADING_ROW + 1
ANSWERS = (
    Answer("EC1", current=2, target=4, evidence="A text", actions="An action", owner="A post"),
    Answer("EC2", current="NA", evidence="A reason"),
    Answer("SV10", current=5, target=5),
)
LEVELS = {answer.ref: (answer.current, answer.target) for answer in ANSWERS}


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(framework, medway, *ANSWERS)


def levels(returned: Return) -> dict[str, object]:
    assert returned.assessment is not None
    return {a.ref: (a.current, a.target) for a in returned.assessment if not a.is_blank}


def test_an_untouched_return_is_read_without_a_problem(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Identity, answers and places are those that were written."""
    returned = read(content, framework, register)
    assert returned.status is Status.ACCEPTED
    assert slugs(returned) == []
    assert returned.assessment is not None
    assert (returned.assessment.gss_code, returned.assessment.round) == ("E06000035", "2026")
    assert returned.assessment.council == "Medway Council"
    assert returned.template_version == TEMPLATE_VERSION
    assert levels(returned) == LEVELS
    answer = returned.assessment["EC1"]
    assert (answer.evidence, answer.actions, answer.owner) == ("A text", "An action", "A post")
    assert (answer.place.sheet, answer.place.cell) == (SHEET, "C6")


def _insert(workbook: Workbook) -> None:
    workbook[SHEET].insert_rows(2, 3)
    workbook[SHEET].insert_cols(1, 2)


def _sort(workbook: Workbook) -> None:
    sheet = workbook[SHEET]
    for col in range(1, 15):
        upper, lower = sheet.cell(6, col), sheet.cell(8, col)
        upper.value, lower.value = lower.value, upper.value


def _rename(workbook: Workbook) -> None:
    workbook[SHEET].title = "Councillors (Jo)"
    workbook.move_sheet("Obtaining social value", -6)


def _headings(workbook: Workbook) -> None:
    for cell in workbook[SHEET][HEADINGS]:
        cell.value = f" {str(cell.value).upper()}\n"


def _other_sheets(workbook: Workbook) -> None:
    workbook.create_sheet("Notes", 0)["A1"] = "Ref"
    del workbook["Summary"], workbook["Lists"]


def _values_only(workbook: Workbook) -> None:
    for sheet in list(workbook):
        if sheet.title not in (SHEET, "Obtaining social value", "Start here"):
            workbook.remove(sheet)


@pytest.mark.parametrize("change", [_insert, _sort, _rename, _headings, _other_sheets])
def test_moved_things_are_found(
    content: bytes, framework: Framework, register: Register, change: Callable[[Workbook], None]
) -> None:
    """Inserted, sorted, renamed and re-ordered sheets, rows and columns change no answer."""
    returned = read(changed(content, change), framework, register)
    assert levels(returned) == LEVELS
    assert slugs(returned) == (["sheet-extra"] if change is _other_sheets else [])


def test_missing_sheets_are_told_by_name_and_the_rest_is_read(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Each sheet that was cut out is a problem; the answers on the others stand."""
    returned = read(changed(content, _values_only), framework, register)
    assert levels(returned) == LEVELS
    missing = [sheet for sheet, _ in places(returned, "sheet-missing")]
    assert missing == [area.sheet for area in framework.areas if area.code not in ("EC", "SV")]


def test_a_missing_row_and_a_missing_heading_are_told(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A deleted row and an overwritten heading are named, with their sheet."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET].delete_rows(7)
        workbook[SHEET][f"L{HEADINGS}"] = "Who"

    returned = read(changed(content, change), framework, register)
    assert places(returned, "heading-missing") == [(SHEET, f"A{HEADINGS}")]
    assert [p.value for p in returned.problems if p.slug == "row-missing"] == ["EC2"]


def test_a_row_that_stands_twice_is_refused_the_second_time(
    content: bytes, framework: Framework, register: Register
) -> None:
    """The first of two rows with one Ref is used, the second counted as refused."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["A20"], sheet["C20"] = "EC1", "5 Innovator"

    returned = read(changed(content, change), framework, register)
    assert levels(returned)["EC1"] == (2, 4)
    assert places(returned, "row-doubled") == [(SHEET, "A20")]
    assert (returned.answers_present, returned.answers_refused) == (4, 1)


@pytest.mark.parametrize(
    ("cell", "value", "slug"),
    [
        ("C6", "TBC", "level-unreadable"),
        ("D6", "2/3", "level-between"),
        ("K6", "#REF!", "cell-error"),
        ("M6", "Mar-27", "date-unreadable"),
        ("N6", "Urgent", "priority-unreadable"),
        ("O6", "Paused", "status-unreadable"),
        ("P6", "Spring", "date-unreadable"),
        ("Q6", "with finance", "discuss-unreadable"),
        ("D6", "1 Minimum", "target-below-current"),
        ("L6", "", "action-without-owner"),
        ("J7", "", "not-applicable-without-reason"),
        ("D8", "3 Mature", "target-without-current"),
    ],
)
def test_a_doubtful_cell_is_told_at_its_place(
    content: bytes, framework: Framework, register: Register, cell: str, value: str, slug: str
) -> None:
    """Each slip is one problem of its kind, on its sheet and row."""

    def change(workbook: Workbook) -> None:
        target = workbook[SHEET][cell]
        target.value = value or None
        if value.startswith("#"):
            target.data_type = "e"

    returned = read(changed(content, change), framework, register)
    assert slugs(returned) == [slug]
    [(sheet, found)] = places(returned, slug)
    assert (sheet, found.lstrip("ABCDEFGHIJKLMNOPQ")) == (SHEET, cell[1:])


def test_an_answer_that_is_no_level_keeps_its_text(
    content: bytes, framework: Framework, register: Register
) -> None:
    """The words of an unreadable level are not lost, and the row counts as refused."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET]["C6"] = "see comments"

    returned = read(changed(content, change), framework, register)
    assert returned.assessment is not None
    answer = returned.assessment["EC1"]
    assert (answer.current, answer.current_text, answer.target) == (None, "see comments", 4)
    assert returned.answers_refused == 1


@pytest.mark.parametrize(
    ("change", "slug", "gss_code"),
    [
        (("Start here", "B9", "E06000023"), "council-differs", "E06000035"),
        (("Start here", "B8", "Kent County Council"), "council-differs", "E06000035"),
        (("Start here", "B10", "2019"), "round-differs", "E06000035"),
        (("Start here", "B15", "12th Jan"), "date-completed-unreadable", "E06000035"),
        (("Start here", "B16", "partly"), "combined-unreadable", "E06000035"),
        (
            (SHEET, "A2", "nps-2018 | template 1 | round 2026 | E06000036 | sheet EC | check AAAA"),
            "stamp-damaged",
            "E06000035",
        ),
    ],
)
def test_a_workbook_that_contradicts_itself_is_told(
    content: bytes,
    framework: Framework,
    register: Register,
    change: tuple[str, str, str],
    slug: str,
    gss_code: str,
) -> None:
    """The stamp of most sheets says whose the workbook is; what disagrees is a problem."""

    def edit(workbook: Workbook) -> None:
        sheet, cell, value = change
        workbook[sheet][cell] = value

    returned = read(changed(content, edit), framework, register)
    assert slugs(returned) == [slug]
    assert returned.assessment is not None
    assert returned.assessment.gss_code == gss_code


def test_a_return_without_any_stamp_is_known_by_what_is_typed(
    content: bytes, framework: Framework, register: Register
) -> None:
    """With every stamp wiped out, the code on Start here still says whose the answers are."""

    def wipe(workbook: Workbook) -> None:
        for sheet in workbook:
            for row in sheet.iter_rows():
                for cell in row:
                    if "check" in str(cell.value) and "|" in str(cell.value):
                        cell.value = None
        del workbook.custom_doc_props["nps_stamp"]

    returned = read(changed(content, wipe), framework, register)
    assert slugs(returned) == ["stamp-missing"]
    assert returned.assessment is not None
    assert (returned.assessment.gss_code, returned.assessment.round) == ("E06000035", "2026")


def test_another_edition_is_refused(framework: Framework, register: Register, medway: Council) -> None:
    """A workbook of an edition that is not the one at hand is refused, not half understood."""
    other = dataclasses.replace(framework, edition="nps-2031")
    returned = read(filled(other, medway, *ANSWERS), framework, register)
    assert returned.status is Status.REFUSED
    assert [problem.slug for problem in returned.problems] == ["edition-unknown"]


def _zip(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return buffer.getvalue()


def _foreign() -> bytes:
    workbook, buffer = Workbook(), io.BytesIO()
    workbook.active["A1"] = "Ref"
    workbook.save(buffer)
    return buffer.getvalue()


_OLE = bytes.fromhex("D0CF11E0A1B11AE1")


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"", "file-empty"),
        (b"just words", "file-not-workbook"),
        (b"%PDF-1.7", "file-not-workbook"),
        (b"<html>", "file-not-workbook"),
        (_zip(word__document="x"), "file-not-workbook"),
        (b"PK\x03\x04 and then nothing", "file-unreadable"),
        (_OLE + b"\0" * 600, "file-unreadable"),
        (_foreign(), "file-not-ours"),
    ],
)
def test_a_file_that_is_no_return_is_refused_for_what_it_is(
    framework: Framework, register: Register, data: bytes, slug: str
) -> None:
    """Each kind of wrong file is refused with its own reason, and never with an exception."""
    returned = read(data, framework, register)
    assert returned.status is Status.REFUSED
    assert [problem.slug for problem in returned.problems] == [slug]
    assert returned.message


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused(
    content: bytes, framework: Framework, register: Register, keep: float
) -> None:
    """A workbook that lost its end on the way is told as damaged."""
    returned = read(content[: int(len(content) * keep)], framework, register)
    assert [problem.slug for problem in returned.problems] == ["file-unreadable"]


def test_a_damaged_zip_of_returns_is_told_and_the_rest_goes_on(tmp_path: Path, content: bytes) -> None:
    """A zip whose members or directory are damaged gives a row that says so."""
    whole = _zip(a__x="text " * 500, b="text " * 500)
    write(tmp_path / "a.zip", whole[:40] + b"\xff" * 20 + whole[60:])
    write(tmp_path / "b.zip", whole.replace(b"PK\x01\x02", b"PK\xff\xff"))
    write(tmp_path / "c.xlsx", content)
    found = {source.name: bool(source.failure) for source in collect([tmp_path])}
    assert found["c.xlsx"] is False
    assert any(failed for name, failed in found.items() if name.startswith("a.zip"))
    assert any(failed for name, failed in found.items() if name.startswith("b.zip"))


def test_a_blank_copy_before_the_answered_row_hides_nothing(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Where a Ref stands blank first and answered further down, the answer is used."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["A20"], sheet["C20"] = "EC3", "5 Innovator"

    returned = read(changed(content, change), framework, register)
    assert levels(returned)["EC3"] == (5, None)
    assert slugs(returned) == []
    make_receipt(Intake((returned,)))


def test_folders_and_zips_are_opened(tmp_path: Path, content: bytes) -> None:
    """Every file of a folder, of those below it and of a zip is seen once, in order of name."""
    (tmp_path / "below").mkdir()
    write(tmp_path / "b.xlsx", content)
    write(tmp_path / "below" / "c.txt", b"x")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("in/z.xlsx", content)
    found = list(collect([tmp_path]))
    assert [source.name for source in found] == ["a.zip/in/z.xlsx", "b.xlsx", "below/c.txt"]
    assert found[0].content == content


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A mistyped path is told before anything is read."""
    with pytest.raises(InputError, match="is not there"):
        list(collect([tmp_path / "nothing"]))


def test_a_file_too_large_is_refused_unread(framework: Framework, register: Register) -> None:
    """A file above the limit is refused by its size alone."""
    returned = read_return(SourceFile("big.xlsx", size=99 * 1024 * 1024), framework, register)
    assert [problem.slug for problem in returned.problems] == ["file-too-large"]

"""What the analyst decides is applied as written, noted in the return, and keeps the receipt's sum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from nps_xlsx.framework import load_framework
from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.model import (
    Answer,
    Assessment,
    Council,
    Framework,
    Place,
    Problem,
    Received,
    Return,
    Severity,
    Status,
)
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import CsvError
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.reports.listings import change_rows, problem_rows
from nps_xlsx.rounds.across import check_across
from nps_xlsx.rounds.check import check_return
from nps_xlsx.rounds.corrections import (
    Correction,
    Waiver,
    apply_corrections,
    apply_waivers,
    load_corrections,
    load_waivers,
)
from nps_xlsx.rounds.corrections.values import ANSWER_FIELDS, DETAIL_FIELDS
from nps_xlsx.rounds.counting import day_of
from nps_xlsx.rounds.intake import Intake, Rulings
from tests.support.workbooks import changed, filled, write

SHEET = "Engaging councillors"
MEDWAY, SWALE = "E06000035", "E07000113"
DAY = dt.date(2027, 1, 29)
NAME = "folder/medway.xlsx"


def correction_of(
    ref: str, field: str, value: str, *, file: str = "", code: str = MEDWAY, row: int = 2
) -> Correction:
    """A correction, for all of Medway's returns unless a file is named."""
    return Correction(row, file, code, ref, field, value, "Said so by telephone", "A. Analyst", DAY)


def as_read(content: bytes, framework: Framework, register: Register, name: str = NAME) -> Return:
    """A return as corrections find it: read, but not checked."""
    return read_return(SourceFile(name, content, len(content)), framework, register)


def kinds(returned: Return) -> list[str]:
    """The kinds of its problems."""
    return [found.slug for found in returned.problems]


def whole(returned: Return) -> Assessment:
    """Its assessment."""
    assert returned.assessment is not None
    return returned.assessment


def _spoil(workbook: Workbook) -> None:
    sheet, start = workbook[SHEET], workbook["Start here"]
    sheet["C6"] = "see comments"  # EC1: all that stands in the row
    sheet["C7"], sheet["M7"], sheet["N7"] = "2/3", "Spring", "Urgent"  # EC2, and a broken formula:
    sheet["J7"].value, sheet["J7"].data_type = "#REF!", "e"
    sheet["A20"], sheet["C20"] = "EC2", "5 Innovator"  # EC2 again
    sheet.delete_rows(8)  # EC3
    start["B9"], start["B10"], start["B15"] = "Swale", "2019", "soon"


@pytest.fixture(scope="module")
def plain(framework: Framework, register: Register, medway: Council) -> Return:
    """A return without a fault."""
    answers = (
        Answer("EC1", current=2, target=4, evidence="A text", actions="An action", owner="A post"),
        Answer("EC3", evidence="The only words"),
        Answer("SV10", current=5, target=5),
    )
    return as_read(filled(framework, medway, *answers, role="Officer"), framework, register)


@pytest.fixture(scope="module")
def spoilt(framework: Framework, register: Register, medway: Council) -> Return:
    """A return in which much cannot be used."""
    content = filled(framework, medway, Answer("SV10", current=5, target=5))
    return as_read(changed(content, _spoil), framework, register)


# --- Reading the file


def table(path: Path, *rows: str) -> Path:
    """A CSV file of these rows."""
    return write(path, "\r\n".join(rows).encode())


HEADINGS = "file,council,ref,field,value,reason,who,when"


def test_a_file_of_corrections_is_read_as_an_analyst_writes_it(
    tmp_path: Path, framework: Framework, register: Register
) -> None:
    """Names, codes, cases, dates and headings may be written in any of the usual ways; blank rows count."""
    path = write(
        tmp_path / "c.csv",
        "\ufeffFILE;Council;Ref;Field;Value;Note;Reason;Who;When\r\n"
        ";Medway Council;ec1;Current;3 Mature;x;Why;Me;29/01/2027\r\n"
        ";;;;;;;;\r\n"
        "a.xlsx;;EC1;Due date;1 March 2027;x;Why;Me;2027-01-29\r\n"
        "a.xlsx;e06000035;;GSS code;swale;x;Why;Me;29 Jan 2027\r\n".encode(),
    )
    common = ("Why", "Me", DAY)
    assert load_corrections(path, framework, register) == (
        Correction(2, "", MEDWAY, "EC1", "current", "3 Mature", *common, "Medway"),
        Correction(4, "a.xlsx", "", "EC1", "due_date", "1 March 2027", *common),
        Correction(5, "a.xlsx", MEDWAY, "", "gss_code", "swale", *common, "Medway"),
    )


def test_a_text_copied_from_our_own_files_is_read_without_their_apostrophe(
    tmp_path: Path, framework: Framework, register: Register
) -> None:
    """What a spreadsheet would run is guarded in answers.csv; copied from there it is the council's text."""
    path = table(tmp_path / "c.csv", HEADINGS, "'-a.xlsx,,EC1,evidence,'- one,'quoted',Me,2027-01-29")
    [one] = load_corrections(path, framework, register)
    assert (one.file, one.value, one.reason) == ("-a.xlsx", "- one", "'quoted'")


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (",,EC1,current,3,Why,Me,2027-01-29", "neither file nor council"),
        (",Medwy,EC1,current,3,Why,Me,2027-01-29", "nearest: Medway"),
        (",Medway,EC99,current,3,Why,Me,2027-01-29", "EC99"),
        (",Medway,EC1,role,3,Why,Me,2027-01-29", "with a ref"),
        (",Medway,EC,current,3,Why,Me,2027-01-29", "with a key area"),
        (",Medway,EC,reach_by,soon,Why,Me,2027-01-29", "not an exact date"),
        (",Medway,,current,3,Why,Me,2027-01-29", "without a ref"),
        (",Medway,EC1,,3,Why,Me,2027-01-29", "not a field"),
        (",Medway,EC1,current,TBC,Why,Me,2027-01-29", "not a level"),
        (",Medway,EC1,target,2/3,Why,Me,2027-01-29", "not a level"),
        (",Medway,EC1,due_date,Spring,Why,Me,2027-01-29", "Spring"),
        (",Medway,EC1,priority,Urgent,Why,Me,2027-01-29", "High, Medium, Low"),
        (",Medway,,date_completed,soon,Why,Me,2027-01-29", "soon"),
        (",Medway,,combined,perhaps,Why,Me,2027-01-29", "Yes nor No"),
        (",Medway,,round,,Why,Me,2027-01-29", "round"),
        (",Medway,,gss_code,Nowhere,Why,Me,2027-01-29", "Nowhere"),
        (",Medway,,gss_code,,Why,Me,2027-01-29", "No council"),
        (",Medway,EC1,current,3,,Me,2027-01-29", "reason"),
        (",Medway,EC1,current,3,Why,,2027-01-29", "who"),
        (",Medway,EC1,current,3,Why,Me,", "when"),
        (",Medway,EC1,current,3,Why,Me,last week", "last week"),
        (",Medway,SV10,current,4,Why,Me,2027-01-29", "row 2 corrects the same"),
    ],
)
def test_a_row_that_cannot_be_used_is_reported_with_its_number(
    tmp_path: Path, framework: Framework, register: Register, row: str, what: str
) -> None:
    """Each slip in a row is one fault that names the row as Excel shows it."""
    good = ",Medway,SV10,current,3,Why,Me,2027-01-29"
    path = table(tmp_path / "c.csv", HEADINGS, good, row)
    with pytest.raises(CsvError) as raised:
        load_corrections(path, framework, register)
    _, *faults = str(raised.value).splitlines()
    assert len(faults) == 1
    assert faults[0].startswith("row 3: ")
    assert what in faults[0]


def test_all_faults_of_a_file_are_reported_at_once(
    tmp_path: Path, framework: Framework, register: Register
) -> None:
    """Nobody has to mend a file of corrections fault by fault."""
    path = table(tmp_path / "c.csv", HEADINGS, ",Medwy,EC1,current,TBC,,,soon", ",Medway,EC9,current,3,a,b,c")
    with pytest.raises(CsvError) as raised:
        load_corrections(path, framework, register)
    rows = [fault[:5] for fault in str(raised.value).splitlines()[1:]]
    assert rows == ["row 2"] * 5 + ["row 3"] * 2


@pytest.mark.parametrize("heading", HEADINGS.split(","))
def test_every_column_must_be_there(
    tmp_path: Path, framework: Framework, register: Register, heading: str
) -> None:
    """A misspelt heading is reported: ignored, it would make a correction reach further than was meant."""
    path = table(tmp_path / "c.csv", HEADINGS.replace(heading, f"{heading}x"))
    with pytest.raises(CsvError, match=f"lacks the column {heading}"):
        load_corrections(path, framework, register)


# --- Which returns are meant


def returned(name: str, code: str = MEDWAY, *answers: Answer, asked: tuple[str, ...] = ()) -> Return:
    """An accepted return."""
    assessment = Assessment(code, code, "2026", answers, asked=asked)
    present = sum(not answer.is_blank for answer in answers)
    return Return(name, name, Status.ACCEPTED, assessment, answers_present=present)


REFUSED = Return("refused.xlsx", "refused", Status.REFUSED)
BATCH = (
    *(returned("a.xlsx"), returned("x/a.xlsx"), returned("x/b.xlsx"), returned("y/b.xlsx", SWALE)),
    *(returned("y/c.xlsx", SWALE), REFUSED, returned("part.xlsx", SWALE, asked=("SM1",))),
)


@pytest.mark.parametrize(
    ("file", "code", "ref", "met"),
    [
        ("", MEDWAY, "EC1", "a.xlsx, x/a.xlsx, x/b.xlsx"),
        ("a.xlsx", "", "EC1", "a.xlsx"),
        ("x/a.xlsx", "", "EC1", "x/a.xlsx"),
        ("x/a.xlsx", MEDWAY, "EC1", "x/a.xlsx"),
        ("c.xlsx", "", "EC1", "y/c.xlsx"),
        ("b.xlsx", SWALE, "EC1", "y/b.xlsx"),
        ("", SWALE, "EC1", "y/b.xlsx, y/c.xlsx"),
        ("part.xlsx", "", "SM1", "part.xlsx"),
        ("part.xlsx", "", "", "part.xlsx"),
    ],
)
def test_a_correction_meets_the_returns_that_it_names(
    framework: Framework, register: Register, file: str, code: str, ref: str, met: str
) -> None:
    """By file, whole or its last part, by council, or by both; and only where the row was asked."""
    one = correction_of(ref, "owner" if ref else "role", "A post", file=file, code=code)
    corrected, unused = apply_corrections(BATCH, [one], framework, register)
    assert ", ".join(r.source_file for r in corrected if "corrected" in kinds(r)) == met
    assert unused == []


@pytest.mark.parametrize(
    ("file", "code", "ref", "why"),
    [
        ("x/a.xlsx", SWALE, "EC1", "not of that council"),
        ("b.xlsx", "", "EC1", "several files"),
        ("d.xlsx", "", "EC1", "no such file"),
        ("refused.xlsx", "", "EC1", "was refused"),
        ("refused.xlsx", "", "", "was refused"),
        ("", "E10000016", "EC1", "no return of that council"),
        ("part.xlsx", "", "EC1", "not asked"),
    ],
)
def test_a_correction_that_meets_no_return_is_given_back_with_the_reason(
    framework: Framework, register: Register, file: str, code: str, ref: str, why: str
) -> None:
    """Nothing is changed by it, and its words say what to mend."""
    one = correction_of(ref, "owner" if ref else "role", "A post", file=file, code=code)
    corrected, unused = apply_corrections(BATCH, [one], framework, register)
    assert corrected == list(BATCH)
    assert unused == [one]
    assert why in str(unused[0])


def test_two_files_of_one_name_are_not_reported_apart_by_one_being_refused(
    framework: Framework, register: Register
) -> None:
    """A name that a refused file has too may mean that one, so it is not taken for the other."""
    batch = [returned("x/a.xlsx"), replace(REFUSED, source_file="y/a.xlsx")]
    _, unused = apply_corrections(
        batch, [correction_of("EC1", "owner", "x", file="a.xlsx", code="")], framework, register
    )
    assert len(unused) == 1


def test_a_batch_without_returns_gives_every_correction_back(
    framework: Framework, register: Register
) -> None:
    """Where nothing was read, nothing is met."""
    corrections = [
        correction_of("EC1", "owner", "x"),
        correction_of("EC1", "owner", "x", file="a.xlsx", code=""),
    ]
    assert apply_corrections([], corrections, framework, register) == ([], corrections)


# --- Older than the return


def dated(content: Return, sent: str = "", saved: str = "", completed: str = "") -> Return:
    """The same return as of other days."""
    one = whole(content)
    details = tuple((dict(one.details) | {"date_completed": completed}).items())
    received = Received("a@example.org", sent, "Return") if sent else None
    return replace(content, assessment=replace(one, details=details), received=received, saved_at=saved)


@pytest.mark.parametrize(
    ("sent", "completed", "saved", "day"),
    [
        ("2027-01-03T23:59:00Z", "2027-01-02", "2027-01-01T12:00:00Z", "2027-01-03"),
        ("", "2027-01-02", "2027-01-01T12:00:00Z", "2027-01-02"),
        ("", "soon", "2027-01-01T12:00:00Z", "2027-01-01"),
        ("", "", "", ""),
    ],
)
def test_a_return_has_a_day_of_its_own(
    plain: Return, sent: str, completed: str, saved: str, day: str
) -> None:
    """It is its mail's, else that of Date completed, else that on which the file was saved."""
    own = day_of(dated(plain, sent, saved, completed))
    assert (own.isoformat() if own else "") == day


@pytest.mark.parametrize(("day", "applied"), [("2027-01-29", True), ("2027-01-30", False), ("", True)])
def test_a_correction_is_not_put_into_a_newer_return(
    framework: Framework, register: Register, plain: Return, day: str, applied: bool
) -> None:
    """The council may have answered anew: the return says so, keeps its answer, and nothing is met."""
    newer = dated(plain, completed=day)
    [after], unused = apply_corrections([newer], [correction_of("EC1", "current", "5")], framework, register)
    assert whole(after)["EC1"].current == (5 if applied else 2)
    assert [one.is_older for one in unused] == ([] if applied else [True])
    [found] = after.problems
    assert (found.slug, found.ref) == ("corrected" if applied else "correction-older", "EC1")
    assert found.place == whole(plain)["EC1"].where("current")
    intake = Intake((after,), Rulings(corrections=(correction_of("EC1", "current", "5"),)), tuple(unused))
    assert make_receipt(intake).corrected == applied
    assert intake.unmet == ()


def test_a_newer_return_that_says_the_same_is_no_question(
    framework: Framework, register: Register, plain: Return
) -> None:
    """Where the council has since written what the correction says, there is nothing to decide."""
    batch = [dated(plain, completed="2027-02-01")]
    corrected, _ = apply_corrections(batch, [correction_of("EC1", "current", "2")], framework, register)
    assert corrected == batch


def test_a_mistyped_date_completed_can_be_corrected(
    framework: Framework, register: Register, plain: Return
) -> None:
    """A date in the far future makes no correction older for good: it is put right before the others."""
    corrections = [
        correction_of("EC1", "current", "5"),
        correction_of("", "date_completed", "2027-01-20", row=3),
    ]
    batch = [dated(plain, completed="2037-01-20", saved="2027-01-21T09:00:00Z")]
    [corrected], unused = apply_corrections(batch, corrections, framework, register)
    assert unused == []
    assert whole(corrected)["EC1"].current == 5


def test_changes_are_those_between_what_the_council_wrote(
    framework: Framework, register: Register, plain: Return
) -> None:
    """A correction of the older return is no change, and hides none."""
    old = replace(dated(plain, completed="2027-01-01"), source_file="old.xlsx", sha256="old")
    new = replace(dated(plain, completed="2027-01-02"), source_file="new.xlsx", sha256="new")
    given = tuple(replace(a, current=1) if a.ref == "EC1" else a for a in whole(new))
    new = replace(new, assessment=replace(whole(new), answers=given))
    batch, _ = apply_corrections([old, new], [correction_of("EC1", "current", "5")], framework, register)
    changes = change_rows(check_across(batch, framework), framework)
    assert [(row["ref"], row["before"], row["after"]) for row in changes] == [("EC1", "2", "1")]


def test_a_correction_of_two_returns_is_counted_once(
    framework: Framework, register: Register, plain: Return
) -> None:
    """The receipt counts rows of the file of corrections, not returns."""
    one = correction_of("EC1", "current", "5")
    batch, unused = apply_corrections(
        [plain, replace(plain, source_file="again.xlsx")], [one], framework, register
    )
    assert make_receipt(Intake(tuple(batch), Rulings(corrections=(one,)), tuple(unused))).corrected == 1


def test_rulings_that_met_nothing_are_problems_at_their_rows() -> None:
    """They count, and stand in the list of problems with the row of their own file."""
    correction = replace(
        correction_of("EC1", "owner", "x", row=7), source="c.csv", unmet="no such file was read"
    )
    intake = Intake((), unused_corrections=(correction,), unused_waivers=(Waiver(3, "row-missing", "", "x"),))
    assert make_receipt(intake).problems[Severity.WARNING] == 2
    first, second = problem_rows((), intake.unmet)
    assert (first["source_file"], first["cell"], first["problem"]) == ("c.csv", "A7", "ruling-unmet")
    assert "no such file was read" in first["message"]
    assert second["cell"] == "A3"


# --- An answer corrected

TYPED = {
    "current": "4 Leader",
    "target": "Not applicable",
    "evidence": "Other words",
    "actions": "- one\n- two",
    "owner": "Another post",
    "due_date": "2027-03-31",
    "priority": "High",
    "status": "On track",
    "review_date": "2027-06-30",
    "discuss": "Yes",
}


@pytest.mark.parametrize("field", ANSWER_FIELDS)
@pytest.mark.parametrize("ref", ["EC1", "EC2"])
def test_a_corrected_answer_is_as_if_the_officer_had_typed_it(
    framework: Framework, register: Register, plain: Return, medway: Council, ref: str, field: str
) -> None:
    """Whatever the field, in a filled row and in a blank one, a workbook so filled in reads the same."""
    days = {key: dt.date.fromisoformat(TYPED[key]) for key in ("due_date", "review_date")}
    value = ({"current": 4, "target": "NA", "discuss": True} | days).get(field, TYPED[field])
    given_answers = [replace(answer, current_text="", target_text="") for answer in whole(plain)]
    meant = [replace(a, **{field: value}) if a.ref == ref else a for a in given_answers]  # type: ignore[arg-type]
    retyped = as_read(filled(framework, medway, *meant, role="Officer"), framework, register)
    [corrected], _ = apply_corrections(
        [plain], [correction_of(ref, field, TYPED[field])], framework, register
    )
    assert whole(corrected) == whole(retyped)
    assert corrected.answers_present == retyped.answers_present
    [note] = corrected.problems
    assert (note.slug, note.ref, note.field) == ("corrected", ref, field)
    assert note.place == whole(plain)[ref].where(field)


@pytest.mark.parametrize(
    ("ref", "field", "value", "settled", "present", "refused"),
    [
        ("EC1", "current", "3", "level-unreadable", 0, -1),
        ("EC1", "current", "", "level-unreadable", -1, -1),
        ("EC1", "evidence", "Words", "", 0, 0),
        ("EC2", "current", "2", "level-between", 0, 0),
        ("EC2", "evidence", "", "cell-error", 0, -1),
        ("EC2", "due_date", "", "date-unreadable", 0, 0),
        ("EC2", "priority", "h", "priority-unreadable", 0, 0),
        ("EC3", "current", "3", "", 1, 0),
        ("EC0", "current", "3", "", 1, 0),
        ("EC0", "current", "", "", 0, 0),
        ("SV10", "target", "", "", 0, 0),
    ],
)
def test_a_correction_settles_what_was_reported_of_its_cell_and_nothing_else(
    framework: Framework,
    register: Register,
    spoilt: Return,
    ref: str,
    field: str,
    value: str,
    settled: str,
    present: int,
    refused: int,
) -> None:
    """The problem of the cell goes, all others stay, and the rows present and refused are counted anew."""
    [corrected], unused = apply_corrections([spoilt], [correction_of(ref, field, value)], framework, register)
    assert unused == []
    expected = [p for p in spoilt.problems if not (p.slug == settled and p.ref == ref)]
    assert list(corrected.problems[:-1]) == expected
    assert len(expected) == len(spoilt.problems) - bool(settled)
    assert field not in whole(corrected)[ref].refused
    assert corrected.answers_present - spoilt.answers_present == present
    assert corrected.answers_refused - spoilt.answers_refused == refused
    make_receipt(Intake((corrected,)))


def test_a_row_that_was_missing_gets_its_answer_in_the_frameworks_order(
    framework: Framework, register: Register, spoilt: Return
) -> None:
    """A row that the council deleted can be answered for it, and stands where it belongs."""
    assert "EC3" not in [answer.ref for answer in whole(spoilt)]
    [corrected], _ = apply_corrections(
        [spoilt], [correction_of("EC3", "current", "mature")], framework, register
    )
    refs = [answer.ref for answer in whole(corrected)]
    assert refs == [row.code for row in framework.rows if row.code in refs]
    answer = whole(corrected)["EC3"]
    assert (answer.current, answer.current_text, answer.place) == (3, "mature", Place(NAME))
    assert corrected.problems[-1].place == Place(NAME)


def test_the_rules_see_what_was_corrected(framework: Framework, register: Register, plain: Return) -> None:
    """A current level above the target is reported once a correction has made it so."""
    before = check_return(plain, framework)
    [corrected], _ = apply_corrections([plain], [correction_of("EC1", "current", "5")], framework, register)
    after = check_return(corrected, framework)
    assert "target-below-current" not in kinds(before)
    assert "target-below-current" in kinds(after)


@pytest.mark.parametrize(
    ("ref", "field", "value", "before", "after"),
    [
        ("EC1", "current", "3", "see comments", "3 Mature"),
        ("EC2", "current", "2", "2/3", "2 Developing"),
        ("EC2", "evidence", "Words", "#REF!", "Words"),
        ("EC2", "due_date", "1/3/27", "Spring", "1 March 2027"),
        ("SV10", "target", "n/a", "5 Innovator", "Not applicable"),
        ("SV10", "target", "", "5 Innovator", "nothing"),
        ("SV10", "actions", "x", "nothing", "x"),
        ("", "round", "2025", "2026", "2025"),
        ("", "role", "Officer", "nothing", "Officer"),
        ("", "date_completed", "1/3/27", "soon", "1 March 2027"),
        ("", "gss_code", "swale", "Medway Council (E06000035)", "Swale Borough Council (E07000113)"),
    ],
)
def test_a_note_says_what_stood_there_and_what_counts(
    framework: Framework,
    register: Register,
    spoilt: Return,
    ref: str,
    field: str,
    value: str,
    before: str,
    after: str,
) -> None:
    """Before and after are reported in the words of the workbook, with who decided it, when and why."""
    [corrected], _ = apply_corrections([spoilt], [correction_of(ref, field, value)], framework, register)
    note = corrected.problems[-1]
    assert (note.slug, note.severity, note.value) == ("corrected", Severity.NOTE, after)
    for word in (f"from {before} to {after}", "Said so by telephone", "A. Analyst", "29 January 2027"):
        assert word in note.message


def test_what_no_reader_could_read_is_not_called_nothing(framework: Framework, register: Register) -> None:
    """Of a cell that was lost, the note says that something stood there."""
    lost = replace(returned("a.xlsx", MEDWAY, Answer("EC1", refused=("owner",))), answers_refused=1)
    batch = [replace(lost, problems=(problem("cell-unread", Place("a.xlsx"), ref="EC1", field="owner"),))]
    [corrected], _ = apply_corrections(batch, [correction_of("EC1", "owner", "A post")], framework, register)
    assert kinds(corrected) == ["corrected"]
    assert "from nothing" not in corrected.problems[0].message


def test_a_long_text_is_not_repeated_whole_in_a_note(framework: Framework, register: Register) -> None:
    """An officer's page of evidence does not fill the list of problems."""
    batch = [returned("a.xlsx", MEDWAY, Answer("EC1", evidence="words \n" * 5000))]
    [corrected], _ = apply_corrections(batch, [correction_of("EC1", "evidence", "x")], framework, register)
    assert len(corrected.problems[0].message) < 300


def test_an_exact_due_date_takes_the_place_of_the_words(
    framework: Framework, register: Register, spoilt: Return
) -> None:
    """Words that were kept for want of a date are gone once there is one."""
    [corrected], _ = apply_corrections(
        [spoilt], [correction_of("EC2", "due_date", "1/3/27")], framework, register
    )
    answer = whole(corrected)["EC2"]
    assert (answer.due_date, answer.due_text) == (dt.date(2027, 3, 1), "")


def test_of_two_corrections_of_one_value_the_later_counts_and_both_are_reported(
    framework: Framework, register: Register, plain: Return
) -> None:
    """A correction for the council and one for its file can meet: each starts from what it finds."""
    both = [
        correction_of("EC1", "current", "3"),
        correction_of("EC1", "current", "4", file=NAME, code="", row=3),
    ]
    [corrected], _ = apply_corrections([plain], both, framework, register)
    assert whole(corrected)["EC1"].current == 4
    assert [note.value for note in corrected.problems] == ["3 Mature", "4 Leader"]


# --- A detail corrected


@pytest.mark.parametrize(
    ("field", "value", "held"),
    [
        ("role", "Head of it", "Head of it"),
        ("role", "", ""),
        ("completed_by", "Somebody", "Somebody"),
        ("department", "IT", "IT"),
        ("email", "a@example.org", "a@example.org"),
        ("date_completed", "31/12/2026", "2026-12-31"),
        ("date_completed", "", ""),
        ("combined", "y", "Yes"),
        ("combined", "NO", "No"),
    ],
)
def test_a_detail_is_corrected(
    framework: Framework, register: Register, plain: Return, field: str, value: str, held: str
) -> None:
    """Each of the council's details takes its value as ingest would read it, and is reported at its cell."""
    [corrected], _ = apply_corrections([plain], [correction_of("", field, value)], framework, register)
    assert whole(corrected).detail(field) == held
    assert dict(whole(corrected).details) == dict(whole(plain).details) | {field: held}
    place = whole(plain).detail_places[field]
    assert corrected.problems[-1].place == replace(place, file=NAME)
    assert corrected.answers_present == plain.answers_present


def test_every_detail_that_is_filled_in_can_be_corrected(plain: Return) -> None:
    """No detail of Start here is beyond correction; the council's name follows from its code."""
    assert {key for key, _ in whole(plain).details} - {"council"} <= set(DETAIL_FIELDS)


@pytest.mark.parametrize(
    ("field", "value", "settled"),
    [
        ("gss_code", "Swale", "council-differs"),
        ("round", "2019", "round-differs"),
        ("date_completed", "31/12/2026", "date-completed-unreadable"),
        ("role", "Officer", ""),
    ],
)
def test_a_corrected_detail_settles_what_was_asked_about_it(
    framework: Framework, register: Register, spoilt: Return, field: str, value: str, settled: str
) -> None:
    """What the council was to be asked about a detail is answered, and nothing else is."""
    [corrected], _ = apply_corrections([spoilt], [correction_of("", field, value)], framework, register)
    assert set(kinds(spoilt)) - set(kinds(corrected)) == ({settled} if settled else set())


@pytest.mark.parametrize(
    ("slug", "field", "value"),
    [
        ("council-unmatched", "gss_code", "Medway"),
        ("council-unknown", "gss_code", "Medway"),
        ("file-name-differs", "gss_code", "Medway"),
        ("round-unknown", "round", "2026"),
    ],
)
def test_a_question_about_the_return_is_settled_by_the_detail_that_answers_it(
    framework: Framework, register: Register, slug: str, field: str, value: str
) -> None:
    """Told of the file or of Start here, it goes with the right correction and stays with any other."""
    asked = problem(slug, Place("a.xlsx"), value="x", built_for="y")
    batch = [replace(returned("a.xlsx"), problems=(asked,))]
    [settled], _ = apply_corrections(batch, [correction_of("", field, value)], framework, register)
    [other], _ = apply_corrections(batch, [correction_of("", "email", "x")], framework, register)
    assert (kinds(settled), kinds(other)) == (["corrected"], [slug, "corrected"])


def test_a_return_is_given_to_the_council_that_it_is_from(
    framework: Framework, register: Register, plain: Return, spoilt: Return
) -> None:
    """Filled in a neighbour's workbook, it counts for its own council once the analyst says so."""
    other = replace(spoilt, source_file="swale.xlsx")
    alone = [r.status for r in check_across([plain, other], framework)]
    batch, _ = apply_corrections(
        [plain, other], [correction_of("", "gss_code", "swale", file="swale.xlsx")], framework, register
    )
    marked = check_across(batch, framework)
    assert alone == [Status.ACCEPTED, Status.REFUSED]
    assert [r.status for r in marked] == [Status.ACCEPTED, Status.ACCEPTED]
    assert [whole(r).gss_code for r in marked] == [MEDWAY, SWALE]
    assert whole(marked[1]).council == "Swale Borough Council"


def test_whose_a_return_is_is_asked_as_it_was_read(
    framework: Framework, register: Register, plain: Return
) -> None:
    """A correction of the council changes nothing about which return the next correction is for."""
    corrections = [correction_of("", "gss_code", "Swale"), correction_of("EC1", "current", "3")]
    [corrected], unused = apply_corrections([plain], corrections, framework, register)
    assert (whole(corrected).gss_code, whole(corrected)["EC1"].current) == (SWALE, 3)
    assert unused == []


@pytest.mark.parametrize(
    ("fields", "respondent"),
    [
        ({"combined": "No"}, ""),
        ({"combined": "No", "department": "IT"}, "IT"),
        ({"department": "IT", "combined": "No"}, "IT"),
        ({"department": "IT", "combined": "Yes"}, ""),
        ({"respondent": "Care", "department": "IT", "combined": "No"}, "Care"),
        ({"department": "IT", "combined": "No", "respondent": ""}, ""),
    ],
)
def test_the_respondent_follows_from_what_is_corrected(
    framework: Framework, register: Register, plain: Return, fields: dict[str, str], respondent: str
) -> None:
    """A return that turns out to be one department's is that department's, unless another was named."""
    corrections = [correction_of("", field, value) for field, value in fields.items()]
    [corrected], _ = apply_corrections([plain], corrections, framework, register)
    assert whole(corrected).respondent == respondent


# --- Nothing is lost

_REFS = [*[row.code for row in load_framework().rows][:6], "SV10"]
CORRECTIONS = st.one_of(
    st.builds(
        correction_of,
        st.sampled_from(_REFS),
        st.sampled_from(["current", "target"]),
        st.sampled_from(["", "3", "NA"]),
    ),
    st.builds(
        correction_of,
        st.sampled_from(_REFS),
        st.sampled_from(["evidence", "actions", "owner"]),
        st.sampled_from(["", "x"]),
    ),
    st.builds(
        correction_of, st.sampled_from(_REFS), st.just("due_date"), st.sampled_from(["", "2027-03-31"])
    ),
    st.builds(correction_of, st.sampled_from(_REFS), st.just("priority"), st.sampled_from(["", "Low"])),
    st.builds(
        correction_of, st.just(""), st.sampled_from(["gss_code"]), st.sampled_from(["Swale", "Medway"])
    ),
    st.builds(
        correction_of, st.just(""), st.sampled_from(["respondent", "role"]), st.sampled_from(["", "x"])
    ),
)


@settings(deadline=None)  # a busy machine is no fault
@given(corrections=st.lists(CORRECTIONS, max_size=25))
def test_whatever_is_corrected_no_answer_is_lost(
    framework: Framework, register: Register, plain: Return, spoilt: Return, corrections: Sequence[Correction]
) -> None:
    """The rows present and refused are those of the answers as corrected, beside those never read."""
    batch, unused = apply_corrections([plain, spoilt], corrections, framework, register)
    assert unused == []
    make_receipt(Intake(tuple(batch)))
    for before, after in zip([plain, spoilt], batch, strict=True):
        doubled = kinds(before).count("row-doubled")
        answers = list(whole(after))
        assert after.answers_present == sum(not answer.is_blank for answer in answers) + doubled
        assert after.answers_refused == sum(bool(answer.refused) for answer in answers) + doubled
        assert kinds(after).count("corrected") == len(corrections)


# --- Waivers

PROBLEMS = (
    problem("level-unreadable", Place("a", SHEET, "C6"), ref="EC1", value="x", which="current"),
    problem("ref-lost", Place("a", SHEET, "A7"), ref="EC2", value="x"),
    problem("round-unknown", Place("a")),
)


def with_problems(name: str, code: str = "", problems: Sequence[Problem] = PROBLEMS) -> Return:
    """A return with some problems, refused where no council is given."""
    accepted = returned(name, code) if code else replace(REFUSED, source_file=name)
    return replace(accepted, problems=tuple(problems))


def waived(batch: Sequence[Return]) -> list[str]:
    """The files in which something is waived."""
    return [r.source_file for r in batch if any(found.waived for found in r.problems)]


def test_a_file_of_waivers_is_read_as_an_analyst_writes_it(tmp_path: Path, register: Register) -> None:
    """A council by name or code, or none or a star for all; with an end, or without."""
    path = table(
        tmp_path / "w.csv",
        "Problem,Council,Reason,Until,Note",
        "not-answered,medway,Agreed,31/03/2027,x",
        ",,,,",
        "Not-Answered,*,Agreed,,x",
        "row-missing,,Agreed,2027-03-31,x",
    )
    assert load_waivers(path, register) == (
        Waiver(2, "not-answered", MEDWAY, "Agreed", dt.date(2027, 3, 31), "Medway"),
        Waiver(4, "not-answered", "", "Agreed"),
        Waiver(5, "row-missing", "", "Agreed", dt.date(2027, 3, 31)),
    )


def test_all_faults_of_a_file_of_waivers_are_reported_at_once(tmp_path: Path, register: Register) -> None:
    """A slug that is none names the nearest, and every other slip is reported beside it."""
    path = table(tmp_path / "w.csv", "problem,council,reason,until", "not-anwsered,Medwy,,soon", "zzz,,x,")
    with pytest.raises(CsvError) as raised:
        load_waivers(path, register)
    _, *faults = str(raised.value).splitlines()
    assert [fault[:5] for fault in faults] == ["row 2"] * 4 + ["row 3"]
    assert "not-answered" in faults[0]
    with pytest.raises(CsvError, match="until"):
        load_waivers(table(tmp_path / "w.csv", "problem,council,reason,untill"), register)


def test_a_waived_problem_stays_and_no_longer_counts() -> None:
    """It is marked with the reason and listed last; all else of the return is as it was."""
    before = with_problems("a", MEDWAY)
    [after], unused = apply_waivers([before], [Waiver(2, "level-unreadable", MEDWAY, "Agreed")], DAY)
    error, *others = PROBLEMS
    assert after == replace(before, problems=(*others, replace(error, waived="Agreed")))
    assert unused == []
    receipt = make_receipt(Intake((after,)))
    assert (receipt.problems[Severity.ERROR], receipt.waived) == (0, 1)


@pytest.mark.parametrize(
    ("code", "files"),
    [(MEDWAY, ["m1", "m2"]), (SWALE, ["s"]), ("", ["m1", "m2", "s", "refused"]), ("E10000016", [])],
)
def test_a_waiver_is_for_its_council_or_for_all(code: str, files: list[str]) -> None:
    """A file refused before anybody knew its council is met only where all are."""
    batch = [
        with_problems(name, c) for name, c in (("m1", MEDWAY), ("m2", MEDWAY), ("s", SWALE), ("refused", ""))
    ]
    one = Waiver(2, "round-unknown", code, "Agreed")
    passed, unused = apply_waivers(batch, [one], DAY)
    assert waived(passed) == files
    assert unused == ([] if files else [one])


@pytest.mark.parametrize(
    ("file", "code", "files"),
    [
        ("in/refused.eml", "", ["in/refused.eml"]),
        ("refused.eml", "", ["in/refused.eml"]),
        ("refused.eml", SWALE, ["in/refused.eml"]),
        ("m1", MEDWAY, ["m1"]),
        ("m1", SWALE, []),
        ("none.eml", "", []),
    ],
)
def test_a_waiver_for_a_file_is_for_no_other(file: str, code: str, files: list[str]) -> None:
    """A refused file can be let pass alone, whether or not its council is named beside it."""
    names = (("m1", MEDWAY), ("in/refused.eml", ""), ("in/other.eml", ""))
    one = Waiver(2, "round-unknown", code, "Declined", file=file)
    passed, unused = apply_waivers([with_problems(name, c) for name, c in names], [one], DAY)
    assert waived(passed) == files
    assert unused == ([] if files else [one])


def test_a_misspelt_heading_of_the_file_column_is_reported(tmp_path: Path, register: Register) -> None:
    """The column may be left out; taken for left out, a waiver for one file would be for all."""
    path = table(tmp_path / "w.csv", "problem,council,reason,until,flie", "row-missing,,x,,a.eml")
    with pytest.raises(CsvError, match="did you mean file"):
        load_waivers(path, register)
    path = table(tmp_path / "w.csv", "problem,council,file,reason,until", "row-missing,,a.eml,x,")
    assert [one.file for one in load_waivers(path, register)] == ["a.eml"]


@pytest.mark.parametrize(("days", "holds"), [(1, True), (0, True), (-1, False)])
def test_a_waiver_holds_to_the_end_of_its_last_day(days: int, holds: bool) -> None:
    """One that ended before lets nothing pass, and is given back saying so."""
    one = Waiver(2, "round-unknown", "", "Agreed", DAY + dt.timedelta(days=days))
    [passed], unused = apply_waivers([with_problems("a", MEDWAY)], [one], DAY)
    assert waived([passed]) == (["a"] if holds else [])
    assert [found.waived for found in passed.problems if found.waived] == (
        [f"Agreed (until {29 + days} January 2027)"] if holds else []
    )
    assert unused == ([] if holds else [one])
    assert [("ended on 28 January 2027" in str(ended)) for ended in unused] == ([] if holds else [True])


def test_a_waiver_that_meets_nothing_is_given_back_without_an_end() -> None:
    """What was put right since is seen, and not mistaken for what has ended."""
    one = Waiver(2, "not-answered", "", "Agreed", DAY)
    _, [unused] = apply_waivers([with_problems("a", MEDWAY)], [one], DAY)
    assert unused == one
    assert not unused.unmet
    assert "ended" not in str(unused)


def test_of_two_waivers_the_first_is_reported_and_neither_is_unused() -> None:
    """A problem that is waived twice is let pass once; both waivers met it."""
    two = [Waiver(2, "round-unknown", "", "For all"), Waiver(3, "round-unknown", MEDWAY, "For one")]
    [passed], unused = apply_waivers([with_problems("a", MEDWAY)], two, DAY)
    assert [found.waived for found in passed.problems if found.waived] == ["For all"]
    assert unused == []


# --- The head of a key area corrected


def _with_heads(workbook: Workbook) -> None:
    sheet = workbook[SHEET]
    labels = {cell.value: cell for row in sheet for cell in row}
    for label, value in (("Objective", "Champions"), ("Reach it by", "2030, perhaps")):
        sheet.cell(labels[label].row, labels[label].column + 1).value = value
    broken = sheet.cell(labels["Answered by (post)"].row, labels["Answered by (post)"].column + 1)
    broken.value, broken.data_type = "#REF!", "e"


@pytest.fixture(scope="module")
def with_heads(framework: Framework, register: Register, medway: Council) -> Return:
    """A return with an objective, a day that is none, and an error in the head of a sheet."""
    return as_read(changed(filled(framework, medway, Answer("EC1", 2)), _with_heads), framework, register)


@pytest.mark.parametrize(
    ("field", "value", "held", "before"),
    [
        ("objective", "Champions everywhere", "Champions everywhere", "Champions"),
        ("objective", "", "", "Champions"),
        ("reach_by", "31/03/2030", "2030-03-31", "2030, perhaps"),
        ("answered_by", "Head of ICT", "Head of ICT", "#REF!"),
        ("answered_on", "3 November 2026", "2026-11-03", "nothing"),
    ],
)
def test_what_stands_in_a_head_is_corrected(
    framework: Framework,
    register: Register,
    with_heads: Return,
    field: str,
    value: str,
    held: str,
    before: str,
) -> None:
    """It is held as ingest reads it, its problem is settled, its cell is named; other key areas stay."""
    [corrected], unused = apply_corrections(
        [with_heads], [correction_of("EC", field, value)], framework, register
    )
    assert unused == []
    others = {(area, key): text for area, key, text in whole(with_heads).heads if key != field}
    expected = others | ({("EC", field): held} if held else {})
    assert {(area, key): text for area, key, text in whole(corrected).heads} == expected
    note = corrected.problems[-1]
    assert (note.slug, note.ref, note.field) == ("corrected", "EC", field)
    assert before in note.message
    assert not [one for one in corrected.problems[:-1] if one.field == field]
    assert len(corrected.problems) <= len(with_heads.problems) + 1
    place = whole(with_heads).head_places.get("EC", {}).get(field, Place())
    assert note.place == replace(place, file=NAME)


def test_a_short_return_is_corrected_only_in_what_it_was_asked(
    framework: Framework, register: Register, with_heads: Return
) -> None:
    """A head of another key area than those that were asked is not there to be corrected."""
    short = replace(with_heads, assessment=replace(whole(with_heads), asked=("EC1", "EC2")))
    both = [correction_of("EC", "objective", "x"), correction_of("SV", "objective", "x", row=3)]
    [corrected], [unused] = apply_corrections([short], both, framework, register)
    assert (whole(corrected).head("EC", "objective"), whole(corrected).head("SV", "objective")) == ("x", "")
    assert (unused.row, unused.unmet) == (3, "the return was not asked that")


def test_a_head_that_a_later_return_changes_is_listed(framework: Framework, with_heads: Return) -> None:
    """changes.csv has what both returns say of a key area, under the area's code and name."""
    later = replace(whole(with_heads), heads=(("EC", "objective", "Champions everywhere"),))
    counted = replace(with_heads, source_file="later.xlsx", assessment=later)
    superseded = replace(with_heads, status=Status.SUPERSEDED, superseded_by="later.xlsx")
    rows = change_rows([superseded, counted], framework)
    assert [(row["ref"], row["value_code"], row["field"], row["before"], row["after"]) for row in rows] == [
        ("EC", "", "objective", "Champions", "Champions everywhere"),
        ("EC", "", "reach_by", "2030, perhaps", ""),
    ]
    assert {row["behaviour"] for row in rows} == {framework.area_by_code["EC"].name}

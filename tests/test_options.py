"""Short editions, copies for respondents, reviewers' columns, preset targets, prefilled rounds."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_file, build_workbook
from nps_xlsx.figures.peers import Peers
from nps_xlsx.model import Answer, Assessment, Council, Framework, LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import CsvError
from nps_xlsx.register.targets import load_targets, targets_of
from nps_xlsx.reports.feedback.case import make_case
from nps_xlsx.reports.feedback.glance import headlines
from nps_xlsx.reports.ingest import ingest
from nps_xlsx.rounds.responses import load_previous
from nps_xlsx.workbook.layout import AssessmentSheet
from nps_xlsx.workbook.stamp import Stamp, parse_stamp
from tests.support.batches import tables_of
from tests.support.workbooks import changed, filled, read, slugs, write

HEADINGS = AssessmentSheet.HEADING_ROW + 1
PREVIOUS = (
    Answer(
        "EC1", current=2, target=4, evidence="Old words", actions="Old deed", owner="Post", priority="High"
    ),
    Answer("EC2", current=4, target=4, actions="Done deed", owner="Post"),
    Answer("EC3", current="NA", evidence="Shared"),
    Answer("SV1", current=3, target=5, actions="Another", due_date=dt.date(2022, 3, 31)),
)


@pytest.fixture
def previous(medway: Council) -> Assessment:
    return Assessment(medway.gss_code, medway.name, "2022", PREVIOUS)


def sheet_of(order: Order, name: str) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(build_workbook(order)))[name]


def row_of(sheet: Worksheet, ref: str) -> dict[str, object]:
    headings = [cell.value for cell in sheet[HEADINGS]]
    row = next(row for row in sheet.iter_rows(min_row=HEADINGS + 1, values_only=True) if row[0] == ref)
    return dict(zip(headings, row, strict=True))


# --- A short edition


def test_a_part_keeps_codes_and_value_codes(framework: Framework) -> None:
    """A key area by its code brings all its rows, a behaviour by its code only itself."""
    part = framework.only(["EC", "SV3"])
    assert [row.code for row in part.rows] == ["EC0", "EC1", "EC2", "EC3", "SV3"]
    assert [row.value_code for row in part.behaviours] == [1, 2, 3, 33]
    assert [theme.name for theme in part.themes] == ["Showing leadership", "Achieving community benefits"]


def test_a_short_edition_asks_only_what_was_chosen(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Its sheets are those of the chosen rows, and ingest expects no others."""
    order = Order(framework.only(["SV3", "EN"]), medway, "2026")
    content = build_workbook(order)
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names[1:3] == ["Obtaining social value", "Enablers"]
    returned = read(content, framework, register)
    assert returned.assessment is not None
    assert returned.assessment.asked == ("SV3", "EN1", "EN2", "EN3", "EN4")
    assert slugs(returned) == []
    told = {ref for p in returned.problems if p.slug == "not-answered" for ref in p.ref.split(", ")}
    assert told == {"SV3", "EN1", "EN2", "EN3", "EN4"}


@pytest.mark.parametrize("codes", [["EC0"], ["EN1"], ["SV", "SV0"]])
def test_any_choice_of_rows_makes_a_workbook(
    framework: Framework, register: Register, medway: Council, codes: list[str]
) -> None:
    """Even a principle alone, or one enabler, can be asked and read back."""
    returned = read(build_workbook(Order(framework.only(codes), medway, "2026")), framework, register)
    assert returned.assessment is not None
    assert slugs(returned) == []


def test_answers_of_a_short_edition_are_compared_with_those_of_a_full_one(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """In one consolidation a row that was not asked is not counted as unanswered."""
    part = framework.only(["SV3"])
    short = Assessment("E10000034", "W", "2026", (Answer("SV3", current=5),))
    worcestershire = register.find("Worcestershire")
    write(tmp_path / "a.xlsx", build_workbook(Order(part, worcestershire, "2026", assessment=short)))
    write(tmp_path / "b.xlsx", filled(framework, medway, Answer("SV3", current=2)))
    ingest([tmp_path / "a.xlsx", tmp_path / "b.xlsx"], tmp_path / "out", framework, register)
    with (tmp_path / "out" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 1 + 69
    book = openpyxl.load_workbook(tmp_path / "out" / "consolidated.xlsx")
    by_ref = {row[1]: row for row in book["Behaviours"].iter_rows(min_row=5, values_only=True)}
    assert by_ref["SV3"][4:9] == (2, 2, 0, 2, 3.5)
    assert by_ref["SV4"][4:9] == (1, 0, 0, 0, None)


# --- Respondents


def test_copies_for_respondents_stay_apart(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """Each copy has its own name and stamp, and both of a council's returns count."""
    for name, level in (("Adult care", 2), ("Highways", 4)):
        assessment = Assessment(medway.gss_code, medway.name, "2026", (Answer("EC1", current=level),), name)
        order = Order(framework, medway, "2026", respondent=name, assessment=assessment)
        build_file(order, tmp_path)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["NPS-2026-E06000035-medway-adult-care.xlsx", "NPS-2026-E06000035-medway-highways.xlsx"]
    receipt = ingest([tmp_path], tmp_path / "out", framework, register)
    assert receipt.files == 2
    with (tmp_path / "out" / "returns.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [(row["status"], row["respondent"]) for row in csv.DictReader(file)]
    assert found == [("accepted", "Adult care"), ("accepted", "Highways")]


# --- Reviewers


def test_a_reviewer_has_a_level_and_a_comment_beside_the_councils(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """The two columns are written, read, and listed in reviews.csv."""
    order = Order(framework, medway, "2026", with_review=True)
    sheet = sheet_of(order, "Engaging councillors")
    after = [cell.value for cell in sheet[HEADINGS]].index("Evidence and comments") + 1
    headings = [cell.value for cell in sheet[HEADINGS]][after : after + 2]
    assert headings == ["Reviewer's level", "Reviewer's comment"]
    answer = Answer("EC1", current=4, reviewer_level=3, reviewer_comment="No report was seen")
    assessment = Assessment(medway.gss_code, medway.name, "2026", (answer,))
    content = build_workbook(dataclasses.replace(order, assessment=assessment))
    returned = read(content, framework, register)
    assert returned.assessment is not None
    found = returned.assessment["EC1"]
    assert (found.current, found.reviewer_level, found.reviewer_comment) == (4, 3, "No report was seen")
    ingest([write(tmp_path / "r.xlsx", content)], tmp_path / "out", framework, register)
    with (tmp_path / "out" / "reviews.csv").open(encoding="utf-8-sig", newline="") as file:
        [row] = csv.DictReader(file)
    assert (row["ref"], row["current"], row["reviewer_level"]) == ("EC1", "4", "3")


def test_agreement_with_a_reviewer_is_counted(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """Overview and feedback say how many levels agree, are higher or lower; without a review, nothing."""
    pairs: tuple[tuple[LevelValue, LevelValue], ...] = ((3, 3), (2, 3), (4, 3), (2, 1), (None, 3), (5, None))
    answers = tuple(
        Answer(row.code, current=mine, reviewer_level=theirs)
        for row, (mine, theirs) in zip(framework.behaviours, pairs, strict=False)
    )
    said = "agreed 1, reviewer higher 1, reviewer lower 2, only one gives a level 1"
    given = Assessment(medway.gss_code, medway.name, "2026", answers)
    content = build_workbook(Order(framework, medway, "2026", with_review=True, assessment=given))
    ingest([write(tmp_path / "r.xlsx", content)], tmp_path / "out", framework, register)
    overview = openpyxl.load_workbook(tmp_path / "out" / "consolidated.xlsx")["Overview"]
    [line] = [row[1:3] for row in overview.iter_rows(values_only=True) if row[0] == "Levels reviewed"]
    assert line == (5, f"A{said[1:]}. Each is in reviews.csv.")
    bare = dataclasses.replace(
        given, answers=tuple(dataclasses.replace(one, reviewer_level=None) for one in answers)
    )
    for assessment, lines in ((given, [f"Your reviewer gave 5 levels: {said}."]), (bare, [])):
        case = make_case(Peers(tables_of([assessment], framework, register), {}), 0)
        assert [text for text in headlines(case) if "reviewer" in text] == lines


def test_a_missing_reviewers_column_is_told_only_where_it_was_asked_for(
    framework: Framework, register: Register, medway: Council
) -> None:
    """The stamp says whether a review was asked, so that its loss is seen."""
    content = build_workbook(Order(framework, medway, "2026", with_review=True))

    def drop(workbook: openpyxl.Workbook) -> None:
        row = workbook["Engaging councillors"][HEADINGS]
        next(cell for cell in row if cell.value == "Reviewer's level").value = "Mine"

    assert slugs(read(changed(content, drop), framework, register)) == ["heading-missing", "text-elsewhere"]


# --- Targets


def test_targets_can_be_preset_for_all_and_for_one(
    framework: Framework, medway: Council, tmp_path: Path
) -> None:
    """A council's own row wins over that for all, and the cell stays open to change."""
    path = tmp_path / "targets.csv"
    path.write_text("ref,target,gss_code\nEC1,3,\nEC2,4 Leader,\nEC1,5,E06000035\n", encoding="utf-8")
    targets = targets_of(load_targets(path, framework), medway.gss_code)
    assert targets == {"EC1": 5, "EC2": 4}
    sheet = sheet_of(Order(framework, medway, "2026", targets=targets), "Engaging councillors")
    first = HEADINGS + 2  # below the principle
    cells = [sheet.cell(row, 4) for row in range(first, first + 3)]
    assert [cell.value for cell in cells] == ["5 Innovator", "4 Leader", None]
    assert not cells[0].protection.locked


def test_targets_that_cannot_be_used_are_told_at_once(framework: Framework, tmp_path: Path) -> None:
    """An unknown code and an impossible level are two lines with their rows."""
    path = tmp_path / "targets.csv"
    path.write_text("ref,target\nZZ1,3\nEC1,9\nEC2,Mature\nEC2,4\nEC3,\n", encoding="utf-8")
    with pytest.raises(CsvError, match=r"row 2: 'ZZ1'.*\n.*row 3: '9'.*\n.*row 5: EC2"):
        load_targets(path, framework)


# --- The round before


def test_last_rounds_level_stands_beside_a_blank_current_level(
    framework: Framework, medway: Council, previous: Assessment
) -> None:
    """The level of last round is shown and locked; nobody can send it by accident."""
    sheet = sheet_of(Order(framework, medway, "2026", previous=previous), "Engaging councillors")
    row = row_of(sheet, "EC1")
    assert list(row)[2:4] == ["Last round", "Current level"]
    assert (row["Last round"], row["Current level"], row["Target level"]) == ("2 Developing", None, None)
    assert row_of(sheet, "EC3")["Last round"] == "Not applicable"
    assert sheet.cell(HEADINGS + 2, 3).protection.locked
    assert sheet.freeze_panes == f"E{HEADINGS + 1}"


def test_evidence_and_unfinished_actions_are_carried_over_and_marked(
    framework: Framework, medway: Council, previous: Assessment
) -> None:
    """Texts say which round they are from; actions whose target was reached are left behind."""
    sheet = sheet_of(Order(framework, medway, "2026", previous=previous), "Engaging councillors")
    row = row_of(sheet, "EC1")
    assert row["Evidence and comments"] == "From round 2022: Old words"
    assert (row["Actions"], row["Owner"], row["Priority"]) == ("From round 2022: Old deed", "Post", "High")
    done = row_of(sheet, "EC2")
    assert (done["Actions"], done["Owner"]) == (None, None)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "On track", "review_date": dt.date(2023, 6, 1)}, ("On track", "2023-06-01")),
        ({"status": "Not started", "review_text": "Spring"}, ("Not started", "Spring")),
        ({"status": "Done", "review_date": dt.date(2023, 6, 1)}, (None, None)),
    ],
)
def test_status_and_review_date_go_with_unfinished_actions(
    framework: Framework,
    medway: Council,
    previous: Assessment,
    changes: dict[str, Any],
    expected: tuple[object, object],
) -> None:
    """What is on its way keeps them; what is done is left behind with its actions and its owner."""
    last = dataclasses.replace(previous, answers=(dataclasses.replace(PREVIOUS[0], **changes),))
    row = row_of(sheet_of(Order(framework, medway, "2026", previous=last), "Engaging councillors"), "EC1")
    day = row["Review date"]
    assert (row["Status"], str(day.date()) if isinstance(day, dt.datetime) else day) == expected
    assert (row["Actions"] is None, row["Owner"] is None) == (expected == (None, None),) * 2
    assert row["Evidence and comments"] == "From round 2022: Old words"


def test_a_carried_text_says_one_round(framework: Framework, medway: Council, previous: Assessment) -> None:
    """A text that was carried before, alone or among others, loses the older mark."""
    words = "From round 2021: From round 2019-b: Older words\nFrom round 2021: New ones"
    older = dataclasses.replace(previous, answers=(dataclasses.replace(PREVIOUS[0], evidence=words),))
    row = row_of(sheet_of(Order(framework, medway, "2026", previous=older), "Engaging councillors"), "EC1")
    assert row["Evidence and comments"] == "From round 2022: Older words\nNew ones"


def test_a_level_between_two_stays_so_and_counts_as_the_lower(
    framework: Framework, register: Register, medway: Council, previous: Assessment
) -> None:
    """Last round has it as it was written, the movement is from the lower, and it is read as ours."""
    between = Answer("EC1", 2, current_text="2/3", current_between=True)
    last = dataclasses.replace(previous, answers=(between,))
    order = Order(framework, medway, "2026", previous=last)
    assert row_of(sheet_of(order, "Engaging councillors"), "EC1")["Last round"] == "2/3"
    assert order.last_level("EC1") == 2
    assert slugs(read(build_workbook(order), framework, register)) == []


def test_objectives_are_carried_over_and_who_answered_is_not(
    framework: Framework, register: Register, medway: Council, previous: Assessment
) -> None:
    """Objective and date stand in the new workbook's heads; the post and the day are the new round's."""
    heads = (("EC", "answered_by", "Head"), ("EC", "objective", "All know"), ("EN", "reach_by", "2027-03-31"))
    order = Order(framework, medway, "2026", previous=dataclasses.replace(previous, heads=heads))
    returned = read(build_workbook(order), framework, register).assessment
    assert returned is not None
    assert sorted(returned.heads) == sorted(heads[1:])


@pytest.mark.parametrize("as_csv", [True, False])
def test_a_round_is_prefilled_from_answers_or_from_returns(
    framework: Framework, register: Register, medway: Council, tmp_path: Path, *, as_csv: bool
) -> None:
    """answers.csv and the return itself give the same earlier answers."""
    source = write(tmp_path / "r.xlsx", filled(framework, medway, *PREVIOUS))
    ingest([source], tmp_path / "out", framework, register)
    path = tmp_path / "out" / "answers.csv" if as_csv else source
    found = load_previous(path, framework, register)["E06000035"]
    for answer in PREVIOUS:
        read_back = found[answer.ref]
        assert (read_back.current, read_back.target) == (answer.current, answer.target)
        assert (read_back.evidence, read_back.actions) == (answer.evidence, answer.actions)
        assert read_back.due_date == answer.due_date


def test_a_prefilled_workbook_shows_movement(
    framework: Framework, medway: Council, previous: Assessment
) -> None:
    """The Summary has last round's average and the movement of behaviours answered in both rounds."""
    now = Assessment(medway.gss_code, medway.name, "2026", (Answer("EC1", current=4),))
    summary = sheet_of(Order(framework, medway, "2026", previous=previous, assessment=now), "Summary")
    headings = [cell.value for cell in summary[5]]
    book = openpyxl.load_workbook(
        io.BytesIO(build_workbook(Order(framework, medway, "2026", previous=previous, assessment=now))),
        data_only=True,
    )
    row = dict(zip(headings, (cell.value for cell in book["Summary"][6]), strict=True))
    wanted = ("Key area", "Average current level", "Average last round", "Average movement")
    assert [row[heading] for heading in wanted] == ["Engaging councillors", 4, 3, 2]


# --- What was asked is in the stamp


@pytest.mark.parametrize(
    "stamp",
    [
        Stamp("nps-2018", "1", "2026", "E06000035", "EC", respondent="Adult care & health"),
        Stamp("nps-2018", "1", "2026", "E06000035", "EC", asked=("EC0", "EC1", "EC2", "SV5", "VCSE8")),
        Stamp("nps-2018", "1", "2026", "E06000035", "EC", last_round="2021"),
        Stamp("nps-2018", "1", "2026", "E06000035", "EC", with_review=True),
        Stamp("nps-2018", "1", "2026", "E06000035", "EC", "HR", ("EN4",), "2021-b", with_review=True),
    ],
)
def test_a_stamp_says_what_was_asked(stamp: Stamp) -> None:
    """Respondent, chosen rows, last round and review are read back from the stamp."""
    assert parse_stamp(str(stamp)) == stamp


def test_the_first_sheet_says_what_is_particular_to_a_copy(
    framework: Framework, medway: Council, previous: Assessment
) -> None:
    """Respondent, short edition, prefilling, review and privacy note are said in words."""
    order = Order(
        framework.only(["EC"]),
        medway,
        "2026",
        respondent="Highways",
        with_review=True,
        previous=previous,
        privacy_note="Kept for {two} years.",
    )
    text = "\n".join(str(cell.value) for row in sheet_of(order, "Start here").iter_rows() for cell in row)
    for words in ("for Highways", "short edition", "in round 2022", "Reviewer's level", "for {two} years"):
        assert words in text

"""Answers that were read before, from an answers.csv that people and programs may have changed."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nps_xlsx.model import Answer, Assessment, Framework, LevelValue, Place
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import CsvError, to_csv
from nps_xlsx.reports.listings import LISTINGS, AnswerRows
from nps_xlsx.rounds.combine import combine
from nps_xlsx.rounds.responses import ResponsesError, load_responses
from nps_xlsx.workbook.inputs import COLUMNS, read_input
from nps_xlsx.workbook.layout import Kind
from tests.support.batches import as_returns
from tests.support.workbooks import write

HEADING = "round,gss_code,council,respondent,ref,current,target,source_file"
MEDWAY = "2026,E06000035,Medway Council"


def answers(folder: Path, *lines: str) -> Path:
    """An answers.csv of Medway's."""
    text = "\n".join([HEADING, *(f"{MEDWAY},{line}" for line in lines)])
    return write(folder / "answers.csv", text.encode())


@pytest.mark.parametrize(
    ("text", "level"),
    [("3", 3), ("3.0", 3), ("3 Mature", 3), ("NA", "NA"), ("", None)],
)
def test_a_level_is_read_as_others_save_it(
    text: str, level: LevelValue, framework: Framework, register: Register, tmp_path: Path
) -> None:
    """A number, one that a statistics package made a decimal of, a label, not applicable, or nothing."""
    [one] = load_responses([answers(tmp_path, f",EC1,{text},,a.xlsx")], framework, register)
    assert one.assessment["EC1"].current == level


def test_what_is_no_level_stops_with_all_its_rows(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Zero, seven, a half, a word and a behaviour that is there twice are reported together."""
    lines = [",EC1,0,,a.xlsx", ",EC2,7,,a.xlsx", ",EC3,3,2.5,a.xlsx", ",SM1,x,,a.xlsx", ",EC1,3,,a.xlsx"]
    with pytest.raises(CsvError) as error:
        load_responses([answers(tmp_path, *lines)], framework, register)
    faults = str(error.value).splitlines()[1:]
    assert [line.split(":")[0] for line in faults] == [f"row {number}" for number in (2, 3, 4, 5, 6)]


def test_what_was_asked_is_what_has_a_line(framework: Framework, register: Register, tmp_path: Path) -> None:
    """Two short returns of one council are one response about what both asked."""
    path = answers(tmp_path, ",EC1,3,,a.xlsx", ",EC2,,,a.xlsx", ",SV1,2,,b.xlsx")
    [one] = load_responses([path], framework, register)
    assert set(one.assessment.asked) == {"EC1", "EC2", "SV1"}
    assert one.assessment["SV1"].current == 2


def test_the_response_without_a_respondent_is_the_combined_one(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Beside respondents' rows, those of nobody in particular are what the council settled on."""
    lines = [",EC1,4,,c.xlsx", "Finance,EC1,1,,a.xlsx", "Legal,EC1,2,,b.xlsx"]
    [one] = load_responses([answers(tmp_path, *lines)], framework, register)
    assert one.assessment["EC1"].current == 4
    [other] = load_responses([answers(tmp_path, *lines[1:])], framework, register)
    assert other.assessment["EC1"].current == 1


def test_a_folder_of_ingest_stands_for_its_answers(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """The folder and the file in it give the same; a file that is neither is refused with what to give."""
    path = answers(tmp_path, ",EC1,3,,a.xlsx")
    assert load_responses([tmp_path], framework, register) == load_responses([path], framework, register)
    with pytest.raises(ResponsesError, match=r"Give an answers\.csv"):
        load_responses([write(tmp_path / "read.txt", b"Read me")], framework, register)


def test_a_text_that_no_longer_says_its_level_is_reported_and_not_used(
    framework: Framework, register: Register, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What Excel made of 2/3 is named with its row; the level counts, the text is in no paper."""
    lines = ["EC1,2,3,02-Mar,3 Mature", "EC2,2,,'2/3,", "EC3,,,see comments,", "SM1,NA,,n/a,"]
    heading = "round,gss_code,council,ref,current,target,current_text,target_text"
    text = "\n".join([heading, *(f"{MEDWAY},{line}" for line in lines)])
    [one] = load_responses([write(tmp_path / "answers.csv", text.encode())], framework, register)
    [told] = caplog.messages
    assert told.splitlines()[1:] == ["row 2: current_text is '02-Mar'"]
    answer = one.assessment["EC1"]
    assert (answer.current, answer.current_text, answer.target_text) == (2, "", "3 Mature")
    assert one.assessment["EC2"].current_text == "2/3"


def test_a_due_date_that_excel_saved_its_own_way_is_the_same_day(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """31/03/2027 in answers.csv is the 2027-03-31 that was written there."""
    text = f"round,gss_code,council,ref,current,due_date\n{MEDWAY},EC1,3,31/03/2027\n"
    [one] = load_responses([write(tmp_path / "answers.csv", text.encode())], framework, register)
    assert one.assessment["EC1"].due_date == dt.date(2027, 3, 31)


TEXTS = (
    "",
    "2/3",
    "=1+1",
    "- first",
    "a\nb",
    "'=x",
    "1E5",
    "31/03/2027",
    "on track",
    "H",
    "é, “so”; or\tnot",
    "7",
)
DAYS = (None, dt.date(2027, 3, 31), dt.date(2000, 2, 29))
LEVELS = ("", "NA", "1", "4 Leader", "2/3", "see below", "7")


def some_answer(ref: str, chance: random.Random, framework: Framework) -> Answer:
    """An answer as it is read from a return."""
    fields: dict[str, Any] = {}
    for key, column in COLUMNS.items():
        kinds = {Kind.LEVEL: LEVELS, Kind.DATE: (*DAYS, *TEXTS), Kind.YES: ("Yes", "")}
        value = chance.choice(LEVELS[:4] if key == "reviewer_level" else kinds.get(column.kind, TEXTS))
        fields |= read_input(column, value or "", framework.levels).fields
    return Answer(ref, place=Place(f"{ref[:2]}.xlsx", "Cllrs", "C5"), **fields)


def some_return(respondent: str, asked: tuple[str, ...], chance: random.Random, fw: Framework) -> Assessment:
    """A return of Medway's as it is read: of everything, or of some rows."""
    refs = asked or tuple(row.code for row in fw.rows)
    details = {"date_completed": chance.choice(["2026-11-03", "soon", ""])}
    details |= {"combined": chance.choice(["Yes", "No", "perhaps", ""])}
    heads = [("EC", key, chance.choice(TEXTS)) for key in ("objective", "answered_by")]
    heads.append(("EC", "reach_by", chance.choice(["2028-03-31", "by 2030", ""])))
    return Assessment(
        "E06000035",
        "Medway Council",
        "2026",
        tuple(some_answer(ref, chance, fw) for ref in refs),
        respondent,
        asked=asked,
        details=tuple((key, text) for key, text in details.items() if text),
        heads=tuple((area, key, text) for area, key, text in heads if text),
        day=chance.choice(DAYS),
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("asked", [(), ("EC0", "EC1", "SV3")])
@pytest.mark.parametrize("who", [[""], ["Legal"], ["Finance", "Legal"], ["", "Finance", "Legal"]])
def test_what_was_written_is_what_is_read_back(
    seed: int,
    asked: tuple[str, ...],
    who: list[str],
    framework: Framework,
    register: Register,
    tmp_path: Path,
) -> None:
    """Papers made from answers.csv are those made from the returns: the response is the same."""
    chance = random.Random(f"{seed} {who}")  # noqa: S311 - not for secrets
    sent = [some_return(respondent, asked, chance, framework) for respondent in who]
    content = to_csv(LISTINGS["answers.csv"].columns, AnswerRows(as_returns(sent), framework))
    [read_back] = load_responses(write(tmp_path / "answers.csv", content), framework, register)
    [wanted] = combine(sent, framework)
    for ours, theirs in zip(read_back.basis, wanted.basis, strict=True):
        assert not differences(ours, theirs)
    assert not differences(read_back.assessment, wanted.assessment)
    assert read_back.is_authoritative == wanted.is_authoritative


def differences(one: Assessment, other: Assessment) -> list[tuple[object, object]]:
    """In what two assessments differ, whatever the order of what stands in heads."""
    pairs: list[tuple[object, object]] = [*zip(one, other, strict=True)]
    pairs += [(sorted(one.heads), sorted(other.heads)), (dict(one.details), dict(other.details))]
    bare, other_bare = (replace(each, answers=(), heads=(), details=()) for each in (one, other))
    return [(ours, theirs) for ours, theirs in [*pairs, (bare, other_bare)] if ours != theirs]

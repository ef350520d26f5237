"""Colleagues who shared the sheets of one workbook, from their files to what is written of them."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Council, Framework, Place, Return, Status
from nps_xlsx.model.cells import cell_name
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import Receipt, ingest, make_receipt
from nps_xlsx.rounds.across import check_across
from nps_xlsx.rounds.corrections import Correction
from nps_xlsx.rounds.intake import Intake, Rulings, read_returns
from nps_xlsx.rounds.responses import load_responses
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import written
from nps_xlsx.workbook.layout import MARKS
from tests.support.commands import nps
from tests.support.workbooks import changed, filled, read, write

FRAMEWORK = load_framework()
DETAILS = {"role": "Officer", "email": "made.up@example.org", "department": "All", "combined": "Yes"}


def without_round(workbook: Workbook) -> None:
    """Take away all that says for which round a workbook is."""
    for cell in [cell for sheet in workbook for row in sheet.iter_rows() for cell in row]:
        if "| template" in str(cell.value):
            cell.value = None
    for name in list(workbook.custom_doc_props.names):
        del workbook.custom_doc_props[name]
    workbook.defined_names.clear()
    workbook[layout.START][cell_name(*layout.detail_cell("round"))] = None


def rows(refs: list[str], level: int) -> list[Answer]:
    """Answers that need nothing more."""
    return [Answer(ref, current=level, target=5, evidence=f"Words on {ref}") for ref in refs]


@pytest.fixture
def files(framework: Framework, medway: Council, tmp_path: Path) -> tuple[Path, Path]:
    """Two colleagues' files under one name: half of the rows in each, two of them in both and alike."""
    refs = [row.code for row in framework.rows]
    halves = {"Ann": refs[:32], "Ben": refs[30:]}
    for number, (name, some) in enumerate(halves.items(), start=1):
        (tmp_path / name).mkdir()
        said = DETAILS | {"completed_by": f"{name} Example", "date_completed": f"2026-11-0{number}"}
        content = filled(framework, medway, *rows(some, 2), **said)
        write(tmp_path / name / "return.xlsx", content)
    return tmp_path / "Ann" / "return.xlsx", tmp_path / "Ben" / "return.xlsx"


@pytest.fixture
def results(
    files: tuple[Path, Path], framework: Framework, register: Register, tmp_path: Path
) -> tuple[Path, Receipt]:
    """The folder that both files were ingested into, and the receipt."""
    return tmp_path / "results", ingest(files, tmp_path / "results", framework, register)


def sheets(path: Path) -> list[str]:
    """The names of a workbook's sheets."""
    return python_calamine.CalamineWorkbook.from_path(path).sheet_names


def listed(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_row_of_joined_files_is_accounted_for(
    results: tuple[Path, Receipt], framework: Framework
) -> None:
    """Rows that stand in both files are put aside once; nothing is left to be put right in either."""
    folder, receipt = results
    assert receipt.statuses[Status.JOINED] == receipt.statuses[Status.ACCEPTED] == 1
    assert (receipt.answers_read, receipt.answers_aside) == (len(framework.rows), 2)
    assert receipt.answers_present == len(framework.rows) + 2
    assert receipt.is_clean
    names = [
        (row["status"], row["source_file"], row["superseded_by"]) for row in listed(folder / "returns.csv")
    ]
    assert names == [("joined", "return.xlsx", "Ben/return.xlsx"), ("accepted", "Ben/return.xlsx", "")]


def test_joined_answers_are_read_back_as_one_response(
    results: tuple[Path, Receipt], framework: Framework, register: Register
) -> None:
    """Each answer names the file that it stands in, and answers.csv still holds one response."""
    folder, _ = results
    assert {row["source_file"] for row in listed(folder / "answers.csv")} == {
        "return.xlsx",
        "Ben/return.xlsx",
    }
    (response,) = load_responses([folder], framework, register)
    assert len(response.basis) == 1
    assert {answer.current for answer in response.assessment} == {2}


def test_what_is_wrong_in_a_joined_file_is_reported_there(
    files: tuple[Path, Path], framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """A target below the current level is a problem of the file in whose cell it stands."""
    ours = Answer("EC1", current=4, target=2)
    write(files[0], filled(framework, medway, ours, **DETAILS, date_completed="2026-11-01"))
    ingest(files, tmp_path / "out", framework, register)
    found = {(row["source_file"], row["problem"]) for row in listed(tmp_path / "out" / "problems.csv")}
    assert ("return.xlsx", "target-below-current") in found
    assert ("Ben/return.xlsx", "target-below-current") not in found


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_is_lost_between_colleagues(data: st.DataObject) -> None:
    """However rows and columns are shared out, and whatever cannot be read, the receipt adds up to all."""
    refs = [row.code for row in FRAMEWORK.rows[:6]]
    broken = data.draw(st.sets(st.sampled_from(refs), max_size=2))
    returns = [_part(name, data.draw(st.sets(st.sampled_from(refs))), broken, data) for name in "abc"]
    judged = check_across(returns, FRAMEWORK)
    receipt = make_receipt(Intake(tuple(judged)))
    assert receipt.answers_present == receipt.answers_read + receipt.answers_aside + receipt.answers_refused
    used = [one for one in judged if one.status in (Status.ACCEPTED, Status.JOINED)]
    assert _filled(one for one in judged if one.status is Status.ACCEPTED) == {
        cell
        for one in returns
        if one.source_file in {kept.source_file for kept in used}
        for cell in _filled([one])
    }


def _filled(returns: Iterable[Return]) -> set[tuple[str, str]]:
    """The columns that are filled in, by row."""
    answers = [answer for one in returns for answer in one.assessment or ()]
    return {(answer.ref, key) for answer in answers for key, text in written(answer).items() if text}


def _part(name: str, refs: set[str], broken: set[str], data: st.DataObject) -> Return:
    """One colleague's return: of each row some columns, and of the broken rows a level that is none."""
    answers = []
    for ref in sorted(refs):
        words = {key: key for key in data.draw(st.sets(st.sampled_from(["evidence", "owner"])))}
        level = {"current_text": "TBC", "refused": ("current",)} if ref in broken else {"current": 2}
        answers.append(Answer(ref, place=Place(name), **words, **level))  # type: ignore[arg-type] # fields
    assessment = Assessment("X", "X", "2026", tuple(answers))
    refused = len(refs & broken)
    return Return(name, name, Status.ACCEPTED, assessment, answers_present=len(refs), answers_refused=refused)


def test_the_command_makes_one_workbook_of_both(
    files: tuple[Path, Path], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """All answers of both are in it, and nothing is marked."""
    done = nps("join", *files, "--out", tmp_path / "joined")
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "joined").iterdir()
    returned = read(path.read_bytes(), framework, register, path.name)
    assert returned.assessment is not None
    assert {answer.current for answer in returned.assessment} == {2}
    assert len(returned.assessment.answers) == len(framework.rows)
    assert not returned.problems
    assert MARKS not in sheets(path)


def test_what_colleagues_answered_differently_is_marked_and_not_lost(
    files: tuple[Path, Path], framework: Framework, medway: Council, tmp_path: Path
) -> None:
    """The newest file's answer stands; the other is reported on the terminal and in the workbook."""
    theirs = filled(framework, medway, Answer("VCSE8", current=3, evidence="Another view"), **DETAILS)
    write(files[0], theirs)
    done = nps("join", *files, "--out", tmp_path / "joined")
    assert done.returncode == 1
    assert "Current level of VCSE8" in done.stdout
    assert "Another view" in done.stdout
    (path,) = (tmp_path / "joined").iterdir()
    assert MARKS in sheets(path)


def test_a_file_that_was_given_is_not_written_over(files: tuple[Path, Path], tmp_path: Path) -> None:
    """Joined once more into the folder of an earlier joining that was given, nothing is written."""
    out = tmp_path / "joined"
    assert nps("join", *files, "--out", out).returncode == 0
    (before,) = out.iterdir()
    content = before.read_bytes()
    again = nps("join", files[0], before, "--out", out)
    assert again.returncode == 2
    assert "one of the files that you gave" in again.stderr
    assert before.read_bytes() == content


def test_a_ruling_on_one_colleagues_file_is_not_lost(
    files: tuple[Path, Path], framework: Framework, register: Register
) -> None:
    """A row in both files, corrected in one, makes them differ: the later counts, the other is reported."""
    shared = [row.code for row in framework.rows][30]
    when = dt.date(2026, 12, 1)
    ruling = Correction(2, "return.xlsx", "", shared, "evidence", "By telephone", "Asked", "Lead", when)
    intake = read_returns([files[0], files[1]], framework, register, rulings=Rulings(corrections=(ruling,)))
    assert [one.status for one in intake.returns] == [Status.SUPERSEDED, Status.ACCEPTED]
    assert len(intake.unmet) == 1


@pytest.mark.parametrize("kind", ["alone", "two councils", "refused", "no round"])
def test_files_that_make_no_workbook_are_refused(
    kind: str, files: tuple[Path, Path], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """One file, files of two councils, and one that is no return are errors, and nothing is written."""
    other = tmp_path / "other.xlsx"
    if kind == "refused":
        write(other, b"no workbook")
    elif kind == "no round":
        for target, source in ((other, files[1]), (files[0], files[0])):
            write(target, changed(source.read_bytes(), without_round))
    elif kind == "two councils":
        write(other, filled(framework, register.by_code["E10000012"], Answer("EC1", current=3)))
    given = [files[0]] if kind == "alone" else [files[0], other]
    done = nps("join", *given, "--out", tmp_path / "joined")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert not (tmp_path / "joined").exists()

"""The options of ``nps ingest`` and ``nps check``, from the command line, as the analyst gives them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from nps_xlsx.cli.ingest import print_receipt
from nps_xlsx.model import Answer, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.reports.outputs import Written
from nps_xlsx.rounds.intake import Intake
from tests.support.commands import nps
from tests.support.workbooks import filled, read, write


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def twice(framework: Framework, medway: Council, tmp_path: Path) -> Path:
    """A folder with an earlier and a later return of one council."""
    folder = tmp_path / "in"
    folder.mkdir()
    first = filled(framework, medway, Answer("EC1", current=1, target=2), date_completed="2026-12-01")
    second = filled(framework, medway, Answer("EC1", current=2, target=2), date_completed="2026-12-02")
    write(folder / "first.xlsx", first)
    write(folder / "second.xlsx", second)
    return folder


def current(out: Path, ref: str = "EC1") -> str:
    """The current level that the outputs have."""
    [row] = [row for row in rows_of(out / "answers.csv") if row["ref"] == ref]
    return row["current"]


@pytest.mark.parametrize(
    ("keep", "level"),
    [
        ([], "2"),
        (["latest"], "2"),
        (["earliest"], "1"),
        (["first.xlsx"], "1"),
        (["second.xlsx", "earliest"], "2"),
    ],
)
def test_keep_says_which_return_counts(twice: Path, tmp_path: Path, keep: list[str], level: str) -> None:
    """The latest, the earliest, or a file by its name in returns.csv; what differs is in changes.csv."""
    options = [part for name in keep for part in ("--keep", name)]
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), *options)
    assert run.returncode == 1, run.stderr
    assert current(tmp_path / "out") == level
    [change] = [row for row in rows_of(tmp_path / "out" / "changes.csv") if row["field"] == "current"]
    assert change["after"] == level


def test_a_file_to_keep_that_is_not_there_is_one_message(twice: Path, tmp_path: Path) -> None:
    """A mistyped --keep stops before anything is written, and says how a file is named."""
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--keep", "frist.xlsx")
    assert run.returncode == 2
    assert "frist.xlsx" in run.stderr
    assert "source_file" in run.stderr
    assert not (tmp_path / "out").exists()


def test_corrections_and_waivers_are_applied_counted_and_shown(twice: Path, tmp_path: Path) -> None:
    """A corrected level is in the answers, a waived problem stays listed, and both are counted."""
    corrections = write(
        tmp_path / "corrections.csv",
        b"file,council,ref,field,value,reason,who,when\r\n"
        b",Medway,EC1,current,4 Leader,By telephone,Regional lead,2026-12-20\r\n"
        b",Kent,EC1,current,4,By telephone,Regional lead,2026-12-20\r\n",
    )
    waivers = write(
        tmp_path / "waivers.csv",
        b"problem,council,reason,until\r\n"
        b"not-answered,Medway,Only one area was asked for,2027-03-31\r\n"
        b"sheet-missing,,Never happens,2020-01-01\r\n",
    )
    files = ["--corrections", str(corrections), "--waivers", str(waivers), "--as-of", "2027-01-01"]
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), *files)
    assert run.returncode == 1, run.stderr
    assert current(tmp_path / "out") == "4"
    problems = rows_of(tmp_path / "out" / "problems.csv")
    assert {row["problem"]: bool(row["waived"]) for row in problems if row["source_file"] == "second.xlsx"}[
        "not-answered"
    ]
    assert "corrected" in {row["problem"] for row in problems}
    assert "corrections applied" in run.stdout or "correction applied" in run.stdout
    assert run.stdout.count("No effect:") == 2


def test_a_correction_of_a_return_that_does_not_count_has_no_effect(twice: Path, tmp_path: Path) -> None:
    """Put into a superseded return only, it is not counted as applied but is a problem at its row."""
    corrections = write(
        tmp_path / "corrections.csv",
        b"file,council,ref,field,value,reason,who,when\r\n"
        b"first.xlsx,,EC1,evidence,By telephone,Asked,Regional lead,2027-12-20\r\n",
    )
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--corrections", str(corrections))
    (problem,) = [r for r in rows_of(tmp_path / "out" / "problems.csv") if r["problem"] == "ruling-unmet"]
    assert "does not count" in problem["message"]
    assert "No effect: correction in row 2" in run.stdout
    assert "applied" not in run.stdout


def test_every_fault_of_a_file_of_corrections_is_reported_at_once(twice: Path, tmp_path: Path) -> None:
    """Rows that cannot be used are all named by number, and nothing is written."""
    corrections = write(
        tmp_path / "corrections.csv",
        b"file,council,ref,field,value,reason,who,when\r\n"
        b",Atlantis,EC1,current,4,x,y,2026-12-20\r\n"
        b",Medway,ZZ9,current,4,x,y,2026-12-20\r\n"
        b",Medway,EC1,current,9,x,y,2026-12-20\r\n"
        b",Medway,EC1,current,4,,y,soon\r\n",
    )
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--corrections", str(corrections))
    assert run.returncode == 2
    assert all(f"row {number}" in run.stderr for number in (2, 3, 4, 5)), run.stderr
    assert not (tmp_path / "out").exists()


def test_an_earlier_round_and_the_list_of_those_asked(twice: Path, tmp_path: Path) -> None:
    """--previous adds the movement if it is earlier, --asked says who was asked, --by adds groups."""
    nps("ingest", str(twice), "--out", str(tmp_path / "last"), "--keep", "earliest")
    asked = write(tmp_path / "asked.csv", b"council\r\nMedway\r\nKent\r\n")
    last = tmp_path / "last" / "answers.csv"
    same = nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--previous", str(last))
    assert same.returncode == 2
    assert "Give an earlier round's" in same.stderr
    last.write_text(last.read_text(encoding="utf-8-sig").replace("\n2026,", "\n2021,"), encoding="utf-8-sig")
    more = ["--previous", str(last), "--asked", str(asked), "--by", "county"]
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), *more)
    assert run.returncode == 1, run.stderr
    workbook = openpyxl.load_workbook(tmp_path / "out" / "consolidated.xlsx")
    assert {"Movement", "By county"} <= set(workbook.sheetnames)
    named = [cell.value for cell in workbook["Response"]["A"]]
    assert "Kent County Council" in named
    assert "Not returned yet: 1" in named


def test_the_response_says_what_came_instead(twice: Path, tmp_path: Path) -> None:
    """A council that is still to return is listed with what came of it: here a file that was refused."""
    write(twice / "NPS-2026-E10000016-kent.xlsx", b"%PDF-1.7 a scan")
    asked = write(tmp_path / "asked.csv", b"council\r\nMedway\r\nKent\r\nAdur\r\n")
    nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--asked", str(asked))
    sheet = openpyxl.load_workbook(tmp_path / "out" / "consolidated.xlsx")["Response"]
    rows = {str(row[0]): row[-1] for row in sheet.iter_rows(values_only=True, max_col=5)}
    assert rows["Kent County Council"] == "a file that was refused"
    assert not rows["Adur District Council"]


@pytest.mark.parametrize(
    ("before", "said"), [(0, ""), (1, "1 accepted return: 1 more"), (3, "3 accepted returns")]
)
def test_a_run_of_fewer_returns_than_before_says_so(
    capsys: pytest.CaptureFixture[str], before: int, said: str
) -> None:
    """The terminal says of how many accepted returns the replaced results were, and only then."""
    print_receipt(replace(make_receipt(Intake(())), written=Written(accepted_before=before)), Path("out"))
    told = [line for line in capsys.readouterr().out.splitlines() if "replace" in line]
    assert [said in line for line in told] == [True] * bool(before)


def test_a_column_that_the_register_lacks_is_one_message(twice: Path, tmp_path: Path) -> None:
    """--by with a mistyped column names those that there are."""
    run = nps("ingest", str(twice), "--out", str(tmp_path / "out"), "--by", "contry")
    assert run.returncode == 2
    assert "county" in run.stderr


def test_check_writes_a_reply_and_a_marked_up_copy(
    twice: Path, tmp_path: Path, framework: Framework, register: Register
) -> None:
    """The message goes to the output and nothing else does; the copy holds the council's answers."""
    source = twice / "first.xlsx"
    before = source.read_bytes()
    run = nps("check", str(source), "--reply", "--marked-up", str(tmp_path / "marked"))
    assert run.returncode == 1
    assert run.stdout.startswith("Dear colleague,")
    assert "Wrote" in run.stderr
    assert source.read_bytes() == before
    [copy] = (tmp_path / "marked").iterdir()
    returned = read(copy.read_bytes(), framework, register, copy.name)
    assert returned.assessment is not None
    assert returned.assessment["EC1"].target == 2


def test_a_marked_up_copy_is_never_written_over_a_return(
    twice: Path, tmp_path: Path, framework: Framework, register: Register
) -> None:
    """Where the copy's name is that of a file to check, the command stops, and the file is as it was."""
    nps("check", str(twice / "first.xlsx"), "--marked-up", str(twice))
    [copy] = [path for path in twice.iterdir() if "to-look-at" in path.name]
    before = copy.read_bytes()
    for paths in ([str(copy)], [str(twice)]):
        run = nps("check", *paths, "--marked-up", str(twice))
        assert run.returncode == 2
        assert "Choose another folder" in run.stderr
    assert copy.read_bytes() == before

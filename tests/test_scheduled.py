"""What a scheduler wants of the commands: JSON, silence, a log."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from nps_xlsx.cli.main import main
from nps_xlsx.model import Answer, Council, Framework
from tests.support.commands import nps
from tests.support.results import write_results
from tests.support.workbooks import filled, write

_STAMPED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (.*)")


@pytest.fixture
def returned(tmp_path: Path, framework: Framework, medway: Council) -> Path:
    """A return with something to look at."""
    return write(tmp_path / "medway.xlsx", filled(framework, medway, Answer("EC1", current=3)))


def logged(path: Path) -> list[str]:
    """The lines of a log without their time, which each of them has."""
    lines = [_STAMPED.fullmatch(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [line[1] for line in lines if line] if all(lines) else []


def test_ingest_prints_its_receipt_as_json(returned: Path, tmp_path: Path) -> None:
    """By the names of its fields, and nothing else; the exit code is as ever."""
    run = nps("ingest", returned, "--out", tmp_path / "out", "--json")
    data = json.loads(run.stdout)
    assert run.returncode == 1
    assert (data["files"], data["statuses"]["accepted"], data["is_clean"]) == (1, 1, False)
    assert str(tmp_path / "out" / "returns.csv") in data["written"]["shown"]


def test_ingest_of_a_round_says_in_json_what_is_new(returned: Path, tmp_path: Path) -> None:
    """Which files are new since the run before, without anybody's address."""
    (tmp_path / "asked.csv").write_text("council\nMedway\n", encoding="utf-8")
    nps("round", "new", tmp_path / "2026", "--councils", tmp_path / "asked.csv")
    returned.rename(tmp_path / "2026" / "returns" / returned.name)
    data = json.loads(nps("ingest", tmp_path / "2026", "--today", "2026-11-28", "--json").stdout)
    assert data["since"] == ""
    [new] = data["new"]
    assert new == {"kind": "return", "gss_code": "E06000035", "status": "accepted", "file": "medway.xlsx"}
    again = json.loads(nps("ingest", tmp_path / "2026", "--today", "2026-11-29", "--json").stdout)
    assert (again["since"], again["new"]) == ("2026-11-28", [])


def test_check_prints_each_return_with_its_problems_as_json(returned: Path) -> None:
    """By the columns of returns.csv and problems.csv."""
    run = nps("check", returned, "--json")
    [one] = json.loads(run.stdout)
    assert run.returncode == 1
    assert (one["source_file"], one["gss_code"]) == ("medway.xlsx", "E06000035")
    assert {"not-answered"} <= {problem["problem"] for problem in one["problems"]}


def test_build_and_export_print_what_they_wrote_as_json(tmp_path: Path) -> None:
    """The paths of the workbooks; the place of the tables, and how many rows each has."""
    run = nps("build", "--council", "Medway", "--round", "2026", "--out", tmp_path, "--json")
    assert json.loads(run.stdout) == {"workbooks": [str(tmp_path / "NPS-2026-E06000035-medway.xlsx")]}
    to = tmp_path / "tables"
    run = nps("export", write_results(tmp_path / "results"), "--to", to, "--json")
    data = json.loads(run.stdout)
    assert (data["place"], data["rows"]["answers"]) == (str(to), 3)


def test_a_quiet_command_prints_only_mistakes(returned: Path, tmp_path: Path) -> None:
    """What was found is in the files and the exit code; a mistake is still said."""
    run = nps("ingest", returned, "--out", tmp_path / "out", "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "")
    assert (tmp_path / "out" / "returns.csv").exists()
    run = nps("ingest", tmp_path / "none.xlsx", "--out", tmp_path / "out", "--quiet")
    assert (run.returncode, run.stdout) == (2, "")
    assert "none.xlsx" in run.stderr


def test_a_log_has_the_command_its_lines_and_how_it_ended(tmp_path: Path) -> None:
    """Run after run, each line with its time; also where nothing is printed."""
    log, results = tmp_path / "nps.log", write_results(tmp_path / "results")
    line: list[str | Path] = ["export", results, "--to", tmp_path / "tables", "--log-file", log]
    run = nps(*line)
    nps(*line, "--quiet")
    first = [" ".join(map(str, ["nps", *line])), run.stdout.strip(), "Exit code 0"]
    assert logged(log) == [*first, f"{first[0]} --quiet", *first[1:]]


def test_a_log_has_a_mistake_in_a_file_that_is_given(tmp_path: Path) -> None:
    """Even one that is found before the command begins its work."""
    log = tmp_path / "nps.log"
    run = nps("ingest", tmp_path, "--corrections", tmp_path / "none.csv", "--log-file", log)
    assert run.returncode == 2
    assert logged(log)[1:] == [run.stderr.strip(), "Exit code 2"]


def test_a_log_has_no_password(tmp_path: Path) -> None:
    """One that stands in an address is not written down."""
    log, results = tmp_path / "nps.log", write_results(tmp_path / "results")
    nps("export", results, "--to", "postgresql://nps:se@cret@localhost:1/x", "--log-file", log)
    command, *_ = logged(log)
    assert command.endswith(f"--to postgresql://nps:***@localhost:1/x --log-file {log}")


def test_a_log_that_cannot_be_written_is_a_mistake(tmp_path: Path) -> None:
    """It is said before anything is done, with what to do."""
    run = nps("export", write_results(tmp_path / "r"), "--to", tmp_path / "t", "--log-file", tmp_path)
    assert run.returncode == 2
    assert "Choose another --log-file" in run.stderr
    assert not (tmp_path / "t").exists()


def test_streams_are_as_before_when_a_command_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever calls the command line from a program goes on printing."""
    line = ["nps", "export", str(write_results(tmp_path / "r")), "--to", str(tmp_path / "t"), "--quiet"]
    monkeypatch.setattr(sys, "argv", line)
    before = sys.stdout, sys.stderr
    with pytest.raises(SystemExit):
        main()
    assert (sys.stdout, sys.stderr) == before

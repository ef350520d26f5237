"""The command says what it did, what went wrong and what to do, and exits with 0, 1 or 2."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from nps_xlsx.cli.main import COMMANDS, cli
from nps_xlsx.model import Answer, Council, Framework
from nps_xlsx.reports.ingest import ReceiptError
from tests.conftest import ROOT
from tests.support.commands import nps
from tests.support.workbooks import filled, write

DETAILS = {"completed_by": "A", "role": "B", "email": "C", "date_completed": "2026-12-01"}


def test_build_writes_one_workbook_under_its_name(tmp_path: Path) -> None:
    """The file is named for round, code and council, and its path is printed."""
    run = nps("build", "--council", "medway", "--round", "2026", "--due", "2026-12-18", "--out", tmp_path)
    path = tmp_path / "NPS-2026-E06000035-medway.xlsx"
    assert (run.returncode, run.stdout) == (0, f"{path}\n")
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_build_for_a_list_takes_names_or_codes(tmp_path: Path) -> None:
    """A CSV file with a column of names, codes or both gives one workbook a council."""
    councils = tmp_path / "list.csv"
    councils.write_text("Council\nMedway\nE10000034\n\nMedway Council\n", encoding="utf-8")
    run = nps("build", "--councils", councils, "--round", "2026", "--out", tmp_path / "out")
    assert run.returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "NPS-2026-E06000035-medway.xlsx",
        "NPS-2026-E10000034-worcestershire.xlsx",
    ]


def test_build_all_can_be_narrowed(tmp_path: Path) -> None:
    """Region and type together choose the councils."""
    run = nps(
        *("build", "--all", "--region", "north east", "--type", "metropolitan"),
        *("--round", "2026", "--out", tmp_path),
    )
    assert run.returncode == 0
    assert len(list(tmp_path.iterdir())) == 5


def test_ingest_exits_with_1_where_problems_were_found(tmp_path: Path) -> None:
    """The samples hold a few, and the receipt adds up."""
    run = nps(
        *("ingest", "samples/returns", "--register", "samples/synthetic-councils.csv", "--out", tmp_path)
    )
    assert run.returncode == 1
    assert "13 files read: 13 accepted." in run.stdout
    assert "842 answered rows found = 842 used + 0 refused + 0 put aside." in run.stdout


def test_ingest_exits_with_0_where_nothing_is_wrong(
    tmp_path: Path, framework: Framework, medway: Council
) -> None:
    """A complete return without a slip ends well."""
    answers = [Answer(row.code, current=3, target=4) for row in framework.rows]
    source = write(tmp_path / "r.xlsx", filled(framework, medway, *answers, **DETAILS))
    run = nps("ingest", source, "--out", tmp_path / "out")
    assert (run.returncode, run.stderr) == (0, "")
    assert "Problems: none." in run.stdout


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, framework: Framework, medway: Council) -> None:
    """Beside a broken file the good one is read, and both are reported."""
    write(tmp_path / "a.xlsx", b"not a workbook")
    write(tmp_path / "b.xlsx", filled(framework, medway, Answer("EC1", current=3)))
    run = nps("ingest", tmp_path / "a.xlsx", tmp_path / "b.xlsx", "--out", tmp_path / "out")
    assert run.returncode == 1
    assert "2 files read: 1 accepted, 1 refused." in run.stdout


def test_demo_plays_a_season(tmp_path: Path) -> None:
    """A blank workbook, and a round with drafts, results and status; papers; each command is shown."""
    run = nps("demo", "--out", tmp_path)
    assert run.returncode == 0, run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"NPS-2026-E06000035-medway.xlsx", "2022", "papers"}
    assert len(list((tmp_path / "2022" / "outbox").rglob("*.eml"))) == 12
    results = {path.name for path in (tmp_path / "2022" / "results" / "latest").iterdir()}
    assert {"consolidated.xlsx", "publication.xlsx", "report.html", "action-plans", "feedback"} <= results
    assert (tmp_path / "2022" / "status.html").exists()
    assert "13 of 13 asked" in run.stdout
    assert run.stdout.count("$ nps ") == 7


def test_framework_show_lists_the_framework() -> None:
    """Every code is listed, and a code alone shows its descriptors."""
    assert "345 descriptors" in nps("framework", "show").stdout
    assert "1 Minimum" in nps("framework", "show", "sv3").stdout


def test_framework_check_passes_a_good_folder_and_lists_the_faults_of_another(tmp_path: Path) -> None:
    """0 for the framework that comes with the program, 2 and a list for an empty folder."""
    assert nps("framework", "check", "framework_data/nps-2018").returncode == 0
    run = nps("framework", "check", tmp_path)
    assert run.returncode == 2
    assert "framework.toml: the file is missing" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build", "--council", "Medwy", "--round", "2026"], "Medway Council (E06000035)"),
        (["build", "--council", "Medway", "--round", "2026/27"], "--round"),
        (["build", "--round", "2026"], "one of --council, --councils and --all"),
        (["build", "--all", "--council", "Medway", "--round", "2026"], "one of --council"),
        (["build", "--council", "Medway", "--region", "London", "--round", "2026"], "only with --all"),
        (["build", "--all", "--region", "Mercia", "--round", "2026"], "East Midlands"),
        (["build", "--councils", "nothing.csv", "--round", "2026"], "cannot be read"),
        (["build", "--councils", "samples/worcestershire-2022.csv", "--round", "2026"], "lacks the column"),
        (["build", "--council", "Medway", "--round", "2026", "--framework", "nothing"], "no such folder"),
        (
            ["build", "--council", "Medway", "--round", "2026", "--out", "README.md"],
            "is a file, not a folder",
        ),
        (["build", "--council", "Medway", "--round", "2026", "--out", "README.md/x"], "not a folder"),
        (["ingest", "nothing"], "is not there"),
        (["ingest", "samples/returns", "--register", "README.md"], "lacks the columns"),
        (["demo", "--samples", "nothing"], "is not there"),
        (["framework", "show", "ZZ"], "has no 'ZZ'"),
        (["framework", "check", "nothing"], "no such folder"),
        (["framework", "check", "samples"], "is this the folder?"),
        (
            ["build", "--council", "Medway", "--round", "1", "--respondent", "IT", "--respondent", "it"],
            "different names",
        ),
        (
            ["build", "--council", "Medway", "--round", "1", "--prefill", "samples/returns"],
            "no answers of Medway",
        ),
        (
            ["build", "--council", "Worcestershire", "--round", "2022", "--prefill", "samples/returns"],
            "earlier",
        ),
        (["build", "--council", "Medway", "--round", "1", "--privacy-note", "README.md"], "characters"),
        (["build", "--council", "Newcastle", "--round", "1"], "more than one council"),
    ],
)
def test_a_users_mistake_is_one_message_and_exit_2(arguments: list[str], says: str) -> None:
    """What is wrong and what to do stand in the message; there is no traceback."""
    run = nps(*arguments)
    assert run.returncode == 2
    assert says in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""


def test_a_list_row_is_found_by_code_or_name_and_must_not_contradict_itself(tmp_path: Path) -> None:
    """A row without a code is found by its name; one whose code and name differ is an error."""
    councils = tmp_path / "list.csv"
    councils.write_text("gss_code;Council name\n;Medway\nE10000034;\n", encoding="utf-8")
    run = nps("build", "--councils", councils, "--round", "2026", "--out", tmp_path / "out")
    assert run.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) == 2
    councils.write_text("gss_code,council\nE06000035,Kent\n", encoding="utf-8")
    run = nps("build", "--councils", councils, "--round", "2026", "--out", tmp_path / "out")
    assert run.returncode == 2
    assert "row 2: E06000035 and Kent are not the same council" in run.stderr


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    """Nothing to read is reported, and earlier results are not overwritten with nothing."""
    (tmp_path / "in").mkdir()
    run = nps("ingest", tmp_path / "in", "--out", tmp_path / "out")
    assert (run.returncode, (tmp_path / "out").exists()) == (2, False)
    assert "is empty" in run.stderr


def test_our_own_outputs_and_the_systems_litter_are_left_aside(tmp_path: Path) -> None:
    """Reading a folder that holds outputs of an earlier run takes nothing from them as answers."""
    samples = ROOT / "samples" / "returns" / "NPS-2022-E10000034-worcestershire.xlsx"
    out = tmp_path / "out"
    nps("ingest", samples, "--out", out)
    write(tmp_path / "~$lock.xlsx", b"x")
    write(tmp_path / ".DS_Store", b"x")
    run = nps("ingest", tmp_path, "--out", tmp_path / "again")
    assert "11 files read: 11 refused." in run.stdout
    text = (tmp_path / "again" / "problems.csv").read_text(encoding="utf-8-sig")
    assert text.count(",note,file-own-output,") == 4
    assert text.count(",note,file-of-the-system,") == 2


def test_help_shows_its_examples_line_by_line() -> None:
    """The examples are not run together, and nothing unprintable is shown."""
    lines = [line.strip() for line in nps("--help").stdout.splitlines()]
    assert "nps ingest returns --out results" in lines
    assert "\\b" not in nps("--help").stdout


def test_every_unknown_name_of_a_list_is_reported_at_once(tmp_path: Path) -> None:
    """Two misspelt councils are two lines with their rows, and nothing is built."""
    councils = tmp_path / "list.csv"
    councils.write_text("council\nMedwy\nMedway\nWocester\n", encoding="utf-8")
    run = nps("build", "--councils", councils, "--round", "2026", "--out", tmp_path / "out")
    assert run.returncode == 2
    assert "row 2: " in run.stderr
    assert "row 4: " in run.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without a signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_command_that_is_stopped_says_so(monkeypatch: pytest.MonkeyPatch, number: signal.Signals) -> None:
    """Ctrl-C and the system's kill end any command with one message and exit 2, after it has tidied up."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("nps_xlsx.cli.options.load_framework", lambda _: signal.raise_signal(number))
    # A shell starts what runs in its background with SIGINT ignored, and so these tests.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run = nps("framework", "show", "SV3")
    finally:
        signal.signal(signal.SIGINT, ignored)
    assert run.returncode == 2
    assert "Stopped." in run.stderr
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no /proc here")
def test_an_unwritable_folder_is_one_message() -> None:
    """A folder where nobody may write, not even the administrator, is reported with what to do."""
    run = nps("build", "--council", "Medway", "--round", "2026", "--out", "/proc/nps")
    assert run.returncode == 2
    assert "The folder /proc/nps cannot be made" in run.stderr
    assert "choose another" in run.stderr.lower()


def test_a_failed_write_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new file cannot be finished, the old one stands and no temporary is left."""
    from nps_xlsx.files import OutputError, write_file

    path = write(tmp_path / "a.xlsx", b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("nps_xlsx.files.os.fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.xlsx"]


HEAVY = {"pandas", "vl_convert", "gptables", "docx", "openpyxl"}


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (
            ["--help"],
            {*HEAVY, "xlsxwriter", "python_calamine", "nps_xlsx.model", "tomllib", "importlib.metadata"},
        ),
        (
            ["build", "--council", "Medway", "--round", "2026"],
            {*HEAVY, "python_calamine", "nps_xlsx.rounds.intake"},
        ),
        (
            ["check", "samples/returns/NPS-2022-E10000034-worcestershire.xlsx"],
            {*HEAVY, "xlsxwriter"},
        ),
    ],
    ids=["help", "build", "check"],
)
def test_a_command_imports_no_heavy_library_that_it_does_not_need(
    arguments: list[str], heavy: set[str], tmp_path: Path
) -> None:
    """The tables, charts and documents of ingest are not loaded for help, a build or a check."""
    code = (
        "import sys, nps_xlsx.cli.main\n"
        "try: nps_xlsx.cli.main.main()\n"
        "except SystemExit: pass\n"
        "print('imported', *sys.modules)"
    )
    out = ["--out", str(tmp_path)] if arguments[0] == "build" else []
    command = [sys.executable, "-c", code, *arguments, *out]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    imported = set(run.stdout.splitlines()[-1].split()[1:])
    assert "click" in imported
    assert imported & heavy == set()


@pytest.mark.parametrize(("name", "line"), COMMANDS.items())
def test_the_list_of_commands_says_what_each_says_of_itself(name: str, line: str) -> None:
    """The line of a command under ``nps --help`` is how its own help begins."""
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert " ".join((command.help or "").split()).startswith(line.removesuffix("."))


@pytest.mark.parametrize(
    "arguments",
    [
        ["framework", "show", "SV3"],
        ["check", "samples/returns"],
        ["check", "--reply", "samples/returns"],
        ["build", "--council", "Łódź ŵ 你好", "--round", "2026"],
    ],
)
def test_redirected_output_is_utf8_on_every_system(arguments: list[str]) -> None:
    """A stream that the system opened as cp1252 takes arrows, Welsh letters and Chinese all the same."""
    run = nps(*arguments)
    assert run.returncode in (0, 1, 2)
    assert "Traceback" not in run.stderr


def test_a_lone_surrogate_is_printed_in_its_escaped_form() -> None:
    """A file name that no encoding knows is shown, not a reason to end."""
    assert "\\udcff" in nps("check", "\udcff.xlsx").stderr


def test_our_own_fault_is_one_line_a_log_file_and_exit_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised that nobody expected ends in a log file with its traceback, and in one line."""

    def fails(*_: object) -> None:
        raise ReceiptError("3 answers were present, but 2 were read")

    monkeypatch.setattr("nps_xlsx.cli.options.load_framework", fails)
    monkeypatch.setattr("pathlib.Path.cwd", lambda: tmp_path)
    run = nps("check", "samples/returns")
    (log,) = tmp_path.glob("nps-fault-*.log")
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (3, "", 1)
    assert f"Read {log}" in run.stderr
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "3 answers were present, but 2 were read" in log.read_text(encoding="utf-8")


def test_check_and_ingest_exit_alike(tmp_path: Path, framework: Framework, medway: Council) -> None:
    """A return with nothing but a note is in order for both commands."""
    answers = [Answer(row.code, current=3, target=4) for row in framework.rows]
    source = write(tmp_path / "r.xlsx", filled(framework, medway, *answers))  # nobody's name on it
    run = nps("check", source)
    assert "note: " in run.stdout
    assert run.returncode == nps("ingest", source, "--out", tmp_path / "out").returncode == 0


def test_the_version_is_that_of_the_project() -> None:
    """The command's version is the one in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert nps("--version").stdout == f"nps, version {project['version']}\n"

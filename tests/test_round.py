"""A round is a folder: its settings, who is asked, and what became of them."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from dataclasses import fields
from pathlib import Path

import pytest

from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Kind, latest
from nps_xlsx.season.participants import load_participants
from nps_xlsx.season.settings import Settings, SettingsError, load_settings, written
from samples.make_returns import SAMPLES
from tests.support.commands import Run, nps

LISTED = """council,email,contact,respondents,status,reason,tier
Mockford,ann@mockford.example,Head of Procurement,,,,A
Exampleton,a@exampleton.example; b@exampleton.example,,Adult care; Highways,,,
Fictonshire,,,,declined,Uses another framework (of its own),
Sampleborough,,,,,,B
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a new round, 2022, as the sample returns are of."""
    (tmp_path / "list.csv").write_text(LISTED, encoding="utf-8")
    made = nps(
        *("round", "new", tmp_path / "2022", "--councils", tmp_path / "list.csv", "--due", "2022-12-18"),
        *("--register", SAMPLES / "synthetic-councils.csv", "--return-to", "returns@lga.example"),
    )
    assert made.returncode == 0, all_of(made)
    return tmp_path / "2022"


def came(folder: Path, *names: str) -> None:
    for name in names:
        (path,) = (SAMPLES / "returns").glob(f"*-{name}.xlsx")
        shutil.copy(path, folder / "returns")


def all_of(run: Run) -> str:
    return run.stdout + run.stderr


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# --- Settings


def test_settings_come_back_as_they_were_written(tmp_path: Path) -> None:
    """Whatever characters are in them; those that have their default are explained, and are comments."""
    given = Settings(
        round="2026-27",
        due=dt.date(2026, 12, 18),
        contact='A "desk" \\ team\tŵ',
        earlier=("../2021", 'a "b"'),
        name_councils=True,
        suppress_below=0,
        port=587,
    )
    path = tmp_path / "round.toml"
    path.write_text(written(given), encoding="utf-8")
    assert load_settings(path) == given
    text = written(Settings(round="2026"))
    assert all(f"\n# {one.name} = " in text for one in fields(Settings) if one.name != "round")


def test_every_fault_of_the_settings_is_reported_at_once(tmp_path: Path) -> None:
    """Each with its key: an unknown one with what was meant, a wrong kind, a rule that is broken."""
    path = tmp_path / "round.toml"
    path.write_text(
        'round = "a/b"\ndeu = 2026-12-18\ndue = "soon"\nreturn_to = "nowhere"\nby = ["tier"]\n'
        '[mail]\nport = -1\nsecurity = "ssl"\n[results]\nname_councils = "yes"\n[else]\nx = 1\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    said = str(caught.value)
    for fault in (
        "deu is not a setting; did you mean due?",
        "due must be a date",
        "by is not a setting; did you mean results.by?",
        "mail.port must be a whole number",
        "results.name_councils must be true or false",
        "else.x is not a setting",
        "round must have",
        "mail.security must be",
        "'nowhere' is not an email address",
    ):
        assert fault in said, fault


@pytest.mark.parametrize("content", [b"round = ", b"\xff\xfe", None])
def test_settings_that_cannot_be_read_say_where(tmp_path: Path, content: bytes | None) -> None:
    """The file is named, whether it is no TOML, no text, or not there."""
    path = tmp_path / "round.toml"
    if content:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"round\.toml"):
        load_settings(path)


# --- Who is asked


def test_a_list_says_who_is_asked(folder: Path, register: Register) -> None:
    """Addresses, respondents and statuses are read, and the analyst's own columns are kept."""
    asked = {one.council.short_name: one for one in Round(folder).participants}
    assert asked["Mockford"].contact == "Head of Procurement"
    assert asked["Exampleton"].emails == ("a@exampleton.example", "b@exampleton.example")
    assert asked["Exampleton"].respondents == ("Adult care", "Highways")
    assert (asked["Fictonshire"].status, asked["Fictonshire"].reason_kind) == (
        "declined",
        "uses another framework",
    )
    assert asked["Mockford"].reason_kind == ""
    assert asked["Mockford"].others == {"tier": "A"}
    assert [row["gss_code"] for row in rows(folder / "councils.csv")] == [
        one.gss_code for one in asked.values()
    ]


def test_every_fault_of_the_list_is_reported_at_once(tmp_path: Path, register: Register) -> None:
    """Each with its council."""
    path = tmp_path / "councils.csv"
    path.write_text(
        "gss_code,email,respondents,status\n"
        f"Z07000001,nobody,,\nZ06000001,,{'x' * 41},\nZ10000001,,,declinde\n",
        encoding="utf-8",
    )
    with pytest.raises(UserError) as caught:
        load_participants(path, register)
    said = str(caught.value)
    for fault in ("'nobody' is not an email address", "at most 40 characters", "did you mean declined?"):
        assert fault in said, fault
    assert all(name in said for name in ("Mockford", "Exampleton", "Fictonshire"))


def test_what_a_council_decided_is_written_down(folder: Path) -> None:
    """In councils.csv, whose other cells stay, and in the journal with day and reason; and taken back."""
    before = rows(folder / "councils.csv")
    assert nps("round", "set", folder, "Mockford", "declined").returncode == 2, "it says why"
    assert nps("round", "set", folder, "Medway", "declined", "--why", "other").returncode == 2
    done = nps(
        "round", "set", folder, "Mockford", "declined", "--why", "resources: =1", "--today", "2022-12-01"
    )
    assert done.returncode == 0, all_of(done)
    after = rows(folder / "councils.csv")
    assert [row | {"status": "", "reason": ""} for row in after] == [
        row | {"status": "", "reason": ""} for row in before
    ]
    noted = latest(Round(folder).events, Kind.STATUS, lambda one: one.gss_code)["Z07000001"]
    assert (noted.status, noted.why, noted.day) == ("declined", "resources: =1", "2022-12-01")
    assert nps("round", "set", folder, "Mockford", "waiting").returncode == 0
    assert Round(folder).participants[0].status == ""
    assert latest(Round(folder).events, Kind.STATUS, lambda one: one.gss_code)["Z07000001"].status == ""


# --- The folder


def test_a_folder_is_made_only_where_nothing_is_in_the_way(folder: Path, tmp_path: Path) -> None:
    """Not over a round, not among other files; over what a kill left of one, it is."""
    again = (
        "--round",
        "2022",
        "--councils",
        tmp_path / "list.csv",
        "--register",
        SAMPLES / "synthetic-councils.csv",
    )
    assert "is the folder of a round already" in all_of(nps("round", "new", folder, *again))
    assert "holds other files" in all_of(nps("round", "new", tmp_path, *again))
    (folder / "round.toml").unlink()
    assert nps("round", "new", folder, *again).returncode == 0
    assert "no round.toml" in all_of(nps("round", "set", tmp_path, "Mockford", "merged"))


def test_build_makes_a_workbook_for_everyone_who_is_waited_for(folder: Path) -> None:
    """A respondent each where the list has some, none for who declined; building again changes nothing."""
    assert nps("build", folder).returncode == 0
    names = sorted(path.name for path in (folder / "workbooks").iterdir())
    assert names == [
        "NPS-2022-Z06000001-exampleton-adult-care.xlsx",
        "NPS-2022-Z06000001-exampleton-highways.xlsx",
        "NPS-2022-Z06000002-sampleborough.xlsx",
        "NPS-2022-Z07000001-mockford.xlsx",
    ]
    contents = [(folder / "workbooks" / name).read_bytes() for name in names]
    assert nps("build", folder).returncode == 0
    assert [(folder / "workbooks" / name).read_bytes() for name in names] == contents
    assert nps("build", folder, "--council", "Fictonshire", "--out", folder / "x").returncode == 0
    assert [path.name for path in (folder / "x").iterdir()] == ["NPS-2022-Z10000001-fictonshire.xlsx"]


def test_options_win_over_the_settings(folder: Path) -> None:
    """And nps round show says of each where its value comes from, which nothing else changes."""
    shown = all_of(nps("round", "show", folder, "build", "--due", "2023-01-15", "--with-review"))
    assert "--due                2023-01-15  (command line)" in shown
    assert "--return-to          returns@lga.example  (round.toml)" in shown
    assert "--with-review        yes  (command line)" in shown
    assert "--unprotected        no  (default)" in shown
    plain = all_of(nps("round", "show", folder))
    assert "due                  2022-12-18\n" in plain
    assert "suppress_below       5  (default)" in plain
    assert nps("round", "show", folder, "join").returncode == 2


def test_days_of_results_are_kept_and_what_is_new_is_said(folder: Path) -> None:
    """The results of each day stay, latest is a copy of the last, and a second run says what came since."""
    came(folder, "mockford")
    first = nps("ingest", folder, "--today", "2022-12-01")
    assert "this is the first run" in all_of(first)
    came(folder, "exampleton")
    second = nps("ingest", folder, "--today", "2022-12-02")
    assert "New since the run of 2022-12-01:\n  Exampleton: NPS-2022-Z06000001-exampleton.xlsx" in all_of(
        second
    )
    assert "(1 of them by an earlier run)" in all_of(second)
    results = folder / "results"
    assert [len(rows(results / day / "returns.csv")) for day in ("2022-12-01", "2022-12-02")] == [1, 2]
    for path in (path for path in (results / "2022-12-02").rglob("*") if path.is_file()):
        assert (
            results / "latest" / path.relative_to(results / "2022-12-02")
        ).read_bytes() == path.read_bytes()
    again = nps("ingest", folder, "--today", "2022-12-02")
    assert all_of(again).endswith("New since the run of 2022-12-02:\n  nothing\n")
    (folder / "returns" / "NPS-2022-Z07000001-mockford.xlsx").unlink()
    third = nps("ingest", folder, "--today", "2022-12-03")
    assert "Mockford: NPS-2022-Z07000001-mockford.xlsx, gone" in all_of(third)
    assert not list((results / "latest" / "feedback").glob("*mockford*"))
    assert list((results / "2022-12-02" / "feedback").glob("*mockford*"))


def test_papers_and_checks_take_the_folder_too(folder: Path) -> None:
    """Papers are made from the newest results; what is checked are the returns, not our own files."""
    came(folder, "mockford")
    nps("build", folder)
    nps("ingest", folder, "--today", "2022-12-01")
    done = nps("report", "committee", folder, "--out", folder / "papers")
    assert done.returncode == 0, all_of(done)
    assert {path.stem for path in (folder / "papers").iterdir()} == {"NPS-2022-Z07000001-mockford-committee"}
    checked = nps("check", folder)
    assert checked.returncode == 0, all_of(checked)
    assert checked.stdout.count(".xlsx\n") == 1


def test_results_are_not_replaced_by_nothing(folder: Path) -> None:
    """When the returns are taken away, those of the day before stay the latest."""
    came(folder, "mockford")
    nps("ingest", folder, "--today", "2022-12-01")
    (folder / "returns" / "NPS-2022-Z07000001-mockford.xlsx").unlink()
    lost = nps("ingest", folder, "--today", "2022-12-02")
    assert lost.returncode == 2
    assert "No return was accepted" in all_of(lost)
    assert len(rows(folder / "results" / "latest" / "returns.csv")) == 1
    assert not (folder / "results" / "2022-12-02").exists()


def test_rulings_in_the_folder_hold(folder: Path) -> None:
    """They are applied without an option, and one that is new, or has another effect, is reported."""
    came(folder, "mockford")
    nps("ingest", folder, "--today", "2022-12-01")
    with (folder / "corrections.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(",Mockford,EC1,current,5,Telephone,Lead,2026-12-01\r\n")
        file.write(",Exampleton,EC1,current,5,Telephone,Lead,2026-12-01\r\n")
    second = nps("ingest", folder, "--today", "2022-12-02")
    assert "1 correction applied" in all_of(second)
    assert ", applied" in all_of(second)
    assert ", without effect" in all_of(second)
    came(folder, "exampleton")
    third = all_of(nps("ingest", folder, "--today", "2022-12-03"))
    assert third.count(", applied") == 1


def test_verify_finds_nothing_where_nothing_was_touched(folder: Path) -> None:
    """And each thing that somebody did behind the ledger's back."""
    came(folder, "mockford", "exampleton")
    nps("ingest", folder, "--today", "2022-12-01")
    assert nps("round", "verify", folder).returncode == 0
    path = folder / "councils.csv"
    path.write_bytes(path.read_bytes().replace(b"Sampleborough,,,,,", b"Sampleborough,,,,merged,"))
    came(folder, "sampleborough")
    (folder / "returns" / "NPS-2022-Z07000001-mockford.xlsx").unlink()
    with (folder / "waivers.csv").open("ab") as file:
        file.write(b"no-such,,,\r\n")
    assert nps("round", "verify", folder).returncode == 2, "a ruling that cannot be read"
    (folder / "waivers.csv").unlink()
    found = nps("round", "verify", folder)
    assert found.returncode == 1
    for difference in ("is merged in councils.csv", "has come since", "is no longer among the returns"):
        assert difference in all_of(found), difference
    assert "3 differences" in all_of(found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "{nowhere}"], "no round.toml"),
        (["ingest", "{folder}", "{folder}/returns"], "by itself"),
        (["round", "new", "{nowhere}"], "Say who is asked"),
        (["round", "new", "{nowhere}", "--all", "--round", "a/b"], "round must have"),
    ],
)
def test_a_users_mistake_is_told(folder: Path, tmp_path: Path, arguments: list[str], words: str) -> None:
    """With what to do, and nothing is made."""
    names: dict[str, Path] = {"folder": folder, "nowhere": tmp_path / "nowhere"}
    done = nps(*(text.format(**names) for text in arguments))
    assert done.returncode == 2
    assert words in all_of(done)
    assert not names["nowhere"].exists()


def test_only_who_may_write_writes(folder: Path) -> None:
    """A folder that cannot be written is a mistake to mend, not a fault of the program."""
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder.chmod(0o500)
    assert nps("round", "set", folder, "Mockford", "merged").returncode == 2

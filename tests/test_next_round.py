"""What the next round takes over from the one before."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from nps_xlsx.model import Framework
from nps_xlsx.season.folder import Round
from nps_xlsx.season.next_round import carried_councils
from nps_xlsx.season.participants import Participant, write_participants
from tests.support.commands import nps
from tests.support.seasons import ingest, send, small_round


def test_councils_contacts_and_settings_carry_over(tmp_path: Path) -> None:
    """The due date does not, files are found from the new folder, and what was decided is asked again."""
    first = small_round(
        tmp_path / "2026",
        contact="the team",
        targets="targets.csv",
        earlier=("../2025",),
        keep=("latest", "a.xlsx"),
    )
    (first.folder / "targets.csv").write_text("ref,target\nSV1,4\n")
    nps("round", "set", first.folder, "Mockford", "declined", "--why", "resources")
    nps("round", "set", first.folder, "Dummywick", "merged")
    run = nps("round", "new", tmp_path / "later" / "2027", "--from", first.folder)
    assert run.returncode == 0, run.stderr
    assert "Asked again: Mockford" in run.stdout
    assert "since they merged: Dummywick" in run.stdout
    second = Round(tmp_path / "later" / "2027")
    assert second.settings.round == "2027"
    assert second.settings.due is None
    assert second.settings.contact == "the team"
    assert second.settings.keep == ("latest",)  # the file is one of the earlier round's
    assert second.settings.earlier == ("../../2026", "../../2025")
    targets = second.named(second.settings.targets)
    assert targets is not None
    assert targets.resolve() == first.folder / "targets.csv"
    assert [one.council.short_name for one in second.participants] == ["Exampleton", "Mockford", "Inventham"]
    mockford = second.participants[1]
    assert (mockford.contact, mockford.emails) == ("Lee Mockford", ("lee@mockford.example",))
    assert (mockford.status, mockford.others["earlier_status"]) == ("", "2026: declined (resources)")


def test_what_is_given_wins_over_the_earlier_round(tmp_path: Path) -> None:
    """An option of nps round new counts more than what it carries over."""
    first = small_round(tmp_path / "2026", contact="the team", return_to="back@lga.example")
    nps(
        "round", "new", tmp_path / "b", "--from", first.folder, "--round", "2027", "--contact", "another team"
    )
    settings = Round(tmp_path / "b").settings
    assert (settings.round, settings.contact) == ("2027", "another team")
    assert settings.return_to == "back@lga.example"


def test_a_round_is_made_from_one_source(tmp_path: Path) -> None:
    """--from says who is asked, so neither --all nor --councils goes with it."""
    first = small_round(tmp_path / "2026")
    assert nps("round", "new", tmp_path / "2027", "--from", first.folder, "--all").returncode == 2


def test_a_council_that_ended_gives_way_to_what_it_became(tmp_path: Path) -> None:
    """The earlier round names a council that the register knows as ended: its successor is asked."""
    first = small_round(tmp_path / "2026")
    ended = first.register.former[0]
    new = first.register.by_code[ended.successors[0]]
    with (first.folder / "councils.csv").open("ab") as file:
        file.write(f"{ended.gss_code},{ended.name},Sam,,,,\r\n".encode())
    carried = carried_councils(first)
    assert carried.left_out == (ended.name,)
    assert carried.new == (new.short_name,)
    assert carried.asked[-1] == Participant(new)


def test_a_status_of_two_rounds_ago_is_kept_too(tmp_path: Path) -> None:
    """The newest stands first."""
    first = small_round(tmp_path / "2026")
    one = first.participants[0]
    others = {"earlier_status": "2025: declined (resources)"}
    write_participants(
        first.folder / "councils.csv",
        [Participant(one.council, status="nothing to report", others=others)],
    )
    again = carried_councils(Round(first.folder)).asked[0]
    assert again.others["earlier_status"] == "2026: nothing to report; 2025: declined (resources)"


@pytest.mark.slow
def test_each_council_is_prefilled_with_what_it_sent(tmp_path: Path, framework: Framework) -> None:
    """The workbooks of the next round show the levels of the one before, to those who sent some."""
    first = small_round(tmp_path / "2026")
    second = tmp_path / "2027"
    nps("round", "new", second, "--from", first.folder)
    early = nps("build", second)
    assert early.returncode == 2
    assert "no results yet" in early.stderr
    send(first, framework, "Exampleton", 4)
    ingest(first)
    run = nps("build", second, "--jobs", "1")
    assert run.returncode == 0, run.stderr
    assert "Mockford" in run.stderr
    (path,) = (second / "workbooks").glob("*exampleton*.xlsx")
    rows = list(openpyxl.load_workbook(path)["Engaging councillors"].iter_rows(values_only=True))
    headings = next(row for row in rows if "Last round" in row)
    (behaviour,) = (row for row in rows if row[0] == "EC1")
    assert behaviour[headings.index("Last round")] == "4 Leader"

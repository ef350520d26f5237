"""What becomes of councils between rounds keeps or breaks their history, and never in silence."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import CsvError
from nps_xlsx.register.successions import Succession, load_successions, with_history
from nps_xlsx.season.folder import Round
from nps_xlsx.season.next_round import carried_councils
from tests.support.commands import nps
from tests.support.seasons import ingest, send, small_round

DAY = dt.date(2027, 4, 1)
HEAD = "from,to,kind,date,history\n"


def given(tmp_path: Path, register: Register, *rows: str) -> tuple[Succession, ...]:
    path = tmp_path / "successions.csv"
    path.write_text(HEAD + "\n".join(rows))
    return load_successions(path, register)


def earlier(register: Register, *names: str, day: dt.date | None = None) -> dict[str, Assessment]:
    councils = [register.find(name) for name in names]
    return {
        one.gss_code: Assessment(one.gss_code, one.name, "2026", (Answer("EC1", 3),), day=day)
        for one in councils
    }


@pytest.mark.parametrize(
    ("rows", "now"),
    [
        (["Mockford,Exampleton,renamed,2027-04-01,"], {"Exampleton"}),
        (["Mockford,Exampleton,renamed,2027-04-01,break"], set()),
        (["Mockford,Exampleton,merged,2027-04-01,", "Dummywick,Exampleton,merged,2027-04-01,"], set()),
        (
            ["Mockford,Exampleton,merged,2027-04-01,keep", "Dummywick,Exampleton,merged,1/4/2027,"],
            {"Exampleton"},
        ),
        (["Mockford,Mockford,split,2027-04-01,", "Mockford,Dummywick,split,2027-04-01,"], set()),
        (["Mockford,Mockford,split,2027-04-01,keep", "Mockford,Dummywick,split,2027-04-01,"], {"Mockford"}),
        (
            ["Mockford,Dummywick,renamed,2026-12-24,", "Dummywick,Exampleton,renamed,2027-04-01,"],
            {"Exampleton"},
        ),
        (["Mockford,Exampleton,renamed,2026-01-01,"], {"Mockford"}),  # it has answered since
    ],
)
def test_a_history_goes_on_or_is_broken(
    rows: list[str], now: set[str], tmp_path: Path, register: Register
) -> None:
    """What was renamed keeps its history, other councils begin anew, unless the row says otherwise."""
    successions = given(tmp_path, register, *rows)
    history = with_history(earlier(register, "Mockford", day=dt.date(2026, 12, 1)), successions)
    codes = {register.find(name).gss_code for name in now}
    assert {code for code, own in history.answers.items() if own.gss_code == code} == codes
    assert len(history.answers) == 1  # those of all councils then stay
    assert len(history.broken) == (not now)


def test_a_council_that_took_in_another_is_not_what_it_was(tmp_path: Path, register: Register) -> None:
    """Also where it goes on under its own code; answers that it gave since then are its own."""
    successions = given(tmp_path, register, "Mockford,Exampleton,merged,2027-04-01,")
    code = register.find("Exampleton").gss_code
    assert code not in with_history(earlier(register, "Exampleton"), successions).answers
    since = earlier(register, "Exampleton", day=dt.date(2027, 5, 1))
    assert code in with_history(since, successions).answers


def test_a_history_does_not_replace_answers_of_the_councils_own(tmp_path: Path, register: Register) -> None:
    """Both gave answers in that round: the renamed one's are broken, and that is reported."""
    successions = given(tmp_path, register, "Mockford,Exampleton,renamed,2027-04-01,")
    before = earlier(register, "Mockford", "Exampleton")
    history = with_history(before, successions)
    code = register.find("Exampleton").gss_code
    assert history.answers[code] == before[code]
    assert len(history.broken) == 1


def test_all_faults_of_the_file_are_reported_at_once(tmp_path: Path, register: Register) -> None:
    """With the row of each."""
    rows = [
        "Nowhereton,Exampleton,merged,2027-04-01,",
        "Mockford,Exampleton,swallowed,2027-04-01,",
        "Mockford,Exampleton,merged,in spring,",
        "Mockford,,merged,2027-04-01,",
        "Mockford,Exampleton,merged,2027-04-01,maybe",
        "Mockford,Mockford,renamed,2027-04-01,",
        "Dummywick,Inventham,merged,2027-04-01,keep",
        "Exampleton,Inventham,merged,2027-04-01,keep",
        "Testingham,Exampleton,split,2027-04-01,keep",
        "Testingham,Trialbury,split,2027-04-01,keep",
    ]
    with pytest.raises(CsvError) as raised:
        given(tmp_path, register, *rows)
    text = str(raised.value)
    assert [number for number in range(2, 12) if f"row {number}:" in text] == list(range(2, 12))


def test_a_council_that_ended_may_be_one_of_the_registers_former_ones(
    tmp_path: Path, register: Register
) -> None:
    """The register knows councils that ended by code and name."""
    ended = register.former[0]
    after = register.by_code[ended.successors[0]]
    (one,) = given(tmp_path, register, f"{ended.name},{after.gss_code},merged,{ended.ended},")
    assert (one.before.gss_code, one.after) == (ended.gss_code, after)


def test_a_merged_council_is_not_asked_and_what_it_became_is(tmp_path: Path) -> None:
    """In the round itself it counts as merged; in the next one, a renamed one keeps its contacts."""
    first = small_round(tmp_path / "2026", due=dt.date(2026, 12, 18))
    rows = [
        "Mockford,Testingham,merged,2026-10-01,",
        "Dummywick,Testingham,merged,2027-04-01,",
        "Inventham,Trialbury,renamed,2027-04-01,",
    ]
    (first.folder / "successions.csv").write_text(HEAD + "\n".join(rows))
    made = Round(first.folder)
    assert [one.status for one in made.participants] == ["", "merged", "", ""]
    carried = carried_councils(made, DAY)
    asked = {one.council.short_name: one.contact for one in carried.asked}
    assert asked == {"Exampleton": "Lee Exampleton", "Trialbury": "Lee Inventham", "Testingham": ""}
    assert carried.left_out == ("Mockford", "Dummywick")
    (made.folder / "mails" / "invite.txt").write_text("Subject: our own\n\nWords.")
    run = nps("round", "new", tmp_path / "2027", "--from", made.folder, "--due", "2027-12-18")
    assert run.returncode == 0, run.stderr
    second = Round(tmp_path / "2027")
    assert second.settings.due == dt.date(2027, 12, 18)
    assert len(second.successions) == 3
    assert (second.folder / "mails" / "invite.txt").read_text().startswith("Subject: our own")


@pytest.mark.slow
def test_reports_say_whose_history_is_broken(tmp_path: Path, framework: Framework) -> None:
    """The receipt and the sheet Movement; a renamed council is compared with itself, and prefilled."""
    first = small_round(tmp_path / "2026", due=dt.date(2026, 12, 18))
    for name in ("Exampleton", "Mockford", "Inventham"):
        send(first, framework, name, 3)
    ingest(first)
    rows = ["Inventham,Trialbury,renamed,2027-04-01,", "Mockford,Testingham,merged,2027-04-01,"]
    (first.folder / "successions.csv").write_text(HEAD + "\n".join(rows))
    second = tmp_path / "2027"
    nps("round", "new", second, "--from", first.folder)
    built = nps("build", second, "--jobs", "1")
    assert "History broken: Mockford became part of Testingham" in built.stderr
    made = Round(second)
    for name in ("Exampleton", "Trialbury", "Testingham"):
        send(made, framework, name, 4, day="2027-12-01")
    run = ingest(made, "2027-12-08")
    assert "History broken, so not compared: Mockford became part of Testingham" in run.stdout
    assert "not asked this time" not in run.stdout
    sheet = openpyxl.load_workbook(made.paths.latest / "consolidated.xlsx")["Movement"]
    texts = [str(cell.value) for row in sheet["A1:L5"] for cell in row]
    assert any("History broken: Mockford became part of Testingham" in text for text in texts)
    headings = next(row for row in sheet.iter_rows(values_only=True) if "Councils in both" in row)
    whole = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "All")
    assert whole[headings.index("Councils in both")] == 2

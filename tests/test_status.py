"""nps status: the boss's question answered at once, on the terminal, for a program, and on a page."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nps_xlsx.model import Status
from nps_xlsx.season.folder import Round
from nps_xlsx.season.standing import Standings, standings_of
from nps_xlsx.season.status import COLUMNS, headline, news, reasons, since, tallies, when
from nps_xlsx.season.status_page import status_page
from samples.make_returns import SAMPLES
from tests.support.axe import faults_of
from tests.support.commands import nps
from tests.test_round import all_of, came
from tests.test_standing import DAY, DUE, EXAMPLETON, INVITED, REGISTER, asked, ingest, mail, stand
from tests.test_standing import came as file

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LISTED = """council,email,respondents,status,reason
Mockford,ann@mockford.example,,,
Exampleton,a@exampleton.example,Adult care; Highways,,
Fictonshire,f@fictonshire.example,,declined,Uses another framework (of its own)
Imaginshire,,,merged,
Sampleborough,,,,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a new round, 2022, as the sample returns are of."""
    (tmp_path / "list.csv").write_text(LISTED, encoding="utf-8")
    register = SAMPLES / "synthetic-councils.csv"
    given = ("--councils", tmp_path / "list.csv", "--due", "2022-12-18", "--register", register)
    assert nps("round", "new", tmp_path / "2022", *given).returncode == 0
    return tmp_path / "2022"


def everything() -> Standings:
    """A round in which councils stand in many ways."""
    codes = iter(REGISTER)
    others = [REGISTER[code] for code in codes if code not in (EXAMPLETON.gss_code, "Z07000001")]
    of = [
        asked(),
        asked(EXAMPLETON, emails=("<b>@x.example",), respondents=("Jo Bloggs",)),
        asked(others[0], status="declined", reason="Resources"),
        asked(others[1], status="declined"),
        asked(others[2], status="merged"),
        asked(others[3], status="nothing to report"),
        asked(others[4], emails=()),
        asked(others[5]),
    ]
    files = [
        file(day="2026-12-19", errors=2),
        file(Status.BLANK, "2026-12-12", gss_code=EXAMPLETON.gss_code),
        file(day="2026-12-12", gss_code=others[5].gss_code),
        file(Status.REFUSED, gss_code="", file="who <i>.xlsx"),
    ]
    events = [INVITED, mail("chase", "2026-12-12"), *ingest("2026-12-12", *files[1:3], number=2)]
    return stand(files, [*events, *ingest("2026-12-20", files[0], number=5)], of=of)


def test_the_first_line_answers_the_question() -> None:
    """How many of those asked have returned, and what became of the others; who merged is not asked."""
    assert headline(everything()) == (
        "2 of 7 asked have returned (29%); 1 late; 1 blank; 1 missing; 2 declined; 1 merged; "
        "1 nothing to report."
    )
    assert headline(stand(of=())) == "0 of 0 asked have returned."
    assert headline(stand([file(day="2026-12-01")])) == "1 of 1 asked has returned (100%)."


@pytest.mark.parametrize(("back", "all_", "share"), [(0, 300, "0%"), (1, 300, "1%"), (299, 300, "99%")])
def test_only_all_are_all_and_only_none_are_none(back: int, all_: int, share: str) -> None:
    """A share is rounded, but never up to 100% or down to 0%."""
    council = next(iter(REGISTER.values()))
    one, none = (stand(files, of=[asked(council)]) for files in ([file(gss_code=council.gss_code)], []))
    councils = (*one.councils * back, *none.councils * (all_ - back))
    assert tallies(Standings(day=DAY, councils=councils), "region")[-1].share == share


def test_groups_add_up() -> None:
    """The councils of every region are all councils, and so are those of every type."""
    standings = everything()
    for fact in ("region", "council_type"):
        *groups, whole = tallies(standings, fact)
        for name in ("asked", "returned", "late", "instead", "missing", "declined", "nothing"):
            assert sum(getattr(one, name) for one in groups) == getattr(whole, name)
        parts = whole.returned + whole.instead + whole.missing + whole.declined + whole.nothing
        assert parts == whole.asked


def test_reasons_are_of_the_list() -> None:
    """Each kind of reason is counted; none given is a kind too."""
    assert reasons(everything()) == {"resources": 1, "not given": 1}


@pytest.mark.parametrize(
    ("day", "words"),
    [(DUE, "today"), (DAY, "2 days ago"), (DUE - dt.timedelta(1), "in 1 day.")],
)
def test_the_due_date_is_counted_down(day: dt.date, words: str) -> None:
    """And nothing is stated of it where there is none."""
    assert f"Due 18 December 2026, {words}" in when(stand(day=day))
    assert "Due" not in when(stand(due=None))


def test_what_is_new_is_named() -> None:
    """By what became of it, since the run before."""
    assert since(everything()) == "New since 12 December 2026"
    assert news(everything()) == {"accepted": ["Mockford"]}
    assert (since(stand()), news(stand())) == ("", {})


def test_the_first_day_has_an_answer_too(folder: Path) -> None:
    """Before anything came or was sent: everyone is to be invited, whose address is known."""
    shown = nps("status", folder, "--today", "2022-11-01")
    assert shown.returncode == 0, all_of(shown)
    assert shown.stdout.startswith("0 of 4 asked have returned (0%); 3 missing; 1 declined; 1 merged.\n")
    assert re.search("2  invite: Exampleton, Mockford\n", shown.stdout)
    assert re.search("1  find an address: Sampleborough\n", shown.stdout)
    assert "first read" not in shown.stdout
    assert (folder / "status.html").is_file()


def test_it_shows_what_the_ingest_read(folder: Path) -> None:
    """What came since is counted as not read yet; nothing is written but the page."""
    came(folder, "mockford")
    nps("ingest", folder, "--today", "2022-12-10")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    came(folder, "trialbury")
    shown = nps("status", folder, "--today", "2022-12-12").stdout
    assert shown.startswith("1 of 4 asked has returned (25%)")
    assert "1 file among the returns, NPS-2022-Z08000002-trialbury.xlsx first, not read yet" in shown
    assert "New: what came was first read on 10 December 2022:\n  1  accepted: Mockford\n" in shown
    assert {path: path.read_bytes() for path in before} == before
    nps("ingest", folder, "--today", "2022-12-20")
    shown = nps("status", folder, "--today", "2022-12-20").stdout
    assert shown.startswith("2 of 5 asked have returned (40%)")
    assert "1  add to councils.csv: Trialbury" in shown
    assert "not read yet" not in shown


def test_facts_come_from_the_lists_of_the_results(folder: Path) -> None:
    """Errors and warnings that are not waived, the kind of a mail, and the day of each file."""
    came(folder, "mockford")
    (folder / "returns" / "notes.xlsx").write_bytes(b"nothing")
    letter = "From: ann@mockford.example\nDate: Mon, 12 Dec 2022 10:00:00 +0000\nSubject: Sorry\n\nSoon.\n"
    (folder / "returns" / "late.eml").write_text(letter, encoding="ascii")
    nps("ingest", folder, "--today", "2022-12-14")
    standings = standings_of(Round(folder), dt.date(2022, 12, 14))
    found = {one.file: (one.notice, str(one.day), one.errors) for one in standings.by_code["Z07000001"].came}
    assert found["late.eml"] == ("mail-without-workbook", "2022-12-12", 0)
    assert found["NPS-2022-Z07000001-mockford.xlsx"][0] == ""
    (nobodys,) = standings.nobodys
    assert (nobodys.file, nobodys.errors) == ("notes.xlsx", 1)


def test_other_programs_read_it(folder: Path) -> None:
    """As CSV with a row per council, or as JSON; neither holds an address, nor writes the page."""
    as_csv, as_json = (nps("status", folder, option) for option in ("--csv", "--json"))
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout.removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["state"] for row in rows] == ["missing", "missing", "declined", "merged", "missing"]
    data = json.loads(as_json.stdout)
    assert (data["states"]["missing"], data["declined"]) == (3, {"uses another framework": 1})
    assert data["councils"] == [dict(row) for row in rows]
    assert data["by_region"][-1]["asked"] == 4
    assert "@" not in as_csv.stdout + as_json.stdout
    assert not (folder / "status.html").exists()
    assert nps("status", folder, "--csv", "--json").returncode == 2


def test_only_the_folder_of_a_round_has_a_status(tmp_path: Path) -> None:
    """Another one is a mistake that is named."""
    shown = nps("status", tmp_path)
    assert shown.returncode == 2
    assert "no round.toml" in all_of(shown)


def test_the_page_names_no_person() -> None:
    """No address, no respondent, no file; what is on it is text and nothing else."""
    page = status_page(everything(), "2026", "Made <up>").decode()
    for secret in ("@", "Jo Bloggs", "who &lt;", ".xlsx", "Made <up>"):
        assert secret not in re.sub("<style>.*?</style>", "", page, flags=re.DOTALL), secret


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_opens_without_a_network(
    browser: Browser, tmp_path: Path, width: int, *, scripts: bool
) -> None:
    """It asks for nothing, complains of nothing, fits its window, and shows the same without its program."""
    path = tmp_path / "status.html"
    path.write_bytes(status_page(everything(), "2026", "Made up"))
    context = browser.new_context(viewport={"width": width, "height": 768}, java_script_enabled=scripts)
    page, asked_for, complaints = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    assert page.locator("#figures .figure").all_inner_texts() == ["2", "2", "2", "3"]
    assert page.get_by_label("Reload every five minutes").is_visible() is scripts
    assert page.locator("#all table").is_hidden()
    page.locator("summary").click()
    assert page.locator("#all tbody tr").count() == 8
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.get_by_label("Reload every five minutes").check()
        page.reload()
        assert page.get_by_label("Reload every five minutes").is_checked()
    assert complaints == []
    assert all(url.startswith(path.as_uri()) for url in asked_for)
    context.close()


@pytest.mark.browser
def test_axe_finds_no_fault_in_the_page(browser: Browser, tmp_path: Path) -> None:
    """With its table closed and open."""
    path = tmp_path / "status.html"
    path.write_bytes(status_page(everything(), "2026", "Made up"))
    page = browser.new_page()
    page.goto(path.as_uri())
    assert faults_of(page) == []
    page.locator("summary").click()
    assert faults_of(page) == []
    page.close()

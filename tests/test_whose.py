"""Whose a file is that could not be read, and what the lists say of it."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from nps_xlsx.figures import consolidate, response_rates
from nps_xlsx.model import Council, Framework, Place, Received, Return, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register, load_list
from nps_xlsx.reports.consolidated.notable import notable
from nps_xlsx.reports.listings import problem_rows, return_rows
from nps_xlsx.reports.not_returned import not_returned
from nps_xlsx.rounds.corrections import Waiver
from nps_xlsx.rounds.intake import Intake, Rulings, read_returns
from nps_xlsx.rounds.whose import Whose
from tests.support.workbooks import write

NAMES = ("Sandcastle", "Millpond", "Dunnowhere", "Whitewash", "Neverby")
CODES = {name: f"E0699990{number}" for number, name in enumerate(NAMES)}
COUNCILS = Register(
    tuple(Council(CODES[name], f"{name} Council", name, "unitary", "South West", "England") for name in NAMES)
)
ASKED = """council,Lead e-mail,Mail of the deputy,Note
Sandcastle,procurement@sandcastle.gov.example,ann@shared.example,ask cllr@notes.example
Millpond,Lee <lee@millpond.gov.example>; millpond@gmail.com,bob@shared.example,
Dunnowhere,both@two.example,,
Whitewash,both@two.example,,
Neverby,,,
"""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The list of those asked."""
    return load_list(write(tmp_path_factory.mktemp("asked") / "asked.csv", ASKED.encode()), COUNCILS)


def refused(name: str, sender: str = "", *, slug: str = "mail-without-workbook", failed: str = "") -> Return:
    """A file that could not be read, in a mail from somebody."""
    words = {"recipient": failed, "found": "an automatic reply"}
    found = problem(slug, Place(name), value=failed, **words)
    mail = Received(sender=sender) if sender else None
    return Return(name, name, Status.REFUSED, problems=(found,), received=mail)


@pytest.mark.parametrize(
    ("name", "sender", "whose"),
    [
        ("NPS-2026-E06999900-sandcastle.xlsx", "", "Sandcastle"),
        ("in/nps-2026-e06999900-sandcastle (2).pdf", "lee@millpond.gov.example", "Sandcastle"),
        ("NPS-2026-E06999901-millpond.eml/NPS-2026-E06999900-sandcastle.pdf", "", "Sandcastle"),
        ("NPS-2026-E06999900-sandcastle.eml/scan.pdf", "", "Sandcastle"),
        ("NPS-2026-E06999999-nowhere.xlsx", "lee@millpond.gov.example", "Millpond"),
        ("a.eml", "procurement@sandcastle.gov.example", "Sandcastle"),
        ("a.eml", "LEE@MILLPOND.gov.example", "Millpond"),
        ("a.eml", "bob@shared.example", "Millpond"),
        ("a.eml", "somebody@millpond.gov.example", "Millpond"),
        ("a.eml", "millpond@gmail.com", "Millpond"),
        ("a.eml", "somebody@gmail.com", ""),
        ("a.eml", "somebody@shared.example", ""),
        ("a.eml", "both@two.example", ""),
        ("a.eml", "cllr@notes.example", ""),
        ("a.eml", "somebody@evil-millpond.gov.example", ""),
        ("a.eml", "", ""),
        ("scan.pdf", "", ""),
    ],
)
def test_a_file_is_put_down_to_the_council_of_its_name_or_its_sender(
    name: str, sender: str, whose: str, asked: Register
) -> None:
    """The name nearest to the file counts, then the very address, then a domain of one council alone."""
    found = Whose(COUNCILS, asked).supposed(refused(name, sender))
    assert found.gss_code == CODES.get(whose, "")
    assert found.council == (f"{whose} Council" if whose else "")
    assert [one.slug for one in found.problems[1:]] == ["council-supposed"] * bool(whose)
    assert found.status is Status.REFUSED
    assert found.assessment is None


@pytest.mark.parametrize(
    ("failed", "whose"),
    [
        ("lee@millpond.gov.example", "Millpond"),
        ("lee@millpond.gov.example, x@millpond.gov.example", "Millpond"),
        ("lee@millpond.gov.example, procurement@sandcastle.gov.example", ""),
        ("", ""),
    ],
)
def test_mail_that_came_back_is_put_down_to_whom_it_did_not_reach(
    failed: str, whose: str, asked: Register
) -> None:
    """The server that sends the report is nobody's; two councils' addresses are no one council's."""
    report = refused("a.eml", "postmaster@sandcastle.gov.example", slug="mail-undelivered", failed=failed)
    assert Whose(COUNCILS, asked).supposed(report).gss_code == CODES.get(whose, "")


def test_without_a_list_only_the_name_of_the_file_is_known() -> None:
    """No address says anything where nobody said whom it belongs to."""
    whose = Whose(COUNCILS)
    assert whose.supposed(refused("a.eml", "lee@millpond.gov.example")).gss_code == ""
    assert whose.supposed(refused("NPS-2026-E06999900-x.pdf")).gss_code == CODES["Sandcastle"]


def test_a_council_is_known_by_the_code_that_it_had_before() -> None:
    """A file named for a former code is put down to what the council is now."""
    before = replace(COUNCILS.councils[0], former_codes=("E07999900",))
    found = Whose(Register((before,))).supposed(refused("NPS-2026-E07999900-x.pdf"))
    assert found.gss_code == CODES["Sandcastle"]


def test_what_no_council_sent_is_put_down_to_none() -> None:
    """Our own outputs carry councils' codes in their names, as do the files of the system beside a return."""
    for slug in ("file-own-output", "file-of-the-system"):
        ours = refused("NPS-2026-E06999900-sandcastle-feedback.xlsx", slug=slug)
        assert Whose(COUNCILS).supposed(ours) == ours


def mail(folder: Path, sender: str, **headers: str) -> None:
    """A mail without an attachment."""
    message = EmailMessage()
    message["From"], message["Subject"] = sender, "NPS 2026"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("We shall not take part.")
    write(folder / f"{sender}.eml", message.as_bytes())


@pytest.fixture(scope="module")
def intake(framework: Framework, asked: Register, tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """A decline, an automatic reply, mail that came back, and a file that is no workbook; one is waived."""
    folder = tmp_path_factory.mktemp("returns")
    mail(folder, "procurement@sandcastle.gov.example")
    mail(folder, "somebody@millpond.gov.example", Auto_Submitted="auto-replied")
    mail(folder, "mailer-daemon@mx.example", X_Failed_Recipients="lee@millpond.gov.example")
    write(folder / "NPS-2026-E06999902-dunnowhere.pdf", b"%PDF-1.7\n")
    waiver = Waiver(2, "mail-without-workbook", CODES["Sandcastle"], "Declined")
    return read_returns([folder], framework, COUNCILS, rulings=Rulings(waivers=(waiver,)), asked=asked)


def test_the_lists_say_whose_a_file_is_that_could_not_be_read(intake: Intake, framework: Framework) -> None:
    """returns.csv and problems.csv name the council, and a note says that nothing else does."""
    rows = return_rows(intake.returns, framework)
    assert [row["council"].split()[0] for row in rows] == [
        "Dunnowhere",
        "Millpond",
        "Sandcastle",
        "Millpond",
    ]
    assert {row["status"] for row in rows} == {"refused"}
    assert {row["answered"] for row in rows} == {""}
    found = problem_rows(intake.returns)
    assert all(row["gss_code"] and row["council"] for row in found)
    assert sum(row["problem"] == "council-supposed" for row in found) == 4


def test_what_came_instead_of_a_return_is_on_the_list(
    intake: Intake, framework: Framework, asked: Register
) -> None:
    """The councils stay among those that have not returned, each with what came from it."""
    tables = consolidate([], framework, COUNCILS, {})
    _, content = not_returned(response_rates(tables, asked), asked, intake.returns)
    came = {line.split(",")[1]: line.split(",")[4] for line in content.decode("utf-8-sig").splitlines()[1:]}
    assert came == {
        "Sandcastle Council": "a mail without a workbook",
        "Millpond Council": "our mail came back undelivered; an automatic reply or a receipt",
        "Dunnowhere Council": "a file that was refused",
        "Whitewash Council": "",
        "Neverby Council": "",
    }
    to_decide = [one.council for one in notable(tables, intake.returns) if one.kind == "Refused"]
    assert to_decide == ["Dunnowhere Council"], "the mail that declines is waived, the others are notes"


def test_a_waiver_for_a_council_meets_its_decline(intake: Intake) -> None:
    """The analyst need not name the mail where its sender is on the list."""
    assert intake.unused_waivers == ()
    waived = [returned.source_file for returned in intake.returns for one in returned.problems if one.waived]
    assert waived == ["procurement@sandcastle.gov.example.eml"]

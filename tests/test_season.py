"""A whole season with thirty made-up councils, from the first list to the next year's workbooks."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import product
from pathlib import Path

import openpyxl
import pytest

from nps_xlsx import Answer, Assessment, Order, build_workbook
from nps_xlsx.model import Council
from nps_xlsx.season import server
from nps_xlsx.season.folder import Round
from nps_xlsx.season.signing_in import PASSWORD as PASSWORD_VARIABLE
from nps_xlsx.season.standing import Standings, State, standings_of
from samples.make_returns import Job, Row, cell_of
from tests.support.commands import Run, nps
from tests.support.mail_server import PASSWORD, USER, MailServer, started

NAMES = [
    "".join(parts)
    for parts in product(
        ("Mock", "Sample", "Trial", "Dummy", "Feign"), ("bury", "ford", "ham", "shire", "ton", "wick")
    )
]
REGIONS = ("North East", "North West", "South East", "South West", "London", "East of England")
TYPES = ("Unitary authority", "County", "Non-metropolitan district", "Metropolitan district")
DUE = "2026-12-18"


@dataclass
class Season:
    """The folder of the round, the mail server of the analyst, and what the councils have."""

    folder: Path
    mails: MailServer

    @property
    def round(self) -> Round:
        return Round(self.folder)

    def nps(self, *arguments: object, code: int | tuple[int, ...] = (0, 1)) -> Run:
        """Run a command, which ends as expected."""
        done = nps(*map(str, arguments))
        assert done.returncode in ((code,) if isinstance(code, int) else code), (arguments, done.stderr)
        return done

    def council(self, name: str) -> Council:
        return self.round.register.find(name)

    def workbook(self, name: str) -> Path:
        """The workbook that a council was sent."""
        (path,) = self.round.paths.workbooks.glob(f"*-{name.casefold()}.xlsx")
        return path

    def returns(
        self, name: str, level: int, refs: Sequence[str] = (), file: str = "", date: str = ""
    ) -> Path:
        """A council sends its answers, in a workbook that a library filled in: one level for every row."""
        council, framework = self.council(name), self.round.framework
        rows = refs or [row.code for row in framework.rows]
        details = (("completed_by", "A post"), ("date_completed", date))
        answers = tuple(Answer(ref, current=level, target=min(level + 1, 5)) for ref in rows)
        given = Assessment(council.gss_code, council.name, "2026", answers, details=details)
        path = self.round.paths.returns / (file or f"{name}.xlsx")
        path.write_bytes(build_workbook(Order(framework, council, "2026", assessment=given)))
        return path

    def writes(self, file: str, content: EmailMessage | bytes) -> None:
        """A mail comes back."""
        (self.round.paths.returns / file).write_bytes(bytes(content))

    def stands(self, day: str) -> Standings:
        return standings_of(self.round, dt.date.fromisoformat(day))

    def states(self, day: str) -> Counter[State]:
        return Counter(one.state for one in self.stands(day).councils)

    def state(self, name: str, day: str) -> State:
        return self.stands(day).by_code[self.council(name).gss_code].state


def address(name: str) -> str:
    return f"procurement@{name.casefold()}.example"


@pytest.fixture(params=["sqlite", "postgresql"])
def season(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Season]:
    """Thirty councils are to be asked; the address of one is missing."""
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    columns = ("gss_code", "official_name", "short_name", "council_type", "region", "nation")
    with (tmp_path / "register.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for number, name in enumerate(NAMES):
            place = (TYPES[number % len(TYPES)], REGIONS[number % len(REGIONS)], "England")
            writer.writerow([f"Z060001{number:02}", f"{name} Council (synthetic)", name, *place])
    listed = [f"{name},{address(name) if name != 'Feignwick' else ''},Head of Procurement" for name in NAMES]
    (tmp_path / "list.csv").write_text("\n".join(["council,email,contact", *listed]), encoding="utf-8")
    mails = started(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(mails.certificate))
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.setattr(server, "PAUSES", (0.01, 0.02, 0.03))
    made = Season(tmp_path / "2026", mails)
    made.nps(
        *("round", "new", made.folder, "--councils", tmp_path / "list.csv", "--due", DUE),
        *(
            "--register",
            tmp_path / "register.csv",
            "--return-to",
            "returns@lga.example",
            "--contact",
            "The desk",
        ),
        *("--controller", "The Association"),
        code=0,
    )
    settings = {"host": "localhost", "port": mails.port, "user": USER, "sender": USER, "per_minute": 60_000}
    text = (made.folder / "round.toml").read_text(encoding="utf-8")
    for name, value in (settings | ({"database": url} if url else {})).items():
        given = f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}"
        text, count = re.subn(rf"(?m)^# {name} = .*$", given.replace("\\", "\\\\"), text)
        assert count == 1, name
    (made.folder / "round.toml").write_text(text, encoding="utf-8")
    yield made
    mails.stop()


@pytest.mark.libreoffice
def test_a_season_from_the_first_list_to_the_next_year(
    season: Season, office: Callable[[Sequence[Job]], list[list[Row]]]
) -> None:
    """Invited, returned in every way, chased, closed, published, thanked; the next year knows the last."""
    invite(season)
    first_day(season, office)
    second_day(season)
    chase_and_third_day(season)
    close_and_publish(season)
    next_year(season)


def invite(season: Season) -> None:
    """Each council gets its workbook once, but for one without an address and one whose server refuses it."""
    season.mails.handler.at_address[address("Feignton")] = ["550 no such user"]
    season.nps("build", season.folder, code=0)
    sent = season.nps("mail", "invite", season.folder, "--send", "--today", "2026-11-02", code=1)
    assert "Feignwick" in sent.stdout + sent.stderr
    assert season.mails.handler.to() == {
        address(name): 1 for name in NAMES if name not in ("Feignton", "Feignwick")
    }
    for addresses, message in season.mails.handler.taken:
        (attached,) = message.iter_attachments()
        assert (
            attached.get_content()
            == (season.round.paths.workbooks / str(attached.get_filename())).read_bytes()
        )
        assert addresses[0].removeprefix("procurement@").removesuffix(".example") in str(
            attached.get_filename()
        )
    season.nps("mail", "invite", season.folder, "--send", "--today", "2026-11-03")
    assert max(season.mails.handler.to().values()) == 1


def first_day(season: Season, office: Callable[[Sequence[Job]], list[list[Row]]]) -> None:
    """Some fill it in by LibreOffice, some by a library; there is a blank, a bounce, an automatic reply."""
    office(
        [
            Job(
                season.workbook(name),
                season.round.paths.returns / f"{name}.xlsx",
                levels(season, "2 Developing"),
            )
            for name in NAMES[:3]
        ]
    )
    for name in NAMES[3:5]:
        book = openpyxl.load_workbook(season.workbook(name))
        for sheet, cell, text in levels(season, "3 Mature"):
            book[sheet][cell] = text
        book.save(season.round.paths.returns / f"{name}.xlsx")
    season.writes("blank.eml", mail("Mockwick", season.workbook("Mockwick").read_bytes(), "2026-11-16"))
    season.writes("bounce.eml", bounce(address("Samplebury")))
    away = mail("Sampleford", None, "2026-11-02")
    away["Auto-Submitted"] = "auto-replied"
    season.writes("away.eml", away)
    season.nps("ingest", season.folder, "--today", "2026-11-20")
    states = season.states("2026-11-20")
    assert (states[State.RETURNED], states[State.BLANK], states[State.MISSING]) == (5, 1, 24)
    assert season.state("Mockwick", "2026-11-20") is State.BLANK
    stands = season.stands("2026-11-20").by_code[season.council("Samplebury").gss_code]
    assert stands.bounced == (address("Samplebury"),)


def second_day(season: Season) -> None:
    """One declines, one merges; returns come by mail, one in two parts, one again; rulings are written."""
    season.nps("round", "set", season.folder, "Samplewick", "declined", "--why", "uses another framework")
    season.nps("round", "set", season.folder, "Feignshire", "merged", "--why", "now Feignham")
    for name, level in (("Sampleham", 3), ("Sampleshire", 4)):
        book = season.returns(name, level, file="sent.xlsx")
        season.writes(f"{name}.eml", mail(name, book.read_bytes(), "2026-11-30"))
        book.unlink()
    refs = [row.code for row in season.round.framework.rows]
    season.returns("Sampleton", 2, refs[:30], "first half.xlsx")
    season.returns("Sampleton", 2, refs[30:], "second half.xlsx")
    season.returns("Mockshire", 5, file="Mockshire again.xlsx", date="2026-11-30")
    season.returns("Trialbury", 3, date="2026-11-29")
    with (season.folder / "corrections.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(",Mockbury,EC1,current,5,Telephone,Lead,2026-12-01\r\n")
    with (season.folder / "waivers.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("not-answered,Mockbury,Agreed,,\r\n")
    done = season.nps("ingest", season.folder, "--today", "2026-12-01")
    assert "1 correction applied" in done.stdout
    assert "New since the run of 2026-11-20" in done.stdout
    answers = {(row["council"].split()[0], row["ref"]): row["current"] for row in rows(season, "answers.csv")}
    assert answers["Mockbury", "EC1"] == "5"
    assert answers["Mockshire", "EC1"] == "5", "the return that came later counts"
    assert sum(name == "Sampleton" for name, _ in answers) == len(refs), "both parts count together"
    assert season.states("2026-12-01") == {
        State.RETURNED: 9,
        State.BLANK: 1,
        State.DECLINED: 1,
        State.MERGED: 1,
        State.MISSING: 18,
    }


def chase_and_third_day(season: Season) -> None:
    """Chased are those who were invited and are waited for, once a day; then most of them return."""
    handler = season.mails.handler
    handler.taken.clear()
    season.nps("mail", "chase", season.folder, "--send", "--today", "2026-12-11")
    quiet = {*NAMES[:5], "Samplebury", "Sampleham", "Sampleshire", "Sampleton", "Samplewick", "Trialbury"}
    expected = {
        address(name): 1 for name in NAMES if name not in {*quiet, "Feignshire", "Feignton", "Feignwick"}
    }
    assert handler.to() == expected
    season.nps("mail", "chase", season.folder, "--send", "--today", "2026-12-11")
    assert handler.to() == expected
    for number, name in enumerate(NAMES[14:22]):
        season.returns(name, 1 + number % 5, date="2026-12-15")
    season.returns(NAMES[22], 3, date="2026-12-20")
    season.nps("ingest", season.folder, "--today", "2026-12-21")
    states = season.states("2026-12-21")
    assert (states[State.RETURNED], states[State.LATE], states[State.MISSING]) == (17, 1, 9)


def close_and_publish(season: Season) -> None:
    """What counts is fixed: a later return changes no figure. Each council gets its own feedback."""
    season.nps("round", "close", season.folder, "--today", "2026-12-22", code=0)
    published = (season.round.paths.latest / "publication.xlsx").read_bytes()
    season.returns(NAMES[23], 5, date="2027-01-04")
    season.nps("ingest", season.folder, "--today", "2027-01-05")
    assert (season.round.paths.latest / "publication.xlsx").read_bytes() == published
    assert "late" in {row["status"] for row in rows(season, "returns.csv")}
    handler = season.mails.handler
    handler.taken.clear()
    season.nps("mail", "feedback", season.folder, "--send", "--today", "2027-01-11")
    returned = {
        address(name)
        for name in (*NAMES[:5], "Sampleham", "Sampleshire", "Sampleton", *NAMES[12:13], *NAMES[14:23])
    }
    assert handler.to() == dict.fromkeys(returned, 1)
    for addresses, message in handler.taken:
        whose = addresses[0].removeprefix("procurement@").removesuffix(".example")
        attached = [str(part.get_filename()) for part in message.iter_attachments()]
        assert len(attached) == 2
        assert all(f"-{whose}" in name for name in attached), "nobody gets another council's"
    season.nps("round", "verify", season.folder, code=0)


def next_year(season: Season) -> None:
    """The next round asks the councils that are left, and shows each its last level."""
    after = season.folder.parent / "2027"
    season.nps("round", "new", after, "--from", season.folder, "--due", "2027-12-17", code=0)
    season.nps("build", after, code=0)
    books = {path.stem.rpartition("-")[2] for path in (after / "workbooks").iterdir()}
    assert books == {name.casefold() for name in NAMES} - {"feignshire"}
    book = openpyxl.load_workbook(next((after / "workbooks").glob("*-mockshire.xlsx")), read_only=True)
    texts = {cell for row in book["Engaging councillors"].iter_rows(values_only=True) for cell in row}
    assert {"Last round", "5 Innovator"} <= texts


def rows(season: Season, name: str) -> list[dict[str, str]]:
    with (season.round.paths.latest / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def levels(season: Season, level: str) -> list[tuple[str, str, str | int]]:
    """The cells of every current and target level, and who completed it."""
    framework = season.round.framework
    keys = ("current", "target")
    return [(*cell_of(framework, row.code, key), level) for row in framework.rows for key in keys]


def mail(name: str, book: bytes | None, day: str) -> EmailMessage:
    """A mail from a council, with a workbook."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = address(name), USER, "RE: Self-assessment"
    message["Date"] = dt.datetime.fromisoformat(f"{day}T10:00:00+00:00")
    message.set_content("Please find attached.")
    if book:
        message.add_attachment(book, maintype="application", subtype="octet-stream", filename="return.xlsx")
    return message


def bounce(address_: str) -> bytes:
    """What a mail server writes that cannot deliver a mail (RFC 3464)."""
    return (
        "From: postmaster@mx.example\r\nTo: analyst@lga.example\r\nSubject: Undeliverable\r\n"
        "Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        "--r\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address_}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--r--\r\n"
    ).encode()

"""Mails to councils: who gets which, what they say and enclose, and what is kept of them."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nps_xlsx.model import Status
from nps_xlsx.season.came import Came
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Kind
from nps_xlsx.season.mails.due import Plan
from nps_xlsx.season.mails.kinds import MailKind, our_texts
from nps_xlsx.season.mails.outbox import SENDING, unsent
from nps_xlsx.season.mails.texts import TextError, Texts
from samples.make_returns import SAMPLES
from tests.support.commands import Run, nps
from tests.test_standing import asked, came, stand
from tests.test_standing import mail as told

LISTED = """council,email,contact,respondents,status,reason
Mockford,ann@mockford.example,Head of Procurement,,,
Exampleton,a@exampleton.example; b@exampleton.example,,Adult care; Highways,,
Fictonshire,f@fictonshire.example,,,declined,resources
Sampleborough,,,,,
"""
NEXT, DAY, LATER = "2022-11-02", "2022-12-08", "2022-12-09"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A round with its list of councils; the workbooks are no more than their names."""
    (tmp_path / "list.csv").write_text(LISTED, encoding="utf-8")
    made = nps(
        *("round", "new", tmp_path / "2022", "--councils", tmp_path / "list.csv", "--due", "2022-12-18"),
        *("--register", SAMPLES / "synthetic-councils.csv", "--return-to", "returns@lga.example"),
        *("--contact", "the team on 020 7000 0000", "--controller", "Local Government Example"),
    )
    assert made.returncode == 0, made.stderr
    for name in ("Z07000001-mockford", "Z06000001-exampleton-adult-care", "Z06000001-exampleton-highways"):
        (tmp_path / f"2022/workbooks/NPS-2022-{name}.xlsx").write_bytes(name.encode())
    return tmp_path / "2022"


def mail(folder: Path, kind: str, day: str, *options: str) -> Run:
    return nps("mail", kind, folder, "--today", day, *options)


def drafts(folder: Path, kind: str) -> dict[str, EmailMessage]:
    """The mails of a kind that lie in the outbox, by the names of their files."""
    return {
        path.name: message_from_bytes(path.read_bytes(), EmailMessage, policy=default)
        for path in sorted((folder / "outbox" / kind).rglob("*.eml"))
    }


def only(folder: Path, kind: str) -> EmailMessage:
    (one,) = drafts(folder, kind).values()
    return one


def text(one: EmailMessage, kind: str = "plain") -> str:
    body = one.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def attached(one: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in one.iter_attachments()]


def arrived(folder: Path, name: str, *, wrong: bool = False) -> Path:
    """A sample return among the returns, if wanted with a level that is none."""
    (path,) = (SAMPLES / "returns").glob(f"*-{name}.xlsx")
    target = Path(shutil.copy(path, folder / "returns"))
    if wrong:
        book = openpyxl.load_workbook(target)
        (cell,) = (row[2] for row in book["Enablers"].iter_rows() if row[0].value == "EN2")
        cell.value = "*nearly*"
        book.save(target)
    return target


def ingest(folder: Path, day: str) -> None:
    run = nps("ingest", folder, "--today", day)
    assert run.returncode in (0, 1), run.stderr


def sent(folder: Path) -> list[tuple[str, str]]:
    return [(one.gss_code, one.status) for one in Round(folder).events if one.kind is Kind.MAIL]


# --- Invitations


def test_each_council_is_sent_its_own_workbooks_once(folder: Path) -> None:
    """Who declined, or has no address, gets none; nobody gets a second one unless that is asked for."""
    run = mail(folder, "invite", NEXT)
    assert run.returncode == 1
    assert "Sampleborough" in run.stdout
    mockford, exampleton = (drafts(folder, "invite")[f"NPS-2022-{name}-invite-1.eml"] for name in WHO)
    assert attached(mockford) == ["NPS-2022-Z07000001-mockford.xlsx"]
    assert len(attached(exampleton)) == 2
    assert exampleton["To"] == "a@exampleton.example, b@exampleton.example"
    assert sent(folder) == [("Z07000001", "drafted"), ("Z06000001", "drafted")]
    mail(folder, "invite", DAY)
    assert len(drafts(folder, "invite")) == 2
    mail(folder, "invite", DAY, "--again", "--council", "Mockford")
    assert len(drafts(folder, "invite")) == 3


WHO = ("Z07000001-mockford", "Z06000001-exampleton")


def test_a_mail_says_who_asks_what_by_when_and_under_whose_responsibility(folder: Path) -> None:
    """Both of its parts have the salutation, due date, return address, contact and controller."""
    mail(folder, "invite", NEXT, "--council", "Mockford")
    one = only(folder, "invite")
    assert "2022" in one["Subject"]
    assert "Mockford" in one["Subject"]
    assert one["X-Unsent"] == "1"
    assert one["Date"] is None
    for body in (text(one), text(one, "html")):
        for words in (
            *("Dear Head of Procurement,", "18 December 2022", "returns@lga.example", "020 7000"),
            "Local Government Example is responsible",
        ):
            assert words in " ".join(body.split())


def test_the_same_input_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """What a kill before the journal was written leaves behind is written again alike."""
    journal = folder / "journal.csv"
    before = journal.read_bytes() if journal.exists() else b""
    mail(folder, "invite", NEXT)
    first = {path: path.read_bytes() for path in (folder / "outbox").rglob("*.*")}
    journal.write_bytes(before)
    (folder / "ledger.sqlite").unlink()
    (folder / "outbox/invite" / NEXT / "NPS-2022-stray-invite-1.eml").write_bytes(b"of a run that was killed")
    mail(folder, "invite", NEXT)
    assert {path: path.read_bytes() for path in (folder / "outbox").rglob("*.*")} == first


def test_what_is_missing_or_too_large_is_reported(folder: Path) -> None:
    """No workbook, or one larger than the server takes: no mail, an exit code of 1, and what to do."""
    (folder / "workbooks/NPS-2022-Z07000001-mockford.xlsx").unlink()
    run = mail(folder, "invite", NEXT, "--council", "Mockford")
    assert run.returncode == 1
    assert "nps build" in run.stdout
    (folder / "workbooks/NPS-2022-Z07000001-mockford.xlsx").write_bytes(bytes(15_000_000))
    run = mail(folder, "invite", NEXT, "--council", "Mockford")
    assert run.returncode == 1
    assert "largest_mb" in run.stdout
    assert not drafts(folder, "invite")


def test_the_list_for_a_mail_merge_has_every_mail_of_the_day(folder: Path) -> None:
    """A second run of the day adds to it, and its attachments are files that are there."""
    mail(folder, "invite", NEXT, "--council", "Mockford")
    mail(folder, "invite", NEXT)
    with (folder / "outbox/invite" / NEXT / "mailing.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["gss_code"] for row in rows] == ["Z07000001", "Z06000001"]
    assert all((folder / one).is_file() for row in rows for one in row["attachments"].split("; "))


def test_a_preview_writes_nothing(folder: Path) -> None:
    """It prints the one mail, also to a council that had it."""
    mail(folder, "invite", NEXT)
    before = sorted(folder.rglob("*"))
    run = mail(folder, "invite", DAY, "--preview", "Mockford")
    assert "Dear Head of Procurement," in run.stdout
    assert "NPS-2022-Z07000001-mockford.xlsx" in run.stdout
    assert sorted(folder.rglob("*")) == before


def test_a_mail_that_may_have_gone_out_is_not_drafted_anew(folder: Path) -> None:
    """After a kill while it was being sent nobody knows, so that another could be the second one."""
    mail(folder, "invite", NEXT, "--council", "Mockford")
    with Round(folder).ledger() as ledger:
        (draft,) = unsent(Round(folder), ledger.events, MailKind.INVITE)
        ledger.record(replace(draft.event, status=SENDING))
    assert mail(folder, "invite", DAY, "--again", "--council", "Mockford").returncode == 1
    assert len(drafts(folder, "invite")) == 1


def test_a_draft_is_sent_as_its_file_has_it(folder: Path) -> None:
    """What was changed by hand goes out too; the header that makes it a draft does not."""
    mail(folder, "invite", NEXT, "--council", "Mockford")
    round_ = Round(folder)
    (draft,) = unsent(round_, round_.events, MailKind.INVITE)
    draft.path.write_bytes(draft.path.read_bytes().replace(b"Dear Head", b"Dear Dear Head"))
    ready = draft.message()
    assert ready["X-Unsent"] is None
    assert "Dear Dear Head" in text(ready)
    assert draft.addresses == ("ann@mockford.example",)


# --- Chasing and replying


def test_a_return_with_errors_is_answered_with_what_to_put_right(folder: Path) -> None:
    """The mail has the reply text and the marked-up copy; nobody is chased on the day it was written to."""
    mail(folder, "invite", NEXT)
    arrived(folder, "mockford", wrong=True)
    ingest(folder, DAY)
    mail(folder, "chase", DAY, "--council", "Mockford")
    assert not drafts(folder, "chase")  # it has answered today
    mail(folder, "reply", DAY)
    mail(folder, "reply", LATER)
    reply = only(folder, "reply")
    assert attached(reply) == ["NPS-2022-Z07000001-mockford-to-look-at.xlsx"]
    assert "EN2" in text(reply)
    assert "*nearly*" in text(reply)
    assert "*nearly*" in text(reply, "html")
    mail(folder, "chase", LATER)
    mail(folder, "chase", LATER)
    assert {one["To"]: len(attached(one)) for one in drafts(folder, "chase").values()} == {
        "ann@mockford.example": 1,  # the marked-up copy
        "a@exampleton.example, b@exampleton.example": 2,  # nothing came: both workbooks again
    }


def test_a_clean_return_is_acknowledged_and_never_chased(folder: Path) -> None:
    """It gets one reply without an attachment."""
    mail(folder, "invite", NEXT)
    arrived(folder, "mockford")
    ingest(folder, DAY)
    mail(folder, "reply", DAY)
    mail(folder, "reply", LATER)
    assert attached(only(folder, "reply")) == []
    mail(folder, "chase", LATER, "--council", "Mockford")
    assert not drafts(folder, "chase")


def test_nobody_is_chased_while_returns_lie_unread(folder: Path) -> None:
    """What came since the last ingest may be the very return."""
    mail(folder, "invite", NEXT)
    arrived(folder, "mockford")
    assert mail(folder, "chase", DAY).returncode == 2
    assert not drafts(folder, "chase")


def test_feedback_and_thanks_go_to_those_who_returned(folder: Path) -> None:
    """Feedback encloses the two documents of the council, once; thanks enclose nothing."""
    arrived(folder, "mockford")
    ingest(folder, DAY)
    for kind in ("feedback", "thank"):
        assert mail(folder, kind, LATER).returncode == 0
        assert mail(folder, kind, LATER).returncode == 0
    names = attached(only(folder, "feedback"))
    assert [name and name.rpartition("mockford-")[2] for name in names] == [
        "feedback.xlsx",
        "action-plan.xlsx",
    ]
    assert attached(only(folder, "thank")) == []


REFUSED = came(Status.REFUSED, "2026-12-02")


@pytest.mark.parametrize(
    ("kind", "files", "given", "due"),
    [
        ("invite", [], {}, [((), "")]),
        ("invite", [], {"status": "declined"}, []),
        ("chase", [], {}, [((), "")]),
        ("chase", [], {"status": "merged"}, []),
        ("chase", [came(Status.BLANK)], {}, [((), "blank")]),
        ("chase", [came(Status.OTHER_ROUND)], {}, [((), "other-round")]),
        (
            "chase",
            [came(Status.BLANK, "2026-12-01"), came(Status.REFUSED, "2026-12-02")],
            {},
            [("refused", "")],
        ),
        ("chase", [came()], {}, []),
        ("chase", [came(errors=2)], {}, [("accepted", "")]),
        ("chase", [came(respondent="Highways")], {"respondents": ("Highways", "Adult care")}, [((), "")]),
        ("chase", [came(respondent="")], {"respondents": ("Highways", "Adult care")}, []),
        ("reply", [came(), came(Status.SUPERSEDED), came(Status.DUPLICATE)], {}, [("accepted", "")]),
        ("reply", [came(Status.REFUSED), came(Status.BLANK)], {}, [("refused", ""), ("blank", "")]),
        ("reply", [came(Status.REFUSED, notice="mail-without-workbook")], {}, []),
        ("feedback", [came(Status.REFUSED)], {}, []),
        ("thank", [came()], {}, [((), "")]),
    ],
)
def test_who_gets_which_mail(
    kind: str, files: list[Came], given: dict[str, Any], due: list[tuple[str | tuple[()], str]]
) -> None:
    """By what came from a council and what it decided: the returns that it is about, what came instead."""
    invited = [] if kind == "invite" else [told("invite", "2026-11-02")]
    found = stand(files, invited, of=[asked(**given)])
    plan = Plan(MailKind(kind), found, bounced=())
    assert [
        (one.returns[0].status.value if one.returns else (), one.came) for one in plan.due(found.councils[0])
    ] == due


def test_addresses_are_such_as_headers_can_have(folder: Path) -> None:
    """A domain of other letters is written in its ASCII form; an address that few servers take is refused."""
    councils = folder / "councils.csv"
    text_ = councils.read_text(encoding="utf-8-sig")
    councils.write_text(text_.replace("mockford.example", "m\u00f6ckford.example"), encoding="utf-8")
    mail(folder, "invite", NEXT, "--council", "Mockford")
    assert only(folder, "invite")["To"] == "ann@xn--mckford-90a.example"
    councils.write_text(text_.replace("ann@", "\u00e4nn@"), encoding="utf-8")
    assert mail(folder, "invite", DAY).returncode == 2


# --- What comes back

BOUNCE = b"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: returns@lga.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ann@mockford.example
Action: failed
Status: 5.1.1

--b--
"""
AUTOMATIC = b"""From: b@exampleton.example
To: returns@lga.example
Subject: Automatic reply: your workbook
Auto-Submitted: auto-replied

Back on Monday.
"""


def test_a_bounce_marks_the_address(folder: Path) -> None:
    """Nothing more goes there until councils.csv has another address; then the invitation goes again."""
    mail(folder, "invite", NEXT)
    (folder / "returns/bounce.eml").write_bytes(BOUNCE)
    (folder / "returns/away.eml").write_bytes(AUTOMATIC)
    ingest(folder, DAY)
    ingest(folder, DAY)
    assert sent(folder)[2:] == [("Z06000001", "automatic"), ("Z07000001", "bounced")]
    run = mail(folder, "chase", LATER)
    assert "ann@mockford.example" in run.stdout
    assert len(drafts(folder, "chase")) == 1
    councils = folder / "councils.csv"
    councils.write_bytes(councils.read_bytes().replace(b"ann@", b"joe@"))
    mail(folder, "invite", LATER)
    newest = drafts(folder, "invite")["NPS-2022-Z07000001-mockford-invite-2.eml"]
    assert newest["To"] == "joe@mockford.example"


# --- Texts

VALUES = {"council": "Mock_ford & <b>Sons</b> *x*", "round": "2022"}


def written(folder: Path, source: str) -> str:
    (folder / "mails").mkdir(exist_ok=True)
    (folder / "mails/thank.txt").write_text(source, encoding="utf-8")
    made = Texts(folder)(MailKind.THANK, VALUES)
    return f"{made.subject}\n{made.plain}\n{made.html}"


def test_one_text_makes_both_parts(tmp_path: Path) -> None:
    """The text's own Markdown is shown as such in HTML; what is filled in is not taken for any."""
    made = written(tmp_path, "Subject: To {{ council }}\n\nDear *{{ council }}*,\n\n- one\n- two\n")
    assert made.startswith(
        "To Mock_ford & <b>Sons</b> *x*\nDear *Mock_ford & <b>Sons</b> *x**,\n\n- one\n- two"
    )
    assert "<em>Mock_ford &amp; &lt;b&gt;Sons&lt;/b&gt; *x*</em>" in made
    assert "<li>one</li>" in made


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Subject: a\n\nDear {{ counsil }},", "thank.txt, line 3"),
        ("Subject: a\n\n{% if council %}", "thank.txt, line 3"),
        ("Subject: a\n\nx\n{{ council + 1 }}", "thank.txt, line 4"),
        ("Subject: a\n\n{{ council.__class__.__mro__ }}", "thank.txt, line 3"),
        ('Subject: a\n\n{% include "other.txt" %}', "thank.txt, line 3"),
        ("Dear {{ council }}", "thank.txt, line 1"),
        ("Subject: a\n\n", "thank.txt"),
    ],
)
def test_a_fault_of_a_text_is_reported_with_its_place(tmp_path: Path, source: str, place: str) -> None:
    """A name that there is not, broken syntax, a way out of the sandbox, no subject, no text."""
    with pytest.raises(TextError) as found:
        written(tmp_path, source)
    assert place in str(found.value)


def test_the_texts_stand_in_the_folder_of_the_round(folder: Path) -> None:
    """What is changed there is what is sent; a text that was deleted is the program's own."""
    path = folder / "mails/invite.txt"
    assert path.read_text(encoding="utf-8") == our_texts()["invite.txt"]
    path.write_text("Subject: Ours\n\nHello {{ salutation }}\n", encoding="utf-8")
    (folder / "mails/thank.txt").unlink()
    mail(folder, "invite", NEXT, "--council", "Mockford")
    assert (only(folder, "invite")["Subject"], text(only(folder, "invite"))) == (
        "Ours",
        "Hello Head of Procurement\n",
    )
    arrived(folder, "mockford")
    ingest(folder, DAY)
    assert mail(folder, "thank", LATER).returncode == 0

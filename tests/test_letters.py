"""Who sent the mail that a return came in, when, and under what subject."""

from __future__ import annotations

import datetime as dt
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from nps_xlsx.ingester import read_return
from nps_xlsx.ingester.containers.letters import HEADER_LIMIT, SUBJECT_LIMIT, first_headers, letter_of
from nps_xlsx.model import Framework, Received
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import guarded
from nps_xlsx.reports.listings import LISTINGS, return_rows
from tests.support.messages import Value, compound
from tests.support.messages import attached as object_attached
from tests.support.messages import message as outlook_message
from tests.test_containers import BOOK, MESSAGES, attached, message, one, zipped

ZONED = "Mon, 02 Nov 2026 10:00:00 +0100"


def mail(sender: str, to: str, subject: str = "Return", *, with_file: bool = True) -> EmailMessage:
    """A mail between two addresses, with a workbook or without."""
    letter = attached(("a.xlsx", BOOK)) if with_file else message()
    for name, value in (("From", sender), ("To", to), ("Subject", subject)):
        letter.replace_header(name, value)
    letter["Date"] = ZONED
    return letter


def received(tmp_path: Path, content: bytes | EmailMessage, name: str = "a.eml") -> Received:
    """The mail that the one file within came in."""
    [source] = one(tmp_path, name, content)
    assert source.received is not None
    return source.received


def of(**headers: str) -> Received:
    """What headers say; an underscore stands for a hyphen."""
    return letter_of(first_headers((key.replace("_", "-"), value) for key, value in headers.items())).received


def test_a_file_knows_the_mail_that_it_came_in(tmp_path: Path) -> None:
    """Sender, time in UTC and subject come with whatever a mail encloses, in a zip in it too."""
    letter = mail("Ann Officer <ann@medway.example>", "lga@example.org", "Réturn – 2026")
    expected = Received("ann@medway.example", "2026-11-02T09:00:00Z", "Réturn – 2026")
    assert received(tmp_path, letter) == expected
    letter.clear_content()
    letter.add_attachment(zipped(x___xlsx=BOOK), maintype="application", subtype="zip", filename="a.zip")
    assert received(tmp_path, letter) == expected


def test_a_mail_without_a_file_and_a_failed_file_know_it_too(tmp_path: Path) -> None:
    """The row of a bare mail, and of a damaged zip in a mail, say who sent it."""
    bare = mail("ann@medway.example", "lga@example.org", with_file=False)
    assert received(tmp_path, bare).sender == "ann@medway.example"
    bare.add_attachment(zipped(x=b"1")[:-9], maintype="application", subtype="zip", filename="a.zip")
    assert received(tmp_path, bare).sender == "ann@medway.example"


def test_a_file_that_came_in_no_mail_says_nothing(tmp_path: Path) -> None:
    """A file in a folder or a zip has no sender."""
    [source] = one(tmp_path, "a.zip", zipped(a___xlsx=BOOK))
    assert source.received is None


@pytest.mark.parametrize("way", ["as a mail", "as a file", "in a zip"])
@pytest.mark.parametrize(
    ("outer", "to", "inner", "counts"),
    [
        ("ben@lga.example", "ann@lga.example", "officer@medway.example", "officer@medway.example"),
        ("officer@medway.example", "ann@lga.example", "clerk@medway.example", "officer@medway.example"),
        ("officer@medway.example", "ann@lga.example", "ben@lga.example", "officer@medway.example"),
        ("officer@region.example", "ann@lga.example", "clerk@medway.example", "clerk@medway.example"),
        ("officer@medway.example", "ann@lga.example", "", "officer@medway.example"),
    ],
    ids=["a colleague of ours", "a colleague of theirs", "what we sent", "somebody between", "a draft"],
)
def test_of_a_mail_passed_on_the_councils_counts(
    tmp_path: Path, way: str, outer: str, to: str, inner: str, counts: str
) -> None:
    """A mail passed on by somebody else is its writer's; one passed on within the council is its sender's."""
    enclosed, letter = mail(inner, outer), mail(outer, to, with_file=False)
    if way == "as a mail":
        letter.add_attachment(enclosed)
    else:
        content = enclosed.as_bytes() if way == "as a file" else zipped(x___eml=enclosed.as_bytes())
        letter.add_attachment(content, maintype="application", subtype="octet-stream", filename="x.eml")
    assert received(tmp_path, letter).sender == counts


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ("ann@medway.example", "ann@medway.example"),
        ('"Officer, Ann" <ann@medway.example>', "ann@medway.example"),
        ('"old@other.example" <ann@medway.example>', "ann@medway.example"),
        ("=?utf-8?q?Officer=2C_Ann?= < ann@medway.example >", "ann@medway.example"),
        ("ann@medway.example (Ann Officer)", "ann@medway.example"),
        ("Ann Officer </O=EXCHANGELABS/CN=ANN>", "reply@medway.example"),
        ("", "reply@medway.example"),
        ("(" * 10_000, "reply@medway.example"),
    ],
)
def test_the_address_of_a_sender_is_found(header: str, sender: str) -> None:
    """The address alone is kept, whatever name stands beside it; without one, that to reply to."""
    assert of(From=header, Reply_To="reply@medway.example").sender == sender


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        (ZONED, "2026-11-02T09:00:00Z"),
        ("2 Nov 2026 10:00 GMT", "2026-11-02T10:00:00Z"),
        ("Mon, 02 Nov 2026 10:00:00 -0000", "2026-11-02T10:00:00Z"),
        ("Mon, 02 Nov 2026\r\n 10:00:00 +0000 (GMT)", "2026-11-02T10:00:00Z"),
        ("yesterday", "2026-11-03T00:00:00Z"),
        ("1 Jan 99999999999999999999 10:00 +0000", "2026-11-03T00:00:00Z"),
        ("31 Dec 9999 23:59 -0100", "2026-11-03T00:00:00Z"),
        ("9" * 5_000, "2026-11-03T00:00:00Z"),
    ],
)
def test_the_time_of_a_mail_is_in_utc(date: str, sent_at: str) -> None:
    """A date of any zone is read; for one that cannot be, the last server's stands in."""
    assert of(Date=date, Received="from x by y; Tue, 3 Nov 2026 00:00:00 +0000").sent_at == sent_at


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("=?utf-8?B?UsOpdHVybg==?= =?iso-8859-1?Q?_R=E9?=", "Réturn Ré"),
        ("=?nonsense?q?x?=", "=?nonsense?q?x?="),
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
        ("two\r\n lines", "two lines"),
        ("R\udcc3\udca9turn", "Réturn"),
        ("turned \u202eround\0", "turned round"),
        ("x" * 9_999, "x" * (SUBJECT_LIMIT - 1) + "…"),
    ],
)
def test_a_subject_is_one_line_of_text(subject: str, shown: str) -> None:
    """Encoded words are read, what cannot be shown is left out, and its length is bounded."""
    assert of(Subject=subject).subject == shown


def test_headers_of_megabytes_cost_little() -> None:
    """No header is looked at beyond the limit, whatever it is made of."""
    began = time.monotonic()
    for piece in ("=?utf-8?q?a?= ", "<a@", "a@b <", "(", '"', "a" * 64 + "@"):
        long = piece * (1_000_000 // len(piece))
        assert len(of(From=long, To=long, Subject=long, Date=long, Received=long).sender) < HEADER_LIMIT
    assert time.monotonic() - began < 2


def test_the_same_is_known_of_a_message_of_outlooks(tmp_path: Path) -> None:
    """A .msg says it in its properties, or in the headers with which it came."""
    sent = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    book = object_attached(1, BOOK, "a.xlsx")
    exchange: dict[int, Value] = {
        0x0037: "Return",
        0x0C1F: "/O=EXCHANGELABS/CN=ANN",
        0x5D01: "ann@medway.example",
        0x0039: sent,
    }
    expected = Received("ann@medway.example", "2026-11-02T09:00:00Z", "Return")
    assert received(tmp_path, compound(outlook_message(exchange, [book])), "a.msg") == expected
    headers = f"Received: x\r\nFrom: Ann <ann@medway.example>\r\nSubject: Return\r\nDate: {ZONED}\r\n\r\n"
    assert received(tmp_path, compound(outlook_message({0x007D: headers}, [book])), "a.msg") == expected
    [first, _] = one(tmp_path, "b.msg", (MESSAGES / "return.msg").read_bytes())
    assert first.received == Received("officer@example.org", "", "Return")


def test_a_message_of_outlooks_passed_on_is_its_writers(tmp_path: Path) -> None:
    """Of a message embedded in one from a colleague to us, the embedded one's sender counts."""
    inner = outlook_message(
        {0x5D01: "ann@medway.example"}, [object_attached(1, BOOK, "a.xlsx")], is_top=False
    )
    outer = outlook_message({0x5D01: "ben@lga.example"}, [object_attached(5, inner)], ["returns@lga.example"])
    assert received(tmp_path, compound(outer), "a.msg").sender == "ann@medway.example"
    outer = outlook_message({0x5D01: "ben@lga.example"}, [object_attached(5, inner)], ["c@medway.example"])
    assert received(tmp_path, compound(outer), "a.msg").sender == "ben@lga.example"


def test_the_list_of_returns_says_it(tmp_path: Path, framework: Framework, register: Register) -> None:
    """returns.csv has the sender, the time and the subject of the mail, guarded as every text."""
    [source] = one(tmp_path, "a.eml", mail("ann@medway.example", "lga@example.org", "=1+1"))
    [row] = return_rows([read_return(source, framework, register)], framework)
    assert (row["sender"], row["sent_at"], row["subject"]) == (
        "ann@medway.example",
        "2026-11-02T09:00:00Z",
        "=1+1",
    )
    assert guarded(row["subject"]) == "'=1+1"
    assert list(row)[-3:] == list(LISTINGS["returns.csv"].columns)[-3:]

"""Attachments come out of whatever mailers wrap them in; what machines write is no return."""

from __future__ import annotations

import base64
import binascii
import json
import struct
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from asn1crypto import cms, core

from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.ingester.containers import tnef
from nps_xlsx.ingester.containers.compound import OLE_START, Compound, lone_stream
from nps_xlsx.ingester.containers.encoded import uuencoded, workbook_in_text
from nps_xlsx.model import Framework, Severity
from nps_xlsx.model.problems import CATALOGUE
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.reply import reply
from tests.support.messages import attached as object_attached
from tests.support.messages import compound
from tests.support.messages import message as outlook_message
from tests.test_containers import BOOK, attached, message, one, raw, told, zipped

B64 = base64.encodebytes(BOOK)
PLAIN64 = base64.b64encode(BOOK)
TEXT = b"Content-Type: text/plain\r\n\r\nSee attached.\r\n"


def uu(content: bytes, name: str = "a.xlsx") -> bytes:
    lines = [binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)]
    return b"begin 644 " + name.encode() + b"\n" + b"".join(lines) + b"`\nend\n"


# --- Attachments in whatever dress


@pytest.mark.parametrize(
    "part",
    [
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + B64,
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64 \r\n\r\n" + B64,
        b'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: "BASE64" \r\n\r\n' + B64,
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64;\r\n\r\n" + B64,
        b"Content-Type: application/vnd.ms-excel\r\nContent-Disposition: inline\r\n"
        b"Content-Transfer-Encoding: Base64\t\r\n\r\n" + B64,
        b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + B64,
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="a.xlsx"\r\n\r\n' + B64,
        b"Content-Type: nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\n" + B64,
        b"Content-Type: text/plain\r\n\r\nSee below.\r\n\r\n" + uu(BOOK),
        b"Content-Type: text/plain\r\n\r\n" + B64,
        b'Content-Type: multipart/appledouble; boundary="c"\r\n\r\n--c\r\n'
        b"Content-Type: application/applefile; name=a.xlsx\r\n\r\nx\r\n--c\r\n"
        b"Content-Type: application/x-msexcel; name=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + B64
        + b"\r\n--c--\r\n",
    ],
    ids=[
        "as text",
        "a space behind the encoding",
        "quotes round the encoding",
        "a semicolon behind the encoding",
        "inline",
        "as zip",
        "as picture with a name",
        "no type at all",
        "uuencoded",
        "base64 without the header",
        "with a Mac's resource fork",
    ],
)
def test_a_workbook_comes_out_under_any_type(tmp_path: Path, part: bytes) -> None:
    """What a part says of itself does not keep a workbook from being read, nor does it come twice."""
    [source] = one(tmp_path, "a.eml", raw(TEXT, part))
    assert (source.content, source.failure) == (BOOK, None)


def test_uuencoded_files_in_a_bare_mail_come_out(tmp_path: Path) -> None:
    """A mail without MIME gives every file that stands in its text, by its name."""
    mail = (
        b"From: a@example.org\nSubject: x\nMessage-ID: <1>\n\nTwo:\n\n"
        + uu(BOOK)
        + b"\n"
        + uu(b"x", "../b.txt")
    )
    found = one(tmp_path, "a.eml", mail)
    assert [(source.name, source.content) for source in found] == [
        ("a.eml/a.xlsx", BOOK),
        ("a.eml/.._b.txt", b"x"),
    ]
    words = mail.replace(b"begin 644", b"begin with").replace(b"\nend", b"\nfin")
    assert told(one(tmp_path, "a.eml", words)) == {"a.eml": "mail-without-workbook"}


@pytest.mark.parametrize(
    ("part", "slug"),
    [
        (
            b'Content-Type: text/x-moz-deleted; name="Deleted: a.xlsx"\r\n\r\nYou deleted it.',
            "mail-attachment-removed",
        ),
        (b"Content-Type: message/partial; id=x; number=1; total=2\r\n\r\nx", "file-archive"),
        (b"Content-Type: message/external-body; access-type=x\r\n\r\nContent-Type: a/b\r\n\r\n", "file-link"),
    ],
)
def test_an_attachment_that_is_not_there_is_told(tmp_path: Path, part: bytes, slug: str) -> None:
    """Deleted in Thunderbird, sent in pieces or left elsewhere: each is told as that."""
    [found] = told(one(tmp_path, "a.eml", raw(TEXT, part))).values()
    assert found == slug


@pytest.mark.parametrize(
    "start",
    [
        b"Received: from x by y;\r\n Mon, 2 Nov 2026 10:00:00 +0000\r\n",
        b"DKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\n",
        b"X-Anything: yes\r\n" + b"ARC-Seal: i=1;\r\n b=abcdef\r\n" * 700,
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"From x@example.org Mon Nov 21 2022\r\n",
        b">From x@example.org Mon Nov 21 2022\r\n",
        b"Content-Language: en-GB\r\n",
    ],
)
@pytest.mark.parametrize("name", ["a.eml", "a"])
def test_a_mail_is_known_whichever_header_begins_it(tmp_path: Path, start: bytes, name: str) -> None:
    """A mail that was signed in clear is opened, whatever stands first and whatever it is called."""
    mail = (
        b'Message-ID: <1@example.org>\r\nContent-Type: multipart/signed; micalg=sha-256; boundary="s"\r\n'
        b"From: a@example.org\r\nMIME-Version: 1.0\r\n\r\n--s\r\n"
        b"Content-Type: application/octet-stream; name=a.xlsx\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + B64
        + b"\r\n--s\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx\r\n--s--\r\n"
    )
    assert told(one(tmp_path, name, start + mail)) == {f"{name}/a.xlsx": ""}


def p7m(inner: bytes) -> bytes:
    """A message in a signature of nobody's."""
    content = {"content_type": "data", "content": inner}
    signed = cms.SignedData(
        {"version": "v1", "digest_algorithms": [], "encap_content_info": content, "signer_infos": []}
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def streamed(inner: bytes) -> bytes:
    """The same as OpenSSL and Outlook write it: lengths left open, the content in pieces."""
    pieces = b"".join(core.OctetString(inner[at : at + 1_000]).dump() for at in range(0, len(inner), 1_000))
    oid = bytes(core.ObjectIdentifier("1.2.840.113549.1.7.1").dump())
    data = b"\x30\x80" + oid + b"\xa0\x80\x24\x80" + pieces + b"\0" * 6
    signed = b"\x30\x80\x02\x01\x01\x31\0" + data + b"\x31\0\0\0"
    outer = bytes(core.ObjectIdentifier("1.2.840.113549.1.7.2").dump())
    return b"\x30\x80" + outer + b"\xa0\x80" + signed + b"\0" * 4


@pytest.mark.parametrize("wrap", [p7m, streamed])
def test_a_message_within_its_signature_is_opened(tmp_path: Path, wrap: object) -> None:
    """An opaque S/MIME signature keeps nothing back, in a mail and in a message of Outlook's."""
    assert callable(wrap)
    inner = attached(("a.xlsx", BOOK)).as_bytes()
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n"
    head += b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n\r\n"
    mail = head + base64.encodebytes(wrap(inner))
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml/smime.p7m.eml/a.xlsx": ""}
    outlook = compound(outlook_message({}, [object_attached(1, wrap(inner), "smime.p7m")]))
    assert told(one(tmp_path, "a.msg", outlook)) == {"a.msg/smime.p7m.eml/a.xlsx": ""}
    spoilt = head + base64.encodebytes(wrap(inner)[:40])
    assert told(one(tmp_path, "a.eml", spoilt)) == {"a.eml/smime.p7m": "mail-sealed"}


# --- winmail.dat


def attribute(number: int, value: bytes, level: int = 2) -> bytes:
    return struct.pack("<BII", level, number, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def prop(kind: int, number: int, value: bytes) -> bytes:
    count = struct.pack("<II", 1, len(value)) if kind in (0x1F, 0x1E, 0x0D, 0x102) else b""
    return struct.pack("<HH", kind, number) + count + value.ljust(-(-len(value) // 4) * 4, b"\0")


def winmail(*attachments: bytes) -> bytes:
    head = tnef.START + b"\1\0" + attribute(0x00089006, struct.pack("<I", 0x10000), 1)
    return head + attribute(0x00078008, b"IPM.Microsoft Mail.Note\0", 1) + b"".join(attachments)


def in_winmail(content: bytes = b"", title: str = "", *properties: bytes) -> bytes:
    found = attribute(0x00069002, bytes(14))
    found += attribute(0x00018010, title.encode("cp1252") + b"\0") if title else b""
    found += attribute(0x0006800F, content) if content else b""
    said = struct.pack("<I", len(properties)) + b"".join(properties)
    return found + (attribute(0x00069005, said) if properties else b"")


LONG_NAME = prop(0x1F, 0x3707, "Réturn of a council.xlsx\0".encode("utf-16-le"))
NAMED = struct.pack("<HH16sII", 0x03, 0x8001, bytes(16), 0, 5) + struct.pack("<I", 7)
NAMED_TEXT = struct.pack("<HH16sII", 0x0B, 0x8002, bytes(16), 1, 6) + b"a\0b\0\0\0\0\0" + struct.pack("<I", 1)


def test_a_winmail_is_opened(tmp_path: Path) -> None:
    """The files in Outlook's wrapper come out by their long names, from a mail and from a folder."""
    content = winmail(
        in_winmail(BOOK, "RETURN~1.XLS", NAMED, NAMED_TEXT, LONG_NAME), in_winmail(BOOK, "b.xlsx")
    )
    inside = {"Réturn of a council.xlsx": "", "b.xlsx": ""}
    assert told(one(tmp_path, "winmail.dat", content)) == {f"winmail.dat/{name}": "" for name in inside}
    found = one(tmp_path, "a.eml", attached(("winmail.dat", content)))
    assert [source.name for source in found] == [f"a.eml/winmail.dat/{name}" for name in inside]
    assert {source.content for source in found} == {BOOK}
    assert {source.received.sender for source in found if source.received} == {"officer@example.org"}


def test_a_message_and_an_object_in_a_winmail_are_opened(tmp_path: Path) -> None:
    """A message forwarded within the wrapper gives its files, and so does an inserted object."""
    inner = winmail(in_winmail(BOOK, "a.xlsx"))
    forwarded = in_winmail(b"", "FW", prop(0x0D, 0x3701, bytes(16) + inner))
    drawn = in_winmail(b"", "", prop(0x0D, 0x3701, bytes(16) + compound({"Package": BOOK})))
    assert told(one(tmp_path, "w.dat", winmail(forwarded, drawn))) == {
        "w.dat/FW/a.xlsx": "",
        "w.dat/attachment": "",
    }


def test_a_winmail_of_formatting_alone_is_passed_over(tmp_path: Path) -> None:
    """Beside a good attachment it says nothing; alone it is a mail without a workbook."""
    both = attached(("a.xlsx", BOOK), ("winmail.dat", winmail()))
    assert told(one(tmp_path, "a.eml", both)) == {"a.eml/a.xlsx": ""}
    assert told(one(tmp_path, "a.eml", attached(("winmail.dat", winmail())))) == {
        "a.eml": "mail-without-workbook"
    }


def test_a_winmail_cut_short_or_boundless_ends(tmp_path: Path) -> None:
    """Wherever it is cut, a wrapper is opened as far as it goes, and no count in it is believed."""
    content = winmail(in_winmail(b"x" * 40, "a.xlsx", NAMED, LONG_NAME))
    for length in range(6, len(content)):
        assert one(tmp_path, "w.dat", content[:length])
    many = tnef.START + b"\1\0" + attribute(1, b"") * (tnef.ATTRIBUTE_LIMIT + 1)
    assert told(one(tmp_path, "w.dat", many)) == {"w.dat": "file-archive"}
    began = time.monotonic()
    endless = struct.pack("<IHHI", 0xFFFFFFFF, 0x1003, 1, 0xFFFFFFFF)
    one(tmp_path, "w.dat", winmail(in_winmail(b"", "", endless + bytes(1_000_000))))
    assert time.monotonic() - began < 1


# --- Objects in messages of Outlook's


def native(content: bytes) -> bytes:
    names = b"\2\0a.xlsx\0C:\\a.xlsx\0\0\0\3\0\5\0\0\0C:\\x\0"
    inner = names + struct.pack("<I", len(content)) + content + bytes(6)
    return struct.pack("<I", len(inner)) + inner


@pytest.mark.parametrize(
    "tree",
    [
        {"Package": BOOK},
        {"CONTENTS": BOOK},
        {"\1Ole10Native": native(BOOK), "\3ObjInfo": b"x"},
        {"\1Ole10Native": struct.pack("<I", len(BOOK)) + BOOK},
    ],
)
def test_an_inserted_workbook_is_read_whichever_stream_holds_it(
    tmp_path: Path, tree: dict[str, bytes]
) -> None:
    """A workbook inserted as an object comes out whole, and a picture beside it does not."""
    picture = object_attached(6, {"\2OlePres000": b"x"})
    found = one(tmp_path, "a.msg", compound(outlook_message({}, [picture, object_attached(6, tree)])))
    assert [(source.content, source.failure) for source in found] == [(BOOK, None)]


def test_an_old_workbook_inserted_stream_by_stream_is_put_together(tmp_path: Path) -> None:
    """An .xls whose streams stand in the message comes out as a file of its own."""
    book = bytes(range(256)) * 30
    tree = object_attached(6, {"Workbook": book, "\1CompObj": b"x"})
    [source] = one(tmp_path, "a.msg", compound(outlook_message({}, [tree])))
    assert Compound(source.content).read("workbook") == book
    small = Compound(lone_stream("Book", b"x")).read("book")
    assert small == b"x".ljust(4_096, b"\0")


# --- Files saved as text


@pytest.mark.parametrize(
    "content",
    [
        PLAIN64,
        B64.replace(b"\n", b"\r\n"),
        b"data:application/vnd.ms-excel;base64," + PLAIN64,
        json.dumps({"$content-type": "application/x", "$content": PLAIN64.decode()}).encode(),
        json.dumps({"name": "a.xlsx", "contentBytes": B64.decode(), "size": 9}, indent=2).encode(),
        json.dumps(PLAIN64.decode()).replace("/", "\\/").encode(),
        base64.urlsafe_b64encode(BOOK).rstrip(b"="),
        ("\ufeff" + PLAIN64.decode()).encode("utf-16-le"),
    ],
)
def test_a_workbook_that_came_as_text_is_decoded(tmp_path: Path, content: bytes) -> None:
    """A flow's base64, alone, in lines, in JSON or in an address, gives the workbook's own bytes."""
    [source] = one(tmp_path, "a.xlsx", content)
    assert (source.name, source.content, source.failure) == ("a.xlsx", BOOK, None)


def test_what_only_mentions_base64_stays_a_text(tmp_path: Path) -> None:
    """A log or a page that holds some base64 among other words is what it is, and costs little."""
    log = PLAIN64 + b"\n" + b"Some words, and more; " * 1_000
    assert one(tmp_path, "a.txt", log)[0].content == log
    began = time.monotonic()
    assert workbook_in_text(b"UEsDBB" * 2_000_000 + b"!" * 5_000) is None
    assert not list(uuencoded(b"begin 644 a\n" * 100_000))[1:]
    assert time.monotonic() - began < 2


def test_a_workbook_that_was_turned_into_text_is_told(
    tmp_path: Path, framework: Framework, register: Register
) -> None:
    """A zip or an .xls that was decoded as UTF-8 on the way cannot be mended, and the message says why."""
    for content in (zipped(a=bytes(range(256)) * 40), OLE_START + bytes(range(256)) * 40):
        [source] = one(tmp_path, "a.xlsx", content.decode("utf-8", "replace").encode())
        [found] = read_return(source, framework, register).problems
        assert (found.slug, "saved it as text" in found.message) == ("file-unreadable", True)


# --- What machines write


def report(kind: str, action: str, *, with_book: bool = True) -> bytes:
    """A report of a mail server, with the mail that it is about."""
    ours = attached(("NPS-2026-E06000035-medway.xlsx", BOOK)) if with_book else message()
    return (
        (
            f"From: postmaster@medway.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
            f'report-type={kind}; boundary="r"\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\n\r\n'
            f"--r\r\nContent-Type: message/{kind}\r\n\r\nReporting-MTA: dns;mx\r\n\r\n"
            f"Original-Recipient: rfc822;Proc@medway.example\r\n"
            f"Final-Recipient: rfc822; other@hub.example\r\n"
            f"Action: {action}\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n"
        ).encode()
        + ours.as_bytes()
        + b"\r\n--r--\r\n"
    )


def simple(headers: dict[str, str], *, book: bool = True) -> EmailMessage:
    mail = attached(("a.xlsx", BOOK)) if book else message()
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    return mail


NDR = outlook_message(
    {0x001A: "REPORT.IPM.Note.NDR"}, [object_attached(1, BOOK, "a.xlsx")], ["proc@medway.example"]
)
ENCLOSED = message()
ENCLOSED.replace_header("To", "proc@medway.example")
ENCLOSED.add_attachment(BOOK, maintype="application", subtype="x", filename="a.xlsx")
OLD = simple(
    {"From": "MAILER-DAEMON@example.org", "Subject": "Mail delivery failed: returning message"}, book=False
)
OLD.add_attachment(ENCLOSED)


@pytest.mark.parametrize(
    ("content", "recipient"),
    [
        (report("delivery-status", "failed"), "proc@medway.example"),
        (
            report("delivery-status", "failed").replace(b"multipart/report", b"multipart/mixed"),
            "proc@medway.example",
        ),
        (simple({"X_Failed_Recipients": "proc@medway.example"}).as_bytes(), "proc@medway.example"),
        (OLD.as_bytes(), "proc@medway.example"),
        (compound(NDR), "proc@medway.example"),
        (simple({"Return_Path": "<>", "Subject": "Undeliverable: NPS 2026"}).as_bytes(), ""),
    ],
    ids=["standard", "as mixed", "Exim", "by its sender", "Outlook", "by its subject"],
)
def test_a_mail_that_came_back_is_no_return(
    tmp_path: Path, content: bytes, recipient: str, framework: Framework, register: Register
) -> None:
    """A delivery report is one note that names whom the mail did not reach; our blank in it is not read."""
    [source] = one(tmp_path, "a.eml", content)
    returned = read_return(source, framework, register)
    assert [(found.slug, found.value) for found in returned.problems] == [("mail-undelivered", recipient)]
    assert returned.problems[0].severity is Severity.NOTE
    assert reply(returned, framework) == ""


def test_a_mail_that_came_back_is_known_within_another(tmp_path: Path) -> None:
    """A report that somebody passed on is told as such, attached as a mail or as a file."""
    content = report("delivery-status", "failed")
    outer = message()
    outer.add_attachment(content, maintype="application", subtype="octet-stream", filename="b.eml")
    assert told(one(tmp_path, "a.eml", outer)) == {"a.eml/b.eml": "mail-undelivered"}
    within = raw(TEXT, b"Content-Type: message/rfc822\r\n\r\n" + content)
    assert told(one(tmp_path, "a.eml", within)) == {"a.eml/forwarded.eml/report": "mail-undelivered"}
    embedded = dict(NDR) | {"__properties_version1.0": bytes(24) + bytes(NDR["__properties_version1.0"])[32:]}  # type: ignore[arg-type] # a stream, no storage
    outlook = compound(outlook_message({}, [object_attached(5, embedded)]))
    assert told(one(tmp_path, "a.msg", outlook)) == {"a.msg/forwarded.msg/report": "mail-undelivered"}


@pytest.mark.parametrize(
    "content",
    [
        *(
            simple(headers, book=False).as_bytes()
            for headers in (
                {"Auto_Submitted": "auto-replied (vacation)"},
                {"X_Auto_Response_Suppress": "DR, OOF, AutoReply"},
                {"X_Autoreply": "yes"},
                {"Precedence": "auto_reply"},
                {"Return_Path": "<>"},
                {"Subject": "Automatic reply: NPS 2026"},
                {"Subject": "Out of office: NPS 2026"},
            )
        ),
        report("disposition-notification", "x", with_book=False),
        report("delivery-status", "delayed", with_book=False),
        compound(outlook_message({0x001A: "IPM.Note.Rules.OofTemplate.Microsoft"})),
        compound(outlook_message({0x001A: "REPORT.IPM.Note.IPNRN"})),
        compound(
            outlook_message({0x001A: "IPM.Note", 0x007D: "From: a@b\r\nAuto-Submitted: auto-replied\r\n\r\n"})
        ),
    ],
)
def test_an_automatic_reply_is_a_note(
    tmp_path: Path, content: bytes, framework: Framework, register: Register
) -> None:
    """What a machine answered is no error, and nobody is asked to send anything."""
    [source] = one(tmp_path, "a.eml", content)
    returned = read_return(source, framework, register)
    assert [(found.slug, found.severity) for found in returned.problems] == [
        ("mail-automatic", Severity.NOTE)
    ]
    assert reply(returned, framework) == ""


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}])
def test_a_workbook_that_a_machine_sent_is_read(tmp_path: Path, headers: dict[str, str]) -> None:
    """A flow or a ticket system that sends on a council's return does not make it an automatic reply."""
    assert told(one(tmp_path, "a.eml", simple(headers))) == {"a.eml/a.xlsx": ""}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Precedence": "list"},
        {"X_Auto_Response_Suppress": "DR, RN"},
        {"Subject": "RE: Automatic reply: NPS"},
        {"Subject": "Undeliverable"},
    ],
)
def test_a_decline_is_no_error(
    tmp_path: Path, headers: dict[str, str], framework: Framework, register: Register
) -> None:
    """A mail that a person wrote without a workbook is to be read, and says so."""
    [source] = one(tmp_path, "a.eml", simple(headers, book=False))
    assert isinstance(source, SourceFile)
    returned = read_return(source, framework, register)
    assert [(found.slug, found.severity) for found in returned.problems] == [
        ("mail-without-workbook", Severity.WARNING)
    ]
    assert "attach" in reply(returned, framework)
    assert {"mail-automatic", "mail-undelivered", "mail-attachment-removed"} <= CATALOGUE.keys()

"""Files come out of folders, zips and mails one by one; what cannot be opened says why."""

from __future__ import annotations

import base64
import io
import os
import random
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from nps_xlsx.ingester import SourceFile, collect, containers, read_return
from nps_xlsx.ingester.containers.labels import LENGTH_LIMIT, Labels, clean_name, clean_path, printable
from nps_xlsx.model import Framework, Place, Status
from nps_xlsx.model.problems import CATALOGUE, problem
from nps_xlsx.register.councils import Register
from tests.support.workbooks import write

DATA = Path(__file__).parent / "data"
MESSAGES = DATA / "mail"
LOGO = b"\x89PNG\r\n\x1a\n"


def zipped(**members: bytes) -> bytes:
    """A zip of these members; two underscores in a name stand for a slash, three for a full stop."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("___", ".").replace("__", "/"), content)
    return buffer.getvalue()


def workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    return buffer.getvalue()


BOOK = workbook()


def message(text: str = "Please find our return attached.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "officer@example.org", "returns@example.org", "Return"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(text)
    return mail


def attached(*files: tuple[str, bytes]) -> EmailMessage:
    mail = message()
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def raw(*parts: bytes, head: bytes = b"") -> bytes:
    """A mail of parts as they stand."""
    opening = b"From: officer@example.org\r\nMIME-Version: 1.0\r\n" + head
    opening += b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    return opening + b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def one(tmp_path: Path, name: str, content: bytes | EmailMessage) -> list[SourceFile]:
    """What comes out of one file."""
    data = content.as_bytes(policy=SMTP) if isinstance(content, EmailMessage) else content
    return list(collect([write(tmp_path / name, data)]))


def told(sources: list[SourceFile]) -> dict[str, str]:
    """The files by name, each with the kind of its failure; the catalogue has the kind and its words."""
    for source in sources:
        if source.failure:
            problem(source.failure.slug, Place(), **source.failure.words)
    found = {source.name: source.failure.slug if source.failure else "" for source in sources}
    assert len(found) == len(sources), "a name stands twice"
    return found


# --- Files and folders


def test_a_folder_of_everything_comes_out_in_order(tmp_path: Path) -> None:
    """Files, zips and mails at any depth of a folder are opened, in the order of their names."""
    (tmp_path / "in" / "below").mkdir(parents=True)
    write(tmp_path / "in" / "b.zip", zipped(x__z___xlsx=BOOK))
    write(tmp_path / "in" / "a.eml", attached(("m.xlsx", BOOK)).as_bytes())
    write(tmp_path / "in" / "below" / "c.xlsx", BOOK)
    found = list(collect([tmp_path / "in"]))
    assert [source.name for source in found] == ["a.eml/m.xlsx", "b.zip/x/z.xlsx", "below/c.xlsx"]
    assert {source.content for source in found} == {BOOK}


def test_a_workbook_named_zip_is_a_workbook(tmp_path: Path) -> None:
    """An .xlsx that a mail filter renamed .zip is not taken apart."""
    [source] = one(tmp_path, "return.zip", BOOK)
    assert (source.name, source.content, source.failure) == ("return.zip", BOOK, None)


@pytest.mark.parametrize("name", ["returns.zip", "returns.xlsx", "returns"])
def test_a_zip_of_files_is_opened_whatever_its_name(tmp_path: Path, name: str) -> None:
    """A zip of workbooks named .xlsx by mistake gives the workbooks."""
    assert told(one(tmp_path, name, zipped(a___xlsx=BOOK, b___txt=b"x"))) == {
        f"{name}/a.xlsx": "",
        f"{name}/b.txt": "",
    }


@pytest.mark.parametrize("member", ["mimetype", "Index/Document.iwa", "[Content_Types].xml"])
def test_a_document_in_a_zip_of_its_own_is_not_taken_apart(tmp_path: Path, member: str) -> None:
    """OpenDocument, Apple and Office files are one file each."""
    assert told(one(tmp_path, "a.zip", zipped(**{member.replace(".", "___"): b"x"}))) == {"a.zip": ""}


def test_a_pipe_is_told_and_not_waited_for(tmp_path: Path) -> None:
    """What is no ordinary file is told, and the rest goes on."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes in folders")
    os.mkfifo(tmp_path / "a.xlsx")
    write(tmp_path / "b.xlsx", BOOK)
    assert told(list(collect([tmp_path]))) == {"a.xlsx": "file-unreadable", "b.xlsx": ""}


@pytest.mark.slow
def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    """Of a file above the limit only the size is kept, in a folder, in a zip and in a mail alike."""
    large = bytes(containers.FILE_LIMIT + 1)
    write(tmp_path / "a.bin", large)
    write(tmp_path / "b.zip", zipped(a___bin=large))
    write(tmp_path / "c.eml", attached(("a.bin", large)).as_bytes())
    found = list(collect([tmp_path]))
    assert [source.name for source in found] == ["a.bin", "b.zip/a.bin", "c.eml/a.bin"]
    assert {(source.content, source.size) for source in found} == {(b"", len(large))}


def test_files_are_read_one_at_a_time(tmp_path: Path) -> None:
    """A large zip is never in memory as a whole, and neither is what lies in it."""
    rng = random.Random(0)  # noqa: S311 - not for secrets
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}.bin", rng.randbytes(4_000_000))
    tracemalloc.start()
    assert sum(source.size for source in collect([tmp_path / "a.zip"])) == 80_000_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_file_beyond_every_limit_is_left_on_the_disk(tmp_path: Path) -> None:
    """What is larger than any container is known by its size, and none of it is read."""
    with (tmp_path / "a.eml").open("wb") as stream:
        stream.truncate(containers.CONTAINER_LIMIT + 1)
    tracemalloc.start()
    [source] = collect([tmp_path])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (source.content, source.size) == (b"", containers.CONTAINER_LIMIT + 1)
    assert peak < 1_000_000


# --- Zips


def test_a_zip_with_a_password_is_told_for_each_file(tmp_path: Path) -> None:
    """The files that a password keeps shut are named."""
    content = bytearray(zipped(a___xlsx=BOOK))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.rindex(mark) if mark == b"PK\x01\x02" else content.index(mark)
        content[place + at] |= 1
    assert told(one(tmp_path, "a.zip", bytes(content))) == {"a.zip/a.xlsx": "file-encrypted"}


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (zipped(), "file-empty"),
        (zipped(folder__=b""), "file-empty"),
        (zipped(a___xlsx=BOOK)[:-30], "file-unreadable"),
        (zipped(a___txt=b"text " * 99).replace(b"PK\x01\x02", b"PK\xff\xff"), "file-unreadable"),
        (zipped(**{str(number): b"" for number in range(containers.MEMBER_LIMIT + 1)}), "file-archive"),
    ],
)
def test_a_zip_that_gives_nothing_has_its_row(tmp_path: Path, content: bytes, slug: str) -> None:
    """A zip without files, a damaged one and one of far too many files is told, not passed over."""
    assert told(one(tmp_path, "a.zip", content)) == {"a.zip": slug}


def test_a_damaged_member_is_told_and_the_others_come_out(tmp_path: Path) -> None:
    """Damage in one member of a zip does not cost the others."""
    content = zipped(a___txt=b"one " * 500, b___txt=b"two " * 500)
    damaged = content[:40] + b"\xff" * 5 + content[45:]
    assert told(one(tmp_path, "a.zip", damaged)) == {"a.zip/a.txt": "file-unreadable", "a.zip/b.txt": ""}


def test_a_name_that_climbs_stays_a_label(tmp_path: Path) -> None:
    """No name leaves the zip that it stands in, by steps upwards, roots, drives or backslashes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in (
            "../../up.xlsx",
            "/root.xlsx",
            "C:\\drive.xlsx",
            "a/../b\\..\\c.xlsx",
            "..",
            "x\u202e\x07.xlsx",
        ):
            archive.writestr(name, BOOK)
    assert sorted(told(one(tmp_path, "a.zip", buffer.getvalue()))) == [
        "a.zip/a/b/c.xlsx",
        "a.zip/attachment",
        "a.zip/drive.xlsx",
        "a.zip/root.xlsx",
        "a.zip/up.xlsx",
        "a.zip/x.xlsx",
    ]


def test_names_that_become_the_same_are_numbered(tmp_path: Path) -> None:
    """Two members whose cleaned names agree are told apart by a number."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("../a.xlsx", "/a.xlsx", "a (2).xlsx"):
            archive.writestr(name, BOOK)
    assert sorted(told(one(tmp_path, "z.zip", buffer.getvalue()))) == [
        "z.zip/a (2) (2).xlsx",
        "z.zip/a (2).xlsx",
        "z.zip/a.xlsx",
    ]


def test_names_from_a_mac_are_read(tmp_path: Path) -> None:
    """A name in UTF-8 that does not say so, as macOS zips it, is not garbled."""
    content = zipped(**{"Return – Ynys___xlsx": BOOK})
    unmarked = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        place = unmarked.index(mark) if mark == b"PK\x03\x04" else unmarked.rindex(mark)
        unmarked[place + at] &= ~0x08
    assert bytes(unmarked) != content
    assert list(told(one(tmp_path, "a.zip", bytes(unmarked)))) == ["a.zip/Return – Ynys.xlsx"]


def nested_zip(depth: int) -> bytes:
    content = zipped(a___xlsx=BOOK)
    for _ in range(depth - 1):
        content = zipped(n___zip=content)
    return content


def test_zips_in_zips_are_opened_down_to_the_limit(tmp_path: Path) -> None:
    """A file comes out of as many zips as the limit allows, and one zip more is told."""
    limit = containers.DEPTH_LIMIT
    deepest = "a.zip" + "/n.zip" * (limit - 1)
    assert told(one(tmp_path, "a.zip", nested_zip(limit))) == {f"{deepest}/a.xlsx": ""}
    assert told(one(tmp_path, "a.zip", nested_zip(limit + 1))) == {f"{deepest}/n.zip": "file-archive"}
    assert told(one(tmp_path, "a.zip", nested_zip(100))) == {f"{deepest}/n.zip": "file-archive"}


def bomb(breadth: int, depth: int) -> bytes:
    content = zipped(a=bytes(1_000_000))
    for _ in range(depth):
        content = zipped(**{str(number): content for number in range(breadth)})
    return content


def test_a_bomb_of_zips_stops_at_the_number_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A zip of zips of zips gives as many files as one file may, and then says that there are more."""
    monkeypatch.setattr(containers, "TOTAL_FILES", 100)
    found = one(tmp_path, "a.zip", bomb(30, 3))
    assert found[-1].failure is not None
    assert (found[-1].name, found[-1].failure.slug) == ("a.zip", "file-archive")
    assert len(found) <= 101


def test_a_bomb_of_zips_stops_at_the_number_of_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes out of one file is bounded in bytes too, however small the file."""
    monkeypatch.setattr(containers, "TOTAL_SIZE", 20_000_000)
    found = one(tmp_path, "a.zip", bomb(10, 2))
    assert found[-1].failure is not None
    assert (found[-1].name, found[-1].failure.slug) == ("a.zip", "file-archive")
    assert sum(source.size for source in found[:-1]) <= 20_000_000


def test_the_next_file_has_a_budget_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb costs nothing but itself."""
    monkeypatch.setattr(containers, "TOTAL_FILES", 5)
    write(tmp_path / "a.zip", bomb(10, 1))
    write(tmp_path / "b.zip", zipped(a___xlsx=BOOK))
    assert told(list(collect([tmp_path])))["b.zip/a.xlsx"] == ""


def test_a_directory_of_a_million_entries_is_not_read(tmp_path: Path) -> None:
    """A zip whose directory alone would fill the memory is refused by its length."""
    content = zipped(a=b"")
    at, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[at:end]
    directory = entry * (9 * 1024 * 1024 // len(entry))
    tail = content[end : end + 12] + len(directory).to_bytes(4, "little") + content[end + 16 :]
    began = time.monotonic()
    assert told(one(tmp_path, "a.zip", content[:at] + directory + tail)) == {"a.zip": "file-archive"}
    assert time.monotonic() - began < 1


# --- Mails


@pytest.mark.parametrize("name", ["mail.eml", "mail", "mail.txt"])
def test_a_mail_gives_its_attachments(tmp_path: Path, name: str) -> None:
    """A message is known by its first lines, and gives what is attached under its own name."""
    found = one(tmp_path, name, attached(("return.xlsx", BOOK), ("note.pdf", b"%PDF")))
    assert told(found) == {f"{name}/return.xlsx": "", f"{name}/note.pdf": ""}
    assert found[0].content == BOOK


def test_a_mail_of_few_headers_is_known_by_its_ending(tmp_path: Path) -> None:
    """A message without the headers that servers add is opened where it is named .eml."""
    bare = b"Subject: x\r\nContent-Disposition: attachment; filename=a.xlsx\r\n\r\nx"
    assert told(one(tmp_path, "a.eml", bare)) == {"a.eml/a.xlsx": ""}
    assert told(one(tmp_path, "a.txt", bare)) == {"a.txt": ""}


@pytest.mark.parametrize(
    "content",
    [
        BOOK,
        b"",
        b"%PDF-1.7",
        b"Ref,Level\nEC1,2\n",
        b"MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related; boundary=a\n\n--a--",
    ],
)
def test_what_is_no_mail_stays_a_file(tmp_path: Path, content: bytes) -> None:
    """A workbook, a web archive or a text is not taken for a message because of its name."""
    [source] = one(tmp_path, "a.eml", content)
    assert (source.name, source.content, source.failure) == ("a.eml", content, None)


def test_the_furniture_of_a_mail_is_passed_over(tmp_path: Path) -> None:
    """Texts, inline pictures, calendars, cards, signatures and Exchange's pieces of text are no returns."""
    mail = attached(("return.xlsx", BOOK))
    mail.add_attachment(LOGO, maintype="image", subtype="png", filename="logo.png", cid="<a@example.org>")
    mail.add_attachment(LOGO, maintype="image", subtype="png", disposition="inline", filename="line.png")
    mail.add_attachment(
        LOGO, maintype="application", subtype="x", filename="image001.png", cid="<b@example.org>"
    )
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    mail.add_attachment("BEGIN:VCARD", subtype="vcard", filename="officer.vcf")
    mail.add_attachment(b"x", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    mail.add_attachment("Kind regards", filename="ATT00001.txt")
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml/return.xlsx": ""}


def test_a_picture_that_is_attached_is_told(tmp_path: Path) -> None:
    """A scan of the form is a file handed in, though no workbook."""
    mail = message()
    mail.add_attachment(LOGO, maintype="image", subtype="png", filename="form.png")
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml/form.png": ""}


def test_a_mail_without_a_file_has_its_row(tmp_path: Path) -> None:
    """A message of text and pictures alone is told as a mail without a workbook."""
    mail = message()
    mail.add_alternative("<p>See the link</p>", subtype="html")
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml": "mail-without-workbook"}
    mail = message()
    mail.add_attachment(LOGO, maintype="image", subtype="png", filename="logo.png", cid="<a@example.org>")
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml": "mail-without-workbook"}


def test_a_mail_without_a_file_reads_as_a_return_refused(
    tmp_path: Path, framework: Framework, register: Register
) -> None:
    """The row of such a mail has the problem by its name."""
    [source] = one(tmp_path, "a.eml", message())
    returned = read_return(source, framework, register)
    assert returned.status is Status.REFUSED
    assert [found.slug for found in returned.problems] == ["mail-without-workbook"]


def test_a_forwarded_mail_gives_its_attachments(tmp_path: Path) -> None:
    """What is attached to a message within a message comes out, under the names of both."""
    inner = attached(("return.xlsx", BOOK))
    outer, named = message(), message()
    outer.add_attachment(inner)
    named.add_attachment(
        inner.as_bytes(), maintype="application", subtype="octet-stream", filename="FW a.eml"
    )
    assert told(one(tmp_path, "a.eml", outer)) == {"a.eml/forwarded.eml/return.xlsx": ""}
    assert told(one(tmp_path, "a.eml", named)) == {"a.eml/FW a.eml/return.xlsx": ""}


def test_a_forwarded_mail_in_base64_is_opened(tmp_path: Path) -> None:
    """A message within a message that a gateway encoded, against the standard, is opened too."""
    inner = base64.encodebytes(attached(("return.xlsx", BOOK)).as_bytes())
    part = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + inner
    assert told(one(tmp_path, "a.eml", raw(part))) == {"a.eml/forwarded.eml/return.xlsx": ""}
    spoilt = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n\r\nA"
    assert told(one(tmp_path, "a.eml", raw(spoilt))) == {"a.eml/forwarded.eml": "file-unreadable"}


def test_a_forwarded_mail_without_a_file_says_nothing_of_its_own(tmp_path: Path) -> None:
    """A covering mail within a mail that has the workbook is no fault; two bare mails are told once."""
    outer = attached(("return.xlsx", BOOK))
    outer.add_attachment(message())
    assert told(one(tmp_path, "a.eml", outer)) == {"a.eml/return.xlsx": ""}
    bare = message()
    bare.add_attachment(message())
    bare.add_attachment(message().as_bytes(), maintype="application", subtype="x", filename="b.eml")
    assert told(one(tmp_path, "a.eml", bare)) == {"a.eml": "mail-without-workbook"}


def test_zips_in_mails_and_mails_in_zips_are_opened(tmp_path: Path) -> None:
    """Containers of both kinds are opened within one another, each bare mail of a zip told."""
    mail = attached(("a.zip", zipped(x___xlsx=BOOK, y___eml=attached(("y.xlsx", BOOK)).as_bytes())))
    content = zipped(mail___eml=mail.as_bytes(), bare___eml=message().as_bytes())
    assert told(one(tmp_path, "z.zip", content)) == {
        "z.zip/bare.eml": "mail-without-workbook",
        "z.zip/mail.eml/a.zip/x.xlsx": "",
        "z.zip/mail.eml/a.zip/y.eml/y.xlsx": "",
    }


def test_a_mail_at_the_limit_of_depth_is_told(tmp_path: Path) -> None:
    """A mail in as many zips as are opened is named, and not opened."""
    content = attached(("a.xlsx", BOOK)).as_bytes()
    for _ in range(containers.DEPTH_LIMIT):
        content = zipped(n=content)
    path = "a.zip" + "/n" * containers.DEPTH_LIMIT
    assert told(one(tmp_path, "a.zip", content)) == {path: "file-archive"}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (b"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "encrypted"),
        (b"application/x-pkcs7-mime; name=smime.p7m", "encrypted"),
        (b"multipart/encrypted; boundary=b", "encrypted"),
        (b"application/x-microsoft-rpmsg-message; name=message.rpmsg", "encrypted"),
    ],
)
def test_a_sealed_mail_is_told(tmp_path: Path, kind: bytes, reason: str) -> None:
    """A message that is encrypted as a whole is told as that, and not as one without a workbook."""
    content = b"From: officer@example.org\r\nMIME-Version: 1.0\r\nContent-Type: " + kind + b"\r\n\r\nMIAG\r\n"
    [source] = one(tmp_path, "a.eml", content)
    assert source.failure is not None
    assert source.failure.slug == "mail-sealed"
    assert reason in source.failure.words["how"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"filename*=UTF-8''R%C3%A9turn%20%E2%80%93%202.xlsx", "Réturn – 2.xlsx"),
        (b"filename*0*=UTF-8''R%C3%A9;\r\n filename*1*=turn; filename*2=.xlsx", "Réturn.xlsx"),
        (b'filename="=?utf-8?B?UsOpdHVybi54bHN4?="', "Réturn.xlsx"),
        (b'filename="=?iso-8859-1?Q?R=E9turn?=\r\n =?iso-8859-1?Q?_2.xlsx?="', "Réturn 2.xlsx"),
        ('filename="Réturn.xlsx"'.encode(), "Réturn.xlsx"),
        (b'filename="../../etc/return.xlsx"', ".._.._etc_return.xlsx"),
        (b'filename="a/b.xlsx"', "a_b.xlsx"),
        (b"filename*=UTF-8''re%0D%0Aturn%00%E2%80%AE.xlsx", "re turn.xlsx"),
        (b'filename=".."', "attachment"),
        (b"filename=", "attachment"),
        (b"filename*=nonsense''%FF%ZZ.xlsx", "\ufffd%ZZ.xlsx"),
    ],
)
def test_names_of_attachments_are_decoded_and_cleaned(tmp_path: Path, header: bytes, name: str) -> None:
    """A name is read in each way in which mailers write it, and none of it leaves the mail."""
    part = (
        b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; " + header + b"\r\n\r\nx"
    )
    assert list(told(one(tmp_path, "a.eml", raw(part)))) == [f"a.eml/{name}"]


def test_an_attachment_without_a_name_comes_out(tmp_path: Path) -> None:
    """A part that is no text is handed in, though nobody named it."""
    part = b"Content-Type: application/octet-stream\r\n\r\nx"
    assert told(one(tmp_path, "a.eml", raw(part, part))) == {
        "a.eml/attachment": "",
        "a.eml/attachment (2)": "",
    }


def test_the_same_name_twice_is_numbered(tmp_path: Path) -> None:
    """Two attachments of one name are told apart."""
    found = one(tmp_path, "a.eml", attached(("a.xlsx", BOOK), ("a.xlsx", b"other")))
    assert [(source.name, source.content) for source in found] == [
        ("a.eml/a.xlsx", BOOK),
        ("a.eml/a (2).xlsx", b"other"),
    ]


def test_an_odd_header_costs_at_most_a_name(tmp_path: Path) -> None:
    """Headers on which the library's parser fails do not keep an attachment back."""
    deep = b"Content-Type: " + b"(" * 4_000 + b"\r\nContent-Disposition: attachment; filename=a.xlsx\r\n\r\nx"
    null = b"Content-Disposition: attachment; filename*=utf-\x009''x%FF.xlsx\r\n\r\nx"
    found = one(tmp_path, "a.eml", raw(deep, null))
    assert len(found) == 2
    assert set(told(found).values()) == {""}


def test_a_mail_cut_short_is_told(tmp_path: Path) -> None:
    """A message that ends before its attachment does not pass for one without."""
    whole = attached(("a.xlsx", BOOK)).as_bytes()
    cut = whole[: whole.index(b"Content-Type: application")]
    assert told(one(tmp_path, "a.eml", cut)) == {"a.eml": "file-unreadable"}
    unbounded = b"From: officer@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nx"
    assert told(one(tmp_path, "a.eml", unbounded)) == {"a.eml/attachment": "file-unreadable"}


def test_a_mailbox_of_many_mails_is_told(tmp_path: Path) -> None:
    """An mbox is not read as its first message alone."""
    mail = b"From x@example.org Mon Nov 21 2022\n" + attached(("a.xlsx", BOOK)).as_bytes()
    assert told(one(tmp_path, "a.eml", mail)) == {"a.eml/a.xlsx": ""}
    assert told(one(tmp_path, "a.eml", mail + b"\n" + mail)) == {"a.eml": "file-archive"}


def test_mails_nested_a_hundred_deep_are_told(tmp_path: Path) -> None:
    """Forwarded mails are opened down to the limit, and what lies deeper is named."""
    within = b"From: officer@example.org\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n"
    last = raw(b'Content-Type: x/y; name="a.xlsx"\r\n\r\nx')
    limit = containers.DEPTH_LIMIT
    path = "a.eml" + "/forwarded.eml" * (limit - 1)
    assert told(one(tmp_path, "a.eml", within * (limit - 1) + last)) == {f"{path}/a.xlsx": ""}
    for depth in (limit, 100):
        found = told(one(tmp_path, "a.eml", within * depth + last))
        assert found == {f"{path}/forwarded.eml": "file-archive"}
    assert told(one(tmp_path, "a.eml", within * 2_000 + last)) == {"a.eml": "file-archive"}


def test_a_mail_of_ten_thousand_attachments_is_told(tmp_path: Path) -> None:
    """A mail of more attachments than any mailer sends is refused in one row."""
    part = b"Content-Disposition: attachment; filename=a.xlsx\r\n\r\nx"
    assert told(one(tmp_path, "a.eml", raw(*[part] * 9_000))) == {"a.eml": "file-archive"}
    assert told(one(tmp_path, "a.eml", raw(*[part] * 10_001))) == {"a.eml": "file-archive"}


@pytest.mark.parametrize(
    "header",
    [
        b'filename="' + b"=?utf-8?q?a?= " * 50_000 + b'"',
        b"a=b; " * 200_000,
        b"(" * 200_000,
        b'filename="' + b"a" * 5_000_000 + b'"',
    ],
    ids=["words", "parameters", "comments", "length"],
)
def test_a_header_of_a_megabyte_costs_little(tmp_path: Path, header: bytes) -> None:
    """Headers on which the library's parser takes minutes and gigabytes are read in part only."""
    began = time.monotonic()
    part = b"Content-Type: x/y\r\nContent-Disposition: attachment; " + header + b"\r\n\r\nx"
    [source] = one(tmp_path, "a.eml", raw(part))
    assert len(source.name) < 200
    assert time.monotonic() - began < 3


def test_lines_without_end_cost_little(tmp_path: Path) -> None:
    """A mail of tens of millions of lines, or of many parts in one another, is refused by counting them."""
    began = time.monotonic()
    nest = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(190)
    )
    for body in (b"\r\n" + b"\n" * 30_000_000, nest + b"x\n" * 1_900_000):
        content = b"From: officer@example.org\r\nMIME-Version: 1.0\r\n" + body
        assert told(one(tmp_path, "a.eml", content)) == {"a.eml": "file-archive"}
    assert time.monotonic() - began < 5


# --- Outlook's messages


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("return.msg", {"return.msg/return.xlsx": "", "return.msg/return (2).xlsx": ""}),
        ("bare.msg", {"bare.msg": "mail-without-workbook"}),
        ("forwarded.msg", {"forwarded.msg/Return of a council/return.xlsx": ""}),
        ("deep.msg", {"deep.msg" + "/forwarded.msg" * containers.DEPTH_LIMIT: "file-archive"}),
        ("linked.msg", {"linked.msg/return.xlsx": "file-link"}),
        ("encrypted.msg", {"encrypted.msg/smime.p7m": "mail-sealed"}),
        ("signed.msg", {"signed.msg/smime.p7m/return.xlsx": ""}),
        ("old.msg", {"old.msg/Réturn.xlsx": "", "old.msg/RETURN~1.XLS": ""}),
        ("pasted.msg", {"pasted.msg/attachment": ""}),
    ],
)
def test_a_message_of_outlook_gives_its_attachments(name: str, expected: dict[str, str]) -> None:
    """Attached, forwarded, linked, sealed and pasted files come out, pictures and cards do not."""
    found = list(collect([MESSAGES / name]))
    assert told(found) == expected
    assert all(source.content.startswith(b"PK") for source in found if not source.failure)


def test_a_message_of_outlook_is_known_without_its_ending(tmp_path: Path) -> None:
    """A .msg under any name is opened, in a zip and in a mail too."""
    content = (MESSAGES / "return.msg").read_bytes()
    mail = attached(("FW", content)).as_bytes()
    expected = ["a.zip/a/return.xlsx", "a.zip/a/return (2).xlsx"]
    expected += ["a.zip/m.eml/FW/return.xlsx", "a.zip/m.eml/FW/return (2).xlsx"]
    assert list(told(one(tmp_path, "a.zip", zipped(a=content, m___eml=mail)))) == expected


def test_an_attachment_that_a_damaged_message_lost_is_told(tmp_path: Path) -> None:
    """Where a message says that it has more attachments than there are, the loss has a row."""
    content = (MESSAGES / "return.msg").read_bytes()
    lost = content.replace("__attach_version1.0_#00000003".encode("utf-16-le"), "x".encode("utf-16-le") * 29)
    assert lost != content
    assert told(one(tmp_path, "a.msg", lost)) == {
        "a.msg/return.xlsx": "",
        "a.msg/attachment": "file-unreadable",
    }


@pytest.mark.parametrize("length", [600, 3_000, 12_000, 17_000])
def test_a_damaged_message_is_told_as_damaged(
    tmp_path: Path, framework: Framework, register: Register, length: int
) -> None:
    """A .msg cut short anywhere is damaged, and does not pass for a mail without a workbook."""
    [source] = one(tmp_path, "a.msg", (MESSAGES / "return.msg").read_bytes()[:length])
    assert [found.slug for found in read_return(source, framework, register).problems] == ["file-unreadable"]


# --- Whatever comes


def damaged_containers() -> Iterator[bytes]:
    """Containers of every kind with bytes overwritten or cut off anywhere."""
    rng = random.Random(0)  # noqa: S311 - not for secrets
    outer = attached(("Réturn.xlsx", BOOK))
    outer.add_attachment(attached(("a.zip", zipped(a___xlsx=BOOK))))
    samples = [path.read_bytes() for path in sorted(MESSAGES.glob("*.msg"))]
    samples += [outer.as_bytes(), zipped(a___eml=outer.as_bytes(), b___msg=samples[0])]
    for _ in range(1_500):
        damaged = bytearray(rng.choice(samples))
        for _ in range(rng.choice([1, 5, 40])):
            damaged[rng.randrange(min(len(damaged), rng.choice([1_500, 20_000])))] = rng.randrange(256)
        yield bytes(damaged[: rng.choice([len(damaged), rng.randrange(1, len(damaged))])])


@pytest.mark.slow
def test_damage_never_raises_and_never_leaves_a_container_without_a_row(tmp_path: Path) -> None:
    """Each damaged container gives a row at least, and each failure is one that the catalogue has."""
    for content in damaged_containers():
        found = one(tmp_path, "a.eml", content)
        assert found
        assert {source.failure.slug for source in found if source.failure} <= CATALOGUE.keys()


# --- Labels


def test_labels_are_short_printable_and_stay_below() -> None:
    """A name is cut at its stem, keeps its ending, and holds nothing that cannot be shown."""
    assert clean_name("a" * 5_000 + ".xlsx").endswith("a….xlsx")
    assert len(clean_name("a" * 5_000 + ".xlsx")) == LENGTH_LIMIT
    assert clean_path("/".join(["a"] * 30_000)) == "a/a/a/a/a/a"
    assert printable("re\u0301turn\ud800\u2028\t.xlsx") == "r\u00e9turn .xlsx"
    assert clean_name(". ") == ""


def test_a_label_is_never_given_twice_and_quickly() -> None:
    """Thousands of the same name are numbered without looking through those given before."""
    labels = Labels()
    began = time.monotonic()
    assert len({labels.give("a.xlsx") for _ in range(20_000)}) == 20_000
    assert time.monotonic() - began < 1

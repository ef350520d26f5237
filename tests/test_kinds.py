"""A file is what it holds: every kind that councils send is told apart, whatever its name."""

from __future__ import annotations

import io
import random
import time
import zipfile
from pathlib import Path

import pytest

from nps_xlsx.ingester.containers.kinds import Format, is_litter, recognise
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Place
from nps_xlsx.model.problems import CATALOGUE, problem

DATA = Path(__file__).parent / "data" / "kinds"
OLE = bytes.fromhex("D0CF11E0A1B11AE1")


def zipped(*names: str, **contents: bytes) -> bytes:
    """A zip with empty members of these names, and members with these contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def data(name: str) -> bytes:
    return (DATA / name).read_bytes()


def refused(content: bytes, name: str = "return.xlsx") -> tuple[str, str]:
    """The kind of problem for which a file is refused, and what was found."""
    with pytest.raises(RefusedError) as caught:
        recognise(name, content)
    problem(caught.value.slug, Place(), **caught.value.words)  # the catalogue has the kind and its words
    return caught.value.slug, caught.value.words.get("found", caught.value.words.get("reason", ""))


XLSX = zipped("[Content_Types].xml", "xl/workbook.xml")
XLSM = zipped("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("book.xlsx", XLSX, Format.XLSX),
        ("book.XLSX", XLSX, Format.XLSX),
        ("mail.eml/Return v1.2 of a council.xlsm", XLSX, Format.XLSX),
        ("no ending", XLSX, Format.XLSX),
        ("backslashes.xlsx", zipped("[Content_Types].xml", "xl\\workbook.xml"), Format.XLSX),
        ("book.xlsb", data("book.xlsb"), Format.XLSB),
        ("book.ods", data("book.ods"), Format.ODS),
    ],
)
def test_a_workbook_of_a_current_format_is_recognised(name: str, content: bytes, format_: Format) -> None:
    """Each format is known by its contents, and a fitting name is not remarked on."""
    recognised = recognise(name, content)
    assert (recognised.format, recognised.notes) == (format_, ())


@pytest.mark.parametrize("name", ["book.xls", "book5.xls"])
def test_an_old_workbook_is_read_with_a_note(name: str) -> None:
    """Excel 97 and Excel 95 are recognised, and their age is noted."""
    recognised = recognise(name, data(name))
    assert recognised.format is Format.XLS
    assert recognised.notes == (("file-old-format", {}),)


@pytest.mark.parametrize(
    ("name", "content", "value", "found"),
    [
        ("return.zip", XLSX, ".zip", "an .xlsx workbook"),
        ("return.xls", XLSX, ".xls", "an .xlsx workbook"),
        ("a.zip/return.XLSX", data("book.ods"), ".XLSX", "an .ods workbook"),
        ("return.xlsx", data("book.xlsb"), ".xlsx", "an .xlsb workbook"),
        ("return.xlsx", data("book.xls"), ".xlsx", "an .xls workbook"),
        ("return.pdf", XLSX, ".pdf", "an .xlsx workbook"),
    ],
)
def test_a_wrong_ending_is_noted(name: str, content: bytes, value: str, found: str) -> None:
    """A workbook under another ending is read as what it is, with a note of both."""
    slug, words = recognise(name, content).notes[0]
    assert (slug, words) == ("file-misnamed", {"value": value, "found": found})


def test_macros_are_noted() -> None:
    """A workbook that carries macros says so, whichever ending hides them."""
    assert recognise("return.xlsm", XLSM).notes == (("file-has-macros", {}),)
    assert recognise("return.xlsx", XLSM).notes == (("file-has-macros", {}),)


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (data("password.xlsx"), "file-encrypted"),
        (data("password.xls"), "file-encrypted"),
        (data("password.ods"), "file-encrypted"),
        (data("rights.xlsx"), "file-rights-protected"),
        (data("rights.xls"), "file-rights-protected"),
    ],
)
def test_a_protected_workbook_is_told_by_its_protection(content: bytes, slug: str) -> None:
    """A password and rights management are told apart, for the council does different things about them."""
    assert refused(content)[0] == slug


TEXT = "it is a text file; there is no sheet in it"
VALUES = "it is a text file; its lines are values, as in a CSV"
IWORK = "it is an Apple Numbers, Pages or Keynote document"
PICTURE = "it is a picture"
OTHER = "its contents are of another kind"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n", "it is a PDF"),
        (b"{\\rtf1 x}", "it is a rich text document"),
        (b"\x89PNG\r\n\x1a\n", PICTURE),
        (b"\xff\xd8\xff\xe0", PICTURE),
        (b"GIF89a", PICTURE),
        (b"\0\0\0\x18ftypheic\0", PICTURE),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0", PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PICTURE),
        (b"<html><table>", "it is a web page"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE HTML>", "it is a web page"),
        ("\ufeff<html>".encode("utf-16-le"), "it is a web page"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "it is an XML Spreadsheet 2003",
        ),
        (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns">',
            "it is a flat OpenDocument XML file",
        ),
        (b"<?xml version='1.0'?><a/>", "it is an XML file"),
        (b"Ref,Level\r\nEC1,2\r\n", VALUES),
        ("\ufeffRef\tLevel\r\nEC1\t2\r\n".encode("utf-16-le"), VALUES),
        (b"just words", TEXT),
        ("Café, £5".encode("cp1252"), TEXT),
        (b"MZ is how this note begins", TEXT),
        (b"MZ\x90\0\x03\0\0\0", "it is a program"),
        (b"From: a@example.org\nSubject: Return\nMIME-Version: 1.0\n\nx", "it is a mail message"),
        (b"MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: x/y\n\nx", "it is a web archive"),
        (b"\x78\x9f\x3e\x22\x01\0\x01\x90", "it is Outlook's winmail.dat wrapper"),
        (
            bytes.fromhex("308006092A864886F70D010703A080"),
            "it is an encrypted or signed message (S/MIME)",
        ),
        (b"\x03\x7a\x01\x01\x01\0\0\0\x61\0\x0b\0" + bytes(20), OTHER),  # dBase
        (b"\x09\x04\x06\0\0\x04\x10\0" + bytes(20), OTHER),  # Excel 4
        (data("letter.docx"), "it is a Word document"),
        (data("letter.doc"), "it is a Word document"),
        (data("letter.odt"), "it is an OpenDocument text"),
        (data("slides.ppt"), "it is a presentation"),
        (zipped("[Content_Types].xml", "ppt/presentation.xml"), "it is a presentation"),
        (data("leaflet.pub"), "it is a Publisher document"),
        (data("other.db"), "it is a file of another program"),
        ((DATA.parent / "mail" / "return.msg").read_bytes(), "it is an Outlook message"),
        (zipped("Index/Document.iwa", "Metadata/Properties.plist"), IWORK),
        (zipped("Index.zip", "preview.jpg"), IWORK),
        (zipped("a.txt", "b.txt"), "it is a zip of other things"),
        (zipped(mimetype=b"application/epub+zip"), "it is a document of another kind"),
        (zipped(), "it is a zip with nothing in it"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_for_what_it_is(content: bytes, found: str) -> None:
    """Whatever is sent in place of a workbook is named, though its name says .xls."""
    assert refused(content, "return.xls") == ("file-not-workbook", found)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"7z\xbc\xaf\x27\x1c\0\4", "7-Zip"),
        (b"Rar!\x1a\x07\x01\0", "RAR"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"return.xlsx".ljust(257, b"\0") + b"ustar\x0000", "tar"),
        (b"MSCF\0\0\0\0", "a Windows cabinet"),
        (b"!BDN1234", "an Outlook mailbox"),
    ],
)
def test_an_archive_of_another_kind_is_told(content: bytes, found: str) -> None:
    """Archives other than zips are named, so that the analyst can unpack them."""
    assert refused(content, "return.zip") == ("file-archive", found)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (bytes.fromhex("4C0000000114020000000000C000000000000046") + bytes(60), "a Windows shortcut"),
        (b"[InternetShortcut]\r\nURL=https://example.org/\r\n", "an internet shortcut"),
        (b"[Desktop Entry]\nType=Link\nURL=https://example.org/\n", "a desktop shortcut"),
        (
            b'<?xml version="1.0"?><plist><dict><key>URL</key><string>x</string></dict></plist>',
            "a Mac web location",
        ),
        (b"bplist00\xd1\x01\x02SURL_\x10\x14https://example.org/", "a Mac web location"),
        (b"book\0\0\0\0mark\0\0\0\0", "a Mac alias"),
        (b'{"url": "https://docs.google.com/open?id=1", "doc_id": "1"}', "a Google Drive shortcut"),
        (
            b'{"":"WARNING!","doc_id":"1","resource_key":"","email":"a@example.org"}',
            "a Google Drive shortcut",
        ),
    ],
)
def test_a_link_in_place_of_a_document_is_told(content: bytes, found: str) -> None:
    """A shortcut that was sent for the file itself is refused as a link."""
    assert refused(content, "return.xlsx.lnk") == ("file-link", found)


@pytest.mark.parametrize(
    "content",
    [
        OLE + bytes(600),
        OLE,
        OLE + "EncryptedPackage".encode("utf-16-le"),
        data("book.xls")[:2_000],
        data("letter.doc")[:700],
        b"PK\x03\x04 and then nothing",
        XLSX[:-30],
        data("book.ods")[:4_000],
        bytes(5_000),
    ],
)
def test_a_damaged_file_is_told_as_damaged(content: bytes) -> None:
    """A file cut short, or of nought bytes alone, is damaged and not of another kind."""
    assert refused(content)[0] == "file-unreadable"


def test_an_empty_file_is_told() -> None:
    """A file of no bytes is empty."""
    assert refused(b"")[0] == "file-empty"


@pytest.mark.parametrize(
    "name",
    ["~$return.xlsx", "a/._return.xlsx", ".DS_Store", "Thumbs.db", ".~lock.return.xlsx#", "desktop.ini"],
)
def test_what_the_system_left_is_put_aside(name: str) -> None:
    """Locks and what file managers write are told as such, whatever they hold."""
    assert refused(b"\0" * 20, name)[0] == "file-of-the-system"
    assert refused(b"", name)[0] == "file-of-the-system"


def test_a_workbook_is_never_put_aside_for_its_name() -> None:
    """A return that is named like a lock is read all the same."""
    assert not is_litter("~$return.xlsx", XLSX)
    assert recognise("~$return.xlsx", XLSX).format is Format.XLSX


def test_a_member_with_a_password_is_told_as_protected() -> None:
    """A workbook whose parts are encrypted one by one, as zip programs do it, is refused for that."""
    content = bytearray(zipped("[Content_Types].xml", "xl/workbook.xml"))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    assert refused(bytes(content))[0] == "file-encrypted"


@pytest.mark.parametrize(
    "field", [(44, b"\xff\xff\xff\x0f"), (64, b"\xff\xff\xff\x0f"), (30, b"\xff\xff"), (48, b"\xff" * 4)]
)
def test_an_ole_file_that_promises_too_much_is_refused_at_once(field: tuple[int, bytes]) -> None:
    """Sizes in the header that the file has no room for cost neither time nor memory."""
    at, value = field
    content = bytearray(data("book.xls"))
    content[at : at + len(value)] = value
    began = time.monotonic()
    assert refused(bytes(content))[0] == "file-unreadable"
    assert time.monotonic() - began < 1


def test_damage_never_raises_anything_but_a_refusal() -> None:
    """With bytes overwritten or cut off anywhere, each sample is recognised or refused."""
    rng = random.Random(0)  # noqa: S311 - not for secrets
    samples = [path.read_bytes() for path in sorted(DATA.iterdir())]
    slugs = set()
    for _ in range(1_500):
        damaged = bytearray(rng.choice(samples))
        for _ in range(rng.choice([1, 5, 40])):
            damaged[rng.randrange(min(len(damaged), rng.choice([600, 20_000])))] = rng.randrange(256)
        length = rng.choice([len(damaged), rng.randrange(len(damaged))])
        try:
            recognise("return.xlsx", bytes(damaged[:length]))
        except RefusedError as refusal:
            slugs.add(refusal.slug)
    assert slugs <= CATALOGUE.keys()

"""Names for the contents of files that are neither zips nor compound files."""

from __future__ import annotations

import codecs
import re

from nps_xlsx.ingester.containers.zips import is_mangled
from nps_xlsx.ingester.refusal import DAMAGED, MANGLED, RefusedError

_HEAD = 8_192
"""Bytes looked at: marks stand at the beginning."""
_STUB_LIMIT = 16_384
"""Bytes of a link: what Google Drive, Windows and macOS leave in place of a document has a few hundred."""

_PICTURE, _OTHER = "it is a picture", "its contents are of another kind"

# Where a mark stands, the mark, the kind of problem, what was found.
_Mark = tuple[int, bytes, str, str]
_MARKS: tuple[_Mark, ...] = (
    (0, b"%PDF", "file-not-workbook", "it is a PDF"),
    (0, b"{\\rtf", "file-not-workbook", "it is a rich text document"),
    (0, b"\xff\xd8\xff", "file-not-workbook", _PICTURE),
    (0, b"\x89PNG", "file-not-workbook", _PICTURE),
    (0, b"GIF8", "file-not-workbook", _PICTURE),
    (0, b"II*\0", "file-not-workbook", _PICTURE),
    (0, b"MM\0*", "file-not-workbook", _PICTURE),
    (8, b"WEBPVP8", "file-not-workbook", _PICTURE),
    *((4, b"ftyp" + brand, "file-not-workbook", _PICTURE) for brand in (b"hei", b"hev", b"mif1", b"msf1")),
    (0, b"7z\xbc\xaf\x27\x1c", "file-archive", "7-Zip"),
    (0, b"Rar!\x1a\x07", "file-archive", "RAR"),
    (0, b"\x1f\x8b\x08", "file-archive", "gzip"),
    (0, b"BZh", "file-archive", "bzip2"),
    (0, b"\xfd7zXZ\0", "file-archive", "xz"),
    (257, b"ustar", "file-archive", "tar"),
    (0, b"MSCF\0\0\0\0", "file-archive", "a Windows cabinet"),
    (0, b"L\0\0\0\x01\x14\x02\0", "file-link", "a Windows shortcut"),
    (0, b"book\0\0\0\0mark", "file-link", "a Mac alias"),
    (0, b"\0\x05\x16\x07", "file-of-the-system", ""),
    (0, b"\x78\x9f\x3e\x22", "file-not-workbook", "it is Outlook's winmail.dat wrapper"),
    (0, b"!BDN", "file-archive", "an Outlook mailbox"),
)
# Two letters that a text may begin with: looked for only if the contents are not text.
_SHORT_MARKS: tuple[_Mark, ...] = (
    (0, b"BM", "file-not-workbook", _PICTURE),
    (0, b"MZ", "file-not-workbook", "it is a program"),
)
_CMS = bytes.fromhex("06092A864886F70D0107")
"""The name, in ASN.1, of what S/MIME wraps a message in."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# One character at a time: linear.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1c-\x1f]")

_MARKUP = (
    ("urn:schemas-microsoft-com:office:spreadsheet", "it is an XML Spreadsheet 2003"),
    ("urn:oasis:names:tc:opendocument", "it is a flat OpenDocument XML file"),
    ("<html", "it is a web page"),
    ("<!doctype html", "it is a web page"),
    ("<table", "it is a web page"),
    ("<body", "it is a web page"),
    ("<head", "it is a web page"),
    ("<svg", _PICTURE),
)
_LINKS = (
    ("[internetshortcut]", "an internet shortcut"),
    ("[desktop entry]", "a desktop shortcut"),
    ("docs.google.com", "a Google Drive shortcut"),
    ('"doc_id"', "a Google Drive shortcut"),
)


def name_contents(content: bytes) -> RefusedError:
    """Say what a file is that is not a workbook."""
    head = content[:_HEAD]
    if not head.strip(b"\0") and not content.strip(b"\0"):
        return RefusedError("file-unreadable", reason=DAMAGED)  # a transfer that only kept the length
    marked = _by_mark(head.lstrip(b" \t\r\n"), _MARKS)
    if marked is not None:
        return marked
    if head.startswith(b"bplist00") and b"URL" in head and len(content) < _STUB_LIMIT:
        return RefusedError("file-link", found="a Mac web location")
    if _CMS in head[:64]:
        return _not_workbook("it is an encrypted or signed message (S/MIME)")
    text = _text(head)
    if text is None and is_mangled(head):
        return RefusedError("file-unreadable", reason=MANGLED)
    if text is None:
        return _by_mark(head, _SHORT_MARKS) or _not_workbook(_OTHER)
    return _name_text(text, content)


def _not_workbook(found: str) -> RefusedError:
    return RefusedError("file-not-workbook", found=found)


def _by_mark(head: bytes, marks: tuple[_Mark, ...]) -> RefusedError | None:
    for at, mark, slug, found in marks:
        if head.startswith(mark, at):
            return RefusedError(slug, found=found) if found else RefusedError(slug)
    return None


def _text(head: bytes) -> str | None:
    """The head as text, where it is text."""
    marked = next(((mark, codec) for mark, codec in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if marked is not None:
        return head[len(marked[0]) :].decode(marked[1], "ignore")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # the cut may be within a character
    except UnicodeDecodeError:
        text = head.decode("cp1252", "replace")
    return None if _CONTROLS.search(text) else text


def _name_text(text: str, content: bytes) -> RefusedError:
    lower = text.strip().casefold()
    if len(content) < _STUB_LIMIT and lower.startswith(("[", "{")):
        link = next((words for mark, words in _LINKS if mark in lower), "")
        if link:
            return RefusedError("file-link", found=link)
    if lower.startswith("<"):
        return _name_markup(lower, len(content))
    from nps_xlsx.ingester.containers.mail import is_mail_text, is_web_archive

    if is_web_archive(content):
        return _not_workbook("it is a web archive")
    if is_mail_text("", content):
        return _not_workbook("it is a mail message")
    if _is_table(text):
        return _not_workbook("it is a text file; its lines are values, as in a CSV")
    return _not_workbook("it is a text file; there is no sheet in it")


def _name_markup(lower: str, size: int) -> RefusedError:
    if "<plist" in lower and "<key>url</key>" in lower and size < _STUB_LIMIT:
        return RefusedError("file-link", found="a Mac web location")
    found = next((words for mark, words in _MARKUP if mark in lower), "it is an XML file")
    return _not_workbook(found)


def _is_table(text: str) -> bool:
    """Whether the first two lines have the same number of the same separator."""
    lines = [line for line in text.splitlines()[:20] if line.strip()][:2]
    return len(lines) == 2 and any(0 < lines[0].count(mark) == lines[1].count(mark) for mark in ",;\t|")

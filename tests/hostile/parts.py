"""Cases of the parts: declarations of types, encodings, relationships, and what is missing or odd."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.hostile import (
    ACCEPTED,
    BOOK,
    BOOK_RELATIONS,
    HOSTILE,
    RELATIONS,
    SHEET,
    STRINGS,
    STYLES,
    TYPES,
    UNREADABLE,
    Case,
    before_root,
    edited,
    packed,
    parts_of,
    recoded,
    with_part,
    with_parts,
)
from tests.hostile.raw import Maker

_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"

# --- Declarations of document types

_LOLS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
_LAUGHS = b'<!DOCTYPE x [<!ENTITY l0 "lol">' + _LOLS + b"]>"
_LONG = b'<!DOCTYPE x [<!ENTITY a "' + b"x" * 50_000 + b'">]>'
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
_WEB = b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">'
_PARAMETER = b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://localhost/x.dtd">%a;]>'
_PLAIN = b"<!DOCTYPE worksheet>"
_FIRST_TEXT = (b"<t>", b"<t>&a;")


def _declared(name: str, declaration: bytes, *changes: tuple[bytes, bytes]) -> Maker:
    return lambda content: edited(name, *changes)(before_root(name, declaration)(content))


def _doctypes() -> Iterator[Case]:
    rest = (
        BOOK,
        STRINGS,
        STYLES,
        TYPES,
        RELATIONS,
        BOOK_RELATIONS,
        "docProps/custom.xml",
        "docProps/app.xml",
    )
    for name in (SHEET, *rest, "docProps/core.xml", "xl/theme/theme1.xml", "xl/drawings/drawing1.xml"):
        yield Case(f"DOCTYPE in {name}", before_root(name, _PLAIN), HOSTILE)
    for words, before in (
        ("a comment", b"<!-- a -->"),
        ("an instruction", b"<?a b?>"),
        ("spaces", b" " * 2_000),
    ):
        yield Case(f"DOCTYPE after {words}", before_root(SHEET, before + _PLAIN), HOSTILE)
    for encoding in ("utf-16-le", "utf-16-be", "utf-16"):
        mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-16": b""}[encoding]
        data = mark + '<?xml version="1.0"?><!DOCTYPE x><x/>'.encode(encoding)
        yield Case(f"DOCTYPE in {encoding}", with_part("xl/comments1.xml", data), HOSTILE)
    bare = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16-le")
    yield Case("DOCTYPE in UTF-16 without a mark", with_part("xl/comments1.xml", bare), HOSTILE)


DOCTYPES = [
    *_doctypes(),
    Case("billion laughs", _declared(STRINGS, _LAUGHS, (b"<t>", b"<t>&l9;")), HOSTILE),
    Case(
        "entity of great length, used often",
        _declared(STRINGS, _LONG, (b"<t>", b"<t>" + b"&a;" * 9_999)),
        HOSTILE,
    ),
    Case("entity from a file", _declared(STRINGS, _OUTSIDE, _FIRST_TEXT), HOSTILE),
    Case("declaration from the web", _declared(STRINGS, _WEB), HOSTILE),
    Case("parameter entity", _declared(STRINGS, _PARAMETER), HOSTILE),
    Case("entity from a file in a property", _declared("docProps/custom.xml", _OUTSIDE), HOSTILE),
    Case("DOCTYPE in a part with no ending", with_part("xl/oddity", _PLAIN + b"<a/>"), ACCEPTED),
    Case("DOCTYPE in a drawing of Office 97", with_part("xl/drawings/1.vml", _PLAIN + b"<xml/>"), HOSTILE),
    Case("DOCTYPE in small letters", before_root(SHEET, b"<!doctype worksheet>"), UNREADABLE),
    Case("DOCTYPE in a comment", before_root(SHEET, b"<!-- <!DOCTYPE x> -->"), ACCEPTED),
    Case("DOCTYPE in words of a cell", edited(STRINGS, (b"<t>", b"<t>&lt;!DOCTYPE x> ")), ACCEPTED),
    Case("DOCTYPE in a picture", with_part("xl/media/image1.svg", b"<!DOCTYPE svg><svg/>"), ACCEPTED),
    Case("entity that nobody declared", edited(STRINGS, _FIRST_TEXT), UNREADABLE),
]

# --- Encodings

ENCODINGS = [
    Case("texts in UTF-16", recoded(STRINGS, "utf-16"), ACCEPTED),
    Case("sheet in UTF-16", recoded(SHEET, "utf-16"), ACCEPTED),
    Case("texts in Latin-1", recoded(STRINGS, "latin-1", "ISO-8859-1"), ACCEPTED),
    Case("texts in Windows' own encoding", recoded(STRINGS, "cp1252", "windows-1252"), ACCEPTED),
    Case("texts in an encoding of IBM", recoded(STRINGS, "utf-8", "cp037"), HOSTILE),
    Case("texts in UTF-7", recoded(STRINGS, "utf-8", "UTF-7"), HOSTILE),
    Case("texts in an encoding that is none", recoded(STRINGS, "utf-8", "x-none"), HOSTILE),
    Case("said to be in UTF-16 and is not", recoded(SHEET, "utf-8", "UTF-16"), UNREADABLE),
    Case("with a mark for UTF-8", recoded(STRINGS, "utf-8-sig", "UTF-8"), ACCEPTED),
    Case("without a declaration", edited(STRINGS, (_XML, b"")), ACCEPTED),
    Case("spaces before the declaration", edited(STRINGS, (_XML, b" " + _XML)), UNREADABLE),
    Case("version 1.1", edited(SHEET, (b'version="1.0"', b'version="1.1"')), ACCEPTED),
    Case("bytes that are no UTF-8", edited(STRINGS, (b"A text", b"A t\xe9xt")), UNREADABLE),
    Case("overlong UTF-8", edited(STRINGS, (b"A text", b"A \xc0\xbctext")), UNREADABLE),
    Case("control character", edited(STRINGS, (b"A text", b"A\x01text")), UNREADABLE),
    Case("reference to a control character", edited(STRINGS, (b"A text", b"A&#1;text")), UNREADABLE),
    Case("half of a pair of UTF-16", edited(STRINGS, (b"A text", b"A&#xD800;text")), UNREADABLE),
    Case("NUL in a text", edited(STRINGS, (b"A text", b"A\0text")), UNREADABLE),
]

# --- Whole parts


def _prefixed(content: bytes) -> bytes:
    """Every element of the sheet, the texts and the workbook with a prefix, as some programs write them."""
    parts = parts_of(content)
    for name in (SHEET, STRINGS, BOOK):
        parts[name] = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", parts[name]).replace(
            b" xmlns=", b" xmlns:x=", 1
        )
    return packed(parts)


def strict(content: bytes) -> bytes:
    """The workbook with the namespaces of Strict Open XML."""
    parts = parts_of(content)
    for name in parts:
        parts[name] = (
            parts[name]
            .replace(OFFICE, b"http://purl.oclc.org/ooxml/officeDocument/relationships")
            .replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            )
        )
    return packed(parts)


def _book(rows: bytes) -> Maker:
    """The workbook with other sheets listed."""
    return edited(BOOK, (b"</sheets>", rows + b"</sheets>"))


_SHEET_TAG = b'<sheet name="Extra %d" sheetId="%d" r:id="rId2"/>'
_NO_PART = b'<sheet name="Module%d" sheetId="%d" r:id=""/>'
_MANY_SHEETS = b"".join(_SHEET_TAG % (n, n) for n in range(10_000))
_DEEP = b"<a>" * 500_000 + b"</a>" * 500_000


def _sheets(count: int) -> Maker:
    """The workbook with so many sheets."""
    return with_parts(**{f"xl/worksheets/sheet{n}.xml": b"<worksheet/>" for n in range(17, count + 1)})


def _names(count: int) -> Maker:
    """The workbook with so many more names."""
    names = (b'<definedName name="n%d">Lists!$A$1</definedName>' % n for n in range(count))
    return edited(BOOK, (b"</definedNames>", b"".join(names) + b"</definedNames>"))


def _attribute(length: int) -> Maker:
    """The workbook with an attribute of some length."""
    return edited(SHEET, (b"<sheetData>", b'<a b="' + b"x" * length + b'"/><sheetData>'))


PARTS = [
    Case("elements with a prefix", _prefixed, ACCEPTED),
    Case("Strict Open XML", strict, ACCEPTED),
    Case("sheet that is a web page", with_part(SHEET, b"<html><body/></html>"), HOSTILE),
    Case("sheet that is a picture", with_part(SHEET, b"\x89PNG\r\n\x1a\n" + bytes(99)), UNREADABLE),
    Case("sheet that is empty", with_part(SHEET, b""), UNREADABLE),
    Case("sheet that is missing", with_part(SHEET, None), UNREADABLE),
    Case("sheet that breaks off", edited(SHEET, (b"</sheetData>", b"")), UNREADABLE),
    Case("sheet with more behind its end", edited(SHEET, (b"</worksheet>", b"</worksheet><a/>")), UNREADABLE),
    Case("sheet with tags that do not match", edited(SHEET, (b"</row>", b"</c>")), UNREADABLE),
    Case("sheet with the same attribute twice", edited(SHEET, (b' r="C6"', b' r="C6" r="C6"')), UNREADABLE),
    Case("texts that are missing", with_part(STRINGS, None), UNREADABLE),
    Case("texts that are a sheet", lambda c: with_part(STRINGS, parts_of(c)[SHEET])(c), HOSTILE),
    Case("styles that are missing", with_part(STYLES, None), ACCEPTED),
    Case("styles that are empty", with_part(STYLES, b""), UNREADABLE),
    Case("theme that is missing", with_part("xl/theme/theme1.xml", None), ACCEPTED),
    Case(
        "properties that are missing",
        with_parts(**{"docProps/app.xml": None, "docProps/core.xml": None}),
        ACCEPTED,
    ),
    Case("properties that are no XML", with_part("docProps/app.xml", b"words"), UNREADABLE),
    Case("list of types that is missing", with_part(TYPES, None), "file-not-workbook"),
    Case("list of types that is empty", with_part(TYPES, b""), ACCEPTED),
    Case("list of types that lists nothing", with_part(TYPES, _XML + b"<Types/>"), ACCEPTED),
    Case("workbook that is missing", with_part(BOOK, None), UNREADABLE),
    Case("workbook that is empty", with_part(BOOK, b""), UNREADABLE),
    Case("workbook that is no XML", with_part(BOOK, b"words"), UNREADABLE),
    Case("workbook that is another element", with_part(BOOK, b"<a/>"), HOSTILE),
    Case("workbook of no sheets", with_part(BOOK, b"<workbook><sheets/></workbook>"), "file-not-ours"),
    Case("binary workbook beside the other", with_part("xl/workbook.bin", b"\0"), HOSTILE),
    Case("OpenDocument beside the workbook", with_part("content.xml", b"<a/>"), HOSTILE),
    Case("one sheet listed twice", _book(_SHEET_TAG % (1, 99)), ACCEPTED),
    Case("one sheet listed ten thousand times", _book(_MANY_SHEETS), UNREADABLE),
    Case(
        "sheet listed without its part",
        _book(b'<sheet name="Extra" sheetId="99" r:id="rId999"/>'),
        UNREADABLE,
    ),
    Case("sheets of macros that have no part", _book(_NO_PART % (98, 98) + _NO_PART % (99, 99)), ACCEPTED),
    Case("300 sheets", _sheets(300), ACCEPTED),
    Case("200 sheets", _sheets(200), ACCEPTED),
    Case(
        "elements some thousand deep",
        edited(SHEET, (b"</worksheet>", b"<a>" * 5_000 + b"</a>" * 5_000 + b"</worksheet>")),
        ACCEPTED,
    ),
    Case("elements half a million deep", edited(SHEET, (b"</worksheet>", _DEEP + b"</worksheet>")), ACCEPTED),
    Case("texts with elements half a million deep", edited(STRINGS, (b"<t>", _DEEP + b"<t>")), ACCEPTED),
    Case("list of names of 3 MB", _names(60_000), ACCEPTED),
    Case("long list of names", _names(5_000), ACCEPTED),
    Case(
        "property of 40 MB",
        edited("docProps/custom.xml", (b"</Properties>", b" " * 40_000_000 + b"</Properties>")),
        ACCEPTED,
    ),
    Case("attribute of 20 MB", _attribute(20_000_000), ACCEPTED),
    Case("attribute of 100 KB", _attribute(100_000), ACCEPTED),
    Case(
        "comment of 2 MB before the sheet",
        before_root(SHEET, b"<!--" + b"x" * 2_000_000 + b"-->"),
        ACCEPTED,
    ),
    Case("macros", with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(512)), ACCEPTED),
]

CASES = [*DOCTYPES, *ENCODINGS, *PARTS]

"""Cases of relationships: parts that are outside, missing, or not what is said of them."""

from __future__ import annotations

from tests.hostile import (
    ACCEPTED,
    BOOK,
    BOOK_RELATIONS,
    HOSTILE,
    RELATIONS,
    UNREADABLE,
    Case,
    edited,
    parts_of,
    with_part,
)
from tests.hostile.parts import OFFICE, strict
from tests.hostile.raw import Maker


def _relation(kind: str, target: str, mode: str = "", id_: str = "rId900") -> bytes:
    tail = f' TargetMode="{mode}"' if mode else ""
    return f'<Relationship Id="{id_}" Type="{OFFICE.decode()}/{kind}" Target="{target}"{tail}/>'.encode()


def _related(
    kind: str, target: str, mode: str = "", *, of: str = BOOK_RELATIONS, id_: str = "rId900"
) -> Maker:
    """The workbook with one more relationship."""
    return edited(of, (b"</Relationships>", _relation(kind, target, mode, id_) + b"</Relationships>"))


def _sheet_at(target: bytes, more: bytes = b"") -> Maker:
    """The workbook with its second sheet said to be elsewhere."""
    return edited(BOOK_RELATIONS, (b'"worksheets/sheet2.xml"', b'"' + target + b'"' + more))


_EVIL = b"<!DOCTYPE svg><worksheet><sheetData/></worksheet>"
_EXTERNAL = b' TargetMode="External"'

CASES = [
    Case("sheet outside", _sheet_at(b"http://localhost/sheet2.xml", _EXTERNAL), HOSTILE),
    Case(
        "sheet outside, in Strict", lambda c: _sheet_at(b"http://localhost/a", _EXTERNAL)(strict(c)), HOSTILE
    ),
    Case("sheet at an address", _sheet_at(b"http://localhost/sheet2.xml"), HOSTILE),
    Case("sheet in a file", _sheet_at(b"file:///etc/passwd"), HOSTILE),
    Case("sheet on a share", _sheet_at(b"//server/share/sheet2.xml"), HOSTILE),
    Case("sheet on a share of Windows", _sheet_at(b"\\\\server\\share\\sheet2.xml"), HOSTILE),
    Case("sheet on a drive", _sheet_at(b"C:\\sheet2.xml"), HOSTILE),
    Case("sheet above the package", _sheet_at(b"../../../etc/passwd"), HOSTILE),
    Case("sheet above the package, disguised", _sheet_at(b"%2e%2e/%2e%2e/%2e%2e/etc/passwd"), HOSTILE),
    Case("sheet that is the workbook", _sheet_at(b"workbook.xml"), HOSTILE),
    Case("sheet that is the texts", _sheet_at(b"sharedStrings.xml"), HOSTILE),
    Case(
        "sheet that is a picture of XML",
        lambda c: with_part("xl/media/1.svg", _EVIL)(_sheet_at(b"media/1.svg")(c)),
        HOSTILE,
    ),
    Case(
        "sheet of an unknown kind that is hostile",
        lambda c: with_part("xl/worksheets/1.svg", _EVIL)(_related("unknown", "worksheets/1.svg")(c)),
        ACCEPTED,
    ),
    Case("other than XML among the sheets", with_part("xl/worksheets/1.dat", b"words<a/>"), ACCEPTED),
    Case("sheet at an absolute name", _sheet_at(b"/xl/worksheets/sheet2.xml"), ACCEPTED),
    Case("sheet by a detour", _sheet_at(b"../xl/worksheets/sheet2.xml"), ACCEPTED),
    Case(
        "texts outside",
        edited(BOOK_RELATIONS, (b'"sharedStrings.xml"', b'"http://localhost/a"' + _EXTERNAL)),
        HOSTILE,
    ),
    Case(
        "styles outside",
        edited(BOOK_RELATIONS, (b'"styles.xml"', b'"http://localhost/a"' + _EXTERNAL)),
        HOSTILE,
    ),
    Case(
        "workbook outside",
        edited(RELATIONS, (b'"xl/workbook.xml"', b'"http://localhost/a"' + _EXTERNAL)),
        HOSTILE,
    ),
    Case(
        "workbook that is not there", edited(RELATIONS, (b'"xl/workbook.xml"', b'"xl/other.xml"')), UNREADABLE
    ),
    Case(
        "two workbooks",
        lambda c: with_part("xl/other.xml", parts_of(c)[BOOK])(
            _related("officeDocument", "xl/other.xml", of=RELATIONS)(c)
        ),
        HOSTILE,
    ),
    Case(
        "another workbook beside the usual name",
        lambda c: with_part("xl/other.xml", parts_of(c)[BOOK])(
            edited(RELATIONS, (b'"xl/workbook.xml"', b'"xl/other.xml"'))(c)
        ),
        HOSTILE,
    ),
    Case("one name for two relationships", _related("theme", "theme/theme1.xml", id_="rId2"), HOSTILE),
    Case("picture at an address", _related("image", "http://localhost/a.png"), HOSTILE),
    Case("picture above the package, disguised", _related("image", "%2e%2e/%2e%2e/a.png"), HOSTILE),
    Case("picture above the package by backslashes", _related("image", r"..\..\a.png"), HOSTILE),
    Case("picture above the package", _related("image", "../../../../etc/passwd"), HOSTILE),
    Case("relationships that are no XML", with_part(BOOK_RELATIONS, b"words"), UNREADABLE),
    Case("relationships that break off", edited(BOOK_RELATIONS, (b"</Relationships>", b"")), UNREADABLE),
    Case("no relationships of the workbook", with_part(BOOK_RELATIONS, None), UNREADABLE),
    Case("no relationships of the package", with_part(RELATIONS, None), ACCEPTED),
    Case("link to the web", _related("hyperlink", "https://example.org/", "External"), ACCEPTED),
    Case(
        "link to the web that is not said to be outside",
        _related("hyperlink", "https://localhost/"),
        ACCEPTED,
    ),
    Case("link within the workbook", _related("hyperlink", "#Lists!A1"), ACCEPTED),
    Case("link to another workbook", _related("externalLinkPath", "file:///C:/a.xlsx", "External"), ACCEPTED),
    Case("template elsewhere", _related("attachedTemplate", "file:///C:/a.xltx", "External"), ACCEPTED),
    Case("object that is linked", _related("oleObject", "file:///C:/a.docx", "External"), ACCEPTED),
    Case(
        "settings of a printer that are missing",
        _related("printerSettings", "../printerSettings/1.bin"),
        ACCEPTED,
    ),
    Case("order of calculation that is missing", _related("calcChain", "calcChain.xml"), ACCEPTED),
]

"""Cases of the other formats: OpenDocument (.ods), made from the same answers, and Excel's binary one."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.grids import Grid
from nps_xlsx.ingester.reading.workbook import read_workbook
from tests.hostile import (
    ACCEPTED,
    ENCRYPTED,
    HOSTILE,
    UNREADABLE,
    Case,
    before_root,
    edited,
    packed,
    parts_of,
    with_part,
)
from tests.hostile.parts import OFFICE
from tests.hostile.raw import Maker, Part, also, rewritten

_KINDS = Path(__file__).parent.parent / "data" / "kinds"
_SPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("manifest", "manifest"))
)
_MANIFEST = "META-INF/manifest.xml"
_FIRST = b'<?xml version="1.0" encoding="UTF-8"?>'


def opendocument(content: bytes) -> bytes:
    """The same sheets as an OpenDocument spreadsheet."""
    grids = read_workbook(SourceFile("return.xlsx", content)).grids
    tables = "".join(map(_table, grids))
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    document = f"<office:document-content{_SPACES}>{body}</office:document-content>"
    entry = '<manifest:file-entry manifest:full-path="/" manifest:media-type=""/>'
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _FIRST + document.encode(),
            "meta.xml": _FIRST + f"<office:document-meta{_SPACES}/>".encode(),
            _MANIFEST: _FIRST + f"<manifest:manifest{_SPACES}>{entry}</manifest:manifest>".encode(),
        }
    )


def _table(grid: Grid) -> str:
    rows = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in grid.rows)
    return f"<table:table table:name={quoteattr(grid.name)}>{rows}</table:table>"


def _cell(value: object) -> str:
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def bases(content: bytes) -> dict[str, bytes]:
    """The honest files of the other formats."""
    return {"ods": opendocument(content), "xlsb": (_KINDS / "book.xlsb").read_bytes()}


# --- OpenDocument


def _ods(name: str, make: Maker, outcome: str) -> Case:
    return Case(f"ods: {name}", make, outcome, base="ods")


def _rows(rows: str) -> Maker:
    """The first table with more rows."""
    return edited("content.xml", (b"</table:table>", rows.encode() + b"</table:table>"))


def _repeated(rows: int | str, columns: int | str, inside: str = "<text:p>a</text:p>") -> Maker:
    cell = f'<table:table-cell table:number-columns-repeated="{columns}">{inside}</table:table-cell>'
    return _rows(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')


_OWN = b'<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd"%b>'
_SECRET = b"<manifest:encryption-data/></manifest:manifest>"
_DEEP = 500_000

OPENDOCUMENT = [
    _ods("as it was built", lambda content: content, ACCEPTED),
    _ods("blanks to the end of the sheet", _repeated(1_048_000, 16_384, ""), ACCEPTED),
    _ods("blanks to the end of a sheet of sixteen million rows", _repeated(16_777_213, 16_384, ""), ACCEPTED),
    _ods("some rows repeated", _repeated(100, 5), ACCEPTED),
    _ods("the whole sheet filled", _repeated(1_048_000, 16_384), UNREADABLE),
    _ods("a column filled", _repeated(1_048_000, 1), ACCEPTED),
    _ods("six columns filled", _repeated(1_048_000, 6), ACCEPTED),
    _ods("a row repeated as often as a number goes", _repeated(99_999_999_999, 1), ACCEPTED),
    _ods(
        "a value repeated without words",
        _rows(
            '<table:table-row><table:table-cell office:value-type="float" office:value="1"'
            ' table:number-columns-repeated="9000000"/></table:table-row>'
        ),
        ACCEPTED,
    ),
    *(
        _ods(f"repeated {times or 'no'} times", _repeated(times, 1), ACCEPTED)
        for times in ("0", "-1", "x", "", "1.5")
    ),
    _ods(
        "a far cell behind blanks",
        _rows(
            '<table:table-row table:number-rows-repeated="1000000"/><table:table-row><table:table-cell'
            ' table:number-columns-repeated="100"/><table:table-cell><text:p>a</text:p></table:table-cell>'
            "</table:table-row>"
        ),
        ACCEPTED,
    ),
    _ods("long text repeated", _repeated(1_000, 1_000, f"<text:p>{'x' * 10_000}</text:p>"), UNREADABLE),
    _ods(
        "300 tables",
        edited("content.xml", (b"</office:spreadsheet>", b"<table:table/>" * 300 + b"</office:spreadsheet>")),
        UNREADABLE,
    ),
    _ods("elements half a million deep", _rows("<a>" * _DEEP + "</a>" * _DEEP), ACCEPTED),
    _ods("DOCTYPE in the content", before_root("content.xml", b"<!DOCTYPE x>"), HOSTILE),
    _ods("DOCTYPE in the properties", before_root("meta.xml", b"<!DOCTYPE x>"), HOSTILE),
    _ods("DOCTYPE of OpenOffice", before_root(_MANIFEST, _OWN % b""), ACCEPTED),
    _ods(
        "DOCTYPE of OpenOffice with an entity", before_root(_MANIFEST, _OWN % b'[<!ENTITY a "a">]'), HOSTILE
    ),
    _ods(
        "DOCTYPE of OpenOffice from elsewhere",
        before_root(_MANIFEST, (_OWN % b"").replace(b"Manifest.dtd", b"http://localhost/a.dtd")),
        HOSTILE,
    ),
    _ods("password", edited(_MANIFEST, (b"</manifest:manifest>", _SECRET)), ENCRYPTED),
    _ods("empty settings of keys", with_part("Configurations2/accelerator/current.xml", b""), ACCEPTED),
    _ods("content that is missing", with_part("content.xml", None), UNREADABLE),
    _ods("content that is empty", with_part("content.xml", b""), UNREADABLE),
    _ods("content that breaks off", edited("content.xml", (b"</office:document-content>", b"")), UNREADABLE),
    _ods(
        "properties of 40 MB",
        edited("meta.xml", (b"/>", b">" + b" " * 40_000_000 + b"</office:document-meta>")),
        ACCEPTED,
    ),
    _ods("name twice", rewritten(also(Part(b"content.xml", b"<a/>"))), HOSTILE),
    _ods("name twice but for its case", rewritten(also(Part(b"CONTENT.XML", b"<a/>"))), HOSTILE),
]

# --- Excel's binary format: the honest one is no return, and is told so


def _record(kind: int, payload: bytes) -> bytes:
    return _varying(kind) + _varying(len(payload)) + payload


def _varying(number: int) -> bytes:
    """A number seven bits a byte."""
    rest, last = divmod(number, 0x80)
    return bytes([last | 0x80]) + _varying(rest) if rest else bytes([last])


def _in_sheet(*records: bytes) -> Maker:
    """The binary workbook with more records at the end of its cells."""

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        name = next(name for name in parts if name.startswith("xl/worksheets/") and name.endswith(".bin"))
        end = parts[name].index(_record(146, b""))
        parts[name] = parts[name][:end] + b"".join(records) + parts[name][end:]
        return packed(parts)

    return make


def _start(row: int) -> bytes:
    return _record(0, struct.pack("<L", row) + bytes(13))


def _number(column: int) -> bytes:
    return _record(5, struct.pack("<LLd", column, 0, 1.0))


def _xlsb(name: str, make: Maker, outcome: str = "file-not-ours") -> Case:
    return Case(f"xlsb: {name}", make, outcome, base="xlsb")


def _short(number: float) -> bytes:
    """A cell that follows its left neighbour, and says no column."""
    return _record(16, struct.pack("<Ld", 0, number))


def _of_sheets(change: bytes) -> Maker:
    return lambda content: packed(
        {
            name: data + change if name.endswith("sheet1.bin") else data
            for name, data in parts_of(content).items()
        }
    )


def _listed(times: int) -> Maker:
    """The binary workbook with its first sheet listed more often."""

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        book = parts["xl/workbook.bin"]
        start = book.index(b"\x9c\x01")
        length = 3 + book[start + 2]
        parts["xl/workbook.bin"] = book[:start] + book[start : start + length] * times + book[start:]
        return packed(parts)

    return make


def _shown(length: int, times: int) -> Maker:
    """The binary workbook with a shared text that so many cells show."""
    text = b"\0" + struct.pack("<L", length) + "x".encode("utf-16-le") * length
    counts = struct.pack("<2L", times, 1)
    strings = _record(159, counts) + _record(19, text) + _record(160, b"")
    relation = (
        f'<Relationship Id="rId900" Type="{OFFICE.decode()}/sharedStrings" Target="sharedStrings.bin"/>'
    )
    cells = (_start(200 + n) + _record(7, struct.pack("<3L", 20, 0, 0)) for n in range(times))
    related = edited(
        "xl/_rels/workbook.bin.rels", (b"</Relationships>", relation.encode() + b"</Relationships>")
    )
    sheet = _in_sheet(*cells)
    return lambda content: with_part("xl/sharedStrings.bin", strings)(related(sheet(content)))


BINARY: Sequence[Case] = [
    _xlsb("as it was built", lambda content: content),
    _xlsb("a near cell", _in_sheet(_start(200), _number(20))),
    _xlsb("furthest cell", _in_sheet(_start(1_048_575), _number(16_383))),
    _xlsb(
        "furthest row, columns by their order",
        _in_sheet(_start(1_048_575), *[_short(1)] * 5),
        "file-not-ours",
    ),
    _xlsb("row beyond the last", _in_sheet(_start(0xFFFFFFF0), _number(0)), UNREADABLE),
    _xlsb("column beyond the last", _in_sheet(_start(200), _number(0xFFFFFFF0)), UNREADABLE),
    _xlsb("long text in some cells", _shown(30_000, 20)),
    _xlsb("long text in many cells", _shown(1_000_000, 300)),
    _xlsb("record that breaks off", _of_sheets(b"\x05"), UNREADABLE),
    _xlsb("record longer than its part", _of_sheets(b"\x05\xff\xff\xff\x7f"), UNREADABLE),
    _xlsb("sheet listed twice", _listed(1), UNREADABLE),
    _xlsb("sheet listed ten thousand times", _listed(10_000), UNREADABLE),
    _xlsb(
        "DOCTYPE in its relationships", before_root("xl/_rels/workbook.bin.rels", b"<!DOCTYPE x>"), HOSTILE
    ),
]

CASES = [*OPENDOCUMENT, *BINARY]

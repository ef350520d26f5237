"""Cases of the sheets: how far cells reach, and what stands in them that no program would write."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.hostile import (
    ACCEPTED,
    SHEET,
    STRINGS,
    UNREADABLE,
    Case,
    edited,
    packed,
    parts_of,
    recoded,
    with_part,
)
from tests.hostile.raw import Maker

EC1 = ("EC1",)

_END = b"</sheetData>"


def _also(rows: bytes) -> Maker:
    """The workbook with more rows on its sheet."""
    return edited(SHEET, (_END, rows + _END))


def _row(cells: bytes, number: bytes = b"9") -> bytes:
    return b'<row r="' + number + b'">' + cells + b"</row>"


def _cell(address: bytes) -> bytes:
    return b'<c r="' + address + b'"><v>1</v></c>'


def _declared(dimension: bytes) -> Maker:
    """Another size declared than the sheet has."""

    def make(content: bytes) -> bytes:
        [own] = re.findall(rb"<dimension [^>]*>", parts_of(content)[SHEET])
        return edited(SHEET, (own, dimension))(content)

    return make


def _in_utf16(content: bytes) -> bytes:
    return recoded(SHEET, "utf-16")(_also(_row(_cell(b"XFD1048576")))(content))


def _without_addresses(content: bytes) -> bytes:
    """The sheet with its cells told by their order alone, which is allowed."""
    parts = parts_of(content)
    parts[SHEET] = re.sub(rb'(<(?:c|row)) r="[A-Z]*[0-9]+"', rb"\1", parts[SHEET])
    return packed(parts)


def _reordered(content: bytes) -> bytes:
    """The sheet with its rows from the last to the first."""
    parts = parts_of(content)
    rows = re.findall(rb"<row .*?</row>", parts[SHEET], re.DOTALL)
    parts[SHEET] = parts[SHEET].replace(b"".join(rows), b"".join(reversed(rows)))
    return packed(parts)


_FAR = b"XFD1048576"
_HIDDEN = {
    "in other quotation marks": b"<c r='" + _FAR + b"'><v>1</v></c>",
    "with spaces": b'<c r = "' + _FAR + b'"><v>1</v></c>',
    "after a line break": b'<c\nr="' + _FAR + b'"><v>1</v></c>',
    "behind another attribute": b'<c s="1" r="' + _FAR + b'"><v>1</v></c>',
    "as a reference to a character": b'<c r="&#88;FD1048576"><v>1</v></c>',
    "with a prefix": b'<x:c xmlns:x="a" r="' + _FAR + b'"><x:v>1</x:v></x:c>',
    "with a prefix that nobody declared": b'<x:c r="' + _FAR + b'"><x:v>1</x:v></x:c>',
    "holding a formula only": b'<c r="' + _FAR + b'"><f>1</f></c>',
    "holding an empty text": b'<c r="' + _FAR + b'" t="str"><v></v></c>',
    "holding its words itself": b'<c r="' + _FAR + b'" t="inlineStr"><is><t>a</t></is></c>',
    "in a row of its own": b"</row>" + _row(_cell(_FAR), b"1048576")[:-6],
}
_ROW_BOMB = b"<row/>" * 3_000 + b"<row>" + b"<c/>" * 3_000 + b"<c><v>1</v></c></row>"


def _far() -> Iterator[Case]:
    for how, cell in _HIDDEN.items():
        yield Case(
            f"furthest cell {how}", _also(_row(cell)), UNREADABLE if how.endswith("declared") else ACCEPTED
        )
    for address in (
        b"A0",
        b"A01",
        b"ZZZZ1",
        b"1A",
        b"",
        b"A",
        b"1",
        b"A1:B2",
        b"$A$1",
        b"a9",
        b"R1C1",
        b"A-1",
        b"A1.5",
    ):
        yield Case(f"cell at {address.decode() or 'no address'}", _also(_row(_cell(address))), UNREADABLE)
    for number in (b"0", b"-1", b"", b"x", b"1.5", b"1e6", b"99999999999999999999"):
        yield Case(f"row {number.decode() or 'of no number'}", _also(_row(_cell(b"A9"), number)), UNREADABLE)


FAR = [
    *_far(),
    Case("row beyond the last of a cell that is not", _also(_row(_cell(b"A9"), b"1048577")), ACCEPTED),
    Case("whole sheet declared", _declared(b'<dimension ref="A1:XFD1048576"/>'), ACCEPTED),
    Case("too little declared", _declared(b'<dimension ref="A1"/>'), ACCEPTED),
    Case("another place declared", _declared(b'<dimension ref="X99:Z100"/>'), ACCEPTED),
    Case("size declared backwards", _declared(b'<dimension ref="N8:A1"/>'), ACCEPTED),
    Case("rubbish declared", _declared(b'<dimension ref="rubbish"/>'), UNREADABLE),
    Case("nothing declared", _declared(b'<dimension ref=""/>'), ACCEPTED),
    Case("no size declared", _declared(b""), ACCEPTED),
    Case("furthest cell", _also(_row(_cell(_FAR))), ACCEPTED),
    Case("furthest cell in UTF-16", _in_utf16, ACCEPTED),
    Case("a cell in the last row", _also(_row(_cell(b"A1048576"), b"1048576")), ACCEPTED),
    Case("a cell in the last column", _also(_row(_cell(b"XFD9"))), ACCEPTED),
    Case("a cell beyond the last column", _also(_row(_cell(b"XFE9"))), UNREADABLE),
    Case("a cell in row 30,000", _also(_row(_cell(b"A30000"), b"30000")), ACCEPTED),
    Case(
        "a coloured cell that is furthest",
        _also(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>'),
        ACCEPTED,
    ),
    Case("many rows and columns without addresses", _also(_ROW_BOMB), ACCEPTED),
    Case(
        "many rows of one cell",
        _also(b"".join(_row(_cell(b"A%d" % n), b"%d" % n) for n in range(9, 8_000))),
        ACCEPTED,
    ),
    Case("cells without addresses", _without_addresses, ACCEPTED),
    Case(
        "far cells in a part that is listed as something else",
        lambda c: with_part("xl/worksheets/other.xml", parts_of(_also(_row(_cell(_FAR)))(c))[SHEET])(c),
        ACCEPTED,
    ),
    Case("rows from the last to the first", _reordered, ACCEPTED),
]

# --- Texts shown too often


def _texts(length: int, times: int, inner: bytes = b"") -> Maker:
    """The workbook with a long text that many cells show; ``inner`` stands in it again and again."""
    text = b"<si><t>" + (b"x" * 1_000 + inner) * (length // 1_000) + b"</t></si>"

    def make(content: bytes) -> bytes:
        count = parts_of(content)[STRINGS].count(b"<si>")
        rows = (_row(b'<c r="P%d" t="s"><v>%d</v></c>' % (n, count), b"%d" % n) for n in range(9, 9 + times))
        return edited(STRINGS, (b"</sst>", text + b"</sst>"))(_also(b"".join(rows))(content))

    return make


TEXTS = [
    Case("long text in many cells", _texts(1_000_000, 3_000), UNREADABLE),
    Case(
        "long text in many cells, its end feigned", _texts(1_000_000, 3_000, b"<![CDATA[</si>]]>"), UNREADABLE
    ),
    Case(
        "long text in many cells, its end in a comment", _texts(1_000_000, 3_000, b"<!--</si>-->"), UNREADABLE
    ),
    Case("long text in some cells", _texts(30_000, 20), ACCEPTED),
    Case(
        "a text of a million letters",
        edited(STRINGS, (b"A text", b"A text" + b"x" * 1_000_000)),
        ACCEPTED,
        EC1,
    ),
    Case(
        "a text as long as Excel's longest and one",
        edited(STRINGS, (b"A text", b"x" * 32_768)),
        ACCEPTED,
        EC1,
    ),
]

# --- What stands in cells


def _in_place_of(address: bytes, cell: bytes) -> Maker:
    """The workbook with another cell in the place of one of EC1."""
    pattern = re.compile(rb'<c r="%b"[^>]*?(?:/>|>.*?</c>)' % address)

    def make(content: bytes) -> bytes:
        parts = parts_of(content)
        parts[SHEET], count = pattern.subn(lambda _: cell, parts[SHEET], count=1)
        assert count == 1
        return packed(parts)

    return make


_ODD_VALUES = (
    *(("s", value) for value in ("-1", "1.5", "99999999999999999999", "", "x", "1e3", " 1 ")),
    *(("", value) for value in ("NaN", "Infinity", "-Infinity", "1e999", "1e-999", "0x10", "", "x", "1,5")),
    *(("b", value) for value in ("2", "-1", "true", "")),
    *(("e", value) for value in ("#REF!", "#NO!", "")),
    *(("d", value) for value in ("2026-13-45", "x", "")),
    *(("str", ""), ("zzz", "1"), ("inlineStr", "1")),
)
_NO_VALUES = (("s", "999999"), ("n", "words"))


def _odd() -> Iterator[Case]:
    for kind, value in (*_ODD_VALUES, *_NO_VALUES):
        said = f' t="{kind}"' if kind else ""
        make = _in_place_of(b"C6", f'<c r="C6"{said}><v>{value}</v></c>'.encode())
        outcome = ACCEPTED if (kind, value) in _ODD_VALUES else UNREADABLE
        yield Case(f"cell of type {kind or 'none'}: {value or 'nothing'}", make, outcome, EC1)
    for style in ("99999", "-1", "x", "", "1.5"):
        make = edited(SHEET, (b'<c r="C6" s="', b'<c r="C6" s="' + style.encode() + b'" x="'))
        yield Case(f"style {style or 'of no number'}", make, ACCEPTED)
    for day in ("-1", "0", "60", "2958466", "1e10", "1e300", "NaN"):
        make = _in_place_of(b"M6", f'<c r="M6" s="28"><v>{day}</v></c>'.encode())
        yield Case(f"date {day}", make, ACCEPTED, EC1)


_MERGED = b'</sheetData><mergeCells count="1"><mergeCell ref="%b"/></mergeCells>'

ODD = [
    *_odd(),
    Case("the same cell twice", edited(SHEET, (b'<c r="D6"', _cell(b"C6") + b'<c r="D6"')), ACCEPTED, EC1),
    Case("the same row twice", _also(_row(_cell(b"P6"), b"6")), ACCEPTED),
    Case("a cell in another row than it says", _also(_row(_cell(b"P7"), b"12")), ACCEPTED),
    Case(
        "a cell in a cell",
        edited(SHEET, (b"</row>", b'<c r="P1"><c r="P2"><v>1</v></c></c></row>')),
        ACCEPTED,
    ),
    Case("merged: the whole sheet", edited(SHEET, (_END, _MERGED % b"A1:XFD1048576")), ACCEPTED),
    Case("merged: rubbish", edited(SHEET, (_END, _MERGED % b"rubbish")), UNREADABLE),
    Case(
        "formula shared by the whole sheet",
        _also(_row(b'<c r="P9"><f t="shared" ref="A1:XFD1048576" si="0">A1</f><v>1</v></c>')),
        ACCEPTED,
    ),
    Case(
        "formula shared under an enormous number",
        _also(_row(b'<c r="P9"><f t="shared" ref="P9:P10" si="4294967295">A1</f><v>1</v></c>')),
        ACCEPTED,
    ),
    Case(
        "formula that calls a program",
        _also(_row(b"<c r=\"P9\"><f>cmd|' /C calc'!A0</f><v>1</v></c>")),
        ACCEPTED,
    ),
    Case("formula that refers to itself", _also(_row(b'<c r="P9"><f>P9</f><v>1</v></c>')), ACCEPTED),
    Case(
        "a million columns",
        edited(SHEET, (b"</cols>", b'<col min="1" max="4294967295" width="9"/></cols>')),
        ACCEPTED,
    ),
    Case(
        "no rows",
        lambda c: with_part(
            SHEET, re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", parts_of(c)[SHEET], flags=re.DOTALL)
        )(c),
        ACCEPTED,
        ("EC1", "EC2"),
    ),
    Case(
        "rows twice over",
        edited(SHEET, (_END, _END + b"<sheetData>" + _row(_cell(b"C6"), b"6") + _END)),
        ACCEPTED,
        ("EC1",),
    ),
    Case(
        "no sheetData",
        lambda c: with_part(SHEET, parts_of(c)[SHEET].replace(b"sheetData>", b"sheetDatas>"))(c),
        ACCEPTED,
    ),
]

CASES = [*FAR, *TEXTS, *ODD]

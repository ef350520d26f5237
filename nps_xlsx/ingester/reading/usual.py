"""Sheets and shared strings as nearly every program writes them, read by patterns: a parser takes far longer.

What does not fit them exactly, from the first byte to the last, is left to the parser (``spreadsheetml``), so
that the same is seen of every file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from xml.etree.ElementTree import Element

from nps_xlsx.ingester.grids import Sighting
from nps_xlsx.ingester.reading.cell_styles import TEXT, CellNotes, CellStyle
from nps_xlsx.ingester.reading.package import is_usual, usual_tree
from nps_xlsx.model.cells import column_number

# No repeat gives back what it took, and each is followed by what it cannot take: linear.  Groups that begin
# with @ are kept where the cells are listed.  Addresses of two letters and six figures are within a sheet.
_PLAIN_TEXT = r"[^<&\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_TEXT = rf"{_PLAIN_TEXT}(?:&(?:amp|lt|gt|quot|apos|#(?:9|10|13|34|39)|#x(?:9|[AaDd]));{_PLAIN_TEXT})*+"
_ATTRIBUTES = r'(?: [A-Za-z0-9:]{1,30}+="[^"<>&]*+")*+'
_CELL = (
    r'<c r="(@[A-Z]{1,2}+)(@[1-9][0-9]{0,5}+)"(?: (?:s="(@[0-9]{1,5}+)"|t="(@s|n|str|b|e)")){0,2}+'
    rf"(?:/>|>(@<f{_ATTRIBUTES}(?:/>|>{_TEXT}</f>))?+(?:(@<v)(?: ?/>|>(@{_TEXT})</v>))?+</c>)"
)
_ROW = rf'<row r="[1-9][0-9]{{0,5}}+"{_ATTRIBUTES}/?>|</row>'
_CELLS = re.compile(_CELL.replace("(@", "("))
_ROWS = re.compile(rf"(?:{_CELL}|{_ROW})*+".replace("(@", "(?:"))
_PLACES = re.compile(r'<c r="([A-Z]{1,2}+[1-9][0-9]{0,5}+)"')
_ODD = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#10|#13);)")
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_PLAIN_STARTS, _PLAIN_END = (b"<t>", b'<t xml:space="preserve">'), b"</t></si>"
_EMPTY_END = (b"<t></t></si>", b'"></t></si>')
_WANTED = (b"mergeCell", b"hyperlink", b"headerFooter")
_BEGIN, _END, _FIRST_ITEM, _LAST_ITEM = b"<sheetData>", b"</sheetData>", b"<si>", b"</sst>"


def shared_items(part: bytes) -> list[bytes] | None:
    """What stands in each of the shared strings; ``None`` if they are not as usual."""
    begin, end = part.find(_FIRST_ITEM), part.rfind(_LAST_ITEM)
    if not is_usual(part) or not 0 <= begin < end or part.count(_FIRST_ITEM) != part.count(b"<si"):
        return None
    return part[begin + len(_FIRST_ITEM) : end].split(_FIRST_ITEM)


def texts_in(part: bytes, parse: Callable[[bytes], list[int]]) -> list[int] | None:
    """What each of the shared strings has; ``parse`` says it of those with several fonts.

    ``None`` if they are not as usual.
    """
    items = shared_items(part)
    if items is None or _ODD.search(part) or len(part.translate(None, _CONTROLS)) != len(part):
        return None
    plain = [
        item.startswith(_PLAIN_STARTS) and item.endswith(_PLAIN_END) and item.count(b"<") == 3
        for item in items
    ]
    others = [item for item, is_plain in zip(items, plain, strict=True) if not is_plain]
    parsed = iter(parse(b"<sst>%b</sst>" % b"".join(_FIRST_ITEM + item for item in others)))
    return [
        (0 if item.endswith(_EMPTY_END) else TEXT) if is_plain else next(parsed)
        for item, is_plain in zip(items, plain, strict=True)
    ]


def outside_cells(part: bytes) -> tuple[Element, bytes] | None:
    """A sheet's tree without its cells, and these; ``None`` if they are not as usual."""
    begin, end = part.find(_BEGIN), part.find(_END)
    if not is_usual(part) or not 0 <= begin < end or _BEGIN in part[begin + 1 :] or _END in part[end + 1 :]:
        return None
    begin += len(_BEGIN)
    return usual_tree(part[:begin] + _without_rules(part[end:])), part[begin:end]


def _without_rules(part: bytes) -> bytes:
    """What follows the cells without the rules for colours and input, in which no council writes."""
    for name in (b"conditionalFormatting", b"dataValidations"):
        begin, end = part.find(b"<%b" % name), part.rfind(b"</%b>" % name)
        if 0 <= begin < end and not any(wanted in part[begin:end] for wanted in _WANTED):
            part = part[:begin] + b"<%b>" % name + part[end:]
    return part


def _as_usual(cells: bytes) -> str | None:
    """The rows of a sheet, if they fit the patterns and no cell stands there twice."""
    try:
        rows = cells.decode()
    except UnicodeDecodeError:
        return None
    places = _PLACES.findall(rows)
    return rows if _ROWS.fullmatch(rows) and len(set(places)) == len(places) else None


def seen_in(
    cells: bytes, texts: Sequence[int], styles: Mapping[str, CellStyle], *, is_1904: bool
) -> Sighting | None:
    """What the parser would see in the cells of a sheet; ``None`` if they are not as usual."""
    rows = _as_usual(cells)
    if rows is None:
        return None
    notes = CellNotes(Sighting(is_1904=is_1904), texts, styles)
    held = [cell for cell in _CELLS.findall(rows) if cell[4] or cell[5]]
    for letters, number, style, kind, formula, has_value, value in held:
        if not notes.is_known(kind, value):
            return None
        at = (int(number) - 1, column_number(letters))
        text = unescape(value) if kind == "e" else value
        notes.note(at, kind or "n", style or "0", text, has_formula=bool(formula), has_value=bool(has_value))
    if held:
        notes.seen.rows = max(int(cell[1]) for cell in held)
        notes.seen.columns = 1 + max(map(column_number, {cell[0] for cell in held}))
    return notes.seen

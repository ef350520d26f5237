"""What a package (.xlsx, .xlsm, .xlsb) holds beside its cells: notes, comments, text boxes, links, headers.

The parts are those of ECMA-376 part 1, sections 12.3.3 (comments), 12.3.8 (drawings) and 18.3.1.46 (headers
and footers), and of [MS-XLSX] 2.1.2 (threaded comments, and the people that wrote them).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.grids import Aside
from nps_xlsx.ingester.reading import biff12
from nps_xlsx.ingester.reading.spreadsheetml import (
    Relation,
    local,
    relations_of,
    sheet_parts,
    targets_of,
    workbook_part,
)
from nps_xlsx.model import TextKind
from nps_xlsx.model.cells import cell_name

PART_LIMIT = 8 * 1024 * 1024
"""Bytes of a part of which a tree is made: a hundred times the notes of the busiest return."""

# No pattern here looks further than a bound from where it begins: each is linear in its part or text.
_CELLS_BEGIN = re.compile(rb"<(?:\w{1,20}:)?sheetData\b")
_CELLS_END = re.compile(rb"</(?:\w{1,20}:)?sheetData>")
_FIRST_CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
_CODES = re.compile(r'&(?:"[^"]{0,99}"|K[0-9A-Fa-f]{2}[0-9A-Fa-f+-][0-9A-Fa-f]{3}|\d{1,3}|[A-Z])')
"""Fonts, sizes and fields in a header or footer (ECMA-376 part 1, 18.3.1.46)."""
_CELL_OF_SHEET = re.compile(r"[!.]\$?[A-Z]{1,3}\$?[0-9]{1,7}")
_THREADED_AUTHOR = "tc="
"""How the author of a note begins that only repeats a threaded comment for older programs."""

_DAMAGE = (KeyError, ValueError, struct.error, ParseError, DefusedXmlException)


class _TooLargeError(ValueError):
    """A part that is too large to be looked into."""


def asides_of(content: bytes) -> tuple[tuple[Aside, ...], tuple[str, ...]]:
    """What stands beside the cells, and the names of the sheets of which not all of it could be read."""
    found: list[Aside] = []
    broken: dict[str, None] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        people = _people(archive)
        for name, part in _sheet_parts(archive):
            for reading in _readings(archive, part, people):
                try:
                    found += [Aside(name, *one) for one in reading() if one[2]]
                except _DAMAGE:
                    broken[name] = None
    return tuple(_without_repeats(found)), tuple(broken)


_Found = tuple[str, TextKind, str, str]
"""Cell, kind, text, author."""


def _sheet_parts(archive: zipfile.ZipFile) -> Iterable[tuple[str, str]]:
    is_binary = workbook_part(archive).endswith(".bin")
    return biff12.sheet_parts(archive) if is_binary else sheet_parts(archive)


def _readings(
    archive: zipfile.ZipFile, part: str, people: Mapping[str, str]
) -> Iterator[Callable[[], Iterable[_Found]]]:
    """A reading of each part that belongs to a sheet, and of what its own says about links and headers."""
    relations, there = relations_of(archive, part), set(archive.namelist())
    for kind, target in targets_of(archive, part).values():
        if target not in there:
            continue  # openxlsx leaves relationships to drawings that it did not write
        if kind == "comments":
            yield lambda target=target: _notes(_read(archive, target))  # type: ignore[misc] # mypy#12557
        elif kind == "threadedComment":
            yield lambda target=target: _threads(_tree(archive, target), people)  # type: ignore[misc] # as above
        elif kind == "drawing":
            yield lambda target=target: _shapes(_tree(archive, target))  # type: ignore[misc] # as above
    if part.endswith(".bin"):
        yield lambda: _binary_links(archive.read(part), relations)
    else:
        yield lambda: _of_sheet(archive.read(part), relations)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > PART_LIMIT:
        raise _TooLargeError(name)
    return archive.read(name)


def _tree(archive: zipfile.ZipFile, name: str) -> Element:
    tree: Element = ElementTree.fromstring(_read(archive, name))
    return tree


def _named(tree: Element, name: str) -> Iterator[Element]:
    return (node for node in tree.iter() if local(node.tag) == name)


def _text(node: Element) -> str:
    """The text within an element, without a guide to its pronunciation."""
    runs = {id(text) for guide in _named(node, "rPh") for text in guide.iter()}
    return "".join(text.text or "" for text in _named(node, "t") if id(text) not in runs)


# --- Notes and comments


def _notes(part: bytes) -> Iterator[_Found]:
    if not part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        for cell, text, author in biff12.notes(part):
            yield cell, TextKind.NOTE, text, author
        return
    tree: Element = ElementTree.fromstring(part)
    authors = [(author.text or "").strip() for author in _named(tree, "author")]
    for note in _named(tree, "comment"):
        number = note.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        yield note.get("ref", ""), TextKind.NOTE, _text(note), author


def _threads(tree: Element, people: Mapping[str, str]) -> Iterator[_Found]:
    for comment in _named(tree, "threadedComment"):
        text = "".join("".join(node.itertext()) for node in comment if local(node.tag) == "text")
        yield comment.get("ref", ""), TextKind.COMMENT, text, people.get(comment.get("personId", ""), "")


def _people(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names by the ids of those who wrote threaded comments; none where they cannot be read."""
    targets = targets_of(archive, workbook_part(archive)).values()
    try:
        trees = [_tree(archive, target) for kind, target in targets if kind == "person"]
    except _DAMAGE:
        return {}  # a comment is as good without the name of its author
    return {
        person.get("id", ""): person.get("displayName", "")
        for tree in trees
        for person in _named(tree, "person")
    }


def _without_repeats(found: Iterable[Aside]) -> Iterator[Aside]:
    """All but the notes that Excel writes for programs that know no threaded comments."""
    found = list(found)
    threaded = {(one.sheet, one.cell) for one in found if one.kind is TextKind.COMMENT}
    for one in found:
        is_repeat = one.kind is TextKind.NOTE and one.author.startswith(_THREADED_AUTHOR)
        if not (is_repeat and (one.sheet, one.cell) in threaded):
            yield one


# --- Shapes


def _shapes(tree: Element) -> Iterator[_Found]:
    for anchor in tree:
        # A shape may stand there twice, the second time as older programs can draw it.
        texts = dict.fromkeys(filter(None, (_paragraphs(body) for body in _named(anchor, "txBody"))))
        for text in texts:
            yield _anchored(anchor), TextKind.SHAPE, text, ""


def _paragraphs(body: Element) -> str:
    return "\n".join("".join(t.text or "" for t in _named(p, "t")) for p in _named(body, "p")).strip()


def _anchored(anchor: Element) -> str:
    """The cell at the upper left corner of a shape; none where it is placed by its distance alone."""
    for corner in anchor:
        if local(corner.tag) == "from":
            at = {local(node.tag): (node.text or "").strip() for node in corner}
            if all(at.get(key, "").isdecimal() and len(at[key]) < 8 for key in ("row", "col")):
                return cell_name(int(at["row"]), int(at["col"]))
    return ""


# --- Links, headers and footers


def _without_cells(part: bytes) -> bytes:
    """A sheet's part from which a small tree is made."""
    begin, end = _CELLS_BEGIN.search(part), 0
    for end_tag in _CELLS_END.finditer(part):
        end = end_tag.end()
    return part[: begin.start()] + part[end:] if begin and end > begin.start() else part


def _of_sheet(part: bytes, relations: Mapping[str, Relation]) -> Iterator[_Found]:
    tree: Element = ElementTree.fromstring(_without_cells(part))
    for link in _named(tree, "hyperlink"):
        key = next((value for name, value in link.items() if local(name) == "id"), "")
        yield from _link(link.get("ref", ""), relations.get(key))
    for header in _named(tree, "headerFooter"):
        for node in header:
            yield "", TextKind.HEADER, plain_header(node.text or ""), ""


def plain_header(text: str) -> str:
    """The words of a header or footer, without the codes for fonts and fields."""
    return " ".join(_CODES.sub(" ", text.replace("&&", "\0")).replace("\0", "&").split())


def _link(cell: str, relation: Relation | None) -> Iterator[_Found]:
    first = _FIRST_CELL.match(cell)
    if first and relation and leads_outside(relation.target):
        yield first[0], TextKind.LINK, relation.target, ""


def leads_outside(address: str) -> bool:
    """Whether a link leads out of the workbook: programs write those within it in many ways."""
    document, _, place = address.partition("#")
    return bool(document) and not _CELL_OF_SHEET.search(place)


def _binary_links(part: bytes, relations: Mapping[str, Relation]) -> Iterator[_Found]:
    for cell, key in biff12.links(part):
        yield from _link(cell, relations.get(key))

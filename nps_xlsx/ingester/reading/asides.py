"""What a package (.xlsx, .xlsm, .xlsb) holds beside its cells: notes, comments, text boxes, links, headers.

The parts are those of ECMA-376 part 1, sections 12.3.3 (comments), 12.3.8 (drawings) and 18.3.1.46 (headers
and footers), and of [MS-XLSX] 2.1.2 (threaded comments, and the people that wrote them).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException

from nps_xlsx.ingester.grids import Aside, Asides
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.reading.package import Relation, local, relations_of, tree_of, workbook_part
from nps_xlsx.ingester.reading.records import links, notes
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

_NO_TREES: Mapping[str, Element] = {}
_DAMAGE = (KeyError, ValueError, struct.error, ParseError, DefusedXmlException)


def asides_of(
    parts: Parts, sheets: Iterable[tuple[str, str]], trees: Mapping[str, Element] = _NO_TREES
) -> Asides:
    """What stands beside the cells of these sheets, each given by its name and part.

    ``trees`` are those of parts, without their cells, that are known already.
    """
    read: list[Aside] = []
    broken: dict[str, None] = {}
    people = _people(parts)
    for name, part in sheets:
        for reading in _readings(parts, part, people, trees.get(part)):
            try:
                read += [Aside(name, *one) for one in reading() if one[2]]
            except _DAMAGE:
                broken[name] = None
    return tuple(_without_repeats(read)), tuple(broken)


_Read = tuple[str, TextKind, str, str]
"""Cell, kind, text, author."""


def _readings(
    parts: Parts, part: str, people: Mapping[str, str], tree: Element | None
) -> Iterator[Callable[[], Iterable[_Read]]]:
    """A reading of each part that belongs to a sheet, and of what its own says about links and headers."""
    relations = relations_of(parts, part)
    for kind, target in ((relation.kind, relation.part) for relation in relations.values()):
        if target not in parts:
            continue  # openxlsx leaves relationships to drawings that it did not write
        if kind == "comments":
            yield lambda target=target: _notes(bounded(parts, target))  # type: ignore[misc] # mypy#12557
        elif kind == "threadedComment":
            yield lambda target=target: _threads(_tree(parts, target), people)  # type: ignore[misc] # as above
        elif kind == "drawing":
            yield lambda target=target: _shapes(_tree(parts, target))  # type: ignore[misc] # as above
    if part.endswith(".bin"):
        yield lambda: _binary_links(parts[part], relations)
    else:
        yield lambda: _of_sheet(tree or tree_of(_without_cells(parts[part])), relations)


def bounded(parts: Parts, name: str) -> bytes:
    """A part of which a tree is made.

    Raises:
        KeyError, ValueError: it is not there, or too large to be looked into.
    """
    if len(parts[name]) > PART_LIMIT:
        raise ValueError(name)
    return parts[name]


def _tree(parts: Parts, name: str) -> Element:
    return tree_of(bounded(parts, name))


def _named(tree: Element, name: str) -> Iterator[Element]:
    return (node for node in tree.iter() if local(node.tag) == name)


def _text(node: Element) -> str:
    """The text within an element, without a guide to its pronunciation."""
    runs = {id(text) for guide in _named(node, "rPh") for text in guide.iter()}
    return "".join(text.text or "" for text in _named(node, "t") if id(text) not in runs)


# --- Notes and comments


def _notes(part: bytes) -> Iterator[_Read]:
    if not part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        for cell, text, author in notes(part):
            yield cell, TextKind.NOTE, text, author
        return
    tree = tree_of(part)
    authors = [(author.text or "").strip() for author in _named(tree, "author")]
    for note in _named(tree, "comment"):
        number = note.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        yield note.get("ref", ""), TextKind.NOTE, _text(note), author


def _threads(tree: Element, people: Mapping[str, str]) -> Iterator[_Read]:
    for comment in _named(tree, "threadedComment"):
        text = "".join("".join(node.itertext()) for node in comment if local(node.tag) == "text")
        yield comment.get("ref", ""), TextKind.COMMENT, text, people.get(comment.get("personId", ""), "")


def _people(parts: Parts) -> dict[str, str]:
    """Names by the ids of those who wrote threaded comments; none where they cannot be read."""
    relations = relations_of(parts, workbook_part(parts)).values()
    try:
        trees = [_tree(parts, relation.part) for relation in relations if relation.kind == "person"]
    except _DAMAGE:
        return {}  # a comment is as good without the name of its author
    return {
        person.get("id", ""): person.get("displayName", "")
        for tree in trees
        for person in _named(tree, "person")
    }


def _without_repeats(asides: Sequence[Aside]) -> Iterator[Aside]:
    """All but the notes that Excel writes for programs that do not know threaded comments."""
    threaded = {(one.sheet, one.cell) for one in asides if one.kind is TextKind.COMMENT}
    for one in asides:
        is_repeat = one.kind is TextKind.NOTE and one.author.startswith(_THREADED_AUTHOR)
        if not (is_repeat and (one.sheet, one.cell) in threaded):
            yield one


# --- Shapes


def _shapes(tree: Element) -> Iterator[_Read]:
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


def _of_sheet(tree: Element, relations: Mapping[str, Relation]) -> Iterator[_Read]:
    for link in _named(tree, "hyperlink"):
        key = next((value for name, value in link.items() if local(name) == "id"), "")
        yield from _link(link.get("ref", ""), relations.get(key))
    for header in _named(tree, "headerFooter"):
        for node in header:
            yield "", TextKind.HEADER, plain_header(node.text or ""), ""


def plain_header(text: str) -> str:
    """The words of a header or footer, without the codes for fonts and fields."""
    return " ".join(_CODES.sub(" ", text.replace("&&", "\0")).replace("\0", "&").split())


def _link(cell: str, relation: Relation | None) -> Iterator[_Read]:
    first = _FIRST_CELL.match(cell)
    if first and relation and leads_outside(relation.target):
        yield first[0], TextKind.LINK, relation.target, ""


def leads_outside(address: str) -> bool:
    """Whether a link leads out of the workbook: programs write those within it in many ways."""
    document, _, place = address.partition("#")
    return bool(document) and not _CELL_OF_SHEET.search(place)


def _binary_links(part: bytes, relations: Mapping[str, Relation]) -> Iterator[_Read]:
    for cell, key in links(part):
        yield from _link(cell, relations.get(key))

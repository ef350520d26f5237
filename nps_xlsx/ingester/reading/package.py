"""The parts of a package (.xlsx, .xlsm, .xlsb), how they are related, and what it says about itself.

Local names are compared and namespaces left aside, since Strict workbooks have others.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree as etree  # noqa: N813 - defusedxml's has the same name
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.grids import Properties
from nps_xlsx.ingester.preflight import Parts
from nps_xlsx.ingester.preflight.markup import BEGINNING
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.workbook.stamp import PROPERTY, REPORT_PROPERTY

_BEGINNING = re.compile(BEGINNING + b"[A-Za-z]")
_UNUSUAL = re.compile(rb"<[!?]")


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def is_usual(part: bytes) -> bool:
    """Whether a part is XML in UTF-8 without declarations, comments and instructions."""
    beginning = _BEGINNING.match(part)
    return beginning is not None and _UNUSUAL.search(part, beginning.end()) is None


def tree_of(part: bytes) -> Element:
    """The root of a part.

    Raises:
        ParseError, DefusedXmlException: it is not well-formed, or declares a document type.
    """
    if is_usual(part):
        return usual_tree(part)
    tree: Element = ElementTree.fromstring(part)
    return tree


def usual_tree(part: bytes) -> Element:
    """The root of a part that is usual: what defusedxml looks out for, slowly, is not there.

    Raises:
        ParseError: it is not well-formed.
    """
    return etree.fromstring(part)  # noqa: S314 - as above


def children(parts: Parts, name: str) -> Sequence[Element]:
    """The elements below the root of a part that can be done without: none where it cannot be read."""
    try:
        return list(tree_of(parts[name]))
    except (KeyError, ParseError, DefusedXmlException):
        return []


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part is connected with."""

    kind: str
    target: str
    """As it is written: a part, or an address outside the file."""
    part: str
    """The part that it would be; Excel takes escaped characters and backslashes in its name."""


def relations_of(parts: Parts, part: str) -> dict[str, Relation]:
    """The relationships of a part, or of the package, by their ids."""
    folder, name = posixpath.split(part)
    relations = {}
    for node in children(parts, posixpath.join(folder, "_rels", f"{name}.rels")):
        target = node.get("Target", "")
        path = posixpath.join("/", folder, unquote(target).replace("\\", "/"))
        kind = node.get("Type", "").rpartition("/")[2]
        relations[node.get("Id", "")] = Relation(kind, target, posixpath.normpath(path).lstrip("/"))
    return relations


def first_of(relations: Mapping[str, Relation], kind: str, otherwise: str = "") -> str:
    """The first part of a kind."""
    return next((relation.part for relation in relations.values() if relation.kind == kind), otherwise)


def workbook_part(parts: Parts) -> str:
    """The part that lists the sheets: by the package's relationships, usually xl/workbook.xml."""
    return first_of(relations_of(parts, ""), "officeDocument", "xl/workbook.xml")


def worksheets(sheets: Iterable[tuple[str, str]], relations: Mapping[str, Relation]) -> list[tuple[str, str]]:
    """The name and part of each worksheet, from the names and ids of all sheets."""
    nothing = Relation("", "", "")
    related = [(name, relations.get(key, nothing)) for name, key in sheets]
    return [(name, relation.part) for name, relation in related if relation.kind == "worksheet"]


def properties_of(parts: Parts) -> Properties:
    """The program that saved the package last and when, and the stamp among its properties and names.

    Raises:
        RefusedError: the package is one of our own outputs.
    """
    app, core = _texts(parts, "docProps/app.xml"), _texts(parts, "docProps/core.xml")
    custom = {
        node.get("name"): "".join(node.itertext()).strip() for node in children(parts, "docProps/custom.xml")
    }
    if REPORT_PROPERTY in custom:
        raise RefusedError("file-own-output", found=custom[REPORT_PROPERTY])
    names = (node for node in _defined_names(parts) if node.get("name") == PROPERTY)
    return Properties(
        saved_by=" ".join(filter(None, (app.get("Application", ""), app.get("AppVersion", "")))),
        saved_at=core.get("modified", ""),
        stamp=custom.get(PROPERTY, ""),
        stamp_name=next(((node.text or "").strip() for node in names), ""),
    )


def _texts(parts: Parts, name: str) -> dict[str, str]:
    return {local(node.tag): (node.text or "").strip() for node in children(parts, name)}


def _defined_names(parts: Parts) -> Iterator[Element]:
    for node in children(parts, workbook_part(parts)):
        if local(node.tag) == "definedNames":
            yield from node

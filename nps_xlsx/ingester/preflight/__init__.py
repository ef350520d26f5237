"""What is looked at in a workbook that came from outside, before any reader sees it.

Only the standard library is used, and memory is bounded by the limits alone: this must hold
on Windows too, where a process cannot be given less of it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from nps_xlsx.ingester.preflight.archive import Member, damaged, hostile, inflate, open_members
from nps_xlsx.ingester.preflight.cells import (
    are_far_cells,
    may_be_much_text,
    refuse_count,
    refuse_many_sheets,
    refuse_much_text,
)
from nps_xlsx.ingester.preflight.formats import (
    are_far_binary_cells,
    refuse_many_binary_sheets,
    refuse_much_binary_text,
    refuse_much_table_text,
)
from nps_xlsx.ingester.preflight.markup import (
    Walker,
    local,
    parse,
    refuse_other_doctype,
    refuse_unwieldy,
    root_of,
)
from nps_xlsx.ingester.refusal import RefusedError

TREE_LIMIT = 32 * 1024 * 1024
"""Bytes of a part of which readers make a tree, which is twenty times as large; few honest ones have one."""

_XML_NAMES = (".xml", ".rels", ".vml")
_SHEET_FOLDERS = tuple(f"xl/{kind}sheets/" for kind in ("work", "chart", "dialog", "macro"))
_MEDIA = "xl/media/"  # pictures and pages are XML too, with declarations of their own, and never opened
_TYPES = "[Content_Types].xml"
_MANIFEST, _CONTENT, _META = "meta-inf/manifest.xml", "content.xml", "meta.xml"
_ROOTS = {
    "officeDocument": "workbook",
    "worksheet": "worksheet",
    "chartsheet": "chartsheet",
    "dialogsheet": "dialogsheet",
    "sharedStrings": "sst",
    "styles": "styleSheet",
}
"""The kinds of part that readers open, and the element that each begins with."""
_NEEDED = {"officeDocument", "worksheet"}
_TREES = {"workbook", "styleSheet", "Relationships"}
_OUTSIDE = "a part of it lies outside the file"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


class Checked(NamedTuple):
    """A workbook that was looked over."""

    content: bytes
    """The same parts, each under the name by which others refer to it."""
    is_far: bool = False
    """Whether a sheet's cells lie so far apart that no reader may make a box of all between them."""


def preflight(content: bytes) -> Checked:
    """Look a workbook over that is a zip: .xlsx, .xlsm, .xlsb or .ods.

    What Excel forgives is put right for readers that do not: backslashes in the names of parts, and
    names whose case is not that of the reference.

    Raises:
        RefusedError: it is damaged, needs a password, or is put together as no program does it.
    """
    view = memoryview(content)
    members = {member.name.casefold(): member for member in open_members(content)}
    is_excel = any(name.startswith("xl/") for name in members)
    if is_excel and (_CONTENT in members or {"xl/workbook.xml", "xl/workbook.bin"} <= members.keys()):
        raise hostile("it is two kinds of workbook at once")
    names = {name: member.name for name, member in members.items()}
    is_far = False
    if is_excel:
        package = _Package(view, members)
        package.check()
        names, is_far = package.names(), package.is_far
    elif _CONTENT in members:
        _check_opendocument(view, members)
    else:  # no workbook, as its reader will say: that its parts inflate is all there is to see
        for member in members.values():
            inflate(view, member)
    if all(names[name] == member.written for name, member in members.items()):
        return Checked(content, is_far)
    renamed = io.BytesIO()
    with zipfile.ZipFile(renamed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, member in members.items():
            archive.writestr(names[name], inflate(view, member))
    return Checked(renamed.getvalue(), is_far)


def _check_opendocument(content: memoryview, members: dict[str, Member]) -> None:
    if _MANIFEST in members and b"encryption-data" in inflate(content, members[_MANIFEST]):
        raise RefusedError("file-encrypted")
    for name, member in members.items():
        part = inflate(content, member)
        if part and name.endswith(_XML_NAMES):  # LibreOffice leaves an empty one for the settings of keys
            root_of(part, refuse_other_doctype)
        if name == _CONTENT:
            refuse_much_table_text(part)
        elif name == _META:
            _refuse_large_tree(part)


def _refuse_large_tree(part: bytes) -> None:
    if len(part) > TREE_LIMIT:
        raise hostile("a part that lists or describes others is of enormous size")
    refuse_unwieldy(part)


# --- Office Open XML


@dataclass(slots=True)
class _Package:
    """A workbook of Excel's formats, and what was learnt of its parts, by their lower-case names."""

    content: memoryview
    members: dict[str, Member]
    is_far: bool = False
    referred: dict[str, str] = field(default_factory=dict)
    """The name of each part that others refer to, as they write it."""
    opened: dict[str, str] = field(default_factory=dict)
    """As what each part that a reader would open is referred to."""
    roots: dict[str, str] = field(default_factory=dict)
    """The first element of each part; empty where it is no XML."""
    strings: list[bytes] = field(default_factory=list)
    binary_strings: list[bytes] = field(default_factory=list)

    def check(self) -> None:
        """Look at every part; those that refer to others come first."""
        for name in sorted(self.members, key=lambda name: not name.endswith(".rels")):
            # Not held by a name here: a part's memory is free again before the next is inflated.
            self._look_at(name, inflate(self.content, self.members[name]))
        self._check_kinds()
        refuse_count(sum(name.startswith(_SHEET_FOLDERS) and "/_rels/" not in name for name in self.members))
        self._check_texts()

    def names(self) -> dict[str, str]:
        """What each part is to be called, so that whoever refers to it finds it, and it its relationships."""
        names = {name: self.referred.get(name, member.name) for name, member in self.members.items()}
        for part, called in self.referred.items():
            folder, name = posixpath.split(part)
            if (rels := f"{folder}/_rels/{name}.rels") in names:
                names[rels] = "{}/_rels/{}.rels".format(*posixpath.split(called))
        return names | ({_TYPES.casefold(): _TYPES} if _TYPES.casefold() in names else {})

    def _look_at(self, name: str, part: bytes) -> None:
        kind = self.opened.get(name, "")
        root = self.roots[name] = self._root(name, kind, part)
        if root in _TREES or (root and name.startswith("docprops/")):
            _refuse_large_tree(part)
        if name.endswith(".rels"):
            parse(part, _Relations(name, self._note_opened))
        elif root == "workbook":
            refuse_many_sheets(part)
        elif root == "sst":
            refuse_unwieldy(part)
            self.strings.append(part)
        elif b"sheetData" in part or (root and kind == "worksheet"):
            self.is_far |= are_far_cells(part)
        elif name.endswith(".bin"):
            self._look_at_binary(name, kind, part)

    def _look_at_binary(self, name: str, kind: str, part: bytes) -> None:
        if kind == "officeDocument":
            refuse_many_binary_sheets(part)
        elif kind == "sharedStrings":
            self.binary_strings.append(part)
        elif kind == "worksheet" or name.startswith(_SHEET_FOLDERS):
            self.is_far |= are_far_binary_cells(part)

    def _root(self, name: str, kind: str, part: bytes) -> str:
        """The first element of a part; a part that nobody opens may be no XML although it looks it."""
        is_opened = (kind or name.startswith(_SHEET_FOLDERS)) and not name.endswith((".bin", "/"))
        if is_opened or name.endswith(_XML_NAMES):
            return root_of(part)
        if name.startswith(_MEDIA) or not _looks_like_xml(part):
            return ""
        try:
            return root_of(part)
        except RefusedError as refusal:
            if refusal.slug == "file-hostile":
                raise
            return ""

    def _note_opened(self, kind: str, path: str) -> None:
        target = path.casefold()
        if target not in self.members:
            if kind in _NEEDED:
                raise damaged()
            return
        self.referred.setdefault(target, path)
        if self.opened.setdefault(target, kind) != kind:
            raise hostile("one part is referred to as two kinds of part")

    def _check_kinds(self) -> None:
        for name, kind in self.opened.items():
            if self.roots[name] != _ROOTS[kind] and not (name.endswith(".bin") and not self.roots[name]):
                raise hostile("a part is of another kind than is said of it")
        books = {name for name, kind in self.opened.items() if kind == "officeDocument"}
        if len(books) > 1 or (books and "xl/workbook.xml" in self.members.keys() - books):
            raise hostile("it holds two workbooks")

    def _check_texts(self) -> None:
        names = [name for name, root in self.roots.items() if root == "worksheet"]
        size = sum(self.members[name].size for name in names)
        for strings in self.strings:
            if may_be_much_text(strings, size):
                refuse_much_text(strings, map(self._part, names))
        names = [name for name, kind in self.opened.items() if kind == "worksheet" and name.endswith(".bin")]
        size = sum(self.members[name].size for name in names)
        for strings in self.binary_strings:
            refuse_much_binary_text(strings, map(self._part, names), size)

    def _part(self, name: str) -> bytes:
        return inflate(self.content, self.members[name])


def _looks_like_xml(part: bytes) -> bool:
    return part[:64].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


# --- Relationships


class _Relations(Walker):
    """Looks at where relationships lead, and tells which parts readers will open."""

    def __init__(self, name: str, note: Callable[[str, str], None]) -> None:
        self._folder = posixpath.dirname(posixpath.dirname(name))
        self._note = note
        self._ids: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if local(tag) != "Relationship":
            return
        id_ = attributes.get("Id", "")
        if id_ in self._ids:
            raise hostile("two relationships have the same name")
        self._ids.add(id_)
        # The last word alone: Strict workbooks have other addresses before it.
        kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
        is_external = attributes.get("TargetMode", "").casefold() == "external"
        if kind in _ROOTS and is_external:
            raise hostile(_OUTSIDE)
        if not is_external and kind != "hyperlink":
            target = _resolved(self._folder, attributes.get("Target", ""))
            if kind in _ROOTS:
                self._note(kind, target)


def _resolved(folder: str, target: str) -> str:
    """The name of the part that a relationship leads to."""
    path = unquote(target.partition("#")[0]).replace("\\", "/")
    if _SCHEME.match(path):
        raise hostile(_OUTSIDE)
    if not path.startswith("/"):
        path = f"{folder}/{path}"
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and not parts:
            raise hostile(_OUTSIDE)
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)

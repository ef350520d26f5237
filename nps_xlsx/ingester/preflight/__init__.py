"""What is looked at in a workbook that came from outside, before any reader sees it.

Here is what keeps answers true: readers disagree about a zip that contradicts itself, about entities,
encodings, and parts that are not what is said of them.  So what is odd in that way is refused, and they
are given a zip written anew from what one of them read.  What would only cost time or memory is left to
the limits of the reading process: ``docs/explanation/threat-model.md``.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from nps_xlsx.ingester.containers.zips import open_zip
from nps_xlsx.ingester.preflight.archive import damaged, hostile, inflate, members_of, name_of
from nps_xlsx.ingester.preflight.markup import local, parse, root_of
from nps_xlsx.ingester.refusal import RefusedError

_XML_NAMES = (".xml", ".rels", ".vml")
_TYPES = "[Content_Types].xml"
_MANIFEST = "meta-inf/manifest.xml"
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
_OUTSIDE = "a part of it lies outside the file"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_LARGE = 1024 * 1024  # bytes of a part that is packed again: all others are read faster as they are


Parts = Mapping[str, bytes]
"""The parts of a workbook, each under the name by which others refer to it."""


def preflight(content: bytes) -> Parts:
    """Look a workbook over that is a zip: .xlsx, .xlsm, .xlsb or .ods.

    What Excel forgives is put right for readers that do not: backslashes in the names of parts, and
    names whose case is not that of the reference.

    Raises:
        RefusedError: it is damaged, needs a password, or is put together as no program does it.
    """
    parts = {}
    with open_zip(io.BytesIO(content)) as archive:
        members = members_of(content, archive)
        package = _Package(members)
        for name, entry in members.items():
            if name.endswith(".rels"):
                package.relate(name, inflate(archive, entry))
        names = package.names()
        for name, entry in members.items():
            part = parts[names[name]] = inflate(archive, entry)
            package.look_at(name, part)
        package.check_kinds()
    return parts


def packed(parts: Parts) -> bytes:
    """A zip of our own with these parts, for the readers that are libraries."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            packing = zipfile.ZIP_DEFLATED if len(part) > _LARGE else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), part, packing, compresslevel=1)
    return content.getvalue()


@dataclass(slots=True)
class _Package:
    """What is known of a workbook's parts, by their names in lower case."""

    members: dict[str, zipfile.ZipInfo]
    referred: dict[str, str] = field(default_factory=dict)
    """The name of each part that others refer to, as they write it."""
    opened: dict[str, str] = field(default_factory=dict)
    """As what each part that a reader would open is referred to."""
    roots: dict[str, str] = field(default_factory=dict)
    """The first element of each part; empty if it is not XML."""

    def names(self) -> dict[str, str]:
        """The name of each part by which others find it, and it its relationships."""
        names = {name: self.referred.get(name, name_of(entry)) for name, entry in self.members.items()}
        for part, called in self.referred.items():
            folder, name = posixpath.split(part)
            if (rels := f"{folder}/_rels/{name}.rels") in names:
                names[rels] = "{}/_rels/{}.rels".format(*posixpath.split(called))
        return names | ({_TYPES.casefold(): _TYPES} if _TYPES.casefold() in names else {})

    def look_at(self, name: str, part: bytes) -> None:
        """Note what a part is, and refuse what no part may be."""
        kind, is_binary = self.opened.get(name, ""), name.endswith(".bin") and part[:1] != b"<"
        is_xml = name.endswith(_XML_NAMES) or (kind and not is_binary)
        if kind and not part:
            raise damaged()
        # LibreOffice leaves an empty part for the settings of keys.
        self.roots[name] = root_of(part) if is_xml and part else ""
        if name == _MANIFEST and b"encryption-data" in part:
            raise RefusedError("file-encrypted")

    def check_kinds(self) -> None:
        """Refuse what readers take for different things."""
        if len({"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & self.members.keys()) > 1:
            raise hostile("it is two kinds of workbook at once")
        for name, kind in self.opened.items():
            if self.roots[name] != _ROOTS[kind] and not (name.endswith(".bin") and not self.roots[name]):
                raise hostile("a part is not of the kind that it is referred to as")
        books = {name for name, kind in self.opened.items() if kind == "officeDocument"}
        if len(books) > 1 or (books and "xl/workbook.xml" in self.members.keys() - books):
            raise hostile("it holds two workbooks")

    # --- Relationships

    def relate(self, name: str, part: bytes) -> None:
        """Note where a part's relationships lead, and which parts readers will open."""
        root_of(part)
        folder = posixpath.dirname(posixpath.dirname(name))
        ids: set[str] = set()

        def start(tag: str, attributes: dict[str, str]) -> None:
            if local(tag) != "Relationship":
                return
            if attributes.get("Id", "") in ids:
                raise hostile("two relationships have the same name")
            ids.add(attributes.get("Id", ""))
            self._relation(folder, attributes)

        parse(part, start)

    def _relation(self, folder: str, attributes: dict[str, str]) -> None:
        # The last word alone: Strict workbooks have other addresses before it.
        kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2]
        if attributes.get("TargetMode", "").casefold() == "external":
            if kind in _ROOTS:
                raise hostile(_OUTSIDE)
        elif kind != "hyperlink":
            target = _resolved(folder, attributes.get("Target", ""))
            if kind in _ROOTS:
                self._note_opened(kind, target)

    def _note_opened(self, kind: str, path: str) -> None:
        target = path.casefold()
        if target not in self.members:
            if kind in _NEEDED:
                raise damaged()
            return
        self.referred.setdefault(target, path)
        if self.opened.setdefault(target, kind) != kind:
            raise hostile("one part is referred to as two kinds of part")


def _resolved(folder: str, target: str) -> str:
    """The name of the part that a relationship leads to."""
    path = unquote(target.partition("#")[0]).replace("\\", "/")
    if _SCHEME.match(path):
        raise hostile(_OUTSIDE)
    path = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))
    if path.startswith(".."):
        raise hostile(_OUTSIDE)
    return path

"""What no program here can do to a saved file, done to its parts as Excel does it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

_TRANSITIONAL = b"http://schemas.openxmlformats.org/"
_STRICT = b"http://purl.oclc.org/ooxml/"
_STAY = (b"package/2006/",)
"""The package itself has the same namespaces in both."""
_WORDS = (
    (b"spreadsheetml/2006/main", b"spreadsheetml/main"),
    (b"officeDocument/2006/relationships", b"officeDocument/relationships"),
    (b"officeDocument/2006/extended-properties", b"officeDocument/extendedProperties"),
    (b"officeDocument/2006/custom-properties", b"officeDocument/customProperties"),
    (b"officeDocument/2006/docPropsVTypes", b"officeDocument/docPropsVTypes"),
    (b"drawingml/2006/", b"drawingml/"),
)


def strict(path: Path) -> None:
    """The namespaces of Strict Open XML in place of the transitional ones."""
    _rewrite(path, _translated)


def _translated(name: str, content: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")):
        return content
    for old, new in _WORDS:
        content = content.replace(_TRANSITIONAL + old, _STRICT + new)
    if name == "xl/workbook.xml":
        content = content.replace(b"<workbook ", b'<workbook conformance="strict" ', 1)
    # The relationship to the file's own properties keeps its old name.
    return content.replace(
        _STRICT + b"officeDocument/relationships/metadata/core-properties",
        _TRANSITIONAL + b"package/2006/relationships/metadata/core-properties",
    )


def _rewrite(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = [(info, change(info.filename, archive.read(info))) for info in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts:
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)


BY_HAND: dict[str, Callable[[Path], None]] = {"strict": strict}

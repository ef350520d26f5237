"""What a file is, by what it holds and never by its name."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import dataclass
from enum import StrEnum

from nps_xlsx.ingester.containers.compound import OLE_START, Compound
from nps_xlsx.ingester.containers.labels import split_suffix
from nps_xlsx.ingester.containers.signatures import name_contents
from nps_xlsx.ingester.containers.zips import ZIP_STARTS, open_zip, peek
from nps_xlsx.ingester.refusal import RefusedError


class Format(StrEnum):
    """A format of workbooks that is read; .xlsm counts as .xlsx."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"


Note = tuple[str, dict[str, str]]
"""A kind of problem in the catalogue and its words."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The format of a workbook, and what is reported about the file although it is read."""

    format: Format
    notes: tuple[Note, ...] = ()


_NAMED = {
    Format.XLSX: ("an .xlsx workbook", (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam")),
    Format.XLSB: ("an .xlsb workbook", (".xlsb",)),
    Format.XLS: ("an .xls workbook", (".xls", ".xlt", ".xla")),
    Format.ODS: ("an .ods workbook", (".ods", ".ots")),
}
_LITTER_STARTS = ("~$", "._", ".~lock.")
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")

_CONTENT_TYPES, _MIMETYPE, _MANIFEST = "[content_types].xml", "mimetype", "meta-inf/manifest.xml"
_PEEK, _MANIFEST_PEEK = 4_096, 1024 * 1024
_ODF = "application/vnd.oasis.opendocument."
_ODF_WORDS = {
    "text": "it is an OpenDocument text",
    "presentation": "it is an OpenDocument presentation",
    "graphics": "it is an OpenDocument drawing",
}
_PACKAGES = {
    "word/": "it is a Word document",
    "ppt/": "it is a presentation",
    "visio/": "it is a Visio drawing",
}

_COMPOUNDS = {
    "worddocument": "it is a Word document",
    "powerpoint document": "it is a presentation",
    "visiodocument": "it is a Visio drawing",
    "quill": "it is a Publisher document",
    "__properties_version1.0": "it is an Outlook message",
}
_RIGHTS = {"drmencryptedtransform", "drmencrypteddataspace", "\x09drmcontent"}
_SEALS = {"\x06dataspaces", "\x09drmcontent"}
_FILEPASS, _EOF = 0x002F, 0x000A
_GLOBALS_PEEK = 65_536
"""Bytes in which FILEPASS stands, if at all: it is among the first records of an .xls."""


def recognise(name: str, content: bytes) -> Recognised:
    """Recognise which kind of workbook a file is.

    Raises:
        RefusedError: it cannot be read; the refusal says what it is.
    """
    if is_litter(name, content):
        raise RefusedError("file-of-the-system")
    if not content:
        raise RefusedError("file-empty")
    if content.startswith(ZIP_STARTS):
        format_, has_macros = _in_zip(content)
    elif content.startswith(OLE_START):
        format_, has_macros = _in_compound(content)
    else:
        raise name_contents(content)
    notes = _misnamed(name, format_)
    if has_macros:
        notes.append(("file-has-macros", {}))
    if format_ is Format.XLS:
        notes.append(("file-old-format", {}))
    return Recognised(format_, tuple(notes))


def is_litter(name: str, content: bytes = b"") -> bool:
    """Whether a file was left by a program: a lock of Excel or LibreOffice, or a file manager's.

    Only here does the name decide: a lock has no contents to recognise it by.  A zip is never litter.
    """
    last = name.rpartition("/")[2].casefold()
    return (last.startswith(_LITTER_STARTS) or last in _LITTER) and not content.startswith(ZIP_STARTS)


def _misnamed(name: str, format_: Format) -> list[Note]:
    _, suffix = split_suffix(name.rpartition("/")[2])
    found, fitting = _NAMED[format_]
    if not suffix or suffix.casefold() in fitting:
        return []
    return [("file-misnamed", {"value": suffix, "found": found})]


# --- Zips


def is_document(archive: zipfile.ZipFile) -> bool:
    """Whether a zip is one document, such as a workbook, and not a container of files."""
    names = _names(archive)
    return bool({_CONTENT_TYPES, _MIMETYPE} & names.keys()) or _is_iwork(names)


def _names(archive: zipfile.ZipFile) -> dict[str, str]:
    """The names in a zip by their lower case, with slashes as they should be."""
    return {name.replace("\\", "/").lstrip("/").casefold(): name for name in archive.namelist()}


def _is_iwork(names: dict[str, str]) -> bool:
    return "index.zip" in names or any(name.startswith("index/") and name.endswith(".iwa") for name in names)


def _in_zip(content: bytes) -> tuple[Format, bool]:
    with open_zip(io.BytesIO(content)) as archive:
        names = _names(archive)
        if _CONTENT_TYPES in names:
            return _office_format(archive, names), "xl/vbaproject.bin" in names
        if _MIMETYPE in names:
            return _odf_format(archive, names), False
    if _is_iwork(names):
        raise RefusedError("file-not-workbook", found="it is an Apple Numbers, Pages or Keynote document")
    if not names:
        raise RefusedError("file-not-workbook", found="it is a zip with nothing in it")
    raise RefusedError("file-not-workbook", found="it is a zip of other things")


def _office_format(archive: zipfile.ZipFile, names: dict[str, str]) -> Format:
    folders = {name.partition("/")[0] + "/" for name in names if "/" in name}
    if "xl/" in folders:
        peek(archive, names[_CONTENT_TYPES], 1)  # refuses a zip with a password
        return Format.XLSB if "xl/workbook.bin" in names else Format.XLSX
    found = next(
        (words for start, words in _PACKAGES.items() if start in folders), "it is a zip of other things"
    )
    raise RefusedError("file-not-workbook", found=found)


def _odf_format(archive: zipfile.ZipFile, names: dict[str, str]) -> Format:
    type_ = peek(archive, names[_MIMETYPE], _PEEK).decode("ascii", "replace").strip()
    kind = type_.removeprefix(_ODF).removesuffix("-template")
    if kind != "spreadsheet":
        found = _ODF_WORDS.get(kind, "it is a document of another kind")
        raise RefusedError("file-not-workbook", found=found)
    if _MANIFEST in names and b"encryption-data" in peek(archive, names[_MANIFEST], _MANIFEST_PEEK):
        raise RefusedError("file-encrypted")
    return Format.ODS


# --- Compound files


def _in_compound(content: bytes) -> tuple[Format, bool]:
    compound = Compound(content)
    paths = [*compound.streams, *compound.storages]
    top = {path[0] for path in paths if path}
    if any(path[0] in _SEALS and _RIGHTS.intersection(path) for path in paths if path):
        raise RefusedError("file-rights-protected")
    if "encryptedpackage" in top:
        raise RefusedError("file-encrypted")
    book = next((name for name in ("workbook", "book") if (name,) in compound.streams), "")
    if not book:
        found = next(
            (words for mark, words in _COMPOUNDS.items() if mark in top), "it is a file of another program"
        )
        raise RefusedError("file-not-workbook", found=found)
    if _has_password(compound.read(book)[:_GLOBALS_PEEK]):
        raise RefusedError("file-encrypted")
    return Format.XLS, "_vba_project_cur" in top


def _has_password(records: bytes) -> bool:
    """Whether FILEPASS stands among the first records of an .xls: they are in clear in any case."""
    at = 0
    while at + 4 <= len(records):
        kind, length = struct.unpack_from("<HH", records, at)
        if kind in (_FILEPASS, _EOF):
            return bool(kind == _FILEPASS)
        at += 4 + length
    return False

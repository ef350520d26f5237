"""The zip around a workbook, as Python's own ``zipfile`` reads it: nothing twice, nothing too large."""

from __future__ import annotations

import io
import zipfile

from nps_xlsx.ingester.containers.zips import DAMAGE, directory_of
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError

PART_LIMIT = 200 * 1024 * 1024
"""Bytes that one part may inflate to: a sheet of a million rows and some columns."""

TOTAL_LIMIT = 400 * 1024 * 1024
"""Bytes that all parts may inflate to together, so that reading them fits into any computer's memory."""

_AES = 99
_ENCRYPTED = 0x1 | 0x40 | 0x2000


def damaged() -> RefusedError:
    """The refusal of a file that is cut short or spoilt."""
    return RefusedError("file-unreadable", reason=DAMAGED)


def hostile(reason: str) -> RefusedError:
    """The refusal of a file that no spreadsheet program makes."""
    return RefusedError("file-hostile", reason=reason)


def unusual(reason: str) -> RefusedError:
    """The refusal of a file that is beyond what is read here, and may be harmless."""
    return RefusedError("file-unreadable", reason=reason)


def members_of(content: bytes, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Every part of a zip by its name in lower case, with slashes and from the top.

    Raises:
        RefusedError: a part is there twice, missing, too large, encrypted, or packed in an unusual way.
    """
    entries = archive.infolist()
    if len(entries) != directory_of(io.BytesIO(content))[0]:
        raise damaged()
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or entry.compress_type == _AES:
            raise RefusedError("file-encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise unusual(f"a part is packed by the unusual method {entry.compress_type}")
        if entry.file_size > PART_LIMIT:
            raise hostile(f"a part inflates to more than {PART_LIMIT >> 20} MB")
    if sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
        raise hostile(f"its parts inflate to more than {TOTAL_LIMIT >> 20} MB")
    members = {name_of(entry).casefold(): entry for entry in entries}
    if len(members) < len(entries):
        raise hostile("two parts have the same name")
    return members


def name_of(entry: zipfile.ZipInfo) -> str:
    """A part's name as it is referred to: some programs write backslashes, and Excel does not mind."""
    return entry.filename.replace("\\", "/").lstrip("/")


def inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part's bytes, no more than its entry states, and with the right checksum.

    Raises:
        RefusedError: they are not.
    """
    try:
        with archive.open(entry) as packed:
            part = packed.read(entry.file_size + 1)  # a bound: without it, a few bytes may inflate to 2 GB
    except DAMAGE:
        raise damaged() from None
    if len(part) != entry.file_size:
        raise damaged()
    return part

"""Zips, opened with a bound on what their directory may hold."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import IO

from nps_xlsx.ingester.refusal import DAMAGED, MANGLED, RefusedError

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What ``zipfile`` raises on a damaged or encrypted archive, by what of it is damaged."""

DIRECTORY_LIMIT = 8 * 1024 * 1024
"""Bytes of a zip's directory: Python makes ten of each, and 5,000 files with long names take two million."""

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_HEAD, _MANGLED_SHARE = 65_536, 64
"""Bytes looked at, and one in how many of them may be a lost one: half of a zip's bytes are not UTF-8."""

_END, _END_SIZE, _COMMENT_LIMIT = b"PK\x05\x06", 22, 65_535
_LOCATOR_64, _LOCATOR_64_SIZE, _END_64_SIZE = b"PK\x06\x07", 20, 56


def open_zip(stream: IO[bytes]) -> zipfile.ZipFile:
    """The zip in a stream, which stays the caller's to close.

    Raises:
        RefusedError: its directory cannot be read, or is far too long.
    """
    try:
        if DIRECTORY_LIMIT < directory_of(stream)[1] <= stream.tell():
            raise RefusedError(
                "file-archive", found="a zip with a directory of hundreds of thousands of files"
            )
        return zipfile.ZipFile(stream)
    except DAMAGE:
        stream.seek(0)
        reason = MANGLED if is_mangled(stream.read(_HEAD)) else DAMAGED
        raise RefusedError("file-unreadable", reason=reason) from None


def is_mangled(head: bytes) -> bool:
    """Whether a file was read as text and written again: what was not UTF-8 has become U+FFFD."""
    return head.count("\ufffd".encode()) > len(head) // _MANGLED_SHARE


def directory_of(stream: IO[bytes]) -> tuple[int, int]:
    """How many entries a zip's end says its directory has, and bytes: looked up where ``zipfile`` will."""
    length = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, length - _END_SIZE - _COMMENT_LIMIT - _LOCATOR_64_SIZE - _END_64_SIZE))
    tail = stream.read()
    plain = len(tail) - _END_SIZE
    is_plain = tail[plain : plain + 4] == _END and tail[-2:] == b"\0\0"
    at = plain if is_plain and plain >= 0 else tail.rfind(_END)
    if not 0 <= at <= plain:
        return 0, 0  # it is not a zip, as zipfile will report
    at_64 = at - _LOCATOR_64_SIZE
    is_64 = at_64 >= _END_64_SIZE and tail[at_64 : at_64 + 4] == _LOCATOR_64
    form, place = ("<2Q", at_64 - _END_64_SIZE + 32) if is_64 else ("<HL", at + 10)
    count, size = struct.unpack_from(form, tail, place)
    return count, size


def peek(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """The beginning of a member.

    Raises:
        RefusedError: it is damaged, or needs a password.
    """
    try:
        if archive.getinfo(name).flag_bits & 0x1:
            raise RefusedError("file-encrypted")
        with archive.open(name) as member:
            return member.read(limit)
    except (KeyError, *DAMAGE):
        raise RefusedError("file-unreadable", reason=DAMAGED) from None

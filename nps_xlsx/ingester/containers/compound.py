"""OLE compound files (.xls, .doc, .msg, encrypted workbooks), opened so that damage cannot run away.

olefile believes the sizes that a file states; they are compared with the file first.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import olefile

from nps_xlsx.ingester.refusal import DAMAGED, RefusedError

OLE_START = bytes.fromhex("D0CF11E0A1B11AE1")

Path = tuple[str, ...]
"""The storages down to a stream or storage, in lower case, for the format knows no case."""

_HEADER = struct.Struct("<30xHH10xII12xI")
"""Shifts of the sectors' sizes, sectors of the FAT, the directory's first, sectors of the mini FAT."""

_SIZE_IN_ENTRY = 120
_SMALL_SECTORS = 9  # as a power of two; their files have sizes of 32 bits, and litter above them


if TYPE_CHECKING:
    _OleFileIO = olefile.OleFileIO[str]
else:
    _OleFileIO = olefile.OleFileIO  # generic in its stubs alone


class _Ole(_OleFileIO):
    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        """Do nothing: the check takes the square of the number of streams, and its result is ignored."""


class Compound:
    """The streams and storages of a compound file.

    Raises:
        RefusedError: the file is damaged.
    """

    def __init__(self, content: bytes) -> None:
        self._size = len(content)
        _refuse_impossible(content)
        try:
            self._ole = _Ole(io.BytesIO(content))
            streams = self._ole.listdir(streams=True, storages=False)
            storages = self._ole.listdir(streams=False, storages=True)
        except Exception:  # noqa: BLE001 - olefile raises whatever it meets in a damaged file
            raise RefusedError("file-unreadable", reason=DAMAGED) from None
        self.streams = {_lower(path): path for path in streams}
        self.storages: dict[Path, list[Path]] = {(): []}
        for path in map(_lower, storages):
            self.storages.setdefault(path, [])
            self.storages.setdefault(path[:-1], []).append(path)

    def read(self, *path: str) -> bytes:
        """The bytes of a stream; empty if there is no such stream.

        Raises:
            RefusedError: it is shorter than the file says.
        """
        stream = self.streams.get(path)
        if stream is None:
            return b""
        try:
            size = self._ole.get_size(stream)
            content = self._ole.openstream(stream).read() if size <= self._size else b""
        except Exception:  # noqa: BLE001 - as above
            raise RefusedError("file-unreadable", reason=DAMAGED) from None
        if len(content) != size:
            raise RefusedError("file-unreadable", reason=DAMAGED)
        return content


def _lower(path: list[str]) -> Path:
    return tuple(name.casefold() for name in path)


def _refuse_impossible(content: bytes) -> None:
    """Refuse a file whose header promises more than the file has room for."""
    try:
        shift, mini_shift, fats, directory, minifats = _HEADER.unpack_from(content)
        root_at = (min(directory, len(content)) + 1 << min(shift, 12)) + _SIZE_IN_ENTRY
        (root,) = struct.unpack_from("<Q", content, root_at)
    except struct.error:
        raise RefusedError("file-unreadable", reason=DAMAGED) from None
    root = root & 0xFFFFFFFF if shift == _SMALL_SECTORS else root
    is_regular = shift in (_SMALL_SECTORS, 12) and mini_shift == 6
    if not is_regular or max(fats << shift, minifats << shift, root) > len(content):
        raise RefusedError("file-unreadable", reason=DAMAGED)


_SECTOR, _CUTOFF, _PER_TABLE, _TABLES = 512, 4_096, 128, 109
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def lone_stream(name: str, stream: bytes) -> bytes:
    """A compound file of one stream, as [MS-CFB] lays it out; the stream is filled up to 4,096 bytes.

    Raises:
        RefusedError: the stream is larger than 109 tables of sectors can say (some 7 MB).
    """
    stream = stream.ljust(_CUTOFF, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    tables = next((n for n in range(1, _TABLES + 1) if n * _PER_TABLE >= n + 1 + sectors), 0)
    if not tables:
        raise RefusedError("file-too-large", size=f"{len(stream) / 1024**2:.0f}", limit="7")
    fat = [_TABLE] * tables + [_END, *range(tables + 2, tables + 1 + sectors), _END]
    fat += [_FREE] * (tables * _PER_TABLE - len(fat))
    header = struct.pack("<8s16xHHHHH6x", OLE_START, 0x3E, 3, 0xFFFE, _SMALL_SECTORS, 6)
    header += struct.pack("<9I", 0, tables, tables, 0, _CUTOFF, _END, 0, _END, 0)
    header += struct.pack("<109I", *range(tables), *[_FREE] * (_TABLES - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry(name, 2, _FREE, tables + 1, len(stream))
    body = directory.ljust(_SECTOR, b"\0") + stream.ljust(sectors * _SECTOR, b"\0")
    return header + struct.pack(f"<{len(fat)}I", *fat) + body


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<64sHBBIII", raw, len(raw), kind, 1, _FREE, _FREE, child)
    return head + struct.pack("<36xIQ", start, size)

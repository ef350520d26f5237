"""The zip around a workbook, taken apart byte by byte: nothing hidden, nothing twice, nothing too large.

Readers disagree about a zip whose directory, headers and bytes contradict each other, so
one that is told apart here is told apart before any of them sees it.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from nps_xlsx.ingester.refusal import DAMAGED, RefusedError

MEMBER_LIMIT = 1_000
"""Parts of one workbook; ours have about thirty, and the largest of ordinary ones some hundreds."""

NAME_LIMIT = 250
"""Characters of a part's name; Windows takes no longer path, and no program comes near it."""

PART_LIMIT = 200 * 1024 * 1024
"""Bytes that one part may inflate to: a sheet of a million rows and some columns."""

TOTAL_LIMIT = 400 * 1024 * 1024
"""Bytes that all parts may inflate to together, so that reading them fits into any computer's memory."""

_END = struct.Struct("<4s4H2LH")
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTORS = (
    struct.Struct("<4s3L"),
    struct.Struct("<3L"),
    struct.Struct("<4sL2Q"),
    struct.Struct("<L2Q"),
)
_DESCRIPTOR_MARK = b"PK\7\x08"
_STORED, _DEFLATED, _AES = 0, 8, 99
_ENCRYPTED, _STREAMED, _UTF8 = 0x1 | 0x40 | 0x2000, 0x8, 0x800
_ZIP64_EXTRA, _UNICODE_NAME_EXTRA = 0x0001, 0x7075
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_MOST_A_BYTE_INFLATES_TO = 1032
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]|^[A-Za-z]:|(?:^|/)\.\.(?:/|$)|^$")


class Member(NamedTuple):
    """One part of the zip: where its packed bytes lie and what they must inflate to."""

    name: str
    written: str
    """The name as it stands in the zip: some programs write backslashes, and Excel does not mind."""
    method: int
    crc: int
    packed: int
    size: int
    start: int


class _Entry(NamedTuple):
    """One entry of the directory at the end."""

    raw_name: bytes
    written: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def name(self) -> str:
        """The name as it is referred to: with slashes, and from the top."""
        return self.written.replace("\\", "/").lstrip("/")


class _Directory(NamedTuple):
    """Where the directory lies and how many entries it is said to have."""

    length: int
    start: int
    end: int


def damaged() -> RefusedError:
    """What a cut or spoilt file is refused with."""
    return RefusedError("file-unreadable", reason=DAMAGED)


def hostile(reason: str) -> RefusedError:
    """What a file is refused with that no spreadsheet program makes."""
    return RefusedError("file-hostile", reason=reason)


def unusual(reason: str) -> RefusedError:
    """What a file is refused with that is beyond what is read here, and need mean no harm."""
    return RefusedError("file-unreadable", reason=reason)


def open_members(content: bytes) -> list[Member]:
    """Every part of the zip, in the order of its bytes.

    Raises:
        RefusedError: the directory, the headers and the bytes do not agree, or are not safe.
    """
    try:
        directory = _find_directory(content)
        entries = sorted(_entries(content, directory), key=lambda entry: entry.offset)
        _refuse_names(entries)
        return _walk(content, entries, directory.start)
    except (struct.error, UnicodeDecodeError):  # something points beyond the end, or is no name
        raise damaged() from None


def inflate(content: memoryview, member: Member) -> bytes:
    """A part's bytes, no more of them than it was said to have, and with the right checksum."""
    packed = content[member.start : member.start + member.packed]
    try:
        is_plain = member.method == _STORED or not member.packed  # Excel packs nothing into nothing
        data = bytes(packed) if is_plain else _inflate(packed, member.size)
    except zlib.error:
        raise damaged() from None
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise damaged()
    return data


def _inflate(packed: memoryview, size: int) -> bytes:
    if len(packed) * _MOST_A_BYTE_INFLATES_TO <= PART_LIMIT:
        # So few bytes cannot inflate beyond the limit, and in one piece of the right size it is faster.
        return zlib.decompress(packed, -zlib.MAX_WBITS, max(size, 1))
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    data = engine.decompress(packed, size + 1)
    if not engine.eof:
        raise damaged()
    return data


# --- The directory at the end


def _find_directory(content: bytes) -> _Directory:
    place = content.rfind(b"PK\5\6", max(0, len(content) - _END.size - _FULL16))
    if place < 0:
        raise damaged()
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(content, place)
    if place + _END.size + comment != len(content) or disk or first_disk or here != count:
        raise damaged()
    end = place
    if content[max(0, place - _LOCATOR.size) :].startswith(b"PK\6\7"):
        end, said = _directory64(content, place - _LOCATOR.size)
        for small, full, large in zip((count, size, start), (_FULL16, _FULL32, _FULL32), said, strict=True):
            if small not in (full, large):
                raise hostile("its directory says two things")
        count, size, start = said
    if start + size != end:
        raise damaged()
    if count > MEMBER_LIMIT:
        raise unusual(f"it has {count:,} parts")
    return _Directory(count, start, end)


def _directory64(content: bytes, locator: int) -> tuple[int, tuple[int, int, int]]:
    _, disk, place, disks = _LOCATOR.unpack_from(content, locator)
    mark, length, _, _, this, first, here, count, size, start = _END64.unpack_from(content, place)
    is_one_disk = not (disk or disks > 1 or this or first) and here == count
    if mark != b"PK\6\6" or place + 12 + length != locator or not is_one_disk:
        raise damaged()
    return place, (count, size, start)


def _entries(content: bytes, directory: _Directory) -> Iterator[_Entry]:
    place = directory.start
    for _ in range(directory.length):
        found = _CENTRAL.unpack_from(content, place)
        mark, _, _, flags, method, _, _, crc, packed, size, name, extra, comment, disk, _, _, offset = found
        if mark != b"PK\1\2" or disk not in (0, _FULL16):
            raise damaged()
        _refuse_packing(flags, method)
        extra_start = place + _CENTRAL.size + name
        raw = content[place + _CENTRAL.size : extra_start]
        size, packed, offset = _whole_sizes(
            content[extra_start : extra_start + extra], raw, [size, packed, offset]
        )
        yield _Entry(
            raw, raw.decode("utf-8" if flags & _UTF8 else "cp437"), flags, method, crc, packed, size, offset
        )
        place = extra_start + extra + comment
    if place != directory.end:
        raise damaged()


def _refuse_packing(flags: int, method: int) -> None:
    if flags & _ENCRYPTED or method == _AES:
        raise RefusedError("file-encrypted")
    if method not in (_STORED, _DEFLATED):
        raise unusual(f"a part is packed by the unusual method {method}")


def _whole_sizes(extra: bytes, raw_name: bytes, numbers: list[int]) -> list[int]:
    """The sizes (and offset), with those that are too large for the entry taken from its zip64 field."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, place)
        field = extra[place + 4 : place + 4 + length]
        if kind == _ZIP64_EXTRA and _FULL32 in numbers:
            wide = iter(struct.unpack(f"<{len(field) // 8}Q", field[: len(field) // 8 * 8]))
            numbers = [next(wide, _FULL32) if number == _FULL32 else number for number in numbers]
        if kind == _UNICODE_NAME_EXTRA and field[5:] != raw_name:
            raise hostile("a part has two names")
        place += 4 + length
    return numbers


def _refuse_names(entries: list[_Entry]) -> None:
    for entry in entries:
        if len(entry.name) > NAME_LIMIT or _UNSAFE.search(entry.name):
            raise hostile("a part has a name that leads elsewhere or cannot be a name")
        if entry.size > PART_LIMIT:
            raise hostile(f"a part inflates to more than {PART_LIMIT >> 20} MB")
        if entry.name.endswith("/") and entry.size:
            raise hostile("a folder in it holds data")
    if len({entry.name.casefold() for entry in entries}) < len(entries):
        raise hostile("two parts have the same name")
    if sum(entry.size for entry in entries) > TOTAL_LIMIT:
        raise hostile(f"its parts inflate to more than {TOTAL_LIMIT >> 20} MB")


# --- The parts themselves


def _walk(content: bytes, entries: list[_Entry], end: int) -> list[Member]:
    """Every part, having seen that they fill the file up to the directory without a gap or an overlap."""
    members, place = [], 0
    for entry in entries:
        if entry.offset < place:
            raise hostile("one part lies over another")
        if entry.offset > place:
            raise hostile("something is hidden between its parts")
        start = _local_header(content, entry)
        members.append(
            Member(entry.name, entry.written, entry.method, entry.crc, entry.packed, entry.size, start)
        )
        place = start + entry.packed
        if entry.flags & _STREAMED:
            place += _descriptor(content, place, entry, end)
    if place > end:
        raise hostile("one part lies over another")
    if place < end:
        raise hostile("something is hidden between its parts")
    return members


def _local_header(content: bytes, entry: _Entry) -> int:
    """Where the packed bytes start, having seen that the part's own header agrees with the directory."""
    found = _LOCAL.unpack_from(content, entry.offset)
    mark, _, flags, method, _, _, crc, packed, size, name_length, extra_length = found
    if mark != b"PK\3\4":
        raise damaged()
    _refuse_packing(flags, method)
    name_start = entry.offset + _LOCAL.size
    extra_start = name_start + name_length
    raw = content[name_start:extra_start]
    if raw != entry.raw_name or method != entry.method:
        raise hostile("a part and the directory contradict each other")
    size, packed = _whole_sizes(content[extra_start : extra_start + extra_length], raw, [size, packed])
    is_streamed = bool(flags & _STREAMED)
    if is_streamed != bool(entry.flags & _STREAMED):
        raise damaged()
    said, known = (crc, packed, size), (entry.crc, entry.packed, entry.size)
    if said != known and not is_streamed:
        raise damaged()
    return int(extra_start + extra_length)


def _descriptor(content: bytes, place: int, entry: _Entry, end: int) -> int:
    """The length of what a program that writes without seeking back puts behind a part."""
    known = (entry.crc, entry.packed, entry.size)
    for form in _DESCRIPTORS:
        if place + form.size > end:
            continue
        found: tuple[object, ...] = form.unpack_from(content, place)
        if found in (known, (_DESCRIPTOR_MARK, *known)):
            return form.size
    raise damaged()

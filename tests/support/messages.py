"""Messages in Outlook's own format, and other compound files, made for the tests."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Tree: TypeAlias = "Mapping[str, bytes | Tree]"
Value: TypeAlias = str | bytes | int | dt.datetime

_SECTOR, _SMALL, _CUTOFF = 512, 64, 4_096
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_EPOCH = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


def compound(tree: Tree) -> bytes:
    """A compound file as [MS-CFB] lays it out; what is in a storage is a chain, not a balanced tree."""
    entries = [_Entry("Root Entry", 5)]
    _add(tree, 0, entries)
    small: list[int] = []
    for entry in entries:
        if len(entry.content) < _CUTOFF:
            entry.start = _chain(small, len(entry.content), _SMALL)
            entries[0].content += _padded(entry.content, _SMALL) if entry.kind == 2 else b""
    directory_size, small_size = len(entries) * 128, len(small) * 4
    large = [entry for entry in entries if len(entry.content) >= _CUTOFF or entry.kind == 5]
    sectors = [directory_size, small_size, *(len(entry.content) for entry in large)]
    fats = next(n for n in range(1, 110) if n * 128 >= n + sum(-(-size // _SECTOR) for size in sectors))
    fat = [_FAT] * fats
    first, first_small = _chain(fat, directory_size, _SECTOR), _chain(fat, small_size, _SECTOR)
    for entry in large:
        entry.start = _chain(fat, len(entry.content), _SECTOR)
    header = struct.pack("<8s16xHHHHH6x", bytes.fromhex("D0CF11E0A1B11AE1"), 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIII", 0, fats, first, 0, _CUTOFF, first_small)
    header += struct.pack(
        "<III109I", -(-small_size // _SECTOR), _END, 0, *range(fats), *[_NONE] * (109 - fats)
    )
    fat += [_NONE] * (fats * 128 - len(fat))
    parts = [struct.pack(f"<{len(fat)}I", *fat), b"".join(map(_Entry.packed, entries))]
    parts += [struct.pack(f"<{len(small)}I", *small), *(entry.content for entry in large)]
    return header + b"".join(_padded(part, _SECTOR) for part in parts)


def _chain(fat: list[int], size: int, sector: int) -> int:
    """Add a chain of sectors for so many bytes to a table of them; where it begins."""
    start, sectors = len(fat), -(-size // sector)
    fat += [*range(start + 1, start + sectors), _END] if sectors else []
    return start if sectors else _END


def _padded(content: bytes, sector: int) -> bytes:
    return content.ljust(-(-len(content) // sector) * sector, b"\0")


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    right: int = _NONE
    child: int = _NONE
    start: int = _END

    def packed(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        head = struct.pack("<64sHBBIII", name, len(name), self.kind, 1, _NONE, self.right, self.child)
        return head + struct.pack("<36xIQ", self.start, len(self.content))


def _add(tree: Tree, parent: int, entries: list[_Entry]) -> None:
    last = None
    for name, content in tree.items():
        place = len(entries)
        entries.append(_Entry(name, 2, content) if isinstance(content, bytes) else _Entry(name, 1))
        if last is None:
            entries[parent].child = place
        else:
            last.right = place
        last = entries[place]
        if not isinstance(content, bytes):
            _add(content, place, entries)


def message(
    properties: Mapping[int, Value],
    attachments: Sequence[Tree] = (),
    recipients: Sequence[str] = (),
    *,
    is_top: bool = True,
) -> dict[str, bytes | Tree]:
    """The tree of a message; ``compound`` makes a file of it, ``attached`` an attachment."""
    head = struct.pack("<8xIIII", 0, 0, 0, len(attachments)) + bytes(8 if is_top else 0)
    tree = _object(properties, head)
    for number, attachment in enumerate(attachments):
        tree[f"__attach_version1.0_#{number:08X}"] = attachment
    for number, address in enumerate(recipients):
        tree[f"__recip_version1.0_#{number:08X}"] = _object({0x39FE: address}, bytes(8))
    return tree


def attached(method: int, inner: bytes | Tree, name: str = "", **more: bytes | Tree) -> Tree:
    """An attachment: by value where ``inner`` is bytes, else a message or an object."""
    properties: dict[int, Value] = {0x3705: method}
    if name:
        properties[0x3707] = name
    if isinstance(inner, bytes):
        return _object(properties | {0x3701: inner}, bytes(8)) | more
    return _object(properties, bytes(8)) | {"__substg1.0_3701000D": inner} | more


def _object(properties: Mapping[int, Value], head: bytes) -> dict[str, bytes | Tree]:
    streams: dict[str, bytes | Tree] = {}
    table = head
    for number, value in properties.items():
        if isinstance(value, int):
            kind, inline = 0x0003, struct.pack("<Q", value)
        elif isinstance(value, dt.datetime):
            kind, inline = 0x0040, struct.pack("<Q", int((value - _EPOCH).total_seconds()) * 10_000_000)
        else:
            kind = 0x001F if isinstance(value, str) else 0x0102
            stream = value.encode("utf-16-le") if isinstance(value, str) else value
            inline = struct.pack("<Q", len(stream))
            streams[f"__substg1.0_{number:04X}{kind:04X}"] = stream
        table += struct.pack("<HHI8s", kind, number, 6, inline)
    return {"__properties_version1.0": table, **streams}

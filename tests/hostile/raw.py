"""A zip written byte by byte, so that its directory, headers and data can contradict each other."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

Maker = Callable[[bytes], bytes]
"""Makes one file of another: of an honest workbook, a hostile one."""

DEFLATED = 8


@functools.cache  # most cases have most parts in common
def deflated(data: bytes) -> bytes:
    """Data as it stands in a zip."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


@dataclass(frozen=True)
class Part:
    """One part; ``header`` and ``entry`` are what its header and the directory say otherwise."""

    name: bytes
    data: bytes
    method: int = DEFLATED
    flags: int = 0
    payload: bytes | None = None
    header: Mapping[str, int | bytes] = field(default_factory=dict)
    entry: Mapping[str, int | bytes] = field(default_factory=dict)
    behind: bytes = b""
    """What stands between this part and the next."""

    def packed(self) -> bytes:
        if self.payload is not None:
            return self.payload
        return self.data if self.method == 0 else deflated(self.data)

    def fields(self, said: Mapping[str, int | bytes]) -> dict[str, int | bytes]:
        """What is said of it, after what is true."""
        true: dict[str, int | bytes] = {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            "crc": zlib.crc32(self.data),
            "packed": len(self.packed()),
            "size": len(self.data),
            "extra": b"",
            "disk": 0,
        }
        return true | dict(said)


@dataclass(frozen=True)
class End:
    """What the end of the directory says otherwise."""

    count: int = 0
    here: int = 0
    start: int = 0
    size: int = 0
    disk: int = 0
    comment: bytes = b""
    comment_length: int | None = None
    is_zip64: bool = False
    count64: int = 0
    mark64: bytes = b"PK\6\6"
    small_count: int = 0xFFFF
    """The count beside the one in zip64; full where that is to be taken."""
    before: bytes = b""
    """What stands before the directory."""
    entries: Callable[[list[bytes]], list[bytes]] = list
    """A change of the directory's entries."""


def read_parts(content: bytes) -> list[Part]:
    """The parts of an honest zip, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [Part(name.encode(), archive.read(name)) for name in archive.namelist()]


def write(parts: Sequence[Part], end: End | None = None) -> bytes:
    """The zip of these parts."""
    end = end or End()
    body, entries = b"", []
    for part in parts:
        entries.append(entry_of(part, len(body)))
        body += header_of(part) + part.packed() + part.behind
    body += end.before
    changed = end.entries(entries)
    return body + b"".join(changed) + _end(end, len(entries), len(body), len(b"".join(changed)))


def header_of(part: Part) -> bytes:
    """A part's own header."""
    said = part.fields(part.header)
    name, extra = said["name"], said["extra"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    numbers = (said[key] for key in ("crc", "packed", "size"))
    head = struct.pack(
        "<4s5H3L2H",
        said.get("mark", b"PK\3\4"),
        20,
        said["flags"],
        said["method"],
        0,
        33,
        *numbers,
        len(name),
        len(extra),
    )
    return head + name + extra


def entry_of(part: Part, offset: int) -> bytes:
    """A part's entry in the directory."""
    said = {"offset": offset} | part.fields(part.entry)
    name, extra = said["name"], said["extra"]
    assert isinstance(name, bytes)
    assert isinstance(extra, bytes)
    numbers = (said[key] for key in ("crc", "packed", "size"))
    lengths = (len(name), len(extra), 0, said["disk"], 0, 0)
    head = struct.pack(
        "<4s6H3L5H2L",
        *(said.get("mark", b"PK\1\2"), 20, 20, said["flags"], said["method"], 0, 33),
        *numbers,
        *lengths,
        said["offset"],
    )
    return head + name + extra


def _end(end: End, count: int, start: int, size: int) -> bytes:
    comment = len(end.comment) if end.comment_length is None else end.comment_length
    here, total = count + end.here + end.count, count + end.count
    if not end.is_zip64:
        numbers = (end.disk, 0, here, total, size + end.size, start + end.start, comment)
        return struct.pack("<4s4H2LH", b"PK\5\6", *numbers) + end.comment
    place = start + size
    count64 = count + end.count64
    record = struct.pack("<4sQ2H2L4Q", end.mark64, 44, 45, 45, 0, 0, count64, count64, size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, place, 1)
    full = (0, 0, end.small_count, end.small_count, 0xFFFFFFFF, 0xFFFFFFFF, comment)
    return record + locator + struct.pack("<4s4H2LH", b"PK\5\6", *full) + end.comment


# --- Makers


def rewritten(change: Callable[[list[Part]], Sequence[Part]] = list, end: End | None = None) -> Maker:
    """The workbook with its parts changed and its end said otherwise."""
    return lambda content: write(change(read_parts(content)), end)


def one(name: str, change: Callable[[Part], Part]) -> Callable[[list[Part]], list[Part]]:
    """A change of the part of this name."""

    def made(parts: list[Part]) -> list[Part]:
        assert name.encode() in [part.name for part in parts]
        return [change(part) if part.name == name.encode() else part for part in parts]

    return made


def every(change: Callable[[Part], Part]) -> Callable[[list[Part]], list[Part]]:
    """A change of every part."""
    return lambda parts: [change(part) for part in parts]


def also(*parts: Part) -> Callable[[list[Part]], list[Part]]:
    """More parts at the end."""
    return lambda before: [*before, *parts]


def streamed(part: Part, form: str, *, is_marked: bool) -> Part:
    """A part as a program writes it that does not seek back: the sizes stand behind it."""
    packed = part.packed()
    sizes = struct.pack(form, zlib.crc32(part.data), len(packed), len(part.data))
    mark = b"PK\7\x08" if is_marked else b""
    zeros = {"crc": 0, "packed": 0, "size": 0}
    return replace(part, flags=part.flags | 8, payload=packed, header=zeros, behind=mark + sizes)


def wide(part: Part) -> Part:
    """A part with its sizes in zip64 fields."""
    packed = part.packed()
    extra = struct.pack("<2H2Q", 1, 16, len(part.data), len(packed))
    full: dict[str, int | bytes] = {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF, "extra": extra}
    return replace(part, payload=packed, header=full, entry=full)

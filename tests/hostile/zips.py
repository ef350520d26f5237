"""Cases of the zip itself: bombs, names, cuts, and lies of its directory."""

from __future__ import annotations

import functools
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.hostile import ACCEPTED, ENCRYPTED, HOSTILE, SHEET, STRINGS, UNREADABLE, Case
from tests.hostile.raw import (
    End,
    Maker,
    Part,
    also,
    deflated,
    entry_of,
    every,
    header_of,
    one,
    read_parts,
    rewritten,
    streamed,
    wide,
    write,
)

MEGABYTE = 1024 * 1024
OVERLAPPING = UNREADABLE if "_end_offset" in zipfile.ZipInfo.__slots__ else ACCEPTED
"""Later releases of each Python refuse parts that overlap (https://github.com/python/cpython/issues/109858);
before, what they inflate to counts as that of other parts does."""


# --- Bombs


@functools.cache
def zeros(megabytes: int) -> tuple[bytes, int]:
    """So many megabytes of zeros, deflated, and their checksum."""
    engine, crc = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS), 0
    payload = b""
    for _ in range(megabytes):
        payload += engine.compress(bytes(MEGABYTE))
        crc = zlib.crc32(bytes(MEGABYTE), crc)
    return payload + engine.flush(), crc


def bomb(name: bytes, megabytes: int, said: int | None = None) -> Part:
    """A part of zeros, of which its header and the directory say the size or another."""
    payload, crc = zeros(megabytes)
    known = {"size": megabytes * MEGABYTE if said is None else said, "crc": crc}
    return Part(name, b"", payload=payload, header=known, entry=known)


def bombs(*sizes: int, said: int | None = None) -> Maker:
    """The workbook with such parts beside its own."""

    def make(content: bytes) -> bytes:
        more = (bomb(b"xl/media/%d.emf" % number, size, said) for number, size in enumerate(sizes))
        return write([*read_parts(content), *more])

    return make


def fifield(content: bytes) -> bytes:
    """Parts that lie in each other: each quotes the header of the next, and all share one kernel."""
    data, payload = bytes(100_000), deflated(bytes(100_000))
    parts: list[Part] = []
    for number in reversed(range(5)):
        parts.insert(0, Part(b"xl/media/%d.emf" % number, data, payload=payload))
        header = header_of(parts[0])
        data, payload = (
            header + data,
            struct.pack("<BHH", 0, len(header), len(header) ^ 0xFFFF) + header + payload,
        )
    honest = read_parts(content)
    start = len(write(honest, End(entries=lambda _: []))) - 22
    step = len(header_of(parts[0])) + 5
    inner = [entry_of(part, start + step * number) for number, part in enumerate(parts)][1:]
    return write([*honest, parts[0]], End(count=len(inner), entries=lambda entries: [*entries, *inner]))


def overlapping(content: bytes) -> bytes:
    """Two entries, of two names, for the bytes of one part."""
    parts = read_parts(content)
    again = entry_of(
        replace(parts[-1], name=b"xl/1.emf"), len(write(parts[:-1], End(entries=lambda _: []))) - 22
    )
    return write(parts, End(count=1, entries=lambda entries: [*entries, again]))


BOMBS = [
    Case("bomb of one part", bombs(201), HOSTILE),
    Case("bomb of several parts", bombs(150, 150, 150), HOSTILE),
    Case("bomb that says it is small", bombs(201, said=1_000), UNREADABLE),
    Case("bomb of little bytes that says it is small", bombs(190, said=1_000), UNREADABLE),
    Case("part that says it is larger than it is", bombs(1, said=2 * MEGABYTE), UNREADABLE),
    Case("a large picture", bombs(20), ACCEPTED),
    Case("over a thousand parts", rewritten(also(*(Part(b"%d" % n, b"") for n in range(971)))), ACCEPTED),
    Case("some hundred parts", rewritten(also(*(Part(b"%d" % n, b"") for n in range(900)))), ACCEPTED),
    Case(
        "nested bomb",
        lambda content: rewritten(also(Part(b"xl/embeddings/1.xlsx", bombs(150, 150, 150)(content))))(
            content
        ),
        ACCEPTED,
    ),
    Case("overlapping parts by Fifield", fifield, OVERLAPPING),
    Case("one part under two entries", overlapping, UNREADABLE),
]


# --- Names


def named(name: bytes, flags: int = 0, data: bytes = b"x") -> Maker:
    """The workbook with one more part of this name."""
    return rewritten(also(Part(name, data, flags=flags)))


_UNICODE_NAME = struct.pack("<2HBL", 0x7075, 5 + 24, 1, 0) + b"xl/worksheets/sheet2.xml"

NAMES = [
    Case("name twice", named(SHEET.encode()), HOSTILE),
    Case("name twice but for its case", named(b"XL/Worksheets/Sheet2.XML"), HOSTILE),
    Case(
        "name twice but for the case of a letter with an accent",
        rewritten(
            also(
                Part("xl/media/é".encode(), b"x", flags=0x800), Part("xl/media/É".encode(), b"x", flags=0x800)
            )
        ),
        HOSTILE,
    ),
    Case("absolute name", named(b"/xl/media/1.emf"), ACCEPTED),
    Case("climbing name", named(b"../../1.emf"), ACCEPTED),
    Case("name that climbs in its middle", named(b"xl/../../1.emf"), ACCEPTED),
    Case("name that is a climb", named(b".."), ACCEPTED),
    Case("name with backslashes", named(b"xl\\worksheets\\sheet2.xml"), HOSTILE),
    Case("name with a drive", named(b"C:1.emf"), ACCEPTED),
    Case("name with NUL", named(b"xl/media/1.emf\0.xml"), ACCEPTED),
    Case("name with a line break", named(b"xl/media/1\n.emf"), ACCEPTED),
    Case("name that is too long", named(b"xl/media/" + b"x" * 300), ACCEPTED),
    Case("name that is not there", named(b""), ACCEPTED),
    Case("name that is no UTF-8 though it says so", named(b"xl/media/\xff.emf", 0x800), UNREADABLE),
    Case("name with letters of UTF-8", named("xl/media/schön.emf".encode(), 0x800), ACCEPTED),
    Case("name with letters of an old code page", named(b"xl/media/sch\x94n.emf"), ACCEPTED),
    Case("name with three dots", named(b"xl/media/a...b.emf"), ACCEPTED),
    Case(
        "second name in a field of its own",
        rewritten(also(Part(b"xl/media/1.emf", b"x", entry={"extra": _UNICODE_NAME}))),
        ACCEPTED,
    ),
    Case("folder as a part", named(b"xl/media/", data=b""), ACCEPTED),
    Case("folder that holds data", named(b"xl/media/"), ACCEPTED),
]


# --- Cut, lengthened, garbled


def cut(share: float) -> Maker:
    """What came of a file up to a share of it."""
    return lambda content: content[: int(len(content) * share)]


def first(length: int) -> Maker:
    """The first bytes; counted from the end where negative."""
    return lambda content: content[:length]


def at_directory(behind: int) -> Maker:
    """The file up to its directory and a little further."""
    return lambda content: content[: content.index(b"PK\1\2") + behind]


def inserted(share: float, what: bytes = b"\0") -> Maker:
    """The file with bytes put in."""
    return lambda content: content[: int(len(content) * share)] + what + content[int(len(content) * share) :]


def removed(share: float, length: int = 1) -> Maker:
    """The file with bytes taken out."""
    return lambda content: (
        content[: int(len(content) * share)] + content[int(len(content) * share) + length :]
    )


SHARES = (0.01, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.97, 0.995)


def _garbled() -> Iterator[Case]:
    for share in SHARES:
        yield Case(f"cut at {share:.1%}", cut(share), UNREADABLE)
        yield Case(f"a byte put in at {share:.1%}", inserted(share), UNREADABLE)
        yield Case(f"a byte lost at {share:.1%}", removed(share), UNREADABLE)
    for length in (4, 30, 100, -1, -2, -21, -22, -23):
        yield Case(f"cut to {length} bytes", first(length), UNREADABLE)
    for behind in (0, 4, 46, 100):
        yield Case(f"cut in the directory at {behind}", at_directory(behind), UNREADABLE)


GARBLED = [
    *_garbled(),
    Case("cut to nothing", first(0), "file-empty"),
    Case("cut to two bytes", first(2), "file-not-workbook"),
    Case("a hole in the middle", removed(0.5, 10_000), UNREADABLE),
    Case("a block of zeros in the middle", lambda c: c[:50_000] + bytes(4_096) + c[54_096:], UNREADABLE),
    Case("two halves swapped", lambda c: c[:4] + c[90_000:] + c[4:90_000], UNREADABLE),
    Case("line breaks made those of Windows", lambda c: c.replace(b"\n", b"\r\n"), UNREADABLE),
    Case("taken for Latin-1 and written as UTF-8", lambda c: c.decode("latin-1").encode(), UNREADABLE),
    Case("eighth bits lost", lambda c: bytes(byte & 0x7F for byte in c), UNREADABLE),
    Case("sent twice", lambda c: c + c, ACCEPTED),
    Case("bytes behind the end", lambda c: c + b"\r\n", ACCEPTED),
    Case("many zeros behind the end", lambda c: c + bytes(70_000), UNREADABLE),
    Case("another file behind the end", lambda c: c + b"<html></html>", ACCEPTED),
    Case("a program before the zip", lambda c: b"MZ" + bytes(500) + c, "file-not-workbook"),
    Case("a script before the zip", lambda c: b"#!/bin/sh\nexit\n" + c, "file-not-workbook"),
    Case("another zip before the zip", lambda c: c[:5_000] + c, ACCEPTED),
    Case("no zip but the beginning of one", lambda c: b"PK\3\4" + b"x" * 1_000, UNREADABLE),
    Case("a zip of nothing", lambda c: write([]), "file-not-workbook"),
]


# --- Lies


def lie(where: str, **said: int | bytes) -> Maker:
    """The workbook with false words on its sheet in the header, in the directory, or in both."""

    def change(part: Part) -> Part:
        header, entry = (said if where in (place, "both") else {} for place in ("header", "entry"))
        return replace(part, header=header, entry=entry)

    return rewritten(one(SHEET, change))


def off(where: str, key: str, by: int) -> Maker:
    """The workbook with a number on its sheet that is off by some."""

    def change(part: Part) -> Part:
        true = part.fields({})[key]
        assert isinstance(true, int)
        said = {key: true + by}
        return replace(part, header=said) if where == "header" else replace(part, entry=said)

    return rewritten(one(SHEET, change))


def packed_as(method: int, flags: int = 0) -> Maker:
    """The workbook with a sheet said to be packed by another method."""
    return rewritten(
        one(SHEET, lambda part: replace(part, method=method, flags=flags, payload=part.packed()))
    )


def streamed_as(form: str, *, is_marked: bool) -> Maker:
    """The workbook as a program writes it that does not seek back."""
    return rewritten(every(lambda part: streamed(part, form, is_marked=is_marked)))


def hidden(where: str) -> Maker:
    """The workbook with a part that the directory does not list."""
    part = Part(b"xl/media/1.emf", b"x" * 99)

    def make(content: bytes) -> bytes:
        parts = read_parts(content)
        place = {"first": 0, "between": 3, "last": len(parts)}[where]
        entries: Callable[[list[bytes]], list[bytes]] = lambda e: e[:place] + e[place + 1 :]  # noqa: E731 - typed
        return write([*parts[:place], part, *parts[place:]], End(count=-1, entries=entries))

    return make


def into_directory(parts: list[Part]) -> list[Part]:
    """The last part is said to be longer than it is."""
    said = {"packed": len(parts[-1].packed()) + 100}
    return [*parts[:-1], replace(parts[-1], header=said, entry=said)]


def endless() -> Part:
    """A part, too large to be inflated at once, whose data are all there but never said to end."""
    data = random.Random(0).randbytes(300_000)  # noqa: S311 - not for secrets
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Part(b"xl/media/1.emf", data, payload=engine.compress(data) + engine.flush(zlib.Z_SYNC_FLUSH))


LIES = [
    Case("count of parts too high", rewritten(end=End(count=1)), UNREADABLE),
    Case("count of parts too low", rewritten(end=End(count=-1)), UNREADABLE),
    Case("count of parts that is two", rewritten(end=End(here=1)), ACCEPTED),
    Case("directory said to start later", rewritten(end=End(start=1)), UNREADABLE),
    Case("directory said to start earlier", rewritten(end=End(start=-4)), UNREADABLE),
    Case("directory said to be longer", rewritten(end=End(size=1)), UNREADABLE),
    Case("second of two disks", rewritten(end=End(disk=1)), ACCEPTED),
    Case("part on another disk", lie("entry", disk=3), ACCEPTED),
    Case("place of a part too high", lie("entry", offset=17), UNREADABLE),
    Case("place of a part beyond the end", lie("entry", offset=0xFFFFFF00), UNREADABLE),
    Case("mark of a part's header wrong", lie("header", mark=b"PK\3\5"), UNREADABLE),
    Case("mark of a part's entry wrong", lie("entry", mark=b"PK\1\3"), UNREADABLE),
    *(
        Case(f"{key} off by {by} in the {where}", off(where, key, by), outcome)
        for where, outcome in (("header", ACCEPTED), ("entry", UNREADABLE))
        for key in ("crc", "size")
        for by in (1, -1)
    ),
    Case("packed off by 1 in the header", off("header", "packed", 1), ACCEPTED),
    Case("packed off by 1 in the entry", off("entry", "packed", 1), OVERLAPPING),
    Case("packed off by -1 in the entry", off("entry", "packed", -1), ACCEPTED),
    Case("checksum wrong in both", lie("both", crc=1), UNREADABLE),
    Case(
        "checksum of a picture wrong in both",
        rewritten(also(Part(b"xl/media/1.emf", b"x", header={"crc": 1}, entry={"crc": 1}))),
        UNREADABLE,
    ),
    Case("another name in the header", lie("header", name=b"xl/worksheets/sheet3.xml"), UNREADABLE),
    Case("another name in the directory", lie("entry", name=b"xl/worksheets/sheet99.xml"), UNREADABLE),
    Case("another method in the header", lie("header", method=0), ACCEPTED),
    Case("another method in the directory", lie("entry", method=0), UNREADABLE),
    Case("flag of a password", packed_as(8, flags=1), ENCRYPTED),
    Case("flag of a password in the header only", lie("header", flags=1), ACCEPTED),
    Case("flag of a password in the directory only", lie("entry", flags=1), ENCRYPTED),
    Case("strong encryption", packed_as(8, flags=0x40), ENCRYPTED),
    Case("packed as by AES", packed_as(99), ENCRYPTED),
    *(
        Case(f"packed by method {method}", packed_as(method), UNREADABLE)
        for method in (1, 6, 9, 12, 14, 93, 95, 98)
    ),
    Case(
        "stored but said to be deflated",
        rewritten(one(STRINGS, lambda part: replace(part, payload=part.data))),
        UNREADABLE,
    ),
    Case("deflated but said to be stored", packed_as(0), UNREADABLE),
    Case(
        "rubbish behind the deflated data of a part",
        rewritten(one(SHEET, lambda part: replace(part, payload=part.packed() + b"rubbish"))),
        ACCEPTED,
    ),
    Case(
        "sizes behind a part that are wrong",
        rewritten(
            one(
                SHEET,
                lambda part: replace(streamed(part, "<3L", is_marked=True), behind=b"PK\7\x08" + bytes(12)),
            )
        ),
        ACCEPTED,
    ),
    Case(
        "sizes behind a part that are not there",
        rewritten(one(SHEET, lambda part: replace(streamed(part, "<3L", is_marked=True), behind=b""))),
        ACCEPTED,
    ),
    Case("part hidden before the others", hidden("first"), ACCEPTED),
    Case("part hidden between the others", hidden("between"), ACCEPTED),
    Case("part hidden behind the others", hidden("last"), ACCEPTED),
    Case("bytes between parts", rewritten(one(SHEET, lambda part: replace(part, behind=bytes(9)))), ACCEPTED),
    Case("bytes before the directory", rewritten(end=End(before=bytes(9))), ACCEPTED),
    Case("directory in the comment", lambda c: rewritten(end=End(comment=c[-400:]))(c), UNREADABLE),
    Case("comment longer than the file", rewritten(end=End(comment_length=9)), ACCEPTED),
    Case("comment shorter than said", rewritten(end=End(comment=b"words", comment_length=1)), ACCEPTED),
    Case("other count in zip64", rewritten(end=End(is_zip64=True, count64=1)), UNREADABLE),
    Case("other count beside zip64", rewritten(end=End(is_zip64=True, small_count=7)), ACCEPTED),
    Case("mark of zip64 wrong", rewritten(end=End(is_zip64=True, mark64=b"PK\6\5")), UNREADABLE),
    Case("said to be streamed in the header only", lie("header", flags=8), ACCEPTED),
    Case("said to be streamed in the directory only", lie("entry", flags=8), ACCEPTED),
    Case("last part that reaches into the directory", rewritten(into_directory), OVERLAPPING),
    Case("large part that does not end", rewritten(also(endless())), ACCEPTED),
]

STORED = Case("stored", rewritten(every(lambda part: replace(part, method=0))), ACCEPTED)
HONEST = [
    Case("as it was built", lambda content: content, ACCEPTED),
    Case("packed anew", rewritten(), ACCEPTED),
    STORED,
    Case("with a comment", rewritten(end=End(comment=b"Saved by a program")), ACCEPTED),
    Case("parts in another order", rewritten(lambda parts: parts[::-1]), ACCEPTED),
    Case("directory in another order", rewritten(end=End(entries=lambda entries: entries[::-1])), ACCEPTED),
    Case(
        "nothing packed into nothing",
        rewritten(also(Part(b"docProps/thumbnail.wmf", b"", payload=b""))),
        ACCEPTED,
    ),
    Case("zip64 throughout", rewritten(every(wide), End(is_zip64=True)), ACCEPTED),
    Case("sizes behind the parts", streamed_as("<3L", is_marked=True), ACCEPTED),
    Case("sizes behind the parts without a mark", streamed_as("<3L", is_marked=False), ACCEPTED),
    Case("long sizes behind the parts", streamed_as("<L2Q", is_marked=True), ACCEPTED),
    Case("flags for how hard it was packed", rewritten(every(lambda part: replace(part, flags=6))), ACCEPTED),
]

CASES = [*BOMBS, *NAMES, *GARBLED, *LIES, *HONEST]

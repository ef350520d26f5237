"""Files that came as text: in base64, alone or in JSON or a data address, and uuencoded in a mail's text."""

from __future__ import annotations

import binascii
import codecs
import re
from collections.abc import Iterator

from nps_xlsx.ingester.containers.compound import OLE_START
from nps_xlsx.ingester.containers.zips import ZIP_STARTS

WORKBOOK_STARTS = (*ZIP_STARTS, OLE_START)

_BEFORE, _BESIDE = 1_024, 4_096
"""Bytes that may stand before the base64 (a flow writes the content type there), and in all beside it."""

# Base64 of "PK\x03\x04" and of a compound file's first eight bytes; whole bytes of both, so that they do
# not hang on what follows.  The run is one class of characters, the others are bounded: linear.
_MARK = re.compile(rb"UEsDB[A-P]|0M8R4KGxG")
_RUN = re.compile(rb"[A-Za-z0-9+/_=\s\\-]*")
_ESCAPES = re.compile(rb"\\[nrt]|[\\\s=]")
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)


def workbook_in_text(content: bytes) -> bytes | None:
    """The bytes of a workbook that came as base64, where all but a frame of the text is that."""
    text = _one_byte(content) if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else content
    mark = _MARK.search(text, 0, _BEFORE)
    if mark is None:
        return None
    run = _RUN.match(text, mark.start())
    if run is None or len(text) - len(run[0]) > _BESIDE:
        return None
    plain = _ESCAPES.sub(b"", run[0]).translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return None


def _one_byte(content: bytes) -> bytes:
    return content.decode("utf-16", "replace").encode("ascii", "replace")


def uuencoded(text: bytes) -> Iterator[tuple[str, bytes]]:
    """The files that stand uuencoded in a text (POSIX ``uuencode``), each with its name."""
    at = 0
    while begin := _BEGIN.search(text, at):
        end = text.find(b"\nend", begin.end() - 1)
        at = len(text) if end < 0 else end
        content = b"".join(map(_uu_line, text[begin.end() : at].splitlines()))
        if content:
            yield begin[1].decode("utf-8", "replace").strip(), content


def _uu_line(line: bytes) -> bytes:
    """The bytes of one line: as many as it states, where a program wrote a wrong number of characters."""
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        length = (line[0] - 32) & 63 if line else 0
        try:
            return binascii.a2b_uu(line[: 1 + -(-length * 4 // 3)])
        except binascii.Error:
            return b""

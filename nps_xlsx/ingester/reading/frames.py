"""The messages between the program and its reading process: frames of bytes, in each one message.

msgspec writes the program's own dataclasses and reads them back only as what they are declared to
be: a process that has read a hostile file must not choose what code is run here, as pickles would let it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO, Any

import msgspec

from nps_xlsx.ingester.containers import CONTAINER_LIMIT, Held, Nesting, SourceFile
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Framework, Return
from nps_xlsx.register.councils import Register

FRAME_LIMIT = CONTAINER_LIMIT + 1024 * 1024
"""Bytes of one frame: the largest file that is opened, and its name.  The answers of a return of ours
take some 30 KB."""

READY = b"ready"
"""The first message of the process: one that cannot even start must not look like an unreadable file."""

MEMORY_LIMIT = 1024 * 1024 * 1024
"""Bytes that the process may take; the largest honest workbook needs a third."""

TOO_MUCH_MEMORY = "it needs more memory than is allowed"

_LENGTH = struct.Struct(">Q")


class Begin(msgspec.Struct):
    """What the process receives once; it reads only the files that it is sent."""

    framework: Framework
    register: Register


class Read(msgspec.Struct, tag=True):
    """Read a return; ``Done`` brings it."""

    number: int
    source: SourceFile


class Open(msgspec.Struct, tag=True):
    """Open what may be a container, as ``containers.opened`` does; ``Found`` brings each file."""

    number: int
    source: SourceFile
    nesting: Nesting
    path: bytes = b""


class Found(msgspec.Struct, tag=True):
    """A file that came out of a container."""

    number: int
    """Of the request, here and below: an answer to another one is not taken for this one's."""
    held: Held


class Done(msgspec.Struct, tag=True):
    """The last of the answers to a request."""

    number: int
    returned: Return | None = None


class Fault(msgspec.Struct, tag=True):
    """Why there is no answer."""

    number: int
    reason: str


Request = Read | Open
Answer = Found | Done | Fault


def _plain(refusal: object) -> object:
    if isinstance(refusal, RefusedError):
        return refusal.slug, refusal.words
    raise NotImplementedError(type(refusal))


def _refusal(kind: type, plain: Any) -> RefusedError:
    slug, words = msgspec.convert(plain, tuple[str, dict[str, str]])
    return RefusedError(slug, **words)


encode: Callable[[Begin | Request | Answer], bytes] = msgspec.msgpack.Encoder(enc_hook=_plain).encode
decode_begin = msgspec.msgpack.Decoder(Begin, dec_hook=_refusal).decode
decode_request: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request, dec_hook=_refusal).decode
decode_answer: Callable[[bytes], Answer] = msgspec.msgpack.Decoder(Answer, dec_hook=_refusal).decode


def write_frame(pipe: IO[bytes], content: bytes) -> None:
    """Write a length and the bytes.

    Raises:
        OSError: nobody reads at the other end.
    """
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> bytes:
    """The next frame; empty at the end, where a frame is cut short, and where it would be too long."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return b""
    (length,) = _LENGTH.unpack(head)
    if length > FRAME_LIMIT:
        return b""
    content = pipe.read(length)
    return content if len(content) == length else b""

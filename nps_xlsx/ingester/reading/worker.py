"""The reading process: requests come in on standard input, answers go out on standard output."""

from __future__ import annotations

import contextlib
import gc
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

from nps_xlsx.ingester.assemble import read_return
from nps_xlsx.ingester.containers import opened
from nps_xlsx.ingester.reading.frames import (
    FRAME_LIMIT,
    MEMORY_LIMIT,
    READY,
    TOO_MUCH_MEMORY,
    Begin,
    Done,
    Fault,
    Found,
    Read,
    Request,
    decode_begin,
    decode_request,
    encode,
    read_frame,
    write_frame,
)


def main() -> None:
    """Answer requests until nothing more comes."""
    _limit_memory()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what a library prints must not be taken for an answer
    begin = decode_begin(read_frame(requests))
    gc.freeze()  # framework and register stay: they need not be looked through again and again
    write_frame(answers, READY)
    while frame := read_frame(requests):
        for answer in answers_to(decode_request(frame), begin):
            write_frame(answers, answer)


def answers_to(request: Request, begin: Begin) -> Iterator[bytes]:
    """Do what is asked; whatever goes wrong is reported, and put down to the file for the time being."""
    try:
        if isinstance(request, Read):
            yield _encoded(Done(request.number, read_return(request.source, begin.framework, begin.register)))
            return
        for held in opened(request.source, request.nesting, request.path):
            yield _encoded(Found(request.number, held))
        yield _encoded(Done(request.number))
    except MemoryError:
        yield encode(Fault(request.number, TOO_MUCH_MEMORY))
    except Exception as error:  # noqa: BLE001 - a fault of ours that this file met costs this file
        yield encode(Fault(request.number, f"the reader broke down on it ({_where(error)})"))


def _encoded(answer: Done | Found) -> bytes:
    content = encode(answer)
    if len(content) > FRAME_LIMIT:
        raise MemoryError
    return content


def _where(error: Exception) -> str:
    """What a maintainer needs to know of a fault, without a word of what stands in the file."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"


def _limit_memory() -> None:
    # Windows has no such limit, and macOS takes none: https://github.com/python/cpython/issues/84698
    # There the program watches (see ``process``).
    with contextlib.suppress(ImportError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()

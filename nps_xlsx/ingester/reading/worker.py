"""The reading process: workbooks come in on standard input, their values go out on standard output."""

from __future__ import annotations

import sys

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.reading import read_workbook
from nps_xlsx.ingester.reading.frames import READY, read_frame, refusal_to, workbook_to, write_frame
from nps_xlsx.ingester.refusal import RefusedError

MEMORY_LIMIT = 1024 * 1024 * 1024
"""Bytes of address space, where the system can limit it; the largest honest workbook takes a third."""


def main() -> None:
    """Read workbooks until nothing more comes."""
    _limit_memory()
    source, answers = sys.stdin.buffer, sys.stdout.buffer
    write_frame(answers, READY)
    while name := read_frame(source):
        content = read_frame(source)
        file = SourceFile(name.decode("utf-8", "surrogatepass"), content, len(content))
        try:
            answer = workbook_to(read_workbook(file))
        except RefusedError as refusal:
            answer = refusal_to(refusal)
        except MemoryError:
            answer = refusal_to(
                RefusedError("file-unreadable", reason="it needs more memory than is allowed")
            )
        write_frame(answers, answer)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit: there the preflight alone stands
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    main()

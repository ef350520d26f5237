"""A process of its own for reading, so that no file can stop, slow or fill the program.

What was measured: on odd files calamine aborts the whole process (memory), panics or never
comes back.  Here each of these costs one file.  The process is started once and reused;
after it was lost, the next file gets a new one.  It speaks in JSON, not in pickles: a process
that has read a hostile file is not trusted to say what code to run.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import IO

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.grids import Workbook
from nps_xlsx.ingester.reading import refuse_unread
from nps_xlsx.ingester.reading.frames import READY, read_frame, workbook_from, write_frame
from nps_xlsx.ingester.refusal import RefusedError

SECONDS = 10.0
"""For one file; one of ours takes a tenth of a second, and the largest honest ones seen take three."""

_START_SECONDS = 60.0
"""For the process to start: a slow disk and a virus scanner on its first day."""

# -P: a folder of returns may hold a file called json.py, and that is not to be imported.
_COMMAND = (sys.executable, "-P", "-m", "nps_xlsx.ingester.reading.worker")
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would flash a console


class ReadingProcess:
    """Reads workbooks in another process; use it as a context manager.

    ``command`` and ``seconds`` are for tests.
    """

    def __init__(self, command: Sequence[str] = _COMMAND, seconds: float = SECONDS) -> None:
        self._command = tuple(command)
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def __enter__(self) -> ReadingProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read_workbook(self, source: SourceFile) -> Workbook:
        """Read the sheets of a workbook.

        Raises:
            RefusedError: it is no workbook, or cannot be read: also where reading it took too
                long, or ended the process.
            RuntimeError: the process does not start; that is no fault of the file.
        """
        refuse_unread(source)
        answer = self._ask(source)
        if answer is None:
            reason = f"reading it took more than {self._seconds:g} seconds"
        elif not answer:
            reason = "the reader broke down on it"
        else:
            return workbook_from(answer)
        self._stop()
        raise RefusedError("file-unreadable", reason=reason)

    def _ask(self, source: SourceFile) -> bytes | None:
        """The answer of the process; empty where it died, ``None`` where it was too slow."""
        process = self._process or self._start()
        late = threading.Event()
        # The limit covers speaking too: a process that reads nothing would never let go of us.
        clock = threading.Timer(self._seconds, _end, (process, late))
        clock.start()
        try:
            assert process.stdin is not None  # noqa: S101 - it was opened as a pipe
            with contextlib.suppress(OSError):  # it died while it was spoken to: no answer will come
                write_frame(process.stdin, source.name.encode("utf-8", "surrogatepass"))
                write_frame(process.stdin, source.content)
            answer = self._answers.get()
        finally:
            clock.cancel()
        return None if late.is_set() and not answer else answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._answers = queue.SimpleQueue()
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=_NO_WINDOW,
        )
        self._process = process
        assert process.stdout is not None  # noqa: S101 - it was opened as a pipe
        # A thread waits for the answers: on Windows a pipe cannot be waited for with a time limit.
        listener = threading.Thread(target=_listen, args=(process.stdout, self._answers), daemon=True)
        listener.start()
        try:
            is_ready = self._answers.get(timeout=_START_SECONDS) == READY
        except queue.Empty:
            is_ready = False
        if not is_ready:
            self._stop()
            raise RuntimeError(f"the reading process does not start: {' '.join(self._command)}")
        return process

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # unsaid words to a process that is gone
                if pipe is not None:
                    pipe.close()
        self._process = None


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _listen(pipe: IO[bytes], answers: queue.SimpleQueue[bytes]) -> None:
    while frame := _next_frame(pipe):
        answers.put(frame)
    answers.put(b"")


def _next_frame(pipe: IO[bytes]) -> bytes:
    """What the process says next; nothing at its end, or where the pipe is closed under the listener."""
    try:
        return read_frame(pipe)
    except (OSError, ValueError):
        return b""

"""Processes of their own for reading, so that no file can stop, slow or fill the program.

What was measured: on odd files calamine aborts the whole process (memory), panics or never
comes back, and a text of 16,000 characters can keep a regular expression busy for ever.  So
everything that is parsed out of a file is parsed there, up to the return itself, and each of
these costs one file.  The processes are reused; a file is refused as one that breaks the
reader only where it broke one that had read nothing before it.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import TracebackType
from typing import IO

import msgspec
import psutil

from nps_xlsx.framework import load_framework
from nps_xlsx.ingester.containers import Held, Nesting, SourceFile
from nps_xlsx.ingester.containers.labels import printable
from nps_xlsx.ingester.reading.frames import (
    MEMORY_LIMIT,
    READY,
    TOO_MUCH_MEMORY,
    Answer,
    Begin,
    Done,
    Fault,
    Found,
    Open,
    Read,
    Request,
    decode_answer,
    encode,
    read_frame,
    write_frame,
)
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.ingester.refused import refuse_unread, refused_return
from nps_xlsx.jobs import in_order
from nps_xlsx.model import Framework, Return
from nps_xlsx.register.councils import Register, load_register


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may take until its next answer."""

    work: float = 30.0
    """Seconds of its own work, as the system counts them: whatever else the machine does makes no difference.
    A return of ours takes a tenth of a second; one with a register of 100,000 rows added took twenty."""
    wait: float = 300.0
    """Seconds by the clock, for a process that waits for something that never comes."""
    memory: int = MEMORY_LIMIT
    """Bytes in use.  On Linux the process is bound by the system itself; everywhere it is watched."""


_START_SECONDS = 60.0
"""For the process to start: a slow disk and a virus scanner on its first day."""

_EVERY = 0.1  # seconds from one look at the process to the next

# -P: a folder of returns may hold a file called json.py, and that is not to be imported.
_COMMAND = (sys.executable, "-P", "-m", "nps_xlsx.ingester.reading.worker")
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows would flash a console
_BROKE_DOWN = "the reader broke down on it"


class ReadingProcess:
    """Reads returns in another process, and opens containers in one beside it; use it as a context manager.

    Several threads may read at once: each then has a process of its own.  ``command`` and
    ``limits`` are for tests.
    """

    def __init__(
        self,
        framework: Framework | None = None,
        register: Register | None = None,
        command: Sequence[str] = _COMMAND,
        limits: Limits | None = None,
    ) -> None:
        self._begin = encode(Begin(framework or load_framework(), register or load_register()))
        self._command = tuple(command)
        self._limits = limits or Limits()
        self._numbers = itertools.count(1)
        self._idle: list[_Worker] = []
        self._workers: set[_Worker] = set()
        self._is_closed = False

    def __enter__(self) -> ReadingProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_closed = True
        for worker in tuple(self._workers):
            self._stop(worker)

    def read_returns(self, sources: Iterable[SourceFile], jobs: int) -> Iterator[Return]:
        """Read files in ``jobs`` processes side by side; the returns come in the order of the files.

        Raises:
            RuntimeError: a process does not start; that is no fault of the file.
        """
        with ThreadPoolExecutor(jobs) as pool:
            try:
                yield from in_order(lambda source: pool.submit(self.read_return, source), sources, 2 * jobs)
            except BaseException:  # or the pool would wait for files that nobody wants any more
                self.__exit__(None, None, None)
                raise

    def read_return(self, source: SourceFile) -> Return:
        """Read one file, as ``ingester.read_return`` does; one that breaks the process is refused.

        Raises:
            RuntimeError: the process does not start; that is no fault of the file.
        """
        source = replace(source, name=printable(source.name))
        try:
            refuse_unread(source)
            answer = next(self._answers(Read(next(self._numbers), source)))
        except RefusedError as refusal:
            return refused_return(source, refusal)
        if isinstance(answer, Done) and answer.returned is not None:
            return answer.returned
        return refused_return(source, _broken(_BROKE_DOWN))

    def opened(self, source: SourceFile, nesting: Nesting, path: bytes = b"") -> Iterator[Held]:
        """Open one file, as ``containers.opened`` does; what breaks the process comes out refused.

        Raises:
            RuntimeError: the process does not start; that is no fault of the file.
        """
        held = None  # given out when the next answer is there: after the last, the process is free to read it
        try:
            for answer in self._answers(Open(next(self._numbers), source, nesting, path)):
                if held is not None:
                    yield held
                held = answer.held if isinstance(answer, Found) else None
        except RefusedError as refusal:
            if held is not None:
                yield held
            yield Held(replace(source, content=b"", failure=refusal))

    def _answers(self, request: Request) -> Iterator[Found | Done]:
        """Every answer to a request, the last one when the process is free again.

        Raises:
            RefusedError: the process broke on it.
        """
        worker, answer = self._first(request)
        is_free = False
        try:
            while isinstance(answer, Found):
                yield answer
                answer = worker.hear(request.number)
            is_free = True
        finally:
            if is_free:
                self._idle.append(worker)
            else:
                self._stop(worker)
        yield answer

    def _first(self, request: Request) -> tuple[_Worker, Found | Done]:
        """The first answer; what broke a process that was used before is asked of a new one."""
        content = encode(request)
        with contextlib.suppress(IndexError):  # no process is idle
            used = self._idle.pop()
            with contextlib.suppress(RefusedError):
                return used, self._asked(used, request.number, content)
        new = self._started()
        return new, self._asked(new, request.number, content)

    def _asked(self, worker: _Worker, number: int, content: bytes) -> Found | Done:
        try:
            return worker.hear(number, content)
        except RefusedError:
            self._stop(worker)
            raise

    def _started(self) -> _Worker:
        if self._is_closed:
            raise _broken(_BROKE_DOWN)
        worker = _Worker(self._command, self._begin, self._limits)
        self._workers.add(worker)
        return worker

    def _stop(self, worker: _Worker) -> None:
        self._workers.discard(worker)
        worker.stop()


class _Worker:
    """One process.

    Raises:
        RuntimeError: it does not start.
    """

    def __init__(self, command: Sequence[str], begin: bytes, limits: Limits) -> None:
        self._limits = limits
        self._reason = _BROKE_DOWN
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=_NO_WINDOW,
        )
        first = self._heard(begin, Limits(_START_SECONDS, _START_SECONDS, limits.memory))
        if first != READY:
            self.stop()
            raise RuntimeError(f"the reading process does not start: {' '.join(command)}")

    def hear(self, number: int, request: bytes = b"") -> Found | Done:
        """The next answer to a request, which is sent first if it is given.

        Raises:
            RefusedError: there is none, or none that can be believed.
        """
        content = self._heard(request, self._limits)
        try:
            answer: Answer = decode_answer(content)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise _broken(self._reason) from None
        if isinstance(answer, Fault) or answer.number != number:
            reason = answer.reason if isinstance(answer, Fault) else _BROKE_DOWN
            raise _broken(reason)
        return answer

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):  # what was not sent to a process that has ended
                pipe.close()

    @property
    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin is not None  # noqa: S101 - both were opened as pipes
        assert self._process.stdout is not None  # noqa: S101
        return self._process.stdin, self._process.stdout

    def _heard(self, sent: bytes, limits: Limits) -> bytes:
        """The next message of the process; empty if it ends instead."""
        done = threading.Event()
        # It is watched during sending too: if it read nothing, we should wait for ever.
        watch = threading.Thread(target=self._watch, args=(limits, done), daemon=True)
        watch.start()
        to, from_ = self._pipes
        try:
            with contextlib.suppress(OSError):  # it ended during sending: no answer will come
                if sent:
                    write_frame(to, sent)
            return read_frame(from_)
        finally:
            done.set()
            watch.join()

    def _watch(self, limits: Limits, done: threading.Event) -> None:
        """End the process where it takes more than it may."""
        began = time.monotonic()
        if done.wait(_EVERY):
            return  # as nearly always
        with contextlib.suppress(psutil.Error):  # it has ended by itself, which its pipe shows
            process = psutil.Process(self._process.pid)
            worked = _work(process)
            while not done.wait(_EVERY):
                if _work(process) - worked > limits.work:
                    self._reason = f"reading it took more than {limits.work:g} seconds"
                elif time.monotonic() - began > limits.wait:
                    self._reason = f"the reader waited for more than {limits.wait:g} seconds"
                elif _memory(process) > limits.memory:
                    self._reason = TOO_MUCH_MEMORY
                else:
                    continue
                self._process.kill()
                return


def _broken(reason: str) -> RefusedError:
    return RefusedError("file-unreadable", reason=reason)


def _work(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _memory(process: psutil.Process) -> int:
    about = process.memory_info()
    # On Windows what is in memory at the moment is not what the process has taken.
    return getattr(about, "private", about.rss)

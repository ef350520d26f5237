"""Returns that were read on an earlier day of a round, so that only new files are read today.

They are kept in one file beside the results.  A return counts only for the same bytes under the same name and
from the same mail, and if framework, register and every line of code that reads have stayed the same; only
accepted ones are kept, since another file may be refused for what the machine was busy with.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import sys
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Protocol

import msgspec

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.containers.labels import printable
from nps_xlsx.model import Framework, Received, Return, Status
from nps_xlsx.register.councils import Register

FILE = ".nps-read.sqlite"
"""Its name: what begins so is passed over where the folder itself is handed in."""

_LIBRARIES = ("msgspec", "openpyxl", "python-calamine", "xlrd")
_CODE = ("ingester", "workbook", "model", "register", "framework")
_TABLE = "CREATE TABLE IF NOT EXISTS readings (key BLOB PRIMARY KEY, content BLOB) WITHOUT ROWID"
_SUM = hashlib.sha256().digest_size
"""Bytes before each content by which damage is seen."""

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Return).decode


class Store(Protocol):
    """Where what was read is kept: contents, each under a key."""

    is_lost: bool
    """Whether something that was kept could not be used."""

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""

    def put(self, key: bytes, content: bytes) -> None:
        """Keep something under a key."""

    def keep_only(self, keys: Collection[bytes]) -> None:
        """Forget what is under any other key."""


class FileStore:
    """A store in a file of a folder; use it as a context manager.

    A file that cannot be used is removed, and ``is_lost`` says so; if none can be written, nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._is_new = not self._path.exists()
        self._database: sqlite3.Connection | None = None
        self.is_lost = False

    def __enter__(self) -> FileStore:
        for _ in range(2):
            with self._risking():
                self._database = sqlite3.connect(self._path, isolation_level=None)
                self._database.execute("PRAGMA synchronous=OFF")  # it can be made again
                self._database.execute(_TABLE)
                return self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._database is not None:
            self._database.close()
        if kind is not None and self._is_new:  # a run that fails leaves a new folder empty
            self._remove()

    def get(self, key: bytes) -> bytes | None:
        """What is kept under a key."""
        rows = self._run("SELECT content FROM readings WHERE key = ?", [(key,)])
        return rows[0][0] if rows else None

    def put(self, key: bytes, content: bytes) -> None:
        """Keep something under a key."""
        self._run("INSERT OR REPLACE INTO readings VALUES (?, ?)", [(key, content)])

    def keep_only(self, keys: Collection[bytes]) -> None:
        """Forget what is under any other key."""
        there = {key for (key,) in self._run("SELECT key FROM readings", [()])}
        self._run("DELETE FROM readings WHERE key = ?", [(key,) for key in there.difference(keys)])

    def _run(self, statement: str, values: Iterable[tuple[bytes, ...]]) -> list[tuple[bytes, ...]]:
        with self._risking():
            if self._database is not None:
                return [row for each in values for row in self._database.execute(statement, each)]
        return []

    @contextlib.contextmanager
    def _risking(self) -> Iterator[None]:
        """Do without the file where it is damaged or cannot be written."""
        try:
            yield
        except sqlite3.Error:
            self.is_lost = True
            if self._database is not None:
                self._database.close()
                self._database = None
            self._remove()

    def _remove(self) -> None:
        with contextlib.suppress(OSError):  # then it cannot be written either, which is reported
            self._path.unlink(missing_ok=True)


class KnownReturns:
    """The returns that are known from earlier runs."""

    def __init__(
        self, store: Store, framework: Framework, register: Register, *, afresh: bool = False
    ) -> None:
        """``afresh`` takes nothing for known."""
        self._store, self._afresh = store, afresh
        self._reader = hashlib.sha256(_code() + _encode((framework, register))).digest()
        self._used: set[bytes] = set()
        self.count = 0
        """How many files were known."""

    @property
    def is_lost(self) -> bool:
        """Whether what earlier runs had read could not be used."""
        return self._store.is_lost

    def read(
        self, sources: Iterable[SourceFile], read: Callable[[Iterable[SourceFile]], Iterator[Return]]
    ) -> Iterator[Return]:
        """The returns of the files in their order: those known, and what ``read`` makes of the others.

        What is known of files that are not among them is forgotten.
        """
        order: deque[Return | None] = deque()

        def unknown() -> Iterator[SourceFile]:
            for source in sources:
                order.append(self._get(source))
                if order[-1] is None:
                    yield source

        for returned in read(unknown()):
            while (known := order.popleft()) is not None:
                yield known
            self._keep(returned)
            yield returned
        yield from filter(None, order)
        self._store.keep_only(self._used)

    def _get(self, source: SourceFile) -> Return | None:
        if self._afresh or source.failure is not None:
            return None
        digest = hashlib.sha256(source.content).hexdigest()
        key = self._key(digest, printable(source.name), source.received)
        kept = self._store.get(key) or b""
        if hashlib.sha256(kept[_SUM:]).digest() != kept[:_SUM]:  # not there, or damaged
            return None
        self._used.add(key)
        self.count += 1
        return _decode(kept[_SUM:])

    def _keep(self, returned: Return) -> None:
        if returned.status is not Status.ACCEPTED:
            return
        key, content = self._key(returned.sha256, returned.source_file, returned.received), _encode(returned)
        self._used.add(key)
        self._store.put(key, hashlib.sha256(content).digest() + content)

    def _key(self, digest: str, name: str, received: Received | None) -> bytes:
        return hashlib.sha256(self._reader + _encode((digest, name, received))).digest()


@cache
def _code() -> bytes:
    """A digest of the code and the libraries that read."""
    from importlib.metadata import version

    package = Path(__file__).parents[2]
    digest = hashlib.sha256(f"{sys.version} {[version(name) for name in _LIBRARIES]}".encode())
    for path in sorted(path for room in _CODE for path in (package / room).rglob("*.*")):
        if path.suffix in (".py", ".toml"):
            digest.update(path.read_bytes())
    return digest.digest()

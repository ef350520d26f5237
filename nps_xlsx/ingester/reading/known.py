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
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import TracebackType

import msgspec

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.containers.labels import printable
from nps_xlsx.model import Framework, Received, Return, Status
from nps_xlsx.register.councils import Register

FILE = ".nps-read.sqlite"
"""Its name: what begins so is passed over where the folder itself is handed in."""

_LIBRARIES = ("msgspec", "openpyxl", "python-calamine", "xlrd")
_CODE = ("ingester", "workbook", "model", "register", "framework")
_TABLE = "CREATE TABLE IF NOT EXISTS returns (key BLOB PRIMARY KEY, sum BLOB, return BLOB) WITHOUT ROWID"
_SELECT = "SELECT sum, return FROM returns WHERE key = ?"

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decode = msgspec.msgpack.Decoder(Return).decode


class KnownReturns:
    """The returns that are known in one folder; use it as a context manager.

    A file that cannot be used is removed, and ``is_lost`` says so; if none can be written, nothing is known.
    """

    def __init__(
        self, folder: Path, framework: Framework, register: Register, *, afresh: bool = False
    ) -> None:
        """``afresh`` forgets what was known."""
        self._path = folder / FILE
        self._is_new = not self._path.exists()
        if afresh:
            self._remove()
        self._reader = hashlib.sha256(_code() + _encode((framework, register))).digest()
        self._used: set[bytes] = set()
        self._database: sqlite3.Connection | None = None
        self.is_lost = False
        self.count = 0
        """How many files were known."""

    def __enter__(self) -> KnownReturns:
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
            with self._risking():
                if kind is None:  # what was not handed in again is not kept
                    keys = [key for (key,) in self._database.execute("SELECT key FROM returns")]
                    gone = [(key,) for key in keys if key not in self._used]
                    self._database.executemany("DELETE FROM returns WHERE key = ?", gone)
                self._database.close()
        if kind is not None and self._is_new:  # a run that fails leaves a new folder empty
            self._remove()

    def read(
        self, sources: Iterable[SourceFile], read: Callable[[Iterable[SourceFile]], Iterator[Return]]
    ) -> Iterator[Return]:
        """The returns of the files in their order: those known, and what ``read`` makes of the others."""
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

    def _get(self, source: SourceFile) -> Return | None:
        digest = hashlib.sha256(source.content).hexdigest()
        key = self._key(digest, printable(source.name), source.received)
        row = None
        if self._database is not None and source.failure is None:
            with self._risking():
                row = self._database.execute(_SELECT, [key]).fetchone()
        if row is None or hashlib.sha256(row[1]).digest() != row[0]:
            return None
        self._used.add(key)
        self.count += 1
        return _decode(row[1])

    def _keep(self, returned: Return) -> None:
        if self._database is None or returned.status is not Status.ACCEPTED:
            return
        key, content = self._key(returned.sha256, returned.source_file, returned.received), _encode(returned)
        self._used.add(key)
        with self._risking():
            values = (key, hashlib.sha256(content).digest(), content)
            self._database.execute("INSERT OR REPLACE INTO returns VALUES (?, ?, ?)", values)

    def _key(self, digest: str, name: str, received: Received | None) -> bytes:
        return hashlib.sha256(self._reader + _encode((digest, name, received))).digest()

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

"""Writing files so that a crash leaves the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nps_xlsx.model.errors import UserError

StrPath = str | os.PathLike[str]
"""A path, in any form that a caller may give."""

OWN = ".nps-"
"""What the names of our own hidden files begin with: locks, temporary files."""
_START, _END = OWN, ".tmp"
"""What the names of temporary files begin and end with."""
_HOST = re.sub(r"[^A-Za-z0-9]", "", platform.node())[:15]
_MAKER = re.compile(rf"{re.escape(_START)}([A-Za-z0-9]*)-(\d{{1,9}})\.\w+{re.escape(_END)}")
"""The name of a temporary file says which process on which machine is writing it."""
_LEFT_FOR = 24 * 60 * 60
"""Seconds after which another machine's temporary file is taken to be left behind."""

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds between tries: a virus scanner or OneDrive holds a new file for a moment, Excel for longer."""
_PATH_LIMIT, _FOLDER_LIMIT = 259, 247
"""Characters of a path on Windows, unless long paths were enabled (Microsoft, "Maximum path length")."""


class OutputError(UserError):
    """A file or folder that cannot be written, with what to do about it."""


def paths_of(given: StrPath | Iterable[StrPath]) -> tuple[Path, ...]:
    """One path, or several, as they were given."""
    return (Path(given),) if isinstance(given, str | os.PathLike) else tuple(map(Path, given))


def make_folder(folder: Path) -> Path:
    """Make a folder, and those above it, if it is not there.

    Raises:
        OutputError: it cannot be made, or a file stands in its place.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise OutputError(f"{folder} is a file, not a folder. Choose another --out folder.") from None
    except OSError as error:
        if _is_too_long(error, folder, _FOLDER_LIMIT):
            raise OutputError(f"The folder {folder} cannot be made: {_too_long(folder)}") from None
        why = "no permission" if isinstance(error, PermissionError) else error.strerror
        raise OutputError(
            f"The folder {folder} cannot be made: {why}. Choose another --out folder."
        ) from None
    return folder


@contextlib.contextmanager
def made_folders(*folders: Path) -> Iterator[None]:
    """Make folders to write into, hold and sweep them; after an error, remove those that are new and empty.

    Raises:
        OutputError: one of them cannot be made.
        BusyError: another run is writing to one of them.
    """
    new = [folder for folder in folders if not folder.exists()]
    try:
        with contextlib.ExitStack() as stack:
            for folder in folders:
                with _reported(make_folder(folder)):
                    stack.enter_context(held(folder))
                sweep(folder)
            yield
    except BaseException:
        for folder in reversed(new):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        raise


def write_file(path: Path, content: bytes) -> Path:
    """Write a file under a temporary name, then give it its own.

    Raises:
        OutputError: it cannot be written: no permission, no room, or Excel has it open.
    """
    return write_files({path: content})[0]


def write_files(contents: Mapping[Path, bytes], aside: Mapping[Path, Path] | None = None) -> list[Path]:
    """Write files that belong together: all under temporary names first, then each gets its own.

    However it ends, each file is the whole old one or the whole new one; and if one cannot be
    written, for want of room or because Excel has it open, none is replaced.  Files that no
    longer belong beside them are moved ``aside``, each to a free path.

    Raises:
        OutputError: one of them cannot be written, or moved.
    """
    temporary: dict[Path, Path] = {}
    replaced = 0
    try:
        for path, content in contents.items():
            with _reported(path):
                _refuse_if_open(path)
                temporary[path] = _write_temporary(path, content)
        for path, kept in (aside or {}).items():
            with _reported(path):
                _patiently(path.rename, kept)
        for path, written in temporary.items():
            with _reported(path, f" {replaced} of {len(temporary)} files are new already; run it again."):
                _patiently(written.replace, path)
            replaced += 1
    finally:  # also at Ctrl-C: leave no temporary file behind
        for written in temporary.values():
            _patiently(written.unlink, missing_ok=True)
    return list(contents)


def is_same(path: Path, content: bytes) -> bool:
    """Whether a file is there already with this very content."""
    return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content


def free_path(path: Path) -> Path:
    """The path, with a number if there is such a file already: ``changes.csv``, ``changes-2.csv``."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def sweep(folder: Path) -> None:
    """Remove the temporary files of runs that were killed, but not those still being written.

    Raises:
        OutputError: one of them cannot be removed.
    """
    for path in folder.glob(f"{_START}*{_END}"):
        if not _is_being_written(path):
            with _reported(path):
                _patiently(path.unlink, missing_ok=True)


def _is_being_written(path: Path) -> bool:
    maker = _MAKER.fullmatch(path.name)
    if maker is None:
        return False
    if maker[1] == _HOST:
        import psutil

        return psutil.pid_exists(int(maker[2]))
    with contextlib.suppress(FileNotFoundError):  # it was finished meanwhile
        return time.time() - path.stat().st_mtime < _LEFT_FOR
    return True


def _patiently(action: Callable[..., object], *args: Any, **options: Any) -> None:
    """Do something to a file, trying again after a pause while another program holds it."""
    for pause in _PAUSES:
        try:
            action(*args, **options)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    action(*args, **options)


@contextlib.contextmanager
def _reported(path: Path, more: str = "") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {_why(error, path)}{more}") from None


def _refuse_if_open(path: Path) -> None:
    # On Windows a file that Excel has open cannot be replaced; opening it for writing fails at once.
    if path.exists():
        with path.open("r+b"):
            pass


def _write_temporary(path: Path, content: bytes) -> Path:
    import tempfile

    prefix = f"{_START}{_HOST}-{os.getpid()}."
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=_END, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _readable_as_others(name)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _readable_as_others(name: str) -> None:
    # mkstemp makes files that only their owner can read; give them the usual permissions.
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)


def _why(error: OSError, path: Path) -> str:
    if _is_too_long(error, path, _PATH_LIMIT):
        return _too_long(path)
    if isinstance(error, PermissionError):
        return "no permission. Close it if it is open in Excel, or choose another --out folder."
    why = error.strerror or str(error)
    return f"{why}. Check that the disk has room and no folder has that name, or choose another --out folder."


def _is_too_long(error: OSError, path: Path, limit: int) -> bool:
    """Whether a path is too long: Windows only says that there is no such file or folder."""
    is_long = len(str(path.absolute())) > limit
    return error.errno == errno.ENAMETOOLONG or (is_long and error.errno == errno.ENOENT)


def _too_long(path: Path) -> str:
    return (
        f"its whole path has {len(str(path.absolute()))} characters, and Windows takes {_PATH_LIMIT} "
        "unless long paths are enabled. Choose an --out folder with a shorter path, such as C:\\nps."
    )


# --- One run at a time in a folder

_LOCK, _WHO = ".nps-lock", ".nps-running.txt"
"""The locked file, and one that says who locked it: on Windows nobody else can read a locked file."""


class BusyError(UserError):
    """A folder that another run is writing to."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, on this machine and on others; the same run may hold it twice.

    The system releases the lock of a run that was killed: what it leaves behind keeps nobody out.

    Raises:
        BusyError: another run is in it.
        OSError: nothing can be written there.
    """
    from filelock import FileLock, Timeout

    path, who = folder.resolve() / _LOCK, folder.resolve() / _WHO
    lock = FileLock(path, timeout=0, mode=0o666, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"{_named(who)} is writing to {folder}. "
            "Start again once that run has ended, or choose another folder."
        ) from None
    try:
        if lock.lock_counter == 1:
            who.write_text(_myself(), encoding="utf-8")
        yield
    finally:
        if lock.lock_counter == 1:
            who.unlink(missing_ok=True)
            if os.name != "nt":  # there it goes with the lock; here whoever opened a deleted one tries again
                path.unlink(missing_ok=True)
        lock.release()


def _myself() -> str:
    import getpass

    now = dt.datetime.now().astimezone()
    since = f"{now:%H:%M} on {now.day} {now:%B %Y}"
    return f"{getpass.getuser()} on {platform.node()} (process {os.getpid()}), since {since},"


def _named(who: Path) -> str:
    try:
        return who.read_text(encoding="utf-8")[:200]
    except OSError:  # it has only just begun, or has just ended
        return "Another run"

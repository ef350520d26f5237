"""Writing files so that a crash leaves the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from nps_xlsx.errors import UserError

_START, _END = ".nps-", ".tmp"
"""What the names of temporary files begin and end with."""


class OutputError(UserError):
    """A file or folder that cannot be written, with what to do about it."""


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
        why = "no permission" if isinstance(error, PermissionError) else error.strerror
        raise OutputError(
            f"The folder {folder} cannot be made: {why}. Choose another --out folder."
        ) from None
    return folder


@contextlib.contextmanager
def made_folders(*folders: Path) -> Iterator[None]:
    """Make folders to write into, swept; after an error those that are new and empty are gone again.

    Raises:
        OutputError: one of them cannot be made.
    """
    new = [folder for folder in folders if not folder.exists()]
    try:
        for folder in folders:
            sweep(make_folder(folder))
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


def write_files(contents: Mapping[Path, bytes]) -> list[Path]:
    """Write files that belong together: all under temporary names first, then each gets its own.

    However it ends, each file is the old one or the new one, whole; and where one cannot be
    written, for want of room or since Excel has it open, none is replaced.

    Raises:
        OutputError: one of them cannot be written.
    """
    temporary: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            with _told(path):
                _refuse_if_open(path)
                temporary[path] = _write_temporary(path, content)
        for path, written in temporary.items():
            with _told(path):
                written.replace(path)
    finally:  # also at Ctrl-C: leave no temporary file behind
        for written in temporary.values():
            written.unlink(missing_ok=True)
    return list(contents)


def sweep(folder: Path) -> None:
    """Remove the temporary files of a run that was killed.

    Raises:
        OutputError: one of them cannot be removed.
    """
    for path in folder.glob(f"{_START}*{_END}"):
        with _told(path):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {_why(error)}") from None


def _refuse_if_open(path: Path) -> None:
    # On Windows a file that Excel has open cannot be replaced; opening it for writing says so at once.
    if path.exists():
        with path.open("r+b"):
            pass


def _write_temporary(path: Path, content: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix=f"{_START}{path.name}.", suffix=_END, dir=path.parent)
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
    # mkstemp makes files that only their owner can read; give them what others would get.
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission. Close it if it is open in Excel, or choose another --out folder."
    why = error.strerror or str(error)
    return f"{why}. See that the disk has room and no folder is called so, or choose another --out folder."

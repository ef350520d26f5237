"""Writing files so that a crash leaves the old one or the new one, never half of either."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from nps_xlsx.errors import UserError


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
        raise OutputError(f"The folder {folder} cannot be made: {_why(error)}") from None
    return folder


def write_file(path: Path, content: bytes) -> Path:
    """Write a file under a temporary name, then give it its own.

    Raises:
        OutputError: it cannot be written: no permission, no room, or Excel has it open.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _readable_as_others(temporary)
            Path(temporary).replace(path)
        except BaseException:  # also Ctrl-C: leave no temporary file behind
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {_why(error)}") from None
    return path


def _readable_as_others(name: str) -> None:
    # mkstemp makes files that only their owner can read; give them what others would get.
    mask = os.umask(0)
    os.umask(mask)
    Path(name).chmod(0o666 & ~mask)


def _why(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no permission. Close it if it is open in Excel, or choose another --out folder."
    return f"{error.strerror or error}. Choose another --out folder, or make room."

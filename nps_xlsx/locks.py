"""One run at a time in a folder: who is there, and since when, where there is another."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from nps_xlsx.errors import UserError

_LOCK, _WHO = ".nps-lock", ".nps-running.txt"
"""What is locked, and what says who did so: on Windows nobody else can read a file that is locked."""


class BusyError(UserError):
    """A folder that another run is writing to."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, on this machine and on others; held twice by one run, it is one.

    The system lets go of the lock where a run was killed: what it leaves behind keeps nobody out.

    Raises:
        BusyError: another run is in it.
        OSError: nothing can be written there.
    """
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
            if os.name != "nt":  # there it goes with the lock; here whoever gets a deleted one tries again
                path.unlink(missing_ok=True)
        lock.release()


def _myself() -> str:
    now = dt.datetime.now().astimezone()
    since = f"{now:%H:%M} on {now.day} {now:%B %Y}"
    return f"{getpass.getuser()} on {platform.node()} (process {os.getpid()}), since {since},"


def _named(who: Path) -> str:
    try:
        return who.read_text(encoding="utf-8")[:200]
    except OSError:  # it has only just begun, or has just ended
        return "Another run"

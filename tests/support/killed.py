"""The command line, killed at a change to the disk: ``python -m tests.support.killed PLACE REPORT ...``.

The process ends at once, as at a kill by the system: nothing is tidied up, no ``finally`` runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.conftest import ROOT

KILLED = 137
_CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.truncate",
    "sqlite3.connect",
    "socket.sendto",
}


def kill_at(place: int, report: Path) -> None:
    """End the process before its change to the disk of that number; without one, write a dot for each."""
    count = 0

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event in _CHANGES or (event == "open" and _writes(arguments)):
            count += 1
            if count == place:
                os._exit(KILLED)
            if not place:
                os.write(handle, b".")

    handle = os.open(report, os.O_WRONLY | os.O_CREAT)
    sys.addaudithook(watch)


def _writes(arguments: tuple[object, ...]) -> bool:
    path, _, flags = arguments
    return (
        isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR)) and "__pycache__" not in str(path)
    )


if __name__ == "__main__":
    os.chdir(ROOT)
    kill_at(int(sys.argv[1]), Path(sys.argv[2]))
    from nps_xlsx.cli.main import main

    sys.argv = ["nps", *sys.argv[3:]]
    main()

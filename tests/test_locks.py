"""One run at a time writes to a folder, and the other is told who is there."""

from __future__ import annotations

import getpass
import threading
from pathlib import Path

from nps_xlsx.files import BusyError, held, made_folders


def test_a_folder_is_held_by_one_run(tmp_path: Path) -> None:
    """Another is told who is there, where and since when; once that one has ended it gets in."""
    told: list[str] = []

    def other() -> None:
        try:
            with made_folders(tmp_path):
                told.append("in")
        except BusyError as error:
            told.append(str(error))

    def run_other() -> None:
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    with held(tmp_path):
        with held(tmp_path):  # a run may hold it twice
            pass
        run_other()
    run_other()
    busy, entered = told
    assert getpass.getuser() in busy
    assert "since" in busy
    assert entered == "in"
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_leaves_keeps_nobody_out(tmp_path: Path) -> None:
    """The system let go of its lock; the files alone hold nothing."""
    (tmp_path / ".nps-lock").touch()
    (tmp_path / ".nps-running.txt").write_text("Somebody, since yesterday,", encoding="utf-8")
    with made_folders(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []

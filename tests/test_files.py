"""However writing ends, each file is the old one or the new one, whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import pytest

from nps_xlsx.files import _HOST, OutputError, free_path, make_folder, sweep, write_files


def test_files_that_belong_together_are_written_together(tmp_path: Path) -> None:
    """Each gets its content, and nothing else is left in the folder."""
    contents = {tmp_path / "a": b"1", tmp_path / "b": b"2"}
    assert write_files(contents) == list(contents)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == contents


def test_where_one_cannot_be_written_none_is_replaced(tmp_path: Path) -> None:
    """A folder that stands in the place of one file leaves the others as they were."""
    old = tmp_path / "a"
    old.write_bytes(b"old")
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError, match="b cannot be written"):
        write_files({old: b"new", tmp_path / "b": b"new"})
    assert old.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_file_that_excel_has_open_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to write to it: the message says to close it, and every file is as it was."""
    first, opened = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"old")
    opened.write_bytes(b"old")
    really = Path.open

    def refused(path: Path, mode: str = "r") -> IO[Any]:
        if path == opened and "+" in mode:
            raise PermissionError(13, "Permission denied")
        return really(path, mode)

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(OutputError, match="Close it if it is open in Excel"):
        write_files({first: b"new", opened: b"new"})
    monkeypatch.undo()
    assert (first.read_bytes(), opened.read_bytes()) == (b"old", b"old")
    assert len(list(tmp_path.iterdir())) == 2


_WRITER = """
import sys
from pathlib import Path
from nps_xlsx.files import write_files
folder = Path(sys.argv[1])
while True:
    for byte in (b"a", b"b"):
        write_files({folder / name: byte * 300_000 for name in ("one", "two", "three")})
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
def test_a_run_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    """Killed at any moment, every file holds one content from end to end, and the rest can be swept."""
    for moment in range(8):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)])
        while not (tmp_path / "three").exists():
            time.sleep(0.01)
        time.sleep(0.013 * moment)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        for name in ("one", "two", "three"):
            content = (tmp_path / name).read_bytes()
            assert len(content) == 300_000
            assert len(set(content)) == 1
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "three", "two"]


_FULL = """
import resource, signal, sys
from pathlib import Path
from nps_xlsx.files import OutputError, write_files
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
folder = Path(sys.argv[1])
try:
    write_files({folder / "a": b"new", folder / "b": b"x" * 2000})
except OutputError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows limits no file's size")
def test_a_disk_that_is_really_full_leaves_whole_files(tmp_path: Path) -> None:
    """Where the system itself takes no more, the message says so, and what was there stands as it was."""
    (tmp_path / "a").write_bytes(b"old")
    run = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "b cannot be written" in run.stdout
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"old"}


def test_sweeping_takes_only_what_is_ours(tmp_path: Path) -> None:
    """A temporary file of a killed run goes; a council's own file stays, whatever it is called."""
    (tmp_path / ".nps-returns.csv.x1.tmp").touch()
    (tmp_path / "notes.tmp").touch()
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.tmp"]


def test_a_file_in_the_place_of_a_folder_is_told(tmp_path: Path) -> None:
    """--out that names a file is the user's mistake, with what to do."""
    (tmp_path / "out").touch()
    with pytest.raises(OutputError, match="is a file, not a folder"):
        make_folder(tmp_path / "out")


def test_a_living_run_keeps_its_temporary_files(tmp_path: Path) -> None:
    """Only what a dead process left is swept; another machine's is left alone for a day."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    (tmp_path / f".nps-{_HOST}-{dead.pid}.a.tmp").touch()
    ours, theirs = tmp_path / f".nps-{_HOST}-{os.getpid()}.b.tmp", tmp_path / f".nps-PC999-{dead.pid}.c.tmp"
    ours.touch()
    theirs.touch()
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([ours, theirs])
    os.utime(theirs, (0, 0))
    sweep(tmp_path)
    assert list(tmp_path.iterdir()) == [ours]


def refusing(monkeypatch: pytest.MonkeyPatch, times: int, *, only: str = "") -> list[float]:
    """Let replacing fail so often, as on Windows while another program holds the file; the pauses made."""
    pauses: list[float] = []
    tries = iter(range(times))
    really = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if only in target.name and next(tries, None) is not None:
            raise PermissionError(13, "The process cannot access the file")
        return really(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr("nps_xlsx.files.time.sleep", pauses.append)
    return pauses


def test_a_file_that_a_scanner_holds_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pause is longer than the one before, and then it is written."""
    pauses = refusing(monkeypatch, 4)
    write_files({tmp_path / "a": b"new"})
    assert (tmp_path / "a").read_bytes() == b"new"
    assert len(pauses) == 4
    assert pauses == sorted(set(pauses))


def test_a_file_that_stays_held_is_told_with_how_many_are_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not let go, the message says what is there of this run, and no temporary file is left."""
    refusing(monkeypatch, 99, only="b")
    with pytest.raises(OutputError, match=r"b cannot be written.*1 of 3 files are new"):
        write_files({tmp_path / name: b"new" for name in ("a", "b", "c")})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_path_too_long_for_windows_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows says "no such file": the message says how long the path is, and what to do."""
    folder = tmp_path / ("long-name-" * 20)
    folder.mkdir()
    path = folder / ("x" * 60)

    def refused(**_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    with pytest.raises(OutputError, match=rf"{len(str(path))} characters.*shorter path"):
        write_files({path: b""})
    with pytest.raises(OutputError, match="characters"):
        make_folder(tmp_path / ("x" * 300))
    with pytest.raises(OutputError, match="disk has room"):
        write_files({tmp_path / "short": b""})


def test_what_is_moved_aside_replaces_nothing(tmp_path: Path) -> None:
    """A second file of one name gets a number; all is as it was where the new ones cannot be written."""
    old, (first, second) = tmp_path / "a.csv", (tmp_path / "old" / "a.csv", tmp_path / "old" / "a-2.csv")
    first.parent.mkdir()
    assert free_path(first) == first
    first.write_bytes(b"1")
    old.write_bytes(b"2")
    (tmp_path / "b").mkdir()
    with pytest.raises(OutputError):
        write_files({tmp_path / "b": b""}, {old: free_path(first)})
    assert old.exists()
    write_files({tmp_path / "c": b""}, {old: free_path(first)})
    assert (first.read_bytes(), second.read_bytes(), old.exists()) == (b"1", b"2", False)

"""However writing ends, each file is the old one or the new one, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import pytest

from nps_xlsx.files import OutputError, make_folder, sweep, write_files


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

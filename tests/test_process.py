"""No file can stop, slow or fill the program: it is read in a process of its own."""

from __future__ import annotations

import sys
import time

import pytest

from nps_xlsx.ingester import ReadingProcess, SourceFile
from nps_xlsx.ingester.reading import read_workbook
from nps_xlsx.ingester.reading.frames import read_frame, workbook_from, workbook_to
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Answer, Council, Framework
from tests.workbooks import filled


@pytest.fixture(scope="module")
def source(framework: Framework, medway: Council) -> SourceFile:
    content = filled(framework, medway, Answer("EC1", current=3, evidence="Policy"))
    return SourceFile("return.xlsx", content, len(content))


def script(lines: str) -> list[str]:
    """A command that behaves badly in place of the reading process."""
    says_ready = (
        "from nps_xlsx.ingester.reading.frames import *; import sys; write_frame(sys.stdout.buffer, READY)"
    )
    return [sys.executable, "-c", f"{says_ready}; {lines}"]


def test_the_process_reads_what_the_program_itself_would(source: SourceFile) -> None:
    """Values, dates, errors and properties come over unchanged, file after file from one process."""
    with ReadingProcess() as process:
        first, second = process.read_workbook(source), process.read_workbook(source)
    assert first == second == read_workbook(source)


def test_a_refusal_comes_over_with_its_words() -> None:
    """What the process refuses is refused here, for the same reason."""
    with ReadingProcess() as process, pytest.raises(RefusedError) as refusal:
        process.read_workbook(SourceFile("a.pdf", b"%PDF-1.7", 8))
    assert refusal.value.slug == "file-not-workbook"
    assert "PDF" in refusal.value.words["found"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("import os; os._exit(1)", "broke down"),
        ("import os; os.kill(os.getpid(), 9)", "broke down"),
        ("import sys; sys.stdin.buffer.read(9); print('nonsense')", "broke down"),
        (
            "import sys; sys.stdout.buffer.write(b'\\xff' * 9); sys.stdout.flush(); sys.stdin.read()",
            "broke down",
        ),
        ("import time; time.sleep(60)", "more than"),
        ("import sys, time; sys.stdin.buffer.read(9); time.sleep(60)", "more than"),
    ],
)
def test_death_and_hanging_cost_one_file(source: SourceFile, lines: str, reason: str) -> None:
    """A process that dies, lies or hangs is ended, and its file could not be read."""
    began = time.monotonic()
    with ReadingProcess(script(lines), seconds=1.5) as process, pytest.raises(RefusedError) as refusal:
        process.read_workbook(source)
    assert refusal.value.slug == "file-unreadable"
    assert reason in refusal.value.words["reason"]
    assert time.monotonic() - began < 10


def test_after_a_death_the_next_file_is_read(source: SourceFile) -> None:
    """A new process is started for the file after the one that ended the last."""
    with ReadingProcess() as process:
        whole = process.read_workbook(source)
        assert process._process is not None
        process._process.kill()
        with pytest.raises(RefusedError):
            process.read_workbook(source)
        assert process.read_workbook(source) == whole


def test_a_process_that_does_not_start_is_no_fault_of_the_file(source: SourceFile) -> None:
    """Where the reader itself is broken, the program says so, and refuses no file for it."""
    broken = ReadingProcess([sys.executable, "-c", "raise SystemExit(1)"])
    with broken as process, pytest.raises(RuntimeError, match="does not start"):
        process.read_workbook(source)


@pytest.mark.skipif(sys.platform != "linux", reason="only there is the limit on memory enforced")
def test_memory_is_limited(source: SourceFile) -> None:
    """The process may not take more than its limit: what needs more is told, and ends nothing."""
    hungry = "from nps_xlsx.ingester.reading import worker; worker._limit_memory(); bytearray(2_000_000_000)"
    with ReadingProcess(script(hungry)) as process, pytest.raises(RefusedError) as refusal:
        process.read_workbook(source)
    assert refusal.value.slug == "file-unreadable"


def test_frames_bring_back_every_kind_of_value(source: SourceFile) -> None:
    """A workbook written and read again is the same, with its dates, errors and notes."""
    whole = read_workbook(source)
    assert workbook_from(workbook_to(whole)) == whole


def test_a_frame_that_claims_too_much_is_not_believed() -> None:
    """A length beyond the limit reads as no answer, and nothing is reserved for it."""
    import io

    assert read_frame(io.BytesIO(b"\x7f" * 8 + b"x")) == b""
    assert read_frame(io.BytesIO(b"\0" * 7 + b"\x05abc")) == b""

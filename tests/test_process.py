"""No file can stop, slow or fill the program, nor any other file: it is read in a process of its own."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nps_xlsx.ingester import ReadingProcess, SourceFile, collect, read_return
from nps_xlsx.ingester.reading.frames import read_frame
from nps_xlsx.ingester.reading.process import Limits
from nps_xlsx.model import Answer, Council, Framework, Return, Status
from nps_xlsx.register.councils import Register
from tests.support.workbooks import filled
from tests.test_containers import zipped

SHORT = Limits(work=0.8, wait=6.0)
"""Still several times what an honest file takes on a machine that is busy with other things."""


@pytest.fixture(scope="module")
def source(framework: Framework, medway: Council) -> SourceFile:
    content = filled(framework, medway, Answer("EC1", current=3, evidence="Policy"))
    return SourceFile("return.xlsx", content, len(content))


@pytest.fixture(scope="module")
def process(framework: Framework, register: Register) -> Iterator[ReadingProcess]:
    with ReadingProcess(framework, register) as process:
        yield process


def script(*lines: str) -> list[str]:
    """A command that behaves otherwise than the reading process."""
    return [sys.executable, "-c", "\n".join(["import os, sys, time", *lines])]


BEGUN = "\n".join(
    [
        "from nps_xlsx.ingester.reading.frames import *",
        "requests, answers = sys.stdin.buffer, sys.stdout.buffer",
        "begin = decode_begin(read_frame(requests))",
        "write_frame(answers, READY)",
    ]
)

BY_NAME = """
from nps_xlsx.ingester.reading import worker
read, opened = worker.read_return, worker.opened
def misbehave(name):
    if "dies" in name: os._exit(1)
    while "works" in name: pass
    while "waits" in name: time.sleep(9)
    if "balloons" in name: bytearray(2_000_000_000)
    if "faulty" in name: {}["no such key"]
    if "chatty" in name: worker.write_frame(sys.__stdout__.buffer, bytes(worker.FRAME_LIMIT + 1))
def read_return(source, *rest):
    if "open" not in source.name: misbehave(source.name)
    return read(source, *rest)
def open_one(source, *rest):
    if "open" in source.name: misbehave(source.name)
    return opened(source, *rest)
worker.read_return, worker.opened = read_return, open_one
worker.main()
"""
"""The reading process itself, but that it does to files what their names say."""

WAYS = ("dies", "works", "waits", "balloons", "faulty", "chatty")


def refused(returned: Return) -> str:
    """Why a file that broke the reader was refused."""
    [problem] = returned.problems
    assert (returned.status, problem.slug) == (Status.REFUSED, "file-unreadable")
    return problem.message


def test_the_process_reads_what_the_program_itself_would(
    process: ReadingProcess, source: SourceFile, framework: Framework, register: Register
) -> None:
    """Answers, dates, places and properties come over unchanged, file after file from one process."""
    expected = read_return(source, framework, register)
    assert expected.assessment is not None
    for _ in range(2):
        returned = process.read_return(source)
        assert returned == expected
        assert returned.assessment is not None
        assert returned.assessment.detail_places == expected.assessment.detail_places
        cells = [[answer.cells for answer in one] for one in (returned.assessment, expected.assessment)]
        assert cells[0] == cells[1]


def test_one_file_takes_one_process(
    tmp_path: Path, source: SourceFile, framework: Framework, register: Register
) -> None:
    """What opened a file is free again when the file is read: to start another takes longer than reading."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(source.content)
    with ReadingProcess(framework, register) as process:
        [returned] = process.read_returns(collect([path], process.opened), 1)
        assert len(process._workers) == 1
    assert returned.status is Status.ACCEPTED


def test_whoever_is_done_first_the_order_is_that_of_the_files(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """Read side by side, returns come in the order of their files, and what ends its process costs itself."""
    names = ["a dies.xlsx", "b.xlsx", "c faulty.xlsx", "d.xlsx", "e.xlsx"]
    sources = [replace(source, name=name) for name in names]
    with ReadingProcess(framework, register, script(BY_NAME)) as process:
        returns = list(process.read_returns(sources, 2))
    assert [returned.source_file for returned in returns] == names
    refused_ones = [returned.source_file for returned in returns if returned.status is Status.REFUSED]
    assert refused_ones == ["a dies.xlsx", "c faulty.xlsx"]


def test_nobody_waits_for_files_that_are_not_wanted_any_more(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """Whoever stops in the midst, as at Ctrl-C, waits neither for the files in hand nor for the rest."""
    sources = [replace(source, name=name) for name in ("a.xlsx", "b waits.xlsx", "c waits.xlsx", "d.xlsx")]
    with ReadingProcess(framework, register, script(BY_NAME)) as process:
        returns = process.read_returns(sources, 2)
        assert next(returns).source_file == "a.xlsx"
        began = time.monotonic()
        assert isinstance(returns, Generator)
        returns.close()
    assert time.monotonic() - began < 5


def test_a_refusal_comes_over_with_its_words(process: ReadingProcess) -> None:
    """What the process refuses is refused here, for the same reason."""
    [problem] = process.read_return(SourceFile("a.pdf", b"%PDF-1.7", 8)).problems
    assert problem.slug == "file-not-workbook"
    assert "PDF" in problem.message


def test_what_comes_out_of_a_container_is_what_the_program_itself_would_find(
    tmp_path: Path, process: ReadingProcess, source: SourceFile
) -> None:
    """Names, bytes and failures come over unchanged from zips within zips, and what is no container."""
    inner = zipped(a=b"text", b=source.content)
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(**{"in.zip": inner, "return.xlsx": source.content, "broken.zip": inner[:-9]}))
    mail = tmp_path / "mail.eml"
    mail.write_bytes(b"From: a@example.org\nSubject: nothing\n\nNo file.\n")
    found = list(collect([path, mail, tmp_path / "all.zip"], process.opened))
    expected = list(collect([path, mail, tmp_path / "all.zip"]))
    assert len(found) == 9
    for one, other in zip(found, expected, strict=True):
        assert (one.name, one.content, one.size) == (other.name, other.content, other.size)
        told = [(file.failure.slug, file.failure.words) if file.failure else None for file in (one, other)]
        assert told[0] == told[1]


def test_one_file_never_costs_another(
    tmp_path: Path, source: SourceFile, framework: Framework, register: Register
) -> None:
    """Files that end the process, keep it busy or fill it are refused alone, in a zip and beside it."""
    bad = {f"{number}-{way}.xlsx": source.content for number, way in enumerate(WAYS)}
    bad["9-open-dies.xlsx"] = source.content
    good = {f"{number}-good.xlsx": source.content for number in range(len(WAYS))}
    (tmp_path / "all.zip").write_bytes(zipped(**good, **bad))
    (tmp_path / "last.xlsx").write_bytes(source.content)
    with ReadingProcess(framework, register, script(BY_NAME), SHORT) as process:
        returns = [process.read_return(found) for found in collect([tmp_path], process.opened)]
    assert len(returns) == len(good) + len(bad) + 1
    accepted = [returned for returned in returns if Path(returned.source_file).name not in bad]
    assert {returned.status for returned in accepted} == {Status.ACCEPTED}
    reasons = [refused(returned) for returned in returns if returned not in accepted]
    words = ("broke down", "0.8 seconds", "waited", "memory", "KeyError in", "broke down")
    for reason, word in zip(reasons, (*words, "broke down"), strict=True):
        assert word in reason


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("read_frame(requests); print('nonsense')", "broke down"),
        ("read_frame(requests); answers.write(b'\\xff' * 9); answers.flush(); time.sleep(9)", "broke down"),
        ("read_frame(requests); write_frame(answers, b'\\xa3abc'); time.sleep(9)", "broke down"),
        ("write_frame(answers, encode(Done(1))); time.sleep(9)", "broke down"),
        ("time.sleep(9)", "waited"),
    ],
)
def test_nonsense_is_not_believed(
    lines: str, reason: str, source: SourceFile, framework: Framework, register: Register
) -> None:
    """A process that says what is no answer, or nothing, costs the file that it was asked about."""
    began = time.monotonic()
    with ReadingProcess(framework, register, script(BEGUN, lines), SHORT) as process:
        assert reason in refused(process.read_return(source))
    assert time.monotonic() - began < 20


def test_an_answer_about_another_file_is_not_believed(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """Where a process says more than it was asked, the next file is still read for itself."""
    twice = "from nps_xlsx.ingester.reading.worker import *\nwhile frame := read_frame(requests):"
    twice += "\n for answer in answers_to(decode_request(frame), begin): write_frame(answers, answer)"
    twice += "; write_frame(answers, answer)"
    other = SourceFile("other.pdf", b"%PDF-1.7", 8)
    with ReadingProcess(framework, register, script(BEGUN, twice)) as process:
        names = [process.read_return(file).source_file for file in (source, other, source)]
    assert names == ["return.xlsx", "other.pdf", "return.xlsx"]


def test_what_another_file_left_behind_costs_nothing(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """A file is refused only by a process that read nothing else before: it is read again in a new one."""
    with ReadingProcess(framework, register) as process:
        whole = process.read_return(source)
        [worker] = process._idle
        worker._process.kill()
        assert process.read_return(source) == whole


def test_a_process_that_does_not_start_is_no_fault_of_the_file(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """Where the reader itself is broken, the program says so, and refuses no file for it."""
    broken = ReadingProcess(framework, register, script("raise SystemExit(1)"))
    with broken as process, pytest.raises(RuntimeError, match="does not start"):
        process.read_return(source)


def test_memory_is_watched_where_the_system_sets_no_limit(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """A process that takes more than it may is ended while it does, and its file refused."""
    hungry = "read_frame(requests); kept = bytearray(300_000_000); time.sleep(9)"
    limits = Limits(memory=250_000_000)
    with ReadingProcess(framework, register, script(BEGUN, hungry), limits) as process:
        assert "memory" in refused(process.read_return(source))


def test_a_system_that_takes_no_limit_of_memory_reads_all_the_same(
    source: SourceFile, framework: Framework, register: Register
) -> None:
    """Where the system refuses the limit, as macOS does, returns are read, and the memory is watched."""
    refusing = script(
        "import resource",
        "def refuse(*_): raise ValueError('current limit exceeds maximum limit')",
        "resource.setrlimit = refuse",
        "from nps_xlsx.ingester.reading.worker import main",
        "main()",
    )
    with ReadingProcess(framework, register, refusing) as process:
        assert process.read_return(source) == read_return(source, framework, register)


def test_a_frame_that_claims_too_much_is_not_believed() -> None:
    """A length beyond the limit reads as no answer, and nothing is reserved for it."""
    assert read_frame(io.BytesIO(b"\x7f" * 8 + b"x")) == b""
    assert read_frame(io.BytesIO(b"\0" * 7 + b"\x05abc")) == b""

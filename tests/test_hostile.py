"""Files made to hurt are refused, each for its reason; odd but honest ones are read as they stand.

The cases are in ``tests/hostile``, why there are such files in ``docs/explanation/threat-model.md``.  Each is
read in a process of its own, as it is in a batch.
"""

from __future__ import annotations

import ast
import datetime as dt
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from nps_xlsx.ingester import ReadingProcess, SourceFile
from nps_xlsx.ingester.preflight import preflight
from nps_xlsx.ingester.reading.process import Limits
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Answer, Council, Framework, Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import written
from tests.conftest import PACKAGE, many
from tests.hostile import ACCEPTED, ENCRYPTED, HOSTILE, Case, cells, others, parts, relations, zips
from tests.support.workbooks import changed, filled

CASES = [*zips.CASES, *parts.CASES, *relations.CASES, *cells.CASES, *others.CASES]
ANSWERS = (
    Answer(
        "EC1",
        current=2,
        target=4,
        evidence="A text: café – £5",
        actions="An action",
        owner="A post",
        due_date=dt.date(2027, 3, 1),
        priority="High",
    ),
    Answer("EC2", current="NA", evidence="A reason"),
    Answer("SV10", current=5, target=5),
)
FLIPS = many(4_000)
WORK = 6.0
"""Seconds of the process's own work, fewer than in a batch: a file made to be slow costs twice as many."""

Read = tuple[object, ...]
"""What was read of one answer."""


@pytest.fixture(scope="session")
def honest(framework: Framework, medway: Council) -> dict[str, bytes]:
    """The honest workbooks that the cases are made from, by their formats."""
    content = filled(framework, medway, *ANSWERS)
    return {"xlsx": content, **others.bases(content)}


@pytest.fixture(scope="module")
def process(framework: Framework, register: Register) -> Iterator[ReadingProcess]:
    with ReadingProcess(framework, register, limits=Limits(work=WORK)) as process:
        yield process


class Ingest:
    """Reads files as a batch does."""

    def __init__(self, process: ReadingProcess) -> None:
        self._process = process

    def __call__(self, content: bytes) -> Return:
        return self._process.read_return(SourceFile("return", content, len(content)))


@pytest.fixture(scope="module")
def ingest(process: ReadingProcess) -> Ingest:
    return Ingest(process)


@pytest.fixture(scope="module")
def expected(honest: dict[str, bytes], ingest: Ingest) -> dict[str, Read]:
    """The answers of the honest workbook, whatever its format."""
    return answers(ingest(honest["xlsx"]))


def outcome(returned: Return) -> str:
    """Whether a file was accepted, or the kind of problem that refused it."""
    return ACCEPTED if returned.status is Status.ACCEPTED else returned.problems[0].slug


def answers(returned: Return) -> dict[str, Read]:
    """Every answer that is not blank: its levels, texts, dates and words, by its code."""
    assert returned.assessment is not None
    return {
        a.ref: (
            *written(a).values(),
            *(a.current, a.target, a.current_text, a.target_text, a.due_date, a.review_date),
        )
        for a in returned.assessment
        if not a.is_blank
    }


def refused_by_preflight(content: bytes) -> str:
    """What the preflight says to a zip, if it refuses it."""
    try:
        preflight(content)
    except RefusedError as refusal:
        return refusal.slug
    return ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_hostile_file_comes_to_its_outcome(
    case: Case, honest: dict[str, bytes], expected: dict[str, Read], ingest: Ingest
) -> None:
    """It is refused for its reason, by the preflight where it is hostile, or every answer is as it was.

    One process reads them all: what a file does to it costs that file, and the next is read for itself.
    """
    content = case.make(honest[case.base])
    refused = refused_by_preflight(content)  # here and not in the process: what it raises must be seen
    returned = ingest(content)
    assert outcome(returned) == case.outcome, returned.message
    assert "broke down on it (" not in returned.message, "a fault of ours"
    if case.outcome in (HOSTILE, ENCRYPTED):
        assert refused == case.outcome
    if case.outcome == ACCEPTED:
        found = answers(returned)
        for ref in expected.keys() | found.keys():
            assert ref in case.touched or found.get(ref) == expected.get(ref)


def test_no_two_cases_have_one_name() -> None:
    """A case that fails can be found by its name."""
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


def test_the_answers_that_cases_are_held_against_are_those_written(expected: dict[str, Read]) -> None:
    """A reader that gave no answers at all would find none changed."""
    assert expected.keys() == {"EC1", "EC2", "SV10"}
    evidence, day = ANSWERS[0].evidence, ANSWERS[0].due_date
    assert expected["EC1"][-6:] == (2, 4, "2 Developing", "4 Leader", day, None)
    assert {evidence, "An action", "A post", "High"} <= set(expected["EC1"])


def full(framework: Framework, rng: random.Random) -> list[Answer]:
    """An answer with much text to every question, so that damage has something to hit."""
    return [
        Answer(
            row.code,
            current=rng.randint(1, 5),
            target=5,
            evidence=rng.randbytes(1_000).hex(" ", 4),
            actions=rng.randbytes(1_000).hex(" ", 4),
            owner=rng.randbytes(9).hex(),
            due_date=dt.date(2027, 1, 1) + dt.timedelta(rng.randrange(365)),
            priority=rng.choice(layout.PRIORITIES),
        )
        for row in framework.rows
    ]


def test_a_flipped_bit_never_changes_an_answer(framework: Framework, medway: Council, ingest: Ingest) -> None:
    """With any one bit flipped, a workbook is refused, or each of its answers is exactly as it was."""
    rng = random.Random(0)  # noqa: S311 - not for secrets
    built = filled(framework, medway, *full(framework, rng))
    wholes = (built, changed(built, lambda _: None), zips.STORED.make(built), others.opendocument(built))
    expected = answers(ingest(built))
    assert len(expected) == len(framework.rows)
    for number in range(FLIPS):
        damaged = bytearray(wholes[number % len(wholes)])
        place, bit = rng.randrange(len(damaged)), rng.randrange(8)
        damaged[place] ^= 1 << bit
        if not refused_by_preflight(bytes(damaged)):
            returned = ingest(bytes(damaged))
            same = returned.assessment is None or answers(returned) == expected
            assert same, (number % len(wholes), place, bit)


@pytest.mark.parametrize("path", sorted(Path(PACKAGE, "ingester/preflight").glob("*.py")), ids=str)
def test_the_preflight_needs_no_library(path: Path) -> None:
    """What looks at a file before any reader does uses nothing but Python's own library and ours."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.split(".")[0] in {"nps_xlsx", *sys.stdlib_module_names}, name

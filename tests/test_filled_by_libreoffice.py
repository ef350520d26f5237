"""Blank workbooks filled in by LibreOffice, as officers would: read exactly, and judged alike."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import python_calamine

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.builder.checking import LISTED, verdict
from nps_xlsx.model import Answer, Council, Framework, Return
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.problems import counts
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.rules import RULES
from samples.make_returns import Cell, Job, Row, cell_of, serial, typed_level
from tests.support.workbooks import filled, read, write

pytestmark = pytest.mark.libreoffice

FILLS = 50 if os.environ.get("NPS_THOROUGH") else 29
SAVED_EACH = 7  # so that the first, which is blank, and the last, which is complete, are among those saved
COMPLETED = "2020-12-01"  # before LibreOffice saves it
SERIALS = {"date_completed": serial(COMPLETED)}

TEXTS = [
    "A policy of 2023",
    "- item one\n- item two",
    "= see the strategy",
    "007",
    "1/2",
    "😀 שלום",
    "Don't know",
]


def random_answer(rng: random.Random, ref: str, fullness: float) -> Answer:
    """One row as an officer might fill it in: anything from nothing to everything."""

    def sometimes(value: object) -> object:
        return value if rng.random() < fullness else None

    day = dt.date(2020, 1, 1) + dt.timedelta(days=rng.randrange(900))
    return Answer(
        ref,
        current=sometimes(rng.choice(["NA", 1, 2, 3, 4, 5])),  # type: ignore[arg-type] # one of them
        target=sometimes(rng.choice(["NA", 1, 2, 3, 4, 5])),  # type: ignore[arg-type] # one of them
        evidence=str(sometimes(rng.choice(TEXTS)) or ""),
        actions=str(sometimes(rng.choice(TEXTS)) or ""),
        owner=str(sometimes("Head of Procurement") or ""),
        due_date=sometimes(day),  # type: ignore[arg-type] # a day or nothing
        priority=str(sometimes(rng.choice(["High", "Medium", "Low"])) or ""),
    )


def cells(framework: Framework, answers: Sequence[Answer], details: Mapping[str, str | int]) -> list[Cell]:
    """What to type where."""
    typed: list[Cell] = [
        (layout.START, cell_name(*layout.detail_cell(key)), value) for key, value in details.items()
    ]
    for answer in answers:
        for key in ("current", "target"):
            level = getattr(answer, key)
            if level is not None:
                typed.append((*cell_of(framework, answer.ref, key), typed_level(framework, str(level))))
        for key in ("evidence", "actions", "owner", "priority"):
            if getattr(answer, key):
                typed.append((*cell_of(framework, answer.ref, key), getattr(answer, key)))
        if answer.due_date:
            typed.append((*cell_of(framework, answer.ref, "due_date"), serial(str(answer.due_date))))
    return typed


@dataclass(frozen=True)
class Fill:
    """What was typed in a workbook, what its check list then says in LibreOffice, what ingest says."""

    answers: list[Answer]
    is_saved: bool
    check_list: Sequence[Row]
    returned: Return


@pytest.fixture(scope="module")
def fills(
    framework: Framework,
    register: Register,
    medway: Council,
    office: Callable[[Sequence[Job]], list[list[Row]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Fill]:
    """Fills of every fullness, from blank to complete.

    LibreOffice recalculates each of them, and saves some: saving takes it four times as long as all the rest.
    Ingest reads those that it saved; of the others, the same answers as we write them.
    """
    folder = tmp_path_factory.mktemp("fills")
    blank = write(folder / "blank.xlsx", build_workbook(Order(framework, medway, "2026")))
    typed = [random_fill(framework, seed) for seed in range(FILLS)]
    jobs = [
        Job(
            blank,
            folder / f"filled-{seed}.xlsx" if seed % SAVED_EACH == 0 else None,
            cells(framework, answers, {key: SERIALS.get(key, text) for key, text in details.items()}),
            shows=layout.CHECK,
        )
        for seed, (answers, details) in enumerate(typed)
    ]
    shown = office(jobs)
    done = []
    for job, (answers, details), rows in zip(jobs, typed, shown, strict=True):
        content = job.target.read_bytes() if job.target else filled(framework, medway, *answers, **details)
        returned = read(content, framework, register)
        done.append(Fill(answers, job.target is not None, rows, returned))
    return done


def random_fill(framework: Framework, seed: int) -> tuple[list[Answer], dict[str, str]]:
    """The answers and the details of one fill."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    fullness = seed / (FILLS - 1)
    answers = [random_answer(rng, row.code, fullness) for row in framework.rows]
    details = {key: "Words" for key in ("completed_by", "role", "email") if rng.random() < fullness}
    if rng.random() < fullness:
        details["date_completed"] = COMPLETED
    return answers, details


def read_check_list(rows: Sequence[Row]) -> tuple[str, Counter[str], list[tuple[str, str, str]]]:
    """The verdict of a recalculated check list, its counts by kind, and what it lists: link, words, sheet."""
    number, col = next((n, row.index("All sheets")) for n, row in enumerate(rows) if "All sheets" in row)
    found: Counter[str] = Counter(
        {rule.slug: int(float(rows[number][at])) for at, rule in enumerate(RULES, col + 1)}
    )
    found["details-missing"] = int(float(str(rows[number + 1][col + 1]).split()[0]))
    heading = next(n for n, row in enumerate(rows) if row[0] == wording.CHECK_HEADINGS[0])
    below = rows[heading + 1 : heading + 1 + LISTED]
    listed = [(str(row[0]), str(row[1]), str(row[2])) for row in below if row[0]]
    return str(rows[0][1]), +found, listed


def test_the_sheet_and_the_ingester_give_the_same_counts(fills: list[Fill]) -> None:
    """On random fills, each kind of problem is counted alike, and so is the verdict."""
    assert len(fills) == FILLS
    for number, fill in enumerate(fills):
        judged, found, listed = read_check_list(fill.check_list)
        assert found == counts(fill.returned.problems), number
        assert judged == verdict(sum(found.values()))
        assert len(listed) == min(sum(found.values()), LISTED)


def test_the_list_leads_to_the_rows_that_are_told(fills: list[Fill]) -> None:
    """What the sheet lists as unanswered is what the ingester tells, all of it where the list has room."""
    says = next(rule.says for rule in RULES if rule.slug == "not-answered")
    for fill in fills[len(fills) // 5 :: len(fills) // 5]:
        _, _, listed = read_check_list(fill.check_list)
        shown = {(sheet, link.split()[0]) for link, what, sheet in listed if what == says}
        told = {
            (problem.place.sheet, ref)
            for problem in fill.returned.problems
            if problem.slug == "not-answered"
            for ref in problem.refs
        }
        assert shown <= told
        assert len(listed) == LISTED or shown == told
        assert shown or not told


def test_what_was_typed_is_what_is_read(fills: list[Fill]) -> None:
    """Levels, texts, dates and priorities come back exactly as LibreOffice was told to type them."""
    saved = [fill for fill in fills if fill.is_saved]
    assert len(saved) >= 5
    for fill in saved:
        assert fill.returned.saved_by.startswith("LibreOffice/")
        assert fill.returned.assessment is not None
        for answer in fill.answers:
            found = fill.returned.assessment[answer.ref]
            assert (found.current, found.target) == (answer.current, answer.target)
            assert (found.evidence, found.actions) == (answer.evidence, answer.actions)
            assert (found.owner, found.priority) == (answer.owner, answer.priority)
            assert found.due_date == answer.due_date


def test_pasted_levels_count_alike_on_the_sheet_and_in_ingest(
    framework: Framework,
    register: Register,
    medway: Council,
    office: Callable[[Sequence[Job]], object],
    tmp_path: Path,
) -> None:
    """What is pasted past the dropdown counts on the Summary as ingest counts it."""
    blank = write(tmp_path / "blank.xlsx", build_workbook(Order(framework, medway, "2026")))
    pasted = ["3", "mature", "Leader ", "3 Leader", "TBC", "?", "7", "5 innovator", "Not applicable", "0"]
    refs = [row.code for row in framework.behaviours]
    typed = [(*cell_of(framework, ref, "current"), text) for ref, text in zip(refs, pasted, strict=False)]
    office([Job(blank, tmp_path / "pasted.xlsx", typed)])
    content = (tmp_path / "pasted.xlsx").read_bytes()
    returned = read(content, framework, register)
    assert returned.assessment is not None
    book = python_calamine.CalamineWorkbook.from_path(tmp_path / "pasted.xlsx")
    rows = book.get_sheet_by_name(layout.LISTS).to_python(skip_empty_area=False)
    ref, current, answered = (rows[0].index(key) for key in ("ref", "current", "answered"))
    for row in rows[1:]:
        if row[ref] in refs[: len(pasted)]:
            found = returned.assessment[str(row[ref])]
            assert (row[current] or None) == (found.current if found.current != "NA" else None), row[ref]
            assert bool(row[answered]) == found.is_answered

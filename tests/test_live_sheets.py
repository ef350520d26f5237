"""The live sheets say, recalculated by LibreOffice, what this program computes from the same answers."""

from __future__ import annotations

import dataclasses
import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework, Level
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import ingest
from samples.make_returns import Job
from tests.support.workbooks import filled, write

LIVE = (
    *("Start here", "Engaging councillors", "One at a time", "Summary", "Action plan"),
    *("Committee page", "Review", "Check before sending", "Lists"),
)

LONG = "First we do what follows from the first;\nthen we go on. " * 14
"""Longer than a row of the action plan shows, with more lines and without."""

pytestmark = pytest.mark.libreoffice


def random_answers(framework: Framework, seed: int) -> list[Answer]:
    """Answers of every kind, in no order but the seed's."""
    rng = random.Random(seed)  # noqa: S311 - not for secrets
    answers = []
    for row in framework.rows:
        current = rng.choice([None, "NA", 1, 2, 3, 4, 5])
        target = rng.choice([None, 1, 2, 3, 4, 5])
        texts = [rng.choice(["", "A text", "=1+1", LONG, LONG.replace("\n", " ")]) for _ in range(3)]
        priority = rng.choice(["", "High", "Medium", "Low"])
        answers.append(
            Answer(
                row.code,
                current=current,  # type: ignore[arg-type] # mypy widens "NA" to str
                target=target,
                evidence=texts[0],
                actions=texts[1],
                owner=texts[2],
                priority=priority,
                reviewer_level=rng.choice([None, 1, 2, 3, 4, 5]),
                reviewer_comment=rng.choice(["", "Too kind", "A line\n" * 9]),
            )
        )
    return answers


@pytest.fixture(scope="module")
def recalculated(
    framework: Framework,
    medway: Council,
    office: Callable[[Sequence[Job]], object],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[Workbook, Workbook]]:
    """Workbooks as we wrote them, and as LibreOffice recalculated and saved them, with all results."""
    folder = tmp_path_factory.mktemp("live")
    kinds = [[], *(random_answers(framework, seed) for seed in range(4))]
    full = [Answer(row.code, current=2, target=4, current_text="2 Developing") for row in framework.rows]
    kinds.append(full)
    ours = [filled(framework, medway, *answers) for answers in kinds]
    previous = Assessment(medway.gss_code, medway.name, "2022", tuple(random_answers(framework, 9)))
    now = Assessment(medway.gss_code, medway.name, "2026", tuple(random_answers(framework, 5)))
    prefilled = Order(framework, medway, "2026", previous=previous, with_review=True, assessment=now)
    ours += [build_workbook(prefilled), build_workbook(dataclasses.replace(prefilled, assessment=None))]
    ours.append(build_workbook(Order(framework.only(["EC", "EN4"]), medway, "2026")))
    levels = (Level(1, "Not started"), *framework.levels[1:])
    other = dataclasses.replace(framework.only(["EC"]), levels=levels)
    ours.append(
        filled(other, medway, *(Answer(row.code, 1, current_text="not started") for row in other.rows))
    )
    saved = [folder / f"theirs-{n}.xlsx" for n in range(len(ours))]
    sources = [write(folder / f"ours-{n}.xlsx", content) for n, content in enumerate(ours)]
    office([Job(source, target, ()) for source, target in zip(sources, saved, strict=True)])
    return [(results(io.BytesIO(content)), results(path)) for content, path in zip(ours, saved, strict=True)]


def results(source: io.BytesIO | Path) -> Workbook:
    """A workbook with the results of its formulas."""
    return openpyxl.load_workbook(source, data_only=True)


def values(workbook: Workbook, name: str) -> dict[str, object]:
    """What every cell of a sheet shows."""
    rows = workbook[name].iter_rows()
    return {cell.coordinate: cell.value for row in rows for cell in row if cell.value is not None}


@pytest.mark.parametrize("name", LIVE)
def test_results_written_are_the_results_recalculated(
    recalculated: list[tuple[Workbook, Workbook]], name: str
) -> None:
    """What Protected View shows before any calculation is what a calculation gives."""
    for ours, theirs in recalculated:
        if name not in ours.sheetnames:
            continue
        written = values(ours, name)
        computed = values(theirs, name)
        for cell, value in written.items():
            if isinstance(value, float):
                assert computed.pop(cell) == pytest.approx(value), cell
            elif value != "":
                assert computed.pop(cell, None) == value, cell
        assert [cell for cell, value in computed.items() if value not in ("", None)] == []


def test_no_cell_shows_an_error(recalculated: list[tuple[Workbook, Workbook]]) -> None:
    """Blank, half filled and full, no formula ends in an error after a hard recalculation."""
    for _, theirs in recalculated:
        for sheet in theirs:
            errors = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "e"]
            assert errors == [], sheet.title


def test_no_text_is_cut_off(
    framework: Framework,
    register: Register,
    medway: Council,
    office: Callable[[Sequence[Job]], object],
    tmp_path: Path,
) -> None:
    """In LibreOffice no row of a workbook or an action plan is lower than its text needs."""
    full = [Answer(row.code, current=1 + n % 4, target=5) for n, row in enumerate(framework.rows)]
    previous = Assessment(medway.gss_code, medway.name, "2022", tuple(full))
    order = Order(framework, medway, "2026", previous=previous, with_review=True, respondent="HR")
    contents = {
        "blank": build_workbook(Order(framework, medway, "2026")),
        "full": filled(framework, medway, *full),
        "prefilled": build_workbook(order),
    }
    sources = [write(tmp_path / f"{name}.xlsx", content) for name, content in contents.items()]
    ingest([tmp_path / "full.xlsx"], tmp_path / "out", framework, register)
    sources += (tmp_path / "out" / "action-plans").iterdir()
    jobs = [Job(source, source, (), measure=True) for source in sources]
    assert office(jobs) == [[] for _ in jobs]

"""Rules over one assessment, and what the catalogue says of each."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import re

import pytest

from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Severity, Status
from nps_xlsx.model.problems import CATALOGUE, grouped, problem, worst_first
from nps_xlsx.rounds.check import check_assessment, check_return
from tests.conftest import PACKAGE

DETAILS = {"completed_by": "A", "role": "B", "email": "C", "date_completed": "2026-12-01"}


def found(framework: Framework, answer: Answer, **details: str) -> set[str]:
    """The kinds of problem of one answer, all other rows being answered."""
    others = [Answer(row.code, current=3) for row in framework.rows if row.code != answer.ref]
    assessment = Assessment("X", "X", "2026", (answer, *others), details=tuple((DETAILS | details).items()))
    return {p.slug for p in check_assessment(assessment, framework)}


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (Answer("EC1", current=3, target=4), set()),
        (Answer("EC1", current=3, target=3), set()),
        (Answer("EC1", current=3), set()),
        (Answer("EC1"), {"not-answered"}),
        (Answer("EC0"), set()),
        (Answer("EC1", current_text="TBC"), set()),
        (Answer("EC1", target=4), {"target-without-current"}),
        (Answer("EC1", refused=("current",)), set()),
        (Answer("EC1", cells={"target": "D6"}), set()),
        (Answer("EC0", target=4), {"target-without-current"}),
        (Answer("EC1", current=3, target=2), {"target-below-current"}),
        (Answer("EC1", current="NA"), {"not-applicable-without-reason"}),
        (Answer("EC1", current="NA", evidence="Shared"), set()),
        (Answer("EC1", current=3, actions="Do"), {"action-without-owner"}),
        (Answer("EC1", current=3, actions="Do", owner="Post"), set()),
        (Answer("EC1", current=3, due_date=dt.date(2026, 11, 30)), {"due-before-completed"}),
        (Answer("EC1", current=3, due_date=dt.date(2026, 12, 1)), set()),
    ],
)
def test_rules_over_one_answer(framework: Framework, answer: Answer, kinds: set[str]) -> None:
    """Each rule finds what it is for and nothing else."""
    assert found(framework, answer) == kinds


def test_missing_details_are_reported_once(framework: Framework) -> None:
    """Blank details are one problem with all their cells, once grouped."""
    answers = tuple(Answer(row.code, current=3) for row in framework.rows)
    assessment = Assessment("X", "X", "2026", answers, details=(("council", "X"),))
    [reported] = grouped(check_assessment(assessment, framework))
    assert reported.slug == "details-missing"
    assert reported.cell == "B11, B12, B14, B15"
    assert check_assessment(dataclasses.replace(assessment, details=()), framework) == []


def test_a_missing_detail_is_reported_where_it_was_found(framework: Framework) -> None:
    """After rows were inserted on Start here, the place reported is that of the council's file."""
    moved = {"role": Place("", "Start here", "C20")}
    assessment = Assessment("X", "X", "2026", (), details=(("role", ""),), detail_places=moved)
    reported = {p.field: p.place for p in check_assessment(assessment, framework, file="f")}
    assert reported["role"] == Place("f", "Start here", "C20")


@pytest.mark.parametrize(("day", "reported"), [("2026-12-03", True), ("2026-12-02", False), ("", False)])
def test_a_return_completed_after_it_was_saved_is_reported(
    framework: Framework, day: str, *, reported: bool
) -> None:
    """A date completed more than a day after the file was saved is a warning."""
    assessment = Assessment("X", "X", "2026", (), details=tuple({**DETAILS, "date_completed": day}.items()))
    returned = Return("f", "f", Status.ACCEPTED, assessment, saved_at="2026-12-01T09:00:00Z")
    checked = check_return(returned, framework)
    assert ("completed-after-saved" in [p.slug for p in checked.problems]) is reported


def test_the_worst_comes_first() -> None:
    """Errors before warnings and notes; what changes a score before what does not; then as Excel counts."""
    given = [
        problem("action-without-owner", Place("f", "T", "L6"), ref="EC1"),
        problem("not-applicable-without-reason", Place("f", "S", "J6"), ref="EC1"),
        problem("not-answered", Place("f", "T", "C10"), ref="SM2"),
        problem("not-answered", Place("f", "T", "C9"), ref="SM1"),
        problem("not-answered", Place("f", "S", "C20"), ref="EC2"),
        problem("cell-error", Place("f", "T", "C9"), value="#REF!"),
    ]
    reported = [(p.slug, p.place.sheet, p.cell) for p in worst_first(given, ("S", "T"))]
    assert reported == [
        ("cell-error", "T", "C9"),
        ("not-answered", "S", "C20"),
        ("not-answered", "T", "C9"),
        ("not-answered", "T", "C10"),
        ("not-applicable-without-reason", "S", "J6"),
        ("action-without-owner", "T", "L6"),
    ]


def test_cells_are_reported_in_the_order_of_excel() -> None:
    """Of the like reported together, C9 stands before C10, and Z9 before AA9."""
    cells = ["AA9", "C10", "Z9", "C9"]
    [reported] = grouped([problem("not-answered", Place("f", "S", cell), ref=cell) for cell in cells])
    assert reported.cells == ("C9", "Z9", "AA9", "C10")


def test_the_like_on_one_sheet_is_reported_together() -> None:
    """Unanswered rows of one sheet become one problem; those of another sheet stay apart."""
    one = [problem("not-answered", Place("f", "S", f"C{n}"), ref=f"EC{n}") for n in (6, 7)]
    other = problem("not-answered", Place("f", "T", "C6"), ref="SM1")
    together, apart = grouped([*one, other])
    assert (together.cell, together.ref) == ("C6, C7", "EC6, EC7")
    assert (apart.cell, apart.ref) == ("C6", "SM1")


def test_every_kind_of_problem_says_what_happened_and_what_to_do() -> None:
    """Each of the forty kinds and more has a severity, a message and advice, each a sentence."""
    assert len(CATALOGUE) >= 40
    for slug, kind in CATALOGUE.items():
        assert kind.severity in Severity
        assert kind.message.endswith((".", ").", '"{value}"', "{value}")), slug
        assert kind.advice.endswith("."), slug
        assert not kind.ask or kind.ask.endswith("."), slug
        assert slug == slug.lower()


def test_a_kind_that_is_reported_together_needs_no_words_of_its_own() -> None:
    """What is grouped is reported again from its refs and values alone."""
    assert {
        slug for slug, kind in CATALOGUE.items() if kind.grouped and kind.words - {"ref", "value"}
    } == set()


def test_what_refuses_an_answer_is_an_error_that_changes_a_score() -> None:
    """No warning and no note keeps an answer from being used."""
    refusing = [kind for kind in CATALOGUE.values() if kind.refuses]
    assert refusing
    assert all(kind.severity is Severity.ERROR and kind.score for kind in refusing)


def test_every_slug_in_the_code_is_in_the_catalogue_and_the_other_way_round() -> None:
    """No kind is reported that the catalogue lacks, and none stands there that nothing tells."""
    strings = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(CATALOGUE) - strings == set()
    calls = re.compile(r'(?:tell|problem|RefusedError|_ended\(.*?)\(\s*"([a-z-]+)"')
    for path in PACKAGE.rglob("*.py"):
        assert set(calls.findall(path.read_text(encoding="utf-8"))) <= set(CATALOGUE), path

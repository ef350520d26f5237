"""Rules over one assessment and over all returns together."""

from __future__ import annotations

import datetime as dt

import pytest

from nps_xlsx.check import check_across, check_assessment
from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Severity, Status
from nps_xlsx.problems import CATALOGUE, grouped, problem

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
        (Answer("EC1", target=4), {"not-answered", "target-without-current"}),
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


def test_missing_details_are_told_once(framework: Framework) -> None:
    """Blank details are one problem with all their cells, once grouped."""
    assessment = Assessment("X", "X", "2026", tuple(Answer(row.code, current=3) for row in framework.rows))
    [told] = grouped(check_assessment(assessment, framework))
    assert told.slug == "details-missing"
    assert told.place.cell == "B11, B12, B14, B15"


def test_the_like_on_one_sheet_is_told_together() -> None:
    """Unanswered rows of one sheet become one problem; those of another sheet stay apart."""
    one = [problem("not-answered", Place("f", "S", f"C{n}"), ref=f"EC{n}") for n in (6, 7)]
    other = problem("not-answered", Place("f", "T", "C6"), ref="SM1")
    together, apart = grouped([*one, other])
    assert (together.place.cell, together.ref) == ("C6, C7", "EC6, EC7")
    assert (apart.place.cell, apart.ref) == ("C6", "SM1")


def returned(name: str, *, sha: str = "", day: str = "", round_: str = "2026", by: str = "") -> Return:
    """An accepted return."""
    assessment = Assessment("X", "X", round_, (), respondent=by, details=(("date_completed", day),))
    return Return(name, sha or name, Status.ACCEPTED, assessment)


@pytest.mark.parametrize(
    ("returns", "statuses"),
    [
        ([returned("a"), returned("b", sha="a")], ["accepted", "duplicate"]),
        ([returned("a"), returned("b")], ["superseded", "accepted"]),
        ([returned("a", day="2026-12-02"), returned("b", day="2026-12-01")], ["accepted", "superseded"]),
        ([returned("a"), returned("b", round_="2025")], ["accepted", "accepted"]),
        ([returned("a", by="IT"), returned("b", by="Care")], ["accepted", "accepted"]),
        (
            [returned("a"), returned("b", sha="a"), returned("c")],
            ["superseded", "duplicate", "accepted"],
        ),
    ],
)
def test_of_several_returns_of_a_council_one_counts(returns: list[Return], statuses: list[str]) -> None:
    """The same bytes are a duplicate; a later return supersedes an earlier one of the same respondent."""
    assert [marked.status.value for marked in check_across(returns)] == statuses


def test_every_kind_of_problem_says_what_happened_and_what_to_do() -> None:
    """Every kind in the catalogue has a severity, a message and advice, each a sentence."""
    for slug, kind in CATALOGUE.items():
        assert kind.severity in Severity
        assert kind.message.endswith(".")
        assert kind.advice.endswith("."), slug
        assert slug == slug.lower()

"""The sample returns are what they claim to be, and can be made again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nps_xlsx.model import Assessment, Framework, Return
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.rounds.intake import read_returns
from samples.make_returns import SAMPLES, Job, make_returns
from samples.make_returns import WORCESTERSHIRE as WORCESTERSHIRE_CODE

# As published in Appendix 1 (the principles as in section 3), in the framework's order: now, aim.
WORCESTERSHIRE = {
    "EC": "24 23 24 14",
    "SM": "34 34 23 34 13",
    "WP": "23 23 34 13",
    "SS": "13 23 13 23",
    "CO": "24 24 24 24 35 24 15",
    "CR": "25 24 24 25 25 24 14",
    "SR": "35 34 25 24 24 24",
    "SV": "25 24 24 24 24 24 24 24 24 24 24",
    "SME": "25 24 24 24 24 24 24 24",
    "VCSE": "25 24 24 24 24 24 24 24 24",
}


@pytest.fixture(scope="module")
def returns(framework: Framework, register: Register) -> list[Return]:
    return list(read_returns([SAMPLES / "returns"], framework, register).returns)


def by_code(returns: Sequence[Return]) -> dict[str, Assessment]:
    found = [returned.assessment for returned in returns if returned.assessment is not None]
    return {assessment.gss_code: assessment for assessment in found}


def test_worcestershires_levels_are_as_published(returns: list[Return], framework: Framework) -> None:
    """55 current and 55 target levels, and those of the ten principles, are the published ones."""
    assessment = by_code(returns)[WORCESTERSHIRE_CODE]
    for area in framework.key_areas:
        given = [assessment[row.code] for row in area.rows]
        assert " ".join(f"{a.current}{a.target}" for a in given) == WORCESTERSHIRE[area.code]


def test_where_section_and_appendix_disagree_the_comment_says_so(returns: list[Return]) -> None:
    """The four principles that are printed in two ways carry a comment, and no other row has one."""
    commented = {a.ref for a in by_code(returns)[WORCESTERSHIRE_CODE] if a.evidence}
    assert commented == {"SR0", "SV0", "SME0", "VCSE0"}


def test_the_samples_were_saved_by_libreoffice(returns: list[Return]) -> None:
    """Every sample is a genuine return: saved by LibreOffice and not by our own writer."""
    assert len(returns) == 13
    assert all(returned.saved_by.startswith("LibreOffice/") for returned in returns)


def test_invented_answers_are_never_a_real_councils(returns: list[Return]) -> None:
    """But for Worcestershire, every sample has an invented code and says that it is synthetic."""
    real = {council.gss_code for council in load_register().councils}
    for code, assessment in by_code(returns).items():
        if code != WORCESTERSHIRE_CODE:
            assert code not in real
            assert assessment.council.endswith("(synthetic)")


def test_synthetic_answers_are_those_of_the_data_file(returns: list[Return]) -> None:
    """What LibreOffice saved and we read is what stands in synthetic-answers.csv."""
    found = by_code(returns)
    with (SAMPLES / "synthetic-answers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            answer = found[row["gss_code"]][row["ref"]]
            assert str(answer.current or "") == row["current"].replace("2/3", "2")
            assert str(answer.target or "") == row["target"]
            assert (answer.evidence, answer.actions) == (row["evidence"], row["actions"])
            assert (answer.owner, answer.priority) == (row["owner"], row["priority"])
            due = answer.due_date.isoformat() if answer.due_date else ""
            assert due == row["due_date"]


@pytest.mark.libreoffice
def test_the_samples_can_be_made_again(
    returns: list[Return],
    framework: Framework,
    register: Register,
    office: Callable[[Sequence[Job]], object],
    tmp_path: Path,
) -> None:
    """Filling workbooks again with LibreOffice gives the same answers, details and problems."""
    make_returns(tmp_path, office)
    again = read_returns([tmp_path], framework, register).returns
    assert len(again) == len(returns) == 13
    assert [r.assessment for r in again] == [r.assessment for r in returns]
    assert [r.problems for r in again] == [r.problems for r in returns]

"""Workbooks of earlier templates stay readable; what this version does not know, it says."""

from __future__ import annotations

import pytest

from nps_xlsx.builder import order
from nps_xlsx.model import Answer, Council, Framework, Return
from nps_xlsx.register.councils import Register
from tests.makers import known
from tests.makers.make import STARTS
from tests.support.workbooks import filled, read, slugs


@pytest.fixture(scope="module")
def reviewed(framework: Framework, register: Register) -> Return:
    """A review edition of template 1: the reviewer's columns come last, and there is one for last round."""
    return read((STARTS / "reviewed.xlsx").read_bytes(), framework, register)


def test_columns_of_template_1_are_known_by_their_headings(reviewed: Return) -> None:
    """Every answer and the reviewer's are read, and only a note says that the workbook is older."""
    assert reviewed.assessment is not None
    assert known.differences(reviewed.assessment, known.SHORT) == {}
    for answer in reviewed.assessment:
        level = 2 if isinstance(answer.current, int) else None
        assert (answer.reviewer_level, answer.reviewer_comment) == (level, f"Seen: {answer.ref}")
    assert slugs(reviewed) == ["template-older"]


def test_a_newer_template_is_reported_by_name(
    framework: Framework, register: Register, medway: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What this version knows of it is read, with a warning that there may be more."""
    monkeypatch.setattr(order, "TEMPLATE_VERSION", "3")
    returned = read(filled(framework, medway, Answer("EC1", 2, 3)), framework, register)
    [found] = (one for one in returned.problems if one.slug == "template-unknown")
    assert found.value == returned.template_version == "3"
    assert returned.assessment is not None
    assert (returned.assessment["EC1"].current, returned.assessment["EC1"].target) == (2, 3)


def test_a_workbook_of_today_says_nothing_of_templates(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Its own template is the one that is expected, with all of its columns."""
    assert slugs(read(filled(framework, medway, Answer("EC1", 2, 3)), framework, register)) == []

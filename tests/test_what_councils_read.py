"""What a council wrote about key areas and its actions stands in the documents that it is sent."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
import pytest

from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.model.dates import long_date
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.action_plan import action_plan_workbook
from nps_xlsx.reports.feedback import feedback_workbook
from nps_xlsx.reports.papers import as_workbook, make_paper
from tests.support.batches import tables_of

Make = Callable[[Assessment, Framework, Register], bytes]

ANSWER = Answer("EC1", 2, 4, actions="Train them", status="On track", review_date=dt.date(2027, 6, 30))
HEADS = (("EC", "objective", "Champions in every service"), ("EC", "reach_by", "2028-03-31"))
LABELS = ("Our objective", "Your objective for the key area", "Reach it by", "Status", "Review")


def _feedback(own: Assessment, framework: Framework, register: Register) -> bytes:
    return feedback_workbook(tables_of([own], framework, register), 0)


def _plan(own: Assessment, framework: Framework, _: Register) -> bytes:
    return action_plan_workbook(own, framework)


def _paper(style: str) -> Make:
    return lambda own, framework, _: as_workbook(make_paper(own, framework, style=style))


DOCUMENTS = {"action plan": _plan, "feedback": _feedback, "committee": _paper("committee")}
DOCUMENTS |= {"steps": _paper("steps"), "strategy": _paper("strategy")}
WITHOUT_ACTIONS = ("strategy",)


def words(content: bytes) -> str:
    """All that stands in a workbook, days as it shows them."""
    rows = (row for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.values)
    return "\n".join(
        long_date(value) if isinstance(value, dt.date) else str(value or "") for row in rows for value in row
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_objectives_and_how_far_actions_are_stand_in_it(
    name: str, framework: Framework, register: Register, medway: Council
) -> None:
    """Objective and its day, status and review date; without them no label or column speaks of them."""
    own = Assessment(medway.gss_code, medway.name, "2026", (ANSWER,), heads=HEADS)
    shown = words(DOCUMENTS[name](own, framework, register))
    wanted = ["Champions in every service", "31 March 2028"]
    assert [text for text in wanted if text not in shown] == []
    if name not in WITHOUT_ACTIONS:
        assert [text for text in ("On track", "30 June 2027") if text not in shown] == []
    bare = replace(own, heads=(), answers=(Answer("EC1", 2, 4, actions="Train them"),))
    lines = words(DOCUMENTS[name](bare, framework, register)).splitlines()
    assert [line for line in lines if line.startswith(LABELS)] == []

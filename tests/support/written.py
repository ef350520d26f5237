"""One of each kind of workbook that any command writes, with the longest texts that it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.figures import accepted, consolidate, response_rates
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.model import Answer, Assessment, Council, Framework, KeyArea
from nps_xlsx.register.councils import Register
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.action_plan import action_plan_workbook
from nps_xlsx.reports.consolidated import consolidated_workbook
from nps_xlsx.reports.feedback import feedback_workbook
from nps_xlsx.reports.listings import all_rows
from nps_xlsx.reports.marked_up import mark_up
from nps_xlsx.reports.papers import as_workbook, make_paper
from nps_xlsx.reports.publication import publication_workbook
from nps_xlsx.rounds.combine import combine
from tests.support.batches import as_returns, made_up
from tests.support.workbooks import filled, read

NOTE_LENGTH, RESPONDENT_LENGTH = 2_000, 40
LONGEST = "procurement 😀 " * 3_000
"""Longer than a cell: 45,000 UTF-16 units."""


def words(length: int) -> str:
    """A text of ordinary words, of this many characters."""
    return ("What we do, and for whom. " * (length // 26 + 1))[:length]


def every_workbook(framework: Framework, register: Register, council: Council) -> dict[str, bytes]:
    """Every kind of workbook by its name: those of councils, a marked-up copy, reports and papers."""
    return {
        **{name: build_workbook(order) for name, order in _orders(framework, council)},
        "marked up": _marked_up(framework, register, council),
        **_reports(framework, register, council),
    }


def with_long_names(framework: Framework) -> Framework:
    """The same framework with names that are long, and hold what formulas give a meaning to."""
    themes = tuple(
        replace(
            theme, name=f'{theme.name} "as it is" * <? ' * 12, key_areas=tuple(map(_long, theme.key_areas))
        )
        for theme in framework.themes
    )
    levels = tuple(
        replace(level, name=f"{level.name} of all the levels there are") for level in framework.levels
    )
    enablers = framework.enablers and _long(framework.enablers)
    return replace(
        framework,
        themes=themes,
        enablers=enablers,
        levels=levels,
        title=words(400),
        short_title=words(400),
        copyright=words(400),
    )


def _long(area: KeyArea) -> KeyArea:
    sheet = f"{area.sheet} & more than fits"[:31].strip()
    rows = tuple(replace(row, name=words(300), short_name=words(280)) for row in area.behaviours)
    return replace(
        area, name=f'{area.name} "{words(300)}"', sheet=sheet, footnote=words(900), behaviours=rows
    )


def _orders(framework: Framework, council: Council) -> Iterator[tuple[str, Order]]:
    usual = Order(framework, council, "2026")
    yield "blank", usual
    yield (
        "longest options",
        replace(
            usual,
            round="2026-27.second-part.",
            due=dt.date(2026, 12, 30),
            contact=words(500),
            return_to=f"{'returns.' * 30}@council.example",
            respondent=words(RESPONDENT_LENGTH).strip().ljust(RESPONDENT_LENGTH, "x"),
            privacy_note=words(NOTE_LENGTH),
        ),
    )
    previous = _longest(framework, council, "2022")
    targets = {row.code: len(framework.levels) for row in framework.rows}
    yield "reviewed", replace(usual, with_review=True, targets=targets)
    yield "prefilled", replace(usual, previous=previous)
    scattered = framework.only([row.code for row in framework.rows[::2]])
    parts = replace(usual, framework=scattered, respondent="R" * RESPONDENT_LENGTH, previous=previous)
    yield "part", replace(parts, with_review=True)
    yield "one behaviour", replace(usual, framework=framework.only([framework.behaviours[0].code]))
    yield "full", replace(usual, assessment=_longest(framework, council, "2026"))


def _longest(framework: Framework, council: Council, round_: str) -> Assessment:
    answers = tuple(
        Answer(
            row.code,
            current=1,
            target=len(framework.levels),
            evidence=LONGEST if place % 9 == 0 else "=1",
            actions=LONGEST if place % 9 == 1 else "- first\n" * 300,
            owner=LONGEST if place == 2 else "Head of Procurement",
            due_date=dt.date(2027, 3, 31),
            priority="High",
            status="Not started",
            review_date=dt.date(2027, 6, 30),
            discuss=True,
        )
        for place, row in enumerate(framework.rows)
    )
    return Assessment(council.gss_code, council.name, round_, answers)


def _marked_up(framework: Framework, register: Register, council: Council) -> bytes:
    answers = [
        Answer(row.code, current=2, target=1, actions="To do", current_text=words(200), due_text="soon")
        for row in framework.rows
    ]
    returned = read(filled(framework, council, *answers, completed_by=words(300)), framework, register)
    copy = mark_up(returned, framework, register)
    assert copy is not None
    return copy[1]


def _reports(framework: Framework, register: Register, council: Council) -> Mapping[str, bytes]:
    chosen = register.principal().councils[::40]
    assessments = [made_up(one, framework, 1) for one in chosen if one != council]
    assessments.append(_longest(framework, council, "2026"))
    previous = {one.gss_code: made_up(one, framework, 2, round_="2022") for one in chosen}
    returns = as_returns(assessments)
    responses = combine(accepted(returns), framework)
    tables = consolidate(responses, framework, register, previous)
    asked = response_rates(tables)
    rows = all_rows(returns, responses, framework)
    mine = tables.assessments[-1]
    workbooks = {
        "consolidated": consolidated_workbook(tables, returns, rows, asked),
        "publication": publication_workbook(Publishable(tables), asked, contact=words(NOTE_LENGTH)),
        "feedback": feedback_workbook(tables, len(tables.assessments) - 1),
        "action plan": action_plan_workbook(mine, framework),
    }
    for style in PAPER_STYLES:
        paper = make_paper(mine, framework, style=style, previous=replace(mine, round="2022"))
        workbooks[f"{style} paper"] = as_workbook(paper)
    return workbooks

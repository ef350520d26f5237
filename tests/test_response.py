"""Response rates tell apart who returned, who declined and why, who has nothing to report, who is missing."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from nps_xlsx.figures import Asked, response_rates
from nps_xlsx.figures.disclosure.groups import allowed
from nps_xlsx.figures.disclosure.outcomes import outcomes_shown
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.model import Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.register.decisions import Decision, decision_of
from nps_xlsx.reports.consolidated import consolidated_workbook
from nps_xlsx.reports.listings import all_rows
from nps_xlsx.reports.not_returned import not_returned
from nps_xlsx.reports.page import report_page
from nps_xlsx.reports.publication.tables import publication_tables
from tests.support.batches import as_returns
from tests.support.rounds import Round, make_round, sampled

DECIDED = (
    *[("declined", "Uses another framework (its own)")] * 6,
    *[("declined", "resources")] * 5,
    ("declined", "Reorganisation in April"),
    ("declined", ""),
    ("nothing to report", ""),
    ("merged", ""),
    ("merged", ""),
    ("sent 3 November", "no decision"),
)
"""What the list has of the councils that have not returned."""


@pytest.fixture(scope="module")
def made(framework: Framework, register: Register) -> Round:
    """A round that sixty councils returned."""
    return make_round(framework, register, sampled(register, 60))


@pytest.fixture(scope="module")
def listed(made: Round, register: Register) -> Register:
    """A list of the sixty, one of which declined before, and of thirty others that did not return."""
    back = [register.by_code[one.gss_code] for one in made.assessments]
    others = [one for one in register.principal().councils if one not in back][:30]
    rows: dict[str, dict[str, str]] = {one.gss_code: {"status": "", "reason": ""} for one in (*back, *others)}
    rows[back[0].gss_code] |= {"status": "Declined", "reason": "resources"}
    for council, (status, reason) in zip(others, DECIDED, strict=False):
        rows[council.gss_code] |= {"status": status, "reason": reason}
    return Register((*back, *others), rows)


@pytest.fixture(scope="module")
def asked(made: Round, listed: Register) -> Asked:
    """Who was asked."""
    return response_rates(made.tables, listed)


def test_who_merged_is_not_asked_and_who_decided_is_not_missing(asked: Asked, listed: Register) -> None:
    """A return counts whatever the list says; words of the analyst's own are no decision."""
    assert len(asked.councils.councils) == 88
    assert (len(asked.returned), len(asked.apart), len(asked.missing)) == (60, 14, 14)
    everyone = {*asked.returned, *(one.gss_code for one in (*asked.apart, *asked.missing))}
    assert everyone == {one.gss_code for one in asked.councils.councils}
    for fact in ("region", "council_type"):
        whole = asked.rates(fact).loc["All"]
        assert list(whole[["asked", "returned", "declined", "nothing to report"]]) == [88, 60, 13, 1]


def test_without_a_list_everything_is_as_it_was(made: Round, register: Register) -> None:
    """Nobody decided anything, and no document says so."""
    plain = response_rates(made.tables)
    assert (plain.decided, plain.apart, outcomes_shown(plain, 5)) == ({}, (), {})
    assert len(plain.missing) == len(register.principal().councils) - 60
    kinds = [one.kind for one in publication_tables(Publishable(made.tables), plain, name_councils=False)]
    assert "outcomes" not in kinds
    assert b'class="lead outcomes"' not in report_page(allowed(made.tables), plain)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"status": "declined", "reason": "USES another framework"}, "declined: uses another framework"),
        ({"status": " Declined ", "reason": "no time"}, "declined: other"),
        ({"status": "declined"}, "declined: no reason given"),
        ({"status": "nothing to report", "reason": "small"}, "nothing to report"),
        ({"status": "chased"}, None),
        ({}, None),
    ],
)
def test_decisions_are_of_a_few_kinds(row: dict[str, str], kind: str | None) -> None:
    """Those of the list, in any case; anything else is no decision."""
    decision = decision_of(row)
    assert (decision.kind if decision else None) == kind


def test_small_numbers_are_withheld_and_cannot_be_worked_out(asked: Asked) -> None:
    """Those below the threshold, and the next one where the rest of the sum would give one away."""
    assert outcomes_shown(asked, 5) == {
        "declined: no reason given": None,
        "declined: reorganisation": None,
        "declined: resources": None,
        "declined: uses another framework": 6,
        "nothing to report": None,
        "no answer": 14,
    }
    assert None not in outcomes_shown(asked, 0).values()
    assert sum(filter(None, outcomes_shown(asked, 0).values())) == 28


@pytest.mark.parametrize("counts", [(1, 9), (4, 5, 6), (5, 6, 7), (1, 1, 1, 9), (2, 2, 5)])
def test_the_rest_of_a_sum_is_never_of_few(counts: Sequence[int]) -> None:
    """What is withheld is together of at least the threshold, and of more than one kind."""
    names = iter(range(1000))
    decided = {
        f"E{next(names)}": Decision("declined", reason)
        for reason, count in zip(("resources", "other", "reorganisation", ""), counts, strict=False)
        for _ in range(count)
    }
    councils = tuple(Council(code, code, code, "County", "London", "England") for code in decided)
    shown = outcomes_shown(Asked(Register(councils), frozenset(), decided), 5)
    hidden = sum(counts) - sum(filter(None, shown.values()))
    assert hidden == 0 or (hidden >= 5 and list(shown.values()).count(None) > 1)


def test_the_list_says_what_was_decided(asked: Asked, listed: Register) -> None:
    """Those missing first; who decided comes last, with reason, and who merged is not there."""
    _, content = not_returned(asked, listed, ())
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [row["status"] for row in rows[:14]] == ["missing"] * 14
    assert sorted(row["status"] for row in rows[14:]) == [*["declined"] * 13, "nothing to report"]
    assert sum("Uses another framework" in row["reason"] for row in rows) == 6
    assert list(rows[0]).count("status") == 1


def test_the_documents_count_who_declined(made: Round, asked: Asked, listed: Register) -> None:
    """The analyst's workbook by name; the publication and the page by reason, without a name."""
    returns = as_returns(made.assessments)
    rows = all_rows(returns, made.tables.responses, made.tables.framework)
    content = consolidated_workbook(made.tables, returns, rows, asked)
    sheet = load_workbook(io.BytesIO(content))["Response"]
    texts = {cell.value for line in sheet.iter_rows() for cell in line}
    assert {"Declined", "Nothing to report", "Not returned yet: 14", "What it decided"} <= texts
    assert asked.apart[0].name in texts
    tables = publication_tables(Publishable(made.tables), asked, name_councils=False)
    (outcomes,) = [one for one in tables if one.kind == "outcomes"]
    assert outcomes.rows[-1] == ("All councils", 28)
    assert ("Declined: resources", "[c]") in outcomes.rows
    page = report_page(allowed(made.tables), asked).decode()
    found = re.search('<p class="lead outcomes">(.*?)</p>', page)
    assert found
    assert "uses another framework 6" in found[1]
    assert "resources (withheld)" in found[1]
    for council in asked.apart:
        assert council.name not in page


def test_a_council_that_returned_after_all_has_returned(made: Round, listed: Register) -> None:
    """Its decision stays in the list, and changes nothing."""
    code = made.assessments[0].gss_code
    merged = replace(listed, listed={**listed.listed, code: {"status": "merged"}})
    asked = response_rates(made.tables, merged)
    assert code in asked.returned
    assert code in asked.councils.by_code
    assert code not in asked.decided

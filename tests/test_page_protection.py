"""Nothing in the page tells of too few councils, however its figures are added and subtracted."""

from __future__ import annotations

import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import openpyxl
import pytest

from nps_xlsx.figures.disclosure.groups import allowed, publishable, size, with_totals
from nps_xlsx.figures.disclosure.members import EVERYONE, Cell, Group
from nps_xlsx.figures.disclosure.sums import Sums
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.model import Assessment, Council, Framework, LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.page import report_page
from nps_xlsx.reports.publication import publication_workbook
from tests.support.rounds import Round, make_round, no_level, sampled, tabled
from tests.test_publication import tables_of

THRESHOLD = 5


def embedded(page: bytes) -> dict[str, Any]:
    """The figures in a page."""
    found = re.search(rb'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def groups_in(data: dict[str, Any], only: str = "") -> list[Group]:
    """The groups whose figures are in the page; ``only`` those that have targets, or the change."""
    places = [tuple(map(int, key.split(","))) for key, own in data["groups"].items() if not only or own[only]]
    regions, kinds = ([None, *data[name]] for name in ("regions", "types"))
    return [(regions[region], kinds[kind]) for region, kind in places]


def told(groups: Sequence[Group], councils: Counter[Cell]) -> Iterator[tuple[Cell, ...]]:
    """Every set of cells with too few councils of which the totals of these groups give some sum.

    By brute force: such a sum is there exactly if the groups are less independent of each other
    when these cells are taken out.
    """
    cells = [cell for cell, n in councils.items() if n]
    matrix = np.array(
        [[r in (None, cell[0]) and k in (None, cell[1]) for cell in cells] for r, k in groups], dtype=float
    )
    rank = np.linalg.matrix_rank(matrix) if groups else 0
    for count in range(1, THRESHOLD):
        for chosen in combinations(range(len(cells)), count):
            if sum(councils[cells[place]] for place in chosen) < THRESHOLD and groups:
                rest = np.delete(matrix, chosen, axis=1)
                if not rest.size or np.linalg.matrix_rank(rest) < rank:
                    yield tuple(cells[place] for place in chosen)


def cells_of(made: Round, assessments: Sequence[Assessment]) -> Counter[Cell]:
    councils = [made.councils[one.gss_code] for one in assessments]
    return Counter((council.region, council.council_type) for council in councils)


def who_gave(made: Round, refs: Sequence[str], which: str) -> list[Assessment]:
    """Those who gave at least one level for these behaviours."""
    return [one for one in made.assessments if any(isinstance(getattr(one[ref], which), int) for ref in refs)]


def small(register: Register) -> list[Council]:
    """London with the City, a region of four, one of six, and a district or two."""
    by_place: dict[Cell, list[Council]] = {}
    for council in register.principal().councils:
        by_place.setdefault((council.region, council.council_type), []).append(council)
    regions = {"London": 9, "North East": 4, "Yorkshire and The Humber": 6, "South West": 7}
    return [c for (region, _), some in sorted(by_place.items()) for c in some[: regions.get(region, 1)]]


@pytest.mark.parametrize("count", [6, 13, 30, 60, 120, 200])
def test_nothing_can_be_worked_out_by_subtraction(
    framework: Framework, register: Register, count: int
) -> None:
    """No sum of embedded totals rests on fewer councils than the threshold, in all or in a key area."""
    made = make_round(framework, register, sampled(register, count, seed=count), seed=count)
    data = embedded(report_page(allowed(made.tables), made.asked))
    for which, only in (("current", ""), ("target", "targets")):
        groups = groups_in(data, only)
        assert not list(told(groups, cells_of(made, made.assessments)))
        for area in framework.areas:
            refs = [row.code for row in area.behaviours]
            assert not list(told(groups, cells_of(made, who_gave(made, refs, which))))


def test_the_attack_works_where_nothing_is_protected(framework: Framework, register: Register) -> None:
    """With every region and type of five or more, London less its boroughs is the City of London."""
    made = make_round(framework, register, small(register))
    cells = cells_of(made, made.assessments)
    every: list[Group] = [EVERYONE, *((r, None) for r, _ in cells), *((None, k) for _, k in cells)]
    naive = [group for group in dict.fromkeys(every) if size(group, cells) >= THRESHOLD]
    assert any(len(some) == 1 and cells[some[0]] == 1 for some in told(naive, cells))
    shown = groups_in(embedded(report_page(allowed(made.tables), made.asked)))
    assert not list(told(shown, cells))
    assert len(shown) > 3


@pytest.mark.parametrize("seed", range(40))
def test_the_rule_agrees_with_brute_force(seed: int) -> None:
    """A choice of groups is safe by the rule exactly if no sum of them tells of too few councils."""
    chance = np.random.default_rng(seed)
    places = [(r, k) for r in "ABCD" for k in "xyz"]
    councils = Counter(
        {cell: int(n) for cell, n in zip(places, chance.choice([0, 1, 2, 4, 9], 12), strict=True)}
    )
    every: list[Group] = [*((r, None) for r in "ABCD"), *((None, k) for k in "xyz"), *places]
    groups = [EVERYONE, *(group for group in every if chance.random() < 0.4 and size(group, councils))]
    is_safe = (
        with_totals(Sums({cell: count for cell, count in councils.items() if count}), groups).reveals(
            THRESHOLD
        )
        is None
    )
    assert is_safe == (not list(told(groups, councils)))


def test_as_much_is_shown_as_is_safe(register: Register) -> None:
    """Where every cell is large everything is shown; of regions the smallest is kept back for a small one."""
    large: Counter[Cell] = Counter({(r, k): 9 for r in "AB" for k in "xy"})
    assert len(publishable([large], THRESHOLD)) == 1 + 2 + 2 + 4
    uneven: Counter[Cell] = Counter({("A", "x"): 20, ("B", "x"): 9, ("C", "x"): 3})
    assert publishable([uneven], THRESHOLD) == (EVERYONE, ("A", None), (None, "x"), ("A", "x"))
    assert publishable([Counter({("A", "x"): 4})], THRESHOLD) == ()


def test_targets_of_few_are_kept_back(framework: Framework, register: Register) -> None:
    """Where a few of a region gave targets, its targets are not in the page, though its levels are."""
    councils = [c for c in register.principal().councils if c.region in ("South West", "North East")]
    whole = make_round(framework, register, councils)
    north_east = sorted(one.gss_code for one in whole.inside("North East"))
    assessments = [
        without_targets(one) if one.gss_code in north_east[3:] else one for one in whole.assessments
    ]
    made = tabled(framework, register, assessments)
    data = embedded(report_page(allowed(made.tables), made.asked))
    assert ("North East", None) in groups_in(data)
    assert ("North East", None) not in groups_in(data, "targets")
    assert ("South West", None) not in groups_in(data, "targets")


def without_targets(one: Assessment) -> Assessment:
    return replace(one, answers=tuple(replace(answer, target=None) for answer in one))


def test_change_of_few_is_kept_back(framework: Framework, register: Register) -> None:
    """The change since an earlier round is told only of enough councils that took part in both."""
    councils = sampled(register, 150)
    before = make_round(framework, register, councils[:70], seed=9)
    previous = {one.gss_code: one for one in before.assessments}
    made = make_round(framework, register, councils, previous=previous)
    data = embedded(report_page(allowed(made.tables), made.asked))
    moving = groups_in(data, "change")
    both = [one for one in made.assessments if one.gss_code in previous]
    assert 1 < len(moving) < len(groups_in(data))
    assert not list(told(moving, cells_of(made, both)))


def test_a_few_answers_are_not_told_of(framework: Framework, register: Register) -> None:
    """Of one council's answers nothing is in the page, not even which behaviours they are about."""
    [council] = sampled(register, 1)
    one = make_round(framework, register, [council])
    blank = make_round(framework, register, [council], current=no_level, target=no_level)
    assert report_page(allowed(one.tables), one.asked) == report_page(allowed(blank.tables), blank.asked)
    assert embedded(report_page(allowed(one.tables), one.asked))["groups"] == {}


def test_blank_returns_hide_nobody(framework: Framework, register: Register) -> None:
    """Councils that left all blank do not make a group large enough for the one that did not."""
    whole = make_round(framework, register, sampled(register, 60))
    councils = [c for c in register.principal().councils if c.region == "North East"][:6]
    full = make_round(framework, register, councils[:1])
    blank = make_round(framework, register, councils[1:], current=no_level, target=no_level)
    others = [one for one in whole.assessments if whole.councils[one.gss_code].region != "North East"]
    made = tabled(framework, register, [*others, *full.assessments, *blank.assessments])
    data = embedded(report_page(allowed(made.tables), made.asked))
    assert EVERYONE in groups_in(data)
    assert ("North East", None) not in groups_in(data)


def test_no_name_and_no_code_is_in_the_page(framework: Framework, register: Register) -> None:
    """Without leave to name councils, no byte of the page holds a council's name or code."""
    made = make_round(framework, register, sampled(register, 200))
    page = report_page(allowed(made.tables), made.asked).decode()
    data = json.dumps(embedded(page.encode()))
    for council in made.councils.values():
        assert council.name not in page
        assert council.gss_code not in page
        assert not re.search(rf"\b{re.escape(council.short_name)}\b", data)
    named = embedded(report_page(allowed(made.tables), made.asked, name_councils=True))
    assert {one["name"] for one in named["councils"]} == {c.name for c in made.councils.values()}


# --- Beside the publication


def published_groups(made: Round) -> list[Group]:
    """The regions and types with an average in the publication, and everyone."""
    content = publication_workbook(Publishable(made.tables), made.asked)
    tables = tables_of(openpyxl.load_workbook(io.BytesIO(content)))
    found: list[Group] = []
    for title, rows in tables.items():
        by_region = title.startswith("Average current level by region")
        if by_region or title.startswith("Average current level by council type"):
            for row in rows:
                name, average, *_ = row.values()
                if isinstance(average, int | float) and name != "All councils":
                    found.append((str(name), None) if by_region else (None, str(name)))
    return [EVERYONE, *found] if found else []


@pytest.mark.parametrize(("count", "seed"), [(90, 13), (120, 11), (120, 13), (160, 4)])
def test_page_and_publication_together_tell_nothing_more(
    framework: Framework, register: Register, count: int, seed: int
) -> None:
    """No sum of the totals of both documents rests on fewer councils than the threshold.

    In these rounds it would, if each were protected by itself.
    """
    made = make_round(framework, register, sampled(register, count, seed=seed), seed=seed)
    groups = [*published_groups(made), *groups_in(embedded(report_page(allowed(made.tables), made.asked)))]
    together = list(dict.fromkeys(groups))
    assert not list(told(together, cells_of(made, made.assessments)))
    for area in framework.areas:
        refs = [row.code for row in area.behaviours]
        assert not list(told(together, cells_of(made, who_gave(made, refs, "current"))))


def test_other_groups_in_the_publication_leave_regions_and_types(
    framework: Framework, register: Register
) -> None:
    """Where councils are published by another column too, types within regions are not in the page."""
    made = make_round(framework, register, sampled(register, 200))
    facts = ("region", "council_type", "county")
    shown = groups_in(embedded(report_page(allowed(made.tables, facts), made.asked)))
    assert len(shown) > 3
    assert not [group for group in shown if None not in group]
    assert [g for g in groups_in(embedded(report_page(allowed(made.tables), made.asked))) if None not in g]


def test_a_row_that_the_publication_withholds_is_not_in_the_page(
    framework: Framework, register: Register
) -> None:
    """A behaviour that three councils gave a level, and its partner, are withheld; no group is shown then."""
    whole = make_round(framework, register, sampled(register, 80))
    assessments = [
        one if number < 3 else without_level(one, "EC1") for number, one in enumerate(whole.assessments)
    ]
    made = tabled(framework, register, assessments)
    [(place, own)] = embedded(report_page(allowed(made.tables), made.asked))["groups"].items()
    assert place == "0,0"
    content = publication_workbook(Publishable(made.tables), made.asked)
    rows = tables_of(openpyxl.load_workbook(io.BytesIO(content)))
    averages = next(table for title, table in rows.items() if title.endswith("gap, by behaviour"))
    withheld = {row["Ref"] for row in averages if row["Average current level"] == "[c]"}
    assert "EC1" in withheld
    assert len(withheld) > 1
    refs = [row.code for row in framework.behaviours]
    assert {ref for ref, counts in zip(refs, own["levels"], strict=True) if counts is None} == withheld


def without_level(one: Assessment, ref: str) -> Assessment:
    return replace(
        one, answers=tuple(replace(answer, current=None) if answer.ref == ref else answer for answer in one)
    )


def test_few_that_come_take_the_change_with_them(framework: Framework, register: Register) -> None:
    """Two councils more than last round: the change of the rest, which gives theirs away, is not there."""
    councils = sampled(register, 60)

    before = make_round(framework, register, councils[:58], seed=9, current=a_level, target=no_level)
    previous = {one.gss_code: replace(one, round="2021") for one in before.assessments}
    made = make_round(framework, register, councils, previous=previous, current=a_level, target=no_level)
    data = embedded(report_page(allowed(made.tables), made.asked))
    assert EVERYONE in groups_in(data)
    assert groups_in(data, "change") == []


def a_level(chance: random.Random) -> LevelValue:
    return chance.randint(1, 5)

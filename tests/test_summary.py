"""The Summary: what it says in words, what its averages rest on, and its charts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Council, Framework
from tests.support.workbooks import filled

HEADINGS, FIRST, SENTENCE = 5, 6, "A3"


def areas_at(framework: Framework, *levels: tuple[int | None, int | None]) -> list[Answer]:
    """Answers that give every behaviour of the first, second ... key area these current and target levels."""
    return [
        Answer(row.code, current=current, target=target)
        for area, (current, target) in zip(framework.areas, levels, strict=False)
        for row in area.behaviours
    ]


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ((), "Nothing answered yet."),
        (
            ((2, None), (3, None)),
            "Highest: Engaging senior managers, 3.0 on average. No target to compare with yet.",
        ),
        (
            ((3, 3), (2, 1)),
            "Highest: Engaging councillors, 3.0 on average. No key area is below its target.",
        ),
        (
            ((1, 3), (4, 5)),
            "Highest: Engaging senior managers, 4.0 on average. "
            "Furthest from target: Engaging councillors, 2.0 levels to gain on average.",
        ),
        (
            ((3, 4), (3, 4), (3, 4)),
            "Highest: Engaging councillors and 2 more, 3.0 on average. "
            "Furthest from target: Engaging councillors and 2 more, 1.0 levels to gain on average.",
        ),
    ],
)
def test_a_sentence_says_what_leads(
    framework: Framework, medway: Council, levels: Sequence[tuple[int | None, int | None]], says: str
) -> None:
    """The highest key area and the one furthest from its target are named; equals are counted."""
    book = openpyxl.load_workbook(
        io.BytesIO(filled(framework, medway, *areas_at(framework, *levels))), data_only=True
    )
    assert book["Summary"][SENTENCE].value == says


def test_an_average_stands_beside_what_it_rests_on(framework: Framework, medway: Council) -> None:
    """Beside an average are the share at the good level and the count; behind them the counts per level."""
    answers = [Answer("EC1", current=2), Answer("EC2", current=3, target=5), Answer("EC3", current="NA")]
    book = openpyxl.load_workbook(io.BytesIO(filled(framework, medway, *answers)), data_only=True)
    headings, cells = ([cell.value for cell in book["Summary"][row]] for row in (HEADINGS, FIRST))
    row = dict(zip(headings, cells, strict=True))
    results = ("Average current level", "Average target level", "Average gap", "Mature or above")
    assert [row[heading] for heading in results] == [2.5, 5, 2, 0.5]
    assert row["Based on"] == "2 of 3 levels"
    assert [row[f"At {level.label}"] for level in framework.levels] == [0, 1, 1, 0, 0]
    counts = ("Behaviours", "Answered", "Level given", "Target given", "Both given")
    assert [row[heading] for heading in counts] == [3, 3, 2, 1, 1]


def charts_of(content: bytes) -> list[str]:
    """The charts of a workbook, as markup, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = sorted(name for name in archive.namelist() if re.match(r"xl/charts/chart\d+\.xml", name))
        return [archive.read(name).decode() for name in names]


def test_the_bars_of_levels_come_first(framework: Framework, medway: Council) -> None:
    """The first chart stacks the levels; the others are bars, and none is a radar that a blank would bend."""
    levels, both, gaps = charts_of(build_workbook(Order(framework, medway, "2026")))[:3]
    assert levels.count("<c:ser>") == len(framework.levels)
    assert 'grouping val="stacked"' in levels
    assert all("<c:barChart>" in chart and "radar" not in chart for chart in (both, gaps))


def test_the_axis_of_gaps_does_not_move(framework: Framework, medway: Council) -> None:
    """Whatever is answered, gaps are drawn from none to all levels less one, and each says how wide it is."""
    gaps = charts_of(filled(framework, medway, Answer("EC1", 1, 2)))[2]
    assert re.search(r'<c:max val="4"/><c:min val="0"/>', gaps)
    assert "<c:showVal " in gaps


@pytest.mark.parametrize("codes", [["EC", "EN4"], ["EC"]])
def test_few_areas_have_no_charts(framework: Framework, medway: Council, codes: list[str]) -> None:
    """One or two key areas are read from the table; a single one is not repeated as a total."""
    part = framework.only(codes)
    content = build_workbook(Order(part, medway, "2026"))
    assert charts_of(content) == []
    names = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content))["Summary"]["A"]]
    assert ("All behaviours asked" in names) == (len(codes) > 1)

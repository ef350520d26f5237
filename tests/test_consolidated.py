"""The analyst's workbook on a made-up national batch: every figure recomputed by a second route."""

from __future__ import annotations

import dataclasses
import io
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from statistics import mean

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.excel import styles
from nps_xlsx.figures import Tables, response_rates
from nps_xlsx.model import Answer, Assessment, Framework, LevelValue, Place, Problem, Return, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.consolidated import consolidated_workbook, lists
from nps_xlsx.reports.consolidated.notable import notable
from nps_xlsx.reports.listings import all_rows
from nps_xlsx.rounds.combine import combine
from tests.support.batches import as_returns, made_up, tables_of
from tests.test_reports import table

LEVELS = ["1 Minimum", "2 Developing", "3 Mature", "4 Leader", "5 Innovator"]


@pytest.fixture(scope="module")
def batch(framework: Framework, register: Register) -> list[Assessment]:
    """Forty councils of all regions and types."""
    return [made_up(council, framework, 1) for council in register.principal().councils[::8]]


@pytest.fixture(scope="module")
def before(framework: Framework, register: Register) -> dict[str, Assessment]:
    """Another forty, of which some are the same."""
    chosen = register.principal().councils[::12]
    return {c.gss_code: made_up(c, framework, 2, round_="2022") for c in chosen}


@pytest.fixture(scope="module")
def tables(
    batch: list[Assessment], framework: Framework, register: Register, before: Mapping[str, Assessment]
) -> Tables:
    return tables_of(batch, framework, register, before)


def workbook_of(tables: Tables, returns: list[Return]) -> Workbook:
    """The workbook of these tables, opened again."""
    rows = all_rows(returns, tables.responses, tables.framework)
    content = consolidated_workbook(tables, returns, rows, response_rates(tables))
    return openpyxl.load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def workbook(tables: Tables, batch: list[Assessment]) -> Workbook:
    return workbook_of(tables, as_returns(batch))


def scored(assessments: Iterable[Assessment], refs: set[str]) -> list[Answer]:
    """All answers to these behaviours."""
    return [answer for assessment in assessments for answer in assessment if answer.ref in refs]


def average(answers: Iterable[Answer], which: str = "current") -> object:
    """The mean of the levels given, to compare with a cell."""
    values = [value for answer in answers if isinstance(value := getattr(answer, which), int)]
    return pytest.approx(mean(values)) if values else None


def test_groups_can_be_recomputed(
    workbook: Workbook, batch: list[Assessment], framework: Framework, register: Register
) -> None:
    """Each region's and type's counts, averages and averages by key area follow from its councils alone."""
    refs = {behaviour.code for behaviour in framework.behaviours}
    for sheet, heading, fact in (("By region", "Region", "region"), ("By type", "Type", "council_type")):
        rows = table(workbook[sheet])
        members = Counter(getattr(register.by_code[one.gss_code], fact) for one in batch)
        assert {row[heading]: row["Responses"] for row in rows} == members
        for row in rows:
            mine = [one for one in batch if getattr(register.by_code[one.gss_code], fact) == row[heading]]
            assert row["Average current"] == average(scored(mine, refs))
            assert row["Average target"] == average(scored(mine, refs), "target")
            assert row["Level given"] == sum(isinstance(a.current, int) for a in scored(mine, refs))
            for area in framework.areas:
                codes = {behaviour.code for behaviour in area.behaviours}
                assert row[area.sheet] == average(scored(mine, codes))


def test_themes_can_be_recomputed(workbook: Workbook, batch: list[Assessment], framework: Framework) -> None:
    """Each theme's average and count follow from the behaviours of its key areas."""
    rows = {str(row["Theme"]): row for row in table(workbook["Themes"])}
    for theme in framework.themes:
        refs = {behaviour.code for area in theme.key_areas for behaviour in area.behaviours}
        assert rows[theme.name]["Average current"] == average(scored(batch, refs))
        assert rows[theme.name]["Behaviours"] == len(refs) * len(batch)


def test_targets_can_be_recomputed(workbook: Workbook, batch: list[Assessment]) -> None:
    """Where councils aim: counts and shares of each target level, and how many gave none."""
    for row in table(workbook["Targets"]):
        given = [one[str(row["Ref"])].target for one in batch]
        counts = [given.count(int(level[0])) for level in LEVELS]
        assert [row[level] for level in LEVELS] == counts
        assert (row["Target given"], row["No target"]) == (sum(counts), given.count(None))
        shares = [pytest.approx(count / sum(counts)) for count in counts]
        assert [row[f"{level}, share"] for level in LEVELS] == shares


def test_gaps_are_ranked_with_ties_shown(workbook: Workbook, batch: list[Assessment]) -> None:
    """The widest average gap stands first, and equals share a rank."""
    rows = table(workbook["Gaps"])
    expected = {}
    for row in rows:
        gaps = [gap for one in batch if (gap := one[str(row["Ref"])].gap) is not None]
        assert row["Average gap"] == pytest.approx(mean(gaps))
        assert row["Both given"] == len(gaps)
        expected[row["Ref"]] = round(mean(gaps), 9)
    for row in rows:
        assert row["Rank"] == 1 + sum(gap > expected[row["Ref"]] for gap in expected.values())
    assert [row["Rank"] for row in rows] == sorted(int(str(row["Rank"])) for row in rows)


def test_strengths_and_weaknesses_are_the_ends_of_the_scale(
    workbook: Workbook, batch: list[Assessment], framework: Framework
) -> None:
    """The ten highest and lowest averages, with the share of councils at Mature or above."""
    means = {
        row.code: mean([a.current for a in scored(batch, {row.code}) if isinstance(a.current, int)])
        for row in framework.behaviours
    }
    rows = table(workbook["Strengths"])
    for which, sign in (("Strength", -1), ("Weakness", 1)):
        mine = [row for row in rows if row["Which"] == which]
        ranks = {
            code: 1 + sum(sign * round(other, 9) < sign * round(value, 9) for other in means.values())
            for code, value in means.items()
        }
        assert {row["Ref"]: row["Rank"] for row in mine} == {c: r for c, r in ranks.items() if r <= 10}
    for row in rows:
        levels = [a.current for a in scored(batch, {str(row["Ref"])}) if isinstance(a.current, int)]
        assert row["Mature or above"] == sum(level >= 3 for level in levels)
        assert row["Share"] == pytest.approx(sum(level >= 3 for level in levels) / len(levels))


def test_movement_compares_the_same_councils(
    workbook: Workbook, batch: list[Assessment], before: dict[str, Assessment], framework: Framework
) -> None:
    """The change rests on answers with a level in both rounds; all councils stand beside it."""
    for row in table(workbook["Movement"]):
        if row["Group"] != "Behaviour":
            continue
        ref = str(row["Ref"])
        pairs = [
            (old, new)
            for one in batch
            if one.gss_code in before
            and isinstance(old := before[one.gss_code][ref].current, int)
            and isinstance(new := one[ref].current, int)
        ]
        assert row["Answers in both"] == row["Councils in both"] == len(pairs)
        change = mean(new - old for old, new in pairs) if pairs else None
        assert row["Change"] == (pytest.approx(change, abs=1e-9) if pairs else None)
        assert row["All councils, this round"] == average(scored(batch, {ref}))
        assert row["All councils, last round"] == average(scored(before.values(), {ref}))
    [everything] = [row for row in table(workbook["Movement"]) if row["Group"] == "All"]
    assert everything["Answers in both"]


def test_the_response_counts_who_was_asked(
    workbook: Workbook, batch: list[Assessment], register: Register
) -> None:
    """Of all principal councils, those with a return and the rest by name, and the two add up."""
    rows = {row["Region or type"]: row for row in table(workbook["Response"])}
    asked = register.principal().councils
    assert (rows["All"]["Asked"], rows["All"]["Returned"]) == (len(asked), len(batch))
    missing = {c.name for c in asked} - {one.council for one in batch}
    named = {cell.value for cell in workbook["Response"]["A"]}
    assert missing <= named
    assert not {one.council for one in batch} & named


def test_what_needs_a_decision_comes_first(framework: Framework, register: Register) -> None:
    """Jumps, sameness, many not applicable, targets below current and refusals, each with its link."""
    kent, medway, *rest = [register.find(name) for name in ("Kent", "Medway", "Adur", "Amber Valley")]
    same = tuple(Answer(row.code, current=3) for row in framework.behaviours)
    odd = (
        Answer("EC1", current=5, target=2),
        *(Answer(row.code, current="NA") for row in framework.behaviours[1:30]),
        *(Answer(row.code, current=1) for row in framework.behaviours[30:]),
    )
    batch = [
        Assessment(kent.gss_code, kent.name, "2026", same),
        Assessment(medway.gss_code, medway.name, "2026", odd),
    ]
    last = (Answer("EC1", current=2),)
    previous = {medway.gss_code: Assessment(medway.gss_code, medway.name, "2022", last)}
    refused = Return("bad.xlsx", "x", Status.REFUSED)
    tables = tables_of(batch, framework, register, previous)
    returns = [
        *as_returns(batch),
        dataclasses.replace(refused, problems=_errors(), reason=_errors()[0]),
    ]
    found = notable(tables, returns)
    assert [(one.kind, one.council or one.source_file, one.refs[:1]) for one in found] == [
        ("Refused", "bad.xlsx", ()),
        ("All the same", kent.name, ()),
        ("Jumped", medway.name, ("EC1",)),
        ("Not applicable", medway.name, ("EC2",)),
        ("Target below current", medway.name, ("EC1",)),
    ]
    assert rest
    workbook = workbook_of(tables, returns)
    assert workbook.sheetnames[0] == "To decide"
    for row, one in enumerate(found, start=5):
        link = workbook["To decide"].cell(row, 4).hyperlink
        sheet, _, cell = link.location.partition("!")
        values = [c.value for c in workbook[sheet.strip("'")][int(cell[1:])]]
        assert (one.source_file or one.council) in values
        assert not one.refs or one.refs[0] in values


def test_the_overview_counts_every_row_of_problems(
    tables: Tables, batch: list[Assessment], framework: Framework
) -> None:
    """Rulings that met nothing are rows of the sheet Problems as well, and the headline counts them."""
    returns = as_returns(batch)
    unmet = problem("ruling-unmet", Place("corrections.csv", cell="A2"), ruling="correction in row 2")
    rows = all_rows(returns, tables.responses, framework, [unmet])
    content = consolidated_workbook(tables, returns, rows, response_rates(tables), rulings=[unmet])
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    figures = {row["Headline"]: row["Figure"] for row in table(workbook["Overview"])}
    assert figures["Problems"] == len(table(workbook["Problems"])) == 1


def test_every_table_is_marked_for_screen_readers(workbook: Workbook) -> None:
    """Each row of headings begins a region that JAWS knows by its name, a second one on a sheet as well."""
    for sheet in workbook:
        headings = {
            cell.coordinate for cell in sheet["A"] if cell.fill.fgColor.rgb == f"FF{styles.ACCENT[1:]}"
        }
        assert headings == {name.split(".")[1] for name in sheet.defined_names if "TitleRegion" in name}


def test_a_correction_older_than_its_return_is_to_be_decided(
    framework: Framework, register: Register
) -> None:
    """It stands on the first sheet with its council and a link to its row; a waived one does not."""
    kent, medway = (register.find(name) for name in ("Kent", "Medway"))
    words = {"what": "EC1", "reason": "Telephone", "who": "Lead", "when": "2 December 2026"}
    older = problem(
        "correction-older", Place("0.xlsx"), ref="EC1", value="5", day="8 December 2026", before="1", **words
    )
    waived = dataclasses.replace(older, place=Place("1.xlsx"), waived="Settled")
    batch = [made_up(council, framework, 1) for council in (kent, medway)]
    returns = [
        dataclasses.replace(one, problems=(found,))
        for one, found in zip(as_returns(batch), (older, waived), strict=True)
    ]
    workbook = workbook_of(tables_of(batch, framework, register), returns)
    sheet = workbook["To decide"]
    [row] = [row for row in sheet.iter_rows(min_row=5) if row[0].value == "Correction older"]
    assert (row[1].value, row[2].value) == (kent.name, older.message)
    name, _, cell = row[3].hyperlink.location.partition("!")
    assert older.message in [c.value for c in workbook[name.strip("'")][int(cell[1:])]]


def _errors() -> tuple[Problem, ...]:
    return (problem("file-not-workbook", Place("bad.xlsx"), found="it is a PDF"),)


def test_an_outlier_is_told_against_its_own_type(framework: Framework, register: Register) -> None:
    """A council far from the quartiles of at least five of its type is told, with these."""
    districts = [c for c in register.principal().councils if c.council_type == "Non-metropolitan district"][
        :9
    ]
    levels = [3, 3, 3, 3, 2, 3, 3, 3, 5]
    batch = [
        Assessment(
            council.gss_code,
            council.name,
            "2026",
            tuple(
                Answer(row.code, current=level if place else max(1, level - 1))
                for place, row in enumerate(framework.behaviours)
            ),
        )
        for council, level in zip(districts, levels, strict=True)
    ]
    tables = tables_of(batch, framework, register)
    outliers = [one for one in notable(tables, as_returns(batch)) if one.kind == "Outlier"]
    assert {one.council for one in outliers} == {districts[4].name, districts[8].name}


@pytest.mark.parametrize("kind", ["nobody", "one", "blank", "not applicable"])
def test_every_sheet_has_sense_where_there_is_little(
    framework: Framework, register: Register, kind: str
) -> None:
    """Nobody, one council, blanks, no targets, nothing applicable: no error, and no NaN anywhere."""
    council = register.find("Medway")
    levels: dict[str, LevelValue] = {"blank": None, "not applicable": "NA"}
    level = levels.get(kind, 3)
    answers = tuple(Answer(row.code, current=level) for row in framework.rows)
    batch = [] if kind == "nobody" else [Assessment(council.gss_code, council.name, "2026", answers)]
    previous = {one.gss_code: one for one in batch}
    tables = tables_of(batch, framework, register, previous)
    shown = workbook_of(tables, as_returns(batch))
    texts = {str(cell.value) for sheet in shown for row in sheet.iter_rows() for cell in row}
    assert not texts & {"nan", "NaN", "inf", "#DIV/0!", "#NUM!", "<NA>", "NaT"}


def test_respondents_have_a_sheet_of_their_own(framework: Framework, register: Register) -> None:
    """Where a council sent several returns, the most divided behaviours come first."""
    medway = register.find("Medway")
    several = [
        Assessment(medway.gss_code, medway.name, "2026", answers, respondent=who)
        for who, answers in (
            ("A", (Answer("EC1", current=1), Answer("EC2", current=2))),
            ("B", (Answer("EC1", current=2), Answer("EC2", current=5))),
        )
    ]
    tables = tables_of(several, framework, register)
    rows = table(workbook_of(tables, as_returns(several))["Spread"])
    assert [(row["Ref"], row["Median"], row["Levels apart"]) for row in rows] == [
        ("EC2", 3.5, 3),
        ("EC1", 1.5, 1),
    ]
    assert len(combine(several, framework)) == 1


def test_a_list_too_long_for_a_sheet_stays_in_its_file(
    tables: Tables, batch: list[Assessment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the limit the sheet says where the rows are, instead of holding them."""
    monkeypatch.setattr(lists, "ROW_LIMIT", 100)
    shown = workbook_of(tables, as_returns(batch))
    assert "answers.csv" in str(shown["Answers"]["A2"].value)
    assert table(shown["Answers"]) == []


@pytest.mark.slow
def test_the_work_grows_with_the_returns(framework: Framework, register: Register) -> None:
    """Twice as many returns take twice as many calls of functions, and no more."""
    alike = register.principal(region="South East", council_type="Non").councils
    whole = [made_up(council, framework, 1) for council in alike]
    sizes = (4, 8, 16, 32)  # the first fills what is remembered
    _, *calls = [calls_of(tables_of(whole[:size], framework, register), whole[:size]) for size in sizes]
    assert calls[2] - calls[1] < 2.05 * (calls[1] - calls[0])


def calls_of(tables: Tables, batch: list[Assessment]) -> int:
    """How many calls of Python functions and generators the workbook of these returns takes."""
    returns = as_returns(batch)
    rows, asked = all_rows(returns, tables.responses, tables.framework), response_rates(tables)
    count = 0

    def counting(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        consolidated_workbook(tables, returns, rows, asked)
    finally:
        sys.setprofile(before)
    return count

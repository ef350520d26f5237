"""Feedback workbooks: every number recomputed, nobody else to be found, and sensible odd cases."""

from __future__ import annotations

import dataclasses
import html
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import quantiles

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.figures import Tables
from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.model import Answer, Assessment, Behaviour, Council, Framework, LevelValue
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.feedback import feedback_workbook
from nps_xlsx.reports.for_councils import ForCouncils
from tests.support.batches import made_up, tables_of

OTHERS, QUARTILES = 5, 8


@pytest.fixture(scope="module")
def councils(register: Register, medway: Council) -> list[Council]:
    """Some eighty councils, Medway among them; small regions and types too."""
    return list(dict.fromkeys([medway, *register.principal().councils[::4]]))


@pytest.fixture(scope="module")
def batch(framework: Framework, register: Register, councils: list[Council]) -> Tables:
    """Their answers, with priorities, and those of two thirds of them in the round before."""
    now = [_with_priorities(made_up(council, framework, 1)) for council in councils]
    before = {
        one.gss_code: made_up(one, framework, 2) for place, one in enumerate(councils) if place % 3 != 1
    }
    return tables_of(now, framework, register, before)


def _with_priorities(assessment: Assessment) -> Assessment:
    names = ("", "Low", "", "High", "Medium")
    answers = tuple(
        dataclasses.replace(answer, priority=names[place % 5], actions=f"Our action {answer.ref}")
        for place, answer in enumerate(assessment)
    )
    return dataclasses.replace(assessment, answers=answers)


@pytest.fixture(scope="module")
def families(batch: Tables) -> dict[str, str]:
    """Families of about ten, with one of three."""
    codes = [assessment.gss_code for assessment in batch.assessments]
    return {code: f"F{place % 8}" for place, code in enumerate(codes)} | dict.fromkeys(codes[:3], "Three")


@pytest.fixture(scope="module")
def all_of_them(batch: Tables, families: dict[str, str]) -> dict[str, bytes]:
    """Every council's workbook, by its code."""
    work = ForCouncils((), batch, families, THRESHOLD, {})
    contents = [content for _, content in work.documents()]
    return {one.gss_code: content for one, content in zip(batch.assessments, contents, strict=True)}


def place_of(tables: Tables, council: Council) -> int:
    return [assessment.gss_code for assessment in tables.assessments].index(council.gss_code)


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


Row = dict[str, object]


def table(sheet: Worksheet, first: str, *, nth: int = 1) -> list[Row]:
    """The rows of the table whose headings begin with a word, by heading."""
    found = [cell.row for cell in sheet["A"] if cell.value == first]
    start = found[nth - 1]
    headings = [str(cell.value) for cell in sheet[start] if cell.value is not None]
    rows: list[Row] = []
    for values in sheet.iter_rows(min_row=start + 1, max_col=len(headings), values_only=True):
        if values[0] is None or all(value is None for value in values[1:]):
            break
        rows.append(dict(zip(headings, values, strict=True)))
    return rows


def texts(workbook: Workbook) -> list[str]:
    return [
        cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]


# --- The second route -----------------------------------------------------------------


def rounded(value: Fraction | None) -> float | None:
    if value is None:
        return None
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def level(value: LevelValue) -> int | None:
    return value if isinstance(value, int) else None


def mean(values: Sequence[int]) -> Fraction | None:
    return Fraction(sum(values), len(values)) if values else None


def average(assessment: Assessment, rows: Sequence[Behaviour], *, target: bool = False) -> Fraction | None:
    answers = [assessment[row.code] for row in rows]
    levels = [level(answer.target if target else answer.current) for answer in answers]
    return mean([one for one in levels if one is not None])


def change(now: Assessment, before: Assessment | None, rows: Sequence[Behaviour]) -> Fraction | None:
    moves = []
    for row in rows if before else ():
        this, last = (
            level(now[row.code].current),
            level(before[row.code].current) if before else None,
        )
        moves += [this - last] if this is not None and last is not None else []
    return mean(moves)


def figures(mine: Fraction | None, others: Sequence[Fraction | None]) -> list[object]:
    """Median, lower and upper quartile, and number; nothing where too few others are there."""
    rest = [value for value in others if value is not None]
    if len(rest) < OTHERS:
        return [None, None, None, None]
    values = sorted([*rest, *([] if mine is None else [mine])])
    lower, median, upper = (rounded(value) for value in quantiles(values, n=4, method="inclusive"))
    few = len(rest) < QUARTILES
    return [median, None if few else lower, None if few else upper, len(values)]


ALL = [f"All councils: {word}" for word in ("median", "lower quartile", "upper quartile", "number")]


def test_at_a_glance_can_be_recomputed(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework
) -> None:
    """Own averages with their counts, and median, quartiles and number of all, by key area and in all."""
    groups = [(area.sheet, area.behaviours) for area in framework.areas]
    groups.append(("All behaviours", framework.behaviours))
    for me in batch.assessments[::9]:
        rows = table(opened(all_of_them[me.gss_code])["At a glance"], "Key area")
        assert [row["Key area"] for row in rows] == [name for name, _ in groups]
        for row, (_, behaviours) in zip(rows, groups, strict=True):
            others = [average(one, behaviours) for one in batch.assessments if one is not me]
            own, aim = average(me, behaviours), average(me, behaviours, target=True)
            given = sum(level(me[one.code].current) is not None for one in behaviours)
            assert row["Levels given"] == f"{given} of {len(behaviours)}"
            assert (row["Your average level"], row["Your average target"]) == (rounded(own), rounded(aim))
            found = figures(own, others)
            assert [row[key] for key in ALL] == found
            median = Fraction(str(found[0]))
            beside = None if own is None else rounded(Fraction(str(rounded(own))) - median)
            assert row["Difference from this median"] == beside


def test_behaviours_can_be_recomputed(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework
) -> None:
    """Own level and target, median, quartiles and number of all, and the share of others as far up."""
    for me in batch.assessments[::9]:
        rows = table(opened(all_of_them[me.gss_code])["Behaviours"], "Ref")
        assert [row["Ref"] for row in rows] == [one.code for one in framework.behaviours]
        for row in rows:
            answer = me[str(row["Ref"])]
            assert row["Your level"] == _label(framework, answer.current) or "Not answered"
            assert row["Your target"] == (_label(framework, answer.target) or None)
            levels = [level(one[answer.ref].current) for one in batch.assessments if one is not me]
            own, given = level(answer.current), [one for one in levels if one is not None]
            mine = None if own is None else Fraction(own)
            assert [row[key] for key in ALL] == figures(mine, [Fraction(one) for one in given])
            assert row["Others at your level or above"] == _share(own, given)


def _label(framework: Framework, value: LevelValue) -> str | None:
    if value is None:
        return None
    return "Not applicable" if value == "NA" else framework.level(int(value)).label


def _share(own: int | None, given: Sequence[int]) -> object:
    if own is None:
        return None
    count, others = sum(one >= own for one in given), len(given)
    if own == 1:
        return 1
    if count < 2:
        return f"fewer than 2 of {others}"
    return f"more than {others - 2} of {others}" if count > others - 2 else pytest.approx(count / others)


GROUPS = {"region": "region", "type": "council_type"}


def test_groups_can_be_recomputed(
    batch: Tables, all_of_them: dict[str, bytes], families: dict[str, str], register: Register
) -> None:
    """Where a region, type or family stands beside a behaviour, the figures are its members'."""
    known, seen = register.by_code, set()
    for me in batch.assessments[::5]:
        mine = known[me.gss_code]
        members = {
            mine.region: [one for one in batch.assessments if known[one.gss_code].region == mine.region],
            mine.council_type: [
                one for one in batch.assessments if known[one.gss_code].council_type == mine.council_type
            ],
            f"Family {families[me.gss_code]}": [
                one for one in batch.assessments if families[one.gss_code] == families[me.gss_code]
            ],
        }
        for row in table(opened(all_of_them[me.gss_code])["Behaviours"], "Ref"):
            for name, some in members.items():
                whose = row.get(f"{name}: whose figures", name)
                if f"{name}: median" not in row or whose != name:
                    continue
                keys = [
                    f"{name}: {word}" for word in ("median", "lower quartile", "upper quartile", "number")
                ]
                levels = {one.gss_code: level(one[str(row["Ref"])].current) for one in some}
                exact = {code: None if one is None else Fraction(one) for code, one in levels.items()}
                own = exact.pop(me.gss_code)
                assert [row.get(key) for key in keys] == figures(own, list(exact.values()))
                seen.add(name.split()[0])
    assert len(seen) > 6


def test_movement_can_be_recomputed(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework, medway: Council
) -> None:
    """Own change by key area beside the median change of the same councils; behaviours that rose or fell."""
    me, before = batch.assessments[place_of(batch, medway)], batch.previous
    sheet = opened(all_of_them[medway.gss_code])["Movement"]
    groups = [(area.sheet, area.behaviours) for area in framework.areas]
    groups.append(("All behaviours", framework.behaviours))
    keys = [
        f"In both rounds: {word}" for word in ("median change", "lower quartile", "upper quartile", "number")
    ]
    for row, (name, behaviours) in zip(table(sheet, "Key area"), groups, strict=True):
        others = [change(o, before.get(o.gss_code), behaviours) for o in batch.assessments if o is not me]
        own = change(me, before[me.gss_code], behaviours)
        assert (row["Key area"], row["Your change"]) == (name, rounded(own))
        assert [row[key] for key in keys] == figures(own, others)
    moved = {}
    for one in framework.behaviours:
        step = change(me, before[me.gss_code], [one])
        if step:
            moved[one.code] = (step, one.value_code)
    rows = table(opened(all_of_them[medway.gss_code])["What rose and fell"], "Ref")
    order = sorted(moved, key=lambda code: (-moved[code][0], moved[code][1]))
    assert [row["Ref"] for row in rows] == order
    assert [row["Your change"] for row in rows] == [float(moved[code][0]) for code in order]


def test_strengths_stand_highest_above_the_median(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework
) -> None:
    """Five behaviours by their distance above the median, then level, then value code; none at the bottom."""
    for me in batch.assessments[::9]:
        ranked = []
        for row in framework.behaviours:
            levels = [level(one[row.code].current) for one in batch.assessments]
            own, given = level(me[row.code].current), [one for one in levels if one is not None]
            if own is not None:
                above = own - quantiles(given, n=2, method="inclusive")[0]
                ranked.append((-above, -own, row.value_code or 0, row.code))
        best = [one for one in sorted(ranked) if one[0] <= 0 and one[1] < -1][:5]
        rows = table(opened(all_of_them[me.gss_code])["Strengths"], "No.")
        assert [row["Ref"] for row in rows] == [code for *_, code in best]
        assert [row["Difference from the median"] for row in rows] == [-above for above, *_ in best]


def test_next_steps_come_by_priority_gap_and_value_code(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework
) -> None:
    """Five with both descriptors, the framework's actions and the council's own, and who is there already."""
    order = ["High", "Medium", "Low", ""]
    for me in batch.assessments[::9]:
        gaps = [(row, me[row.code]) for row in framework.behaviours]
        wide = [(row, answer) for row, answer in gaps if (answer.gap or 0) > 0]
        wide.sort(key=lambda one: (order.index(one[1].priority), -(one[1].gap or 0), one[0].value_code or 0))
        rows = table(opened(all_of_them[me.gss_code])["Next steps"], "No.")
        assert [row["Ref"] for row in rows] == [row.code for row, _ in wide[:5]]
        for found, (row, answer) in zip(rows, wide, strict=False):
            now = level(answer.current) or 0
            assert found["Where you are now"] == row.descriptors[now - 1]
            assert found["Next level"] == framework.level(now + 1).label
            assert found["What the next level asks"] == row.descriptors[now]
            actions = framework.actions_to(row.code, now + 1)
            assert all(action.text in str(found["Suggested actions"]) for action in actions)
            assert f"Our action {row.code}" in str(found["Your own actions"])
            levels = [level(one[row.code].current) for one in batch.assessments if one is not me]
            given = [one for one in levels if one is not None]
            there = str(found["Other councils already at the next level or above"]).splitlines()
            assert there[0] == f"All councils: {_reached(sum(one > now for one in given), len(given))}"
            peers = [line.split(":")[0] for line in there[1:]]
            assert peers in ([], ["Your family"], ["Your type of council"])


def _reached(count: int, others: int) -> str:
    if count < 2:
        return f"fewer than 2 of {others}"
    return f"more than {others - 2} of {others}" if count > others - 2 else f"{count} of {others}"


# --- Nobody else ------------------------------------------------------------------------


def words(text: str) -> str:
    found = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(found)} "


def everything(content: bytes) -> str:
    """The words of every text and every attribute in every part of the file, each once."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            found |= {name, *re.findall(r'[^<>"]+', archive.read(name).decode())}
    return " | ".join(words(html.unescape(text)) for text in sorted(found))


def names_of(council: Council) -> set[str]:
    names = (council.gss_code, council.name, council.short_name, *council.alternative_names)
    return {words(name) for name in names}


def test_no_other_council_is_named_anywhere(
    batch: Tables, all_of_them: dict[str, bytes], register: Register, framework: Framework
) -> None:
    """No name, code or file of another stands in any part of any workbook."""
    published = [text for row in framework.rows for text in (*row.descriptors, row.name, row.short_name)]
    published += [action.text for steps in framework.actions.values() for step in steps for action in step]
    published += [text for council in register.councils for text in (council.region, council.council_type)]
    published += [text for area in framework.areas for text in (area.sheet, area.name)]
    everyday = words(" | ".join(published))  # such as "London", or "reading" in a descriptor
    names = {one.gss_code: names_of(register.by_code[one.gss_code]) for one in batch.assessments}
    for me in batch.assessments:
        found = everything(all_of_them[me.gss_code])
        mine = " ".join(names[me.gss_code])
        assert words(me.gss_code) not in everyday
        assert words(register.by_code[me.gss_code].name) in found
        for other in batch.assessments:
            told = {name for name in names[other.gss_code] if name in found} if other is not me else set()
            assert all(name in everyday or name in mine for name in told), (me.council, told)
        assert set(re.findall(r"\b[ewsnz]\d{8}\b", found)) <= {me.gss_code.casefold()}
        assert not re.search(r"\b\d+ xlsx\b", found)


def test_every_group_that_is_shown_is_large_enough(
    batch: Tables, all_of_them: dict[str, bytes], framework: Framework
) -> None:
    """Beside every figure of a group stand at least five others; beside quartiles, at least eight."""
    numbers = 0
    for me in batch.assessments:
        for row in table(opened(all_of_them[me.gss_code])["Behaviours"], "Ref"):
            own = int(level(me[str(row["Ref"])].current) is not None)
            for heading in (one for one in row if one.endswith(": number")):
                group = heading.removesuffix(": number")
                others = int(str(row[heading] or 0)) - own
                assert row[heading] is None or others >= OTHERS
                assert (row[f"{group}: median"] is not None) == (row[heading] is not None)
                assert (row.get(f"{group}: lower quartile") is not None) == (others >= QUARTILES)
                numbers += 1
    assert numbers > 59 * 3 * 60


def test_no_figure_holds_more_than_it_shows(all_of_them: dict[str, bytes]) -> None:
    """Averages and medians are rounded in the file too: unrounded they would tell of one council."""
    for content in list(all_of_them.values())[::5]:
        for sheet in opened(content):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, float) and "%" not in cell.number_format:
                        assert cell.value == round(cell.value, 1), (sheet.title, cell.coordinate)


def test_where_a_broader_group_stands_in_it_says_so(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Where one of just five others of a region left a behaviour blank, all councils stand there by name."""
    region = [one for one in register.principal().councils if one.region == medway.region and one != medway]
    rest = [one for one in register.principal().councils if one.region == "London"][:20]
    given = [
        made_up(medway, framework, 1),
        *(_all(one, framework, 2 + n % 3) for n, one in enumerate([*region[:5], *rest])),
    ]
    gaps = tuple(
        dataclasses.replace(answer, current=None) if answer.ref == "EC1" else answer for answer in given[1]
    )
    given[1] = dataclasses.replace(given[1], answers=gaps)
    tables = tables_of([*given], framework, register)
    rows = table(opened(feedback_workbook(tables, place_of(tables, medway)))["Behaviours"], "Ref")
    whose = {str(row["Ref"]): row[f"{medway.region}: whose figures"] for row in rows}
    assert whose.pop("EC1") == "All councils (too few of your region)"
    assert set(whose.values()) == {medway.region}


def _all(council: Council, framework: Framework, current: int) -> Assessment:
    answers = tuple(Answer(row.code, current=current, target=5) for row in framework.rows)
    return Assessment(council.gss_code, council.name, "2026", answers)


# --- Odd cases --------------------------------------------------------------------------

Case = tuple[Tables, int]


def _case(
    framework: Framework, register: Register, me: Assessment, others: int = 0, *, known: bool = True
) -> Case:
    rest = [one for one in register.principal().councils[::7] if one.gss_code != me.gss_code][:others]
    kept = register if known else Register(tuple(c for c in register.councils if c.gss_code != me.gss_code))
    tables = tables_of([me, *(made_up(one, framework, 1) for one in rest)], framework, kept)
    return tables, [one.gss_code for one in tables.assessments].index(me.gss_code)


def _same(me: Assessment, **values: object) -> Assessment:
    """The same with these values in every answer."""
    answers = tuple(dataclasses.replace(answer, **values) for answer in me)  # type: ignore[arg-type]  # by key
    return dataclasses.replace(me, answers=answers)


def _cases(framework: Framework, register: Register, medway: Council) -> dict[str, Case]:
    me = made_up(medway, framework, 1)
    asked = ("SV1", "SV2", "EC0", "EC1")
    part = tuple(answer for answer in me if answer.ref in asked)
    one_row = dataclasses.replace(me, asked=("SV1",), answers=me.answers[:0])
    return {
        "alone": _case(framework, register, me),
        "four others": _case(framework, register, me, 4),
        "five others": _case(framework, register, me, 5),
        "nothing": _case(framework, register, dataclasses.replace(me, answers=()), 30),
        "nothing, alone": _case(framework, register, dataclasses.replace(me, answers=())),
        "not applicable": _case(framework, register, _same(me, current="NA", target=None), 30),
        "no targets": _case(framework, register, _same(me, current=2, target=None), 30),
        "no targets, alone": _case(framework, register, _same(me, target=None)),
        "at the top": _case(framework, register, _same(me, current=5, target=5), 30),
        "at the bottom": _case(framework, register, _same(me, current=1, target=1), 30),
        "short": _case(framework, register, dataclasses.replace(me, asked=asked, answers=part), 30),
        "one row": _case(framework, register, one_row, 30),
        "unknown": _case(framework, register, me, 30, known=False),
    }


ODD = [
    *("alone", "four others", "five others", "nothing", "nothing, alone", "not applicable", "no targets"),
    *("no targets, alone", "at the top", "at the bottom", "short", "one row", "unknown"),
]


@pytest.fixture(scope="module")
def odd(framework: Framework, register: Register, medway: Council) -> dict[str, Workbook]:
    cases = _cases(framework, register, medway)
    assert list(cases) == ODD
    return {name: opened(feedback_workbook(*case)) for name, case in cases.items()}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_case_has_its_pages_without_gaps_in_the_words(odd: dict[str, Workbook], name: str) -> None:
    """Every sheet is there, and no cell holds what stands for a missing number."""
    assert odd[name].sheetnames == [
        *("At a glance", "Behaviours", "Strengths", "Next steps", "About these figures")
    ]
    assert not [text for text in texts(odd[name]) if re.search(r"\b(nan|None|inf)\b", text)]


@pytest.mark.parametrize(("name", "has_quartiles"), [("five others", False), ("at the top", True)])
def test_charts_show_the_columns_that_they_name(
    odd: dict[str, Workbook], name: str, *, has_quartiles: bool
) -> None:
    """The bars are those of the differences, whether or not there are quartiles before them."""
    sheet = odd[name]["At a glance"]
    start = next(cell.row for cell in sheet["A"] if cell.value == "Key area")
    headings = [cell.value for cell in sheet[start]]
    assert ("All councils: lower quartile" in headings) == has_quartiles
    kinds = {type(chart).__name__: chart for chart in sheet._charts}
    shown = {
        kind: [headings[_column(series.val.numRef.f) - 1] for series in chart.series]
        for kind, chart in kinds.items()
    }
    assert shown == {
        "RadarChart": ["Your average level", "Your average target", "All councils: median"],
        "BarChart": ["Difference from this median"],
    }


def _column(reference: str) -> int:
    return int(column_index_from_string(reference.split("!$")[1].split("$")[0]))


@pytest.mark.parametrize("name", ["alone", "four others", "nothing, alone", "no targets, alone"])
def test_with_too_few_others_there_is_no_comparison(odd: dict[str, Workbook], name: str) -> None:
    """No column of a group stands in any table; the strengths are the highest levels."""
    for sheet in odd[name]:
        headings = [cell.value for row in sheet.iter_rows(max_row=8) for cell in row if cell.value]
        assert not [text for text in headings if str(text).endswith((": median", ": lower quartile"))]


def test_strengths_without_a_comparison_are_the_highest_levels(odd: dict[str, Workbook]) -> None:
    """Alone, a council is shown where its levels are highest."""
    rows = table(odd["alone"]["Strengths"], "No.")
    levels = [str(row["Your level"]) for row in table(odd["alone"]["Behaviours"], "Ref")]
    highest = sorted((text for text in levels if text[0].isdigit()), reverse=True)[:5]
    assert [row["Your level"] for row in rows] == highest


@pytest.mark.parametrize(
    ("name", "strengths", "steps"),
    [
        ("alone", 5, 5),
        ("nothing", 0, 0),
        ("not applicable", 0, 0),
        ("no targets, alone", 5, 0),
        ("at the top", 5, 0),
        ("at the bottom", 0, 0),
        ("no targets", None, 5),
    ],
)
def test_strengths_and_steps_of_odd_cases(
    odd: dict[str, Workbook], name: str, strengths: int | None, steps: int
) -> None:
    """Nothing is ranked that is not there: no step beyond the top, none without levels."""
    assert len(table(odd[name]["Next steps"], "No.")) == steps
    assert strengths is None or len(table(odd[name]["Strengths"], "No.")) == strengths


def test_without_targets_the_steps_are_furthest_below_the_median(
    odd: dict[str, Workbook],
) -> None:
    """The behaviours are those whose median is highest above the level, and no target is made up."""
    rows = table(odd["no targets"]["Next steps"], "No.")
    medians = {
        str(row["Ref"]): float(str(row[ALL[0]])) for row in table(odd["no targets"]["Behaviours"], "Ref")
    }
    lowest = sorted(medians, key=lambda ref: -medians[ref])[:5]
    assert [medians[str(row["Ref"])] for row in rows] == [medians[ref] for ref in lowest]
    assert all(row["Your target"] is None for row in rows)


def test_a_short_edition_shows_only_what_was_asked(odd: dict[str, Workbook]) -> None:
    """Behaviours and key areas that were not asked are on no sheet; a principle is on none either."""
    assert [row["Ref"] for row in table(odd["short"]["Behaviours"], "Ref")] == ["EC1", "SV1", "SV2"]
    areas = [row["Key area"] for row in table(odd["short"]["At a glance"], "Key area")]
    assert areas == ["Engaging councillors", "Obtaining social value", "All behaviours asked"]


def test_movement_is_there_only_for_those_with_an_earlier_round(
    batch: Tables, all_of_them: Mapping[str, bytes]
) -> None:
    """A council that did not take part before has no such sheet."""
    for one in batch.assessments[::6]:
        assert ("Movement" in opened(all_of_them[one.gss_code]).sheetnames) == (
            one.gss_code in batch.previous
        )


# --- The files --------------------------------------------------------------------------


def test_the_same_answers_give_the_same_bytes(
    batch: Tables, families: dict[str, str], all_of_them: dict[str, bytes], medway: Council
) -> None:
    """Alone or among all, made twice, a workbook is the same."""
    again = feedback_workbook(batch, place_of(batch, medway), dict(reversed(families.items())))
    assert again == all_of_them[medway.gss_code]


def test_files_are_named_for_round_code_and_council(framework: Framework, register: Register) -> None:
    """Nothing in a typed code steers a path, and of two alike each has its own name."""
    odd = Assessment("../x", "A/B Council", "20 26", ())
    medway = made_up(register.find("Medway"), framework, 1)
    tables = tables_of([odd, dataclasses.replace(odd, gss_code="..x"), medway], framework, register)
    names = [name for name, _ in ForCouncils((), tables, {}, THRESHOLD, {}).documents()]
    assert names == [
        "feedback/NPS-20-26-X-a-b-council-feedback.xlsx",
        "feedback/NPS-20-26-X-a-b-council-feedback-2.xlsx",
        "feedback/NPS-2026-E06000035-medway-feedback.xlsx",
    ]


def test_ingest_leaves_feedback_aside(
    all_of_them: dict[str, bytes], medway: Council, framework: Framework, register: Register
) -> None:
    """Handed in by mistake, it is known for one of our own outputs."""
    source = SourceFile("feedback.xlsx", all_of_them[medway.gss_code], len(all_of_them[medway.gss_code]))
    returned = read_return(source, framework, register)
    assert [found.slug for found in returned.problems] == ["file-own-output"]


def test_charts_are_described_and_pages_set_up(all_of_them: dict[str, bytes], medway: Council) -> None:
    """Both charts have words for those who cannot see them; every sheet prints one page wide."""
    with zipfile.ZipFile(io.BytesIO(all_of_them[medway.gss_code])) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert len(charts) == drawing.count(' descr="') == 2
    for sheet in opened(all_of_them[medway.gss_code]):
        assert (sheet.page_setup.fitToWidth or 1) == 1
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.sheet_view.selection[0].sqref in ("A1", None) or sheet.freeze_panes

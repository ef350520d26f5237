"""Medians, quartiles and the rule of disclosure: recomputed by a second route, and attacked."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement, cycle
from pathlib import Path
from statistics import quantiles

import pytest

from nps_xlsx.figures import Tables
from nps_xlsx.figures.peers import (
    ALL,
    AVERAGE,
    FAMILY,
    LEVEL,
    MOVE,
    NOT_KNOWN,
    REGION,
    STEP,
    TOO_FEW,
    TOO_NEAR,
    TYPE,
    WHOLE,
    WITHHELD,
    Figure,
    Measure,
    Peers,
    Reached,
    View,
)
from nps_xlsx.model import Answer, Assessment, Council, Framework, LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import CsvError
from nps_xlsx.register.families import load_families
from tests.support.batches import made_up, tables_of

THRESHOLD, QUARTILES = 5, 8


# --- A second route: fractions, sets and the statistics module ----------------------


def rounded(value: Fraction) -> float:
    """To one decimal, halves away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def level_of(assessment: Assessment, ref: str) -> int | None:
    current = assessment[ref].current
    return current if isinstance(current, int) else None


class Second:
    """Every measure of every council, by code, in plain Python."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.now = {assessment.gss_code: assessment for assessment in tables.assessments}

    def value(self, code: str, measure: Measure) -> Fraction | None:
        kind, name = measure
        framework = self.tables.framework
        if kind in (LEVEL, STEP):
            refs = [name]
        else:
            areas = [area for area in framework.areas if name in (ALL, area.code)]
            refs = [row.code for area in areas for row in area.behaviours]
        values = [self._one(code, ref, moved=kind in (STEP, MOVE)) for ref in refs]
        given = [value for value in values if value is not None]
        return Fraction(sum(given), len(given)) if given else None

    def _one(self, code: str, ref: str, *, moved: bool) -> int | None:
        now = level_of(self.now[code], ref)
        if not moved:
            return now
        before = self.tables.previous.get(code)
        last = None if before is None else level_of(before, ref)
        return None if now is None or last is None else now - last

    def given(self, measure: Measure) -> Mapping[str, Fraction]:
        return given_of(self, measure)


# What is the same for every council of a group is worked out once.


@cache
def given_of(second: Second, measure: Measure) -> Mapping[str, Fraction]:
    found = {code: second.value(code, measure) for code in second.now}
    return {code: value for code, value in found.items() if value is not None}


@cache
def quartiles(second: Second, measure: Measure, codes: frozenset[str]) -> list[float]:
    given = second.given(measure)
    values = [given[code] for code in codes]
    return [rounded(value) for value in quantiles(values, n=4, method="inclusive")]


@cache
def are_mixed(second: Second, ref: str, codes: frozenset[str]) -> bool:
    """Whether two of them differ from their commonest level; of nobody there is nothing to tell."""
    levels = second.given((LEVEL, ref))
    most = max(Counter(levels[code] for code in codes).values(), default=0)
    return not codes or len(codes) - most >= 2


def expected(
    second: Second, measure: Measure, groups: Mapping[str, set[str]], code: str
) -> dict[str, tuple[object, ...]]:
    """By kind: whose figure, how many, quartiles; by the rule as it is written, over sets of codes.

    Where the figure is of a behaviour's levels, they must be mixed too.
    """
    given, (name, ref) = second.given(measure), measure
    shown: dict[str, frozenset[str]] = {}
    for kind in (WHOLE, REGION, TYPE, FAMILY):
        members = frozenset(groups.get(kind, set()) & given.keys())
        apart = [members ^ other for other in shown.values()]
        near = any(0 < len(few) < THRESHOLD for few in apart)
        alike = name in (LEVEL, STEP) and not all(are_mixed(second, ref, some) for some in (members, *apart))
        if len(members - {code}) >= THRESHOLD and not near and not alike:
            shown[kind] = members
    found: dict[str, tuple[object, ...]] = {}
    for kind in groups:
        broader = {WHOLE: [], REGION: [WHOLE], TYPE: [WHOLE], FAMILY: [TYPE, WHOLE]}[kind]
        whose = next((one for one in (kind, *broader) if one in shown), None)
        if whose is None:
            found[kind] = (None, 0, None, None, None)
            continue
        lower, median, upper = quartiles(second, measure, shown[whose])
        few = len(shown[whose] - {code}) < QUARTILES
        found[kind] = (whose, len(shown[whose]), median, None if few else lower, None if few else upper)
    return found


def kind_of(figure: Figure) -> str | None:
    return figure.group.kind if figure.group else None


def found_by(view: View, measure: Measure) -> dict[str, tuple[object, ...]]:
    figures = {kind: view.figure(kind, measure) for kind in view.groups}
    return {
        kind: (kind_of(one), one.councils, one.median, one.lower, one.upper) for kind, one in figures.items()
    }


@pytest.fixture(scope="module")
def batch(framework: Framework, register: Register) -> Tables:
    """Some seventy councils, of which some were in the earlier round; many groups are small."""
    chosen = [*register.principal().councils[::5], register.find("City of London")]
    chosen += [council for council in register.councils if council.council_type == "London borough"][:9]
    now = [made_up(council, framework, 1) for council in dict.fromkeys(chosen)]
    before = {one.gss_code: made_up(council, framework, 2) for one, council in zip(now, chosen, strict=False)}
    before = {code: one for place, (code, one) in enumerate(before.items()) if place % 3}
    return tables_of(now, framework, register, before)


@pytest.fixture(scope="module")
def families(batch: Tables) -> dict[str, str]:
    """Families of four, of about eight, and one that is nearly a whole region."""
    codes = [assessment.gss_code for assessment in batch.assessments]
    found = {code: f"family {place % 8}" for place, code in enumerate(codes) if place % 9}
    south = list(batch.councils[batch.councils["region"] == "South East"]["gss_code"])
    found |= dict.fromkeys(codes[:4], "of four") | dict.fromkeys(south[:-1], "nearly South East")
    return found


def groups_of(tables: Tables, families: Mapping[str, str], code: str) -> dict[str, set[str]]:
    register = tables.register.by_code
    codes = {assessment.gss_code for assessment in tables.assessments}
    me = register[code]
    found = {
        WHOLE: codes,
        REGION: {one for one in codes if register[one].region == me.region},
        TYPE: {one for one in codes if register[one].council_type == me.council_type},
    }
    family = families.get(code)
    return found | ({FAMILY: {one for one in codes if families.get(one) == family}} if family else {})


def measures(framework: Framework) -> Iterator[Measure]:
    yield from ((kind, row.code) for kind in (LEVEL, STEP) for row in framework.behaviours)
    yield from ((kind, area.code) for kind in (AVERAGE, MOVE) for area in framework.areas)
    yield from ((AVERAGE, ALL), (MOVE, ALL))


def test_every_figure_can_be_recomputed(
    batch: Tables, families: dict[str, str], framework: Framework
) -> None:
    """Whose, how many, median and quartiles of every measure, council and group follow from the answers."""
    peers, second = Peers(batch, families), Second(batch)
    seen: set[object] = set()
    for place, assessment in enumerate(batch.assessments):
        code, view = assessment.gss_code, peers.of(place)
        groups = groups_of(batch, families, code)
        for measure in measures(framework):
            found = found_by(view, measure)
            assert found == expected(second, measure, groups, code), (code, measure)
            if measure[0] == LEVEL:
                nearest = view.nearest(measure[1])
                whose = found[FAMILY if FAMILY in found else TYPE][0]
                assert (nearest and nearest.kind) == (None if whose == WHOLE else whose)
            seen |= {(kind, one[0]) for kind, one in found.items()}
    assert seen >= {(FAMILY, FAMILY), (FAMILY, TYPE), (FAMILY, WHOLE), (TYPE, WHOLE), (REGION, WHOLE)}


def test_own_figures_and_counts_of_others_can_be_recomputed(batch: Tables, framework: Framework) -> None:
    """A council's own figure is its own; others at a level or above are counted without it."""
    peers, second = Peers(batch), Second(batch)
    for place, assessment in enumerate(batch.assessments[:20]):
        view, code = peers.of(place), assessment.gss_code
        for measure in measures(framework):
            own = second.value(code, measure)
            assert view.own(measure) == (None if own is None else rounded(own))
        for row in framework.behaviours:
            rest = {one: v for one, v in second.given((LEVEL, row.code)).items() if one != code}
            counted = Reached(sum(level >= 3 for level in rest.values()), len(rest))
            assert view.reached(WHOLE, row.code, 3) == counted


def test_what_councils_are_shown_alike_is_worked_out_once(
    batch: Tables, framework: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Councils in the same groups share it, those who gave a figure and those who did not."""
    asked, work_out = Counter[object](), View._chosen

    def counting(view: View, kind: str, measure: Measure) -> Figure:
        gave = view.own(measure) is not None
        asked[tuple(view.groups.values()), kind, measure, gave] += 1
        return work_out(view, kind, measure)

    monkeypatch.setattr(View, "_chosen", counting)
    peers = Peers(batch)
    for place in range(len(batch.responses)):
        for row in framework.behaviours:
            peers.of(place).figure(WHOLE, (LEVEL, row.code))
    assert set(asked.values()) == {1}
    assert len(asked) < len(batch.responses) * len(framework.behaviours)


# --- The rule -----------------------------------------------------------------------


def invented(number: int, *, kind: str = "Borough", region: str = "North") -> Council:
    """A council of no register but the test's."""
    code = f"Z0{region[0]}{kind[0]}{number:05}"
    return Council(code, f"{region} {kind} {number}", f"{number}", kind, region, "England")


def view_of(
    framework: Framework,
    levels: Mapping[Council, LevelValue],
    families: Mapping[Council, str] | None = None,
    unknown: Sequence[Council] = (),
) -> View:
    """What the first of these councils is shown; each gave one level, to EC1."""
    given = [
        Assessment(council.gss_code, council.name, "2026", (Answer("EC1", current=level),))
        for council, level in levels.items()
    ]
    register = Register(tuple(council for council in levels if council not in unknown))
    tables = tables_of(given, framework, register)
    codes = [assessment.gss_code for assessment in tables.assessments]
    chosen = {council.gss_code: name for council, name in (families or {}).items()}
    return Peers(tables, chosen).of(codes.index(next(iter(levels)).gss_code))


def shown(view: View) -> dict[str, tuple[str | None, str]]:
    """Whose figure each group's place holds, and why."""
    figures = {kind: view.figure(kind, (LEVEL, "EC1")) for kind in view.groups}
    return {kind: (kind_of(one), one.reason) for kind, one in figures.items()}


def varied(councils: Sequence[Council]) -> dict[Council, LevelValue]:
    """Levels 2, 3 and 4 in turn, so that no five of them are alike; their median is 3."""
    return dict(zip(councils, cycle((2, 3, 4)), strict=False))


SOUTH = [invented(number, kind="County", region="South") for number in range(30)]


@pytest.mark.parametrize(
    ("mine", "others", "expected"),
    [
        (3, 5, REGION),
        (3, 4, WHOLE),
        ("NA", 5, REGION),
        ("NA", 4, WHOLE),
        (None, 5, REGION),
    ],
)
def test_a_group_needs_five_others_that_gave_a_level(
    framework: Framework, mine: LevelValue, others: int, expected: str
) -> None:
    """The council itself does not count among the five, nor does one that gave no level."""
    north = [invented(number) for number in range(others + 2)]
    levels: dict[Council, LevelValue] = {north[0]: mine, north[1]: "NA"}
    levels |= varied(north[2:]) | varied(SOUTH)
    assert shown(view_of(framework, levels))[REGION] == (expected, "" if expected == REGION else TOO_FEW)


def test_too_few_of_all_show_nothing(framework: Framework) -> None:
    """With four others in the whole round there is no figure of anybody's."""
    levels: dict[Council, LevelValue] = {invented(number): 3 for number in range(5)}
    view = view_of(framework, levels)
    assert shown(view) == dict.fromkeys((WHOLE, REGION, TYPE), (None, TOO_FEW))
    assert view.reached(WHOLE, "EC1", 3) is None


def test_a_group_that_lacks_few_of_a_broader_one_is_not_shown(framework: Framework) -> None:
    """A region of all but four councils is not shown; of all, or of all but five, it is."""
    north = [invented(number) for number in range(12)]
    found = {}
    for rest in (0, 1, 4, 5):
        levels = varied(north) | varied(SOUTH[:rest])
        found[rest] = shown(view_of(framework, levels))[REGION]
    assert found == {0: (REGION, ""), 1: (WHOLE, TOO_NEAR), 4: (WHOLE, TOO_NEAR), 5: (REGION, "")}


def test_region_and_type_that_differ_by_one_council_are_not_both_shown(
    framework: Framework, register: Register
) -> None:
    """London is the London boroughs and the City: with both, the City's levels could be worked out."""
    london = [council for council in register.councils if council.region == "London" and council.is_principal]
    city = register.find("City of London")
    levels = varied([one for one in london if one != city]) | {city: 5} | varied(SOUTH)
    assert shown(view_of(framework, levels)) == {
        WHOLE: (WHOLE, ""),
        REGION: (REGION, ""),
        TYPE: (WHOLE, TOO_NEAR),
    }


@pytest.mark.parametrize("missing", [1, 4])
def test_a_family_cannot_single_out_a_council(framework: Framework, missing: int) -> None:
    """A family of two, of all but one, of its type but one, or of its region but one is not shown."""
    north = [invented(number) for number in range(20)]
    levels = varied([*north, *SOUTH])
    pair = dict.fromkeys(north[:2], "a pair")
    assert shown(view_of(framework, levels, pair))[FAMILY] == (TYPE, TOO_FEW)
    for others in ([*north, *SOUTH][:-missing], north[:-missing]):
        family = dict.fromkeys(others, "all but a few")
        assert shown(view_of(framework, levels, family))[FAMILY][1] == TOO_NEAR


def test_a_family_gives_way_to_the_type_and_then_to_all(framework: Framework) -> None:
    """Too small a family shows the type; where that is too small as well, all councils."""
    north = [invented(number) for number in range(3)]
    boroughs = [invented(number, region="South") for number in range(8)]
    levels = varied(north) | varied(boroughs) | varied(SOUTH)
    family = dict.fromkeys(north, "three")
    assert shown(view_of(framework, levels, family))[FAMILY] == (TYPE, TOO_FEW)
    few = varied([*north, *SOUTH])
    assert shown(view_of(framework, few, family))[FAMILY] == (WHOLE, TOO_FEW)


def test_a_council_of_no_register_has_no_region(framework: Framework) -> None:
    """Those that are not in the register are no group, however many they are."""
    strange = [invented(number, region="West") for number in range(9)]
    levels = varied([*strange, *SOUTH])
    found = shown(view_of(framework, levels, unknown=strange))
    assert found == {WHOLE: (WHOLE, ""), REGION: (WHOLE, NOT_KNOWN), TYPE: (WHOLE, NOT_KNOWN)}


@pytest.mark.parametrize("apart", [0, 1])
def test_a_group_that_is_alike_but_for_one_is_not_shown(framework: Framework, apart: int) -> None:
    """Whoever is the odd one out would know the level of all the others; with two it is shown."""
    north = [invented(number) for number in range(9)]
    levels: dict[Council, LevelValue] = {one: 4 if 0 < n <= apart else 3 for n, one in enumerate(north)}
    assert shown(view_of(framework, levels | varied(SOUTH)))[REGION] == (WHOLE, WITHHELD)
    levels |= dict.fromkeys(north[1:3], 4)
    assert shown(view_of(framework, levels | varied(SOUTH)))[REGION] == (REGION, "")


@pytest.mark.parametrize(("others", "has_quartiles"), [(7, False), (8, True)])
def test_quartiles_need_eight_others(framework: Framework, others: int, has_quartiles: bool) -> None:
    """With fewer, a quartile could be the lowest or the highest of the others."""
    levels = varied([invented(number) for number in range(others + 1)])
    figure = view_of(framework, levels).figure(WHOLE, (LEVEL, "EC1"))
    assert (figure.lower is not None, figure.upper is not None) == (has_quartiles, has_quartiles)
    assert figure.median == 3


@pytest.mark.parametrize(
    ("count", "others", "words", "share"),
    [
        (0, 9, "fewer than 2 of 9", None),
        (1, 9, "fewer than 2 of 9", None),
        (2, 9, "2 of 9", 2 / 9),
        (7, 9, "7 of 9", 7 / 9),
        (8, 9, "more than 7 of 9", None),
        (9, 9, "more than 7 of 9", None),
    ],
)
def test_none_and_one_are_not_told_apart(count: int, others: int, words: str, share: float | None) -> None:
    """Nor are all and all but one: it would say the same of each of the others."""
    assert (str(Reached(count, others)), Reached(count, others).share) == (words, share)


def seen(view: View, ref: str, own: int | None) -> tuple[object, ...]:
    """All that a workbook says of one behaviour."""
    figure = view.figure(WHOLE, (LEVEL, ref))
    levels = [] if own is None else [level for level in (own, own + 1) if 1 < level <= 5]
    reached = [str(view.reached(WHOLE, ref, level)) for level in levels]
    return (figure.councils, figure.median, figure.lower, figure.upper, *reached)


@pytest.mark.parametrize("others", [5, 6, 7, 8, 9])
def test_no_level_of_another_follows_with_certainty(framework: Framework, others: int) -> None:
    """Of all the ways others may stand, no figures fit only those in which all have one level.

    Every way in which so few others can stand is tried, beside every own level and none.  Were
    all that fit the same figures one level and the same for everybody, that level would be known.
    """
    ways = list(combinations_with_replacement(range(1, 6), others))
    councils = [invented(number) for number in range(others + 1)]
    refs = [row.code for row in framework.behaviours]
    for own in (None, 1, 2, 3, 4, 5):
        fitting: dict[tuple[object, ...], set[int]] = {}
        for start in range(0, len(ways), len(refs)):
            some = list(zip(refs, ways[start:], strict=False))
            view = _view_of_ways(framework, councils, own, some)
            for ref, way in some:
                fitting.setdefault(seen(view, ref, own), set()).update(way)
        assert all(len(levels) > 1 for levels in fitting.values())


def _view_of_ways(
    framework: Framework,
    councils: Sequence[Council],
    own: int | None,
    ways: Sequence[tuple[str, Sequence[int]]],
) -> View:
    """The first council's view of many behaviours, in each of which the others stand in another way."""
    mine = [Answer(ref, current=own) for ref, _ in ways]
    rest = [[Answer(ref, current=way[place]) for ref, way in ways] for place in range(len(councils) - 1)]
    given = [
        Assessment(council.gss_code, council.name, "2026", tuple(answers))
        for council, answers in zip(councils, [mine, *rest], strict=True)
    ]
    tables = tables_of(given, framework, Register(tuple(councils)))
    codes = [assessment.gss_code for assessment in tables.assessments]
    return Peers(tables).of(codes.index(councils[0].gss_code))


# --- What is compared with what -------------------------------------------------------


def test_rounds_are_not_mixed(framework: Framework, register: Register) -> None:
    """Responses of another round in the same batch are no peers, not even the council's own."""
    councils = register.principal().councils[:12]
    now = [made_up(council, framework, 1) for council in councils]
    other = [made_up(council, framework, 2, round_="2025") for council in register.principal().councils[:40]]
    alone, mixed = (Peers(tables_of(some, framework, register)) for some in (now, [*now, *other]))
    places = [(a.gss_code, a.round) for a in mixed.tables.assessments]
    code = alone.tables.assessments[0].gss_code
    one, same = alone.of(0), mixed.of(places.index((code, "2026")))
    assert one.took_part == same.took_part == 12
    assert all(found_by(one, m) == found_by(same, m) for m in measures(framework))


def test_averages_are_over_the_same_behaviours(framework: Framework, register: Register) -> None:
    """Asked about three behaviours, a council is compared with everybody's average of these three.

    And those who were asked only about these are not in the averages of a council asked about all.
    """
    asked, councils = ("EC1", "SV1", "SV2"), register.principal().councils[:30]
    whole = [made_up(council, framework, 1) for council in councils]
    short = [
        dataclasses.replace(one, asked=asked, answers=tuple(a for a in one if a.ref in asked))
        for one in whole[:4]
    ]
    peers = Peers(tables_of([*short, *whole[4:]], framework, register))
    codes = [assessment.gss_code for assessment in peers.tables.assessments]
    of_short = peers.about(asked).of(codes.index(short[0].gss_code)).figure(WHOLE, (AVERAGE, "SV"))
    means = [[level_of(one, ref) for ref in ("SV1", "SV2")] for one in whole]
    given = [[level for level in two if level is not None] for two in means]
    values = sorted(Fraction(sum(two), len(two)) for two in given if two)
    assert (of_short.councils, of_short.median) == (
        len(values),
        rounded(quantiles(values, n=2, method="inclusive")[0]),
    )
    assert peers.of(codes.index(whole[5].gss_code)).figure(WHOLE, (AVERAGE, "SV")).councils == 26


def test_the_order_of_the_returns_makes_no_difference(
    batch: Tables, families: dict[str, str], framework: Framework, register: Register
) -> None:
    """Shuffled returns give the same figures."""
    mixed = list(batch.assessments)
    random.Random(1).shuffle(mixed)  # noqa: S311 - not for secrets
    again = tables_of(mixed, framework, register, batch.previous)
    one, same = Peers(batch, families), Peers(again, families)
    assert all(
        found_by(one.of(place), measure) == found_by(same.of(place), measure)
        for place in range(0, len(mixed), 7)
        for measure in measures(framework)
    )


# --- Families ---------------------------------------------------------------------------


def test_families_are_read_by_name_or_code(register: Register, tmp_path: Path) -> None:
    """A council goes by its name or its code; case and spaces of a family make no difference."""
    path = tmp_path / "families.csv"
    rows = [
        "Council;GSS code;Family",
        "Medway;;Coastal",
        ";E06000046;coastal ",
        "Kent;E10000016;Shires",
        "Luton;;",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    medway, wight, kent = (register.find(name).gss_code for name in ("Medway", "E06000046", "Kent"))
    assert load_families(path, register) == {medway: "Coastal", wight: "Coastal", kent: "Shires"}


def test_all_faults_of_a_file_of_families_are_told_at_once(register: Register, tmp_path: Path) -> None:
    """A council in two families, one that nobody knows, two in one row, and none at all."""
    path = tmp_path / "families.csv"
    rows = ["council,gss_code,family", "Medway,,A", "Atlantis,,A", "Medway,,B", "Kent,E06000035,A", ",,A"]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(CsvError) as caught:
        load_families(path, register)
    told = str(caught.value).splitlines()[1:]
    assert [line.split(":")[0] for line in told] == ["row 3", "row 4", "row 5", "row 6"]


@pytest.mark.parametrize("heading", ["council,group", "name,family"])
def test_a_file_without_its_columns_is_refused(register: Register, tmp_path: Path, heading: str) -> None:
    """It needs a family, and a council by name or code."""
    path = tmp_path / "families.csv"
    path.write_text(f"{heading}\nMedway,A\n", encoding="utf-8")
    with pytest.raises(CsvError):
        load_families(path, register)

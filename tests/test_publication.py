"""publication.xlsx: every number can be recomputed, nothing withheld can, and everybody can read it."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.figures import Tables, consolidate, response_rates
from nps_xlsx.figures.disclosure.tables import FactError, Publishable
from nps_xlsx.model import FACTS, Answer, Assessment, Council, Framework, LevelValue, Status
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.publication import plain, publication_workbook
from nps_xlsx.rounds.combine import combine
from tests.support.workbooks import read

Row = dict[str, object]
Rows = list[Row]
Made = Callable[..., Tables]


def assessed(council: Council, framework: Framework, seed: int, round_: str = "2026") -> Assessment:
    """A made-up assessment: most behaviours with a level, some not applicable, blank or without target."""
    chance = random.Random(f"{council.gss_code} {seed}")  # noqa: S311 - made up, the same each time
    answers = []
    for row in framework.rows:
        kind = chance.random()
        current: LevelValue = "NA" if kind < 0.06 else None if kind < 0.1 else chance.randint(1, 5)
        target = chance.randint(current, 5) if isinstance(current, int) and chance.random() < 0.9 else None
        answers.append(Answer(row.code, current=current, target=target))
    return Assessment(council.gss_code, council.name, round_, tuple(answers))


@pytest.fixture(scope="module")
def made(framework: Framework, register: Register) -> Made:
    """Tables of a made-up batch of councils, with an earlier round of some of them and of others."""

    def make(
        count: int, *, seed: int = 1, before: int = 0, change: Callable[[Answer], Answer] = lambda a: a
    ) -> Tables:
        chance = random.Random(seed)  # noqa: S311 - made up, the same each time
        councils = chance.sample(register.principal().councils, max(count, before))
        now = [assessed(one, framework, seed) for one in councils[:count]]
        now = [replace(one, answers=tuple(map(change, one.answers))) for one in now]
        last = [assessed(one, framework, seed + 1, "2021") for one in councils[max(count - before, 0) :]]
        previous = {one.gss_code: one for one in last} if before else {}
        return consolidate(combine(now, framework), framework, register, previous)

    return make


def published(
    tables: Tables,
    facts: Sequence[str] = FACTS,
    threshold: int = THRESHOLD,
    *,
    name_councils: bool = False,
    contact: str = "",
) -> Workbook:
    shown = Publishable(tables, facts, threshold)
    content = publication_workbook(
        shown, response_rates(tables), name_councils=name_councils, contact=contact
    )
    return openpyxl.load_workbook(io.BytesIO(content))


def tables_of(workbook: Workbook) -> dict[str, Rows]:
    """The rows of every marked-up table, by title."""
    found = {}
    for sheet in workbook:
        for ref in sheet.tables.values():
            cells = [[cell.value for cell in row] for row in sheet[ref.ref]]
            title = str(sheet["A1"].value)
            found[title.partition(": ")[2] or title] = [
                dict(zip(map(str, cells[0]), row, strict=True)) for row in cells[1:]
            ]
    return found


def rounded(values: Sequence[float]) -> object:
    """The mean of whole numbers to one decimal, halves away from zero."""
    if not values:
        return "[x]"
    mean = Fraction(int(sum(values)), len(values))
    return float((Decimal(mean.numerator) / mean.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)) + 0


def share(part: int, whole: int) -> object:
    if not whole:
        return "[z]"
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP))


Given = list[tuple[str, Answer]]


def given(tables: Tables, codes: Iterable[str]) -> Given:
    """The council and its answer, for every answer to one of these behaviours."""
    wanted = set(codes)
    return [(one.gss_code, answer) for one in tables.assessments for answer in one if answer.ref in wanted]


def levels(found: Given) -> list[int]:
    return [answer.current for _, answer in found if isinstance(answer.current, int)]


def codes_of(framework: Framework, name: str) -> list[str]:
    """The behaviours of everything, of a theme, of an area, or one by its code."""
    themes = {theme.name: theme.key_areas for theme in framework.themes}
    areas = {area.sheet: [area] for area in framework.areas}
    if name == "All behaviours":
        return [behaviour.code for behaviour in framework.behaviours]
    if name in themes or name in areas:
        return [one.code for area in themes.get(name) or areas[name] for one in area.behaviours]
    return [name]


def figures(found: Given) -> list[object]:
    """What the tables of averages must say of these answers."""
    targets = [a.target for _, a in found if isinstance(a.target, int)]
    gaps = [a.gap for _, a in found if a.gap is not None]
    councils = {council for council, a in found if isinstance(a.current, int)}
    current = levels(found)
    return [
        *(len(councils), len(current), rounded(current)),
        *(len(targets), rounded(targets), len(gaps), rounded(gaps)),
    ]


@pytest.fixture(scope="module")
def national(made: Made) -> Tables:
    return made(190, before=120)


@pytest.fixture(scope="module")
def shown(national: Tables) -> dict[str, Rows]:
    return tables_of(published(national))


# --- Every number


def test_averages_can_be_recomputed(national: Tables, shown: dict[str, Rows], framework: Framework) -> None:
    """Averages and counts of all, by theme, key area and behaviour are those of the answers."""
    headline = shown["Average current level, target level and gap, by theme and key area"]
    behaviours = shown["Average current level, target level and gap, by behaviour"]
    assert len(headline) == 1 + len(framework.themes) + len(framework.areas)
    assert [row["Ref"] for row in behaviours] == [one.code for one in framework.behaviours]
    for row in [*headline, *behaviours]:
        codes = codes_of(framework, str(row.get("Ref", row.get("Name"))))
        assert list(row.values())[-7:] == figures(given(national, codes))


def test_distributions_can_be_recomputed(
    national: Tables, shown: dict[str, Rows], framework: Framework
) -> None:
    """Counts and shares of each current level and of each target are those of the answers."""
    kinds = {
        "Number and share of councils at each current level, by behaviour": "current",
        "Number and share of councils that aim for each level, by behaviour": "target",
    }
    for title, kind in kinds.items():
        for row, behaviour in zip(shown[title], framework.behaviours, strict=True):
            values = [getattr(answer, kind) for _, answer in given(national, [behaviour.code])]
            counts = [values.count(level.number) for level in framework.levels]
            rest = [sum(counts), len(values) - sum(counts)]
            if kind == "current":
                rest = [sum(counts), values.count("NA"), values.count(None)]
            shares = [share(count, sum(counts)) for count in counts]
            assert list(row.values())[3:] == [*counts, *rest, *shares]


@pytest.mark.parametrize("fact", ["region", "council_type"])
def test_groups_can_be_recomputed(
    fact: str, national: Tables, shown: dict[str, Rows], framework: Framework, register: Register
) -> None:
    """Each published average of a group is that of its councils' answers, beside how many they are."""
    name = fact.replace("_", " ")
    averages = shown[f"Average current level by {name} and key area"]
    counts = shown[f"Number of councils behind the averages by {name} and key area"]
    some = 0
    for mean, count in zip(averages, counts, strict=True):
        (_, group), *cells = mean.items()
        for column, value in cells:
            found = given(national, codes_of(framework, column))
            if group != "All councils":
                found = [(c, a) for c, a in found if getattr(register.by_code[c], fact) == group]
            if value != "[c]":
                some += 1
                assert value == rounded(levels(found))
                assert count[column] == figures(found)[0]
            else:
                assert count[column] == "[c]"
    assert some > 12


def test_the_response_can_be_recomputed(national: Tables, shown: dict[str, Rows], register: Register) -> None:
    """Each region's councils asked and returned are counted, with the share in whole per cent."""
    returned = {one.gss_code for one in national.assessments}
    for row in shown["Response by region"]:
        group = [c for c in register.principal().councils if row["Region"] in (c.region, "All councils")]
        some = sum(c.gss_code in returned for c in group)
        assert list(row.values())[1:] == [len(group), some, share(some, len(group))]


def test_the_movement_can_be_recomputed(
    national: Tables, shown: dict[str, Rows], framework: Framework
) -> None:
    """All councils of both rounds, and the answers with a level in both, are those of the answers."""
    rows = shown["Average current level in round 2026 and in round 2021, by key area"]
    assert len(rows) == 1 + len(framework.themes) + len(framework.areas)
    for row in rows:
        codes = set(codes_of(framework, str(row["Name"])))
        now = levels(given(national, codes))
        last = [a.current for one in national.previous.values() for a in one if a.ref in codes]
        pairs = [
            (council, before.current, answer.current)
            for council, answer in given(national, codes)
            if council in national.previous
            for before in [national.previous[council][answer.ref]]
            if isinstance(before.current, int) and isinstance(answer.current, int)
        ]
        before_all = [level for level in last if isinstance(level, int)]
        assert list(row.values())[2:] == [
            *(len(before_all), rounded(before_all), len(now), rounded(now)),
            *(len({council for council, _, _ in pairs}), len(pairs)),
            *(rounded([old for _, old, _ in pairs]), rounded([new for _, _, new in pairs])),
            rounded([new - old for _, old, new in pairs]),
        ]


def test_averages_are_rounded_in_the_cell_itself(shown: dict[str, Rows]) -> None:
    """No number holds more decimals than it shows."""
    numbers = [v for rows in shown.values() for row in rows for v in row.values() if isinstance(v, float)]
    assert numbers
    assert all(value == round(value, 1) for value in numbers)


# --- The attack on the workbook


Key = tuple[str, str, str]
"""A level: of which round, council and behaviour."""


def all_levels(tables: Tables, when: str) -> set[Key]:
    """Every level that was given, now or last round."""
    rounds = {"now": tables.assessments, "last": tuple(tables.previous.values())}
    return {
        (when, one.gss_code, answer.ref)
        for one in rounds[when]
        for answer in one
        if isinstance(answer.current, int) and tables.framework.row_by_code[answer.ref].is_scored
    }


def sums_known(tables: Tables, shown: dict[str, Rows]) -> Iterator[set[Key]]:
    """What the published averages say: each the sum of the levels behind it."""
    now = all_levels(tables, "now")
    for title, rows in shown.items():
        fact = "region" if "by region" in title else "council_type"
        for row in rows:
            if title.startswith("Average current level by"):
                yield from group_sums(tables, fact, row, now)
            elif row.get("Average current level", "[c]") != "[c]":
                codes = codes_of(tables.framework, str(row.get("Ref", row.get("Name"))))
                yield {key for key in now if key[2] in codes}
            elif "Same councils: how many" in row:
                yield from movement_sums(tables, row, now)


def group_sums(tables: Tables, fact: str, row: Row, now: set[Key]) -> Iterator[set[Key]]:
    by_code = tables.register.by_code
    (_, group), *cells = row.items()
    inside = {key for key in now if group in ("All councils", getattr(by_code[key[1]], fact))}
    for column, value in cells:
        if value != "[c]":
            codes = codes_of(tables.framework, column)
            yield {key for key in inside if key[2] in codes}


def movement_sums(tables: Tables, row: Row, now: set[Key]) -> Iterator[set[Key]]:
    codes = set(codes_of(tables.framework, str(row["Name"])))
    here = {key for key in now if key[2] in codes}
    was = {key for key in all_levels(tables, "last") if key[2] in codes}
    same = {key[1:] for key in here} & {key[1:] for key in was}
    if row["All councils: average last round"] != "[c]":
        yield was
    if row["All councils: average this round"] != "[c]":
        yield here
    if row["Same councils: average this round"] != "[c]":
        yield {key for key in here if key[1:] in same}
        yield {key for key in was if key[1:] in same}


def given_away(tables: Tables, shown: dict[str, Rows]) -> list[str]:
    """What can be worked out by adding and subtracting: withheld groups, and anything of one council."""
    known = [own for own in sums_known(tables, shown) if own]
    keys = sorted(set().union(*known))
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.zeros((len(known), len(keys)))
    for number, own in enumerate(known):
        matrix[number, [place[key] for key in own]] = 1
    _, sizes, turns = np.linalg.svd(matrix, full_matrices=False)
    basis = turns[sizes > 1e-8]
    found = []
    for name, own in secrets(tables, shown, keys):
        vector = np.zeros(len(keys))
        vector[[place[key] for key in own]] = 1
        if np.abs(vector - basis.T @ (basis @ vector)).max() < 1e-8:
            found.append(name)
    return found


def secrets(tables: Tables, shown: dict[str, Rows], keys: Sequence[Key]) -> Iterator[tuple[str, set[Key]]]:
    """What must not be known: each withheld group's sum by area, and each council's by area and in all."""
    framework, register = tables.framework, tables.register
    groups: dict[str, set[str]] = {c: {c} for _, c, _ in keys}
    for fact in ("region", "council_type"):
        for row in shown.get(f"Average current level by {fact.replace('_', ' ')} and key area", []):
            name, *cells = row.values()
            if "[c]" in cells:
                groups[f"{name}"] = {c for c in groups if c in register.by_code} & {
                    c.gss_code for c in register.councils if getattr(c, fact) == name
                }
    for when in ("now", "last"):
        for column in ("All behaviours", *(area.sheet for area in framework.areas)):
            codes = set(codes_of(framework, column))
            for name, councils in groups.items():
                own = {key for key in keys if key[0] == when and key[1] in councils and key[2] in codes}
                if own:
                    yield f"{when} {column} {name}", own


@pytest.mark.parametrize("seed", range(8))
def test_nothing_withheld_can_be_worked_out_of_the_workbook(
    seed: int, made: Made, framework: Framework
) -> None:
    """Every average with its count is an equation; no withheld group and no council is determined by them."""
    tables = made([12, 20, 30, 38][seed % 4], seed=seed, before=[0, 25][seed // 4])
    tables = replace(tables, framework=framework)
    assert given_away(tables, tables_of(published(tables))) == []


def test_the_attack_finds_what_a_threshold_of_nought_shows(made: Made) -> None:
    """Where nothing is withheld the same attack finds councils, so that silence means something."""
    tables = made(20, seed=3, before=19)
    assert len(given_away(tables, tables_of(published(tables, threshold=0)))) >= 12


def test_few_that_come_or_go_are_not_given_away_by_the_movement(made: Made) -> None:
    """Where all but two councils answered in both rounds, the same councils' figures are withheld."""
    tables = made(30, before=30)

    def complete(place: int, one: Assessment) -> Assessment:
        level = 2 + 2 * (place % 2)  # 3 on average
        return replace(one, answers=tuple(replace(a, current=level, target=None) for a in one.answers))

    now = [complete(place, one) for place, one in enumerate(tables.assessments)]
    tables = consolidate(combine(now, tables.framework), tables.framework, tables.register)
    left = {one.gss_code: replace(one, round="2021") for one in now}
    few = dict(list(left.items())[2:])
    for previous, is_shown in ((left, True), (few, False)):
        again = consolidate(tables.responses, tables.framework, tables.register, previous)
        rows = tables_of(published(again))[
            "Average current level in round 2026 and in round 2021, by key area"
        ]
        assert {row["Same councils: change"] for row in rows} == ({0} if is_shown else {"[c]"})
        assert {row["All councils: average this round"] for row in rows} == {3}


def test_a_behaviour_that_few_gave_a_level_is_withheld_with_another(made: Made) -> None:
    """Three levels for one behaviour take a second one of its key area with them, in every table."""
    tables = made(40, change=lambda a: replace(a, current="NA", target=None) if a.ref == "SV3" else a)
    some = [
        replace(one, answers=tuple(replace(a, current=2) if a.ref == "SV3" else a for a in one.answers))
        for one in tables.assessments[:3]
    ]
    combined = combine([*some, *tables.assessments[3:]], tables.framework)
    shown = tables_of(published(consolidate(combined, tables.framework, tables.register)))
    for title in (
        "Average current level, target level and gap, by behaviour",
        "Number and share of councils at each current level, by behaviour",
    ):
        column = "Average current level" if "Average" in title else "Level given"
        hidden = [str(row["Ref"]) for row in shown[title] if row[column] == "[c]"]
        assert len(hidden) == 2
        assert "SV3" in hidden
        assert all(ref.startswith("SV") for ref in hidden)


# --- Who is named


def test_no_council_is_named_unless_that_is_asked_for(national: Tables) -> None:
    """Names of councils stand in the workbook only with ``name_councils``, each with its own averages."""
    names = {plain(one.council) for one in national.assessments}
    for named in (False, True):
        content = publication_workbook(Publishable(national), response_rates(national), name_councils=named)
        workbook = openpyxl.load_workbook(io.BytesIO(content))
        texts = {cell.value for sheet in workbook for row in sheet for cell in row}
        assert (texts & names) == (names if named else set())
    shown = tables_of(workbook)
    averages = shown["Average current level by council and key area"]
    counts = shown["Number of behaviours behind the averages by council and key area"]
    for row, count, one in zip(averages, counts, national.assessments, strict=True):
        for column in list(row)[1:]:
            wanted = set(codes_of(national.framework, column))
            found = [a.current for a in one if a.ref in wanted and isinstance(a.current, int)]
            assert (row[column], count[column]) == (rounded(found), len(found))
    assert "[c]" not in {cell for rows in shown.values() for row in rows for cell in row.values()}


def test_councils_can_be_grouped_by_a_column_of_the_register(made: Made) -> None:
    """Each fact asked for has its own response and averages; one that the register lacks is refused.

    A group has one name, that of the councils of which the register says nothing as well.
    """
    tables = made(150)
    shown = tables_of(published(tables, facts=("region", "county")))
    asked, averages = (
        {row["County"] for row in shown[title]}
        for title in ("Response by county", "Average current level by county and key area")
    )
    assert {"Not given", "Kent"} <= averages <= asked
    assert not [title for title in shown if "council type" in title]
    with pytest.raises(FactError):
        published(tables, facts=("planet",))


def test_names_of_groups_are_written_as_text(made: Made, framework: Framework) -> None:
    """A group may be called as a formula, a link, a note or a dash: it is only text."""
    nasty = ["=1+1", "[a](http://example.org)", "$$counted$$", "-", "{=1}", " "]
    tables = made(60)
    register = Register(
        tuple(
            replace(council, region=nasty[number % len(nasty)])
            for number, council in enumerate(tables.register.principal().councils)
        )
    )
    workbook = published(consolidate(tables.responses, framework, register))
    cells = [cell for sheet in workbook for row in sheet for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    names = {str(row["Region"]) for row in tables_of(workbook)["Response by region"]}
    assert {"=1+1", "[a] (http://example.org)", "$ $counted$ $", "Group -", "Group", "{=1}"} < names
    links = {cell.hyperlink.target for cell in cells if cell.hyperlink}
    assert links <= {None, ""}
    assert plain("$$$a") == "$ $ $a"


# --- Few, and none


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_councils_show_only_the_response(count: int, made: Made) -> None:
    """Below the threshold nothing is published but who took part."""
    assert list(tables_of(published(made(count))))[2:] == ["Response by region", "Response by council type"]


@pytest.mark.parametrize(
    "change",
    [
        lambda a: replace(a, target=None),
        lambda a: replace(a, current="NA", target=None),
        lambda a: replace(a, current=None, target=None),
        lambda a: replace(a, current=None),
    ],
)
def test_nothing_to_average_is_said_and_never_a_fault(change: Callable[[Answer], Answer], made: Made) -> None:
    """Without targets, or with nothing applicable, cells say so: no cell is empty or not a number."""
    for count in (3, 5, 20):
        for rows in tables_of(published(made(count, change=change))).values():
            assert all(cell not in (None, "", "nan", "#NUM!") for row in rows for cell in row.values())


def test_three_councils_that_all_said_not_applicable_are_not_shown(made: Made) -> None:
    """Few councils are few even where there is no level to withhold."""
    tables = made(3, change=lambda a: replace(a, current="NA", target=None))
    assert len(tables_of(published(tables))) == 4


def test_a_short_edition_has_its_own_rows(made: Made, framework: Framework, register: Register) -> None:
    """Only what was asked is published; an area of which a principle alone was asked has no column."""
    part = framework.only(["EC", "SV0", "EN1"])
    tables = consolidate(combine(made(30).assessments, part), part, register)
    shown = tables_of(published(tables))
    assert list(shown["Average current level by region and key area"][0]) == [
        *("Region", "All behaviours"),
        *(area.sheet for area in part.areas if area.behaviours),
    ]
    behaviours = shown["Average current level, target level and gap, by behaviour"]
    assert [row["Ref"] for row in behaviours] == [one.code for one in part.behaviours]


def test_without_an_earlier_round_there_is_no_movement(made: Made) -> None:
    """Movement is published only where a council answered in both rounds."""
    assert not [title for title in tables_of(published(made(20))) if "round" in title]


def test_what_is_withheld_is_decided_for_targets_with_gaps(made: Made) -> None:
    """Where three councils set targets, neither targets nor gaps are shown, and current levels are."""
    tables = made(30, change=lambda a: replace(a, target=None))
    some = [
        replace(one, answers=made(30).assessments[n].answers) for n, one in enumerate(tables.assessments[:3])
    ]
    combined = combine([*some, *tables.assessments[3:]], tables.framework)
    decided = Publishable(consolidate(combined, tables.framework, tables.register), ("region",), 5)
    assert decided.current == frozenset()
    assert ("all", "all") in decided.targets


# --- Read by everybody, and the same each time


def test_every_sheet_follows_the_guidance(national: Tables) -> None:
    """Title in A1, one marked-up table from column A without gaps, no filter, frozen pane or merged cell."""
    workbook = published(national, contact="Ask us.")
    assert workbook.sheetnames[:3] == ["Cover", "Contents", "Notes"]
    assert workbook.active.title == "Cover"
    names = [name for sheet in workbook for name in sheet.tables]
    assert len(names) == len({name.casefold() for name in names}) == len(workbook.sheetnames) - 1
    for sheet in workbook:
        assert sheet["A1"].value
        assert len(sheet.title) <= 12
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes is None
        assert sheet.sheet_state == "visible"
        assert not sheet.oddFooter.left.text
        assert not any(cell.fill.fill_type for row in sheet for cell in row)
        for table in sheet.tables.values():
            assert table.headerRowCount != 0
            assert table.autoFilter is None
            assert table.ref.startswith("A")
            cells = [cell for row in sheet[table.ref] for cell in row]
            assert all(cell.value not in (None, "") for cell in cells)
            assert table.ref.endswith(f"{sheet.max_row}")
        if sheet.title != "Cover":
            assert len(sheet.tables) == 1


def test_shorthand_is_explained_where_it_is_used(made: Made) -> None:
    """A sheet with [c], [x] or [z] in its table says above it what that means, and no other does."""
    tables = made(30, change=lambda a: replace(a, target=None))
    for sheet in published(tables):
        marks = {cell.value for row in sheet for cell in row} & {"[c]", "[x]", "[z]"}
        above = {str(row[0].value)[:3] for row in sheet.iter_rows(max_row=6) if " = " in str(row[0].value)}
        assert above == marks


def test_notes_are_those_referred_to(national: Tables) -> None:
    """Notes are numbered from one, and each is referred to from a table."""
    workbook = published(national)
    notes = tables_of(workbook)
    numbers = [row["Note number"] for row in notes["Notes"]]
    assert numbers == list(range(1, len(numbers) + 1))
    texts = " ".join(str(sheet["A2"].value) for sheet in workbook)
    assert all(f"[note {number}]" in texts for number in numbers)


@pytest.mark.parametrize(
    ("options", "names"),
    [({}, 1), ({"name_councils": True}, 1), ({"threshold": 0}, 0), ({"threshold": 1}, 0)],
)
def test_what_is_withheld_is_explained_where_anything_is(
    options: dict[str, Any], names: int, made: Made
) -> None:
    """The notes tell of the rule, in one way or the other, unless there is no threshold."""
    shown = tables_of(published(made(20), **options))
    notes = [str(row["Note name"]) for row in shown["Notes"]]
    assert notes.count("Figures that are withheld") == names
    assert names or "[c]" not in {cell for rows in shown.values() for row in rows for cell in row.values()}


def test_the_language_and_the_mark_of_our_own_are_said(
    national: Tables, framework: Framework, register: Register
) -> None:
    """The file says its language, title and source, and is left aside when it is handed in."""
    content = publication_workbook(Publishable(national), response_rates(national))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        core = package.read("docProps/core.xml").decode()
    assert "<dc:language>en-GB</dc:language>" in core
    assert framework.copyright in core
    returned = read(content, framework, register, "publication.xlsx")
    assert returned.status is Status.REFUSED
    assert [problem.slug for problem in returned.problems] == ["file-own-output"]


def test_the_same_answers_give_the_same_bytes(national: Tables, made: Made) -> None:
    """Two runs give one file, whatever the clock says."""
    again = made(190, before=120)
    rounds = (national, national, again)
    contents = {publication_workbook(Publishable(one), response_rates(one)) for one in rounds}
    assert len(contents) == 1

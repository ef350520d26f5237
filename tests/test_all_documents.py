"""A member that reads all documents of a run together is left with no level of another.

It knows its own answers, who took part, and the page, the publication and its own feedback.  Its action plan
is made of its own answers alone, and says nothing of others.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import openpyxl
import pytest

from nps_xlsx.figures.disclosure.groups import allowed
from nps_xlsx.figures.disclosure.members import EVERYONE, Group, holds
from nps_xlsx.model import Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.feedback import feedback_workbook
from nps_xlsx.reports.page.figures import figures
from nps_xlsx.reports.publication import publication_workbook
from tests.support.rounds import Round, make_round
from tests.test_members import skewed
from tests.test_page_protection import groups_in
from tests.test_publication import tables_of
from tests.test_reports import table

Counts = npt.NDArray[np.int64]
"""Ways in which the answers of a group may lie: way x how many at (none, Minimum, ... Innovator)."""


# --- What the documents say of one behaviour


@dataclass(frozen=True)
class Said:
    """Something that is said of the answers of a group, its reader's among them or not."""

    group: Group
    holds_for: Callable[[Counts], npt.NDArray[np.bool_]]
    others: bool = False


def rounded(values: npt.NDArray[np.float64], said: object) -> npt.NDArray[np.bool_]:
    """Which values may have been rounded to what is said."""
    assert isinstance(said, int | float)
    return np.abs(values - float(said)) <= 0.0501


def has_counts(counts: Sequence[int]) -> Callable[[Counts], npt.NDArray[np.bool_]]:
    return lambda ways: (ways[:, 1:] == np.array(counts)).all(axis=1)


def has_mean(given: int, mean: object) -> Callable[[Counts], npt.NDArray[np.bool_]]:
    def check(ways: Counts) -> npt.NDArray[np.bool_]:
        number: Counts = ways[:, 1:].sum(axis=1)
        return np.equal(number, given) & rounded(ways @ np.arange(6) / np.maximum(number, 1), mean)

    return check


def has_quantile(share: float, value: object) -> Callable[[Counts], npt.NDArray[np.bool_]]:
    """A quantile as the feedback has it: between two of the values in order, in proportion."""

    def check(ways: Counts) -> npt.NDArray[np.bool_]:
        upto = ways[:, 1:].cumsum(axis=1)
        place = np.maximum(upto[:, -1] - 1, 0) * share
        low, high = (1 + (upto <= at[:, None]).sum(axis=1) for at in (np.floor(place), np.ceil(place)))
        return (upto[:, -1] > 0) & rounded(low + (high - low) * (place % 1), value)

    return check


def has_number(number: object) -> Callable[[Counts], npt.NDArray[np.bool_]]:
    return lambda ways: ways[:, 1:].sum(axis=1) == number


def reaches(level: int, said: object, others: int) -> Callable[[Counts], npt.NDArray[np.bool_]]:
    """How many others are at a level or above: a share, or the words for nearly none and nearly all."""
    text = str(said)

    def check(ways: Counts) -> npt.NDArray[np.bool_]:
        there: Counts = ways[:, level:].sum(axis=1)
        if text.startswith("fewer than 2"):
            return there < 2
        if text.startswith("more than"):
            return there > others - 2
        share = int(text.split(" of ")[0]) if " of " in text else float(text) * others
        return np.isclose(there, share, atol=0.01)

    return check


def by_page(data: dict[str, Any], number: int, which: str) -> Iterator[Said]:
    """The counts that the page holds of one behaviour, group by group."""
    figures = [own[which] for own in data["groups"].values() if own[which]]
    for group, behaviours in zip(groups_in(data, which), figures, strict=True):
        if behaviours[number] is not None:
            yield Said(group, has_counts(behaviours[number][:5]))


def by_publication(tables: dict[str, list[dict[str, Any]]], ref: str, which: str) -> Iterator[Said]:
    """The published average over all councils, and the counts."""
    kind = "current" if which == "levels" else "target"
    for rows in tables.values():
        row = next((row for row in rows if row.get("Ref") == ref), {})
        mean, given = row.get(f"Average {kind} level"), row.get(f"{kind.capitalize()} levels given")
        if isinstance(mean, int | float) and isinstance(given, int):
            yield Said(EVERYONE, has_mean(given, mean))
        counts = [value for label, value in row.items() if re.fullmatch(r"\d \w+", label)]
        is_ours = ("Level given" in row) is (which == "levels")
        if len(counts) == 5 and is_ours and all(isinstance(count, int) for count in counts):
            yield Said(EVERYONE, has_counts(counts))


QUANTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}


def by_feedback(sheets: dict[str, list[dict[str, Any]]], ref: str, council: Council) -> Iterator[Said]:
    """What a council's own feedback says of its groups."""
    row = next(row for row in sheets["Behaviours"] if row["Ref"] == ref)
    yield from by_figures(row, council)
    own = int(row["Your level"][0]) if row["Your level"][0].isdigit() else 0
    others = int(row.get("All councils: number") or 0) - bool(own)
    if own > 1 and (share := row.get("Others at your level or above")) is not None:
        yield Said(EVERYONE, reaches(own, share, others), others=True)
    for step in sheets.get("Next steps", ()):
        there = (
            str(step.get("Other councils already at the next level or above")) if step["Ref"] == ref else ""
        )
        for said in re.findall(r"^All councils: (.*)$", there, re.MULTILINE):
            yield Said(EVERYONE, reaches(int(step["Next level"][0]), said, others), others=True)


def by_figures(row: dict[str, Any], council: Council) -> Iterator[Said]:
    """The medians, quartiles and numbers of one row, each of its group or of the one that stands for it."""
    names = {
        "All councils": EVERYONE,
        council.region: (council.region, None),
        council.council_type: (None, council.council_type),
    }
    for heading, value in row.items():
        name, _, figure = heading.partition(": ")
        if name in names and value is not None and figure != "whose figures":
            instead = str(row.get(f"{name}: whose figures") or name)
            whose = next(group for other, group in names.items() if instead.startswith(other))
            said = has_number(value) if figure == "number" else has_quantile(QUANTILES[figure], value)
            yield Said(whose, said)


# --- The attack: all ways in which the others' answers could lie


def ways_of(size: int) -> Counts:
    """Every way in which so many councils may answer, by how many give which level."""
    return np.array([way for way in product(range(size + 1), repeat=6) if sum(way) == size])


def found_out(members: Sequence[Council], me: int, own: int, said: Sequence[Said]) -> list[str]:
    """The groups of which the reader knows that all who gave a level gave the same, and which."""
    shown = {one.group for one in said}
    atoms: dict[tuple[bool, ...], list[int]] = {}
    for place, council in enumerate(members):
        if place != me:
            cell = (council.region, council.council_type)
            atoms.setdefault(tuple(holds(group, cell) for group in shown), []).append(place)
    choices = [WAYS[len(places)] for places in atoms.values()]
    index = np.indices([len(some) for some in choices]).reshape(len(choices), -1)
    ways = [some[at] for some, at in zip(choices, index, strict=True)]
    mine = np.eye(6, dtype=np.int64)[own]
    possible = np.ones(len(ways[0]), dtype=np.bool_)
    for one in said:
        inside = [
            way
            for way, places in zip(ways, atoms.values(), strict=True)
            if holds(one.group, (members[places[0]].region, members[places[0]].council_type))
        ]
        i_am_in = holds(one.group, (members[me].region, members[me].council_type)) and not one.others
        possible &= one.holds_for(sum(inside, np.zeros_like(ways[0])) + mine * i_am_in)
    assert possible.any(), "the truth itself is possible"
    known = [(str(list(atoms.values())[n]), way) for n, way in enumerate(ways)]
    return [
        name for name, way in [*known, ("all the rest", np.sum(ways, axis=0))] if is_one_level(way[possible])
    ]


def is_one_level(ways: Counts) -> bool:
    """Whether every way has a level, and all have the same one alone."""
    there = ways[:, 1:] > 0
    return bool((there.sum(axis=1) == 1).all() and (there == there[0]).all())


WAYS = {size: ways_of(size) for size in range(1, 9)}


def sheets_of(content: bytes) -> dict[str, list[dict[str, Any]]]:
    return {sheet.title: table(sheet) for sheet in openpyxl.load_workbook(io.BytesIO(content))}


def attacked(made: Round, small: Framework) -> Iterator[str]:
    """What any member finds out by all documents of the run: page, publication, its feedback and its plan."""
    shown = allowed(made.tables, ("region", "council_type"), 5)
    data = dict(figures(made.tables, made.asked, shown))  # all figures of the page: the rest of it is dress
    content = publication_workbook(shown.published, made.asked)
    published = tables_of(openpyxl.load_workbook(io.BytesIO(content)))
    members = [made.councils[one.gss_code] for one in made.tables.assessments]
    for me, mine in enumerate(made.tables.assessments):
        own = sheets_of(feedback_workbook(made.tables, me, withheld=shown.too_alike))
        for number, row in enumerate(small.behaviours):
            answer = mine[row.code]
            levels = [
                *by_page(data, number, "levels"),
                *by_publication(published, row.code, "levels"),
                *by_feedback(own, row.code, members[me]),
            ]
            aims = [*by_page(data, number, "targets"), *by_publication(published, row.code, "targets")]
            for which, value, said in (("level", answer.current, levels), ("target", answer.target, aims)):
                given = value if isinstance(value, int) else 0
                for whom in found_out(members, me, given, said) if said else ():
                    yield f"{members[me].name} knows the {which} of {row.code} of {whom}"


def small_round(
    framework: Framework, register: Register, sizes: Sequence[tuple[str, str, int]], seed: int
) -> Round:
    """A round of so many councils of each region and type."""
    councils = [
        council
        for region, kind, size in sizes
        for council in [one for one in register.councils if (one.region, one.council_type) == (region, kind)][
            :size
        ]
    ]
    assert len(councils) == sum(size for *_, size in sizes)
    return make_round(framework, register, councils, seed=seed, current=skewed)


SOUTH = [
    ("South West", "Unitary authority", 3),
    ("South East", "Unitary authority", 3),
    ("South East", "Non-metropolitan district", 2),
]
LONDON = [("London", "London borough", 5), ("South West", "Unitary authority", 2)]


@pytest.mark.parametrize(("sizes", "seed"), [(LONDON, 2), (SOUTH, 3)])
def test_all_documents_together_leave_no_member_with_another_level(
    framework: Framework, register: Register, sizes: Sequence[tuple[str, str, int]], seed: int
) -> None:
    """In rounds of seven or eight councils no level or target of all the rest, or of any one, is certain."""
    small = framework.only(["EC", "WP"])
    assert list(attacked(small_round(small, register, sizes, seed), small)) == []


def test_nothing_withheld_would_give_members_away(
    framework: Framework, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same attack finds members out where neither the publication nor the page nor feedback withholds."""
    monkeypatch.setattr("nps_xlsx.figures.disclosure.tables.Publishable.current", frozenset())
    small = framework.only(["EC", "WP"])
    assert list(attacked(small_round(small, register, SOUTH, 3), small))


def test_the_attack_reads_counts_and_averages(register: Register) -> None:
    """One council elsewhere knows all others by the counts, and by an average near an end; not otherwise."""
    members = [one for one in register.councils if one.council_type == "London borough"][:5]
    alone = [Said(EVERYONE, has_counts([0, 0, 4, 1, 0]))]
    assert found_out(members, 0, 4, alone)[-1] == "all the rest"
    assert found_out(members, 0, 3, alone) == []
    assert found_out(members, 0, 2, [Said(EVERYONE, has_mean(5, 1.2))])[-1] == "all the rest"
    assert found_out(members, 0, 1, [Said(EVERYONE, has_mean(5, 1.6))]) == []

"""A member that takes its own answers away from the documents of a run is left with no other's level."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import openpyxl
import pytest

from nps_xlsx.figures.disclosure.groups import allowed
from nps_xlsx.figures.disclosure.members import EVERYONE, Group, given_away, holds, withheld_counts
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.figures.peers import LEVEL, REGION, TYPE, WITHHELD, Peers
from nps_xlsx.model import Framework, LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.feedback import feedback_workbook
from nps_xlsx.reports.page import report_page
from nps_xlsx.reports.publication import publication_workbook
from tests.support.rounds import Round, make_round, sampled
from tests.test_page_protection import embedded, groups_in
from tests.test_publication import tables_of

Bounds = npt.NDArray[np.float64]
_SAID: tuple[LevelValue, ...] = (1, 2, 3, 4, 5, "NA", None)
_FACTS = ("region", "council_type")


def skewed(chance: random.Random) -> LevelValue:
    """Mostly Minimum, so that small groups are alike."""
    return chance.choices(_SAID, [50, 25, 12, 5, 2, 3, 3])[0]


def a_round(framework: Framework, register: Register, count: int, seed: int) -> Round:
    return make_round(framework, register, sampled(register, count, seed=seed), seed=seed, current=skewed)


# --- The attack: bounds on how many of each place are at each level, tightened until nothing moves


def tightened(most: Bounds, least: Bounds, groups: Sequence[tuple[list[int], Bounds]], sizes: Bounds) -> None:
    """The shuttle algorithm (Buzzigoli and Giusti): each sum bounds each of its parts by the others.

    ``most`` and ``least`` are attack x place x level, and changed; ``groups`` are places with their counts.
    """
    while True:
        before = most.sum() - least.sum()
        for places, counts in groups:
            high, low = most[:, places], least[:, places]
            most[:, places] = np.minimum(high, counts[:, None] - (low.sum(axis=1)[:, None] - low))
            least[:, places] = np.maximum(low, counts[:, None] - (high.sum(axis=1)[:, None] - high))
        rest = sizes[..., None]
        high, low = most.copy(), least.copy()
        most[:] = np.minimum(high, rest - (low.sum(axis=2)[..., None] - low))
        least[:] = np.maximum(low, rest - (high.sum(axis=2)[..., None] - high))
        if most.sum() - least.sum() == before:
            return


def found_out(made: Round, data: dict[str, Any], which: str = "levels") -> Iterator[str]:
    """What some member can say for certain of others, by the page's counts less its own answer."""
    places = sorted({(c.region, c.council_type) for c in made.councils.values()})
    names = groups_in(data) if which == "levels" else groups_in(data, which)
    figures = [own[which] for own in data["groups"].values() if own[which]]
    members = [made.councils[one.gss_code] for one in made.assessments]
    own_place = np.array([places.index((c.region, c.council_type)) for c in members])
    refs = [row.code for row in made.tables.framework.behaviours]
    field = "current" if which == "levels" else "target"
    for number, ref in enumerate(refs):
        answers = [getattr(one[ref], field) for one in made.assessments]
        said = [_SAID.index(answer) if answer in _SAID else 6 for answer in answers]
        own = np.zeros((len(members), len(places), 7))
        own[range(len(members)), own_place, said] = 1
        sizes = own.sum(axis=(0, 2))[None] - own.sum(axis=2)
        groups = []
        for name, behaviours in zip(names, figures, strict=True):
            if behaviours[number] is not None:
                inside = [n for n, place in enumerate(places) if holds(name, place)]
                total = sizes[0, inside].sum() + own[0, inside].sum()
                counts = [
                    *behaviours[number],
                    *([0, total - sum(behaviours[number])] if which == "targets" else ()),
                ]
                rest = np.array(counts)[None] - own[:, inside].sum(axis=1)
                groups.append((inside, rest))
                alike = (rest[:, :5] > 0).sum(axis=1) == 1
                yield from [f"{ref}: all the rest of {name}" for _ in range(int(alike.sum()))]
        most = np.repeat(sizes[..., None], 7, axis=2).astype(float)
        least = np.zeros_like(most)
        tightened(most, least, groups, sizes)
        known = (least[..., :5] == sizes[..., None]).any(axis=2) & (sizes > 0)
        yield from [f"{ref}: {places[place]}" for place in np.flatnonzero(known.any(axis=0))]


ROUNDS = [(20, 1), (40, 3), (60, 1)]


@pytest.mark.parametrize(("count", "seed"), ROUNDS)
def test_no_member_is_left_with_a_level_of_another(
    framework: Framework, register: Register, count: int, seed: int
) -> None:
    """No member's own answer, taken from the page's counts, leaves one level for a group or for a council."""
    made = a_round(framework, register, count, seed)
    data = embedded(report_page(allowed(made.tables), made.asked))
    assert list(found_out(made, data)) == []
    assert list(found_out(made, data, "targets")) == []


def test_the_attack_finds_what_is_not_withheld(
    framework: Framework, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only groups of too few are withheld, the same attack finds members out in one round of sixty."""
    made = a_round(framework, register, 60, 1)
    nothing = (frozenset[str](), frozenset[Group]())
    monkeypatch.setattr("nps_xlsx.figures.disclosure.groups.withheld_counts", lambda *_: nothing)
    found = list(found_out(made, embedded(report_page(allowed(made.tables), made.asked))))
    assert sum("all the rest" in one for one in found) > 5
    assert sum("all the rest" not in one for one in found) > 5


# --- The rule


def test_two_elsewhere_are_enough_and_one_is_not() -> None:
    """In a group of which one council is at another level, that one knows all others'."""
    cells = [("A", "x")] * 6
    assert given_away([3, 3, 3, 3, 3, 4], cells, {EVERYONE})
    assert not given_away([3, 3, 3, 3, 4, 4], cells, {EVERYONE})
    assert given_away([3, 3, 0, 0, 0, 4], cells, {EVERYONE})


def test_a_difference_that_is_all_alike_gives_a_group_away() -> None:
    """All less a mixed group are four councils at one level: the group is withheld, in two behaviours."""
    cells = [*[("A", "x")] * 6, *[("B", "x")] * 4]
    groups = {EVERYONE, ("A", None)}
    mixed, levels = [1, 2, 3, 1, 2, 3, 1, 2, 3, 4], [1, 2, 3, 1, 2, 3, 3, 3, 3, 3]
    assert given_away(mixed, cells, groups) == frozenset()
    assert given_away(levels, cells, groups)
    refs, hidden = withheld_counts({"a": mixed, "b": levels, "c": mixed}, cells, groups)
    assert (sorted(refs), set(hidden)) == (["a", "b"], {("A", None)})
    assert withheld_counts({"a": mixed, "c": mixed}, cells, groups) == (frozenset(), frozenset())


def test_one_council_of_its_kind_is_safe_only_where_others_could_stand_for_it() -> None:
    """The only x of A is known where no circle of exchanges leads through it, and not where one does."""
    groups: set[Group] = {EVERYONE, ("A", None), (None, "x")}
    cells = [("A", "x"), *[("A", "y")] * 4, *[("B", "x")] * 4, *[("B", "y")] * 4]
    assert not given_away([1, *[1, 1, 2, 2] * 3], cells, groups)
    assert given_away([1, *[2, 2, 3, 3] * 3], cells, groups)


# --- The other documents


@pytest.mark.parametrize(("count", "seed"), [(8, 5), (12, 2)])
def test_the_publication_leaves_no_level_for_all_the_rest(
    framework: Framework, register: Register, count: int, seed: int
) -> None:
    """A published row of counts has two levels left, whoever takes its own away; no average is at an end."""
    made = a_round(framework, register, count, seed)
    content = publication_workbook(Publishable(made.tables), made.asked)
    tables = tables_of(openpyxl.load_workbook(io.BytesIO(content)))
    shown = withheld = 0
    for title, rows in tables.items():
        for row in rows:
            labels = [level.label for level in framework.levels]
            counts = [row[label] for label in labels if label in row]
            numbers = [count for count in counts if isinstance(count, int)]
            if counts and "[c]" in counts:
                withheld += 1
            elif counts:
                shown += 1
                assert sum(numbers) - max(numbers) >= 2
            if title.startswith("Average current level"):
                assert not {1, 5} & {value for key, value in row.items() if key.startswith("Average")}
    assert shown
    assert withheld


def test_feedback_is_silent_where_the_page_is(framework: Framework, register: Register) -> None:
    """What the page withholds of a region or a type, no member's feedback shows."""
    made = a_round(framework, register, 60, 1)
    withheld = allowed(made.tables, _FACTS, 5).too_alike
    peers = Peers(made.tables, withheld=withheld)
    silent = 0
    for place, one in enumerate(made.tables.assessments):
        council, view = made.councils[one.gss_code], peers.of(place)
        for kind, group in ((REGION, (council.region, None)), (TYPE, (None, council.council_type))):
            for ref in withheld.get(group, ()):
                figure = view.figure(kind, (LEVEL, ref))
                assert figure.group is None or figure.group.kind != kind
                assert view.reached(kind, ref, 2) is None
                silent += figure.reason == WITHHELD
    assert silent
    place = next(
        n
        for n, one in enumerate(made.tables.assessments)
        if withheld.get((made.councils[one.gss_code].region, None))
    )
    region = made.councils[made.tables.assessments[place].gss_code].region
    workbook = openpyxl.load_workbook(
        io.BytesIO(feedback_workbook(made.tables, place, withheld=withheld)), read_only=True
    )
    headings, *rows = [r for r in workbook["Behaviours"].iter_rows(values_only=True) if r[0]][-60:]
    assert f"{region}: whose figures" in headings
    column = headings.index(f"{region}: whose figures")
    said = {row[0]: str(row[column]) for row in rows}
    assert all(not said[ref].startswith(region) for ref in withheld[region, None])

"""What is published does not give away what is withheld, however it is added and subtracted."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping
from itertools import combinations

import numpy as np
import pytest

from nps_xlsx.figures.disclosure.rows import Row, withheld, withheld_below, withheld_together
from tests.conftest import many

Facts = dict[str, dict[str, Row]]
Hidden = Mapping[str, Collection[str]]
Rule = Callable[[Facts, int], Hidden]


def councils(first: int, count: int) -> frozenset[str]:
    """So many councils, numbered from one on."""
    return frozenset(f"E{number:03}" for number in range(first, first + count))


def row(*cells: frozenset[str], differences: tuple[frozenset[str], ...] = ()) -> Row:
    return Row(cells, differences)


def rows(**sizes: int) -> dict[str, Row]:
    """Groups of different councils with one figure each."""
    found, first = {}, 0
    for name, size in sizes.items():
        found[name] = row(councils(first, size))
        first += size
    return found


# --- One table


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ({"a": 9, "b": 5, "c": 7}, set()),
        ({"a": 9, "b": 4, "c": 7}, {"b", "c"}),
        ({"a": 9, "b": 4, "c": 3}, {"b", "c"}),
        ({"a": 9, "b": 1, "c": 1, "d": 20}, {"a", "b", "c"}),
        ({"a": 9, "b": 4}, {"a", "b"}),
        ({"a": 9, "b": 4, "c": 0}, {"a", "b"}),
        ({"a": 9, "b": 0}, set()),
        ({"a": 3}, {"a"}),
        ({}, set()),
    ],
)
def test_small_groups_are_withheld_with_enough_beside_them(sizes: dict[str, int], hidden: set[str]) -> None:
    """The withheld groups are none, or two and more that hold five councils; a group of nobody hides none."""
    assert withheld(rows(**sizes), 5) == hidden


def test_every_figure_of_a_row_must_rest_on_enough() -> None:
    """A group of which three gave a level in one area is withheld from all areas, with another beside it."""
    first, second, third = councils(0, 9), councils(10, 8), councils(20, 7)
    table = {"a": row(first, councils(0, 3)), "b": row(second, second), "c": row(third, third)}
    assert withheld(table, 5) == {"a", "c"}


def test_what_is_left_must_be_enough_in_every_column() -> None:
    """Groups go on being withheld until those withheld hold five councils, and are two, in each column."""
    first, second, third = councils(0, 4), councils(10, 4), councils(20, 9)
    none: frozenset[str] = frozenset()
    table = {"a": row(first, none), "b": row(second, councils(10, 1)), "c": row(third, third)}
    assert withheld(table, 5) == {"a", "b", "c"}


def test_two_are_withheld_in_every_column() -> None:
    """A withheld group is not what is left of a column in which the other withheld ones gave nothing."""
    first, third, fourth = councils(0, 9), councils(20, 10), councils(40, 30)
    none: frozenset[str] = frozenset()
    table = {"a": row(first, councils(0, 3)), "b": row(none, councils(10, 4))}
    assert withheld(table | {"c": row(third, third), "d": row(fourth, fourth)}, 5) == {"a", "b", "c"}


def test_a_difference_between_published_figures_must_be_nobody_or_enough() -> None:
    """A row that differs from another by two councils is withheld; one that differs by nobody is not."""
    whole = councils(0, 20)
    table = {
        "a": row(whole, differences=(councils(0, 2),)),
        "b": row(whole, differences=(frozenset(),)),
        "c": row(whole, differences=(councils(0, 9),)),
    }
    assert withheld(table, 5) == {"a", "b", "c"}
    assert withheld({"b": table["b"], "c": table["c"]}, 5) == set()


def test_a_threshold_of_nought_withholds_nothing() -> None:
    """Without a threshold everything is published."""
    assert withheld_together({"region": rows(a=1, b=2, c=30)}, 0) == {"region": set()}


def test_parts_are_withheld_with_their_whole() -> None:
    """A behaviour that two councils answered takes another with it, and a withheld area all that is in it."""
    many, few = councils(0, 30), councils(0, 2)
    parts = {"all": ("A", "B"), "A": ("A1", "A2", "A3"), "B": ("B1",)}
    table = {name: row(many) for name in ("all", "A", "B", "A1", "A2", "A3", "B1")}
    assert withheld_below("all", parts, table | {"A1": row(few)}, 5) == {"A1", "A2"}
    assert withheld_below("all", parts, table | {"B1": row(few), "B": row(few)}, 5) == {
        *("A", "A1", "A2", "A3", "B", "B1")
    }
    assert withheld_below("all", parts, table | {"all": row(few)}, 5) == set(table)


# --- Several tables


def test_a_group_that_is_another_but_for_one_council_is_withheld() -> None:
    """London less the London boroughs is the City of London: both types are withheld, and no region."""
    facts = {
        "region": {"London": row(councils(0, 21)), "North": row(councils(21, 40))},
        "type": {
            "borough": row(councils(0, 20)),
            "corporation": row(councils(20, 1)),
            "county": row(councils(21, 12)),
            "district": row(councils(33, 28)),
        },
    }
    assert withheld_together(facts, 5) == {"region": set(), "type": {"borough", "corporation"}}
    assert not attack(facts, withheld_together(facts, 5), 5)
    assert attack(facts, one_by_one(facts, 5), 5)


def test_nested_groups_are_taken_together() -> None:
    """A region of which all but three councils are in published counties would give the three away."""
    facts = {
        "region": {"South": row(councils(0, 19)), "North": row(councils(19, 30))},
        "county": {
            "a": row(councils(0, 9)),
            "b": row(councils(9, 7)),
            "c": row(councils(16, 3)),
            "d": row(councils(19, 4)),
            "e": row(councils(23, 26)),
        },
    }
    assert attack(facts, one_by_one(facts, 5), 5)
    assert not attack(facts, withheld_together(facts, 5), 5)


def test_the_order_of_facts_and_groups_makes_no_difference() -> None:
    """The same groups are withheld in whatever order they come."""
    for seed in range(40):
        facts = made_up(seed)
        turned = {fact: dict(reversed(groups.items())) for fact, groups in reversed(facts.items())}
        one, other = withheld_together(facts, 5), withheld_together(turned, 5)
        assert all(not attack(facts, hidden, 5) for hidden in (one, other))
        assert withheld_together(facts, 5) == one


# --- The attack: everything published is an equation in what each council gave


def made_up(seed: int, *, columns: int = 3) -> Facts:
    """A made-up batch: regions and types of very different sizes, and at times counties within regions."""
    chance = random.Random(seed)  # noqa: S311 - made-up batches, the same each time
    count = chance.choice([6, 12, 25, 50, 90])
    regions, types = chance.randint(2, 7), chance.randint(2, 5)
    groups: dict[str, dict[str, str]] = {"region": {}, "type": {}, "county": {}}
    for council in councils(0, count):
        region = min(int(chance.expovariate(0.5)), regions - 1)
        kind = region % types if chance.random() < 0.6 else chance.randrange(types)
        groups["region"][council] = f"R{region}"
        groups["type"][council] = f"T{kind}"
        groups["county"][council] = f"R{region}C{chance.randrange(3)}"
    if seed % 3:
        del groups["county"]
    given = [
        frozenset(c for c in councils(0, count) if chance.random() < chance.choice([0.8, 0.95, 1]))
        for _ in range(columns)
    ]
    given = [whole if len(whole) >= 5 else councils(0, count) for whole in given]
    return {fact: _rows(of, given) for fact, of in groups.items()}


def _rows(of: Mapping[str, str], given: list[frozenset[str]]) -> dict[str, Row]:
    names = sorted(set(of.values()))
    return {n: Row(tuple(frozenset(c for c in col if of[c] == n) for col in given)) for n in names}


def attack(facts: Facts, hidden: Hidden, threshold: int) -> list[str]:
    """What the published means and counts of groups and of all give away, column by column.

    Each published mean times its count is one equation in the unknown sums of the councils. A sum
    is given away where its own equation adds nothing to their rank.
    """
    width = max(len(one.cells) for groups in facts.values() for one in groups.values())
    found = []
    for column in range(width):
        cells = {(f, n): one.cells[column] for f, groups in facts.items() for n, one in groups.items()}
        everyone = sorted(frozenset[str]().union(*cells.values()))
        known = [cells[key] for key in cells if key[1] not in hidden[key[0]]]
        unknown = _unknown([*known, frozenset(everyone)], everyone)
        secret = {f"{key}": own for key, own in cells.items() if key[1] in hidden[key[0]] and own}
        secret |= {council: frozenset({council}) for council in everyone}
        crossed = [one & other for (f, one), (g, other) in combinations(_by_fact(cells), 2) if f != g]
        apart = [one - other for (f, one), (g, other) in combinations(_by_fact(cells), 2) if f != g]
        small = [own for own in crossed + apart if 0 < len(own) < threshold]
        secret |= {f"{sorted(own)}": own for own in small}
        names, sums = list(secret), np.array([_vector(own, everyone) for own in secret.values()])
        open_to = np.abs(sums @ unknown).max(axis=1, initial=0)
        found += [f"{column}: {name}" for name, moved in zip(names, open_to, strict=True) if moved < 1e-9]
        # Two councils that move alike in every open direction: their difference is known.
        moves = np.sort(unknown @ np.random.default_rng(column).normal(size=unknown.shape[1]))
        if threshold > 2 and (np.diff(moves) < 1e-9).any():
            found.append(f"{column}: the difference of two councils")
    return found


def _by_fact(cells: Mapping[tuple[str, str], frozenset[str]]) -> list[tuple[str, frozenset[str]]]:
    return [(fact, own) for (fact, _), own in cells.items()]


def _vector(own: Collection[str], everyone: list[str]) -> list[float]:
    return [float(council in own) for council in everyone]


def _unknown(known: list[frozenset[str]], everyone: list[str]) -> np.ndarray:
    """Directions in which the councils' sums can move without any published figure changing."""
    matrix = np.array([_vector(own, everyone) for own in known])
    _, sizes, turns = np.linalg.svd(matrix)
    rank = int((sizes > 1e-9).sum())
    return np.asarray(turns[rank:].T)


def primary_only(facts: Facts, threshold: int) -> Hidden:
    """The rule without its second half: only groups that are too small themselves."""
    return {
        fact: {name for name, one in groups.items() if not one.is_empty and not one.is_safe(threshold)}
        for fact, groups in facts.items()
    }


def one_by_one(facts: Facts, threshold: int) -> Hidden:
    """The rule for each table by itself, as if the others were not published."""
    return {fact: withheld(groups, threshold) for fact, groups in facts.items()}


def broken(rule: Rule, threshold: int = 5, batches: int = many(400)) -> int:
    """In how many made-up batches the attack finds something out."""
    return sum(
        bool(attack(facts, rule(facts, threshold), threshold)) for facts in map(made_up, range(batches))
    )


def test_nothing_withheld_can_be_worked_out() -> None:
    """In many made-up batches no withheld group's sum or count is determined, nor any few councils'."""
    assert broken(withheld_together) == 0


@pytest.mark.parametrize("threshold", [3, 8])
def test_the_rule_holds_for_other_thresholds(threshold: int) -> None:
    """Neither with a lower nor with a higher threshold does the attack find anything."""
    assert broken(withheld_together, threshold, 100) == 0


def test_the_same_attack_succeeds_without_secondary_suppression() -> None:
    """Where only small groups are withheld, many batches give some of them away."""
    assert broken(primary_only, batches=100) > 30


def test_the_same_attack_succeeds_where_each_table_is_taken_alone() -> None:
    """Tables that are safe each by itself give councils away together."""
    assert broken(one_by_one, batches=100) > 5


def test_the_rule_is_not_safe_by_withholding_everything() -> None:
    """In batches of ninety councils most councils' groups stay published."""
    shown = whole = 0
    for facts in map(made_up, range(200)):
        groups = facts["region"]
        hidden = withheld_together({"region": groups, "type": facts["type"]}, 5)["region"]
        if sum(one.size[0] for one in groups.values()) > 60:
            whole += sum(one.size[0] for one in groups.values())
            shown += sum(one.size[0] for name, one in groups.items() if name not in hidden)
    assert shown > 0.6 * whole > 0


def test_no_two_councils_of_a_small_batch_are_given_away() -> None:
    """With a threshold of three, no sum or difference of one or two councils is determined: all are tried."""
    for seed in range(120):
        chance = random.Random(seed)  # noqa: S311 - made-up batches, the same each time
        everyone = sorted(councils(0, chance.randint(6, 12)))
        of = {fact: {c: str(chance.randrange(3)) for c in everyone} for fact in ("region", "type")}
        facts = {fact: _rows(own, [frozenset(everyone)]) for fact, own in of.items()}
        assert not attack(facts, withheld_together(facts, 3), 3)

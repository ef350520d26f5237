"""Made-up rounds of many councils, and the figures that they should give, in plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from nps_xlsx.figures import Asked, Tables, consolidate, response_rates
from nps_xlsx.model import Answer, Assessment, Council, Framework, LevelValue
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.combine import combine

Level = Callable[[random.Random], LevelValue]


def some_level(chance: random.Random) -> LevelValue:
    """Mostly a level, now and then nothing or not applicable."""
    levels: list[LevelValue] = [None, "NA", 1, 2, 3, 4, 5]
    return chance.choices(levels, [3, 3, 10, 25, 35, 18, 6])[0]


def no_level(_: random.Random) -> LevelValue:
    return None


def not_applicable(_: random.Random) -> LevelValue:
    return "NA"


def some_target(chance: random.Random) -> LevelValue:
    return chance.choice([None, 3, 4, 4, 5])


@dataclass(frozen=True, eq=False)
class Round:
    """A round: its councils, their assessments, and the tables of them."""

    councils: Mapping[str, Council]
    assessments: tuple[Assessment, ...]
    tables: Tables
    asked: Asked

    def inside(self, region: str = "", kind: str = "") -> list[Assessment]:
        """The assessments of a group."""
        places = [(one, self.councils[one.gss_code]) for one in self.assessments]
        return [one for one, c in places if region in ("", c.region) and kind in ("", c.council_type)]


def make_round(
    framework: Framework,
    register: Register,
    councils: Iterable[Council],
    *,
    seed: int = 1,
    current: Level = some_level,
    target: Level = some_target,
    previous: Mapping[str, Assessment] | None = None,
) -> Round:
    """Made-up answers of these councils."""
    chance = random.Random(seed)  # noqa: S311 - made-up answers, no secrets
    assessments = tuple(
        Assessment(
            council.gss_code,
            council.name,
            "2026",
            tuple(Answer(row.code, current(chance), target(chance)) for row in framework.rows),
        )
        for council in councils
    )
    return tabled(framework, register, assessments, previous)


def tabled(
    framework: Framework,
    register: Register,
    assessments: Iterable[Assessment],
    previous: Mapping[str, Assessment] | None = None,
) -> Round:
    """The round of these assessments."""
    chosen = tuple(assessments)
    tables = consolidate(combine(chosen, framework), framework, register, previous)
    by_code = {one.gss_code: register.by_code[one.gss_code] for one in chosen}
    return Round(by_code, chosen, tables, response_rates(tables))


def sampled(register: Register, count: int, seed: int = 1) -> list[Council]:
    """Some of England's principal councils."""
    return random.Random(seed).sample(register.principal().councils, count)  # noqa: S311 - as above


def levels(assessments: Sequence[Assessment], refs: Iterable[str], which: str = "current") -> list[int]:
    """Every level that was given for these behaviours."""
    given = [getattr(one[ref], which) for ref in refs for one in assessments]
    return [level for level in given if isinstance(level, int)]


def average(given: Sequence[int]) -> str:
    """The mean to one decimal, as it is shown."""
    mean = Fraction(sum(given), len(given))
    whole = Decimal(mean.numerator) / Decimal(mean.denominator)
    return str(whole.quantize(Decimal("0.1"), ROUND_HALF_UP))

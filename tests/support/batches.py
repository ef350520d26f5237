"""Made-up batches of returns for the tests of the reports: plainly invented answers, no files."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from nps_xlsx.figures import Tables, accepted, consolidate
from nps_xlsx.model import Answer, Assessment, Council, Framework, LevelValue, Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.combine import combine


def made_up(council: Council, framework: Framework, seed: int, *, round_: str = "2026") -> Assessment:
    """One council's answers by chance: levels, some blanks, some not applicable, some without a target."""
    rng = random.Random(f"{council.gss_code} {seed}")  # noqa: S311 - not for secrets
    answers = tuple(_answer(row.code, rng, len(framework.levels)) for row in framework.rows)
    return Assessment(council.gss_code, council.name, round_, answers)


def _answer(ref: str, rng: random.Random, top: int) -> Answer:
    current: LevelValue = rng.choice([1, 2, 2, 3, 3, 3, 4, 5, "NA", None])
    target: LevelValue = rng.choice([None, 3, 4, 5]) if current != "NA" else None
    current, target = (min(one, top) if isinstance(one, int) else one for one in (current, target))
    return Answer(ref, current=current, target=target)


def as_returns(assessments: Sequence[Assessment]) -> list[Return]:
    """Assessments as accepted returns."""
    return [
        Return(f"{number}.xlsx", str(number), Status.ACCEPTED, assessment)
        for number, assessment in enumerate(assessments)
    ]


def tables_of(
    assessments: Sequence[Assessment],
    framework: Framework,
    register: Register,
    previous: Mapping[str, Assessment] | None = None,
) -> Tables:
    """The tables of a batch."""
    responses = combine(accepted(as_returns(assessments)), framework)
    return consolidate(responses, framework, register, previous)

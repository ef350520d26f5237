"""The long table from which everything is counted: one row per response and scored behaviour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from nps_xlsx.model import NOT_APPLICABLE, Assessment, Framework, Return, Status
from nps_xlsx.register.councils import Register

UNKNOWN = "Not in the register"

_NUMBERS = ("current", "target", "gap", "last")
_COLUMNS = ("position", "gss_code", "round", "theme", "area", "ref", *_NUMBERS, "answered", "not_applicable")


def accepted(returns: Sequence[Return]) -> tuple[Assessment, ...]:
    """The assessments that count, in order of council name and respondent."""
    chosen = [
        returned.assessment
        for returned in returns
        if returned.status is Status.ACCEPTED and returned.assessment is not None
    ]
    return tuple(sorted(chosen, key=lambda a: (a.council.casefold(), a.gss_code, a.round, a.respondent)))


def council_label(assessment: Assessment, *, with_round: bool = False) -> str:
    """The council's name, with the respondent if it has several, and the round if wanted."""
    label = f"{assessment.council} ({assessment.respondent})" if assessment.respondent else assessment.council
    return f"{label}, round {assessment.round}" if with_round else label


def answer_frame(
    assessments: Sequence[Assessment], framework: Framework, previous: Mapping[str, Assessment]
) -> pd.DataFrame:
    """One row per assessment and scored behaviour that was asked.

    ``position`` is the assessment's; ``current``, ``target``, ``gap`` and ``last`` (the
    council's level in the earlier round) are not-a-number if there is no level.
    """
    rows = [
        row
        for position, assessment in enumerate(assessments)
        for row in _rows(position, assessment, framework, previous.get(assessment.gss_code))
    ]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype(dict.fromkeys(_NUMBERS, float))


def _rows(
    position: int, assessment: Assessment, framework: Framework, previous: Assessment | None
) -> Iterator[tuple[object, ...]]:
    for ref in (behaviour.code for behaviour in framework.behaviours):
        if assessment.asked and ref not in assessment.asked:
            continue
        area, answer = framework.area_by_code[ref], assessment[ref]
        whose = (position, assessment.gss_code, assessment.round, framework.theme_name(area), area.code, ref)
        last = previous[ref].current if previous else None
        levels = (_number(level) for level in (answer.current, answer.target, answer.gap, last))
        yield *whose, *levels, answer.is_answered, answer.current == NOT_APPLICABLE


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) else float("nan")


def council_frame(assessments: Sequence[Assessment], register: Register) -> pd.DataFrame:
    """One row per assessment: its council, and every fact that the register gives for it."""
    rounds = len({assessment.round for assessment in assessments})
    rows = []
    for assessment in assessments:
        council = register.by_code.get(assessment.gss_code)
        facts = {name: council.fact(name) if council else UNKNOWN for name in register.facts}
        label = council_label(assessment, with_round=rounds > 1)
        rows.append({"gss_code": assessment.gss_code, "council": label, "round": assessment.round, **facts})
    columns = ["gss_code", "council", "round", *register.facts]
    return pd.DataFrame(rows, columns=columns)

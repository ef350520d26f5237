"""Many assessments into tables: what the analyst's workbook shows, and can be recomputed from answers.

Every mean stands beside the count that it rests on.  Levels are averaged only where one
was given: no blank, no "not applicable", no principle (see ``scores``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pandas as pd

from nps_xlsx.councils import Register
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, Return, Status

UNKNOWN = "Not in the register"


@dataclass(frozen=True)
class Tables:
    """The tables of one consolidation.

    ``answers``: one row a return and scored behaviour; ``councils``: one row a return;
    ``heat``: mean current level, return by key area; ``areas`` and ``behaviours``: counts,
    means and gap over all returns; ``distribution``: counts of levels by behaviour.
    """

    framework: Framework
    assessments: tuple[Assessment, ...]
    answers: pd.DataFrame
    councils: pd.DataFrame
    heat: pd.DataFrame
    areas: pd.DataFrame
    behaviours: pd.DataFrame
    distribution: pd.DataFrame
    overall: pd.Series[float]

    def area(self, code: str) -> pd.Series[float]:
        """Counts, means and gap of one key area over all returns."""
        return cast("pd.Series[float]", self.areas.loc[code])

    def behaviour(self, code: str) -> pd.Series[float]:
        """Counts, means and gap of one behaviour over all returns."""
        return cast("pd.Series[float]", self.behaviours.loc[code])

    def levels(self, code: str) -> pd.Series[int]:
        """How many returns are at each level of one behaviour."""
        return cast("pd.Series[int]", self.distribution.loc[code])


def accepted(returns: Sequence[Return]) -> tuple[Assessment, ...]:
    """The assessments that count, in order of council name and respondent."""
    chosen = [
        returned.assessment
        for returned in returns
        if returned.status is Status.ACCEPTED and returned.assessment is not None
    ]
    return tuple(sorted(chosen, key=lambda a: (a.council.casefold(), a.gss_code, a.round, a.respondent)))


def consolidate(assessments: Sequence[Assessment], framework: Framework, register: Register) -> Tables:
    """Tabulate the assessments."""
    answers = _answers(assessments, framework)
    refs = [behaviour.code for behaviour in framework.behaviours]
    areas = [area.code for area in framework.areas]
    return Tables(
        framework=framework,
        assessments=tuple(assessments),
        answers=answers,
        councils=_councils(assessments, answers, register),
        heat=answers.pivot_table(index="place", columns="area", values="current", aggfunc="mean").reindex(
            index=range(len(assessments)), columns=areas
        ),
        areas=_complete(_summary(answers, "area"), areas),
        behaviours=_complete(_summary(answers, "ref"), refs),
        distribution=_complete(_distribution(answers, framework), refs),
        overall=_complete(_summary(answers.assign(all="all"), "all"), ["all"]).iloc[0],
    )


def council_label(assessment: Assessment, *, with_round: bool = False) -> str:
    """The council's name, with its respondent where a council sends several, and the round if wanted."""
    label = f"{assessment.council} ({assessment.respondent})" if assessment.respondent else assessment.council
    return f"{label}, round {assessment.round}" if with_round else label


_COLUMNS = ("place", "gss_code", "area", "ref", "current", "target", "gap", "answered", "not_applicable")


def _answers(assessments: Sequence[Assessment], framework: Framework) -> pd.DataFrame:
    rows = []
    for place, assessment in enumerate(assessments):
        given = {answer.ref: answer for answer in assessment}
        for area in framework.areas:
            for behaviour in area.behaviours:
                if assessment.asked and behaviour.code not in assessment.asked:
                    continue
                answer = given.get(behaviour.code, Answer(behaviour.code))
                rows.append(
                    (
                        *(place, assessment.gss_code, area.code, behaviour.code),
                        *(_number(answer.current), _number(answer.target), _number(answer.gap)),
                        *(answer.is_answered, answer.current == NOT_APPLICABLE),
                    )
                )
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({"current": float, "target": float, "gap": float})


def _number(value: object) -> float:
    return float(value) if isinstance(value, int) else float("nan")


def _summary(answers: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts and means by a column: of current levels, of targets, and of gaps where both are there."""
    groups = answers.groupby(by, sort=False)
    return pd.DataFrame(
        {
            "rows": groups.size(),
            "answered": groups["answered"].sum(),
            "not_applicable": groups["not_applicable"].sum(),
            "applicable": groups["current"].count(),
            "current": groups["current"].mean(),
            "targets": groups["target"].count(),
            "target": groups["target"].mean(),
            "gaps": groups["gap"].count(),
            "gap": groups["gap"].mean(),
        }
    )


def _complete(summary: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """A row for every code, in order; where nothing was answered, counts of nought and no means."""
    whole = summary.reindex(codes)
    counts = [column for column in whole.columns if column not in ("current", "target", "gap")]
    return whole.fillna(dict.fromkeys(counts, 0))


def _councils(assessments: Sequence[Assessment], answers: pd.DataFrame, register: Register) -> pd.DataFrame:
    rounds = len({assessment.round for assessment in assessments})
    known = [register.by_code.get(assessment.gss_code) for assessment in assessments]
    facts = pd.DataFrame(
        {
            "gss_code": [assessment.gss_code for assessment in assessments],
            "council": [council_label(assessment, with_round=rounds > 1) for assessment in assessments],
            "council_type": [council.council_type if council else UNKNOWN for council in known],
            "region": [council.region if council else UNKNOWN for council in known],
            "round": [assessment.round for assessment in assessments],
        }
    )
    return facts.join(_summary(answers, "place"))


def _distribution(answers: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """How many returns gave each level, "not applicable", or nothing, by behaviour."""
    groups = answers.groupby("ref", sort=False)
    counts = {
        f"level_{level.number}": (answers["current"] == level.number).groupby(answers["ref"]).sum()
        for level in framework.levels
    }
    rest = {
        "applicable": groups["current"].count(),
        "not_applicable": groups["not_applicable"].sum(),
        "blank": groups.size() - groups["answered"].sum(),
    }
    return pd.DataFrame(counts | rest)

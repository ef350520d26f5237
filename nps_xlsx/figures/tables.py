"""The tables of one consolidation, which every report shows in its own way.

Only levels are averaged: no blank, no "not applicable", no principle (as in ``model.scores``,
for one council).  A mean is not-a-number if no level was given; no report shows that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import pandas as pd

from nps_xlsx.figures.frames import answer_frame, council_frame
from nps_xlsx.model import Assessment, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.combine import Combined
from nps_xlsx.rounds.counting import newest

_SUMMARY: Mapping[str, Any] = {
    "rows": ("gap", "size"),
    "answered": ("answered", "sum"),
    "not_applicable": ("not_applicable", "sum"),
    "applicable": ("current", "count"),
    "current": ("current", "mean"),
    "targets": ("target", "count"),
    "target": ("target", "mean"),
    "gaps": ("gap", "count"),
    "gap": ("gap", "mean"),
}
"""The columns of a summary: which column of the answers each is of, and how it is worked out."""


@dataclass(frozen=True)
class Tables:
    """The tables of one consolidation.

    ``answers``: one row per response and scored behaviour (see ``frames.answer_frame``), with
    the facts of the council's row in ``councils``; ``councils``: one row per response with its
    counts, means and gap; ``heat``: mean current level, response by area; ``themes``,
    ``areas`` and ``behaviours``: counts, means and gap over all responses; ``distribution``
    and ``targets``: how many responses are at, and aim for, each level, by behaviour.
    """

    framework: Framework
    responses: tuple[Combined, ...]
    register: Register
    previous: Mapping[str, Assessment]
    answers: pd.DataFrame
    councils: pd.DataFrame
    carried: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()
    """Whose answers of the earlier round count as another council's now, and whose as nobody's, in words."""

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """The assessment that counts for each response, in order of the council's name."""
        return tuple(response.assessment for response in self.responses)

    @property
    def rounds(self) -> tuple[str, ...]:
        """The rounds with responses."""
        return tuple(dict.fromkeys(assessment.round for assessment in self.assessments))

    @property
    def as_of(self) -> dt.date | None:
        """The date of the newest return in them; ``None`` if none is dated."""
        return newest(one for response in self.responses for one in response.basis)

    @cached_property
    def overall(self) -> pd.Series[float]:
        """Counts, means and gap over everything."""
        return self._over("all", ["all"], self.answers.assign(all="all")).iloc[0]

    @cached_property
    def themes(self) -> pd.DataFrame:
        """Counts, means and gap by theme, the enablers last; no rows if there are no themes."""
        names = dict.fromkeys(map(self.framework.theme_name, self.framework.areas))
        return self._over("theme", [name for name in names if name and self.framework.themes])

    @cached_property
    def areas(self) -> pd.DataFrame:
        """Counts, means and gap by key area (by its code)."""
        return self._over("area", [area.code for area in self.framework.areas])

    @cached_property
    def behaviours(self) -> pd.DataFrame:
        """Counts, means and gap by behaviour."""
        return self._over("ref", [behaviour.code for behaviour in self.framework.behaviours])

    @cached_property
    def heat(self) -> pd.DataFrame:
        """Mean current level: a row per response (by position), a column per area."""
        table = self.answers.pivot_table(index="position", columns="area", values="current", aggfunc="mean")
        codes = [area.code for area in self.framework.areas]
        return table.reindex(index=range(len(self.responses)), columns=codes)

    @cached_property
    def distribution(self) -> pd.DataFrame:
        """How many responses gave each current level, "not applicable" or nothing, by behaviour."""
        return self._levels("current")

    @cached_property
    def targets(self) -> pd.DataFrame:
        """How many responses aim for each level, by behaviour; the rest gave no target."""
        return self._levels("target")

    def groups(self, fact: str, by: str = "") -> pd.DataFrame:
        """Counts, means and gap of each group of councils, in all or by ``theme``, ``area`` or ``ref``.

        The index is the group's name, or (name, code); ``councils`` counts the responses with a
        level there.
        """
        keys = [fact, by] if by else [fact]
        table = _summary(self.answers, keys)
        given = self.answers[self.answers["current"].notna()]
        table["councils"] = given.groupby(keys)["position"].nunique().reindex(table.index).fillna(0)
        return table.sort_index()

    @property
    def has_previous(self) -> bool:
        """Whether any council that responded has answers from an earlier round to compare with."""
        return bool(self.answers["last"].notna().any())

    @cached_property
    def before(self) -> pd.DataFrame:
        """The answers in the earlier round, from every council that took part in it."""
        return answer_frame(list(self.previous.values()), self.framework, {})

    def movement(self, by: str = "area") -> pd.DataFrame:
        """The movement since the earlier round, by ``all``, ``theme``, ``area`` or ``ref``.

        ``all_last`` and ``all_now`` are the means of everyone in each round, with their counts;
        ``same_last`` and ``same_now`` those of the answers with a level in both rounds, ``pairs``
        how many these are, from how many ``councils``; ``change`` is the difference of these two,
        which does not depend on who answered.
        """
        now, last = (frame.assign(all="all") for frame in (self.answers, self.before))
        both = now[now["current"].notna() & now["last"].notna()]
        columns = [
            last.groupby(by).agg(all_last=("current", "mean"), all_last_count=("current", "count")),
            now.groupby(by).agg(all_now=("current", "mean"), all_now_count=("current", "count")),
            both.groupby(by).agg(
                same_last=("last", "mean"),
                same_now=("current", "mean"),
                pairs=("current", "count"),
                councils=("gss_code", "nunique"),
            ),
        ]
        table = pd.concat(columns, axis="columns").reindex(self._order(by))
        table["change"] = table["same_now"] - table["same_last"]
        return table.fillna(dict.fromkeys(["all_last_count", "all_now_count", "pairs", "councils"], 0))

    def area(self, code: str) -> pd.Series[float]:
        """Counts, means and gap of one key area over all responses."""
        return cast("pd.Series[float]", self.areas.loc[code])

    def behaviour(self, code: str) -> pd.Series[float]:
        """Counts, means and gap of one behaviour over all responses."""
        return cast("pd.Series[float]", self.behaviours.loc[code])

    def levels(self, code: str) -> pd.Series[int]:
        """How many responses gave each level of one behaviour."""
        return cast("pd.Series[int]", self.distribution.loc[code])

    def _order(self, by: str) -> list[str]:
        known = {"theme": self.themes, "area": self.areas, "ref": self.behaviours}
        return list(known[by].index) if by in known else ["all"]

    def _over(self, by: str, codes: Sequence[str], answers: pd.DataFrame | None = None) -> pd.DataFrame:
        return _summary(self.answers if answers is None else answers, [by], codes)

    def _levels(self, which: str) -> pd.DataFrame:
        answers, refs = self.answers, [behaviour.code for behaviour in self.framework.behaviours]
        groups = answers.groupby("ref", sort=False)
        counts = {
            f"level_{level.number}": (answers[which] == level.number).groupby(answers["ref"]).sum()
            for level in self.framework.levels
        }
        given = groups[which].count()
        rest = {"applicable": given}
        if which == "current":
            rest["not_applicable"] = groups["not_applicable"].sum()
            rest["blank"] = groups.size() - groups["answered"].sum()
        else:
            rest["no_target"] = groups.size() - given
        return pd.DataFrame(counts | rest).reindex(refs).fillna(0).astype(int)


def consolidate(
    responses: Sequence[Combined],
    framework: Framework,
    register: Register,
    previous: Mapping[str, Assessment] | None = None,
) -> Tables:
    """Tabulate the responses, one per council and round; ``previous`` is an earlier round by GSS code."""
    assessments = [response.assessment for response in responses]
    answers = answer_frame(assessments, framework, previous or {})
    councils = council_frame(assessments, register)
    facts = councils.drop(columns=["gss_code", "council", "round"])
    whole = _summary(answers, ["position"], range(len(assessments)))
    return Tables(
        framework=framework,
        responses=tuple(responses),
        register=register,
        previous=previous or {},
        answers=answers.join(facts, on="position"),
        councils=councils.join(whole),
    )


def _summary(answers: pd.DataFrame, by: Sequence[str], index: Sequence[Any] | None = None) -> pd.DataFrame:
    """Counts and means by some columns: of current levels, of targets, and of gaps if both are given."""
    table = answers.groupby(list(by), sort=False).agg(**_SUMMARY)
    whole: pd.DataFrame = table if index is None else table.reindex(list(index))
    return whole.fillna({name: 0 for name, (_, how) in _SUMMARY.items() if how != "mean"})

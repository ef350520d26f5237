"""What needs a decision before the figures go out: exceptions first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import Assessment, Problem, Return, Severity, Status
from nps_xlsx.model.scores import one_decimal

JUMP = 2
"""Levels between two rounds from which a change is looked at: councils seldom move more than one."""

ENOUGH_ANSWERS = 10
"""Levels from which "all the same" says something."""

NOT_APPLICABLE_SHARE = 1 / 3

FEW_SHARE = 1 / 4
"""Share of the behaviours below which a return is hardly one: two key areas of ten and no more."""

ENOUGH_COUNCILS = 5
"""Councils of a type from which its quartiles say something."""

FENCE = 1.5
"""Interquartile ranges beyond the quartiles: Tukey's rule for an outlier."""


@dataclass(frozen=True, slots=True)
class Notable:
    """One thing to decide: its kind, whose it is, what was found, and the row that shows it."""

    kind: str
    council: str
    gss_code: str
    found: str
    refs: tuple[str, ...] = ()
    """The behaviours that it is about."""
    source_file: str = ""
    """The file that it is about, where it is a refused one or has the problem."""
    problem: str = ""
    """The kind of problem that it is, where a row of the list of problems shows it."""
    place: int | None = None
    """The response that it is about, as its position in the tables."""


def notable(
    tables: Tables, returns: Sequence[Return], rulings: Sequence[Problem] = ()
) -> tuple[Notable, ...]:
    """Everything that needs a decision: refused files first, then rulings, then council by council."""
    found = [*_no_returns(returns), *_refused(returns), *_rulings(returns, rulings)]
    for place, assessment in enumerate(tables.assessments):
        rows = tables.answers[tables.answers["position"] == place]
        found += [
            *_few_answers(rows, assessment, place),
            *_jumps(rows, assessment, place),
            *_all_the_same(rows, assessment, place),
            *_many_not_applicable(rows, assessment, place),
            *_targets_below(rows, assessment, place),
        ]
    return (*found, *_outliers(tables))


def _no_returns(returns: Sequence[Return]) -> Iterator[Notable]:
    """What came in place of a return: blanks first, then workbooks of another round."""
    for status, kind in ((Status.BLANK, "Blank"), (Status.OTHER_ROUND, "Other round")):
        for returned in returns:
            if returned.status is status and _is_open(returned):
                whose = returned.council, returned.gss_code
                yield Notable(kind, *whose, returned.message, source_file=returned.source_file)


def _is_open(returned: Return) -> bool:
    """Whether what became of the file is to be decided on: it is more than a note, and was not waived."""
    return any(found.severity is not Severity.NOTE and not found.waived for found in returned.reasons)


def _few_answers(rows: pd.DataFrame, assessment: Assessment, place: int) -> Iterator[Notable]:
    given, asked = int(rows["answered"].sum()), len(rows)
    if asked and given / asked < FEW_SHARE:
        yield _about("Few answers", assessment, place, f"Only {given} of {asked} behaviours are answered.")


def _refused(returns: Sequence[Return]) -> Iterator[Notable]:
    for returned in returns:
        if returned.status is Status.REFUSED and _is_open(returned):
            whose = returned.council, returned.gss_code
            yield Notable("Refused", *whose, returned.message, source_file=returned.source_file)


def _rulings(returns: Sequence[Return], rulings: Sequence[Problem]) -> Iterator[Notable]:
    """Corrections that are older than the return, and rulings that met nothing."""
    for returned in returns:
        for found in returned.problems:
            if found.slug == "correction-older" and not found.waived:
                whose = returned.council, returned.gss_code
                yield Notable(
                    "Correction older", *whose, found.message, found.refs, returned.source_file, found.slug
                )
    for found in rulings:
        yield Notable("No effect", "", "", found.message, (), found.place.file, found.slug)


def _jumps(rows: pd.DataFrame, assessment: Assessment, place: int) -> Iterator[Notable]:
    change = rows["current"] - rows["last"]
    for way, some in (("up", rows[change >= JUMP]), ("down", rows[change <= -JUMP])):
        if len(some):
            steps = ", ".join(f"{row.ref} {row.last:.0f} to {row.current:.0f}" for row in some.itertuples())
            found = f"Two levels or more {way} since last round: {steps}."
            yield _about("Jumped", assessment, place, found, some)


def _all_the_same(rows: pd.DataFrame, assessment: Assessment, place: int) -> Iterator[Notable]:
    given = rows[rows["current"].notna()]
    if len(given) >= ENOUGH_ANSWERS and given["current"].nunique() == 1:
        level = given["current"].iloc[0]
        yield _about("All the same", assessment, place, f"All {len(given)} levels given are {level:.0f}.")


def _many_not_applicable(rows: pd.DataFrame, assessment: Assessment, place: int) -> Iterator[Notable]:
    some = rows[rows["not_applicable"]]
    answered = int(rows["answered"].sum())
    if answered and len(some) / answered > NOT_APPLICABLE_SHARE:
        found = f"Not applicable in {len(some)} of {answered} answers."
        yield _about("Not applicable", assessment, place, found, some)


def _targets_below(rows: pd.DataFrame, assessment: Assessment, place: int) -> Iterator[Notable]:
    some = rows[rows["gap"] < 0]
    if len(some):
        steps = ", ".join(f"{r.ref} {r.current:.0f} to {r.target:.0f}" for r in some.itertuples())
        yield _about("Target below current", assessment, place, f"{steps}.", some)


def _about(
    kind: str, assessment: Assessment, place: int, found: str, rows: pd.DataFrame | None = None
) -> Notable:
    refs = () if rows is None else tuple(rows["ref"])
    return Notable(kind, assessment.council, assessment.gss_code, found, refs, place=place)


def _outliers(tables: Tables) -> Iterator[Notable]:
    """Councils whose average lies beyond the fences of their type."""
    for council_type, some in tables.councils.dropna(subset=["current"]).groupby("council_type"):
        if len(some) < ENOUGH_COUNCILS:
            continue
        low, high = some["current"].quantile([0.25, 0.75])
        reach = FENCE * (high - low)
        for place, mean in some["current"].items():
            if not low - reach <= mean <= high + reach:
                assessment = tables.assessments[int(str(place))]
                found = (
                    f"Average {one_decimal(mean)}; the middle half of the {len(some)} councils of its type "
                    f"({council_type}) lies between {one_decimal(low)} and {one_decimal(high)}."
                )
                yield _about("Outlier", assessment, int(str(place)), found)

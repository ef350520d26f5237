"""What needs a decision before the figures go out: exceptions first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import Assessment, Problem, Return, Severity, Status
from nps_xlsx.model.scores import one_decimal

JUMP = 2
"""A change between rounds of this many levels is looked at: councils seldom move more than one."""

ENOUGH_ANSWERS = 10
"""How many levels it takes for "all the same" to mean something."""

NOT_APPLICABLE_SHARE = 1 / 3

FEW_SHARE = 1 / 4
"""A return with a smaller share of the behaviours is hardly one: no more than two key areas of ten."""

ENOUGH_COUNCILS = 5
"""How many councils of a type it takes for quartiles to mean something."""

FENCE = 1.5
"""Interquartile ranges beyond the quartiles: Tukey's rule for an outlier."""


@dataclass(frozen=True, slots=True)
class Notable:
    """One thing to decide: its kind, the council, what it is, and the row that shows it."""

    kind: str
    council: str
    gss_code: str
    text: str
    refs: tuple[str, ...] = ()
    """The behaviours that it is about."""
    source_file: str = ""
    """The file that was refused or has the problem, if there is one."""
    problem: str = ""
    """The slug of the problem, if a row of the list of problems shows it."""
    position: int | None = None
    """The position in the tables of the response that it is about."""


def notable(
    tables: Tables, returns: Sequence[Return], rulings: Sequence[Problem] = ()
) -> tuple[Notable, ...]:
    """Everything that needs a decision: refused files first, then rulings, then council by council."""
    notables = [*_no_returns(returns), *_refused(returns), *_rulings(returns, rulings)]
    for position, assessment in enumerate(tables.assessments):
        rows = tables.answers[tables.answers["position"] == position]
        notables += [
            *_few_answers(rows, assessment, position),
            *_jumps(rows, assessment, position),
            *_all_the_same(rows, assessment, position),
            *_many_not_applicable(rows, assessment, position),
            *_targets_below(rows, assessment, position),
        ]
    return (*notables, *_outliers(tables))


def _no_returns(returns: Sequence[Return]) -> Iterator[Notable]:
    """What came instead of a return: blank ones first, then workbooks of another round."""
    for status, kind in ((Status.BLANK, "Blank"), (Status.OTHER_ROUND, "Other round")):
        for returned in returns:
            if returned.status is status and _is_open(returned):
                whose = returned.council, returned.gss_code
                yield Notable(kind, *whose, returned.message, source_file=returned.source_file)


def _is_open(returned: Return) -> bool:
    """Whether to decide on a file: it has a reason that is more than a note, and was not waived."""
    return any(reason.severity is not Severity.NOTE and not reason.waived for reason in returned.reasons)


def _few_answers(rows: pd.DataFrame, assessment: Assessment, position: int) -> Iterator[Notable]:
    given, asked = int(rows["answered"].sum()), len(rows)
    if asked and given / asked < FEW_SHARE:
        yield _about("Few answers", assessment, position, f"Only {given} of {asked} behaviours are answered.")


def _refused(returns: Sequence[Return]) -> Iterator[Notable]:
    for returned in returns:
        if returned.status is Status.REFUSED and _is_open(returned):
            whose = returned.council, returned.gss_code
            yield Notable("Refused", *whose, returned.message, source_file=returned.source_file)


def _rulings(returns: Sequence[Return], rulings: Sequence[Problem]) -> Iterator[Notable]:
    """Corrections that are older than the return, and rulings that applied to nothing."""
    for returned in returns:
        for own in returned.problems:
            if own.slug == "correction-older" and not own.waived:
                whose = returned.council, returned.gss_code
                yield Notable(
                    "Correction older", *whose, own.message, own.refs, returned.source_file, own.slug
                )
    for ruling in rulings:
        yield Notable("No effect", "", "", ruling.message, (), ruling.place.file, ruling.slug)


def _jumps(rows: pd.DataFrame, assessment: Assessment, position: int) -> Iterator[Notable]:
    change = rows["current"] - rows["last"]
    for way, some in (("up", rows[change >= JUMP]), ("down", rows[change <= -JUMP])):
        if len(some):
            steps = ", ".join(f"{row.ref} {row.last:.0f} to {row.current:.0f}" for row in some.itertuples())
            text = f"Two levels or more {way} since last round: {steps}."
            yield _about("Jumped", assessment, position, text, some)


def _all_the_same(rows: pd.DataFrame, assessment: Assessment, position: int) -> Iterator[Notable]:
    given = rows[rows["current"].notna()]
    if len(given) >= ENOUGH_ANSWERS and given["current"].nunique() == 1:
        level = given["current"].iloc[0]
        yield _about("All the same", assessment, position, f"All {len(given)} levels given are {level:.0f}.")


def _many_not_applicable(rows: pd.DataFrame, assessment: Assessment, position: int) -> Iterator[Notable]:
    some = rows[rows["not_applicable"]]
    answered = int(rows["answered"].sum())
    if answered and len(some) / answered > NOT_APPLICABLE_SHARE:
        text = f"Not applicable in {len(some)} of {answered} answers."
        yield _about("Not applicable", assessment, position, text, some)


def _targets_below(rows: pd.DataFrame, assessment: Assessment, position: int) -> Iterator[Notable]:
    some = rows[rows["gap"] < 0]
    if len(some):
        steps = ", ".join(f"{r.ref} {r.current:.0f} to {r.target:.0f}" for r in some.itertuples())
        yield _about("Target below current", assessment, position, f"{steps}.", some)


def _about(
    kind: str, assessment: Assessment, position: int, text: str, rows: pd.DataFrame | None = None
) -> Notable:
    refs = () if rows is None else tuple(rows["ref"])
    return Notable(kind, assessment.council, assessment.gss_code, text, refs, position=position)


def _outliers(tables: Tables) -> Iterator[Notable]:
    """Councils whose average is beyond the fences of their type."""
    for council_type, some in tables.councils.dropna(subset=["current"]).groupby("council_type"):
        if len(some) < ENOUGH_COUNCILS:
            continue
        low, high = some["current"].quantile([0.25, 0.75])
        reach = FENCE * (high - low)
        for position, mean in some["current"].items():
            if not low - reach <= mean <= high + reach:
                assessment = tables.assessments[int(str(position))]
                text = (
                    f"Average {one_decimal(mean)}; the middle half of the {len(some)} councils of its type "
                    f"({council_type}) is between {one_decimal(low)} and {one_decimal(high)}."
                )
                yield _about("Outlier", assessment, int(str(position)), text)

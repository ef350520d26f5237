"""What needs a decision before the figures go out: exceptions first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

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

_Rows = Sequence[Any]
"""A response's rows of the long table of answers, each with its columns as attributes."""


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
    # In order of position, gone through once: a selection for each response would look at all answers.
    by_response = groupby(tables.answers.itertuples(), attrgetter("position"))
    of_response = {position: list(rows) for position, rows in by_response}
    for position, assessment in enumerate(tables.assessments):
        rows = of_response.get(position, [])
        notables += [
            *_few_answers(rows, assessment, position),
            *_jumps(rows, assessment, position),
            *_all_the_same(rows, assessment, position),
            *_many_not_applicable(rows, assessment, position),
            *_targets_below(rows, assessment, position),
        ]
    return (*notables, *_outliers(tables))


def _no_returns(returns: Sequence[Return]) -> Iterator[Notable]:
    """What came instead of a return: blank ones first, then workbooks of another round, then late ones."""
    kinds = {Status.BLANK: "Blank", Status.OTHER_ROUND: "Other round", Status.LATE: "Late"}
    for status, kind in kinds.items():
        for returned in returns:
            if returned.status is status and _is_open(returned):
                whose = returned.council, returned.gss_code
                yield Notable(kind, *whose, returned.message, source_file=returned.source_file)


def _is_open(returned: Return) -> bool:
    """Whether to decide on a file: it has a reason that is more than a note, and was not waived."""
    return any(reason.severity is not Severity.NOTE and not reason.waived for reason in returned.reasons)


def _few_answers(rows: _Rows, assessment: Assessment, position: int) -> Iterator[Notable]:
    given, asked = sum(row.answered for row in rows), len(rows)
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


def _jumps(rows: _Rows, assessment: Assessment, position: int) -> Iterator[Notable]:
    for way, sign in (("up", 1), ("down", -1)):
        some = [row for row in rows if sign * (row.current - row.last) >= JUMP]
        if some:
            steps = ", ".join(f"{row.ref} {row.last:.0f} to {row.current:.0f}" for row in some)
            text = f"Two levels or more {way} since last round: {steps}."
            yield _about("Jumped", assessment, position, text, some)


def _all_the_same(rows: _Rows, assessment: Assessment, position: int) -> Iterator[Notable]:
    levels = [row.current for row in rows if not math.isnan(row.current)]
    if len(levels) >= ENOUGH_ANSWERS and len(set(levels)) == 1:
        text = f"All {len(levels)} levels given are {levels[0]:.0f}."
        yield _about("All the same", assessment, position, text)


def _many_not_applicable(rows: _Rows, assessment: Assessment, position: int) -> Iterator[Notable]:
    some = [row for row in rows if row.not_applicable]
    answered = sum(row.answered for row in rows)
    if answered and len(some) / answered > NOT_APPLICABLE_SHARE:
        text = f"Not applicable in {len(some)} of {answered} answers."
        yield _about("Not applicable", assessment, position, text, some)


def _targets_below(rows: _Rows, assessment: Assessment, position: int) -> Iterator[Notable]:
    some = [row for row in rows if row.gap < 0]
    if some:
        steps = ", ".join(f"{row.ref} {row.current:.0f} to {row.target:.0f}" for row in some)
        yield _about("Target below current", assessment, position, f"{steps}.", some)


def _about(kind: str, assessment: Assessment, position: int, text: str, rows: _Rows = ()) -> Notable:
    refs = tuple(row.ref for row in rows)
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

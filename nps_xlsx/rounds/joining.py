"""Colleagues who share the sheets: where two returns differ, and the answers of all together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.workbook.inputs import FIELDS, written


def is_as_sent(answer: Answer, framework: Framework) -> bool:
    """Whether a row holds only what the workbook was prefilled with."""
    mark, _, _ = framework.guidance.words.get("from_last_round", "").partition("{")
    texts = written(answer)
    is_marked = any(texts[key].startswith(mark) for key in ("evidence", "actions"))
    return bool(mark) and not texts["current"] and is_marked


def differing(
    earlier: Assessment, later: Assessment, framework: Framework, *, same_person: bool | None = None
) -> dict[str, list[str]]:
    """The columns in which two returns answer a row differently, by row; empty if they can be joined.

    Either both fill the column in, differently (white space apart), or somebody emptied it, which
    is certain only if the ``same_person`` filled in both: by default, if both name the same
    *Completed by*.
    """
    if same_person is None:
        names = {_plain(one.detail("completed_by")).casefold() for one in (earlier, later)}
        same_person = len(names) == 1 and names != {""}
    differences = {}
    for row in framework.rows:
        before, after = (_compared(one[row.code], framework) for one in (earlier, later))
        keys = [
            key for key in before if before[key] != after[key] and before[key] and (after[key] or same_person)
        ]
        if keys:
            differences[row.code] = keys
    return differences


def _compared(answer: Answer, framework: Framework) -> dict[str, str]:
    if is_as_sent(answer, framework):
        return dict.fromkeys(FIELDS, "")
    # A column that could not be read is filled in, whatever is left of it.
    return {key: _plain(text) or "?" * (key in answer.refused) for key, text in written(answer).items()}


def _plain(text: str) -> str:
    return " ".join(text.split())


def only_in(other: Iterable[Answer], counted: Iterable[Answer]) -> tuple[str, ...]:
    """The rows that are answered in one return but not in the one that counts."""
    answered = {answer.ref for answer in counted if answer.is_answered}
    return tuple(answer.ref for answer in other if answer.is_answered and answer.ref not in answered)


def together(assessments: Sequence[Assessment], framework: Framework) -> Assessment:
    """The answers and details of several returns in one: what the first leaves blank comes from the next.

    Each answer keeps the place of its current level.
    """
    answers: dict[str, list[Answer]] = {}
    for answer in (answer for one in assessments for answer in one):
        answers.setdefault(answer.ref, []).append(answer)
    heads: dict[tuple[str, str], str] = {}
    for area, key, text in (head for one in assessments for head in one.heads):
        heads.setdefault((area, key), text)
    details: dict[str, str] = {}
    places = {}
    for one in assessments:
        for key, text in one.details:
            if not details.get(key):
                details[key] = text
                places.update({key: one.detail_places[key]} if key in one.detail_places else {})
    return replace(
        assessments[0],
        answers=tuple(_as_one(answers[row.code], framework) for row in framework.rows if row.code in answers),
        details=tuple(details.items()),
        heads=tuple((*where, text) for where, text in heads.items()),
        detail_places=places,
    )


def _as_one(answers: Sequence[Answer], framework: Framework) -> Answer:
    # What was only prefilled does not count if a colleague gave an answer.
    given = [one for one in answers if not (one.is_blank or is_as_sent(one, framework))]
    return reduce(_completed, given or answers)


def _completed(base: Answer, other: Answer) -> Answer:
    """The answer, its blank columns filled in from the other, if that could be read."""
    if base.is_blank:
        return other
    ours, theirs = written(base), written(other)
    unreadable = {*base.refused, *other.refused}
    keys = [key for key in FIELDS if theirs[key] and not ours[key] and key not in unreadable]
    values = {name: getattr(other, name) for key in keys for name in FIELDS[key]}
    if "current" in keys:
        values |= {"place": other.place, "cells": other.cells}
    return replace(base, **values)

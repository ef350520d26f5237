"""What is the same for every file, made or held once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from sys import intern
from typing import TypeVar

from nps_xlsx.model import Answer, Framework, Place, Return

_Made = TypeVar("_Made")


def per_framework(make: Callable[[Framework], _Made]) -> Callable[[Framework], _Made]:
    """The same function, which remembers its last framework: one cannot be hashed, as a cache would."""
    last: list[tuple[Framework, _Made]] = []

    @functools.wraps(make)
    def remembered(framework: Framework) -> _Made:
        if not last or last[0][0] is not framework:
            last[:] = [(framework, make(framework))]
        return last[0][1]

    return remembered


def sharing(returned: Return) -> Return:
    """The same return, with what thousands of returns have in common held in memory once.

    Most of a return are the places of its answers, and those are nearly always the same cells.
    """
    if returned.assessment is None:
        return returned
    answers = tuple(map(_sharing, returned.assessment.answers))
    return replace(returned, assessment=replace(returned.assessment, answers=answers))


def _sharing(answer: Answer) -> Answer:
    place = answer.place
    return replace(
        answer,
        ref=intern(answer.ref),
        current_text=intern(answer.current_text),
        target_text=intern(answer.target_text),
        owner=intern(answer.owner),
        priority=intern(answer.priority),
        status=intern(answer.status),
        place=Place(intern(place.file), intern(place.sheet), intern(place.cell)),
        cells=_same_cells(*answer.cells.items()),
    )


@functools.lru_cache(maxsize=10_000)
def _same_cells(*items: tuple[str, str]) -> Mapping[str, str]:
    return dict(items)

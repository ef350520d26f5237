"""What depends on nothing but the framework, made once and not for every file."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

from nps_xlsx.model import Framework

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

"""Averages as they are shown."""

from __future__ import annotations

import pytest

from nps_xlsx.model.scores import nearest_level, one_decimal


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.25, "2.3"), (-0.25, "-0.3"), (3.05 - 2.9, "0.2"), (121 / 40 - 119 / 40, "0.1"), (-0.04, "0.0")],
)
def test_halves_are_rounded_away_from_nought(value: float, shown: str) -> None:
    """An exact half is one although a difference of floats falls just short of it; nought has no minus."""
    assert one_decimal(value) == shown


@pytest.mark.parametrize(("value", "level"), [(2.5, 2), (2.51, 3), (3.0, 3), (1.0, 1)])
def test_the_nearest_level_is_the_lower_of_two(value: float, level: int) -> None:
    """Halfway between two levels the lower has been achieved in full."""
    assert nearest_level(value) == level

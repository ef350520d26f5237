"""What officers write in cells is read as what they meant, or kept and told."""

from __future__ import annotations

import datetime as dt

import pytest

from nps_xlsx.ingester.reading import CellValue
from nps_xlsx.ingester.values import read_date, read_level, read_priority, read_text
from nps_xlsx.model import Framework, LevelValue


@pytest.mark.parametrize(
    ("written", "level", "slug"),
    [
        ("", None, ""),
        ("   ", None, ""),
        ("3 Mature", 3, ""),
        ("3", 3, ""),
        (3, 3, ""),
        (3.0, 3, ""),
        ("3.0", 3, ""),
        ("Mature", 3, ""),
        ("mature ", 3, ""),
        ("MATURE", 3, ""),
        ("3\u00a0Mature", 3, ""),
        ("3 - Mature", 3, ""),
        ("3 – Mature", 3, ""),
        ("3: Mature", 3, ""),
        ("Level 3", 3, ""),
        ("level 3 Mature", 3, ""),
        ("three", 3, ""),
        ("Not applicable", "NA", ""),
        ("N/A", "NA", ""),
        ("n/a", "NA", ""),
        ("NA", "NA", ""),
        ("2/3", 2, "level-between"),
        ("2-3", 2, "level-between"),
        ("2–3", 2, "level-between"),
        ("2 to 3", 2, "level-between"),
        ("3/2", 2, "level-between"),
        ("between 2 and 3", 2, "level-between"),
        (2.5, 2, "level-between"),
        ("2.5", 2, "level-between"),
        (dt.date(2026, 3, 2), 2, "level-as-date"),
        (dt.datetime(2026, 5, 4), 4, "level-as-date"),  # noqa: DTZ001 - as a cell has it
        (dt.date(2026, 7, 1), None, "level-unreadable"),
        ("0", None, "level-unreadable"),
        (6, None, "level-unreadable"),
        ("5.5", None, "level-unreadable"),
        ("2/4", None, "level-unreadable"),
        ("3 Leader", None, "level-unreadable"),
        ("TBC", None, "level-unreadable"),
        ("?", None, "level-unreadable"),
        ("see comments", None, "level-unreadable"),
        (True, None, "level-unreadable"),
        (2.7, None, "level-unreadable"),
    ],
)
def test_levels(framework: Framework, written: CellValue, level: LevelValue, slug: str) -> None:
    """A level is read from its usual spellings; between two it is the lower; the rest is a problem."""
    reading = read_level(written, framework.levels)
    assert (reading.value, reading.slug) == (level, slug)
    assert bool(reading.text) == (bool(str(written).strip()))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (dt.date(2027, 3, 31), dt.date(2027, 3, 31)),
        (dt.datetime(2027, 3, 31, 9, 30), dt.date(2027, 3, 31)),  # noqa: DTZ001 - as a cell has it
        (46477.0, dt.date(2027, 3, 31)),
        ("2027-03-31", dt.date(2027, 3, 31)),
        ("31/3/27", dt.date(2027, 3, 31)),
        ("31.03.2027", dt.date(2027, 3, 31)),
        ("3/4/2027", dt.date(2027, 4, 3)),
        ("31 March 2027", dt.date(2027, 3, 31)),
        ("31 Mar 2027", dt.date(2027, 3, 31)),
        ("", None),
        ("3/31/2027", None),
        ("Mar-27", None),
        ("Q4 2026/27", None),
        ("end of year", None),
        (12, None),
    ],
)
def test_dates(written: CellValue, day: dt.date | None) -> None:
    """An exact date is read the British way; anything else is kept as words and never guessed."""
    read, words = read_date(written)
    assert read == day
    assert words == ("" if day else str(written).strip())


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a\r\nb", "a\nb"),
        (" \n ", ""),
        (" x ", " x "),
        (7.0, "7"),
        (123456789012.0, "123456789012"),
        (0.1, "0.1"),
        (True, "TRUE"),
        (dt.date(2027, 3, 31), "2027-03-31"),
        ("=1+1", "=1+1"),
    ],
)
def test_text(written: CellValue, text: str) -> None:
    """Text is kept in full; a number typed where text belongs reads as it was typed."""
    assert read_text(written) == text


@pytest.mark.parametrize(
    ("written", "priority", "known"),
    [
        ("High", "High", True),
        ("medium ", "Medium", True),
        ("L", "Low", True),
        ("", "", True),
        ("9", "9", False),
    ],
)
def test_priorities(written: str, priority: str, *, known: bool) -> None:
    """A priority is one of three; other words are kept and told."""
    assert read_priority(written) == (priority, known)

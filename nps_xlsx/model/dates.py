"""Dates in words, and from words."""

from __future__ import annotations

import datetime as dt


def long_date(day: dt.date) -> str:
    """A date in words: 18 December 2026."""
    return f"{day.day} {day:%B %Y}"


def in_words(text: str) -> str:
    """A text in which a date in ISO 8601 stands in words; any other text as it is."""
    day = iso_date(text)
    return long_date(day) if day else text


def iso_date(text: str) -> dt.date | None:
    """The date of a text in ISO 8601; ``None`` for a blank and for words."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None

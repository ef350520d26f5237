"""Dates in words, and from words."""

from __future__ import annotations

import datetime as dt


def long_date(day: dt.date) -> str:
    """A date in words: 18 December 2026."""
    return f"{day.day} {day:%B %Y}"


def iso_date(text: str) -> dt.date | None:
    """The date of a text in ISO 8601; ``None`` for a blank and for words."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None

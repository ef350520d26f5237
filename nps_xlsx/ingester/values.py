"""What officers write in cells, read as levels, dates, priorities and text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nps_xlsx import layout
from nps_xlsx.ingester.reading import CellValue
from nps_xlsx.model import NOT_APPLICABLE, Level, LevelValue

_DASHES = re.compile(r"[\u2010-\u2015\u2212]")
_NUMBER = r"([0-9])(?:\.0+)?"
_BETWEEN = re.compile(rf"(?:between )?(?:level )?{_NUMBER} ?(?:/|-|to|and|or) ?{_NUMBER}")
_HALF = re.compile(r"(?:level )?([0-9])\.5")
_LEVEL = re.compile(rf"(?:level )?{_NUMBER}(?:[ .:)-]+([a-z ]+))?")
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven")
_NOT_APPLICABLE = {"na", "n/a", "n a", "n.a", "not applicable"}
_UK_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_SERIAL_DAYS = range(36_526, 73_051)  # 2000 to 2099: a date whose format was lost
_EPOCH = dt.date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class LevelReading:
    """A level as read: its value, the text as found, and the kind of problem with it, if any."""

    value: LevelValue
    text: str
    slug: str = ""


def read_text(value: CellValue) -> str:
    """A cell as text, kept in full; a cell of only spaces is blank."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value) if isinstance(value, dt.timedelta) else value.isoformat()


def read_level(value: CellValue, levels: Sequence[Level]) -> LevelReading:
    """Read a level: from the dropdown, typed as number or name, between two, or not applicable."""
    if isinstance(value, dt.date):
        return _level_from_date(value, levels)
    text = read_text(value).strip()
    plain = " ".join(_DASHES.sub("-", text.replace("\u00a0", " ")).casefold().split()).rstrip(".")
    if not plain:
        return LevelReading(None, "")
    if plain in _NOT_APPLICABLE:
        return LevelReading(NOT_APPLICABLE, text)
    lower = _lower_of_two(plain, levels)
    if lower is not None:
        return LevelReading(lower, text, "level-between")
    number = _single(plain, levels)
    return LevelReading(number, text, "" if number is not None else "level-unreadable")


def _lower_of_two(plain: str, levels: Sequence[Level]) -> int | None:
    numbers = {level.number for level in levels}
    if match := _BETWEEN.fullmatch(plain):
        low, high = sorted(int(digit) for digit in match.groups())
    elif match := _HALF.fullmatch(plain):
        low = int(match[1])
        high = low + 1
    else:
        return None
    return low if high - low == 1 and {low, high} <= numbers else None


def _single(plain: str, levels: Sequence[Level]) -> int | None:
    by_name = {level.name.casefold(): level.number for level in levels}
    by_word = dict(zip(_NUMBER_WORDS, (level.number for level in levels), strict=False))
    word = plain.removeprefix("level ")
    if word in by_name or word in by_word:
        return by_name.get(word, by_word.get(word))
    match = _LEVEL.fullmatch(plain)
    if match is None or int(match[1]) not in by_name.values():
        return None
    number, name = int(match[1]), match[2]
    return number if name is None or by_name.get(name.strip()) == number else None


def _level_from_date(value: dt.date, levels: Sequence[Level]) -> LevelReading:
    # Typed as 2/3, a British Excel makes it 2 March of the year of typing.
    text = f"{value.day}/{value.month}"
    lower = _lower_of_two(text, levels)
    if lower is None:
        return LevelReading(None, read_text(value), "level-unreadable")
    return LevelReading(lower, text, "level-as-date")


def read_date(value: CellValue) -> tuple[dt.date | None, str]:
    """A date where the cell holds an exact one, else ``None`` and the words as found.

    Written dates are read the British way, day first; nothing is guessed.
    """
    if isinstance(value, dt.datetime):
        return value.date(), ""
    if isinstance(value, dt.date):
        return value, ""
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in _SERIAL_DAYS:
        return _EPOCH + dt.timedelta(days=int(value)), ""
    text = read_text(value).strip()
    day = _written_date(text)
    return (day, "") if day else (None, text)


def _written_date(text: str) -> dt.date | None:
    plain = " ".join(text.replace(",", " ").split())
    if match := _UK_DATE.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
        return _date(year, month, day)
    for form in ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d %B %y", "%d-%b-%y"):
        try:
            return dt.datetime.strptime(plain, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_priority(value: CellValue) -> tuple[str, bool]:
    """A priority, and whether it is one of those in the list; other words are kept."""
    text = read_text(value).strip()
    for name in layout.PRIORITIES:
        if text.casefold() in (name.casefold(), name[0].casefold()):
            return name, True
    return text, not text

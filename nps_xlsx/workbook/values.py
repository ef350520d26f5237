"""Reading what officers write in cells as levels, dates, words of a list and text."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nps_xlsx.model import NOT_APPLICABLE, Level, LevelValue
from nps_xlsx.model.cells import TEXT_LIMIT
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.spelling import INVISIBLE, SAYS_NOT_APPLICABLE, plain_text, spellings

CellValue = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta
"""What a reader gives for a cell."""

# In no pattern here can two neighbouring parts divide the same characters in many ways, so that the time
# grows no faster than the length of the cell; none takes a number of more than four figures.
# ``tests/test_bounds.py`` tries them.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85]")

# At most two figures after a point or comma: with three ("3,000") most people mean thousands.
_NUMBER = r"([0-9])(?:[.,]0{1,2})?"
_HALF = re.compile(r"(?:level )?([0-9])[.,]50?")
_LEVEL = re.compile(rf"(?:level )?{_NUMBER}(?:[ .:)(-]+([a-z ]+?)\)?)?")
# The last part takes whatever is left, so that only the first word between the two is tried.
_TWO = re.compile(r"(?:between )?(.+?) ?(?:/|-|&|\bto\b|\band\b|\bor\b) ?(.+)", re.DOTALL)

_UK_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?z?)?")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b(?: of\b)?")
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)? ")
_YES = ("yes", "y", "true")
_YES_OR_NO = re.compile(r"(yes|y|true|no|n|false)(?:[ .,;:!(-].*)?")
_BOTH = re.compile(r"\b(?:yes|no)\b")
SHORT = 800
"""Characters of a text of which it is remembered how it reads: names and descriptors are in every file."""
_SERIAL_DAYS = range(36_526, 73_051)  # 2000 to 2099: a date whose format was lost
DAY_ZERO = dt.date(1899, 12, 30)
"""The day from which Excel counts days, but in workbooks that count from 1904."""

_DAYS_TO_1904 = 1_462


# --- Text -------------------------------------------------------------------------


def read_text(value: CellValue) -> str:
    """A cell as text, in full but without control characters; a cell with only spaces is blank."""
    if value == "":
        return ""
    if isinstance(value, str):
        return _clean(value) if len(value) > SHORT else _known_clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(int(value)) if value == value // 1 and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value) if isinstance(value, dt.timedelta) else value.isoformat()


def _clean(text: str) -> str:
    text = _CONTROL.sub("", _LINE_BREAKS.sub("\n", text))
    return "" if _is_blank(text) else text


_known_clean = functools.lru_cache(maxsize=4096)(_clean)


def _is_blank(text: str) -> bool:
    """Whether a text is invisible: only spaces, line breaks, and control and format characters."""
    return all(letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc") for letter in text)


def text_slug(value: CellValue, cut_at: int = 0) -> str:
    """The kind of problem with a cell's text: characters removed, or cut off at a cell's limit.

    ``cut_at`` is a length that old programs cut texts to in this format, 0 if there is none.
    """
    if not isinstance(value, str):
        return ""
    if _CONTROL.search(value):
        return "text-cleaned"
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    if units >= TEXT_LIMIT:  # a text of exactly this length was probably longer
        return "text-cut"
    return "text-perhaps-cut" if units == cut_at > 0 else ""


def key_of(text: str) -> str:
    """A text as it is compared: without case, spacing, dashes, quotation marks and invisible characters."""
    return _key(text) if len(text) > SHORT else _known_key(text)


def _key(text: str) -> str:
    if not text.isascii():
        text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return layout.heading_key(text)


_known_key = functools.lru_cache(maxsize=4096)(_key)


# --- Levels -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LevelReading:
    """A level as read: its value, the text in the cell, and the kind of problem with it, if any."""

    value: LevelValue
    text: str
    slug: str = ""

    @property
    def is_between(self) -> bool:
        """Whether it lies between two levels, as 2/3 does (or Excel's date of it): the lower counts."""
        return self.slug in ("level-between", "level-as-date")


def read_level(value: CellValue, levels: Sequence[Level], descriptors: Iterable[str] = ()) -> LevelReading:
    """Read a level: from the dropdown, typed as number or name, between two, or not applicable.

    ``descriptors`` are the texts of the row's levels, lowest first: a descriptor pasted as
    the answer gives its level.
    """
    if isinstance(value, dt.date):
        return _level_from_date(value, levels)
    text = read_text(value).strip()
    if isinstance(value, bool):
        return LevelReading(None, text, "level-is-boolean")
    plain = plain_text(text)
    if not plain:
        return LevelReading(None, text, "level-unreadable" if text else "")
    if plain in SAYS_NOT_APPLICABLE:
        return LevelReading(NOT_APPLICABLE, text)
    number = _single(plain, levels)
    if number is not None:
        return LevelReading(number, text)
    lower = _lower_of_two(plain, levels)
    if lower is not None:
        return LevelReading(lower, text, "level-between")
    number = _from_descriptor(text, levels, descriptors)
    return LevelReading(number, text, "level-unreadable" if number is None else "level-as-descriptor")


def _single(plain: str, levels: Sequence[Level]) -> int | None:
    known = spellings(tuple(levels))
    for whole in (plain, plain.removeprefix("level ")):
        if whole in known:
            return known[whole]
    match = _LEVEL.fullmatch(plain)
    number = known.get(match[1]) if match else None
    is_one = match is None or match[2] is None or known.get(match[2].strip()) == number
    return number if is_one else None


def _lower_of_two(plain: str, levels: Sequence[Level]) -> int | None:
    numbers = {level.number for level in levels}
    if match := _HALF.fullmatch(plain):
        low, high = int(match[1]), int(match[1]) + 1
    elif match := _TWO.fullmatch(plain):
        first, second = (_single(part, levels) for part in match.groups())
        if first is None or second is None:
            return None
        low, high = sorted((first, second))
    else:
        return None
    return low if high - low == 1 and {low, high} <= numbers else None


def _from_descriptor(text: str, levels: Sequence[Level], descriptors: Iterable[str]) -> int | None:
    numbers = {
        level.number
        for level, descriptor in zip(levels, descriptors, strict=False)
        if key_of(text) in (key_of(descriptor), key_of(f"{level.label} {descriptor}"))
    }
    return numbers.pop() if len(numbers) == 1 else None


def _level_from_date(value: dt.date, levels: Sequence[Level]) -> LevelReading:
    # British Excel turns a typed 2/3 into 2 March of the current year, American Excel into 3 February.
    text = f"{value.day}/{value.month}"
    lower = _lower_of_two(text, levels)
    if lower is None:
        return LevelReading(None, read_text(value), "level-is-date")
    return LevelReading(lower, text, "level-as-date")


# --- Dates, words of a list, yes and no ---------------------------------------------------------


def read_date(value: CellValue, *, is_1904: bool = False) -> tuple[dt.date | None, str]:
    """The date in a cell, or ``None`` and its words if that is not an exact date.

    Written dates are read the British way, day first; nothing is guessed.  A plain number is a
    date whose format was lost; ``is_1904`` says that the workbook counts days from 1904.
    """
    if isinstance(value, dt.datetime):
        return value.date(), ""
    if isinstance(value, dt.date):
        return value, ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        serial = value // 1 + _DAYS_TO_1904 * is_1904
        if serial in _SERIAL_DAYS:
            return DAY_ZERO + dt.timedelta(days=int(serial)), ""
    text = read_text(value).strip()
    day = _written_date(text) if text else None
    return (day, "") if day else (None, text)


@functools.lru_cache(maxsize=4_096)
def _written_date(text: str) -> dt.date | None:
    plain = plain_text(text).replace(",", " ")
    plain = _ORDINAL.sub(r"\1", _WEEKDAY.sub("", " ".join(plain.split())))
    if match := _UK_DATE.fullmatch(plain):
        day, month, year = (int(part) for part in match.groups())
        return _date(year + 2000 if year < 100 else year, month, day)
    if match := _ISO_DATE.fullmatch(plain):
        year, month, day = (int(part) for part in match.groups())
        return _date(year, month, day)
    plain = plain.replace("-", " ").replace("sept ", "sep ")
    for form in ("%d %B %Y", "%d %b %Y", "%d %B %y", "%d %b %y"):
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


def read_one_of(value: CellValue, names: Iterable[str]) -> tuple[str, bool]:
    """The name from a list (the initial of a single word will do), and whether it is one or blank.

    Other words are kept.
    """
    text = read_text(value).strip()
    plain = plain_text(text)
    for name in names:
        if plain == name.casefold() or (plain == name[0].casefold() and " " not in name):
            return name, True
    return text, not text


def read_yes_no(value: CellValue) -> tuple[str, bool]:
    """``Yes`` or ``No``, and whether the answer is either or blank; other words are kept.

    Words may follow ("No (Finance only)", "Yes - combined"), but not the opposite answer.
    """
    text = read_text(value).strip()
    plain = plain_text(text)
    match = _YES_OR_NO.fullmatch(plain)
    if match is None or plain in SAYS_NOT_APPLICABLE or len(set(_BOTH.findall(plain))) > 1:
        return text, not text
    return layout.YES_NO[match[1] not in _YES], True


def department_of(details: Mapping[str, str]) -> str:
    """The department whose view a return is, if its details say that it is not the council's combined one."""
    combined, _ = read_yes_no(details.get("combined", ""))
    return details.get("department", "") if combined == layout.YES_NO[1] else ""

"""What officers write in cells is read as what they meant, or kept and told."""

from __future__ import annotations

import datetime as dt

import pytest

from nps_xlsx.model import Framework, Level, LevelValue
from nps_xlsx.workbook.inputs import COLUMNS, read_input
from nps_xlsx.workbook.layout import PRIORITIES, STATUSES
from nps_xlsx.workbook.values import (
    CellValue,
    department_of,
    read_date,
    read_level,
    read_one_of,
    read_text,
    read_yes_no,
    text_slug,
)


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
        ('"3"', 3, ""),
        ("'3 Mature", 3, ""),
        ("\u201c3 Mature\u201d", 3, ""),
        ("\u200b3\ufeff Mature", 3, ""),
        ("３ Mature", 3, ""),
        ("3 (Mature)", 3, ""),
        ("3 Mature.", 3, ""),
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
        ("2½", 2, "level-between"),
        ("2,5", 2, "level-between"),
        ("2 / 3", 2, "level-between"),
        ("2 & 3", 2, "level-between"),
        ("Developing/Mature", 2, "level-between"),
        ("2 Developing / 3 Mature", 2, "level-between"),
        ("Level 2 to Level 3", 2, "level-between"),
        ("2.5", 2, "level-between"),
        (dt.date(2026, 3, 2), 2, "level-as-date"),
        (dt.datetime(2026, 5, 4), 4, "level-as-date"),  # noqa: DTZ001 - as a cell has it
        (dt.date(2026, 7, 1), None, "level-is-date"),
        ("0", None, "level-unreadable"),
        (6, None, "level-unreadable"),
        ("5.5", None, "level-unreadable"),
        ("2/4", None, "level-unreadable"),
        ("3 Leader", None, "level-unreadable"),
        ("Minimum/Innovator", None, "level-unreadable"),
        ("3 - nearly there", None, "level-unreadable"),
        ("-", None, "level-unreadable"),
        ("\u200b", None, ""),
        (dt.time(2, 30), None, "level-unreadable"),
        (float("nan"), None, "level-unreadable"),
        ("TBC", None, "level-unreadable"),
        ("?", None, "level-unreadable"),
        ("see comments", None, "level-unreadable"),
        (True, None, "level-is-boolean"),
        (2.7, None, "level-unreadable"),
        ("3,00", 3, ""),
        ("3,000", None, "level-unreadable"),
        ("3.000", None, "level-unreadable"),
        ("3 000", None, "level-unreadable"),
        ("2,500", None, "level-unreadable"),
        ("<3", None, "level-unreadable"),
        ("3+", None, "level-unreadable"),
    ],
)
def test_levels(framework: Framework, written: CellValue, level: LevelValue, slug: str) -> None:
    """A level is read from its usual spellings; between two it is the lower; the rest is a problem."""
    reading = read_level(written, framework.levels)
    assert (reading.value, reading.slug) == (level, slug)
    assert bool(reading.text) == (bool(str(written).replace("\u200b", "").strip()))


@pytest.mark.parametrize("written", ["2/3", 2.5, dt.date(2026, 3, 2), dt.datetime(2026, 3, 2)])  # noqa: DTZ001
def test_a_level_between_two_is_one_however_it_is_written(framework: Framework, written: CellValue) -> None:
    """2/3 lies between two levels, as a text and as the date that Excel makes of it."""
    reading = read_level(written, framework.levels)
    assert (reading.value, reading.is_between) == (2, True)
    assert not read_level("2", framework.levels).is_between


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
        ("2027/03/31", dt.date(2027, 3, 31)),
        ("2027-03-31T00:00:00", dt.date(2027, 3, 31)),
        ("31st March 2027", dt.date(2027, 3, 31)),
        ("Wednesday, 31st of March 2027", dt.date(2027, 3, 31)),
        ("31-Mar-27", dt.date(2027, 3, 31)),
        ("1 Sept 2027", dt.date(2027, 9, 1)),
        ("31 March 2027", dt.date(2027, 3, 31)),
        ("31 Mar 2027", dt.date(2027, 3, 31)),
        ("", None),
        ("3/31/2027", None),
        ("Mar-27", None),
        ("Q4 2026/27", None),
        ("end of year", None),
        ("03/2027", None),
        ("30 February 2027", None),
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
        ("a\x0bb\x0cc\rd", "a\nb\nc\nd"),
        ("bell\x07 and half a pair\ud800", "bell and half a pair"),
        ("\u200b\u00a0", ""),
        ("\u201cquoted\u201d\u00a0text\u200b", "\u201cquoted\u201d\u00a0text\u200b"),
        (1e300, "1e+300"),
    ],
)
def test_text(written: CellValue, text: str) -> None:
    """Text is kept in full; a number typed where text belongs reads as it was typed."""
    assert read_text(written) == text


def test_a_descriptor_pasted_as_the_level_is_that_level(framework: Framework) -> None:
    """Each descriptor of a row, however reflowed and with its heading or without, reads as its level."""
    for row in framework.behaviours:
        for level, descriptor in zip(framework.levels, row.descriptors, strict=True):
            for pasted in (descriptor, f" {descriptor.upper()} ", f"{level.label}\n{descriptor}"):
                reading = read_level(pasted, framework.levels, row.descriptors)
                same = row.descriptors.count(descriptor) > 1
                assert same or (reading.value, reading.slug) == (level.number, "level-as-descriptor")
    assert read_level(framework.behaviours[0].descriptors[0], framework.levels).value is None


@pytest.mark.parametrize(
    ("written", "slug"),
    [("plain", ""), ("a\x07", "text-cleaned"), ("x" * 32_767, "text-cut"), ("x" * 32_766, ""), (7, "")],
)
def test_what_was_lost_of_a_text_is_told(written: CellValue, slug: str) -> None:
    """Removed characters, and a text as long as a cell can be, each are a kind of problem."""
    assert text_slug(written) == slug


@pytest.mark.parametrize(
    ("written", "name", "known"),
    [
        ("High", "High", True),
        ("medium ", "Medium", True),
        ("L", "Low", True),
        ("", "", True),
        ("9", "9", False),
        ("on  track.", "On track", True),
        ("done", "Done", True),
        ("N", "N", False),
        ("Nearly done", "Nearly done", False),
    ],
)
def test_words_of_a_list(written: str, name: str, *, known: bool) -> None:
    """A word is one of the list, or its initial if it is a single one; other words are kept and told."""
    assert read_one_of(written, (*PRIORITIES, *STATUSES)) == (name, known)


@pytest.mark.parametrize(
    "name", ["Getting there, mostly", "Mid-way", "Council's best", "2/3 done", "Under 50%"]
)
def test_a_level_of_any_name_is_read_from_its_own_label(name: str) -> None:
    """Commas, hyphens, apostrophes and digits in a level's name are looked up whole before any pattern."""
    levels = (Level(1, "None"), Level(2, name))
    for written in (f"2 {name}", name, name.upper(), f"Level 2 {name}".replace("Level 2 ", "level "), "2"):
        assert read_level(written, levels).value == 2


@pytest.mark.parametrize(
    ("written", "answer", "known"),
    [
        *(
            (text, "Yes", True)
            for text in ("Yes", "yes ", "Y", "Yes.", "Yes - combined", "YES, all of us", True)
        ),
        *((text, "No", True) for text in ("No", "n", "No.", "No (Finance only)", "No: Legal", '"no"', False)),
        *(
            (text, text, False)
            for text in ("N/A", "Y/N", "Yes/No", "Not yet", "Yes and no", "None", "partly")
        ),
        ("", "", True),
    ],
)
def test_yes_and_no(written: CellValue, answer: str, *, known: bool) -> None:
    """Yes or No is read with what follows it; what is neither, or both, is kept and not guessed."""
    assert read_yes_no(written) == (answer, known)


@pytest.mark.parametrize(
    ("combined", "whose"), [("No (Finance only)", "Finance"), ("Yes", ""), ("partly", "")]
)
def test_a_return_that_is_not_combined_is_its_departments(combined: str, whose: str) -> None:
    """Only a No to the combined response makes a return one department's view."""
    assert department_of({"combined": combined, "department": "Finance"}) == whose


@pytest.mark.parametrize(
    ("written", "is_marked", "told"),
    [
        *((text, True, False) for text in ("Yes", "yes", "Y", "x", "X", "✓", True, 1)),
        *((text, False, False) for text in ("", "No", "n", False)),
        ("Yes, with finance", True, True),
        ("with finance", False, True),
        ("n/a", False, True),
    ],
)
def test_what_is_to_be_discussed(written: CellValue, *, is_marked: bool, told: bool) -> None:
    """A yes, a cross or a tick marks a row; any further words are told, whether it is marked or not."""
    reading = read_input(COLUMNS["discuss"], written, ())
    assert (reading.fields, bool(reading.slug)) == ({"discuss": is_marked}, told)

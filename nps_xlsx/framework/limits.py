"""The limits of a framework: what a workbook can carry, and what can be read back from it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from nps_xlsx.framework.toml_folder import TomlFolder
from nps_xlsx.model import KeyArea, Level
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.spelling import (
    NAME_LENGTH,
    NUMBER_WORDS,
    SAYS_NOT_APPLICABLE,
    level_spellings,
    plain_text,
)
from nps_xlsx.workbook.stamp import ASKED_LIMIT, is_area_code

LEAST_LEVELS, MOST_LEVELS = 2, len(NUMBER_WORDS)
MOST_AREAS = 100
"""A formula that names a range on each area's sheet keeps within Excel's 8,192 characters."""

_HISTORY = "History"  # Excel's own name, for the sheet of tracked changes
_SHEET_LENGTH = 31  # Excel's own, in units of UTF-16: it repairs a file with a longer name
_SHEET_LETTERS = set("[]:*?/\\'")  # Excel takes a ' within a name, but it would end the name in our formulas
_OUR_SHEETS = (layout.START, *layout.LIVE_SHEETS, _HISTORY)
_OUR_STAMPS = (layout.START_STAMP, *layout.LIVE_STAMPS)


def check_levels(folder: TomlFolder, file: str, levels: Sequence[Level]) -> None:
    """Note a wrong number of levels, and names that could not be told apart from other words in a cell."""
    if not LEAST_LEVELS <= len(levels) <= MOST_LEVELS:
        what = f"must hold {LEAST_LEVELS} to {MOST_LEVELS} levels, not {len(levels)}"
        folder.fault(file, "levels", what)
    for level in levels:
        for what in _faults_of_name(level, levels) if level.name else ():
            folder.fault(file, f"levels[{level.number}].name", f"{level.name!r} {what}")


def _faults_of_name(level: Level, levels: Sequence[Level]) -> Iterator[str]:
    name = level.name
    if not name[0].isalpha():
        yield "must begin with a letter, so that it cannot be read as a number or formula"
    if len(name) > NAME_LENGTH:
        yield f"has {len(name)} characters; the headings have room for {NAME_LENGTH}"
    if set(name) & set("*?~"):
        yield "contains one of * ? ~, which stand for other characters in Excel's MATCH"
    if " - " in name:
        yield "contains a hyphen between spaces, which LibreOffice turns into a dash and then refuses"
    if " ".join(name.split()) != name or _has_control(name):
        yield "contains a line break, a double space or a control character"
    ways = {plain_text(name), plain_text(name).removeprefix("level ")}
    if ways & SAYS_NOT_APPLICABLE:
        yield "reads as not applicable"
    for other in levels:
        is_first_of_two = plain_text(name) == plain_text(other.name) and level.number < other.number
        if other != level and ways & level_spellings(other) and not is_first_of_two:
            yield f"reads as level {other.number}"


def _has_control(text: str) -> bool:
    return any(unicodedata.category(letter) == "Cc" for letter in text)


def check_areas(folder: TomlFolder, areas: Sequence[KeyArea], files: Mapping[str, str]) -> None:
    """Note areas whose code or sheet name the workbook cannot have, and too many rows."""
    taken = {name.casefold() for name in _OUR_SHEETS}
    for area in areas:
        file = files.get(area.code, "framework.toml")
        if area.code and not is_area_code(area.code):
            folder.fault(file, f"{area.code}.code", "must be 1 to 8 capital letters from A to Z")
        if area.code in _OUR_STAMPS:
            folder.fault(file, f"{area.code}.code", "is what another sheet of the workbook is called")
        for what in _faults_of_sheet(area.sheet, taken) if area.sheet else ():
            folder.fault(file, f"{area.code}.sheet", f"{area.sheet!r} {what}")
        taken.add(area.sheet.casefold())
    if len(areas) > MOST_AREAS:
        folder.fault(
            "framework.toml", "", f"holds {len(areas)} key areas; a workbook has sheets for {MOST_AREAS}"
        )
    rows = sum(len(area.rows) for area in areas)
    if rows >= ASKED_LIMIT:
        folder.fault("framework.toml", "", f"holds {rows} rows; at most {ASKED_LIMIT - 1} can be asked")


def _faults_of_sheet(name: str, taken: set[str]) -> Iterator[str]:
    if name.casefold() in taken or layout.copied_from(name).casefold() in map(str.casefold, _OUR_SHEETS):
        yield "is the name of another sheet"
    if len(name.encode("utf-16-le")) // 2 > _SHEET_LENGTH:
        yield f"is too long for the name of a sheet: Excel takes {_SHEET_LENGTH} characters"
    if set(name) & _SHEET_LETTERS or _has_control(name):
        yield "contains a character that the name of a sheet cannot have"

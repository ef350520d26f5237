"""Open workbooks with openpyxl, edit them, save them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

EDITS: dict[str, Callable[..., object]] = {}


def edit(function: Callable[..., object]) -> Callable[..., object]:
    """Have a function among the edits, under its own name."""
    EDITS[function.__name__] = function
    return function


def do(source: Path, target: Path, edits: Sequence[Sequence[Any]]) -> None:
    """Open one workbook, edit it, save it."""
    workbook = openpyxl.load_workbook(source)
    for name, *arguments in edits:
        EDITS[name](workbook, *arguments)
    workbook.save(target)


@edit
def text(workbook: Workbook, sheet: str, cell: str, value: str) -> None:
    """A text as it stands: openpyxl would take ``=`` for a formula."""
    found = workbook[sheet][cell]
    found.value = value
    found.data_type = "s"


@edit
def date(workbook: Workbook, sheet: str, cell: str, value: str) -> None:
    """A date."""
    workbook[sheet][cell].value = dt.date.fromisoformat(value)


@edit
def formula(workbook: Workbook, sheet: str, cell: str, value: str) -> None:
    """A formula; openpyxl never writes what it comes to."""
    workbook[sheet][cell].value = value


@edit
def iso_dates(workbook: Workbook) -> None:
    """Dates as ISO 8601 and not as numbers, as in Strict Open XML."""
    workbook.iso_dates = True


@edit
def count_from_1904(workbook: Workbook) -> None:
    """The date system of old Macintoshes; dates stay the days that they are."""
    workbook.epoch = CALENDAR_MAC_1904


@edit
def delete_sheet(workbook: Workbook, sheet: str) -> None:
    """A sheet deleted."""
    del workbook[sheet]

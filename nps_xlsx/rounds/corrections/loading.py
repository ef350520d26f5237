"""Reading corrections.csv and waivers.csv: everything wrong with a file is told at once."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nps_xlsx.files import StrPath
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Council, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import CATALOGUE
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import read_csv, unguarded
from nps_xlsx.rounds.corrections.rulings import Correction, CorrectionsError, Waiver
from nps_xlsx.rounds.corrections.values import ANSWER_FIELDS, DETAIL_FIELDS, answer_values, detail_value
from nps_xlsx.workbook.values import read_date

CORRECTION_COLUMNS = ("file", "council", "ref", "field", "value", "reason", "who", "when")
WAIVER_COLUMNS = ("problem", "council", "reason", "until")
"""Every column must be there: a misspelt heading would make a ruling reach further than was meant."""
WAIVER_FILE = "file"
"""The column of waivers that may be left out, since there were waivers before there was the column."""

_ALL_COUNCILS = ("", "*")


def load_corrections(
    path: StrPath, framework: Framework | None = None, register: Register | None = None
) -> tuple[Correction, ...]:
    """Read a CSV file of corrections; rows in which nothing stands are passed over.

    Raises:
        RegisterError: the file cannot be read, or lacks a column.
        CorrectionsError: a row cannot be used; all such rows are told.
    """
    path, framework, register = Path(path), framework or load_framework(), register or load_register()
    found, faults = [], []
    first: dict[tuple[str, ...], int] = {}
    for row in _rows(path, CORRECTION_COLUMNS):
        one = _correction(row, framework, register, path.name)
        if not row.faults:
            same = first.setdefault((one.file, one.gss_code, one.ref, one.field), row.number)
            if same != row.number:
                row.fault(f"row {same} corrects the same; keep one of them")
        found.append(one)
        faults += row.faults
    _refuse("corrections", path, faults)
    return tuple(found)


def load_waivers(path: StrPath, register: Register | None = None) -> tuple[Waiver, ...]:
    """Read a CSV file of waivers; rows in which nothing stands are passed over.

    Raises:
        RegisterError: the file cannot be read, or lacks a column.
        CorrectionsError: a row cannot be used; all such rows are told.
    """
    path, register = Path(path), register or load_register()
    found, faults = [], []
    for row in _rows(path, WAIVER_COLUMNS, (WAIVER_FILE,)):
        found.append(_waiver(row, register, path.name))
        faults += row.faults
    _refuse("waivers", path, faults)
    return tuple(found)


# --- Rows


@dataclass(slots=True)
class _Row:
    """One row of a file: every method gives a usable value whatever it meets, and notes what was wrong."""

    number: int
    texts: Mapping[str, str]
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str) -> None:
        self.faults.append(f"row {self.number}: {what}")

    def filled(self, key: str) -> str:
        if not self.texts[key]:
            self.fault(f"{key} is empty")
        return self.texts[key]

    def day(self, key: str) -> dt.date | None:
        day, words = read_date(self.texts[key])
        if words:
            self.fault(f"{key} is no exact date: {words!r}; give one as 2026-12-18 or 18/12/2026")
        return day

    def council(self, register: Register) -> Council | None:
        try:
            return register.find(self.texts["council"])
        except UserError as error:
            self.fault(str(error))
        return None


def _rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[_Row]:
    for number, row in enumerate(read_csv(path, columns), start=2):
        for column in optional:
            if column not in row:
                _refuse_misspelt(column, [name for name in row if name not in columns], path)
        texts = {column: unguarded(row.get(column, "")) for column in (*columns, *optional)}
        if any(texts.values()):
            yield _Row(number, texts)


def _refuse_misspelt(column: str, others: Sequence[str], path: Path) -> None:
    if near := difflib.get_close_matches(column, others):
        raise CorrectionsError(f"{path}: the heading {near[0]!r} is not known; did you mean {column}?")


def _refuse(what: str, path: Path, faults: Sequence[str]) -> None:
    if faults:
        raise CorrectionsError("\n".join([f"{path}: these {what} cannot be used.", *faults]))


# --- One row


def _correction(row: _Row, framework: Framework, register: Register, source: str) -> Correction:
    texts = row.texts
    if not texts["file"] and not texts["council"]:
        row.fault("neither file nor council is given, so nobody knows which return is meant")
    council = row.council(register) if texts["council"] else None
    ref, key = texts["ref"].upper(), re.sub(r"[\s-]+", "_", texts["field"].lower())
    _check_value(row, ref, key, framework, register)
    when = row.day("when") if row.filled("when") else None
    return Correction(
        row=row.number,
        file=texts["file"],
        gss_code=council.gss_code if council else "",
        ref=ref,
        field=key,
        value=texts["value"],
        reason=row.filled("reason"),
        who=row.filled("who"),
        when=when or dt.date.min,
        council=council.short_name if council else "",
        source=source,
    )


def _check_value(row: _Row, ref: str, key: str, framework: Framework, register: Register) -> None:
    """Note a ref, a field or a value that cannot be used."""
    fields, how = (ANSWER_FIELDS, "with a ref") if ref else (DETAIL_FIELDS, "without a ref")
    text = row.texts["value"]
    if ref and ref not in framework.row_by_code:
        row.fault(f"{row.texts['ref']!r} is no code of the framework")
    elif key not in fields:
        row.fault(f"{row.texts['field']!r} is no field {how}; there are {', '.join(fields)}")
    else:
        try:
            if ref:
                answer_values(ref, key, text, framework)
            else:
                detail_value(key, text, register)
        except UserError as error:
            row.fault(str(error))


def _waiver(row: _Row, register: Register, source: str) -> Waiver:
    slug, name = row.texts["problem"].lower(), row.texts["council"]
    if slug not in CATALOGUE:
        near = " or ".join(difflib.get_close_matches(slug, CATALOGUE, n=2))
        hint = f"did you mean {near}?" if near else "problems.csv has the kinds under problem"
        row.fault(f"{row.texts['problem']!r} is no kind of problem; {hint}")
    council = None if name in _ALL_COUNCILS else row.council(register)
    return Waiver(
        row=row.number,
        slug=slug,
        gss_code=council.gss_code if council else "",
        reason=row.filled("reason"),
        until=row.day("until"),
        council=council.short_name if council else "",
        file=row.texts[WAIVER_FILE],
        source=source,
    )

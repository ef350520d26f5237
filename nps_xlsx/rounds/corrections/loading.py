"""Reading corrections.csv and waivers.csv: everything wrong with a file is reported at once."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Sequence
from pathlib import Path

from nps_xlsx.files import StrPath
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import CATALOGUE
from nps_xlsx.register.councils import Register, council_of, load_register
from nps_xlsx.register.csvfile import CsvError, CsvFile, CsvRow
from nps_xlsx.rounds.corrections.rulings import Correction, Waiver
from nps_xlsx.rounds.corrections.values import (
    ANSWER_FIELDS,
    DETAIL_FIELDS,
    HEADS,
    answer_values,
    detail_value,
)

CORRECTION_COLUMNS = ("file", "council", "ref", "field", "value", "reason", "who", "when")
WAIVER_COLUMNS = ("problem", "council", "reason", "until")
"""Every column must be there: a misspelt heading would make a ruling reach further than was meant."""
WAIVER_FILE = "file"
"""The column of waivers that may be missing, as it is in files written before there was such a column."""

_ALL_COUNCILS = ("", "*")


def load_corrections(
    path: StrPath, framework: Framework | None = None, register: Register | None = None
) -> tuple[Correction, ...]:
    """Read a CSV file of corrections; blank rows are ignored.

    Raises:
        CsvError: the file cannot be read, lacks a column, or has rows that cannot be used.
    """
    path, framework, register = Path(path), framework or load_framework(), register or load_register()
    file = CsvFile(path, CORRECTION_COLUMNS)
    corrections = []
    first: dict[tuple[str, ...], int] = {}
    for row in _filled(file, CORRECTION_COLUMNS):
        before = len(row.faults)
        one = _correction(row, framework, register, path.name)
        corrections.append(one)
        if len(row.faults) == before:
            same = first.setdefault((one.file, one.gss_code, one.ref, one.field), row.number)
            if same != row.number:
                row.fault(f"row {same} corrects the same; keep one of them")
    file.refuse_faults("corrections")
    return tuple(corrections)


def load_waivers(path: StrPath, register: Register | None = None) -> tuple[Waiver, ...]:
    """Read a CSV file of waivers; blank rows are ignored.

    Raises:
        CsvError: the file cannot be read, lacks a column, or has rows that cannot be used.
    """
    path, register = Path(path), register or load_register()
    file = CsvFile(path, WAIVER_COLUMNS)
    for row in file.rows:
        if WAIVER_FILE not in row.texts:
            _refuse_misspelt(WAIVER_FILE, [name for name in row.texts if name not in WAIVER_COLUMNS], path)
    waivers = [_waiver(row, register, path.name) for row in _filled(file, (*WAIVER_COLUMNS, WAIVER_FILE))]
    file.refuse_faults("waivers")
    return tuple(waivers)


def _filled(file: CsvFile, columns: Sequence[str]) -> list[CsvRow]:
    return [row for row in file.rows if any(row[column] for column in columns)]


def _refuse_misspelt(column: str, others: Sequence[str], path: Path) -> None:
    if near := difflib.get_close_matches(column, others):
        raise CsvError(f"{path}: the heading {near[0]!r} is not known; did you mean {column}?")


# --- One row


def _correction(row: CsvRow, framework: Framework, register: Register, source: str) -> Correction:
    if not row["file"] and not row["council"]:
        row.fault("neither file nor council is given, so it is not known which return is meant")
    council = council_of(row, register, ("council",))
    ref, key = row["ref"].upper(), re.sub(r"[\s-]+", "_", row["field"].lower())
    _check_value(row, ref, key, framework, register)
    when = row.day("when") if row.filled("when") else None
    return Correction(
        row=row.number,
        file=row["file"],
        gss_code=council.gss_code if council else "",
        ref=ref,
        field=key,
        value=row["value"],
        reason=row.filled("reason"),
        who=row.filled("who"),
        when=when or dt.date.min,
        council=council.short_name if council else "",
        source=source,
    )


def _check_value(row: CsvRow, ref: str, key: str, framework: Framework, register: Register) -> None:
    """Note a ref, a field or a value that cannot be used."""
    is_row = ref in framework.row_by_code
    fields, how = (ANSWER_FIELDS, "with a ref") if is_row else (tuple(HEADS), "with a key area")
    if not ref:
        fields, how = DETAIL_FIELDS, "without a ref"
    text = row["value"]
    if ref and ref not in framework.area_by_code:
        row.fault(f"{row['ref']!r} is not a code of the framework")
    elif key not in fields:
        row.fault(f"{row['field']!r} is not a field {how}; there are {', '.join(fields)}")
    else:
        try:
            if is_row:
                answer_values(ref, key, text, framework)
            else:
                detail_value(key, text, register)
        except UserError as error:
            row.fault(str(error))


def _waiver(row: CsvRow, register: Register, source: str) -> Waiver:
    slug, name = row["problem"].lower(), row["council"]
    if slug not in CATALOGUE:
        near = " or ".join(difflib.get_close_matches(slug, CATALOGUE, n=2))
        hint = f"did you mean {near}?" if near else "problems.csv has the kinds under problem"
        row.fault(f"{row['problem']!r} is not a kind of problem; {hint}")
    council = None if name in _ALL_COUNCILS else council_of(row, register, ("council",))
    return Waiver(
        row=row.number,
        slug=slug,
        gss_code=council.gss_code if council else "",
        reason=row.filled("reason"),
        until=row.day("until"),
        council=council.short_name if council else "",
        file=row[WAIVER_FILE],
        source=source,
    )

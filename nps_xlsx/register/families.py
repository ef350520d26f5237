"""The families of councils that an analyst chose, against which each of them is compared."""

from __future__ import annotations

from pathlib import Path

from nps_xlsx.register.councils import CouncilError, Register
from nps_xlsx.register.csvfile import RegisterError, read_csv

_COUNCIL_COLUMNS = ("gss_code", "council")


def load_families(path: Path, register: Register) -> dict[str, str]:
    """Read families: a CSV file with the columns ``council`` or ``gss_code``, and ``family``.

    A row without a family puts its council in none.

    Raises:
        RegisterError: the file cannot be read or lacks a column, a row names no council, or a
            council is in two families; all such rows are told.
    """
    rows = read_csv(path, ("family",))
    if rows and not any(column in rows[0] for column in _COUNCIL_COLUMNS):
        raise RegisterError(f"{path} lacks the column gss_code or council. Name one of its columns so.")
    families: dict[str, str] = {}
    spelt: dict[str, str] = {}
    faults = []
    for number, row in enumerate(rows, start=2):
        family = " ".join(row["family"].split())
        family = spelt.setdefault(family.casefold(), family)
        if not family or not any(row.get(column) for column in _COUNCIL_COLUMNS):
            if family:
                faults.append(f"row {number}: it names no council.")
            continue
        try:
            code = _code(row, register)
        except CouncilError as error:
            faults.append(f"row {number}: {error}")
            continue
        if families.setdefault(code, family) != family:
            name = register.by_code[code].name
            faults.append(f"row {number}: {name} is in {families[code]!r} already; keep it in one family.")
    if faults:
        raise RegisterError("\n".join([f"{path}: these families cannot be used.", *faults]))
    if not families:
        raise RegisterError(f"{path} puts no council in a family. Fill in its column family.")
    return families


def _code(row: dict[str, str], register: Register) -> str:
    meant = {register.find(row[column]).gss_code for column in _COUNCIL_COLUMNS if row.get(column)}
    if len(meant) > 1:
        raise CouncilError(f"{row['gss_code']} and {row['council']} are not the same council.")
    return meant.pop()

"""The families of councils that an analyst chose, against which each of them is compared."""

from __future__ import annotations

from pathlib import Path

from nps_xlsx.register.councils import Register, council_of
from nps_xlsx.register.csvfile import CsvError, CsvFile

_COUNCIL_COLUMNS = ("gss_code", "council")


def load_families(path: Path, register: Register) -> dict[str, str]:
    """Read families: a CSV file with the columns ``council`` or ``gss_code``, and ``family``.

    A row without a family puts its council in none.

    Raises:
        CsvError: the file cannot be read or lacks a column, a row names no council, or a
            council is in two families; all such rows are reported.
    """
    file = CsvFile(path, ("family",))
    if file.rows and not any(column in file.rows[0].texts for column in _COUNCIL_COLUMNS):
        raise CsvError(f"{path} lacks the column gss_code or council. Name one of its columns so.")
    families: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for row in file.rows:
        family = " ".join(row["family"].split())
        family = spelt.setdefault(family.casefold(), family)
        if not family:
            continue
        if not any(row[column] for column in _COUNCIL_COLUMNS):
            row.fault("it names no council.")
        elif council := council_of(row, register, _COUNCIL_COLUMNS):
            other = families.setdefault(council.gss_code, family)
            if other != family:
                row.fault(f"{council.name} is in {other!r} already; keep it in one family.")
    file.refuse_faults("families")
    if not families:
        raise CsvError(f"{path} puts no council in a family. Fill in its column family.")
    return families

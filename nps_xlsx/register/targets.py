"""The target levels that a workbook can start with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nps_xlsx.model import Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.csvfile import read_csv
from nps_xlsx.workbook.values import read_level

Targets = Mapping[str, Mapping[str, int]]
"""Target levels by council and row; the council is empty where they are for all."""


class PrefillError(UserError):
    """A file of targets that cannot be used."""


def load_targets(path: Path, framework: Framework) -> Targets:
    """Read preset targets: a CSV file with the columns ref and target, and gss_code where they differ.

    Raises:
        RegisterError: the file cannot be read, or lacks a column.
        PrefillError: a row names no behaviour or no level; all such rows are told.
    """
    targets: dict[str, dict[str, int]] = {}
    faults = []
    for place, row in enumerate(read_csv(path, ("ref", "target")), start=2):
        if not row["target"]:
            continue
        ref, level = row["ref"].upper(), read_level(row["target"], framework.levels).value
        given = targets.setdefault(row.get("gss_code", "").upper(), {})
        if ref not in framework.row_by_code:
            faults.append(f"row {place}: {row['ref']!r} is no code of the framework")
        elif not isinstance(level, int):
            faults.append(f"row {place}: {row['target']!r} is no level; give its number or name")
        elif given.setdefault(ref, level) != level:
            faults.append(f"row {place}: {ref} has another target above")
    if faults:
        raise PrefillError("\n".join([f"{path}: these targets cannot be used.", *faults]))
    return targets


def targets_of(targets: Targets, gss_code: str) -> Mapping[str, int]:
    """The targets of one council: those for all, then its own."""
    return {**targets.get("", {}), **targets.get(gss_code, {})}

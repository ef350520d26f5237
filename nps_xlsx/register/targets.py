"""The target levels that a workbook can start with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nps_xlsx.model import Framework
from nps_xlsx.register.csvfile import CsvFile
from nps_xlsx.workbook.values import read_level

Targets = Mapping[str, Mapping[str, int]]
"""Target levels by council and row; the council is empty if they are for all."""


def load_targets(path: Path, framework: Framework) -> Targets:
    """Read preset targets: a CSV file with the columns ref and target, and gss_code if they differ.

    Raises:
        CsvError: the file cannot be read, lacks a column, or has rows that name no behaviour or no level.
    """
    targets: dict[str, dict[str, int]] = {}
    file = CsvFile(path, ("ref", "target"))
    for row in file.rows:
        if not row["target"]:
            continue
        ref, level = row["ref"].upper(), read_level(row["target"], framework.levels).value
        given = targets.setdefault(row["gss_code"].upper(), {})
        if ref not in framework.row_by_code:
            row.fault(f"{row['ref']!r} is not a code of the framework")
        elif not isinstance(level, int):
            row.fault(f"{row['target']!r} is not a level; give its number or name")
        elif given.setdefault(ref, level) != level:
            row.fault(f"{ref} has another target above")
    file.refuse_faults("targets")
    return targets


def targets_of(targets: Targets, gss_code: str) -> Mapping[str, int]:
    """The targets of one council: those for all, then its own."""
    return {**targets.get("", {}), **targets.get(gss_code, {})}

"""What a workbook can start with: preset targets, and a council's answers of an earlier round."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nps_xlsx import layout
from nps_xlsx.combine import combine
from nps_xlsx.councils import Register, read_csv
from nps_xlsx.errors import UserError
from nps_xlsx.ingester.values import read_level
from nps_xlsx.intake import read_returns
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, LevelValue, Status
from nps_xlsx.reports.listings import unguarded

Targets = Mapping[str, Mapping[str, int]]
"""Target levels by council and row; the council is empty where they are for all."""


class PrefillError(UserError):
    """A file of targets or of earlier answers that cannot be used."""


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


def load_previous(path: Path, framework: Framework, register: Register) -> dict[str, Assessment]:
    """Read an earlier round, by council: an answers.csv, or returns (a file, a folder or a zip).

    Raises:
        InputError, RegisterError: the path is not there or cannot be read.
        PrefillError: no answers are in it.
    """
    if path.suffix.lower() == ".csv":
        found = _from_csv(path, framework)
    else:
        returns = read_returns([path], framework, register).returns
        found = [r.assessment for r in returns if r.status is Status.ACCEPTED and r.assessment]
        refused = [r.message for r in returns if r.status is Status.REFUSED]
        if not found:
            raise PrefillError(f"{path} cannot be used: {refused[0] if refused else 'it holds no return.'}")
    # Where a council sent several returns, it starts from the response that counted.
    return {one.assessment.gss_code: one.assessment for one in combine(found, framework)}


def _from_csv(path: Path, framework: Framework) -> list[Assessment]:
    answers: dict[tuple[str, str, str], list[Answer]] = {}
    names: dict[str, str] = {}
    for row in read_csv(path, ("round", "gss_code", "council", "ref", "current")):
        texts = {key: unguarded(value) for key, value in row.items()}
        if texts["ref"] in framework.row_by_code:
            key = (texts["gss_code"], texts["round"], texts.get("respondent", ""))
            answers.setdefault(key, []).append(_answer(texts))
            names[texts["gss_code"]] = texts["council"]
    if not answers:
        raise PrefillError(f"{path} holds no answers to this framework.")
    # Beside its respondents' answers, a council's answers without a respondent are its combined response.
    combined = (("combined", "Yes"),)
    return [
        Assessment(code, names[code], round_, tuple(given), who, details=() if who else combined)
        for (code, round_, who), given in sorted(answers.items())
    ]


def _answer(texts: Mapping[str, str]) -> Answer:
    day = layout.iso_date(texts.get("due_date", ""))
    return Answer(
        texts["ref"],
        current=_level(texts["current"]),
        target=_level(texts.get("target", "")),
        evidence=texts.get("evidence", ""),
        actions=texts.get("actions", ""),
        owner=texts.get("owner", ""),
        due_date=day,
        due_text="" if day else texts.get("due_date", ""),
        priority=texts.get("priority", ""),
    )


def _level(text: str) -> LevelValue:
    if text == NOT_APPLICABLE:
        return NOT_APPLICABLE
    return int(text) if text.isdigit() else None

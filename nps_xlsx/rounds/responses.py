"""Responses read again: from an answers.csv that was written before, or from the returns themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nps_xlsx.files import StrPath, paths_of
from nps_xlsx.framework import load_framework
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, LevelValue, Place, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import CsvFile, CsvRow
from nps_xlsx.rounds.combine import Combined, combine
from nps_xlsx.rounds.intake import read_returns
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS, read_input
from nps_xlsx.workbook.layout import Detail, Kind
from nps_xlsx.workbook.values import read_date, read_level

_LOG = logging.getLogger(__name__)
_SHOWN = 5
"""Altered texts that a warning lists; the others are counted."""

WITH_ANSWERS = tuple(detail for detail in layout.DETAILS if detail.key in ("date_completed", "combined"))
"""The details of a return that answers.csv has with each answer, since documents go by them."""

_ANSWERS = "answers.csv"
_WANTED = "Give an answers.csv, the folder that it is in, or returns."


_Key = tuple[str, str, str, str]
"""A return in answers.csv: council, round, respondent, file."""
_Lines = dict[str, tuple[CsvRow, Answer]]
"""The lines of a return and the answers in them, by the behaviour's code."""


class ResponsesError(UserError):
    """Paths that hold no answers to this framework."""


def load_responses(
    paths: StrPath | Iterable[StrPath], framework: Framework | None = None, register: Register | None = None
) -> tuple[Combined, ...]:
    """Read one response for each council and round, in order of the council's name.

    A path is an answers.csv, a folder that ``nps ingest`` wrote, or returns (a file, a folder, a zip
    or a mail).

    Raises:
        InputError, CsvError: a path does not exist or cannot be read.
        ResponsesError: one of them holds no answers.
    """
    framework, register = framework or load_framework(), register or load_register()
    assessments = [one for path in paths_of(paths) for one in _read(path, framework, register)]
    return combine(assessments, framework)


def load_previous(
    path: StrPath, framework: Framework | None = None, register: Register | None = None
) -> dict[str, Assessment]:
    """Read an earlier round, by council: what ``load_responses`` reads.

    If a council sent several returns, this is the response that counted.

    Raises:
        InputError, CsvError: the path does not exist or cannot be read.
        ResponsesError: it holds no answers.
    """
    register = register or load_register()
    responses = load_responses(path, framework, register)
    return {register.present_code(one.assessment.gss_code): one.assessment for one in responses}


def _read(path: Path, framework: Framework, register: Register) -> list[Assessment]:
    if (path / _ANSWERS).is_file():
        path = path / _ANSWERS
    if path.suffix.lower() == ".csv":
        return _from_csv(path, framework)
    returns = read_returns([path], framework, register).returns
    used = (Status.ACCEPTED, Status.OTHER_ROUND)  # papers may be of several rounds
    assessments = [one.assessment for one in returns if one.status in used and one.assessment]
    if not assessments:
        refused = (one.message for one in returns if one.status is Status.REFUSED)
        raise ResponsesError(f"{path} cannot be used: {next(refused, 'it holds no return.')} {_WANTED}")
    return assessments


def _from_csv(path: Path, framework: Framework) -> list[Assessment]:
    lines: dict[_Key, _Lines] = {}
    altered: list[str] = []
    file = CsvFile(path, ("round", "gss_code", "council", "ref", "current"))
    for row in file.rows:
        if row["ref"] in framework.row_by_code:
            key = (row["gss_code"], row["round"], row["respondent"], row["source_file"])
            given = lines.setdefault(key, {})
            if row["ref"] in given:
                row.fault(f"{row['council']} has another {row['ref']} above.")
            _note_faults(row, framework)
            changed = _altered(row, framework)
            altered += [f"row {row.number}: {column} is {row[column]!r}" for column in changed]
            given[row["ref"]] = row, _answer(row, changed, framework)
    file.refuse_faults("answers")
    if altered:
        _warn_altered(path, altered)
    if not lines:
        raise ResponsesError(f"{path} holds no answers to this framework. {_WANTED}")
    returns = sorted(_joined(lines).items())
    several = {key[:2] for key, _ in returns if key[2]}
    return [_assessment(key, given, framework, beside=key[:2] in several) for key, given in returns]


def _joined(lines: Mapping[_Key, _Lines]) -> dict[_Key, _Lines]:
    """The lines by return: of colleagues' files that count as one, each has rows of its own."""
    joined: dict[_Key, _Lines] = {}
    for key, given in lines.items():
        same = (one for one in joined if one[:-1] == key[:-1] and not joined[one].keys() & given.keys())
        joined.setdefault(next(same, key), {}).update(given)
    return joined


def _assessment(key: _Key, lines: _Lines, framework: Framework, *, beside: bool) -> Assessment:
    """One return; ``beside`` says whether the council has answers of respondents too."""
    code, round_, respondent, _ = key
    rows = [row for row, _ in lines.values()]
    answers = tuple(lines[row.code][1] for row in framework.rows if row.code in lines)
    heads = {
        (framework.area_by_code[row["ref"]].code, own): text
        for row in rows
        for own, text in _beside(row, layout.HEAD)
    }
    details = dict(_beside(rows[0], WITH_ANSWERS))
    if beside and not respondent and "combined" not in rows[0].texts:
        details["combined"] = layout.YES_NO[0]  # what has no respondent was taken for that, before the column
    return Assessment(
        code,
        rows[0]["council"],
        round_,
        answers,
        respondent,
        asked=_asked(answers, framework),
        details=tuple(details.items()),
        heads=tuple((*where, text) for where, text in heads.items()),
        day=read_date(rows[0]["day"])[0],  # as Excel may have written it
    )


def _asked(given: Iterable[Answer], framework: Framework) -> tuple[str, ...]:
    """The rows that were asked, which have a line each, answered or not; empty if all were."""
    refs = tuple(answer.ref for answer in given)
    return () if set(refs) == framework.row_by_code.keys() else refs


def _note_faults(row: CsvRow, framework: Framework) -> None:
    """Note levels that are not levels, since somebody changed the file."""
    for column in ("current", "target", "reviewer_level"):
        if row[column] and _level(row[column], framework) is None:
            last = framework.levels[-1].number
            row.fault(f"{column} is {row[column]!r}; give a whole number from 1 to {last}, NA, or nothing.")


def _altered(row: CsvRow, framework: Framework) -> list[str]:
    """The columns whose text no longer says the level beside it: Excel saved "2/3" as 02-Mar."""
    descriptors = framework.row_by_code[row["ref"]].descriptors
    return [
        f"{column}_text"
        for column in ("current", "target")
        if (text := row[f"{column}_text"])
        and read_level(text, framework.levels, descriptors).value != _level(row[column], framework)
    ]


def _warn_altered(path: Path, altered: Sequence[str]) -> None:
    rest = len(altered) - _SHOWN
    lines = [*altered[:_SHOWN], *([f"and {rest} more"] if rest > 0 else [])]
    _LOG.warning(
        "%s: these texts no longer say the level beside them, as when Excel takes 2/3 for a date; "
        "the levels are used, the texts are not. Use the file as nps ingest wrote it.\n%s",
        path,
        "\n".join(lines),
    )


def _answer(row: CsvRow, altered: Sequence[str], framework: Framework) -> Answer:
    others = (column for column in COLUMNS.values() if column.kind is not Kind.LEVEL)
    fields: dict[str, Any] = {}
    for column in others:  # Excel saves 2027-03-31 as 31/03/2027
        fields |= read_input(column, row[column.key], framework.levels).fields
    current_text, target_text = (
        "" if column in altered else row[column] for column in ("current_text", "target_text")
    )
    return Answer(
        row["ref"],
        current=_level(row["current"], framework),
        target=_level(row["target"], framework),
        current_text=current_text,
        target_text=target_text,
        current_between=read_level(current_text, framework.levels).is_between,
        target_between=read_level(target_text, framework.levels).is_between,
        reviewer_level=_level(row["reviewer_level"], framework),
        place=Place(row["source_file"], row["sheet"], row["cell"]),
        **fields,
    )


def _beside(row: CsvRow, labels: Iterable[Detail]) -> Iterator[tuple[str, str]]:
    """What a line repeats of its return or of the head of its key area, by the label's key."""
    for label in labels:
        day, words = read_date(row[label.key]) if label.kind is Kind.DATE else (None, row[label.key])
        if text := day.isoformat() if day else words:
            yield label.key, text


def _level(text: str, framework: Framework) -> LevelValue:
    if text == NOT_APPLICABLE:
        return NOT_APPLICABLE
    # Statistics packages write a column of whole numbers with gaps as 3.0.
    reading = read_level(text.removesuffix(".0"), framework.levels)
    return None if reading.slug else reading.value

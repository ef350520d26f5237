"""Responses read again: from an answers.csv that was written before, or from the returns themselves."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nps_xlsx.files import StrPath, paths_of
from nps_xlsx.framework import load_framework
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, LevelValue, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import CsvFile, CsvRow
from nps_xlsx.rounds.combine import Combined, combine
from nps_xlsx.rounds.intake import read_returns
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS, read_input
from nps_xlsx.workbook.layout import Kind
from nps_xlsx.workbook.values import read_date, read_level

_LOG = logging.getLogger(__name__)
_SHOWN = 5
"""Altered texts that a warning lists; the others are counted."""

_ANSWERS = "answers.csv"
_WANTED = "Give an answers.csv, the folder that it is in, or returns."


_Key = tuple[str, str, str, str]
"""A return in answers.csv: council, round, respondent, file."""


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
    answers: dict[_Key, dict[str, Answer]] = {}
    names: dict[str, str] = {}
    days: dict[_Key, dt.date | None] = {}
    heads: dict[tuple[str, str, str], dict[tuple[str, str], str]] = {}
    altered: list[str] = []
    file = CsvFile(path, ("round", "gss_code", "council", "ref", "current"))
    for row in file.rows:
        if row["ref"] in framework.row_by_code:
            key = (row["gss_code"], row["round"], row["respondent"], row["source_file"])
            given = answers.setdefault(key, {})
            if row["ref"] in given:
                row.fault(f"{row['council']} has another {row['ref']} above.")
            _note_faults(row, framework)
            changed = _altered(row, framework)
            altered += [f"row {row.number}: {column} is {row[column]!r}" for column in changed]
            given[row["ref"]] = _answer(row, changed, framework)
            names[row["gss_code"]] = row["council"]
            days[key] = read_date(row["day"])[0]  # as Excel may have written it
            heads.setdefault(key[:-1], {}).update(_heads(row, framework.area_by_code[row["ref"]].code))
    file.refuse_faults("answers")
    if altered:
        _warn_altered(path, altered)
    if not answers:
        raise ResponsesError(f"{path} holds no answers to this framework. {_WANTED}")
    answers = _joined(answers)
    # Beside its respondents' answers, a council's answers without a respondent are its combined response.
    combined, shared = (("combined", "Yes"),), {(code, round_) for code, round_, who, _ in answers if who}
    return [
        Assessment(
            code,
            names[code],
            round_,
            tuple(given.values()),
            who,
            asked=_asked(given.values(), framework),
            details=combined if not who and (code, round_) in shared else (),
            heads=tuple((*where, text) for where, text in heads[code, round_, who].items()),
            day=days[code, round_, who, file],
        )
        for (code, round_, who, file), given in sorted(answers.items())
    ]


def _joined(answers: Mapping[_Key, dict[str, Answer]]) -> dict[_Key, dict[str, Answer]]:
    """The answers by return: of colleagues' files that count as one, each has rows of its own."""
    joined: dict[_Key, dict[str, Answer]] = {}
    for key, given in answers.items():
        same = (one for one in joined if one[:-1] == key[:-1] and not joined[one].keys() & given.keys())
        joined.setdefault(next(same, key), {}).update(given)
    return joined


def _asked(given: Iterable[Answer], framework: Framework) -> tuple[str, ...]:
    """The rows that were asked, which have a line each, answered or not; empty if all were."""
    refs = tuple(answer.ref for answer in given)
    return () if set(refs) == framework.row_by_code.keys() else refs


def _note_faults(row: CsvRow, framework: Framework) -> None:
    """Note levels that are not levels, since somebody changed the file."""
    for column in ("current", "target"):
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
        **fields,
    )


def _heads(row: CsvRow, area: str) -> Iterator[tuple[tuple[str, str], str]]:
    """What a line repeats of the head of its key area."""
    for head in layout.HEAD:
        day, words = read_date(row[head.key]) if head.kind is Kind.DATE else (None, row[head.key])
        if text := day.isoformat() if day else words:
            yield (area, head.key), text


def _level(text: str, framework: Framework) -> LevelValue:
    if text == NOT_APPLICABLE:
        return NOT_APPLICABLE
    # Statistics packages write a column of whole numbers with gaps as 3.0.
    reading = read_level(text.removesuffix(".0"), framework.levels)
    return None if reading.slug else reading.value

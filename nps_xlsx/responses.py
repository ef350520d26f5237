"""Responses that were read before: from an answers.csv, or once more from the returns themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from nps_xlsx import layout
from nps_xlsx.combine import Combined, combine
from nps_xlsx.councils import Register, read_csv
from nps_xlsx.errors import UserError
from nps_xlsx.intake import read_returns
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework, LevelValue, Status
from nps_xlsx.reports.listings import unguarded

_ANSWERS = "answers.csv"


class ResponsesError(UserError):
    """Paths in which there are no answers to this framework."""


def load_responses(paths: Iterable[Path], framework: Framework, register: Register) -> tuple[Combined, ...]:
    """Read one response for each council and round, in order of the council's name.

    A path is an answers.csv, a folder that ``nps ingest`` wrote one into, or returns (a file, a
    folder, a zip or a mail).

    Raises:
        InputError, RegisterError: a path is not there or cannot be read.
        ResponsesError: no answers are in one.
    """
    found = [one for path in paths for one in _found(path, framework, register)]
    return combine(found, framework)


def _found(path: Path, framework: Framework, register: Register) -> list[Assessment]:
    if (path / _ANSWERS).is_file():
        path = path / _ANSWERS
    if path.suffix.lower() == ".csv":
        return _from_csv(path, framework)
    returns = read_returns([path], framework, register).returns
    found = [r.assessment for r in returns if r.status is Status.ACCEPTED and r.assessment]
    refused = [r.message for r in returns if r.status is Status.REFUSED]
    if not found:
        raise ResponsesError(f"{path} cannot be used: {refused[0] if refused else 'it holds no return.'}")
    return found


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
        raise ResponsesError(f"{path} holds no answers to this framework.")
    # Beside its respondents' answers, a council's answers without a respondent are its combined response.
    combined = (("combined", "Yes"),)
    return [
        Assessment(
            code,
            names[code],
            round_,
            tuple(given),
            who,
            asked=_asked(given, framework),
            details=() if who else combined,
        )
        for (code, round_, who), given in sorted(answers.items())
    ]


def _asked(given: Iterable[Answer], framework: Framework) -> tuple[str, ...]:
    """What was asked has a line, answered or not; nothing is said where that is everything."""
    refs = tuple(answer.ref for answer in given)
    return () if set(refs) == framework.row_by_code.keys() else refs


def _answer(texts: Mapping[str, str]) -> Answer:
    day = layout.iso_date(texts.get("due_date", ""))
    return Answer(
        texts["ref"],
        current=_level(texts["current"]),
        target=_level(texts.get("target", "")),
        current_text=texts.get("current_text", ""),
        target_text=texts.get("target_text", ""),
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

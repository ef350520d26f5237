"""A maturity index that others publish on a key area: its level names, its questions and its note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nps_xlsx.framework import data_folder
from nps_xlsx.model import Framework
from nps_xlsx.toml_folder import FrameworkError, TomlFolder

FILE = "index.toml"

_TEXTS = ("title", "plan", "key_area", "fill_to", "note", "beyond")
_LABELS = ("organisation", "present", "future", "now", "next", "remark")
_QUESTION = ("ref", "letter", "name", "short")
_FILLS = ("overall", "own")


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the index: its behaviour, its letter, its name in the list and in the grid."""

    ref: str
    letter: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class MaturityIndex:
    """An index as published, over the behaviours of one key area."""

    title: str
    plan: str
    key_area: str
    fill_to: str
    """How far its grid is filled: to each question's ``own`` target, or to the ``overall`` one."""
    note: str
    beyond: str
    """What is said of a step beyond a question's own target."""
    labels: Mapping[str, str]
    levels: tuple[str, ...]
    questions: tuple[Question, ...]


def load_index(framework: Framework, folder: Path | None = None) -> MaturityIndex | None:
    """The index that comes with a framework, by default from the folder of its edition.

    ``None`` where the framework has none.

    Raises:
        FrameworkError: the file holds faults; all of them are told at once.
    """
    folder = folder or data_folder() / framework.edition
    if not (folder / FILE).is_file():
        return None
    files = TomlFolder(folder)
    index = _read(files, framework)
    if files.faults:
        raise FrameworkError(folder, files.faults)
    return index


def _read(files: TomlFolder, framework: Framework) -> MaturityIndex:
    data = files.read(FILE)
    files.unknown_keys(FILE, "", data, {*_TEXTS, "labels", "levels", "questions"})
    texts = {name: files.text(FILE, "", data, name) for name in _TEXTS}
    labels = files.table(FILE, "labels", data.get("labels"))
    files.unknown_keys(FILE, "labels", labels, set(_LABELS))
    index = MaturityIndex(
        **texts,
        labels={name: files.text(FILE, "labels", labels, name) for name in _LABELS},
        levels=files.texts(FILE, "levels", data.get("levels")),
        questions=tuple(
            _question(files, f"questions[{place}]", table)
            for place, table in enumerate(files.tables(FILE, "questions", data.get("questions")), start=1)
        ),
    )
    _check(files, index, framework)
    return index


def _question(files: TomlFolder, key: str, table: Mapping[str, Any]) -> Question:
    files.unknown_keys(FILE, key, table, set(_QUESTION))
    return Question(**{name: files.text(FILE, key, table, name) for name in _QUESTION})


def _check(files: TomlFolder, index: MaturityIndex, framework: Framework) -> None:
    """What the file says must fit the framework."""
    if index.fill_to not in _FILLS:
        files.fault(FILE, "fill_to", f"must be one of {', '.join(_FILLS)}")
    if len(index.levels) != len(framework.levels):
        files.fault(FILE, "levels", f"must name {len(framework.levels)} levels, as many as the framework has")
    area = next((area for area in framework.areas if area.code == index.key_area), None)
    if area is None:
        files.fault(FILE, "key_area", f"{index.key_area!r} is no key area of the framework")
    elif [question.ref for question in index.questions] != [row.code for row in area.behaviours]:
        files.fault(FILE, "questions", "must be the behaviours of the key area, in their order")

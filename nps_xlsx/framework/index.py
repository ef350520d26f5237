"""A maturity index that others publish for a key area: its level names, its questions and its note."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nps_xlsx.framework.toml_folder import TomlFolder
from nps_xlsx.model import Framework, MaturityIndex, Question

FILE = "index.toml"

_TEXTS = ("title", "plan", "key_area", "fill_to", "note", "beyond")
_LABELS = ("organisation", "present", "future", "now", "next", "remark")
_QUESTION = ("ref", "letter", "name", "short")
_FILLS = ("overall", "own")


def read_index(files: TomlFolder, framework: Framework) -> MaturityIndex | None:
    """The index in a framework's folder, if there is one; faults are noted in the folder."""
    if not (files.path / FILE).is_file():
        return None
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
            _question(files, f"questions[{number}]", table)
            for number, table in enumerate(files.tables(FILE, "questions", data.get("questions")), start=1)
        ),
    )
    _check(files, index, framework)
    return index


def _question(files: TomlFolder, key: str, table: Mapping[str, Any]) -> Question:
    files.unknown_keys(FILE, key, table, set(_QUESTION))
    return Question(**{name: files.text(FILE, key, table, name) for name in _QUESTION})


def _check(files: TomlFolder, index: MaturityIndex, framework: Framework) -> None:
    """Note where the index does not fit the framework."""
    if index.fill_to not in _FILLS:
        files.fault(FILE, "fill_to", f"must be one of {', '.join(_FILLS)}")
    if len(index.levels) != len(framework.levels):
        files.fault(FILE, "levels", f"must name {len(framework.levels)} levels, as many as the framework has")
    area = next((area for area in framework.areas if area.code == index.key_area), None)
    if area is None:
        files.fault(FILE, "key_area", f"{index.key_area!r} is not a key area of the framework")
    elif [question.ref for question in index.questions] != [row.code for row in area.behaviours]:
        files.fault(FILE, "questions", "must be the behaviours of the key area, in their order")

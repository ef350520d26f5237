"""Reading what the workbook says to the officer, and the actions that it suggests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nps_xlsx.model import Action, Guidance, Level, Passage, Prompt, Steps
from nps_xlsx.toml_folder import TomlFolder

_PROMPT_LIMITS = {"title": 32, "text": 255, "error_title": 32, "error_text": 224}  # Excel's own
_TEXT_LISTS = ("before", "steps", "about")
_KINDS = ("published", "own")
_KINDS_OF_WORKBOOK = {"", "full", "part", "council", "respondent", "prefilled", "review"}


def read_guidance(folder: TomlFolder, file: str) -> Guidance:
    """Read the texts of the first sheet and the prompts; faults are noted in the folder."""
    data = folder.read(file)
    lists = {
        name: tuple(
            _passage(folder, file, name, table) for table in folder.tables(file, name, data.get(name, []))
        )
        for name in _TEXT_LISTS
    }
    key_area = folder.table(file, "key_area", data.get("key_area"))
    return Guidance(
        title=folder.text(file, "", data, "title"),
        subtitle=folder.text(file, "", data, "subtitle"),
        privacy=folder.text(file, "", data, "privacy"),
        **lists,
        words=folder.phrases(file, "words", data.get("words")),
        key_area_headings=folder.phrases(file, "key_area.headings", key_area.get("headings")),
        how=folder.text(file, "key_area", key_area, "how"),
        prompts={
            name: _prompt(folder, file, f"prompts.{name}", table)
            for name, table in folder.table(file, "prompts", data.get("prompts")).items()
        },
    )


def _passage(folder: TomlFolder, file: str, key: str, table: Mapping[str, Any]) -> Passage:
    folder.unknown_keys(file, key, table, {"label", "text", "when"})
    when = folder.text(file, key, table, "when", required=False)
    if when not in _KINDS_OF_WORKBOOK:
        folder.fault(
            file, f"{key}.when", f"must be one of {', '.join(sorted(filter(None, _KINDS_OF_WORKBOOK)))}"
        )
    return Passage(folder.text(file, key, table, "label"), folder.text(file, key, table, "text"), when)


def _prompt(folder: TomlFolder, file: str, key: str, value: object) -> Prompt:
    table = folder.table(file, key, value)
    folder.unknown_keys(file, key, table, set(_PROMPT_LIMITS))
    texts = {name: folder.text(file, key, table, name) for name in table if name in _PROMPT_LIMITS}
    for name, text in texts.items():
        limit = _PROMPT_LIMITS[name]
        if len(text) > limit:
            folder.fault(file, f"{key}.{name}", f"is {len(text)} characters long; Excel takes {limit}")
    return Prompt(**{"title": "", "text": ""} | texts)


def read_actions(
    folder: TomlFolder, file: str, codes: Sequence[str], levels: Sequence[Level]
) -> dict[str, Steps]:
    """Read the suggested actions of each behaviour; faults are noted in the folder."""
    data = folder.read(file)
    if data:
        folder.unknown_keys(file, "", data, set(codes))
    return {code: _steps(folder, file, code, data.get(code), levels) for code in codes if data}


def _steps(folder: TomlFolder, file: str, code: str, value: object, levels: Sequence[Level]) -> Steps:
    table = folder.table(file, code, value)
    names = [level.name.lower() for level in levels[1:]]
    folder.unknown_keys(file, code, table, set(names))
    reached = [_actions(folder, file, f"{code}.{name}", table.get(name)) for name in names if table]
    return ((), *reached)


def _actions(folder: TomlFolder, file: str, key: str, value: object) -> tuple[Action, ...]:
    table: Mapping[str, object] = folder.table(file, key, value)
    folder.unknown_keys(file, key, table, set(_KINDS))
    return tuple(
        Action(text, is_published=kind == "published")
        for kind in _KINDS
        if kind in table
        for text in folder.texts(file, f"{key}.{kind}", table[kind])
    )

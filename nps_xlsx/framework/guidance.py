"""Reading what the workbook says to the officer, and the actions it suggests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from string import Formatter
from typing import Any

from nps_xlsx.framework.toml_folder import TomlFolder
from nps_xlsx.model import Action, Guidance, Level, Passage, Prompt, Steps
from nps_xlsx.workbook import layout

_PROMPT_LIMITS = {"title": 32, "text": 255, "error_title": 32, "error_text": 224}  # Excel's own
_TEXT_LISTS = ("before", "steps", "about")
_HEADINGS = ("description", "what_it_is", "why_it_is_important", "how")
_START_WORDS = ("council", "round", "due", "return_to", "contact", "respondent", "last_round", "privacy")
_WORDS = {
    "due": ("date",),
    "return_to": ("address",),
    "contact": ("contact",),
    "no_contact": (),
    "sender": ("contact",),
    "no_sender": (),
    "from_last_round": ("round",),
}
"""The phrases that stand within other texts, and what each has filled in."""
_WITH_RULES = {detail.key for detail in layout.DETAILS if detail.kind is not layout.Kind.TEXT}
_PROMPTS = {column.key for column in layout.INPUTS} | {one.key for one in layout.HEAD} | _WITH_RULES
"""The cells with a rule, or with words beside them; the other details may have words too."""
_ALL_PROMPTS = _PROMPTS | {detail.key for detail in layout.DETAILS if not detail.prefilled}
_KEYS = {"title", "subtitle", "privacy", *_TEXT_LISTS, "words", "key_area", "prompts", "former"}
_KINDS = ("published", "own")
_KINDS_OF_WORKBOOK = {"", "full", "part", "council", "respondent", "prefilled", "review"} | {
    "protected",
    "unprotected",
}


def read_guidance(folder: TomlFolder, file: str) -> Guidance:
    """Read the texts of the first sheet and the prompts; faults are noted in the folder."""
    data = folder.read(file) if file else {}
    if not data:
        return Guidance("", "", "", (), (), (), {}, {}, "", {})
    folder.unknown_keys(file, "", data, _KEYS)
    lists = {
        name: tuple(
            _passage(folder, file, f"{name}[{number}]", table)
            for number, table in enumerate(folder.tables(file, name, data.get(name, [])), start=1)
        )
        for name in _TEXT_LISTS
    }
    key_area = folder.table(file, "key_area", data.get("key_area"))
    folder.unknown_keys(file, "key_area", key_area, {"how", "headings"})
    return Guidance(
        title=folder.text(file, "", data, "title"),
        subtitle=_filled(folder, file, "subtitle", folder.text(file, "", data, "subtitle"), _START_WORDS),
        privacy=_filled(folder, file, "privacy", folder.text(file, "", data, "privacy"), ("sender",)),
        **lists,
        words=_phrases(folder, file, data.get("words")),
        key_area_headings=_headings(folder, file, key_area.get("headings")),
        how=folder.text(file, "key_area", key_area, "how"),
        prompts=_prompts(folder, file, data.get("prompts")),
        former=_former(folder, file, data.get("former", {})),
    )


def _former(folder: TomlFolder, file: str, value: object) -> tuple[str, ...]:
    """What earlier workbooks said, with the same words filled in."""
    table = folder.table(file, "former", value)
    folder.unknown_keys(file, "former", table, {"texts"})
    texts = folder.texts(file, "former.texts", table.get("texts", []))
    return tuple(_filled(folder, file, "former.texts", text, _START_WORDS) for text in texts)


def _headings(folder: TomlFolder, file: str, value: object) -> dict[str, str]:
    table, key = folder.table(file, "key_area.headings", value), "key_area.headings"
    folder.unknown_keys(file, key, table, set(_HEADINGS))
    return {name: folder.text(file, key, table, name) for name in _HEADINGS}


def _phrases(folder: TomlFolder, file: str, value: object) -> dict[str, str]:
    """The phrases that stand within other texts; one may begin with a space, to follow on."""
    table = folder.phrases(file, "words", value)
    folder.unknown_keys(file, "words", table, set(_WORDS))
    for name, fields in _WORDS.items():
        if name not in table:
            folder.fault(file, f"words.{name}", "is missing")
        _filled(folder, file, f"words.{name}", table.get(name, ""), fields)
    mark = table.get("from_last_round", "-")
    if not mark.partition("{")[0].strip():
        what = "must begin with words, by which a text that was only carried over is recognised"
        folder.fault(file, "words.from_last_round", what)
    return {name: table.get(name, "") for name in _WORDS}


def _filled(folder: TomlFolder, file: str, key: str, text: str, fields: Collection[str]) -> str:
    """A text in which only these words in curly brackets are filled in."""
    try:
        placeholders = [part[1:] for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        folder.fault(file, key, f"has an unmatched curly bracket ({error}); write {{{{ for a single one")
        return text
    for name, form, conversion in placeholders:
        if name not in fields or form or conversion:
            shown = (
                "{" + f"{name}{'!' if conversion else ''}{conversion or ''}{':' if form else ''}{form}" + "}"
            )
            allowed = ", ".join(f"{{{field}}}" for field in fields) or "nothing"
            folder.fault(file, key, f"has {shown}, where {allowed} can be filled in")
    return text


def _prompts(folder: TomlFolder, file: str, value: object) -> dict[str, Prompt]:
    tables = folder.table(file, "prompts", value)
    folder.unknown_keys(file, "prompts", tables, _ALL_PROMPTS)
    for name in sorted(_PROMPTS - set(tables)):
        folder.fault(file, f"prompts.{name}", "is missing")
    return {name: _prompt(folder, file, f"prompts.{name}", table) for name, table in tables.items()}


def _passage(folder: TomlFolder, file: str, key: str, table: Mapping[str, Any]) -> Passage:
    folder.unknown_keys(file, key, table, {"label", "text", "when"})
    when = folder.text(file, key, table, "when", required=False)
    if when not in _KINDS_OF_WORKBOOK:
        folder.fault(
            file, f"{key}.when", f"must be one of {', '.join(sorted(filter(None, _KINDS_OF_WORKBOOK)))}"
        )
    text = folder.text(file, key, table, "text")
    return Passage(
        folder.text(file, key, table, "label"),
        _filled(folder, file, f"{key}.text", text, _START_WORDS),
        when,
    )


def _prompt(folder: TomlFolder, file: str, key: str, value: object) -> Prompt:
    table = folder.table(file, key, value)
    folder.unknown_keys(file, key, table, set(_PROMPT_LIMITS))
    texts = {name: folder.text(file, key, table, name) for name in table if name in _PROMPT_LIMITS}
    for name, text in texts.items():
        limit = _PROMPT_LIMITS[name]
        if len(text) > limit:
            folder.fault(file, f"{key}.{name}", f"is {len(text)} characters long; Excel takes {limit}")
    return Prompt(**{"title": "", "text": ""} | texts)


def read_actions(folder: TomlFolder, file: str, levels: Sequence[Level]) -> dict[str, Steps]:
    """Read the actions of each step, by code of behaviour; faults are noted in the folder."""
    return {code: _steps(folder, file, code, table, levels) for code, table in folder.read(file).items()}


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

"""Reading a framework from its folder of TOML, and telling all of its faults at once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nps_xlsx.errors import UserError
from nps_xlsx.model import Behaviour, Framework, Guidance, KeyArea, Level, Prompt, Theme

DEFAULT_EDITION = "nps-2018"
PRINCIPLE_NAME = "High level principle"
"""What the LGA's tables call the ladder of the key area itself."""

_FRAMEWORK_KEYS = {
    "edition",
    "title",
    "short_title",
    "publisher",
    "published",
    "copyright",
    "themes",
    "enablers",
    "levels",
}
_AREA_TEXTS = ("code", "name", "sheet", "description")
_HELP_TEXTS = ("what_it_is", "why_it_is_important")
_AREA_KEYS = {*_AREA_TEXTS, *_HELP_TEXTS, "footnote", "principle", "behaviours"}
_BEHAVIOUR_TEXTS = ("code", "name", "short_name", "summary")
_BEHAVIOUR_KEYS = {*_BEHAVIOUR_TEXTS, "value_code", "descriptors"}
_PROMPT_LIMITS = {"title": 32, "text": 255, "error_title": 32, "error_text": 224}  # Excel's own
_SHEET_NAME_LIMIT = 31  # Excel's own: a longer sheet name makes a file that it repairs


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a framework: the file, the key in it, and what is the matter."""

    file: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.what}" if self.key else f"{self.file}: {self.what}"


class FrameworkError(UserError):
    """A framework that cannot be used; ``faults`` holds everything that is wrong with it."""

    def __init__(self, folder: Path, faults: Sequence[Fault]) -> None:
        self.folder = folder
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{count} in the framework {folder}:", *map(str, self.faults)]))


def data_folder() -> Path:
    """Where ``framework_data`` is: inside the installed package, or beside it in a checkout.

    Raises:
        FrameworkError: it is in neither place.
    """
    package = Path(__file__).parent
    for folder in (package / "framework_data", package.parent / "framework_data"):
        if folder.is_dir():
            return folder
    raise FrameworkError(
        package / "framework_data",
        [Fault("framework_data", "", "the folder is missing; install nps-xlsx again")],
    )


def load_framework(folder: Path | None = None) -> Framework:
    """Read a framework from its folder, by default the 2018 edition that comes with the program.

    Raises:
        FrameworkError: the folder is missing or holds faults; all of them are told at once.
    """
    folder = folder or data_folder() / DEFAULT_EDITION
    if not folder.is_dir():
        raise FrameworkError(folder, [Fault(folder.name, "", "there is no such folder")])
    reader = _Reader(folder)
    framework = reader.framework()
    if reader.faults:
        raise FrameworkError(folder, reader.faults)
    return framework


@dataclass(slots=True)
class _Reader:
    """Reads the files of one framework and collects the faults on the way."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    levels: tuple[Level, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    """The file that each area and row stands in, by code."""
    unread: bool = False
    """Whether a file could not be read at all, so that a running number must break."""

    def framework(self) -> Framework:
        file = "framework.toml"
        data = self._toml(file)
        self._unknown_keys(file, "", data, _FRAMEWORK_KEYS)
        self.levels = self._levels(file, data)
        themes = tuple(self._theme(name) for name in self._file_names(file, data))
        enablers_file = data.get("enablers")
        framework = Framework(
            **{
                key: self._text(file, "", data, key)
                for key in ("edition", "title", "short_title", "publisher", "published", "copyright")
            },
            levels=self.levels,
            themes=themes,
            enablers=self._enablers(enablers_file) if isinstance(enablers_file, str) else None,
            guidance=self._guidance("guidance.toml"),
        )
        self._whole(framework)
        return framework

    # --- Files and tables

    def _fault(self, file: str, key: str, what: str) -> None:
        self.faults.append(Fault(file, key, what))

    def _toml(self, file: str) -> Mapping[str, Any]:
        try:
            return tomllib.loads((self.folder / file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._fault(file, "", "the file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self._fault(file, "", f"not readable as TOML: {error}")
        self.unread = True
        return {}

    def _tables(self, file: str, key: str, value: object) -> Sequence[Mapping[str, Any]]:
        if isinstance(value, list) and all(isinstance(table, dict) for table in value):
            return value
        self._fault(file, key, "must be a list of tables")
        return ()

    def _table(self, file: str, key: str, value: object) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._fault(file, key, "is missing" if value is None else "must be a table")
        return {}

    def _file_names(self, file: str, data: Mapping[str, Any]) -> Iterable[str]:
        names = data.get("themes")
        if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
            return names
        self._fault(file, "themes", "must list the file of each theme")
        return ()

    def _levels(self, file: str, data: Mapping[str, Any]) -> tuple[Level, ...]:
        levels = []
        for place, table in enumerate(self._tables(file, "levels", data.get("levels", [])), start=1):
            key = f"levels[{place}]"
            self._unknown_keys(file, key, table, {"number", "name"})
            if table.get("number") != place:
                self._fault(file, f"{key}.number", f"must be {place}: levels count from 1, lowest first")
            levels.append(Level(place, self._text(file, key, table, "name")))
        if len(levels) < 2:
            self._fault(file, "levels", "must hold at least two levels")
        self._doubled("name", "level", [level.name for level in levels], file)
        return tuple(levels)

    def _theme(self, file: str) -> Theme:
        data = self._toml(file)
        self._unknown_keys(file, "", data, {"name", "key_areas"})
        name = self._text(file, "", data, "name") if data else ""
        return Theme(name, self._areas(file, data, with_principle=True))

    def _enablers(self, file: str) -> KeyArea | None:
        data = self._toml(file)
        self._unknown_keys(file, "", data, {"key_areas"})
        areas = self._areas(file, data, with_principle=False)
        if data and len(areas) != 1:
            self._fault(file, "key_areas", f"must hold one area, the enablers, not {len(areas)}")
        return areas[0] if areas else None

    def _areas(self, file: str, data: Mapping[str, Any], *, with_principle: bool) -> tuple[KeyArea, ...]:
        tables = self._tables(file, "key_areas", data.get("key_areas", []))
        if data and not tables:
            self._fault(file, "key_areas", "the file holds no key area")
        return tuple(self._area(file, table, with_principle=with_principle) for table in tables)

    def _area(self, file: str, table: Mapping[str, Any], *, with_principle: bool) -> KeyArea:
        key = str(table.get("code", "key_areas"))
        self.files[key] = file
        self._unknown_keys(file, key, table, _AREA_KEYS)
        texts = {name: self._text(file, key, table, name) for name in _AREA_TEXTS}
        helps = {
            name: self._text(file, key, table, name, required=with_principle or name in table)
            for name in _HELP_TEXTS
        }
        principle = None
        if with_principle or "principle" in table:
            code = f"{key}0"
            descriptors = self._descriptors(file, f"{key}.principle", table.get("principle"))
            summary = texts["description"]
            principle = Behaviour(code, PRINCIPLE_NAME, texts["name"], summary, descriptors, None)
        behaviours = tuple(
            self._behaviour(file, key, place, row)
            for place, row in enumerate(
                self._tables(file, f"{key}.behaviours", table.get("behaviours", [])), start=1
            )
        )
        if not behaviours:
            self._fault(file, key, "the area has no behaviour")
        footnote = str(table.get("footnote", ""))
        return KeyArea(**texts, **helps, principle=principle, behaviours=behaviours, footnote=footnote)

    def _behaviour(self, file: str, area: str, place: int, table: Mapping[str, Any]) -> Behaviour:
        expected = f"{area}{place}"
        key = str(table.get("code", expected))
        self.files[key] = file
        self._unknown_keys(file, key, table, _BEHAVIOUR_KEYS)
        if key != expected:
            self._fault(file, f"{key}.code", f"must be {expected}: codes run on within their area")
        value_code = table.get("value_code")
        if not isinstance(value_code, int) or isinstance(value_code, bool):
            self._fault(file, f"{key}.value_code", "must be a whole number")
            value_code = 0
        texts = {name: self._text(file, key, table, name) for name in _BEHAVIOUR_TEXTS}
        descriptors = self._descriptors(file, f"{key}.descriptors", table.get("descriptors"))
        return Behaviour(**texts, descriptors=descriptors, value_code=value_code)

    def _descriptors(self, file: str, key: str, value: object) -> tuple[str, ...]:
        table = self._table(file, key, value)
        names = [level.name.lower() for level in self.levels]
        if not table:
            return ("",) * len(names)
        self._unknown_keys(file, key, table, set(names))
        return tuple(self._text(file, key, table, name) for name in names)

    # --- What the workbook says

    def _guidance(self, file: str) -> Guidance:
        data = self._toml(file)
        texts = {
            name: tuple(
                (self._text(file, name, table, "label"), self._text(file, name, table, "text"))
                for table in self._tables(file, name, data.get(name, []))
            )
            for name in ("before", "steps", "about")
        }
        words = self._words(file, "words", data.get("words"))
        key_area = self._table(file, "key_area", data.get("key_area"))
        return Guidance(
            title=self._text(file, "", data, "title"),
            subtitle=self._text(file, "", data, "subtitle"),
            **texts,
            words=words,
            key_area_headings=self._words(file, "key_area.headings", key_area.get("headings")),
            how=self._text(file, "key_area", key_area, "how"),
            prompts={
                name: self._prompt(file, f"prompts.{name}", table)
                for name, table in self._table(file, "prompts", data.get("prompts")).items()
            },
        )

    def _words(self, file: str, key: str, value: object) -> dict[str, str]:
        table = self._table(file, key, value)
        return {name: self._phrase(file, f"{key}.{name}", text) for name, text in table.items()}

    def _phrase(self, file: str, key: str, value: object) -> str:
        if isinstance(value, str):  # a phrase may begin with a space: it continues a sentence
            return value
        self._fault(file, key, "must be a text")
        return ""

    def _prompt(self, file: str, key: str, value: object) -> Prompt:
        table = self._table(file, key, value)
        self._unknown_keys(file, key, table, set(_PROMPT_LIMITS))
        texts = {name: self._text(file, key, table, name) for name in table if name in _PROMPT_LIMITS}
        for name, text in texts.items():
            limit = _PROMPT_LIMITS[name]
            if len(text) > limit:
                self._fault(file, f"{key}.{name}", f"is {len(text)} characters long; Excel takes {limit}")
        return Prompt(**{"title": "", "text": ""} | texts)

    # --- Single values

    def _text(
        self, file: str, key: str, table: Mapping[str, Any], name: str, *, required: bool = True
    ) -> str:
        value = table.get(name)
        full_key = f"{key}.{name}" if key else name
        if value is None:
            if required:
                self._fault(file, full_key, "is missing")
            return ""
        if not isinstance(value, str) or not value.strip():
            self._fault(file, full_key, "must be a text and not empty")
            return ""
        if value != value.strip():
            self._fault(file, full_key, "begins or ends with a space or line break")
        return value

    def _unknown_keys(self, file: str, key: str, table: Mapping[str, Any], known: set[str]) -> None:
        for name in sorted(set(table) - known):
            self._fault(file, f"{key}.{name}" if key else name, "is not a key that the framework has")

    # --- Across files

    def _doubled(self, key: str, what: str, values: Iterable[str], file: str = "framework.toml") -> None:
        for value, count in Counter(values).items():
            if count > 1:
                where = self.files.get(value, file)
                self._fault(where, f"{value}.{key}", f"the {what} {value!r} stands {count} times")

    def _whole(self, framework: Framework) -> None:
        """What can only be seen when every file has been read."""
        areas = framework.areas
        self._doubled("code", "area code", [area.code for area in areas])
        self._doubled("sheet", "sheet name", [area.sheet for area in areas])
        self._doubled("code", "code", [row.code for row in framework.rows])
        for area in areas:
            if len(area.sheet) > _SHEET_NAME_LIMIT or set(area.sheet) & set("[]:*?/\\'"):
                file = self.files[area.code]
                self._fault(file, f"{area.code}.sheet", f"{area.sheet!r} cannot be the name of a sheet")
        if not self.unread:
            self._value_codes(framework)

    def _value_codes(self, framework: Framework) -> None:
        for expected, behaviour in enumerate(framework.behaviours, start=1):
            found = behaviour.value_code
            if found != expected:
                key = f"{behaviour.code}.value_code"
                self._fault(self.files[behaviour.code], key, f"is {found}, where {expected} comes next")

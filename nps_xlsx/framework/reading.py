"""Reading a framework from its folder of TOML, reporting all its faults at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nps_xlsx.files import StrPath
from nps_xlsx.framework.guidance import read_actions, read_guidance
from nps_xlsx.framework.index import read_index
from nps_xlsx.framework.limits import check_areas, check_levels
from nps_xlsx.framework.toml_folder import Fault, FrameworkError, TomlFolder
from nps_xlsx.model import Behaviour, Framework, KeyArea, Level, Steps, Theme
from nps_xlsx.workbook import wording
from nps_xlsx.workbook.stamp import is_edition_name

DEFAULT_EDITION = "nps-2018"
PRINCIPLE = "The key area as a whole"
"""The name of a key area's own ladder, if the framework has none for it."""

_FRAMEWORK_TEXTS = ("edition", "title", "short_title", "copyright")
_OPTIONAL_TEXTS = ("publisher", "published", "subject", "targets")
_FRAMEWORK_FILES = ("themes", "areas", "enablers", "guidance", "actions")
_FRAMEWORK_KEYS = {
    *_FRAMEWORK_TEXTS,
    *_OPTIONAL_TEXTS,
    *_FRAMEWORK_FILES,
    "principle",
    "good",
    "levels",
    "superseded",
}
_AREA_TEXTS = ("code", "name", "sheet")
_HELP_TEXTS = ("description", "what_it_is", "why_it_is_important")
_AREA_KEYS = {*_AREA_TEXTS, *_HELP_TEXTS, "footnote", "principle", "behaviours"}
_BEHAVIOUR_TEXTS = ("code", "name", "short_name")
_BEHAVIOUR_KEYS = {*_BEHAVIOUR_TEXTS, "summary", "value_code", "descriptors"}


def data_folder() -> Path:
    """Where ``framework_data`` is: inside the installed package, or beside it in a checkout.

    Raises:
        FrameworkError: it is in neither place.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "framework_data", package.parent / "framework_data"):
        if folder.is_dir():
            return folder
    raise FrameworkError(
        package / "framework_data",
        [Fault("framework_data", "", "the folder is missing; install nps-xlsx again")],
    )


def load_framework(folder: StrPath | None = None) -> Framework:
    """Read a framework from its folder, or by the name of one that comes with the program.

    Raises:
        FrameworkError: the folder is missing or has faults; all of them are reported at once.
    """
    given = Path(folder or DEFAULT_EDITION)
    folder = given if given.is_dir() else data_folder() / given
    if not folder.is_dir():
        raise FrameworkError(given, [Fault(given.name, "", "there is no such folder")])
    if not (folder / "framework.toml").is_file():
        raise FrameworkError(
            folder, [Fault("framework.toml", "", "the file is missing; is this the folder?")]
        )
    files = TomlFolder(folder)
    framework = _Reader(files).framework()
    if files.faults:
        raise FrameworkError(folder, files.faults)
    return framework


@dataclass(slots=True)
class _Reader:
    """Reads the files of one framework, collecting faults on the way."""

    folder: TomlFolder
    levels: tuple[Level, ...] = ()
    principle: str = ""
    """The name of a key area's own ladder."""
    actions: Mapping[str, Steps] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """The file of each area and row, by code."""

    def framework(self) -> Framework:
        file = "framework.toml"
        data = self.folder.read(file)
        self.folder.unknown_keys(file, "", data, _FRAMEWORK_KEYS)
        self.levels = self._levels(file, data)
        self.principle = self.folder.text(file, "", data, "principle", required=False) or PRINCIPLE
        files = self._texts(file, "", data, (), ("areas", "enablers", "actions"))
        if files["actions"]:
            self.actions = read_actions(self.folder, files["actions"], self.levels)
        themes = tuple(self._theme(name) for name in self._file_names(file, data))
        unthemed = self._plain_areas(files["areas"]) if files["areas"] else ()
        texts = self._texts(file, "", data, _FRAMEWORK_TEXTS, _OPTIONAL_TEXTS)
        if texts["edition"] and not is_edition_name(texts["edition"]):
            self.folder.fault(file, "edition", "must be 1 to 60 letters from a to z, digits and hyphens")
        framework = Framework(
            edition=texts["edition"],
            title=texts["title"],
            short_title=texts["short_title"],
            publisher=texts["publisher"],
            published=texts["published"],
            copyright=texts["copyright"],
            subject=texts["subject"],
            levels=self.levels,
            themes=themes,
            unthemed=unthemed,
            enablers=self._enablers(files["enablers"]) if files["enablers"] else None,
            guidance=read_guidance(self.folder, self.folder.text(file, "", data, "guidance")),
            actions=self.actions,
            superseded=self._superseded(file, data),
            good=self._good(file, data),
            targets=texts["targets"],
        )
        self._whole(framework, files["actions"])
        return replace(framework, index=read_index(self.folder, framework))

    def _superseded(self, file: str, data: Mapping[str, Any]) -> tuple[str, ...]:
        texts = data.get("superseded", [])
        if isinstance(texts, list) and all(isinstance(text, str) for text in texts):
            return tuple(texts)
        self.folder.fault(file, "superseded", "must list the former texts")
        return ()

    def _good(self, file: str, data: Mapping[str, Any]) -> int | None:
        number = data.get("good")
        if number is None or (number in range(1, len(self.levels) + 1) and not isinstance(number, bool)):
            return number
        self.folder.fault(file, "good", "must be the number of a level")
        return None

    # --- Files and tables

    def _texts(
        self, file: str, key: str, table: Mapping[str, Any], needed: Sequence[str], others: Sequence[str]
    ) -> dict[str, str]:
        return {
            name: self.folder.text(file, key, table, name, required=name in needed)
            for name in (*needed, *others)
        }

    def _file_names(self, file: str, data: Mapping[str, Any]) -> Iterable[str]:
        names = data.get("themes", [])
        is_list = isinstance(names, list) and all(isinstance(name, str) for name in names)
        if is_list and (names or "areas" in data):
            return tuple(names)
        self.folder.fault(file, "themes", "must list the file of each theme")
        return ()

    def _levels(self, file: str, data: Mapping[str, Any]) -> tuple[Level, ...]:
        levels = []
        for number, table in enumerate(self.folder.tables(file, "levels", data.get("levels", [])), start=1):
            key = f"levels[{number}]"
            self.folder.unknown_keys(file, key, table, {"number", "name"})
            if table.get("number") != number:
                what = f"must be {number}: levels count from 1, lowest first"
                self.folder.fault(file, f"{key}.number", what)
            levels.append(Level(number, self.folder.text(file, key, table, "name")))
        check_levels(self.folder, file, levels)
        return tuple(levels)

    def _theme(self, file: str) -> Theme:
        data = self.folder.read(file)
        self.folder.unknown_keys(file, "", data, {"name", "key_areas"})
        name = self.folder.text(file, "", data, "name") if data else ""
        return Theme(name, self._areas(file, data))

    def _plain_areas(self, file: str) -> tuple[KeyArea, ...]:
        """The key areas of a file that holds nothing else."""
        data = self.folder.read(file)
        self.folder.unknown_keys(file, "", data, {"key_areas"})
        return self._areas(file, data)

    def _enablers(self, file: str) -> KeyArea | None:
        areas = self._plain_areas(file)
        if len(areas) > 1:
            self.folder.fault(file, "key_areas", f"must hold one area, the enablers, not {len(areas)}")
        return areas[0] if areas else None

    def _areas(self, file: str, data: Mapping[str, Any]) -> tuple[KeyArea, ...]:
        tables = self.folder.tables(file, "key_areas", data.get("key_areas", []))
        if data and not tables:
            self.folder.fault(file, "key_areas", "the file has no key area")
        return tuple(self._area(file, table) for table in tables)

    def _area(self, file: str, table: Mapping[str, Any]) -> KeyArea:
        key = str(table.get("code", "key_areas"))
        self.files[key] = file
        self.folder.unknown_keys(file, key, table, _AREA_KEYS)
        texts = self._texts(file, key, table, _AREA_TEXTS, _HELP_TEXTS)
        principle = None
        if "principle" in table:
            code = f"{key}0"
            descriptors = self._descriptors(file, f"{key}.principle", table.get("principle"))
            name, summary = texts["name"], texts["description"]
            principle = Behaviour(code, self.principle, name, summary, descriptors, None)
        behaviours = tuple(
            self._behaviour(file, key, number, row)
            for number, row in enumerate(
                self.folder.tables(file, f"{key}.behaviours", table.get("behaviours", [])), start=1
            )
        )
        if not behaviours:
            self.folder.fault(file, key, "the area has no behaviour")
        footnote = str(table.get("footnote", ""))
        return KeyArea(**texts, principle=principle, behaviours=behaviours, footnote=footnote)

    def _behaviour(self, file: str, area: str, number: int, table: Mapping[str, Any]) -> Behaviour:
        expected = f"{area}{number}"
        key = str(table.get("code", expected))
        self.files[key] = file
        self.folder.unknown_keys(file, key, table, _BEHAVIOUR_KEYS)
        if key != expected:
            self.folder.fault(file, f"{key}.code", f"must be {expected}: codes count up within their area")
        value_code = table.get("value_code")
        if not isinstance(value_code, int) or isinstance(value_code, bool):
            self.folder.fault(file, f"{key}.value_code", "must be a whole number")
            value_code = 0
        texts = self._texts(file, key, table, _BEHAVIOUR_TEXTS, ("summary",))
        has_descriptors = "descriptors" in table
        if has_descriptors:
            descriptors = self._descriptors(file, f"{key}.descriptors", table["descriptors"])
        else:
            descriptors = self._steps(file, key)
        return Behaviour(
            **texts, descriptors=descriptors, value_code=value_code, has_descriptors=has_descriptors
        )

    def _steps(self, file: str, code: str) -> tuple[str, ...]:
        """What it takes to reach each level, where the source does not describe the levels themselves."""
        steps = self.actions.get(code, ())
        if not any(steps) and not self.folder.has_unread:
            self.folder.fault(file, f"{code}.descriptors", "is missing, and no actions stand in its place")
        lowest = [wording.below(level.name) for level in self.levels[1:2]]
        pairs = zip(self.levels[1:], steps[1:], strict=False)
        return (*lowest, *(wording.to_reach(level.name, [one.text for one in step]) for level, step in pairs))

    def _descriptors(self, file: str, key: str, value: object) -> tuple[str, ...]:
        table = self.folder.table(file, key, value)
        names = [level.name.lower() for level in self.levels]
        if not table:
            return ("",) * len(names)
        self.folder.unknown_keys(file, key, table, set(names))
        return tuple(self.folder.text(file, key, table, name) for name in names)

    # --- Across files

    def _whole(self, framework: Framework, actions: str) -> None:
        """Note the faults that show only when every file has been read."""
        areas = framework.areas
        self.folder.doubled("code", "area code", [area.code for area in areas], self.files)
        self.folder.doubled("sheet", "sheet name", [area.sheet for area in areas], self.files)
        enablers = [] if framework.enablers is None else [framework.enablers.name]
        themes = [theme.name for theme in framework.themes]
        self.folder.doubled("name", "name of a theme", [*themes, *enablers], {})
        self.folder.doubled("code", "code", [row.code for row in framework.rows], self.files)
        check_areas(self.folder, areas, self.files)
        if not self.folder.has_unread:
            self._value_codes(framework)
            codes = [behaviour.code for behaviour in framework.behaviours]
            self.folder.unknown_keys(actions, "", self.actions, set(codes))
            for code in codes if actions else ():
                if code not in self.actions:
                    self.folder.fault(actions, code, "is missing")

    def _value_codes(self, framework: Framework) -> None:
        """Note where the codes stop following one another: what comes after it follows from that."""
        for expected, behaviour in enumerate(framework.behaviours, start=1):
            if behaviour.value_code != expected:
                file, key = self.files.get(behaviour.code, "framework.toml"), f"{behaviour.code}.value_code"
                words = f"is {behaviour.value_code}, where {expected} comes next: they are consecutive"
                self.folder.fault(file, key, f"{words}, in the order of the files")
                return

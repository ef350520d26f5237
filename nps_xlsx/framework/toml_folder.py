"""Reading a folder of TOML files, collecting every fault, not only the first."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nps_xlsx.model.errors import UserError


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a framework: its file, its key, and what is wrong."""

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


@dataclass(slots=True)
class TomlFolder:
    """The files of a folder, and the faults found in them so far.

    Every method returns a usable value whatever it meets, and notes what was wrong.
    """

    path: Path
    faults: list[Fault] = field(default_factory=list)
    has_unread: bool = False
    """Whether a file could not be read at all, so that checks across files would only report consequences."""

    def fault(self, file: str, key: str, what: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(file, key, what))

    def read(self, file: str) -> Mapping[str, Any]:
        """A file's contents; empty if it cannot be read."""
        try:
            return tomllib.loads((self.path / file).read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.fault(file, "", "the file is missing")
        except OSError as error:
            self.fault(file, "", f"cannot be opened: {error.strerror}")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.fault(file, "", f"not readable as TOML: {error}")
        self.has_unread = True
        return {}

    def tables(self, file: str, key: str, value: object) -> Sequence[Mapping[str, Any]]:
        """A value that should be a list of tables."""
        if isinstance(value, list) and all(isinstance(table, dict) for table in value):
            return value
        self.fault(file, key, "must be a list of tables")
        return ()

    def table(self, file: str, key: str, value: object) -> Mapping[str, Any]:
        """A value that should be a table."""
        if isinstance(value, dict):
            return value
        self.fault(file, key, "is missing" if value is None else "must be a table")
        return {}

    def text(self, file: str, key: str, table: Mapping[str, Any], name: str, *, required: bool = True) -> str:
        """A value of a table that should be a text, not empty, without spaces around it."""
        value = table.get(name)
        full_key = f"{key}.{name}" if key else name
        if value is None:
            if required:
                self.fault(file, full_key, "is missing")
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(file, full_key, "must be a text and not empty")
            return ""
        if value != value.strip():
            self.fault(file, full_key, "begins or ends with a space or line break")
        return value

    def texts(self, file: str, key: str, value: object) -> tuple[str, ...]:
        """A value that should be a list of texts, each one not empty."""
        if isinstance(value, list) and all(isinstance(text, str) and text.strip() for text in value):
            return tuple(value)
        self.fault(file, key, "must be a list of texts, none of them empty")
        return ()

    def phrases(self, file: str, key: str, value: object) -> dict[str, str]:
        """A table of texts that may begin with a space, since they continue a sentence."""
        table = self.table(file, key, value)
        for name, text in table.items():
            if not isinstance(text, str):
                self.fault(file, f"{key}.{name}", "must be a text")
        return {name: text for name, text in table.items() if isinstance(text, str)}

    def unknown_keys(self, file: str, key: str, table: Mapping[str, Any], known: set[str]) -> None:
        """Note every key of a table that is not among the known ones."""
        for name in sorted(set(table) - known):
            self.fault(file, f"{key}.{name}" if key else name, "is not a key of a framework")

    def doubled(self, key: str, what: str, values: Iterable[str], files: Mapping[str, str]) -> None:
        """Note every value that occurs more than once, with the file where it occurs last."""
        for value, count in Counter(values).items():
            if count > 1:
                file = files.get(value, "framework.toml")
                self.fault(file, f"{value}.{key}", f"the {what} {value!r} occurs {count} times")

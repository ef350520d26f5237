"""Names of what lies in a container: labels to read, never a place where anything is written."""

from __future__ import annotations

import re
import unicodedata

NAMELESS, TOO_DEEP = "attachment", "it lies too many mails and zips deep"

LENGTH_LIMIT = 150
"""Characters of one name: what Windows lets a path have, less room for folders."""

# Each pattern of this module is one class of characters, or an ending of at most eight that is looked for
# from the back of a name: linear.
_SEPARATORS = re.compile(r"[/\\]+")
_DRIVE = re.compile(r"[A-Za-z]:")
# Controls, invisible marks (one of them turns "xslx.exe" round), halves of characters, line breaks.
_UNWANTED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_PATH_PARTS = 6


def printable(text: str) -> str:
    """The text in composed characters, each of which can be shown and written to a file."""
    spaced = re.sub(r"[\t\r\n]+", " ", text)
    wanted = "".join(char for char in spaced if unicodedata.category(char) not in _UNWANTED)
    return unicodedata.normalize("NFC", wanted)


def clean_name(raw: str) -> str:
    """One name without separators; empty where nothing of it is left."""
    name = _SEPARATORS.sub("_", printable(raw)).strip()
    return "" if not name.strip("._ ") else _shortened(name)


def clean_path(raw: str) -> str:
    """A path that stays below where it starts: no drive, no root, no step upwards."""
    parts = [printable(part).strip() for part in _SEPARATORS.split(raw)]
    kept = [_shortened(part) for part in parts if part.strip(". ") and not _DRIVE.fullmatch(part)]
    return "/".join(kept[-_PATH_PARTS:])


def _shortened(name: str) -> str:
    stem, suffix = split_suffix(name)
    return name if len(name) <= LENGTH_LIMIT else stem[: LENGTH_LIMIT - 1 - len(suffix)] + "…" + suffix


def split_suffix(name: str) -> tuple[str, str]:
    """A name in two: what stands before its ending, and the ending with its dot, if it has one."""
    match = re.fullmatch(r"(.+)(\.[A-Za-z][A-Za-z0-9]{0,7})", name, re.DOTALL)
    return (match[1], match[2]) if match else (name, "")


class Labels:
    """The labels given within one container, or one batch, none of them twice."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._counts: dict[str, int] = {}

    def give(self, wanted: str, otherwise: str = "") -> str:
        """The label wanted, or ``otherwise`` where it is taken, or that with a number where it is too."""
        label = wanted = otherwise if otherwise and wanted in self._given else wanted
        stem, suffix = split_suffix(wanted)
        while label in self._given:
            self._counts[wanted] = self._counts.get(wanted, 1) + 1
            label = f"{stem} ({self._counts[wanted]}){suffix}"
        self._given.add(label)
        return label

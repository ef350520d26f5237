"""Make the files in ``tests/saved`` again: ``python -m tests.makers.make [start of a name ...]``.

What is done to each stands in ``recipes.toml``; what must be installed, in the README.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from samples.make_returns import find_libreoffice
from tests.makers import known, with_openpyxl
from tests.makers.by_hand import BY_HAND

MAKERS = Path(__file__).parent
SAVED = MAKERS.parent / "saved"
STARTS = MAKERS / "template-1"
"""The workbooks that recipes start from, as they were built until template 2."""
LIVE_SHEETS = ("Summary", "Action plan", "Check before sending", "Lists")
"""Their sheets of formulas."""
NODE = Path(os.environ.get("NPS_NODE_ENGINES", "."))
"""The folder that has exceljs, xlsx and xlsx-populate in its ``node_modules``."""
EXCELIZE_PYTHON = os.environ.get("NPS_EXCELIZE_PYTHON", "python3")
POI = "/usr/share/java/poi.jar:/usr/share/java/commons-collections4.jar"
FILTERS = {
    ".csv": "Text - txt - csv (StarCalc)",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
    ".xls": "MS Excel 97",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xlsx": "Calc MS Excel 2007 XML",
}
"""What LibreOffice calls the formats."""
PASSWORD = "a password"  # noqa: S105 - the files hold nothing to hide

Edit = Sequence[Any]
"""The name of an edit, and its arguments."""


@dataclass(frozen=True)
class Recipe:
    """How one file is made: an engine opens a workbook, edits it and saves it."""

    file: str
    engine: str
    start: str = "short"
    edits: Sequence[Edit] = ()
    saved_as: str = ""
    locked: bool = False
    then: Sequence[str] = field(default_factory=tuple)

    @property
    def target(self) -> Path:
        """Where the file is kept."""
        return SAVED / self.file

    @property
    def codes(self) -> tuple[str, ...]:
        """The key areas that it asks for; none for all of them."""
        return () if self.start.startswith("full") else known.SHORT

    @property
    def is_bare(self) -> bool:
        """Whether it has none of the sheets of formulas, to be smaller."""
        return "-bare" in self.target.stem

    @property
    def format(self) -> str:
        """What it is, as its name should end."""
        return self.saved_as or self.target.suffix


def recipes() -> list[Recipe]:
    """Every recipe, in the order of the file."""
    said = tomllib.loads((MAKERS / "recipes.toml").read_text(encoding="utf-8"))
    return [Recipe(file, **words) for file, words in said.items()]


def prepared(recipe: Recipe, *, bare: bool = True) -> Recipe:
    """The recipe with its paths, and the known answers, put in where they are named.

    Without ``bare`` the sheets of formulas stay, whatever the file is called.
    """
    edits: list[Edit] = []
    if recipe.is_bare and bare and "/" not in recipe.start:
        edits += [["delete_sheet", sheet] for sheet in LIVE_SHEETS]
    for edit in recipe.edits:
        if edit == ["fill"]:
            edits += known.typed(_start(recipe.start), recipe.codes)
        else:
            edits.append([_word(word) for word in edit])
    return replace(recipe, start=str(_start(recipe.start)), edits=edits)


def _start(name: str) -> Path:
    return SAVED / name if "/" in name else STARTS / f"{name}.xlsx"


def _word(word: Any) -> Any:
    if word == "LONGEST":
        return known.LONGEST
    return str(STARTS / word.removeprefix("@")) if isinstance(word, str) and word.startswith("@") else word


# --- Engines ----------------------------------------------------------------------


def libreoffice(made: Iterable[Recipe]) -> None:
    """LibreOffice, driven through its own bridge."""
    drive_libreoffice([(recipe, {recipe.target: recipe.format}) for recipe in made])


def drive_libreoffice(made: Iterable[tuple[Recipe, Mapping[Path, str]]]) -> None:
    """Have LibreOffice make each file, and save it under every path in the format given."""
    program, python = find_libreoffice()
    jobs = [
        {
            "source": recipe.start,
            "edits": recipe.edits,
            "saves": [
                [str(path), FILTERS[format_], PASSWORD if recipe.locked else ""]
                for path, format_ in targets.items()
            ],
        }
        for recipe, targets in made
    ]
    _run([python, str(MAKERS / "with_libreoffice.py"), program], json.dumps(jobs))


def _by_json(*command: str, folder: Path = MAKERS) -> Callable[[Iterable[Recipe]], None]:
    def run(made: Iterable[Recipe]) -> None:
        jobs = [
            {
                "source": recipe.start,
                "target": str(recipe.target),
                "edits": recipe.edits,
                "password": PASSWORD if recipe.locked else "",
            }
            for recipe in made
        ]
        _run(command, json.dumps(jobs), folder)

    return run


def _by_lines(*command: str) -> Callable[[Iterable[Recipe]], None]:
    def run(made: Iterable[Recipe]) -> None:
        steps: list[Edit] = []
        for recipe in made:
            steps += [["open", recipe.start], *recipe.edits, ["save", str(recipe.target)]]
        _run(command, "".join("\t".join(_escaped(word) for word in step) + "\n" for step in steps))

    return run


def _escaped(word: object) -> str:
    return str(word).replace("\\", "\\b").replace("\n", "\\n").replace("\t", "\\t")


def gnumeric(made: Iterable[Recipe]) -> None:
    """Gnumeric's converter, which can set cells on the way."""
    for recipe in made:
        cells = [f"--set='{sheet}'!{cell}={value}" for _, sheet, cell, value in recipe.edits]
        _run(["ssconvert", *cells, recipe.start, str(recipe.target)])


def tealeg(made: Iterable[Recipe]) -> None:
    """tealeg/xlsx, which is only asked to open and save."""
    paths = [path for recipe in made for path in (recipe.start, str(recipe.target))]
    variables = {"GOPATH": "/usr/share/gocode", "GO111MODULE": "off"}
    _run(["go", "run", str(MAKERS / "with_tealeg.go"), *paths], variables=variables)


def in_process(made: Iterable[Recipe]) -> None:
    """Open, edit and save by openpyxl, which needs no other program."""
    for recipe in made:
        with_openpyxl.do(Path(recipe.start), recipe.target, recipe.edits)


ENGINES: dict[str, Callable[[Iterable[Recipe]], None]] = {
    "libreoffice": libreoffice,
    "gnumeric": gnumeric,
    "exceljs": _by_json("node", str(MAKERS / "with_exceljs.mjs"), folder=NODE),
    "sheetjs": _by_json("node", str(MAKERS / "with_sheetjs.mjs"), folder=NODE),
    "xlsx-populate": _by_json("node", str(MAKERS / "with_populate.mjs"), folder=NODE),
    "excelize": _by_json(EXCELIZE_PYTHON, str(MAKERS / "with_excelize.py")),
    "openxlsx": _by_lines("Rscript", str(MAKERS / "with_openxlsx.R")),
    "poi": _by_lines("java", "-cp", POI, str(MAKERS / "WithPoi.java")),
    "tealeg": tealeg,
    "openpyxl": in_process,
}


def _run(
    command: Sequence[str], said: str = "", folder: Path = MAKERS, variables: dict[str, str] | None = None
) -> None:
    subprocess.run(
        command, input=said, text=True, check=True, cwd=folder, env={**os.environ, **(variables or {})}
    )


# --- All of it --------------------------------------------------------------------


def make(wanted: Sequence[Recipe]) -> None:
    """Make these files; those of one engine together, and those that start from another file last."""
    for is_later in (False, True):
        for engine in ENGINES:
            made = [one for one in wanted if one.engine == engine and ("/" in one.start) is is_later]
            for recipe in made:
                recipe.target.parent.mkdir(parents=True, exist_ok=True)
            if made:
                ENGINES[engine]([prepared(recipe) for recipe in made])
    for recipe in wanted:
        for name in recipe.then:
            BY_HAND[name](recipe.target)


if __name__ == "__main__":
    names = tuple(sys.argv[1:]) or ("",)
    make([recipe for recipe in recipes() if recipe.file.startswith(names)])

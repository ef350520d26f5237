"""Files that other programs saved are read as they should be; tests/makers tells how each was made."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from nps_xlsx.ingester import ReadingProcess, SourceFile
from nps_xlsx.model import Framework, Return
from nps_xlsx.model.problems import CATALOGUE, SECTIONS
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.check import check_return
from tests.makers import known
from tests.makers.figures import USUAL
from tests.makers.make import SAVED, Recipe, drive_libreoffice, prepared, recipes

RECIPES = {recipe.file: recipe for recipe in recipes()}
FORMATS = (".xlsx", ".ods", ".xls")
NOT_IN_XLS = {
    "property-differs": "custom properties of .xls are not read",
    "stamp-missing": "custom properties of .xls are not read, so nothing says what was asked",
    "answer-by-formula": "nothing that reads .xls says which cells are formulas",
}
"""Folders whose problem is another, or none, in that format, and why."""

ALIKE = {"One answer against another", "Who it is from"}
"""Sections of the catalogue in which a format changes nothing, but for what stamps say."""


def is_live(recipe: Recipe) -> bool:
    """Whether LibreOffice carries out a recipe again in the tests."""
    folder = recipe.target.parent.name
    section = next((name for name, kinds in SECTIONS.items() if folder in kinds), "")
    is_plain = recipe.format == recipe.target.suffix == ".xlsx" and not recipe.then and bool(recipe.codes)
    has_stamps = folder.startswith(("stamp", "sheet", "property"))
    return recipe.engine == "libreoffice" and is_plain and (section not in ALIKE or has_stamps)


LIVE = [recipe for recipe in RECIPES.values() if is_live(recipe)]

Told = tuple[str, str, str]
"""A problem's kind, sheet and cells."""


@dataclass(frozen=True)
class Expected:
    """What a file must be read as: its problems, and the answers that the edit changed."""

    told: tuple[Told, ...]
    answers: str


@cache
def expectations() -> dict[str, Expected]:
    """The table of what is expected, by file."""
    lines: dict[str, list[dict[str, str]]] = {}
    with (SAVED / "expected.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lines.setdefault(line["file"], []).append(line)
    return {
        file: Expected(
            tuple(sorted((line["slug"], line["sheet"], line["cells"]) for line in found if line["slug"])),
            "".join(line["answers"] for line in found),
        )
        for file, found in lines.items()
    }


@pytest.fixture(scope="module")
def process(framework: Framework, register: Register) -> Iterator[ReadingProcess]:
    with ReadingProcess(framework, register) as reading:
        yield reading


@pytest.fixture(scope="module")
def read(process: ReadingProcess, framework: Framework) -> Callable[[Path], Return]:
    """What ingest makes of a file, read in a process of its own as ingest reads it."""

    def read_file(path: Path) -> Return:
        content = path.read_bytes()
        source = SourceFile(path.name, content, len(content))
        return check_return(process.read_return(source), framework)

    return read_file


def told(returned: Return) -> tuple[Told, ...]:
    """Every problem but those of any unfinished workbook."""
    found = (problem for problem in returned.problems if problem.slug not in USUAL)
    return tuple(sorted((problem.slug, problem.place.sheet, problem.cell) for problem in found))


def used(returned: Return) -> int:
    """Rows that hold an answer, all of which can be used."""
    return sum(not answer.is_blank and not answer.refused for answer in returned.assessment or ())


def answers(returned: Return, recipe: Recipe) -> str:
    """The known answers that are read otherwise; that none is read where the file is refused."""
    if returned.assessment is None:
        return "refused"
    return known.in_short(known.differences(returned.assessment, recipe.codes), recipe.codes)


@pytest.mark.parametrize("file", RECIPES)
def test_a_saved_file_is_read_as_expected(file: str, read: Callable[[Path], Return]) -> None:
    """The expected problems are told at their places, what is left is read, each row is accounted for."""
    returned = read(SAVED / file)
    expected = expectations()[file]
    assert [one.slug for one in returned.problems].count("template-older") == (
        returned.template_version == "1"
    )
    assert told(returned) == expected.told
    assert answers(returned, RECIPES[file]) == expected.answers
    assert returned.answers_present == used(returned) + returned.answers_refused


def test_every_file_is_made_by_a_recipe_and_is_expected() -> None:
    """Files, recipes and expectations are of the same names, and every file is small."""
    files = {str(path.relative_to(SAVED)): path for path in SAVED.rglob("*") if path.parent != SAVED}
    assert {name for name, path in files.items() if path.is_file()} == set(RECIPES) == set(expectations())
    assert all(path.stat().st_size < 250_000 for path in files.values())


@pytest.mark.parametrize("file", RECIPES)
def test_a_folder_is_named_for_the_problem_of_its_files(file: str) -> None:
    """The kind of problem that a folder is called after is in the catalogue, and expected of its files."""
    folder = file.partition("/")[0]
    slugs = {slug for slug, _, _ in expectations()[file].told}
    assert slugs == set() if folder == "clean" else folder in slugs & set(CATALOGUE)


# --- Made again by LibreOffice, in its three formats ------------------------------


@pytest.fixture(scope="module")
def live(office: object, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every recipe of LibreOffice's carried out now, and saved as .xlsx, .ods and .xls."""
    folder = tmp_path_factory.mktemp("live")
    made = []
    for recipe in LIVE:
        (folder / recipe.file).parent.mkdir(exist_ok=True)
        targets = {(folder / recipe.file).with_suffix(suffix): suffix for suffix in FORMATS}
        made.append((prepared(recipe), targets))
    drive_libreoffice(made)
    return folder


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("recipe", LIVE, ids=lambda recipe: recipe.file)
def test_what_libreoffice_makes_now_is_read_alike(
    recipe: Recipe, suffix: str, live: Path, read: Callable[[Path], Return]
) -> None:
    """The same edits by the LibreOffice of this machine, in three formats, are told and read the same."""
    folder = recipe.target.parent.name
    if suffix == ".xls" and folder in NOT_IN_XLS:
        pytest.skip(NOT_IN_XLS[folder])
    returned = read((live / recipe.file).with_suffix(suffix))
    expected = expectations()[recipe.file]
    is_old = suffix == ".xls" and expected.answers != "refused"
    old: tuple[Told, ...] = (("file-old-format", "", ""),) if is_old else ()
    assert told(returned) == tuple(sorted((*expected.told, *old)))
    assert answers(returned, recipe) == expected.answers

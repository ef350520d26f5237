"""The rules of the house that a program can check."""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import re
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import nps_xlsx
from nps_xlsx.excel import styles
from nps_xlsx.framework import data_folder, load_framework
from nps_xlsx.register.councils import load_register
from tests.conftest import PACKAGE, ROOT

MODULES = sorted(PACKAGE.rglob("*.py"))
DATA = set(data_folder().rglob("*"))
WORDS = sorted(
    {path for kind in ("toml", "html", "js", "css", "txt") for path in PACKAGE.rglob(f"*.{kind}")} - DATA
)
TRADE = r"\b(?:procure|commission|tender|supplier|contract(?:s|or|ing)\b|social value|maturity index)"
"""What the frameworks that come along are about, which is not what the program is about."""

# Each floor may import those below it, never its neighbours.
FLOORS = [
    {"model"},
    {"files", "jobs", "workbook"},
    {"framework", "excel"},
    {"register"},
    {"builder", "ingester"},
    {"rounds"},
    {"figures"},
    {"reports"},
    {"season"},
    {"cli"},
    {"__init__", "__main__"},
]
ONLY_IN = {
    "asn1crypto": {"ingester"},
    "click": {"cli"},
    "distributed": {"ingester"},
    "docx": {"reports"},
    "email_validator": {"season"},
    "filelock": {"files"},
    "gptables": {"reports"},
    "keyring": {"season"},
    "jinja2": {"season"},
    "markdown_it": {"season"},
    "msgspec": {"ingester"},
    "numpy": {"figures"},
    "olefile": {"ingester"},
    "openpyxl": {"ingester"},
    "pandas": {"figures", "reports", "season"},
    "pyarrow": {"season"},
    "psutil": {"files", "ingester"},
    "python_calamine": {"ingester"},
    "sqlalchemy": {"season"},
    "vl_convert": {"reports"},
    "xlrd": {"ingester"},
    "xlsxwriter": {"excel"},
}


def part(path: Path) -> str:
    """The module or folder of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@functools.cache
def parsed(path: Path) -> ast.Module:
    """A module as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def said(path: Path) -> Iterator[str]:
    """What a file may print: the texts of a module but for its docstrings, or the whole of another file."""
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    nodes = list(ast.walk(parsed(path)))
    comments = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in comments:
            yield node.value


@functools.cache
def content() -> re.Pattern[str]:
    """Every name and text of the frameworks that come along and of the register, as words of their own."""
    names = {council.name for council in load_register().councils}
    for folder in data_folder().iterdir():
        if folder.is_dir():
            framework = load_framework(folder)
            rows, index = framework.rows, framework.index
            names |= {framework.title, framework.short_title, *([index.title] if index else [])}
            names |= {level.name for level in framework.levels} | {row.name for row in framework.behaviours}
            names |= {area.name for area in framework.areas}
            names |= {descriptor for row in rows for descriptor in row.descriptors}
    names -= {"Reporting", "Processes", "Culture", "Measurement", "Minimum"}  # words of any language
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b|(?i:{TRADE})")


@functools.cache
def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner if node.module == "nps_xlsx" else {node.module}
    return found


def test_every_module_has_its_floor() -> None:
    """A new room must be given its floor before it can be added."""
    assert {part(path) for path in MODULES} == set().union(*FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_one_way(path: Path) -> None:
    """A module imports only its own room and the floors below it."""
    floor = next(number for number, names in enumerate(FLOORS) if part(path) in names)
    allowed = {part(path)}.union(*FLOORS[:floor])
    for name in imports(path):
        if name.startswith("nps_xlsx."):
            assert name.split(".")[1] in allowed, f"{path.name} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_where_they_belong(path: Path) -> None:
    """XlsxWriter is spoken to in one module, pandas and the readers only in their own parts."""
    for name in imports(path):
        assert part(path) in ONLY_IN.get(name.split(".")[0], {part(path)}), name


@pytest.mark.parametrize("path", [*MODULES, *WORDS], ids=lambda path: str(path.relative_to(PACKAGE)))
def test_content_is_data(path: Path) -> None:
    """What the program says names no council, and nothing of one framework: not even what it is about."""
    assert content().findall("\n".join(said(path))) == []


def test_content_is_recognised() -> None:
    """Words of the trade are found in whatever form, and names of levels and councils."""
    for text in ("Procurement objectives", "our suppliers'", "A Mature council", "Medway Council"):
        assert content().search(text), text


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_comprehension_borrows_a_name_of_its_module(path: Path) -> None:
    """Python 3.12 to 3.12.3 confuses the two: https://github.com/python/cpython/issues/118513."""
    named = {node.name for node in parsed(path).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    for node in parsed(path).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            named |= {alias.asname or alias.name for alias in node.names}
    loops = [node.target for node in ast.walk(parsed(path)) if isinstance(node, ast.comprehension)]
    borrowed = {name.id for loop in loops for name in ast.walk(loop) if isinstance(name, ast.Name)} & named
    assert not borrowed


def test_modules_are_small() -> None:
    """No module passes 400 lines, no function 60."""
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 400, path
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path}: {node.name}"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *zip(styles.RAMP_INK, styles.RAMP, strict=True),
        (styles.INK, styles.PAPER),
        (styles.INK, styles.INPUT_TINT),
        (styles.INK, styles.BAND),
        (styles.QUIET_INK, styles.PAPER),
        (styles.ACCENT, styles.PAPER),
        (styles.ON_ACCENT, styles.ACCENT),
    ],
)
def test_ink_keeps_its_contrast(ink: str, ground: str) -> None:
    """Every ink has at least the contrast of WCAG AA (4.5 to 1) on its ground."""
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_ramp_darkens_step_by_step() -> None:
    """The levels can be told apart in greys alone."""
    steps = [luminance(colour) for colour in styles.RAMP]
    assert steps == sorted(steps, reverse=True)
    assert all(light - dark > 0.05 for light, dark in pairwise(steps))


def test_no_file_records_an_address_of_a_package_registry() -> None:
    """Nothing that git keeps names a registry's host or a path of somebody's machine."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    words = ["python" + "hosted", r"pypi\.org/" + "simple", "registry" + r"\.npmjs", "/ho" + "me/"]
    hosts = re.compile("|".join(words).encode())
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file():
            assert not hosts.search(path.read_bytes()), name


def types_in(hint: Any) -> set[type]:
    """The project's own types in an annotation, whatever they stand in."""
    parts = get_args(hint)
    if parts:
        return set().union(*map(types_in, parts))
    return {hint} if isinstance(hint, type) and hint.__module__.startswith("nps_xlsx.") else set()


def test_the_facade_offers_every_type_that_it_returns() -> None:
    """Whoever receives something from a public function can import its type from where the function is."""
    offered = {getattr(nps_xlsx, name) for name in dir(nps_xlsx)}
    assert nps_xlsx.load_framework in offered
    for verb in filter(inspect.isfunction, offered):
        assert types_in(get_type_hints(verb)["return"]) <= offered, verb.__name__
    # A paper is handed on whole: what it is made of is for those who write it.
    for kind in [one for one in offered - {nps_xlsx.Paper} if dataclasses.is_dataclass(one)]:
        for hint in get_type_hints(kind).values():
            assert types_in(hint) <= offered, kind


def test_a_path_may_be_a_text_and_framework_and_register_ours(tmp_path: Path) -> None:
    """What is built into a folder that a text names is read from it, with nothing else said."""
    order = nps_xlsx.Order(nps_xlsx.load_framework(), nps_xlsx.load_register().find("Medway"), round="2026")
    path = nps_xlsx.build_file(order, str(tmp_path))
    for given in (str(tmp_path), path, [str(path)]):
        [returned] = nps_xlsx.read_returns(given).returns
        assert returned.status is nps_xlsx.Status.BLANK
    assert nps_xlsx.read_return(nps_xlsx.SourceFile(path.name, path.read_bytes())).answers_present == 0


def test_what_is_documented_of_the_package_is_there() -> None:
    """``dir`` lists the version and what the stub names, and the package says that it is typed."""
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    named = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert set(dir(nps_xlsx)) == {*named, "__version__"}
    assert nps_xlsx.__version__ == version("nps-xlsx")
    assert (PACKAGE / "py.typed").is_file()

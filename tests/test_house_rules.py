"""The rules of the house that a program can check."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import pytest

import nps_xlsx
from nps_xlsx.excel import styles
from nps_xlsx.framework import load_framework
from nps_xlsx.register.councils import load_register
from tests.conftest import ROOT

PACKAGE = ROOT / "nps_xlsx"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Each floor may import those below it, never its neighbours.
FLOORS = [
    {"model"},
    {"files", "workbook"},
    {"framework", "excel"},
    {"register"},
    {"builder", "ingester"},
    {"rounds"},
    {"figures"},
    {"reports"},
    {"cli"},
    {"__init__", "__main__"},
]
ONLY_IN = {
    "altair": {"reports"},
    "asn1crypto": {"ingester"},
    "click": {"cli"},
    "docx": {"reports"},
    "filelock": {"files"},
    "gptables": {"reports"},
    "msgspec": {"ingester"},
    "numpy": {"figures"},
    "olefile": {"ingester"},
    "openpyxl": {"ingester"},
    "pandas": {"figures", "reports"},
    "psutil": {"files", "ingester"},
    "python_calamine": {"ingester"},
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


@functools.cache
def content() -> re.Pattern[str]:
    """Every name and text of the framework and the register, as words of their own."""
    framework = load_framework()
    names = {behaviour.name for behaviour in framework.behaviours} | {area.name for area in framework.areas}
    names |= {council.name for council in load_register().councils}
    names |= {descriptor for row in framework.rows for descriptor in row.descriptors}
    names -= {"Reporting", "Processes", "Culture", "Procurement", "Commissioning", "Measurement", "Enablers"}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names)))})\b")


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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_content_is_data(path: Path) -> None:
    """No council, behaviour or descriptor stands in a module."""
    code = "\n".join(
        node.value
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert content().findall(code) == []


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


def test_the_facade_offers_what_it_lists() -> None:
    """Every public name can be had from the package, and ``dir`` lists just these, the version among them."""
    assert dir(nps_xlsx) == sorted(nps_xlsx.__all__)
    assert all(getattr(nps_xlsx, name) for name in nps_xlsx.__all__)
    assert nps_xlsx.__version__ == version("nps-xlsx")
    assert (PACKAGE / "py.typed").is_file()

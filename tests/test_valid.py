"""The Open XML SDK's validator finds no error in any workbook or Word document that we write."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.for_councils import FOLDERS
from nps_xlsx.reports.ingest import ingest
from nps_xlsx.reports.papers import make_paper, paper_files
from tests.conftest import ROOT
from tests.support.workbooks import changed, write

Errors = Callable[[list[Path]], dict[str, list[object]]]


@pytest.fixture(scope="module")
def errors() -> Errors:
    """The validator, where NPS_OOXML_VALIDATOR names the node_modules that hold it."""
    modules = os.environ.get("NPS_OOXML_VALIDATOR")
    node = shutil.which("node")
    if not modules or not node:
        pytest.skip("the Open XML validator is not installed (npm: @ooxml-tools/validate)")

    def run(paths: list[Path]) -> dict[str, list[object]]:
        command = [node, str(ROOT / "tests" / "ooxml_validate.mjs"), modules, *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found: dict[str, list[object]] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


def test_no_workbook_has_an_error(
    errors: Errors, framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """A blank, a short and a full, prefilled and reviewed workbook, and all reports, are valid Open XML.

    The validator takes 9 s for a whole workbook: of what councils get, one of each kind is looked at.
    """
    full = [
        Answer(row.code, current=1, target=5, evidence="=1", actions="😀" * 50, owner="x", priority="High")
        for row in framework.rows
    ]
    previous = Assessment(medway.gss_code, medway.name, "2022", tuple(full))
    blank = Order(framework, medway, "2026")
    now = replace(previous, round="2026")
    everything = replace(blank, previous=previous, assessment=now, with_review=True, respondent="HR")
    part = Order(framework.only(["SV3"]), medway, "2026")
    write(tmp_path / "blank.xlsx", build_workbook(blank))
    write(tmp_path / "everything.xlsx", build_workbook(everything))
    write(tmp_path / "part.xlsx", build_workbook(part))
    ingest([ROOT / "samples" / "returns"], tmp_path / "out", framework, register)
    of_councils = [sorted((tmp_path / "out" / name).iterdir())[:1] for name in FOLDERS]
    paths = [*tmp_path.glob("*.xlsx"), *(tmp_path / "out").glob("*.xlsx"), *chain(*of_councils)]
    assert errors(paths) == {str(path): [] for path in paths}


def test_no_paper_has_an_error(errors: Errors, framework: Framework, medway: Council, tmp_path: Path) -> None:
    """Papers in every style, in Word and in Excel, are valid Open XML."""
    answers = [
        Answer(row.code, 1, 5, evidence="=1\n- one\n\tè😀", actions="a" * 900) for row in framework.rows
    ]
    now = Assessment(medway.gss_code, medway.name, "2026", tuple(answers))
    paths = []
    for style in PAPER_STYLES:
        paper = make_paper(now, framework, style=style, previous=replace(now, round="2022"))
        paths += [write(tmp_path / name, content) for name, content in paper_files(paper, style).items()]
    assert errors(paths) == {str(path): [] for path in paths}


def test_the_validator_would_see_an_error(
    errors: Errors, framework: Framework, medway: Council, tmp_path: Path
) -> None:
    """A workbook with a broken sheet is not valid, so that silence means something."""
    content = build_workbook(Order(framework.only(["SV3"]), medway, "2026"))
    broken = changed(content, lambda workbook: None)
    path = write(tmp_path / "broken.xlsx", _with_unknown_element(broken))
    assert errors([path])[str(path)] != []


def _with_unknown_element(content: bytes) -> bytes:
    said = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(said, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"<sheetData>", b"<sheetNonsense/><sheetData>", 1)
            new.writestr(name, part)
    return said.getvalue()

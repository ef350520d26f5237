"""Whatever framework is given, its workbook is built and read back whole."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework.limits import check_areas, check_levels
from nps_xlsx.framework.toml_folder import TomlFolder
from nps_xlsx.model import Behaviour, Council, Framework, KeyArea, Level, Theme
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.papers import make_paper, paper_files
from nps_xlsx.workbook import layout
from tests.support.workbooks import changed, read, slugs


def _row(code: str, levels: int, value_code: int | None) -> Behaviour:
    texts = tuple(f"{code} à niveau {number}" for number in range(1, levels + 1))
    return Behaviour(code, f"Behaviour {code}", code, f"The extent to which {code}.", texts, value_code)


MADE_UP = [
    (("Débutant", "Ad hoc/none"), {"A": (1, False)}, False),
    (
        ("Not started", "Well-managed", "Seven7", "Λίγο", "開始", "Начало, план", 'Say "ready"'),
        {"NPS": (3, True), "XFD": (2, False)},
        True,
    ),
    (("Level 1", "Leader (sector)", "Good to great"), {"R": (1, True), "VCSE": (2, False)}, False),
]
"""Names of levels; behaviours of each area, and whether it has a principle; whether the last is enablers."""


def made_up(
    guidance: Framework, names: Sequence[str], specs: Mapping[str, tuple[int, bool]], *, enablers: bool
) -> Framework:
    """Another framework, with the texts of the first sheet from this one."""
    levels = tuple(Level(number, name) for number, name in enumerate(names, start=1))
    areas: list[KeyArea] = []
    for code, (count, has_principle) in specs.items():
        before = sum(len(area.behaviours) for area in areas)
        rows = tuple(_row(f"{code}{n}", len(levels), before + n) for n in range(1, count + 1))
        principle = _row(f"{code}0", len(levels), None) if has_principle else None
        areas.append(KeyArea(code, f"Área {code}", f"Área {code}", "About", "", "", principle, rows))
    last = areas.pop() if enablers else None
    themes = tuple(Theme(f"Theme {n}", (area,)) for n, area in enumerate(areas, start=1))
    made = replace(guidance, edition="other-1", title="Another", short_title="Other", levels=levels)
    made = replace(made, themes=themes, enablers=last, actions={}, superseded=())
    return replace(made, good=None, subject="", index=None)


@pytest.mark.parametrize(("names", "specs", "enablers"), MADE_UP)
def test_nothing_is_lost_in_another_framework(
    framework: Framework,
    register: Register,
    medway: Council,
    names: Sequence[str],
    specs: Mapping[str, tuple[int, bool]],
    *,
    enablers: bool,
) -> None:
    """Labels and names of levels are read as they were typed, and a paper is made of them."""
    made = made_up(framework, names, specs, enablers=enablers)
    folder, count = TomlFolder(Path()), len(names)
    check_levels(folder, "framework.toml", made.levels)
    check_areas(folder, made.areas, {})
    assert folder.faults == []
    chosen = {
        row.code: (made.levels[n % count], made.levels[(n + 1) % count]) for n, row in enumerate(made.rows)
    }

    def fill(workbook: Workbook) -> None:
        for sheet in layout.assessment_sheets(made):
            for row in sheet.area.rows:
                current, target = chosen[row.code]
                at = sheet.row(row.code) + 1
                workbook[sheet.name].cell(at, sheet.column("current") + 1).value = current.label
                workbook[sheet.name].cell(at, sheet.column("target") + 1).value = target.name

    typed = read(changed(build_workbook(Order(made, medway, "2026")), fill), made, register)
    assert typed.assessment is not None
    told = {answer.ref: (answer.current, answer.target) for answer in typed.assessment}
    assert told == {code: (current.number, target.number) for code, (current, target) in chosen.items()}
    assert set(slugs(typed)) <= {"target-below-current"}
    paper = paper_files(make_paper(typed.assessment, made, style="committee"), "paper")
    assert "rocurement" not in _texts(paper["paper.xlsx"])


def _texts(content: bytes) -> str:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return str([[cell.value for cell in row] for sheet in workbook for row in sheet.iter_rows()])

"""The Social Value Maturity Index, without themes, principles and descriptors, goes all the way."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_file
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.files import make_folder
from nps_xlsx.framework import data_folder
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.papers import make_paper, paper_files
from nps_xlsx.reports.publication import publication_workbook
from tests.support.commands import nps
from tests.support.rounds import make_round
from tests.support.workbooks import changed, filled, read, slugs

NAME = "social-value-maturity-index"
OWN = "Include Social Value weighting in the Quality Score, of between 5 and 10%."
OTHERS = re.compile(r"\btheme|\bprinciple|National Procurement|Local Government Association", re.I)
"""What no document of the index may say: it has no themes and no principles, and is by others."""
TOMS = re.compile("themes, outcomes", re.IGNORECASE)
"""What it does say itself."""


# --- Its data


def test_it_says_the_same_as_the_plan_of_the_index_in_the_strategy(
    framework: Framework, svmi: Framework
) -> None:
    """The questions, levels and labels, and every action that is printed, agree word for word."""
    assert svmi.index == framework.index
    assert svmi.index is not None
    assert tuple(level.name for level in svmi.levels) == svmi.index.levels
    names = [(row.code, row.name, row.short_name) for row in svmi.rows]
    assert names == [(one.ref, one.name, one.short) for one in svmi.index.questions]
    for row in svmi.rows:
        for level in svmi.levels:
            printed = [one for one in framework.actions_to(row.code, level.number) if one.is_published]
            assert list(svmi.actions_to(row.code, level.number)) == printed


def test_no_words_of_another_instrument_stand_under_its_name(framework: Framework, svmi: Framework) -> None:
    """It has no descriptor, name or summary of the strategy, and no action but those that are printed."""
    theirs = {text for row in framework.rows for text in (*row.descriptors, row.summary)}
    ours = {text for row in svmi.rows for text in (*row.descriptors, row.summary) if text}
    assert theirs.isdisjoint(ours)
    assert not any(row.has_descriptors or row.summary for row in svmi.rows)
    assert all(one.is_published for steps in svmi.actions.values() for step in steps for one in step)
    assert (svmi.themes, svmi.enablers, svmi.good) == ((), None, None)


# --- Workbooks


def some_answers(framework: Framework, seed: int = 0) -> tuple[Answer, ...]:
    """Answers at every level, and one that does not apply."""
    count = len(framework.levels)
    levels = [(place * (seed + 1)) % count + 1 for place, _ in enumerate(framework.rows)]
    answers = [
        Answer(row.code, level, min(level + 2, count), evidence="So it is.", actions="To do")
        for row, level in zip(framework.rows, levels, strict=True)
    ]
    return (*answers[:-1], Answer(framework.rows[-1].code, "NA", evidence="Not ours"))


@pytest.mark.parametrize("which", ["framework", "svmi"])
def test_what_is_chosen_is_what_is_read(
    which: str, request: pytest.FixtureRequest, register: Register, medway: Council
) -> None:
    """Both frameworks' workbooks, filled from their own lists, give back every answer and nothing else."""
    chosen: Framework = request.getfixturevalue(which)
    answers = some_answers(chosen)
    saved = changed(filled(chosen, medway, *answers), lambda _: None)
    returned = read(saved, chosen, register)
    assert returned.assessment is not None
    got = [(one.ref, one.current, one.target, one.evidence, one.actions) for one in returned.assessment]
    assert got == [(one.ref, one.current, one.target, one.evidence, one.actions) for one in answers]
    assert set(slugs(returned)) <= {"action-without-owner"}
    assert not returned.other_texts


def test_each_cell_of_a_level_says_what_reaching_it_takes(svmi: Framework, medway: Council) -> None:
    """No cell of a level is blank: it gives the actions, or says that there are none."""
    workbook = openpyxl.load_workbook(io.BytesIO(filled(svmi, medway)))
    rows = [
        [str(cell.value) for cell in row[4:9]]
        for row in workbook["Social Value"].iter_rows(min_row=5, max_row=14)
    ]
    assert rows[0][:2] == ["Not yet at Follower.", "To reach Follower: no action is given."]
    assert (
        rows[1][2]
        == "To reach Mature:\n• Appoint a Councillor or Cabinet Board member to report/lead on Social Value."
    )
    assert all(text.startswith("To reach ") for row in rows for text in row[1:])
    assert "Suggested actions" not in [
        cell.value for cell in openpyxl.load_workbook(io.BytesIO(filled(svmi, medway)))["Action plan"][4]
    ]


def test_what_every_row_says_is_no_witness(svmi: Framework, register: Register, medway: Council) -> None:
    """Rows sorted without their Refs and names are refused, though all say "Not yet at Follower."."""

    def sort(workbook: Workbook) -> None:
        cells = workbook["Social Value"]["C5:P14"]
        values = [[cell.value for cell in row] for row in cells]
        for row, other in zip(cells, reversed(values), strict=True):
            for cell, value in zip(row, other, strict=True):
                cell.value = value

    returned = read(changed(filled(svmi, medway, *some_answers(svmi)), sort), svmi, register)
    assert "refs-against-names" in slugs(returned)
    assert returned.answers_refused == len(svmi.rows)


# --- A round


@pytest.fixture(scope="module")
def round_folder(tmp_path_factory: pytest.TempPathFactory, svmi: Framework, register: Register) -> Path:
    """What ingest writes of six returns with an earlier round."""
    folder = tmp_path_factory.mktemp("index")
    councils = [one for one in register.councils if one.council_type == "London borough"][:6]
    for round_ in ("2025", "2026"):
        for seed, council in enumerate(councils):
            answers = some_answers(svmi, seed + (round_ == "2025"))
            assessment = Assessment(council.gss_code, council.name, round_, answers)
            build_file(Order(svmi, council, round_, assessment=assessment), make_folder(folder / round_))
    paths = (folder / "2026", "--previous", folder / "2025", "--out", folder / "out")
    run = nps("ingest", *paths, "--framework", NAME, "--suppress-below", "0")
    assert run.returncode == 0
    assert "60 answered rows found = 60 used + 0 refused + 0 put aside" in run.stdout
    return folder / "out"


def texts_of(content: bytes | Path) -> Iterator[str]:
    """Every text in the cells of a workbook, and its sheets' names."""
    source = content if isinstance(content, Path) else io.BytesIO(content)
    for sheet in openpyxl.load_workbook(source):
        yield sheet.title
        yield from (cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))


def test_every_document_of_a_round_is_made_and_names_no_theme_or_principle(round_folder: Path) -> None:
    """All outputs are there, and none of them speaks of what this framework does not have."""
    workbooks = sorted(round_folder.rglob("*.xlsx"))
    assert len(list(round_folder.glob("action-plans/*"))) == len(list(round_folder.glob("feedback/*"))) == 6
    assert all(path.name.startswith("SVMI-2026-E09") for path in round_folder.glob("*/*.xlsx"))
    assert {"consolidated.xlsx", "publication.xlsx"} <= {path.name for path in workbooks}
    said = [text for path in workbooks for text in texts_of(path) if OTHERS.search(text)]
    assert [
        text for text in said if "Measurement: Themes" not in text and "Social Value Themes" not in text
    ] == []
    page = (round_folder / "report.html").read_text(encoding="utf-8")
    assert "Social Value Maturity Index" in page
    assert not re.search("National Procurement|rocurement strategy", page)


def test_areas_are_published_where_there_is_no_theme(round_folder: Path) -> None:
    """The publication gives the figures of all behaviours and of the key area, and of nothing between."""
    sheets = openpyxl.load_workbook(round_folder / "publication.xlsx")
    rows = [[cell.value for cell in row[:2]] for sheet in sheets for row in sheet.iter_rows()]
    assert ["All", "All behaviours"] in rows
    assert ["Key area", "Social Value"] in rows
    assert not [row for row in rows if row[0] == "Theme"]


@pytest.mark.parametrize("themes", [0, 1])
def test_areas_without_a_theme_add_up_with_those_that_have_one(
    framework: Framework, register: Register, themes: int
) -> None:
    """Every area is published, with a theme or without one; no theme is made up."""
    loose = tuple(area for theme in framework.themes[themes:] for area in theme.key_areas)
    mixed = replace(framework, themes=framework.themes[:themes], unthemed=loose)
    made = make_round(mixed, register, register.councils[:8])
    content = publication_workbook(Publishable(made.tables), made.asked)
    rows = [
        [cell.value for cell in row[:2]]
        for sheet in openpyxl.load_workbook(io.BytesIO(content))
        if sheet["A1"].value.endswith("key area")
        for row in sheet.iter_rows()
    ]
    assert [name for kind, name in rows if kind == "Key area"] == [area.sheet for area in mixed.key_areas]
    assert [name for kind, name in rows if kind == "Theme"] == [theme.name for theme in mixed.themes]
    named = [theme.name for theme in mixed.themes]
    assert list(made.tables.themes.index) == ([*named, "Enablers"] if named else [])


@pytest.mark.parametrize("style", PAPER_STYLES)
def test_every_paper_is_made(svmi: Framework, medway: Council, style: str) -> None:
    """A paper of each style holds the index's own words, and no blank column."""
    assessment = Assessment(medway.gss_code, medway.name, "2026", some_answers(svmi, seed=3))
    paper = make_paper(assessment, svmi, style=style)
    assert set(paper_files(paper, "paper")) == {"paper.docx", "paper.xlsx"}
    texts = list(texts_of(paper_files(paper, "paper")["paper.xlsx"]))
    assert any("requirements as part of the Quality Score" in text for text in texts)
    assert not [text for text in texts if OTHERS.search(text) and not TOMS.search(text)]


def test_it_is_found_by_its_name() -> None:
    """A framework that comes with the program needs no folder; one that does not is said to be missing."""
    assert nps("framework", "check", NAME).stdout == f"{NAME}: no fault found in 10 rows.\n"
    assert "Publish all Social Value" in nps("framework", "show", "SV10", "--framework", NAME).stdout
    missing = nps("framework", "check", "no-such-framework")
    assert missing.returncode == 2
    assert str(data_folder()) not in missing.stderr

"""Papers for committees: every figure follows from the answers, and both forms say the same."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from docx.oxml.ns import qn

from nps_xlsx.cli import report
from nps_xlsx.figures import accepted
from nps_xlsx.framework import FrameworkError, data_folder, load_framework
from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.ingest import ingest
from nps_xlsx.reports.papers import (
    Paper,
    PaperError,
    as_document,
    as_workbook,
    make_paper,
    paper_files,
)
from nps_xlsx.reports.papers.document import TEMPLATE
from nps_xlsx.reports.papers.paper import Chart, Ladder, Paragraph, Particulars, Section, Table
from nps_xlsx.rounds.combine import combine
from nps_xlsx.rounds.intake import read_returns
from tests.conftest import ROOT
from tools.make_paper_template import template

RETURNS = ROOT / "samples" / "returns"
PUBLISHED = tomllib.loads((ROOT / "tests/data/social-value-index.toml").read_text(encoding="utf-8"))
NAMES = ["Minimum", "Developing", "Mature", "Leader", "Innovator"]
WORCESTERSHIRE, SAMPLEBOROUGH, EXAMPLETON = "E10000034", "Z06000002", "Z06000001"


@pytest.fixture(scope="module")
def samples(framework: Framework, register: Register) -> dict[str, Assessment]:
    """The sample councils' responses by their code."""
    names = (f"NPS-2022-{code}-*.xlsx" for code in (WORCESTERSHIRE, SAMPLEBOROUGH, EXAMPLETON))
    paths = [path for name in names for path in RETURNS.glob(name)]
    found = combine(accepted(read_returns(paths, framework, register).returns), framework)
    return {one.assessment.gss_code: one.assessment for one in found}


@pytest.fixture(scope="module")
def earlier(samples: dict[str, Assessment]) -> Assessment:
    """Another council's answers, as if they were Sampleborough's of 2021."""
    own = samples[SAMPLEBOROUGH]
    return replace(samples[EXAMPLETON], gss_code=own.gss_code, council=own.council, round="2021")


def assessed(*answers: Answer, **more: Any) -> Assessment:
    return Assessment("E06000035", "Medway Council", "2026", answers, **more)


def tables(paper: Paper) -> list[tuple[Section, Table]]:
    return [(one, block) for one in paper.sections for block in one.blocks if isinstance(block, Table)]


def section(paper: Paper, heading: str) -> Section:
    return next(one for one in paper.sections if one.heading == heading)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def sentences(paper: Paper) -> str:
    """All running text of a paper."""
    blocks = [*paper.opening, *(block for one in paper.sections for block in one.blocks)]
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    said += [
        f"{label}: {text}"
        for block in blocks
        if isinstance(block, Particulars)
        for label, text in block.items
    ]
    return "\n".join(said)


def document(paper: Paper) -> Any:
    return docx.Document(io.BytesIO(as_document(paper)))


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


# --- The figures ------------------------------------------------------------------


def one_decimal(value: float) -> str:
    return f"{int(value * 10 + 0.5) / 10:.1f}"


def nearest(value: float) -> str:
    return min(enumerate(NAMES, start=1), key=lambda level: (abs(level[0] - value), level[0]))[1]


def expected(given: dict[str, Answer], codes: list[str]) -> list[str]:
    """A row of figures, computed from the answers alone."""
    found = []
    for kind, otherwise in (("current", "No level given"), ("target", "No target set")):
        levels = [getattr(given[code], kind) for code in codes if code in given]
        levels = [level for level in levels if isinstance(level, int)]
        average = mean(levels) if levels else None
        found += [
            "–" if average is None else one_decimal(average),
            f"{len(levels)} of {len(codes)}",
            otherwise if average is None else nearest(average),
        ]
    return found


@pytest.mark.parametrize("code", [WORCESTERSHIRE, SAMPLEBOROUGH])
def test_every_figure_follows_from_the_answers(
    code: str, samples: dict[str, Assessment], framework: Framework
) -> None:
    """Averages, counts and nearest levels, by key area and over all, are those of the answers."""
    given = {answer.ref: answer for answer in samples[code]}
    paper = make_paper(samples[code], framework, style="strategy")
    [table] = [block for block in paper.sections[0].blocks if isinstance(block, Table)]
    groups = {area.sheet: [row.code for row in area.behaviours] for area in framework.areas}
    groups["All behaviours"] = [row.code for row in framework.behaviours]
    assert texts(table) == [[label, *expected(given, codes)] for label, codes in groups.items()]


def test_the_earlier_rounds_averages_stand_beside(
    samples: dict[str, Assessment], earlier: Assessment, framework: Framework
) -> None:
    """The last column has the earlier round's average and count of each key area, and of all."""
    paper = make_paper(samples[SAMPLEBOROUGH], framework, style="committee", previous=earlier)
    [table] = [block for block in paper.sections[0].blocks if isinstance(block, Table)]
    given = {answer.ref: answer for answer in earlier}
    groups = [[row.code for row in area.behaviours] for area in framework.areas]
    groups.append([row.code for row in framework.behaviours])
    assert table.columns[-1].heading == "2021 average"
    for codes, row in zip(groups, table.rows, strict=True):
        average, count, *_ = expected(given, codes)
        assert row[-1].text == f"{average}, {count}"


def test_the_chart_shows_the_figures_and_says_them(
    samples: dict[str, Assessment], framework: Framework
) -> None:
    """Each bar is an average of the table above it, and the alternative text has it with its count."""
    paper = make_paper(samples[SAMPLEBOROUGH], framework, style="committee")
    table, chart = paper.sections[0].blocks[1:]
    assert isinstance(table, Table)
    assert isinstance(chart, Chart)
    assert [bar.label for bar in chart.bars] == [row[0].text for row in table.rows[:-1]]
    for bar, row in zip(chart.bars, table.rows, strict=False):
        assert (bar.current, bar.target) == (row[1].number, row[4].number)
        now, target = f"{row[1].text}, {row[2].text}", f"{row[4].text}, {row[5].text}"
        assert f"{bar.label}: now {now}; target {target}." in chart.description


def test_the_sentence_says_the_overall_average(samples: dict[str, Assessment], framework: Framework) -> None:
    """Both overall averages are said with their counts and their level's name."""
    given = {answer.ref: answer for answer in samples[WORCESTERSHIRE]}
    now, count, name, target, aimed, aim = expected(given, [row.code for row in framework.behaviours])
    said = sentences(make_paper(samples[WORCESTERSHIRE], framework, style="strategy"))
    assert f"is at {name} on average ({now}, {count} behaviours)" in said
    assert f"aims for {aim} on average ({target}, {aimed} behaviours)" in said


# --- The committee appendix -------------------------------------------------------


def objectives(paper: Paper) -> list[list[str]]:
    return [row for _, table in tables(paper) if table.columns[0].heading == "No." for row in texts(table)]


def test_the_committee_sees_the_objectives_in_order(
    samples: dict[str, Assessment], earlier: Assessment, framework: Framework
) -> None:
    """Fifty-nine numbered rows under their key areas, each with both rounds' scores as they stand."""
    own = samples[SAMPLEBOROUGH]
    paper = make_paper(own, framework, style="committee", previous=earlier)
    assert [one.heading for one in paper.sections[1:-1]] == [area.name for area in framework.areas]
    labels = {number: f"{number} {name}" for number, name in enumerate(NAMES, start=1)}
    rows = objectives(paper)
    assert [int(row[0]) for row in rows] == list(range(1, 60))
    for row, behaviour in zip(rows, framework.behaviours, strict=True):
        then, now = earlier[behaviour.code], own[behaviour.code]
        shown = "2/3" if behaviour.code == "CR1" else labels[now.current]  # type: ignore[index]
        assert row[1:4] == [behaviour.short_name, behaviour.summary, labels[then.current]]  # type: ignore[index]
        assert row[5] == shown
        for text, answer in ((row[4], then), (row[6], now)):
            assert answer.evidence in text
            assert answer.actions in text
            assert answer.owner in text


def test_a_level_between_two_stays_so_in_print_and_counts_as_the_lower(
    samples: dict[str, Assessment], framework: Framework
) -> None:
    """The cell reads 2/3 in the colour of 2, and the paper says how it counts."""
    paper = make_paper(samples[SAMPLEBOROUGH], framework, style="committee")
    [cell] = [cell for _, table in tables(paper) for row in table.rows for cell in row if cell.text == "2/3"]
    assert cell.level == 2
    assert "Levels between two: 2/3 (CR1)" in sentences(paper)


def test_a_key_area_is_headed_by_its_principle_and_an_enabler_by_itself(framework: Framework) -> None:
    """Ten ladders of principles and one for each enabler, with current and target marked in words."""
    paper = make_paper(assessed(Answer("EC0", 2, 4), Answer("EN1", 3, 3)), framework, style="committee")
    ladders = [block for one in paper.sections for block in one.blocks if isinstance(block, Ladder)]
    rows = [area.principle for area in framework.key_areas]
    rows += framework.enablers.behaviours if framework.enablers else ()
    assert [[step.text for step in one.steps] for one in ladders] == [
        list(row.descriptors) for row in rows if row is not None
    ]
    marked = [step.lead for step in ladders[0].steps]
    assert marked == ["1 Minimum", "2 Developing (now)", "3 Mature", "4 Leader (target)", "5 Innovator"]
    assert ladders[10].steps[2].lead == "3 Mature (now and target)"


def test_comments_action_owner_and_date_stand_together(framework: Framework) -> None:
    """What a council wrote on an objective is one cell, each part under its label."""
    answer = Answer(
        "EC1",
        2,
        3,
        evidence="A note.",
        actions="Do it.",
        owner="Head",
        due_date=dt.date(2027, 3, 31),
        priority="High",
    )
    [row] = objectives(make_paper(assessed(answer), framework.only(["EC1"]), style="committee"))
    assert (
        row[4]
        == "A note.\nAction: Do it.\nOwner: Head. Due: 31 March 2027. Priority: High.\nTarget: 3 Mature."
    )


def test_what_several_respondents_gave_is_told(framework: Framework) -> None:
    """The level that counts is the score; the levels given stand among the comments."""
    both = [assessed(Answer("EC1", level), respondent=name) for level, name in ((2, "A"), (3, "B"))]
    [combined] = combine(both, framework)
    row = objectives(make_paper(combined.assessment, framework, style="committee"))[0]
    assert row[3:5] == ["2 Developing", "Respondents gave: 2, 3."]


# --- The strategy appendix --------------------------------------------------------


def test_the_strategy_shows_each_level_beside_its_descriptor(
    samples: dict[str, Assessment], framework: Framework
) -> None:
    """Principles and behaviours, now and as they are to be, in the framework's own words."""
    own = samples[WORCESTERSHIRE]
    paper = make_paper(own, framework, style="strategy")
    for area in framework.key_areas:
        [table] = [block for block in section(paper, area.name).blocks if isinstance(block, Table)]
        for row, cells in zip(area.rows, texts(table), strict=True):
            answer = own[row.code]
            assert isinstance(answer.current, int)
            assert isinstance(answer.target, int)
            assert cells[1:] == [
                NAMES[answer.current - 1],
                row.descriptors[answer.current - 1],
                NAMES[answer.target - 1],
                row.descriptors[answer.target - 1],
            ]


def test_an_area_without_answers_is_one_sentence(
    samples: dict[str, Assessment], framework: Framework
) -> None:
    """Worcestershire published nothing on the enablers, and the appendix says so."""
    paper = make_paper(samples[WORCESTERSHIRE], framework, style="strategy")
    [block] = section(paper, "Enablers").blocks
    assert block == Paragraph("Neither a current level nor a target was given here.")


# --- The steps --------------------------------------------------------------------


def test_only_the_steps_between_present_and_target_are_filled(
    samples: dict[str, Assessment], framework: Framework
) -> None:
    """Each behaviour's grid holds the actions of the levels above its own up to its target, no others."""
    own = samples[WORCESTERSHIRE]
    paper = make_paper(own, framework, style="steps")
    rows = {row[0].text: row for _, table in tables(paper) if "Steps" in table.title for row in table.rows}
    for behaviour in framework.behaviours:
        answer = own[behaviour.code]
        current, target = answer.current or 0, answer.target or 0
        assert isinstance(current, int)
        assert isinstance(target, int)
        assert (behaviour.code in rows) == (current < target)
        for number in range(2, 6) if behaviour.code in rows else ():
            text = rows[behaviour.code][number].text
            actions = [one.text for one in framework.actions_to(behaviour.code, number)]
            assert all(action in text for action in actions) == (current < number <= target)
            assert bool(text) == (current < number <= target)


def test_published_actions_are_told_from_suggestions(framework: Framework) -> None:
    """Those of the index are in quotation marks, and the paper says whose they are."""
    paper = make_paper(
        assessed(Answer("SV5", 1, 2), Answer("SV1", 1, 2)), framework, style="steps", key_area="SV"
    )
    [grid] = [table for _, table in tables(paper) if "Steps" in table.title]
    by_code = {row[0].text: row[2].text for row in grid.rows}
    assert by_code["SV5"].startswith("• “Ensure that Social Value is mentioned")
    assert "“" not in by_code["SV1"]
    assert f"quoted from the {PUBLISHED['title']}" in sentences(paper)


def test_one_key_area_can_be_asked_for(samples: dict[str, Assessment], framework: Framework) -> None:
    """The paper then holds nothing of the others, and its overall levels are that area's."""
    paper = make_paper(samples[WORCESTERSHIRE], framework, style="steps", key_area="sv")
    assert [one.heading for one in paper.sections] == ["Obtaining social value", "What this paper rests on"]
    assert "Present performance: Developing (2.0, 10 of 10 behaviours)" in sentences(paper)


# --- The Social Value Maturity Index ----------------------------------------------


@pytest.fixture(scope="module")
def published(framework: Framework) -> Assessment:
    """The levels of the published plan, as answers to the ten behaviours."""
    index = framework.index
    assert index is not None
    number = {name: place for place, name in enumerate(index.levels, start=1)}
    given = enumerate(PUBLISHED["questions"], start=1)
    return assessed(*(Answer(f"SV{n}", number[one["present"]], number[one["future"]]) for n, one in given))


def run_on(text: str) -> str:
    """A cell's text as the plan prints it, in one run; the extract's gap in "e. g." closed."""
    return " ".join(line.removeprefix("• ").strip() for line in text.split("\n")).replace("e. g.", "e.g.")


def test_the_published_index_is_reproduced(published: Assessment, framework: Framework) -> None:
    """From its levels: its overall levels, letters, questions, steps and note, cell by cell."""
    word = document(make_paper(published, framework, style="index"))
    said = [paragraph.text for paragraph in word.paragraphs]
    assert said[0] == PUBLISHED["title"]
    assert said[1].startswith(PUBLISHED["plan"])
    assert f"Present Performance: {PUBLISHED['present']}" in said
    assert f"Future Target: {PUBLISHED['future']}" in said
    assert PUBLISHED["note"] in said
    listed, grid = ([[cell.text for cell in row.cells] for row in table.rows] for table in word.tables)
    assert listed[0][2:] == ["Present", "Future"]
    assert listed[1:] == [
        [one[key] for key in ("letter", "name", "present", "future")] for one in PUBLISHED["questions"]
    ]
    assert grid[0][2:] == PUBLISHED["headings"]
    for row, one in zip(grid[1:], PUBLISHED["questions"], strict=True):
        cells = [
            run_on(text.replace("•\t", "• ").removeprefix("Beyond its own target\n")) for text in row[2:]
        ]
        assert row[:2] == [one["letter"], one["short"]]
        assert cells == [*map(run_on, one["steps"]), ""]


def test_steps_beyond_a_questions_own_target_are_marked(published: Assessment, framework: Framework) -> None:
    """The plan fills four cells beyond the question's own target; a paper says so in each."""
    paper = make_paper(published, framework, style="index")
    grid = tables(paper)[1][1]
    marked = [(row[0].text, place - 1) for row in grid.rows for place, cell in enumerate(row) if cell.lead]
    assert marked == [("D", 4), ("H", 3), ("H", 4), ("J", 4)]
    assert "“Beyond its own target” lead on to the overall target, Innovator" in sentences(paper)


def test_the_index_can_stop_at_each_questions_own_target(published: Assessment, framework: Framework) -> None:
    """With ``fill_to`` at "own" those four cells are blank, and nothing is said of them."""
    index = framework.index
    assert index is not None
    own = replace(index, fill_to="own")
    paper = make_paper(published, framework, style="index", index=own)
    rows = {row[0].text: row for row in tables(paper)[1][1].rows}
    assert [bool(cell.text) for cell in rows["D"][2:6]] == [False, True, True, False]
    assert [bool(cell.text) for cell in rows["H"][2:6]] == [True, True, False, False]
    assert "Beyond" not in sentences(paper)


def test_the_faults_of_an_index_are_all_told(tmp_path: Path) -> None:
    """A level too few, a question too few, an unknown word: each is named."""
    folder = tmp_path / "framework"
    shutil.copytree(data_folder() / "nps-2018", folder)
    text = (folder / "index.toml").read_text(encoding="utf-8")
    text = text.replace('"Follower", ', "", 1).replace('"overall"\n', '"far"\n', 1)
    (folder / "index.toml").write_text(text[: text.rindex("[[questions]]")], encoding="utf-8")
    with pytest.raises(FrameworkError) as error:
        load_framework(folder)
    assert {fault.key for fault in error.value.faults} == {"levels", "fill_to", "questions"}


# --- Both forms -------------------------------------------------------------------


def paper_cells(paper: Paper) -> Iterator[str]:
    for _, table in tables(paper):
        for row in table.rows:
            yield from ("\n".join(filter(None, (cell.lead, cell.text))) for cell in row)


@pytest.mark.parametrize("style", PAPER_STYLES)
def test_document_and_workbook_hold_the_whole_paper(
    style: str, samples: dict[str, Assessment], earlier: Assessment, framework: Framework
) -> None:
    """Every cell of every table stands in both, numbers as numbers in the workbook."""
    paper = make_paper(samples[SAMPLEBOROUGH], framework, style=style, previous=earlier)
    word = document(paper)
    written = [
        cell.text.replace("\t", " ") for table in word.tables for row in table.rows for cell in row.cells
    ]
    workbook = openpyxl.load_workbook(io.BytesIO(as_workbook(paper)))
    values = [
        cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    shown = {one_decimal(value) if isinstance(value, float | int) else str(value) for value in values}
    for text in filter(None, paper_cells(paper)):
        assert text in written
        assert text in shown


@pytest.mark.parametrize("style", PAPER_STYLES)
def test_the_same_answers_give_the_same_bytes(
    style: str, samples: dict[str, Assessment], framework: Framework
) -> None:
    """Both forms come out alike twice, and no entry of their zips has a date of today."""
    first, second = (
        paper_files(make_paper(samples[WORCESTERSHIRE], framework, style=style), "a") for _ in range(2)
    )
    assert first == second
    for content in first.values():
        assert {entry.date_time[0] for entry in opened(content).infolist()} <= {1980, 2018}


@pytest.fixture(scope="module")
def word(samples: dict[str, Assessment], framework: Framework) -> Any:
    return document(make_paper(samples[SAMPLEBOROUGH], framework, style="committee"))


def test_table_headings_repeat_and_rows_stay_whole(word: Any) -> None:
    """The first row of every table, and only that, is its heading; rows of a usual height do not split."""
    assert len(word.tables) == 29  # the figures, fourteen ladders, fourteen tables of objectives
    for table in word.tables:
        repeated = [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in table.rows]
        assert repeated == [True, *[False] * (len(table.rows) - 1)]
        assert all(row._tr.findall(f".//{qn('w:cantSplit')}") for row in table.rows)
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None


def test_the_document_uses_words_own_styles_in_arial(word: Any) -> None:
    """Title, headings and text are styles of those names, none in another typeface."""
    used = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "Normal", "List Bullet"} <= used
    fonts = {style.font.name for style in word.styles if getattr(style, "font", None) is not None}
    assert fonts <= {"Arial", None}
    assert not re.search(rb"Theme=|Calibri|Cambria", opened_part(word, "styles"))
    assert sum(paragraph.style.name == "Heading 1" for paragraph in word.paragraphs) == 13


def test_the_template_is_as_its_script_makes_it() -> None:
    """Part by part the same: colours and sizes stand in one place, and nobody is named in the file."""
    kept, made = opened(TEMPLATE.read_bytes()), opened(template())
    assert kept.namelist() == made.namelist()
    assert [name for name in kept.namelist() if kept.read(name) != made.read(name)] == []
    core = docx.Document(io.BytesIO(TEMPLATE.read_bytes())).core_properties
    assert (core.author, core.last_modified_by, core.created, core.modified) == ("", "", None, None)
    assert (core.language, bool(core.title)) == ("en-GB", True)


def opened_part(word: Any, name: str) -> bytes:
    saved = io.BytesIO()
    word.save(saved)
    return opened(saved.getvalue()).read(f"word/{name}.xml")


def test_the_picture_has_an_alternative_text_that_says_the_figures(word: Any) -> None:
    """Its description names every key area with its averages and counts."""
    [shape] = word.inline_shapes
    description = shape._inline.docPr.get("descr")
    assert "Engaging councillors: now " in description
    assert description.count(" of ") >= 22


def test_the_document_says_its_language_title_and_pages(word: Any) -> None:
    """British English, title and subject set, no date that nobody gave, the page's number at the foot."""
    core = word.core_properties
    assert (core.language, core.subject, core.author) == ("en-GB", "Committee appendix", "")
    assert core.title.startswith("Sampleborough")
    assert core.comments == "© Local Government Association, July 2018"
    assert core.created is core.modified is None
    assert b'<w:lang w:val="en-GB"' in opened_part(word, "styles")
    fields = [field.get(qn("w:instr")) for field in word.sections[0].footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert [one.page_width > one.page_height for one in word.sections] == [False, True]


def test_nothing_in_the_document_is_locked_or_floats(word: Any) -> None:
    """No macros, no protection, no content controls, no text boxes, no tracked changes."""
    saved = io.BytesIO()
    word.save(saved)
    archive = opened(saved.getvalue())
    assert not [name for name in archive.namelist() if "vba" in name or "customXml" in name]
    for name in ("document", "settings"):
        assert not re.search(
            rb"documentProtection|w:sdt|txbx|w:ins |wp:anchor", archive.read(f"word/{name}.xml")
        )


def test_a_workbook_is_known_for_our_own(
    samples: dict[str, Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Handed in with the returns, it is put aside as a report."""
    paper = make_paper(samples[WORCESTERSHIRE], framework, style="steps", key_area="SV")
    (tmp_path / "paper.xlsx").write_bytes(as_workbook(paper))
    [returned] = read_returns([tmp_path], framework, register).returns
    assert returned.assessment is None


# --- Odd cases --------------------------------------------------------------------


LONG = "A long text about contracts. " * 900


def odd_cases() -> dict[str, tuple[Assessment, str]]:
    """Assessments that leave something out, and a sentence that their papers must hold."""
    codes = [*(f"SV{n}" for n in range(1, 11)), "EC1", "EN1"]
    text = Answer("SV1", 1, 5, evidence=LONG, actions=LONG, owner="O" * 300)
    nasty = Answer("SV1", 2, 3, evidence='=1+1\x01\ud800\n<w:p>&"', actions="• a\n1. b")
    return {
        "blank": (assessed(), "has a current level yet. No targets were set."),
        "not applicable": (assessed(*(Answer(code, NOT_APPLICABLE) for code in codes)), "not applicable"),
        "no targets": (assessed(*(Answer(code, 2) for code in codes)), "2.0, 12 of 59"),
        "targets alone": (assessed(*(Answer(code, None, 2) for code in codes)), "2.0, 12 of 59"),
        "short": (assessed(Answer("SV1", 2, 3), asked=("SV0", "SV1", "SV2")), "1 of 2"),
        "a principle alone": (assessed(Answer("SV0", 2, 3), asked=("SV0", "EC1")), "0 of 1"),
        "long": (assessed(text), "1.0, 1 of 59"),
        "nasty": (assessed(nasty), "2.0, 1 of 59"),
    }


@pytest.mark.parametrize("style", PAPER_STYLES)
@pytest.mark.parametrize("name", odd_cases())
def test_odd_cases_make_sensible_papers(name: str, style: str, framework: Framework) -> None:
    """Both forms can be written and opened; nothing unanswered shows as a nought, a nan or a None."""
    assessment, sentence = odd_cases()[name]
    if (name, style) == ("a principle alone", "index"):
        with pytest.raises(PaperError, match="not asked any question"):
            make_paper(assessment, framework, style=style)
        return
    paper = make_paper(assessment, framework, style=style)
    if style in ("committee", "strategy"):
        assert sentence in sentences(paper)
    assert not {"0", "0.0", "nan", "None"} & set(paper_cells(paper))
    assert not re.search(r"\bnan\b|\bNone\b|average \(0", sentences(paper))
    document(paper)
    openpyxl.load_workbook(io.BytesIO(as_workbook(paper)))


def test_a_blank_assessment_says_that_nothing_was_answered(framework: Framework) -> None:
    """No chart is drawn of nothing; every objective is there, not answered."""
    paper = make_paper(assessed(), framework, style="committee")
    assert not [block for block in paper.sections[0].blocks if isinstance(block, Chart)]
    assert {row[3] for row in objectives(paper)} == {"Not answered"}
    assert (
        "0 of 59 behaviours have a current level, 0 are not applicable and 59 are not answered"
        in sentences(paper)
    )


def test_what_does_not_apply_shows_the_reason(framework: Framework) -> None:
    """Not applicable is no level and has no target to miss; the council's reason stands beside it."""
    answer = Answer("EC1", NOT_APPLICABLE, evidence="We have no such councillors.")
    paper = make_paper(
        assessed(answer, Answer("EC2", 1, 2)), framework.only(["EC1", "EC2"]), style="strategy"
    )
    [table] = [table for one, table in tables(paper) if one.heading == "Engaging councillors"]
    assert texts(table)[0][1:] == ["Not applicable", "We have no such councillors.", "Not applicable", ""]


def test_without_targets_there_are_no_columns_for_them(framework: Framework) -> None:
    """The strategy appendix then shows where the council is, and says why no more."""
    paper = make_paper(assessed(Answer("EC1", 2)), framework, style="strategy")
    [table] = [table for one, table in tables(paper) if one.heading == "Engaging councillors"]
    assert [column.heading for column in table.columns][1:] == ["Where we are now", "What that level says"]
    assert "No targets were set, so" in sentences(paper)


def test_long_rows_get_a_larger_page_in_the_workbook(framework: Framework) -> None:
    """A row that Excel could not show in full makes its sheet's columns wider, on A3; others stay on A4."""
    texts = Answer("EC1", 2, 3, evidence="Some words on contracts. " * 60)
    before = Assessment("E06000035", "Medway Council", "2021", (texts,))
    paper = make_paper(assessed(texts), framework, style="committee", previous=before)
    workbook = openpyxl.load_workbook(io.BytesIO(as_workbook(paper)))
    assert workbook["Engaging councillors"].page_setup.paperSize == 8
    assert workbook["Working with partners"].page_setup.paperSize == 9


def test_a_short_edition_shows_only_what_was_asked(framework: Framework) -> None:
    """Objectives that were not asked are not there, though the key area keeps its principle as its head."""
    paper = make_paper(assessed(Answer("SV2", 2), asked=("SV2", "CR1")), framework, style="committee")
    assert [row[0] for row in objectives(paper)] == ["20", "32"]
    assert sum(isinstance(block, Ladder) for one in paper.sections for block in one.blocks) == 2


def test_without_an_earlier_round_there_are_no_columns_for_it(framework: Framework) -> None:
    """Five columns instead of seven, and a sentence that says why."""
    paper = make_paper(assessed(Answer("EC1", 2)), framework, style="committee")
    assert {len(row) for row in objectives(paper)} == {5}
    assert "No earlier round was given" in sentences(paper)


@pytest.mark.parametrize(
    ("style", "key_area", "word"),
    [
        ("minutes", "", "style"),
        ("steps", "XX", "key area"),
        ("steps", "EC", "not asked"),
        ("index", "EC", "SV"),
    ],
)
def test_what_cannot_be_made_is_refused(style: str, key_area: str, word: str, framework: Framework) -> None:
    """An unknown style or key area, one that was not asked, and an index of another area."""
    with pytest.raises(PaperError, match=word):
        make_paper(assessed(asked=("SV1",)), framework, style=style, key_area=key_area)


# --- The command ------------------------------------------------------------------


def nps_report(*arguments: object) -> Any:
    return CliRunner().invoke(report.report, [str(argument) for argument in arguments])


def test_the_command_imports_no_heavy_library() -> None:
    """Neither Word nor the chart is loaded before a paper is asked for."""
    code = (
        "import sys, nps_xlsx.cli.report\n"
        "heavy = {'docx', 'vl_convert', 'pandas', 'xlsxwriter'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_writes_both_forms_of_each_style(tmp_path: Path) -> None:
    """One council of a folder of returns, two styles: four files, and their paths on stdout."""
    found = nps_report(
        *(
            "committee",
            RETURNS,
            "--council",
            "Worcestershire",
            "--style",
            "strategy",
            "--style",
            "index",
        ),
        *("--register", ROOT / "samples/synthetic-councils.csv", "--out", tmp_path),
    )
    assert found.exit_code == 0, found.output
    stem = "NPS-2022-E10000034-worcestershire"
    names = [f"{stem}-{style}.{kind}" for style in ("index", "strategy") for kind in ("docx", "xlsx")]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert found.stdout.count(stem) == 4


def test_the_command_reads_what_ingest_wrote(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """From answers.csv comes the same paper, a level between two as it was given included."""
    one = next(RETURNS.glob(f"*{SAMPLEBOROUGH}*"))
    ingest([one], tmp_path / "in", framework, register)
    options = ("--register", ROOT / "samples/synthetic-councils.csv")
    for source, out in ((one, "direct"), (tmp_path / "in", "csv")):
        assert nps_report("committee", source, "--out", tmp_path / out, *options).exit_code == 0
    first, second = (
        [[cell.text for cell in row.cells] for table in docx.Document(str(path)).tables for row in table.rows]
        for out in ("direct", "csv")
        for path in (tmp_path / out).glob("*.docx")
    )
    assert first == second
    assert any("2/3" in row for row in first)


def test_the_command_sets_an_earlier_round_beside(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """--previous takes answers.csv of another round; the same round is refused."""
    one = next(RETURNS.glob(f"*{SAMPLEBOROUGH}*"))
    ingest([one], tmp_path / "in", framework, register)
    path = tmp_path / "in" / "answers.csv"
    options = ("--register", ROOT / "samples/synthetic-councils.csv", "--out", tmp_path / "out")
    same = nps_report("committee", one, "--previous", path, *options)
    assert "Give an earlier round's" in str(same.exception)
    path.write_text(path.read_text(encoding="utf-8-sig").replace("2022,Z", "2019,Z"), encoding="utf-8-sig")
    assert nps_report("committee", one, "--previous", path, *options).exit_code == 0
    [made] = (tmp_path / "out").glob("*.docx")
    rows = [
        [cell.text for cell in row.cells] for table in docx.Document(str(made)).tables for row in table.rows
    ]
    heading = next(row for row in rows if row[0] == "No.")
    assert (heading[3], heading[5]) == ("2019 score", "2022 score")
    assert next(row for row in rows if row[0] == "20")[3] == "2/3"


def test_the_command_knows_councils_by_what_they_are_called(tmp_path: Path) -> None:
    """A council of the answers is found without the register's help; each key area has papers of its own."""
    found = nps_report(
        *("committee", RETURNS, "--council", "exampleton", "--style", "STEPS", "--out", tmp_path),
        *("--key-area", "sv", "--key-area", "EC"),
    )
    assert found.exit_code == 0, found.output
    names = {path.name.partition("synthetic-")[2] for path in tmp_path.glob("*.docx")}
    assert names == {"steps-sv.docx", "steps-ec.docx"}


def test_the_command_tells_who_has_no_answers(tmp_path: Path) -> None:
    """A council that is not among the returns is named."""
    found = nps_report(
        *("committee", RETURNS, "--council", "Medway", "--out", tmp_path),
        *("--register", ROOT / "samples/synthetic-councils.csv"),
    )
    assert "Medway" in str(found.exception)

"""Whatever framework is given, nothing of a return is lost, and no document says of it what is not true."""

from __future__ import annotations

import functools
import html
import io
import random
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework import data_folder, load_framework
from nps_xlsx.model import Answer, Framework, Level, Return
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.reports.listings import LISTINGS, all_rows
from nps_xlsx.reports.marked_up import mark_up
from nps_xlsx.reports.outputs import Scope, write_outputs
from nps_xlsx.reports.papers import PaperError, make_paper, paper_files
from nps_xlsx.reports.reply import reply
from nps_xlsx.workbook import layout
from tests.conftest import many
from tests.support.batches import as_returns, made_up
from tests.support.figures import Batch, Peers, read_csv
from tests.support.figures_compared import Checked, averages, groups, levels, ranked
from tests.support.figures_of_councils import check_feedback, check_plan
from tests.support.figures_published import PUBLISHED, page_differs
from tests.support.frameworks import Files, frameworks, write_framework
from tests.support.workbooks import changed, filled, read, slugs

OTHERS = [
    "procure",
    "mature",
    "national",
    "high level",
    "high-level",
    "principle",
    "enabler",
    "social value",
    "maturity index",
    "nps-2018",
]
"""Words of the framework that comes with the program, which no other framework here says."""
COUNCIL = "Medway"
UNFILLED = re.compile(r"\{\w*\}|\bNone\b|\bnan\b|[a-z]  [a-z]|\w [.,;]|\(\)|“”|[^.]\.\.(?!\.)")
"""What is left where a document says something that a framework does not have."""


@functools.cache
def councils() -> Register:
    """The register; no fixture, since hypothesis would print it whole and take that for a failure."""
    return load_register()


@settings(max_examples=many(48), deadline=None, phases=[Phase.reuse, Phase.generate])
@given(files=frameworks(), seed=st.integers(0, 999))
def test_nothing_is_lost(files: Files, seed: int) -> None:
    """What is typed in a fresh workbook, in any way to write a level, is read as it was typed."""
    rng = random.Random(seed)  # noqa: S311 - made-up answers
    made = loaded(files)
    chosen, returned = returned_of(made, rng)
    assert returned.assessment is not None
    assert {one.ref: (one.current, one.target) for one in returned.assessment} == chosen
    assert set(returned.assessment.heads) == {(a.code, "objective", f"About {a.code}") for a in made.areas}
    assert set(slugs(returned)) <= {"target-below-current"}
    assert returned.other_texts == ()


@settings(max_examples=many(12), deadline=None, phases=[Phase.reuse, Phase.generate])
@given(files=frameworks(), seed=st.integers(0, 999))
def test_nothing_untrue_is_said(files: Files, seed: int) -> None:
    """The lists hold every answer, counts and averages follow from them, and every document is true."""
    rng, register = random.Random(seed), councils()  # noqa: S311 - made-up answers
    with tempfile.TemporaryDirectory() as name:
        folder, out = Path(name) / "framework", Path(name) / "out"
        made = load_framework(write_framework(folder, files))
        chosen, returned = returned_of(made, rng)
        shown = scope(made, rng)
        write_outputs([returned, *others(made, register)], out, made, register, shown)
        lines = [
            line for line in read_csv(out / "answers.csv") if line["source_file"] == returned.source_file
        ]
        assert {one["ref"]: (int(one["current"]), int(one["target"])) for one in lines} == chosen
        consolidated = Checked(out / "consolidated.xlsx")
        batch = Batch(data_folder(), out / "answers.csv", earlier_answers(shown, made, Path(name)), folder)
        for compare in (averages, groups, levels, ranked):
            compare(consolidated, batch)
        assert consolidated.wrong == [], consolidated.wrong[:5]
        if shown.threshold == 0:
            assert differences(out, batch) == []
        written = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    blank = build_workbook(Order(made, register.find(COUNCIL), "2026"))
    documents = {"blank.xlsx": blank, **written, **dict(of_one_council(returned, made, register))}
    assert [(name, said) for name, content in documents.items() for said in untrue(made, content)] == []


def loaded(files: Files) -> Framework:
    """A made-up framework, as its folder is read."""
    with tempfile.TemporaryDirectory() as name:
        return load_framework(write_framework(Path(name) / "framework", files))


def returned_of(made: Framework, rng: random.Random) -> tuple[dict[str, tuple[int, int]], Return]:
    """Levels by chance for every row, and the return of a workbook in which they were typed."""
    chosen = {row.code: (rng.choice(made.levels), rng.choice(made.levels)) for row in made.rows}
    blank = build_workbook(Order(made, councils().find(COUNCIL), "2026"))
    returned = read(changed(blank, typed(made, chosen, rng)), made, councils())
    return {code: (now.number, aim.number) for code, (now, aim) in chosen.items()}, returned


def typed(
    made: Framework, chosen: Mapping[str, tuple[Level, Level]], rng: random.Random
) -> Callable[[Workbook], None]:
    """A change that types levels, each in one of the ways in which it may be written, and heads."""

    def fill(workbook: Workbook) -> None:
        for sheet in layout.assessment_sheets(made):
            down, across = sheet.head_cell("objective")
            workbook[sheet.name].cell(down + 1, across + 1).value = f"About {sheet.area.code}"
            for row in sheet.area.rows:
                for key, level in zip(("current", "target"), chosen[row.code], strict=True):
                    ways = (level.label, level.name, level.name.upper(), level.number)
                    cell = workbook[sheet.name].cell(sheet.row(row.code) + 1, sheet.column(key) + 1)
                    cell.value = rng.choice(ways)

    return fill


def others(made: Framework, register: Register) -> list[Return]:
    """Returns with levels: enough of one region and type for its figures to be shown, and one elsewhere."""
    council = register.find(COUNCIL)
    alike = [one for one in register.councils if one.region == council.region and one != council]
    same = [one for one in alike if one.council_type == council.council_type][:9]
    assessments = [made_up(one, made, 1) for one in (*same, register.find("Leeds"))]
    scored = {row.code for row in made.behaviours}
    has_levels = [one for one in assessments if any(a.ref in scored and a.current in range(8) for a in one)]
    return as_returns(has_levels)  # the table of a sheet ends for the reader where a row has its name alone


def scope(made: Framework, rng: random.Random) -> Scope:
    """What is shown: with an earlier round or without, by name or not."""
    council = councils().find(COUNCIL)
    before = {council.gss_code: made_up(council, made, 2, round_="2022")} if rng.random() < 0.5 else {}
    return Scope(previous=before, name_councils=rng.random() < 0.5, threshold=rng.choice([0, 5]))


def earlier_answers(shown: Scope, made: Framework, folder: Path) -> Path | None:
    """The answers of the earlier round as a file, if there is one."""
    if not shown.previous:
        return None
    listed = all_rows(as_returns(list(shown.previous.values())), (), made)["answers.csv"]
    path = folder / "earlier.csv"
    path.write_bytes(to_csv(LISTINGS["answers.csv"].columns, listed))
    return path


def differences(out: Path, batch: Batch) -> list[str]:
    """What publication, page and the workbooks of councils say otherwise than the second route works out."""
    publication, peers = Checked(out / "publication.xlsx"), Peers(batch, {})
    for compare in PUBLISHED if batch.before else PUBLISHED[:-1]:
        compare(publication, batch)
    checks = [publication]
    for council in batch.councils[:2]:
        checks += [check_feedback(out, peers, council), check_plan(out, peers, council)]
    return [*page_differs(out, batch), *(fault for check in checks for fault in check.wrong)]


def of_one_council(returned: Return, made: Framework, register: Register) -> Iterator[tuple[str, bytes]]:
    """Papers in every style that there is, the reply, and the marked-up copy of a return with faults."""
    assert returned.assessment is not None
    for style in PAPER_STYLES:
        if style == "index" and not made.index:
            with pytest.raises(PaperError):
                make_paper(returned.assessment, made, style=style)
            continue
        yield from paper_files(make_paper(returned.assessment, made, style=style), style).items()
    answers = [Answer(row.code, len(made.levels), 1, actions="To do") for row in made.rows]
    faulty = read(filled(made, register.by_code[returned.assessment.gss_code], *answers), made, register)
    marked = mark_up(faulty, made, register)
    assert marked is not None
    yield "marked up", marked[1]
    yield "reply", reply(faulty, made, marked_up=marked[0]).encode()


def untrue(made: Framework, content: bytes) -> list[str]:
    """What a document says that is not true of a framework, or that was filled in with nothing."""
    never = [*OTHERS]
    never += [] if made.themes else ["Theme", "themes"]
    never += [] if made.principle else ["guiding idea", "rows called"]
    never += [] if made.actions else ["suggested action", "quotation marks"]
    never += [] if made.good else [f"{level.name} or above".casefold() for level in made.levels]
    wrong = [said for text in texts(content) for said in never if said in text or said in text.casefold()]
    return wrong + [text for text in texts(content) if UNFILLED.search(text)]


def texts(content: bytes) -> list[str]:
    """Every text of a document: in the cells, shapes and properties of a workbook, or its lines."""
    if not content.startswith(b"PK"):
        return re.sub(
            r"<script.*?</script>|<style.*?</style>|<[^>]*>", "\n", content.decode(), flags=re.S
        ).split("\n")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        markup = "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    return [
        html.unescape(text)
        for text in re.findall(r"<(?:\w+:)?(?:t|title|description|subject)(?: [^>]*)?>([^<]+)<", markup)
    ]

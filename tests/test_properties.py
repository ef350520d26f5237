"""What a document says of itself: its language, and when it was made, as far as anybody said so."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.cli.main import cli
from nps_xlsx.model import Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.action_plan import action_plan_workbook
from nps_xlsx.reports.papers import make_paper, paper_files
from tests.support.batches import made_up
from tests.support.workbooks import read

DAY = dt.date(2026, 11, 27)
CREATED = '<dcterms:created xsi:type="dcterms:W3CDTF">2026-11-27T00:00:00Z</dcterms:created>'


def core(content: bytes) -> str:
    """The part with the document's properties."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("docProps/core.xml").decode()


def test_no_file_says_a_date_that_nobody_gave(workbooks: dict[str, bytes]) -> None:
    """Without a day no workbook says when it was made or saved, and each says its language."""
    for name, content in workbooks.items():
        assert "dcterms:created" not in core(content), name
        assert "dcterms:modified" not in core(content), name
        assert "<dc:language>en-GB</dc:language>" in core(content), name


def test_a_paper_says_the_day_that_was_given(framework: Framework, medway: Council) -> None:
    """Both forms of a paper are as of a day, and neither says a day where none is given."""
    paper = make_paper(made_up(medway, framework, 1), framework, style="strategy", key_area="EC")
    for content in paper_files(paper, "paper", as_of=DAY).values():
        assert CREATED in core(content)
    for content in paper_files(paper, "paper").values():
        assert "dcterms:" not in core(content).partition(">")[2].replace("xmlns:dcterms", "")


def test_the_day_that_a_workbook_was_made_is_not_one_on_which_it_was_saved(
    framework: Framework, register: Register, medway: Council
) -> None:
    """A workbook that says when it was made is still one that nobody has saved."""
    order = Order(framework, medway, "2026", made=DAY)
    assert CREATED in core(build_workbook(order))
    for made in (DAY, None):
        assert read(build_workbook(replace(order, made=made)), framework, register).saved_at == ""


def test_long_titles_are_cut_at_what_a_property_holds(framework: Framework, medway: Council) -> None:
    """A title of 400 letters comes to 255 in Word and in Excel, and stops nothing."""
    answers = replace(made_up(medway, framework, 1), council="Saint Mary under the Long Wood " * 13)
    paper = make_paper(answers, framework, style="strategy", key_area="EC")
    for content in (action_plan_workbook(answers, framework), *paper_files(paper, "paper").values()):
        title = core(content).partition("<dc:title>")[2].partition("</dc:title>")[0]
        assert len(title) == 255


def test_build_writes_the_day_of_as_of(tmp_path: Path) -> None:
    """``nps build --as-of`` says when the workbooks were made; the same day gives the same bytes."""
    asked = ["build", "--council", "Medway", "--round", "2026", "--key-area", "EC"]
    made = []
    for place, day in enumerate(("2026-11-27", "27/11/2026")):
        done = CliRunner().invoke(cli, [*asked, "--as-of", day, "--out", str(tmp_path / str(place))])
        assert done.exit_code == 0, done.output
        made.append(Path(done.stdout.strip()).read_bytes())
    assert made[0] == made[1]
    assert CREATED in core(made[0])


def test_excel_is_asked_for_no_window_of_a_size(workbooks: dict[str, bytes]) -> None:
    """No workbook asks for a window's place or size: one that is larger than a screen hides its tabs."""
    for name, content in workbooks.items():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            book = archive.read("xl/workbook.xml").decode()
        assert "<workbookView" in book, name
        assert "window" not in book.partition("<workbookView")[2].partition("/>")[0].lower(), name

"""The commands on the pages of the documentation do what the page says, in the order of the page."""

from __future__ import annotations

import re
import shlex
import shutil
from functools import partial
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.ingester import ReadingProcess, read_return
from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.reports.listings import LISTINGS, all_rows
from nps_xlsx.workbook.layout import AssessmentSheet
from tests.conftest import ROOT
from tests.support import pages
from tests.support.batches import as_returns
from tests.support.commands import Run, nps
from tests.support.workbooks import changed, filled

MEDWAY = Path("workbooks", "NPS-2026-E06000035-medway.xlsx")
SAMPLE = "NPS-2022-E10000034-worcestershire.xlsx"
FIRST, SEASON = "tutorial.md", "how-to/round.md"
APART = (SEASON, "reference/commands.md")
"""The guide has a test of its own; the examples in the help name files of anybody's."""
NOT_HERE = re.compile(r"nps (build --all|demo)\b|.* (--send|--to-self|--settle|--to postgresql://)")
"""What takes long (317 workbooks; a season, which test_cli plays), or needs a server of the reader's."""
OTHERS: dict[str, list[str]] = {}
"""The commands of every other page, none twice."""
for _page in pages.PAGES:
    _ran = [*pages.commands(FIRST), *(line for lines in OTHERS.values() for line in lines)]
    if _page in APART:
        continue
    if _new := [line for line in pages.commands(_page) if line not in _ran and not NOT_HERE.match(line)]:
        OTHERS[_page] = _new
PROMISED = ["owner", "Dear colleague", "3 answered rows found = 3 used + 0 refused + 0 put aside", ".docx"]
"""What the commands of the tutorial say, after the first."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, framework: Framework, register: Register) -> Path:
    """An analyst's folder with every file that the pages name."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "returns").mkdir()
    (folder / "2022").mkdir()
    three = (Answer("EC1", current=2, target=3), Answer("EC2", current=3), Answer("SV1", current=1, target=4))
    for name, council, answers in (
        ("returns/Medway.xlsx", "Medway", three),
        ("returns/kent-again.xlsx", "Swale", three[:2]),
        ("return.xlsx", "Medway", three),
        ("A.xlsx", "Medway", three[:1]),
        ("B.xlsx", "Medway", three[1:]),
    ):
        (folder / name).write_bytes(filled(framework, register.find(council), *answers))
    earlier = [Assessment("E06000035", "Medway Council", "2022", three[:2])]
    rows = all_rows(as_returns(earlier), (), framework)["answers.csv"]
    (folder / "2022" / "answers.csv").write_bytes(to_csv(LISTINGS["answers.csv"].columns, rows))
    for name in ("corrections", "waivers"):
        text = pages.table_below("how-to/single-commands.md", f"`{name}.csv`:")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "mailing-list.csv").write_text("council,mail\nMedway,\nWorcestershire,\n", encoding="utf-8")
    head, *councils = (ROOT / "framework_data" / "councils.csv").read_text(encoding="utf-8").splitlines()
    own = [f"{head},consortium", *(f"{line},North" for line in councils if "Medway" in line)]
    (folder / "consortium.csv").write_text("\n".join(own), encoding="utf-8")
    shutil.copytree(ROOT / "framework_data" / "social-value-maturity-index", folder / "my-framework")
    shutil.copytree(ROOT / "framework_data" / "nps-2018", folder / "framework_data" / "nps-2018")
    (folder / "samples" / "returns").mkdir(parents=True)
    for name in ("synthetic-councils.csv", f"returns/{SAMPLE}"):
        shutil.copy(ROOT / "samples" / name, folder / "samples" / name)
    nps("ingest", "returns", "--out", "results", folder=folder)
    nps("round", "new", "2026", "--councils", "mailing-list.csv", folder=folder)
    shutil.copy(folder / "returns" / "Medway.xlsx", folder / "2026" / "returns")
    nps("ingest", "2026", folder=folder)
    return folder


def test_the_tutorial_goes_as_it_says(desk: Path) -> None:
    """Built, filled in as the page says, checked, read and reported: what the page promises comes out."""
    build, *lines = pages.commands(FIRST)
    book = desk / MEDWAY
    assert Path(run(build, desk).stdout.strip()) == MEDWAY
    book.write_bytes(changed(book.read_bytes(), fill_in))
    said = [run(line, desk).stdout for line in lines if not NOT_HERE.match(line)]
    assert [words in text for words, text in zip(PROMISED, said, strict=True)] == [True] * len(said)
    results = ("returns.csv", "problems.csv", "consolidated.xlsx", "action-plans", "report.html")
    assert all((desk / "results" / name).exists() for name in results)


def fill_in(workbook: Workbook) -> None:
    """What the second step asks the reader to do."""
    workbook["Start here"]["B11"] = "Officer"
    sheet = workbook["Engaging councillors"]
    first = AssessmentSheet.FIRST_ROW
    columns = {cell.value: cell.column for cell in sheet[first]}
    for row in sheet.iter_rows(min_row=first + 1):
        if row[0].value in ("EC1", "EC2", "EC3"):
            sheet.cell(row[0].row, columns["Current level"], "2 Developing")
            sheet.cell(row[0].row, columns["Target level"], "3 Mature")
        if row[0].value == "EC1":
            sheet.cell(row[0].row, columns["Actions"], "Brief the cabinet")


@pytest.mark.usefixtures("reads_here")
def test_the_guide_to_a_round_goes_as_it_says(desk: Path, tmp_path: Path) -> None:
    """A whole season, command by command in its order, with a return that comes in before it is read."""
    folder = shutil.copytree(desk, tmp_path / "desk", ignore=shutil.ignore_patterns("2026"))
    for line in pages.commands(SEASON):
        ended = run(line, folder)
        assert ended.returncode in (0, 1), (line, ended.stderr)
        if line.startswith("nps round new 2026"):
            shutil.copy(folder / "returns" / "Medway.xlsx", folder / "2026" / "returns")
    assert "1 of 2 asked has returned" in run("nps status 2026", folder).stdout
    assert len(list((folder / "2027" / "workbooks").iterdir())) == 2


class ReadsHere(ReadingProcess):
    """Reads in this process: a second to start another is spent by the tutorial's commands, not by each."""

    def __init__(self, framework: Framework, register: Register) -> None:
        super().__init__(framework, register)
        self.read_return = partial(read_return, framework=framework, register=register)  # type: ignore[method-assign]


@pytest.fixture
def reads_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nps_xlsx.rounds.intake.ReadingProcess", ReadsHere)


@pytest.mark.usefixtures("reads_here")
@pytest.mark.parametrize("page", OTHERS)
def test_the_commands_of_a_page_run(page: str, desk: Path, tmp_path: Path) -> None:
    """Each command on a page runs on the files that the page names; it may find problems in them."""
    folder = shutil.copytree(desk, tmp_path / "desk")
    for line in OTHERS[page]:
        ended = run(line, folder)
        assert ended.returncode in (0, 1), (line, ended.stderr)


@pytest.mark.usefixtures("reads_here")
def test_the_python_of_the_reference_runs(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The examples of the Python API run as they stand, one after the other."""
    monkeypatch.chdir(desk)
    exec(pages.python("reference/api.md"), {})  # noqa: S102 - our own page
    assert (desk / "E06000035.docx").read_bytes().startswith(b"PK")


def run(line: str, folder: Path) -> Run:
    """Run a command line in a folder."""
    return nps(*shlex.split(line)[1:], folder=folder)

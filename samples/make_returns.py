"""Make ``samples/returns``: blank workbooks filled in and saved by LibreOffice.

Worcestershire County Council's answers are its published assessment; the other councils
are synthetic.  Run it from the project's folder: ``python -m samples.make_returns``.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nps_xlsx.builder import Order, build_file
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Council, Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.register.councils import load_register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.names import file_slug
from nps_xlsx.workbook.values import DAY_ZERO

SAMPLES = Path(__file__).parent
ROUND = "2022"
WORCESTERSHIRE = "E10000034"
XLSX = "Calc MS Excel 2007 XML"

Cell = tuple[str, str, str | int]
"""Sheet, cell, and the text or number that is typed."""

Row = Sequence[str | float]


class NoLibreOfficeError(Exception):
    """LibreOffice, or a Python with its bridge, is not installed."""


@dataclass(frozen=True)
class Job:
    """One workbook to open and fill in, and what is then wanted of it."""

    source: Path
    target: Path | None
    """Where to save it, if anywhere."""
    cells: Sequence[Cell]
    filter: str = XLSX
    shows: str = ""
    """A sheet whose cells to give, recalculated."""
    measure: bool = False
    """Whether to give the rows that are too low for their text, instead of anything else."""


def make_returns(folder: Path, fill: Callable[[Sequence[Job]], object]) -> None:
    """Have every sample return filled in by LibreOffice and saved into a folder."""
    framework = load_framework()
    register = load_register() + load_register(SAMPLES / "synthetic-councils.csv")
    answers = {WORCESTERSHIRE: _rows(SAMPLES / "worcestershire-2022.csv")}
    for row in _rows(SAMPLES / "synthetic-answers.csv"):
        answers.setdefault(row["gss_code"], []).append(row)
    heads = _rows(SAMPLES / "synthetic-heads.csv")
    with tempfile.TemporaryDirectory() as blanks:
        jobs = []
        for code, rows in answers.items():
            council = register.find(code)
            blank = build_file(Order(framework, council, ROUND), Path(blanks))
            head = [row for row in heads if row["gss_code"] == code]
            cells = [*_details(council), *_heads(framework, head), *_answers(framework, rows)]
            jobs.append(Job(blank, folder / blank.name, cells))
        fill(jobs)


class LibreOffice:
    """A LibreOffice of our own, started once for all that it is to do; a context manager.

    Raises:
        NoLibreOfficeError: it is not installed.
    """

    def __init__(self) -> None:
        office, python = find_libreoffice()
        self._command = [python, str(SAMPLES / "fill_with_libreoffice.py"), office]

    def __enter__(self) -> LibreOffice:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def fill(self, jobs: Sequence[Job]) -> list[list[Row]]:
        """Have the jobs done; gives what each shows, or the rows that are too low of one that measures.

        Raises:
            ChildProcessError: LibreOffice failed, or refused to fill in a locked cell.
        """
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        assert self._process.stdout is not None  # noqa: S101 - it was opened as a pipe
        print(json.dumps([asdict(job) for job in jobs], default=str), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise ChildProcessError(f"LibreOffice failed: {self._process.wait()}")
        given: list[list[Row]] = json.loads(answer)
        return given


def find_libreoffice() -> tuple[str, str]:
    """LibreOffice, and a Python that can speak to it.

    Raises:
        NoLibreOfficeError: one of them is not there.
    """
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        raise NoLibreOfficeError("LibreOffice is not installed (Debian: libreoffice-calc)")
    for python in ("/usr/bin/python3", sys.executable):
        if Path(python).exists() and _has_bridge(python):
            return office, python
    raise NoLibreOfficeError("no Python has LibreOffice's bridge (Debian: python3-uno)")


def _has_bridge(python: str) -> bool:
    return subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def cell_of(framework: Framework, ref: str, key: str) -> tuple[str, str]:
    """The sheet and the cell of one answer in a blank workbook."""
    area = framework.area_by_code[ref]
    sheet = next(sheet for sheet in layout.assessment_sheets(framework) if sheet.area == area)
    return sheet.name, cell_name(sheet.row(ref), sheet.column(key))


def typed_level(framework: Framework, level: str) -> str:
    """A level as an officer would choose it; other words as they are."""
    if level == "NA":
        return layout.NOT_APPLICABLE_LABEL
    return framework.level(int(level)).label if level.isdigit() else level


def serial(day: str) -> int:
    """An ISO date as the number that a spreadsheet keeps."""
    return (dt.date.fromisoformat(day) - DAY_ZERO).days


def _details(council: Council) -> list[Cell]:
    if council.gss_code == WORCESTERSHIRE:
        texts = {
            "completed_by": "Transcribed from the Corporate Procurement Strategy 2022-2025",
            "role": "Published assessment, section 3 and Appendix 1",
            "combined": "Yes",
        }
        date = ""
    else:
        texts = {
            "completed_by": "Synthetic sample",
            "role": "Head of Procurement",
            "department": "Finance and Commercial",
            "email": f"procurement@{file_slug(council.short_name)}.example",
            "combined": "Yes",
        }
        date = "2022-09-30"
    cells: list[Cell] = [(layout.START, _detail(key), text) for key, text in texts.items()]
    if date:
        cells.append((layout.START, _detail("date_completed"), serial(date)))
    return cells


def _detail(key: str) -> str:
    return cell_name(*layout.detail_cell(key))


def _heads(framework: Framework, rows: Sequence[dict[str, str]]) -> list[Cell]:
    sheets = {sheet.area.code: sheet for sheet in layout.assessment_sheets(framework)}
    return [
        (sheet.name, cell_name(*sheet.head_cell(one.key)), _typed(row[one.key], one.kind))
        for row in rows
        for sheet in [sheets[row["area"]]]
        for one in layout.HEAD
        if row[one.key]
    ]


def _typed(value: str, kind: layout.Kind) -> str | int:
    return serial(value) if kind is layout.Kind.DATE else value


def _answers(framework: Framework, rows: Sequence[dict[str, str]]) -> list[Cell]:
    columns = [column for column in layout.assessment_columns(framework) if column.is_input]
    return [
        (
            *cell_of(framework, row["ref"], column.key),
            typed_level(framework, value) if column.kind is layout.Kind.LEVEL else _typed(value, column.kind),
        )
        for row in rows
        for column in columns
        if (value := row.get(column.key, ""))
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    returns = SAMPLES / "returns"
    returns.mkdir(exist_ok=True)
    with LibreOffice() as office:
        make_returns(returns, office.fill)

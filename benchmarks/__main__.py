"""Measure everything beside its peers, round by round, and write RESULTS.md and its picture."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import psutil
import vl_convert

from benchmarks.material import write_returns
from nps_xlsx.model.dates import long_date

HERE = Path(__file__).parent
_STARTS = 6
"""Starts of each command, the first of which compiles."""


@dataclass(frozen=True)
class Table:
    """Works that are compared with one of them: each a task, what it is, and how many at once."""

    title: str
    peer: str
    unit: str
    works: tuple[tuple[str, str, int], ...]
    bars: tuple[tuple[str, float], ...] = ()
    """How many times as fast as the peer a task is to be, at least."""
    rounds: int = 5
    clock: str = "cpu"
    """Whether CPU time counts, or time by the clock (``wall``)."""


TABLES = (
    Table(
        "Build one workbook",
        "xlsxwriter_as_it_is",
        "ms of CPU per workbook",
        (
            ("xlsxwriter_as_it_is", "XlsxWriter as it is, the same workbook", 3),
            ("from_scratch", "from scratch, without XlsxWriter's search for newer functions", 5),
            ("copies", "**a further council's copy, in memory**", 300),
            ("copies_on_disk", "**a further council's copy, safely on disk**", 300),
            ("prefilled", "**prefilled from an earlier round**", 5),
            ("openpyxl_written", "openpyxl: the same cells without their looks", 3),
            ("openpyxl_changed", "openpyxl: load a blank workbook, change a name, save", 3),
            ("file_copy", "limit: copy a finished file", 300),
        ),
        (("copies", 300), ("copies_on_disk", 150)),
    ),
    Table(
        "Read one full return",
        "pandas_openpyxl",
        "ms of CPU per return",
        (
            ("pandas_openpyxl", "pandas with openpyxl, all sheets", 8),
            ("pandas_calamine", "pandas with calamine, all sheets", 40),
            ("read_and_check", "**read and checked**", 100),
            ("inflated", "limit: inflate every part", 100),
        ),
        (("read_and_check", 8),),
    ),
    Table(
        "Write consolidated.xlsx of 317 returns",
        "consolidated_bare",
        "ms of CPU per return",
        (
            ("consolidated_bare", "XlsxWriter: the same cells without their looks", 317),
            ("consolidated", "**consolidated.xlsx**", 317),
        ),
        (("consolidated", 0.5),),
        rounds=3,
    ),
    Table(
        "Ingest a round",
        "pandas_openpyxl",
        "ms by the clock per return",
        (
            ("pandas_openpyxl", "pandas with openpyxl, all sheets of 100 returns, nothing more", 100),
            ("ingested", "**317 returns ingested**, every output but the documents for councils", 317),
        ),
        (("ingested", 4),),
        rounds=3,
        clock="wall",
    ),
    Table(
        "Write the documents for 317 councils",
        "documents_bare",
        "ms by the clock per council",
        (
            ("documents_bare", "XlsxWriter: the same cells without their looks, on one core", 317),
            ("documents", "**an action plan and feedback for each council**", 317),
        ),
        (("documents", 1 / 1.2),),
        rounds=3,
        clock="wall",
    ),
)
CURVES = (
    ("copies_on_disk", "build, blank", (10, 100, 1000, 10_000)),
    ("xlsxwriter_as_it_is", "XlsxWriter as it is", (10, 100)),
    ("read_and_check", "read and check", (10, 100, 1000)),
    ("read_and_list", "read, check and list", (10_000,)),
    ("read_on_cluster", "read and check on a local Dask cluster, two workers", (100, 1000)),
    ("pandas_openpyxl", "pandas with openpyxl", (10, 100, 1000)),
    ("consolidated", "consolidated.xlsx", (10, 100, 1000, 3000)),
)
PACKAGES = ("xlsxwriter", "openpyxl", "pandas", "python-calamine", "click")

_INTRO = """\
By `make bench`. Each figure is of a process of its own, with the CPU time of those that it started. The
works of a table take turns, three or five rounds; a ratio is of one round: median (least to greatest). In
bold: ours. The peak of memory is that of the process itself from where its work begins, without those that
it starts."""

Figures = dict[str, float]


def measured(task: str, number: int) -> Figures:
    """Seconds of CPU and of the clock, and bytes of memory, of one task in a process of its own."""
    # Not with -m: the processes that a task starts would import this task's peers too, as part of "main".
    work = f"from benchmarks.tasks import main; main({task!r}, {number})"
    command = [sys.executable, "-c", work]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=HERE.parent)
    figures: Figures = json.loads(done.stdout)
    return figures


def compared(table: Table) -> list[str]:
    """The rows of a table: one round after another, each with every work."""
    spent: dict[str, list[float]] = {task: [] for task, _, _ in table.works}
    for turn in range(table.rounds):
        print(f"{table.title}, round {turn + 1} of {table.rounds}", file=sys.stderr, flush=True)
        for task, _, number in table.works:
            spent[task].append(measured(task, number)[table.clock] / number * 1000)
    bars, rows = dict(table.bars), []
    for task, what, _ in table.works:
        ratios = [peer / own for peer, own in zip(spent[table.peer], spent[task], strict=True)]
        bar = _number(bars[task]) if task in bars else ""
        met = "" if task not in bars else "met" if statistics.median(ratios) >= bars[task] else "**missed**"
        shown = f"{_number(statistics.median(ratios))} ({_number(min(ratios))} to {_number(max(ratios))})"
        rows.append(f"| {what} | {_number(statistics.median(spent[task]))} | {shown} | {bar} | {met} |")
    head = f"| work | {table.unit} | times as fast as the first | bar | |"
    return [f"## {table.title}", "", head, "| --- | --- | --- | --- | --- |", *rows, ""]


def started() -> list[str]:
    """How long commands take to start, beside importing click."""
    python = [sys.executable, "-c"]
    returned = HERE.parent / "samples" / "returns"
    first = next(path for path in sorted(returned.iterdir()) if path.suffix == ".xlsx")
    commands = {
        "`import click`": [*python, "import click"],
        "`nps --help`": [sys.executable, "-m", "nps_xlsx", "--help"],
        "`nps check FILE`": [sys.executable, "-m", "nps_xlsx", "check", str(first)],
    }
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(_STARTS):
        for name, command in commands.items():
            spent[name].append(_cpu_of(command))
    rows = []
    for name, taken in spent.items():
        ratios = [own / click for own, click in zip(taken[1:], spent["`import click`"][1:], strict=True)]
        spent_ms, ratio = statistics.median(taken[1:]) * 1000, statistics.median(ratios)
        rows.append(f"| {name} | {_number(spent_ms)} | {_number(ratio)} |")
    bars = "Bars: `nps --help` at most 1.3 times `import click`, `nps check FILE` under 500 ms."
    return [
        "## Start",
        "",
        bars,
        "",
        "| command | ms of CPU | times `import click` |",
        "| --- | --- | --- |",
        *rows,
        "",
    ]


def _cpu_of(command: list[str]) -> float:
    """Seconds of CPU of a command, with those of the processes that it starts; compiled modules are kept."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime


def curves() -> list[str]:
    """Time and memory by number, as a table and a picture."""
    points: list[dict[str, object]] = []
    rows = []
    for task, what, numbers in CURVES:
        for number in numbers:
            print(f"{what}, {number}", file=sys.stderr, flush=True)
            took = measured(task, number)
            points.append({"work": what, "number": number, "seconds": took["wall"]})
            wall, memory = _number(took["wall"]), _number(took["memory"] / 2**20)
            rows.append(f"| {what} | {number:,} | {_number(took['cpu'])} | {wall} | {memory} |")
    (HERE / "curves.svg").write_text(vl_convert.vegalite_to_svg(_chart(points)), encoding="utf-8")
    head = "| work | number | s of CPU | s by the clock | MiB at the peak |"
    return [
        *("## By number", "", "Bar: reading and listing 10,000 returns takes less than 1,536 MiB.", ""),
        *("![Seconds by number of workbooks or returns](curves.svg)", ""),
        *(head, "| --- | --- | --- | --- | --- |", *rows, ""),
    ]


def _chart(points: list[dict[str, object]]) -> dict[str, object]:
    axis = {"type": "quantitative", "scale": {"type": "log"}}
    return {
        "data": {"values": points},
        "width": 640,
        "height": 360,
        "config": {"font": "Arial, Liberation Sans, sans-serif"},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {"field": "number", "title": "Workbooks or returns", **axis},
            "y": {"field": "seconds", "title": "Seconds by the clock", **axis},
            "color": {"field": "work", "title": None, "type": "nominal"},
        },
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory, today = psutil.virtual_memory().total / 2**30, dt.datetime.now().astimezone().date()
    return (
        f"{long_date(today)}; {platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; load of {os.getloadavg()[0]:.1f} at the start; "
        f"Python {platform.python_version()}; {versions}."
    )


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "returns")
        write_returns(ready, 10_000)
        os.environ["NPS_BENCH_RETURNS"] = str(ready)
        _measure()


def _measure() -> None:
    began, lines = time.monotonic(), ["# Measured", "", _INTRO, "", _machine(), ""]
    parts: list[Callable[[], list[str]]] = [*(partial(compared, table) for table in TABLES), started, curves]
    for part in parts:
        lines += part()
        took = f"All of this took {(time.monotonic() - began) / 60:.0f} minutes."
        (HERE / "RESULTS.md").write_text("\n".join([*lines, took, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()

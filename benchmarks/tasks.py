"""What is measured: each task prepares what it needs, untimed, and gives back what is timed.

Each measurement is a process of its own: ``main(TASK, NUMBER)`` prints, as
JSON, seconds of CPU (with those of the processes that it started) and of the clock, and its peak of
memory meanwhile (without).
"""

from __future__ import annotations

import io
import json
import resource
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import psutil
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from benchmarks.material import answered, framework, orders, write_returns
from nps_xlsx import Return, Scope, ingest, load_register, read_returns
from nps_xlsx.builder import _written, build_file, build_workbook
from nps_xlsx.builder.start import heights
from nps_xlsx.excel.parts import SheetOfOurs
from nps_xlsx.figures import Tables, accepted, consolidate, response_rates
from nps_xlsx.figures.disclosure.groups import allowed
from nps_xlsx.ingester.reading.readers import Readers
from nps_xlsx.model import FACTS
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.reports.consolidated import consolidated_workbook
from nps_xlsx.reports.for_councils import ForCouncils
from nps_xlsx.reports.listings import LISTINGS, all_rows
from nps_xlsx.reports.outputs import for_councils
from nps_xlsx.rounds.combine import combine

Timed = Callable[[], object]


def copies(number: int, folder: Path) -> Timed:
    """Blank workbooks in memory, from the second of the round on."""
    first, *others = orders(number + 1)
    build_workbook(first)
    return lambda: [build_workbook(order) for order in others]


def copies_on_disk(number: int, folder: Path) -> Timed:
    """Blank workbooks, safely on disk."""
    first, *others = orders(number + 1)
    build_workbook(first)
    return lambda: [build_file(order, folder) for order in others]


def from_scratch(number: int, folder: Path) -> Timed:
    """Blank workbooks, each written by XlsxWriter, without its search for newer functions."""
    given = orders(number)
    return lambda: [_written(order, heights(order)).to_bytes() for order in given]


def xlsxwriter_as_it_is(number: int, folder: Path) -> Timed:
    """Blank workbooks, each written by XlsxWriter as it is."""
    del SheetOfOurs._prepare_formula
    return from_scratch(number, folder)


def prefilled(number: int, folder: Path) -> Timed:
    """Workbooks prefilled from an earlier round."""
    earlier = [answered(order, seed).assessment for seed, order in enumerate(orders(number))]
    given = [
        type(order)(order.framework, order.council, "2029", previous=previous)
        for order, previous in zip(orders(number), earlier, strict=True)
    ]
    return lambda: [build_workbook(order) for order in given]


def openpyxl_written(number: int, folder: Path) -> Timed:
    """The cells of a blank workbook, without their looks, written by openpyxl."""
    cells = _cells_of(build_workbook(orders(1)[0]))

    def write() -> None:
        for _ in range(number):
            workbook = openpyxl.Workbook()
            for name, rows in cells.items():
                sheet = workbook.create_sheet(name)
                for row in rows:
                    sheet.append(row)
            workbook.save(io.BytesIO())

    return write


def openpyxl_changed(number: int, folder: Path) -> Timed:
    """A blank workbook loaded by openpyxl, one name changed, and saved."""
    content = build_workbook(orders(1)[0])

    def change() -> None:
        for _ in range(number):
            workbook = openpyxl.load_workbook(io.BytesIO(content))
            workbook["Start here"]["B9"] = "Another Council"
            workbook.save(io.BytesIO())

    return change


def file_copy(number: int, folder: Path) -> Timed:
    """Copies of a finished file."""
    path = build_file(orders(1)[0], folder)
    return lambda: [shutil.copy(path, folder / f"{turn}.xlsx") for turn in range(number)]


def read_and_check(number: int, folder: Path) -> Timed:
    """Full returns read and checked."""
    write_returns(folder / "returns", number)
    return lambda: read_returns(folder / "returns", framework())


def read_and_list(number: int, folder: Path) -> Timed:
    """Full returns read and checked, and the lists of what is in them as CSV."""
    write_returns(folder / "returns", number)

    def work() -> list[bytes]:
        returns = read_returns(folder / "returns", framework()).returns
        rows = all_rows(returns, combine(accepted(returns), framework()), framework(), [])
        return [to_csv(LISTINGS[name].columns, lines) for name, lines in rows.items()]

    return work


def read_on_cluster(number: int, folder: Path) -> Timed:
    """Full returns read and checked by two workers of a local Dask cluster that is there already."""
    from distributed import LocalCluster

    write_returns(folder / "returns", number)
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    readers = Readers(scheduler=cluster.scheduler_address)
    return lambda: read_returns(folder / "returns", framework(), readers=readers)


def pandas_openpyxl(number: int, folder: Path) -> Timed:
    """Full returns: every sheet read by pandas through openpyxl."""
    return _pandas(number, folder, "openpyxl")


def pandas_calamine(number: int, folder: Path) -> Timed:
    """Full returns: every sheet read by pandas through calamine."""
    return _pandas(number, folder, "calamine")


def inflated(number: int, folder: Path) -> Timed:
    """Full returns: every part inflated, nothing read."""
    write_returns(folder / "returns", number)

    def inflate() -> None:
        for path in (folder / "returns").iterdir():
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    archive.read(name)

    return inflate


def consolidated(number: int, folder: Path) -> Timed:
    """consolidated.xlsx of full returns that are read already."""
    return _consolidated(number, folder)


def consolidated_bare(number: int, folder: Path) -> Timed:
    """The cells of the same consolidated.xlsx, without their looks, written by XlsxWriter."""
    write = _consolidated(number, folder)
    with _cells_recorded() as cells:
        write()
    return lambda: _bare(cells)


def ingested(number: int, folder: Path) -> Timed:
    """Full returns ingested: every output but the documents for each council."""
    write_returns(folder / "returns", number)
    ForCouncils.documents = lambda *_: iter(())  # type: ignore[method-assign]
    return lambda: ingest(folder / "returns", folder / "out", framework())


def documents(number: int, folder: Path) -> Timed:
    """An action plan and feedback for each council, from returns that are read already."""
    work = _for_councils(number, folder)
    return lambda: list(work.documents())


def documents_bare(number: int, folder: Path) -> Timed:
    """The cells of the same documents, without their looks, written by XlsxWriter on one core."""
    written, books = _for_councils(number, folder).documents(jobs=1), list[_Cells]()
    while True:
        with _cells_recorded() as cells:
            if next(written, None) is None:
                return lambda: [*map(_bare, books)]
        books.append(cells)


def _pandas(number: int, folder: Path, engine: Any) -> Timed:
    write_returns(folder / "returns", number)
    paths = sorted((folder / "returns").iterdir())
    return lambda: [pd.read_excel(path, engine=engine, sheet_name=None) for path in paths]


def _cells_of(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.values) for sheet in workbook}


def _read(number: int, folder: Path) -> tuple[tuple[Return, ...], Tables]:
    write_returns(folder / "returns", number)
    returns = read_returns(folder / "returns", framework()).returns
    return returns, consolidate(combine(accepted(returns), framework()), framework(), load_register())


def _consolidated(number: int, folder: Path) -> Timed:
    returns, tables = _read(number, folder)
    rows = all_rows(returns, tables.responses, framework(), [])
    return lambda: consolidated_workbook(tables, returns, rows, response_rates(tables))


def _for_councils(number: int, folder: Path) -> ForCouncils:
    _, tables = _read(number, folder)
    return for_councils(tables.responses, tables, Scope(), allowed(tables, FACTS, THRESHOLD))


_Cells = list[tuple[str, str, int, int, object]]


@contextmanager
def _cells_recorded() -> Iterator[_Cells]:
    """Every cell that is written meanwhile: its sheet, method, place and value."""
    cells: _Cells = []
    methods = {name: getattr(Worksheet, name) for name in ("_write_string", "_write_number", "_write_blank")}

    def recording(name: str) -> Callable[..., object]:
        def record(self: Worksheet, row: int, col: int, value: object, *rest: object) -> object:
            cells.append((self.name, name, row, col, value))
            return methods[name](self, row, col, value, *rest)

        return record

    for name in methods:
        setattr(Worksheet, name, recording(name))
    try:
        yield cells
    finally:
        for name, method in methods.items():
            setattr(Worksheet, name, method)


def _bare(cells: _Cells) -> None:
    workbook = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
    sheets = {name: workbook.add_worksheet(name) for name in dict.fromkeys(cell[0] for cell in cells)}
    plain = workbook.add_format({"text_wrap": True})
    for name, method, row, col, value in cells:
        getattr(sheets[name], method)(row, col, value, plain)
    workbook.close()


TASKS: dict[str, Callable[[int, Path], Timed]] = {
    task.__name__: task
    for task in (
        *(copies, copies_on_disk, from_scratch, xlsxwriter_as_it_is, prefilled),
        *(openpyxl_written, openpyxl_changed, file_copy),
        *(read_and_check, read_and_list, read_on_cluster, pandas_openpyxl, pandas_calamine, inflated),
        *(consolidated, consolidated_bare, ingested, documents, documents_bare),
    )
}


def cpu() -> float:
    """Seconds of CPU of this process and of those that it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    running = [process.cpu_times()[:4] for process in psutil.Process().children(recursive=True)]
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(sum, running))


def main(task: str, number: int) -> None:
    """Measure one task."""
    with tempfile.TemporaryDirectory() as folder:
        timed = TASKS[task](number, Path(folder))
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins here: proc(5)
        before, started = cpu(), time.perf_counter()
        timed()
        figures = {"cpu": cpu() - before, "wall": time.perf_counter() - started}
    print(json.dumps(figures | {"memory": _peak()}))


def _peak() -> int:
    """Bytes of memory of this process at its peak; getrusage would begin with that of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024

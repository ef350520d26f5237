"""What is read of every file in ``tests/saved``: ``python -m tests.makers.figures [csv]``.

As figures for each engine (files, known answers recovered, slowest reading), or as lines for
``expected.csv``: to be read and judged before they are kept there.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nps_xlsx.framework import load_framework
from nps_xlsx.ingester import ReadingProcess, SourceFile
from nps_xlsx.model import Return
from nps_xlsx.register.councils import load_register
from nps_xlsx.rounds.check import check_return
from samples.make_returns import SAMPLES
from tests.makers import known
from tests.makers.make import Recipe, recipes

USUAL = {"not-answered", "details-missing", "template-older"}
"""Problems of any unfinished workbook, and that of every workbook of template 1, as these files are."""


@dataclass(frozen=True)
class Reading:
    """One file as it was read, and how long that took."""

    recipe: Recipe
    returned: Return
    seconds: float

    @property
    def changed(self) -> dict[str, str]:
        """What is read otherwise than it was known."""
        return known.differences(self.returned.assessment, self.recipe.codes)

    @property
    def is_whole(self) -> bool:
        """Whether the file was only resaved, filled in or moved about, and could be opened."""
        is_edited = (
            not self.recipe.file.startswith(("clean/", "file-")) or "tab-in-a-text" in self.recipe.file
        )
        return not is_edited and self.returned.assessment is not None


def readings() -> Iterator[Reading]:
    """Every file, read in one process as a batch is."""
    framework = load_framework()
    register = load_register() + load_register(SAMPLES / "synthetic-councils.csv")
    with ReadingProcess(framework, register) as process:
        for recipe in recipes():
            content = recipe.target.read_bytes()
            source = SourceFile(recipe.target.name, content, len(content))
            start = time.perf_counter()
            returned = process.read_return(source)
            seconds = time.perf_counter() - start
            yield Reading(recipe, check_return(returned, framework), seconds)


def summed_up(found: Iterable[Reading]) -> Iterator[list[object]]:
    """One line for each engine: its files, and what is read of those left whole on purpose."""
    by_engine: dict[str, list[Reading]] = {}
    for reading in found:
        by_engine.setdefault(reading.recipe.engine, []).append(reading)
    yield ["engine", "files", "left whole", "their answers", "recovered", "slowest, s"]
    for engine, files in by_engine.items():
        whole = [one for one in files if one.is_whole]
        total = sum(len(known.given(known.known_answers(one.recipe.codes))) for one in whole)
        lost = sum(len(one.changed) for one in whole)
        yield [
            engine,
            len(files),
            len(whole),
            total,
            total - lost,
            f"{max(one.seconds for one in files):.2f}",
        ]


def lines(found: Iterable[Reading]) -> Iterator[list[str]]:
    """The lines of ``expected.csv``: every problem of a file, and with the first what reads otherwise."""
    yield ["file", "slug", "sheet", "cells", "answers"]
    for reading in found:
        refused = reading.returned.assessment is None
        changed = known.in_short(reading.changed, reading.recipe.codes)
        told = [problem for problem in reading.returned.problems if problem.slug not in USUAL]
        places = [[problem.slug, problem.place.sheet, problem.cell] for problem in told]
        for number, place in enumerate(sorted(places) or [["", "", ""]]):
            yield [reading.recipe.file, *place, ("refused" if refused else changed) if number == 0 else ""]


if __name__ == "__main__":
    table = lines(readings()) if "csv" in sys.argv[1:] else summed_up(readings())
    csv.writer(sys.stdout, lineterminator="\n").writerows(table)

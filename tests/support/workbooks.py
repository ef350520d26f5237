"""Making and changing workbooks for the tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.model import Answer, Assessment, Council, Framework, Return
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.check import check_return


def filled(framework: Framework, council: Council, *answers: Answer, **details: str) -> bytes:
    """A workbook of the round 2026, filled with these answers and details."""
    assessment = Assessment(council.gss_code, council.name, "2026", answers, details=tuple(details.items()))
    return build_workbook(Order(framework, council, "2026", assessment=assessment))


def changed(content: bytes, change: Callable[[Workbook], None]) -> bytes:
    """The same workbook after a change, saved by openpyxl."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    change(workbook)
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def read(content: bytes, framework: Framework, register: Register, name: str = "return.xlsx") -> Return:
    """What ingest makes of one file."""
    source = SourceFile(name, content, len(content))
    return check_return(read_return(source, framework, register), framework)


def slugs(returned: Return) -> list[str]:
    """The kinds of its problems, without what every unfinished workbook has."""
    usual = {"not-answered", "details-missing"}
    return [found.slug for found in returned.problems if found.slug not in usual]


def places(returned: Return, slug: str) -> list[tuple[str, str]]:
    """Sheet and cells of each problem of a kind."""
    return [(p.place.sheet, p.cell) for p in returned.problems if p.slug == slug]


def write(path: Path, content: bytes) -> Path:
    """Write a file and give its path back."""
    path.write_bytes(content)
    return path


def write_custom(name: str, text: str) -> Callable[[Workbook], None]:
    """A change that gives a custom document property another text."""

    def change(workbook: Workbook) -> None:
        del workbook.custom_doc_props[name]
        workbook.custom_doc_props.append(StringProperty(name=name, value=text))

    return change

"""What stands on the pages of the documentation: commands, pieces of Python, tables."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = {
    "README.md": ROOT / "README.md",
    **{path.relative_to(DOCS).as_posix(): path for path in sorted(DOCS.rglob("*.md"))},
}
"""Every page, by its name."""


def text_of(page: str) -> str:
    """A page as it is written."""
    return PAGES[page].read_text(encoding="utf-8")


def _blocks(page: str) -> Iterator[str]:
    """The blocks of code, which are set by four spaces, also below an entry of a list."""
    for block in re.findall(r"(?<=\n\n)(?:(?: {4}.*)?\n)+", text_of(page) + "\n"):
        yield textwrap.dedent(block).strip("\n")


def commands(page: str) -> list[str]:
    """The command lines in its blocks of code; how a command is used in general is none."""
    lines = [line.strip() for block in _blocks(page) for line in block.splitlines()]
    return [line for line in lines if line.startswith("nps ") and "[OPTIONS]" not in line]


def python(page: str) -> str:
    """The Python in its blocks of code, one after the other."""
    return "\n".join(block for block in _blocks(page) if block.startswith(("from ", "import ")))


def table_below(page: str, words: str) -> str:
    """The first table below some words, as a CSV file; its cells hold no comma and no quotation mark."""
    rows = text_of(page).split(words, 1)[1].split("\n\n")[1].splitlines()
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in (rows[0], *rows[2:])]
    return "".join(",".join(row) + "\n" for row in cells)

"""Workbooks of councils who are asked alike are copies of one, and nobody can tell."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from nps_xlsx.builder import Order, _master, _written, build_file, build_workbook
from nps_xlsx.builder.start import heights
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.copies import Master
from nps_xlsx.excel.zipped import Archive, Member
from nps_xlsx.framework import load_framework
from nps_xlsx.jobs import mapped
from nps_xlsx.model import Council, Framework
from nps_xlsx.model.errors import UserError

NAMES = [
    *("Marks & Spencer", "<b>Bold</b> Council", '"Quoted" Council', "O'Brien’s", "Ynys Môn / Ŵyl Ŷd"),
    *("=SUM(A1)", "==SUM(A1)", "+44 Council", "-", "@council", "_x0041_ Council", "Bell\x07 Council"),
    *("Ĺong " * 40, "W" * 200, "iiii " * 50, "🏛️ Council", "\u200fמועצה", "市議会", " Leading", "Trailing "),
    *(
        "Two\nlines",
        "Tab\there",
        "<r>x</r> y",
        "{council}",
        "%s %d",
        "$1 \\1",
        "]]>",
        "&amp;",
        "a | check b",
    ),
    *("Summary", "2026", "Yes", "1 Minimum", "Round", "Council", "SV3", "E06000035", "\ufdd1", "a | check b"),
]
RESPONDENTS = ["Adult care", "=Finance", "W" * 40, "Môn & co", "Yes"]


def orders(framework: Framework, medway: Council) -> Iterator[Order]:
    short = framework.only(["SV3", "EN1"])
    for name in NAMES:
        yield Order(short, dataclasses.replace(medway, name=name), "2026")
    for respondent in RESPONDENTS:
        yield Order(short, medway, "2026", respondent=respondent)
    other = dataclasses.replace(medway, gss_code="X99", name="Middleshire")
    second = load_framework("social-value-maturity-index")
    for council in (medway, other):
        yield Order(framework, council, "2026", due=dt.date(2026, 12, 18), targets={"SV3": 4})
        yield Order(framework, council, "2026", with_review=True, made=dt.date(2026, 11, 1))
        yield Order(second, council, "2026-27", contact="procurement@example.org", privacy_note="Ours.")


def parts(content: bytes) -> dict[str, bytes]:
    """The parts, each reference to a shared string replaced by the string, and these left out."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        held = {name: archive.read(name) for name in archive.namelist()}
    shared = held.pop("xl/sharedStrings.xml")
    strings = re.findall(rb"<si>.*?</si>", shared, re.DOTALL)
    assert len(strings) == int(re.search(rb'uniqueCount="(\d+)"', shared)[1])  # type: ignore[index]
    cell = re.compile(rb't="s"><v>(\d+)</v>')
    return {name: cell.sub(lambda found: strings[int(found[1])], part) for name, part in held.items()}


def test_a_copy_is_what_would_have_been_written(framework: Framework, medway: Council) -> None:
    """Whatever a council or respondent is called, each part is that of a workbook written for them alone."""
    tried = list(orders(framework, medway))
    assert len(tried) >= 50
    for order in tried:
        alone = _written(order, heights(order)).to_bytes()
        assert parts(build_workbook(order)) == parts(alone), order.council.name


def test_it_does_not_matter_who_came_first(framework: Framework, medway: Council) -> None:
    """A workbook has the same bytes, whichever council's was built before it."""
    short = framework.only(["SV3"])
    first = Order(short, medway, "2026")
    others = [Order(short, dataclasses.replace(medway, name=name), "2026") for name in ("Summary", "Kent")]
    _master.cache_clear()
    alone = build_workbook(first)
    for other in others:
        _master.cache_clear()
        build_workbook(other)
        assert build_workbook(first) == alone


def test_councils_asked_alike_share_one_master(framework: Framework, medway: Council) -> None:
    """A name makes another workbook only where a row of the first sheet is higher for it, or it is quoted."""
    short = framework.only(["SV3"])
    _master.cache_clear()
    for name in ("Kent", "Surrey County Council", "=Kent", "=Surrey"):
        build_workbook(Order(short, dataclasses.replace(medway, name=name), "2026"))
    assert _master.cache_info().misses == 2


@pytest.mark.parametrize("place", ["formula", "sheet", "part of the title"])
def test_a_slot_that_nothing_fills_is_refused(place: str) -> None:
    """A council's name in a formula or a sheet's name would go into all copies: no copy is made."""
    book = Book("Title")
    sheet = book.sheet("\ufdd0" if place == "sheet" else "Sheet")
    if place == "formula":
        sheet.formula(0, 0, '"\ufdd0"', "a")
    if place == "part of the title":
        book.raw.set_properties({"title": "A \ufdd0", "created": None})
    with pytest.raises(RuntimeError, match="slot"):
        Master(book)


def test_an_archive_that_would_need_zip64_is_refused() -> None:
    """Nothing is written that another program would read as damaged: too large, or too many files."""
    empty = Member("a.xml", b"\3\0", 0, 0)
    for members in ([dataclasses.replace(empty, size=2**32)], [empty] * 0xFFFF):
        with pytest.raises(ValueError, match="zip64"):
            Archive().plus(members)


@pytest.mark.parametrize("text", ["<r>x & y</r>", "<r></r>", "<r><t>x</t></r>"])
def test_markup_of_strings_is_text_like_any_other(text: str) -> None:
    """A text that looks like the markup of a rich string comes back letter by letter."""
    book = Book("Title")
    book.sheet("Sheet").text(0, 0, text)
    opened = openpyxl.load_workbook(io.BytesIO(book.to_bytes()))
    assert opened["Sheet"]["A1"].value == text


def test_a_workbook_that_is_there_is_let_be(framework: Framework, medway: Council, tmp_path: Path) -> None:
    """Building again writes what is missing or differs, and leaves alone a file that is the same."""
    orders = [Order(framework.only(["SV3"]), medway, "2026", respondent=name) for name in "abc"]
    same, differs, missing = (build_file(order, tmp_path) for order in orders)
    written = {path: path.read_bytes() for path in (same, differs, missing)}
    differs.write_bytes(b"cut off")
    missing.unlink()
    untouched = same.stat()
    for order in orders:
        build_file(order, tmp_path)
    assert {path: path.read_bytes() for path in written} == written
    assert (same.stat().st_ino, same.stat().st_mtime_ns) == (untouched.st_ino, untouched.st_mtime_ns)


def _factorial(number: int) -> tuple[int, int]:
    return math.factorial(number), os.getpid()


def test_processes_side_by_side_keep_the_order() -> None:
    """What several processes make comes in the order of what they were given; this one is one of them."""
    results, processes = zip(*mapped(_factorial, [3000, 2, 1, 2000, 3], 2), strict=True)
    assert results == tuple(map(math.factorial, [3000, 2, 1, 2000, 3]))
    assert len(set(processes)) == 2
    assert os.getpid() in processes


def _end_elsewhere(process: int) -> None:
    if os.getpid() != process:
        os._exit(1)


def test_a_process_that_the_system_stops_is_reported() -> None:
    """Where the system stops one of them, nothing is lost in silence: the user hears what to do."""
    with pytest.raises(UserError, match="--jobs 1"):
        list(mapped(_end_elsewhere, [os.getpid()] * 3, 2))

"""Whatever councils write is parsed in time that grows no faster than its length, without an exception."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import nps_xlsx
from nps_xlsx.framework import load_framework
from nps_xlsx.ingester import SourceFile, beside, columns, identity, locate, read_return
from nps_xlsx.ingester.containers import labels, letters, mail
from nps_xlsx.ingester.grids import Grid, Properties, Workbook
from nps_xlsx.ingester.reading import asides
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.ingester.reported import PROBLEM_LIMIT
from nps_xlsx.ingester.shown import shown
from nps_xlsx.model import Status
from nps_xlsx.model.cells import position
from nps_xlsx.register.councils import CouncilError, load_register
from nps_xlsx.workbook import inputs, values
from nps_xlsx.workbook.names import by_file_name, file_slug
from nps_xlsx.workbook.stamp import LENGTH_LIMIT, Stamp, StampError, check_characters, parse_stamp
from nps_xlsx.workbook.values import CellValue

FRAMEWORK = load_framework()
REGISTER = load_register()
ROW = FRAMEWORK.rows[1]
ASKING = "nps-2018 | template 1 | round 2026 | E06000035 | sheet EC | asked "
SHORT, LONG = 4_000, 32_000
SLOWEST = 24
"""How much longer the long text may take, which is eight times as long: where the time grows with the square
it takes sixty-four times as long."""


def tables(text: str) -> object:
    """The tables and details among cells that hold the text."""
    grid = Grid(text, [["Ref", "Specific behaviour", "Current level", text], [text, text, "1 Minimum"]])
    found = locate.find_tables([grid], FRAMEWORK)
    loose = list(locate.find_loose_rows(grid, found, FRAMEWORK))
    live = locate.live_grids([grid], locate.find_stamps([grid]))
    return list(locate.find_rows(found, FRAMEWORK)), beside.find_details([grid]), loose, live


def opened_mail(text: str) -> object:
    """The mail whose headers and body hold the text."""
    head = f"From: {text[:2_000]}\nSubject: {text}\n"
    content = f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}\n--b--".encode(
        "utf-8", "replace"
    )
    return mail.is_mail_text("m", content) and [
        enclosure.load() for enclosure in mail.open_mail(content, 8, None).enclosures
    ]


def header(text: str) -> object:
    """The sender, the day and the subject in headers; decoding leaves no half characters in them."""
    whole = text.encode("utf-8", "replace").decode()
    return letters.letter_of(
        letters.first_headers((name, whole) for name in ("From", "To", "Subject", "Date"))
    )


PARSERS: dict[str, Callable[[str], object]] = {
    "stamp": parse_stamp,
    "level": lambda text: values.read_level(text, FRAMEWORK.levels, ROW.descriptors),
    "date": values.read_date,
    "input": lambda text: [
        inputs.read_input(column, text, FRAMEWORK.levels, ROW.descriptors)
        for column in inputs.COLUMNS.values()
    ],
    "yes or no": values.read_yes_no,
    "text": lambda text: (values.read_text(text), values.text_slug(text), values.key_of(text)),
    "code": lambda text: columns.code_of(text, FRAMEWORK),
    "tables": tables,
    "council": REGISTER.find,
    "file name": lambda text: (by_file_name("NPS", text), file_slug(text)),
    "hidden stamp": lambda text: identity._hidden(Properties(stamp=text, stamp_name=text), []),
    "label": lambda text: (labels.clean_name(text), labels.clean_path(text), labels.split_suffix(text)),
    "mail": opened_mail,
    "header": header,
    "cell": position,
}
ALLOWED = (StampError, CouncilError, RefusedError)
"""How a parser says that a text is not what it looks like."""

PIECES = (
    *("nps-2018", " | template ", " | round ", " | sheet ", " | asked ", " | check ", " | ", "|"),
    *("EC", "0", "1-", "9" * 30, "NPS-", "E06000035", "A", "a", "'", '"', "!", "$", "=", "+"),
    *(" ", "  ", "\t", "\n", "\r\n\r\n", "(", ")", ".", ",", "-", "_", "/", "\\", ":", ";", "<", ">", "@"),
    *("between ", " to ", " and ", "level ", "½", "2.", "st of ", "2026-01-01", "T00:00", ".000", "Monday "),
    *("yes", "no, ", "the ", "council ", "copy of ", "From ", "X: ", "=?utf-8?q?", "?=", "--b", "charset*0="),
    *("²", "٣", "\u200b", "\ud800", "\ufdfa", "\u0301", "İ"),
)


def work(parse: Callable[[Any], object], text: str | bytes) -> float:
    """Seconds of the processor's time."""
    began = time.process_time()
    with contextlib.suppress(*ALLOWED):
        parse(text)
    return time.process_time() - began


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=30, deadline=None)
@given(
    start=st.sampled_from(("", *PIECES)),
    unit=st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map("".join),
    end=st.sampled_from(("", *PIECES)),
)
@example(start="EC", unit="0", end="A")
@example(start="", unit="A", end="!")
@example(start="", unit="1", end="A")
@example(start="", unit="NPS-", end="")
@example(start="", unit="nps-2018 | template ", end=" | check ")
@example(start="", unit=" | check a", end="")
def test_time_grows_with_the_length(name: str, start: str, unit: str, end: str) -> None:
    """Eight times as long a text takes some eight times as long; none is met by an exception."""
    short, long = (start + unit * (length // len(unit)) + end for length in (SHORT, LONG))
    allowed = SLOWEST * max(work(PARSERS[name], short), 0.002)
    assert any(work(PARSERS[name], long) <= allowed for _ in range(3))


# --- Every pattern of the package


def used_patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes], str]]:
    """Every pattern that a module keeps, with each of the methods that it is used by there."""
    for found in pkgutil.walk_packages(nps_xlsx.__path__, "nps_xlsx."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                for method in sorted(set(re.findall(rf"\b{name}\.(\w+)\(", source))):
                    yield f"{found.name.removeprefix('nps_xlsx.')}.{name}.{method}", value, method


LENGTH = 16_000
"""Half of what a cell can hold: enough to see time grow with the square."""

BOUND = 0.12
"""Seconds for one text: a pattern that looks at each character a few times takes a hundredth of it."""


def hard_texts(pattern: str) -> Iterator[str]:
    """Long texts that almost fit: each character and word of the pattern, over and over."""
    literals = {*re.findall(r"[A-Za-z]{2,}", pattern), *re.sub(r"[A-Za-z0-9\\\s]", "", pattern)}
    others = ("9", "a", " ", "\n", "A1", "a.", "1-", "a@", "m m", "NPS-", "UEsDB", "x:", "<sheetData ")
    for unit in (*sorted(literals), *others):
        yield unit * (LENGTH // len(unit)) + "\n!"


@pytest.mark.parametrize("begin", ["<sheetData ", "</sheetData>", "<x:sheetData>"])
def test_the_cells_of_a_part_are_left_out_in_one_go(begin: str) -> None:
    """However often they seem to begin or end."""
    part = begin.encode() * 100_000
    assert work(asides._without_cells, part) < 1


USED = {label: (pattern, method) for label, pattern, method in used_patterns()}


@pytest.mark.parametrize("label", USED)
def test_no_pattern_takes_long(label: str) -> None:
    """Whatever a text as long as a cell holds, each pattern is through with it at once."""
    pattern, method = USED[label]
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    for text in hard_texts(source):
        whole: str | bytes = text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")
        ways: dict[str, Callable[[Any], object]] = {
            "finditer": lambda given: sum(1 for _ in pattern.finditer(given)),
            "sub": lambda given: pattern.sub(given[:0], given),
        }
        parse = ways.get(method) or getattr(pattern, method)
        assert any(work(parse, whole) < BOUND for _ in range(3)), text[:40]


FORMATS = ("0", "#,##0", ".00", "%", "£", "mmm", "yyyy", "d", ";", "[Red]", "(", ")", ",", "_-", "@")
NUMBERS = st.floats() | st.integers(-(10**300), 10**300)
DAYS = st.datetimes() | st.dates() | st.times() | st.timedeltas()


@settings(max_examples=60, deadline=None)
@given(value=NUMBERS | DAYS, code=st.lists(st.sampled_from(FORMATS)).map("".join))
@example(value=1e30, code="£#,##0.00")
@example(value=0.5, code="0" + "%" * 200)
@example(value=float("inf"), code="0")
def test_no_number_or_date_is_met_by_an_exception(value: CellValue, code: str) -> None:
    """However large or small a value is, and whatever its format, it is read or left as it is."""
    for column in inputs.COLUMNS.values():
        inputs.read_input(column, value, FRAMEWORK.levels, ROW.descriptors)
    for parse in (values.read_date, values.read_yes_no, values.read_text):
        parse(value)
    shown(value, code)


@pytest.mark.parametrize(
    "asked", ["EC0-100000000", "EC0-9999", "EC" + "9" * 5_000, "EC0-" + "9" * 5_000, "É1"]
)
def test_a_stamp_that_asks_for_too_much_is_damaged(asked: str) -> None:
    """No range is counted out that no framework has, even where the check characters fit."""
    body = f"nps-2018 | template 1 | round 2026 | E06000035 | sheet EC | asked {asked}"
    with pytest.raises(StampError):
        parse_stamp(f"{body} | check {check_characters(body)}")


def test_a_file_with_too_much_wrong_with_it_is_refused() -> None:
    """A sheet of thousands of broken rows fills no list of problems: the file is refused, the sheet named."""
    rows: list[list[CellValue]] = [["Ref", "Specific behaviour", "Current level", "Target level"]]
    rows += (["EC1", "", f"nonsense {number}", "nonsense"] for number in range(PROBLEM_LIMIT))
    grid = Grid("Pasted", rows)
    details = Grid("Start here", [["GSS code", "E06000035"], ["Council", "Medway"], ["Round", "2026"]])
    source = SourceFile("return.xlsx")
    returned = read_return(source, FRAMEWORK, REGISTER, lambda _: Workbook((details, grid)))
    [problem] = returned.problems
    assert (returned.status, problem.slug, problem.value) == (Status.REFUSED, "file-swamped", "Pasted")


def test_the_longest_stamp_is_within_its_limit() -> None:
    """A stamp of which every other row was asked, with the longest respondent, is still read."""
    codes = tuple(row.code for row in FRAMEWORK.rows)[::2]
    stamp = Stamp(
        FRAMEWORK.edition, "1", "2" * 20, "E06000035", "EC", "R" * 40, codes, "1" * 20, with_review=True
    )
    assert len(str(stamp)) < LENGTH_LIMIT / 4
    assert parse_stamp(str(stamp)) == stamp


@pytest.mark.parametrize(
    "texts",
    [
        ["nps-2018 | template " + "1 | check " * 1_600] * 200,
        [f"{ASKING}EC0-100000000 | check {check_characters(ASKING + 'EC0-100000000')}"],
        [f"{ASKING}EC{'9' * 5_000} | check {check_characters(ASKING + 'EC' + '9' * 5_000)}"],
    ],
    ids=["long", "asked", "digits"],
)
def test_a_stamp_made_to_hurt_is_told_and_the_answers_are_read(texts: list[str]) -> None:
    """A sheet with such stamps costs next to nothing, is reported, and keeps no answer from being read."""
    rows: list[list[CellValue]] = [[text] for text in texts]
    rows += [
        ["Ref", "Specific behaviour", "Current level", "Target level"],
        ["EC1", "", "3 Mature", "4 Leader"],
    ]
    details = Grid("Start here", [["GSS code", "E06000035"], ["Council", "Medway"], ["Round", "2026"]])
    book = Workbook((details, Grid("Engaging councillors", rows)))
    began = time.process_time()
    returned = read_return(SourceFile("return.xlsx"), FRAMEWORK, REGISTER, lambda _: book)
    assert time.process_time() - began < 3
    assert "stamp-damaged" in {problem.slug for problem in returned.problems}
    assert returned.assessment is not None
    assert returned.assessment["EC1"].current == 3

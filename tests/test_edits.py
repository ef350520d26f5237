"""Whatever rows, columns, headings and sheets an officer moves about, no answer is lost without a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.ingester.grids import Grid, Workbook
from nps_xlsx.model import Answer, Framework, Problem, Return
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.rounds.intake import Intake
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import FIELDS, written
from nps_xlsx.workbook.values import CellValue
from tests.conftest import many
from tests.makers import known
from tests.support.edits import (
    CODE,
    EDITS,
    HEADINGS,
    KEYS,
    Book,
    Cell,
    Page,
    copied,
    full_answers,
    paste,
    untouched,
)

SHEET = "Engaging councillors"
EVERY = [(answer.ref, key) for answer in full_answers() for key in KEYS]
Steps = Sequence[tuple[str, int, int]]
"""Edits by name, each with two numbers that say where."""


# --- What was read ----------------------------------------------------------------


@dataclass(frozen=True)
class Look:
    """An edited workbook and what ingest made of it."""

    book: Book
    returned: Return

    def problems(self, *slugs: str) -> Iterator[Problem]:
        """The problems of these kinds."""
        return (found for found in self.returned.problems if found.slug in slugs)

    def tells_row(self, ref: str, *slugs: str) -> bool:
        """Whether a row is named by a problem of these kinds."""
        return any(ref in CODE.findall(f"{found.ref} {found.value}") for found in self.problems(*slugs))

    def tells_sheet(self, name: str, *slugs: str) -> bool:
        """Whether a sheet is told of by a problem of these kinds."""
        return any(found.value == name for found in self.problems(*slugs))

    def cell(self, sheet: str, cell: str) -> Cell:
        """What stands at the place that an answer says it is from."""
        page = next(page for page in self.book if page.name == sheet)
        row, col = _position(cell)
        return page.rows[row][col] if row < len(page.rows) and col < len(page.rows[row]) else Cell()

    def standing(self) -> dict[tuple[str, str], list[tuple[Page, int, int, Cell]]]:
        """Where every answer stands now, by its ref and column."""
        found: dict[tuple[str, str], list[tuple[Page, int, int, Cell]]] = {}
        for page in self.book:
            for number, row in enumerate(page.rows):
                for col, cell in enumerate(row):
                    if cell.ref:
                        found.setdefault((cell.ref, cell.key), []).append((page, number, col, cell))
        return found


def _position(cell: str) -> tuple[int, int]:
    letters, number = cell.rstrip("0123456789"), cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    col = 0
    for letter in letters:
        col = 26 * col + ord(letter) - 64
    return int(number) - 1, col - 1


def edited(steps: Steps) -> Book:
    """The workbook after these edits."""
    book = copied(untouched())
    for name, a, b in steps:
        EDITS[name](book, a, b)
    return book


def look(book: Book, framework: Framework, register: Register) -> Look:
    """An edited workbook, and what ingest makes of it."""
    grids = tuple(Grid(page.name, [[cell.value for cell in row] for row in page.rows]) for page in book)
    returned = read_return(SourceFile("return.xlsx"), framework, register, lambda _: Workbook(grids))
    return Look(book, returned)


def is_read(seen: Look, ref: str, key: str) -> bool:
    """Whether an answer is read as it stands, from a cell that is its own."""
    answer = next((answer for answer in seen.returned.assessment or () if answer.ref == ref), None)
    if answer is None or key not in answer.cells:
        return False
    cell = seen.cell(answer.place.sheet, answer.cells[key])
    return _is_own(cell, answer, key) and _as_written(answer, key, cell.value)


def _is_own(cell: Cell, answer: Answer, key: str) -> bool:
    """Whether a cell is an answer's own, or a copy of it: the action plan repeats what is answered."""
    if cell.ref:
        return (cell.ref, cell.key) == (answer.ref, key)
    first = next(one for one in full_answers() if one.ref == answer.ref)
    return bool(getattr(first, key) == getattr(answer, key))


def _as_written(answer: Answer, key: str, value: CellValue) -> bool:
    if isinstance(value, dt.date) and key in ("current", "target"):
        return True  # told, if it is no level
    read = {*(str(getattr(answer, name)) for name in FIELDS[key]), written(answer)[key]}
    return bool(read & {str(value), str(value).upper()})


def is_told(seen: Look, ref: str, key: str) -> bool:
    """Whether a problem says that an answer could not be read: by its row, column, sheet or area."""
    rows = ("row-missing", "row-doubled", "row-without-headings")
    area = known.asked_framework(()).area_by_code[ref]
    if seen.tells_row(ref, *rows) or seen.tells_sheet(area.sheet, "sheet-missing"):
        return True
    places = seen.standing().get((ref, key), [])
    return _is_heading_told(seen, ref, key) or (
        bool(places) and all(_is_told_at(seen, page, number, key) for page, number, _, _ in places)
    )


def _is_heading_told(seen: Look, ref: str, key: str) -> bool:
    """Whether the column is told to be missing, or doubled, where the row is read."""
    where = {answer.place.sheet for answer in seen.returned.assessment or () if answer.ref == ref}
    told = [p for p in seen.problems("heading-missing", "heading-doubled") if p.value == HEADINGS[key]]
    return any(problem.place.sheet in where for problem in told)


def _is_told_at(seen: Look, page: Page, number: int, key: str) -> bool:
    told = [problem for problem in seen.returned.problems if problem.place.sheet == page.name]
    return any(
        problem.slug in ("sheet-extra", "sheet-of-other-council", "row-without-headings")
        or (problem.slug in ("heading-missing", "heading-doubled") and problem.value == HEADINGS[key])
        or (problem.slug == "row-unknown" and _position(problem.cell)[0] == number)
        for problem in told
    )


def is_another(seen: Look, answer: Answer, key: str) -> bool:
    """Whether an answer is read from a cell that is not its own, and nothing says so."""
    value = getattr(answer, key)
    if value in (None, "") or key not in answer.cells:
        return False
    cell = seen.cell(answer.place.sheet, answer.cells[key])
    own = _is_own(cell, answer, key)
    doubled = any(p.place.sheet == answer.place.sheet for p in seen.problems("heading-doubled"))
    return not own and not doubled and not seen.tells_row(answer.ref, "row-doubled")


# --- Whatever is done to it -------------------------------------------------------

STEP = st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 999), st.integers(0, 999))
REFUSALS = (["file-not-ours"], ["council-missing"])
"""What ends the reading of a file whole: no table is left in it, or nothing that says whose it is."""


def check_nothing_is_lost(seen: Look) -> None:
    """Every answer is read or told, none is another's, and the receipt adds up."""
    receipt = make_receipt(Intake((seen.returned,)))
    assert receipt.answers_present == receipt.answers_read + receipt.answers_refused
    if seen.returned.assessment is None:
        assert [problem.slug for problem in seen.returned.problems] in REFUSALS
        return
    assert [at for at in EVERY if not is_read(seen, *at) and not is_told(seen, *at)] == []
    read = [(answer, key) for answer in seen.returned.assessment for key in KEYS]
    assert [(answer.ref, key) for answer, key in read if is_another(seen, answer, key)] == []


# By the same seeds each time: what chance finds is to be hunted, and not to stop another's work.
@pytest.mark.slow
@settings(
    max_examples=many(1_000), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@example(steps=[("paste_block", 1, 131), ("delete_column", 1, 725)])  # a copy beside, the first Ref deleted
@given(steps=st.lists(STEP, max_size=12))
def test_every_answer_is_read_or_told(framework: Framework, register: Register, steps: Steps) -> None:
    """After any edits each answer is read exactly, or a problem says why not; none is another row's."""
    check_nothing_is_lost(look(edited(steps), framework, register))


# --- What was found so ------------------------------------------------------------


def page_of(book: Book, name: str) -> Page:
    """A sheet by its name."""
    return next(page for page in book if page.name == name)


@pytest.mark.parametrize("down", [0, 1, 2])
@pytest.mark.parametrize("pasted", [layout.SUMMARY, layout.PLAN])
@pytest.mark.parametrize("beside", [True, False])
def test_a_live_sheet_pasted_beside_or_below_the_answers_hides_none(
    framework: Framework, register: Register, pasted: str, down: int, beside: bool
) -> None:
    """The Summary or the action plan pasted onto a sheet of answers, stamp and all, leaves them read."""
    book = copied(untouched())
    paste(page_of(book, pasted), page_of(book, SHEET), beside=beside, down=down)
    seen = look(book, framework, register)
    check_nothing_is_lost(seen)
    assert list(seen.problems("row-missing", "sheet-missing", "row-without-headings")) == []


def test_the_answers_count_and_not_a_copy_of_the_plan_before_them(
    framework: Framework, register: Register
) -> None:
    """A copy of the action plan on a first sheet of the council's own is told; the real rows are read."""
    book = copied(untouched())
    book.insert(0, Page("For the board", []))
    paste(page_of(book, layout.PLAN), book[0], beside=False)
    seen = look(book, framework, register)
    assert [at for at in EVERY if not is_read(seen, *at)] == []
    assert {problem.place.sheet for problem in seen.problems("row-doubled")} == {"For the board"}


@pytest.mark.parametrize("name", ["Lists (2)", "Lists_2", "Copy of Lists", "Workings"])
def test_a_copy_of_the_hidden_sheet_is_no_table_of_answers(
    framework: Framework, register: Register, name: str
) -> None:
    """The hidden sheet copied, or renamed, is known by its headings: it is neither read nor reported."""
    book = copied(untouched())
    book.insert(0, Page(name, page_of(book, layout.LISTS).rows))
    seen = look(book, framework, register)
    assert [at for at in EVERY if not is_read(seen, *at)] == []
    assert [problem.slug for problem in seen.returned.problems] == []

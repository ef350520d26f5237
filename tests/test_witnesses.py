"""An answer is used only where Ref, name and descriptors do not say that it is another behaviour's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from nps_xlsx.model import Framework, Return
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.rounds.intake import Intake
from tests.support.edits import Book, Cell, Page, copied, paste, untouched
from tests.test_edits import look

SHEET, OTHER = "Working with partners", "Engaging councillors"
Change = Callable[[Book], None]


def page_of(book: Book, name: str) -> Page:
    return next(page for page in book if page.name == name)


def rows_of(page: Page) -> list[int]:
    """The rows of a sheet's behaviours."""
    first, end = page.table()
    return [n for n in range(first + 1, end) if page.rows[n] and any(cell.ref for cell in page.rows[n])]


def moved(sheet: str, columns: slice, order: Sequence[int] | None = None) -> Change:
    """Some columns of a table in another order of rows: by default the other way round."""

    def change(book: Book) -> None:
        page = page_of(book, sheet)
        numbers = rows_of(page)
        parts = [page.rows[number][columns] for number in numbers]
        for number, source in zip(numbers, order or reversed(range(len(numbers))), strict=True):
            page.rows[number][columns] = parts[source]

    return change


def typed(sheet: str, row: int, col: int, text: str) -> Change:
    """A text typed over a cell of a table, by the place of its row."""

    def change(book: Book) -> None:
        page = page_of(book, sheet)
        page.rows[rows_of(page)[row]][col] = Cell(text)

    return change


def headed(sheet: str, col: int, text: str) -> Change:
    """Another heading over a column of a table."""

    def change(book: Book) -> None:
        page = page_of(book, sheet)
        page.rows[page.table()[0]][col] = Cell(text)

    return change


def ends(sheet: str) -> tuple[str, int]:
    page = page_of(copied(untouched()), sheet)
    return sheet, len(rows_of(page))


def read(framework: Framework, register: Register, *changes: Change) -> Return:
    book = copied(untouched())
    for change in changes:
        change(book)
    returned = look(book, framework, register).returned
    make_receipt(Intake((returned,)))  # raises where answers were lost
    return returned


def told(returned: Return) -> list[tuple[str, str]]:
    slugs = ("refs-against-names", "ref-against-name")
    return [(p.slug, p.place.sheet) for p in returned.problems if p.slug in slugs]


NAME, FROM_NAME, FROM_LEVELS = slice(1, 2), slice(1, None), slice(2, None)
SWAPPED = {sheet: [1, 0, *range(2, ends(sheet)[1])] for sheet in (SHEET, OTHER)}


@pytest.mark.parametrize("sheet", [SHEET, OTHER])
@pytest.mark.parametrize("columns", [slice(0, 1), NAME, FROM_NAME, FROM_LEVELS])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_table_whose_refs_are_contradicted_is_refused_whole(
    sheet: str, columns: slice, framework: Framework, register: Register, *, swapped: bool
) -> None:
    """Refs numbered anew, names or answers sorted without them, two rows exchanged: no answer is used."""
    returned = read(framework, register, moved(sheet, columns, SWAPPED[sheet] if swapped else None))
    assert told(returned) == [("refs-against-names", sheet)]
    area = next(area for area in framework.areas if area.sheet == sheet)
    assert returned.assessment is not None
    assert all(returned.assessment[row.code].is_blank for row in area.rows)
    assert returned.answers_refused == ends(sheet)[1]


@pytest.mark.parametrize(
    ("col", "text"), [(0, ""), (0, "Number"), (0, "Priority"), (1, ""), (1, "Behaviours")]
)
@pytest.mark.parametrize("columns", [slice(0, 1), NAME, FROM_LEVELS])
@pytest.mark.parametrize("swapped", [False, True])
def test_refs_are_contradicted_whatever_stands_above_them(
    col: int, text: str, columns: slice, framework: Framework, register: Register, *, swapped: bool
) -> None:
    """A heading of Refs or names that is deleted or altered silences neither."""
    order = SWAPPED[OTHER] if swapped else None
    returned = read(framework, register, moved(OTHER, columns, order), headed(OTHER, col, text))
    assert told(returned) == [("refs-against-names", OTHER)]
    assert returned.answers_refused == ends(OTHER)[1]


@pytest.mark.parametrize("heading", ["Ref", ""])
@pytest.mark.parametrize("written", ["{0} {1}", "{0}0{1}", " {0}-{1} ", "{0}\u00a0{1}"])
@pytest.mark.parametrize("moves", [False, True])
def test_refs_are_known_however_they_are_typed(
    heading: str, written: str, framework: Framework, register: Register, *, moves: bool
) -> None:
    """In lower case, with spaces or noughts: they stand, and are contradicted, as they would be as built."""

    def retype(book: Book) -> None:
        page = page_of(book, OTHER)
        for number in rows_of(page):
            cell = page.rows[number][0]
            code = str(cell.value).lower()
            page.rows[number][0] = Cell(written.format(code[:2], code[2:]), cell.ref, cell.key)

    changes = [moved(OTHER, NAME)] if moves else []
    returned = read(framework, register, *changes, retype, headed(OTHER, 0, heading))
    assert told(returned) == [("refs-against-names", OTHER)] * moves
    assert returned.answers_refused == ends(OTHER)[1] * moves


def test_two_rows_of_one_name_without_refs_are_told(framework: Framework, register: Register) -> None:
    """With the Refs gone, of two rows of one name the one with another's descriptors is not used."""
    emptied = [typed(OTHER, row, 0, "") for row in range(ends(OTHER)[1])]
    doubled = typed(OTHER, 2, 1, framework.row_by_code["EC1"].name)
    returned = read(framework, register, *emptied, doubled, headed(OTHER, 0, ""))
    [found] = [one for one in returned.problems if one.slug == "ref-against-name"]
    assert "the descriptors of EC2" in found.message
    assert returned.assessment is not None
    assert returned.assessment["EC1"].is_answered
    assert not returned.assessment["EC2"].is_answered


@pytest.mark.parametrize("heading", ["Ref", ""])
def test_a_column_of_links_is_no_column_of_refs(
    heading: str, framework: Framework, register: Register
) -> None:
    """Codes of other behaviours in a column of the council's own contradict nothing."""
    page = page_of(copied(untouched()), OTHER)
    last = page.width - 1
    links = [typed(OTHER, row, last, code) for row, code in ((1, "SV3"), (3, "SME1"))]
    returned = read(
        framework, register, *links, headed(OTHER, 0, heading), headed(OTHER, page.width - 1, "See")
    )
    assert told(returned) == []
    assert returned.assessment is not None
    assert returned.assessment["EC1"].is_answered


def test_the_pairs_are_named(framework: Framework, register: Register) -> None:
    """Each Ref stands in the message with what stands beside it."""
    returned = read(framework, register, moved(OTHER, NAME, SWAPPED[OTHER]))
    [found] = [one for one in returned.problems if one.slug == "refs-against-names"]
    first, second = (framework.row_by_code[code] for code in ("EC0", "EC1"))
    assert f"EC0 beside {second.name!r}; EC1 beside {first.name!r}." in found.message


@pytest.mark.parametrize("text", ["", "Councillors' reports, see note", "Reporting (to members)"])
def test_a_name_that_is_no_behaviours_leaves_the_ref_to_stand(
    text: str, framework: Framework, register: Register
) -> None:
    """A blank or edited name is no contradiction."""
    returned = read(framework, register, typed(OTHER, 2, 1, text))
    assert told(returned) == []
    assert returned.assessment is not None
    assert returned.assessment["EC2"].is_answered


def test_a_row_that_is_contradicted_alone_is_refused_alone(framework: Framework, register: Register) -> None:
    """One Ref beside a behaviour of another area costs that row, and its words are in the problem."""
    name = framework.row_by_code["CR1"].name
    returned = read(framework, register, typed(OTHER, 2, 1, name))
    [found] = [one for one in returned.problems if one.slug == "ref-against-name"]
    assert (found.ref, returned.answers_refused) == ("EC2", 1)
    assert "Evidence of" in found.value


def test_a_behaviour_that_another_row_claims_must_be_confirmed(
    framework: Framework, register: Register
) -> None:
    """Of two exchanged rows with one name edited, neither is believed; with its own name, the other is."""
    claims = typed(OTHER, 1, 1, framework.row_by_code["EC2"].name)
    edits = [typed(OTHER, 2, col, "edited") for col in range(4, 9)]
    assert told(read(framework, register, claims, typed(OTHER, 2, 1, "edited"), *edits)) == [
        ("refs-against-names", OTHER)
    ]
    assert told(read(framework, register, claims)) == [("ref-against-name", OTHER)]


def test_names_that_areas_share_contradict_no_ref(framework: Framework, register: Register) -> None:
    """A table pasted beside another one is judged by itself; "High level principle" is every area's."""

    def pasted(book: Book) -> None:
        source = page_of(book, SHEET)
        paste(source, page_of(book, OTHER), beside=True, down=2)
        del source.rows[2:]

    assert told(read(framework, register, pasted)) == []
    changed = read(framework, register, moved(OTHER, NAME), pasted)
    assert told(changed) == [("refs-against-names", OTHER)]
    assert changed.answers_refused == ends(OTHER)[1]

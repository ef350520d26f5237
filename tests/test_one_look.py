"""An assessment sheet fits a laptop's screen and an A4 page, and says at a cell what is odd about it."""

from __future__ import annotations

import functools
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from pathlib import Path

import openpyxl
import pytest
from openpyxl.formula.translate import Translator
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework import data_folder, load_framework
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.workbook import layout
from samples.make_returns import Job
from tests.support.workbooks import filled

WIDTH, HEIGHT = 1266, 455
"""Pixels that LibreOffice and Excel, with its ribbon, leave for the cells of a screen of 1,366 by 768."""
WIDER = 1.03
"""How much wider LibreOffice draws a column than Excel."""
A4 = (297 - 2 * 5.08) / 25.4 * 96
"""Pixels across A4 landscape between the margins, at full size."""


@functools.cache
def written(kind: str) -> tuple[Framework, bytes]:
    """A workbook of a kind, as it is sent, with its framework."""
    framework = load_framework()
    council = Council("E06000035", "Medway Council", "Medway", "unitary", "South East", "England")
    full = tuple(Answer(row.code, 1 + n % 5, 5) for n, row in enumerate(framework.rows))
    order = {
        "blank": Order(framework, council, "2026"),
        "prefilled": Order(framework, council, "2026", previous=Assessment("", "", "2023", full)),
        "review": Order(framework, council, "2026", with_review=True),
        "part": Order(framework.only(["SME", "VCSE6"]), council, "2026"),
        "other": Order(load_framework(data_folder() / "social-value-maturity-index"), council, "2026"),
    }[kind]
    return order.framework, build_workbook(order)


@functools.cache
def edition(kind: str) -> tuple[Framework, Workbook]:
    """The same workbook, opened."""
    framework, content = written(kind)
    return framework, openpyxl.load_workbook(io.BytesIO(content))


KINDS = ("blank", "prefilled", "review", "part", "other")


@pytest.fixture(params=KINDS)
def sheets(request: pytest.FixtureRequest) -> list[Worksheet]:
    """The assessment sheets of an edition."""
    framework, workbook = edition(request.param)
    return [workbook[area.sheet] for area in framework.areas]


def widths(sheet: Worksheet) -> dict[str, float]:
    """The width of each column in pixels, by its heading."""
    cells = [cell for cell in sheet[layout.AssessmentSheet.HEADING_ROW + 1] if cell.value]
    return {str(c.value): sheet.column_dimensions[c.column_letter].width * 8 for c in cells}


def pixels(sheet: Worksheet, *rows: int) -> float:
    """The height of rows in pixels."""
    return sum((sheet.row_dimensions[row].height or 14.25) * 96 / 72 for row in rows)


def behaviours(sheet: Worksheet) -> Iterator[int]:
    """The rows of the behaviours."""
    first = layout.AssessmentSheet.FIRST_ROW + 1
    return (row for row in range(first, sheet.max_row + 1) if sheet.cell(row, 1).value)


def test_a_laptop_shows_a_behaviour_with_all_its_descriptors(sheets: list[Worksheet]) -> None:
    """At 1366 x 768, each row is on the screen up to its last descriptor, and whole below the headings."""
    for sheet in sheets:
        zoom, across = sheet.sheet_view.zoomScale / 100, widths(sheet)
        before = list(across)[: list(across).index("Evidence and comments")]
        assert sum(across[heading] for heading in before) * WIDER * zoom <= WIDTH, sheet.title
        head = pixels(sheet, *range(1, layout.AssessmentSheet.FIRST_ROW + 1))
        highest = max(pixels(sheet, row) for row in behaviours(sheet))
        assert (head + highest) * zoom <= HEIGHT, sheet.title


def test_at_double_size_a_whole_descriptor_stands_beside_what_is_frozen(sheets: list[Worksheet]) -> None:
    """A magnified sheet has room for its frozen columns and for one descriptor."""
    for sheet in sheets:
        across = widths(sheet)
        frozen = list(across)[: list(across).index("Target level")]
        descriptor = max(width for heading, width in across.items() if heading[0].isdigit())
        assert (sum(across[heading] for heading in frozen) + descriptor) * 2 * WIDER <= WIDTH, sheet.title


def test_a4_takes_each_key_area_at_seven_and_a_half_points(sheets: list[Worksheet]) -> None:
    """Ten points print at 75 per cent, on at most three pages across, with Ref and behaviour on each."""
    for sheet in sheets:
        assert (sheet.page_setup.scale, sheet.page_setup.orientation) == (75, "landscape")
        assert sheet.print_title_cols == "$A:$B"
        across = list(widths(sheet).values())
        edges = [0, *(one.id for one in sheet.col_breaks.brk), len(across)]
        assert len(edges) <= 4
        for number, (first, end) in enumerate(pairwise(edges)):
            repeated = sum(across[:2]) if number else 0
            assert (repeated + sum(across[first:end])) * WIDER * 0.75 <= A4, sheet.title


@pytest.mark.parametrize("kind", KINDS)
def test_rows_grow_with_what_is_typed(kind: str) -> None:
    """Behaviours' rows have a height, but not one of their own, which Excel would keep whatever is typed."""
    framework, content = written(kind)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    rows = dict(re.findall(r'<row r="(\d+)"([^>]*)>', sheet))
    for row, _ in enumerate(framework.areas[0].rows, start=layout.AssessmentSheet.FIRST_ROW + 1):
        assert " ht=" in rows[str(row)]
        assert "customHeight" not in rows[str(row)]


# --- What is odd shows at its cell

CURRENT = (
    "",
    "3",
    "Leader",
    "4 Leader",
    " 2 developing ",
    "Not applicable",
    "not known",
    "?",
    "*",
    "see below",
)
TARGET = ("", "1", "Innovator", "3 Mature", "~", "not yet")


@pytest.mark.libreoffice
def test_a_sheet_marks_what_the_hidden_sheet_counts(
    framework: Framework,
    medway: Council,
    office: Callable[[Sequence[Job]], object],
    tmp_path: Path,
) -> None:
    """The chosen and the target level are marked as they are counted, and a cell says what the check says."""
    given = zip(framework.rows, product(CURRENT, TARGET), strict=False)
    answers = [Answer(row.code, current_text=now, target_text=aim) for row, (now, aim) in given]
    book = openpyxl.load_workbook(io.BytesIO(filled(framework, medway, *answers)))
    for area in framework.areas:
        write_rules_out(book[area.sheet])
    source, target = tmp_path / "asked.xlsx", tmp_path / "answered.xlsx"
    book.save(source)
    office([Job(source, target, ())])
    seen = openpyxl.load_workbook(target, data_only=True)
    counted = figures(seen["Lists"])
    marks: Counter[str] = Counter()
    for area in framework.areas:
        for ref, marked in rules_in(seen[area.sheet]):
            figure = counted[ref]
            for kind, key in (("chosen", "current"), ("aimed at", "target")):
                assert [level for level in range(1, 6) if f"{kind} {level}" in marked] == (
                    [figure[key]] if figure[key] else []
                ), (ref, key)
            assert ("below" in marked) is bool(figure["target-below-current"]), ref
            assert ("unexplained" in marked) is bool(figure["not-applicable-without-reason"]), ref
            marks.update(marked)
    assert {"chosen 4", "aimed at 1", "below", "unexplained"} <= set(marks)


def rules_of(sheet: Worksheet) -> Iterator[tuple[str, str, str]]:
    """What each rule of a sheet says, the cell that it begins with, and its formula."""
    headings = {cell.column_letter: str(cell.value) for cell in sheet[4] if cell.value}
    for area, rules in sheet.conditional_formatting._cf_rules.items():
        first = str(area.sqref).partition(":")[0]
        heading = headings[first.rstrip("0123456789")]
        for number, rule in enumerate(sorted(rules, key=lambda rule: rule.priority)):
            level = heading.partition(" ")[0]
            says = {
                "Target level": "below",
                "Current level": "unexplained",
                "Specific behaviour": f"long {number}",
            }.get(heading, f"{('chosen', 'aimed at')[number % 2]} {level}")
            yield says, first, str(rule.formula[0])


_BESIDE = 30


def write_rules_out(sheet: Worksheet) -> None:
    """Write each rule as a formula beside its rows."""
    for col, (says, first, formula) in enumerate(rules_of(sheet), start=_BESIDE):
        sheet.cell(4, col, says)
        for row in behaviours(sheet):
            moved = Translator(f"={formula}", first).translate_formula(first.rstrip("0123456789") + str(row))
            sheet.cell(row, col, f"=IF({moved[1:]},1,0)")


def rules_in(sheet: Worksheet) -> Iterator[tuple[str, set[str]]]:
    """What the rules say of each behaviour."""
    for row in behaviours(sheet):
        cells = sheet.iter_cols(_BESIDE, sheet.max_column)
        yield str(sheet.cell(row, 1).value), {str(c[3].value) for c in cells if c[row - 1].value == 1}


def figures(lists: Worksheet) -> dict[str, dict[str, object]]:
    """The figures of each row on the hidden sheet, by its Ref."""
    headings = [str(cell.value) for cell in lists[1]]
    rows = (dict(zip(headings, values, strict=True)) for values in lists.iter_rows(2, values_only=True))
    return {str(row["ref"]): row for row in rows if row.get("ref")}


def test_a_text_that_no_row_can_show_is_marked_beside_its_ref() -> None:
    """Each column of long texts has a rule for what is longer than the highest row."""
    _, book = edition("review")
    for sheet in (book["Engaging councillors"], book["Enablers"]):
        assert sum(says.startswith("long") for says, _, _ in rules_of(sheet)) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_is_short_enough_for_the_dialog_that_shows_it(kind: str) -> None:
    """No conditional format's formula is longer than 255 characters, which is what Excel lets one type."""
    framework, book = edition(kind)
    assert all(
        len(formula) <= 255 for area in framework.areas for _, _, formula in rules_of(book[area.sheet])
    )

"""The sheet Check before sending: what it lists, where its links lead, how to send, and how it prints."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_file, build_workbook
from nps_xlsx.builder.checking import LISTED
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.workbook import layout

NAME = "Check before sending"
A4 = (595.3, 841.9)
"""Points."""
_FIRST_ROW, _GAP = 5, "F"


def opened(order: Order, *, values: bool = True) -> Workbook:
    """A workbook with the results of its formulas, or with the formulas."""
    return openpyxl.load_workbook(io.BytesIO(build_workbook(order)), data_only=values)


def filled(order: Order, *answers: Answer, **details: str) -> Order:
    """The same order with answers and details."""
    council = order.council
    given = Assessment(council.gss_code, council.name, "2026", answers, details=tuple(details.items()))
    return dataclasses.replace(order, assessment=given)


def listed(sheet: Worksheet) -> list[tuple[str, str, str]]:
    """The lines of the list: link, what to look at, sheet."""
    rows = sheet.iter_rows(min_row=_FIRST_ROW, max_row=_FIRST_ROW + LISTED - 1, max_col=3, values_only=True)
    return [(str(link), str(what), str(name)) for link, what, name in rows if link and what]


@pytest.fixture(scope="module")
def order(framework: Framework, medway: Council) -> Order:
    return Order(framework, medway, "2026", due=dt.date(2026, 12, 18), return_to="returns@lga.example")


@pytest.fixture(scope="module")
def blank(order: Order) -> Worksheet:
    return opened(order)[NAME]


# --- What it lists


def test_the_first_things_are_listed_and_the_rest_is_counted(framework: Framework, blank: Worksheet) -> None:
    """A blank workbook lists as many things as one page takes, and says how many more there are."""
    count = sum(detail.required for detail in layout.DETAILS) + len(framework.behaviours)
    assert str(blank["B1"].value).startswith(f"{count} things")
    assert len(listed(blank)) == LISTED
    assert str(blank.cell(_FIRST_ROW + LISTED, 1).value).startswith(f"and {count - LISTED} more")


def test_what_is_open_is_listed_and_nothing_else(order: Order) -> None:
    """Each line says the row and the column, what to do, and on which sheet."""
    answers = [Answer(row.code, 3, 3) for row in order.framework.rows if row.code != "EC2"]
    answers[0] = dataclasses.replace(answers[0], target=2)
    details = {"completed_by": "A", "role": "B", "date_completed": "2026-12-01"}
    sheet = opened(filled(order, *answers, **details))[NAME]
    assert [line[0] for line in listed(sheet)] == [
        "Start here: Email",
        "EC0 Engaging councillors: Target level",
        "EC2 Reporting: Current level",
    ]
    assert {name for _, _, name in listed(sheet)[1:]} == {"Engaging councillors"}
    assert sheet.cell(_FIRST_ROW + LISTED, 1).value in ("", None)


def test_a_finished_workbook_is_ready_to_send(order: Order) -> None:
    """Nothing is listed, and the verdict says so."""
    rows = [Answer(row.code, 3, 3) for row in order.framework.rows]
    keys = [detail.key for detail in layout.DETAILS if detail.required]
    sheet = opened(filled(order, *rows, **dict.fromkeys(keys, "2026-12-01")))[NAME]
    assert (sheet["B1"].value, listed(sheet)) == ("Ready to send", [])


def targets(workbook: Workbook, link: str) -> Iterator[tuple[str, str, str]]:
    """The sheet, the cell, and the text of everything that the links of a column could lead to."""
    lists, formula = workbook["Lists"], str(workbook[NAME][link].value)
    blocks = re.findall(r"INDEX\(Lists!(\$[A-Z]+\$2:\$[A-Z]+\$3),MIN", formula)
    cells, headings = (
        [[str(cell.value or "").strip('="') for cell in row] for row in lists[block.replace("$", "")]]
        for block in blocks
    )
    yield from (
        (layout.START, cell, f"Start here: {label}")
        for cell, label in zip(cells[0], headings[0], strict=True)
        if cell
    )
    columns = {cell.value: cell.column for cell in lists[1]}
    for row in lists.iter_rows(min_row=2, values_only=True):
        sheet, name, number = (row[columns[key] - 1] for key in ("area name", "name", "row"))
        for letters, heading in zip(cells[1], headings[1], strict=True):
            if sheet:
                yield str(sheet), f"{letters}{number}", f"{name}: {heading}"


@pytest.mark.parametrize("edition", ["nps-2018", "social-value-maturity-index"])
def test_links_lead_to_the_cells_they_name(edition: str, medway: Council) -> None:
    """Whatever could be listed leads to an open cell, under the heading or beside the label in its text."""
    workbook = opened(Order(load_framework(edition), medway, "2026"), values=False)
    found = list(targets(workbook, "A5"))
    assert len(found) > LISTED
    for name, cell, text in found:
        sheet, target, heading = workbook[name], workbook[name][cell], text.rpartition(": ")[2]
        above = [sheet.cell(row, target.column).value for row in range(1, target.row)]
        assert heading in (above if name != layout.START else [sheet.cell(target.row, 1).value]), cell
        assert not target.protection.locked


def test_what_to_discuss_is_listed_and_counts_for_nothing(order: Order) -> None:
    """Rows marked Discuss stand in a list of their own, and the verdict stays as it would be without them."""
    answers = [Answer(row.code, 3, 3, discuss=row.code in ("EC2", "EN4")) for row in order.framework.rows]
    keys = [detail.key for detail in layout.DETAILS if detail.required]
    asked = filled(order, *answers, **dict.fromkeys(keys, "2026-12-01"))
    sheet = opened(asked)[NAME]
    links = [cell.value for cell in sheet["E"][_FIRST_ROW - 1 :] if cell.value]
    assert [str(link).split()[0] for link in links] == ["EC2", "EN4"]
    assert sheet["B1"].value == "Ready to send"
    workbook = opened(asked, values=False)
    for name, cell, text in targets(workbook, "E5"):
        target = workbook[name][cell]
        assert "Discuss" in [workbook[name].cell(row, target.column).value for row in range(1, target.row)]
        assert str(workbook[name].cell(target.row, 1).value) == text.split()[0]


def test_a_long_name_does_not_push_the_column_out_of_a_link(framework: Framework, medway: Council) -> None:
    """A name too long for the list is cut, so that the column to go to can always be read."""
    area = framework.only(["SV3"]).areas[0]
    row = dataclasses.replace(area.behaviours[0], short_name="Word " * 30)
    theme = dataclasses.replace(
        framework.themes[0], key_areas=(dataclasses.replace(area, behaviours=(row,), principle=None),)
    )
    made = dataclasses.replace(framework, themes=(theme,), enablers=None)
    link = listed(opened(Order(made, medway, "2026"))[NAME])[-1][0]
    assert link.endswith("…: Current level")
    assert len(link) < 70


# --- How to send


def test_it_says_to_whom_by_when_and_under_which_name(order: Order, blank: Worksheet, tmp_path: Path) -> None:
    """Address, date and the file's own name stand above the list before anything is answered."""
    head = " ".join(str(cell.value) for row in blank["A1:C3"] for cell in row if cell.value)
    assert "returns@lga.example" in head
    assert "18 December 2026" in head
    assert build_file(order, tmp_path).name in head


@pytest.mark.parametrize("respondent", ["", "Adult care", "=Finance"])
@pytest.mark.parametrize("name", ["Medway", "Isles of Scilly", "Leeds"])
def test_each_copy_says_its_own_name(order: Order, respondent: str, name: str, tmp_path: Path) -> None:
    """The file's name in the workbook is the file's name, whoever the copy is for."""
    council = dataclasses.replace(order.council, name=f"{name} Council", short_name=name)
    own = dataclasses.replace(
        order, framework=order.framework.only(["SV3"]), council=council, respondent=respondent
    )
    path = build_file(own, tmp_path)
    assert openpyxl.load_workbook(path)[NAME]["A3"].value == f"The file's name: {path.name}"


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("returns@lga.example", 'HYPERLINK("mailto:returns@lga.example",'),
        ('a"b@lga.example', 'HYPERLINK("mailto:a""b@lga.example",'),
        ("the team, Room 3", None),
        ("a@b or c@d", None),
        ("", None),
    ],
)
def test_only_an_address_is_a_link(order: Order, address: str, target: str | None) -> None:
    """An address begins an email to it; other words, or none, make no link that would fail."""
    short = dataclasses.replace(order, framework=order.framework.only(["SV3"]), return_to=address)
    formula = opened(short, values=False)[NAME]["C3"].value
    assert target in str(formula) if target else formula is None


def test_without_an_address_the_workbook_goes_back_to_its_sender(order: Order) -> None:
    """A workbook that was built without an address or a date still says how it is sent."""
    bare = dataclasses.replace(order, framework=order.framework.only(["SV3"]), return_to="", due=None)
    said = str(opened(bare)[NAME]["A2"].value)
    assert said.endswith("a reply to the email that brought it.")


# --- How it looks and prints


def test_headings_are_those_of_what_stands_below_them(blank: Worksheet) -> None:
    """The frozen headings head the list itself; none is empty."""
    assert blank.freeze_panes == f"A{_FIRST_ROW}"
    assert [cell.value for cell in blank[_FIRST_ROW - 1][:3]] == ["Go to", "What to look at", "Sheet"]
    shaded = [cell for cell in blank[_FIRST_ROW - 1] if cell.fill.fgColor.rgb == "FF1F4E79"]
    assert len(shaded) > 3
    assert all(cell.value for cell in shaded)


@pytest.mark.parametrize("edition", ["nps-2018", "social-value-maturity-index"])
def test_it_prints_on_two_pages(edition: str, medway: Council) -> None:
    """The list takes one page of A4 landscape and the counts another: at any number of open things."""
    sheet = opened(Order(load_framework(edition), medway, "2026"))[NAME]
    margins, scale = sheet.page_margins, int(sheet.page_setup.scale) / 100
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    high = sum(sheet.row_dimensions[row].height or 15 for row in range(1, sheet.max_row + 1))
    assert high * scale < A4[0] - 72 * (margins.top + margins.bottom)
    breaks = [one.id for one in sheet.col_breaks.brk]
    assert breaks == [openpyxl.utils.column_index_from_string(_GAP)]
    wide = [
        (sheet.column_dimensions[openpyxl.utils.get_column_letter(col)].width * 7 + 5) * 0.75
        for col in range(1, sheet.max_column + 1)
    ]
    room = A4[1] - 72 * (margins.left + margins.right)
    assert max(sum(wide[: breaks[0]]), sum(wide[breaks[0] :])) * scale < room

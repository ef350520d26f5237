"""One at a time shows whichever behaviour is chosen by its Ref, as it stands in its own row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.builder.continued import pieces
from nps_xlsx.builder.long_texts import Room
from nps_xlsx.excel import styles
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.model.cells import units
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import DAY_ZERO
from samples.make_returns import Job
from tests.support.workbooks import changed, filled, read, slugs, write

LONG = "We report to Cabinet each quarter. " * 40
ANSWERS = (
    Answer("EC0", current=2, target=2, evidence="First\nSecond", reviewer_level=3),
    Answer("EC2", current="NA", evidence=LONG),
    Answer("SV3", current=5, target=4, actions="- one\n" * 12, owner="Head", due_date=dt.date(2027, 3, 31)),
)


@pytest.fixture(scope="module")
def reviewed(framework: Framework, medway: Council) -> bytes:
    """A short workbook of a round that had one before it, filled in and reviewed."""
    before = Assessment(medway.gss_code, medway.name, "2022", (Answer("SV3", current=3),))
    order = Order(framework.only(["EC", "SV3"]), medway, "2026", previous=before, with_review=True)
    answers = Assessment(medway.gss_code, medway.name, "2026", ANSWERS)
    return build_workbook(dataclasses.replace(order, assessment=answers))


def sheet_of(content: bytes) -> Worksheet:
    """The sheet with the results as they are written."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)[layout.ONE]


def lines(rows: Iterable[Sequence[object]]) -> dict[str, tuple[object, object]]:
    """What stands beside each label in the first column, put together, and the words to its right."""
    shown: dict[str, tuple[object, object]] = {}
    for label, text, beside, *_ in rows:
        if label:
            before = str(shown.get(str(label), ("", ""))[0]).removesuffix("…")
            piece = f"{before}{str(text).removeprefix('(continued) ')}" if before else text
            shown[str(label)] = piece or "", beside or ""
    return shown


def test_it_opens_on_the_first_row(reviewed: bytes, framework: Framework) -> None:
    """As sent it shows the first Ref: its place, its descriptors, whose level each is, what was written."""
    rows = list(sheet_of(reviewed).iter_rows(max_col=3, values_only=True))
    shown, row = lines(rows), framework.row_by_code["EC0"]
    assert shown["Choose a Ref"] == ("EC0", "Next: EC1")
    assert shown["Behaviour"][0] == f"EC0 {row.name}"
    assert rows[2][1] == "Go to EC0 on Engaging councillors"
    assert [shown[f"{which} level"][0] for which in ("Current", "Target")] == [
        "2 Developing",
        "At its target",
    ]
    whose = ["", "Your level. Your target.", "The reviewer's level.", "", ""]
    assert [shown[level.label] for level in framework.levels] == list(
        zip(row.descriptors, whose, strict=True)
    )
    assert shown["Evidence and comments"][0] == "First Second"


@pytest.mark.libreoffice
def test_another_ref_shows_another_row(
    reviewed: bytes,
    framework: Framework,
    office: Callable[[Sequence[Job]], list[list[Sequence[str | float]]]],
    tmp_path: Path,
) -> None:
    """Recalculated, any Ref in any case shows its row; one that is not in the list shows that it is not."""
    source = write(tmp_path / "one.xlsx", reviewed)
    typed = ("EC2", " sv3 ", "EC99")
    jobs = [Job(source, None, [(layout.ONE, "B2", ref)], shows=layout.ONE) for ref in typed]
    shown = office(jobs)
    partly, last, unknown = map(lines, shown)
    assert partly["Choose a Ref"] == ("EC2", "Next: EC3")
    assert (partly["Current level"][0], "Target level" in partly) == ("Not applicable", False)
    assert partly["Evidence and comments"][0] == LONG
    assert last["Choose a Ref"][1] == "The last one"
    assert shown[1][2][1] == "Go to SV3 on Obtaining social value"
    text = framework.row_by_code["SV3"].descriptors[4].replace("\n", " ")
    assert last["5 Innovator"] == (text, "Your level.")
    assert [last[label][1] for label in ("3 Mature", "4 Leader")] == [
        "Your level last round.",
        "Your target.",
    ]
    assert last["Actions"][0] == "- one / " * 12
    assert last["Due date"][0] == (dt.date(2027, 3, 31) - DAY_ZERO).days
    assert "Suggested actions" not in last
    assert unknown["Behaviour"][0] == "No row has this Ref: choose one from the list."
    assert not {level.label for level in framework.levels} & unknown.keys()


ROOM = Room(lines=5, letters=80)


@pytest.mark.parametrize(
    "text", ["", "x" * 400, "x" * 401, "x\n" * 4, "x\n" * 5, LONG, "🏛" * 200, "🏛" * 201, "x" + "🏛" * 200]
)
def test_a_text_is_whole_or_says_that_it_is_not(text: str) -> None:
    """What is longer than its cell, as Excel counts, ends in words that say where the rest is."""
    shown = ROOM.shown(text)
    is_whole = len(units(text)) + 80 * text.count("\n") <= 400
    assert (shown == text) is is_whole
    assert shown.endswith("The whole text is in the row itself.") is not is_whole
    assert len(units(shown)) <= 400


@pytest.mark.parametrize("edition", ["framework", "svmi"])
def test_every_row_has_room_and_the_page_is_legible(
    edition: str, request: pytest.FixtureRequest, medway: Council
) -> None:
    """Any piece of any text fits its row, bold; a page of A4 has as many rows as it takes, in 8.5 points."""
    made: Framework = request.getfixturevalue(edition)
    sheet = sheet_of(build_workbook(Order(made, medway, "2026", with_review=True)))
    heights = {row: sheet.row_dimensions[row].height or 15 for row in range(1, sheet.max_row + 1)}
    texts = (text.replace("\n", " ") for row in made.rows for text in row.descriptors)
    longest = max(text_height(piece, 821, 14, bold=True) for text in texts for piece in pieces(text, 210))
    assert heights[6] >= longest
    scale = int(sheet.page_setup.scale) / 100
    assert styles.LARGE_SIZE * scale >= 8.5
    printed = range_boundaries(sheet.print_area.rpartition("!")[2])
    assert sum(heights[row] for row in range(1, int(printed[3] or 0) + 1)) * scale <= 842 - 79
    assert sum(sheet.column_dimensions[col].width for col in "ABC") * 6 * 1.03 * scale <= 595 - 29
    assert (printed[2], sheet.page_setup.orientation) == (3, "portrait")


def test_most_behaviours_show_four_levels_on_the_first_screen(framework: Framework, blank: Worksheet) -> None:
    """At 1,366 by 768, LibreOffice shows 586 pixels of rows: most behaviours have four levels there."""
    room = 586 * 72 / 96 - sum(blank.row_dimensions[row].height or 15 for row in range(1, 6))
    rows = int(room // (blank.row_dimensions[6].height or 15))
    needed = [sum(len(pieces(text, 210)) for text in row.descriptors[:4]) for row in framework.rows]
    assert sum(count <= rows for count in needed) > len(needed) / 2


@pytest.fixture(scope="module")
def blank(framework: Framework, medway: Council) -> Worksheet:
    """The sheet as it is sent."""
    return sheet_of(build_workbook(Order(framework, medway, "2026")))


def test_the_chosen_ref_is_no_answer(
    reviewed: bytes, framework: Framework, register: Register, medway: Council
) -> None:
    """A Ref typed there is not listed among the texts outside the answers; words typed there are."""
    content = filled(framework.only(["EC", "SV3"]), medway, *ANSWERS[:1])
    for ref, listed in (("EC3", []), ("sv3", []), ("We agree", ["We agree"])):

        def change(workbook: openpyxl.Workbook, ref: str = ref) -> None:
            workbook[layout.ONE]["B2"] = ref

        returned = read(changed(content, change), framework, register)
        assert [one.text for one in returned.other_texts] == listed
        assert slugs(returned) == ["text-elsewhere"] * len(listed)

"""What a cell shows counts, and what cannot be seen in its value is reported."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Callable

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.grids import Grid, Sighting
from nps_xlsx.ingester.preflight import preflight
from nps_xlsx.ingester.reading import biff8, biff12, opendocument
from nps_xlsx.ingester.reading.cell_styles import MERGED_LIMIT, binary_styles, covered, has_struck_run
from nps_xlsx.ingester.reading.records import records
from nps_xlsx.ingester.reading.workbook import _marked, read_workbook
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.ingester.shown import format_of, shown
from nps_xlsx.model import Answer, Council, Framework, Return
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import make_receipt
from nps_xlsx.rounds.intake import Intake
from nps_xlsx.workbook.values import CellValue
from tests.conftest import ROOT
from tests.support.workbooks import changed, filled, places, read

SHEET = "Engaging councillors"


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.75, "0%", "75%"),
        (0.125, "0.0%", "12.5%"),
        (1_250_000, '"£"#,##0', "£1,250,000"),
        (1_250_000.0, "[$£-809]#,##0.00", "£1,250,000.00"),
        (-5, '"£"#,##0;[Red]-"£"#,##0', "-£5"),
        (-5, '"£"#,##0', "-£5"),
        (-1250.5, "#,##0.00_);(#,##0.00)", "(1,250.50)"),
        (1250, '_-"£"* #,##0.00_-;-"£"* #,##0.00_-', "£1,250.00"),
        (0, "0.0;-0.0;none", None),
        (0, '0.0;-0.0;"none"', "none"),
        (7, "000", "007"),
        (1_250_000, '0.0,,"m"', "1.3m"),
        (0.5, "#.##", ".5"),
        (2.5, "0", "3"),
        (3, 'General" posts"', "3 posts"),
        (12, '"£"#,##0"k"', "£12k"),
        (0.5, "# ?/?", None),
        (1500, "0.00E+00", None),
        (1, "[>100]0", None),
        (1, "?" * 300, None),
        (float("inf"), "0%", None),
        (True, "0%", None),
        (dt.date(2026, 3, 1), "mmm yyyy", "Mar 2026"),
        (dt.datetime(2026, 3, 1), "[$-809]d mmmm yyyy;@", "1 March 2026"),  # noqa: DTZ001 - as a cell has it
        (dt.date(2026, 3, 1), "dd/mm/yyyy", None),
        (dt.date(2026, 3, 1), "mmm yyyy hh", None),
        ("text", "0%", None),
    ],
)
def test_a_number_reads_as_its_format_shows_it(value: CellValue, code: str, text: str | None) -> None:
    """Per cents, money, thousands, sections and months in words; other formats are not guessed."""
    assert shown(value, code) == text


@pytest.mark.parametrize(
    ("number", "code", "found"),
    [
        (0, None, ""),
        (49, None, ""),
        (164, "General", ""),
        (9, None, "0%"),
        (5, None, "unknown"),
        (165, "0%", "0%"),
    ],
)
def test_a_format_is_known_by_its_number_or_its_code(number: int, code: str | None, found: str) -> None:
    """Excel's own formats have no code in the file; those that depend on the country are unknown."""
    assert format_of(number, code) == found


# --- In .xlsx


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(framework, medway, *(Answer(f"EC{place}", current=2) for place in range(4)))


def reread(
    content: bytes, change: Callable[[Workbook], None], framework: Framework, register: Register
) -> Return:
    returned = read(changed(content, change), framework, register)
    make_receipt(Intake((returned,)))  # raises where answers were lost
    return returned


def answer(returned: Return, ref: str) -> Answer:
    assert returned.assessment is not None
    return returned.assessment[ref]


def test_numbers_among_the_evidence_are_kept_as_shown(
    content: bytes, framework: Framework, register: Register
) -> None:
    """75% and £1,250,000 come out so; a fraction is kept as stored, and reported; a level is its value."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        formats = {"J5": "0%", "J6": '"£"#,##0', "J7": "# ?/?", "J8": "mmm yyyy", "C5": "0%"}
        values = {"J5": 0.75, "J6": 1_250_000, "J7": 0.5, "J8": dt.date(2026, 3, 1), "C5": 3}
        for cell, value in values.items():
            sheet[cell].value, sheet[cell].number_format = value, formats[cell]

    returned = reread(content, change, framework, register)
    texts = [answer(returned, f"EC{place}").evidence for place in range(4)]
    assert texts == ["75%", "£1,250,000", "0.5", "Mar 2026"]
    assert places(returned, "number-as-stored") == [(SHEET, "J7")]
    assert answer(returned, "EC0").current == 3


def test_a_plain_number_is_the_day_that_the_workbook_counts(
    content: bytes, framework: Framework, register: Register
) -> None:
    """In a workbook that counts from 1904, 44912 is 18 December 2026, as a due date and as date completed."""

    def change(workbook: Workbook) -> None:
        workbook.epoch = CALENDAR_MAC_1904
        for sheet, cell in ((SHEET, "M6"), ("Start here", "B15")):
            workbook[sheet][cell].value, workbook[sheet][cell].number_format = 44_912, "General"

    returned = reread(content, change, framework, register)
    assert answer(returned, "EC1").due_date == dt.date(2026, 12, 18)
    assert returned.assessment is not None
    assert returned.assessment.detail("date_completed") == "2026-12-18"


def test_a_merged_answer_belongs_to_all_its_rows(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Evidence merged over rows is each row's, reported with its cells; across columns it is no action."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["J5"].value, sheet["C7"].value = "Shared", 4
        sheet.merge_cells("J5:K7")
        sheet.merge_cells("C7:C8")

    returned = reread(content, change, framework, register)
    texts = [(answer(returned, ref).evidence, answer(returned, ref).actions) for ref in ("EC0", "EC2", "EC3")]
    assert texts == [("Shared", ""), ("Shared", ""), ("", "")]
    assert answer(returned, "EC3").current == 4
    assert places(returned, "answer-merged") == [(SHEET, "J6, J7, C8")]


def test_a_row_that_has_only_a_merged_answer_is_counted(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Its answer is present and read, so that the receipt adds up; merged Refs and headings are none."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET]["J5"].value = "Shared"
        for cells in ("J5:J6", "A7:A8", "L3:L5"):
            workbook[SHEET].merge_cells(cells)

    returned = reread(filled(framework, medway), change, framework, register)
    assert returned.answers_present == 2
    assert answer(returned, "EC0").owner == ""


def test_words_that_are_struck_through_are_reported_and_kept(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A cell struck through, and words of one, are read and named; underlining is nothing."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["C5"].font = Font(strike=True)
        sheet["J6"].font = Font(strike=False, underline="single")
        sheet["J6"].value = "Whole"
        sheet["J7"].value = CellRichText("Kept ", TextBlock(InlineFont(strike=True), "taken back"))

    returned = reread(content, change, framework, register)
    assert answer(returned, "EC2").evidence == "Kept taken back"
    assert answer(returned, "EC0").current == 2
    assert places(returned, "words-struck") == [(SHEET, "C5, J7")]


def test_details_are_looked_at_like_answers(content: bytes, framework: Framework, register: Register) -> None:
    """On Start here a number is kept as shown, a merged cell is read for both, struck words are reported."""

    def change(workbook: Workbook) -> None:
        sheet = workbook["Start here"]
        sheet["B11"].value = CellRichText("A. Nobody ", TextBlock(InlineFont(strike=True), "B. Nobody"))
        sheet["B13"].value, sheet["B13"].number_format = 7, "000"
        sheet.merge_cells("B13:B14")

    returned = reread(content, change, framework, register)
    assert returned.assessment is not None
    details = [returned.assessment.detail(key) for key in ("completed_by", "department", "email")]
    assert details == ["A. Nobody B. Nobody", "007", "007"]
    assert places(returned, "detail-struck") == [("Start here", "B11")]
    assert places(returned, "detail-merged") == [("Start here", "B14")]


def test_merged_cells_are_followed_only_so_far() -> None:
    """A merged cell over a whole column costs no more than the limit."""
    assert len(dict(covered((0, 0), (1_048_575, 0), 0))) == MERGED_LIMIT
    assert dict(covered((0, 0), (1_048_575, 0), MERGED_LIMIT)) == {}


# --- In the other formats


def record(kind: int, payload: bytes) -> bytes:
    """A record of .xlsb with a short payload."""
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(payload)]) + payload


def test_a_binary_sheet_says_how_its_cells_look() -> None:
    """Styles, merged cells and the day that days are counted from are read out of .xlsb's records."""
    code = "0%"
    styles = b"".join(
        [
            record(44, struct.pack("<HI", 164, len(code)) + code.encode("utf-16-le")),
            record(43, struct.pack("<HH", 220, 0)),
            record(43, struct.pack("<HH", 220, 8)),
            record(47, struct.pack("<HHH", 0xFFFF, 164, 1)),  # a style of styles, which no cell has
            record(617, b""),
            *(record(47, struct.pack("<HHH", 0, *style)) for style in ((0, 0), (164, 0), (0, 1))),
            record(618, b""),
        ]
    )
    found = binary_styles(records(styles))
    assert {number: (style.format, style.is_struck) for number, style in found.cells.items()} == {
        1: ("0%", False),
        2: ("", True),
    }
    sheet = biff12._Sheet("Sheet", ["text"], found, is_1904=True)
    sheet.walk(
        record(0, struct.pack("<I", 4))
        + record(5, struct.pack("<IId", 2, 1, 0.75))
        + record(18, struct.pack("<II", 2, 0))
        + record(176, struct.pack("<IIII", 4, 6, 2, 3))
    )
    assert sheet.seen.formats == {(4, 2): "0%"}
    assert sheet.seen.struck == {(4, 3)}
    assert sheet.seen.merged == {(5, 2): (4, 2), (6, 2): (4, 2)}
    assert sheet.seen.is_1904
    assert sheet.rows[4][2:] == [0.75, "text"]


@pytest.mark.parametrize(
    ("flags", "runs", "is_struck"),
    [
        (1, struct.pack("<IHHHH", 2, 0, 0, 5, 1), True),
        (1, struct.pack("<IHH", 1, 5, 0), False),
        (0, struct.pack("<IHH", 1, 5, 1), False),
        (1, struct.pack("<IHH", 0xFFFFFFFF, 5, 1), True),
        (1, b"\1\0", False),
        (1, struct.pack("<IH", 1, 5), False),
    ],
    ids=["struck", "bold", "not rich", "too many", "no count", "cut short"],
)
def test_struck_words_of_a_binary_text_are_known(flags: int, runs: bytes, *, is_struck: bool) -> None:
    """In a cell's own text and in one that cells share; a text that is cut short is read all the same."""
    words = "Kept gone"
    text = struct.pack("<BI", flags, len(words)) + words.encode("utf-16-le")
    styles = binary_styles(records(record(43, struct.pack("<HH", 220, 0)) + record(43, b"\0\0\x08\0")))
    assert has_struck_run(text + runs, len(text), styles.struck) is is_struck
    sheet = biff12._Sheet("Sheet", [words, words], styles, {1}, is_1904=False)
    shared = b"".join(record(7, struct.pack("<III", col, 0, col)) for col in (0, 1))
    sheet.walk(record(0, struct.pack("<I", 0)) + shared + record(62, struct.pack("<II", 2, 0) + text + runs))
    assert sheet.rows == [[words] * 3]
    assert sheet.seen.struck == {(0, 1)} | ({(0, 2)} if is_struck else set())


def test_struck_words_of_an_old_workbook_are_known() -> None:
    """In .xls the words of a cell that are struck through are found, and bold ones are nothing."""
    found = biff8.walk({biff8.WHOLE: (ROOT / "tests/data/kinds/struck.xls").read_bytes()}).seen["One"]
    assert found.values[1, 0] == "Kept taken back"
    assert found.struck == {(1, 0)}


_ODS = """<office:document-content xmlns:office="urn:o" xmlns:table="urn:t"
 xmlns:text="urn:x" xmlns:style="urn:s">
<office:automatic-styles>
<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>
<style:style style:name="T2"><style:text-properties style:text-line-through-style="none"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>
<table:null-date table:date-value="1904-01-01"/>
<table:table table:name="One"><table:table-row>
<table:table-cell office:value-type="percentage" office:value="0.75"><text:p>75 %</text:p></table:table-cell>
<table:table-cell table:number-rows-spanned="2"><text:p>a
<text:span text:style-name="T1">b</text:span></text:p></table:table-cell>
<table:table-cell table:style-name="T1"><text:p>c</text:p></table:table-cell>
<table:table-cell table:style-name="T2"><text:p>d</text:p></table:table-cell>
</table:table-row></table:table>SECOND</office:spreadsheet></office:body></office:document-content>"""


def ods(second: str = "") -> bytes:
    """An OpenDocument spreadsheet of one small sheet, and what else is given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", _ODS.replace("SECOND", second))
    return buffer.getvalue()


def test_an_opendocument_sheet_says_how_its_cells_look() -> None:
    """What a number shows, struck words, merged rows and the first day are read out of .ods."""
    found = opendocument.walk(preflight(ods())).seen["One"]
    assert found.shown == {(0, 0): "75 %"}
    assert found.struck == {(0, 1), (0, 2)}
    assert found.merged == {(1, 1): (0, 1)}
    assert found.is_1904


def test_two_sheets_of_one_name_are_no_workbook() -> None:
    """By name one of them would be lost without a word, so the file is refused with the name."""
    content = ods('<table:table table:name="One"><table:table-row/></table:table>')
    with pytest.raises(RefusedError) as refused:
        read_workbook(SourceFile("return.ods", content, len(content)))
    assert "One" in refused.value.words["reason"]


def test_an_old_workbook_says_how_its_cells_look() -> None:
    """In .xls the first day, the length that texts are cut to, and what the second reader read are known."""
    content = (ROOT / "tests/saved/file-old-format/libreoffice-1904-bare.xls").read_bytes()
    found = biff8.walk({biff8.WHOLE: content}).seen[SHEET]
    assert found.is_1904
    assert found.cut_at == 255
    assert set(found.values) == found.filled
    assert any("yy" in code for code in found.formats.values())


def test_an_old_workbook_that_one_reader_opens_says_what_was_not_looked_for(
    framework: Framework, register: Register
) -> None:
    """It is a warning, and texts are still held against the length that old programs cut them to."""
    content = (ROOT / "tests/saved/file-old-format/gnumeric-bare.xls").read_bytes()
    workbook = read_workbook(SourceFile("return.xls", content, len(content)))
    assert workbook.notes[-1][0] == "file-unwitnessed"
    assert {grid.seen.cut_at for grid in workbook.grids} == {255}
    returned = read(content, framework, register, name="return.xls")
    [found] = [one for one in returned.problems if one.slug == "file-unwitnessed"]
    assert found.severity == "warning"


def test_a_style_of_a_font_that_is_not_there_costs_no_answer() -> None:
    """In a damaged .xls a cell's style may name any font: the answers are read all the same."""
    content = (ROOT / "tests/data/kinds/struck.xls").read_bytes()
    styles = re.finditer(b"\xe0\0\x14\0(..)", content, re.DOTALL)  # records XF, [MS-XLS] 2.4.353
    damaged = bytearray(content)
    for style in styles:
        damaged[style.start(1) : style.end(1)] = b"\xff\x7f"
    assert (
        biff8.walk({biff8.WHOLE: bytes(damaged)}).seen["One"].values
        == biff8.walk({biff8.WHOLE: content}).seen["One"].values
    )


def test_what_the_second_reader_does_not_confirm_is_marked() -> None:
    """A text, a number and a cell that only one reader has differ; a date and its number do not."""
    grid = Grid("One", [["same", "one", 1.0, 2, "only", dt.date(2026, 1, 1), ""]])
    values: dict[tuple[int, int], CellValue] = {
        (0, 0): "same",
        (0, 1): "won",
        (0, 2): 1,
        (0, 3): 3.0,
        (0, 5): 5.0,
    }
    [marked] = _marked([grid], {"One": Sighting(filled=set(values), values=values)})
    assert marked.unconfirmed == {(0, 1), (0, 3), (0, 4)}

"""What a council wrote where no answer is read is listed, and nothing that we or a program wrote is."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.ingester.elsewhere import COUNT_LIMIT
from nps_xlsx.ingester.reading.records import notes
from nps_xlsx.model import Answer, Assessment, Council, Framework, Return, TextKind
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.listings import other_text_rows
from tests.makers.make import SAVED
from tests.support.workbooks import changed, filled, places, read

SHEET = "Engaging councillors"
ANSWERS = (
    Answer("EC0", 2, 4, evidence="Portfolio agreed", actions="Publish it", owner="Cabinet", priority="High"),
    Answer("EC1", 3, 3, evidence="Reports", due_date=dt.date(2027, 3, 31)),
)
RELATION = (
    '<Relationship Id="rIdOwn{n}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    '{kind}" Target="{target}"/>'
)
TEXT_BOX = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:from>'
    "<xdr:col>9</xdr:col><xdr:row>5</xdr:row></xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>Please call</a:t>"
    "</a:r></a:p><a:p><a:r><a:t>the clerk</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor>"
    "</xdr:wsDr>"
)
THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="J6" personId="{P}" id="{1}"><text>Our policy says so</text></threadedComment>'
    "</ThreadedComments>"
)
NOTES = (
    '<comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><authors>'
    "<author>tc={1}</author></authors><commentList>"
    '<comment ref="J6" authorId="0"><text><t>[Threaded comment] Our policy says so</t></text></comment>'
    "</commentList></comments>"
)
PEOPLE = (
    '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<person displayName="The deputy" id="{P}"/></personList>'
)


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(framework.only(["EC", "SV"]), medway, *ANSWERS)


def found(returned: Return) -> list[tuple[str, str, TextKind, str]]:
    """Sheet, cell, kind and text of each."""
    return [(one.place.sheet, one.place.cell, one.kind, one.text) for one in returned.other_texts]


def typed(cell: str, text: object, sheet: str = SHEET) -> Callable[[Workbook], None]:
    """A change that types into a cell."""

    def change(workbook: Workbook) -> None:
        workbook[sheet][cell] = text

    return change


def linking(cell: str, address: str) -> Callable[[Workbook], None]:
    """A change that puts a link on a cell."""

    def change(workbook: Workbook) -> None:
        workbook[SHEET][cell].hyperlink = address

    return change


@pytest.mark.parametrize(
    ("sheet", "cell", "text", "kind", "slug"),
    [
        (SHEET, "J1", "Read with our annual report", TextKind.BESIDE, "text-elsewhere"),
        (SHEET, "A30", "EC2 should be level 5", TextKind.BESIDE, "text-like-answer"),
        (SHEET, "R5", "More evidence", TextKind.COLUMN, "text-like-answer"),
        (SHEET, "R5", 3, TextKind.COLUMN, "text-like-answer"),
        (SHEET, "R5", "3 Mature", TextKind.COLUMN, "text-like-answer"),
        (SHEET, "G5", "This is us", TextKind.OVER, "text-like-answer"),
        (SHEET, "B6", "Our own name for it", TextKind.OVER, "text-like-answer"),
        (SHEET, "E10", "Typed over the guidance", TextKind.BESIDE, "text-elsewhere"),
        (SHEET, "A1", "Cllrs", TextKind.BESIDE, "text-elsewhere"),
        ("Start here", "D9", "Ask for Jo", TextKind.BESIDE, "text-elsewhere"),
        ("Summary", "B52", "We do not agree", TextKind.LIVE, "text-elsewhere"),
        ("Summary", "E5", 4.5, TextKind.LIVE, "text-elsewhere"),
        ("Action plan", "I5", "Our real action", TextKind.LIVE, "text-like-answer"),
        ("Action plan", "D5", "3 Mature", TextKind.LIVE, "text-like-answer"),
        ("Check before sending", "A3", "All done!", TextKind.LIVE, "text-elsewhere"),
        ("Lists", "ZZ9", "Hidden words", TextKind.LIVE, "text-elsewhere"),
    ],
)
def test_a_text_outside_the_answer_cells_is_listed(
    content: bytes,
    framework: Framework,
    register: Register,
    sheet: str,
    cell: str,
    text: object,
    kind: TextKind,
    slug: str,
) -> None:
    """It is listed once with place and kind; a warning where it may be meant as an answer, else a note."""
    returned = read(changed(content, typed(cell, text, sheet)), framework, register)
    assert found(returned) == [(sheet, cell, kind, str(text))]
    assert places(returned, slug) == [(sheet, cell)]


def test_a_sheet_of_its_own_is_listed_whatever_it_is_called(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A sheet named as one of ours with a year is no copy of it: it is reported, and its texts are listed."""

    def change(workbook: Workbook) -> None:
        workbook.create_sheet("Action plan 2026")["B2"] = "Appoint a lead by June"

    returned = read(changed(content, change), framework, register)
    assert found(returned) == [("Action plan 2026", "B2", TextKind.SHEET, "Appoint a lead by June")]
    assert places(returned, "sheet-extra") == [("Action plan 2026", "")]


def test_notes_links_and_headers_are_listed(content: bytes, framework: Framework, register: Register) -> None:
    """Notes have authors, links are those that lead out and say more than their cells, headers have words."""

    def change(workbook: Workbook) -> None:
        sheet = workbook[SHEET]
        sheet["C5"].comment = Comment("We moved to 3 Mature in July", "Officer")
        sheet["J5"].hyperlink = "https://www.example.gov.uk/policy.pdf"
        sheet["J6"] = "www.example.gov.uk/report"
        sheet["J6"].hyperlink = "https://www.example.gov.uk/report/"
        sheet.oddHeader.center.text = "&BDraft for Cabinet"

    returned = read(changed(content, change), framework, register)
    assert sorted(found(returned)) == [
        (SHEET, "", TextKind.HEADER, "Draft for Cabinet"),
        (SHEET, "C5", TextKind.NOTE, "We moved to 3 Mature in July"),
        (SHEET, "J5", TextKind.LINK, "https://www.example.gov.uk/policy.pdf"),
    ]
    assert [one.author for one in returned.other_texts if one.author] == ["Officer"]
    assert places(returned, "text-like-answer") == [(SHEET, "C5")]
    assert {row["author"] for row in other_text_rows([returned])} == {"", "Officer"}


def with_parts(content: bytes, sheet: str, parts: dict[str, tuple[str, str]]) -> bytes:
    """The same package with parts that belong to a sheet (or, for a person, to the workbook)."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            for number, (name, (kind, _)) in enumerate(parts.items()):
                owner = (
                    "xl/_rels/workbook.xml.rels" if kind == "person" else f"xl/worksheets/_rels/{sheet}.rels"
                )
                if entry.filename == owner:
                    relation = RELATION.format(n=number, kind=kind, target=f"/{name}")
                    text = text.replace(b"</Relationships>", f"{relation}</Relationships>".encode())
            new.writestr(entry.filename, text)
        for name, (_, words) in parts.items():
            new.writestr(name, words)
    return made.getvalue()


def test_text_boxes_and_threaded_comments_are_listed(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A text box has all its lines, a threaded comment its author and no copy for old programs beside it."""
    linked = changed(changed(content, linking("J5", "#'Summary'!A1")), linking("A9", "https://a.example/x"))
    parts = {
        "xl/drawings/drawing77.xml": ("drawing", TEXT_BOX),
        "xl/threadedComments/threadedComment1.xml": ("threadedComment", THREAD),
        "xl/comments77.xml": ("comments", NOTES),
        "xl/persons/person.xml": ("person", PEOPLE),
    }
    returned = read(with_parts(linked, "sheet2.xml", parts), framework, register)
    assert sorted(found(returned)) == [
        (SHEET, "A9", TextKind.BESIDE, "https://a.example/x"),
        (SHEET, "J6", TextKind.SHAPE, "Please call\nthe clerk"),
        (SHEET, "J6", TextKind.COMMENT, "Our policy says so"),
    ]
    assert "The deputy" in {one.author for one in returned.other_texts}


def test_a_part_that_cannot_be_read_is_reported(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Damaged notes cost no answer: a warning names the sheet to look at."""
    linked = changed(content, linking("J5", "https://a.example/x"))
    parts = {"xl/comments77.xml": ("comments", "<comments><author></comments>")}
    returned = read(with_parts(linked, "sheet2.xml", parts), framework, register)
    assert [found.value for found in returned.problems if found.slug == "asides-unread"] == [SHEET]
    assert returned.assessment is not None


def test_notes_and_text_boxes_of_open_document_are_listed(framework: Framework, register: Register) -> None:
    """In an .ods file too, with the cell that each belongs to; what the drawing of a chart holds is none."""
    old = (SAVED / "clean" / "libreoffice.ods").read_bytes()
    note = (
        "<office:annotation><dc:creator>Officer</dc:creator><text:p>Ask <text:span>Jo</text:span></text:p>"
        "</office:annotation>"
    )
    box = "<draw:frame><draw:text-box><text:p>A box</text:p></draw:text-box></draw:frame>"
    link = '<text:p><text:a xlink:href="https://a.example/x">'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(old)) as archive, zipfile.ZipFile(made, "w") as new:
        for entry in archive.infolist():
            text = archive.read(entry)
            if entry.filename == "content.xml":
                words = text.decode()
                at = words.index("<text:p>Evidence and comments")
                end = at + len("<text:p>")
                close = words.index("</text:p>", at)
                words = f"{words[:at]}{note}{box}{link}{words[end:close]}</text:a>{words[close:]}"
                text = words.encode()
            new.writestr(entry.filename, text, entry.compress_type)
    returned = read(made.getvalue(), framework, register, "return.ods")
    assert sorted((kind, text, cell) for _, cell, kind, text in found(returned)) == [
        (TextKind.NOTE, "Ask Jo", "J3"),
        (TextKind.LINK, "https://a.example/x", "J3"),
        (TextKind.SHAPE, "A box", "J3"),
    ]


def test_too_many_texts_are_cut_and_reported(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Of a sheet with thousands of texts a bounded number is listed, and how many more there are is said."""

    def change(workbook: Workbook) -> None:
        sheet = workbook.create_sheet("Spend")
        for row in range(COUNT_LIMIT + 5):
            sheet.append([f"Supplier {row}"])

    returned = read(changed(content, change), framework, register)
    assert len(returned.other_texts) == COUNT_LIMIT
    assert next(p.message for p in returned.problems if p.slug == "other-texts-cut").startswith("5 more")


def orders(framework: Framework, medway: Council) -> list[Order]:
    """Workbooks of every option."""
    before = Assessment(medway.gss_code, medway.name, "2022", ANSWERS)
    now = Assessment(medway.gss_code, medway.name, "2026", ANSWERS, details=(("completed_by", "Jo"),))
    short = framework.only(["EC", "SV"])
    return [
        Order(short, medway, "2026", controller="Nowhere County Council", contact="the team"),
        Order(framework.only(["EC1", "EN"]), medway, "2026", respondent="Adult care"),
        Order(short, medway, "2026", previous=before, with_review=True, due=dt.date(2026, 12, 18)),
        Order(
            short,
            medway,
            "2026",
            assessment=now,
            contact="the team, team@example.gov.uk",
            return_to="b@example.gov.uk",
            privacy_note="Your answers stay in the region.",
            with_review=True,
        ),
        Order(framework, medway, "2026", assessment=now, previous=before),
    ]


@pytest.mark.parametrize("number", range(5))
def test_nothing_that_the_builder_writes_is_listed(
    number: int, framework: Framework, register: Register, medway: Council
) -> None:
    """A workbook as it was built, of whatever options, holds no text that is not ours or an answer."""
    order = orders(framework, medway)[number]
    built = build_workbook(order)
    assert found(read(built, framework, register)) == []


def test_nothing_that_a_marked_up_copy_says_is_listed(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Nor does a copy in which problems were marked and listed."""
    short = framework.only(["EC"])
    first = read(filled(short, medway, *ANSWERS, Answer("EC2", None, 3)), framework, register)
    order = Order(short, medway, "2026", assessment=first.assessment, problems=first.problems)
    assert found(read(build_workbook(order), framework, register)) == []


def test_notes_of_binary_workbooks_are_read() -> None:
    """Records of [MS-XLSB] give the cell, the text and the author of a note, whatever stands between them."""

    def record(kind: int, payload: bytes) -> bytes:
        head = bytes([kind & 127 | 128, kind >> 7]) if kind > 127 else bytes([kind])
        return head + bytes([len(payload)]) + payload

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    part = b"".join(
        (
            record(628, b""),
            record(632, wide("Officer")),
            record(635, struct.pack("<5I", 0, 5, 5, 2, 2) + bytes(16)),
            record(637, b"\0" + wide("Ask Jo")),
            record(629, b""),
        )
    )
    assert list(notes(part)) == [("C6", "Ask Jo", "Officer")]

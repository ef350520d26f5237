"""What python-docx does not offer: repeated headings, shades, alternative texts."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section as WordSection
from docx.shape import InlineShape
from docx.shared import Length, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph
from docx.text.run import Run

from nps_xlsx.excel.parts import property_text
from nps_xlsx.reports.papers.paper import Paper

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_EPOCH = (1980, 1, 1, 0, 0, 0)


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _UNREADABLE.sub("\ufffd", text)


# --- Tables


def set_widths(table: WordTable, widths: Sequence[Length]) -> None:
    """Fix the widths of a table's columns, and its own."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    properties = table._tbl.tblPr
    properties.replace(
        properties.find(qn("w:tblW")), _element("tblW", w=round(sum(widths) / 635), type="dxa")
    )


def describe_table(table: WordTable, title: str) -> None:
    """Give a table its alternative text."""
    table._tbl.tblPr.append(_element("tblCaption", val=clean(title)))


def repeat_on_every_page(row: WordRow) -> None:
    """Mark a row as the table's headings, repeated on every page that it runs over."""
    row._tr.get_or_add_trPr().append(_element("tblHeader"))


def keep_whole(row: WordRow) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().insert(0, _element("cantSplit"))


def shade(cell: WordCell, colour: str) -> None:
    """Fill a cell."""
    cell._tc.get_or_add_tcPr().append(
        _element("shd", val="clear", color="auto", fill=colour.removeprefix("#"))
    )


# --- Text and pictures


def shade_paragraph(paragraph: WordParagraph, colour: str) -> None:
    """Give a paragraph a background that reaches a little beyond its text."""
    fill = colour.removeprefix("#")
    edges = [_element(side, val="single", sz=4, space=2, color=fill) for side in ("left", "right")]
    properties = paragraph._p.get_or_add_pPr()
    for element in (_group("pBdr", edges), _element("shd", val="clear", color="auto", fill=fill)):
        properties.insert_element_before(element, "w:spacing", "w:ind", "w:jc", "w:rPr")


def colour(run: Run, ink: str) -> None:
    """Give some words another colour."""
    run.font.color.rgb = RGBColor.from_string(ink.removeprefix("#"))


def hang(paragraph: WordParagraph, width: Length) -> None:
    """Hang an item of a list on its number or bullet, which is part of its text."""
    paragraph.paragraph_format.left_indent = width
    paragraph.paragraph_format.first_line_indent = Length(-width)


def describe_picture(shape: InlineShape, title: str, description: str) -> None:
    """Give a picture its name and its alternative text."""
    properties = shape._inline.docPr
    properties.set("name", clean(title))
    properties.set("descr", clean(description))


def footer(section: WordSection, text: str) -> None:
    """Put the paper's subject in the footer of every page, before the page number."""
    section.footer.paragraphs[0].runs[0].text = clean(text)


def _element(name: str, **attributes: object) -> Any:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def _group(name: str, parts: Sequence[Any]) -> Any:
    made = OxmlElement(f"w:{name}")
    made.extend(parts)
    return made


# --- The file


def set_properties(document: DocumentType, paper: Paper, made: dt.date | None) -> None:
    """Title, subject and source, and the date of making if it is given."""
    core = document.core_properties
    core.title = property_text(clean(f"{paper.subtitle}. {paper.title}"))
    core.subject = property_text(paper.subject)
    core.comments = property_text(paper.attribution)
    if made is not None:
        core.created = dt.datetime.combine(made, dt.time())


def settled(content: bytes) -> bytes:
    """The file with fixed dates in its zip, so that its bytes are always the same."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0  # as on Windows, so that every system writes the same
            new.writestr(entry, old.read(name))
    return made.getvalue()

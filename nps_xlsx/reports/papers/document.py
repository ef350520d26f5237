"""A paper as an editable Word document: real styles and headings, repeated headings, nothing locked."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from importlib.resources import files

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.table import _Row as WordRow
from docx.text.paragraph import Paragraph as WordParagraph

from nps_xlsx.excel import styles
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.reports.papers import word_parts
from nps_xlsx.reports.papers.paper import (
    Block,
    Chart,
    Entry,
    Heading,
    Ladder,
    Paper,
    Paragraph,
    Particulars,
    Section,
    Table,
)
from nps_xlsx.reports.papers.picture import png

TEMPLATE = files("nps_xlsx.reports.papers").joinpath("paper.docx")
"""Page, footer, language and styles: how a paper looks, apart from its content."""

TABLE_TEXT, LEAD, NOTE, LABEL = "Table text", "Table lead", "Note", "Strong"
_PICTURE_WIDTH = Mm(172)
_WIDE = 267
"""The width of text on a landscape page, in millimetres."""

_WHOLE_ROW = 300.0
"""Points: a row up to this height, well over half a landscape page, is not split over two pages."""

_WHOLE_TABLE = 230.0
"""Points: the same for a table."""

_ITEM = re.compile(r"(\d{1,2}\.|•) ")
_HANG = {True: Mm(2.6), False: Mm(4.2)}
"""How far the lines of an item are indented: after a bullet, and after a number."""


def as_document(paper: Paper, as_of: dt.date | None = None) -> bytes:
    """The paper as .docx; the same paper, as of the same day, gives the same bytes."""
    document = Document(io.BytesIO(TEMPLATE.read_bytes()))
    word_parts.set_properties(document, paper, as_of)
    writer = _Writer(paper, document)
    writer.write()
    saved = io.BytesIO()
    document.save(saved)
    return word_parts.settled(saved.getvalue())


class _Writer:
    """Writes one paper into one document, from beginning to end."""

    def __init__(self, paper: Paper, document: DocumentType) -> None:
        self.paper = paper
        self.document = document
        self.levels = len(paper.framework.levels)
        self.is_wide = bool(paper.sections and paper.sections[0].is_wide)

    def write(self) -> None:
        """Title, opening, sections, footer."""
        if self.is_wide:
            _turn(self.document)
        word_parts.footer(self.document.sections[0], self.paper.subtitle)
        self._paragraph(self.paper.title, "Title")
        self._paragraph(self.paper.subtitle, "Subtitle")
        for block in self.paper.opening:
            self._block(block)
        for section in self.paper.sections:
            self._section(section)

    def _section(self, section: Section) -> None:
        if section.is_wide != self.is_wide:
            self.document.add_section(WD_SECTION.NEW_PAGE)
            _turn(self.document)
            self.is_wide = section.is_wide
        self._paragraph(section.heading, "Heading 1")
        for block in section.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Paragraph():
                self._paragraph(block.text, NOTE if block.is_note else "Normal")
            case Particulars():
                self._particulars(block)
            case Chart():
                self._chart(block)
            case Ladder():
                self._ladder(block)
            case Table():
                self._table(block)

    def _paragraph(self, text: str, style: str) -> WordParagraph:
        return self.document.add_paragraph(word_parts.clean(text), style=style)

    def _particulars(self, particulars: Particulars) -> None:
        for label, text in particulars.items:
            paragraph = self.document.add_paragraph(style="List Bullet")
            paragraph.paragraph_format.keep_with_next = True  # with a table below, if there is one
            paragraph.add_run(f"{label}: ", style=LABEL)
            paragraph.add_run(word_parts.clean(text))

    def _chart(self, chart: Chart) -> None:
        paragraph = self.document.add_paragraph()
        picture = io.BytesIO(png(chart, self.levels))
        shape = paragraph.add_run().add_picture(picture, width=_PICTURE_WIDTH)
        word_parts.describe_picture(shape, chart.title, chart.description)

    # --- Tables

    def _ladder(self, ladder: Ladder) -> None:
        """The levels side by side, kept on the same page as the table below."""
        width, rest = divmod(_WIDE, len(ladder.steps))
        widths = [width + (number < rest) for number in range(len(ladder.steps))]
        pairs = zip(ladder.steps, widths, strict=True)
        columns = tuple(Heading(step.lead, width, level=step.level) for step, width in pairs)
        self._paragraph(ladder.title, "Heading 2")
        row = tuple(Entry(step.text) for step in ladder.steps)
        table = self._write_table(Table(ladder.title, columns, (row,)))
        _keep_with_next(*table.rows)
        self._gap(keep=True)

    def _table(self, table: Table) -> None:
        self._write_table(table)
        self._gap()

    def _gap(self, *, keep: bool = False) -> None:
        """A little space below a table; Word joins two tables without a paragraph between them."""
        gap = self.document.add_paragraph(style=TABLE_TEXT)
        gap.paragraph_format.keep_with_next = keep

    def _write_table(self, table: Table) -> WordTable:
        made: WordTable = self.document.add_table(rows=0, cols=len(table.columns), style="Table Grid")
        word_parts.set_widths(made, [Mm(column.width) for column in table.columns])
        word_parts.describe_table(made, table.title)
        self._headings(made, table)
        heights = [_row_height(table.columns, row) for row in table.rows]
        for number, (row, height) in enumerate(zip(table.rows, heights, strict=True), start=1):
            is_total = table.has_total and number == len(table.rows)
            self._row(made, table.columns, row, is_total=is_total)
            if height <= _WHOLE_ROW:
                word_parts.keep_whole(made.rows[number])
        # A short table is kept whole; in a longer one, the first row is not left alone below the headings.
        if sum(heights) <= _WHOLE_TABLE:
            _keep_with_next(*made.rows[:-1])
        elif sum(heights[:2]) <= _WHOLE_TABLE:
            _keep_with_next(made.rows[1])
        return made

    def _headings(self, made: WordTable, table: Table) -> None:
        row = made.add_row()
        word_parts.repeat_on_every_page(row)
        word_parts.keep_whole(row)
        for cell, column in zip(row.cells, table.columns, strict=True):
            ground, ink = self._colours(column.level) if column.level else (styles.ACCENT, styles.ON_ACCENT)
            word_parts.shade(cell, ground)
            paragraph = cell.paragraphs[0]
            self._set(paragraph, column.heading, ink=ink, is_bold=True, is_right=column.is_number)
            paragraph.paragraph_format.keep_with_next = True

    def _row(
        self, made: WordTable, columns: tuple[Heading, ...], row: tuple[Entry, ...], *, is_total: bool
    ) -> None:
        written = made.add_row()
        for word_cell, column, cell in zip(written.cells, columns, row, strict=True):
            if is_total and not cell.level:
                word_parts.shade(word_cell, styles.BAND)
            self._cell(word_cell, column, cell, is_bold=is_total)

    def _cell(self, word_cell: WordCell, column: Heading, cell: Entry, *, is_bold: bool) -> None:
        ground, ink = self._colours(cell.level)
        lines = cell.text.split("\n") if cell.text else []
        paragraphs = [word_cell.paragraphs[0]]
        paragraphs += [word_cell.add_paragraph() for _ in range(len(lines) + bool(cell.lead) - 1)]
        if cell.lead:
            self._set(paragraphs[0], cell.lead, ink=ink, style=LEAD)
        if cell.level:  # not the cell: beside a long comment a dark level would fill half a page
            word_parts.shade_paragraph(paragraphs[0], ground)
        for paragraph, line in zip(paragraphs[bool(cell.lead) :], lines or [""], strict=False):
            label = next((f"{word}:" for word in cell.labels if line.startswith(f"{word}:")), "")
            if label:
                paragraph.add_run(label, style=LABEL)
                line = line.removeprefix(label)
            item = _ITEM.match(line)
            if item:
                word_parts.hang(paragraph, _HANG[item[1] == "•"])
                line = f"{item[1]}\t{line[item.end() :]}"
            self._set(paragraph, line, ink=ink, is_bold=is_bold, is_right=column.is_number)

    def _set(
        self,
        paragraph: WordParagraph,
        text: str,
        *,
        ink: str = styles.INK,
        is_bold: bool = False,
        is_right: bool = False,
        style: str = TABLE_TEXT,
    ) -> None:
        paragraph.style = style
        if is_right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if text:
            run = paragraph.add_run(word_parts.clean(text))
            run.bold = True if is_bold else None
            if ink != styles.INK:
                word_parts.colour(run, ink)

    def _colours(self, level: int) -> tuple[str, str]:
        """Ground and ink of a level."""
        if not level:
            return styles.PAPER, styles.INK
        looks = styles.STYLES[styles.level_style(level, self.levels)]
        return looks["bg_color"], looks["font_color"]


def _turn(document: DocumentType) -> None:
    """Switch the last section between portrait and landscape."""
    section = document.sections[-1]
    is_wide = section.orientation == WD_ORIENT.LANDSCAPE
    section.orientation = WD_ORIENT.PORTRAIT if is_wide else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def _keep_with_next(*rows: WordRow) -> None:
    for cell in (cell for row in rows for cell in row.cells):
        for paragraph in cell.paragraphs:
            paragraph.paragraph_format.keep_with_next = True


def _row_height(columns: Sequence[Heading], row: tuple[Entry, ...]) -> float:
    """The estimated height of a row, in points."""
    texts = ["\n".join(filter(None, (cell.lead, cell.text))) for cell in row]
    widths = [round(Mm(column.width).inches * 96) for column in columns]
    return max(text_height(text, width, 9) for text, width in zip(texts, widths, strict=True))

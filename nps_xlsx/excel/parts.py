"""What XlsxWriter has no setting for: the parts of a workbook's file that we write ourselves.

XlsxWriter has hooks for another packager and for other sheets; what is set here through them
goes for every workbook, including those of gptables.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.utility import xl_rowcol_to_cell_fast
from xlsxwriter.worksheet import ColumnInfo, RowInfo, Worksheet

PROPERTY_LIMIT = 255
"""UTF-16 units of a document property: what Word and Excel take."""

_LANGUAGE = "en-GB"
_LAST_COLUMN = 16_383
_CELLS = {
    "String": '<c r="{}" s="{}" t="s"><v>{}</v></c>'.format,
    "Number": '<c r="{}" s="{}"><v>{:.16G}</v></c>'.format,
    "Datetime": '<c r="{}" s="{}"><v>{:.16G}</v></c>'.format,
    "Blank": '<c r="{}" s="{}"/>'.format,
}
"""What cells are written as, by XlsxWriter's names of their kinds: place, number of the format, value."""
_CALCULATOR = 191_029
"""What Excel 2019 and 365 write as ``calcId``: they recalculate files with an older one, and ask to save."""


def prepare(
    workbook: xlsxwriter.Workbook, *, title: str, subject: str, comments: str, made: dt.date | None
) -> None:
    """Set what every workbook says about itself; ``made`` is the day on which it was made, if any.

    It never says when it was saved: there is no clock here, and readers take ``dcterms:modified``
    for the time when somebody saved the file.
    """
    texts = {"title": title, "subject": subject, "comments": comments}
    workbook.set_properties({key: property_text(text) for key, text in texts.items()} | {"created": made})
    workbook._get_packager = _Packager
    workbook._write_workbook_view = functools.partial(_write_view, workbook)
    workbook.formats[0].set_locked(False)
    workbook.set_calc_mode("auto", _CALCULATOR)
    workbook.calc_on_load = False  # until there is a formula: a file that was only read need not be saved


def _write_view(workbook: xlsxwriter.Workbook) -> None:
    """Write the window without its place and size: they are optional (ECMA-376 part 1, 18.2.30)."""
    shown = workbook.worksheet_meta.activesheet
    workbook._xml_empty_tag("workbookView", [("activeTab", shown)] if shown else [])


def _protection(cell_format: Format) -> list[tuple[str, int]]:
    """A format's protection, explicit where it is locked: otherwise it would follow Normal, which is not."""
    usual = Format._get_protection_properties(cell_format)
    return [("locked", int(bool(cell_format.locked))), *(pair for pair in usual if pair[0] != "locked")]


def _number_headings(formats: Sequence[Format]) -> dict[tuple[str, int], Format]:
    """Give the formats of headings the numbers of their cell styles; gives the styles with a format of each.

    XlsxWriter knows no cell styles but Normal and Hyperlink, which come first.
    """
    named: dict[tuple[str, int], Format] = {}
    for cell_format in formats:
        if style := getattr(cell_format, "cell_style", None):
            named.setdefault(style, cell_format)
            before = 1 + any(one.hyperlink for one in formats)
            cell_format.xf_id = before + list(named).index(style)
    return named


def _with_headings(text: str, named: Mapping[tuple[str, int], Format]) -> str:
    """The part of styles with these cell styles added, each with the font of its format."""
    rest = "".join(
        f' apply{kind}="0"' for kind in ("NumberFormat", "Fill", "Border", "Alignment", "Protection")
    )
    looks = "".join(
        f'<xf numFmtId="0" fontId="{one.font_index}" fillId="0" borderId="0"{rest}/>'
        for one in named.values()
    )
    first = min(one.xf_id for one in named.values())
    names = "".join(
        f'<cellStyle name="{name}" xfId="{place}" builtinId="{number}"/>'
        for place, (name, number) in enumerate(named, start=first)
    )
    for tag, added in (("cellStyleXfs", looks), ("cellStyles", names)):
        text = text.replace(f'<{tag} count="{first}">', f'<{tag} count="{first + len(named)}">', 1)
        text = text.replace(f"</{tag}>", f"{added}</{tag}>", 1)
    return text


def property_text(text: str) -> str:
    """A text as a document property can hold it: cut to the limit."""
    return text.encode("utf-16-le", "replace")[: 2 * PROPERTY_LIMIT].decode("utf-16-le", "ignore")


class SheetOfOurs(Worksheet):  # type: ignore[misc]  # XlsxWriter carries no types
    """A sheet whose formulas are written as they are, and its usual cells at once.

    XlsxWriter searches each formula for every function newer than Excel 2010, with some 30 to 180
    substitutions, to put ``_xlfn.`` before it: that takes more than half of a workbook's time.
    The design forbids those functions, and a test looks for them in what is written.
    """

    untouched: Format | None = None
    """The format of cells that are never written; Normal by default."""

    def __init__(self) -> None:
        super().__init__()
        self.growing: set[int] = set()
        """The rows whose height Excel fits to what is typed in them."""
        self._grows = False

    def _write_row(
        self, row: int, spans: str | None, row_info: RowInfo | None = None, empty_row: bool = False
    ) -> None:
        """Write a row; one that grows has a height, but not one of its own (ECMA-376 part 1, 18.3.1.73)."""
        self._grows = row in self.growing
        super()._write_row(row, spans, row_info, empty_row)
        self._grows = False

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        kept = [pair for pair in attributes if pair[0] != "customHeight"] if self._grows else attributes
        super()._xml_start_tag_unencoded(tag, kept)

    def _write_cols(self) -> None:
        if self.untouched is None:
            return super()._write_cols()  # type: ignore[no-any-return]
        self._xml_start_tag("cols")
        free = max(self.col_info, default=-1) + 1
        columns = [(col, col, self.col_info.get(col, ColumnInfo())) for col in range(free)]
        for first, last, column in [*columns, (free, _LAST_COLUMN, ColumnInfo())]:
            self._write_col_info(first, last, replace(column, column_format=self.untouched))
        self._xml_end_tag("cols")
        return None

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        """Write most cells in one piece: XlsxWriter makes a list of attributes and looks into each."""
        form = _CELLS.get(type(cell).__name__)
        if form is None or cell.format is None:
            super()._write_cell(row, col, cell)
        else:
            self.fh.write(form(xl_rowcol_to_cell_fast(row, col), cell.format._get_xf_index(), cell[0]))

    def _calculate_spans(self) -> None:
        """Note how far every 16 rows reach: XlsxWriter looks at each place, used or not."""
        reach: dict[int, set[int]] = defaultdict(set)
        for held in (self.table, self.comments):
            for row, cols in held.items():
                reach[row // 16].update(cols)
        self.row_spans = {some: f"{min(cols) + 1}:{max(cols) + 1}" for some, cols in reach.items() if cols}

    def _xml_formula_element(self, formula: str, result: object, attributes: Sequence[object] = ()) -> None:
        """Write a formula; an empty result is marked as text, as Excel does, not as a number."""
        kind = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *kind])

    def _write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> int:
        """Write a text as text, though it looks like the rich strings that XlsxWriter stores as markup."""
        if string.startswith("<r>") and string.endswith("</r>"):
            pieces = (string[:1], string[1:2], string[2:], *([cell_format] if cell_format else []))
            return int(super()._write_rich_string(row, col, *pieces))
        return Worksheet._write_string(self, row, col, string, cell_format)  # type: ignore[no-any-return]

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Core(Core):  # type: ignore[misc]  # XlsxWriter carries no types
    """The document's properties: with its language, and without dates that nobody gave."""

    def _write_cp_last_modified_by(self) -> None:
        self._xml_data_element("dc:language", _LANGUAGE)
        super()._write_cp_last_modified_by()

    def _write_dcterms_created(self) -> None:
        made = self.properties["created"]
        if made is not None:
            self.iso_date = f"{made.isoformat()}T00:00:00Z"
            super()._write_dcterms_created()

    def _write_dcterms_modified(self) -> None:
        """Write nothing: both dates are optional (ECMA-376 part 2, 11.1)."""


class _Packager(Packager):  # type: ignore[misc]  # XlsxWriter carries no types
    def _write_styles_file(self) -> None:
        """Write the formats: Normal unlocked, every other one explicitly locked or unlocked.

        Text pasted with its format from Word or a browser takes the style Normal; on a
        protected sheet a locked Normal would leave the cell closed to whoever pasted it.
        """
        for cell_format in self.workbook.xf_formats:
            cell_format._get_protection_properties = functools.partial(_protection, cell_format)
        named = _number_headings(self.workbook.xf_formats)
        super()._write_styles_file()
        if named:
            part: io.StringIO = self.filenames[-1][0]
            text = _with_headings(part.getvalue(), named)
            part.seek(0)
            part.write(text)

    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

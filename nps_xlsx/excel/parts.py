"""What XlsxWriter has no setting for: those parts of a workbook's file that we write ourselves.

XlsxWriter keeps hooks for another packager and for other sheets; what is said here through them
goes for every workbook, those of gptables among them.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import replace

import xlsxwriter
from xlsxwriter.core import Core
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.worksheet import ColumnInfo, Worksheet

PROPERTY_LIMIT = 255
"""UTF-16 units of a document property: what Word and Excel take."""

_LANGUAGE = "en-GB"
_LAST_COLUMN = 16_383
_CALCULATOR = 191_029
"""What Excel 2019 and 365 write as ``calcId``: files with an older one they recalculate, and ask to save."""


def prepare(
    workbook: xlsxwriter.Workbook, *, title: str, subject: str, comments: str, made: dt.date | None
) -> None:
    """Set what every workbook says of itself; ``made`` is the day on which it was made.

    Without a day it says none, and never when it was saved: there is no clock here, and who reads
    ``dcterms:modified`` takes it for the day on which somebody saved the file.
    """
    texts = {"title": title, "subject": subject, "comments": comments}
    workbook.set_properties({key: property_text(text) for key, text in texts.items()} | {"created": made})
    workbook._get_packager = _Packager
    workbook._write_workbook_view = functools.partial(_write_view, workbook)
    workbook.formats[0].set_locked(False)
    workbook.set_calc_mode("auto", _CALCULATOR)
    workbook.calc_on_load = False  # until there is a formula: what is only read asks for no saving


def _write_view(workbook: xlsxwriter.Workbook) -> None:
    """The window; its place and size are optional (ECMA-376 part 1, 18.2.30), and Excel's to choose."""
    shown = workbook.worksheet_meta.activesheet
    workbook._xml_empty_tag("workbookView", [("activeTab", shown)] if shown else [])


def _protection(one: Format) -> list[tuple[str, int]]:
    """A format says whether it is locked even where it is: Normal, which it would follow, is unlocked."""
    usual = Format._get_protection_properties(one)
    return [("locked", int(bool(one.locked))), *(pair for pair in usual if pair[0] != "locked")]


def property_text(text: str) -> str:
    """A text as a document property can hold it: cut at its limit."""
    return text.encode("utf-16-le", "replace")[: 2 * PROPERTY_LIMIT].decode("utf-16-le", "ignore")


class SheetOfOurs(Worksheet):  # type: ignore[misc]  # XlsxWriter carries no types
    """A sheet whose formulas are written as they are.

    XlsxWriter looks in each formula for every function newer than Excel 2010, with some 30 to 180
    substitutions, to put ``_xlfn.`` before it: more than half of the time that a workbook takes.
    The design forbids those functions, and a test looks for them in what is written.
    """

    untouched: Format | None = None
    """The format of cells that are never written; without one they are Normal."""

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

    def _xml_formula_element(self, formula: str, result: object, attributes: Sequence[object] = ()) -> None:
        """Write a formula; an empty text as its result is a text, as Excel writes it, and not a number."""
        kind = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *kind])

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Core(Core):  # type: ignore[misc]  # XlsxWriter carries no types
    """The document's properties: with its language, without dates that nobody gave."""

    def _write_cp_last_modified_by(self) -> None:
        self._xml_data_element("dc:language", _LANGUAGE)
        super()._write_cp_last_modified_by()

    def _write_dcterms_created(self) -> None:
        made = self.properties["created"]
        if made is not None:
            self.iso_date = f"{made.isoformat()}T00:00:00Z"
            super()._write_dcterms_created()

    def _write_dcterms_modified(self) -> None:
        """Nothing: both dates are optional (ECMA-376 part 2, 11.1)."""


class _Packager(Packager):  # type: ignore[misc]  # XlsxWriter carries no types
    def _write_styles_file(self) -> None:
        """Write the formats: Normal unlocked, every other one locked or not in so many words.

        Text that is pasted with its format from Word or a browser takes the style Normal, and
        on a protected sheet a locked Normal would leave the cell closed to whoever pasted it.
        """
        for one in self.workbook.xf_formats:
            one._get_protection_properties = functools.partial(_protection, one)
        super()._write_styles_file()

    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()

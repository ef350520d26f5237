"""A workbook as text, for golden files: cells, names, validations, rules, protection, print set-up."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet


def dump(content: bytes, name: str) -> str:
    """One sheet as text, in an order that does not depend on chance."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return "\n".join(_lines(workbook[name])) + "\n"


def names(content: bytes) -> str:
    """The workbook's own names, as text."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    return "".join(f"{key} = {value.attr_text}\n" for key, value in sorted(workbook.defined_names.items()))


def _lines(sheet: Worksheet) -> Iterator[str]:
    yield f"sheet {sheet.title}: {sheet.sheet_state}, frozen at {sheet.freeze_panes}"
    page = sheet.page_setup
    yield f"print: {page.orientation}, paper {page.paperSize}, titles {sheet.print_title_rows}"
    options = ("formatColumns", "formatRows", "sort", "autoFilter", "selectLockedCells")
    allowed = [option for option in options if not getattr(sheet.protection, option)]
    yield f"protected: {sheet.protection.sheet}; allowed: {', '.join(allowed)}"
    for key, value in sorted(sheet.defined_names.items()):
        yield f"name {key} = {value.attr_text}"
    widths = {letter: round(found.width, 2) for letter, found in sheet.column_dimensions.items()}
    yield f"widths: {widths}"
    for row in sheet.iter_rows():
        height = sheet.row_dimensions[row[0].row].height
        cells = [cell for cell in row if cell.value is not None or not cell.protection.locked]
        if cells:
            yield f"row {row[0].row}, height {height}"
        for cell in cells:
            lock = "" if cell.protection.locked else " (open)"
            link = f" -> {cell.hyperlink.location}" if cell.hyperlink else ""
            yield f"  {cell.coordinate}{lock} [{cell.number_format}] {cell.value!r}{link}"
    for rule in sorted(sheet.data_validations.dataValidation, key=lambda rule: str(rule.sqref)):
        yield f"validation {rule.sqref}: {rule.type} {rule.formula1 or ''} {rule.formula2 or ''}"
        yield f"  prompt: {rule.promptTitle} | {rule.prompt}"
        yield f"  error: {rule.errorTitle} | {rule.error}"
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            yield f"rule {area.sqref}: {rule.type} {rule.formula}"

"""The bytes of one workbook to the values of its sheets, or the reason why not."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

import openpyxl
import python_calamine
from defusedxml import DefusedXmlException, ElementTree

from nps_xlsx.ingester.containers import DAMAGE, FILE_LIMIT, SourceFile
from nps_xlsx.stamp import PROPERTY, REPORT_PROPERTY

CellValue = str | int | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta

CELL_LIMIT = 5_000_000
"""Cells in the box that a sheet uses; a workbook of ours has a few thousand."""
PART_LIMIT = 200 * 1024 * 1024
TOTAL_LIMIT = 400 * 1024 * 1024
"""Bytes that one part, and the whole of a workbook, may inflate to."""

_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KNOWN = (
    (b"%PDF", "it is a PDF"),
    (b"{\\rtf", "it is a rich text document"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"\x89PNG", "it is a picture"),
    (b"<", "it is a web page or XML file"),
)
_DAMAGED = "it is cut short or damaged"
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*\bt=["']e["']""")


class RefusedError(Exception):
    """A file that cannot be used; names the kind of problem and its words."""

    def __init__(self, slug: str, **words: str) -> None:
        self.slug = slug
        self.words = words
        super().__init__(slug)


@dataclass(frozen=True, slots=True)
class Grid:
    """The values of one sheet, from A1 on, and the cells that show an error."""

    name: str
    rows: list[list[CellValue]]
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def at(self, row: int, col: int) -> CellValue:
        """A cell's value; an empty text beyond the edge."""
        if 0 <= row < len(self.rows) and 0 <= col < len(self.rows[row]):
            return self.rows[row][col]
        return ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """What was read from one file."""

    grids: tuple[Grid, ...]
    saved_by: str = ""
    stamp_property: str = ""


def read_workbook(source: SourceFile) -> Workbook:
    """Read the sheets of a workbook.

    Raises:
        RefusedError: it is no workbook, or cannot be read.
    """
    _refuse_by_look(source)
    content = source.content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_by_parts(archive)
            if archive.testzip() is not None:  # every checksum: calamine does not verify all of them
                raise RefusedError("file-unreadable", reason=_DAMAGED)
            saved_by, stamp_property = _properties(archive)
            has_errors = _has_error_cells(archive)
    except DAMAGE:
        raise RefusedError("file-unreadable", reason=_DAMAGED) from None
    grids = _grids(content)
    if has_errors:
        grids = _with_errors(grids, content)
    return Workbook(tuple(grids), saved_by, stamp_property)


def _refuse_by_look(source: SourceFile) -> None:
    content = source.content
    if _is_litter(source.name):
        raise RefusedError("file-of-the-system")
    if source.failure:
        raise RefusedError("file-unreadable", reason=source.failure)
    if source.size > FILE_LIMIT:
        megabytes = 1024 * 1024
        raise RefusedError(
            "file-too-large", size=f"{source.size / megabytes:.0f}", limit=f"{FILE_LIMIT // megabytes}"
        )
    if not content:
        raise RefusedError("file-empty")
    if content.startswith(_OLE):
        raise RefusedError("file-encrypted" if _ENCRYPTED in content else "file-old-format")
    if not content.startswith(_ZIP):
        start = content.lstrip()[:512]
        found = next(
            (words for mark, words in _KNOWN if start.startswith(mark)), "its contents are of another kind"
        )
        raise RefusedError("file-not-workbook", found=found)


def _is_litter(path: str) -> bool:
    """Whether a file was left by the system: Excel's locks, and what file managers write."""
    name = path.rpartition("/")[2].casefold()
    return name.startswith(("~$", "._")) or name in (".ds_store", "thumbs.db", "desktop.ini")


def _refuse_by_parts(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        kinds = {
            "word/": "it is a Word document",
            "ppt/": "it is a presentation",
        }
        if "content.xml" in names:
            raise RefusedError("file-other-spreadsheet")
        found = next(
            (words for start, words in kinds.items() if any(name.startswith(start) for name in names)),
            "it is a zip of other things",
        )
        raise RefusedError("file-not-workbook", found=found)
    sizes = [entry.file_size for entry in archive.infolist()]
    if max(sizes) > PART_LIMIT or sum(sizes) > TOTAL_LIMIT:
        raise RefusedError("file-unreadable", reason="it inflates to more than any workbook should")


def _properties(archive: zipfile.ZipFile) -> tuple[str, str]:
    """The program that saved the file last, and the stamp among the custom properties."""
    app = _part(archive, "docProps/app.xml")
    texts = {_local(node.tag): (node.text or "").strip() for node in app} if app is not None else {}
    saved_by = " ".join(filter(None, (texts.get("Application", ""), texts.get("AppVersion", ""))))
    custom = _part(archive, "docProps/custom.xml")
    values = {
        node.get("name"): "".join(node.itertext()).strip() for node in (custom if custom is not None else ())
    }
    if REPORT_PROPERTY in values:
        raise RefusedError("file-own-output", found=values[REPORT_PROPERTY])
    return saved_by, values.get(PROPERTY, "")


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    if name not in archive.namelist():
        return None
    try:
        tree: Element = ElementTree.fromstring(archive.read(name))
    except (ParseError, DefusedXmlException):
        return None  # a side channel only: what cannot be read there is as good as absent
    return tree


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _has_error_cells(archive: zipfile.ZipFile) -> bool:
    # calamine gives an empty text for a cell that shows #REF! or #N/A, as it does for a blank.
    sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
    return any(_ERROR_CELL.search(archive.read(name)) for name in sheets)


def _grids(content: bytes) -> list[Grid]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [_grid(workbook, name) for name in workbook.sheet_names]
    except python_calamine.PasswordError:
        raise RefusedError("file-encrypted") from None
    except python_calamine.CalamineError as error:
        raise RefusedError("file-unreadable", reason=str(error)) from None
    except BaseException as error:  # a panic in calamine comes as a BaseException of no public class
        if type(error).__name__ != "PanicException":
            raise
        raise RefusedError("file-unreadable", reason=_DAMAGED) from None


def _grid(workbook: python_calamine.CalamineWorkbook, name: str) -> Grid:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.WorksheetNotFound:
        return Grid(name, [])  # a sheet of charts or macros
    if sheet.end is not None and (sheet.end[0] + 1) * (sheet.end[1] + 1) > CELL_LIMIT:
        reason = f"the sheet {name} has cells out to row {sheet.end[0] + 1}"
        raise RefusedError("file-unreadable", reason=reason)
    return Grid(name, sheet.to_python(skip_empty_area=False))


def _with_errors(grids: list[Grid], content: bytes) -> list[Grid]:
    """The same grids with the error cells that only openpyxl tells apart from blanks."""
    try:
        found = _error_cells(content)
    except Exception:  # noqa: BLE001 - openpyxl has no error class of its own: it raises whatever it meets
        reason = "a cell shows an error, and the workbook is too damaged to say which"
        raise RefusedError("file-unreadable", reason=reason) from None
    return [Grid(grid.name, grid.rows, found.get(grid.name, {})) for grid in grids]


def _error_cells(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    found: dict[str, dict[tuple[int, int], str]] = {}
    for sheet in workbook.worksheets:
        sheet.reset_dimensions()
        found[sheet.title] = {
            (number, col): str(cell.value)
            for number, row in enumerate(sheet.iter_rows(min_row=1, min_col=1))
            for col, cell in enumerate(row)
            if cell.data_type == "e"
        }
    workbook.close()
    return found

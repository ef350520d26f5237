"""CSV files: read with all their faults, written, and guarded against what a spreadsheet makes of texts."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.model.errors import UserError
from nps_xlsx.workbook.values import read_date

_BLANK = r"[\s\x00\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
# Full-width signs too: OWASP's page "CSV Injection" lists them, and a line break, with the plain ones.
# The blanks are taken whole or not at all, and only at the start: linear.
_RUNS = re.compile(rf"[\t\r\n]|{_BLANK}*+[=+\-@\uff1d\uff0b\uff0d\uff20]")

# Each character is taken in one way only, so that matching is linear.
_TURNS = re.compile(
    r"(?=\D*+\d)(?:[\d\s/.,:()%£$€¥+-]|(?<=[\d.])e(?=[\d+-])|(?<=[\d\s])[ap]m?(?![a-z])"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)++|true|false",
    re.IGNORECASE,
)
_STAYS = re.compile(
    r"(?:0|[1-9][0-9]{0,9})(?:\.[0-9]{0,8}[1-9])?"  # a number as Excel shows it again
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}"  # a date that stays the same day, and that programs compute with
    r"|[0-9]{4}[-/](?:1[3-9]|[2-9][0-9])"  # a financial year
)
_LONGEST = 255
"""Characters beyond which Excel takes no text for a number or a date."""


def guarded(text: str) -> str:
    """A text that a spreadsheet would run as a formula, or take for a number or a date, after an apostrophe.

    Excel opens a CSV file without asking what its columns are: "2/3" becomes 2 March, "1E5" 100,000, and
    saving makes that the text.  Text that already begins with apostrophes before such a text gets one
    more, so that ``unguarded`` gives back exactly what the council wrote.
    """
    return f"'{text}" if _is_altered(text.lstrip("'")) else text


def unguarded(text: str) -> str:
    """The text as the council wrote it, from a cell of one of the CSV files."""
    return text[1:] if text.startswith("'") and _is_altered(text.lstrip("'")) else text


def _is_altered(text: str) -> bool:
    if _RUNS.match(text):
        return True
    return len(text) <= _LONGEST and bool(_TURNS.fullmatch(text)) and not _STAYS.fullmatch(text)


class CsvError(UserError):
    """A CSV file of the analyst's that cannot be used."""


@dataclass(slots=True)
class CsvRow:
    """One row: every method gives a usable value whatever the cell holds, and notes what is wrong with it."""

    number: int
    """The row in a spreadsheet: the headings are in row 1."""
    texts: Mapping[str, str]
    faults: list[str]
    """The faults of the whole file."""

    def __getitem__(self, column: str) -> str:
        return self.texts.get(column, "")

    def fault(self, what: str) -> None:
        """Note what is wrong with the row."""
        self.faults.append(f"row {self.number}: {what}")

    def filled(self, column: str) -> str:
        """The text of a column that must not be empty."""
        if not self[column]:
            self.fault(f"{column} is empty")
        return self[column]

    def day(self, column: str) -> dt.date | None:
        """The date in a column, if any."""
        day, words = read_date(self[column])
        if words:
            self.fault(f"{column} is not an exact date: {words!r}; give one as 2026-12-18 or 18/12/2026")
        return day


class CsvFile:
    """The rows of a CSV file; all that is wrong with them is reported at once.

    Raises:
        CsvError: the file is missing, is not text, or lacks a required column.
    """

    def __init__(self, path: Path, required: Sequence[str] = ()) -> None:
        self.path, self._faults = path, list[str]()
        self.rows = [
            CsvRow(number, {column: unguarded(text) for column, text in row.items()}, self._faults)
            for number, row in enumerate(read_csv(path, required), start=2)
        ]

    def refuse_faults(self, what: str) -> None:
        """Refuse to go on if a row has a fault; ``what`` is what the rows hold.

        Raises:
            CsvError: with every fault and its row.
        """
        if self._faults:
            raise CsvError("\n".join([f"{self.path}: these {what} cannot be used.", *self._faults]))


def read_csv(path: Path, required: Sequence[str] = ()) -> list[dict[str, str]]:
    """The rows of a CSV file with headings, as Excel or anything else saved it.

    Headings are matched whatever their case and spaces.

    Raises:
        CsvError: the file is missing, is not text, or lacks a required column.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(f"{path} cannot be read ({error.strerror}). Check the name and folder.") from None
    text = _decoded(path, content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)  # Excel writes semicolons where a comma is the decimal point
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="", delimiter=delimiter)
    headings = [_heading(name) for name in reader.fieldnames or ()]
    missing = [column for column in required if column not in headings]
    if missing:
        lacks = "columns" if len(missing) > 1 else "column"
        raise CsvError(
            f"{path} lacks the {lacks} {', '.join(missing)}. "
            f"Its first row must hold the headings; it holds: {', '.join(headings) or 'nothing'}."
        )
    reader.fieldnames = headings
    return [{key: (value or "").strip() for key, value in row.items() if key} for row in reader]


def _decoded(path: Path, content: bytes) -> str:
    # Excel's plain "CSV" saves in the Windows code page, "CSV UTF-8" with a byte-order mark, and
    # "Unicode Text" as UTF-16 with tabs.
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CsvError(f"{path} is not a text file. Save it from Excel as CSV UTF-8.")


def _heading(name: str | None) -> str:
    return re.sub(r"[\s-]+", "_", (name or "").strip().lower())


def to_csv(columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Rows as CSV that Excel opens correctly: UTF-8 with a byte-order mark, texts guarded."""
    content = io.BytesIO()  # a StringIO would take four bytes for each letter
    text = io.TextIOWrapper(content, "utf-8-sig", "replace", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    columns = list(columns)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([guarded(row[column]) for column in columns])
    text.flush()
    return content.getvalue()

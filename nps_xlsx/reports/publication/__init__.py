"""publication.xlsx: tables that may be published, following "Releasing statistics in spreadsheets".

Written with ``gptables``, the Government Analysis Function's own package over XlsxWriter: a cover,
contents, notes, and one marked-up table per sheet, without filters, frozen panes, fills, merged or
empty cells.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nps_xlsx.workbook import wording

with warnings.catch_warnings():  # on import gptables leaves a file of its own open
    warnings.simplefilter("ignore", ResourceWarning)
    import gptables

from nps_xlsx.excel.book import EXCEL_HEIGHT, checked, clean_text, strict
from nps_xlsx.excel.parts import prepare
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.figures import UNKNOWN, Asked, Tables
from nps_xlsx.figures.disclosure.tables import Publishable
from nps_xlsx.reports.publication.tables import WORDS, Published, fact_name, publication_tables
from nps_xlsx.workbook.stamp import REPORT_PROPERTY

COVER, CONTENTS, NOTES = "Cover", "Contents", "Notes"
_SIZE = 12
_COVER_CHARACTERS, _COVER_PIXELS = 100, 705
_A4_PIXELS = 1_400
"""The widest table that is legible on a landscape page of A4; wider ones go on A3."""
_NOTE_WIDTHS = (110, 240, 760)
_CONTENTS_WIDTHS = (110, 760)
_FIRST_ROW = 3
"""The first row of the contents and the notes, below title, instructions and headings."""
_FORMULA_STARTS = tuple("=+-@")
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class _Edition:
    """What is published: the figures that may be shown, and whether councils are named."""

    shown: Publishable
    asked: Asked
    name_councils: bool

    @property
    def tables(self) -> Tables:
        return self.shown.tables


@strict
def publication_workbook(
    shown: Publishable, asked: Asked, *, name_councils: bool = False, contact: str = ""
) -> bytes:
    """The tables that may be published; the same input gives the same bytes.

    Groups of few councils, and whatever would give them away, are withheld (see
    ``figures.disclosure``); councils are named only on request. ``contact`` says whom to ask.
    """
    edition = _Edition(shown, asked, name_councils)
    published = publication_tables(shown, asked, name_councils=name_councils)
    sheets = {
        f"Table {number}": _sheet(edition, published, number) for number in range(1, len(published) + 1)
    }
    return _written(edition, dict(zip(sheets, published, strict=True)), sheets, _cover(edition, contact))


def _written(
    edition: _Edition,
    published: Mapping[str, Published],
    sheets: Mapping[str, gptables.GPTable],
    cover: gptables.Cover,
) -> bytes:
    """The workbook as bytes."""
    content, notes = io.BytesIO(), _notes(edition, published.values())
    with warnings.catch_warnings():  # gptables uses deprecated parts of pandas
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"gptables\.")
        workbook = gptables.produce_workbook(
            content,
            sheets,
            theme=_theme(),
            cover=cover,
            notes_table=notes,
            auto_width=False,
            workbook_options=dict(_OPTIONS),
        )
    _set_up(workbook, published, sheets, notes)
    _fit_cover(workbook.get_worksheet_by_name(COVER), cover)
    framework = edition.tables.framework
    prepare(
        workbook,
        title=cover.title,
        subject=framework.title,
        comments=framework.copyright,
        made=edition.tables.as_of,
    )
    workbook.set_custom_property(REPORT_PROPERTY, "publication")
    workbook.close()
    return content.getvalue()


# --- What gptables writes


def _sheet(edition: _Edition, published: Sequence[Published], number: int) -> gptables.GPTable:
    """One table for gptables."""
    table = published[number - 1]
    words = WORDS["tables"][table.kind]
    fact = fact_name(table.fact)
    divisions = "theme and key area" if edition.tables.framework.themes else "key area"
    others = {"other": f"Table {number + table.partner}", "divisions": divisions}
    names = {"fact": fact, **others, **_rounds(edition.tables)}
    cells = [[plain(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows]
    columns = [plain(column.heading) for column in table.columns]
    notes = _notes_of(edition, table)
    return gptables.GPTable(
        table=pd.DataFrame(cells, columns=columns, dtype=object),
        table_name=f"table_{number}_{table.kind}",
        title=plain(f"Table {number}: {words['title'].format(**names)}"),
        instructions=f"{words['about'].format(**names)} See {''.join(f'$${note}$$' for note in notes)}",
        source=plain(WORDS["cover"]["source"].format(**_framework_words(edition.tables))),
        legend=_legend(table),
        index_columns={1: 0} if table.columns[0].number_format == "" else {},
        additional_formatting=_formats(table),
    )


def _notes_of(edition: _Edition, table: Published) -> list[str]:
    """The notes that a table refers to; on withholding, the one that is true here."""
    notes: list[str] = WORDS["tables"][table.kind]["notes"]
    if not edition.shown.threshold:
        return [note for note in notes if note != "withheld"]
    return ["withheld_all" if note == "withheld" and edition.name_councils else note for note in notes]


def _legend(table: Published) -> list[str]:
    """An explanation of each shorthand that the table uses."""
    used = {value for row in table.rows for value in row}
    return [text for letter, text in WORDS["symbols"].items() if f"[{letter}]" in used]


def _formats(table: Published) -> list[dict[str, object]]:
    """Number formats by column, and a mark on texts that Excel would take for a formula once edited."""
    formats: list[dict[str, object]] = []
    for col, column in enumerate(table.columns):
        look = {"num_format": column.number_format, "align": "right"} if column.number_format else {}
        formats.append(
            {"column": {"columns": [col], "include_names": True, "format": look | {"valign": "vcenter"}}}
        )
        for row, cells in enumerate(table.rows, start=1):
            if str(cells[col]).startswith(_FORMULA_STARTS) and isinstance(cells[col], str):
                formats.append({"cell": {"cells": (row, col), "format": {"quote_prefix": True}}})
    return formats


def plain(text: str) -> str:
    """A text that gptables writes as it is: it interprets ``$$note$$`` and ``[text](link)``.

    It also refuses a cell without a letter or digit, so a group called "-" becomes "Group -".
    """
    line = re.sub(r"\$(?=\$)", "$ ", " ".join(clean_text(text).split())).replace("](", "] (")
    return line if re.search(r"[A-Za-z0-9]", line) else f"Group {line}".strip()


def _notes(edition: _Edition, published: Iterable[Published]) -> pd.DataFrame:
    """The notes that the tables refer to."""
    used = dict.fromkeys(note for table in published for note in _notes_of(edition, table))
    names = {"threshold": edition.shown.threshold, "unknown": UNKNOWN, **_framework_words(edition.tables)}
    rows = [
        (note, plain(WORDS["notes"][note]["name"]), plain(WORDS["notes"][note]["text"].format(**names)))
        for note in used
    ]
    return pd.DataFrame(rows, columns=["order", "Note name", "Note text"], dtype=object)


def _cover(edition: _Edition, contact: str) -> gptables.Cover:
    words, names = WORDS["cover"], _framework_words(edition.tables) | _rounds(edition.tables)
    names |= {"responses": _responses(edition), "threshold": _threshold(edition)}
    names["as_of"] = wording.as_of(edition.tables.as_of) if edition.tables.rounds else ""
    several = [words["several_rounds"]] if len(edition.tables.rounds) > 1 else []
    about = [*words["about"], *several, words["source"], words["framework"], words["register"]]
    title = words["title" if edition.tables.rounds else "no_round"]
    return gptables.Cover(
        title=plain(title.format(**names)),
        intro=[plain(text.format(**names)) for text in words["intro"]],
        about=[plain(text.format(**names)) for text in about],
        contact=[plain(contact)] if contact.strip() else None,
        cover_label=COVER,
        width=_COVER_CHARACTERS,
    )


def _framework_words(tables: Tables) -> dict[str, object]:
    """What the words say about the framework."""
    framework, levels = tables.framework, tables.framework.levels
    publisher = framework.publisher and f"{framework.publisher}'s"
    return {
        "title": framework.title,
        "short_title": framework.short_title,
        "work": " ".join(filter(None, (publisher, framework.short_title))),
        "copyright": framework.copyright,
        "first": levels[0].label,
        "last": levels[-1].label,
        "left_out": wording.left_out(framework),
        "targets": framework.targets,
    }


def _rounds(tables: Tables) -> dict[str, object]:
    earlier = dict.fromkeys(assessment.round for assessment in tables.previous.values())
    return {"rounds": ", ".join(tables.rounds), "earlier": ", ".join(earlier)}


def _responses(edition: _Edition) -> str:
    asked = edition.asked
    councils = len(asked.returned)
    everyone = len(asked.returned | asked.councils.by_code.keys())
    kind = "none" if not councils else "few" if councils < edition.shown.threshold else "some"
    return str(WORDS["responses"][kind].format(councils=councils, asked=everyone))


def _threshold(edition: _Edition) -> str:
    kind = "none" if not edition.shown.threshold else "named" if edition.name_councils else "some"
    return str(WORDS["threshold"][kind].format(threshold=edition.shown.threshold))


def _theme() -> gptables.Theme:
    """The theme of gptables, with the cover's texts at the top of their rows."""
    theme = deepcopy(gptables.gptheme)
    theme.apply_config({"cover_text": {"valign": "top"}})
    theme.apply_config({part: {"valign": "vcenter"} for part in ("data", "index_1", "index_2")})
    return theme


# --- Widths, heights and pages, which gptables does not set


def _set_up(
    workbook: gptables.GPWorkbook,
    published: Mapping[str, Published],
    sheets: Mapping[str, gptables.GPTable],
    notes: pd.DataFrame,
) -> None:
    """Set widths, heights and the page of every sheet."""
    for name, sheet in sheets.items():
        widths = [column.width for column in published[name].columns]
        heading_row, worksheet = sheet.data_range[0], workbook.get_worksheet_by_name(name)
        _fit(worksheet, heading_row, widths, [list(sheet.table.columns)], bold=True)
        _fit(worksheet, heading_row + 1, widths, sheet.table.to_numpy().tolist())
        worksheet.repeat_rows(heading_row)
    texts = [["", *row[1:]] for row in notes.to_numpy().tolist()]
    _fit(workbook.get_worksheet_by_name(NOTES), _FIRST_ROW, _NOTE_WIDTHS, texts)
    titles = [["", sheet.title] for sheet in sheets.values()]
    _fit(workbook.get_worksheet_by_name(CONTENTS), _FIRST_ROW, _CONTENTS_WIDTHS, titles)
    for worksheet in workbook.worksheets():
        table = published.get(worksheet.get_name())
        is_wide = table is not None and sum(column.width for column in table.columns) > _A4_PIXELS
        worksheet.set_paper(8 if is_wide else 9)
        worksheet.set_landscape()
        worksheet.fit_to_pages(1, 0)


def _fit(
    worksheet: Any, row: int, widths: Sequence[int], rows: Iterable[Sequence[object]], *, bold: bool = False
) -> None:
    """Set the widths of columns, and the heights of rows from ``row`` on to fit their texts."""
    for col, width in enumerate(widths):
        checked(worksheet.set_column_pixels(col, col, width))
    for number, cells in enumerate(rows, start=row):
        heights = [
            text_height(str(cell), width, _SIZE, bold=bold or col == 0)
            for col, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        checked(worksheet.set_row(number, min(max(heights), EXCEL_HEIGHT)))


def _fit_cover(worksheet: Any, cover: gptables.Cover) -> None:
    """Set the heights of the cover's rows: its title, then each heading with its texts."""
    parts = [part for part in (cover.intro, cover.about, cover.contact) if part]
    texts: list[tuple[str, int]] = [(cover.title, 16)]
    for part in parts:
        texts += [("Heading", 14), *((text, _SIZE) for text in part)]
    for row, (text, size) in enumerate(texts):
        height = text_height(text, _COVER_PIXELS, size, bold=size > _SIZE)
        checked(worksheet.set_row(row, min(height + (8 if size == 14 else 2), EXCEL_HEIGHT)))

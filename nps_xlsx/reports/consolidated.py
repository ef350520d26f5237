"""consolidated.xlsx: the analyst's workbook, from the tables of one consolidation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nps_xlsx import layout, styles
from nps_xlsx.book import Book, Sheet, strict
from nps_xlsx.consolidate import Tables
from nps_xlsx.model import Behaviour, Framework, Return, Status
from nps_xlsx.reports import charts
from nps_xlsx.reports.listings import LISTINGS, Row
from nps_xlsx.reports.table import (
    FIRST_ROW,
    HEADING_ROW,
    Cell,
    TableColumn,
    count_column,
    gap_column,
    mean_column,
    table_sheet,
    text_column,
    write_cell,
    write_table,
)
from nps_xlsx.scores import nearest_level
from nps_xlsx.stamp import REPORT_PROPERTY
from nps_xlsx.textfit import text_height

OVERVIEW, COUNCILS, HEAT, AREAS = "Overview", "Councils", "Heat map", "Key areas"
BEHAVIOURS, DISTRIBUTION, ANSWERS = "Behaviours", "Distribution", "Answers"
RETURNS, PROBLEMS, RESPONDENTS, CHANGES = "Returns", "Problems", "Respondents", "Changes"

_COUNTED = "Averages count behaviours answered with a level; the count stands beside each."
_CONTENTS = (
    (COUNCILS, "each return: how complete it is, its average current and target level, the gap"),
    (HEAT, "average current level of each council in each key area"),
    (AREAS, "each key area over all councils: current against target"),
    (BEHAVIOURS, "each behaviour over all councils: current against target, with the gap"),
    (DISTRIBUTION, "how many councils are at each level, behaviour by behaviour"),
    (ANSWERS, "every answer, with its text; use the filters"),
    (RETURNS, "every file that was read, and what became of it"),
    (PROBLEMS, "everything that needs a look, with its place and what to do"),
    (RESPONDENTS, "where a council sent several returns: the level that counts, and how far they are apart"),
    (CHANGES, "what a council changed from one return to the next"),
)
_LISTED = {
    "answers.csv": (ANSWERS, "Every answer, as it was given."),
    "returns.csv": (RETURNS, "Every file that was read."),
    "problems.csv": (PROBLEMS, "Errors were not used; warnings were. The worst of each file come first."),
    "combined.csv": (
        RESPONDENTS,
        "The council's combined response counts; else the middle of its respondents.",
    ),
    "changes.csv": (CHANGES, "Each field in which a superseded return and the one that counts differ."),
}
"""The sheet, and its note, for the rows of each CSV file that is shown here."""


@strict
def consolidated_workbook(
    tables: Tables, returns: Sequence[Return], rows: Mapping[str, Sequence[Row]]
) -> bytes:
    """The analyst's workbook, with the rows of the CSV files; the same input gives the same bytes."""
    framework = tables.framework
    rounds = ", ".join(dict.fromkeys(assessment.round for assessment in tables.assessments))
    title = f"{framework.short_title}: consolidated returns"
    book = Book(title, subject=f"Round {rounds}", comments=framework.copyright)
    book.raw.set_custom_property(REPORT_PROPERTY, "consolidated")
    listed = [name for listing, (name, _) in _LISTED.items() if listing in rows]
    _overview(book, tables, returns, title, listed)
    _councils(book, tables)
    _heat(book, tables)
    _areas(book, tables)
    _behaviours(book, tables)
    _distribution(book, tables)
    for listing, (name, note) in _LISTED.items():
        if listing in rows:
            _listing(book, name, note, list(LISTINGS[listing].columns), rows[listing])
    return book.to_bytes()


def _overview(
    book: Book, tables: Tables, returns: Sequence[Return], title: str, listed: Sequence[str]
) -> None:
    sheet = book.sheet(OVERVIEW)
    sheet.widths(330, 130, 560)
    sheet.text(0, 0, title, "title")
    sheet.height(0, 32)
    rounds = ", ".join(dict.fromkeys(assessment.round for assessment in tables.assessments))
    sheet.text(
        1, 0, f"Round {rounds}. {tables.framework.title}." if rounds else "No return could be used.", "note"
    )
    columns = [TableColumn("Headline", 330), TableColumn("Figure", 130), text_column("What it counts", 560)]
    row = write_table(sheet, 3, columns, ()) - 1
    for label, value, names, explanation in _headlines(tables, returns):
        row += 1
        write_cell(sheet, row, 0, label, "bold")
        write_cell(sheet, row, 1, value, *names)
        write_cell(sheet, row, 2, explanation, "wrap")
        sheet.height(row, 20)
    row += 2
    sheet.text(row, 0, "In this workbook", "section")
    sheet.height(row, 26)
    for name, what in _CONTENTS:
        if name in (RESPONDENTS, CHANGES) and name not in listed:
            continue
        row += 1
        sheet.link(row, 0, f"'{name}'!A1", name)
        sheet.text(row, 1, what)
        sheet.height(row, 18)
    sheet.page()
    sheet.raw.set_selection(3, 0, 3, 0)


def _headlines(tables: Tables, returns: Sequence[Return]) -> list[tuple[str, Cell, tuple[str, ...], str]]:
    statuses = [returned.status for returned in returns]
    found, councils = tables.overall, {a.gss_code for a in tables.assessments}
    scored = len(tables.framework.behaviours)
    complete = int((tables.councils["answered"] == scored).sum())
    problems = sum(len(returned.problems) for returned in returns)
    refused = statuses.count(Status.REFUSED)
    put_aside = statuses.count(Status.SUPERSEDED) + statuses.count(Status.DUPLICATE)
    whole, mean, gap = ("count",), ("mean",), ("gap",)
    return [
        ("Files read", len(returns), whole, "Each has a row on the sheet Returns."),
        ("Returns used", len(tables.assessments), whole, "Accepted; the averages here rest on these."),
        ("Files refused", refused, whole, "Not a workbook, not a self-assessment, or not readable."),
        ("Files put aside", put_aside, whole, "Superseded by a later return, or the same file twice."),
        ("Councils", len(councils), whole, "Different councils among the returns used."),
        ("Complete returns", complete, whole, f"All {scored} behaviours answered."),
        (
            "Average current level",
            _mean(found["current"]),
            mean,
            _over(found, "applicable", "answers with a level"),
        ),
        (
            "Average target level",
            _mean(found["target"]),
            mean,
            _over(found, "targets", "answers with a target"),
        ),
        ("Average gap", _mean(found["gap"]), gap, _over(found, "gaps", "answers with both")),
        ("Problems", problems, whole, "Each has a row on the sheet Problems."),
    ]


def _over(found: pd.Series[float], key: str, what: str) -> str:
    return f"Over {int(found[key]):,} {what}."


def _mean(value: float) -> Cell:
    return None if pd.isna(value) else float(value)


def _level_name(framework: Framework, value: float) -> str:
    return "" if pd.isna(value) else framework.level(nearest_level(value)).name


def _councils(book: Book, tables: Tables) -> None:
    columns = [
        text_column("Council", 300),
        text_column("GSS code", 104),
        text_column("Type", 180),
        text_column("Region", 190),
        text_column("Round", 80),
        *_figures(),
    ]
    rows = [
        [
            *(row["council"], row["gss_code"], row["council_type"], row["region"], row["round"]),
            *_figure_cells(tables.framework, row),
        ]
        for _, row in tables.councils.iterrows()
    ]
    table_sheet(book, COUNCILS, _COUNTED, columns, rows)


def _figures() -> list[TableColumn]:
    return [
        count_column("Behaviours", 112),
        count_column("Answered"),
        count_column("Not applicable", 108),
        count_column("Level given"),
        mean_column("Average current"),
        TableColumn("Nearest level", 108),
        count_column("Target given"),
        mean_column("Average target"),
        count_column("Both given"),
        gap_column("Average gap"),
    ]


def _figure_cells(framework: Framework, row: pd.Series[float]) -> list[Cell]:
    return [
        *(int(row[key]) for key in ("rows", "answered", "not_applicable", "applicable")),
        _mean(row["current"]),
        _level_name(framework, row["current"]),
        int(row["targets"]),
        _mean(row["target"]),
        int(row["gaps"]),
        _mean(row["gap"]),
    ]


def _heat(book: Book, tables: Tables) -> None:
    framework = tables.framework
    columns = [
        text_column("Council", 400),
        *(TableColumn(area.sheet, 118, ("mean",)) for area in framework.areas),
        TableColumn("All behaviours", 118, ("mean", "bold")),
    ]
    note = (
        "Average current level by council and key area; the shade is the nearest level's. "
        "Blank: nothing answered with a level."
    )
    sheet, end = table_sheet(book, HEAT, note, columns, ())
    row = end
    for (_, council), values in zip(tables.councils.iterrows(), tables.heat.to_numpy(), strict=True):
        means = [*(float(value) for value in values), float(council["current"])]
        _heat_row(sheet, row, str(council["council"]), means, framework)
        row += 1
    overall = [float(tables.area(area.code)["current"]) for area in framework.areas]
    overall.append(float(tables.overall["current"]))
    _heat_row(sheet, row, "All returns", overall, framework, "bold")
    sheet.filter(HEADING_ROW, 0, max(row - 1, FIRST_ROW), len(columns) - 1)


def _heat_row(
    sheet: Sheet, row: int, name: str, values: Sequence[float], framework: Framework, *names: str
) -> None:
    write_cell(sheet, row, 0, name, "wrap", *names)
    for col, value in enumerate(values, start=1):
        shade = () if pd.isna(value) else (styles.level_style(nearest_level(value), len(framework.levels)),)
        write_cell(sheet, row, col, value, "mean", *shade, *names)
    sheet.height(row, max(20.0, text_height(name, 400 - styles.INDENT_PIXELS, 11)))


def _areas(book: Book, tables: Tables) -> None:
    framework = tables.framework
    columns = [text_column("Key area", 260), *_figures()]
    rows = [[area.sheet, *_figure_cells(framework, tables.area(area.code))] for area in framework.areas]
    rows.append(["All behaviours", *_figure_cells(framework, tables.overall)])
    sheet, end = table_sheet(book, AREAS, _COUNTED, columns, rows, has_filter=False)
    last = FIRST_ROW + len(framework.areas) - 1
    names, current, target = ((AREAS, col, FIRST_ROW, last) for col in (0, 5, 8))
    title = "Average current and target level by key area"
    chart = charts.current_and_target(book, title, names, (current, target), framework)
    text = (
        "Bar chart: average current and target level of each key area over all returns. "
        "The figures are in the table above."
    )
    sheet.chart(end + 1, 0, chart, width=960, height=480, description=text)
    sheet.raw.fit_to_pages(1, 1)


def _behaviours(book: Book, tables: Tables) -> None:
    framework = tables.framework
    columns = [
        TableColumn("No.", 60, ("count",)),
        text_column("Ref", 76),
        text_column("Key area", 220),
        text_column("Behaviour", 330),
        *_figures(),
    ]
    rows = [
        [*_names(framework, behaviour), *_figure_cells(framework, tables.behaviour(behaviour.code))]
        for behaviour in framework.behaviours
    ]
    table_sheet(book, BEHAVIOURS, _COUNTED, columns, rows, frozen=4)


def _names(framework: Framework, behaviour: Behaviour) -> list[Cell]:
    area = framework.area_by_code[behaviour.code]
    return [behaviour.value_code, behaviour.code, area.sheet, behaviour.short_name]


def _distribution(book: Book, tables: Tables) -> None:
    framework = tables.framework
    levels = framework.levels
    ramp = [(styles.level_style(level.number, len(levels)),) for level in levels]
    columns = [
        TableColumn("No.", 60, ("count",)),
        text_column("Ref", 76),
        text_column("Key area", 220),
        text_column("Behaviour", 330),
        *(
            TableColumn(level.label, 104, ("count",), names)
            for level, names in zip(levels, ramp, strict=True)
        ),
        count_column("Level given"),
        count_column(layout.NOT_APPLICABLE_LABEL, 108),
        count_column("Not answered", 108),
        *(
            TableColumn(f"{level.label}, share", 104, ("share",), names)
            for level, names in zip(levels, ramp, strict=True)
        ),
    ]
    rows = [
        [*_names(framework, behaviour), *_distribution_cells(tables, behaviour)]
        for behaviour in framework.behaviours
    ]
    note = "Returns at each level, as counts and as shares of those that gave a level."
    sheet, end = table_sheet(book, DISTRIBUTION, note, columns, rows, frozen=4)
    last = FIRST_ROW + len(framework.behaviours) - 1
    series = [(level.label, (DISTRIBUTION, 4 + place, FIRST_ROW, last)) for place, level in enumerate(levels)]
    names = (DISTRIBUTION, 3, FIRST_ROW, last)
    chart = charts.level_shares(
        book, "Share of returns at each level, by behaviour", names, series, framework
    )
    text = (
        "Stacked bar chart: for each behaviour, the share of returns at each level. "
        "The figures are in the table above."
    )
    sheet.chart(end + 1, 0, chart, width=1100, height=1180, description=text)
    sheet.raw.set_h_pagebreaks([end + 1])


def _distribution_cells(tables: Tables, behaviour: Behaviour) -> list[Cell]:
    counts = tables.levels(behaviour.code)
    keys = [f"level_{level.number}" for level in tables.framework.levels]
    applicable = int(counts["applicable"])
    shares: list[Cell] = [int(counts[key]) / applicable if applicable else None for key in keys]
    whole: list[Cell] = [int(counts[key]) for key in (*keys, "applicable", "not_applicable", "blank")]
    return [*whole, *shares]


_LISTING_WIDTHS = {
    "source_file": 300,
    "sha256": 150,
    "council": 240,
    "key_area": 230,
    "behaviour": 240,
    "evidence": 380,
    "actions": 380,
    "owner": 170,
    "message": 420,
    "advice": 420,
    "saved_by": 210,
    "problem": 200,
    "sheet": 190,
    "value": 200,
}


def _listing(book: Book, name: str, note: str, keys: Sequence[str], rows: Sequence[Row]) -> None:
    columns = [text_column(_heading(key), _LISTING_WIDTHS.get(key, 108)) for key in keys]
    table_sheet(book, name, note, columns, [[row[key] for key in keys] for row in rows])


def _heading(key: str) -> str:
    words = key.replace("_", " ")
    return {"gss code": "GSS code", "sha256": "SHA-256"}.get(words, words.capitalize())

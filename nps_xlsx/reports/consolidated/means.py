"""The sheets of averages (``figures.tables``): by response, key area, theme, behaviour, group of councils."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nps_xlsx.excel import charts, styles
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.excel.table import FIRST_ROW, HEADING_ROW, Cell, Column, table_sheet, write_cell
from nps_xlsx.excel.textfit import name_width, text_height
from nps_xlsx.figures import Tables
from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.scores import nearest_level

COUNCILS, HEAT, THEMES, AREAS, BEHAVIOURS = "Councils", "Heat map", "Themes", "Key areas", "Behaviours"

_COUNTED = "Averages count behaviours answered with a level; the count is beside each."


def mean_or_nothing(value: float) -> float | None:
    """A mean for a cell; ``None`` if nothing was averaged."""
    return None if pd.isna(value) else float(value)


def level_name(framework: Framework, mean: float) -> str:
    """The name of the level nearest to a mean; empty if there is no mean."""
    return "" if pd.isna(mean) else framework.level(nearest_level(mean)).name


def figure_columns(framework: Framework) -> list[Column]:
    """The columns of counts, averages and gap."""
    return [
        Column.count("Behaviours", 112),
        Column.count("Answered"),
        Column.count("Not applicable", 108),
        Column.count("Level given"),
        Column.mean("Average current"),
        Column("Nearest level", name_width(framework, 108)),
        Column.count("Target given"),
        Column.mean("Average target"),
        Column.count("Both given"),
        Column.gap("Average gap"),
    ]


def figure_cells(framework: Framework, row: pd.Series[float]) -> list[Cell]:
    """The cells under ``figure_columns``."""
    return [
        *(int(row[key]) for key in ("rows", "answered", "not_applicable", "applicable")),
        mean_or_nothing(row["current"]),
        level_name(framework, row["current"]),
        int(row["targets"]),
        mean_or_nothing(row["target"]),
        int(row["gaps"]),
        mean_or_nothing(row["gap"]),
    ]


def names_of(framework: Framework, behaviour: Behaviour) -> list[Cell]:
    """Number, code, key area and short name of a behaviour."""
    area = framework.area_by_code[behaviour.code]
    return [behaviour.value_code, behaviour.code, area.sheet, behaviour.short_name]


def name_columns() -> list[Column]:
    """The columns under ``names_of``."""
    return [
        Column("No.", 60, ("count",)),
        Column.text("Ref", 76),
        Column.text("Key area", 220),
        Column.text("Behaviour", 330),
    ]


def write_councils(book: Book, tables: Tables) -> None:
    """One row per response: how complete it is, its averages and gap."""
    columns = [
        Column.text("Council", 300),
        Column.text("GSS code", 104),
        Column.text("Type", 180),
        Column.text("Region", 190),
        Column.text("Round", 80),
        *figure_columns(tables.framework),
    ]
    rows = [
        [
            *(row[key] for key in ("council", "gss_code", "council_type", "region", "round")),
            *figure_cells(tables.framework, row),
        ]
        for _, row in tables.councils.iterrows()
    ]
    table_sheet(book, COUNCILS, _COUNTED, columns, rows)


def write_heat(book: Book, tables: Tables) -> None:
    """Average current level of each response in each key area, in the shade of the nearest level."""
    framework = tables.framework
    columns = [
        Column.text("Council", 400),
        *(Column(area.sheet, 118, ("mean",)) for area in framework.areas),
        Column("All behaviours", 118, ("mean", "bold")),
    ]
    note = (
        "Average current level by council and key area; the shade is the nearest level's. "
        "Blank: nothing answered with a level."
    )
    sheet, end = table_sheet(book, HEAT, note, columns, ())
    councils = zip(tables.councils.iterrows(), tables.heat.to_numpy(), strict=True)
    row = end + len(tables.councils)
    for number, ((_, council), means) in enumerate(councils, start=end):
        _heat_row(sheet, number, str(council["council"]), [*means, council["current"]], framework)
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


def write_themes(book: Book, tables: Tables) -> None:
    """Counts, averages and gap by theme."""
    columns = [Column.text("Theme", 300), *figure_columns(tables.framework)]
    rows = [[str(name), *figure_cells(tables.framework, row)] for name, row in tables.themes.iterrows()]
    rows.append(["All behaviours", *figure_cells(tables.framework, tables.overall)])
    sheet, _ = table_sheet(book, THEMES, _COUNTED, columns, rows, has_filter=False)
    sheet.raw.fit_to_pages(1, 1)


def write_areas(book: Book, tables: Tables) -> None:
    """Counts, averages and gap by key area, with a chart of current against target."""
    framework = tables.framework
    columns = [Column.text("Key area", 260), *figure_columns(framework)]
    rows = [[area.sheet, *figure_cells(framework, tables.area(area.code))] for area in framework.areas]
    rows.append(["All behaviours", *figure_cells(framework, tables.overall)])
    sheet, end = table_sheet(book, AREAS, _COUNTED, columns, rows, has_filter=False)
    last = FIRST_ROW + len(framework.areas) - 1
    names, current, target = ((AREAS, col, FIRST_ROW, last) for col in (0, 5, 8))
    title = "Average current and target level by key area"
    chart = charts.current_and_target(book, title, names, (current, target), framework)
    text = (
        "Bar chart: average current and target level of each key area across all returns. "
        "The figures are in the table above."
    )
    sheet.chart(end + 1, 0, chart, width=960, height=480, description=text)
    sheet.raw.fit_to_pages(1, 1)


def write_behaviours(book: Book, tables: Tables) -> None:
    """Counts, averages and gap by behaviour."""
    framework = tables.framework
    rows = [
        [*names_of(framework, behaviour), *figure_cells(framework, tables.behaviour(behaviour.code))]
        for behaviour in framework.behaviours
    ]
    table_sheet(book, BEHAVIOURS, _COUNTED, [*name_columns(), *figure_columns(framework)], rows, frozen=4)


# --- By group of councils


def group_sheet_name(fact: str) -> str:
    """The name of the sheet about one column of the register, as Excel allows it."""
    words = {"council_type": "type"}.get(fact, fact.replace("_", " "))
    clean = "".join(letter for letter in f"By {words}" if letter not in "[]:*?/\\'")
    return clean[:31]


def write_groups(book: Book, tables: Tables, fact: str) -> None:
    """One row per group of councils: how many, its averages, and its average in each key area."""
    framework = tables.framework
    name = group_sheet_name(fact)
    columns = [
        Column.text(name.removeprefix("By ").capitalize(), 280),
        Column.count("Responses", 104),
        *figure_columns(framework),
        *(Column(area.sheet, 118, ("mean",)) for area in framework.areas),
    ]
    by_area = tables.groups(fact, "area")
    members = tables.councils.groupby(fact).size()
    rows = [
        [
            str(group),
            int(members[str(group)]),
            *figure_cells(framework, row),
            *(_area_mean(by_area, group, area.code) for area in framework.areas),
        ]
        for group, row in tables.groups(fact).iterrows()
    ]
    note = (
        "A group's averages rest on its responses alone; if these are few, one council makes the "
        "difference, and may be recognised."
    )
    table_sheet(book, name, note, columns, rows)


def _area_mean(by_area: pd.DataFrame, group: object, code: str) -> float | None:
    means = by_area["current"].to_dict()
    return mean_or_nothing(float(means.get((group, code), float("nan"))))

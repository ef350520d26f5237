"""The sheets of averages (see ``figures.tables``): by response, key area, theme, behaviour, group."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nps_xlsx.excel.table import Cell, Column, TableSheet, levels_chart, nearest_levels, shaded
from nps_xlsx.figures import Tables
from nps_xlsx.model import Framework
from nps_xlsx.model.scores import nearest_level

COUNCILS, HEAT, THEMES, AREAS, BEHAVIOURS = "Councils", "Heat map", "Themes", "Key areas", "Behaviours"

_COUNTED = "Averages count behaviours answered with a level; the count is beside each."
_ALL = "All behaviours"


def figure_columns(framework: Framework, figures: pd.DataFrame) -> list[Column]:
    """The columns of counts, averages and gap."""
    return [
        Column.count("Behaviours", figures["rows"], 112),
        Column.count("Answered", figures["answered"]),
        Column.count("Not applicable", figures["not_applicable"], 108),
        Column.count("Level given", figures["applicable"]),
        Column.mean("Average current", figures["current"]),
        nearest_levels(framework, figures["current"], 108),
        Column.count("Target given", figures["targets"]),
        Column.mean("Average target", figures["target"]),
        Column.count("Both given", figures["gaps"]),
        Column.gap("Average gap", figures["gap"]),
    ]


def name_columns(framework: Framework, codes: Iterable[object]) -> list[Column]:
    """The columns of number, code, key area and short name of behaviours."""
    behaviours = [framework.row_by_code[str(code)] for code in codes]
    areas = [framework.area_by_code[behaviour.code].sheet for behaviour in behaviours]
    return [
        Column.count("No.", [behaviour.value_code for behaviour in behaviours], 60),
        Column.text("Ref", [behaviour.code for behaviour in behaviours], 76),
        Column.text("Key area", areas, 220),
        Column.text("Behaviour", [behaviour.short_name for behaviour in behaviours], 330),
    ]


def councils_sheet(tables: Tables) -> TableSheet:
    """One row per response: how complete it is, its averages and gap."""
    councils = tables.councils
    columns = [
        Column.text("Council", councils["council"], 300),
        Column.text("GSS code", councils["gss_code"], 104),
        Column.text("Type", councils["council_type"], 180),
        Column.text("Region", councils["region"], 190),
        Column.text("Round", councils["round"], 80),
        *figure_columns(tables.framework, councils),
    ]
    about = "each response: how complete it is, its average current and target level, the gap"
    return TableSheet(COUNCILS, _COUNTED, columns, about)


def heat_sheet(tables: Tables) -> TableSheet:
    """Average current level of each response in each key area, in the shade of the nearest level."""
    framework = tables.framework

    def column(heading: str, means: pd.Series[float], overall: float, *names: str) -> Column:
        cells = [_on_its_level(float(mean), framework) for mean in (*means, overall)]
        return Column(heading, cells, 118, ("mean", *names))

    columns = [
        Column.text("Council", [*tables.councils["council"], "All returns"], 400),
        *(
            column(area.sheet, tables.heat[area.code], tables.area(area.code)["current"])
            for area in framework.areas
        ),
        column(_ALL, tables.councils["current"], tables.overall["current"]),
    ]
    note = (
        "Average current level by council and key area; the shade is the nearest level's. "
        "Blank: nothing answered with a level."
    )
    about = "average current level of each council in each key area"
    return TableSheet(HEAT, note, columns, about, total=("bold",))


def _on_its_level(mean: float, framework: Framework) -> Cell:
    return None if pd.isna(mean) else shaded(mean, nearest_level(mean), framework)


def themes_sheet(tables: Tables) -> TableSheet:
    """Counts, averages and gap by theme."""
    columns = _with_all("Theme", 300, map(str, tables.themes.index), tables.themes, tables)
    about = "each theme across all councils"
    return TableSheet(THEMES, _COUNTED, columns, about, has_filter=False, on_one_page=True)


def areas_sheet(tables: Tables) -> TableSheet:
    """Counts, averages and gap by key area, with a chart of current against target."""
    framework = tables.framework
    columns = _with_all("Key area", 260, (area.sheet for area in framework.areas), tables.areas, tables)
    title = "Average current and target level by key area"
    text = "Bar chart: average current and target level of each key area across all returns."
    chart = levels_chart(framework, title, text, 960, 480)
    about = "each key area across all councils: current against target"
    return TableSheet(AREAS, _COUNTED, columns, about, has_filter=False, on_one_page=True, below=chart)


def _with_all(
    heading: str, width: int, names: Iterable[str], figures: pd.DataFrame, tables: Tables
) -> list[Column]:
    """The figures by name, and last those over everything."""
    whole = pd.concat([figures, tables.overall.to_frame().T])
    return [Column.text(heading, [*names, _ALL], width), *figure_columns(tables.framework, whole)]


def behaviours_sheet(tables: Tables) -> TableSheet:
    """Counts, averages and gap by behaviour."""
    framework, figures = tables.framework, tables.behaviours
    columns = [*name_columns(framework, figures.index), *figure_columns(framework, figures)]
    about = "each behaviour across all councils: current against target, with the gap"
    return TableSheet(BEHAVIOURS, _COUNTED, columns, about, frozen=4)


# --- By group of councils


def group_sheet_name(fact: str) -> str:
    """The name of the sheet about one column of the register, as Excel allows it."""
    words = {"council_type": "type"}.get(fact, fact.replace("_", " "))
    clean = "".join(letter for letter in f"By {words}" if letter not in "[]:*?/\\'")
    return clean[:31]


def groups_sheet(tables: Tables, fact: str) -> TableSheet:
    """One row per group of councils: how many, its averages, and its average in each key area."""
    framework, figures = tables.framework, tables.groups(fact)
    members = tables.councils.groupby(fact).size().reindex(figures.index)
    codes = [area.code for area in framework.areas]
    by_area = tables.groups(fact, "area")["current"].unstack().reindex(index=figures.index, columns=codes)
    name = group_sheet_name(fact)
    columns = [
        Column.text(name.removeprefix("By ").capitalize(), map(str, figures.index), 280),
        Column.count("Responses", members, 104),
        *figure_columns(framework, figures),
        *(Column.mean(area.sheet, by_area[area.code], 118) for area in framework.areas),
    ]
    note = (
        "A group's averages rest on its responses alone; if these are few, one council makes the "
        "difference, and may be recognised."
    )
    return TableSheet(name, note, columns, "averages of each group of councils")

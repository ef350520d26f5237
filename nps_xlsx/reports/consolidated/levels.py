"""How many responses are at each level, how many aim for it, and where the gap is widest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from nps_xlsx.excel import charts
from nps_xlsx.excel.styles import level_style
from nps_xlsx.excel.table import Column, TableSheet, Written, nearest_levels
from nps_xlsx.figures import Tables
from nps_xlsx.model import Framework
from nps_xlsx.reports.consolidated.means import name_columns
from nps_xlsx.workbook import layout

DISTRIBUTION, TARGETS, GAPS, STRENGTHS = "Distribution", "Targets", "Gaps", "Strengths"

SHOWN = 10
"""How many strengths and weaknesses are listed; more where some are equal."""


def distribution_sheet(tables: Tables) -> TableSheet:
    """Current levels by behaviour, as counts and shares, with a stacked bar chart."""
    rest = {
        "applicable": "Level given",
        "not_applicable": layout.NOT_APPLICABLE_LABEL,
        "blank": "Not answered",
    }
    columns = _shares(tables.framework, tables.distribution, rest)
    note = "Responses at each level, as counts and as shares of those that gave a level."
    about = "how many councils are at each level, behaviour by behaviour"
    chart = partial(_chart, tables.framework, "Share of responses at each level, by behaviour")
    return TableSheet(DISTRIBUTION, note, columns, about, frozen=4, below=chart)


def targets_sheet(tables: Tables) -> TableSheet:
    """Target levels by behaviour, in the same way."""
    rest = {"applicable": "Target given", "no_target": "No target"}
    columns = _shares(tables.framework, tables.targets, rest)
    note = "Responses that aim for each level, as counts and as shares of those that gave a target."
    about = "how many councils aim for each level, behaviour by behaviour"
    chart = partial(_chart, tables.framework, "Share of targets at each level, by behaviour")
    return TableSheet(TARGETS, note, columns, about, frozen=4, below=chart)


def _shares(framework: Framework, counts: pd.DataFrame, rest: Mapping[str, str]) -> list[Column]:
    count = len(framework.levels)
    levels = [
        (level.label, counts[f"level_{level.number}"], level_style(level.number, count))
        for level in framework.levels
    ]
    return [
        *name_columns(framework, counts.index),
        *(Column.count(label, placed, 104, shade) for label, placed, shade in levels),
        *(Column.count(heading, counts[key], 108) for key, heading in rest.items()),
        *(
            Column.share(f"{label}, share", placed / counts["applicable"], 104, shade)
            for label, placed, shade in levels
        ),
    ]


def _chart(framework: Framework, title: str, written: Written) -> None:
    count, book = len(framework.behaviours), written.sheet.book
    series = [(level.label, written.cells(level.label, count)) for level in framework.levels]
    chart = charts.level_shares(book, title, written.cells("Behaviour", count), series, framework)
    written.chart(chart, f"Stacked bar chart: {title.lower()}.", 1100, 1180)
    written.sheet.raw.set_h_pagebreaks([written.end + 1])


# --- Ranked


def gaps_sheet(tables: Tables) -> TableSheet:
    """Behaviours by the width of the gap; equals share a rank."""
    both = tables.behaviours[tables.behaviours["gaps"] > 0]
    ranked = both.sort_values("gap", ascending=False, kind="stable")
    columns = [
        Column.count("Rank", ranked["gap"].round(9).rank(method="min", ascending=False), 70),
        *name_columns(tables.framework, ranked.index),
        Column.mean("Average current", ranked["current"]),
        Column.mean("Average target", ranked["target"]),
        Column.gap("Average gap", ranked["gap"]),
        Column.count("Both given", ranked["gaps"]),
    ]
    note = (
        "Where councils want to move furthest. The gap is the mean over responses that gave both levels; "
        "equals share a rank."
    )
    return TableSheet(GAPS, note, columns, "behaviours by the width of the gap", frozen=5)


def strengths_sheet(tables: Tables) -> TableSheet:
    """The behaviours with the highest and lowest averages, and how many councils are at the good level."""
    framework, good = tables.framework, tables.framework.good_level
    given = tables.behaviours[tables.behaviours["applicable"] > 0]
    means = given["current"].round(9)
    best, least = (
        ranks[ranks <= SHOWN].sort_values(kind="stable")
        for ranks in (means.rank(method="min", ascending=False), means.rank(method="min"))
    )
    codes = [*best.index, *least.index]
    figures = given.loc[codes]
    columns = [
        Column.text("Which", ["Strength"] * len(best) + ["Weakness"] * len(least), 110),
        Column.count("Rank", [*best, *least], 70),
        *name_columns(framework, codes),
        Column.mean("Average current", figures["current"]),
        nearest_levels(framework, figures["current"], 108),
        Column.count("Level given", figures["applicable"]),
    ]
    if good:
        levels = [f"level_{level.number}" for level in framework.levels if level.number >= good.number]
        above = tables.distribution.loc[codes, levels].sum(axis=1)
        columns += [
            Column.count(f"{good.name} or above", above, 120),
            Column.share("Share", above / figures["applicable"], 80),
        ]
    note = f"The {SHOWN} highest and the {SHOWN} lowest averages; equals share a rank, so there may be more."
    return TableSheet(STRENGTHS, note, columns, "the highest and the lowest averages", frozen=2)

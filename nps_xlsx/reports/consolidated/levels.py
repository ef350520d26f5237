"""How many responses are at each level, how many aim for it, and where the gap is widest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from nps_xlsx.excel import charts, styles
from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import FIRST_ROW, Cell, Column, table_sheet
from nps_xlsx.excel.textfit import name_width
from nps_xlsx.figures import Tables
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.consolidated.means import level_name, mean_or_nothing, name_columns, names_of
from nps_xlsx.workbook import layout

DISTRIBUTION, TARGETS, GAPS, STRENGTHS = "Distribution", "Targets", "Gaps", "Strengths"

SHOWN = 10
"""How many strengths and weaknesses are listed; more where some are equal."""


def write_distribution(book: Book, tables: Tables) -> None:
    """Current levels by behaviour, as counts and shares, with a stacked bar chart."""
    note = "Responses at each level, as counts and as shares of those that gave a level."
    title = "Share of responses at each level, by behaviour"
    headings = {
        "applicable": "Level given",
        "not_applicable": layout.NOT_APPLICABLE_LABEL,
        "blank": "Not answered",
    }
    _write_shares(book, tables, DISTRIBUTION, tables.distribution, note, title, headings)


def write_targets(book: Book, tables: Tables) -> None:
    """Target levels by behaviour, in the same way."""
    note = "Responses that aim for each level, as counts and as shares of those that gave a target."
    title = "Share of targets at each level, by behaviour"
    headings = {"applicable": "Target given", "no_target": "No target"}
    _write_shares(book, tables, TARGETS, tables.targets, note, title, headings)


def _write_shares(
    book: Book,
    tables: Tables,
    name: str,
    counts: pd.DataFrame,
    note: str,
    title: str,
    headings: Mapping[str, str],
) -> None:
    framework, levels = tables.framework, tables.framework.levels
    shades = [(styles.level_style(level.number, len(levels)),) for level in levels]
    shaded = list(zip(levels, shades, strict=True))
    columns = [
        *name_columns(),
        *(Column(level.label, 104, ("count",), shade) for level, shade in shaded),
        *(Column.count(heading, 108) for heading in headings.values()),
        *(Column(f"{level.label}, share", 104, ("share",), shade) for level, shade in shaded),
    ]
    rows = [
        [*names_of(framework, behaviour), *_level_cells(counts, behaviour, len(levels), headings)]
        for behaviour in framework.behaviours
    ]
    sheet, end = table_sheet(book, name, note, columns, rows, frozen=4)
    last = FIRST_ROW + len(framework.behaviours) - 1
    series = [(level.label, (name, col, FIRST_ROW, last)) for col, level in enumerate(levels, start=4)]
    chart = charts.level_shares(book, title, (name, 3, FIRST_ROW, last), series, framework)
    text = f"Stacked bar chart: {title.lower()}. The figures are in the table above."
    sheet.chart(end + 1, 0, chart, width=1100, height=1180, description=text)
    sheet.raw.set_h_pagebreaks([end + 1])


def _level_cells(counts: pd.DataFrame, behaviour: Behaviour, steps: int, keys: Iterable[str]) -> list[Cell]:
    row = counts.loc[[behaviour.code]].iloc[0]
    levels = [int(row[f"level_{number}"]) for number in range(1, steps + 1)]
    given = int(row["applicable"])
    shares: list[Cell] = [count / given if given else None for count in levels]
    return [*levels, *(int(row[key]) for key in keys), *shares]


# --- Ranked


def write_gaps(book: Book, tables: Tables) -> None:
    """Behaviours by the width of the gap; equals share a rank."""
    framework = tables.framework
    both = tables.behaviours[tables.behaviours["gaps"] > 0]
    ranked = both.sort_values("gap", ascending=False, kind="stable")
    ranks = ranked["gap"].round(9).rank(method="min", ascending=False).astype(int)
    columns = [
        Column.count("Rank", 70),
        *name_columns(),
        Column.mean("Average current"),
        Column.mean("Average target"),
        Column.gap("Average gap"),
        Column.count("Both given"),
    ]
    rows = [
        [
            int(rank),
            *names_of(framework, framework.row_by_code[str(code)]),
            *(mean_or_nothing(row[key]) for key in ("current", "target", "gap")),
            int(row["gaps"]),
        ]
        for (code, row), rank in zip(ranked.iterrows(), ranks, strict=True)
    ]
    note = (
        "Where councils want to move furthest. The gap is the mean over responses that gave both levels; "
        "equals share a rank."
    )
    table_sheet(book, GAPS, note, columns, rows, frozen=5)


def write_strengths(book: Book, tables: Tables) -> None:
    """The behaviours with the highest and lowest averages, and how many councils are at the good level."""
    good = tables.framework.good_level
    given = tables.behaviours[tables.behaviours["applicable"] > 0]
    best = given["current"].round(9).rank(method="min", ascending=False)
    least = given["current"].round(9).rank(method="min")
    columns = [
        Column.text("Which", 110),
        Column.count("Rank", 70),
        *name_columns(),
        Column.mean("Average current"),
        Column("Nearest level", name_width(tables.framework, 108)),
        Column.count("Level given"),
        *([Column.count(f"{good.name} or above", 120), Column("Share", 80, ("share",))] if good else []),
    ]
    rows: list[list[Cell]] = []
    for which, ranks in (("Strength", best), ("Weakness", least)):
        for code, rank in ranks[ranks <= SHOWN].sort_values(kind="stable").items():
            rows.append([which, int(rank), *_strength_cells(tables, str(code))])
    note = f"The {SHOWN} highest and the {SHOWN} lowest averages; equals share a rank, so there may be more."
    table_sheet(book, STRENGTHS, note, columns, rows, frozen=2)


def _strength_cells(tables: Tables, code: str) -> list[Cell]:
    framework, row, counts = tables.framework, tables.behaviour(code), tables.levels(code)
    given = int(row["applicable"])
    above = framework.levels[(framework.good or 1) - 1 :]
    placed = sum(int(counts[f"level_{level.number}"]) for level in above)
    return [
        *names_of(framework, framework.row_by_code[code]),
        mean_or_nothing(row["current"]),
        level_name(framework, row["current"]),
        given,
        *([] if framework.good is None else [placed, placed / given if given else None]),
    ]

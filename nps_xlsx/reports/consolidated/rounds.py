"""Movement since an earlier round, who has returned, and how far apart respondents are."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import Cell, Column, table_sheet, write_table
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.model import FACTS, Return
from nps_xlsx.reports.consolidated.means import mean_or_nothing
from nps_xlsx.reports.not_returned import came_instead
from nps_xlsx.rounds.combine import Combined

MOVEMENT, RESPONSE, SPREAD = "Movement", "Response", "Spread"


def write_movement(book: Book, tables: Tables) -> None:
    """Councils in both rounds, beside all councils in each."""
    framework = tables.framework
    columns = [
        Column.text("Group", 110),
        Column.text("Ref", 76),
        Column.text("Name", 380),
        Column.mean("Same councils, last round", 116),
        Column.mean("Same councils, this round", 116),
        Column.gap("Change", 90),
        Column.count("Answers in both", 104),
        Column.count("Councils in both", 104),
        Column.mean("All councils, last round", 116),
        Column.count("Answers", 90),
        Column.mean("All councils, this round", 116),
        Column.count("Answers", 90),
    ]
    names = {area.code: area.sheet for area in framework.areas} | {
        behaviour.code: behaviour.short_name for behaviour in framework.behaviours
    }
    rows: list[list[Cell]] = []
    for by, group in (("all", "All"), ("theme", "Theme"), ("area", "Key area"), ("ref", "Behaviour")):
        for code, row in tables.movement(by).iterrows():
            label = names.get(str(code), "All behaviours" if by == "all" else str(code))
            rows.append([group, str(code) if by in ("area", "ref") else "", label, *_movement_cells(row)])
    note = (
        "The change counts only answers with a level in both rounds, so that a change in who answered is "
        "not a change of level. All councils are beside it for comparison."
    )
    table_sheet(book, MOVEMENT, note, columns, rows, frozen=3)


def _movement_cells(row: pd.Series[float]) -> list[Cell]:
    return [
        *(mean_or_nothing(row[key]) for key in ("same_last", "same_now", "change")),
        *(int(row[key]) for key in ("pairs", "councils")),
        mean_or_nothing(row["all_last"]),
        int(row["all_last_count"]),
        mean_or_nothing(row["all_now"]),
        int(row["all_now_count"]),
    ]


def write_response(book: Book, asked: Asked, returns: Sequence[Return]) -> None:
    """How many have returned, by region and type; then who has not, and what came instead."""
    columns = [
        Column.text("Region or type", 320),
        Column.count("Asked", 200),
        Column.count("Returned", 210),
        Column("Share", 190, ("share",)),
    ]
    rows: list[list[Cell]] = []
    for fact in FACTS:
        groups = [(str(group), row) for group, row in asked.rates(fact).iterrows()]
        rows += [_rate(group, row) for group, row in groups if fact == FACTS[-1] or group != "All"]
    note = "Councils asked, and how many have a return that counts. Those without one are listed below."
    sheet, end = table_sheet(book, RESPONSE, note, columns, rows, has_filter=False)
    sheet.text(end + 1, 0, f"Not returned yet: {len(asked.missing)}", "section")
    columns = [Column.text(name, 190) for name in ("Council", "GSS code", "Region", "Type", "What came")]
    came = came_instead(returns)
    missing = [
        [c.name, c.gss_code, c.region, c.council_type, came.get(c.gss_code, "")] for c in asked.missing
    ]
    write_table(sheet, end + 2, columns, missing)


def _rate(group: str, row: pd.Series[float]) -> list[Cell]:
    share = None if pd.isna(row["share"]) else float(row["share"])
    return [group, int(row["asked"]), int(row["returned"]), share]


def write_spread(book: Book, tables: Tables) -> None:
    """Councils with several respondents, behaviour by behaviour, the most divided first."""
    columns = [
        Column.text("Council", 300),
        Column.text("Ref", 76),
        Column.text("Behaviour", 330),
        Column.count("Respondents", 110),
        Column.text("Current levels given", 200),
        Column("Median", 84, ("mean",)),
        Column.count("Levels apart", 100),
        Column.text("Which counts", 220),
    ]
    several = [response for response in tables.responses if len(response.basis) > 1]
    rows = [row for response in several for row in _spread_rows(response, tables)]
    rows.sort(key=lambda row: -int(str(row[6] or 0)))
    note = (
        "How far apart a council's respondents are. The combined response counts if there is one; "
        "otherwise the median, the lower of two."
    )
    table_sheet(book, SPREAD, note, columns, rows, frozen=3)


def _spread_rows(response: Combined, tables: Tables) -> list[list[Cell]]:
    which = "The combined response" if response.is_authoritative else "The middle of the respondents"
    rows: list[list[Cell]] = []
    for behaviour in tables.framework.behaviours:
        spread = response.spread(behaviour.code)
        if not spread.levels:
            continue
        apart = max(spread.levels) - min(spread.levels)
        names = (response.assessment.council, behaviour.code, behaviour.short_name)
        rows.append([*names, len(response.basis), str(spread), spread.median, apart, which])
    return rows

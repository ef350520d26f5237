"""Movement since an earlier round, who has returned, and how far apart respondents are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.table import Column, TableSheet, Written, write_table
from nps_xlsx.figures import Asked, Tables
from nps_xlsx.figures.returned import NO_ANSWER
from nps_xlsx.model import FACTS, Behaviour, Return
from nps_xlsx.register.decisions import DECLINED, NOTHING
from nps_xlsx.reports.not_returned import came_instead
from nps_xlsx.rounds.combine import Combined, Spread

MOVEMENT, RESPONSE, SPREAD = "Movement", "Response", "Spread"


def movement_sheet(tables: Tables) -> TableSheet:
    """Councils in both rounds, beside all councils in each."""
    framework = tables.framework
    names = {area.code: area.sheet for area in framework.areas} | {
        behaviour.code: behaviour.short_name for behaviour in framework.behaviours
    }
    groups = {"all": "All", "theme": "Theme", "area": "Key area", "ref": "Behaviour"}
    parts = {by: tables.movement(by) for by in groups}
    figures = pd.concat(list(parts.values()))
    rows = [(by, str(code)) for by, part in parts.items() for code in part.index]
    labels = ["All behaviours" if by == "all" else names.get(code, code) for by, code in rows]
    columns = [
        Column.text("Group", [groups[by] for by, _ in rows], 110),
        Column.text("Ref", [code if by in ("area", "ref") else "" for by, code in rows], 76),
        Column.text("Name", labels, 380),
        Column.mean("Same councils, last round", figures["same_last"], 116),
        Column.mean("Same councils, this round", figures["same_now"], 116),
        Column.gap("Change", figures["change"], 90),
        Column.count("Answers in both", figures["pairs"], 104),
        Column.count("Councils in both", figures["councils"], 104),
        Column.mean("All councils, last round", figures["all_last"], 116),
        Column.count("Answers", figures["all_last_count"], 90),
        Column.mean("All councils, this round", figures["all_now"], 116),
        Column.count("Answers", figures["all_now_count"], 90),
    ]
    note = (
        "The change counts only answers with a level in both rounds, so that a change in who answered is "
        "not a change of level. All councils are beside it for comparison."
    )
    for heading, words in (("History carried over", tables.carried), ("History broken", tables.broken)):
        note += f" {heading}: {'; '.join(words)}." if words else ""
    about = "the change since the earlier round: councils in both rounds, then all councils"
    return TableSheet(MOVEMENT, note, columns, about, frozen=3)


def response_sheet(asked: Asked, returns: Sequence[Return]) -> TableSheet:
    """How many have returned, by region and type; then who has not, and what came instead."""
    rates = pd.concat([asked.rates(fact) for fact in FACTS])
    rates = rates[(rates.index != "All") | ~rates.index.duplicated(keep="last")]
    columns = [
        Column.text("Region or type", map(str, rates.index), 320),
        Column.count("Asked", rates["asked"], 200),
        Column.count("Returned", rates["returned"], 210),
        Column.share("Share", rates["share"], 190),
    ]
    if asked.decided:
        columns += [
            Column.count("Declined", rates[DECLINED], 190),
            Column.count("Nothing to report", rates[NOTHING], 190),
        ]
    came, missing = came_instead(returns), asked.missing

    def below(written: Written) -> None:
        written.sheet.text(written.end + 1, 0, f"Not returned yet: {len(missing)}", "section")
        columns = [
            Column.text("Council", [council.name for council in missing], 320),
            Column.text("GSS code", [council.gss_code for council in missing], 200),
            Column.text("Region", [council.region for council in missing], 210),
            Column.text("Type", [council.council_type for council in missing], 190),
            Column.text("What came", [came.get(council.gss_code, "") for council in missing], 190),
        ]
        ended = write_table(written.sheet, written.end + 2, columns)
        if asked.decided:
            _write_decided(written.sheet, ended.end + 1, asked)

    note = "Councils asked, and how many have a return that counts. Those without one are listed below."
    about = "who has returned, by region and type, and who has not"
    return TableSheet(RESPONSE, note, columns, about, has_filter=False, below=below)


def _write_decided(sheet: Sheet, row: int, asked: Asked) -> None:
    """Who declined or has nothing to report, and why."""
    counts = (f"{len(codes)} {kind}" for kind, codes in asked.outcomes.items() if kind != NO_ANSWER)
    sheet.text(row, 0, f"Decided not to answer: {'; '.join(counts)}", "section")
    decided = [asked.decided[council.gss_code] for council in asked.apart]
    columns = [
        Column.text("Council", [council.name for council in asked.apart], 320),
        Column.text("GSS code", [council.gss_code for council in asked.apart], 200),
        Column.text("Region", [council.region for council in asked.apart], 210),
        Column.text("Type", [council.council_type for council in asked.apart], 190),
        Column.text("What it decided", [one.status for one in decided], 190),
        Column.text("Why", [one.reason for one in decided], 190),
    ]
    write_table(sheet, row + 1, columns)


def spread_sheet(tables: Tables) -> TableSheet:
    """Councils with several respondents, behaviour by behaviour, the most divided first."""
    rows = sorted(_spreads(tables), key=lambda row: -_apart(row[2]))
    which = {True: "The combined response", False: "The middle of the respondents"}
    columns = [
        Column.text("Council", [own.assessment.council for own, _, _ in rows], 300),
        Column.text("Ref", [behaviour.code for _, behaviour, _ in rows], 76),
        Column.text("Behaviour", [behaviour.short_name for _, behaviour, _ in rows], 330),
        Column.count("Respondents", [len(own.basis) for own, _, _ in rows], 110),
        Column.text("Current levels given", [str(spread) for _, _, spread in rows], 200),
        Column.mean("Median", [spread.median for _, _, spread in rows], 84),
        Column.count("Levels apart", [_apart(spread) for _, _, spread in rows], 100),
        Column.text("Which counts", [which[own.is_authoritative] for own, _, _ in rows], 220),
    ]
    note = (
        "How far apart a council's respondents are. The combined response counts if there is one; "
        "otherwise the median, the lower of two."
    )
    return TableSheet(SPREAD, note, columns, "how far apart the respondents of one council are", frozen=3)


def _spreads(tables: Tables) -> Iterator[tuple[Combined, Behaviour, Spread]]:
    for response in tables.responses:
        for behaviour in tables.framework.behaviours if len(response.basis) > 1 else ():
            spread = response.spread(behaviour.code)
            if spread.levels:
                yield response, behaviour, spread


def _apart(spread: Spread) -> int:
    return spread.levels[-1] - spread.levels[0]

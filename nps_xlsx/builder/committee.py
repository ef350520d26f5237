"""The Committee page: the council's answers on one sheet of A4, in formulas.

It says nothing that the Summary and the Action plan do not: where the council is, theme by theme,
its strengths and next steps, the first actions with owner and date, and what is due by quarter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.long_texts import Room
from nps_xlsx.builder.plan import LEAD_ROW, lead
from nps_xlsx.builder.summary import FIRST_ROW as SUMMARY_ROW
from nps_xlsx.builder.summary import LEADER_ROW, Group, SummaryTable, leading, levels_chart, values
from nps_xlsx.builder.workings import Value, Workings
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import committee_words, layout, wording
from nps_xlsx.workbook.values import DAY_ZERO

_WIDTHS = (206, 96, 96, 104, 84, 264, 104)
"""Pixels: these print on A4 upright at 75 per cent, as do the heights, so that 10 points are 7.5."""
_BOX = ("box", "small", "wrap")
_FIGURES = ("current", "target", "gap", "share", "basis")
_SHOWN = 3
"""Strengths, and next steps."""
_ACTIONS = 5
_ACTION = Room(4, 34, committee_words.WHOLE_IN_PLAN)
_ACTION_HEIGHT = 56.0
_CHART_HEIGHT = 272
_QUARTERS = 4
_LEAD_ROW = 2


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The behaviours that a figure of the hidden sheet ranks, and what is said if there are none."""

    figure: str
    none: str
    workings: Workings

    def index(self, number: int) -> str:
        """A formula for the place of the first, second ... on the hidden sheet; an error if there is none."""
        cells = self.workings.range(self.figure)
        return f"MATCH(LARGE({cells},{number}),{cells},0)"

    def now(self) -> list[Behaviour]:
        """The behaviours at present, in order."""
        ranks = {row.code: self.workings.present[row.code][self.figure] for row in self.workings.rows}
        chosen = [row for row in self.workings.rows if ranks[row.code] != ""]
        return sorted(chosen, key=lambda row: -float(ranks[row.code]))


def write_committee(draft: Draft) -> None:
    """Write the Committee page."""
    workings, table = draft.workings, SummaryTable(draft.order)
    widths = (_WIDTHS[0], *(level_width(draft.framework, width, styles.SMALL_SIZE) for width in _WIDTHS[1:3]))
    sheet = draft.sheet(layout.COMMITTEE, (*widths, *_WIDTHS[3:]), draft.titled(layout.COMMITTEE))
    draft.links(sheet, 1, 4, layout.REVIEW_SHEET if draft.order.with_review else layout.CHECK)
    for at, (name, row, now) in enumerate(
        ((layout.SUMMARY, LEADER_ROW, leading(table, workings)), (layout.PLAN, LEAD_ROW, lead(workings)))
    ):
        sheet.formula(_LEAD_ROW + at, 0, layout.reference(name, row, 0), now, "bold", "small", "middle")
    row = _write_groups(sheet, table, workings, _LEAD_ROW + 2)
    if table.has_charts:
        sheet.height(row, (_CHART_HEIGHT + 8) * 72 / 96)
        chart = levels_chart(draft, table, legend="right")
        size = {"width": sum(_WIDTHS) - 4, "height": _CHART_HEIGHT}
        sheet.chart(row, 0, chart, **size, description=wording.LEVELS_ELSEWHERE)
        row += 1
    strong = _Ranked("strength", committee_words.NO_STRENGTH, workings)
    row = _write_ranked(sheet, row, strong, _SHOWN, ("strengths", "level"), ("from",))
    steps = _Ranked("sort", committee_words.NO_STEP, workings)
    row = _write_ranked(sheet, row, steps, _SHOWN, ("next", "from", "to"), ("from", "to"))
    actions = _Ranked("acting", committee_words.NO_ACTION, workings)
    headings = ("top", "from", "to", "due_date", "status", "actions", "owner")
    row = _write_ranked(sheet, row, actions, _ACTIONS, headings, headings[1:], _ACTION_HEIGHT)
    row = _write_quarters(sheet, workings, row)
    sheet.text(row, 0, committee_words.NOTE, "note")
    draft.foot(sheet, row + 1, layout.COMMITTEE_STAMP)
    sheet.raw.set_selection(_LEAD_ROW, 0, _LEAD_ROW, 0)
    sheet.page(portrait=True)
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.print_area(0, 0, row, len(_WIDTHS) - 1)
    sheet.protect()


def _write_headings(sheet: Sheet, row: int, rows: int, texts: Sequence[str]) -> None:
    sheet.texts(row, 0, texts, "heading", "small")
    widths = [width - styles.INDENT_PIXELS for width in _WIDTHS]
    sheet.height(
        row, max(text_height(text, width, bold=True) for text, width in zip(texts, widths, strict=False))
    )
    sheet.mark_headings(row, 0, row + rows, len(texts) - 1)


# --- Where the council is


def _write_groups(sheet: Sheet, table: SummaryTable, workings: Workings, row: int) -> int:
    """The figures of each theme, or of each key area if there are none; returns the row after them."""
    groups = _groups(table)
    is_themed = any(group.key == "theme" for _, group in groups)
    columns = {column.key: column for column in table.results}
    keys = [key for key in _FIGURES if key in columns]
    first = committee_words.HEADINGS["theme"] if is_themed else columns["name"].heading
    _write_headings(sheet, row, len(groups), [first, *(columns[key].heading for key in keys)])
    for number, (at, group) in enumerate(groups, start=row + 1):
        names = (*_BOX, "middle", *(("band", "bold") if not group.key else ()))
        sheet.text(number, 0, table.short_name(group), *names)
        now = values(group, workings)
        for col, key in enumerate(keys, start=1):
            cell = layout.reference(layout.SUMMARY, at, table.column(key))
            sheet.formula(number, col, cell, now[key], *names, columns[key].style)
        texts = ((0, table.short_name(group)), (len(keys), str(now["basis"])))
        heights = (text_height(text, _WIDTHS[col] - styles.INDENT_PIXELS, bold=True) for col, text in texts)
        sheet.height(number, max(18.0, *heights))
    return row + len(groups) + 1


def _groups(table: SummaryTable) -> list[tuple[int, Group]]:
    """The rows of the Summary to repeat: with themes, those, what has none, and all."""
    rows = list(enumerate(table.groups, start=SUMMARY_ROW))
    if not any(group.key == "theme" for _, group in rows):
        return rows
    themed = {area.code for theme in table.framework.themes for area in theme.key_areas}
    chosen = [(row, group) for row, group in rows if group.key != "area" or group.value not in themed]
    return sorted(chosen, key=lambda one: ("theme", "area", "").index(one[1].key))


# --- The first of the behaviours


def _write_ranked(
    sheet: Sheet,
    row: int,
    ranked: _Ranked,
    count: int,
    headings: Sequence[str],
    keys: Sequence[str],
    height: float = 18.0,
) -> int:
    """The first behaviours of a ranking with some of the plan's figures; returns the row after them."""
    words = wording.PLAN_HEADINGS | committee_words.HEADINGS
    _write_headings(sheet, row, count, [words[heading] for heading in headings])
    now = ranked.now()
    for number in range(1, count + 1):
        behaviour = now[number - 1] if number <= len(now) else None
        index = ranked.index(number)
        parts = [f"INDEX({ranked.workings.range(key)},{index})" for key in ("ref", "behaviour")]
        name = '&" "&'.join(parts)
        none = ranked.none if number == 1 else ""
        shown = f"{behaviour.code} {behaviour.name}" if behaviour else none
        sheet.formula(row + number, 0, f'IFERROR({name},"{none}")', shown, *_BOX, "bold")
        for col, key in enumerate(keys, start=1):
            formula = f'IFERROR({_formula(ranked.workings, key, index)},"")'
            value = _present(ranked.workings, key, behaviour) if behaviour else ""
            sheet.formula(row + number, col, formula, value, *_BOX, *(("date",) if key == "due_date" else ()))
        tallest = text_height(shown, _WIDTHS[0] - styles.INDENT_PIXELS, bold=True)
        sheet.height(row + number, max(height, 30.0, tallest))
    return row + count + 1


def _formula(workings: Workings, key: str, index: str) -> str:
    level = {"from": "current", "to": "target"}.get(key)
    if level:
        return f"INDEX({layout.LEVELS_NAME},INDEX({workings.range(level)},{index}))"
    if key == "actions":
        return _ACTION.formula(f"INDEX({workings.range('whole')},{index})")
    return f"INDEX({workings.range(key)},{index})"


def _present(workings: Workings, key: str, behaviour: Behaviour) -> Value:
    figures = workings.present[behaviour.code]
    level = {"from": "current", "to": "target"}.get(key)
    if level:
        return workings.order.framework.level(int(figures[level])).label
    if key == "actions":
        return _ACTION.shown(str(figures["whole"]))
    return figures[key]


# --- What is due by quarter


def _write_quarters(sheet: Sheet, workings: Workings, row: int) -> int:
    """How many actions are due in the quarters from the earliest due date on; returns the row after them."""
    due, status, whole = (workings.range(key) for key in ("due", "status", "whole"))
    words, ends = committee_words.HEADINGS, _ends(workings)
    sheet.text(row, 0, words["due"], "heading", "small")
    first = f"DATE(YEAR(MIN({due})),3*ROUNDUP(MONTH(MIN({due}))/3,0)+1,0)"
    for col in range(1, _QUARTERS + 1):
        before = cell_name(row, col - 1)
        formula = first if col == 1 else f"DATE(YEAR({before}),MONTH({before})+4,0)"
        sheet.formula(
            row, col, f'IF(COUNT({due})=0,"",{formula})', ends[col - 1], "heading", "small", "month"
        )
    sheet.texts(row, _QUARTERS + 1, [words["later"], words["undated"]], "heading", "small")
    done = f'{status},"{layout.STATUSES[-1]}"'
    undated = f"SUMPRODUCT((LEN({whole})>0)*(1-ISNUMBER({due}))"
    for number, (label, more) in enumerate(
        ((committee_words.DUE, ""), (committee_words.DUE_DONE, f",{done}")), start=row + 1
    ):
        sheet.text(number, 0, label, *_BOX)
        counts = _counts(workings, ends, is_done=bool(more))
        for col in range(1, _QUARTERS + 2):
            upto, after = (cell_name(row, at, absolute=True) for at in (col, col - 1))
            bounds = [f'{due},"<="&{upto}'] if col <= _QUARTERS else []
            bounds += [f'{due},">"&{after}'] if col > 1 else []
            formula = f"IF(COUNT({due})=0,0,COUNTIFS({','.join(bounds)}{more}))"
            sheet.formula(number, col, formula, counts[col - 1], *_BOX, "open")
        finished = f'*({status}="{layout.STATUSES[-1]}"))' if more else ")"
        sheet.formula(number, _QUARTERS + 2, undated + finished, counts[-1], *_BOX, "open")
    sheet.mark_headings(row, 0, row + 2, _QUARTERS + 2)
    return row + 3


def _ends(workings: Workings) -> list[Value]:
    """The last days of the quarters at present, as Excel counts days."""
    days = [int(figures["due"]) for figures in workings.present.values() if figures["due"] != ""]
    if not days:
        return [""] * _QUARTERS
    first = DAY_ZERO + dt.timedelta(days=min(days))
    start = first.year * 12 + (first.month - 1) // 3 * 3
    months = [start + 3 * number for number in range(1, _QUARTERS + 1)]
    return [(dt.date(month // 12, month % 12 + 1, 1) - DAY_ZERO).days - 1 for month in months]


def _counts(workings: Workings, ends: Sequence[Value], *, is_done: bool) -> list[int]:
    """The actions due in each quarter, later, and without a date."""
    rows = [
        figures
        for figures in workings.present.values()
        if not is_done or figures["status"] == layout.STATUSES[-1]
    ]
    days = [int(figures["due"]) for figures in rows if figures["due"] != ""]
    bounds = [0, *(int(end or 0) for end in ends), 10**9]
    counts = [sum(low < day <= high for day in days) for low, high in pairwise(bounds)]
    undated = [figures for figures in rows if figures["whole"] != "" and figures["due"] == ""]
    return [*counts, len(undated)]

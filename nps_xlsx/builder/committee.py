"""The Committee page: the council's answers on one sheet of A4, in formulas.

It says nothing that the Summary and the Action plan do not: where the council is, theme by theme,
its strengths and next steps, the first actions with owner and date, and what is due by quarter.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
_ACTION = Room(4, 34, committee_words.WHOLE_IN_PLAN)
_CHART_HEIGHT = 272
_QUARTERS = 4
_LEAD_ROW = 2


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The first behaviours that a figure of the hidden sheet ranks."""

    figure: str
    none: str
    """What is said if there are none."""
    count: int
    headings: Mapping[str, str]
    """What is shown of each: the figures, with the keys of their headings."""
    height: float = 30.0

    def index(self, workings: Workings, number: int) -> str:
        """A formula for the place of the first, second ... on the hidden sheet; an error if there is none."""
        cells = workings.range(self.figure)
        return f"MATCH(LARGE({cells},{number}),{cells},0)"

    def now(self, workings: Workings) -> list[Behaviour]:
        """The behaviours at present, in order."""
        ranks = {row.code: workings.present[row.code][self.figure] for row in workings.rows}
        chosen = [row for row in workings.rows if ranks[row.code] != ""]
        return sorted(chosen, key=lambda row: -float(ranks[row.code]))


_RANKED = (
    _Ranked("strength", committee_words.NO_STRENGTH, 3, {"name": "strengths", "from": "level"}),
    _Ranked("sort", committee_words.NO_STEP, 3, {"name": "next", "from": "from", "to": "to"}),
    _Ranked(
        "acting",
        committee_words.NO_ACTION,
        5,
        {"name": "top", **{key: key for key in ("from", "to", "due_date", "status", "actions", "owner")}},
        56.0,
    ),
)


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
        chart, width = levels_chart(draft, table, legend="right"), sum(_WIDTHS) - 4
        described = wording.LEVELS_ELSEWHERE
        sheet.chart(row, 0, chart, width=width, height=_CHART_HEIGHT, description=described)
        row += 1
    for ranked in _RANKED:
        row = _write_ranked(sheet, workings, row, ranked)
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


def _write_ranked(sheet: Sheet, workings: Workings, row: int, ranked: _Ranked) -> int:
    """The first behaviours of a ranking with some of the plan's figures; returns the row after them."""
    words, (_, *keys) = wording.PLAN_HEADINGS | committee_words.HEADINGS, ranked.headings
    _write_headings(sheet, row, ranked.count, [words[heading] for heading in ranked.headings.values()])
    now = ranked.now(workings)
    for number in range(1, ranked.count + 1):
        behaviour = now[number - 1] if number <= len(now) else None
        index = ranked.index(workings, number)
        name = '&" "&'.join(f"INDEX({workings.range(key)},{index})" for key in ("ref", "behaviour"))
        none = ranked.none if number == 1 else ""
        shown = f"{behaviour.code} {behaviour.name}" if behaviour else none
        sheet.formula(row + number, 0, f'IFERROR({name},"{none}")', shown, *_BOX, "bold")
        for col, key in enumerate(keys, start=1):
            formula = f'IFERROR({_formula(workings, key, index)},"")'
            value = _present(workings, key, behaviour) if behaviour else ""
            sheet.formula(row + number, col, formula, value, *_BOX, *(("date",) if key == "due_date" else ()))
        tallest = text_height(shown, _WIDTHS[0] - styles.INDENT_PIXELS, bold=True)
        sheet.height(row + number, max(ranked.height, tallest))
    return row + ranked.count + 1


def _formula(workings: Workings, key: str, index: str) -> str:
    if key == "actions":
        return _ACTION.formula(f"INDEX({workings.range('whole')},{index})")
    return f"INDEX({workings.range(key)},{index})"


def _present(workings: Workings, key: str, behaviour: Behaviour) -> Value:
    figures = workings.present[behaviour.code]
    return _ACTION.shown(str(figures["whole"])) if key == "actions" else figures[key]


# --- What is due by quarter


def _write_quarters(sheet: Sheet, workings: Workings, row: int) -> int:
    """How many actions are due in the quarters from the earliest due date on; returns the row after them."""
    words, rows = committee_words.HEADINGS, list(workings.present.values())
    due, whole, status, scored = map(workings.range, ("due", "whole", "status", "scored"))
    earliest = min((_quarter(figures["due"]) for figures in rows if figures["due"] != ""), default=0)
    day = f"DATE(YEAR(MIN({due})),3*ROUNDUP(MONTH(MIN({due}))/3,0)+1,0)"
    sheet.text(row, 0, words["due"], "heading", "small")
    for col in range(1, _QUARTERS + 1):
        end = _last_day(earliest + col - 1) if earliest else ""
        sheet.formula(row, col, f'IF(COUNT({due})=0,"",{day})', end, "heading", "small", "month")
        here = cell_name(row, col)
        day = f"DATE(YEAR({here}),MONTH({here})+4,0)"
    sheet.texts(row, _QUARTERS + 1, [words["later"], words["undated"]], "heading", "small")
    ends = [f"N({cell_name(row, col, absolute=True)})" for col in range(1, _QUARTERS + 1)]
    since = [f'{due},">"&{end}' for end in ends]
    upto = [f'{due},"<="&{end}' for end in ends]
    criteria = [upto[0], *map(",".join, zip(since, upto[1:], strict=False)), since[-1]]
    criteria.append(f'{whole},"?*",{due},"",{scored},1')
    finished = [figures for figures in rows if figures["status"] == layout.STATUSES[-1]]
    done = f',{status},"{layout.STATUSES[-1]}"'
    for label, more, counted in (committee_words.DUE, "", rows), (committee_words.DUE_DONE, done, finished):
        row += 1
        sheet.text(row, 0, label, *_BOX)
        counts = Counter(_column(figures, earliest) for figures in counted)
        for col, one in enumerate(criteria, start=1):
            sheet.formula(row, col, f"COUNTIFS({one}{more})", counts[col], *_BOX, "open")
    sheet.mark_headings(row - 2, 0, row, len(criteria))
    return row + 1


def _column(figures: Mapping[str, Value], earliest: int) -> int:
    """The column that counts an action at present, 0 for none."""
    if figures["due"] != "":
        return min(_quarter(figures["due"]) - earliest, _QUARTERS) + 1
    return _QUARTERS + 2 if figures["whole"] != "" and figures["scored"] else 0


def _quarter(day: Value) -> int:
    """The number of a day's quarter, counted from the year 0."""
    date = DAY_ZERO + dt.timedelta(days=int(day))
    return date.year * 4 + (date.month - 1) // 3


def _last_day(quarter: int) -> int:
    """The last day of a quarter, as Excel counts days."""
    year, following = divmod(quarter + 1, 4)
    return (dt.date(year, 3 * following + 1, 1) - DAY_ZERO).days - 1

"""The Summary sheet: averages by key area, theme and overall, in formulas, and charts of them.

The results come first, so that they and the bars of levels stand on one screen; the counts that they
rest on are to the right of those.  A blank is an empty text, which Excel draws as zero: bars show
nothing then, where a radar's line would run to its centre.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Value, Workings
from nps_xlsx.excel import charts, styles
from nps_xlsx.excel.book import Sheet, joined
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour, Framework, Level
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.scores import mean, one_decimal
from nps_xlsx.workbook import layout, wording

HEADING_ROW, FIRST_ROW = 4, 5
LEADER_ROW, _NOTE_ROW = 2, 3
_SCREEN = 1177
"""Pixels of columns that LibreOffice, which draws them 7.6 per cent wider, shows on a laptop of 1,366."""
_LEAST_CHART = 310
_CHART_HEIGHT, _MARGIN = 370, 12
"""Pixels: a chart with its legend fits the 480 that such a laptop shows below Excel's ribbon."""
_ROW_HEIGHT = 19.5


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table: some behaviours, and how a formula selects them."""

    name: str
    behaviours: tuple[Behaviour, ...]
    key: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table: its figure, heading, width in pixels and styles."""

    key: str
    heading: str
    width: int
    style: str = "count"
    ramp: tuple[str, ...] = ()


class SummaryTable:
    """Where the figures of the Summary are, for its formulas and those of other sheets."""

    def __init__(self, order: Order) -> None:
        self.framework = order.framework
        self.groups = _groups(order)
        self.results = _results(order)
        self.has_charts = len(order.sheets) >= charts.LEAST_AREAS
        self.chart_column = len(self.results)
        self.counts = _counts(order.framework)
        self._first_count = self.chart_column + self.has_charts

    def column(self, key: str) -> int:
        """The column of a figure."""
        keys = [column.key for column in self.results]
        if key in keys:
            return keys.index(key)
        return self._first_count + [column.key for column in self.counts].index(key)

    def widths(self) -> list[int]:
        """The widths of all columns in pixels."""
        results = [column.width for column in self.results]
        chart = [max(_SCREEN - sum(results), _LEAST_CHART)] if self.has_charts else []
        return [*results, *chart, *(column.width for column in self.counts)]

    def headed(self) -> list[tuple[int, _Column]]:
        """The columns of the table with their positions, without that of the chart."""
        return [(self.column(column.key), column) for column in (*self.results, *self.counts)]

    def short_name(self, group: Group) -> str:
        """A group's name where a heading says what it is."""
        if group.key == "theme":
            return self.framework.themes[int(group.value) - 1].name
        return group.name

    def areas(self, key: str) -> charts.Range:
        """A figure's cells for all key areas."""
        return layout.SUMMARY, self.column(key), FIRST_ROW, FIRST_ROW + len(self.framework.areas) - 1


def write_summary(draft: Draft) -> None:
    """Write the Summary sheet."""
    table = SummaryTable(draft.order)
    title = draft.titled(layout.SUMMARY)
    sheet = draft.sheet(layout.SUMMARY, tuple(table.widths()), title)
    draft.links(sheet, table.column("gap"), table.chart_column, layout.PLAN)
    sheet.formula(LEADER_ROW, 0, _leaders(table), leading(table, draft.workings), "bold", "middle")
    note = wording.SUMMARY_NOTE.format(left_out=wording.left_out(draft.framework))
    sheet.text(_NOTE_ROW, 0, note, "note")
    _write_headings(sheet, table)
    for row, group in enumerate(table.groups, start=FIRST_ROW):
        _write_group(sheet, row, group, table, draft.workings)
    end = FIRST_ROW + len(table.groups)
    moved = wording.MOVEMENT_NOTE if draft.order.previous else ""
    sheet.text(end, 0, _key(draft.framework) + moved, "note")
    if table.has_charts:
        end += 1
        _add_charts(draft, sheet, table, end)
    draft.foot(sheet, end + 1, layout.SUMMARY_STAMP)
    sheet.raw.freeze_panes(0, 1)
    sheet.raw.set_selection(LEADER_ROW, 0, LEADER_ROW, 0)
    sheet.page()
    sheet.raw.fit_to_pages(1, 1)  # the results and their charts belong on one page
    sheet.protect()


def _groups(order: Order) -> list[Group]:
    framework = order.framework
    groups = [Group(area.sheet, area.behaviours, "area", area.code) for area in framework.areas]
    if len(groups) == 1:
        return groups
    if framework.is_part:  # a theme that is only partly asked has no average of its own
        return [*groups, Group(wording.ALL_ASKED, framework.behaviours)]
    # By number: a criterion takes only 255 characters, and "*", "?" and "<" have a meaning in it.
    for number, theme in enumerate(framework.themes, start=1):
        behaviours = tuple(row for area in theme.key_areas for row in area.behaviours)
        groups.append(Group(wording.THEME.format(name=theme.name), behaviours, "theme", str(number)))
    return [*groups, Group(wording.ALL_BEHAVIOURS, framework.behaviours)]


def _results(order: Order) -> list[_Column]:
    good = order.framework.good_level
    share = level_width(order.framework, 100)
    shared = [_Column("share", wording.OR_ABOVE.format(level=good.name), share, "share")] if good else []
    last, movement = wording.MOVEMENT_HEADINGS
    moved = [_Column("last", last, 76, "mean"), _Column("movement", movement, 92, "gap")]
    headings = wording.SUMMARY_HEADINGS
    return [
        _Column("name", headings["name"], 286, "middle"),
        _Column("current", headings["current"], 80, "mean"),
        _Column("target", headings["target"], 80, "mean"),
        _Column("gap", headings["gap"], 80, "gap"),
        *shared,
        *(moved if order.previous else ()),
        _Column("basis", headings["basis"], 124, "count"),
    ]


def _counts(framework: Framework) -> list[_Column]:
    count, headings = len(framework.levels), wording.SUMMARY_COUNTS
    levels = [
        _Column(
            _at(level),
            wording.AT_LEVEL.format(level=level.label),
            level_width(framework, 104),
            ramp=(styles.level_style(level.number, count),),
        )
        for level in framework.levels
    ]
    return [*levels, *(_Column(key, heading, 112) for key, heading in headings.items())]


def _at(level: Level) -> str:
    return f"level_{level.number}"


def _write_headings(sheet: Sheet, table: SummaryTable) -> None:
    for col, column in table.headed():
        sheet.text(HEADING_ROW, col, column.heading, "heading", *column.ramp)
    sheet.height(HEADING_ROW, _heading_height(table))
    last = FIRST_ROW + len(table.groups) - 1
    sheet.mark_headings(HEADING_ROW, 0, last, table.chart_column - 1)
    first, *_, end = (table.column(column.key) for column in table.counts)
    sheet.mark_headings(HEADING_ROW, first, last, end)


def _heading_height(table: SummaryTable) -> float:
    columns = [column for _, column in table.headed()]
    room = [column.width - styles.INDENT_PIXELS for column in columns]
    return max(
        text_height(one.heading, width, 11, bold=True) for one, width in zip(columns, room, strict=True)
    )


# --- The rows


def _picked(group: Group, workings: Workings) -> str:
    picked = f"{workings.range('scored')},1"
    return f'{picked},{workings.range(group.key)},"{group.value}"' if group.key else picked


def _write_group(sheet: Sheet, row: int, group: Group, table: SummaryTable, workings: Workings) -> None:
    names = ("box", "middle") if group.key == "area" else ("box", "middle", "band", "bold")
    cells = {column.key: cell_name(row, col) for col, column in table.headed()}
    formulas, now = _formulas(group, table, workings, cells), values(group, workings)
    for col, column in table.headed():
        if column.key in formulas:
            sheet.formula(row, col, formulas[column.key], now[column.key], *names, column.style)
        else:
            sheet.value(row, col, now[column.key], *names, column.style)
    sheet.height(row, _ROW_HEIGHT)


def _formulas(group: Group, table: SummaryTable, workings: Workings, cells: dict[str, str]) -> dict[str, str]:
    """The formula of each figure of a row, which has these cells."""
    picked = _picked(group, workings)

    def counted(key: str, condition: str) -> str:
        return f'COUNTIFS({picked},{workings.range(key)},"{condition}")'

    def averaged(key: str) -> str:
        return f'IFERROR(AVERAGEIFS({workings.range(key)},{picked}),"")'

    levels, good, given = table.framework.levels, table.framework.good, cells["given"]
    return {
        **{key: averaged(key) for key in ("current", "target", "gap", "last", "movement")},
        "share": f'IF({given}=0,"",{counted("current", f">={good}")}/{given})',
        "basis": joined(wording.BASIS, given=given, behaviours=cells["behaviours"]),
        **{_at(level): counted("current", str(level.number)) for level in levels},
        "answered": counted("answered", "1"),
        "given": counted("current", ">0"),
        "targets": counted("target", ">0"),
        "gaps": counted("gap", f">{-len(levels)}"),
    }


def values(group: Group, workings: Workings) -> dict[str, Value]:
    """What the formulas of a group's row give at present."""
    score, framework = workings.score(group.behaviours), workings.order.framework
    held = {
        key: [float(value) for row in group.behaviours if (value := workings.present[row.code][key]) != ""]
        for key in ("current", "last", "movement")
    }
    good = [level >= framework.good for level in held["current"]] if framework.good else []
    shown = {"current": score.current, "target": score.target, "gap": score.gap, "share": mean(good)}
    shown |= {key: mean(held[key]) for key in ("last", "movement")}
    return {
        "name": group.name,
        **{key: "" if value is None else value for key, value in shown.items()},
        "basis": wording.BASIS.format(given=score.applicable, behaviours=score.behaviours),
        **{_at(level): held["current"].count(level.number) for level in framework.levels},
        "behaviours": score.behaviours,
        "answered": score.answered,
        "given": score.applicable,
        "targets": score.targets,
        "gaps": score.gaps,
    }


# --- What leads


def _leaders(table: SummaryTable) -> str:
    """A formula that says which key area is highest and which furthest from its target."""
    names, current, gap = (_range(table.areas(key)) for key in ("name", "current", "gap"))
    words = wording.HIGHEST, wording.FURTHEST
    highest, furthest = (
        _leader(names, cells, *text) for cells, text in zip((current, gap), words, strict=True)
    )
    nothing, no_target, none_below = (f'"{text}"' for text in wording.NO_LEADER)
    behind = f"IF(COUNT({gap})=0,{no_target},IF(MAX({gap})<=0,{none_below},{furthest}))"
    return f"IF(COUNT({current})=0,{nothing},{highest}&{behind})"


def _range(cells: charts.Range) -> str:
    _, col, first, last = cells
    return f"{cell_name(first, col, absolute=True)}:{cell_name(last, col, absolute=True)}"


def _leader(names: str, cells: str, before: str, after: str) -> str:
    most = f"MAX({cells})"
    others = f'IF(COUNTIF({cells},{most})>1,"{wording.AND}"&COUNTIF({cells},{most})-1&"{wording.MORE}","")'
    name = f"INDEX({names},MATCH({most},{cells},0))"
    return f'"{before}"&{name}&{others}&", "&FIXED({most},1)&"{after}"'


def leading(table: SummaryTable, workings: Workings) -> str:
    """What that sentence says at present."""
    areas = [(group.name, workings.score(group.behaviours)) for group in table.groups if group.key == "area"]
    nothing, no_target, none_below = wording.NO_LEADER
    highest = {name: score.current for name, score in areas if score.current is not None}
    furthest = {name: score.gap for name, score in areas if score.gap is not None}
    if not highest:
        return nothing
    first = _led(highest, *wording.HIGHEST)
    if not furthest:
        return first + no_target
    return first + (_led(furthest, *wording.FURTHEST) if max(furthest.values()) > 0 else none_below)


def _led(values: dict[str, float], before: str, after: str) -> str:
    most = max(values.values())
    first, *others = (name for name, value in values.items() if value == most)
    more = f"{wording.AND}{len(others)}{wording.MORE}" if others else ""
    return f"{before}{first}{more}, {one_decimal(most)}{after}"


# --- Charts


def _key(framework: Framework) -> str:
    levels = ", ".join(level.label for level in framework.levels)
    return wording.LEVELS_KEY.format(levels=levels)


def levels_chart(draft: Draft, table: SummaryTable, legend: str = "bottom") -> Any:
    """A chart of how many behaviours of each key area are at each level."""
    series = [(level.label, table.areas(_at(level))) for level in table.framework.levels]
    most = max(len(area.behaviours) for area in table.framework.areas)
    names = table.areas("name")
    return charts.level_counts(draft.book, wording.LEVELS_TITLE, names, series, most, legend=legend)


def _add_charts(draft: Draft, sheet: Sheet, table: SummaryTable, row: int) -> None:
    """The bars of levels beside the results, the others side by side in one row below them."""
    book, framework, names = draft.book, draft.framework, table.areas("name")
    bars = levels_chart(draft, table)
    pair = table.areas("current"), table.areas("target")
    both = charts.current_and_target(book, wording.BOTH_TITLE, names, pair, framework)
    gaps = charts.gaps(book, wording.GAPS_TITLE, names, table.areas("gap"), framework)
    right, widths = table.chart_column, table.widths()
    beside = _pixels(_heading_height(table) + _ROW_HEIGHT * len(table.groups))
    for at, col, width, height, chart, text in (
        (HEADING_ROW, right, widths[right], beside, bars, wording.LEVELS_TEXT),
        (row, 0, sum(widths[:right]), _CHART_HEIGHT, both, wording.BOTH_TEXT),
        (row, right, widths[right], _CHART_HEIGHT, gaps, wording.GAPS_TEXT),
    ):
        sheet.chart(at, col, chart, width=width - _MARGIN, height=height, description=text)
    sheet.height(row, (_CHART_HEIGHT + _MARGIN) * 72 / 96)
    sheet.raw.print_area(0, 0, row, right)


def _pixels(points: float) -> int:
    return round(points * 96 / 72)

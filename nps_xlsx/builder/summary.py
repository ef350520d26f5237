"""The Summary sheet: averages by key area, theme and overall, in formulas, and two charts."""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Workings
from nps_xlsx.excel import charts
from nps_xlsx.excel.book import Sheet
from nps_xlsx.excel.textfit import name_width
from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.scores import mean, nearest_level
from nps_xlsx.workbook import layout, wording

_WIDTHS = (300, 112, 100, 100, 110, 124, 104, 110, 100, 104)
_COLUMNS = tuple(zip(wording.SUMMARY_HEADINGS, _WIDTHS, strict=True))
_MOVEMENT_COLUMNS = tuple((heading, 116) for heading in wording.MOVEMENT_HEADINGS)
_CURRENT, _NEAREST, _TARGET, _GAP = 4, 5, 7, 9
_HEADING_ROW = 3
_FIRST_ROW = 4


@dataclass(frozen=True, slots=True)
class _Group:
    """A row of the table: some behaviours, and how a formula selects them."""

    name: str
    behaviours: tuple[Behaviour, ...]
    key: str = ""
    value: str = ""


def write_summary(draft: Draft) -> None:
    """Write the Summary sheet."""
    order, workings = draft.order, draft.workings
    moves = order.previous is not None
    columns = (*_COLUMNS, *(_MOVEMENT_COLUMNS if moves else ()))
    widths = [width for _, width in columns]
    widths[_NEAREST] = name_width(order.framework, widths[_NEAREST])
    sheet = draft.sheet(layout.SUMMARY, tuple(widths))
    draft.links(sheet, 5, 7, layout.PLAN)
    note = wording.SUMMARY_NOTE.format(left_out=wording.left_out(order.framework))
    sheet.text(2, 0, note + (wording.MOVEMENT_NOTE if moves else ""), "note")
    sheet.texts(_HEADING_ROW, 0, [heading for heading, _ in columns], "heading")
    sheet.height(_HEADING_ROW, 34)
    groups = _groups(order)
    for row, group in enumerate(groups, start=_FIRST_ROW):
        _write_group(sheet, row, group, workings)
        if moves:
            _write_movement(sheet, row, group, workings)
    end = _FIRST_ROW + len(groups)
    sheet.mark_headings(_HEADING_ROW, 0, end - 1, len(columns) - 1)
    sheet.text(end, 0, _key(order.framework), "note")
    draft.foot(sheet, end + 1, layout.SUMMARY_STAMP)
    _add_charts(draft, sheet, end + 4)
    sheet.raw.freeze_panes(_FIRST_ROW, 1)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.page(portrait=True)
    sheet.raw.fit_to_pages(1, 1)  # the table and its charts belong on one page
    sheet.protect()


def _groups(order: Order) -> list[_Group]:
    framework = order.framework
    groups = [_Group(area.sheet, area.behaviours, "area", area.code) for area in framework.areas]
    if framework.is_part:  # a theme that is only partly asked has no average of its own
        return [*groups, _Group(wording.ALL_ASKED, framework.behaviours)]
    # By number: a criterion takes only 255 characters, and "*", "?" and "<" have a meaning in it.
    for number, theme in enumerate(framework.themes, start=1):
        behaviours = tuple(row for area in theme.key_areas for row in area.behaviours)
        groups.append(_Group(wording.THEME.format(name=theme.name), behaviours, "theme", str(number)))
    return [*groups, _Group(wording.ALL_BEHAVIOURS, framework.behaviours)]


def _picked(group: _Group, workings: Workings) -> str:
    picked = f"{workings.range('scored')},1"
    return f'{picked},{workings.range(group.key)},"{group.value}"' if group.key else picked


def _names(group: _Group) -> tuple[str, ...]:
    return ("box", "middle") if group.key == "area" else ("box", "middle", "band", "bold")


def _write_group(sheet: Sheet, row: int, group: _Group, workings: Workings) -> None:
    score, picked, names = workings.score(group.behaviours), _picked(group, workings), _names(group)

    def counted(key: str, condition: str) -> str:
        return f'COUNTIFS({picked},{workings.range(key)},"{condition}")'

    def averaged(key: str) -> str:
        return f'IFERROR(AVERAGEIFS({workings.range(key)},{picked}),"")'

    current = cell_name(row, _CURRENT)
    level = f'IF({current}="","",INDEX({layout.LEVEL_NAMES_NAME},ROUNDUP({current}-0.5,0)))'
    any_gap = -len(workings.order.framework.levels)
    sheet.text(row, 0, group.name, *names)
    sheet.number(row, 1, len(group.behaviours), *names, "count")
    sheet.formula(row, 2, counted("answered", "1"), score.answered, *names, "count")
    sheet.formula(row, 3, counted("current", ">0"), score.applicable, *names, "count")
    sheet.formula(row, _CURRENT, averaged("current"), _shown(score.current), *names, "mean")
    sheet.formula(row, _NEAREST, level, _level_name(workings, score.current), *names)
    sheet.formula(row, 6, counted("target", ">0"), score.targets, *names, "count")
    sheet.formula(row, _TARGET, averaged("target"), _shown(score.target), *names, "mean")
    sheet.formula(row, 8, counted("gap", f">{any_gap}"), score.gaps, *names, "count")
    sheet.formula(row, _GAP, averaged("gap"), _shown(score.gap), *names, "gap")
    sheet.height(row, 20)


def _write_movement(sheet: Sheet, row: int, group: _Group, workings: Workings) -> None:
    for col, (key, style) in enumerate((("last", "mean"), ("movement", "gap")), start=len(_COLUMNS)):
        present = [workings.present[behaviour.code][key] for behaviour in group.behaviours]
        value = mean([float(figure) for figure in present if figure != ""])
        formula = f'IFERROR(AVERAGEIFS({workings.range(key)},{_picked(group, workings)}),"")'
        sheet.formula(row, col, formula, _shown(value), *_names(group), style)


def _shown(value: float | None) -> float | str:
    return "" if value is None else value


def _level_name(workings: Workings, value: float | None) -> str:
    return "" if value is None else workings.order.framework.level(nearest_level(value)).name


# --- Charts -----------------------------------------------------------------------


def _key(framework: Framework) -> str:
    levels = ", ".join(level.label for level in framework.levels)
    return wording.LEVELS_KEY.format(levels=levels)


def _add_charts(draft: Draft, sheet: Sheet, row: int) -> None:
    areas = len(draft.order.sheets)
    names, current, target, gap = (
        (layout.SUMMARY, col, _FIRST_ROW, _FIRST_ROW + areas - 1) for col in (0, _CURRENT, _TARGET, _GAP)
    )
    if areas >= charts.LEAST_AREAS:
        lines = [charts.Line("Current", "current", current), charts.Line("Target", "target", target)]
        title = "Current and target levels by key area"
        chart = charts.radar(draft.book, title, names, lines, draft.framework)
        sheet.chart(row, 0, chart, width=980, height=540, description=wording.RADAR_TEXT)
        sheet.text(row + 28, 0, wording.RADAR_NOTE, "note")
        row += 30
    chart = charts.gaps(draft.book, "Gap between target and current level by key area", names, gap)
    sheet.chart(row, 0, chart, width=980, height=380, description=wording.GAPS_TEXT)

"""The Summary sheet: averages by key area, theme and overall, in formulas, and a radar chart."""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx import layout, styles
from nps_xlsx.book import Book, Sheet
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.workings import Workings
from nps_xlsx.model import Behaviour
from nps_xlsx.scores import nearest_level

_HEADINGS = (
    "Key area",
    "Behaviours",
    "Answered",
    "With a level",
    "Current, average",
    "Nearest level",
    "Target, average",
    "Gap, average",
)
_WIDTHS = (300, 110, 110, 110, 110, 130, 110, 110)
_HEADING_ROW = 3
_FIRST_ROW = 4
_NOTE = (
    "Averages are over the behaviours answered with a level; blank rows, Not applicable and the "
    "high-level principles are left out. The gap is averaged over behaviours with both levels."
)


@dataclass(frozen=True, slots=True)
class _Group:
    """A row of the table: some behaviours, and how a formula picks them out."""

    name: str
    behaviours: tuple[Behaviour, ...]
    key: str = ""
    value: str = ""


def write_summary(book: Book, order: Order, workings: Workings) -> None:
    """Write the Summary sheet."""
    sheet = book.sheet(layout.SUMMARY)
    sheet.widths(*_WIDTHS)
    sheet.text(0, 0, "Summary", "title")
    sheet.height(0, 30)
    sheet.text(1, 0, str(order.stamp(layout.SUMMARY_STAMP)), "stamp")
    sheet.text(2, 0, _NOTE, "note")
    sheet.texts(_HEADING_ROW, 0, _HEADINGS, "heading")
    sheet.height(_HEADING_ROW, 34)
    groups = _groups(order)
    for row, group in enumerate(groups, start=_FIRST_ROW):
        _write_group(sheet, row, group, workings)
    end = _FIRST_ROW + len(groups)
    sheet.link(1, 4, f"'{layout.START}'!A1", "Back to Start here")
    areas = len(order.sheets)
    _add_radar(book, sheet, end + 1, _FIRST_ROW + areas - 1, len(order.framework.levels))
    sheet.raw.freeze_panes(_FIRST_ROW, 1)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.page(portrait=True)
    sheet.raw.fit_to_pages(1, 1)  # the table and its chart belong on one page
    sheet.protect()


def _groups(order: Order) -> list[_Group]:
    framework = order.framework
    groups = [_Group(area.sheet, area.behaviours, "area", area.code) for area in framework.areas]
    for theme in framework.themes:
        behaviours = tuple(row for area in theme.key_areas for row in area.behaviours)
        groups.append(_Group(f"Theme: {theme.name}", behaviours, "theme", theme.name))
    return [*groups, _Group("All behaviours", framework.behaviours)]


def _write_group(sheet: Sheet, row: int, group: _Group, workings: Workings) -> None:
    found = workings.score(group.behaviours)
    names = ("box", "middle") if group.key == "area" else ("box", "middle", "band", "bold")
    picked = f"{workings.range('scored')},1"
    if group.key:
        picked += f',{workings.range(group.key)},"{group.value}"'

    def mean_of(key: str) -> str:
        return f'IFERROR(AVERAGEIFS({workings.range(key)},{picked}),"")'

    count = len(group.behaviours)
    answered = found.behaviours - found.answered
    sheet.text(row, 0, group.name, *names)
    sheet.number(row, 1, count, *names, "count")
    unanswered = f"SUMIFS({workings.range('unanswered')},{picked})"
    sheet.formula(row, 2, f"{count}-{unanswered}", count - answered, *names, "count")
    numbers = f'COUNTIFS({picked},{workings.range("current")},">0")'
    sheet.formula(row, 3, numbers, found.applicable, *names, "count")
    sheet.formula(row, 4, mean_of("current"), _shown(found.current), *names, "mean")
    current = layout.cell_name(row, 4)
    level = f'IF({current}="","",INDEX({layout.LEVEL_NAMES_NAME},ROUNDUP({current}-0.5,0)))'
    sheet.formula(row, 5, level, _level_name(workings, found.current), *names)
    sheet.formula(row, 6, mean_of("target"), _shown(found.target), *names, "mean")
    sheet.formula(row, 7, mean_of("gap"), _shown(found.gap), *names, "gap")
    sheet.height(row, 20)


def _shown(mean: float | None) -> float | str:
    return "" if mean is None else mean


def _level_name(workings: Workings, mean: float | None) -> str:
    return "" if mean is None else workings.order.framework.level(nearest_level(mean)).name


def _add_radar(book: Book, sheet: Sheet, row: int, last: int, levels: int) -> None:
    chart = book.raw.add_chart({"type": "radar", "subtype": "with_markers"})
    for name, col, colour, dash in (
        ("Current", 4, styles.CURRENT_COLOUR, "solid"),
        ("Target", 6, styles.TARGET_COLOUR, "dash"),
    ):
        chart.add_series(
            {
                "name": name,
                "categories": [layout.SUMMARY, _FIRST_ROW, 0, last, 0],
                "values": [layout.SUMMARY, _FIRST_ROW, col, last, col],
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
                "marker": {
                    "type": "circle",
                    "size": 6,
                    "fill": {"color": colour},
                    "border": {"color": colour},
                },
            }
        )
    font = {"name": styles.FONT, "size": 9, "color": styles.INK}
    title = {"name": styles.FONT, "size": 13, "bold": True, "color": styles.ACCENT}
    chart.set_title({"name": "Current and target levels by key area", "name_font": title, "overlay": False})
    chart.set_y_axis(
        {
            "min": 0,
            "max": levels,
            "major_unit": 1,
            "num_font": font,
            "major_gridlines": {"visible": True, "line": {"color": styles.RULE}},
        }
    )
    chart.set_x_axis({"num_font": font})
    chart.set_legend({"position": "bottom", "font": font})
    description = (
        "Radar chart: the average current level and the average target level of each key area, from 1 "
        "to 5. The figures are in the table above. A key area without answers stands at the centre."
    )
    sheet.chart(row, 0, chart, width=960, height=560, description=description)

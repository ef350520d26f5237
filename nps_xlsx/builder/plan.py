"""The Action plan sheet: one row per level still to be reached, in formulas.

Behaviours with a gap are in order of priority, then gap, then value code, each with a row
per level up to its target, so that no row can grow beyond the text of one level.
"""

from __future__ import annotations

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.workings import Step, Value, Workings
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording

_COLUMNS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ref", 70, ("indented",)),
    ("area_name", 150, ("wrap", "small", "indented")),
    ("behaviour", 160, ("wrap", "bold", "indented")),
    ("current", 116, ("indented",)),
    ("target", 116, ("indented",)),
    ("step", 124, ("bold", "indented")),
    ("asks", 500, ("wrap", "small", "indented")),
    ("suggested", 620, ("wrap", "small", "indented")),
    ("actions", 300, ("wrap", "small", "indented")),
    ("owner", 130, ("wrap", "small", "indented")),
    ("due_date", 130, ("date", "small", "indented")),
    ("priority", 86, ("indented",)),
)
"""Figure, width in pixels, styles."""

_OWN = ("actions", "owner", "due_date", "priority")
"""What the council wrote: shown only beside the first of a behaviour's levels."""

_LEVELS = ("current", "target", "step")
_HEADING_ROW = 3
_FIRST_ROW = 4
_INDEX_COLUMN, _LEVEL_COLUMN = len(_COLUMNS), len(_COLUMNS) + 1


def write_plan(draft: Draft) -> None:
    """Write the Action plan sheet."""
    workings, framework = draft.workings, draft.framework
    columns = _columns(framework)
    sheet = draft.sheet(layout.PLAN, tuple(width for _, width, _ in columns))
    draft.links(sheet, 6, 7, layout.CHECK)
    note = wording.plan_note(framework)
    empty = f"IF(COUNT({workings.range('sort')})=0,{literal(wording.PLAN_EMPTY)},{literal(note)})"
    sheet.formula(2, 0, empty, note if workings.steps else wording.PLAN_EMPTY, "note")
    sheet.texts(_HEADING_ROW, 0, [wording.PLAN_HEADINGS[key] for key, _, _ in columns], "heading")
    sheet.height(_HEADING_ROW, 34)
    count = len(framework.behaviours) * (len(framework.levels) - 1)
    blank_height = _usual_height(workings)
    for number in range(1, count + 1):
        step = workings.steps[number - 1] if number <= len(workings.steps) else None
        _write_row(sheet, workings, number, step)
        sheet.height(_FIRST_ROW + number - 1, _height(workings, step) if step else blank_height)
    last = _FIRST_ROW + max(count, 1) - 1
    draft.foot(sheet, last + 1, layout.PLAN_STAMP)
    _add_rules(draft, sheet, last, len(columns))
    sheet.raw.set_column(_INDEX_COLUMN, _LEVEL_COLUMN, None, None, {"hidden": True})
    sheet.mark_headings(_HEADING_ROW, 0, last, len(columns) - 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 3)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.page(repeat_row=_HEADING_ROW, a3=True)
    sheet.protect()


def _columns(framework: Framework) -> list[tuple[str, int, tuple[str, ...]]]:
    """The columns of the table: without suggestions if the framework has none."""
    return [
        (key, level_width(framework, width) if key in _LEVELS else width, names)
        for key, width, names in _COLUMNS
        if key != "suggested" or framework.has_suggestions
    ]


def _write_row(sheet: Sheet, workings: Workings, number: int, step: Step | None) -> None:
    row = _FIRST_ROW + number - 1
    index, level = (cell_name(row, col) for col in (_INDEX_COLUMN, _LEVEL_COLUMN))
    first, end = workings.range("first"), workings.range("end")
    # Both bounds are empty texts if there is no gap, and to Excel a text is greater than any number.
    matched = f"SUMPRODUCT(({first}<={number})*({end}>={number})*ISNUMBER({first})*(ROW({first})-1))"
    codes = [behaviour.code for behaviour in workings.rows]
    sheet.formula(row, _INDEX_COLUMN, matched, codes.index(step.row.code) + 1 if step else 0)
    current = f"INDEX({workings.range('current')},{index})"
    to_reach = f'IF({index}=0,"",{current}+{number}-INDEX({first},{index})+1)'
    sheet.formula(row, _LEVEL_COLUMN, to_reach, step.level if step else "")
    present = _present(workings, step)
    for col, (key, _, names) in enumerate(_columns(workings.order.framework)):
        formula = f'IF({index}=0,"",{_formula(workings, key, index, level)})'
        sheet.formula(row, col, formula, present[key], *names)


def _formula(workings: Workings, key: str, index: str, level: str) -> str:
    texts = workings.texts
    descriptors = [text for text in texts if not text.startswith("to_")]
    if key == "step":
        return f"INDEX({layout.LEVELS_NAME},{level})"
    if key == "asks":
        return f"INDEX({workings.range(descriptors[0], descriptors[-1])},{index},{level})"
    if key == "suggested":
        suggested = texts[len(descriptors) :]
        return f"INDEX({workings.range(suggested[0], suggested[-1])},{index},{level}-1)"
    value = f"INDEX({workings.range(key)},{index})"
    if key in ("current", "target"):
        return f"INDEX({layout.LEVELS_NAME},{value})"
    if key in _OWN:
        is_first = f"{level}=INDEX({workings.range('current')},{index})+1"
        later = wording.AS_ABOVE if key == "actions" else ""
        return f'IF({is_first},{value},"{later}")'
    return value


def _present(workings: Workings, step: Step | None) -> dict[str, Value]:
    if step is None:
        return dict.fromkeys(wording.PLAN_HEADINGS, "")
    figures = dict(workings.present[step.row.code])
    for key in ("current", "target"):
        figures[key] = workings.order.framework.level(int(figures[key])).label
    if not step.is_first:
        figures |= dict.fromkeys(_OWN, "") | {"actions": wording.AS_ABOVE}
    return figures | {
        "step": workings.order.framework.level(step.level).label,
        "asks": figures[f"level_{step.level}"],
        "suggested": figures[f"to_level_{step.level}"],
    }


def _height(workings: Workings, step: Step) -> float:
    """The height of a row that is filled when the workbook is built."""
    figures, widths = workings.present[step.row.code], {key: width for key, width, _ in _COLUMNS}
    texts = [("asks", f"level_{step.level}"), ("suggested", f"to_level_{step.level}")]
    if step.is_first:
        texts += [("actions", "actions"), ("owner", "owner")]
    return max(40.0, *(text_height(str(figures[key]), widths[column]) for column, key in texts)) + 4


def _usual_height(workings: Workings) -> float:
    """The height for any level of any behaviour: a row cannot grow when a formula fills it."""
    steps = [
        Step(row, level.number, is_first=False)
        for row in workings.order.framework.behaviours
        for level in workings.order.framework.levels[1:]
    ]
    return max((_height(workings, step) for step in steps), default=0.0)


def _add_rules(draft: Draft, sheet: Sheet, last: int, columns: int) -> None:
    """Draw a line above the first row of each behaviour."""
    here, above = f"$A{_FIRST_ROW + 1}", f"$A{_FIRST_ROW}"
    line = draft.book.plain_format({"top": 1, "top_color": styles.RULE})
    begins = {"type": "formula", "criteria": f'=AND({here}<>"",{here}<>{above})', "format": line}
    sheet.rule((_FIRST_ROW, 0), (last, columns - 1), begins)

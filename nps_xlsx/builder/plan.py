"""The Action plan sheet: a row for every behaviour, in formulas, and further rows for long actions.

Behaviours with a gap come first, in order of priority, then gap, then value code; those with actions
only, and those without either, follow.  So all rows are filled that are printed, whatever was
answered: LibreOffice takes no print area that is a formula.
"""

from __future__ import annotations

from nps_xlsx.builder import continued
from nps_xlsx.builder.continued import Row
from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.workings import Value, Workings
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet, joined, literal
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Framework
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.rules import in_plan

_SMALL = ("wrap", "small", "indented")
_COLUMNS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("priority", 66, ("small", "indented")),
    ("ref", 64, ("small", "bold", "indented")),
    ("behaviour", 120, (*_SMALL, "bold")),
    ("from", 94, _SMALL),
    ("to", 94, _SMALL),
    ("actions", continued.WIDTH, _SMALL),
    ("owner", 104, _SMALL),
    ("due_date", 104, ("date", "small", "indented")),
    ("status", 80, _SMALL),
    ("review_date", 104, ("date", "small", "indented")),
    ("objective", 162, _SMALL),
    ("reach_by", 104, ("date", "small", "indented")),
    ("asks", 940, _SMALL),
    ("suggested", 880, _SMALL),
)
"""Figure, width in pixels, styles.

What stands before the next level's requirements prints on one page of A4 landscape at 75 per cent.
The others are so wide, for those who write actions on a screen, that rows can be low.
"""

_PRINTED = 12
_ZOOM = 85
LEAD_ROW, _NOTE_ROW, _HEADING_ROW, _FIRST_ROW = 2, 3, 4, 5
_ONCE = ("objective", "reach_by", "asks", "suggested")
"""What stands in the first row of a behaviour only; the rest is repeated, for whoever sorts or filters."""
_HELD = {"text": "whole", "size": "room", "count": "pieces"}
"""The figures of a row's actions: the text, the size of its pieces and their number."""


def write_plan(draft: Draft) -> None:
    """Write the Action plan sheet."""
    workings, framework = draft.workings, draft.framework
    columns = _columns(framework)
    widths = tuple(width for _, width, _ in columns)
    sheet = draft.sheet(layout.PLAN, widths, draft.titled(layout.PLAN))
    draft.links(sheet, 5, 6, layout.COMMITTEE)
    rows = _rows(workings)
    _write_head(sheet, workings, len(rows))
    sheet.texts(_HEADING_ROW, 0, [wording.PLAN_HEADINGS[key] for key, _, _ in columns], "heading", "top")
    sheet.height(_HEADING_ROW, 34)
    count = len(framework.behaviours)
    last = _FIRST_ROW + count + continued.SPARE - 1
    usual = _usual_height(workings)
    for number in range(1, count + continued.SPARE + 1):
        row = rows[number - 1] if number <= len(rows) else None
        _write_row(sheet, workings, number, row)
        sheet.height(_FIRST_ROW + number - 1, max(usual, _height(workings, row) if row else 0))
    draft.foot(sheet, last + 1, layout.PLAN_STAMP)
    _add_rules(draft, sheet, last, len(columns))
    first_helper = len(columns)
    sheet.raw.set_column(first_helper, first_helper + len(continued.KEYS) - 1, None, None, {"hidden": True})
    sheet.filter(_HEADING_ROW, 0, last, len(columns) - 1)
    sheet.mark_headings(_HEADING_ROW, 0, last, len(columns) - 1)
    sheet.raw.freeze_panes(_FIRST_ROW, 3)
    sheet.raw.set_selection(_FIRST_ROW, 0, _FIRST_ROW, 0)
    sheet.raw.set_zoom(_ZOOM)
    sheet.page(repeat_row=_HEADING_ROW)
    sheet.raw.set_margins(left=0.2, right=0.2, top=0.4, bottom=0.5)
    sheet.raw.print_area(0, 0, _FIRST_ROW + count - 1, _PRINTED - 1)
    sheet.protect()


def _columns(framework: Framework) -> list[tuple[str, int, tuple[str, ...]]]:
    """The columns of the table: without suggestions if the framework has none."""
    return [
        (key, level_width(framework, width, styles.SMALL_SIZE) if key in ("from", "to") else width, names)
        for key, width, names in _COLUMNS
        if key != "suggested" or framework.has_suggestions
    ]


def _rows(workings: Workings) -> list[Row]:
    """The rows that are filled at present, in order, each with its behaviour's place on the hidden sheet."""
    places = {behaviour.code: at for at, behaviour in enumerate(workings.rows, start=1)}
    ordered = in_plan(workings.order.framework, workings.order.answers)
    texts = ((places[row.code], str(workings.present[row.code]["whole"])) for row in ordered)
    return continued.rows((at, continued.pieces(text)) for at, text in texts)


# --- What stands above the table


def _write_head(sheet: Sheet, workings: Workings, used: int) -> None:
    """Two sentences: how far the plan is, and what it holds or that not all of it is printed."""
    sort, actions, status = (workings.range(key) for key in ("sort", "whole", "status"))
    figures = {
        "below": f"COUNT({sort})",
        "count": str(len(workings.order.framework.behaviours)),
        "acting": f"SUMPRODUCT(ISNUMBER({sort})*(LEN({actions})>0))",
        "done": f'COUNTIFS({sort},">0",{status},"{layout.STATUSES[-1]}")',
    }
    formula = f"IF(COUNT({sort})=0,{literal(wording.PLAN_EMPTY)},{joined(wording.PLAN_LEAD, **figures)})"
    sheet.formula(LEAD_ROW, 0, formula, lead(workings), "bold", "middle")
    note = wording.plan_note(workings.order.framework)
    most, count = f"MAX({workings.range('end')})", len(workings.order.framework.behaviours)
    shown_at_most = count + continued.SPARE
    long = joined(wording.PLAN_LONG, used=most, count=str(count), most=str(shown_at_most))
    long_now = wording.PLAN_LONG.format(used=used, count=count, most=shown_at_most)
    shown = note if used <= count else long_now
    sheet.formula(_NOTE_ROW, 0, f"IF({most}<={count},{literal(note)},{long})", shown, "note")


def lead(workings: Workings) -> str:
    """What the sentence above the plan says at present."""
    below = [figures for figures in workings.present.values() if figures["sort"] != ""]
    acting = [figures for figures in below if figures["whole"] != ""]
    done = [figures for figures in below if figures["status"] == layout.STATUSES[-1]]
    words = wording.PLAN_LEAD.format(
        below=len(below), count=len(workings.order.framework.behaviours), acting=len(acting), done=len(done)
    )
    return words if below else wording.PLAN_EMPTY


# --- The rows


def _write_row(sheet: Sheet, workings: Workings, number: int, filled: Row | None) -> None:
    row, columns = _FIRST_ROW + number - 1, _columns(workings.order.framework)
    cells = {key: cell_name(row, len(columns) + at) for at, key in enumerate(continued.KEYS)}
    above = cell_name(row - 1, len(columns) + continued.KEYS.index("end"))
    held = {key: f"INDEX({workings.range(figure)},{cells['index']})" for key, figure in _HELD.items()}
    held |= {"first": workings.range("first"), "last": workings.range("end")}
    helpers, known = continued.formulas(number, cells, above, held), continued.knows(filled)
    for at, key in enumerate(continued.KEYS):
        sheet.formula(row, len(columns) + at, helpers[key], known[key])
    present, formulas = _present(workings, filled), workings.next_level(cells["index"])
    formulas["actions"] = continued.shown_formula(cells, held)
    for col, (key, _, names) in enumerate(columns):
        formula = formulas.get(key) or f"INDEX({workings.range(key)},{cells['index']})"
        once = f'IF({cells["piece"]}>1,"",{formula})' if key in _ONCE else formula
        sheet.formula(row, col, f'IF({cells["index"]}=0,"",{once})', present[key], *names)


def _present(workings: Workings, filled: Row | None) -> dict[str, Value]:
    """What a row shows at present."""
    if filled is None:
        return dict.fromkeys(wording.PLAN_HEADINGS, "")
    behaviour = workings.rows[filled.index - 1]
    figures = workings.present[behaviour.code] | workings.present_next_level(behaviour)
    return figures | {"actions": filled.shown} | (dict.fromkeys(_ONCE, "") if filled.piece > 1 else {})


# --- Heights and lines


def _height(workings: Workings, row: Row) -> float:
    """The height that a row needs which is filled when the workbook is built."""
    owner = str(workings.present[workings.rows[row.index - 1].code]["owner"])
    widths = {key: width for key, width, _ in _COLUMNS}
    return text_height(owner, widths["owner"] - styles.INDENT_PIXELS) + 4


def _usual_height(workings: Workings) -> float:
    """The height for any level of any behaviour: a row cannot grow when a formula fills it."""
    widths = {key: width - styles.INDENT_PIXELS for key, width, _ in _COLUMNS}
    heights = [text_height("\n" * (continued.LINES - 1), continued.WIDTH)]
    for figures in (workings.present[row.code] for row in workings.order.framework.behaviours):
        for level in workings.order.framework.levels[1:]:
            asked = f"{level.label}: {figures[f'level_{level.number}']}"
            heights.append(text_height(asked, widths["asks"]))
            heights.append(text_height(str(figures[f"to_level_{level.number}"]), widths["suggested"]))
    return max(heights)


def _add_rules(draft: Draft, sheet: Sheet, last: int, columns: int) -> None:
    """Draw a line above the first row of each behaviour."""
    here, above = f"$B{_FIRST_ROW + 1}", f"$B{_FIRST_ROW}"
    line = draft.book.plain_format({"top": 1, "top_color": styles.RULE})
    begins = {"type": "formula", "criteria": f'=AND({here}<>"",{here}<>{above})', "format": line}
    sheet.rule((_FIRST_ROW, 0), (last, columns - 1), begins)

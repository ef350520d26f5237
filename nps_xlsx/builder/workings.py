"""The hidden sheet: the dropdowns' lists, and the figures that the live sheets draw on.

Every formula here uses only functions that Excel 2016, LibreOffice 7.4 and Google Sheets
share, and is written with its present result, since Excel shows that, and computes
nothing, while a workbook stands in Protected View.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from nps_xlsx import layout
from nps_xlsx.book import Book, Sheet
from nps_xlsx.builder.order import Order
from nps_xlsx.layout import LISTS, AssessmentSheet
from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour
from nps_xlsx.scores import Score, score

Value = float | str

_FIRST_ROW = 1
_FIRST_COLUMN = 6

_CONSTANTS = ("ref", "area", "area_name", "theme", "behaviour", "scored", "value_code")
_COUNTS = ("unanswered", "no_reason", "below", "lone_target", "no_owner")
"""The kinds of outstanding thing that Check before sending counts; 1 in a row that has it."""

_FIGURES = (
    *("current", "target", "not_applicable", "answered", "gap", "weight", "sort", "rank"),
    *("next_level", "actions", "owner", "due_date", "priority"),
    *_COUNTS,
)
_COLUMNS = (*_CONSTANTS, *_FIGURES)


class Workings:
    """One row of figures a behaviour, on the hidden sheet, and references to them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.rows = order.framework.rows
        self._sheet_of = {row.code: sheet for sheet in order.sheets for row in sheet.area.rows}
        self._answers = {answer.ref: answer for answer in order.answers}
        self.ranked = self._rank()
        """The codes of the rows with a gap to close: by priority, then gap, then value code."""
        self.present = {row.code: self._present(row) for row in self.rows}
        """What every figure is at present, by code and figure."""

    # --- References, and what stands there now

    def range(self, key: str) -> str:
        """All cells of one figure, as a formula names them."""
        last = _FIRST_ROW + len(self.rows) - 1
        first_cell = self._cell(key, 0)
        return f"{LISTS}!{first_cell}:{layout.cell_name(last, self._column(key), absolute=True)}"

    def sum(self, key: str, area: str) -> str:
        """A formula that adds up a figure over an area; over everything where ``area`` is empty."""
        if not area:
            return f"SUM({self.range(key)})"
        return f'SUMIFS({self.range(key)},{self.range("area")},"{area}")'

    def answer(self, code: str) -> Answer:
        """The answer that the workbook is filled with; an empty one where it is blank."""
        return self._answers.get(code, Answer(code))

    def score(self, behaviours: tuple[Behaviour, ...]) -> Score:
        """What the score formulas over these behaviours give at present."""
        return score(behaviours, self._answers.values())

    def count(self, key: str, rows: tuple[Behaviour, ...]) -> int:
        """What a count's formula gives at present."""
        return sum(int(self.present[row.code][key]) for row in rows)

    def _column(self, key: str) -> int:
        return _FIRST_COLUMN + _COLUMNS.index(key)

    def _cell(self, key: str, place: int) -> str:
        return layout.cell_name(_FIRST_ROW + place, self._column(key), absolute=True)

    def _rank(self) -> list[str]:
        keys = {}
        for row in self.rows:
            gap = self.answer(row.code).gap
            if row.is_scored and gap is not None and gap > 0:
                keys[row.code] = _sort_key(row, self.answer(row.code), gap)
        return sorted(keys, key=lambda code: -keys[code])

    # --- Writing

    def write(self, book: Book) -> None:
        """Write the hidden sheet and the names of its lists."""
        sheet = book.sheet(LISTS)
        framework = self.order.framework
        labels = [level.label for level in framework.levels]
        lists = (
            (layout.LEVELS_NAME, "Levels", [*labels, layout.NOT_APPLICABLE_LABEL]),
            (layout.LEVEL_NAMES_NAME, "Level names", [level.name for level in framework.levels]),
            (layout.PRIORITIES_NAME, "Priorities", list(layout.PRIORITIES)),
            (layout.YES_NO_NAME, "Yes or no", list(layout.YES_NO)),
        )
        for col, (name, heading, values) in enumerate(lists):
            sheet.text(0, col, heading, "bold")
            for place, value in enumerate(values, start=1):
                sheet.text(place, col, value)
            first = layout.cell_name(1, col, absolute=True)
            last = layout.cell_name(len(values), col, absolute=True)
            book.define_name(name, f"{LISTS}!{first}:{last}")
        sheet.texts(0, _FIRST_COLUMN, [key.replace("_", " ") for key in _COLUMNS], "bold")
        for place, row in enumerate(self.rows):
            self._write_row(sheet, place, row)
        sheet.raw.hide()
        sheet.protect()

    def _write_row(self, sheet: Sheet, place: int, row: Behaviour) -> None:
        present = self.present[row.code]
        formulas = self._formulas(place, row)
        for key in _COLUMNS:
            position = (_FIRST_ROW + place, self._column(key))
            value = present[key]
            if key in formulas:
                sheet.formula(*position, formulas[key], value)
            else:
                sheet.value(*position, value)

    def _formulas(self, place: int, row: Behaviour) -> dict[str, str]:
        sheet = self._sheet_of[row.code]

        def cell(key: str) -> str:
            return self._cell(key, place)

        formulas = _input_formulas(sheet, row, len(self.order.framework.levels), cell)
        if not row.is_scored:
            return formulas
        sort = self.range("sort").removeprefix(f"{LISTS}!")
        return formulas | {
            "unanswered": f"1-{cell('answered')}",
            "sort": (
                f'IF({cell("gap")}="","",IF({cell("gap")}>0,'
                f'{cell("weight")}*100000+{cell("gap")}*1000+999-{cell("value_code")},""))'
            ),
            "rank": f'IF({cell("sort")}="","",COUNTIF({sort},">"&{cell("sort")})+1)',
        }

    def _present(self, row: Behaviour) -> dict[str, Value]:
        area = self.order.framework.area_by_code[row.code]
        theme = self.order.framework.theme_of(area)
        answer = self.answer(row.code)
        gap = answer.gap
        rising = row.is_scored and gap is not None and gap > 0
        constants: dict[str, Value] = {
            "ref": row.code,
            "area": area.code,
            "area_name": area.name,
            "theme": theme.name if theme else "",
            "behaviour": row.name,
            "scored": int(row.is_scored),
            "value_code": row.value_code or 0,
        }
        figures: dict[str, Value] = {
            "current": answer.current if isinstance(answer.current, int) else "",
            "target": answer.target if isinstance(answer.target, int) else "",
            "not_applicable": int(answer.current == NOT_APPLICABLE),
            "answered": int(answer.is_answered),
            "gap": "" if gap is None else gap,
            "weight": _weight(answer),
            "sort": _sort_key(row, answer, gap) if rising and gap is not None else "",
            "rank": self.ranked.index(row.code) + 1 if rising else "",
            "next_level": _next_descriptor(row, answer),
            "actions": answer.actions,
            "owner": answer.owner,
            "due_date": _serial(answer.due_date) if answer.due_date else "",
            "priority": answer.priority,
        }
        return constants | figures | _outstanding(row, answer)


def _input_formulas(
    sheet: AssessmentSheet, row: Behaviour, levels: int, cell: Callable[[str], str]
) -> dict[str, str]:
    """What is read from the officer's cells, and what follows from it within the row."""
    found = {key: sheet.reference(row.code, key) for key in ("current", "target", "evidence", "actions")}
    found |= {key: sheet.reference(row.code, key) for key in ("owner", "due_date", "priority")}
    first = sheet.reference(row.code, "level_1")
    last = layout.cell_name(sheet.row(row.code), sheet.column(f"level_{levels}"), absolute=True)
    current, target = cell("current"), cell("target")
    matched = f"MATCH({found['priority']},{layout.PRIORITIES_NAME},0)"
    following = f"INDEX({first}:{last},1,{current}+1)"
    numbers = f"ISNUMBER({current}),ISNUMBER({target})"
    return {
        "current": _level_formula(found["current"], levels),
        "target": _level_formula(found["target"], levels),
        "not_applicable": f'IF(LOWER(LEFT(TRIM({found["current"]}),3))="not",1,0)',
        "answered": f"IF(OR(ISNUMBER({current}),{cell('not_applicable')}=1),1,0)",
        "gap": f'IF(AND({numbers}),{target}-{current},"")',
        "weight": f"IFERROR({len(layout.PRIORITIES) + 1}-{matched},0)",
        "next_level": f'IF(ISNUMBER({current}),IF({current}<{levels},{following},""),"")',
        **{
            key: f'IF({found[key]}="","",{found[key]})'
            for key in ("actions", "owner", "due_date", "priority")
        },
        "no_reason": f"IF(AND({cell('not_applicable')}=1,LEN(TRIM({found['evidence']}))=0),1,0)",
        "below": f'IF({cell("gap")}="",0,IF({cell("gap")}<0,1,0))',
        "lone_target": f"IF(AND(ISNUMBER({target}),{cell('answered')}=0),1,0)",
        "no_owner": f"IF(AND(LEN(TRIM({found['actions']}))>0,LEN(TRIM({found['owner']}))=0),1,0)",
    }


def _level_formula(cell: str, levels: int) -> str:
    # The first character is a level's digit: CODE gives 49 for "1", and an error for a blank.
    first = f"CODE(TRIM({cell}))"
    return f'IFERROR(IF(AND({first}>=49,{first}<={48 + levels}),{first}-48,""),"")'


def _outstanding(row: Behaviour, answer: Answer) -> dict[str, Value]:
    gap = answer.gap
    return {
        "unanswered": int(row.is_scored and not answer.is_answered),
        "no_reason": int(answer.current == NOT_APPLICABLE and not answer.evidence.strip()),
        "below": int(gap is not None and gap < 0),
        "lone_target": int(isinstance(answer.target, int) and not answer.is_answered),
        "no_owner": int(bool(answer.actions.strip()) and not answer.owner.strip()),
    }


def _weight(answer: Answer) -> int:
    names = layout.PRIORITIES
    return len(names) - names.index(answer.priority) if answer.priority in names else 0


def _sort_key(row: Behaviour, answer: Answer, gap: int) -> int:
    return _weight(answer) * 100_000 + gap * 1000 + 999 - (row.value_code or 0)


def _next_descriptor(row: Behaviour, answer: Answer) -> str:
    if isinstance(answer.current, int) and answer.current < len(row.descriptors):
        return row.descriptors[answer.current]
    return ""


def _serial(day: dt.date) -> int:
    return (day - dt.date(1899, 12, 30)).days

"""The hidden sheet: the dropdowns' lists, and the figures that the live sheets draw on.

Every formula here uses only functions that Excel 2016, LibreOffice 7.4 and Google Sheets
share.  Each is written with its present result: in Protected View, Excel shows that and
computes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from nps_xlsx.builder import continued
from nps_xlsx.builder.long_texts import Room
from nps_xlsx.builder.order import Order
from nps_xlsx.excel.book import Book, Sheet, joined
from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date
from nps_xlsx.model.scores import Score, score
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, LISTS, AssessmentSheet
from nps_xlsx.workbook.rules import (
    ACTING_FORMULA,
    DISCUSS,
    PLACE_FORMULA,
    RANK_FORMULA,
    RULES,
    STRENGTH_FORMULA,
    WEIGHT_FORMULA,
    acting,
    in_plan,
    level_formula,
    not_applicable_formula,
    place,
    rank,
    strength,
    weight,
)
from nps_xlsx.workbook.values import DAY_ZERO

Value = float | str

FIRST_ROW = 1
_FIRST_COLUMN = 9

_OWN = ("current", "target", "evidence", "actions", "discuss", *wording.LIST_OWN)
_OBJECTIVE = Room(continued.LINES, 21, wording.WHOLE_ELSEWHERE)
_NOT_ANSWERED = f'IF({{not_applicable}}=1,"{layout.NOT_APPLICABLE_LABEL}","{wording.NOT_ANSWERED}")'
_TARGET = f'IF({{gap}}=0,"{wording.AT_TARGET}",INDEX({layout.LEVELS_NAME},{{target}}))'
_NO_TARGET = f'IF(ISNUMBER({{current}}),"{wording.NO_TARGET}","")'
_FIGURES = {
    # A name that begins with "not" may be a level's own.
    "not_applicable": f"IF(ISNUMBER({{current}}),0,IF({not_applicable_formula('{own_current}')},1,0))",
    "answered": "IF(OR(ISNUMBER({current}),{not_applicable}=1),1,0)",
    "gap": 'IF(AND(ISNUMBER({current}),ISNUMBER({target})),{target}-{current},"")',
    "movement": 'IF(AND(ISNUMBER({current}),ISNUMBER({last})),{current}-{last},"")',
    "from": f"IF(ISNUMBER({{current}}),INDEX({layout.LEVELS_NAME},{{current}}),{_NOT_ANSWERED})",
    "to": f"IF(ISNUMBER({{target}}),{_TARGET},{_NO_TARGET})",
    "weight": WEIGHT_FORMULA,
    **{key: f'IF({{own_{key}}}="","",{{own_{key}}})' for key in (*wording.LIST_OWN, "reach_by")},
    "objective": _OBJECTIVE.formula("{own_objective}"),
    "whole": continued.FORMULAS["whole"],
}
"""The formulas of a row besides the rules', with the placeholders of ``workbook.rules``."""
_PLAN_FIGURES = {
    "room": continued.FORMULAS["room"],
    "pieces": continued.FORMULAS["pieces"],
    "sort": RANK_FORMULA,
    "place": PLACE_FORMULA,
    "first": 'SUMIFS({all_pieces},{all_place},">"&{place})+1',
    "end": "{first}+{pieces}-1",
    "strength": STRENGTH_FORMULA,
    "acting": ACTING_FORMULA,
    "due": 'IF(ISNUMBER({due_date}),{due_date},"")',
}
"""Further formulas of a scored row: where it stands in the action plan and on the committee page."""
_WHOLE = ("place", "pieces", "current", "area", "scored")
"""The figures of which formulas take all rows, as ``all_`` and the figure."""


class Workings:
    """One row of figures per behaviour, on the hidden sheet, and references to them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.rows = order.framework.rows
        levels = [f"level_{level.number}" for level in order.framework.levels]
        self.texts = (*levels, *(f"to_{name}" for name in levels[1:]))
        """The texts of each row: its descriptors, then the suggested actions up to each level."""
        self._columns = (
            *wording.LIST_CONSTANTS,
            *wording.LIST_FIGURES,
            *(rule.slug for rule in (*RULES, DISCUSS)),
            *(wording.REVIEW_FIGURES if order.with_review else ()),
            *self.texts,
        )
        self._sheet_of = {row.code: sheet for sheet in order.sheets for row in sheet.area.rows}
        self._first = self._firsts()
        self.present = {row.code: self._present(row) for row in self.rows}
        """The present value of every figure, by code and figure."""

    # --- References, and what stands there now

    @property
    def next_column(self) -> int:
        """The first free column of the hidden sheet."""
        return _FIRST_COLUMN + len(self._columns) + 1

    def range(self, key: str, last_key: str = "") -> str:
        """All cells of one figure (or up to another figure), as a formula names them."""
        first = cell_name(FIRST_ROW, self._column(key), absolute=True)
        last_row = FIRST_ROW + len(self.rows) - 1
        last = cell_name(last_row, self._column(last_key or key), absolute=True)
        return f"{LISTS}!{first}:{last}"

    def cell(self, key: str, code: str) -> str:
        """One row's figure, as a formula on the hidden sheet names it."""
        return self._cell(key, next(index for index, row in enumerate(self.rows) if row.code == code))

    def sheet_of(self, code: str) -> AssessmentSheet:
        """The assessment sheet with a row."""
        return self._sheet_of[code]

    def sum(self, key: str, area: str) -> str:
        """A formula that adds up a figure over an area, or over everything if ``area`` is empty."""
        if not area:
            return f"SUM({self.range(key)})"
        return f'SUMIFS({self.range(key)},{self.range("area")},"{area}")'

    def sum_scored(self, key: str, area: str) -> str:
        """The same over scored rows only, without the principles."""
        scored = f"{self.range('scored')},1"
        where = f'{self.range("area")},"{area}",{scored}' if area else scored
        return f"SUMIFS({self.range(key)},{where})"

    def score(self, behaviours: tuple[Behaviour, ...]) -> Score:
        """What the formulas for these behaviours' score give at present."""
        return score(behaviours, self.order.answers)

    def count(self, key: str, rows: Iterable[Behaviour]) -> int:
        """What the formula that counts a figure over these rows gives at present."""
        return sum(int(self.present[row.code][key]) for row in rows)

    def _column(self, key: str) -> int:
        return _FIRST_COLUMN + self._columns.index(key)

    def _cell(self, key: str, index: int) -> str:
        return cell_name(FIRST_ROW + index, self._column(key), absolute=True)

    def _firsts(self) -> dict[str, int]:
        """The first row of each behaviour in the action plan, counted from 1."""
        firsts, row = {}, 1
        for behaviour in in_plan(self.order.framework, self.order.answers):
            firsts[behaviour.code] = row
            row += len(continued.pieces(continued.flat(self.order.answers[behaviour.code].actions)))
        return firsts

    def next_level(self, index: str) -> dict[str, str]:
        """Formulas for what the next level of a row requires, and what is suggested, by the row's place."""
        count, current = len(self.order.framework.levels), f"INDEX({self.range('current')},{index})"
        descriptors, steps = (
            self.range(*self.texts[: count : count - 1]),
            self.range(self.texts[count], self.texts[-1]),
        )
        level = f"INDEX({layout.LEVELS_NAME},{current}+1)"
        asks = joined(wording.NEXT_LEVEL, level=level, text=f"INDEX({descriptors},{index},{current}+1)")
        formulas = {"asks": asks, "suggested": f'INDEX({steps},{index},{current})&""'}
        can_rise = f"AND(ISNUMBER({current}),N({current})<{count})"
        return {key: f'IF({can_rise},{formula},"")' for key, formula in formulas.items()}

    def present_next_level(self, row: Behaviour) -> dict[str, Value]:
        """What they give at present."""
        figures, framework = self.present[row.code], self.order.framework
        current = figures["current"]
        if not isinstance(current, int) or current == len(framework.levels):
            return {"asks": "", "suggested": ""}
        label, text = framework.level(current + 1).label, figures[f"level_{current + 1}"]
        asks = wording.NEXT_LEVEL.format(level=label, text=text)
        return {"asks": asks, "suggested": figures[f"to_level_{current + 1}"]}

    # --- Writing

    def write(self, book: Book) -> Sheet:
        """Write the hidden sheet and the names of its lists; others may add to it."""
        sheet = book.sheet(LISTS)
        framework = self.order.framework
        labels = [level.label for level in framework.levels]
        names = [level.name for level in framework.levels]
        digits = [str(level.number) for level in framework.levels]
        lists = (
            (layout.LEVELS_NAME, [*labels, layout.NOT_APPLICABLE_LABEL]),
            (layout.LEVEL_NAMES_NAME, names),
            (layout.PRIORITIES_NAME, list(layout.PRIORITIES)),
            (layout.YES_NO_NAME, list(layout.YES_NO)),
            (layout.LEVEL_WORDS_NAME, [*digits, *names, *labels]),
            (layout.STATUSES_NAME, list(layout.STATUSES)),
            (layout.YES_NAME, [layout.YES_NO[0]]),
        )
        sheet.texts(0, 0, wording.LIST_HEADINGS, "bold")
        for col, (name, values) in enumerate(lists):
            for row, value in enumerate(values, start=1):
                sheet.text(row, col, value)
            first = cell_name(1, col, absolute=True)
            last = cell_name(len(values), col, absolute=True)
            book.define_name(name, f"{LISTS}!{first}:{last}")
        book.define_name(layout.REFS_NAME, self.range("ref"))
        sheet.texts(0, _FIRST_COLUMN, [key.replace("_", " ") for key in self._columns], "bold")
        for index, behaviour in enumerate(self.rows):
            self._write_row(sheet, index, behaviour)
        sheet.raw.hide()
        sheet.protect()
        return sheet

    def _write_row(self, sheet: Sheet, index: int, row: Behaviour) -> None:
        formulas = self._formulas(index, row)
        for key in self._columns:
            position = (FIRST_ROW + index, self._column(key))
            value = self.present[row.code][key]
            if key in formulas:
                sheet.formula(*position, formulas[key], value)
            elif value != "":
                sheet.value(*position, value)

    def _formulas(self, index: int, row: Behaviour) -> dict[str, str]:
        sheet = self._sheet_of[row.code]
        cells = {key: self._cell(key, index) for key in self._columns}
        cells |= {f"own_{key}": sheet.reference(row.code, key) for key in _OWN}
        cells |= {f"all_{key}": self.range(key).removeprefix(f"{LISTS}!") for key in _WHOLE}
        cells |= {f"own_{key}": sheet.head_reference(key) for key in wording.LIST_HEAD}
        cells["completed"] = layout.reference(
            layout.START, *layout.detail_cell("date_completed"), absolute=True
        )
        formulas = {
            rule.slug: rule.formula for rule in (*RULES, DISCUSS) if row.is_scored or not rule.scored_only
        }
        formulas |= _FIGURES | (_PLAN_FIGURES if row.is_scored else {})
        levels = len(self.order.framework.levels)
        read = {key: level_formula(cells[f"own_{key}"], levels) for key in ("current", "target")}
        if self.order.with_review:
            read["reviewer"] = level_formula(sheet.reference(row.code, "reviewer_level"), levels)
        given = {key: f'IF({formula}=0,"",{formula})' for key, formula in read.items()}
        return given | {key: formula.format_map(cells) for key, formula in formulas.items()}

    # --- What stands there at present

    def _present(self, row: Behaviour) -> dict[str, Value]:
        framework = self.order.framework
        area = framework.area_by_code[row.code]
        theme = framework.theme_of(area)
        last = self.order.last_level(row.code)
        constants: dict[str, Value] = {
            "ref": row.code,
            "area": area.code,
            "area_name": area.sheet,
            "theme": framework.themes.index(theme) + 1 if theme else "",
            "behaviour": row.name,
            "name": wording.row_name(row),
            "row": self._sheet_of[row.code].row(row.code) + 1,
            "scored": int(row.is_scored),
            "value_code": row.value_code or 0,
            "last": last if isinstance(last, int) else "",
        }
        texts = [*row.descriptors, *(self._suggested(row, level.number) for level in framework.levels[1:])]
        return constants | self._present_figures(row) | dict(zip(self.texts, texts, strict=True))

    def _present_figures(self, row: Behaviour) -> dict[str, Value]:
        answer, last = self.order.answers[row.code], self.order.last_level(row.code)
        completed = iso_date(self.order.answers.detail("date_completed"))
        moved = isinstance(answer.current, int) and isinstance(last, int)
        return {
            "reviewer": answer.reviewer_level if isinstance(answer.reviewer_level, int) else "",
            "current": answer.current if isinstance(answer.current, int) else "",
            "target": answer.target if isinstance(answer.target, int) else "",
            "not_applicable": int(answer.current == NOT_APPLICABLE),
            "answered": int(answer.is_answered),
            "gap": "" if answer.gap is None else answer.gap,
            "movement": int(answer.current or 0) - int(last or 0) if moved else "",
            **self._present_levels(answer),
            "weight": weight(answer.priority),
            **dict.fromkeys(wording.LIST_PLAN, ""),
            **(self._present_place(row, answer) if row.is_scored else {}),
            "whole": continued.flat(answer.actions),
            "owner": answer.owner,
            "due_date": _serial(answer.due_date) if answer.due_date else answer.due_text,
            "priority": answer.priority,
            "status": answer.status,
            "review_date": _serial(answer.review_date) if answer.review_date else answer.review_text,
            **self._present_head(row),
            **{
                rule.slug: int((row.is_scored or not rule.scored_only) and rule.holds(answer, completed))
                for rule in (*RULES, DISCUSS)
            },
        }

    def _present_levels(self, answer: Answer) -> dict[str, Value]:
        """Where a behaviour is and aims, as the action plan says it."""
        framework = self.order.framework
        aim = wording.NO_TARGET if isinstance(answer.current, int) else ""
        if isinstance(answer.target, int):
            aim = wording.AT_TARGET if answer.gap == 0 else framework.level(answer.target).label
        return {"from": layout.level_label(framework, answer.current) or wording.NOT_ANSWERED, "to": aim}

    def _present_place(self, row: Behaviour, answer: Answer) -> dict[str, Value]:
        shown, first = continued.flat(answer.actions), self._first[row.code]
        area = self.order.framework.area_by_code[row.code]
        count = len(continued.pieces(shown))
        return {
            "room": continued.room(shown),
            "pieces": count,
            "sort": rank(row, answer) or "",
            "place": place(row, answer),
            "first": first,
            "end": first + count - 1,
            "strength": strength(row, answer, self.score(area.behaviours).current) or "",
            "acting": acting(row, answer) or "",
            "due": _serial(answer.due_date) if answer.due_date else "",
        }

    def _present_head(self, row: Behaviour) -> dict[str, Value]:
        area = self._sheet_of[row.code].area.code
        objective, day = (self.order.answers.head(area, key) for key in wording.LIST_HEAD)
        reached = iso_date(day)
        return {"objective": _OBJECTIVE.shown(objective), "reach_by": _serial(reached) if reached else day}

    def _suggested(self, row: Behaviour, level: int) -> str:
        return wording.listed(action.text for action in self.order.framework.suggestions_to(row.code, level))


def missing_details(order: Order) -> list[str]:
    """The keys of the council's details that are required and blank at present."""
    return [d.key for d in DETAILS if d.required and not order.answers.detail(d.key).strip()]


def _serial(day: dt.date) -> int:
    return (day - DAY_ZERO).days

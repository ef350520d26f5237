"""The hidden sheet: the dropdowns' lists, and the figures that the live sheets draw on.

Every formula here uses only functions that Excel 2016, LibreOffice 7.4 and Google Sheets
share, and is written with its present result, since Excel shows that, and computes
nothing, while a workbook stands in Protected View.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from nps_xlsx.builder.order import Order
from nps_xlsx.excel.book import Book, Sheet
from nps_xlsx.model import NOT_APPLICABLE, Answer, Behaviour
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date
from nps_xlsx.model.scores import Score, score
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import DETAILS, LISTS, AssessmentSheet

Value = float | str

FIRST_ROW = 1
_FIRST_COLUMN = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the action plan: one level to be reached by one behaviour."""

    row: Behaviour
    level: int
    is_first: bool


class Workings:
    """One row of figures a behaviour, on the hidden sheet, and references to them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.rows = order.framework.rows
        levels = [f"level_{level.number}" for level in order.framework.levels]
        self.texts = (*levels, *(f"to_{name}" for name in levels[1:]))
        """The texts of each row: its descriptors, then the suggested actions up to each level."""
        self._columns = (*wording.LIST_CONSTANTS, *wording.LIST_FIGURES, *self.texts)
        self._sheet_of = {row.code: sheet for sheet in order.sheets for row in sheet.area.rows}
        self._answers = {answer.ref: answer for answer in order.answers}
        self.steps = self._steps()
        """The rows that the action plan has at present, in order."""
        self.present = {row.code: self._present(row) for row in self.rows}
        """What every figure is at present, by code and figure."""

    # --- References, and what stands there now

    @property
    def next_column(self) -> int:
        """The first column of the hidden sheet that is free."""
        return _FIRST_COLUMN + len(self._columns) + 1

    def range(self, key: str, last_key: str = "") -> str:
        """All cells of one figure (or of the figures up to another), as a formula names them."""
        first = cell_name(FIRST_ROW, self._column(key), absolute=True)
        last_row = FIRST_ROW + len(self.rows) - 1
        last = cell_name(last_row, self._column(last_key or key), absolute=True)
        return f"{LISTS}!{first}:{last}"

    def cell(self, key: str, code: str) -> str:
        """One row's figure, as a formula on the hidden sheet names it."""
        place = next(place for place, row in enumerate(self.rows) if row.code == code)
        return self._cell(key, place)

    def sheet_of(self, code: str) -> AssessmentSheet:
        """The assessment sheet that a row stands on."""
        return self._sheet_of[code]

    def sum(self, key: str, area: str) -> str:
        """A formula that adds up a figure over an area; over everything where ``area`` is empty."""
        if not area:
            return f"SUM({self.range(key)})"
        return f'SUMIFS({self.range(key)},{self.range("area")},"{area}")'

    def sum_scored(self, key: str, area: str) -> str:
        """The same over scored rows alone, without the principles."""
        scored = f"{self.range('scored')},1"
        where = f'{self.range("area")},"{area}",{scored}' if area else scored
        return f"SUMIFS({self.range(key)},{where})"

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
        return _FIRST_COLUMN + self._columns.index(key)

    def _cell(self, key: str, place: int) -> str:
        return cell_name(FIRST_ROW + place, self._column(key), absolute=True)

    def _steps(self) -> list[Step]:
        keys = {}
        for row in self.rows:
            gap = self.answer(row.code).gap
            if row.is_scored and gap is not None and gap > 0:
                keys[row.code] = (_sort_key(row, self.answer(row.code), gap), row, gap)
        return [
            Step(row, int(self.answer(row.code).current or 0) + step, step == 1)
            for _, row, gap in sorted(keys.values(), key=lambda found: -found[0])
            for step in range(1, gap + 1)
        ]

    # --- Writing

    def write(self, book: Book) -> Sheet:
        """Write the hidden sheet and the names of its lists; others may add to it."""
        sheet = book.sheet(LISTS)
        framework = self.order.framework
        labels = [level.label for level in framework.levels]
        lists = (
            (layout.LEVELS_NAME, [*labels, layout.NOT_APPLICABLE_LABEL]),
            (layout.LEVEL_NAMES_NAME, [level.name for level in framework.levels]),
            (layout.PRIORITIES_NAME, list(layout.PRIORITIES)),
            (layout.YES_NO_NAME, list(layout.YES_NO)),
        )
        sheet.texts(0, 0, wording.LIST_HEADINGS, "bold")
        for col, (name, values) in enumerate(lists):
            for place, value in enumerate(values, start=1):
                sheet.text(place, col, value)
            first = cell_name(1, col, absolute=True)
            last = cell_name(len(values), col, absolute=True)
            book.define_name(name, f"{LISTS}!{first}:{last}")
        sheet.texts(0, _FIRST_COLUMN, [key.replace("_", " ") for key in self._columns], "bold")
        for place, row in enumerate(self.rows):
            self._write_row(sheet, place, row)
        sheet.raw.hide()
        sheet.protect()
        return sheet

    def _write_row(self, sheet: Sheet, place: int, row: Behaviour) -> None:
        present = self.present[row.code]
        formulas = self._formulas(place, row)
        for key in self._columns:
            position = (FIRST_ROW + place, self._column(key))
            value = present[key]
            if key in formulas:
                sheet.formula(*position, formulas[key], value)
            elif value != "":
                sheet.value(*position, value)

    def _formulas(self, place: int, row: Behaviour) -> dict[str, str]:
        sheet = self._sheet_of[row.code]

        def cell(key: str) -> str:
            return self._cell(key, place)

        formulas = _level_formulas(sheet, row, len(self.order.framework.levels), cell)
        formulas |= _text_formulas(sheet, row, cell)
        if not row.is_scored:
            return formulas
        sort, gap = (self.range(key).removeprefix(f"{LISTS}!") for key in ("sort", "gap"))
        return formulas | {
            "unanswered": f"1-{cell('answered')}-{cell('lone_target')}",
            "sort": (
                f'IF({cell("gap")}="","",IF({cell("gap")}>0,'
                f'{cell("weight")}*100000+{cell("gap")}*1000+999-{cell("value_code")},""))'
            ),
            "first": f'IF({cell("sort")}="","",SUMIFS({gap},{sort},">"&{cell("sort")})+1)',
            "end": f'IF({cell("sort")}="","",{cell("first")}+{cell("gap")}-1)',
        }

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
            "scored": int(row.is_scored),
            "value_code": row.value_code or 0,
            "last": last if isinstance(last, int) else "",
        }
        texts = [*row.descriptors, *(self._suggested(row, level.number) for level in framework.levels[1:])]
        return constants | self._present_figures(row) | dict(zip(self.texts, texts, strict=True))

    def _present_figures(self, row: Behaviour) -> dict[str, Value]:
        answer, last = self.answer(row.code), self.order.last_level(row.code)
        gap = answer.gap
        rising = row.is_scored and gap is not None and gap > 0
        places = [place for place, step in enumerate(self.steps, start=1) if step.row is row]
        moved = isinstance(answer.current, int) and isinstance(last, int)
        return {
            "current": answer.current if isinstance(answer.current, int) else "",
            "target": answer.target if isinstance(answer.target, int) else "",
            "not_applicable": int(answer.current == NOT_APPLICABLE),
            "answered": int(answer.is_answered),
            "gap": "" if gap is None else gap,
            "movement": int(answer.current or 0) - int(last or 0) if moved else "",
            "weight": _weight(answer),
            "sort": _sort_key(row, answer, gap) if rising and gap is not None else "",
            "first": places[0] if places else "",
            "end": places[-1] if places else "",
            "actions": answer.actions,
            "owner": answer.owner,
            "due_date": _serial(answer.due_date) if answer.due_date else answer.due_text,
            "priority": answer.priority,
            **_outstanding(row, answer, self.order.answers.detail("date_completed")),
        }

    def _suggested(self, row: Behaviour, level: int) -> str:
        return wording.listed(action.text for action in self.order.framework.suggestions_to(row.code, level))


def _level_formulas(
    sheet: AssessmentSheet, row: Behaviour, levels: int, cell: Callable[[str], str]
) -> dict[str, str]:
    """What is read from the cells of the levels, and what follows from it within the row."""
    found = {key: sheet.reference(row.code, key) for key in ("current", "target", "priority", "evidence")}
    current, target = cell("current"), cell("target")
    both = f"AND(ISNUMBER({current}),ISNUMBER({target}))"
    moved = f"AND(ISNUMBER({current}),ISNUMBER({cell('last')}))"
    matched = f"MATCH({found['priority']},{layout.PRIORITIES_NAME},0)"
    return {
        "current": _level_formula(found["current"], levels),
        "target": _level_formula(found["target"], levels),
        # A level whose name begins with "not" is a level first.
        "not_applicable": f'IF(ISNUMBER({current}),0,IF(LOWER(LEFT(TRIM({found["current"]}),3))="not",1,0))',
        "answered": f"IF(OR(ISNUMBER({current}),{cell('not_applicable')}=1),1,0)",
        "gap": f'IF({both},{target}-{current},"")',
        "movement": f'IF({moved},{current}-{cell("last")},"")',
        "weight": f"IFERROR({len(layout.PRIORITIES) + 1}-{matched},0)",
        "no_reason": f"IF(AND({cell('not_applicable')}=1,LEN(TRIM({found['evidence']}))=0),1,0)",
        "below": f'IF({cell("gap")}="",0,IF({cell("gap")}<0,1,0))',
        "lone_target": f"IF(AND(ISNUMBER({target}),{cell('answered')}=0),1,0)",
    }


def _text_formulas(sheet: AssessmentSheet, row: Behaviour, cell: Callable[[str], str]) -> dict[str, str]:
    """What is carried over from the cells of actions, owner, date and priority."""
    found = {key: sheet.reference(row.code, key) for key in ("actions", "owner", "due_date", "priority")}
    completed = layout.reference(layout.START, *layout.detail_cell("date_completed"), absolute=True)
    dates = f"AND(ISNUMBER({cell('due_date')}),ISNUMBER({completed}))"
    return {
        **{key: f'IF({place}="","",{place})' for key, place in found.items()},
        "no_owner": f"IF(AND(LEN(TRIM({found['actions']}))>0,LEN(TRIM({found['owner']}))=0),1,0)",
        "early": f"IF({dates},IF({cell('due_date')}<{completed},1,0),0)",
    }


def _level_formula(cell: str, levels: int) -> str:
    # A digit alone (CODE gives 49 for "1"), a level's name, or the label of the dropdown.
    text = f"TRIM({cell})"
    digit = f'IF(AND(CODE({text})>=49,CODE({text})<={48 + levels}),CODE({text})-48,"")'
    name = f"MATCH({text},{layout.LEVEL_NAMES_NAME},0)"
    label = f'IF(MATCH({text},{layout.LEVELS_NAME},0)<={levels},MATCH({text},{layout.LEVELS_NAME},0),"")'
    return f'IFERROR(IF(LEN({text})=1,{digit},IF(ISNUMBER({name}),{name},{label})),"")'


def _outstanding(row: Behaviour, answer: Answer, completed: str) -> dict[str, Value]:
    gap = answer.gap
    day = iso_date(completed)
    is_early = answer.due_date is not None and day is not None and answer.due_date < day
    return {
        # A blank with a target beside it is told once, as the second kind.
        "unanswered": int(row.is_scored and not answer.is_answered and not isinstance(answer.target, int)),
        "no_reason": int(answer.current == NOT_APPLICABLE and not answer.evidence.strip()),
        "below": int(gap is not None and gap < 0),
        "lone_target": int(isinstance(answer.target, int) and not answer.is_answered),
        "no_owner": int(bool(answer.actions.strip()) and not answer.owner.strip()),
        "early": int(is_early),
    }


def missing_details(order: Order) -> list[str]:
    """The keys of the council's details that are required and blank at present."""
    return [d.key for d in DETAILS if d.required and not order.answers.detail(d.key).strip()]


def _weight(answer: Answer) -> int:
    names = layout.PRIORITIES
    return len(names) - names.index(answer.priority) if answer.priority in names else 0


def _sort_key(row: Behaviour, answer: Answer, gap: int) -> int:
    return _weight(answer) * 100_000 + gap * 1000 + 999 - (row.value_code or 0)


def _serial(day: dt.date) -> int:
    return (day - dt.date(1899, 12, 30)).days

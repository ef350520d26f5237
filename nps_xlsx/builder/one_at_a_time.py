"""The sheet One at a time: a behaviour chosen by its Ref, its levels below each other in large type.

It is for large print, small screens, workshops and screen readers: each line has its label in the first
column, and one reading of a row says what it is.  Nothing but the Ref is typed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.long_texts import Room
from nps_xlsx.builder.prompts import from_list
from nps_xlsx.builder.workings import Value
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour, Level, LevelValue, Prompt
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording
from nps_xlsx.workbook.layout import LEVELS_NAME

_LABEL_WIDTH, _TEXT_WIDTH, _BESIDE_WIDTH = 160, 870, 140
"""Pixels: together what a screen of 1,366 shows in LibreOffice too, which draws columns a little wider."""
_REF_ROW, _LINKS_ROW, _FIRST_ROW = 1, 2, 3
_CHOSEN, _POSITION = (cell_name(_REF_ROW, col, absolute=True) for col in (1, 3))
_LONG, _SHORT = Room(lines=5, letters=80), Room(lines=2, letters=80)
_HEADINGS = {column.key: column.heading for column in layout.INPUTS}
_SPACE = 6.0
"""Points above and below a line's text, together."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its label, what it shows, by a formula with its present result, and its height in points."""

    label: str
    formula: str
    present: Value
    height: float
    style: str = "wrap"


def write_one(draft: Draft) -> None:
    """Write the sheet One at a time."""
    one = _One(draft)
    widths = one.label_width, _TEXT_WIDTH, _BESIDE_WIDTH
    sheet = draft.sheet(layout.ONE, widths, draft.titled(layout.ONE))
    _write_choice(sheet, one)
    draft.links(sheet, 0, 1, layout.SUMMARY, row=_LINKS_ROW)
    row = _write_lines(sheet, _FIRST_ROW, one.before())
    sheet.texts(row, 0, wording.ONE_HEADINGS, "heading")
    first, last = row + 1, row + len(draft.framework.levels)
    for level in draft.framework.levels:
        _write_level(sheet, row + level.number, level, one)
    sheet.mark_headings(row, 0, last, 2)
    _add_rules(draft, sheet, first, last)
    end = _write_lines(sheet, last + 1, one.after())
    draft.foot(sheet, end, layout.ONE_STAMP)
    sheet.raw.set_column(3, 3, None, None, {"hidden": True})
    sheet.raw.freeze_panes(_LINKS_ROW, 0)
    sheet.raw.set_selection(_REF_ROW, 1, _REF_ROW, 1)
    sheet.page(portrait=True)
    sheet.raw.fit_to_pages(1, 1)
    sheet.raw.print_area(0, 0, end - 1, 2)
    sheet.protect()


def _write_choice(sheet: Sheet, one: _One) -> None:
    sheet.text(_REF_ROW, 0, wording.ONE_CHOOSE, "label", "large", "middle")
    sheet.text(_REF_ROW, 1, one.row.code, "input", "text", "large", "bold", "middle")
    sheet.validate(_REF_ROW, 1, from_list(layout.REFS_NAME, Prompt(*wording.ONE_PROMPT)))
    refs = one.range("ref")
    count = len(one.draft.framework.rows)
    following = wording.ONE_NEXT.format(ref="")
    then = f'IF({_POSITION}<{count},"{following}"&INDEX({refs},{_POSITION}+1),"{wording.ONE_LAST}")'
    sheet.formula(_REF_ROW, 2, f'IF({_POSITION}=0,"",{then})', one.following, "bold", "middle", "wrap")
    sheet.formula(_REF_ROW, 3, f"IFERROR(MATCH(TRIM({_CHOSEN}),{refs},0),0)", 1)
    sheet.height(_REF_ROW, 26)


def _write_lines(sheet: Sheet, row: int, lines: Iterator[_Line]) -> int:
    """Write lines from a row down; returns the row after them."""
    for line in lines:
        sheet.text(row, 0, line.label, "box", "large", "bold", "wrap")
        sheet.formula(row, 1, line.formula, line.present, "box", "large", line.style)
        sheet.height(row, line.height)
        row += 1
    return row


def _write_level(sheet: Sheet, row: int, level: Level, one: _One) -> None:
    ramp = styles.level_style(level.number, len(one.draft.framework.levels))
    label = f"INDEX({LEVELS_NAME},{level.number})"
    sheet.formula(row, 0, label, level.label, "box", "large", "bold", "wrap", ramp)
    key = f"level_{level.number}"
    sheet.formula(row, 1, one.unless_unknown(one.at(key)), one.present[key], "box", "large", "wrap")
    formula, present = one.whose(level)
    sheet.formula(row, 2, one.unless_unknown(formula), present, "box", "bold", "wrap")
    texts = (row.descriptors[level.number - 1] for row in one.draft.framework.rows)
    room = one.label_width - styles.INDENT_PIXELS, _BESIDE_WIDTH - styles.INDENT_PIXELS
    name = text_height(level.label, room[0], styles.LARGE_SIZE, bold=True)
    beside = text_height(" ".join(one.words.values()), room[1], styles.BODY_SIZE, bold=True)
    sheet.height(row, max(_height(texts), name, beside))


def _height(texts: Iterable[str], *, bold: bool = True) -> float:
    """The height that suits the longest of the texts: a row does not grow when a formula fills it."""
    room = _TEXT_WIDTH - styles.INDENT_PIXELS
    return max(text_height(text, room, styles.LARGE_SIZE, bold=bold) for text in texts) + _SPACE


class _One:
    """The formulas that show the chosen behaviour, and what they give while it is the first one."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.row: Behaviour = draft.framework.rows[0]
        self.present = draft.workings.present[self.row.code]
        self.range = draft.workings.range
        self.label_width = level_width(draft.framework, _LABEL_WIDTH, styles.LARGE_SIZE)
        self.words = {key: said for key, said in wording.ONE_WHOSE.items() if self._may_be(key)}
        """What may stand beside a level."""

    @property
    def following(self) -> str:
        """What the cell beside the chosen Ref says at present."""
        rest = self.draft.framework.rows[1:]
        return wording.ONE_NEXT.format(ref=rest[0].code) if rest else wording.ONE_LAST

    def at(self, key: str) -> str:
        """A figure of the chosen behaviour."""
        return f"INDEX({self.range(key)},{_POSITION})"

    def unless_unknown(self, formula: str, otherwise: str = "") -> str:
        """A formula for a behaviour, and what stands there if no behaviour has the Ref."""
        return f'IF({_POSITION}=0,"{otherwise}",{formula})'

    def before(self) -> Iterator[_Line]:
        """The lines above the levels: which behaviour, where to answer it, the levels in words."""
        rows, area = self.draft.framework.rows, self.draft.framework.area_by_code[self.row.code]
        yield self._line(wording.ONE_AREA, self.at("area_name"), area.sheet, 24.0)
        name = f'{self.at("ref")}&" "&{self.at("behaviour")}'
        height = _height(f"{row.code} {row.name}" for row in rows)
        unknown = self.unless_unknown(name, wording.ONE_UNKNOWN)
        yield _Line(wording.ONE_BEHAVIOUR, unknown, f"{self.row.code} {self.row.name}", height, "bold")
        yield self._line(wording.ONE_ANSWER, *self._link(), 24.0, "link")
        answer = self.draft.order.answers[self.row.code]
        target = answer.target if isinstance(answer.target, int) else None
        current, aim = self._chosen("current", answer.current), self._chosen("target", target)
        yield self._line(wording.ONE_YOURS, f'{current[0]}&" "&{aim[0]}', f"{current[1]} {aim[1]}", 24.0)

    def after(self) -> Iterator[_Line]:
        """The lines below the levels: what the council wrote, and what is suggested for the next step."""
        for key, room in (("evidence", _LONG), ("actions", _LONG), ("owner", _SHORT)):
            formula, present = room.formula(self.at(key)), room.shown(str(self.present[key]))
            height = _height(["\n" * (room.lines - 1)])
            yield self._line(_HEADINGS[key], formula, present, height)
        due = self.at("due_date")
        yield self._line(_HEADINGS["due_date"], due, self.present["due_date"], 24.0, "date")
        if self.draft.framework.has_suggestions:
            yield self._suggested()

    def whose(self, level: Level) -> tuple[str, str]:
        """The words that say whose level this is, and what they say at present."""
        formulas = (f'IF({self.at(key)}={level.number},"{said} ","")' for key, said in self.words.items())
        present = (said for key, said in self.words.items() if self.present[key] == level.number)
        return f"TRIM({'&'.join(formulas)})", " ".join(present)

    def _may_be(self, key: str) -> bool:
        """Whether the workbook may have such levels: last round's, or a reviewer's."""
        order = self.draft.order
        return {"last": order.previous is not None, "reviewer": order.with_review}.get(key, True)

    def _line(self, label: str, formula: str, present: Value, height: float, style: str = "wrap") -> _Line:
        return _Line(label, self.unless_unknown(formula), present, height, style)

    def _link(self) -> tuple[str, str]:
        """A link to the row of the chosen behaviour: from there its area has one row after the other."""
        sheet = self.draft.workings.sheet_of(self.row.code)
        column = cell_name(0, sheet.column("current")).rstrip("1")
        row = f"{_POSITION}-MATCH({self.at('area')},{self.range('area')},0)+{sheet.FIRST_ROW + 1}"
        go, on = wording.ONE_GO.format(ref="|", sheet="").split("|")
        shown = f'"{go}"&{self.at("ref")}&"{on}"&{self.at("area_name")}'
        link = f'HYPERLINK("#\'"&{self.at("area_name")}&"\'!{column}"&{row},{shown})'
        return link, wording.ONE_GO.format(ref=self.row.code, sheet=sheet.name)

    def _chosen(self, key: str, value: LevelValue) -> tuple[str, str]:
        """A level in words, such as "Current level: 3 Mature."."""
        none, label = wording.ONE_NONE, layout.level_label(self.draft.framework, value)
        otherwise = f'"{none}"'
        if key == "current":
            otherwise = f'IF({self.at("not_applicable")}=1,"{layout.NOT_APPLICABLE_LABEL}",{otherwise})'
        level = f"IF(ISNUMBER({self.at(key)}),INDEX({LEVELS_NAME},{self.at(key)}),{otherwise})"
        return f'"{_HEADINGS[key]}: "&{level}&"."', f"{_HEADINGS[key]}: {label or none}."

    def _suggested(self) -> _Line:
        """The suggested actions for the step after the current level."""
        framework, texts = self.draft.framework, self.draft.workings.texts
        steps = [text for text in texts if text.startswith("to_")]
        current, top = self.at("current"), len(framework.levels)
        action = f"INDEX({self.range(steps[0], steps[-1])},{_POSITION},{current})"
        to, colon = wording.ONE_TO_REACH.format(level="|", actions="").split("|")
        step = f'"{to}"&INDEX({LEVELS_NAME},{current}+1)&"{colon.rstrip()}"&CHAR(10)&{action}'
        some = f'IF({action}="",{literal(wording.ONE_NO_ACTION)},{step})'
        reached = f"IF({current}>={top},{literal(wording.ONE_REACHED)},{some})"
        formula = f"IF(ISNUMBER({current}),{reached},{literal(wording.ONE_NO_LEVEL)})"
        suggested = (
            wording.next_step(framework, row, level)
            for row in framework.rows
            for level in framework.levels[:-1]
        )
        return self._line(
            wording.ONE_SUGGESTED, formula, self._present_step(), _height(suggested, bold=False)
        )

    def _present_step(self) -> str:
        current, framework = self.present["current"], self.draft.framework
        if not isinstance(current, int):
            return wording.ONE_NO_LEVEL
        if current >= len(framework.levels):
            return wording.ONE_REACHED
        return wording.next_step(framework, self.row, framework.level(current))


def _add_rules(draft: Draft, sheet: Sheet, first: int, last: int) -> None:
    """Show the level and the target as the assessment sheets do, by the words beside them."""
    beside = f"$C{first + 1}"
    for key, style in (("current", styles.CHOSEN), ("target", styles.AIMED_AT)):
        criteria = f'=ISNUMBER(FIND("{wording.ONE_WHOSE[key]}",{beside}))'
        rule = {"type": "formula", "criteria": criteria, "format": draft.book.plain_format(style)}
        sheet.rule((first, 1), (last, 1), rule)

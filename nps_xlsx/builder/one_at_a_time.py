"""The sheet One at a time: a behaviour chosen by its Ref, its levels below each other in large type.

It is for large print, small screens, workshops and screen readers: each row has its label in the first
column, and one reading of it says what it is.  Rows are a few lines high, and a longer text goes on in the
next: a row does not grow when a formula fills it, and rows for the longest text of each level would leave
room for two levels on a laptop's screen.  Nothing but the Ref is typed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nps_xlsx.builder import continued
from nps_xlsx.builder.continued import Row
from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.prompts import from_list
from nps_xlsx.builder.workings import Value
from nps_xlsx.excel import styles
from nps_xlsx.excel.book import Sheet, literal
from nps_xlsx.excel.textfit import level_width, text_height
from nps_xlsx.model import Behaviour, Prompt
from nps_xlsx.model.cells import cell_name
from nps_xlsx.workbook import layout, wording

_LABEL_WIDTH, _TEXT_WIDTH, _BESIDE_WIDTH = 160, 830, 180
"""Pixels: together what a screen of 1,366 shows in LibreOffice too, which draws columns a little wider."""
_LINES, _SIZE = 3, 210
"""Lines of a row, and characters of a piece that always fit them in bold: about 85 of 100 descriptors do."""
_REF_ROW, _LINKS_ROW, _NAME_ROW, _HEADING_ROW, _FIRST_ROW = 1, 2, 3, 4, 5
_HIDDEN, _ITEMS = 3, 8
"""The hidden columns: the Ref's position, below it what each row knows; then the texts, from row 2."""
_CHOSEN, _POSITION = (cell_name(_REF_ROW, col, absolute=True) for col in (1, _HIDDEN))
_SPARE = 9
"""Rows for the council's own texts and for suggestions, besides those of the longest descriptors."""
_SCALE, _PAGE = 62, 842 - 79
"""Per cent at which the columns fit A4 upright (14 points print as 8.7), and the points of its height."""
_HEADINGS = {column.key: column.heading for column in layout.INPUTS}


@dataclass(frozen=True, slots=True)
class _Item:
    """A text to show: its label, and a formula for it with its present result; an empty one takes no row."""

    label: str
    formula: str
    present: Value

    @property
    def pieces(self) -> list[str]:
        """It as its rows show it."""
        return continued.pieces(str(self.present), _SIZE) if self.present else []


def write_one(draft: Draft) -> None:
    """Write the sheet One at a time."""
    one = _One(draft)
    label_width = level_width(draft.framework, _LABEL_WIDTH, styles.LARGE_SIZE)
    sheet = draft.sheet(layout.ONE, (label_width, _TEXT_WIDTH, _BESIDE_WIDTH), draft.titled(layout.ONE))
    _write_head(sheet, one)
    items = list(one.items())
    _write_items(sheet, items)
    rows = continued.rows((at, item.pieces) for at, item in enumerate(items, start=1))
    last = _FIRST_ROW + _rows_needed(draft) - 1
    for row in range(_FIRST_ROW, last + 1):
        number = row - _FIRST_ROW
        _write_row(sheet, row, one, items, rows[number] if number < len(rows) else None)
    sheet.mark_headings(_HEADING_ROW, 0, last, 2)
    _add_rules(draft, sheet, last)
    draft.foot(sheet, last + 1, layout.ONE_STAMP)
    sheet.raw.set_column(_HIDDEN, _ITEMS + 4, None, None, {"hidden": True})
    sheet.raw.freeze_panes(_LINKS_ROW, 0)
    sheet.raw.set_selection(_REF_ROW, 1, _REF_ROW, 1)
    sheet.page(portrait=True)
    sheet.raw.set_margins(left=0.2, right=0.2, top=0.5, bottom=0.6)
    sheet.raw.set_print_scale(_SCALE)
    above = sum((30, 26, 20, one.name_height, 20))
    printed = int((_PAGE * 100 / _SCALE - above) // _row_height())
    sheet.raw.print_area(0, 0, min(last, _FIRST_ROW + printed - 1), 2)
    sheet.protect()


def _row_height() -> float:
    """The points of a row: its lines of large type, or every word that may stand beside a level."""
    beside = text_height(" ".join(wording.ONE_WHOSE.values()), _BESIDE_WIDTH - 9, styles.BODY_SIZE, bold=True)
    return max(text_height("\n" * (_LINES - 1), _TEXT_WIDTH, styles.LARGE_SIZE) + 2, beside)


def _rows_needed(draft: Draft) -> int:
    """Rows for the descriptors of any behaviour, and some for what follows them."""
    texts = ([text.replace("\n", " ") for text in row.descriptors] for row in draft.framework.rows)
    return max(sum(len(continued.pieces(text, _SIZE)) for text in each) for each in texts) + _SPARE


def _write_head(sheet: Sheet, one: _One) -> None:
    """Write the choice, where to go from it, and which behaviour it is."""
    sheet.text(_REF_ROW, 0, wording.ONE_CHOOSE, "label", "large", "middle")
    sheet.text(_REF_ROW, 1, one.row.code, "input", "text", "large", "bold", "middle")
    sheet.validate(_REF_ROW, 1, from_list(layout.REFS_NAME, Prompt(*wording.ONE_PROMPT)))
    refs, count = one.range("ref"), len(one.draft.framework.rows)
    following = wording.ONE_NEXT.format(ref="")
    then = f'IF({_POSITION}<{count},"{following}"&INDEX({refs},{_POSITION}+1),"{wording.ONE_LAST}")'
    sheet.formula(_REF_ROW, 2, f'IF({_POSITION}=0,"",{then})', one.following, "bold", "middle", "wrap")
    sheet.formula(_REF_ROW, _HIDDEN, f"IFERROR(MATCH(TRIM({_CHOSEN}),{refs},0),0)", 1)
    sheet.height(_REF_ROW, 26)
    one.draft.links(sheet, 0, 2, layout.SUMMARY, row=_LINKS_ROW)
    link, shown = one.link()
    sheet.formula(_LINKS_ROW, 1, one.unless_unknown(link), shown, "link")
    sheet.height(_LINKS_ROW, 20)
    sheet.text(_NAME_ROW, 0, wording.ONE_BEHAVIOUR, "label", "large")
    name = f'{one.at("ref")}&" "&{one.at("behaviour")}'
    unknown = one.unless_unknown(name, wording.ONE_UNKNOWN)
    sheet.formula(_NAME_ROW, 1, unknown, f"{one.row.code} {one.row.name}", "large", "bold", "wrap")
    sheet.height(_NAME_ROW, one.name_height)
    sheet.texts(_HEADING_ROW, 0, wording.ONE_HEADINGS, "heading")
    sheet.height(_HEADING_ROW, 20)


def _write_items(sheet: Sheet, items: list[_Item]) -> None:
    """Write the texts on hidden columns: label, text, number of pieces, first and last row."""
    last = 0
    for row, item in enumerate(items, start=1):
        _, text, count, first, _ = (cell_name(row, _ITEMS + at) for at in range(5))
        above = cell_name(row - 1, _ITEMS + 4)
        sheet.formula(row, _ITEMS, literal(item.label), item.label)  # a text could be taken for an answer
        sheet.formula(row, _ITEMS + 1, item.formula, item.present)
        sheet.formula(row, _ITEMS + 2, f"ROUNDUP(LEN({text})/{_SIZE},0)", len(item.pieces))
        sheet.formula(row, _ITEMS + 3, f"{above}+1" if row > 1 else "1", last + 1)
        last += len(item.pieces)
        sheet.formula(row, _ITEMS + 4, f"{first}+{count}-1", last)


def _write_row(sheet: Sheet, row: int, one: _One, items: list[_Item], filled: Row | None) -> None:
    """Write a row, which shows a piece of a text."""
    cells = {key: cell_name(row, _HIDDEN + at) for at, key in enumerate(continued.KEYS)}
    label, text, count, first, last = (
        f"{cell_name(1, _ITEMS + at, absolute=True)}:{cell_name(len(items), _ITEMS + at, absolute=True)}"
        for at in range(5)
    )
    index = cells["index"]
    held = {"text": f"INDEX({text},{index})", "count": f"INDEX({count},{index})", "size": str(_SIZE)}
    held |= {"first": first, "last": last}
    above = cell_name(row - 1, _HIDDEN + continued.KEYS.index("end"))
    formulas = continued.formulas(row - _FIRST_ROW + 1, cells, above, held)
    known, item = continued.knows(filled), items[filled.index - 1] if filled else None
    for at, key in enumerate(continued.KEYS):
        sheet.formula(row, _HIDDEN + at, formulas[key], known[key])
    whose, present = one.whose(index, filled)
    piece = f"IF(ISNUMBER({held['text']}),{held['text']},{continued.shown_formula(cells, held)})"
    shown = item.present if item and not isinstance(item.present, str) else filled.shown if filled else ""
    for col, formula, value, names in (
        (0, f"INDEX({label},{index})", item.label if item else "", ("large", "bold")),
        (1, piece, shown, ("large", "date")),
        (2, whose, present, ("bold",)),
    ):
        sheet.formula(row, col, f'IF({index}=0,"",{formula})', value, "indented", "wrap", *names)
    sheet.height(row, _row_height())


class _One:
    """The formulas that show the chosen behaviour, and what they give while it is the first one."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.row: Behaviour = draft.framework.rows[0]
        self.present = draft.workings.present[self.row.code]
        self.range = draft.workings.range
        may_be = {"last": draft.order.previous is not None, "reviewer": draft.order.with_review}
        self.words = {key: said for key, said in wording.ONE_WHOSE.items() if may_be.get(key, True)}
        """What may stand beside a level."""
        names = (f"{row.code} {row.name}" for row in draft.framework.rows)
        self.name_height = max(text_height(one, _TEXT_WIDTH, styles.LARGE_SIZE, bold=True) for one in names)

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

    def items(self) -> Iterator[_Item]:
        """The descriptors, the council's levels, what is suggested for the next one, and what it wrote."""
        draft, present = self.draft, self.present
        for level in draft.framework.levels:
            key = f"level_{level.number}"
            yield self._item(level.label, self.at(key), present[key])
        for key, figure in (("current", "from"), ("target", "to")):
            yield self._item(_HEADINGS[key], self.at(figure), present[figure])
        if draft.framework.has_suggestions:
            following = draft.workings.next_level(_POSITION)["suggested"]
            now = draft.workings.present_next_level(self.row)["suggested"]
            yield self._item(wording.PLAN_HEADINGS["suggested"], following, now)
        evidence = draft.order.answers[self.row.code].evidence
        yield self._item(_HEADINGS["evidence"], self._own("evidence"), evidence)
        for key, figure in (("actions", "whole"), ("owner", "owner")):
            yield self._item(_HEADINGS[key], self.at(figure), present[figure])
        due = self.unless_unknown(self.at("due_date"))
        yield _Item(_HEADINGS["due_date"], due, present["due_date"])

    def _item(self, label: str, formula: str, present: Value) -> _Item:
        """A text, its lines in one."""
        flat = self.unless_unknown(f'SUBSTITUTE({formula},CHAR(10)," ")')
        return _Item(label, flat, str(present).replace("\n", " "))

    def _own(self, key: str) -> str:
        """An answer of the chosen behaviour, from its own sheet: a copy on the hidden one costs bytes."""
        pages = self.draft.order.sheets
        codes = ",".join(f'"{page.area.code}"' for page in pages)
        columns = ",".join(page.column_range(key) for page in pages)
        area = self.at("area")
        place = f"{self.at('row')}-{pages[0].FIRST_ROW}"
        return f"INDEX(CHOOSE(MATCH({area},{{{codes}}},0),{columns}),{place})"

    def whose(self, index: str, filled: Row | None) -> tuple[str, str]:
        """The words that say whose level a row shows, and what they say at present."""
        formulas = (f'IF({self.at(key)}={index},"{said} ","")' for key, said in self.words.items())
        at = filled.index if filled else 0
        present = (said for key, said in self.words.items() if at and self.present[key] == at)
        return f"TRIM({'&'.join(formulas)})", " ".join(present)

    def link(self) -> tuple[str, str]:
        """A link to the row of the chosen behaviour: from there its area has one row after the other."""
        sheet = self.draft.workings.sheet_of(self.row.code)
        column = cell_name(0, sheet.column("current")).rstrip("1")
        go, on = wording.ONE_GO.format(ref="|", sheet="").split("|")
        shown = f'"{go}"&{self.at("ref")}&"{on}"&{self.at("area_name")}'
        link = f'HYPERLINK("#\'"&{self.at("area_name")}&"\'!{column}"&{self.at("row")},{shown})'
        return link, wording.ONE_GO.format(ref=self.row.code, sheet=sheet.name)


def _add_rules(draft: Draft, sheet: Sheet, last: int) -> None:
    """Give each level its colour, and mark the level and the target as the assessment sheets do."""
    index, beside = (f"${cell_name(_FIRST_ROW, col)}" for col in (_HIDDEN, 2))
    count = len(draft.framework.levels)
    looks = (("current", styles.CHOSEN), ("target", styles.AIMED_AT))
    marked = [(1, f'ISNUMBER(FIND("{wording.ONE_WHOSE[key]}",{beside}))', style) for key, style in looks]
    named = [
        (0, f"{index}={number}", styles.STYLES[styles.level_style(number, count)])
        for number in range(1, count + 1)
    ]
    box: styles.Style = {"border": 1, "border_color": styles.RULE}
    boxes = [(col, f"{index}>0", box) for col in range(3)]  # last: of two borders the first rule's is drawn
    for col, criteria, style in (*marked, *named, *boxes):
        rule = {"type": "formula", "criteria": f"={criteria}", "format": draft.book.plain_format(style)}
        sheet.rule((_FIRST_ROW, col), (last, col), rule)

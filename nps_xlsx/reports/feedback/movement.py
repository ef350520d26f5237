"""Movement since an earlier round: the council's own, beside that of all councils in both rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import Cell, Column, table_sheet
from nps_xlsx.figures.peers import ALL, MOVE, STEP, WHOLE, Measure, rounded
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import FeedbackCase
from nps_xlsx.workbook import layout

MOVEMENT, MOVED = "Movement", "What rose and fell"


@dataclass(frozen=True)
class _Pairs:
    """The council's answers with a level in both rounds."""

    rows: pd.DataFrame

    def cells(self, refs: Sequence[str]) -> list[Cell]:
        """How many of these behaviours have both levels, and the average in each round."""
        rows = self.rows[self.rows["ref"].isin(refs)]
        earlier, now = (rounded(float(rows[key].mean())) for key in ("last", "current"))
        return [f"{len(rows)} of {len(refs)}", earlier, now]


def write_movement(book: Book, case: FeedbackCase) -> None:
    """Key area by key area; then, on a sheet of their own, the behaviours that rose or fell."""
    answers = case.view.peers.tables.answers
    own = answers[
        (answers["position"] == case.view.position) & answers["last"].notna() & answers["current"].notna()
    ]
    columns = [
        Column.text("Key area", 320),
        Column("Levels in both rounds", 100, ("right",)),
        Column.mean("Your average, last round", 130),
        Column.mean("Your average, this round", 130),
        *_change_columns(case),
    ]
    cells: list[list[Cell]] = [
        [
            area.sheet,
            *_Pairs(own).cells([row.code for row in area.behaviours]),
            *_changes(case, (MOVE, area.code)),
        ]
        for area in case.areas
    ]
    whole = [row.code for row in case.framework.behaviours]
    cells.append(["All behaviours", *_Pairs(own).cells(whole), *_changes(case, (MOVE, ALL))])
    moved = _moved(case, own)
    title = "Movement since last round"
    sheet, end = table_sheet(book, MOVEMENT, _note(case), columns, cells, title=title, has_filter=False)
    rose = sum(now > earlier for _, earlier, now in moved)
    where = f"The next sheet, {MOVED}, lists them." if moved else ""
    sheet.text(end + 1, 0, f"Behaviours that rose: {rose}; that fell: {len(moved) - rose}. {where}".strip())
    if moved:
        rows = [_moved_row(case, *move) for move in moved]
        note = "The greatest rise first, the greatest fall last."
        table_sheet(book, MOVED, note, _moved_columns(case), rows, has_filter=False)


def _note(case: FeedbackCase) -> str:
    note = "Only behaviours for which you gave a level in both rounds are compared."
    if not _is_compared(case):
        return f"{note} Too few others took part in both rounds to compare you with."
    return f"{note} “In both rounds” is about all councils that did so: the median of their changes."


def _is_compared(case: FeedbackCase) -> bool:
    return case.view.figure(WHOLE, (MOVE, ALL)).median is not None


def _has_quartiles(case: FeedbackCase) -> bool:
    return case.view.figure(WHOLE, (MOVE, ALL)).lower is not None


def _change_columns(case: FeedbackCase) -> list[Column]:
    own = [Column.gap("Your change", 100)]
    if not _is_compared(case):
        return own
    quartiles = ("lower quartile", "upper quartile") if _has_quartiles(case) else ()
    medians = [Column.gap(f"In both rounds: {which}", 120) for which in ("median change", *quartiles)]
    return [*own, *medians, Column.count("In both rounds: number", 120)]


def _changes(case: FeedbackCase, measure: Measure) -> list[Cell]:
    own = case.view.own(measure)
    if not _is_compared(case):
        return [own]
    figure = case.view.figure(WHOLE, measure)
    quartiles = (figure.lower, figure.upper) if _has_quartiles(case) else ()
    return [own, figure.median, *quartiles, figure.councils or None]


# --- What rose or fell ------------------------------------------------------------

_Moved = tuple[Behaviour, int, int]


def _moved(case: FeedbackCase, own: pd.DataFrame) -> list[_Moved]:
    """Behaviours whose level has changed since the earlier round, from greatest rise to greatest fall."""
    moved = [
        (case.framework.row_by_code[str(ref)], int(earlier), int(now))
        for ref, earlier, now in zip(own["ref"], own["last"], own["current"], strict=True)
        if earlier != now
    ]
    return sorted(moved, key=lambda move: (move[1] - move[2], move[0].value_code or 0))


def _moved_columns(case: FeedbackCase) -> list[Column]:
    return [
        Column.text("Ref", 76),
        Column.text("Behaviour", 320),
        Column.text("Last round", 130),
        Column.text("This round", 130),
        *_change_columns(case),
    ]


def _moved_row(case: FeedbackCase, behaviour: Behaviour, earlier: int, now: int) -> list[Cell]:
    labels = (layout.level_label(case.framework, level) for level in (earlier, now))
    return [behaviour.code, behaviour.short_name, *labels, *_changes(case, (STEP, behaviour.code))]

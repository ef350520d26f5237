"""Movement since an earlier round: the council's own, beside that of all councils in both rounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from nps_xlsx.excel.table import Column, TableSheet
from nps_xlsx.figures.peers import ALL, MOVE, STEP, WHOLE, Measure, rounded
from nps_xlsx.model import Behaviour
from nps_xlsx.reports.feedback.case import FeedbackCase
from nps_xlsx.workbook import layout

MOVEMENT, MOVED = "Movement", "What rose and fell"


def movement_sheets(case: FeedbackCase) -> Iterator[TableSheet]:
    """Key area by key area; then, on a sheet of their own, the behaviours that rose or fell."""
    answers = case.view.peers.tables.answers
    own = answers[
        (answers["position"] == case.view.position) & answers["last"].notna() & answers["current"].notna()
    ]
    groups = [(area.sheet, area.code, area.behaviours) for area in case.areas]
    groups.append(("All behaviours", ALL, case.framework.behaviours))
    refs = [[row.code for row in behaviours] for _, _, behaviours in groups]
    pairs = [own[own["ref"].isin(codes)] for codes in refs]
    columns = [
        Column.text("Key area", [name for name, _, _ in groups], 320),
        Column(
            "Levels in both rounds",
            [f"{len(some)} of {len(codes)}" for some, codes in zip(pairs, refs, strict=True)],
            100,
            ("right",),
        ),
        Column.mean("Your average, last round", [rounded(some["last"].mean()) for some in pairs], 130),
        Column.mean("Your average, this round", [rounded(some["current"].mean()) for some in pairs], 130),
        *_change_columns(case, [(MOVE, code) for _, code, _ in groups]),
    ]
    moved = _moved(case, own)
    rose = sum(now > earlier for _, earlier, now in moved)
    where = f"The next sheet, {MOVED}, lists them." if moved else ""
    words = f"Behaviours that rose: {rose}; that fell: {len(moved) - rose}. {where}".strip()
    yield TableSheet(
        MOVEMENT,
        _note(case),
        columns,
        title="Movement since last round",
        has_filter=False,
        below=lambda written: written.sheet.text(written.end + 1, 0, words),
    )
    if moved:
        yield _moved_sheet(case, moved)


def _note(case: FeedbackCase) -> str:
    note = "Only behaviours for which you gave a level in both rounds are compared."
    if not _is_compared(case):
        return f"{note} Too few others took part in both rounds to compare you with."
    return f"{note} “In both rounds” is about all councils that did so: the median of their changes."


def _is_compared(case: FeedbackCase) -> bool:
    return case.view.figure(WHOLE, (MOVE, ALL)).median is not None


def _has_quartiles(case: FeedbackCase) -> bool:
    return case.view.figure(WHOLE, (MOVE, ALL)).lower is not None


def _change_columns(case: FeedbackCase, measures: Sequence[Measure]) -> list[Column]:
    columns = [Column.gap("Your change", [case.view.own(measure) for measure in measures], 100)]
    if not _is_compared(case):
        return columns
    figures = [case.view.figure(WHOLE, measure) for measure in measures]
    medians = {"median change": [figure.median for figure in figures]}
    if _has_quartiles(case):
        medians["lower quartile"] = [figure.lower for figure in figures]
        medians["upper quartile"] = [figure.upper for figure in figures]
    columns += [Column.gap(f"In both rounds: {which}", cells, 120) for which, cells in medians.items()]
    numbers = [figure.councils or None for figure in figures]
    return [*columns, Column.count("In both rounds: number", numbers, 120)]


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


def _moved_sheet(case: FeedbackCase, moved: Sequence[_Moved]) -> TableSheet:
    earlier, now = (
        [layout.level_label(case.framework, level) for level in levels]
        for levels in ([move[1] for move in moved], [move[2] for move in moved])
    )
    columns = [
        Column.text("Ref", [behaviour.code for behaviour, _, _ in moved], 76),
        Column.text("Behaviour", [behaviour.short_name for behaviour, _, _ in moved], 320),
        Column.text("Last round", earlier, 130),
        Column.text("This round", now, 130),
        *_change_columns(case, [(STEP, behaviour.code) for behaviour, _, _ in moved]),
    ]
    note = "The greatest rise first, the greatest fall last."
    return TableSheet(MOVED, note, columns, has_filter=False)

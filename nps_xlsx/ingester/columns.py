"""Which column of a table is which, by its cells, where headings are gone or doubled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from nps_xlsx.ingester.grids import Grid
from nps_xlsx.model import Framework
from nps_xlsx.workbook.spelling import NAME_LENGTH
from nps_xlsx.workbook.stamp import AREA_CODE_PATTERN
from nps_xlsx.workbook.values import key_of, read_text

LONGEST = NAME_LENGTH + 10  # a level's label, with its number
"""Characters beyond which a text cannot be a heading, label or code."""

_CODE = re.compile(rf"({AREA_CODE_PATTERN})0{{0,9}}([0-9]{{1,9}})")  # no further than 27 characters


def code_of(text: str, framework: Framework) -> str:
    """The code of a row in a text, however it is spaced and cased (``ec 01``); empty for other texts."""
    match = _CODE.fullmatch(key_of(text).replace(" ", "").upper())
    code = f"{match[1]}{match[2]}" if match else ""
    return code if code in framework.row_by_code else ""


def coded_rows(grid: Grid, rows: Sequence[int], col: int, framework: Framework) -> list[int]:
    """The rows that have a code in this column."""
    return [row for row in rows if code_of(read_text(grid.at(row, col)), framework)]


def is_used(grid: Grid, rows: Sequence[int], col: int) -> bool:
    """Whether a column holds anything."""
    return any(read_text(grid.at(row, col)) for row in rows)


def fullest(grid: Grid, rows: Sequence[int], cols: Sequence[int]) -> int:
    """The fullest of several columns under one heading; the first of equals."""
    if len(cols) == 1:
        return cols[0]
    return max(cols, key=lambda col: (sum(bool(read_text(grid.at(row, col))) for row in rows), -col))


def column_of_names(
    grid: Grid, rows: Sequence[int], cols: Collection[int], framework: Framework
) -> dict[str, int]:
    """The column with most names of behaviours, where their heading is gone."""
    names = {key_of(row.name) for row in framework.rows}
    longest = max(len(row.name) for row in framework.rows) + LONGEST
    texts = ((col, grid.at(row, col)) for row in rows for col in cols)
    counts = Counter(
        col for col, text in texts if isinstance(text, str) and len(text) < longest and key_of(text) in names
    )
    return {"behaviour": counts.most_common(1)[0][0]} if counts else {}


def column_of_codes(
    grid: Grid, rows: Sequence[int], cols: Collection[int], names: int | None, framework: Framework
) -> int | None:
    """The column whose codes agree with most names, where the heading of the Refs is gone.

    One that agrees with few is still the Refs, to be judged with their rows, where it has a different
    code in every second row; otherwise it is the council's own, such as links to behaviours.
    """
    codes: dict[int, list[tuple[str, bool]]] = {}
    if names is not None:
        rows = [row for row in rows if read_text(grid.at(row, names))]
    for row in rows:
        name = "" if names is None else key_of(read_text(grid.at(row, names)))
        for col in cols:
            value = grid.at(row, col)
            code = code_of(value, framework) if isinstance(value, str) and len(value) < LONGEST else ""
            if code:
                agrees = name in ("", key_of(framework.row_by_code[code].name))
                codes.setdefault(col, []).append((code, agrees))
    agreed = {col: sum(agrees for _, agrees in pairs) for col, pairs in codes.items()}
    best = max(codes, key=lambda col: (agreed[col], len(codes[col])), default=None)
    if best is None:
        return None
    different = {code for code, _ in codes[best]}
    return best if 2 * max(agreed[best], len(different)) >= len(rows) else None

"""Why councils did not take part, as far as it may be published."""

from __future__ import annotations

from nps_xlsx.figures.disclosure.rows import Row, withheld
from nps_xlsx.figures.returned import Asked


def outcomes_shown(asked: Asked, threshold: int) -> dict[str, int | None]:
    """How many councils did not take part, by why, ``None`` where withheld; empty if no reason is known.

    How many took part is published, so what is withheld is kept from being the rest of a sum, too.
    """
    if not asked.decided:
        return {}
    rows = {why: Row((codes,)) for why, codes in asked.outcomes.items() if codes}
    hidden = withheld(rows, threshold)
    return {why: None if why in hidden else len(row.cells[0]) for why, row in rows.items()}

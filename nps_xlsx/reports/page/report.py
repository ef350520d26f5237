"""Tables into ``report.html``."""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.figures import Asked, Tables
from nps_xlsx.figures.disclosure.groups import Shown, allowed
from nps_xlsx.model import FACTS
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.reports.page.by_name import by_name
from nps_xlsx.reports.page.figures import figures
from nps_xlsx.reports.page.html import assembled


def report_page(
    tables: Tables,
    asked: Asked,
    *,
    name_councils: bool = False,
    threshold: int = THRESHOLD,
    facts: Sequence[str] = FACTS,
    shown: Shown | None = None,
) -> bytes:
    """The round as one HTML file, which works from the file system and without a network.

    The file holds only what may be shown (see ``figures.disclosure``), so choosing in the page reveals
    nothing else.  With ``name_councils`` it holds every council's own levels, by name.  ``facts`` are the
    columns of the register that the publication groups councils by, since the two are read side by
    side.  ``shown`` is what may be shown, if that is known already.
    """
    data = figures(tables, asked, shown or allowed(tables, facts, threshold))
    if name_councils:
        data |= by_name(tables)
    return assembled(tables, data, name_councils=name_councils)

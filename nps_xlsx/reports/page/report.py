"""Tables into ``report.html``."""

from __future__ import annotations

from nps_xlsx.figures import Asked
from nps_xlsx.figures.disclosure.groups import Shown
from nps_xlsx.figures.disclosure.outcomes import outcomes_shown
from nps_xlsx.reports.page.by_name import by_name
from nps_xlsx.reports.page.figures import figures
from nps_xlsx.reports.page.html import assembled


def report_page(shown: Shown, asked: Asked, *, name_councils: bool = False) -> bytes:
    """The round as one HTML file, which works from the file system and without a network.

    The file holds only what may be shown (see ``figures.disclosure``), so choosing in the page reveals
    nothing else.  With ``name_councils`` it holds every council's own levels, by name.
    """
    tables = shown.published.tables
    data = figures(tables, asked, shown)
    if name_councils:
        data |= by_name(tables)
    outcomes = outcomes_shown(asked, shown.published.threshold)
    return assembled(tables, data, name_councils=name_councils, outcomes=outcomes)

"""Who has returned and who has not, against the councils that were asked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import Council
from nps_xlsx.register.councils import Register


@dataclass(frozen=True)
class Asked:
    """The councils that were asked to take part, and which of them have returned."""

    councils: Register
    returned: frozenset[str]

    @property
    def missing(self) -> tuple[Council, ...]:
        """The councils without a return that counts, by region, type and name."""
        rest = [council for council in self.councils.councils if council.gss_code not in self.returned]
        return tuple(sorted(rest, key=lambda c: (c.region, c.council_type, c.name.casefold())))

    def rates(self, fact: str) -> pd.DataFrame:
        """How many in each ``region`` or ``council_type`` were asked, and how many returned; then in all."""
        rows = pd.DataFrame(
            {
                "group": [council.fact(fact) for council in self.councils.councils],
                "returned": [council.gss_code in self.returned for council in self.councils.councils],
            }
        )
        groups = rows.groupby("group")["returned"]
        table = pd.DataFrame({"asked": groups.size(), "returned": groups.sum()})
        table.loc["All"] = [len(rows), int(rows["returned"].sum())]
        table["share"] = (table["returned"] / table["asked"]).where(table["asked"] > 0)
        return table


def response_rates(tables: Tables, asked: Register | None = None) -> Asked:
    """Which of the councils asked have returned: by default, of the principal councils of England.

    Councils that responded without being on the list were evidently asked, so they are added.
    """
    expected = asked or tables.register.principal()
    codes = {assessment.gss_code for assessment in tables.assessments}
    known = [tables.register.by_code[code] for code in sorted(codes) if code in tables.register.by_code]
    return Asked(expected + Register(tuple(known)), frozenset(codes))

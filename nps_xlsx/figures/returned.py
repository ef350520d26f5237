"""Who has returned and who has not, against the councils that were asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from nps_xlsx.figures.tables import Tables
from nps_xlsx.model import Council
from nps_xlsx.register.councils import Register
from nps_xlsx.register.decisions import DECLINED, MERGED, NOTHING, Decision, decision_of

NO_ANSWER = "no answer"
"""What those are counted as that neither returned nor decided anything."""


@dataclass(frozen=True)
class Asked:
    """The councils that were asked to take part, and which of them have returned."""

    councils: Register
    returned: frozenset[str]
    decided: Mapping[str, Decision] = field(default_factory=dict)
    """What those of them decided that have no return that counts, by GSS code."""

    @property
    def missing(self) -> tuple[Council, ...]:
        """Those that neither returned nor decided anything, by region, type and name."""
        known = self.returned | self.decided.keys()
        return _in_order(council for council in self.councils.councils if council.gss_code not in known)

    @property
    def apart(self) -> tuple[Council, ...]:
        """Those that declined or have nothing to report, in the same order."""
        return _in_order(council for council in self.councils.councils if council.gss_code in self.decided)

    @property
    def outcomes(self) -> dict[str, frozenset[str]]:
        """The councils without a return that counts, by why there is none; those missing come last."""
        kinds: dict[str, set[str]] = {}
        for code, decision in self.decided.items():
            kinds.setdefault(decision.kind, set()).add(code)
        by_kind = {kind: frozenset(codes) for kind, codes in sorted(kinds.items())}
        return by_kind | {NO_ANSWER: frozenset(council.gss_code for council in self.missing)}

    def _has_decided(self, code: str, status: str) -> bool:
        return code in self.decided and self.decided[code].status == status

    def rates(self, fact: str) -> pd.DataFrame:
        """How many in each ``region`` or ``council_type`` were asked, returned, decided what; then in all."""
        rows = pd.DataFrame(
            {
                "group": [council.fact(fact) for council in self.councils.councils],
                "returned": [council.gss_code in self.returned for council in self.councils.councils],
            }
        )
        for status in (DECLINED, NOTHING):
            rows[status] = [self._has_decided(council.gss_code, status) for council in self.councils.councils]
        groups = rows.groupby("group")
        table = pd.DataFrame(
            {"asked": groups.size()} | {name: groups[name].sum() for name in rows.columns[1:]}
        )
        table.loc["All"] = [len(rows), *(int(rows[name].sum()) for name in rows.columns[1:])]
        table["share"] = (table["returned"] / table["asked"]).where(table["asked"] > 0)
        return table


def response_rates(tables: Tables, asked: Register | None = None) -> Asked:
    """Which of the councils asked have returned: by default, of the principal councils of England.

    Councils that responded without being on the list were evidently asked, so they are added.  The list's
    columns *status* and *reason* say what councils decided: one that merged is not asked any more.
    """
    expected = asked or tables.register.principal()
    codes = {assessment.gss_code for assessment in tables.assessments}
    known = [tables.register.by_code[code] for code in sorted(codes) if code in tables.register.by_code]
    decisions = {code: decision_of(row) for code, row in expected.listed.items() if code not in codes}
    decided = {code: decision for code, decision in decisions.items() if decision}
    merged = {code for code, decision in decided.items() if decision.status == MERGED}
    still = Register(tuple(council for council in expected.councils if council.gss_code not in merged))
    return Asked(
        still + Register(tuple(known)),
        frozenset(codes),
        {code: decision for code, decision in decided.items() if code not in merged},
    )


def _in_order(councils: Iterable[Council]) -> tuple[Council, ...]:
    return tuple(sorted(councils, key=lambda c: (c.region, c.council_type, c.name.casefold())))

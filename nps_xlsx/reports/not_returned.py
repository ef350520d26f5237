"""The list of councils that have not returned yet, with everything that the asked file says of them."""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.figures.returned import Asked
from nps_xlsx.model import Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.register.decisions import Decision
from nps_xlsx.reports.listings import LISTINGS

NAME = "not-returned.csv"

_CAME = {
    Status.BLANK: "a workbook in which nothing is answered",
    Status.OTHER_ROUND: "the workbook of round {round}",
    Status.LATE: "a return that came after the round was closed",
    Status.REFUSED: "a file that was refused",
}
"""What came instead of a return that counts, by status."""

_CAME_BY_MAIL = {
    "mail-undelivered": "our mail came back undelivered",
    "mail-automatic": "an automatic reply or a receipt",
    "mail-without-workbook": "a mail without a workbook",
}
"""What came instead of a file, by the problem with the mail."""


def not_returned(asked: Asked, listed: Register | None, returns: Sequence[Return]) -> tuple[str, bytes]:
    """The name and content of the list: a row per council, with every column of the asked file.

    Those that decided not to answer come last, with what they decided.  A column with the same name as
    one of ours is there once, as ours.
    """
    ours, theirs = LISTINGS[NAME].columns, listed.listed if listed else {}
    names = dict.fromkeys(name for row in theirs.values() for name in row)
    extra = [name for name in names if name not in ours]
    instead, came = _instead(returns), came_instead(returns)
    rows = []
    for council in (*asked.missing, *asked.apart):
        decided = asked.decided.get(council.gss_code, Decision("missing"))
        row = {
            "gss_code": council.gss_code,
            "council": council.name,
            "region": council.region,
            "council_type": council.council_type,
            "came": came.get(council.gss_code, ""),
            "source_file": "; ".join(r.source_file for r in instead.get(council.gss_code, [])),
            "status": decided.status,
            "reason": decided.reason,
        }
        rows.append(row | {name: theirs.get(council.gss_code, {}).get(name, "") for name in extra})
    return NAME, to_csv([*ours, *extra], rows)


def came_instead(returns: Sequence[Return]) -> dict[str, str]:
    """What came from each council instead of a return that counts, in words, by GSS code."""
    return {
        code: "; ".join(dict.fromkeys(_words(returned) for returned in came))
        for code, came in _instead(returns).items()
    }


def _instead(returns: Sequence[Return]) -> dict[str, list[Return]]:
    instead: dict[str, list[Return]] = {}
    for returned in returns:
        if returned.status in _CAME:
            instead.setdefault(returned.gss_code, []).append(returned)
    return instead


def _words(returned: Return) -> str:
    slugs = (problem.slug for problem in returned.problems)
    by_mail = (_CAME_BY_MAIL[slug] for slug in slugs if slug in _CAME_BY_MAIL)
    round_ = returned.assessment.round if returned.assessment else ""
    return next(by_mail, _CAME[returned.status].format(round=round_))

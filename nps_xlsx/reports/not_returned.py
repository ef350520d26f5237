"""The list of councils that are still to return, with all that the asked file says of them."""

from __future__ import annotations

from collections.abc import Sequence

from nps_xlsx.figures.returned import Asked
from nps_xlsx.model import Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.listings import LISTINGS, to_csv

NAME = "not-returned.csv"

_CAME = {
    Status.BLANK: "a workbook in which nothing is answered",
    Status.OTHER_ROUND: "the workbook of round {round}",
    Status.REFUSED: "a file that was refused",
}
"""What came instead of a return, by its status."""

_CAME_BY_MAIL = {
    "mail-undelivered": "our mail came back undelivered",
    "mail-automatic": "an automatic reply or a receipt",
    "mail-without-workbook": "a mail without a workbook",
}
"""What came instead of a file, by the kind of problem with the mail."""


def not_returned(asked: Asked, listed: Register | None, returns: Sequence[Return]) -> tuple[str, bytes]:
    """The name and the content of the list: a row per council, with every column of the asked file.

    A column of that file that is called as one of ours stands once, as ours.
    """
    ours = LISTINGS[NAME].columns
    theirs = {code: dict(row) for code, row in (listed.listed if listed else {}).items()}
    extra = [
        name for name in dict.fromkeys(key for row in theirs.values() for key in row) if name not in ours
    ]
    instead = _instead(returns)
    came = came_instead(returns)
    rows = []
    for council in asked.missing:
        row = {
            "gss_code": council.gss_code,
            "council": council.name,
            "region": council.region,
            "council_type": council.council_type,
            "came": came.get(council.gss_code, ""),
            "source_file": "; ".join(one.source_file for one in instead.get(council.gss_code, [])),
        }
        rows.append(row | {name: theirs.get(council.gss_code, {}).get(name, "") for name in extra})
    return NAME, to_csv([*ours, *extra], rows)


def came_instead(returns: Sequence[Return]) -> dict[str, str]:
    """What came of each council that is not a return that counts, in words, by GSS code."""
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
    by_mail = (_CAME_BY_MAIL[found.slug] for found in returned.problems if found.slug in _CAME_BY_MAIL)
    round_ = returned.assessment.round if returned.assessment else ""
    return next(by_mail, _CAME[returned.status].format(round=round_))

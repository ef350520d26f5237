"""What went out to the councils of a round, and to which addresses nothing gets through."""

from __future__ import annotations

from collections.abc import Iterable

from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.mails.outbox import AUTOMATIC, BOUNCED, mails, went_out


def gone_out(events: Iterable[Event]) -> dict[str, list[Event]]:
    """The last event of each mail that went out, by council."""
    last = {(one.message_id, one.file): one for one in mails(events)}
    sent: dict[str, list[Event]] = {}
    for one in last.values():
        if went_out(one):
            sent.setdefault(one.gss_code, []).append(one)
    return sent


def bouncing(events: Iterable[Event]) -> set[str]:
    """The addresses that a mail came back from, and to which none has gone out since."""
    bounced: set[str] = set()
    for one in (one for one in events if one.kind is Kind.MAIL):
        addresses = {address.strip().casefold() for address in one.address.split(";")}
        if one.status == BOUNCED:
            bounced |= addresses
        elif one.status != AUTOMATIC:
            bounced -= addresses
    return bounced

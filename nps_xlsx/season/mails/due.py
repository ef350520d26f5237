"""Who gets which mail on a day, by how each council stands."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from nps_xlsx.model import Status
from nps_xlsx.season.came import Came
from nps_xlsx.season.journal import Event
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.outbox import BOUNCED, mail_kind
from nps_xlsx.season.standing import IN, WAITED_FOR, Standing, Standings

_REPLIED_TO = (Status.ACCEPTED, Status.JOINED, Status.REFUSED, Status.BLANK, Status.OTHER_ROUND)
"""What is replied to; a return that another replaces is not."""
_NOT_READ = (Status.BLANK, Status.OTHER_ROUND)
"""What a reminder names in words of its own."""


@dataclass(frozen=True, slots=True)
class Due:
    """A mail that a council is to get."""

    standing: Standing
    returns: tuple[Came, ...] = ()
    """The returns that it is about."""
    came: str = ""
    """What came instead of a return, if a reminder is to name it: "blank" or "other-round"."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Decides which mails of a kind are due."""

    kind: MailKind
    standings: Standings
    bounced: Collection[str]
    """Every address that mail ever came back from, in lower case."""
    uncertain: Collection[Event] = ()
    """The mails of the kind that may have gone out or not, and that nobody has settled."""
    again: bool = False
    """Whether those who had such a mail get another."""

    def due(self, one: Standing) -> Iterator[Due]:
        """The mails that are due to a council: one or none, but a reply for each of its returns."""
        match self.kind:
            case MailKind.INVITE if one.participant and not one.participant.status and not self._has(one):
                yield Due(one)
            case MailKind.CHASE if self._is_chased(one):
                came = "" if one.state in IN else next((file.status for file in one.answerable), "")
                returns = () if came in _NOT_READ else one.answerable
                yield Due(one, returns, came if came in _NOT_READ else "")
            case MailKind.REPLY:
                yield from (Due(one, (file,)) for file in one.came if self._is_to_answer(one, file))
            case MailKind.FEEDBACK | MailKind.THANK if one.state in IN and not self._has(one):
                yield Due(one)

    def is_uncertain(self, due: Due) -> bool:
        """Whether such a mail may have arrived: a kill came while it was being sent."""
        about = {file.sha256 for file in due.returns} if self.kind is MailKind.REPLY else set()
        mine = [one for one in self.uncertain if one.gss_code == due.standing.gss_code]
        return any(one.sha256 in about or not about for one in mine)

    def _mails(self, one: Standing) -> list[Event]:
        return [mail for mail in one.mails if mail_kind(mail) is self.kind]

    def _has(self, one: Standing) -> bool:
        """Whether a mail of the kind went out to it and did not come back from everyone it went to."""
        if self.again:
            return False
        return any(
            not set(mail.address.lower().split("; ")) <= set(self.bounced) for mail in self._mails(one)
        )

    def _is_chased(self, one: Standing) -> bool:
        today = self.standings.day
        if self.again and today in one.mailed(MailKind.CHASE, MailKind.REPLY) and one.heard_on != today:
            return one.state in WAITED_FOR or bool(one.errors or one.outstanding)
        return one.is_chased

    def _is_to_answer(self, one: Standing, file: Came) -> bool:
        """Whether a file is a return, or came instead of one, and nobody has written about it."""
        about = {mail.sha256 for mail in one.mails if mail_kind(mail) in (MailKind.REPLY, MailKind.CHASE)}
        is_new = self.again or file.sha256 not in about
        return file.status in _REPLIED_TO and not file.notice and is_new


def bounced_of(events: Collection[Event]) -> set[str]:
    """Every address that mail ever came back from, in lower case."""
    return {one.address.lower() for one in events if one.status == BOUNCED}

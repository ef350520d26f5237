"""How each council of a round stands on a day, and what it needs: who is chased is decided here alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from nps_xlsx.model import Council, Status
from nps_xlsx.register.decisions import DECLINED, MERGED, NOTHING
from nps_xlsx.season.came import (
    AUTOMATIC,
    UNDELIVERED,
    WITHOUT,
    Came,
    as_came,
    came_of,
    first_seen,
    key_of,
    unread,
)
from nps_xlsx.season.folder import Round
from nps_xlsx.season.ingesting import file_key
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.outbox import mail_kind
from nps_xlsx.season.mails.sent import bouncing, gone_out
from nps_xlsx.season.participants import Participant

QUIET = dt.timedelta(days=7)
"""Whom to chase is suggested after this long without a mail either way, from as long before the due date."""


class State(StrEnum):
    """Where a council stands; it is in one state only."""

    RETURNED = "returned on time"
    LATE = "returned late"
    BLANK = "blank"
    REFUSED = "refused and waiting"
    OTHER_ROUND = "other round's workbook"
    DECLINED = DECLINED
    MERGED = MERGED
    NOTHING = NOTHING
    TOO_LATE = "after the round was closed"
    MISSING = "missing"


IN = (State.RETURNED, State.LATE)
"""The states of a council with a return that counts."""
WAITED_FOR = (State.BLANK, State.REFUSED, State.OTHER_ROUND, State.TOO_LATE, State.MISSING)
"""The states of a council whose return is still waited for."""


class Need(StrEnum):
    """What a council needs today, the most pressing only."""

    NOTHING = ""
    DECIDE = "decide: returned, but councils.csv says otherwise"
    ADD = "add to councils.csv"
    READ = "read what was written"
    REPLY_REFUSED = "reply about the file that was refused"
    REPLY_BLANK = "reply that nothing is answered"
    REPLY_ROUND = "send this round's workbook again"
    REPLY_ERRORS = "reply about errors"
    ADDRESS = "find an address"
    OTHER_ADDRESS = "find another address"
    INVITE = "invite"
    CHASE_OTHERS = "chase the other respondents"
    CHASE = "chase"


_INSTEAD = {
    Status.BLANK: (State.BLANK, Need.REPLY_BLANK),
    Status.REFUSED: (State.REFUSED, Need.REPLY_REFUSED),
    Status.OTHER_ROUND: (State.OTHER_ROUND, Need.REPLY_ROUND),
    Status.LATE: (State.TOO_LATE, Need.NOTHING),
}
"""What a file that came instead of a return means for its council."""
_ANSWERS = (MailKind.REPLY, MailKind.CHASE)
"""The mails that answer a file."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a council stands on a day."""

    council: Council
    participant: Participant | None = None
    """As ``councils.csv`` has it; ``None`` if it returned without being asked."""
    state: State = State.MISSING
    need: Need = Need.NOTHING
    """What to do about it today."""
    is_chased: bool = False
    """Whether ``nps mail chase`` of that day writes to it, if it has an address."""
    came: tuple[Came, ...] = ()
    """What came from it, the oldest first; also automatic replies and undelivered mails."""
    came_on: dt.date | None = None
    """When its first return came that counted or that another of its own replaced."""
    heard_on: dt.date | None = None
    """When somebody there last sent something, or when that was first read."""
    mails: tuple[Event, ...] = ()
    """What went out to it: the last event of each mail, in their order."""
    bounced: tuple[str, ...] = ()
    """Those of its addresses that a mail came back from."""
    outstanding: tuple[str, ...] = ()
    """The respondents of a council with a return who have not sent theirs."""
    news: tuple[Event, ...] = ()
    """Its files that are new, or count otherwise, since the day before the last run's."""

    @property
    def gss_code(self) -> str:
        """The council's code."""
        return self.council.gss_code

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its addresses that no mail came back from."""
        given = self.participant.emails if self.participant else ()
        return tuple(one for one in given if one not in self.bounced)

    @property
    def reason(self) -> str:
        """Why it declined, as one of ``REASONS``; empty where it did not, or gave none."""
        return self.participant.reason_kind if self.participant and self.state is State.DECLINED else ""

    def mailed(self, *kinds: MailKind) -> tuple[dt.date, ...]:
        """The days on which mails of these kinds went out to it."""
        return tuple(dt.date.fromisoformat(one.day) for one in self.mails if mail_kind(one) in kinds)

    @property
    def invited_on(self) -> dt.date | None:
        """When it was last invited."""
        return max(self.mailed(MailKind.INVITE), default=None)

    @property
    def chased(self) -> int:
        """How often it was chased."""
        return len(self.mailed(MailKind.CHASE))

    @property
    def answerable(self) -> tuple[Came, ...]:
        """The files to answer: those that count and have errors, else the last that came instead."""
        if self.state in IN:
            return tuple(one for one in self.came if one.counts and one.errors)
        return tuple(one for one in self.came if one.is_instead)[-1:]

    @property
    def unanswered(self) -> tuple[Came, ...]:
        """Those of them that no reply and no chase has gone out about."""
        answered = {one.sha256 for one in self.mails if mail_kind(one) in _ANSWERS}
        return tuple(one for one in self.answerable if one.sha256 not in answered)

    @property
    def errors(self) -> int:
        """How many errors there are in what counts, or in what came instead."""
        return sum(one.errors for one in self._judged)

    @property
    def warnings(self) -> int:
        """How many warnings, likewise."""
        return sum(one.warnings for one in self._judged)

    @property
    def _judged(self) -> tuple[Came, ...]:
        return tuple(one for one in self.came if one.counts) if self.state in IN else self.answerable

    @property
    def replied(self) -> bool:
        """Whether everything that needed an answer has had one."""
        return bool(self.answerable) and not self.unanswered


@dataclass(frozen=True, kw_only=True)
class Standings:
    """How a round stands on a day."""

    day: dt.date
    due: dt.date | None = None
    ran: str = ""
    """The day of the last ingest; empty if there was none."""
    since: str = ""
    """The day of the last ingest before that day: what is new is new since then; empty if there was none."""
    is_closed: bool = False
    councils: tuple[Standing, ...] = ()
    """Every council of ``councils.csv``, in its order, then those that returned without being asked."""
    nobodys: tuple[Came, ...] = ()
    """Files of which nobody knows whose they are."""
    unread: tuple[str, ...] = ()
    """Files among the returns that are not in the results."""

    @cached_property
    def by_code(self) -> dict[str, Standing]:
        """The councils by their codes."""
        return {one.gss_code: one for one in self.councils}

    @property
    def asked(self) -> tuple[Standing, ...]:
        """The councils that are asked: not those that merged."""
        return tuple(one for one in self.councils if one.state is not State.MERGED)


def standings_of(round_: Round, day: dt.date) -> Standings:
    """How each council of a round stands on a day, by its files: nothing is written, no lock is taken.

    Raises:
        UserError: one of its files cannot be used.
    """
    came = came_of(round_.paths.latest)
    stood = standings(
        round_.participants,
        [replace(one, gss_code=round_.register.present_code(one.gss_code)) for one in came],
        round_.events,
        round_.settings.due,
        day,
        round_.register.by_code,
    )
    return replace(stood, unread=unread(round_.paths.returns, came))


def standings(
    participants: Sequence[Participant],
    came: Iterable[Came],
    events: Sequence[Event],
    due: dt.date | None,
    day: dt.date,
    register: Mapping[str, Council],
) -> Standings:
    """How each council stands on a day, by what came and what happened; no file is read."""
    seen, by_code = first_seen(events), defaultdict[str, list[Came]](list)
    for one in came:
        by_code[one.gss_code].append(as_came(one, seen))
    runs = [one for one in events if one.kind is Kind.RUN and one.status == "ingest"]
    before = [one for one in runs if one.day < runs[-1].day]
    sent = gone_out(events)
    facts = _Facts(
        day=day,
        due=due,
        is_closed=next((one.kind for one in reversed(events) if one.kind in _LOCKS), None) is Kind.CLOSED,
        mails=sent,
        was_invited=any(mail_kind(one) is MailKind.INVITE for ours in sent.values() for one in ours),
        bounced=bouncing(events),
        news=[one for one in events[before[-1].number if before else 0 :] if one.kind is Kind.RETURN],
        seen=seen,
        something_came=any(one.is_answered or one.is_instead for files in by_code.values() for one in files),
    )
    listed = {one.gss_code for one in participants}
    others = [register[code] for code in sorted(by_code) if code in register and code not in listed]
    return Standings(
        day=day,
        due=due,
        ran=runs[-1].day if runs else "",
        since=before[-1].day if before else "",
        is_closed=facts.is_closed,
        councils=(
            *(_standing(one.council, one, by_code[one.gss_code], facts) for one in participants),
            *(_standing(one, None, by_code[one.gss_code], facts) for one in others),
        ),
        nobodys=tuple(
            one for code, files in by_code.items() if code not in listed | register.keys() for one in files
        ),
    )


_LOCKS = (Kind.CLOSED, Kind.OPENED)


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What is known of the whole round."""

    day: dt.date
    due: dt.date | None
    is_closed: bool
    mails: Mapping[str, Sequence[Event]]
    bounced: Collection[str]
    news: Sequence[Event]
    seen: Mapping[str, dt.date]
    something_came: bool
    was_invited: bool
    """Whether anyone was invited by the program at all."""


def _standing(council: Council, asked: Participant | None, files: Sequence[Came], facts: _Facts) -> Standing:
    came = tuple(sorted(files, key=lambda one: one.day or dt.date.min))
    days = [one.day for one in came if one.is_answered and one.day]
    emails = asked.emails if asked else ()
    plain = Standing(
        council=council,
        participant=asked,
        state=_state(asked, came, min(days, default=None), facts),
        came=came,
        came_on=min(days, default=None),
        heard_on=_heard_on(came, facts),
        mails=tuple(facts.mails.get(council.gss_code, ())),
        bounced=tuple(one for one in emails if one.casefold() in facts.bounced),
        outstanding=_outstanding(asked, came),
        news=tuple(one for one in facts.news if one.gss_code == council.gss_code),
    )
    return replace(plain, need=_need(plain, facts), is_chased=_is_chased(plain, facts))


def _state(asked: Participant | None, came: Sequence[Came], first: dt.date | None, facts: _Facts) -> State:
    """A return that counts comes before what ``councils.csv`` says, and that before what came instead."""
    if any(one.counts for one in came):
        return State.LATE if first and facts.due and first > facts.due else State.RETURNED
    if asked and asked.status:
        return State(asked.status)
    instead = [one for one in came if one.is_instead]
    return _INSTEAD[instead[-1].status][0] if instead else State.MISSING


def _outstanding(asked: Participant | None, came: Sequence[Came]) -> tuple[str, ...]:
    """Who of the respondents has not returned; nobody if the council answered as a whole, or not at all."""
    there = {one.respondent.casefold() for one in came if one.counts}
    if asked is None or not there or "" in there:
        return ()
    return tuple(name for name in asked.respondents if name.casefold() not in there)


def _heard_on(came: Sequence[Came], facts: _Facts) -> dt.date | None:
    by_person = [one for one in came if one.notice not in (UNDELIVERED, AUTOMATIC)]
    days = [facts.seen.get(key_of(one)) or one.day for one in by_person]
    return max(filter(None, days), default=None)


def _is_chased(one: Standing, facts: _Facts) -> bool:
    """Whether something of it is waited for, and neither it nor we wrote about that today."""
    return (
        _is_owing(one)
        and not facts.is_closed
        and not _is_uninvited(one, facts)
        and one.heard_on != facts.day
        and facts.day not in one.mailed(MailKind.CHASE, MailKind.REPLY)
    )


def _is_owing(one: Standing) -> bool:
    """Whether a council that was asked has not returned, or not all of it, or with errors."""
    if one.participant is None or one.participant.status or one.state is State.TOO_LATE:
        return False
    return one.state in WAITED_FOR or bool(one.errors or one.outstanding)


def _is_uninvited(one: Standing, facts: _Facts) -> bool:
    """Whether it is still to be invited: others were, or nothing has come from anyone, so nobody was."""
    is_waiting = one.state is State.MISSING and not one.heard_on
    return (
        is_waiting
        and not one.mailed(MailKind.INVITE, MailKind.CHASE)
        and (facts.was_invited or not facts.something_came)
    )


def _need(one: Standing, facts: _Facts) -> Need:
    if one.participant is None:
        return Need.ADD
    if one.participant.status:
        return Need.DECIDE if one.state in IN else Need.NOTHING
    if any(file.notice == WITHOUT and _is_new(file, one) for file in one.came):
        return Need.READ
    if facts.is_closed or not _is_owing(one):
        return Need.NOTHING
    if one.unanswered:
        return Need.REPLY_ERRORS if one.state in IN else _INSTEAD[one.unanswered[0].status][1]
    if not one.addresses:
        return Need.OTHER_ADDRESS if one.bounced else Need.ADDRESS
    if _is_uninvited(one, facts):
        return Need.INVITE
    if not (_is_chased(one, facts) and _is_time(one, facts)):
        return Need.NOTHING
    return Need.CHASE_OTHERS if one.outstanding and not one.errors else Need.CHASE


def _is_time(one: Standing, facts: _Facts) -> bool:
    """Whether it has been quiet long enough, and the due date is near, or past, or not set."""
    last = max(filter(None, (one.heard_on, *one.mailed(*MailKind))), default=dt.date.min)
    return facts.day - last >= QUIET and (facts.due is None or facts.due - facts.day <= QUIET)


def _is_new(file: Came, one: Standing) -> bool:
    """Whether a file of a council is among what is new."""
    return any(file_key(event) == key_of(file) for event in one.news)

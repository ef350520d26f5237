"""How a council stands is decided in one place, by what came, what happened, and what it decided."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from nps_xlsx.model import Council, Status
from nps_xlsx.register.councils import load_register
from nps_xlsx.season.came import Came
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.participants import Participant
from nps_xlsx.season.standing import Need, Standing, Standings, State, standings
from samples.make_returns import SAMPLES

REGISTER = load_register(SAMPLES / "synthetic-councils.csv").by_code
MOCKFORD, EXAMPLETON = REGISTER["Z07000001"], REGISTER["Z06000001"]
DUE, DAY = dt.date(2026, 12, 18), dt.date(2026, 12, 20)


def asked(council: Council = MOCKFORD, **given: Any) -> Participant:
    return Participant(council, **{"emails": ("a@mockford.example",), **given})


def came(status: Status = Status.ACCEPTED, day: str = "", **given: Any) -> Came:
    when = dt.date.fromisoformat(day) if day else None
    known = {"file": f"{status}-{day}.xlsx", "sha256": f"{status}-{day}", "gss_code": MOCKFORD.gss_code}
    return Came(**{**known, "status": status, "day": when, **given})


def mail(what: str, day: str, status: str = "drafted", **given: Any) -> Event:
    file = f"outbox/{what}/{day}/x.eml"
    return event(Kind.MAIL, day, status, **{"file": file, "message_id": f"{what}{day}", **given})


def event(kind: Kind, day: str, status: str = "", gss_code: str = MOCKFORD.gss_code, **given: Any) -> Event:
    return Event(kind=kind, day=day, status=status, gss_code=gss_code, **given)


def ingest(day: str, *files: Came, number: int = 0) -> list[Event]:
    """What an ingest writes down of new files."""
    new = [
        event(Kind.RETURN, day, one.status, one.gss_code, file=one.file, sha256=one.sha256) for one in files
    ]
    return [*new, event(Kind.RUN, day, "ingest", "", number=number + len(new) + 1)]


def stand(
    files: Sequence[Came] = (),
    events: Sequence[Event] = (),
    *,
    of: Sequence[Participant] | None = None,
    due: dt.date | None = DUE,
    day: dt.date = DAY,
) -> Standings:
    return standings((asked(),) if of is None else of, files, events, due, day, REGISTER)


def one(*args: Any, **given: Any) -> Standing:
    return stand(*args, **given).councils[0]


@pytest.mark.parametrize(
    ("files", "status", "state"),
    [
        ([], "", State.MISSING),
        ([came(day="2026-12-18")], "", State.RETURNED),
        ([came(day="2026-12-19")], "", State.LATE),
        ([came()], "", State.RETURNED),
        ([came(Status.SUPERSEDED, "2026-12-10"), came(day="2026-12-19")], "", State.RETURNED),
        ([came(Status.JOINED, "2026-12-19"), came(day="2026-12-18")], "", State.RETURNED),
        ([came(Status.BLANK, "2026-12-10")], "", State.BLANK),
        ([came(Status.BLANK, "2026-12-10"), came(day="2026-12-12")], "", State.RETURNED),
        ([came(Status.BLANK, "2026-12-10"), came(day="2026-12-19")], "", State.LATE),
        ([came(day="2026-12-10"), came(Status.BLANK, "2026-12-12")], "", State.RETURNED),
        ([came(Status.BLANK, "2026-12-10"), came(Status.REFUSED, "2026-12-12")], "", State.REFUSED),
        ([came(Status.REFUSED, "2026-12-12"), came(Status.OTHER_ROUND, "2026-12-11")], "", State.REFUSED),
        ([came(Status.OTHER_ROUND, "2026-12-12")], "", State.OTHER_ROUND),
        ([came(Status.LATE, "2026-12-19")], "", State.TOO_LATE),
        ([came(Status.BLANK, "2026-12-12"), came(Status.LATE, "2026-12-19")], "", State.TOO_LATE),
        ([came(day="2026-12-12"), came(Status.LATE, "2026-12-19")], "", State.RETURNED),
        ([came(Status.REFUSED, "2026-12-12", notice="mail-automatic")], "", State.MISSING),
        ([came(Status.REFUSED, "2026-12-12", notice="mail-undelivered")], "", State.MISSING),
        ([], "declined", State.DECLINED),
        ([came(Status.BLANK, "2026-12-12")], "declined", State.DECLINED),
        ([came(day="2026-12-12")], "declined", State.RETURNED),
        ([came(day="2026-12-19")], "merged", State.LATE),
        ([], "merged", State.MERGED),
        ([], "nothing to report", State.NOTHING),
    ],
)
def test_a_council_is_in_one_state(files: list[Came], status: str, state: State) -> None:
    """A return that counts comes first, then what the council decided, then the last thing that came."""
    assert one(files, of=[asked(status=status)]).state is state


def test_without_a_due_date_nothing_is_late() -> None:
    """However late it comes."""
    assert one([came(day="2031-01-01")], due=None).state is State.RETURNED


def test_a_return_came_on_its_own_day_or_when_it_was_first_seen_if_that_was_earlier() -> None:
    """A file without a date came when the ingest saw it; one dated in the future no later than that."""
    undated, future = came(), came(day="2027-12-18")
    for file, seen, state in (
        (undated, "2026-12-19", State.LATE),
        (undated, "2026-12-18", State.RETURNED),
        (future, "2026-12-18", State.RETURNED),
        (future, "2026-12-19", State.LATE),
    ):
        events = [*ingest(seen, file), *ingest("2026-12-21", came(Status.BLANK), number=2)]
        standing = one([file], events)
        assert (standing.state, str(standing.came_on)) == (state, seen)


def test_of_two_respondents_one_has_returned() -> None:
    """The council has returned, and the other respondent is chased; not if it answers as a whole."""
    of = [asked(respondents=("Adult care", "Highways"))]
    half = one([came(day="2026-12-10", respondent="adult care")], of=of)
    assert (half.state, half.outstanding, half.need) == (State.RETURNED, ("Highways",), Need.CHASE_OTHERS)
    assert half.is_chased
    for respondents in (("Adult care", "Highways"), ("Adult care", "")):
        whole = one([came(day="2026-12-10", respondent=name) for name in respondents], of=of)
        assert (whole.outstanding, whole.need, whole.is_chased) == ((), Need.NOTHING, False)
    assert one(of=of).outstanding == ()


def test_a_council_that_was_not_asked_is_there_if_it_returned() -> None:
    """It is to be added to the list; of a council that nobody knows, the file is listed."""
    standing = stand([came(day="2026-12-10"), came(gss_code=""), came(gss_code="E99999999")], of=())
    (other,) = standing.councils
    assert (other.council, other.participant, other.state) == (MOCKFORD, None, State.RETURNED)
    assert (other.need, other.is_chased) == (Need.ADD, False)
    assert [file.gss_code for file in standing.nobodys] == ["", "E99999999"]


@pytest.mark.parametrize("status", ["declined", "merged", "nothing to report"])
def test_who_decided_and_returned_after_all_needs_a_decision(status: str) -> None:
    """Both cannot hold; nothing else is needed of a council that decided, and nobody chases it."""
    of = [asked(status=status, reason="Resources: none")]
    both = one([came(day="2026-12-10", errors=3)], of=of)
    assert (both.need, both.is_chased, both.reason) == (Need.DECIDE, False, "")
    alone = one(of=of)
    assert (alone.need, alone.is_chased) == (Need.NOTHING, False)
    assert alone.reason == ("resources" if status == "declined" else "")


def test_nothing_happened_at_all() -> None:
    """Everyone is to be invited, or an address to be found for them, whatever the day."""
    of = [asked(), asked(EXAMPLETON, emails=())]
    for day in (DUE - dt.timedelta(days=60), DAY):
        first, second = stand(of=of, day=day).councils
        assert (first.need, first.is_chased) == (Need.INVITE, False)
        assert (second.need, second.addresses) == (Need.ADDRESS, ())
    assert (stand().ran, stand().since) == ("", "")


def test_who_invites_with_other_programs_can_chase_with_this_one() -> None:
    """If it invited nobody, and something came, everyone was asked; otherwise who was not invited, is."""
    of = [asked(), asked(EXAMPLETON, emails=("b@x.example",))]
    files = [came(gss_code=EXAMPLETON.gss_code, day="2026-12-10")]
    assert one(files, of=of).need is Need.CHASE
    invited = mail("invite", "2026-11-01", gss_code=EXAMPLETON.gss_code)
    assert one(files, [invited], of=of).need is Need.INVITE


INVITED = mail("invite", "2026-11-01")


@pytest.mark.parametrize(
    ("events", "day", "need", "is_chased"),
    [
        ([INVITED], "2026-11-05", Need.NOTHING, True),  # the due date is far
        ([INVITED], "2026-12-11", Need.CHASE, True),
        ([INVITED], "2026-12-18", Need.CHASE, True),
        ([INVITED, mail("chase", "2026-12-11")], "2026-12-11", Need.NOTHING, False),
        ([INVITED, mail("chase", "2026-12-11")], "2026-12-17", Need.NOTHING, True),
        ([INVITED, mail("chase", "2026-12-11")], "2026-12-18", Need.CHASE, True),
        ([INVITED, mail("chase", "2026-12-11", "failed")], "2026-12-12", Need.CHASE, True),
        ([INVITED, mail("chase", "2026-12-11", why="to send")], "2026-12-12", Need.CHASE, True),
        ([INVITED, event(Kind.CLOSED, "2026-12-19")], "2026-12-20", Need.NOTHING, False),
        (
            [INVITED, event(Kind.CLOSED, "2026-12-19"), event(Kind.OPENED, "2026-12-20")],
            "2026-12-20",
            Need.CHASE,
            True,
        ),
    ],
)
def test_who_is_waited_for_is_chased(events: list[Event], day: str, need: Need, is_chased: bool) -> None:
    """At most once a day, while the round is open; it is suggested after a quiet week near the due date."""
    standing = one(events=events, day=dt.date.fromisoformat(day))
    assert (standing.need, standing.is_chased) == (need, is_chased)


def test_who_returned_after_the_round_was_closed_is_left_alone() -> None:
    """Its return is there, and counts once the round is opened and read again."""
    file = came(Status.LATE, "2026-12-10")
    for events in ([event(Kind.CLOSED, "2026-12-09")], []):
        standing = one([file], [INVITED, *events])
        assert (standing.need, standing.is_chased) == (Need.NOTHING, False)


def test_nobody_is_chased_on_the_day_on_which_they_wrote() -> None:
    """Whether a person wrote; an automatic reply is none."""
    for notice, is_chased in (("mail-without-workbook", False), ("mail-automatic", True), ("", False)):
        file = came(Status.REFUSED, "2026-12-19", notice=notice)
        assert one([file], [INVITED, *ingest("2026-12-20", file)]).is_chased is is_chased
        assert one([file], [INVITED, *ingest("2026-12-19", file)]).is_chased


@pytest.mark.parametrize(
    ("file", "need"),
    [
        (came(Status.REFUSED, "2026-12-12", errors=2), Need.REPLY_REFUSED),
        (came(Status.BLANK, "2026-12-12"), Need.REPLY_BLANK),
        (came(Status.OTHER_ROUND, "2026-12-12"), Need.REPLY_ROUND),
        (came(Status.ACCEPTED, "2026-12-12", errors=2), Need.REPLY_ERRORS),
        (came(Status.ACCEPTED, "2026-12-12", warnings=2), Need.NOTHING),
    ],
)
def test_what_cannot_be_used_is_answered_once(file: Came, need: Need) -> None:
    """By a reply, or by chasing, about that file; then the council is chased when it stays quiet."""
    assert (one([file], [INVITED]).need, one([file], [INVITED]).replied) == (need, False)
    assert one([file], [INVITED]).errors == file.errors
    if need:
        for kind in ("reply", "chase"):
            about = one([file], [INVITED, mail(kind, "2026-12-13", sha256=file.sha256)])
            assert (about.need, about.replied) == (Need.CHASE, True)
        other = one([file], [INVITED, mail("reply", "2026-12-13", sha256="another")])
        assert other.need is need


def test_what_was_refused_no_longer_matters_once_a_return_counts() -> None:
    """Its errors are not counted, and nobody waits for an answer to it."""
    standing = one([came(Status.REFUSED, "2026-12-10", errors=9), came(day="2026-12-12", warnings=1)])
    assert (standing.errors, standing.warnings, standing.need) == (0, 1, Need.NOTHING)


def test_an_address_that_mail_came_back_from_is_replaced() -> None:
    """Unless another is left, or a mail went out to it again since."""
    back = mail("", "2026-11-02", "bounced", file="returns/back.eml", address="A@mockford.example")
    one_address = one(events=[INVITED, back])
    assert (one_address.need, one_address.bounced) == (Need.OTHER_ADDRESS, ("a@mockford.example",))
    two = one(events=[INVITED, back], of=[asked(emails=("a@mockford.example", "b@mockford.example"))])
    assert (two.need, two.addresses) == (Need.CHASE, ("b@mockford.example",))
    again = mail("invite", "2026-11-03", address="a@mockford.example; b@x.example")
    assert one(events=[INVITED, back, again]).bounced == ()


def test_mails_are_counted_once_each() -> None:
    """A draft that was then sent is one mail; the last invitation is the one that counts."""
    events = [
        INVITED,
        mail("invite", "2026-11-08"),
        mail("chase", "2026-12-01"),
        mail("chase", "2026-12-01", "sent"),
        mail("chase", "2026-12-08"),
        mail("", "2026-12-09", "automatic", file="returns/away.eml"),
    ]
    standing = one(events=events)
    assert (str(standing.invited_on), standing.chased) == ("2026-11-08", 2)
    assert one().invited_on is None


def test_what_is_new_is_what_came_since_the_day_before_the_last_runs() -> None:
    """Two runs on one day are one; at the first run everything is new."""
    first, second, third = came(Status.BLANK, "2026-12-01"), came(day="2026-12-02"), came(day="2026-12-03")
    events = ingest("2026-12-02", first)
    assert (stand([first], events).ran, stand([first], events).since) == ("2026-12-02", "")
    assert len(one([first], events).news) == 1
    events += ingest("2026-12-04", second, number=2)
    events += ingest("2026-12-04", third, number=4)
    whole = stand([first, second, third], events)
    assert (whole.ran, whole.since) == ("2026-12-04", "2026-12-02")
    assert [news.file for news in whole.councils[0].news] == [second.file, third.file]


def test_what_a_person_wrote_is_read() -> None:
    """While it is new; also if the council's return is there."""
    letter = came(Status.REFUSED, "2026-12-12", notice="mail-without-workbook")
    events = [INVITED, *ingest("2026-12-13", letter, number=1)]
    assert one([letter, came(day="2026-12-10")], events).need is Need.READ
    assert one([letter], [*events, *ingest("2026-12-14", number=3)]).need is Need.CHASE

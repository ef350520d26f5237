"""Rules over all returns together: which of them count, and what became of the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nps_xlsx.model import Answer, Assessment, Framework, Place, Problem, Return, Severity, Status
from nps_xlsx.model.dates import iso_date
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import problem
from nps_xlsx.rounds.joining import differing, only_in, together
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import read_yes_no

Key = tuple[str, str, str, tuple[str, ...]]
"""What two returns share where one replaces the other: council, round, respondent, and what was asked."""


_INSTEAD = (Status.BLANK, Status.OTHER_ROUND)
"""What is read without fault and is no return of this round."""


class KeepError(UserError):
    """A file that is to be kept, and that is not among the returns."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Which of several returns of one council, round and respondent counts.

    The latest, by its own day, then by when its mail was sent, when the file was saved and the
    order of reading; or the earliest; or, before either, a file named here.
    """

    earliest: bool = False
    files: tuple[str, ...] = ()


def check_across(
    returns: Sequence[Return],
    framework: Framework,
    keep: Keep = Keep(),
    round_: str = "",
    asked: Container[str] | None = None,
) -> list[Return]:
    """The same returns, with those marked that do not count, and what is odd between them reported.

    Returns of another round than ``round_`` do not count; where it is empty, that is the round of
    which most councils answered, among those that were ``asked`` (their GSS codes) if any did.
    Colleagues' returns that share the sheets count together, in the one that would count alone.

    Raises:
        KeepError: a file that is to be kept is not among them.
    """
    _refuse_unknown(keep, returns)
    marked = _duplicates(returns, keep)
    marked = _shared_stamps([_unusable(as_blank(returned)) for returned in marked])
    marked = _other_rounds(marked, round_, asked)
    marked = _sent_again(marked, framework, keep)
    return _respondents(_noted_beside(marked))


def _refuse_unknown(keep: Keep, returns: Sequence[Return]) -> None:
    names = {returned.source_file for returned in returns}
    unknown = [name for name in keep.files if name not in names]
    if unknown:
        raise KeepError(
            f"--keep names {', '.join(unknown)}, but no such file was read. "
            "Give the name as returns.csv has it under source_file."
        )


def is_counted(returned: Return) -> bool:
    """Whether a return is used."""
    return returned.status is Status.ACCEPTED and returned.assessment is not None


def day_of(returned: Return) -> dt.date | None:
    """A return's own day: its mail's, else its *Date completed*, else the day on which it was saved."""
    completed = returned.assessment.detail("date_completed") if returned.assessment else ""
    days = (iso_date(text[:10]) for text in (_sent_at(returned), completed, returned.saved_at))
    return next(filter(None, days), None)


def with_day(returned: Return, as_of: dt.date) -> Return:
    """The return with its day in its assessment: never one after that on which it is looked at."""
    day = day_of(returned)
    if returned.assessment is None or day is None:
        return returned
    return replace(returned, assessment=replace(returned.assessment, day=min(day, as_of)))


def newest(assessments: Iterable[Assessment]) -> dt.date | None:
    """The day of the newest; ``None`` where none is dated."""
    return max((one.day for one in assessments if one.day), default=None)


def _sent_at(returned: Return) -> str:
    return returned.received.sent_at if returned.received else ""


def with_problem(returned: Return, found: Problem) -> Return:
    """The same return with a problem more, before the others."""
    return replace(returned, problems=(found, *returned.problems))


def _ended(returned: Return, status: Status, slug: str, **words: str) -> Return:
    found = problem(slug, Place(returned.source_file), **words)
    return replace(with_problem(returned, found), status=status, reason=found)


# --- The same bytes twice


def _duplicates(returns: Iterable[Return], keep: Keep) -> list[Return]:
    first: dict[str, str] = {}
    for returned in returns:
        if returned.source_file in keep.files or returned.sha256 not in first:
            first[returned.sha256] = returned.source_file
    return [
        _ended(returned, Status.DUPLICATE, "file-duplicate", other=first[returned.sha256])
        if returned.status is Status.ACCEPTED and first[returned.sha256] != returned.source_file
        else returned
        for returned in returns
    ]


# --- Nothing answered


def as_blank(returned: Return) -> Return:
    """The return, blank where it has no current level.

    An untouched workbook, perhaps prefilled or sent back by a mail server, may hold our own texts and
    targets, and no council has answered by it.  Corrections make it no return either: it is judged
    before they are put in.
    """
    if not is_counted(returned) or _answered(returned) or returned.answers_refused:
        return returned
    rows = sum(not answer.is_blank for answer in returned.assessment or ())
    return _ended(returned, Status.BLANK, "return-blank", value=str(rows))


def _unusable(returned: Return) -> Return:
    """The return, refused where something is answered and nothing of it can be used: it is no response."""
    if not is_counted(returned) or _answered(returned):
        return returned
    return _ended(returned, Status.REFUSED, "answers-unusable", value=str(returned.answers_refused))


def _noted_beside(returns: Sequence[Return]) -> list[Return]:
    """What came in place of a return needs no decision where its council has one that counts."""
    theirs = {one.assessment.gss_code for one in returns if is_counted(one) and one.assessment}
    return [
        _as_note(one)
        if one.status in _INSTEAD and one.assessment and one.assessment.gss_code in theirs
        else one
        for one in returns
    ]


def _as_note(returned: Return) -> Return:
    first, *rest = returned.problems
    return replace(returned, problems=(replace(first, severity=Severity.NOTE), *rest))


# --- Two councils with one stamp


def _shared_stamps(returns: Sequence[Return]) -> list[Return]:
    """Refuse returns that name another council than their stamp does, where that council has sent its own."""
    groups = _groups(returns, lambda a: (a.gss_code, a.round, a.respondent.casefold(), a.asked))
    marked = list(returns)
    for places in groups:
        strangers = [place for place in places if _stranger(returns[place])]
        if len(places) < 2 or not strangers:
            continue
        for place in strangers:
            other = next(returns[p].source_file for p in places if p != place)
            marked[place] = _refused(returns[place], other)
    return marked


def _stranger(returned: Return) -> Problem | None:
    return next((found for found in returned.problems if found.slug == "council-differs"), None)


def _refused(returned: Return, other: str) -> Return:
    assessment, stranger = returned.assessment, _stranger(returned)
    assert assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    assert stranger is not None  # noqa: S101 - only strangers are refused
    built_for = f"{assessment.council} ({assessment.gss_code})"
    words = {"value": stranger.value, "built_for": built_for, "other": other}
    return _ended(returned, Status.REFUSED, "stamp-shared", **words)


# --- Sent again, or shared by colleagues


def _sent_again(returns: Sequence[Return], framework: Framework, keep: Keep) -> list[Return]:
    """Of each council and respondent one return counts, with what colleagues add to it."""
    marked = list(returns)
    for places in _groups(returns, key_of):
        counts = _chosen(returns, places, keep)
        joined = [] if _named(returns, places, keep) else _joinable(returns, places, framework, keep)
        marked[counts] = _with_parts(marked[counts], [marked[place] for place in joined], framework)
        for place in places:
            if place != counts:
                is_joined = place in joined
                marked[place] = _behind(marked[place], marked[counts], is_joined=is_joined)
                if not is_joined:
                    marked[counts] = _told_if_lacking(marked[counts], returns[place])
    return marked


def _behind(returned: Return, counted: Return, *, is_joined: bool) -> Return:
    """A return that counts within another, or not at all."""
    status, slug = (Status.JOINED, "return-joined") if is_joined else (Status.SUPERSEDED, "return-superseded")
    other = counted.source_file
    return replace(_ended(returned, status, slug, other=other), superseded_by=other)


def _joinable(
    returns: Sequence[Return], places: Sequence[int], framework: Framework, keep: Keep
) -> list[int]:
    """The places of the returns to join to the one that counts, the one that goes before the others first.

    None of them answers a row differently from any that goes before it: what somebody changed since
    does not come back.
    """
    ordered = sorted(places, key=lambda place: by_age(returns[place], place), reverse=not keep.earliest)

    def agree(one: int, other: int) -> bool:
        before, after = sorted((one, other), key=lambda place: by_age(returns[place], place))
        pairs = (
            (returns[before].written, returns[after].written),
            (returns[before].assessment, returns[after].assessment),  # a ruling on one file is not lost
        )
        return all(old and new and not differing(old, new, framework) for old, new in pairs)

    return [place for at, place in enumerate(ordered) if at and all(agree(place, by) for by in ordered[:at])]


def _with_parts(counted: Return, parts: Sequence[Return], framework: Framework) -> Return:
    """The return that counts, with the answers of those that are joined to it."""
    if not parts or counted.assessment is None:
        return counted
    group = [counted, *parts]
    whole = together([one.assessment for one in group if one.assessment], framework)
    own = {answer.ref for answer in counted.assessment if is_used(answer)}
    is_corrected = any(one.uncorrected for one in group)
    others = ", ".join(one.source_file for one in parts)
    found = problem("returns-joined", Place(counted.source_file), others=others)
    return replace(
        with_problem(counted, found),
        assessment=whole,
        uncorrected=together([one.written for one in group if one.written], framework)
        if is_corrected
        else None,
        answers_joined=sum(is_used(answer) and answer.ref not in own for answer in whole),
    )


def is_used(answer: Answer) -> bool:
    """Whether the council wrote something in a row, all of which can be used."""
    return not answer.is_blank and not answer.refused


def key_of(assessment: Assessment) -> Key:
    """What a return shares with one that it replaces; a combined response is the council's own."""
    respondent = "" if is_combined(assessment) else assessment.respondent.casefold()
    return assessment.gss_code, assessment.round.casefold(), respondent, assessment.asked


def is_combined(assessment: Assessment) -> bool:
    """Whether the council marked the return as its combined response."""
    return read_yes_no(assessment.detail("combined"))[0] == layout.YES_NO[0]


def _chosen(returns: Sequence[Return], places: Sequence[int], keep: Keep) -> int:
    choose = min if keep.earliest else max
    among = _named(returns, places, keep) or places
    return choose(among, key=lambda place: by_age(returns[place], place))


def _named(returns: Sequence[Return], places: Sequence[int], keep: Keep) -> list[int]:
    return [place for place in places if returns[place].source_file in keep.files]


def by_age(returned: Return, place: int) -> tuple[dt.date, str, str, int]:
    """The older first, by day and by what tells two of one day apart; one without a date is the oldest."""
    return day_of(returned) or dt.date.min, _sent_at(returned), returned.saved_at, place


def _told_if_lacking(counted: Return, other: Return) -> Return:
    """The return that counts, with a warning of rows that only the one it replaces answers."""
    assert counted.assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    assert other.assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    refs = only_in(other.assessment, counted.assessment)
    if not refs:
        return counted
    words = {"value": str(len(refs)), "rows": ", ".join(refs), "other": other.source_file}
    found = problem("superseded-fuller", Place(counted.source_file), **words)
    return with_problem(counted, found)


def _answered(returned: Return) -> int:
    return sum(answer.is_answered for answer in returned.assessment or ())


# --- Respondents and rounds


def _respondents(returns: Sequence[Return]) -> list[Return]:
    """Tell respondents' returns that stand beside their council's combined response."""
    marked = list(returns)
    for places in _groups(returns, lambda a: (a.gss_code, a.round.casefold(), "", ())):
        combined = [place for place in places if _is_combined(returns[place])]
        for place in places:
            if combined and place not in combined:
                other = returns[combined[0]].source_file
                here = Place(returns[place].source_file)
                marked[place] = with_problem(returns[place], problem("respondents-mixed", here, other=other))
    return marked


def _is_combined(returned: Return) -> bool:
    return returned.assessment is not None and is_combined(returned.assessment)


def _other_rounds(returns: Sequence[Return], round_: str, asked: Container[str] | None) -> list[Return]:
    """Put returns of another round aside: the council has not answered in this one."""
    counted = [returned.assessment for returned in returns if is_counted(returned) and returned.assessment]
    of_asked = [one for one in counted if asked is None or one.gss_code in asked]
    this = round_ or main_round(of_asked or counted)
    return [_of_other_round(returned, this) for returned in returns]


def main_round(assessments: Iterable[Assessment]) -> str:
    """The round of which most councils are, the later of two alike; empty where none says its round.

    Each council has one voice for a round, however often it sent it and whatever its letters' case.
    """
    dated = [one for one in assessments if one.round]
    councils = Counter(name for _, name in {(one.gss_code, one.round.casefold()) for one in dated})
    main = max(councils, key=lambda name: (councils[name], name), default="")
    spelt = Counter(one.round for one in dated if one.round.casefold() == main)
    return max(spelt, key=lambda name: (spelt[name], name), default="")


def _of_other_round(returned: Return, this: str) -> Return:
    """The return as of this round, written alike in all; put aside where it is of another."""
    sent = returned.assessment.round if returned.assessment else ""
    if returned.assessment is None or not is_counted(returned) or not this or not sent:
        return returned
    if sent.casefold() == this.casefold():
        return replace(returned, assessment=replace(returned.assessment, round=this))
    return _ended(returned, Status.OTHER_ROUND, "round-other", value=sent, most=this)


def _groups(returns: Sequence[Return], key: Callable[[Assessment], Key]) -> Iterator[list[int]]:
    """The places of returns that count, together where the key is the same."""
    together: dict[Key, list[int]] = {}
    for place, returned in enumerate(returns):
        if is_counted(returned) and returned.assessment is not None:
            together.setdefault(key(returned.assessment), []).append(place)
    yield from together.values()

"""Rules over all returns together: which of them count, and what became of the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nps_xlsx import layout
from nps_xlsx.errors import UserError
from nps_xlsx.ingester.values import read_yes_no
from nps_xlsx.model import Assessment, Place, Problem, Return, Status
from nps_xlsx.problems import problem

Key = tuple[str, str, str, tuple[str, ...]]
"""What two returns share where one replaces the other: council, round, respondent, and what was asked."""


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
    returns: Sequence[Return], keep: Keep = Keep(), round_: str = "", asked: Container[str] | None = None
) -> list[Return]:
    """The same returns, with those marked that do not count, and what is odd between them reported.

    Returns of another round than ``round_`` do not count; where it is empty, that is the round that
    most answered returns are of, among the councils that were ``asked`` (their GSS codes) if any is.

    Raises:
        KeepError: a file that is to be kept is not among them.
    """
    _refuse_unknown(keep, returns)
    marked = _duplicates(returns, keep)
    marked = _shared_stamps([as_blank(returned) for returned in marked])
    marked = _other_rounds(marked, round_, asked)
    marked = _superseded(marked, keep)
    return _respondents(marked)


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
    days = (layout.iso_date(text[:10]) for text in (_sent_at(returned), completed, returned.saved_at))
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
    return replace(with_problem(returned, found), status=status, message=found.message)


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


# --- Sent again


def _superseded(returns: Sequence[Return], keep: Keep) -> list[Return]:
    marked = list(returns)
    for places in _groups(returns, key_of):
        counts = _chosen(returns, places, keep)
        for place in places:
            if place != counts:
                other = returns[counts].source_file
                ended = _ended(returns[place], Status.SUPERSEDED, "return-superseded", other=other)
                marked[place] = replace(ended, superseded_by=other)
                marked[counts] = _told_if_emptier(marked[counts], returns[place])
    return marked


def key_of(assessment: Assessment) -> Key:
    """What a return shares with one that it replaces; a combined response is the council's own."""
    respondent = "" if is_combined(assessment) else assessment.respondent.casefold()
    return assessment.gss_code, assessment.round.casefold(), respondent, assessment.asked


def is_combined(assessment: Assessment) -> bool:
    """Whether the council marked the return as its combined response."""
    return read_yes_no(assessment.detail("combined"))[0] == layout.YES_NO[0]


def _chosen(returns: Sequence[Return], places: Sequence[int], keep: Keep) -> int:
    named = [place for place in places if returns[place].source_file in keep.files]
    choose = min if keep.earliest else max
    return choose(named or places, key=lambda place: (*_dates(returns[place]), place))


def _dates(returned: Return) -> tuple[dt.date, str, str]:
    """Its day, and the moments that tell two of one day apart; a return without a date is the earliest."""
    return day_of(returned) or dt.date.min, _sent_at(returned), returned.saved_at


def _told_if_emptier(counted: Return, other: Return) -> Return:
    ours, theirs = _answered(counted), _answered(other)
    if ours >= theirs:
        return counted
    value = f"{theirs} against {ours}"
    found = problem("superseded-fuller", Place(counted.source_file), other=other.source_file, value=value)
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
    """The round that most are of, the later of two alike; empty where none says its round."""
    rounds = Counter(assessment.round for assessment in assessments if assessment.round)
    return max(rounds, key=lambda name: (rounds[name], name), default="")


def _of_other_round(returned: Return, this: str) -> Return:
    sent = returned.assessment.round if returned.assessment else ""
    if not is_counted(returned) or not this or sent.casefold() in ("", this.casefold()):
        return returned
    return _ended(returned, Status.OTHER_ROUND, "round-other", value=sent, most=this)


def _groups(returns: Sequence[Return], key: Callable[[Assessment], Key]) -> Iterator[list[int]]:
    """The places of returns that count, together where the key is the same."""
    together: dict[Key, list[int]] = {}
    for place, returned in enumerate(returns):
        if is_counted(returned) and returned.assessment is not None:
            together.setdefault(key(returned.assessment), []).append(place)
    yield from together.values()

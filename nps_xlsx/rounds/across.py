"""Rules over all returns together: which of them count, and what becomes of the others."""

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
"""What two returns share if one replaces the other: council, round, respondent, and what was asked."""

_INSTEAD = (Status.BLANK, Status.OTHER_ROUND)
"""What can be read, but is not a return for this round."""


class KeepError(UserError):
    """A file to be kept that is not among the returns."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Which of several returns of one council, round and respondent counts.

    The latest, by its own date, then by when its mail was sent, when the file was saved, and the
    order of reading; or the earliest; or, above either, a file named here.
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
    """The same returns: those that do not count are marked, and contradictions between them reported.

    Only returns for ``round_`` count; if it is empty, for the round that most councils answered,
    among those ``asked`` (by GSS code) if any of them did.  Returns of colleagues who shared the
    sheets count together, in the one that would count alone.

    Raises:
        KeepError: a file to be kept is not among them.
    """
    _refuse_unknown(keep, returns)
    marked = _duplicates(returns, keep)
    marked = _shared_stamps([_unusable(as_blank(returned)) for returned in marked])
    marked = _other_rounds(marked, round_, asked)
    marked = _sent_again(marked, framework, keep)
    return _respondents(_needless_as_notes(marked))


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
    """A return's own date: its mail's, else its *Date completed*, else the day on which it was saved."""
    completed = returned.assessment.detail("date_completed") if returned.assessment else ""
    days = (iso_date(text[:10]) for text in (_sent_at(returned), completed, returned.saved_at))
    return next(filter(None, days), None)


def with_day(returned: Return, as_of: dt.date) -> Return:
    """The return with its date in its assessment, or ``as_of`` if that is earlier."""
    day = day_of(returned)
    if returned.assessment is None or day is None:
        return returned
    return replace(returned, assessment=replace(returned.assessment, day=min(day, as_of)))


def newest(assessments: Iterable[Assessment]) -> dt.date | None:
    """The date of the newest; ``None`` if none is dated."""
    return max((one.day for one in assessments if one.day), default=None)


def _sent_at(returned: Return) -> str:
    return returned.received.sent_at if returned.received else ""


def with_problem(returned: Return, new: Problem) -> Return:
    """The same return with another problem, before the others."""
    return replace(returned, problems=(new, *returned.problems))


def _put_aside(returned: Return, status: Status, slug: str, **words: str) -> Return:
    reason = problem(slug, Place(returned.source_file), **words)
    return replace(with_problem(returned, reason), status=status, reason=reason)


# --- The same bytes twice


def _duplicates(returns: Iterable[Return], keep: Keep) -> list[Return]:
    first: dict[str, str] = {}
    for returned in returns:
        if returned.source_file in keep.files or returned.sha256 not in first:
            first[returned.sha256] = returned.source_file
    return [
        _put_aside(returned, Status.DUPLICATE, "file-duplicate", other=first[returned.sha256])
        if returned.status is Status.ACCEPTED and first[returned.sha256] != returned.source_file
        else returned
        for returned in returns
    ]


# --- Nothing answered


def as_blank(returned: Return) -> Return:
    """The return, marked as blank if it has no current level.

    An untouched workbook, perhaps prefilled or bounced by a mail server, may hold our own texts and
    targets, but no council has answered in it.  Corrections do not change that: it is judged
    before they are applied.
    """
    if not is_counted(returned) or _answered(returned) or returned.answers_refused:
        return returned
    rows = sum(not answer.is_blank for answer in returned.assessment or ())
    return _put_aside(returned, Status.BLANK, "return-blank", value=str(rows))


def _unusable(returned: Return) -> Return:
    """The return, refused if something is answered in it but nothing can be used."""
    if not is_counted(returned) or _answered(returned):
        return returned
    return _put_aside(returned, Status.REFUSED, "answers-unusable", value=str(returned.answers_refused))


def _needless_as_notes(returns: Sequence[Return]) -> list[Return]:
    """The returns: what came in place of one needs no decision if its council has one that counts."""
    codes = {returned.gss_code for returned in returns if is_counted(returned)}
    return [
        _as_note(returned)
        if returned.status in _INSTEAD and returned.assessment and returned.gss_code in codes
        else returned
        for returned in returns
    ]


def _as_note(returned: Return) -> Return:
    first, *rest = returned.problems
    return replace(returned, problems=(replace(first, severity=Severity.NOTE), *rest))


# --- Two councils with one stamp


def _shared_stamps(returns: Sequence[Return]) -> list[Return]:
    """Refuse returns that name another council than their stamp, if the stamp's council has sent its own."""
    groups = _groups(returns, lambda a: (a.gss_code, a.round, a.respondent.casefold(), a.asked))
    marked = list(returns)
    for indices in groups:
        strangers = [index for index in indices if _stranger(returns[index])]
        if len(indices) < 2 or not strangers:
            continue
        for index in strangers:
            other = next(returns[other].source_file for other in indices if other != index)
            marked[index] = _refused(returns[index], other)
    return marked


def _stranger(returned: Return) -> Problem | None:
    return next((one for one in returned.problems if one.slug == "council-differs"), None)


def _refused(returned: Return, other: str) -> Return:
    assessment, stranger = returned.assessment, _stranger(returned)
    assert assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    assert stranger is not None  # noqa: S101 - only strangers are refused
    built_for = f"{assessment.council} ({assessment.gss_code})"
    words = {"value": stranger.value, "built_for": built_for, "other": other}
    return _put_aside(returned, Status.REFUSED, "stamp-shared", **words)


# --- Sent again, or shared by colleagues


def _sent_again(returns: Sequence[Return], framework: Framework, keep: Keep) -> list[Return]:
    """One return counts per council and respondent, with what colleagues add to it."""
    marked = list(returns)
    for indices in _groups(returns, key_of):
        counts = _chosen(returns, indices, keep)
        joined = [] if _named(returns, indices, keep) else _joinable(returns, indices, framework, keep)
        marked[counts] = _with_parts(marked[counts], [marked[index] for index in joined], framework)
        for index in indices:
            if index != counts:
                is_joined = index in joined
                marked[index] = _behind(marked[index], marked[counts], is_joined=is_joined)
                if not is_joined:
                    marked[counts] = _warned_if_lacking(marked[counts], returns[index])
    return marked


def _behind(returned: Return, counted: Return, *, is_joined: bool) -> Return:
    """The return, marked as one that counts within another, or not at all."""
    status, slug = (Status.JOINED, "return-joined") if is_joined else (Status.SUPERSEDED, "return-superseded")
    other = counted.source_file
    return replace(_put_aside(returned, status, slug, other=other), superseded_by=other)


def _joinable(
    returns: Sequence[Return], indices: Sequence[int], framework: Framework, keep: Keep
) -> list[int]:
    """The indices of the returns to join to the one that counts, the first to prevail first.

    None of them answers a row differently from any that prevails over it: an answer that somebody
    has changed since does not come back.
    """
    ordered = sorted(indices, key=lambda index: by_age(returns[index], index), reverse=not keep.earliest)

    def agree(one: int, other: int) -> bool:
        before, after = sorted((one, other), key=lambda index: by_age(returns[index], index))
        pairs = (
            (returns[before].written, returns[after].written),
            (returns[before].assessment, returns[after].assessment),  # a ruling on one file is not lost
        )
        return all(old and new and not differing(old, new, framework) for old, new in pairs)

    return [index for at, index in enumerate(ordered) if at and all(agree(index, by) for by in ordered[:at])]


def _with_parts(counted: Return, parts: Sequence[Return], framework: Framework) -> Return:
    """The return that counts, with the answers of those joined to it."""
    if not parts or counted.assessment is None:
        return counted
    group = [counted, *parts]
    whole = together([one.assessment for one in group if one.assessment], framework)
    own = {answer.ref for answer in counted.assessment if is_used(answer)}
    is_corrected = any(one.uncorrected for one in group)
    others = ", ".join(one.source_file for one in parts)
    note = problem("returns-joined", Place(counted.source_file), others=others)
    return replace(
        with_problem(counted, note),
        assessment=whole,
        uncorrected=together([one.written for one in group if one.written], framework)
        if is_corrected
        else None,
        answers_joined=sum(is_used(answer) and answer.ref not in own for answer in whole),
    )


def is_used(answer: Answer) -> bool:
    """Whether the council wrote something in a row and all of it can be used."""
    return not answer.is_blank and not answer.refused


def key_of(assessment: Assessment) -> Key:
    """What a return shares with one that it replaces; a combined one has no respondent."""
    respondent = "" if is_combined(assessment) else assessment.respondent.casefold()
    return assessment.gss_code, assessment.round.casefold(), respondent, assessment.asked


def is_combined(assessment: Assessment) -> bool:
    """Whether the council marked the return as its combined response."""
    return read_yes_no(assessment.detail("combined"))[0] == layout.YES_NO[0]


def _chosen(returns: Sequence[Return], indices: Sequence[int], keep: Keep) -> int:
    choose = min if keep.earliest else max
    among = _named(returns, indices, keep) or indices
    return choose(among, key=lambda index: by_age(returns[index], index))


def _named(returns: Sequence[Return], indices: Sequence[int], keep: Keep) -> list[int]:
    return [index for index in indices if returns[index].source_file in keep.files]


def by_age(returned: Return, index: int) -> tuple[dt.date, str, str, int]:
    """What to sort by, older returns first: the date, then what is known of the time; undated comes first."""
    return day_of(returned) or dt.date.min, _sent_at(returned), returned.saved_at, index


def _warned_if_lacking(counted: Return, other: Return) -> Return:
    """The return that counts, with a warning about rows that only the one it replaces answers."""
    assert counted.assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    assert other.assessment is not None  # noqa: S101 - only returns with an assessment are grouped
    refs = only_in(other.assessment, counted.assessment)
    if not refs:
        return counted
    words = {"value": str(len(refs)), "rows": ", ".join(refs), "other": other.source_file}
    return with_problem(counted, problem("superseded-fuller", Place(counted.source_file), **words))


def _answered(returned: Return) -> int:
    return sum(answer.is_answered for answer in returned.assessment or ())


# --- Respondents and rounds


def _respondents(returns: Sequence[Return]) -> list[Return]:
    """Note on respondents' returns that their council has sent a combined response too."""
    marked = list(returns)
    for indices in _groups(returns, lambda a: (a.gss_code, a.round.casefold(), "", ())):
        combined = [index for index in indices if _is_combined(returns[index])]
        for index in indices:
            if combined and index not in combined:
                other = returns[combined[0]].source_file
                here = Place(returns[index].source_file)
                marked[index] = with_problem(returns[index], problem("respondents-mixed", here, other=other))
    return marked


def _is_combined(returned: Return) -> bool:
    return returned.assessment is not None and is_combined(returned.assessment)


def _other_rounds(returns: Sequence[Return], round_: str, asked: Container[str] | None) -> list[Return]:
    """Put returns for another round aside: the council has not answered in this one."""
    counted = [returned.assessment for returned in returns if is_counted(returned) and returned.assessment]
    of_asked = [one for one in counted if asked is None or one.gss_code in asked]
    this = round_ or main_round(of_asked or counted)
    return [_of_other_round(returned, this) for returned in returns]


def main_round(assessments: Iterable[Assessment]) -> str:
    """The round of most councils, the later if two have as many; empty if none says its round.

    Each council counts once per round, however often it sent it and whatever the case of its letters.
    """
    named = [one for one in assessments if one.round]
    councils = Counter(name for _, name in {(one.gss_code, one.round.casefold()) for one in named})
    main = max(councils, key=lambda name: (councils[name], name), default="")
    spellings = Counter(one.round for one in named if one.round.casefold() == main)
    return max(spellings, key=lambda name: (spellings[name], name), default="")


def _of_other_round(returned: Return, this: str) -> Return:
    """The return, its round spelt as in all others; put aside if it is for another."""
    sent = returned.assessment.round if returned.assessment else ""
    if returned.assessment is None or not is_counted(returned) or not this or not sent:
        return returned
    if sent.casefold() == this.casefold():
        return replace(returned, assessment=replace(returned.assessment, round=this))
    return _put_aside(returned, Status.OTHER_ROUND, "round-other", value=sent, most=this)


def _groups(returns: Sequence[Return], key: Callable[[Assessment], Key]) -> Iterator[list[int]]:
    """The indices of the returns that count, grouped by a key."""
    groups: dict[Key, list[int]] = {}
    for index, returned in enumerate(returns):
        if is_counted(returned) and returned.assessment is not None:
            groups.setdefault(key(returned.assessment), []).append(index)
    yield from groups.values()

"""Rules over all returns together: which of them count, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from nps_xlsx.model import Framework, Place, Problem, Return, Severity, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.rounds.counting import groups_of, is_combined, put_aside
from nps_xlsx.rounds.sent_again import LATEST, Keep, refuse_unknown, sent_again
from nps_xlsx.rounds.which_round import of_one_round

_INSTEAD = (Status.BLANK, Status.OTHER_ROUND)
"""What can be read, but is not a return for this round."""


def check_across(
    returns: Sequence[Return],
    framework: Framework,
    keep: Keep = LATEST,
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
    refuse_unknown(keep, returns)
    marked = [_unusable(as_blank(returned)) for returned in _duplicates(returns, keep)]
    marked = of_one_round(_shared_stamps(marked), round_, asked)
    return _respondents(_needless_as_notes(sent_again(marked, framework, keep)))


# --- The same bytes twice


def _duplicates(returns: Iterable[Return], keep: Keep) -> list[Return]:
    first: dict[str, str] = {}
    for returned in returns:
        if returned.source_file in keep.files or returned.sha256 not in first:
            first[returned.sha256] = returned.source_file
    return [
        put_aside(returned, Status.DUPLICATE, "file-duplicate", other=first[returned.sha256])
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
    if _is_answered(returned) or returned.answers_refused:
        return returned
    rows = sum(not answer.is_blank for answer in returned.counted or ())
    return put_aside(returned, Status.BLANK, "return-blank", value=str(rows))


def _unusable(returned: Return) -> Return:
    """The return, refused if something is answered in it but nothing can be used."""
    if _is_answered(returned):
        return returned
    return put_aside(returned, Status.REFUSED, "answers-unusable", value=str(returned.answers_refused))


def _is_answered(returned: Return) -> bool:
    """Whether a return has a current level; also if it does not count anyway."""
    return returned.counted is None or any(answer.is_answered for answer in returned.counted)


def _needless_as_notes(returns: Sequence[Return]) -> list[Return]:
    """The returns: what came in place of one needs no decision if its council has one that counts."""
    codes = {returned.gss_code for returned in returns if returned.counted}
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
    marked = list(returns)
    for indices in groups_of(returns, lambda a: (a.gss_code, a.round, a.respondent.casefold(), a.asked)):
        for index in indices:
            stranger = next((one for one in returns[index].problems if one.slug == "council-differs"), None)
            others = [returns[other].source_file for other in indices if other != index]
            if stranger and others:
                marked[index] = _refused(returns[index], stranger, others[0])
    return marked


def _refused(returned: Return, stranger: Problem, other: str) -> Return:
    built_for = f"{returned.council} ({returned.gss_code})"
    words = {"value": stranger.value, "built_for": built_for, "other": other}
    return put_aside(returned, Status.REFUSED, "stamp-shared", **words)


# --- Several respondents


def _respondents(returns: Sequence[Return]) -> list[Return]:
    """Note on respondents' returns that their council has sent a combined response too."""
    marked = list(returns)
    for indices in groups_of(returns, lambda a: (a.gss_code, a.round.casefold())):
        combined = [index for index in indices if (one := returns[index].counted) and is_combined(one)]
        for index in indices:
            if combined and index not in combined:
                other = returns[combined[0]].source_file
                here = Place(returns[index].source_file)
                marked[index] = returns[index].with_problem(problem("respondents-mixed", here, other=other))
    return marked

"""Returns sent again, or shared by colleagues: which counts, and what others add to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nps_xlsx.model import Assessment, Framework, Place, Return, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.problems import problem
from nps_xlsx.rounds.counting import by_age, groups_of, is_combined, is_used, put_aside
from nps_xlsx.rounds.joining import differing, only_in, together


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


LATEST = Keep()


def keep_of(given: Sequence[str]) -> Keep:
    """What words say: ``earliest`` or ``latest``, and the names of files.

    Raises:
        KeepError: both are among them.
    """
    if {"earliest", "latest"} <= set(given):
        raise KeepError("Give one of earliest and latest, not both.")
    return Keep("earliest" in given, tuple(name for name in given if name not in ("earliest", "latest")))


def refuse_unknown(keep: Keep, returns: Sequence[Return]) -> None:
    """Refuse to go on if a file to be kept was not read.

    Raises:
        KeepError: with the name of every such file.
    """
    names = {returned.source_file for returned in returns}
    unknown = [name for name in keep.files if name not in names]
    if unknown:
        raise KeepError(
            f"--keep names {', '.join(unknown)}, but no such file was read. "
            "Give the name as returns.csv has it under source_file."
        )


def sent_again(returns: Sequence[Return], framework: Framework, keep: Keep) -> list[Return]:
    """One return counts per council and respondent, with what colleagues add to it."""
    marked = list(returns)
    for indices in groups_of(returns, _key):
        named = [index for index in indices if returns[index].source_file in keep.files]
        choose = min if keep.earliest else max
        counts = choose(named or indices, key=lambda index: by_age(returns[index], index))
        joined = [] if named else _joinable(returns, indices, framework, keep)
        marked[counts] = _with_parts(marked[counts], [marked[index] for index in joined], framework)
        for index in indices:
            if index != counts:
                is_joined = index in joined
                marked[index] = _behind(marked[index], marked[counts], is_joined=is_joined)
                if not is_joined:
                    marked[counts] = _warned_if_lacking(marked[counts], returns[index])
    return marked


def _key(assessment: Assessment) -> tuple[str, str, str, tuple[str, ...]]:
    """What a return shares with one that it replaces; a combined one has no respondent."""
    respondent = "" if is_combined(assessment) else assessment.respondent.casefold()
    return assessment.gss_code, assessment.round.casefold(), respondent, assessment.asked


def _behind(returned: Return, counted: Return, *, is_joined: bool) -> Return:
    """The return, marked as one that counts within another, or not at all."""
    status, slug = (Status.JOINED, "return-joined") if is_joined else (Status.SUPERSEDED, "return-superseded")
    other = counted.source_file
    return replace(put_aside(returned, status, slug, other=other), superseded_by=other)


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
        counted.with_problem(note),
        assessment=whole,
        uncorrected=together([one.written for one in group if one.written], framework)
        if is_corrected
        else None,
        answers_joined=sum(is_used(answer) and answer.ref not in own for answer in whole),
    )


def _warned_if_lacking(counted: Return, other: Return) -> Return:
    """The return that counts, with a warning about rows that only the one it replaces answers."""
    refs = only_in(other.assessment or (), counted.assessment or ())
    if not refs:
        return counted
    words = {"value": str(len(refs)), "rows": ", ".join(refs), "other": other.source_file}
    return counted.with_problem(problem("superseded-fuller", Place(counted.source_file), **words))

"""Corrections applied to returns: what counts instead, which problems that settles, and a note of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nps_xlsx.model import Answer, Assessment, Framework, Place, Problem, Return, Status
from nps_xlsx.model.dates import in_words, long_date
from nps_xlsx.model.problems import CATALOGUE, SECTIONS, problem
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.corrections.rulings import NO_SUCH_FILE, SEVERAL_FILES, Correction, named
from nps_xlsx.rounds.corrections.values import DETAILS, HEADS, IDENTITY_FIELDS, answer_values, detail_value
from nps_xlsx.rounds.counting import day_of
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS, written
from nps_xlsx.workbook.layout import Kind
from nps_xlsx.workbook.values import department_of

_SETTLED_ANSWER = {slug for slug, kind in CATALOGUE.items() if kind.refuses} | set(SECTIONS["Answers"])
"""The problems with a cell that a correction of it settles."""

_SETTLED_DETAIL: Mapping[str, set[str]] = {
    "gss_code": {"council-differs", "council-unmatched", "council-unknown", "file-name-differs"},
    "round": {"round-differs", "round-unknown"},
    "date_completed": {"date-completed-unreadable"},
    "combined": {"combined-unreadable"},
}
_SETTLED_BESIDE = {"detail-not-a-date", "detail-not-yes-or-no", "cell-error", "formula-without-result"}

_WORDS = {
    "gss_code": "council",
    "current": "current level",
    "target": "target level",
    "actions": "planned action",
}

_SHOWN = 80
"""Characters of the earlier text that a note repeats."""


def apply_corrections(
    returns: Sequence[Return], corrections: Sequence[Correction], framework: Framework, register: Register
) -> tuple[list[Return], list[Correction]]:
    """The returns as corrected, and the corrections that were applied to none of them, each with the reason.

    This comes before ``check_return``, whose rules then see what counts.  A correction for a council is for
    each of its returns; which council a return is from is decided as it was read, whatever else is
    corrected.  Of two corrections of one value the later in the file counts, and both are noted.  One
    that is older than a return is not applied to it, since the council may have answered anew, and
    the return says so.
    """
    corrected, unused = list(returns), []
    # A mistyped Date completed is corrected first: it decides which of the others are older.
    for correction in sorted(corrections, key=lambda one: one.field != "date_completed"):
        indices, why = _meant(correction, returns)
        newer = {index: day for index in indices if (day := _newer(corrected[index], correction))}
        for index in indices:
            done = _corrected(corrected[index], correction, framework, register, newer.get(index))
            corrected[index] = _not_applied(corrected[index], done, correction) if index in newer else done
        if len(newer) == len(indices):
            is_older, why = bool(indices), "every return that it is for is newer" if indices else why
            unused.append(replace(correction, unmet=why, is_older=is_older))
    return corrected, sorted(unused, key=lambda one: one.row)


def without_effect(
    corrections: Sequence[Correction], read: Sequence[Return], judged: Sequence[Return]
) -> list[Correction]:
    """Those that were applied only to returns that do not count, with that as the reason.

    ``read`` are the returns before any correction, ``judged`` the same in the same order after.
    """
    why = "the return that it is for does not count"
    used = {index for index, one in enumerate(judged) if one.status in (Status.ACCEPTED, Status.JOINED)}
    meant = {correction: _meant(correction, read)[0] for correction in corrections}
    return [replace(one, unmet=why) for one, own in meant.items() if own and used.isdisjoint(own)]


# --- Which returns are meant


def _meant(correction: Correction, returns: Sequence[Return]) -> tuple[list[int], str]:
    """The indices of the returns that a correction is for, and why there are none."""
    file, code, ref = correction.file, correction.gss_code, correction.ref
    indices = named(file, returns)
    if not indices:
        return [], NO_SUCH_FILE
    read = {index: counted for index in indices if (counted := returns[index].counted)}
    if file and not read:
        return [], "the file was refused"
    ours = {index: one for index, one in read.items() if code in ("", one.gss_code)}
    if not ours:
        return [], "the file is not of that council" if file else "no return of that council was read"
    if file and len(ours if code else indices) > 1:
        return [], SEVERAL_FILES
    return [
        index for index, one in ours.items() if not ref or _asks(one, ref)
    ], "the return was not asked that"


def _asks(assessment: Assessment, ref: str) -> bool:
    """Whether a return was asked about a behaviour, or about anything of a key area."""
    asked = assessment.asked
    return not asked or any(ref in (code, code.rstrip("0123456789")) for code in asked)


def _newer(returned: Return, correction: Correction) -> dt.date | None:
    """The day of a return that is newer than a correction; a date completed is not judged by itself."""
    is_of_date = correction.field == "date_completed"
    day = day_of(replace(returned, assessment=None) if is_of_date else returned)
    return day if day and day > correction.when else None


# --- Applying them


def _corrected(
    returned: Return,
    correction: Correction,
    framework: Framework,
    register: Register,
    newer: dt.date | None,
) -> Return:
    """The return with a correction applied, and a note last; ``newer`` is its day if it is the newer."""
    old, ref, key = returned.assessment, correction.ref, correction.field
    assert old is not None  # noqa: S101 - only returns with an assessment are meant
    new, place = _changed(returned, old, correction, framework, register)
    settled = [one for one in returned.problems if _is_settled(one, correction)]
    before = next((one.value for one in settled if ref and one.value), "") or _text(
        old, correction, framework
    )
    if not before and ref and key in old[ref].refused:
        before = "what could not be read"
    place = replace(place, file=returned.source_file)
    note = _note(correction, place, before, _text(new, correction, framework), newer)
    rows = (_counts(new), _counts(old))
    present, refused = (after - earlier for after, earlier in zip(*rows, strict=True))
    return replace(
        returned,
        assessment=new,
        uncorrected=returned.written,
        problems=(*(one for one in returned.problems if one not in settled), note),
        answers_present=returned.answers_present + present,
        answers_refused=returned.answers_refused + refused,
    )


def _changed(
    returned: Return, old: Assessment, correction: Correction, framework: Framework, register: Register
) -> tuple[Assessment, Place]:
    """The answers with the correction in them, and the place of what it replaces."""
    ref, key = correction.ref, correction.field
    if ref and key not in HEADS:
        return _with_answer(returned, old, correction, framework), old[ref].where(key)
    value = detail_value(key, correction.value, register)
    if not ref:
        return _with_detail(old, key, value, register), old.detail_places.get(key, Place())
    heads = {(area, own): text for area, own, text in old.heads} | {(ref, key): value}
    new = replace(old, heads=tuple((*where, text) for where, text in heads.items() if text))
    return new, old.head_places.get(ref, {}).get(key, Place())


def _counts(assessment: Assessment) -> tuple[int, int]:
    """Rows in which something is written, and those of them with something that cannot be used."""
    return sum(not one.is_blank for one in assessment), sum(bool(one.refused) for one in assessment)


def _not_applied(returned: Return, done: Return, correction: Correction) -> Return:
    """The return as it was, with the note that ``done`` has last if the correction would change it."""
    before, after = (_value(one, correction) for one in (returned, done))
    note = () if before == after else done.problems[-1:]
    return replace(returned, problems=(*returned.problems, *note))


def _value(returned: Return, correction: Correction) -> object:
    """What a return has at the place of a correction."""
    assessment = returned.assessment
    assert assessment is not None  # noqa: S101 - only returns with an assessment are meant
    if correction.ref and correction.field not in HEADS:
        return getattr(assessment[correction.ref], correction.field)
    return _beside_text(assessment, correction)


def _with_answer(
    returned: Return, assessment: Assessment, correction: Correction, framework: Framework
) -> Assessment:
    """The answers with one value of one of them replaced; the answer is added if its row was missing."""
    ref, key = correction.ref, correction.field
    given = {answer.ref: answer for answer in assessment}
    old = given.get(ref) or Answer(ref, place=Place(returned.source_file))
    values = answer_values(ref, key, correction.value, framework)
    new = replace(old, **values, refused=tuple(name for name in old.refused if name != key))
    given[ref] = new
    return replace(assessment, answers=tuple(given[row.code] for row in framework.rows if row.code in given))


def _with_detail(assessment: Assessment, key: str, value: str, register: Register) -> Assessment:
    if key == "gss_code":
        return replace(assessment, gss_code=value, council=register.by_code[value].name)
    if key == "round":
        return replace(assessment, round=value)
    if key == "respondent":
        return replace(assessment, respondent=value)
    new = replace(assessment, details=tuple((dict(assessment.details) | {key: value}).items()))
    # A return that is not the combined one is taken for its department's, also after a correction of it.
    is_as_read = assessment.respondent == department_of(dict(assessment.details))
    return replace(new, respondent=department_of(dict(new.details))) if is_as_read else new


def _is_settled(one: Problem, correction: Correction) -> bool:
    """Whether a correction settles a problem."""
    is_there = (one.ref, one.field) == (correction.ref, correction.field)
    is_beside = not correction.ref or correction.field in HEADS
    if is_there and one.slug in (_SETTLED_BESIDE if is_beside else _SETTLED_ANSWER):
        return True
    return one.slug in _SETTLED_DETAIL.get(correction.field, ())


# --- The note


def _note(correction: Correction, place: Place, before: str, after: str, newer: dt.date | None) -> Problem:
    line = " ".join(before.split())
    return problem(
        "correction-older" if newer else "corrected",
        place,
        ref=correction.ref,
        field=correction.field,
        value=after or "nothing",
        what=_what(correction.ref, correction.field),
        before=(line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}...") or "nothing",
        reason=correction.reason.rstrip("."),
        who=correction.who,
        when=long_date(correction.when),
        day=long_date(newer) if newer else "",
    )


def _what(ref: str, key: str) -> str:
    """What was corrected, as the beginning of a sentence."""
    words = _WORDS.get(key, key.replace("_", " "))
    if key in HEADS:
        return f"{HEADS[key].label!r} of {ref}"
    if ref:
        return f"The {words} of {ref}"
    if key in IDENTITY_FIELDS:
        return f"The {words}"
    return f"{DETAILS[key].label!r} on {layout.START}"


def _text(assessment: Assessment, correction: Correction, framework: Framework) -> str:
    """What a return says at the place of a correction, in words; empty if nothing does."""
    if correction.ref and correction.field not in HEADS:
        return _answer_text(assessment[correction.ref], correction.field, framework)
    return _beside_text(assessment, correction)


def _answer_text(answer: Answer, key: str, framework: Framework) -> str:
    """One of an answer's values in words; empty if it is blank."""
    value, text = getattr(answer, key), written(answer)[key]
    if COLUMNS[key].kind is Kind.LEVEL:
        return layout.level_label(framework, value) or text
    return long_date(value) if isinstance(value, dt.date) else text


def _beside_text(assessment: Assessment, correction: Correction) -> str:
    """What a return says beside a label, in words; empty if that is blank."""
    key = correction.field
    if key == "gss_code":
        return f"{assessment.council} ({assessment.gss_code})"
    if key in IDENTITY_FIELDS:
        return str(getattr(assessment, key))
    text = assessment.head(correction.ref, key) if correction.ref else assessment.detail(key)
    return in_words(text) if (DETAILS | HEADS)[key].kind is Kind.DATE else text

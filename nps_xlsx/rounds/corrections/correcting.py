"""Corrections put into returns: what counts, what that settles, and a note of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nps_xlsx.model import Answer, Assessment, Framework, Place, Problem, Return, Status
from nps_xlsx.model.dates import iso_date, long_date
from nps_xlsx.model.problems import CATALOGUE, SECTIONS, problem
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.across import day_of, is_counted
from nps_xlsx.rounds.corrections.rulings import NO_SUCH_FILE, SEVERAL_FILES, Correction, named
from nps_xlsx.rounds.corrections.values import IDENTITY_FIELDS, answer_values, detail_value
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import department_of

_SETTLED_ANSWER = {slug for slug, kind in CATALOGUE.items() if kind.refuses} | set(SECTIONS["Answers"])
"""What a correction of a cell leaves no question of, where it was told of that cell."""

_SETTLED_DETAIL: Mapping[str, set[str]] = {
    "gss_code": {"council-differs", "council-unmatched", "council-unknown", "file-name-differs"},
    "round": {"round-differs", "round-unknown"},
    "date_completed": {"date-completed-unreadable"},
    "combined": {"combined-unreadable"},
}

_WORDS = {
    "gss_code": "council",
    "current": "current level",
    "target": "target level",
    "actions": "planned action",
}

_SHOWN = 80
"""Characters of what stood there before that a note repeats."""


def apply_corrections(
    returns: Sequence[Return], corrections: Sequence[Correction], framework: Framework, register: Register
) -> tuple[list[Return], list[Correction]]:
    """The returns as corrected, and the corrections that met none of them, each with the reason.

    To be done before ``check_return``, whose rules then see what counts.  A correction for a
    council is for each of its returns; who a return is from is asked as it was read, whatever
    else is corrected.  Of two corrections of one value the later in the file counts, and both
    are noted.  One that is older than a return is not put into it, and the return says so: the
    council may have answered anew.
    """
    corrected, unused = list(returns), []
    # A mistyped Date completed is put right first: it says which of the others are older.
    for correction in sorted(corrections, key=lambda one: one.field != "date_completed"):
        places, why = _meant(correction, returns)
        newer = {place: day for place in places if (day := _newer(corrected[place], correction))}
        for place in places:
            done = _corrected(corrected[place], correction, framework, register, newer.get(place))
            corrected[place] = _not_put_in(corrected[place], done, correction) if place in newer else done
        if len(newer) == len(places):
            is_older, why = bool(places), "every return that it is for is newer" if places else why
            unused.append(replace(correction, unmet=why, is_older=is_older))
    return corrected, sorted(unused, key=lambda one: one.row)


def without_effect(
    corrections: Sequence[Correction], read: Sequence[Return], judged: Sequence[Return]
) -> list[Correction]:
    """Those that were put only into returns that do not count, with that as the reason.

    ``read`` are the returns before any correction, ``judged`` the same in the same order after.
    """
    places = {correction: _meant(correction, read)[0] for correction in corrections}
    why = "the return that it is for does not count"
    return [
        replace(correction, unmet=why)
        for correction, meant in places.items()
        if meant and not any(judged[place].status in (Status.ACCEPTED, Status.JOINED) for place in meant)
    ]


# --- Which returns are meant


def _meant(correction: Correction, returns: Sequence[Return]) -> tuple[list[int], str]:
    """The places of the returns that a correction is for, and why there are none."""
    file, code = correction.file, correction.gss_code
    places = named(file, returns)
    if not places:
        return [], NO_SUCH_FILE
    read = {place: returns[place].assessment for place in places if is_counted(returns[place])}
    if file and not read:
        return [], "the file was refused"
    ours = {place: one for place, one in read.items() if one is not None and code in ("", one.gss_code)}
    if not ours:
        return [], "the file is not of that council" if file else "no return of that council was read"
    if file and len(ours if code else places) > 1:
        return [], SEVERAL_FILES
    ref = correction.ref
    asked = [place for place, one in ours.items() if not ref or not one.asked or ref in one.asked]
    return asked, "the return was not asked that"


def _newer(returned: Return, correction: Correction) -> dt.date | None:
    """The day of a return that is newer than a correction; a date completed is not judged by itself."""
    is_of_date = correction.field == "date_completed"
    day = day_of(replace(returned, assessment=None) if is_of_date else returned)
    return day if day and day > correction.when else None


# --- Putting them in


def _corrected(
    returned: Return,
    correction: Correction,
    framework: Framework,
    register: Register,
    newer: dt.date | None,
) -> Return:
    """The return with a correction put in, and a note last; ``newer`` is its day where it is the newer."""
    assessment = returned.assessment
    assert assessment is not None  # noqa: S101 - only returns with an assessment are meant
    returned = replace(returned, uncorrected=returned.written)
    if correction.ref:
        return _with_answer(returned, assessment, correction, framework, newer)
    return _with_detail(returned, assessment, correction, register, newer)


def _not_put_in(returned: Return, done: Return, correction: Correction) -> Return:
    """The return as it was, with the problem that ``done`` has last where it says something else."""
    before, after = _value(returned, correction), _value(done, correction)
    return (
        returned if before == after else replace(returned, problems=(*returned.problems, done.problems[-1]))
    )


def _value(returned: Return, correction: Correction) -> object:
    """What a return has where a correction is to be put in."""
    assessment = returned.assessment
    assert assessment is not None  # noqa: S101 - only returns with an assessment are meant
    if correction.ref:
        return getattr(assessment[correction.ref], correction.field)
    return _detail_text(assessment, correction.field)


def _with_answer(
    returned: Return,
    assessment: Assessment,
    correction: Correction,
    framework: Framework,
    newer: dt.date | None,
) -> Return:
    """The return with one value of one answer replaced; the answer is added where its row was missing."""
    ref, key = correction.ref, correction.field
    given = {answer.ref: answer for answer in assessment}
    old = given.get(ref) or Answer(ref, place=Place(returned.source_file))
    values = answer_values(ref, key, correction.value, framework)
    new = replace(old, **values, refused=tuple(name for name in old.refused if name != key))
    given[ref] = new
    settled = [found for found in returned.problems if _is_settled(found, correction)]
    before = _found(settled) or _answer_text(old, key, framework)
    if not before and key in old.refused:
        before = "what could not be read"
    place = replace(old.where(key), file=returned.source_file)
    note = _note(correction, place, before, _answer_text(new, key, framework), newer)
    return replace(
        returned,
        assessment=replace(
            assessment, answers=tuple(given[row.code] for row in framework.rows if row.code in given)
        ),
        problems=(*(found for found in returned.problems if found not in settled), note),
        answers_present=returned.answers_present + (not new.is_blank) - (not old.is_blank),
        answers_refused=returned.answers_refused + bool(new.refused) - bool(old.refused),
    )


def _with_detail(
    returned: Return,
    assessment: Assessment,
    correction: Correction,
    register: Register,
    newer: dt.date | None,
) -> Return:
    key = correction.field
    new = _assessment_with(assessment, key, detail_value(key, correction.value, register), register)
    settled = [found for found in returned.problems if _is_settled(found, correction)]
    place = replace(assessment.detail_places.get(key, Place()), file=returned.source_file)
    before = _detail_text(assessment, key)
    note = _note(correction, place, before, _detail_text(new, key), newer)
    kept = (found for found in returned.problems if found not in settled)
    return replace(returned, assessment=new, problems=(*kept, note))


def _assessment_with(assessment: Assessment, key: str, value: str, register: Register) -> Assessment:
    if key == "gss_code":
        return replace(assessment, gss_code=value, council=register.by_code[value].name)
    if key == "round":
        return replace(assessment, round=value)
    if key == "respondent":
        return replace(assessment, respondent=value)
    new = replace(assessment, details=tuple((dict(assessment.details) | {key: value}).items()))
    # A return that is not the combined one is read as its department's: so too once that is corrected.
    is_as_read = assessment.respondent == department_of(dict(assessment.details))
    return replace(new, respondent=department_of(dict(new.details))) if is_as_read else new


def _is_settled(found: Problem, correction: Correction) -> bool:
    """Whether a correction answers what a problem asks."""
    if not correction.ref:
        return found.slug in _SETTLED_DETAIL.get(correction.field, ())
    is_there = (found.ref, found.field) == (correction.ref, correction.field)
    return is_there and found.slug in _SETTLED_ANSWER


# --- What is told


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
    if ref:
        return f"The {words} of {ref}"
    if key in IDENTITY_FIELDS:
        return f"The {words}"
    labels = {detail.key: detail.label for detail in layout.DETAILS}
    return f"{labels[key]!r} on {layout.START}"


def _found(settled: Sequence[Problem]) -> str:
    """What stood in a cell, where it was read as something else or not at all."""
    return next((found.value for found in settled if found.value), "")


def _answer_text(answer: Answer, key: str, framework: Framework) -> str:
    """One of an answer's values in words; empty where it is blank."""
    if key == "current":
        return layout.level_label(framework, answer.current) or answer.current_text
    if key == "target":
        return layout.level_label(framework, answer.target) or answer.target_text
    if key == "due_date":
        return long_date(answer.due_date) if answer.due_date else answer.due_text
    return str(getattr(answer, key))


def _detail_text(assessment: Assessment, key: str) -> str:
    """One of a return's own details in words; empty where it is blank."""
    if key == "gss_code":
        return f"{assessment.council} ({assessment.gss_code})"
    if key in IDENTITY_FIELDS:
        return str(getattr(assessment, key))
    text = assessment.detail(key)
    day = iso_date(text) if key == "date_completed" else None
    return long_date(day) if day else text

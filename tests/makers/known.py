"""The answers that stand in every workbook of ``tests/saved``, and where an officer types them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework import load_framework
from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.register.councils import Register, load_register
from samples.make_returns import SAMPLES, typed_level

COUNCIL = "Z06000001"
ROUND = "2026"
SHORT = ("EC", "WP")
"""The key areas of the short collection, which keeps most of the files small."""

DETAILS = {
    "completed_by": "Áine O'Neill",
    "role": "Head of Procurement",
    "department": "Finance & Commercial",
    "email": "procurement@exampleton.example",
    "date_completed": "2026-09-30",
    "combined": "Yes",
}

LONG = "\n".join(f"{number}. A paragraph of evidence – as officers write it." for number in range(1, 121))
"""A text of some six thousand characters, with line breaks."""

LONGEST = ("evidence " * 4096)[:32_767]
"""As long as a cell can be: whoever typed more lost its end."""

_HAND_MADE = (
    Answer("EC0", 3, 4, evidence=LONG, actions="Write it into one portfolio.", owner="Cabinet Member"),
    Answer("EC1", "NA", evidence="=SUM(A1:A3) is how we began, and it was no formula"),
    Answer(
        "EC2",
        2,
        5,
        evidence="🎉 👩🏽‍💼 שלום עולם مرحبا",
        actions="- item one\n- item two",
        owner="A & B <team>",
    ),
    # EC3 is not answered.
    Answer("WP0", 1, 1, evidence="007"),
    Answer("WP1", 5, 5, evidence="1/2", actions="+44 20 7946 0000", owner="@team"),
    Answer("WP2", 4, "NA", evidence="  two  spaces,  kept  ", actions="-", owner="'quoted'"),
    Answer("WP3", "NA", evidence='Don\'t know; see "Annex A"'),
)
_DUE = {
    "EC0": (dt.date(2027, 3, 31), "High"),
    "EC2": (dt.date(2028, 2, 29), "Medium"),
    "WP1": (dt.date(2026, 12, 1), "Low"),
}


@cache
def known_answers(codes: tuple[str, ...] = SHORT) -> tuple[Answer, ...]:
    """What was answered, in a collection of these key areas; of all of them for none."""
    framework = asked_framework(codes)
    by_hand = {answer.ref: answer for answer in _HAND_MADE}
    made = [by_hand.get(row.code) or _made(row.code, place) for place, row in enumerate(framework.rows)]
    return tuple(_dated(answer) for answer in made)


def _made(ref: str, place: int) -> Answer:
    if ref == "EC3":
        return Answer(ref)
    current = place % 5 + 1
    return Answer(ref, current, min(current + 1, 5), evidence=f"Evidence of {ref}, № {place}")


def _dated(answer: Answer) -> Answer:
    day, priority = _DUE.get(answer.ref, (None, ""))
    return Answer(
        answer.ref,
        answer.current,
        answer.target,
        evidence=answer.evidence,
        actions=answer.actions,
        owner=answer.owner,
        due_date=day,
        priority=priority,
    )


@cache
def asked_framework(codes: tuple[str, ...]) -> Framework:
    """The framework that the workbooks are built from."""
    framework = load_framework()
    return framework.only(codes) if codes else framework


def _register() -> Register:
    return load_register() + load_register(SAMPLES / "synthetic-councils.csv")


def workbook(
    codes: tuple[str, ...] = SHORT,
    *,
    answers: tuple[Answer, ...] | None = None,
    council: str = COUNCIL,
    round_: str = ROUND,
) -> bytes:
    """One of our own workbooks with these answers, or with the known ones; blank for none at all."""
    asked = _register().find(council)
    given_answers = known_answers(codes) if answers is None else answers
    details = tuple(DETAILS.items()) if given_answers else ()
    assessment = Assessment(council, asked.name, round_, given_answers, details=details)
    order = Order(asked_framework(codes), asked, round_, assessment=assessment if given_answers else None)
    return build_workbook(order)


def typed(blank: Path, codes: tuple[str, ...]) -> list[list[str]]:
    """The known answers as edits of a blank workbook: ``text`` or ``date``, sheet, cell, value."""
    content, framework = blank.read_bytes(), asked_framework(codes)
    found = read_return(SourceFile(blank.name, content, len(content)), framework, _register()).assessment
    assert found is not None
    edits = [
        ["date" if key == "date_completed" else "text", place.sheet, place.cell, value]
        for key, value in DETAILS.items()
        for place in [found.detail_places[key]]
    ]
    for answer in known_answers(codes):
        for key in ("current", "target", "evidence", "actions", "owner", "priority"):
            value = getattr(answer, key)
            text = typed_level(framework, str(value)) if key in ("current", "target") and value else value
            if text:
                edits.append(["text", *_cell(found[answer.ref], key), text])
        if answer.due_date:
            edits.append(["date", *_cell(found[answer.ref], "due_date"), answer.due_date.isoformat()])
    return edits


def _cell(answer: Answer, key: str) -> tuple[str, str]:
    place = answer.where(key)
    return place.sheet, place.cell


# --- What became of them ----------------------------------------------------------

FIELDS = ("current", "target", "evidence", "actions", "owner", "due_date", "priority")


def given(answers: Iterable[Answer]) -> dict[str, str]:
    """Every answer that is not blank, as text, by its ref and column: ``EC0.current``."""
    return {
        f"{answer.ref}.{key}": str(getattr(answer, key))
        for answer in answers
        for key in FIELDS
        if getattr(answer, key) not in (None, "")
    }


def differences(read: Assessment | None, codes: tuple[str, ...]) -> dict[str, str]:
    """What is read in place of each known answer that is not read as it was, and what was never given."""
    known, found = given(known_answers(codes)), given(read or ())
    places = dict.fromkeys([*known, *found])
    return {place: found.get(place, "") for place in places if found.get(place, "") != known.get(place, "")}


def in_short(changed: Mapping[str, str], codes: tuple[str, ...]) -> str:
    """Differences as ``expected.csv`` has them: ``WP=; EC1=; EC0.current=2`` for an area, a row, a cell."""
    left, said = dict(changed), []
    for name, places in _groups(codes).items():
        if all(left.get(place) == "" for place in places):
            said.append(f"{name}=")
            left = {place: value for place, value in left.items() if place not in places}
    return "; ".join([*said, *(f"{place}={_shown(value)}" for place, value in left.items())])


@cache
def _groups(codes: tuple[str, ...]) -> dict[str, list[str]]:
    """The places of the known answers of each area, then of each row: where they are more than one."""
    places: dict[str, list[str]] = {}
    framework = asked_framework(codes)
    for named in (lambda ref: framework.area_by_code[ref].code, lambda ref: ref):
        for place in given(known_answers(codes)):
            places.setdefault(named(place.partition(".")[0]), []).append(place)
    return {name: found for name, found in places.items() if len(found) > 1}


def _shown(text: str) -> str:
    return text if len(text) < 40 else f"{text[:12]}… ({len(text)} characters)"

"""The message to a council says what came, what to put right and where, and how to send it again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random

import pytest

from nps_xlsx.model import Answer, Council, Framework, Place, Problem, Return, Severity, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.reply import HEADINGS, WIDTH, reply
from tests.support.workbooks import filled, read

DETAILS = {"completed_by": "Ann", "role": "Head", "email": "a@b.example", "date_completed": "2026-10-04"}
COUNCILLORS = "Engaging councillors"
NAME = "batch.zip/NPS-2026-E06000035-medway.xlsx"


@pytest.fixture(scope="module")
def clean(framework: Framework, register: Register, medway: Council) -> Return:
    answers = [
        Answer(row.code, current=2, target=3, evidence="x", due_date=dt.date(2027, 3, 31), owner="Head")
        for row in framework.rows
    ]
    return read(filled(framework, medway, *answers, **DETAILS), framework, register, NAME)


def with_problems(returned: Return, *problems: Problem) -> Return:
    return dataclasses.replace(returned, problems=problems)


def unreadable(ref: str, cell: str, value: str = "about 3") -> Problem:
    place = Place(NAME, COUNCILLORS, cell)
    return problem("level-unreadable", place, ref=ref, field="current", value=value, which="current")


def flowing(text: str) -> str:
    """The message on one line, as its reader takes it."""
    return " ".join(text.split())


def ended(returned: Return, status: Status, found: Problem) -> Return:
    return dataclasses.replace(returned, status=status, problems=(found,), reason=found)


# --- What it says


def test_it_begins_and_ends_courteously(clean: Return, framework: Framework) -> None:
    """It greets nobody by name, thanks for the file by its own name, and says goodbye."""
    lines = reply(clean, framework).splitlines()
    assert (lines[0], lines[-1]) == ("Dear colleague,", "Kind regards")
    assert lines[2].startswith("Thank you for sending us NPS-2026-E06000035-medway.xlsx.")
    assert "Ann" not in reply(clean, framework)


def test_it_says_whose_return_it_is_and_how_full(clean: Return, framework: Framework) -> None:
    """Council, round, and how many of the behaviours asked have a level; principles are not counted."""
    assert clean.assessment is not None
    answers = [dataclasses.replace(answer, current="NA") for answer in clean.assessment.answers[1:3]]
    answers += [dataclasses.replace(clean.assessment.answers[3], current=None)]
    some = (*answers, *clean.assessment.answers[4:])
    part = dataclasses.replace(clean.assessment, answers=some, respondent="Adult care")
    whole = flowing(reply(clean, framework))
    assert "Medway Council for round 2026: all of its 59 behaviours have a current level." in whole
    counted = flowing(reply(dataclasses.replace(clean, assessment=part), framework))
    assert "Medway Council (Adult care) for round 2026: 56 of its 59 behaviours have" in counted
    assert "and 2 are marked Not applicable." in counted
    asked = dataclasses.replace(part, asked=("EC1", "EC2"), answers=())
    assert "none of its 2 behaviours" in flowing(
        reply(dataclasses.replace(clean, assessment=asked), framework)
    )


def test_a_clean_return_is_thanked_for(clean: Return, framework: Framework) -> None:
    """It says that nothing is needed, has no list, and does not ask for the file again."""
    text = flowing(reply(clean, framework))
    assert "there is nothing more that you need to do" in text
    assert not any(heading in text for heading in HEADINGS.values())
    assert "send it" not in text


def test_each_problem_is_quoted_with_its_place(clean: Return, framework: Framework) -> None:
    """Sheet, cell, what was found and what to do; the Ref too where the message does not name it."""
    unnamed = problem("cell-error", Place(NAME, "Enablers", "C6"), ref="EN2", field="current", value="#REF!")
    whole = problem("stamp-missing", Place(NAME), by="the name of the file")
    found = unreadable("EC1", "C6")
    text = flowing(reply(with_problems(clean, found, unnamed, whole), framework))
    assert f"1. {COUNCILLORS}, C6: {found.message} {found.ask}" in text
    assert f"2. Enablers, C6 (EN2): {unnamed.message} {unnamed.ask}" in text
    assert f"3. {whole.message} {whole.ask}" in text


def test_the_most_important_comes_first(clean: Return, framework: Framework) -> None:
    """Errors, warnings and notes stand under their headings in this order, numbered through."""
    place = Place(NAME, COUNCILLORS, "C7")
    found = (
        problem("priority-unreadable", place, ref="EC2", value="urgent"),
        problem("target-below-current", place, ref="EC2"),
        unreadable("EC1", "C6"),
    )
    assert {one.severity for one in found} == set(Severity)
    text = reply(with_problems(clean, *found), framework)
    headings = [HEADINGS[severity] for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)]
    marks = [headings[0], "\n  1. ", headings[1], "\n  2. ", headings[2], "\n  3. "]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert headings[0] not in reply(with_problems(clean, found[0]), framework)


def test_the_like_is_asked_for_once(clean: Return, framework: Framework) -> None:
    """Problems of one kind are one item with a line for each, and what to do stands once at its end."""
    found = [unreadable("EC1", "C6"), unreadable("EC2", "C7", "none")]
    text = flowing(reply(with_problems(clean, *found), framework))
    assert text.count(found[0].ask) == 1
    first, second = (f"- {COUNCILLORS}, {one.place.cell}: {one.message}" for one in found)
    assert f"1. {first} {second} {found[0].ask}" in text
    assert "  2. " not in reply(with_problems(clean, *found), framework)


def test_cells_below_one_another_are_said_in_short(clean: Return, framework: Framework) -> None:
    """Three cells or more in a run are its first and last."""
    cells = ("C9", "C10", "C11", "C13", "D14", "D15")
    one = problem("not-answered", Place(NAME, COUNCILLORS, cells[0]), ref="EC1, EC2")
    found = dataclasses.replace(one, refs=("EC1", "EC2"), cells=cells)
    text = flowing(reply(with_problems(clean, found), framework))
    assert f"{COUNCILLORS}, C9 to C11, C13, D14, D15: " in text


def test_only_what_the_council_need_know_is_said(clean: Return, framework: Framework) -> None:
    """What asks nothing of the council, and what was let pass, leaves a clean return's message as it was."""
    silent = problem("answer-by-formula", Place(NAME, COUNCILLORS, "C5"), ref="EC0")
    passed = dataclasses.replace(unreadable("EC1", "C6"), waived="agreed by telephone")
    assert reply(with_problems(clean, silent, passed), framework) == reply(clean, framework)


def test_it_says_how_to_send_it_again(clean: Return, framework: Framework) -> None:
    """In the council's own file, or in the copy where one is attached; for notes alone at leisure."""
    found = with_problems(clean, unreadable("EC1", "C6"))
    alone = flowing(reply(found, framework))
    both = flowing(reply(found, framework, marked_up="copy-to-look-at.xlsx"))
    assert "in your own file" in alone
    assert "attached" not in alone
    assert "in the attached copy, copy-to-look-at.xlsx" in both
    note = problem("priority-unreadable", Place(NAME, COUNCILLORS, "N7"), ref="EC2", value="urgent")
    text = flowing(reply(with_problems(clean, note), framework, marked_up="copy-to-look-at.xlsx"))
    assert "nothing more that you need to do" in text
    assert "If you do change something" in text


# --- Returns that are not used


def test_a_refused_file_gets_its_reason(clean: Return, framework: Framework, register: Register) -> None:
    """It says why, and what to do, and names no council."""
    text = flowing(reply(read(b"", framework, register, "empty.xlsx"), framework))
    found = problem("file-empty", Place())
    assert "could not use it yet" in text
    assert f"{found.message} {found.ask}" in text
    assert "Medway" not in text


def test_another_council_is_not_named(clean: Return, framework: Framework) -> None:
    """Where two councils used one workbook, neither hears of the other's return."""
    words = {"value": "Kent", "built_for": "Medway Council (E06000035)", "other": "medway.xlsx"}
    found = problem("stamp-shared", Place(NAME), **words)
    text = flowing(reply(ended(clean, Status.REFUSED, found), framework))
    assert found.ask in text
    assert "Medway Council" not in text
    assert "medway.xlsx has" not in text
    assert found.message not in text


def test_what_does_not_count_is_told_why(clean: Return, framework: Framework) -> None:
    """A return that another replaced says by which; the same file again asks for nothing."""
    found = problem("return-superseded", Place(NAME), other="later.xlsx")
    text = flowing(reply(ended(clean, Status.SUPERSEDED, found), framework))
    assert f"{found.message} {found.ask}" in text
    twice = problem("file-duplicate", Place(NAME), other="first.xlsx")
    text = flowing(reply(ended(clean, Status.DUPLICATE, twice), framework))
    assert "nothing more that you need to do" in text


def test_nobody_is_written_to_about_our_own_files(clean: Return, framework: Framework) -> None:
    """An output of ours or a file of the system is no council's, and has no message."""
    found = problem("file-own-output", Place(NAME), found="action plan")
    returned = dataclasses.replace(ended(clean, Status.REFUSED, found), assessment=None)
    assert reply(returned, framework) == ""


# --- How it looks


def test_it_is_plain_text_that_a_mail_keeps(clean: Return, framework: Framework) -> None:
    """However odd the words: lines of at most 74 columns, none with space at its end, nothing unprintable."""
    rng = random.Random(1)  # noqa: S311 - not for secrets
    pieces = [
        "\x1b[31m",
        "\u202e",
        "\u2018so\u2019",
        "\u201csaid\u201d",
        "x" * 90,
        "a",
        "\n",
        "\t",
        "\ud800",
        "-",
    ]
    found = []
    for row in range(200):
        value = " ".join(rng.choices(pieces, k=rng.randint(1, 9)))
        sheet = rng.choice(["Enablers", "A sheet of another name \u2019"])
        place = Place(NAME, sheet, f"C{row}")
        found.append(problem("level-unreadable", place, ref=f"EC{row}", value=value, which="current"))
        found.append(problem("date-unreadable", place, ref=f"EC{row}", value=value, which="due date"))
    odd = dataclasses.replace(with_problems(clean, *found), source_file="a\x1b/\u201cb\u201d" * 40 + ".xlsx")
    text = reply(odd, framework, marked_up="c" * 100 + ".xlsx")
    assert text.endswith("Kind regards\n")
    for line in text.split("\n"):
        assert len(line) <= WIDTH
        assert line == line.rstrip()
        assert line.isprintable()
        assert not set(line) & set("\u2018\u2019\u201c\u201d")
    assert "\n\n\n" not in text

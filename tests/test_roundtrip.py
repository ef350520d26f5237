"""Answers to workbook to answers: whatever a council writes comes back as it was."""

from __future__ import annotations

import datetime as dt
import unicodedata

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from nps_xlsx.councils import Register
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Council, Framework
from nps_xlsx.reports.listings import guarded, unguarded
from tests.workbooks import filled, read

# All of Unicode but what XML cannot hold (surrogates, control characters, U+FFFE and U+FFFF), and
# carriage returns, which every spreadsheet turns into line feeds.
CHARACTERS = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
TEXTS = st.one_of(
    st.text(CHARACTERS | st.sampled_from("\n\t"), max_size=60),
    st.sampled_from(
        [
            *("=1+1", '=HYPERLINK("x")', "+44", "-", "@sum", "'quoted'", '"quoted"', "_x0041_", "a\n\nb"),
            *("🎉 👩🏽‍💼", "שלום עולם", "مرحبا", "  spaces  ", "007", "<b>&amp;</b>", "1/2", "#REF!", "TRUE"),
        ]
    ),
)
LEVELS = st.sampled_from([None, "NA", 1, 2, 3, 4, 5])


ANSWERS = st.builds(
    Answer,
    ref=st.sampled_from([row.code for row in load_framework().rows]),
    current=LEVELS,
    target=LEVELS,
    evidence=TEXTS,
    actions=TEXTS,
    owner=TEXTS,
    due_date=st.none() | st.dates(dt.date(2018, 1, 1), dt.date(2050, 12, 31)),
    priority=st.sampled_from(["", "High", "Medium", "Low"]),
)


def kept(text: str) -> str:
    """A cell in which nothing can be seen is blank."""
    return text if any(unicodedata.category(letter)[0] != "Z" for letter in visible(text)) else ""


def visible(text: str) -> str:
    """A text without control characters and those that only steer, such as a soft hyphen."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf"))


# Each example builds a workbook, so a failing one is shown as found: shrinking it would take minutes.
@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@example([Answer("VCSE8", current=4, target=2, evidence="#REF!", actions="Ref", owner="Owner")])
@given(st.lists(ANSWERS, unique_by=lambda answer: answer.ref, max_size=12))
def test_answers_come_back_as_they_were_written(
    framework: Framework, register: Register, medway: Council, given_answers: list[Answer]
) -> None:
    """Levels, texts of any script, dates and priorities survive the workbook unchanged."""
    returned = read(filled(framework, medway, *given_answers), framework, register)
    assert returned.assessment is not None
    for answer in given_answers:
        found = returned.assessment.answer(answer.ref)
        assert (found.current, found.target) == (answer.current, answer.target)
        texts = (found.evidence, found.actions, found.owner)
        assert texts == (kept(answer.evidence), kept(answer.actions), kept(answer.owner))
        assert (found.due_date, found.priority) == (answer.due_date, answer.priority)
    untouched = {row.code for row in framework.rows} - {answer.ref for answer in given_answers}
    assert all(returned.assessment.answer(ref).is_blank for ref in untouched)


@given(st.text() | TEXTS)
def test_a_text_guarded_in_a_csv_is_no_formula_and_comes_back(text: str) -> None:
    """What a spreadsheet would run gets an apostrophe, and taking it off gives the text again."""
    shown = guarded(text)
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(shown) == text

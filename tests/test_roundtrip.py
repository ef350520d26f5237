"""Answers to workbook to answers: whatever a council writes comes back as it was."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.register.csvfile import guarded, to_csv, unguarded
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.inputs import COLUMNS
from tests.support.workbooks import read

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
DAYS = st.none() | st.dates(dt.date(2018, 1, 1), dt.date(2050, 12, 31))


ANSWERS = st.builds(
    Answer,
    ref=st.sampled_from([row.code for row in load_framework().rows]),
    current=LEVELS,
    target=LEVELS,
    evidence=TEXTS,
    actions=TEXTS,
    owner=TEXTS,
    due_date=DAYS,
    priority=st.sampled_from(["", *layout.PRIORITIES]),
    status=st.sampled_from(["", *layout.STATUSES]),
    review_date=DAYS,
    discuss=st.booleans(),
    reviewer_level=LEVELS,
    reviewer_comment=TEXTS,
)
HEADS = st.dictionaries(
    st.tuples(
        st.sampled_from([area.code for area in load_framework().areas]),
        st.sampled_from([detail.key for detail in layout.HEAD if detail.kind is layout.Kind.TEXT]),
    ),
    TEXTS,
    max_size=4,
)


def kept(text: str) -> str:
    """A cell in which nothing can be seen is blank."""
    return text if any(unicodedata.category(letter)[0] != "Z" for letter in visible(text)) else ""


def visible(text: str) -> str:
    """A text without control characters and those that only steer, such as a soft hyphen."""
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Cc", "Cf"))


# Each example builds a workbook, so a failing one is shown as found: shrinking it would take minutes.
@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@example([Answer("VCSE8", current=4, target=2, evidence="#REF!", actions="Ref", owner="Owner")], {})
@example([], {("EC", "objective"): "EC1", ("EC", "answered_by"): "Procurement champions"})
@given(st.lists(ANSWERS, unique_by=lambda answer: answer.ref, max_size=12), HEADS)
def test_answers_come_back_as_they_were_written(
    framework: Framework,
    register: Register,
    medway: Council,
    given_answers: list[Answer],
    heads: dict[tuple[str, str], str],
) -> None:
    """Levels, texts of any script, dates, words of a list and the heads survive the workbook unchanged."""
    said = tuple((*where, text) for where, text in heads.items())
    given_all = Assessment(medway.gss_code, medway.name, "2026", tuple(given_answers), heads=said)
    content = build_workbook(Order(framework, medway, "2026", assessment=given_all, with_review=True))
    returned = read(content, framework, register)
    assert returned.assessment is not None
    for answer in given_answers:
        found = returned.assessment[answer.ref]
        for key, column in COLUMNS.items():
            value = getattr(answer, key)
            assert getattr(found, key) == (kept(value) if column.kind is layout.Kind.TEXT else value), key
    wanted = {where: kept(text).strip() for where, text in heads.items()}
    found_heads = {(area, key): text for area, key, text in returned.assessment.heads}
    assert found_heads == {where: text for where, text in wanted.items() if text}
    untouched = {row.code for row in framework.rows} - {answer.ref for answer in given_answers}
    assert all(returned.assessment[ref].is_blank for ref in untouched)


SIGNS = st.text(st.sampled_from("'=+-@\t\r\n \u00a0\uff1d\ufeff0123/.,:eE%£apmMary"), max_size=8)


@given(st.text(st.characters(codec="utf-8")) | TEXTS | SIGNS)
def test_any_text_comes_back_from_a_csv_as_it_was_and_is_no_formula(text: str) -> None:
    """A text written into a CSV file begins with no sign of a formula, and is read again as it was."""
    [_, [shown]] = csv.reader(io.StringIO(to_csv(["text"], [{"text": text}]).decode("utf-8-sig"), newline=""))
    assert not shown.lstrip("\t\r\n \u00a0\ufeff").startswith(tuple("=+-@\uff1d"))
    assert unguarded(shown) == text


@pytest.mark.parametrize(
    ("text", "is_guarded"),
    [
        *((t, True) for t in ("2/3", "3-4", "1E5", "03-Apr", "Mar 2026", "007", "3.10", "75%", "£1,250,000")),
        *((t, True) for t in ("12:30 pm", "TRUE", "MAR1", "1 2/3", "12345678901234567", "(5)", "31/3/27")),
        *((t, True) for t in ("\n=1", "\u00a0+1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20a", "\tx", "'2/3")),
        *((t, False) for t in ("3", "3 Mature", "2.5", "2026", "2025-26", "2025/26", "2027-03-31", "NA")),
        *(
            (t, False)
            for t in ("E06000035", "C6, C7", "E10", "May we", "2021-11-21T09:30:00Z", "'quoted'", "")
        ),
    ],
)
def test_what_a_spreadsheet_alters_is_guarded_and_nothing_else(text: str, *, is_guarded: bool) -> None:
    """Dates, numbers that lose their form, and formulas get an apostrophe; codes and plain numbers stay."""
    assert (guarded(text) != text) is is_guarded
    assert unguarded(guarded(text)) == text


def test_a_long_text_is_guarded_as_fast_as_a_short_one() -> None:
    """Repeated texts of a cell's full length take no time that grows with their square."""
    for part in ("1 ", "may", " ", "'", "1a", "\u200b", "e1"):
        assert unguarded(guarded(part * 16_000)) == part * 16_000

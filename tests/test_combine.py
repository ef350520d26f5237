"""Several respondents of one council give one response, with its spread; their answers stay apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest

from nps_xlsx.model import Answer, Assessment, Framework, LevelValue
from nps_xlsx.reports.listings import combined_rows
from nps_xlsx.rounds.combine import Combined, combine


def assessment(by: str, *answers: Answer, combined: str = "", council: str = "X") -> Assessment:
    """One respondent's answers."""
    return Assessment(council, council, "2026", answers, respondent=by, details=(("combined", combined),))


def together(framework: Framework, *assessments: Assessment) -> Combined:
    """The one response of these."""
    [one] = combine(assessments, framework)
    return one


@pytest.mark.parametrize(
    ("given", "median", "counted", "words"),
    [
        ((2, 3), 2.5, 2, "2, 3"),
        ((2, 3, 4), 3, 3, "2, 3, 4"),
        ((1, 5, None), 3, 1, "1, 5; 1 blank"),
        ((3, "NA"), 3, 3, "3; 1 not applicable"),
        (("NA", "NA"), None, "NA", "2 not applicable"),
        (("NA", None), None, "NA", "1 not applicable; 1 blank"),
        ((None, None), None, None, "2 blank"),
    ],
)
def test_the_middle_level_counts(
    framework: Framework, given: Sequence[LevelValue], median: float | None, counted: LevelValue, words: str
) -> None:
    """The median of the levels given, the lower of two; blanks and "not applicable" stay out of it."""
    assessments = [assessment(str(n), Answer("EC1", current=level)) for n, level in enumerate(given)]
    one = together(framework, *assessments)
    spread = one.spread("EC1")
    assert (spread.median, spread.counted, str(spread)) == (median, counted, words)
    assert one.assessment["EC1"].current == counted
    assert not one.is_authoritative


def test_the_combined_council_response_is_authoritative(framework: Framework) -> None:
    """Where the council marked one as its combined response, that one counts as it stands."""
    marked = assessment("", Answer("EC1", current=5), combined="Yes")
    one = together(framework, assessment("IT", Answer("EC1", current=1)), marked)
    assert one.assessment is marked
    assert one.is_authoritative
    assert one.spread("EC1").levels == (1, 5)


def test_a_council_with_one_return_is_left_as_it_is(framework: Framework) -> None:
    """A single return is the response, whoever it is from."""
    only = assessment("IT", Answer("EC1", current=1))
    assert together(framework, only).assessment is only
    assert len(combine([only, assessment("IT", council="Y")], framework)) == 2


def test_the_respondents_words_stand_side_by_side(framework: Framework) -> None:
    """Texts are reported under each respondent's name, the earliest date and the highest priority count."""
    first = Answer("EC1", evidence="Yes", owner="Post", due_date=dt.date(2027, 3, 31), priority="Low")
    second = Answer("EC1", evidence="No", owner="Post", due_date=dt.date(2027, 1, 31), priority="High")
    answer = together(framework, assessment("IT", first), assessment("Care", second)).assessment["EC1"]
    assert answer.evidence == "Care: No\nIT: Yes"
    assert (answer.owner, answer.priority, answer.due_date) == ("Post", "High", dt.date(2027, 1, 31))


def test_the_combined_row_shows_median_and_spread(framework: Framework) -> None:
    """combined.csv has a row per behaviour: the middle, the lowest and the highest level, and all of them."""
    given = [assessment(by, Answer("EC1", current=level)) for by, level in (("A", 1), ("B", 4))]
    [row] = [row for row in combined_rows(combine(given, framework), framework) if row["ref"] == "EC1"]
    found = [row[f"current{part}"] for part in ("", "_median", "_lowest", "_highest", "_given")]
    assert found == ["1", "2.5", "1", "4", "1, 4"]
    assert (row["respondents"], row["basis"]) == ("2", "middle of the respondents")

"""Of all returns together: which count, which are put aside, and what is odd between them."""

from __future__ import annotations

import dataclasses

import pytest

from nps_xlsx.across import Keep, KeepError, check_across
from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Status
from nps_xlsx.problems import problem
from nps_xlsx.reports.listings import change_rows


def returned(
    name: str,
    *answers: Answer,
    sha: str = "",
    day: str = "",
    saved: str = "",
    round_: str = "2026",
    by: str = "",
    combined: str = "",
    council: str = "X",
    asked: tuple[str, ...] = (),
) -> Return:
    """An accepted return, with one answer where none is given."""
    answers = answers or (Answer("EC1", current=3),)
    details = (("date_completed", day), ("combined", combined))
    assessment = Assessment(council, council, round_, answers, respondent=by, asked=asked, details=details)
    return Return(name, sha or name, Status.ACCEPTED, assessment, saved_at=saved)


def statuses(returns: list[Return], keep: Keep | None = None) -> list[str]:
    """What became of each."""
    return [marked.status.value for marked in check_across(returns, keep or Keep())]


def told(returns: list[Return]) -> list[list[str]]:
    """The kinds of problem of each."""
    return [[found.slug for found in marked.problems] for marked in check_across(returns)]


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ([returned("a"), returned("b", sha="a")], ["accepted", "duplicate"]),
        ([returned("a"), returned("b")], ["superseded", "accepted"]),
        ([returned("a", day="2026-12-02"), returned("b", day="2026-12-01")], ["accepted", "superseded"]),
        ([returned("a", saved="2026-12-02"), returned("b", saved="2026-12-01")], ["accepted", "superseded"]),
        (
            [returned("a", day="2026-12-01", saved="2027-01-01"), returned("b", day="2026-12-02")],
            ["superseded", "accepted"],
        ),
        ([returned("a"), returned("b", round_="2025")], ["accepted", "other-round"]),
        ([returned("a"), returned("b", Answer("EC1", target=4, evidence="A text"))], ["accepted", "blank"]),
        (
            [returned("a", day="2026-12-01"), returned("b", Answer("EC1"), day="2026-12-02")],
            ["accepted", "blank"],
        ),
        ([returned("a", by="IT"), returned("b", by="Care")], ["accepted", "accepted"]),
        ([returned("a", by="IT"), returned("b", by="it")], ["superseded", "accepted"]),
        ([returned("a"), returned("b", asked=("EC1",))], ["accepted", "accepted"]),
        ([returned("a", by="IT", combined="Yes"), returned("b")], ["superseded", "accepted"]),
        ([returned("a"), returned("b", sha="a"), returned("c")], ["superseded", "duplicate", "accepted"]),
    ],
)
def test_of_several_returns_of_a_council_one_counts(returns: list[Return], expected: list[str]) -> None:
    """The same bytes are a duplicate; of one respondent the one completed, saved, then read last counts."""
    assert statuses(returns) == expected


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (Keep(), ["superseded", "superseded", "accepted"]),
        (Keep(earliest=True), ["accepted", "superseded", "superseded"]),
        (Keep(files=("b",)), ["superseded", "accepted", "superseded"]),
        (Keep(earliest=True, files=("b",)), ["superseded", "accepted", "superseded"]),
        (Keep(files=("a", "b")), ["superseded", "accepted", "superseded"]),
    ],
)
def test_the_analyst_may_say_which_return_counts(keep: Keep, expected: list[str]) -> None:
    """The earliest, the latest or a file by name; a name goes before either."""
    assert statuses([returned("a"), returned("b"), returned("c")], keep) == expected


def test_a_file_to_be_kept_that_was_not_read_is_an_error() -> None:
    """A mistyped name in --keep is told, not passed over."""
    with pytest.raises(KeepError, match="nothing"):
        check_across([returned("a")], Keep(files=("nothing.xlsx",)))


def test_of_the_same_bytes_the_file_that_is_to_be_kept_counts() -> None:
    """Named by --keep, the second of two equal files is the one that is not a duplicate."""
    assert statuses([returned("a"), returned("b", sha="a")], Keep(files=("b",))) == ["duplicate", "accepted"]


def test_an_emptier_return_in_place_of_a_fuller_one_is_told() -> None:
    """A later return with fewer answers counts, with a warning that says so."""
    full = returned("a", Answer("EC1", current=3), Answer("EC2", current=3))
    assert told([full, returned("b", Answer("EC1", current=3))])[1] == ["superseded-fuller"]
    assert (
        told(
            [returned("a", Answer("EC1", current=3)), dataclasses.replace(full, source_file="b", sha256="b")]
        )[1]
        == []
    )


def test_what_a_later_return_changed_is_listed_answer_by_answer(framework: Framework) -> None:
    """Each field in which the two differ is a row with both values; what is the same is not listed."""
    first = returned("a", Answer("EC1", current=2, evidence="old"), Answer("EC2", current=3))
    second = returned("b", Answer("EC1", current=3, evidence="old"), Answer("EC2", current_text="TBC"))
    rows = change_rows(check_across([first, second]), framework)
    listed = [(row["ref"], row["field"], row["before"], row["after"]) for row in rows]
    assert listed == [("EC1", "current", "2", "3"), ("EC2", "current", "3", "TBC")]
    assert {(row["superseded_file"], row["source_file"]) for row in rows} == {("a", "b")}


def _strange(returned: Return, value: str) -> Return:
    found = problem("council-differs", Place(), value=value, built_for="X")
    return dataclasses.replace(returned, problems=(found,))


def test_two_councils_with_one_stamp_are_an_error() -> None:
    """A return that names another council, beside one of the council it was built for, is refused."""
    marked = check_across([returned("a"), _strange(returned("b"), "Other")])
    assert [one.status.value for one in marked] == ["accepted", "refused"]
    assert [found.slug for found in marked[1].problems] == ["stamp-shared", "council-differs"]
    assert statuses([_strange(returned("a"), "Other"), _strange(returned("b"), "Third")]) == ["refused"] * 2
    assert statuses([_strange(returned("a"), "Other")]) == ["accepted"]


def test_a_return_of_another_round_is_told() -> None:
    """Among returns of one round, last year's workbook has a warning."""
    returns = [
        returned(name, council=name, round_=round_)
        for name, round_ in zip("abc", ("1", "1", "2"), strict=True)
    ]
    assert told(returns) == [[], [], ["round-other"]]


def test_a_respondent_beside_the_combined_response_is_told() -> None:
    """A respondent's return stays, with a note that the council's combined response counts."""
    returns = [returned("a", by="IT"), returned("b", combined="Yes")]
    assert statuses(returns) == ["accepted", "accepted"]
    assert told(returns) == [["respondents-mixed"], []]

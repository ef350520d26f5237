"""Of all returns together: which count, which are put aside, and what is odd between them."""

from __future__ import annotations

import dataclasses

import pytest

from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.reports.listings import change_rows
from nps_xlsx.rounds.across import check_across
from nps_xlsx.rounds.sent_again import Keep, KeepError

FRAMEWORK = load_framework()


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
    """An accepted return, where no answer is given with one that no other return gives alike."""
    answers = answers or (Answer("EC1", current=3, evidence=f"The words of {name}"),)
    details = (("date_completed", day), ("combined", combined))
    assessment = Assessment(council, council, round_, answers, respondent=by, asked=asked, details=details)
    return Return(name, sha or name, Status.ACCEPTED, assessment, saved_at=saved)


def statuses(returns: list[Return], keep: Keep | None = None) -> list[str]:
    """What became of each."""
    return [marked.status.value for marked in check_across(returns, FRAMEWORK, keep or Keep())]


def slugs_of(returns: list[Return]) -> list[list[str]]:
    """The kinds of problem of each."""
    return [[found.slug for found in marked.problems] for marked in check_across(returns, FRAMEWORK)]


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
    """A mistyped name in --keep is reported, not passed over."""
    with pytest.raises(KeepError, match="nothing"):
        check_across([returned("a")], FRAMEWORK, Keep(files=("nothing.xlsx",)))


def test_of_the_same_bytes_the_file_that_is_to_be_kept_counts() -> None:
    """Named by --keep, the second of two equal files is the one that is not a duplicate."""
    assert statuses([returned("a"), returned("b", sha="a")], Keep(files=("b",))) == ["duplicate", "accepted"]


def lacking(returns: list[Return]) -> list[str]:
    """What is said of rows that only a superseded return answers."""
    found = [one for marked in check_across(returns, FRAMEWORK) for one in marked.problems]
    return [one.message for one in found if one.slug == "superseded-fuller"]


def test_rows_that_only_a_superseded_return_answers_are_named() -> None:
    """A later return counts as a whole, with a warning of the rows that only the other one has."""
    full = returned("a", Answer("EC1", current=3), Answer("EC2", current=3), Answer("SM1", current=3))
    (said,) = lacking([full, returned("b", Answer("EC1", current=2), Answer("EC3", current=3))])
    assert "(2): EC2, SM1." in said
    assert not lacking([returned("a", Answer("EC1", current=3)), returned("b", Answer("EC1", current=2))])


# --- Colleagues who shared the sheets


def shared(*returns: Return) -> tuple[list[str], dict[str, Answer]]:
    """What became of each, and the rows that count in the one that is accepted."""
    marked = check_across(returns, FRAMEWORK)
    (counted,) = [one for one in marked if one.status is Status.ACCEPTED]
    assert counted.assessment is not None
    return [one.status.value for one in marked], {one.ref: one for one in counted.assessment}


def test_colleagues_who_shared_the_sheets_are_joined() -> None:
    """Where no row is answered differently all answers count, each with its own place."""
    first = Answer("EC1", current=3, evidence="Ours", place=Place("a", "Engaging councillors", "C5"))
    second = Answer("SM1", current=2, place=Place("b", "Engaging senior managers", "C6"))
    became, rows = shared(returned("a", first, Answer("SM1")), returned("b", Answer("EC1"), second))
    assert became == ["joined", "accepted"]
    assert rows == {"EC1": first, "SM1": second}
    assert {ref: row.place.file for ref, row in rows.items()} == {"EC1": "a", "SM1": "b"}
    said = [
        [one.slug for one in marked.problems]
        for marked in check_across([returned("a", first), returned("b", second)], FRAMEWORK)
    ]
    assert said == [["return-joined"], ["returns-joined"]]


def test_what_colleagues_wrote_in_one_row_counts_together() -> None:
    """One gave the level and the other the evidence; words that differ but for white space are alike."""
    level = Answer("EC1", current=3, actions="Do it ", place=Place("a", "S", "C5"), cells={"current": "C5"})
    words = Answer("EC1", evidence="Because", actions="Do  it", place=Place("b", "S", "D9"))
    other = Answer("EC2", current=1, place=Place("b", "S", "D10"))
    became, rows = shared(returned("a", level), returned("b", words, other))
    assert became == ["joined", "accepted"]
    assert (rows["EC1"].current, rows["EC1"].evidence) == (3, "Because")
    assert rows["EC1"].where("current") == Place("a", "S", "C5")


@pytest.mark.parametrize(
    ("earlier", "later", "became"),
    [
        (Answer("EC1", current=3), Answer("EC1", current=2), "superseded"),
        (Answer("EC1", current=3, evidence="A"), Answer("EC1", current=3, evidence="B"), "superseded"),
        (Answer("EC1", current_text="TBC", refused=("current",)), Answer("EC1", current=3), "superseded"),
        (Answer("EC1", current=2, current_text="2/3"), Answer("EC1", current=2), "joined"),
        (Answer("EC1", current=3, owner="Ann"), Answer("EC1", current=3), "joined"),
    ],
)
def test_a_row_answered_differently_makes_a_resubmission(earlier: Answer, later: Answer, became: str) -> None:
    """A column filled in both and not alike says that one of them replaces the other."""
    more = Answer("WP1", current=4)
    assert (
        shared(returned("a", earlier, more), returned("b", later, Answer("WP2", current=1)))[0][0] == became
    )


@pytest.mark.parametrize(("hands", "became"), [(("Ann", "ann "), "superseded"), (("Ann", "Ben"), "joined")])
def test_what_one_hand_emptied_stays_empty(hands: tuple[str, str], became: str) -> None:
    """A row that the same person sent again without its answer was withdrawn; a colleague's was not."""
    both = (Answer("EC1", current=3), Answer("EC2", current=2))
    first, second = returned("a", *both), returned("b", Answer("EC2", current=2))
    found = shared(*(_completed(one, by) for one, by in zip((first, second), hands, strict=True)))
    assert found[0] == [became, "accepted"]
    assert ("EC1" in found[1]) == (became == "joined")


def _completed(returned: Return, by: str) -> Return:
    assert returned.assessment is not None
    details = (*returned.assessment.details, ("completed_by", by))
    return dataclasses.replace(returned, assessment=dataclasses.replace(returned.assessment, details=details))


def test_what_a_later_return_changed_does_not_come_back() -> None:
    """A return that a later one contradicts is joined to none, though the last says nothing of that row."""
    became, rows = shared(
        returned("a", Answer("EC1", current=3), Answer("EC3", current=1)),
        returned("b", Answer("EC1", current=2)),
        returned("c", Answer("EC2", current=4)),
    )
    assert became == ["superseded", "joined", "accepted"]
    assert {ref: row.current for ref, row in rows.items()} == {"EC1": 2, "EC2": 4}


def test_what_a_workbook_was_prefilled_with_contradicts_no_colleague() -> None:
    """Last round's words, left as they were sent, are nobody's answer where a colleague gave one."""
    mark = FRAMEWORK.guidance.words["from_last_round"].format(round="2022")
    sent = {ref: Answer(ref, evidence=f"{mark}a policy", owner="Ann") for ref in ("EC1", "EC2", "EC3")}
    first = {**sent, "EC1": Answer("EC1", current=3, evidence="A new policy", owner="Ben")}
    second = {**sent, "EC2": Answer("EC2", current=2)}
    became, rows = shared(returned("a", *first.values()), returned("b", *second.values()))
    assert became == ["joined", "accepted"]
    assert rows == {"EC1": first["EC1"], "EC2": second["EC2"], "EC3": sent["EC3"]}


def test_a_file_named_to_be_kept_counts_alone() -> None:
    """Where the analyst says which file counts, nothing is joined to it."""
    batch = [returned("a", Answer("EC1", current=3)), returned("b", Answer("SM1", current=2))]
    assert statuses(batch, Keep(files=("a",))) == ["accepted", "superseded"]
    assert statuses(batch) == ["joined", "accepted"]
    assert statuses(batch, Keep(earliest=True)) == ["accepted", "joined"]


def test_a_return_of_which_nothing_can_be_used_is_refused() -> None:
    """A level in no row, and words that are none in some, is no response, and replaces none."""
    empty = dataclasses.replace(returned("b", Answer("EC1", current_text="TBC")), answers_refused=1)
    assert statuses([returned("a"), empty]) == ["accepted", "refused"]


# --- Rounds


def test_each_council_has_one_voice_for_the_round() -> None:
    """Three files of one council's old workbook do not make the old round the one that is read."""
    old = [returned(name, round_="2022") for name in "abc"]
    new = [returned("d", council="Y"), returned("e", council="Z")]
    assert statuses([*old, *new]) == ["other-round"] * 3 + ["accepted"] * 2


def test_a_round_is_one_however_it_is_written() -> None:
    """Spring and spring are one round, and are written alike from there on."""
    marked = check_across(
        [
            returned("a", round_="Spring"),
            returned("b", round_="spring", council="Y"),
            returned("c", round_="Spring", council="Z"),
        ],
        FRAMEWORK,
    )
    assert {one.assessment.round for one in marked if one.assessment} == {"Spring"}


def test_what_came_beside_a_return_needs_no_decision() -> None:
    """A blank or an old workbook of a council of which a return counts is a note; of another, a warning."""
    batch = [
        returned("a"),
        returned("b", Answer("EC1")),
        returned("c", round_="2022"),
        returned("d", Answer("EC1"), council="Y"),
        returned("e", council="Z"),
    ]
    found = {
        one.source_file: one.problems[0].severity.value
        for one in check_across(batch, FRAMEWORK)
        if one.problems
    }
    assert found == {"b": "note", "c": "note", "d": "warning"}


def test_what_a_later_return_changed_is_listed_answer_by_answer(framework: Framework) -> None:
    """Each field in which the two differ is a row with both values; what is the same is not listed."""
    first = returned("a", Answer("EC1", current=2, evidence="old"), Answer("EC2", current=3))
    second = returned("b", Answer("EC1", current=3, evidence="old"), Answer("EC2", current_text="TBC"))
    rows = change_rows(check_across([first, second], framework), framework)
    listed = [(row["ref"], row["field"], row["before"], row["after"]) for row in rows]
    assert listed == [("EC1", "current", "2", "3"), ("EC2", "current", "3", "TBC")]
    assert {(row["superseded_file"], row["source_file"]) for row in rows} == {("a", "b")}


def _strange(returned: Return, value: str) -> Return:
    found = problem("council-differs", Place(), value=value, built_for="X")
    return dataclasses.replace(returned, problems=(found,))


def test_two_councils_with_one_stamp_are_an_error() -> None:
    """A return that names another council, beside one of the council it was built for, is refused."""
    marked = check_across([returned("a"), _strange(returned("b"), "Other")], FRAMEWORK)
    assert [one.status.value for one in marked] == ["accepted", "refused"]
    assert [found.slug for found in marked[1].problems] == ["stamp-shared", "council-differs"]
    assert statuses([_strange(returned("a"), "Other"), _strange(returned("b"), "Third")]) == ["refused"] * 2
    assert statuses([_strange(returned("a"), "Other")]) == ["accepted"]


def test_a_return_of_another_round_is_reported() -> None:
    """Among returns of one round, last year's workbook has a warning."""
    returns = [
        returned(name, council=name, round_=round_)
        for name, round_ in zip("abc", ("1", "1", "2"), strict=True)
    ]
    assert slugs_of(returns) == [[], [], ["round-other"]]


def test_a_respondent_beside_the_combined_response_is_reported() -> None:
    """A respondent's return stays, with a note that the council's combined response counts."""
    returns = [returned("a", by="IT"), returned("b", combined="Yes")]
    assert statuses(returns) == ["accepted", "accepted"]
    assert slugs_of(returns) == [["respondents-mixed"], []]

"""Suggested actions: some for every step of every behaviour, published ones told from our own."""

from __future__ import annotations

from collections import Counter

import pytest

from nps_xlsx.model import Framework


def test_every_step_of_every_behaviour_has_actions(framework: Framework) -> None:
    """Each of the 59 behaviours has at least one action for each of its four steps up."""
    counts = [
        len(framework.actions_to(row.code, level.number))
        for row in framework.behaviours
        for level in framework.levels[1:]
    ]
    assert len(counts) == 59 * 4
    assert min(counts) >= 1


def test_our_own_actions_are_at_most_four_a_step_and_short(framework: Framework) -> None:
    """Each is one or two sentences that end with a full stop, in at most 170 characters."""
    for row in framework.behaviours:
        for level in framework.levels[1:]:
            own = [a.text for a in framework.actions_to(row.code, level.number) if not a.is_published]
            assert len(own) <= 4
            for text in own:
                assert 40 <= len(text) <= 170, text
                assert text[0].isupper(), text
                assert text.endswith("."), text


def test_no_action_stands_twice(framework: Framework) -> None:
    """No two steps suggest the same words."""
    texts = Counter(a.text for steps in framework.actions.values() for step in steps for a in step)
    assert [text for text, count in texts.items() if count > 1] == []


def test_no_action_repeats_its_descriptor(framework: Framework) -> None:
    """Our own actions say how to get there; they do not say the descriptor over again."""
    for row in framework.behaviours:
        for level in framework.levels[1:]:
            descriptor = row.descriptors[level.number - 1].casefold()
            for action in framework.actions_to(row.code, level.number):
                if not action.is_published:
                    assert action.text.casefold().rstrip(".") not in descriptor


def test_published_actions_are_the_social_value_indexs(framework: Framework) -> None:
    """Only the ten social value behaviours have published actions, and those come first."""
    published = {
        code: [action for step in steps for action in step if action.is_published]
        for code, steps in framework.actions.items()
    }
    assert {code for code, found in published.items() if found} == {f"SV{n}" for n in range(1, 11)}
    for steps in framework.actions.values():
        for step in steps:
            kinds = [action.is_published for action in step]
            assert kinds == sorted(kinds, reverse=True)


@pytest.mark.parametrize(
    ("code", "level", "text"),
    [
        ("SV2", 3, "Appoint a Councillor or Cabinet Board member to report/lead on Social Value."),
        ("SV5", 2, "Ensure that Social Value is mentioned in Services related tenders."),
        ("SV9", 4, "Include benchmarks and progress against targets within Annual Reporting."),
    ],
)
def test_published_actions_are_quoted_word_for_word(
    framework: Framework, code: str, level: int, text: str
) -> None:
    """An action of the index stands under the behaviour and the level that it is printed under."""
    assert text in [action.text for action in framework.actions_to(code, level) if action.is_published]

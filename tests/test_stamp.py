"""The stamp survives rewrapping, and damage to it does not go unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps_xlsx.workbook.stamp import Stamp, StampError, is_round_name, parse_stamp

STAMP = Stamp("nps-2018", "1", "2026", "E06000035", "EC")


def test_a_stamp_is_read_back() -> None:
    """What was written is what is read, whatever spaces and case came between."""
    assert parse_stamp(str(STAMP)) == STAMP
    assert parse_stamp(f"  {str(STAMP).replace(' ', '  ')}\n") == STAMP


@given(st.data())
def test_any_one_changed_character_is_noticed(data: st.DataObject) -> None:
    """A stamp with one letter or digit changed is damaged or no stamp, never another stamp."""
    text = str(STAMP)
    place = data.draw(st.sampled_from([n for n, letter in enumerate(text) if letter.isalnum()]))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    changed = text[:place] + letter + text[place + 1 :]
    if changed.upper() == text.upper():
        return
    try:
        assert parse_stamp(changed) is None
    except StampError:
        return


@pytest.mark.parametrize("text", ["", "check", "Check before sending", "nps-2018 | round 2026"])
def test_other_text_is_no_stamp(text: str) -> None:
    """Cells that are not stamps are passed over without an error."""
    assert parse_stamp(text) is None


@pytest.mark.parametrize(
    ("name", "good"), [("2026", True), ("2026-autumn", True), ("", False), ("a/b", False), ("a | b", False)]
)
def test_round_names_are_safe_in_file_names(name: str, *, good: bool) -> None:
    """A round's name has nothing that a file system or the stamp itself would trip over."""
    assert is_round_name(name) is good

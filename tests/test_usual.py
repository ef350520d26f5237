"""What is read in a quicker way is read alike: by patterns, and without the formulas of live sheets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nps_xlsx.framework import load_framework
from nps_xlsx.ingester.grids import Sighting
from nps_xlsx.ingester.ours import our_texts
from nps_xlsx.ingester.preflight import Parts, preflight
from nps_xlsx.ingester.reading import live, spreadsheetml, usual
from nps_xlsx.model import Answer, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook.layout import sheet_names
from tests.conftest import ROOT
from tests.support.workbooks import filled, read
from tests.test_reading import edited

SHEETS = [
    f"xl/worksheets/sheet{number}.xml" for number, _ in enumerate(sheet_names(load_framework()), start=1)
]
OTHERS = ("file-misnamed", "file-not-workbook", "file-encrypted")
FILES = {
    path.parent.name: path
    for path in sorted((ROOT / "tests/saved").rglob("*.xls[xm]"))
    if path.parent.name not in OTHERS
}
"""One file of each folder but those of files that are not packages."""
WORDS = '<row r="90"><c r="A90" t="inlineStr"><is><t>x</t></is></c></row>'


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(
        framework, medway, Answer("EC1", current=2, evidence="Policy & <more>"), Answer("WP2", "NA")
    )


def by_parser(parts: Parts) -> dict[str, Sighting]:
    """What the parser alone sees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usual, "outside_cells", lambda _: None)
        patch.setattr(usual, "shared_items", lambda _: None)
        return dict(spreadsheetml.walk(parts).seen)


@pytest.mark.parametrize("path", FILES.values(), ids=FILES.keys())
def test_patterns_see_what_the_parser_sees(path: Path) -> None:
    """In files of every program, whether they fit the patterns or not."""
    parts = live.without_repeats(preflight(path.read_bytes()))
    assert by_parser(parts) == spreadsheetml.walk(parts).seen


def test_a_workbook_of_ours_is_read_by_patterns(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its sheets and its shared strings fit: otherwise the patterns would save nothing."""
    parts = preflight(content)
    expected = by_parser(parts)
    monkeypatch.setattr(spreadsheetml, "_Cells", None)
    assert spreadsheetml.walk(parts).seen == expected


ODD = {
    "an address left out": ('<c r="C6"', "<c"),
    "a cell twice": ('<c r="C6"', '<c r="C5"'),
    "a comment": ('<c r="C6"', '<!-- <c r="C6"/> --><c r="C6"'),
    "a prefix": ('<c r="C6"', '<c ph="1" r="C6"'),
    "an unknown kind": ('t="s"', 't="d"'),
    "words in the cell": ("</sheetData>", f"{WORDS}</sheetData>"),
    "a broken index": ("<v>", "<v>9"),
}


@pytest.mark.parametrize(("old", "new"), ODD.values(), ids=ODD.keys())
def test_what_is_odd_is_left_to_the_parser(content: bytes, old: str, new: str) -> None:
    """Whatever stands otherwise in one cell is seen as the parser sees it."""
    parts = preflight(edited(content, lambda text: text.replace(old, new, 1)))
    assert by_parser(parts) == spreadsheetml.walk(parts).seen


def test_live_sheets_lose_their_formulas_and_no_word(content: bytes) -> None:
    """Only they are shortened, to one formula each, and what is no formula stands where it stood."""
    whole = preflight(content)
    short = live.without_repeats(whole)
    cut = [name for name in SHEETS if len(short[name]) < len(whole[name])]
    assert [name for name in whole if whole[name] != short[name]] == cut == SHEETS[12:]
    for name in cut[:-1]:  # the last are the lists
        cells = [re.findall(rb'<c r="([A-Z]+[0-9]+)"[^/]*?>(<f)?', parts[name]) for parts in (whole, short)]
        assert [cell for cell in cells[0] if not cell[1]] == [cell for cell in cells[1] if not cell[1]]
        assert sum(bool(formula) for _, formula in cells[1]) == 1


def test_answers_on_a_sheet_called_summary_are_read(
    content: bytes, framework: Framework, register: Register
) -> None:
    """A sheet is live by its stamp, whatever it is called: one with another name keeps its formulas."""

    def rename(text: str) -> str:
        names = text.replace('name="Summary"', 'name="Old"')
        return names.replace('name="Engaging councillors"', 'name="Summary"')

    renamed = edited(content, rename, "xl/workbook.xml")
    parts = preflight(renamed)
    assert live.without_repeats(parts)[SHEETS[1]] == parts[SHEETS[1]]
    returned = read(renamed, framework, register).assessment
    assert returned is not None
    assert returned["EC1"].place.sheet == "Summary"
    assert (returned["EC1"].current, returned["EC1"].evidence) == (2, "Policy & <more>")


def test_a_live_sheet_with_another_stamp_keeps_everything(content: bytes) -> None:
    """Where a sheet of answers was pasted into a live one, its formulas are answers."""
    stamp = re.findall(r'<c r="[A-Z]+[0-9]+"( [^>]*>.*?</c>)', preflight(content)[SHEETS[1]].decode())[-1]
    pasted = f'<c r="ZZ9"{stamp}'
    row = f'<row r="999">{pasted}</row></sheetData>'
    parts = preflight(edited(content, lambda text: text.replace("</sheetData>", row), SHEETS[12]))
    short = live.without_repeats(parts)
    assert short[SHEETS[12]] == parts[SHEETS[12]]
    assert short[SHEETS[13]] != parts[SHEETS[13]]


def test_words_on_the_lists_are_kept_and_ours_are_not(content: bytes, framework: Framework) -> None:
    """Numbers and our own texts are taken out of the hidden lists, a council's words never."""
    word = '<row r="500"><c r="B500" t="inlineStr"><is><t>Ask Jo</t></is></c></row></sheetData>'
    parts = preflight(edited(content, lambda text: text.replace("</sheetData>", word), SHEETS[-1]))
    short = live.without_repeats(parts, our_texts(framework).listed)[SHEETS[-1]]
    assert b"Ask Jo" in short
    assert short.count(b"<c ") < 60
    assert parts[SHEETS[-1]].count(b"<c ") > 2_000

"""Who a return is from: by its stamp, cross-checked with everything else that it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Council, Framework, Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook.stamp import PROPERTY
from tests.support.workbooks import changed, filled, places, read, slugs, write, write_custom

SHEET = "Engaging councillors"
ANSWERS = (Answer("EC1", current=2, target=4, evidence="Policy"), Answer("SV3", current=3))


@pytest.fixture(scope="module")
def content(framework: Framework, medway: Council) -> bytes:
    return filled(framework, medway, *ANSWERS)


def whose(returned: Return) -> tuple[str, str]:
    """The council and the round that a return was read as."""
    assert returned.assessment is not None
    return returned.assessment.gss_code, returned.assessment.round


def wiped(*, start: bool = False, hidden: bool = True) -> Callable[[Workbook], None]:
    """Takes the stamps out of the sheets, and what else is asked."""

    def change(workbook: Workbook) -> None:
        for sheet in workbook:
            for row in sheet.iter_rows():
                for cell in row:
                    if " | check " in str(cell.value):
                        cell.value = None
        if hidden:
            del workbook.custom_doc_props[PROPERTY]
        if start:
            for row in range(8, 11):
                workbook["Start here"].cell(row, 2).value = None

    return change


@pytest.mark.parametrize(
    "name", ["return.xlsx", "NPS-2026-E06000035-medway.xlsx", "a/NPS-2026-e06000035-x (2).xlsx"]
)
def test_what_agrees_is_not_told(content: bytes, framework: Framework, register: Register, name: str) -> None:
    """A return under its own name, or under one that says nothing, has no problem of identity."""
    assert slugs(read(content, framework, register, name)) == []


@pytest.mark.parametrize("name", ["NPS-2026-E06000036-x.xlsx", "NPS-2025-E06000035-medway.xlsx"])
def test_a_file_named_for_another_council_or_round_is_told(
    content: bytes, framework: Framework, register: Register, name: str
) -> None:
    """The stamp decides, and the file's name that disagrees is a warning."""
    returned = read(content, framework, register, name)
    assert slugs(returned) == ["file-name-differs"]
    assert whose(returned) == ("E06000035", "2026")


def test_a_hidden_property_that_disagrees_is_told(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Where sheets were copied into another council's workbook, its property gives it away."""
    other = "nps-2018 | template 1 | round 2026 | E06000036 | sheet START | check 0000"
    returned = read(changed(content, write_custom(PROPERTY, other)), framework, register)
    assert slugs(returned) == ["property-differs"]


@pytest.mark.parametrize(
    ("change", "name", "by"),
    [
        (wiped(hidden=False, start=True), "return.xlsx", "hidden property"),
        (wiped(), "return.xlsx", "typed on Start here"),
        (wiped(start=True), "NPS-2026-E06000035-medway.xlsx", "name of the file"),
    ],
)
def test_without_a_stamp_a_return_is_matched_by_what_is_left(
    content: bytes,
    framework: Framework,
    register: Register,
    change: Callable[[Workbook], None],
    name: str,
    by: str,
) -> None:
    """By the property, by what is typed, or by the file's name; and it is marked as such."""
    returned = read(changed(content, change), framework, register, name)
    assert whose(returned) == ("E06000035", "2026")
    [told] = [found for found in returned.problems if found.slug == "stamp-missing"]
    assert by in told.message


def test_without_anything_left_a_return_is_refused(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Nothing is guessed: a return that says nowhere whose it is, is not used."""
    returned = read(changed(content, wiped(start=True)), framework, register)
    assert returned.status is Status.REFUSED
    assert [found.slug for found in returned.problems] == ["council-missing"]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Medway Council", []),
        ("medway", []),
        ("The Medway Towns' procurement team", ["council-unmatched"]),
        ("Kent County Council", ["council-differs"]),
    ],
)
def test_the_council_that_the_officer_typed_is_compared_as_a_council(
    content: bytes, framework: Framework, register: Register, typed: str, slug: list[str]
) -> None:
    """Another name of the same council is no problem, an unknown one a note, another council a warning."""

    def change(workbook: Workbook) -> None:
        workbook["Start here"]["B8"] = typed

    assert slugs(read(changed(content, change), framework, register)) == slug


def test_a_sheet_of_another_council_is_not_used(
    content: bytes, framework: Framework, register: Register
) -> None:
    """Answers on a sheet whose stamp names another council are refused and counted, never attributed."""
    stamp = str(Order(framework, register.find("Kent"), "2026").stamp("EC"))

    def change(workbook: Workbook) -> None:
        workbook[SHEET]["A2"] = stamp

    returned = read(changed(content, change), framework, register)
    assert slugs(returned) == ["sheet-of-other-council"]
    assert places(returned, "sheet-of-other-council") == [(SHEET, "A2")]
    assert returned.assessment is not None
    assert returned.assessment["EC1"].is_blank
    assert returned.assessment["SV3"].current == 3
    assert (returned.answers_present, returned.answers_refused) == (2, 1)


def test_a_code_that_is_typed_steers_no_path(framework: Framework, register: Register) -> None:
    """A made-up code or round on Start here ends as words in a file name, not as a folder."""
    from nps_xlsx.workbook.names import file_stem

    council = Council("Z99", "X", "X", "Unitary", "", "England")
    blank = build_workbook(Order(framework, council, "2026"))
    content = changed(changed(blank, wiped()), typed)
    returned = read(content, framework, register)
    assert returned.assessment is not None
    assert whose(returned) == ("../../ETC/X", "..\\2026")
    name = file_stem("NPS", returned.assessment, "a/b", "action plan")
    assert not set(name) & set("/\\:")
    assert ".." not in name


def test_long_texts_make_no_long_name_of_a_file(tmp_path: Path) -> None:
    """Pages typed as department, round, code and council stop no batch, and two such councils keep apart."""
    from nps_xlsx.workbook.names import Distinct, file_stem

    essay = "We are a small team and " * 1000
    distinct = Distinct()
    names = [
        distinct(file_stem("NPS", Assessment(essay, essay, essay, (), f"{essay} {number}"), essay, essay))
        + ".xlsx"
        for number in range(3)
    ]
    assert len(set(names)) == 3
    for name in names:
        assert len(write(tmp_path / f".nps-{name}.12345678.12345678.tmp", b"").name) <= 255


def typed(workbook: Workbook) -> None:
    """What a clumsy or hostile hand may type on Start here."""
    workbook["Start here"]["B9"], workbook["Start here"]["B10"] = "../../etc/x", "..\\2026"

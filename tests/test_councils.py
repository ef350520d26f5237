"""A council is found by its code and by any of its names; what is not found is reported helpfully."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from nps_xlsx.model import Answer, Framework
from nps_xlsx.register.councils import CouncilError, Register, load_list, load_register
from nps_xlsx.register.csvfile import CsvError, read_csv
from tests.support.workbooks import filled, read, slugs


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("E06000035", "E06000035"),
        (" e06000035 ", "E06000035"),
        ("Medway", "E06000035"),
        ("MEDWAY COUNCIL", "E06000035"),
        ("Worcestershire", "E10000034"),
        ("Worcester", "E07000237"),
        ("Bristol", "E06000023"),
        ("Bristol, City of", "E06000023"),
        ("Camden", "E09000007"),
        ("London Borough of Camden", "E09000007"),
        ("Camden Council", "E09000007"),
        ("Bath & North East Somerset", "E06000022"),
        ("Bath and North East Somerset Council", "E06000022"),
        ("King's Lynn and West Norfolk", "E07000146"),
        ("St Helens", "E08000013"),
        ("St. Helens Borough Council", "E08000013"),
        ("Durham", "E06000047"),
        ("City of London", "E09000001"),
        ("Derby City Council", "E06000015"),
        ("Derbyshire", "E10000007"),
        ("E08000016", "E08000038"),
        ("e08000019", "E08000039"),
        ("E10000023", "E06000065"),
        ("North Yorkshire County Council", "E06000065"),
        ("Colchester Borough Council", "E07000071"),
        ("Southend-on-Sea Borough Council", "E06000033"),
        ("Southend-on-Sea City Council", "E06000033"),
        ("Milton Keynes Council", "E06000042"),
        ("City of Milton Keynes", "E06000042"),
    ],
)
def test_a_council_is_found_by_code_or_name(register: Register, wanted: str, code: str) -> None:
    """Case, punctuation, "&" and the words for the kind of council make no difference."""
    assert register.find(wanted).gss_code == code


@pytest.mark.parametrize(
    ("wanted", "nearest"),
    [("Medwy", "E06000035"), ("Richmond", "E09000027"), ("Wocestershire", "E10000034")],
)
def test_an_unknown_name_lists_the_nearest(register: Register, wanted: str, nearest: str) -> None:
    """A misspelt or shortened name is an error that offers the council meant."""
    with pytest.raises(CouncilError, match=nearest):
        register.find(wanted)


def test_a_name_that_two_councils_share_lists_both(tmp_path: Path) -> None:
    """An ambiguous name is an error that names each council that it could be."""
    path = tmp_path / "register.csv"
    path.write_text(
        "gss_code,official_name,short_name,council_type,region,nation\n"
        "X1,Twin Borough Council,Twin,County,North,England\n"
        "X2,Twin District Council,Twin,County,South,England\n",
        encoding="utf-8",
    )
    with pytest.raises(CouncilError, match=r"X1.*X2"):
        load_register(path).find("Twin")


def test_every_council_is_found_by_each_of_its_own_names(register: Register) -> None:
    """No name in the register leads to another council than its own."""
    for council in register.councils:
        for name in (council.gss_code, council.name, council.short_name, *council.alternative_names):
            assert register.find(name) is council


def test_england_has_317_principal_councils() -> None:
    """Combined authorities and the Greater London Authority are not among them."""
    register = load_register()
    assert len(register.principal().councils) == 317
    assert len(register.principal(nation="Wales").councils) == 22
    assert len(register.principal(region="London", council_type="london").councils) == 32


def test_an_unknown_region_lists_the_regions(register: Register) -> None:
    """A region that is not in the register is an error that lists those that are."""
    with pytest.raises(CouncilError, match="East Midlands"):
        register.principal(region="Mercia")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_however_excel_saved_it(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without a mark, and the Windows code page, give the same rows."""
    path = tmp_path / "list.csv"
    path.write_bytes("GSS code,Council \r\nE06000035,Médway\r\n".encode(encoding))
    assert read_csv(path, ["gss_code"]) == [{"gss_code": "E06000035", "council": "Médway"}]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """A file that lacks a column says which, and what it has."""
    path = tmp_path / "list.csv"
    path.write_text("name\nMedway\n", encoding="utf-8")
    with pytest.raises(CsvError, match=r"lacks the column gss_code.*name"):
        read_csv(path, ["gss_code"])


def test_a_list_keeps_every_column_of_its_councils(register: Register, tmp_path: Path) -> None:
    """What the list says of a council stays, and what its rows say differently stands side by side."""
    listed = tmp_path / "asked.csv"
    listed.write_text("Council,E-mail,Lead\nMedway,a@example.org,Ann\nmedway,b@example.org,Ann\n,,\n")
    found = load_list(listed, register)
    code = register.find("Medway").gss_code
    assert [council.gss_code for council in found.councils] == [code]
    assert found.listed[code] == {
        "council": "Medway; medway",
        "e_mail": "a@example.org; b@example.org",
        "lead": "Ann",
    }


@pytest.mark.parametrize(
    ("wanted", "became"),
    [
        ("Craven", "Craven became part of North Yorkshire, E06000065, on 1 April 2023."),
        ("E07000163", "Craven became part of North Yorkshire, E06000065, on 1 April 2023."),
        ("Craven District Council", "Craven became part of North Yorkshire, E06000065, on 1 April 2023."),
        (
            "Borough of Poole",
            "Poole became part of Bournemouth, Christchurch and Poole, E06000058, on 1 April 2019.",
        ),
        (
            "Taunton Deane",
            "Taunton Deane became part of Somerset West and Taunton on 1 April 2019, "
            "which became part of Somerset, E06000066, on 1 April 2023.",
        ),
        ("Cumbria", "Cumbria County Council ended on 1 April 2023: see Cumberland, E06000063; Westmorland"),
    ],
)
def test_a_council_that_ended_is_reported_with_what_it_became(wanted: str, became: str) -> None:
    """A reorganised council is no other council's near miss: its successor and the day are named."""
    with pytest.raises(CouncilError, match=re.escape(became)):
        load_register().find(wanted)


def test_every_former_council_has_present_successors() -> None:
    """Each code of a council that ended is out of the register, and what took its place is in it."""
    register = load_register()
    ended = {one.gss_code for one in register.former}
    assert len(ended) == len(register.former) == 46
    for one in register.former:
        assert one.gss_code not in register.by_code
        assert all(code in register.by_code or code in ended for code in one.successors)


def test_a_workbook_built_under_a_former_code_is_of_the_same_council(framework: Framework) -> None:
    """Barnsley's return with the stamp of before its new code counts as Barnsley's."""
    register = load_register()
    before = replace(register.find("Barnsley"), gss_code="E08000016")
    content = filled(framework, before, Answer("EC1", current=3))
    returned = read(content, framework, register, "NPS-2026-E08000016-barnsley.xlsx")
    assert returned.assessment is not None
    assert returned.assessment.gss_code == "E08000038"
    assert slugs(returned) == []

"""The framework is complete, and the loader tells every fault of a broken one at once."""

from __future__ import annotations

import re
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from nps_xlsx.framework import FrameworkError, data_folder, load_framework
from nps_xlsx.model import Framework


def test_counts_are_those_of_the_published_framework(framework: Framework) -> None:
    """There are 3 themes, 10 key areas, 55 behaviours, 4 enablers, 5 levels and 345 descriptors."""
    assert [len(framework.themes), len(framework.key_areas), len(framework.levels)] == [3, 10, 5]
    assert framework.enablers is not None
    assert len(framework.enablers.behaviours) == 4
    assert sum(len(area.behaviours) for area in framework.key_areas) == 55
    assert sum(len(row.descriptors) for row in framework.rows) == 345


def test_codes_and_value_codes_are_those_of_the_design(framework: Framework) -> None:
    """Areas hold the number of behaviours that the sector knows, value codes run from 1 to 59."""
    sizes = {area.code: len(area.behaviours) for area in framework.areas}
    assert sizes == {
        "EC": 3,
        "SM": 4,
        "WP": 3,
        "SS": 3,
        "CO": 6,
        "CR": 6,
        "SR": 5,
        "SV": 10,
        "SME": 7,
        "VCSE": 8,
        "EN": 4,
    }
    assert [row.value_code for row in framework.behaviours] == list(range(1, 60))
    assert [row.code for row in framework.rows if row.value_code is None] == [
        f"{area.code}0" for area in framework.key_areas
    ]


def test_lengths_are_those_measured_on_the_published_text(framework: Framework) -> None:
    """The longest descriptor has 739 characters, the median of a row's longest 311."""
    longest = [max(map(len, row.descriptors)) for row in framework.behaviours]
    assert max(longest) == 739
    assert statistics.median(longest) == 311


@pytest.mark.parametrize(
    ("code", "level", "text"),
    [
        ("EC0", 3, "Councillor engagement is delivering better results on some projects."),
        ("WP1", 3, "Working as a single team is 'the way we do things here'."),
        ("SS2", 2, "1. Evaluating toolkits.\n2. Piloting engagement with a major supplier."),
        ("CO4", 1, "Mainly focused on compliance and standard cost/quality ratios."),
        ("SV2", 1, "Not considered important."),
        ("EN4", 1, "Success depends on individuals, no organisational engagement."),
    ],
)
def test_descriptors_read_as_published(framework: Framework, code: str, level: int, text: str) -> None:
    """A descriptor of each kind (principle, quoted, numbered, enabler) stands as the LGA printed it."""
    assert framework.row_by_code[code].descriptors[level - 1] == text


def test_no_text_bears_the_marks_of_a_damaged_extract(framework: Framework) -> None:
    """No double or stray spaces, curly quotation marks or broken numbering are left in any text."""
    damage = re.compile(r"  | [,.;:)]|[‘’“”]|/ |\u00ad|\n\n|^\W*$")
    texts = {row.code: "\n\t".join(row.descriptors) for row in framework.rows}
    for area in framework.areas:
        texts[area.code] = f"{area.name}\t{area.description}\t{area.what_it_is}\t{area.why_it_is_important}"
    assert [code for code, text in texts.items() if damage.search(text.replace("\n\t", ""))] == []


def test_numbered_lists_count_from_one(framework: Framework) -> None:
    """Where a descriptor is a numbered list, its items are numbered 1, 2, 3 without a gap."""
    for row in framework.rows:
        for text in row.descriptors:
            numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
            assert numbers == list(range(1, len(numbers) + 1)), row.code


def test_every_behaviour_has_a_one_line_description(framework: Framework) -> None:
    """Each of the 59 says "The extent to which …" or "The extent of …", in one line with a full stop."""
    for row in framework.behaviours:
        assert re.fullmatch(r"The extent (to which|of) .+\.", row.summary), row.code


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., list[str]]:
    """Breaks a copy of the framework by replacing texts, and gives the faults that are told."""

    def faults(*changes: tuple[str, str, str]) -> list[str]:
        folder = tmp_path / "framework"
        shutil.copytree(data_folder() / "nps-2018", folder)
        for file, old, new in changes:
            path = folder / file
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(FrameworkError) as caught:
            load_framework(folder)
        return [f"{fault.file} {fault.key}" for fault in caught.value.faults]

    return faults


_LEADERSHIP = "showing-leadership.toml"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ((_LEADERSHIP, "descriptors.mature", "descriptors.ripe"), f"{_LEADERSHIP} EC1.descriptors.mature"),
        ((_LEADERSHIP, "descriptors.mature", "descriptors.ripe"), f"{_LEADERSHIP} EC1.descriptors.ripe"),
        (
            (_LEADERSHIP, 'descriptors.leader = "', 'descriptors.leader = ""\nextra = "'),
            f"{_LEADERSHIP} EC1.descriptors.leader",
        ),
        ((_LEADERSHIP, 'code = "EC2"', 'code = "EC1"'), f"{_LEADERSHIP} EC1.code"),
        ((_LEADERSHIP, "value_code = 2\n", "value_code = 20\n"), f"{_LEADERSHIP} EC2.value_code"),
        ((_LEADERSHIP, "value_code = 2\n", 'value_code = "2"\n'), f"{_LEADERSHIP} EC2.value_code"),
        ((_LEADERSHIP, "what_it_is", "what"), f"{_LEADERSHIP} EC.what_it_is"),
        ((_LEADERSHIP, "[key_areas.principle]", "[key_areas.principal]"), f"{_LEADERSHIP} EC.principle"),
        ((_LEADERSHIP, 'sheet = "Engaging councillors"', 'sheet = "history"'), f"{_LEADERSHIP} EC.sheet"),
        ((_LEADERSHIP, 'sheet = "Engaging councillors"', 'sheet = "LISTS"'), f"{_LEADERSHIP} EC.sheet"),
        (
            (_LEADERSHIP, 'sheet = "Engaging councillors"', 'sheet = "working with partners"'),
            f"{_LEADERSHIP} WP.sheet",
        ),
        (("framework.toml", "number = 3", "number = 4"), "framework.toml levels[3].number"),
        (("framework.toml", '"enablers.toml"', '"gone.toml"'), "gone.toml "),
        (("framework.toml", "edition", "[["), "framework.toml "),
        (("actions.toml", "[EC1]", "[EC9]"), "actions.toml EC9"),
        (("actions.toml", "developing.own = [", "developing.mine = ["), "actions.toml EC1.developing.mine"),
        (("actions.toml", "innovator.own", "inventor.own"), "actions.toml EC1.innovator"),
        (
            ("guidance.toml", 'title = "Priority"', f'title = "{"long " * 9}"'),
            "guidance.toml prompts.priority.title",
        ),
    ],
)
def test_a_fault_is_told_with_its_file_and_key(
    broken: Callable[..., list[str]], change: tuple[str, str, str], place: str
) -> None:
    """A missing level, empty descriptor, doubled code, unknown key or wrong number names its place."""
    assert place in broken(change)


def test_all_faults_are_told_at_once(broken: Callable[..., list[str]]) -> None:
    """Faults of different kinds in different files are all in one error."""
    told = broken(
        (_LEADERSHIP, 'name = "Reporting"', 'name = ""'),
        ("behaving-commercially.toml", "value_code = 30\n", "value_code = 33\n"),
        ("enablers.toml", "descriptors.mature", "descriptors.matur"),
    )
    assert told == [
        "showing-leadership.toml EC2.name",
        "enablers.toml EN1.descriptors.matur",
        "enablers.toml EN1.descriptors.mature",
        "behaving-commercially.toml SR5.value_code",
    ]


def test_a_missing_folder_is_a_fault_and_not_a_traceback(tmp_path: Path) -> None:
    """A framework folder that is not there is told like any other fault."""
    with pytest.raises(FrameworkError, match="no such folder"):
        load_framework(tmp_path / "nothing")


def test_mobile_access_closes_mature_of_en2(framework: Framework) -> None:
    """The published list of objectives quotes level 3 of EN2 with it; Leader is the bulleted level."""
    _, _, mature, leader, _ = framework.row_by_code["EN2"].descriptors
    sentence = "Access and interaction to all of the above possible from any electronic mobile device."
    assert mature.endswith(f"tender box rental).\n{sentence}")
    assert leader.startswith("• Access to a Procure to Pay (P2P) system via secure mobile application")
    assert [text for text in framework.superseded if sentence not in text or text == mature] == [
        mature.removesuffix(f"\n{sentence}")
    ]


def test_superseded_texts_must_be_a_list(broken: Callable[..., list[str]]) -> None:
    """Former wording that is no list of texts is a fault with its place."""
    assert "framework.toml superseded" in broken(("framework.toml", "superseded = [", "superseded = [1,"))

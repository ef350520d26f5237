"""The framework is complete, and the loader tells every fault of a broken one at once."""

from __future__ import annotations

import dataclasses
import re
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from nps_xlsx.framework import FrameworkError, data_folder, load_framework
from nps_xlsx.framework.toml_folder import Fault
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
def faults(tmp_path: Path) -> Callable[..., list[Fault]]:
    """Breaks a copy of the framework by replacing texts, and gives the faults that are reported."""

    def broken(*changes: tuple[str, str, str]) -> list[Fault]:
        folder = tmp_path / "framework"
        shutil.copytree(data_folder() / "nps-2018", folder)
        for file, old, new in changes:
            path = folder / file
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(FrameworkError) as caught:
            load_framework(folder)
        return list(caught.value.faults)

    return broken


@pytest.fixture
def broken(faults: Callable[..., list[Fault]]) -> Callable[..., list[str]]:
    """The files and keys of the faults that a change makes."""
    return lambda *changes: [f"{fault.file} {fault.key}" for fault in faults(*changes)]


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
        ((_LEADERSHIP, "what_it_is", "what"), f"{_LEADERSHIP} EC.what"),
        ((_LEADERSHIP, "[key_areas.principle]", "[key_areas.principal]"), f"{_LEADERSHIP} EC.principal"),
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


_SETTINGS, _GUIDANCE = "framework.toml", "guidance.toml"
_LEVEL = 'name = "Mature"'
_SHEET = 'sheet = "Engaging councillors"'
_SIXTH_TO_EIGHTH = "".join(f'\n[[levels]]\nnumber = {n}\nname = "Stage {n}"\n' for n in (6, 7, 8))


@pytest.mark.parametrize(
    ("change", "key", "what"),
    [
        ((_SETTINGS, 'name = "Innovator"', f'name = "Innovator"{_SIXTH_TO_EIGHTH}'), "levels", "2 to 7"),
        ((_SETTINGS, _LEVEL, 'name = "2nd to none"'), "levels[3].name", "begin with a letter"),
        ((_SETTINGS, _LEVEL, 'name = "=Mature"'), "levels[3].name", "begin with a letter"),
        ((_SETTINGS, _LEVEL, f'name = "{"Long" * 31}"'), "levels[3].name", "124 characters"),
        ((_SETTINGS, _LEVEL, 'name = "Really?"'), "levels[3].name", "MATCH"),
        ((_SETTINGS, _LEVEL, 'name = "Fit - for now"'), "levels[3].name", "LibreOffice"),
        ((_SETTINGS, _LEVEL, 'name = "Ripe  enough"'), "levels[3].name", "double space"),
        ((_SETTINGS, _LEVEL, 'name = "Ri\\u0007pe"'), "levels[3].name", "control character"),
        ((_SETTINGS, _LEVEL, 'name = "N/A"'), "levels[3].name", "reads as not applicable"),
        ((_SETTINGS, _LEVEL, 'name = "not applicable."'), "levels[3].name", "reads as not applicable"),
        ((_SETTINGS, _LEVEL, 'name = "Two"'), "levels[3].name", "reads as level 2"),
        ((_SETTINGS, _LEVEL, 'name = "Level 2"'), "levels[3].name", "reads as level 2"),
        ((_SETTINGS, _LEVEL, 'name = "LEADER."'), "levels[4].name", "reads as level 3"),
        ((_SETTINGS, '"nps-2018"', '"NPS 2018"'), "edition", "digits and hyphens"),
        ((_SETTINGS, '"nps-2018"', f'"{"n" * 61}"'), "edition", "1 to 60"),
        ((_LEADERSHIP, 'code = "EC"', 'code = "ec"'), "ec.code", "capital letters"),
        ((_LEADERSHIP, 'code = "EC"', 'code = "E-C"'), "E-C.code", "capital letters"),
        ((_LEADERSHIP, 'code = "EC"', 'code = "ENGAGEMENT"'), "ENGAGEMENT.code", "1 to 8"),
        ((_LEADERSHIP, 'code = "EC"', 'code = "PLAN"'), "PLAN.code", "another sheet"),
        ((_LEADERSHIP, _SHEET, 'sheet = "Summary"'), "EC.sheet", "another sheet"),
        ((_LEADERSHIP, _SHEET, 'sheet = "action plan (2)"'), "EC.sheet", "another sheet"),
        ((_LEADERSHIP, _SHEET, 'sheet = "What to look at"'), "EC.sheet", "another sheet"),
        ((_LEADERSHIP, _SHEET, f'sheet = "{"𝔘" * 16}"'), "EC.sheet", "31 characters"),
        ((_LEADERSHIP, _SHEET, 'sheet = "Members/officers"'), "EC.sheet", "cannot have"),
        ((_LEADERSHIP, _SHEET, "sheet = \"Members' part\""), "EC.sheet", "cannot have"),
        ((_GUIDANCE, '"{council}, round', '"{council} {edition}, round'), "subtitle", "has {edition}"),
        ((_GUIDANCE, 'text = "{privacy}"', 'text = "{privacy!r}"'), "about[14].text", "has {privacy!r}"),
        ((_GUIDANCE, 'text = "{contact}"', 'text = "{contact:>9}"'), "about[15].text", "has {contact:>9}"),
        ((_GUIDANCE, "your answer cells", "your {} cells"), "about[3].text", "has {}"),
        ((_GUIDANCE, "{due}{return_to}", "{due}{return_to"), "steps[6].text", "curly bracket"),
        ((_GUIDANCE, '" by {date}"', '" by {day}"'), "words.due", "has {day}, where {date}"),
        ((_GUIDANCE, "the person who sent", "{contact} who sent"), "words.no_contact", "nothing can be"),
        ((_GUIDANCE, "from_last_round =", "from_the_last ="), "words.from_last_round", "is missing"),
        ((_GUIDANCE, "from_last_round =", "from_the_last ="), "words.from_the_last", "not a key"),
        ((_GUIDANCE, '"From round {round}: "', '"{round}: "'), "words.from_last_round", "begin with words"),
        ((_GUIDANCE, 'what_it_is = "', 'what_is_it = "'), "key_area.headings.what_it_is", "is missing"),
        ((_GUIDANCE, "[[before]]", "[[beforehand]]"), "beforehand", "not a key"),
        ((_GUIDANCE, "[prompts.current]", "[prompts.currant]"), "prompts.current", "is missing"),
        ((_GUIDANCE, "[prompts.current]", "[prompts.currant]"), "prompts.currant", "not a key"),
        ((_GUIDANCE, "[key_area]\nhow", "[key_area]\nwhy"), "key_area.why", "not a key"),
        ((_SETTINGS, '"enablers.toml"', '"."'), "", "cannot be opened"),
        ((_SETTINGS, "good = 3", "good = 6"), "good", "number of a level"),
        ((_SETTINGS, "good = 3", "good = true"), "good", "number of a level"),
        ((_SETTINGS, 'subject = "procurement"', 'subject = ""'), "subject", "not empty"),
        ((_LEADERSHIP, 'name = "Showing leadership"', 'name = "Enablers"'), "Enablers.name", "2 times"),
        ((_SETTINGS, "themes = [", 'areas = "gone.toml"\nthemes = ['), "", "file is missing"),
        ((_SETTINGS, "themes = [", "areas = 3\nthemes = ["), "areas", "must be a text"),
        ((_SETTINGS, 'enablers = "', 'areas = "showing-leadership.toml"\nenablers = "'), "name", "not a key"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_or_read_back_is_a_fault(
    faults: Callable[..., list[Fault]], change: tuple[str, str, str], key: str, what: str
) -> None:
    """What would end in a traceback, or lose answers, is reported with its key before a workbook is built."""
    assert [fault for fault in faults(change) if fault.key == key and what in fault.what]


def test_more_areas_than_formulas_can_name_are_a_fault(faults: Callable[..., list[Fault]]) -> None:
    """A framework of more than a hundred key areas is refused: no formula could name them all."""
    letters = (f"Z{chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(95))
    more = "".join(f'[[key_areas]]\ncode = "{code}"\nsheet = "Area {code}"\n' for code in letters)
    told = faults((_LEADERSHIP, '[[key_areas]]\ncode = "SM"', f'{more}\n[[key_areas]]\ncode = "SM"'))
    assert "holds 106 key areas; a workbook has sheets for 100" in [fault.what for fault in told]


def test_more_rows_than_a_stamp_can_ask_for_are_a_fault(faults: Callable[..., list[Fault]]) -> None:
    """A framework of a thousand rows is refused, since a short collection could not name them."""
    row = '[[key_areas.behaviours]]\ncode = "EC{n}"\n'
    more = "".join(row.format(n=n) for n in range(4, 940))
    told = faults((_LEADERSHIP, '[[key_areas]]\ncode = "SM"', f'{more}\n[[key_areas]]\ncode = "SM"'))
    assert "holds 1005 rows; at most 999 can be asked" in [fault.what for fault in told]


def copied(folder: Path, file: str, pattern: str, new: str) -> Framework:
    """The framework as loaded from a copy in which a pattern was replaced throughout one file."""
    shutil.copytree(data_folder() / "nps-2018", folder)
    text = (folder / file).read_text(encoding="utf-8")
    (folder / file).write_text(re.sub(pattern, new, text, flags=re.DOTALL), encoding="utf-8")
    return load_framework(folder)


def test_an_area_of_a_theme_does_without_a_principle(tmp_path: Path) -> None:
    """A key area that has no ladder of its own has its behaviours as its rows; others keep theirs."""
    ladder = r"\[key_areas\.principle\].*?(?=\[\[)"
    other = copied(tmp_path / "other", _LEADERSHIP, ladder, "")
    rows = {area.code: [row.code for row in area.rows] for area in other.areas}
    assert rows["EC"] == ["EC1", "EC2", "EC3"]
    assert rows["CO"][0] == "CO0"


_THEMES = (
    'themes = ["showing-leadership.toml", "behaving-commercially.toml", "achieving-community-benefits.toml"]'
)


def test_key_areas_stand_in_no_theme(framework: Framework, tmp_path: Path) -> None:
    """Key areas of a file of their own have no theme, and come after those that have one."""
    loose = r'themes = ["showing-leadership.toml"]\nareas = "areas.toml"'
    shutil.copytree(data_folder() / "nps-2018", folder := tmp_path / "other")
    settings = (folder / _SETTINGS).read_text(encoding="utf-8")
    settings = re.sub(r"themes = .*", loose, settings)
    (folder / _SETTINGS).write_text(settings, encoding="utf-8")
    files = [folder / f"{name}.toml" for name in ("behaving-commercially", "achieving-community-benefits")]
    texts = [re.sub(r'\nname = "[^"]*"', "", file.read_text(encoding="utf-8"), count=1) for file in files]
    (folder / "areas.toml").write_text("\n".join(texts), encoding="utf-8")
    other = load_framework(folder)
    assert [area.code for area in other.areas] == [area.code for area in framework.areas]
    assert [other.theme_name(area) for area in other.areas] == [
        *["Showing leadership"] * 4,
        *[""] * 6,
        "Enablers",
    ]
    assert [area.code for area in other.only(["SV3", "EC"]).areas] == ["EC", "SV"]


def test_the_steps_stand_where_a_behaviour_has_no_descriptors(tmp_path: Path) -> None:
    """Its levels then say what reaching each takes, with no suggestions beside; others keep theirs."""
    other = copied(tmp_path / "other", "enablers.toml", r"descriptors.*?(?=\n\n|$)", "")
    row = other.row_by_code["EN1"]
    assert (row.has_descriptors, row.descriptor(2), other.row_by_code["CO1"].has_descriptors) == (
        False,
        "",
        True,
    )
    assert row.descriptors[0] == "Not yet at Developing."
    actions = other.actions_to("EN1", 3)
    assert row.descriptors[2].split("\n") == ["To reach Mature:", *(f"• {one.text}" for one in actions)]
    assert other.suggestions_to("EN1", 3) == ()
    assert other.suggestions_to("CO1", 3) == other.actions_to("CO1", 3) != ()


def test_a_framework_carries_the_index_of_its_own_folder(framework: Framework, tmp_path: Path) -> None:
    """An index is read from the folder that was loaded, whatever edition of that name is installed."""
    other = copied(tmp_path / "other", "index.toml", r'\ntitle = ".*?"', '\ntitle = "Another"')
    assert other.index is not None
    assert framework.index is not None
    assert (other.index.title, framework.index.title) == ("Another", "Social Value Maturity Index")


def test_titles_do_without_a_subject(framework: Framework) -> None:
    """Where a framework names no subject, titles have no word of procurement in them."""
    other = dataclasses.replace(framework, subject="")
    titles = [one.on_subject("action plan") for one in (framework, other)]
    assert titles == ["procurement action plan", "action plan"]


def test_what_is_missing_is_reported_and_not_what_follows_from_it(
    faults: Callable[..., list[Fault]],
) -> None:
    """Where the guidance is not named, its texts are not missed one by one."""
    told = faults((_SETTINGS, 'guidance = "guidance.toml"', ""))
    assert [(fault.file, fault.key) for fault in told] == [(_SETTINGS, "guidance")]


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

"""A return can be shown to strangers: its words are gone, and it is read as before."""

from __future__ import annotations

import html
import io
import os
import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.model import Answer, Council, Framework, Return
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.reports.anonymised import INVENTED, anonymised
from samples.make_returns import SAMPLES
from tests.makers.make import SAVED
from tests.support.commands import nps
from tests.support.workbooks import changed, filled

SAMPLE = SAMPLES / "returns" / "NPS-2022-E10000034-worcestershire.xlsx"
FILES = [path for path in sorted(SAVED.rglob("*")) if path.suffix in (".xlsx", ".xlsm", ".ods")]
SOME = FILES if os.environ.get("NPS_THOROUGH") else FILES[::5]

UNKNOWN = ("customXml/item1.xml", "xl/media/image1.png", "xl/vbaProject.bin")


def read(content: bytes, framework: Framework, register: Register) -> Return:
    return read_return(SourceFile("return.xlsx", content, len(content)), framework, register)


def problems(returned: Return) -> list[tuple[str, str]]:
    return sorted((one.slug, one.place.cell) for one in returned.problems)


def levels(returned: Return) -> list[tuple[object, ...]]:
    answers = returned.assessment or ()
    return [(one.ref, one.current, one.target, one.due_date, bool(one.evidence)) for one in answers]


def words_in(content: bytes) -> set[str]:
    """Every word of more than three letters in any part of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return set(re.findall(r"[^\W\d_]{4,}", html.unescape(" ".join(parts)).casefold()))


def words_of_theirs(returned: Return) -> set[str]:
    """The words that somebody wrote: in answers, details and beside them, but for names of levels."""
    texts = [one.text for one in returned.other_texts]
    if returned.assessment:
        texts += [returned.assessment.council, *(text for _, text in returned.assessment.details)]
        texts += [text for one in returned.assessment for text in (one.evidence, one.actions, one.owner)]
    return set(re.findall(r"[^\W\d_]{4,}", " ".join(texts).casefold()))


@pytest.mark.parametrize("path", SOME, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_copy_is_read_with_the_same_problems(path: Path, framework: Framework, register: Register) -> None:
    """Whatever program saved it, the copy has the problems of the return at their places, and its levels."""
    before = path.read_bytes()
    try:
        copy = anonymised(before, framework, register).content
    except UserError:
        return  # it cannot be opened at all
    was, now = read(before, framework, register), read(copy, framework, register)
    assert (now.status, problems(now), levels(now)) == (was.status, problems(was), levels(was))


@pytest.mark.parametrize(
    "path", sorted((SAMPLES / "returns").glob("*[dh]*shire.xlsx")), ids=lambda path: path.stem
)
def test_no_word_of_a_return_is_left(path: Path, framework: Framework, register: Register) -> None:
    """What the council wrote stands in no part of the copy, unless the workbook says it too."""
    before = path.read_bytes()
    returned = read(before, framework, register)
    ours = words_in(filled(framework, register.find("Medway"))) | {"council"}
    left = words_of_theirs(returned) & words_in(anonymised(before, framework, register).content)
    assert words_of_theirs(returned) - ours
    assert left <= ours


def marked(name: str) -> bytes:
    """A part that a program may add, with a name in its text and in an attribute."""
    return f'<x:a xmlns:x="urn:x" displayName="{name}">{name}<x:b/>{name}</x:a>'.encode()


def test_names_are_taken_out_wherever_they_stand(
    framework: Framework, register: Register, medway: Council
) -> None:
    """Notes, authors, names of sheets, links, headers, formulas, lists of people, other programs' parts."""

    def everywhere(workbook: Workbook) -> None:
        sheet = workbook["Engaging councillors"]
        sheet["J6"].comment = Comment("Smithson thinks so", "Smithson")
        sheet["J7"] = '=HYPERLINK("https://smithson.example","Ask Smithson")'
        sheet["J8"].hyperlink = "mailto:smithson@smithson.example"
        sheet["J8"].hyperlink.tooltip = "Smithson"
        sheet.oddHeader.center.text = "Smithson"
        sheet.sheet_properties.codeName = "Smithson"
        workbook.create_sheet("Smithson")["A1"] = "Smithson"
        workbook.defined_names["Smithson"] = DefinedName("Smithson", attr_text="Smithson!$A$1")
        properties = workbook.properties
        properties.creator = properties.lastModifiedBy = properties.title = properties.keywords = "Smithson"

    content = changed(filled(framework, medway, Answer("EC1", current=2, evidence="Smithson")), everywhere)
    added = io.BytesIO(content)
    with zipfile.ZipFile(added, "a") as archive:
        for name in ("xl/persons/person.xml", *UNKNOWN):
            archive.writestr(name, marked("Smithson"))
    assert "smithson" in words_in(added.getvalue())
    copy = anonymised(added.getvalue(), framework, register)
    assert "smithson" not in words_in(copy.content)
    assert set(copy.emptied) == set(UNKNOWN)
    assert read(copy.content, framework, register).assessment


def test_the_councils_that_stand_in_are_in_the_samples() -> None:
    """Who gets a copy reads it with the register of the samples."""
    synthetic = load_register(SAMPLES / "synthetic-councils.csv")
    assert all(synthetic.find(name).gss_code == code for code, name in INVENTED)


def test_the_command_writes_one_copy_and_says_to_look(tmp_path: Path) -> None:
    """One return, one copy, with a word of caution; an old format is refused with what to do."""
    run = nps("check", SAMPLE, "--anonymise", tmp_path / "copy.xlsx")
    assert run.returncode in (0, 1)
    assert "Look through it" in run.stderr
    assert "worcestershire" not in words_in((tmp_path / "copy.xlsx").read_bytes())
    assert nps("check", SAMPLE, "--anonymise", SAMPLE).returncode == 2
    old = next(path for path in sorted(SAVED.rglob("*.xls")))
    run = nps("check", old, "--anonymise", tmp_path / "old.xlsx")
    assert (run.returncode, (tmp_path / "old.xlsx").exists()) == (2, False)
    assert "Save the return as .xlsx" in run.stderr

"""Every document of a round says of which day it is: that of the newest return in it."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import click
import docx
import openpyxl
import pytest

from nps_xlsx.cli.options import DAY
from nps_xlsx.ingester.containers import InputError, collect
from nps_xlsx.model import Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.outputs import write_outputs
from nps_xlsx.reports.papers import make_paper, paper_files
from nps_xlsx.rounds.counting import with_day
from nps_xlsx.rounds.responses import load_responses
from nps_xlsx.workbook import wording
from tests.support.batches import as_returns, made_up
from tests.support.rounds import sampled

OLD, NEW = dt.date(2026, 12, 1), dt.date(2026, 12, 8)


@pytest.fixture(scope="module")
def out(framework: Framework, register: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of two returns, of different days."""
    out = tmp_path_factory.mktemp("out")
    batch = [made_up(council, framework, 1) for council in sampled(register, 2)]
    days = [replace(one, day=day) for one, day in zip(batch, (OLD, NEW), strict=True)]
    write_outputs(as_returns(days), out, framework, register)
    return out


def texts(content: bytes) -> str:
    """All text of a workbook."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return "\n".join(str(value) for sheet in book for row in sheet.values for value in row if value)


def test_documents_about_all_are_of_the_newest_return(out: Path) -> None:
    """The analyst's workbook, the publication, the page and each feedback say its day, and no other."""
    feedback = [path.read_bytes() for path in (out / "feedback").iterdir()]
    shown = [
        *map(texts, [(out / "consolidated.xlsx").read_bytes(), (out / "publication.xlsx").read_bytes()]),
        *map(texts, feedback),
        (out / "report.html").read_text(encoding="utf-8"),
    ]
    assert len(shown) == 5
    for text in shown:
        assert wording.as_of(NEW) in text
        assert wording.as_of(OLD) not in text


def test_documents_about_one_council_are_of_its_own_return(
    out: Path, framework: Framework, register: Register
) -> None:
    """Plans and papers say the day of the council's return, also where they are made of answers.csv."""
    plans = [texts(path.read_bytes()) for path in (out / "action-plans").iterdir()]
    assert sorted(wording.as_of(NEW) in text for text in plans) == [False, True]
    assert sorted(wording.as_of(OLD) in text for text in plans) == [False, True]
    one = load_responses([out], framework, register)[0].assessment
    assert one.day in (OLD, NEW)
    paper = make_paper(one, framework, style="strategy", previous=None, key_area="EC")
    files = paper_files(paper, "x")
    document = docx.Document(io.BytesIO(files["x.docx"]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert wording.as_of(one.day) in "\n".join([*cells, *(p.text for p in document.paragraphs)])
    assert wording.as_of(one.day) in texts(files["x.xlsx"])


def test_no_return_is_of_a_later_day_than_the_one_of_looking(
    framework: Framework, register: Register
) -> None:
    """A date completed in the future is capped at --as-of; one that is missing stays so, and is said."""
    [plain] = as_returns([made_up(sampled(register, 1)[0], framework, 1)])
    late = replace(plain, saved_at="2027-03-01T10:00:00Z")
    days = [with_day(one, NEW).assessment for one in (plain, late)]
    assert [one.day for one in days if one] == [None, NEW]
    assert "No return" in wording.as_of(None)


@pytest.mark.parametrize("text", ["2026-12-08", "08/12/2026", "8-12-2026", "8 December 2026"])
def test_a_day_is_given_in_any_usual_way(text: str) -> None:
    """--due and --as-of take what corrections and councils' cells do."""
    assert DAY.convert(text, None, None) == NEW


def test_what_is_no_day_is_reported_with_how_to_write_one() -> None:
    """The message shows two ways, not the codes of a format."""
    with pytest.raises(click.BadParameter, match="2026-12-18 or 18/12/2026"):
        DAY.convert("soon", None, None)


def test_a_folder_that_may_not_be_read_is_the_users_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks a council to send again what only the folder's owner can open."""

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.scandir", refused)
    with pytest.raises(InputError, match="Permission denied"):
        list(collect([tmp_path]))

"""People who work at councils are named where that is needed, and nowhere else."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.season import forgetting
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.participants import Participant, write_participants
from nps_xlsx.season.results import load_results
from tests.support.commands import nps
from tests.support.seasons import ingest, send, small_round

NAME = b"quill"
"""In every name and address of a person in these tests: Pat Quillfeather, pat@quill.example."""

pytestmark = pytest.mark.slow


def by_mail(made: Round, framework: Framework, council: str) -> None:
    """Put a return into the folder that names people wherever that can be."""
    one = made.register.find(council)
    details = {
        "completed_by": "Pat Quillfeather",
        "email": "pat@quill.example",
        "date_completed": "some day, says Quillfeather",
        "reviewed_by": "Val Quillfeather",
    }
    answers = tuple(Answer(row.code, current=2, target=4) for row in framework.rows)
    heads = (("EC", "answered_by", "Robin Quillfeather"),)
    own = Assessment(one.gss_code, one.name, "2026", answers, details=tuple(details.items()), heads=heads)
    workbook = openpyxl.load_workbook(
        io.BytesIO(build_workbook(Order(framework, one, "2026", assessment=own, with_review=True)))
    )
    workbook.create_sheet("Notes of ours")["B2"] = "Ask Kit Quillfeather"
    saved = io.BytesIO()
    workbook.save(saved)
    mail = EmailMessage()
    mail["From"], mail["To"] = "Pat Quillfeather <pat@quill.example>", "back@lga.example"
    mail["Subject"], mail["Date"] = "From Pat Quillfeather", "Tue, 1 Dec 2026 10:00:00 +0000"
    mail.set_content("Here it is.")
    xlsx = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    mail.add_attachment(saved.getvalue(), *xlsx, filename="Quillfeather.xlsx")
    (made.paths.returns / "Pat Quillfeather.eml").write_bytes(mail.as_bytes())


@pytest.fixture(scope="module")
def round_(tmp_path_factory: pytest.TempPathFactory, framework: Framework) -> Round:
    """A round with people in it, ingested."""
    made = small_round(tmp_path_factory.mktemp("people") / "2026")
    write_participants(
        made.folder / "councils.csv",
        [
            Participant(
                one.council, "Lee Quillfeather", ("lee@quill.example",), others={"deputy": "Di Quill"}
            )
            for one in made.participants
        ],
    )
    made = Round(made.folder)
    nps("round", "set", made.folder, "Dummywick", "declined", "--why", "resources, says Jo Quillfeather")
    by_mail(made, framework, "Mockford")
    send(made, framework, "Exampleton", 3, "Exampleton of Ann Quill")
    folder = made.paths.outbox / "invite" / "2026-11-30"
    folder.mkdir(parents=True)
    code = made.register.find("Mockford").gss_code
    (folder / "mailing.csv").write_text("email\nlee@quill.example\n")
    (folder / f"{code}-mockford.eml").write_text("To: Lee Quillfeather")
    with made.ledger() as ledger:
        file = f"outbox/invite/2026-11-30/{code}-mockford.eml"
        ledger.record(
            Event(kind=Kind.MAIL, gss_code=code, status="sent", file=file, address="lee@quill.example")
        )
    run = ingest(made)
    assert run.returncode == 1, run.stderr
    return made


@pytest.fixture
def copied(round_: Round, tmp_path: Path) -> Round:
    """A copy of that round."""
    shutil.copytree(round_.folder, tmp_path / "2026")
    shutil.copy(round_.folder.parent / "register.csv", tmp_path)
    return Round(tmp_path / "2026")


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds: that of a zip or a workbook unpacked."""
    content = path.read_bytes()
    yield content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from map(archive.read, archive.namelist())


def naming(folder: Path) -> list[str]:
    """The files below a folder that name people, or are called by one's name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [
        path.relative_to(folder).as_posix()
        for path in files
        if NAME in path.name.lower().encode() or any(NAME in one.lower() for one in contents(path))
    ]


def answers(made: Round) -> list[dict[str, str]]:
    """The answers, without what says who gave them or in which file."""
    with (made.paths.latest / "answers.csv").open(encoding="utf-8-sig", newline="") as lines:
        return [
            {
                key: text
                for key, text in row.items()
                if key not in ("answered_by", "answered_on", "date_completed", "source_file")
            }
            for row in csv.DictReader(lines)
        ]


def tree(made: Round) -> dict[str, Any]:
    """Every file of a round by its name, the journal without its times, the database left out."""
    files = {
        path.relative_to(made.folder).as_posix(): path for path in made.folder.rglob("*") if path.is_file()
    }
    held = {name: path.read_bytes() for name, path in files.items() if not name.startswith("ledger")}
    events = [(one.kind, one.gss_code, one.file, one.address) for one in made.events]
    return held | {"journal.csv": [one for one in events if one[0] is not Kind.FORGOTTEN]}


def test_what_is_published_and_passed_on_names_nobody(round_: Round) -> None:
    """The lists for the analyst do, as the test of this test."""
    named = naming(round_.paths.latest)
    assert {"returns.csv", "answers.csv", "other-texts.csv", "problems.csv", "consolidated.xlsx"} <= set(
        named
    )
    assert not {"publication.xlsx", "report.html"} & set(named)
    assert not [name for name in named if name.startswith("feedback/")]
    without, with_them = (
        str(load_results(round_.folder, with_contacts=with_).rows) for with_ in (False, True)
    )
    assert "lee@quill" in with_them.lower()
    assert "lee@quill" not in without.lower()
    assert "Pat Quillfeather <" not in without


def test_a_closed_round_is_forgotten_as_a_whole(copied: Round) -> None:
    """No file names anybody; the answers, the publication and the next round are what they were."""
    early = nps("round", "forget", copied.folder)
    assert (early.returncode, "close" in early.stderr) == (2, True)
    assert nps("round", "close", copied.folder).returncode == 0
    before, published = answers(copied), (copied.paths.latest / "publication.xlsx").read_bytes()
    run = nps("round", "forget", copied.folder)
    assert run.returncode == 0, run.stderr
    assert naming(copied.folder) == []
    assert answers(copied) == before
    assert (copied.paths.latest / "publication.xlsx").read_bytes() == published
    assert list(copied.paths.returns.iterdir()) == []
    again = ingest(copied)
    assert (again.returncode, "forget" in again.stderr) == (2, True)
    assert len(load_results(copied.folder).rows["answers"]) == len(before)
    reasons = {one.council.short_name: one.reason for one in Round(copied.folder).participants}
    assert reasons["Dummywick"] == "resources"
    following = copied.folder.parent / "2027"
    nps("round", "new", following, "--from", copied.folder)
    built = nps("build", following, "--jobs", "1")
    assert built.returncode == 0, built.stderr
    held = tree(copied)
    assert nps("round", "forget", copied.folder).returncode == 0
    assert tree(copied) == held


def test_one_council_is_forgotten(copied: Round) -> None:
    """While the round is open its returns stay, and are named; nothing of the others changes."""
    before = answers(copied)
    run = nps("round", "forget", copied.folder, "Mockford")
    assert run.returncode == 0, run.stderr
    assert "Pat Quillfeather.eml" in run.stdout
    assert answers(copied) == before
    contacts = {one.council.short_name: one.contact for one in Round(copied.folder).participants}
    assert contacts["Mockford"] == ""
    assert contacts["Exampleton"] == "Lee Quillfeather"
    journal = (copied.folder / "journal.csv").read_text("utf-8-sig").lower()
    assert "lee@quill" not in journal
    assert "pat quill" not in journal
    assert "ann quill" in journal
    assert ingest(copied).returncode == 1
    assert answers(copied) == before


@pytest.mark.parametrize(
    ("place", "where", "after"),
    [
        (forgetting, "_delete", 2),
        (forgetting, "_rewrite", 1),
        (forgetting, "_rewrite", 4),
        (forgetting, "_event", 3),
        (Ledger, "_insert", 1),
    ],
)
def test_a_kill_is_made_good_by_forgetting_again(
    copied: Round, place: object, where: str, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it came, the folder is then as if there had been none."""
    nps("round", "close", copied.folder, "--today", "2026-12-18")
    whole = copied.folder.parent / "whole" / "2026"
    shutil.copytree(copied.folder, whole)
    shutil.copy(copied.folder.parent / "register.csv", whole.parent)
    nps("round", "forget", whole)
    real, calls = getattr(place, where), [0]

    def killed(*given: Any) -> Any:
        calls[0] += 1
        if calls[0] > after:
            raise KeyboardInterrupt
        return real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(place, where, killed)
        assert nps("round", "forget", copied.folder).returncode == 2
    assert nps("round", "forget", copied.folder).returncode == 0
    assert naming(copied.folder) == []
    assert tree(copied) == tree(Round(whole))

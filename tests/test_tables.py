"""The results of a round as typed tables, for programs."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nps_xlsx import Round, load_tables
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.listings import LISTINGS
from nps_xlsx.season import results, tables
from nps_xlsx.season.folder import new_round
from nps_xlsx.season.frames import DTYPES
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.participants import Participant
from nps_xlsx.season.results import ResultsError
from nps_xlsx.season.settings import Settings
from tests.conftest import ROOT
from tests.support.results import MEDWAY, RETURN, write_results

DAY = dt.date(2026, 11, 28)


@pytest.fixture
def round_(tmp_path: Path, register: Register) -> Round:
    """A round that asks two councils, one of which declined and one returned; a mail went out."""
    asked = (
        Participant(register.find("Medway"), contact="A. Person", emails=("a@example.org",)),
        Participant(register.find("Kent"), status="declined", reason="resources: A. Person left"),
    )
    made = new_round(tmp_path / "2026", Settings(round="2026"), asked)
    with made.ledger(DAY) as ledger:
        mail = Event(
            kind=Kind.MAIL,
            gss_code="E06000035",
            status="sent",
            file="outbox/invite/2026-11-28/medway.eml",
            address="a@example.org",
            why="a@example.org took it",
        )
        ledger.record(mail, Event(kind=Kind.RUN, status="ingest"))
    write_results(made.paths.latest)
    return made


def values(frame: pd.DataFrame, column: str) -> list[object]:
    """The cells of a column, ``None`` where one is blank."""
    return [None if pd.isna(value) else value for value in frame[column]]


def test_every_column_has_its_documented_type(tmp_path: Path) -> None:
    """Whether or not there is a row: in a full folder as in one where nothing has come."""
    full = load_tables(write_results(tmp_path / "full"), with_contacts=True)
    empty = load_tables(
        write_results(tmp_path / "no", returns=(), answers=(), problems=()), with_contacts=True
    )
    for name, table in tables.tables(with_contacts=True).items():
        wanted = {column.name: DTYPES[column.kind] for column in table.columns}
        for frames in (full, empty):
            assert {column: str(kind) for column, kind in frames[name].dtypes.items()} == wanted


def test_not_applicable_is_apart_from_blank(tmp_path: Path) -> None:
    """A level is a number or blank; that it does not apply is said beside it."""
    answers = load_tables(write_results(tmp_path))["answers"]
    assert values(answers, "ref") == ["EC0", "EC1", "EC2"]
    assert values(answers, "current") == [3, None, None]
    assert values(answers, "current_not_applicable") == [False, True, False]
    assert values(answers, "target") == [None, None, 5]
    assert values(answers, "discuss") == [False, True, False]


def test_a_date_is_a_date_and_its_words_are_kept(tmp_path: Path) -> None:
    """What is no exact date is blank as a date, and stands beside it as it was written."""
    read = load_tables(write_results(tmp_path))
    assert values(read["answers"], "due_date") == [pd.Timestamp("2027-03-31"), None, None]
    assert values(read["answers"], "due_date_words") == [None, "2/3", None]
    assert values(read["returns"], "reviewed_on_words") == ["last spring"]
    assert values(read["returns"], "saved_at") == [pd.Timestamp("2026-11-28T19:10:06Z")]


def test_texts_are_as_the_council_wrote_them(tmp_path: Path) -> None:
    """No apostrophe guards them, their own stays, and what no database keeps is replaced."""
    evidence = values(load_tables(write_results(tmp_path))["answers"], "evidence")
    assert evidence == ["=SUM(A1)", None, "'tis ŵ\N{REPLACEMENT CHARACTER}"]


def test_every_column_of_the_listings_is_there() -> None:
    """Nothing of returns, answers and problems is lost on the way, and all of it is described."""
    stated = tables.tables(with_contacts=True)
    for name in ("returns", "answers", "problems"):
        sources = {column.source for column in stated[name].columns}
        assert sources >= set(LISTINGS[f"{name}.csv"].columns)
    for table in stated.values():
        assert table.key
        assert all(column.about.endswith(".") for column in table.columns)
        assert len({column.name for column in table.columns}) == len(table.columns)


def test_a_round_has_its_councils_and_mails(round_: Round) -> None:
    """Who was asked and what they decided stand beside what came back."""
    councils = round_.tables["councils"]
    assert values(councils, "gss_code") == ["E06000035", "E10000016"]
    assert values(councils, "status") == [None, "declined"]
    assert values(councils, "reason_kind") == [None, "resources"]
    assert values(councils, "region") == ["South East", "South East"]
    assert values(councils, "asked") == [True, True]
    assert values(round_.tables["mails"], "mail") == ["invite"]
    assert len(round_.returns) == 1
    assert len(round_.answers) == 3
    assert values(round_.problems, "rulings_file") == [None, "waivers.csv"]
    assert len(round_.tables["behaviours"]) == len(round_.framework.rows)


def test_a_new_round_has_empty_tables(tmp_path: Path, register: Register) -> None:
    """Before anything came back there are councils and behaviours, and no error."""
    made = new_round(tmp_path / "2027", Settings(round="2027"), (Participant(register.find("Medway")),))
    assert made.answers.empty
    assert len(made.tables["councils"]) == 1


def test_nothing_personal_is_there_unless_it_is_asked_for(round_: Round) -> None:
    """Neither names nor addresses nor reasons in their own words, in any cell."""
    secret = ("A. Person", "A. Name", "A. Reviewer", "a@example.org", "officer@example.org")
    for given, is_there in ((False, False), (True, True)):
        frames = load_tables(round_.folder, with_contacts=given)
        text = "".join(frame.to_csv() for frame in frames.values())
        assert [one in text for one in secret] == [is_there] * len(secret)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"returns": (RETURN, RETURN)}, "rows of returns without"),
        ({"answers": ({**MEDWAY, "source_file": "gone.xlsx", "ref": "EC1"},)}, "source_file gone.xlsx"),
        ({"answers": ({**MEDWAY, "source_file": "medway.xlsx", "ref": "ZZ1"},)}, "--framework"),
        ({"answers": ({**MEDWAY, "ref": "EC1"},)}, "rows of answers without"),
    ],
    ids=["twice", "no such return", "no such behaviour", "no return"],
)
def test_results_that_do_not_hold_together_are_refused(
    changed: dict[str, tuple[dict[str, str], ...]], wrong: str, tmp_path: Path
) -> None:
    """Keys are keys, and whatever a row refers to is there."""
    with pytest.raises(ResultsError, match=wrong):
        results.load_results(write_results(tmp_path, **changed))


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    """It is neither a round nor what an ingest wrote."""
    with pytest.raises(ResultsError, match=r"holds no returns\.csv"):
        load_tables(tmp_path)


def test_the_round_of_plain_results_is_that_of_the_returns_that_count(tmp_path: Path) -> None:
    """Where no round's folder says it, they do; those that were put aside have no say."""
    aside = [RETURN | {"source_file": f"{n}.xlsx", "round": "2022", "status": "other-round"} for n in "ab"]
    assert results.load_results(write_results(tmp_path, returns=[*aside, RETURN])).round == "2026"


@pytest.mark.slow
def test_the_notebook_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every cell of the sample notebook does, from its own folder, and it is kept without results."""
    cells = json.loads((ROOT / "samples" / "results.ipynb").read_text(encoding="utf-8"))["cells"]
    monkeypatch.chdir(ROOT / "samples")
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec("".join(cell["source"]), names)  # noqa: S102 - our own notebook, as Jupyter runs it
    assert names["levels"]["count"].sum() == names["scored"]["current"].count() > 0
    assert set(names["gaps"]["council_type"]) <= set(names["tables"]["councils"]["council_type"])
    shutil.rmtree(names["results"])

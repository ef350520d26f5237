"""A round that is closed keeps its figures, whatever comes later."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from nps_xlsx.model import Framework, Return, Status
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.rounds.corrections.loading import CORRECTION_COLUMNS
from nps_xlsx.rounds.late import ClosedError, CutOff
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Kind
from tests.support.commands import nps
from tests.support.seasons import ingest, send, small_round

CUT_OFF = CutOff("18 December 2026", {"h1": "a.xlsx", "h2": "b.xlsx"}, frozenset({"h1"}))


def file(name: str, digest: str, status: Status = Status.ACCEPTED) -> Return:
    return Return(name, digest, status)


def statuses(made: Round) -> dict[str, str]:
    """What became of each file, by the newest results."""
    with (made.paths.latest / "returns.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["source_file"]: row["status"] for row in csv.DictReader(lines)}


def figures(made: Round) -> bytes:
    """The answers that count, by the newest results, and the publication made of them."""
    return (made.paths.latest / "answers.csv").read_bytes() + (
        made.paths.latest / "publication.xlsx"
    ).read_bytes()


def test_only_what_would_count_is_late() -> None:
    """A file that cannot be used anyway keeps its own reason; one of then counts under any name."""
    given = [file("new.xlsx", "h3"), file("mail.eml", "h4", Status.REFUSED), file("renamed.xlsx", "h1")]
    assert [(one.source_file, one.status) for one in CUT_OFF.applied(given)] == [
        ("renamed.xlsx", Status.ACCEPTED),
        ("new.xlsx", Status.LATE),
        ("mail.eml", Status.REFUSED),
    ]


def test_a_file_that_counted_and_is_gone_is_named() -> None:
    """One that did not count may go."""
    with pytest.raises(ClosedError, match=r"a\.xlsx"):
        CUT_OFF.applied([file("b.xlsx", "h2")])
    assert CUT_OFF.applied([file("a.xlsx", "h1")])


@pytest.mark.slow
def test_a_closed_round_keeps_its_figures_until_it_is_opened(tmp_path: Path, framework: Framework) -> None:
    """What comes later is late, also in place of what counted; opened with a reason, it counts."""
    made = small_round(tmp_path / "2026")
    assert nps("round", "close", made.folder).returncode == 2  # there are no results
    send(made, framework, "Exampleton", 3)
    ingest(made)
    send(made, framework, "Mockford", 2)
    unread = nps("round", "close", made.folder)
    assert (unread.returncode, "Mockford.xlsx" in unread.stderr) == (2, True)
    ingest(made)
    run = nps("round", "close", made.folder, "--today", "2026-12-18")
    assert run.returncode == 0, run.stderr
    before, journal = figures(made), (made.folder / "journal.csv").read_bytes()
    kept = made.paths.results / "closed-2026-12-18"
    assert (kept / "publication.xlsx").read_bytes() == (made.paths.latest / "publication.xlsx").read_bytes()

    assert nps("round", "close", made.folder, "--today", "2026-12-19").returncode == 0
    assert (made.folder / "journal.csv").read_bytes() == journal  # closing again changes nothing

    send(made, framework, "Exampleton", 5, "again")
    send(made, framework, "Dummywick", 5)
    (made.paths.returns / "Mockford.xlsx").rename(made.paths.returns / "a-other-name.xlsx")
    assert ingest(made, "2026-12-20").returncode == 1
    assert statuses(made) == {
        "Exampleton.xlsx": "accepted",
        "a-other-name.xlsx": "accepted",
        "again.xlsx": "late",
        "Dummywick.xlsx": "late",
    }
    publication = (made.paths.latest / "publication.xlsx").read_bytes()
    assert publication == (kept / "publication.xlsx").read_bytes()
    assert figures(made).replace(b"a-other-name.xlsx", b"Mockford.xlsx") == before
    assert "Dummywick" in (made.paths.latest / "not-returned.csv").read_text("utf-8-sig")
    assert nps("round", "verify", made.folder).returncode == 0
    mails = nps("mail", "reply", made.folder, "--today", "2026-12-20")
    assert "nps ingest" not in mails.stderr  # late returns are no news to the mails

    corrections = made.folder / "corrections.csv"
    row = dict.fromkeys(CORRECTION_COLUMNS, "") | {
        "council": "Mockford",
        "ref": "EC1",
        "field": "current",
        "value": "4",
        "reason": "a slip",
        "who": "Lee",
        "when": "2026-12-20",
    }
    corrections.write_bytes(to_csv(row, [row]))
    refused = ingest(made, "2026-12-20")
    assert (refused.returncode, "nps round open" in refused.stderr) == (2, True)

    assert nps("round", "open", made.folder).returncode == 2  # it wants a reason
    assert nps("round", "open", made.folder, "--why", "the board asked").returncode == 0
    assert Round(made.folder).events[-1].kind is Kind.OPENED
    assert ingest(made, "2026-12-21").returncode in (0, 1)
    assert statuses(made)["Dummywick.xlsx"] == "accepted"
    assert (kept / "publication.xlsx").read_bytes() == publication

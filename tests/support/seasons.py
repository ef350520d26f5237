"""A small round in a folder: made-up councils, some with returns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nps_xlsx.builder import Order, build_workbook
from nps_xlsx.model import Answer, Assessment, Framework
from nps_xlsx.season.folder import Round, new_round
from nps_xlsx.season.participants import Participant, write_participants
from nps_xlsx.season.settings import Settings
from samples.make_returns import SAMPLES
from tests.support.commands import Run, nps

NAMES = ("Exampleton", "Mockford", "Dummywick", "Inventham")


def small_round(folder: Path, **settings: Any) -> Round:
    """The folder of a round that asks four made-up councils, each with a contact and an address."""
    (folder.parent / "register.csv").write_bytes((SAMPLES / "synthetic-councils.csv").read_bytes())
    made = new_round(folder, Settings(round=folder.name, register="../register.csv", **settings), ())
    participants = [
        Participant(made.register.find(name), f"Lee {name}", (f"lee@{name.casefold()}.example",))
        for name in NAMES
    ]
    write_participants(folder / "councils.csv", participants)
    return Round(folder)


def send(
    made: Round, framework: Framework, council: str, level: int = 3, name: str = "", day: str = "2026-12-01"
) -> Path:
    """Put a council's return into the folder: every behaviour at one level."""
    one = made.register.find(council)
    answers = tuple(Answer(row.code, current=level, target=4) for row in framework.rows)
    details = (("completed_by", f"Pat {council}"), ("date_completed", day))
    own = Assessment(one.gss_code, one.name, made.settings.round, answers, details=details)
    path = made.paths.returns / f"{name or council}.xlsx"
    path.write_bytes(build_workbook(Order(framework, one, made.settings.round, assessment=own)))
    return path


def ingest(made: Round, day: str = "2026-12-08") -> Run:
    """Ingest the round as on a day."""
    return nps("ingest", made.folder, "--today", day, "--jobs", "1")

"""A command on a round that is killed at any point, and given again, ends as if it had never been killed."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Kind, latest
from samples.make_returns import SAMPLES
from tests.conftest import ROOT, many
from tests.support.commands import nps
from tests.support.killed import KILLED

LISTED = "council,email\nMockford,ann@mockford.example\nExampleton,\nSampleborough,bo@sampleborough.example\n"


def commands(folder: Path) -> list[list[str]]:
    """A short season, before the first command of which there is nothing."""
    listed = [
        "--councils",
        str(folder.parent / "list.csv"),
        "--register",
        str(SAMPLES / "synthetic-councils.csv"),
    ]
    return [
        ["round", "new", str(folder), "--round", "2022", *listed],
        ["build", str(folder), "--jobs", "1"],
        ["mail", "invite", str(folder), "--today", "2022-11-02"],
        ["ingest", str(folder), "--today", "2022-12-01", "--jobs", "1"],
        ["round", "set", str(folder), "Sampleborough", "declined", "--why", "other", "--today", "2022-12-02"],
        ["ingest", str(folder), "--today", "2022-12-02", "--jobs", "1"],
        ["mail", "reply", str(folder), "--today", "2022-12-02"],
        ["round", "close", str(folder), "--today", "2022-12-22"],
        ["round", "new", str(folder / "next"), "--round", "2023", "--from", str(folder)],
    ]


def prepare(folder: Path, step: int) -> None:
    """What happens before a step by other hands: returns come in."""
    if step == 0:
        folder.mkdir()
        folder.joinpath("list.csv").write_text(LISTED, encoding="utf-8")
    for name in {3: ["mockford"], 5: ["exampleton", "sampleborough"]}.get(step, []):
        (path,) = (SAMPLES / "returns").glob(f"*-{name}.xlsx")
        shutil.copy(path, folder / "2022" / "returns")


def state(folder: Path) -> dict[str, object]:
    """All that a season leaves: its files but for the journal and its database, and what the journal says."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("journal.csv", "ledger.sqlite", "ledger.sqlite-journal")
    }
    events = Round(folder).events
    last = {
        kind: {key: (one.status, one.day, one.why) for key, one in latest(events, kind, key_of).items()}
        for kind, key_of in (
            (Kind.RETURN, lambda one: one.file),
            (Kind.STATUS, lambda one: one.gss_code),
            (Kind.RUN, lambda one: one.file),
            (Kind.MAIL, lambda one: one.message_id),
        )
    }
    assert [one.number for one in events] == list(range(1, len(events) + 1))
    return {**files, **{kind.value: found for kind, found in last.items()}}


def killed(place: int, report: Path, arguments: Sequence[str]) -> int:
    """How a command ended that was to be killed at a place."""
    command = [sys.executable, "-m", "tests.support.killed", str(place), str(report), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, dict[str, object]]]:
    """How many changes to the disk each step of the season makes, and what it leaves."""
    folder = tmp_path_factory.mktemp("undisturbed") / "season"
    steps = []
    for step, arguments in enumerate(commands(folder / "2022")):
        prepare(folder, step)
        report = folder.parent / f"{step}.txt"
        assert killed(0, report, arguments) in (0, 1)
        steps.append((report.stat().st_size, state(folder / "2022")))
    return steps


@pytest.mark.parametrize("seed", range(many(8)))
def test_a_season_in_which_commands_are_killed_ends_the_same(
    tmp_path: Path, undisturbed: list[tuple[int, dict[str, object]]], seed: int
) -> None:
    """Each command is killed at a random change to the disk, and then given again."""
    chance = random.Random(seed)  # noqa: S311 - the same points at each run
    folder = tmp_path / "season"
    for step, arguments in enumerate(commands(folder / "2022")):
        prepare(folder, step)
        changes, expected = undisturbed[step]
        place = chance.randint(1, changes)
        assert killed(place, tmp_path / "report.txt", arguments) == KILLED
        again = nps(*arguments)
        assert again.returncode in (0, 1), again.stderr
        assert state(folder / "2022") == expected, f"killed at change {place} of {changes}: {arguments}"


def test_what_is_killed_was_really_doing_something(undisturbed: list[tuple[int, dict[str, object]]]) -> None:
    """Every command changes the disk several times, so that there is something to be killed at."""
    assert all(changes >= 5 for changes, _ in undisturbed), [changes for changes, _ in undisturbed]

"""The habits of the command line: grouped help, examples, and what a shell completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from nps_xlsx.cli.command import Command
from nps_xlsx.cli.main import cli
from nps_xlsx.register.councils import load_register
from tests.conftest import ROOT
from tests.support.commands import nps
from tools.make_commands import walk

COMMANDS = {
    context.command_path: (command, context)
    for command, context in walk(cli)
    if not isinstance(command, click.Group)
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_ends_with_examples_of_itself(name: str) -> None:
    """They are lines of that very command; that they are understood is a test of the documentation."""
    command, _ = COMMANDS[name]
    assert isinstance(command, Command), "make it with cls=Command"
    *_, shown = (command.epilog or "").partition("\b\nExamples:\n")
    lines = [line.strip() for line in shown.splitlines()]
    assert lines
    assert all(f"{line} ".startswith(f"{name} ") for line in lines)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_one_group(name: str) -> None:
    """Where a command has groups, each of its options but --help is in one, under the name shown first."""
    command, context = COMMANDS[name]
    assert isinstance(command, Command)
    grouped = [option for options in command.groups.values() for option in options]
    there = {one.opts[0] for one in command.get_params(context) if isinstance(one, click.Option)}
    assert sorted(grouped) == sorted(there - {"-h"} if command.groups else ())
    shown = [record for _, records in command.grouped(context) for record in records]
    assert len(shown) == len(there)


@pytest.mark.parametrize(
    ("arguments", "begun", "wanted"),
    [
        (["build", "--council"], "west-s", ["West-Suffolk", "West-Sussex"]),
        (["build", "--council"], "E0600003", None),
        (["report", "committee", "results", "--council"], "Medw", ["Medway"]),
        (["round", "set", "2026"], "medw", ["Medway"]),
        (["ingest"], "20", ["2026"]),
        (["build"], "sub/", ["sub/2027"]),
        (["round", "verify"], "", ["2026"]),
        (["nothing"], "x", []),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_shell_completes_councils_and_rounds(
    arguments: list[str],
    begun: str,
    wanted: list[str] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Names as well as codes, and the folders of rounds before any other."""
    for folder in ("2026", "sub/2027", "other"):
        (tmp_path / folder).mkdir(parents=True)
        if folder != "other":
            (tmp_path / folder / "round.toml").touch()
    monkeypatch.chdir(tmp_path)
    completions = ShellComplete(cli, {}, "nps", "_NPS_COMPLETE").get_completions(arguments, begun)
    found = [one.value for one in completions]
    if wanted is None:
        wanted = [code for code in load_register().by_code if code.startswith(begun)]
    assert sorted(found) == sorted(wanted)


def test_every_completed_name_is_found() -> None:
    """What a shell offers is a council that the program finds under it, in one word."""
    register = load_register()
    completer = ShellComplete(cli, {}, "nps", "_NPS_COMPLETE")
    words = completer.get_completions(["build", "--council"], "")
    assert len(words) == len(register.councils)
    for word in words:
        assert register.find(word.value).name == word.help
        assert len(word.value.split()) == 1


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
def test_bash_is_given_its_script() -> None:
    """The line of the guide makes a shell know the command."""
    run = subprocess.run(
        [Path(sys.executable).with_name("nps")],
        env={"_NPS_COMPLETE": "bash_source", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "complete -o nosort -F _nps_completion nps" in run.stdout


def test_the_older_names_of_options_are_taken(tmp_path: Path) -> None:
    """What a scheduler's line has called --asked and --contact goes on meaning the same."""
    for line in (["--asked", "x.csv"], ["--councils", "x.csv"]):
        run = nps("ingest", ROOT / "samples" / "returns", "--out", tmp_path / "out", *line)
        assert run.returncode == 2
        assert "x.csv cannot be read" in run.stderr
    ingest = COMMANDS["nps ingest"][0]
    [contact] = [one for one in ingest.params if "--contact" in one.opts]
    assert contact.opts[0] == "--publication-contact"

"""The documentation says what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from nps_xlsx.cli.main import cli
from nps_xlsx.model.problems import CATALOGUE
from tests.conftest import ROOT
from tests.support import pages
from tools import make_pages
from tools.make_commands import walk

COMMANDS = {context.command_path: command for command, context in walk(cli)}
OPTION = re.compile(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*")
OF_A_ROUND = re.compile(r"nps [a-z]+ 20\d\d\b")
LOADED_FROM_ELSEWHERE = re.compile(
    r"""<(?:script|img|iframe)[^>]* src=["']?(\w+:)?//|<link[^>]* href=["']?(\w+:)?//|url\(["']?(\w+:)?//"""
)
LINES = [(page, line) for page in pages.PAGES for line in pages.commands(page)]


def options_of(command: str) -> set[str]:
    """The options that ``--help`` names in its list."""
    shown = CliRunner().invoke(cli, [*command.split()[1:], "--help"], terminal_width=200).output
    return set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z-]+)", shown))


@pytest.mark.parametrize("name", make_pages.PAGES)
def test_a_page_made_from_the_program_is_up_to_date(name: str) -> None:
    """Each generated page is what its data gives now: run ``make pages`` after changing them."""
    assert pages.text_of(name) == make_pages.PAGES[name]()


def test_every_kind_of_problem_has_its_row() -> None:
    """The page of problems names every kind of the catalogue once."""
    page = pages.text_of("reference/problems.md")
    assert {slug: page.count(f"| `{slug}` |") for slug in CATALOGUE} == dict.fromkeys(CATALOGUE, 1)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_reference_has_the_options_that_help_has(command: str) -> None:
    """The section of a command lists the options of its ``--help``, and no others."""
    section = pages.text_of("reference/commands.md").split(f"\n## {command}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"(?m)^\| `(?:-\w, )?(--[a-z-]+)", section)) == options_of(command)


@pytest.mark.parametrize("page", pages.PAGES)
def test_every_option_on_a_page_is_there(page: str) -> None:
    """No page names an option that no command has, under that name or an older one."""
    names = {name for command in COMMANDS.values() for one in command.params for name in one.opts}
    assert set(OPTION.findall(pages.text_of(page))) <= names | set().union(*map(options_of, COMMANDS))


@pytest.mark.parametrize("page", pages.PAGES)
def test_every_command_named_in_a_sentence_is_there(page: str) -> None:
    """What a page calls ``nps this`` is one of the commands."""
    named = re.findall(r"`(nps(?: [a-z]+)*)", pages.text_of(page))
    assert [name for name in named if name not in COMMANDS] == []


@pytest.mark.parametrize(("page", "line"), LINES)
def test_every_command_line_is_understood(page: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line that a reader may copy has the arguments that its command takes."""
    for command in COMMANDS.values():
        if not isinstance(command, click.Group):
            for one in (command, *command.params):  # those of parameters read files, which are the reader's
                monkeypatch.setattr(one, "callback", None)
                if OF_A_ROUND.match(line):  # what its settings give need not be on the line
                    monkeypatch.setattr(one, "required", False, raising=False)
    monkeypatch.setattr("nps_xlsx.cli.scheduled.listen", lambda _options: None)  # no log is to be written
    run = CliRunner().invoke(cli, shlex.split(line)[1:])
    assert (run.exit_code, run.output) == (0, ""), page


def test_the_readme_is_short() -> None:
    """A stranger reads README in two minutes: it has at most 500 words."""
    assert len(pages.text_of("README.md").split()) <= 500


def test_the_site_is_whole_and_asks_nothing_of_others(tmp_path: Path) -> None:
    """The site is built without a warning (of a dead link, say), and loads nothing from elsewhere."""
    build = pytest.importorskip("mkdocs.commands.build", reason="MkDocs is not installed (group docs)")
    from mkdocs.config import load_config

    build.build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    written = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*.*")}
    assert "explanation/decisions.html" in written
    texts = {
        name: path.read_text("utf-8") for name, path in written.items() if path.suffix in (".html", ".css")
    }
    assert [name for name, text in texts.items() if LOADED_FROM_ELSEWHERE.search(text)] == []

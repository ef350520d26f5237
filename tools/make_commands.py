"""The page of commands, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from nps_xlsx.cli.command import Command
from nps_xlsx.cli.main import cli

_HEAD = """# Commands

Every command and option, as `--help` gives them. What is *repeatable* is given once for each value. A date
may be written 2026-12-18, 18/12/2026 or 18 December 2026; a name with spaces stands in quotation marks.
"""


def commands_page() -> str:
    """The page of commands, from ``nps`` down."""
    return "\n".join([_HEAD, *(_section(command, context) for command, context in walk(cli))])


def walk(
    command: click.Command, parent: click.Context | None = None
) -> Iterator[tuple[click.Command, click.Context]]:
    """A command and all below it, each with its context."""
    context = click.Context(
        command, info_name=command.name if parent else "nps", parent=parent, **command.context_settings
    )
    yield command, context
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            if below := command.get_command(context, name):
                yield from walk(below, context)


def _section(command: click.Command, context: click.Context) -> str:
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {context.command_path}", f"    {context.command_path} {usage}", _prose(command.help or "")]
    groups = command.grouped(context) if isinstance(command, Command) else _ungrouped(command, context)
    for heading, records in groups:
        name = "option" if heading == "Options" else heading
        parts.append(f"| {name} | what it does |\n| --- | --- |\n" + "\n".join(map(_row, records)))
    if command.epilog:
        parts.append(_prose(command.epilog))
    return "\n\n".join(parts) + "\n"


def _ungrouped(command: click.Command, context: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    if records := [record for one in options if (record := one.get_help_record(context))]:
        yield "Options", records


def _row(record: tuple[str, str]) -> str:
    option, meaning = (" ".join(text.split()).replace("|", "\\|") for text in record)
    return f"| `{option}` | {meaning} |"


def _prose(text: str) -> str:
    """Help as Markdown: a paragraph that click is not to wrap keeps its lines, and is set as code."""
    paragraphs = re.split(r"\n\s*\n", text.strip("\n"))
    return "\n\n".join(_kept(one) if one.startswith("\b") else " ".join(one.split()) for one in paragraphs)


def _kept(paragraph: str) -> str:
    heading, *lines = paragraph.removeprefix("\b\n").splitlines()
    return "\n".join([heading.strip(), "", *(f"    {line.strip()}" for line in lines)])

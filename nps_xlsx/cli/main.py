"""The command ``nps``: thin commands over functions that a notebook can call.

What a command needs is imported when it is called, and heavy libraries only where they are used, so
that ``nps --help`` and ``nps check`` answer at once.
"""

from __future__ import annotations

import io
import signal
import sys
from importlib import import_module
from typing import NoReturn, TextIO

import click

COULD_NOT_RUN, OUR_FAULT = 2, 3
"""Exit codes: the command could not run; the program is at fault."""

COMMANDS = {
    "build": "Build self-assessment workbooks: for one council, for a list, or for all.",
    "check": "Say what is wrong with a return, or with several, and what to do about it.",
    "demo": "Play a small season: build and invite, read the sample returns, write every output.",
    "export": "Write the results as typed tables for other programs: SQLite, PostgreSQL, Parquet or CSV.",
    "framework": "Look at a framework, or check one.",
    "ingest": "Read what came back: workbooks, folders, zips and mails (.eml, .msg).",
    "join": "Make one workbook from files in which colleagues at a council answered different rows.",
    "mail": "Write a mail to each council that is due one, with what belongs to it, as drafts; or send them.",
    "report": "Write papers about one council, or each of several, in Word and Excel.",
    "round": "Keep a round in one folder: settings, councils, workbooks, returns, results.",
    "status": "Say how a round stands: who has returned, who has not, what is new, who needs something.",
}
"""How the help of each command begins, so that its module is imported only when it is called."""


class Commands(click.Group):
    """The commands, each a module of this folder, imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, without importing any."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; ``None`` if there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"nps_xlsx.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of the commands, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def main() -> NoReturn:
    """Run the command line; the exit code is 0, 1 (problems found), 2 (could not run) or 3 (our fault)."""
    streams = sys.stdout, sys.stderr
    for stream in streams:
        _write_any_text(stream)
    # A kill by the system ends a command as Ctrl-C does, so that its temporary files are removed.
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = COULD_NOT_RUN
    except click.exceptions.Abort:
        click.echo("Stopped. No file was left half-written; earlier files are as they were.", err=True)
        code = COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001 - the last stop: a user's mistake, or else our own fault
        code, words = _ended(error)
        click.echo(f"Error: {words}", err=True)
    finally:
        signal.signal(signal.SIGTERM, handler)
    if sys.stderr is not streams[1]:
        from nps_xlsx.cli.scheduled import finished

        finished(code)
        sys.stdout, sys.stderr = streams
    sys.exit(code)


def _ended(error: Exception) -> tuple[int, str]:
    """The exit code of what ended a command, and what to say of it."""
    from nps_xlsx.model.errors import UserError

    if isinstance(error, UserError):
        return COULD_NOT_RUN, str(error)
    return OUR_FAULT, _reported(error)


def _write_any_text(stream: TextIO) -> None:
    """Make a stream take any text: redirected output is UTF-8, whatever the system's encoding.

    Up to Python 3.14, Windows in Britain writes to a pipe or file in cp1252, which has no arrow and no "ŵ".
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _reported(error: Exception) -> str:
    """What to do about a fault of the program; writes a log file with everything that explains it."""
    import datetime as dt
    import platform
    import tempfile
    import traceback
    from importlib.metadata import version
    from pathlib import Path

    about = f"nps {version('nps-xlsx')}, Python {platform.python_version()}, {platform.platform()}"
    log = "\n".join(
        [
            f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
            about,
            " ".join(sys.argv),
            traceback.format_exc(),
        ]
    )
    name, content = f"nps-fault-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}.log", log.encode(errors="replace")
    for folder in (Path.cwd(), Path(tempfile.gettempdir())):
        try:
            (folder / name).write_bytes(content)
        except OSError:  # the disk may be full, or the folder not ours to write in
            continue
        what = f"Read {folder / name}, then send it to whoever gave you nps."
        break
    else:
        what = f"No log file could be written. Send this to whoever gave you nps:\n{log}"
    return (
        f"nps itself is at fault, not you and not the files ({type(error).__name__}). "
        f"No file was left half-written. {what}"
    )


_EXAMPLES = """\b
Examples:
  nps build --council Medway --round 2026 --out workbooks
  nps ingest returns --out results
  nps report committee results --council Medway --out papers
"""


@click.group(
    cls=Commands,
    epilog=_EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="nps-xlsx", prog_name="nps")
def cli() -> None:
    """Self-assessment workbooks for councils: build them, read what comes back, report on it.

    Build a workbook for each council, email it, and read what comes back.
    """

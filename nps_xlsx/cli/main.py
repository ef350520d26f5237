"""The command ``nps``: thin commands over functions that a notebook can call.

Heavy libraries are imported inside the commands that need them, so that ``nps --help``
answers at once.
"""

from __future__ import annotations

import datetime as dt
import io
import platform
import signal
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn, TextIO

import click

from nps_xlsx.cli.build import build
from nps_xlsx.cli.check import check
from nps_xlsx.cli.demo import demo
from nps_xlsx.cli.framework import framework
from nps_xlsx.cli.ingest import ingest
from nps_xlsx.cli.join import join
from nps_xlsx.cli.options import COULD_NOT_RUN, OUR_FAULT
from nps_xlsx.cli.report import report
from nps_xlsx.model.errors import UserError


def main() -> NoReturn:
    """Run the command line; the exit code is 0, 1 (problems found), 2 (could not run) or 3 (our fault)."""
    for stream in (sys.stdout, sys.stderr):
        _write_any_text(stream)
    # A kill by the system ends a command as Ctrl-C does, so that its temporary files are removed.
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = COULD_NOT_RUN
    except UserError as error:
        click.echo(f"Error: {error}", err=True)
        code = COULD_NOT_RUN
    except click.exceptions.Abort:
        click.echo("Stopped. No file was left half-written; earlier files are as they were.", err=True)
        code = COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001 - the last stop: whatever gets here is our own fault
        click.echo(f"Error: {_reported(error)}", err=True)
        code = OUR_FAULT
    finally:
        signal.signal(signal.SIGTERM, handler)
    sys.exit(code)


def _write_any_text(stream: TextIO) -> None:
    """Make a stream take any text: redirected output is UTF-8, whatever the system's encoding.

    Up to Python 3.14, Windows in Britain writes to a pipe or file in cp1252, which has no arrow and no "ŵ".
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _reported(error: Exception) -> str:
    """What to do about a fault of the program; writes a log file with everything that explains it."""
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
    epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="nps-xlsx", prog_name="nps")
def cli() -> None:
    """Self-assessment workbooks for councils: build them, read what comes back, report on it.

    Build a workbook for each council, email it, and read what comes back.
    """


for command in (build, ingest, check, join, report, demo, framework):
    cli.add_command(command)

"""What a scheduler wants of a command: JSON, silence, a log."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TextIO

import click

from nps_xlsx.cli.options import FILE
from nps_xlsx.model.errors import UserError

GROUP = {"For schedulers": "--json --quiet --log-file"}
"""The group of the options in ``--help``."""

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead, for another program.")
_QUIET = click.option("--quiet", is_flag=True, expose_value=False, help="Print nothing but mistakes.")
_LOG = click.option(
    "--log-file",
    type=FILE,
    expose_value=False,
    help="Add what is printed to this file, with the time, the command and how it ended.",
)


def without_log(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--json`` (a command receives it as ``as_json``) and ``--quiet``."""
    return _JSON(_QUIET(command))


def for_schedulers(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same and ``--log-file``, for a command that prints nothing of what people wrote."""
    return without_log(_LOG(command))


class Spoken:
    """A stream of the command line whose lines are written to a log too, with the time."""

    def __init__(self, stream: TextIO, log: TextIO | None, *, is_silent: bool = False) -> None:
        self.stream, self._log, self._is_silent = stream, log, is_silent

    def write(self, text: str) -> int:
        """Write a text; what only moves on a terminal is not for the log."""
        if not self._is_silent or not isinstance(text, str):
            self.stream.write(text)
        if not text.startswith("\r"):
            self.note(text)
        return len(text)

    def note(self, text: str) -> None:
        """Write the lines of a text to the log alone."""
        now = dt.datetime.now().astimezone()
        for line in text.splitlines() if self._log else ():
            if self._log and line.strip():
                self._log.write(f"{now:%Y-%m-%d %H:%M:%S} {line}\n")
                self._log.flush()

    def finish(self, words: str) -> None:
        """End the log with these words."""
        self.note(words)
        if self._log:
            self._log.close()

    def fileno(self) -> int:
        """Have none: click would write to a Windows console past us."""
        raise OSError

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def listen(options: Mapping[str, Any]) -> None:
    """From here on print as options say, given as the parser read them; ``finished`` ends it.

    Raises:
        UserError: the log cannot be written.
    """
    path = options.get("log_file")
    log = _opened(Path(path)) if path else None
    is_silent = bool(options.get("quiet") or options.get("as_json"))
    if log is None and not is_silent:
        return
    out = Spoken(sys.stdout, log, is_silent=is_silent)
    sys.stdout, sys.stderr = out, Spoken(sys.stderr, log)
    words = " ".join(["nps", *sys.argv[1:]])
    out.note(re.sub(r"(://[^:/@\s]*:)\S*@", r"\1***@", words))  # a password in an address


def _opened(path: Path) -> TextIO:
    try:
        return path.open("a", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UserError(
            f"The log {path} cannot be written: {os.strerror(error.errno or 0)}. Choose another --log-file."
        ) from None


def finished(code: object) -> None:
    """Write down how the command ended, and end the log."""
    if isinstance(sys.stderr, Spoken):
        sys.stderr.finish(f"Exit code {code or 0}")


def print_json(data: object) -> None:
    """Print data as JSON, where a silent command would print nothing."""
    stream = sys.stdout.stream if isinstance(sys.stdout, Spoken) else sys.stdout
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str), file=stream)

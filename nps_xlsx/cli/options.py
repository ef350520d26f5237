"""What several commands share: options, exit codes, and the wording of what they print."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from nps_xlsx.framework import load_framework
from nps_xlsx.model import Assessment, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.successions import load_successions

PROBLEMS_FOUND = 1
"""The exit code if errors or warnings were found; ``main`` has the others."""

FILE = click.Path(path_type=Path)


class _Day(click.ParamType):  # type: ignore[type-arg]  # no generic type before click 8.2
    """A date as the program reads dates everywhere: 2026-12-18, 18/12/2026, 18 December 2026."""

    name = "date"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        from nps_xlsx.workbook.values import read_date

        day, words = read_date(value)
        if day is None:
            self.fail(f"{words!r} is not a date. Write 2026-12-18 or 18/12/2026.", param, ctx)
        return day


DAY = _Day()


def loaded(
    load: Callable[..., Any], *needs: str, without: Any = None
) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that turns the path that an option gives into what is in the file; ``without`` if none is.

    ``needs`` are the parameters that it is read by: those of ``framework_and_register``.
    """

    def callback(context: click.Context, _: click.Parameter, path: Any) -> Any:
        return load(path, *(context.params[name] for name in needs)) if path else without

    return callback


def load_earlier(path: Path, framework: Framework, register: Register) -> Mapping[str, Assessment]:
    """An earlier round by GSS code; what reads it is imported only if one is given."""
    from nps_xlsx.rounds.responses import load_previous

    return load_previous(path, framework, register)


out_option = click.option(
    "--out",
    type=FILE,
    default=Path("output"),
    show_default=True,
    help="Folder to write to; it is created if necessary.",
)
today_option = click.option("--today", "day", type=DAY, help="The day that it counts for. [default: today]")
jobs_option = click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many processes work side by side. [default: one per core of this machine]",
)
framework_option = click.option(
    "--framework",
    type=FILE,
    callback=lambda _context, _parameter, folder: load_framework(folder),
    is_eager=True,  # other options are read by it
    help="Another framework: its folder, or the name of one that comes with the program. [default: nps-2018]",
)
previous_option = click.option(
    "--previous",
    type=FILE,
    callback=loaded(load_earlier, "framework", "register", without={}),
    help="An earlier round: its answers.csv, or its returns.",
)


successions_option = click.option(
    "--successions",
    type=FILE,
    callback=loaded(load_successions, "register", without=()),
    help="CSV file of what became of councils: from, to, kind (merged, split, renamed), date[, history].",
)


def framework_and_register(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--register`` and ``--framework``, which a command receives as what they name."""
    option = click.option(
        "--register",
        type=FILE,
        callback=lambda _context, _parameter, extra: _register_with(extra),
        is_eager=True,
        help="CSV file of further councils, with the columns of framework_data/councils.csv.",
    )
    return option(framework_option(command))


def _register_with(extra: Path | None) -> Register:
    """The built-in register, with the councils of another file added."""
    register = load_register()
    return register + load_register(extra) if extra else register


def refuse_to_overwrite(targets: Iterable[Path], paths: Iterable[Path], option: str) -> None:
    """Protect the files that a command was given, by themselves or in folders, from being overwritten.

    Raises:
        UserError: one of the targets is among them.
    """
    given = {path.resolve() for path in paths}
    for target in targets:
        here = target.resolve()
        if here.exists() and not given.isdisjoint((here, *here.parents)):
            raise UserError(
                f"{target} is one of the files that you gave. Choose another folder for {option}."
            )


def counted(number: int, what: str) -> str:
    """A number and its noun: "1 file", "13 files"."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def plain(text: str, length: int = 70) -> str:
    """A text from outside, without characters that would steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:length]


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, str], None]]:
    """Show what is being done with which file, on a terminal and only there."""
    shows_names = sys.stderr.isatty()

    def show(what: str, name: str) -> None:
        if shows_names:
            click.echo(f"\r\x1b[K{what} {plain(name)}", nl=False, err=True)

    try:
        yield show
    finally:
        if shows_names:
            click.echo("\r\x1b[K", nl=False, err=True)

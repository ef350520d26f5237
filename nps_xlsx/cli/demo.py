"""``nps demo``: a small season, on the samples."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import click

from nps_xlsx.cli.command import Command
from nps_xlsx.cli.options import FILE, out_option
from nps_xlsx.files import make_folder
from nps_xlsx.model.errors import UserError

_COUNCIL, _STYLES = "Worcestershire", ("committee", "strategy", "index")
_INVITED, _READ = ("--today", "2022-11-01"), ("--today", "2022-12-16")


@click.command(cls=Command, examples=("nps demo --out output",))
@click.option(
    "--samples", type=FILE, default=Path("samples"), show_default=True, help="The project's samples folder."
)
@out_option
def demo(samples: Path, out: Path) -> None:
    """Play a small season: build and invite, read the sample returns, write every output.

    Each command is shown before it is run.
    """
    from nps_xlsx.cli.main import cli

    returns = samples / "returns"
    if not returns.is_dir():
        raise UserError(f"{returns} is not there. Run the demo in the project's folder, or give --samples.")
    folder = out / "2022"
    for title, command in _season(samples, folder, out):
        click.echo(f"\n{title}\n$ {shlex.join(['nps', *command])}")
        cli.main(command, prog_name="nps", standalone_mode=False)
        if command[0] == "mail":
            for path in sorted(returns.iterdir()):
                shutil.copy(path, make_folder(folder / "returns"))
    latest = folder / "results" / "latest"
    click.echo(
        f"\nOpen the workbook in {out} first, then consolidated.xlsx, report.html and a "
        f"council's feedback in {latest}.\n"
        "Worcestershire's answers are its published assessment of 2022; the other councils are synthetic."
    )


def _season(samples: Path, folder: Path, out: Path) -> Iterator[tuple[str, list[str]]]:
    """Every step, with a title; the folder of an earlier demo is gone on with."""
    extra = ("--register", str(samples / "synthetic-councils.csv"))
    due = ("--due", "2026-12-18")
    yield (
        "A blank workbook, as Medway would receive it:",
        ["build", "--council", "Medway", "--round", "2026", *due, "--out", str(out)],
    )
    if not (folder / "round.toml").exists():
        asked = ("--councils", str(samples / "synthetic-asked.csv"), *extra, "--due", "2022-12-18")
        whom = ("--contact", "the regional lead", "--return-to", "returns@region.example")
        yield (
            "The folder of a round, with the list of who is asked:",
            ["round", "new", str(folder), *asked, *whom],
        )
    yield "A workbook for each of them:", ["build", str(folder)]
    yield "A draft of a mail to each:", ["mail", "invite", str(folder), *_INVITED]
    yield "The sample returns came back; they are read and reported on:", ["ingest", str(folder), *_READ]
    yield "Where the round stands:", ["status", str(folder), *_READ]
    styles = [word for style in _STYLES for word in ("--style", style)]
    results = [str(folder / "results" / "latest"), "--council", _COUNCIL, *styles, *extra]
    yield (
        f"Papers for {_COUNCIL}'s committee:",
        ["report", "committee", *results, "--out", str(out / "papers")],
    )

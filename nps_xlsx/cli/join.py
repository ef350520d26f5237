"""``nps join``: one workbook from what colleagues filled in separately."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from nps_xlsx.cli import options
from nps_xlsx.cli.command import Command
from nps_xlsx.cli.options import FILE, counted, plain
from nps_xlsx.files import made_folders, write_files
from nps_xlsx.model import Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.marked_up import join as joined
from nps_xlsx.rounds.intake import read_each


@click.command(cls=Command, examples=("nps join mine.xlsx finance.xlsx legal.xlsx --out joined",))
@click.argument("paths", nargs=-1, required=True, type=FILE)
@options.out_option
@options.framework_and_register
@click.pass_context
def join(
    context: click.Context, paths: tuple[Path, ...], out: Path, register: Register, framework: Framework
) -> None:
    """Make one workbook from files in which colleagues at a council answered different rows.

    If they answered a row differently, the newest file's answer is used and marked in its cell.
    Exits with 0 if no row is answered differently, 1 if some are, 2 if it could not run.
    """
    with options.progress() as show:
        returns = read_each(paths, framework, register, seen=partial(show, "Reading"))
    name, content, unlike = joined(returns, framework, register)
    options.refuse_to_overwrite([out / name], paths, "--out")
    with made_folders(out):
        write_files({out / name: content})
    for returned in returns:
        rows = sum(answer.is_answered for answer in returned.assessment or ())
        click.echo(f"{plain(returned.source_file, 200)}: {counted(rows, 'row')} answered")
    for problem in unlike:
        click.echo(f"{problem.severity.value}: {plain(problem.message, 400)}")
    click.echo(f"Wrote {out / name}")
    context.exit(options.PROBLEMS_FOUND if unlike else 0)

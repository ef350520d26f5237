"""``nps join``: one workbook from what colleagues filled in separately."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from nps_xlsx.cli.options import (
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_option,
    out_option,
    plain,
    progress,
    refuse_to_overwrite,
    register_option,
    register_with,
)
from nps_xlsx.framework import load_framework


@click.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@out_option
@register_option
@framework_option
@click.pass_context
def join(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Make one workbook from files in which colleagues at a council answered different rows.

    If they answered a row differently, the newest file's answer is used and marked in its cell.
    Exits with 0 if no row is answered differently, 1 if some are, 2 if it could not run.
    """
    from nps_xlsx.files import made_folders, write_files
    from nps_xlsx.reports.marked_up import join as joined
    from nps_xlsx.rounds.intake import read_each

    framework, register = load_framework(framework_folder), register_with(register_file)
    with progress() as show:
        returns = read_each(paths, framework, register, seen=partial(show, "Reading"))
    name, content, unlike = joined(returns, framework, register)
    refuse_to_overwrite([out / name], paths, "--out")
    with made_folders(out):
        write_files({out / name: content})
    for returned in returns:
        rows = sum(answer.is_answered for answer in returned.assessment or ())
        click.echo(f"{plain(returned.source_file, 200)}: {counted(rows, 'row')} answered")
    for problem in unlike:
        click.echo(f"{problem.severity.value}: {plain(problem.message, 400)}")
    click.echo(f"Wrote {out / name}")
    context.exit(PROBLEMS_FOUND if unlike else 0)

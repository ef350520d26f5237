"""``nps export``: the results of a round for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from nps_xlsx.cli.command import ROUND, Command
from nps_xlsx.cli.options import counted, framework_and_register
from nps_xlsx.cli.scheduled import GROUP, for_schedulers, print_json
from nps_xlsx.cli.season import for_export, in_round
from nps_xlsx.model import Framework
from nps_xlsx.register.councils import Register


@click.command(
    cls=Command,
    groups={
        "What is written": "--to --format --with-contacts",
        "What it is read by": "--framework --register",
        **GROUP,
    },
    examples=(
        "nps export 2026 --to results.sqlite",
        "nps export results --to tables --format parquet",
        "nps export 2026 --to postgresql://analyst@db.example.org/benchmark",
    ),
)
@click.argument("folder", type=ROUND, is_eager=True, callback=in_round(for_export, others=True))
@click.option(
    "--to",
    required=True,
    metavar="FILE|FOLDER|ADDRESS",
    help="Where to: a file that ends in .sqlite, a folder, or postgresql://user@host/database.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet"]),
    help="The format of a folder's files. [default: csv]",
)
@click.option(
    "--with-contacts", is_flag=True, help="With contacts, addresses, reasons and other personal data."
)
@framework_and_register
@for_schedulers
def export(
    folder: Path,
    to: str,
    format_: str | None,
    framework: Framework,
    register: Register,
    *,
    with_contacts: bool,
    as_json: bool,
) -> None:
    """Write the results as typed tables for other programs: SQLite, PostgreSQL, Parquet or CSV.

    FOLDER is a round's, or one that nps ingest wrote. What an earlier export wrote is replaced.
    """
    from nps_xlsx.season.export import export as run
    from nps_xlsx.season.results import load_results

    results = load_results(folder, framework, register, with_contacts=with_contacts)
    place = run(results, to, format_ or "")
    if as_json:
        print_json({"place": place, "rows": {name: len(rows) for name, rows in results.rows.items()}})
    rows = ", ".join(f"{len(rows):,} {name}" for name, rows in results.rows.items())
    click.echo(f"{counted(len(results.tables), 'table')} in {place}: {rows}.")

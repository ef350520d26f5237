"""The command ``nps``: thin commands over functions that a notebook can call.

Heavy libraries are imported inside the commands that need them, so that ``nps --help``
answers at once.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from nps_xlsx.commands.build import build
from nps_xlsx.commands.check import check
from nps_xlsx.commands.demo import demo
from nps_xlsx.commands.framework import framework
from nps_xlsx.commands.ingest import ingest
from nps_xlsx.commands.report import report
from nps_xlsx.commands.shared import COULD_NOT_RUN
from nps_xlsx.errors import UserError


def main() -> NoReturn:
    """Run the command line; the exit code is 0, 1 (problems found) or 2 (could not run)."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = COULD_NOT_RUN
    except UserError as error:
        click.echo(f"Error: {error}", err=True)
        code = COULD_NOT_RUN
    except click.exceptions.Abort:
        click.echo("Stopped. No file was left half-written; what there was before is still whole.", err=True)
        code = COULD_NOT_RUN
    sys.exit(code)


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
    """Self-assessment workbooks for the National Procurement Strategy.

    Build a workbook for each council, email it, and read back what returns.
    """


for command in (build, ingest, check, report, demo, framework):
    cli.add_command(command)

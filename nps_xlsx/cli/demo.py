"""``nps demo``: the whole job, on the samples."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from nps_xlsx.builder import Order, build_file
from nps_xlsx.cli.command import Command
from nps_xlsx.cli.ingest import print_receipt, run_ingest
from nps_xlsx.cli.options import FILE, out_option
from nps_xlsx.cli.report import write_papers
from nps_xlsx.files import make_folder
from nps_xlsx.framework import load_framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register

_COUNCIL, _STYLES = "Worcestershire", ("committee", "strategy", "index")


@click.command(cls=Command, examples=("nps demo --out output",))
@click.option(
    "--samples", type=FILE, default=Path("samples"), show_default=True, help="The project's samples folder."
)
@out_option
def demo(samples: Path, out: Path) -> None:
    """Show the whole job: build a blank workbook, read the sample returns, write the outputs."""
    from nps_xlsx.reports.outputs import Scope

    returns = samples / "returns"
    if not returns.is_dir():
        raise UserError(f"{returns} is not there. Run the demo in the project's folder, or give --samples.")
    framework = load_framework()
    synthetic = load_register(samples / "synthetic-councils.csv")
    register = load_register() + synthetic
    council = register.find("Medway")
    blank = build_file(Order(framework, council, "2026", dt.date(2026, 12, 18)), make_folder(out))
    scope = Scope(asked=synthetic + Register((register.find(_COUNCIL),)))
    receipt = run_ingest([returns], out, framework, register, scope)
    click.echo(f"A blank workbook, as {council.name} would receive it:\n  {blank}")
    click.echo(f"The sample returns in {returns}, read and consolidated:")
    print_receipt(receipt, out)
    click.echo(f"Papers for {_COUNCIL}'s committee, in Word and Excel:")
    for path in write_papers([out], [_COUNCIL], out / "papers", framework, register, styles=_STYLES):
        click.echo(f"  {path}")
    click.echo(
        f"\nOpen {blank.name} first, then consolidated.xlsx, report.html, and a council's feedback.\n"
        "Worcestershire's answers are its published assessment of 2022; the other councils are synthetic."
    )

"""The command ``nps``: thin commands over functions that a notebook can call.

Heavy libraries are imported inside the commands that need them, so that ``nps --help``
answers at once.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from nps_xlsx.councils import CouncilError, Register, RegisterError, load_register, read_csv
from nps_xlsx.errors import UserError
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Behaviour, Council, Framework, Severity, Status
from nps_xlsx.stamp import is_round_name

if TYPE_CHECKING:
    from nps_xlsx.intake import Receipt

PROBLEMS_FOUND, COULD_NOT_RUN = 1, 2
_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_NAME_COLUMNS = ("gss_code", "council", "official_name", "name")

_out = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("output"),
    show_default=True,
    help="Folder to write to; it is made if it is not there.",
)
_framework = click.option(
    "--framework",
    "framework_folder",
    type=click.Path(path_type=Path),
    help="Folder of another framework. [default: the 2018 edition]",
)
_register = click.option(
    "--register",
    "register_file",
    type=click.Path(path_type=Path),
    help="CSV file with further councils, in the columns of framework_data/councils.csv.",
)


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
        click.echo("Stopped. Every file that was written is whole.", err=True)
        code = COULD_NOT_RUN
    sys.exit(code)


@click.group(context_settings=_CONTEXT)
@click.version_option(package_name="nps-xlsx", prog_name="nps")
def cli() -> None:
    r"""Self-assessment workbooks for the National Procurement Strategy.

    Build a workbook for each council, email it, and read back what returns:

    \b
      nps build --council Medway --round 2026 --out workbooks
      nps ingest returns --out results
    """


# --- build ------------------------------------------------------------------------


@cli.command()
@click.option("--council", help="One council: its GSS code or any of its names.")
@click.option(
    "--councils",
    "councils_file",
    type=click.Path(path_type=Path),
    help="CSV file with a column gss_code or council: one workbook a row.",
)
@click.option("--all", "every", is_flag=True, help="Every principal council of the nation.")
@click.option("--nation", default="England", show_default=True, help="With --all: the nation.")
@click.option("--region", default="", help="With --all: only this region, such as 'South East'.")
@click.option("--type", "council_type", default="", help="With --all: only this type, such as County.")
@click.option("--round", "round_", required=True, help="The round, such as 2026.")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="When to send it back by: 2026-12-18.")
@click.option("--contact", default="", help="Whom to ask: a name, telephone number or address.")
@click.option("--return-to", default="", help="Where to send it back to: an email address.")
@_out
@_register
@_framework
@click.pass_context
def build(
    context: click.Context,
    council: str | None,
    councils_file: Path | None,
    every: bool,
    nation: str,
    region: str,
    council_type: str,
    round_: str,
    due: dt.datetime | None,
    contact: str,
    return_to: str,
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Build self-assessment workbooks: for one council, for a list, or for all."""
    if [bool(council), bool(councils_file), every].count(True) != 1:
        raise click.UsageError("Say for whom: one of --council, --councils and --all.")
    narrowed = [
        name
        for name in ("nation", "region", "council_type")
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT
    ]
    if narrowed and not every:
        raise click.UsageError("--nation, --region and --type go with --all.")
    if not is_round_name(round_):
        raise click.UsageError(
            f"--round {round_!r}: use at most 20 letters, digits, dots and hyphens, such as 2026."
        )
    register = _load_register(register_file)
    if council:
        chosen: Sequence[Council] = [register.find(council)]
    elif councils_file:
        chosen = _councils_of(councils_file, register)
    else:
        chosen = register.principal(nation=nation, region=region, council_type=council_type).councils
    _build_all(chosen, load_framework(framework_folder), round_, due, contact, return_to, out)


def _build_all(
    councils: Sequence[Council],
    framework: Framework,
    round_: str,
    due: dt.datetime | None,
    contact: str,
    return_to: str,
    out: Path,
) -> None:
    from nps_xlsx.builder import Order, build_file
    from nps_xlsx.files import make_folder

    make_folder(out)
    day = due.date() if due else None
    paths = []
    hidden = not sys.stderr.isatty()
    with click.progressbar(councils, label="Building", file=sys.stderr, show_pos=True, hidden=hidden) as bar:
        for council in bar:
            order = Order(framework, council, round_, day, contact, return_to)
            paths.append(build_file(order, out))
    for path in paths:
        click.echo(path)


def _load_register(extra: Path | None) -> Register:
    register = load_register()
    return register + load_register(extra) if extra else register


def _councils_of(path: Path, register: Register) -> list[Council]:
    """The councils of a list; every name in it that is not found is told at once."""
    rows = read_csv(path)
    if not rows:
        raise RegisterError(f"{path} holds no councils. Give one a row, below the headings.")
    column = next((name for name in _NAME_COLUMNS if name in rows[0]), None)
    if column is None:
        raise RegisterError(
            f"{path} lacks the column gss_code or council. It has: {', '.join(rows[0])}. "
            "Name one of its columns so, in the first row."
        )
    found, faults = [], []
    for number, row in enumerate(rows, start=2):
        if not row[column]:
            continue
        try:
            found.append(register.find(row[column]))
        except CouncilError as error:
            faults.append(f"row {number}: {error}")
    if faults:
        raise RegisterError("\n".join([f"{path}: nothing was built.", *faults]))
    return list(dict.fromkeys(found))


# --- ingest -----------------------------------------------------------------------


@cli.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_out
@_register
@_framework
@click.pass_context
def ingest(
    context: click.Context,
    paths: tuple[Path, ...],
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Read returned workbooks: files, folders (with all below them) and zips.

    Writes returns.csv, answers.csv, problems.csv, consolidated.xlsx and an action plan for
    each council. Exits with 0 where nothing was wrong, 1 where problems were found.
    """
    framework = load_framework(framework_folder)
    receipt = _ingest(paths, out, framework, _load_register(register_file))
    _tell_receipt(receipt, out)
    context.exit(0 if receipt.is_clean else PROBLEMS_FOUND)


def _ingest(paths: Sequence[Path], out: Path, framework: Framework, register: Register) -> Receipt:
    from nps_xlsx.intake import ingest as run

    shows_names = sys.stderr.isatty()

    def seen(name: str) -> None:
        if shows_names:
            click.echo(f"\r\x1b[KReading {_plain(name)}", nl=False, err=True)

    receipt = run(paths, out, framework, register, seen=seen)
    if shows_names:
        click.echo("\r\x1b[K", nl=False, err=True)
    return receipt


def _plain(text: str) -> str:
    """A name from outside without the characters that would steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:70]


def _tell_receipt(receipt: Receipt, out: Path) -> None:
    statuses = ", ".join(
        f"{receipt.statuses[status]} {status.value}" for status in Status if receipt.statuses[status]
    )
    click.echo(f"{_count(receipt.files, 'file')} read: {statuses or 'none'}.")
    click.echo(
        f"{_count(receipt.answers_present, 'answered row')} found = "
        f"{receipt.answers_read} used + {receipt.answers_refused} refused."
    )
    problems = ", ".join(
        _count(receipt.problems[severity], severity.value)
        for severity in Severity
        if receipt.problems[severity]
    )
    click.echo(f"Problems: {problems or 'none'}.")
    for path in receipt.written:
        click.echo(f"  {path}{'/' if path.is_dir() else ''}")
    if not receipt.is_clean:
        click.echo(f"Look first at {out / 'problems.csv'}.")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


# --- demo -------------------------------------------------------------------------


@cli.command()
@click.option(
    "--samples",
    type=click.Path(path_type=Path),
    default=Path("samples"),
    show_default=True,
    help="The samples folder of the project.",
)
@_out
def demo(samples: Path, out: Path) -> None:
    """Show the whole job: build a blank workbook, read the sample returns, write the outputs."""
    from nps_xlsx.builder import Order, build_file
    from nps_xlsx.files import make_folder

    returns = samples / "returns"
    if not returns.is_dir():
        raise UserError(f"{returns} is not there. Run the demo in the project's folder, or give --samples.")
    framework = load_framework()
    register = _load_register(samples / "synthetic-councils.csv")
    council = register.find("Medway")
    blank = build_file(Order(framework, council, "2026", dt.date(2026, 12, 18)), make_folder(out))
    receipt = _ingest([returns], out, framework, register)
    click.echo(f"A blank workbook, as {council.name} would receive it:\n  {blank}")
    click.echo(f"The sample returns in {returns}, read and consolidated:")
    _tell_receipt(receipt, out)
    click.echo(
        f"\nOpen {blank.name} first, then consolidated.xlsx, then an action plan.\n"
        "Worcestershire's answers are its published assessment of 2022; the other councils are synthetic."
    )


# --- framework --------------------------------------------------------------------


@cli.group()
def framework() -> None:
    """Look at a framework, or check one."""


@framework.command("show")
@click.argument("code", required=False)
@_framework
def framework_show(code: str | None, framework_folder: Path | None) -> None:
    """List the framework; with a CODE such as SV3 or SV, its descriptors in full."""
    loaded = load_framework(framework_folder)
    if code:
        for row in _rows_of(loaded, code.upper()):
            _show_row(loaded, row)
        return
    click.echo(f"{loaded.title} ({loaded.edition})")
    click.echo(f"{loaded.copyright}")
    for theme in loaded.themes:
        click.echo(f"\n{theme.name}")
        for area in theme.key_areas:
            _show_rows(area.name, area.rows)
    if loaded.enablers:
        click.echo()
        _show_rows(loaded.enablers.name, loaded.enablers.rows)
    rows, scored = len(loaded.rows), len(loaded.behaviours)
    descriptors = sum(len(row.descriptors) for row in loaded.rows)
    click.echo(
        f"\n{len(loaded.themes)} themes, {len(loaded.key_areas)} key areas, {scored} scored behaviours, "
        f"{rows - scored} principles, {descriptors} descriptors."
    )


def _rows_of(loaded: Framework, code: str) -> Sequence[Behaviour]:
    if code in loaded.row_by_code:
        return (loaded.row_by_code[code],)
    area = loaded.area_by_code.get(code)
    if area is None:
        codes = ", ".join(area.code for area in loaded.areas)
        raise UserError(f"The framework has no {code!r}. Its areas are {codes}; EC1 is the first behaviour.")
    return area.rows


def _show_rows(name: str, rows: Sequence[Behaviour]) -> None:
    click.echo(f"  {name}")
    for row in rows:
        number = "" if row.value_code is None else str(row.value_code)
        click.echo(f"    {row.code:<6} {number:>2}  {row.name}")


def _show_row(loaded: Framework, row: Behaviour) -> None:
    click.echo(f"{row.code} {row.name}\n{row.summary}")
    for level, text in zip(loaded.levels, row.descriptors, strict=True):
        indented = text.replace("\n", "\n      ")
        click.echo(f"  {level.label}\n      {indented}")
    click.echo()


@framework.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
def framework_check(folder: Path) -> None:
    """Check the framework in FOLDER; every fault is told at once."""
    loaded = load_framework(folder)
    click.echo(f"{loaded.edition}: no fault found in {_count(len(loaded.rows), 'row')}.")

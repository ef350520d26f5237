"""``nps framework``: look at a framework, or check one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from nps_xlsx.cli.command import Command
from nps_xlsx.cli.options import FILE, counted, framework_option
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Behaviour, Framework
from nps_xlsx.model.errors import UserError


@click.group()
def framework() -> None:
    """Look at a framework, or check one."""


@framework.command(cls=Command, examples=("nps framework show", "nps framework show SV3"))
@click.argument("code", required=False)
@framework_option
def show(code: str | None, framework: Framework) -> None:
    """List the framework; with a CODE such as SV3 or SV, its descriptors and actions in full."""
    if code:
        for row in rows_of(framework, code.upper()):
            _show_row(framework, row)
    else:
        _show_whole(framework)


def _show_whole(loaded: Framework) -> None:
    click.echo(f"{loaded.title} ({loaded.edition})")
    click.echo(loaded.copyright)
    for theme in loaded.themes:
        click.echo(f"\n{theme.name}")
        for area in theme.key_areas:
            _show_rows(area.name, area.rows)
    for area in (area for area in loaded.areas if not loaded.theme_of(area)):
        click.echo()
        _show_rows(area.name, area.rows)
    rows, scored = len(loaded.rows), len(loaded.behaviours)
    descriptors = sum(len(row.descriptors) for row in loaded.rows if row.has_descriptors)
    actions = sum(len(step) for steps in loaded.actions.values() for step in steps)
    click.echo(
        f"\n{counted(len(loaded.themes), 'theme')}, {counted(len(loaded.key_areas), 'key area')}, "
        f"{scored} scored behaviours, {rows - scored} principles, {descriptors} descriptors, "
        f"{counted(actions, 'action')}."
    )


def rows_of(loaded: Framework, code: str) -> Sequence[Behaviour]:
    """The row with a code, or all rows of the area with that code.

    Raises:
        UserError: the framework has neither.
    """
    if code in loaded.row_by_code:
        return (loaded.row_by_code[code],)
    area = loaded.area_by_code.get(code)
    if area is None:
        codes, first = ", ".join(area.code for area in loaded.areas), loaded.behaviours[0].code
        raise UserError(
            f"The framework has no {code!r}. Its areas are {codes}; its first behaviour is {first}."
        )
    return area.rows


def _show_rows(name: str, rows: Sequence[Behaviour]) -> None:
    click.echo(f"  {name}")
    for row in rows:
        number = "" if row.value_code is None else str(row.value_code)
        click.echo(f"    {row.code:<6} {number:>2}  {row.name}")


def _show_row(loaded: Framework, row: Behaviour) -> None:
    published = loaded.index.title if loaded.index else "published"
    click.echo("\n".join(filter(None, (f"{row.code} {row.name}", row.summary))))
    for level, text in zip(loaded.levels, row.descriptors, strict=True):
        indented = text.replace("\n", "\n      ")
        click.echo(f"  {level.label}\n      {indented}")
        for action in loaded.suggestions_to(row.code, level.number):
            source = f" ({published})" if action.is_published else ""
            click.echo(f"      → {action.text}{source}")
    click.echo()


@framework.command(cls=Command, examples=("nps framework check framework_data/nps-2018",))
@click.argument("folder", type=FILE)
def check(folder: Path) -> None:
    """Check the framework in FOLDER, or the built-in one of that name, and report all its faults."""
    loaded = load_framework(folder)
    click.echo(f"{loaded.edition}: no fault found in {counted(len(loaded.rows), 'row')}.")

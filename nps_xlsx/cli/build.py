"""``nps build``: workbooks for one council, for a list, or for all."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.cli.framework import rows_of
from nps_xlsx.cli.options import (
    DAY,
    FILE,
    framework_option,
    jobs_option,
    out_option,
    register_option,
    register_with,
)
from nps_xlsx.framework import load_framework
from nps_xlsx.model import FACTS, Assessment, Council, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_list
from nps_xlsx.workbook.stamp import is_respondent_name, is_round_name

if TYPE_CHECKING:
    from nps_xlsx.builder import Order

_NOTE_LENGTH = 2000
"""Characters of a privacy note that a cell of the first sheet can show in full."""
_NARROWING = ("nation", *FACTS)


@dataclass(frozen=True)
class _Wanted:
    """What was asked for on the command line."""

    councils: tuple[str, ...]
    councils_file: Path | None
    every: bool
    nation: str
    region: str
    council_type: str
    round_: str
    due: dt.date | None
    as_of: dt.date | None
    contact: str
    return_to: str
    asked: tuple[str, ...]
    respondents: tuple[str, ...]
    with_review: bool
    targets_file: Path | None
    prefill_path: Path | None
    privacy_file: Path | None
    out: Path
    register_file: Path | None
    framework_folder: Path | None
    jobs: int | None


@click.command()
@click.option(
    "--council", "councils", multiple=True, help="A council: its GSS code or any of its names; repeatable."
)
@click.option(
    "--councils",
    "councils_file",
    type=FILE,
    help="CSV file with a column gss_code or council: one workbook per row.",
)
@click.option("--all", "every", is_flag=True, help="Every principal council of the nation.")
@click.option("--nation", default="England", show_default=True, help="With --all: the nation.")
@click.option("--region", default="", help="With --all: only this region, such as 'South East'.")
@click.option("--type", "council_type", default="", help="With --all: only this type, such as County.")
@click.option("--round", "round_", required=True, help="The round, such as 2026.")
@click.option("--due", type=DAY, help="When to send it back by: 2026-12-18.")
@click.option("--as-of", type=DAY, help="Date of making that the files record. [default: none]")
@click.option("--contact", default="", help="Whom to ask: a post, telephone number or address.")
@click.option("--return-to", default="", help="Where to send it back to: an email address.")
@click.option("--key-area", "asked", multiple=True, help="Ask only this key area, such as SV; repeatable.")
@click.option("--behaviour", "asked", multiple=True, help="Ask only this behaviour, such as SV3; repeatable.")
@click.option("--respondent", "respondents", multiple=True, help="A copy for this respondent; repeatable.")
@click.option("--with-review", is_flag=True, help="Add columns for a reviewer's level and comment.")
@click.option("--targets", "targets_file", type=FILE, help="CSV file of targets: ref, target[, gss_code].")
@click.option("--prefill", "prefill_path", type=FILE, help="An earlier round: answers.csv, or returns.")
@click.option("--privacy-note", "privacy_file", type=FILE, help="Text file that says how answers are used.")
@out_option
@register_option
@framework_option
@jobs_option
@click.pass_context
def build(context: click.Context, /, **options: Any) -> None:
    """Build self-assessment workbooks: for one council, for a list, or for all."""
    wanted = _Wanted(**options)
    _refuse_contradictions(context, wanted)
    _build(_orders(wanted), wanted.out, wanted.jobs)


def _refuse_contradictions(context: click.Context, wanted: _Wanted) -> None:
    if [bool(wanted.councils), bool(wanted.councils_file), wanted.every].count(True) != 1:
        raise click.UsageError("Say for whom: one of --council, --councils and --all.")
    default = click.core.ParameterSource.DEFAULT
    narrowed = [name for name in _NARROWING if context.get_parameter_source(name) is not default]
    if narrowed and not wanted.every:
        raise click.UsageError("Use --nation, --region and --type only with --all.")
    if not all(is_respondent_name(name) for name in wanted.respondents):
        raise click.UsageError("--respondent: use at most 40 characters on one line, without a bar.")
    if not is_round_name(wanted.round_):
        raise click.UsageError(
            f"--round {wanted.round_!r}: use at most 20 letters, digits, dots and hyphens and no slash, "
            "such as 2026 or 2026-27."
        )


def _orders(wanted: _Wanted) -> list[Order]:
    from nps_xlsx.builder import Order

    framework = load_framework(wanted.framework_folder)
    register = register_with(wanted.register_file)
    councils = _councils(wanted, register)
    part = _part(framework, wanted.asked)
    targets = _targets(wanted.targets_file, framework)
    earlier = _earlier(wanted.prefill_path, framework, register)
    privacy_note = _note_of(wanted.privacy_file) if wanted.privacy_file else ""
    if wanted.prefill_path:
        _refuse_prefill(wanted, councils, earlier)
    orders = [
        Order(
            part,
            council,
            wanted.round_,
            due=wanted.due,
            contact=wanted.contact,
            return_to=wanted.return_to,
            respondent=respondent.strip(),
            with_review=wanted.with_review,
            privacy_note=privacy_note,
            targets=targets(council),
            previous=earlier.get(council.gss_code),
            made=wanted.as_of,
        )
        for council in councils
        for respondent in wanted.respondents or ("",)
    ]
    _refuse_same_names(orders)
    return orders


def _targets(path: Path | None, framework: Framework) -> Callable[[Council], Mapping[str, int]]:
    """A function from a council to its preset targets."""
    if path is None:
        return lambda council: {}
    from nps_xlsx.register.targets import load_targets, targets_of

    targets = load_targets(path, framework)
    return lambda council: targets_of(targets, council.gss_code)


def _earlier(path: Path | None, framework: Framework, register: Register) -> Mapping[str, Assessment]:
    if path is None:
        return {}
    from nps_xlsx.rounds.responses import load_previous

    return load_previous(path, framework, register)


def _refuse_same_names(orders: Sequence[Order]) -> None:
    from nps_xlsx.workbook.names import workbook_file_name

    names = Counter(workbook_file_name(order.council, order.round, order.respondent) for order in orders)
    for name, count in names.items():
        if count > 1:
            raise UserError(f"Two workbooks would be called {name}. Give the respondents different names.")


def _refuse_prefill(wanted: _Wanted, councils: Sequence[Council], earlier: Mapping[str, Assessment]) -> None:
    path = wanted.prefill_path
    if any(assessment.round == wanted.round_ for assessment in earlier.values()):
        raise UserError(f"{path} is of round {wanted.round_} itself. Give an earlier round's.")
    without = [council.name for council in councils if council.gss_code not in earlier]
    if len(without) == len(councils):
        whose = without[0] if len(without) == 1 else "these councils"
        raise UserError(f"{path} holds no answers of {whose}.")
    if without:
        click.echo(f"Not prefilled, since there are no earlier answers: {'; '.join(without)}.", err=True)


def _build(orders: Sequence[Order], out: Path, jobs: int | None) -> None:
    from nps_xlsx.builder import build_file
    from nps_xlsx.files import made_folders
    from nps_xlsx.jobs import mapped

    # Another process takes longer to start than copies take to make: only what is built whole is shared out.
    own = any(order.is_own for order in orders)
    built = mapped(partial(build_file, folder=out), orders, jobs if own else 1)

    hidden = not sys.stderr.isatty()
    bar = click.progressbar(
        built, len(orders), label="Building", file=sys.stderr, show_pos=True, hidden=hidden
    )
    paths: list[Path] = []
    with made_folders(out), _saying_where_it_stops(paths, len(orders)), bar:
        paths.extend(bar)
    for path in paths:
        click.echo(path)


@contextlib.contextmanager
def _saying_where_it_stops(paths: Sequence[Path], number: int) -> Iterator[None]:
    """Say which workbooks are complete if something stops the build: a full disk, Ctrl-C, or a kill."""
    try:
        yield
    except BaseException:
        built = f"{len(paths)} of {number} workbooks are built and complete"
        click.echo(f"\n{built}{f'; the last is {paths[-1].name}' if paths else ''}.", err=True)
        raise


def _councils(wanted: _Wanted, register: Register) -> Sequence[Council]:
    if wanted.councils:
        return list(dict.fromkeys(register.find(name) for name in wanted.councils))
    if wanted.councils_file:
        return load_list(wanted.councils_file, register).councils
    facts = {"region": wanted.region, "council_type": wanted.council_type}
    return register.principal(nation=wanted.nation, **facts).councils


def _part(framework: Framework, asked: Sequence[str]) -> Framework:
    """The rows asked for: each by its code, or a key area's by its code or name."""
    if not asked:
        return framework
    by_name = {area.name.casefold(): area.code for area in framework.areas}
    by_name |= {area.sheet.casefold(): area.code for area in framework.areas}
    codes = [by_name.get(name.casefold(), name.upper()) for name in asked]
    for code in codes:
        rows_of(framework, code)
    return framework.only(codes)


def _note_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UserError(f"{path} cannot be read as text. Save it as UTF-8 text.") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}). Check the name and folder.") from None
    if not 0 < len(text) <= _NOTE_LENGTH:
        raise UserError(
            f"{path} holds {len(text):,} characters. A privacy note has 1 to {_NOTE_LENGTH:,}, so that all "
            "of it can be read on the first sheet."
        )
    return text

"""``nps build``: workbooks for one council, for a list, or for all."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nps_xlsx.builder import Order, build_file
from nps_xlsx.cli.command import COUNCIL, ROUND, Command
from nps_xlsx.cli.framework import rows_of
from nps_xlsx.cli.options import (
    DAY,
    FILE,
    counted,
    framework_and_register,
    jobs_option,
    load_earlier,
    loaded,
    out_option,
    successions_option,
)
from nps_xlsx.cli.scheduled import GROUP, for_schedulers, print_json
from nps_xlsx.cli.season import for_build, in_round
from nps_xlsx.files import made_folders
from nps_xlsx.jobs import mapped
from nps_xlsx.model import FACTS, Assessment, Council, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_list
from nps_xlsx.register.successions import Succession, with_history
from nps_xlsx.register.targets import Targets, load_targets, targets_of
from nps_xlsx.rounds.which_round import refuse_same_round
from nps_xlsx.workbook.stamp import is_respondent_name, is_round_name

_NOTE_LENGTH = 2000
"""Characters of a privacy note that a cell of the first sheet can show in full."""
_NARROWING = ("nation", *FACTS)


def _round(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    if not is_round_name(name):
        raise click.BadParameter(
            f"{name!r}: use at most 20 letters, digits, dots and hyphens and no slash, "
            "such as 2026 or 2026-27."
        )
    return name


def _respondents(
    _context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    if not all(map(is_respondent_name, names)):
        raise click.BadParameter("use at most 40 characters on one line, without a bar.")
    return tuple(name.strip() for name in names) or ("",)


def _privacy_note(path: Path) -> str:
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


@click.command(
    cls=Command,
    groups={
        "For whom": "--council --councils --all --nation --region --type --respondent --successions",
        "What is asked": "--round --key-area --behaviour --with-review --targets --prefill --framework",
        "What the workbook says": "--due --contact --return-to --privacy-note --controller",
        "How it is made": "--out --as-of --unprotected --jobs --register",
        **GROUP,
    },
    examples=(
        "nps build 2026",
        "nps build --council Medway --round 2026 --out workbooks",
        'nps build --all --region "South East" --round 2026 --due 2026-12-18 --out workbooks',
        "nps build --councils mailing-list.csv --round 2026 --prefill 2022/answers.csv --out workbooks",
    ),
)
@click.argument("folder", required=False, type=ROUND, is_eager=True, callback=in_round(for_build))
@click.option(
    "--council",
    "names",
    multiple=True,
    type=COUNCIL,
    help="A council: its GSS code or any of its names; repeatable.",
)
@click.option(
    "--councils",
    "listed",
    type=FILE,
    callback=loaded(load_list, "register"),
    help="CSV file with a column gss_code or council: one workbook per row.",
)
@click.option("--all", "every", is_flag=True, help="Every principal council of the nation.")
@click.option("--nation", default="England", show_default=True, help="With --all: the nation.")
@click.option("--region", default="", help="With --all: only this region, such as 'South East'.")
@click.option("--type", "council_type", default="", help="With --all: only this type, such as County.")
@click.option("--round", "round_", required=True, callback=_round, help="The round, such as 2026.")
@click.option("--due", type=DAY, help="When to send it back by: 2026-12-18.")
@click.option("--as-of", "made", type=DAY, help="Date of making that the files record. [default: none]")
@click.option("--contact", default="", help="Whom to ask: a post, telephone number or address.")
@click.option("--return-to", default="", help="Where to send it back to: an email address.")
@click.option(
    "--controller",
    default="",
    help="The organisation that is responsible for the personal data: the first sheet names it.",
)
@click.option("--key-area", "asked", multiple=True, help="Ask only this key area, such as SV; repeatable.")
@click.option("--behaviour", "asked", multiple=True, help="Ask only this behaviour, such as SV3; repeatable.")
@click.option(
    "--respondent",
    "respondents",
    multiple=True,
    callback=_respondents,
    help="A copy for this respondent; repeatable.",
)
@click.option("--with-review", is_flag=True, help="Add columns for a reviewer's level and comment.")
@click.option("--unprotected", is_flag=True, help="Leave the sheets without protection, for a screen reader.")
@click.option(
    "--targets",
    type=FILE,
    callback=loaded(load_targets, "framework", without={}),
    help="CSV file of targets: ref, target[, gss_code].",
)
@click.option(
    "--prefill",
    "earlier",
    type=FILE,
    callback=loaded(load_earlier, "framework", "register", without={}),
    help="An earlier round: answers.csv, or returns.",
)
@successions_option
@click.option(
    "--privacy-note",
    type=FILE,
    callback=loaded(_privacy_note, without=""),
    help="Text file that says how answers are used.",
)
@out_option
@framework_and_register
@for_schedulers
@jobs_option
@click.pass_context
def build(
    context: click.Context,
    /,
    folder: Path | None,
    names: tuple[str, ...],
    listed: Register | None,
    round_: str,
    asked: tuple[str, ...],
    respondents: tuple[str, ...],
    targets: Targets,
    earlier: Mapping[str, Assessment],
    successions: tuple[Succession, ...],
    out: Path,
    register: Register,
    framework: Framework,
    jobs: int | None,
    *,
    every: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Build self-assessment workbooks: for one council, for a list, or for all.

    FOLDER is a round's: its settings stand in for options that are not given, and its councils.csv says
    who gets a workbook.
    """
    narrowing = {name: options.pop(name) for name in _NARROWING}
    given = [bool(names), listed is not None, every].count(True)
    if given > 1 or (not given and folder is None):
        raise click.UsageError("Say for whom: one of --council, --councils and --all.")
    if not every and set(map(context.get_parameter_source, narrowing)) != {ParameterSource.DEFAULT}:
        raise click.UsageError("Use --nation, --region and --type only with --all.")
    chosen = register.principal(**narrowing) if every else listed
    councils = chosen.councils if chosen else tuple(dict.fromkeys(map(register.find, names)))
    own = dict[str, tuple[str, ...]]()
    if context.obj:
        waited_for = [one for one in context.obj.participants if not one.status]
        own = {one.gss_code: one.respondents for one in waited_for if one.respondents}
        councils = councils if given else tuple(one.council for one in waited_for)
    earlier = _checked(earlier, successions, councils, round_)
    part = _part(framework, asked)
    orders = [
        Order(
            part,
            council,
            round_,
            respondent=respondent,
            targets=targets_of(targets, council.gss_code),
            previous=earlier.get(council.gss_code),
            **options,
        )
        for council in councils
        for respondent in own.get(council.gss_code, respondents)
    ]
    _refuse_same_names(orders)
    with context.obj.ledger() if context.obj else contextlib.nullcontext() as ledger:
        _build(orders, out, jobs, as_json=as_json)
        if ledger:
            context.obj.note_statuses(ledger)
            ledger.record(context.obj.run("build", out, counted(len(orders), "workbook")))


def _refuse_same_names(orders: Sequence[Order]) -> None:
    names = Counter(order.file_name for order in orders)
    for name, count in names.items():
        if count > 1:
            raise UserError(f"Two workbooks would be called {name}. Give the respondents different names.")


def _checked(
    earlier: Mapping[str, Assessment],
    successions: Sequence[Succession],
    councils: Sequence[Council],
    round_: str,
) -> Mapping[str, Assessment]:
    """The answers of an earlier round, by the councils whose history they are."""
    history = with_history(earlier, successions)
    for words in history.broken:
        click.echo(f"History broken: {words}.", err=True)
    if earlier:
        _check_earlier(history.answers, councils, round_)
    return history.answers


def _check_earlier(earlier: Mapping[str, Assessment], councils: Sequence[Council], round_: str) -> None:
    refuse_same_round(earlier.values(), round_, "--prefill")
    without = [council.name for council in councils if council.gss_code not in earlier]
    if len(without) == len(councils):
        whose = without[0] if len(without) == 1 else "these councils"
        raise UserError(f"What --prefill names holds no answers of {whose}.")
    if without:
        click.echo(f"Not prefilled, since there are no earlier answers: {'; '.join(without)}.", err=True)


def _build(orders: Sequence[Order], out: Path, jobs: int | None, *, as_json: bool) -> None:
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
    if as_json:
        print_json({"workbooks": paths})


@contextlib.contextmanager
def _saying_where_it_stops(paths: Sequence[Path], number: int) -> Iterator[None]:
    """Say which workbooks are complete if something stops the build: a full disk, Ctrl-C, or a kill."""
    try:
        yield
    except BaseException:
        built = f"{len(paths)} of {number} workbooks are built and complete"
        click.echo(f"\n{built}{f'; the last is {paths[-1].name}' if paths else ''}.", err=True)
        raise


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

"""``nps report``: documents about a council, from answers that nps ingest wrote or from returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from types import MappingProxyType

import click

from nps_xlsx.cli.command import COUNCIL, Command
from nps_xlsx.cli.options import (
    FILE,
    counted,
    framework_and_register,
    out_option,
    previous_option,
    successions_option,
)
from nps_xlsx.cli.season import for_report, in_round
from nps_xlsx.files import made_folders, write_files
from nps_xlsx.model import Assessment, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import CouncilError, Register
from nps_xlsx.register.successions import Succession, with_history
from nps_xlsx.reports import PAPER_STYLES
from nps_xlsx.rounds.combine import Combined
from nps_xlsx.rounds.responses import load_responses
from nps_xlsx.rounds.which_round import refuse_same_round
from nps_xlsx.workbook.names import Distinct, file_stem


@click.group()
def report() -> None:
    """Write papers about one council, or each of several, in Word and Excel."""


_EPILOG = "\n".join(["\b", "The styles:", *(f"  {name:<11}{words}" for name, words in PAPER_STYLES.items())])


@report.command(
    cls=Command,
    epilog=_EPILOG,
    examples=(
        "nps report committee results --council Medway --out papers",
        "nps report committee results --style strategy --style index --key-area SV --out papers",
    ),
)
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    type=FILE,
    is_eager=True,
    callback=in_round(for_report, others=True, reads=lambda round_: round_.paths.latest),
)
@click.option(
    "--council",
    "councils",
    multiple=True,
    type=COUNCIL,
    help="Only this council: its code or name; repeatable.",
)
@click.option(
    "--style",
    "styles",
    multiple=True,
    type=click.Choice(list(PAPER_STYLES), case_sensitive=False),
    default=("committee",),
    show_default=True,
    help="The shape of the paper, as below; repeatable.",
)
@previous_option
@successions_option
@click.option(
    "--key-area", "key_areas", multiple=True, help="Only this key area, by its code, such as SV; repeatable."
)
@out_option
@framework_and_register
def committee(
    paths: tuple[Path, ...],
    councils: tuple[str, ...],
    styles: tuple[str, ...],
    previous: Mapping[str, Assessment],
    successions: tuple[Succession, ...],
    key_areas: tuple[str, ...],
    out: Path,
    register: Register,
    framework: Framework,
) -> None:
    """Write a council's papers for its committee, each as a Word document and a workbook.

    PATHS are the folder of a round, the folder that nps ingest wrote, its answers.csv, or returns.
    """
    previous = with_history(previous, successions).answers
    for path in write_papers(
        paths, councils, out, framework, register, styles=styles, previous=previous, key_areas=key_areas
    ):
        click.echo(path)


def write_papers(
    paths: Sequence[Path],
    councils: Sequence[str],
    out: Path,
    framework: Framework,
    register: Register,
    *,
    styles: Sequence[str],
    previous: Mapping[str, Assessment] = MappingProxyType({}),
    key_areas: Sequence[str] = (),
) -> list[Path]:
    """Write the papers of the councils that are named, or of all; returns their paths."""
    wanted = _chosen(load_responses(paths, framework, register), councils, register)
    for own in wanted:
        if own.gss_code in previous:
            refuse_same_round([previous[own.gss_code]], own.round, "--previous")
    _print_rounds(wanted)
    papers = _papers(wanted, framework, register, styles, previous, key_areas)
    with made_folders(out):
        return write_files({out / name: content for name, content in papers.items()})


def _chosen(responses: Sequence[Combined], councils: Sequence[str], register: Register) -> list[Assessment]:
    """The assessments of the councils that were named; all of them if none was."""
    assessments = [response.assessment for response in responses]
    if not councils:
        return assessments
    chosen: dict[str, list[Assessment]] = {}
    for name in councils:
        code = _code(name, assessments, register)
        chosen[code] = [own for own in assessments if own.gss_code == code]
    missing = [register.by_code[code].name for code, own in chosen.items() if not own]
    if missing:
        raise UserError(
            f"There are no answers of {'; '.join(missing)} among the {counted(len(assessments), 'response')} "
            "given. Check the folder and the council's name."
        )
    return [assessment for own in chosen.values() for assessment in own]


def _code(name: str, assessments: Sequence[Assessment], register: Register) -> str:
    """The code of a council that the register knows, or that there are answers of."""
    try:
        return register.find(name).gss_code
    except CouncilError:
        known = {assessment.gss_code for assessment in assessments if _goes_by(assessment, name)}
        if len(known) != 1:
            raise
        return known.pop()


def _goes_by(assessment: Assessment, name: str) -> bool:
    """Whether this is the council's code, its name, or how its name begins."""
    wanted, code = name.strip().casefold(), assessment.gss_code.casefold()
    return wanted == code or f"{assessment.council.casefold()} ".startswith(f"{wanted} ")


def _print_rounds(wanted: Sequence[Assessment]) -> None:
    rounds = sorted({assessment.round for assessment in wanted})
    if len(rounds) > 1:
        click.echo(f"There are answers of rounds {', '.join(rounds)}: each has its own papers.", err=True)


def _papers(
    wanted: Sequence[Assessment],
    framework: Framework,
    register: Register,
    styles: Sequence[str],
    earlier: Mapping[str, Assessment],
    key_areas: Sequence[str],
) -> dict[str, bytes]:
    """Every paper in both forms, by file name."""
    from nps_xlsx.reports.papers import make_paper, paper_files

    contents: dict[str, bytes] = {}
    distinct = Distinct()
    for own in wanted:
        council = register.by_code.get(own.gss_code)
        name, other = council.short_name if council else own.council, earlier.get(own.gss_code)
        for style, area in product(dict.fromkeys(styles), dict.fromkeys(key_areas) or ("",)):
            paper = make_paper(own, framework, style=style, previous=other, key_area=area)
            contents |= paper_files(
                paper, distinct(file_stem(framework.initials, own, name, style, area)), as_of=own.day
            )
    return contents

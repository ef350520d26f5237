"""``nps report``: documents about one council, made of answers that were read before or are read now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nps_xlsx.cli.options import FILE, framework_option, out_option, register_option, register_with
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Assessment, Framework
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import CouncilError, Register
from nps_xlsx.reports import PAPER_STYLES

if TYPE_CHECKING:
    from nps_xlsx.rounds.combine import Combined


@click.group()
def report() -> None:
    """Write papers about one council, or about each, in Excel and in Word."""


_EPILOG = "\n".join(["\b", "The styles:", *(f"  {name:<11}{words}" for name, words in PAPER_STYLES.items())])


@report.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, required=True, type=FILE)
@click.option("--council", "councils", multiple=True, help="Only this council: its code or name; repeatable.")
@click.option(
    "--style",
    "styles",
    multiple=True,
    type=click.Choice(list(PAPER_STYLES), case_sensitive=False),
    default=("committee",),
    show_default=True,
    help="The shape of the paper, as below; repeatable.",
)
@click.option(
    "--previous", "previous_path", type=FILE, help="An earlier round: its answers.csv, or its returns."
)
@click.option(
    "--key-area", "key_areas", multiple=True, help="Only this key area, by its code, such as SV; repeatable."
)
@out_option
@register_option
@framework_option
def committee(
    paths: tuple[Path, ...],
    councils: tuple[str, ...],
    styles: tuple[str, ...],
    previous_path: Path | None,
    key_areas: tuple[str, ...],
    out: Path,
    register_file: Path | None,
    framework_folder: Path | None,
) -> None:
    """Write a council's papers for its committee, each as a Word document and as a workbook.

    PATHS are the folder that nps ingest wrote, its answers.csv, or returns.
    """
    from nps_xlsx.rounds.responses import load_previous, load_responses

    framework, register = load_framework(framework_folder), register_with(register_file)
    responses = load_responses(paths, framework, register)
    wanted = _chosen(responses, councils, register)
    previous = load_previous(previous_path, framework, register) if previous_path else {}
    _refuse_same_round(wanted, previous, previous_path)
    _tell_rounds(wanted)
    papers = _papers(wanted, framework, register, styles, previous, key_areas)
    for path in _written(papers, out):
        click.echo(path)


def _chosen(responses: Sequence[Combined], councils: Sequence[str], register: Register) -> list[Assessment]:
    """The responses of the councils that were named; all of them where none was."""
    assessments = [response.assessment for response in responses]
    if not councils:
        return assessments
    chosen: dict[str, list[Assessment]] = {}
    for name in councils:
        code = _code(name, assessments, register)
        chosen[code] = [one for one in assessments if one.gss_code == code]
    missing = [register.by_code[code].name for code, found in chosen.items() if not found]
    if missing:
        there = len(assessments)
        raise UserError(
            f"There are no answers of {'; '.join(missing)} among the {there} "
            f"response{'' if there == 1 else 's'} given. Check the folder and the council's name."
        )
    return [one for found in chosen.values() for one in found]


def _code(name: str, assessments: Sequence[Assessment], register: Register) -> str:
    """The code of a council, which the register knows or of which there are answers."""
    try:
        return register.find(name).gss_code
    except CouncilError:
        known = {one.gss_code for one in assessments if _goes_by(one, name)}
        if len(known) != 1:
            raise
        return known.pop()


def _goes_by(assessment: Assessment, name: str) -> bool:
    """Whether this is the council's code, its name, or what its name begins with."""
    wanted, code = name.strip().casefold(), assessment.gss_code.casefold()
    return wanted == code or f"{assessment.council.casefold()} ".startswith(f"{wanted} ")


def _tell_rounds(wanted: Sequence[Assessment]) -> None:
    rounds = sorted({one.round for one in wanted})
    if len(rounds) > 1:
        click.echo(f"The answers are of rounds {', '.join(rounds)}: each has papers of its own.", err=True)


def _refuse_same_round(
    wanted: Sequence[Assessment], previous: Mapping[str, Assessment], path: Path | None
) -> None:
    for one in wanted:
        before = previous.get(one.gss_code)
        if before is not None and before.round == one.round:
            raise UserError(f"{path} is of round {one.round} itself. Give an earlier round's.")


def write_papers(
    paths: Sequence[Path], council: str, styles: Sequence[str], register: Register, out: Path
) -> list[Path]:
    """Write one council's papers, as ``nps report committee`` does; their paths."""
    from nps_xlsx.rounds.responses import load_responses

    framework = load_framework()
    wanted = _chosen(load_responses(paths, framework, register), [council], register)
    return _written(_papers(wanted, framework, register, styles, {}), out)


def _written(papers: Mapping[str, bytes], out: Path) -> list[Path]:
    from nps_xlsx.files import made_folders, write_files

    with made_folders(out):
        return write_files({out / name: content for name, content in papers.items()})


def _papers(
    wanted: Sequence[Assessment],
    framework: Framework,
    register: Register,
    styles: Sequence[str],
    previous: Mapping[str, Assessment],
    key_areas: Sequence[str] = (),
) -> dict[str, bytes]:
    """Every paper in both forms, by file name."""
    from nps_xlsx.reports.papers import make_paper, paper_files
    from nps_xlsx.workbook.names import Distinct, file_stem

    contents: dict[str, bytes] = {}
    distinct = Distinct()
    for one in wanted:
        council = register.by_code.get(one.gss_code)
        before, name = previous.get(one.gss_code), council.short_name if council else one.council
        for style, area in product(dict.fromkeys(styles), dict.fromkeys(key_areas) or ("",)):
            paper = make_paper(one, framework, style=style, previous=before, key_area=area)
            contents |= paper_files(paper, distinct(file_stem(one, name, style, area)), as_of=one.day)
    return contents

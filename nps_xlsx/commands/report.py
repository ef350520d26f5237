"""``nps report``: papers for committees and strategies, from what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.commands.shared import (
    FILE,
    PROBLEMS_FOUND,
    counted,
    framework_option,
    out_option,
    register_option,
    register_with,
)
from nps_xlsx.councils import Register, read_csv
from nps_xlsx.errors import UserError
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Answer, Assessment, Framework, Status

if TYPE_CHECKING:
    from nps_xlsx.reports.papers import MaturityIndex

STYLES = ("committee", "strategy", "steps", "social-value-index")
"""The styles of papers; a test holds them to those that there are."""

_ANSWERS = "answers.csv"


@dataclass(frozen=True)
class _Wanted:
    """What was asked for on the command line."""

    paths: tuple[Path, ...]
    councils: tuple[str, ...]
    styles: tuple[str, ...]
    previous: Path | None
    key_area: str
    out: Path
    register_file: Path | None
    framework_folder: Path | None


@click.group()
def report() -> None:
    """Write papers from what came back."""


@report.command()
@click.argument("paths", nargs=-1, required=True, type=FILE)
@click.option(
    "--council", "councils", multiple=True, help="Only this council: its code or any name; repeatable."
)
@click.option(
    "--style",
    "styles",
    multiple=True,
    type=click.Choice(STYLES),
    default=("committee",),
    show_default=True,
    help="What kind of paper; repeatable.",
)
@click.option("--previous", type=FILE, help="An earlier round, shown beside: answers.csv, or returns.")
@click.option("--key-area", default="", help="Only this key area, such as SV.")
@out_option
@register_option
@framework_option
@click.pass_context
def committee(context: click.Context, /, **options: Any) -> None:
    r"""Write a council's papers, each as a Word document and as a workbook.

    PATHS are returns (files, folders, zips) or a folder that nps ingest wrote. The styles:

    \b
    committee           every objective with its score, comments and action, last round's beside
    strategy            where we are and where we want to be, in the words of the levels
    steps               the actions of each step from the current level to the target
    social-value-index  the same, as the Social Value Maturity Index prints it
    """
    wanted = _Wanted(**options)
    framework, register = load_framework(wanted.framework_folder), register_with(wanted.register_file)
    found, refused = responses(wanted.paths, framework, register)
    chosen = _chosen(found, wanted.councils, register)
    before, _ = responses([wanted.previous], framework, register) if wanted.previous else ({}, 0)
    _refuse_same_round(wanted, chosen, before)
    _write(wanted, framework, register, chosen, before)
    if refused:
        click.echo(f"{counted(refused, 'file')} could not be used; nps ingest says why.", err=True)
    context.exit(PROBLEMS_FOUND if refused else 0)


# --- What came back


def responses(
    paths: Iterable[Path], framework: Framework, register: Register
) -> tuple[dict[str, Assessment], int]:
    """Each council's response by its code, of its latest round, and how many files were refused.

    Raises:
        UserError: a path is not there, cannot be read, or holds no answers.
    """
    from nps_xlsx.combine import combine
    from nps_xlsx.consolidate import accepted
    from nps_xlsx.intake import read_returns

    listed: list[Path] = []
    files: list[Path] = []
    for path in paths:
        whole = path / _ANSWERS if (path / _ANSWERS).is_file() else path
        (listed if whole.suffix.lower() == ".csv" else files).append(whole)
    found: dict[str, Assessment] = {}
    for path in listed:
        found |= _from_csv(path, framework, register)
    returns = read_returns(files, framework, register).returns if files else ()
    found |= {one.assessment.gss_code: one.assessment for one in combine(accepted(returns), framework)}
    if not found:
        messages = [returned.message for returned in returns if returned.message]
        raise UserError(messages[0] if messages else "There is no return in what was given.")
    return found, sum(returned.status is Status.REFUSED for returned in returns)


def _from_csv(path: Path, framework: Framework, register: Register) -> dict[str, Assessment]:
    """The responses in an answers.csv, with the words in the cells of levels and the rows that were asked."""
    from nps_xlsx.prefill import load_previous
    from nps_xlsx.reports.listings import unguarded

    rows = read_csv(path, ("round", "gss_code", "ref"))
    texts: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for row in rows:
        key = (row["gss_code"], row["round"], row.get("respondent", ""), row["ref"])
        texts[key] = (unguarded(row.get("current_text", "")), unguarded(row.get("target_text", "")))

    def worded(one: Assessment, answer: Answer) -> Answer:
        key = (one.gss_code, one.round, one.respondent, answer.ref)
        current, target = texts.get(key, ("", ""))
        return replace(
            answer,
            current_text=answer.current_text or current,
            target_text=answer.target_text or target,
        )

    complete = {}
    for code, one in load_previous(path, framework, register).items():
        refs = {ref for gss_code, round_, _, ref in texts if (gss_code, round_) == (code, one.round)}
        asked = tuple(row.code for row in framework.rows if row.code in refs)
        complete[code] = replace(
            one,
            answers=tuple(worded(one, answer) for answer in one),
            asked=asked if len(asked) < len(framework.rows) else (),
        )
    return complete


def _chosen(found: Mapping[str, Assessment], councils: Sequence[str], register: Register) -> list[Assessment]:
    if not councils:
        return list(found.values())
    wanted = [register.find(name) for name in councils]
    missing = [council.name for council in wanted if council.gss_code not in found]
    if missing:
        raise UserError(f"What was given holds no answers of {', '.join(missing)}.")
    return [found[code] for code in dict.fromkeys(council.gss_code for council in wanted)]


def _refuse_same_round(
    wanted: _Wanted, chosen: Iterable[Assessment], before: Mapping[str, Assessment]
) -> None:
    for assessment in chosen:
        earlier = before.get(assessment.gss_code)
        if earlier is not None and earlier.round == assessment.round:
            raise UserError(f"{wanted.previous} is of round {earlier.round} itself. Give an earlier round's.")
        if wanted.previous and earlier is None:
            click.echo(f"{assessment.council}: no answers in {wanted.previous}, so none beside.", err=True)


# --- The papers


def _write(
    wanted: _Wanted,
    framework: Framework,
    register: Register,
    chosen: Sequence[Assessment],
    before: Mapping[str, Assessment],
) -> None:
    from nps_xlsx.files import make_folder, write_files
    from nps_xlsx.reports.papers import PaperError, load_index

    index = load_index(framework, wanted.framework_folder)
    faults = []
    make_folder(wanted.out)
    for assessment in chosen:
        council = register.by_code.get(assessment.gss_code)
        short_name = council.short_name if council else assessment.council
        for style in dict.fromkeys(wanted.styles):
            try:
                contents = _paper(wanted, framework, index, assessment, before, style, short_name)
            except PaperError as error:
                faults.append(str(error))
                continue
            for path in write_files({wanted.out / name: content for name, content in contents.items()}):
                click.echo(path)
    if len(faults) == len(chosen) * len(dict.fromkeys(wanted.styles)):
        raise UserError("\n".join(dict.fromkeys(faults)))
    for fault in dict.fromkeys(faults):
        click.echo(f"Not written: {fault}", err=True)


def _paper(
    wanted: _Wanted,
    framework: Framework,
    index: MaturityIndex | None,
    assessment: Assessment,
    before: Mapping[str, Assessment],
    style: str,
    short_name: str,
) -> dict[str, bytes]:
    from nps_xlsx.reports.papers import make_paper, paper_files, paper_name

    paper = make_paper(
        assessment,
        framework,
        style=style,
        previous=before.get(assessment.gss_code),
        key_area=wanted.key_area,
        index=index,
    )
    return paper_files(paper, paper_name(assessment, short_name, style, key_area=wanted.key_area))

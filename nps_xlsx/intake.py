"""The whole ingest: files in, the five outputs and a proof that nothing was lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nps_xlsx.check import check_across, check_return
from nps_xlsx.consolidate import accepted, consolidate
from nps_xlsx.councils import Register
from nps_xlsx.errors import UserError
from nps_xlsx.files import make_folder, write_file
from nps_xlsx.ingester import collect, read_return
from nps_xlsx.model import Assessment, Framework, Place, Return, Severity, Status
from nps_xlsx.reports.action_plan import action_plan_name, all_action_plans
from nps_xlsx.reports.consolidated import consolidated_workbook
from nps_xlsx.reports.listings import (
    ANSWER_COLUMNS,
    PROBLEM_COLUMNS,
    RETURN_COLUMNS,
    REVIEW_COLUMNS,
    answer_rows,
    problem_rows,
    return_rows,
    review_rows,
    to_csv,
)


class ReceiptError(UserError):
    """Answers went missing between the files and the outputs: our bug, never the council's."""


@dataclass(frozen=True)
class Receipt:
    """What came in and what became of it; it must add up."""

    files: int
    statuses: dict[Status, int]
    answers_present: int
    answers_read: int
    answers_refused: int
    answers_aside: int
    """Rows of returns that were put aside: superseded, or the same file twice."""
    problems: dict[Severity, int]
    written: tuple[Path, ...] = ()
    stale: tuple[Path, ...] = ()
    """Action plans of an earlier run that are still in the folder."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong: no error and no warning."""
        return not (self.problems[Severity.ERROR] or self.problems[Severity.WARNING])


def read_returns(
    paths: Iterable[Path],
    framework: Framework,
    register: Register,
    *,
    seen: Callable[[str], None] = lambda name: None,
) -> list[Return]:
    """Read and check every file under the paths; ``seen`` hears the name of each.

    Raises:
        InputError: a path is not there.
    """
    returns = []
    for source in collect(paths):
        seen(source.name)
        returns.append(check_return(read_return(source, framework, register), framework))
    return check_across(returns)


def ingest(
    paths: Iterable[Path],
    out: Path,
    framework: Framework,
    register: Register,
    *,
    seen: Callable[[str], None] = lambda name: None,
) -> Receipt:
    """Read returns and write the outputs into a folder.

    Raises:
        InputError: a path is not there.
        OutputError: a file cannot be written.
        ReceiptError: answers were lost; a bug of ours.
    """
    returns = read_returns(paths, framework, register, seen=seen)
    receipt = make_receipt(returns)
    written = write_outputs(returns, out, framework, register)
    return replace(receipt, written=tuple(written), stale=_stale(out, returns, register))


def make_receipt(returns: Sequence[Return]) -> Receipt:
    """Count what came in and what became of it.

    Raises:
        ReceiptError: answers present are not answers read plus answers refused.
    """
    statuses = [returned.status for returned in returns]
    found = [problem.severity for returned in returns for problem in returned.problems]
    receipt = Receipt(
        files=len(returns),
        statuses={status: statuses.count(status) for status in Status},
        answers_present=sum(returned.answers_present for returned in returns),
        answers_read=sum(_rows_used(returned) for returned in returns if not _is_aside(returned)),
        answers_aside=sum(_rows_used(returned) for returned in returns if _is_aside(returned)),
        answers_refused=sum(returned.answers_refused for returned in returns),
        problems={severity: found.count(severity) for severity in Severity},
    )
    used = receipt.answers_read + receipt.answers_aside
    if used + receipt.answers_refused != receipt.answers_present:
        raise ReceiptError(
            f"{receipt.answers_present} answers were present, but {used} were read and "
            f"{receipt.answers_refused} refused. This is a fault of the program: nothing was written. "
            "Please report it, with the files if you may."
        )
    return receipt


def _is_aside(returned: Return) -> bool:
    return returned.status in (Status.SUPERSEDED, Status.DUPLICATE)


def _rows_used(returned: Return) -> int:
    """Rows of an assessment that hold an answer and that no error keeps from being used."""
    if returned.assessment is None:
        return 0
    refused = {
        _row_of(found.place)
        for found in returned.problems
        if found.slug in ("level-unreadable", "cell-error")
    }
    return sum(not answer.is_blank and _row_of(answer.place) not in refused for answer in returned.assessment)


def _row_of(place: Place) -> tuple[str, str]:
    return place.sheet, place.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def write_outputs(
    returns: Sequence[Return], out: Path, framework: Framework, register: Register
) -> list[Path]:
    """Write the five outputs (and the reviewers' views, where there are any); returns their paths.

    Raises:
        OutputError: a file cannot be written.
    """
    make_folder(out)
    counted = [returned for returned in returns if returned.status is Status.ACCEPTED]
    assessments = accepted(returns)
    tables = consolidate(assessments, framework, register)
    contents = {
        "returns.csv": to_csv(RETURN_COLUMNS, return_rows(returns, framework)),
        "answers.csv": to_csv(ANSWER_COLUMNS, answer_rows(counted, framework)),
        "problems.csv": to_csv(PROBLEM_COLUMNS, problem_rows(returns)),
        "consolidated.xlsx": consolidated_workbook(tables, returns),
    }
    reviews = review_rows(counted, framework)
    if reviews:
        contents["reviews.csv"] = to_csv(REVIEW_COLUMNS, reviews)
    written = [write_file(out / name, content) for name, content in contents.items()]
    plans = make_folder(out / "action-plans")
    named = [(assessment, _short_name(assessment, register)) for assessment in assessments]
    for name, content in all_action_plans(named, framework):
        write_file(plans / name, content)
    return [*written, plans]


def _stale(out: Path, returns: Sequence[Return], register: Register) -> tuple[Path, ...]:
    """Action plans in the folder that this run did not write; they may have been edited, so they stay."""
    ours = {
        action_plan_name(assessment, _short_name(assessment, register)) for assessment in accepted(returns)
    }
    found = (out / "action-plans").glob("NPS-*-action-plan.xlsx")
    return tuple(sorted(path for path in found if path.name not in ours))


def _short_name(assessment: Assessment, register: Register) -> str:
    council = register.by_code.get(assessment.gss_code)
    return council.short_name if council else assessment.council

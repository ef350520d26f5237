"""The whole ingest: files in, the outputs, and a proof that nothing was lost on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nps_xlsx.across import Keep, as_blank, check_across, is_used, with_day
from nps_xlsx.check import check_returns
from nps_xlsx.corrections import (
    Correction,
    Waiver,
    apply_corrections,
    apply_waivers,
    met_nothing,
    without_effect,
)
from nps_xlsx.councils import Register
from nps_xlsx.files import made_folders
from nps_xlsx.ingester import ReadingProcess, collect
from nps_xlsx.model import Framework, Problem, Return, Severity, Status
from nps_xlsx.whose import Whose

if TYPE_CHECKING:
    from nps_xlsx.outputs import Scope


class ReceiptError(RuntimeError):
    """Answers went missing between the files and the outputs: our fault, never the council's."""


def _unheard(_: str) -> None:
    """Do nothing: what follows where nobody asked to hear of the progress."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the analyst decided about returns, beside what is in them."""

    keep: Keep = field(default_factory=Keep)
    corrections: tuple[Correction, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    round: str = ""
    """The round that is read; empty for the one that most answered returns are of."""
    as_of: dt.date = dt.date.max
    """The day of looking: waivers that ended before it let nothing pass; no document is of a later one."""


@dataclass(frozen=True)
class Intake:
    """Every return that was read, judged and checked, and which rulings met nothing."""

    returns: tuple[Return, ...]
    rulings: Rulings = field(default_factory=Rulings)
    unused_corrections: tuple[Correction, ...] = ()
    unused_waivers: tuple[Waiver, ...] = ()

    @property
    def unmet(self) -> tuple[Problem, ...]:
        """The problems with rulings that met nothing; a correction that is older is told in its return."""
        corrections = [met_nothing(one) for one in self.unused_corrections if not one.is_older]
        return (*corrections, *map(met_nothing, self.unused_waivers))


@dataclass(frozen=True)
class Receipt:
    """What came in and what became of it; it must add up."""

    files: int
    statuses: dict[Status, int]
    answers_present: int
    answers_read: int
    answers_refused: int
    answers_aside: int
    """Rows of returns that were put aside: superseded, or the same file twice; not those of joined ones."""
    problems: dict[Severity, int]
    waived: int = 0
    corrected: int = 0
    """Rows of the file of corrections that were put into a return."""
    unused: tuple[str, ...] = ()
    """Corrections and waivers that met nothing, in words."""
    written: tuple[Path, ...] = ()
    replaced: tuple[Path, ...] = ()
    """Lists and documents of an earlier run that this one has nothing for, where they were moved to."""
    uncompared: tuple[str, ...] = ()
    """Councils of the earlier round that were not asked this time, so that nothing compares them."""
    round: str = ""
    """The round that the figures are of."""
    asked: int = 0
    returned: int = 0
    """How many councils were asked, and of how many a return counts."""
    accepted_before: int = 0
    """Accepted returns of which the results were that these replace."""

    @property
    def is_clean(self) -> bool:
        """Whether nothing was wrong: no error and no warning."""
        return not (self.problems[Severity.ERROR] or self.problems[Severity.WARNING])


def read_returns(
    paths: Iterable[Path],
    framework: Framework,
    register: Register,
    *,
    rulings: Rulings | None = None,
    asked: Register | None = None,
    seen: Callable[[str], None] = _unheard,
) -> Intake:
    """Read and check every file under the paths; ``seen`` hears the name of each.

    Files are read in a process of their own, so that none of them can stop the others.  Where it is
    known who was ``asked``, a folder may be empty: on the first day nobody has returned; and whose a
    file is that cannot be read may be known by the addresses in that list.

    Raises:
        InputError: a path is not there.
        KeepError: a file that is to be kept is not among them.
    """
    rulings = rulings or Rulings()
    whose = Whose(register, asked)
    read = read_each(paths, framework, register, may_be_empty=asked is not None, seen=seen)
    returns = [whose.supposed(returned) for returned in read]
    corrected, unused = apply_corrections(returns, rulings.corrections, framework, register)
    codes = asked.by_code if asked else None
    judged = check_across(corrected, framework, rulings.keep, rulings.round, codes)
    put_in = [one for one in rulings.corrections if one not in unused]
    unused = sorted([*unused, *without_effect(put_in, returns, judged)], key=lambda one: one.row)
    checked = check_returns(judged, framework)
    waived, unused_waivers = apply_waivers(checked, rulings.waivers, rulings.as_of)
    dated = tuple(with_day(returned, rulings.as_of) for returned in waived)
    return Intake(dated, rulings, tuple(unused), tuple(unused_waivers))


def read_each(
    paths: Iterable[Path],
    framework: Framework,
    register: Register,
    *,
    may_be_empty: bool = False,
    seen: Callable[[str], None] = _unheard,
) -> list[Return]:
    """Read every file under the paths by itself: neither checked nor held against the others.

    Raises:
        InputError: a path is not there, or is an empty folder where none ``may_be_empty``.
    """
    returns = []
    with ReadingProcess(framework, register) as process:
        for source in collect(paths, process.opened, may_be_empty=may_be_empty):
            seen(source.name)
            returns.append(as_blank(process.read_return(source)))
    return returns


def ingest(
    paths: Iterable[Path],
    out: Path,
    framework: Framework,
    register: Register,
    *,
    rulings: Rulings | None = None,
    scope: Scope | None = None,
    seen: Callable[[str], None] = _unheard,
    made: Callable[[str], None] = _unheard,
) -> Receipt:
    """Read returns and write the outputs into a folder; ``made`` hears the name of each document.

    Raises:
        InputError: a path is not there.
        KeepError: a file that is to be kept is not among them.
        OutputError: a file cannot be written.
        BusyError: another run is writing to the folder.
        NothingAcceptedError: the folder holds results, and no return counts that could replace them.
        PreviousError: the round to compare with is this one.
        ReceiptError: answers were lost; a bug of ours.
    """
    from nps_xlsx.outputs import write_outputs  # a second of imports, which a check does without

    paths = tuple(paths)
    with made_folders(out):
        asked = scope.asked if scope else None
        intake = read_returns(paths, framework, register, rulings=rulings, asked=asked, seen=seen)
        receipt = make_receipt(intake)
        written = write_outputs(
            intake.returns, out, framework, register, scope, rulings=intake.unmet, given=paths, made=made
        )
    return replace(
        receipt,
        written=written.shown,
        replaced=written.replaced,
        uncompared=written.uncompared,
        accepted_before=written.accepted_before,
        round=written.round,
        asked=written.asked,
        returned=written.returned,
    )


# --- The receipt


def make_receipt(intake: Intake) -> Receipt:
    """Count what came in and what became of it.

    Raises:
        ReceiptError: answers present are not answers read plus answers refused.
    """
    returns = intake.returns
    statuses = [returned.status for returned in returns]
    found = [problem for returned in returns for problem in returned.problems]
    counting = [problem.severity for problem in (*found, *intake.unmet) if not problem.waived]
    joined = sum(returned.answers_joined for returned in returns)
    refused_whole = sum(_rows_used(returned) for returned in returns if returned.status is Status.REFUSED)
    receipt = Receipt(
        files=len(returns),
        statuses={status: statuses.count(status) for status in Status},
        answers_present=sum(returned.answers_present for returned in returns),
        answers_read=sum(_rows_used(returned) for returned in returns if returned.status is Status.ACCEPTED),
        answers_aside=sum(_rows_used(returned) for returned in returns if _is_aside(returned)) - joined,
        answers_refused=sum(returned.answers_refused for returned in returns) + refused_whole,
        problems={severity: counting.count(severity) for severity in Severity},
        waived=sum(bool(problem.waived) for problem in found),
        corrected=len(intake.rulings.corrections) - len(intake.unused_corrections),
        unused=tuple(str(ruling) for ruling in (*intake.unused_corrections, *intake.unused_waivers)),
    )
    used = receipt.answers_read + receipt.answers_aside
    if used + receipt.answers_refused != receipt.answers_present:
        raise ReceiptError(
            f"{receipt.answers_present} answers were present, but {used} were read and "
            f"{receipt.answers_refused} refused: nothing was written"
        )
    return receipt


def _is_aside(returned: Return) -> bool:
    return returned.status not in (Status.ACCEPTED, Status.REFUSED)


def _rows_used(returned: Return) -> int:
    """Rows of an assessment that are used where it counts."""
    return sum(is_used(answer) for answer in returned.assessment or ())

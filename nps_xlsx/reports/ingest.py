"""The whole ingest: files in, outputs out, and a proof that nothing was lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path

from nps_xlsx.files import StrPath, made_folders, paths_of
from nps_xlsx.framework import load_framework
from nps_xlsx.ingester.reading.known import FileStore, KnownReturns, Store
from nps_xlsx.ingester.reading.readers import Readers
from nps_xlsx.model import Framework, Return, Severity, Status
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.reports.outputs import Scope, Written, write_outputs
from nps_xlsx.rounds.counting import is_used
from nps_xlsx.rounds.intake import Intake, Rulings, no_progress, read_returns


class ReceiptError(RuntimeError):
    """Answers went missing between the files and the outputs: our fault, never the council's."""


@dataclass(frozen=True)
class Receipt:
    """What came in and what became of it; it must add up."""

    files: int
    statuses: dict[Status, int]
    answers_present: int
    answers_read: int
    answers_refused: int
    answers_aside: int
    """Rows of returns that were put aside (superseded, or the same file twice), other than joined ones."""
    problems: dict[Severity, int]
    waived: int = 0
    corrected: int = 0
    """Rows of the file of corrections that were applied to a return."""
    known: int = 0
    """Files that an earlier run had read, and that have not changed since."""
    is_forgotten: bool = False
    """Whether what earlier runs had read could not be used, or is not kept for the next one."""
    unused: tuple[str, ...] = ()
    """Corrections and waivers that applied to nothing, in words."""
    written: Written = field(default_factory=Written)

    @property
    def is_clean(self) -> bool:
        """Whether there is no error and no warning."""
        return not (self.problems[Severity.ERROR] or self.problems[Severity.WARNING])


def ingest(
    paths: StrPath | Iterable[StrPath],
    out: StrPath,
    framework: Framework | None = None,
    register: Register | None = None,
    *,
    rulings: Rulings | None = None,
    scope: Scope | None = None,
    seen: Callable[[str], None] = no_progress,
    made: Callable[[str], None] = no_progress,
    readers: Readers | None = None,
    afresh: bool = False,
    store: Store | None = None,
    replaces: StrPath | None = None,
) -> Receipt:
    """Read returns and write the outputs into a folder; what was read there before is not read again.

    ``readers`` says who reads, by default one process per core; ``afresh`` has every file read again,
    ``store`` keeps what was read, and ``replaces`` is another folder of results that these are to replace.
    ``seen`` is called with the name of each file, ``made`` with that of each document.

    Raises:
        InputError: a path does not exist.
        KeepError: a file that is to be kept is not among them.
        OutputError: a file cannot be written.
        ClusterError: there is no cluster where ``readers`` says.
        BusyError: another run is writing to the folder.
        NothingAcceptedError: the folder holds results, and there is no return that counts to replace them.
        PreviousError: the earlier round is the same as this one.
        ReceiptError: answers were lost, which is our fault.
    """
    paths, out = paths_of(paths), Path(out)
    data, asked = (framework or load_framework(), register or load_register()), scope.asked if scope else None
    with made_folders(out):
        with FileStore(out) if store is None else nullcontext(store) as kept:
            known = KnownReturns(kept, *data, afresh=afresh)
            intake = read_returns(
                paths, *data, rulings=rulings, asked=asked, seen=seen, known=known, readers=readers
            )
        receipt = make_receipt(intake)
        written = write_outputs(
            intake.returns,
            out,
            *data,
            scope,
            rulings=intake.unmet,
            given=paths,
            replaces=Path(replaces) if replaces else None,
            made=made,
            jobs=readers.jobs if readers else None,
        )
    return replace(receipt, written=written, known=known.count, is_forgotten=known.is_lost)


def make_receipt(intake: Intake) -> Receipt:
    """Count what came in and what became of it.

    Raises:
        ReceiptError: answers present are not answers read plus answers refused.
    """
    returns = intake.returns
    statuses = [returned.status for returned in returns]
    problems = [problem for returned in returns for problem in returned.problems]
    severities = [problem.severity for problem in (*problems, *intake.unmet) if not problem.waived]
    joined = sum(returned.answers_joined for returned in returns)
    refused_whole = sum(_rows_used(returned) for returned in returns if returned.status is Status.REFUSED)
    receipt = Receipt(
        files=len(returns),
        statuses={status: statuses.count(status) for status in Status},
        answers_present=sum(returned.answers_present for returned in returns),
        answers_read=sum(_rows_used(returned) for returned in returns if returned.status is Status.ACCEPTED),
        answers_aside=sum(_rows_used(returned) for returned in returns if _is_aside(returned)) - joined,
        answers_refused=sum(returned.answers_refused for returned in returns) + refused_whole,
        problems={severity: severities.count(severity) for severity in Severity},
        waived=sum(bool(problem.waived) for problem in problems),
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
    """How many rows of a return are used, if it counts."""
    return sum(is_used(answer) for answer in returned.assessment or ())

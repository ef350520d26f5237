"""What mails say about returns: the replies, and the marked-up copies that go with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from nps_xlsx.ingester.reading.known import KnownReturns
from nps_xlsx.model import Return, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import load_list
from nps_xlsx.reports.marked_up import mark_up_all
from nps_xlsx.reports.reply import reply_body
from nps_xlsx.rounds.intake import no_progress, read_returns
from nps_xlsx.season.came import came_of
from nps_xlsx.season.closing import if_closed
from nps_xlsx.season.folder import Round
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.participants import FILE as COUNCILS


class StaleError(UserError):
    """The returns are not those that the results were made from."""


class Answers:
    """What is to be said about some returns. All are read again, most from what the ledger kept of them."""

    def __init__(
        self,
        round_: Round,
        ledger: Ledger,
        files: Collection[str],
        seen: Callable[[str], None] = no_progress,
    ) -> None:
        """Take the source files of those that something is to be said about.

        Raises:
            ClosedError: the round is closed, and what counted then is no longer there.
            StaleError: something came, or changed, since the last ingest.
        """
        self._round, self._files = round_, files
        data = round_.framework, round_.register
        intake = read_returns(
            [round_.paths.returns],
            *data,
            rulings=if_closed(round_, ledger.events, round_.rulings(ledger.day)),
            asked=load_list(round_.folder / COUNCILS, round_.register),
            known=KnownReturns(ledger, *data),
            seen=seen,
        )
        self._returns = {returned.source_file: returned for returned in intake.returns}
        self._refuse_stale()

    def _refuse_stale(self) -> None:
        now = {(one.source_file, one.sha256, one.status) for one in self._returns.values()}
        then = {(one.file, one.sha256, one.status) for one in came_of(self._round.paths.latest)}
        files = sorted({file for file, _, _ in now ^ then})
        if files:
            more = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
            raise StaleError(
                f"{files[0]}{more} came, changed or counts otherwise since the last ingest. "
                f"Run nps ingest {self._round.folder} first."
            )

    @cached_property
    def copies(self) -> Mapping[str, tuple[str, bytes]]:
        """The name and content of each marked-up copy, by the source file that it is of."""
        some = [one for one in self._returns.values() if self._is_wanted(one)]
        copies = mark_up_all(some, self._round.framework, self._round.register)
        return {one.source_file: copy for one, copy in zip(some, copies, strict=True) if copy is not None}

    def _is_wanted(self, one: Return) -> bool:
        """Whether something is said about a return, or about the one that it counts within."""
        is_part = one.status is Status.JOINED and one.superseded_by in self._files
        return is_part or one.source_file in self._files

    def about(self, file: str) -> str:
        """What to say about a return."""
        copy = self.copies.get(file)
        text = reply_body(self._returns[file], self._round.framework, marked_up=copy[0] if copy else "")
        return text or f"Thank you for sending us {file.rpartition('/')[2]}."

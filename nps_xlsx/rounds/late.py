"""A round that is closed: what came after it counts in no figure, and what counted then counts as it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nps_xlsx.model import Return, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.rounds.counting import put_aside

_SHOWN = 5


class ClosedError(UserError):
    """What would change the figures of a round that is closed."""


@dataclass(frozen=True, slots=True)
class CutOff:
    """What there was when a round was closed."""

    day: str
    """The day on which it was closed, in words."""
    known: Mapping[str, str]
    """The name of each file that was there, by its hash, in the order in which they were read."""
    counted: frozenset[str]
    """The hashes of those that counted."""

    def applied(self, returns: Sequence[Return]) -> list[Return]:
        """The same returns, those of then in their order, whatever they are called now; later ones marked.

        Raises:
            ClosedError: a file that counted is not among them.
        """
        here = {returned.sha256 for returned in returns}
        gone = [name for digest, name in self.known.items() if digest in self.counted - here]
        if gone:
            more = f"\n  and {len(gone) - _SHOWN:,} more" if len(gone) > _SHOWN else ""
            raise ClosedError(
                f"The round was closed on {self.day}, and files that counted are gone from the returns. "
                "Put them back, or open the round again with nps round open.\n  "
                + "\n  ".join(gone[:_SHOWN])
                + more
            )
        order = {digest: place for place, digest in enumerate(self.known)}
        ordered = sorted(returns, key=lambda returned: order.get(returned.sha256, len(order)))
        return [self._marked(returned) for returned in ordered]

    def _marked(self, returned: Return) -> Return:
        if returned.status is Status.ACCEPTED and returned.sha256 not in self.known:
            return put_aside(returned, Status.LATE, "return-late", day=self.day)
        return returned

"""What a council may decide instead of answering, and the reasons by which these are counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DECLINED, MERGED, NOTHING = "declined", "merged", "nothing to report"
STATUSES = {
    DECLINED: "It does not take part; the reason says why.",
    MERGED: "It has become part of another council.",
    NOTHING: "It has nothing to report on what is asked.",
}
"""What a council may have decided, so that nobody waits for it."""

OTHER = "other"
REASONS = ("uses another framework", "reorganisation", "resources", OTHER)
"""The reasons by which councils that declined are counted; any other text counts as other."""


def reason_kind(reason: str) -> str:
    """Which of ``REASONS`` a text is; empty if it says nothing."""
    words = reason.casefold()
    return next((kind for kind in REASONS if words.startswith(kind)), OTHER if words else "")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a council decided."""

    status: str
    """One of ``STATUSES``."""
    reason: str = ""
    """In its own words, or the analyst's."""

    @property
    def kind(self) -> str:
        """What it is counted as: the reason of one that declined, else what it decided."""
        if self.status != DECLINED:
            return self.status
        return f"{DECLINED}: {reason_kind(self.reason) or 'no reason given'}"


def decision_of(row: Mapping[str, str]) -> Decision | None:
    """What a list has of a council under ``status`` and ``reason``; ``None`` for any other words."""
    status = row.get("status", "").strip().casefold()
    return Decision(status, row.get("reason", "").strip()) if status in STATUSES else None

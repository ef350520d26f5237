"""What the files made for one council are called."""

from __future__ import annotations

from collections import Counter

from nps_xlsx import layout
from nps_xlsx.model import Assessment


def file_stem(assessment: Assessment, short_name: str, *kind: str) -> str:
    """``NPS-2026-E06000035-medway-action-plan``: round, code, council, its respondent, and the kind."""
    # Of a return without a stamp, round and code are what somebody typed: nothing in them may steer a path.
    code, round_ = (layout.file_slug(text, 20) for text in (assessment.gss_code, assessment.round))
    who = (layout.file_slug(short_name), layout.file_slug(assessment.respondent))
    return "-".join(filter(None, ("NPS", round_, code.upper(), *who, *map(layout.file_slug, kind))))


class Distinct:
    """Gives each stem once: a second of the same becomes ``…-2``."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def __call__(self, stem: str) -> str:
        """The stem, with a number where it was given before."""
        self._taken[stem] += 1
        return stem if self._taken[stem] == 1 else self(f"{stem}-{self._taken[stem]}")

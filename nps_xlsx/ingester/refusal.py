"""Why a file cannot be used: raised anywhere on the way from bytes to a workbook."""

from __future__ import annotations

DAMAGED = "it is cut short or damaged"


class RefusedError(Exception):
    """A file that cannot be used; names the kind of problem and its words."""

    def __init__(self, slug: str, **words: str) -> None:
        self.slug = slug
        self.words = words
        super().__init__(slug)

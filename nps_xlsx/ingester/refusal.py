"""Why a file cannot be used: raised anywhere on the way from bytes to a workbook."""

from __future__ import annotations

DAMAGED = "it is cut short or damaged"
MANGLED = "a flow or a script saved it as text, and what it held is lost; attach the file itself"


class RefusedError(Exception):
    """A file that cannot be used; names the kind of problem and its words."""

    def __init__(self, slug: str, **words: str) -> None:
        self.slug = slug
        self.words = words
        super().__init__(slug)

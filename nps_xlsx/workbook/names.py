"""The names of files made for one council."""

from __future__ import annotations

import re
from collections import Counter

from nps_xlsx.model import Assessment, Council


def file_stem(initials: str, assessment: Assessment, short_name: str, *kind: str) -> str:
    """``NPS-2026-E06000035-medway-action-plan``: framework, round, code, council, respondent, kind."""
    # Without a stamp, round and code are what somebody typed: nothing in them may change the path.
    code, round_ = (file_slug(text, 20) for text in (assessment.gss_code, assessment.round))
    who = (file_slug(short_name), file_slug(assessment.respondent))
    return "-".join(filter(None, (initials, round_, code.upper(), *who, *map(file_slug, kind))))


class Distinct:
    """Makes stems distinct: the second of the same becomes ``…-2``."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    def __call__(self, stem: str) -> str:
        """The stem, with a number if it was given before."""
        self._taken[stem] += 1
        return stem if self._taken[stem] == 1 else self(f"{stem}-{self._taken[stem]}")


SLUG_LENGTH = 50
"""Characters of one part of a file name: more than any respondent's name, and any short name in the
register, has.  The longest file name then stays well below the 255 bytes that file systems allow."""


def file_slug(name: str, length: int = SLUG_LENGTH) -> str:
    """A name as part of a file name: lower case, hyphens, nothing that any system refuses, not too long."""
    slug = re.sub(r"[^a-z0-9]+", "-", name[: 4 * length].casefold().replace("'", "")).strip("-")
    return slug[:length].rstrip("-")


def workbook_file_name(initials: str, council: Council, round_: str, respondent: str = "") -> str:
    """``NPS-2026-E06000035-medway.xlsx``, with the respondent if it is one of several copies."""
    parts = (initials, round_, council.gss_code, file_slug(council.short_name), file_slug(respondent))
    return "-".join(filter(None, parts)) + ".xlsx"


# A round has at most 20 characters, so the search goes no further from each "NPS-".
_FILE_NAME = r"-(?P<round>.{1,20}?)-(?P<gss_code>[A-Z][0-9]{8})\b"


def by_file_name(initials: str, file: str) -> tuple[str, str]:
    """The code and the round in a name such as ``NPS-2026-E06000035-medway.xlsx``; any initials, if empty."""
    match = re.search(re.escape(initials) + _FILE_NAME, file.rpartition("/")[2], re.IGNORECASE)
    return (match["gss_code"].upper(), match["round"]) if match else ("", "")

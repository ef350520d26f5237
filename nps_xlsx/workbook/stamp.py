"""The stamp: what a workbook says about itself, readable by people, with check characters.

It is visible, locked, constant text on every sheet: of the channels that were tried with
thirty programs, only cell text always came back::

    nps-2018 | template 2 | round 2026 | E06000035 | sheet EC | check 7QK4

It also has whatever is unusual about the workbook, so that the reader knows what to expect::

    … | sheet EC | respondent Adult care | asked EC0-3 SV5 | last round 2021 | with review | check …
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

TEMPLATE_VERSION = "2"
"""Increased whenever the layout changes in a way that the reader must know about."""

OLDER_TEMPLATES = ("1",)
"""Those of workbooks built before: they stay readable for ever."""

PROPERTY = "nps_stamp"
"""The custom document property, and the defined name, that repeat the stamp."""

REPORT_PROPERTY = "nps_report"
"""The custom document property by which our own outputs are recognised among returns."""

BUILT_AT = dt.datetime(2018, 7, 1)  # noqa: DTZ001 - a constant of those files
"""When the first workbooks of template 1 claim to have been saved; later ones claim nothing."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_CHECK_LENGTH = 4
CHECK = " | check "
"""What a stamp's check characters stand behind."""

AREA_CODE_PATTERN = "[A-Z]{1,8}"
"""The code of an area, with which its rows' codes begin, in the stamp and in the Ref column."""

_EDITION_LENGTH = 60
_EDITION = re.compile(rf"[a-z0-9-]{{1,{_EDITION_LENGTH}}}\Z", re.IGNORECASE)  # among that many characters
_TEMPLATE = re.compile(r" \| template ", re.IGNORECASE)
_CHECK = re.compile(r" \| check (\w{1,9})", re.IGNORECASE)
# Only the last part contains a bar of its own, so that each ends in one place: the time grows with the
# length, which is at most LENGTH_LIMIT.
_BODY = re.compile(
    r"(?P<edition>[a-z0-9-]+) \| template (?P<template>\w+) \| round (?P<round>[^|]+) \| (?P<gss_code>\w+)"
    r" \| sheet (?P<sheet>[^|]+?)"
    r"(?: \| respondent (?P<respondent>[^|]+?))?(?: \| asked (?P<asked>[^|]+?))?"
    r"(?: \| last round (?P<last_round>[^|]+?))?(?P<review> \| with review)?",
    re.IGNORECASE,
)
ROUND_PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,19}"
"""The name of a round: short, and safe in a file name."""
_ROUND = re.compile(ROUND_PATTERN)
_RUN = re.compile(rf"({AREA_CODE_PATTERN})([0-9]{{1,4}})(?:-([0-9]{{1,4}}))?")
RESPONDENT_LENGTH = 40

LENGTH_LIMIT = 4_000
"""Characters of a stamp at most; the longest of the 2018 edition, asking for every other row, has 400."""

ASKED_LIMIT = 1_000
"""Rows that a stamp may ask for, more than a framework may have; the 2018 edition has 65."""


class StampError(ValueError):
    """A damaged stamp: its check characters do not match its words."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The edition, template version, round, council and sheet of one sheet of a workbook."""

    edition: str
    template: str
    round: str
    gss_code: str
    sheet: str
    """The area's code on an assessment sheet, a word in capitals on the others."""
    respondent: str = ""
    asked: tuple[str, ...] = ()
    """The codes of the rows that were asked, if not all were."""
    last_round: str = ""
    """The round that the workbook was prefilled from."""
    with_review: bool = False

    def __str__(self) -> str:
        return with_check(self._body())

    def _body(self) -> str:
        parts = [self.edition, f"template {self.template}", f"round {self.round}", self.gss_code]
        parts.append(f"sheet {self.sheet}")
        if self.respondent:
            parts.append(f"respondent {self.respondent}")
        if self.asked:
            parts.append(f"asked {_runs(self.asked)}")
        if self.last_round:
            parts.append(f"last round {self.last_round}")
        if self.with_review:
            parts.append("with review")
        return " | ".join(parts)

    @property
    def workbook(self) -> tuple[object, ...]:
        """What every sheet of one workbook must share."""
        asked = (self.respondent, self.asked, self.last_round, self.with_review)
        return (self.edition, self.template, self.round, self.gss_code, *asked)


def with_check(body: str) -> str:
    """A stamp's words with their check characters, instead of those that they may have already."""
    body = body.partition(CHECK)[0]
    return f"{body}{CHECK}{check_characters(body)}"


def check_characters(text: str) -> str:
    """Four characters that change with any damage to the text, but not with its case and spacing."""
    number = zlib.crc32(" ".join(text.split()).upper().encode()) >> (32 - 5 * _CHECK_LENGTH)
    return "".join(_ALPHABET[number >> 5 * digit & 31] for digit in reversed(range(_CHECK_LENGTH)))


def parse_stamp(text: str) -> Stamp | None:
    """The stamp in the text of a cell, or ``None`` if there is none.

    The time it takes grows no faster than the length of the text, whatever it holds.

    Raises:
        StampError: it looks like a stamp, but its check characters do not match, or ours never look so.
    """
    line = " ".join(text.split())
    template, check = _TEMPLATE.search(line), _last(_CHECK.finditer(line))
    if template is None or check is None or template.end() > check.start():
        return None
    edition = _EDITION.search(line, max(0, template.start() - _EDITION_LENGTH), template.start())
    if edition is None:
        return None
    written = line[edition.start() : check.start()]
    if len(written) > LENGTH_LIMIT or check_characters(written) != check[1].upper():
        raise StampError("the check characters of a stamp do not match")
    body = _BODY.fullmatch(written)
    if body is None:
        raise StampError("a stamp with other parts than ours")
    words = {key: (value or "").strip() for key, value in body.groupdict().items()}
    return Stamp(
        **{key: words[key] for key in ("edition", "template", "round", "gss_code", "sheet")},
        respondent=words["respondent"],
        asked=_codes(words["asked"]),
        last_round=words["last_round"],
        with_review=bool(words["review"]),
    )


def _last(matches: Iterable[re.Match[str]]) -> re.Match[str] | None:
    return next(iter(deque(matches, maxlen=1)), None)


def _runs(codes: Iterable[str]) -> str:
    """Codes in short: ``EC0-3 SV5`` for EC0, EC1, EC2, EC3 and SV5."""
    runs: list[tuple[str, int, int]] = []
    for code in codes:
        area, number = code.rstrip("0123456789"), int(code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        if runs and runs[-1][0] == area and runs[-1][2] == number - 1:
            runs[-1] = (area, runs[-1][1], number)
        else:
            runs.append((area, number, number))
    return " ".join(
        f"{area}{first}" if first == last else f"{area}{first}-{last}" for area, first, last in runs
    )


def _codes(runs: str) -> tuple[str, ...]:
    codes: list[str] = []
    for word in runs.upper().split():
        run = _RUN.fullmatch(word)
        if run is None:
            raise StampError(f"{word[:40]!r} is not a run of codes")
        area, first, last = run[1], int(run[2]), int(run[3] or run[2])
        if len(codes) + last - first >= ASKED_LIMIT:
            raise StampError(f"a stamp that asks for more than {ASKED_LIMIT} rows")
        codes += (f"{area}{number}" for number in range(first, last + 1))
    return tuple(codes)


def is_area_code(code: str) -> bool:
    """Whether an area may have this code, so that its rows' codes can be read."""
    return re.fullmatch(AREA_CODE_PATTERN, code) is not None


def is_edition_name(name: str) -> bool:
    """Whether an edition may have this name: short, of letters, digits and hyphens, as a stamp takes it."""
    return _EDITION.match(name) is not None


def is_round_name(name: str) -> bool:
    """Whether a round may have this name: short, and safe in a file name and in the stamp."""
    return _ROUND.fullmatch(name) is not None


def is_respondent_name(name: str) -> bool:
    """Whether a respondent may have this name: short, on one line, without the stamp's own bar."""
    return 0 < len(name.strip()) <= RESPONDENT_LENGTH and name.isprintable() and "|" not in name

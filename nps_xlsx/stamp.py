"""The stamp: what a workbook says of itself, readable by people, with check characters.

It stands as visible, locked, constant text on every sheet, since of the channels that
were tried through thirty writers only cell text always came back::

    nps-2018 | template 1 | round 2026 | E06000035 | sheet EC | check 7QK4
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

TEMPLATE_VERSION = "1"
"""Raised whenever the layout changes in a way that a reader must know of."""

PROPERTY = "nps_stamp"
"""The custom document property, and the defined name, that repeat the stamp."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_CHECK_LENGTH = 4
_PATTERN = re.compile(
    r"(?P<edition>[a-z0-9-]+) \| template (?P<template>\w+) \| round (?P<round>[^|]+) \| (?P<gss_code>\w+)"
    r" \| sheet (?P<sheet>[^|]+?) \| check (?P<check>\w+)",
    re.IGNORECASE,
)
_ROUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


class StampError(ValueError):
    """A stamp that was damaged: its check characters do not fit its words."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which edition, template version, round, council and sheet a sheet of a workbook is."""

    edition: str
    template: str
    round: str
    gss_code: str
    sheet: str
    """The area's code on an assessment sheet, a word in capitals on the others."""

    def __str__(self) -> str:
        body = self._body()
        return f"{body} | check {check_characters(body)}"

    def _body(self) -> str:
        parts = (self.edition, f"template {self.template}", f"round {self.round}", self.gss_code)
        return " | ".join((*parts, f"sheet {self.sheet}"))

    @property
    def workbook(self) -> tuple[str, str, str, str]:
        """What must be the same on every sheet of one workbook."""
        return self.edition, self.template, self.round, self.gss_code


def check_characters(text: str) -> str:
    """Four characters that change with any damage to the text, whatever its case and spacing."""
    number = zlib.crc32(" ".join(text.split()).upper().encode()) >> (32 - 5 * _CHECK_LENGTH)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHECK_LENGTH)))


def parse_stamp(text: str) -> Stamp | None:
    """The stamp in the text of a cell, or ``None`` where the text is not a stamp.

    Raises:
        StampError: it looks like a stamp, but its check characters do not fit.
    """
    match = _PATTERN.search(" ".join(text.split()))
    if match is None:
        return None
    words = match.groupdict()
    check = words.pop("check")
    stamp = Stamp(**{key: value.strip() for key, value in words.items()})
    if check_characters(stamp._body()) != check.upper():
        raise StampError(f"the check characters of the stamp {text!r} do not fit")
    return stamp


def is_round_name(name: str) -> bool:
    """Whether a round may be called this: short, and safe in a file name and in the stamp."""
    return _ROUND.fullmatch(name) is not None

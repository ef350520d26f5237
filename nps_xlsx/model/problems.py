"""The catalogue of problems (``problems.toml``), and problems made from it, grouped and in order."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import chain
from string import Formatter
from typing import Any

from nps_xlsx.model import Place, Problem, Severity
from nps_xlsx.model.cells import position

_SHOWN = 80
"""Characters of a council's words that a message quotes; the full text is given beside it."""


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem; the head of ``problems.toml`` says what its keys mean."""

    severity: Severity
    message: str
    advice: str
    ask: str | None = None
    grouped: bool = False
    score: bool = False
    refuses: bool = False

    @property
    def words(self) -> set[str]:
        """The words to be filled in in its texts."""
        texts = (self.message, self.advice, self.ask or "")
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def _load() -> dict[str, dict[str, ProblemKind]]:
    text = files("nps_xlsx.model").joinpath("problems.toml").read_text(encoding="utf-8")
    return {
        section: {slug: _kind(**table) for slug, table in kinds.items()}
        for section, kinds in tomllib.loads(text).items()
    }


def _kind(severity: str, **rest: Any) -> ProblemKind:
    return ProblemKind(Severity(severity), **rest)


SECTIONS: Mapping[str, Mapping[str, ProblemKind]] = _load()
"""Every kind of problem by its subject, in the order in which a return is read."""

CATALOGUE: Mapping[str, ProblemKind] = dict(chain(*(kinds.items() for kinds in SECTIONS.values())))


def problem(
    slug: str,
    place: Place,
    *,
    ref: str = "",
    field: str = "",
    value: str = "",
    cells: Sequence[str] = (),
    **words: str,
) -> Problem:
    """A problem of a kind in the catalogue, at a place, with its words filled in.

    ``cells`` are its cells where there are several; the place has the first.

    Raises:
        KeyError: the catalogue has no such kind, or its message needs a word that is missing.
    """
    kind = CATALOGUE[slug]
    filled = {"ref": ref, "value": _short(value), **words}
    asked = kind.advice if kind.ask is None else kind.ask
    return Problem(
        slug=slug,
        severity=kind.severity,
        place=place,
        message=kind.message.format(**filled),
        advice=kind.advice.format(**filled),
        ask=asked.format(**filled),
        refs=_if_any(ref),
        cells=tuple(cells) or _if_any(place.cell),
        values=_if_any(value),
        field=field,
    )


def grouped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, those of a grouped kind reported once per sheet, with all their cells."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for number, one in enumerate(problems):
        own = "" if CATALOGUE[one.slug].grouped and not one.waived else str(number)
        groups.setdefault((one.slug, one.place.sheet, own), []).append(one)
    return tuple(_as_one(members) for members in groups.values())


def worst_first(problems: Iterable[Problem], sheets: Iterable[str] = ()) -> tuple[Problem, ...]:
    """The problems by severity, those that may change a score first, then in the workbook's order.

    ``sheets`` is the order of the sheets; problems without a sheet come before them, those
    on other sheets after.
    """
    order = {sheet: number for number, sheet in enumerate(sheets, start=1)}
    severities = list(Severity)

    def key(one: Problem) -> tuple[bool, int, bool, int, tuple[int, int]]:
        sheet = order.get(one.place.sheet, len(order) + 1) if one.place.sheet else 0
        is_minor = not CATALOGUE[one.slug].score
        cell = position(one.cells[0] if one.cells else "")
        return bool(one.waived), severities.index(one.severity), is_minor, sheet, cell

    return tuple(sorted(problems, key=key))


def counts(problems: Iterable[Problem]) -> Counter[str]:
    """How many cells have each kind of problem; a problem without a cell counts once."""
    cells: Counter[str] = Counter()
    for one in problems:
        cells[one.slug] += max(1, len(one.cells))
    return cells


def _as_one(members: list[Problem]) -> Problem:
    members = sorted(members, key=lambda member: position(member.place.cell))
    first, values = members[0], _all(member.values for member in members)
    if len(members) == 1:
        return first
    refs, cells = _all(member.refs for member in members), _all(member.cells for member in members)
    words = {"ref": ", ".join(refs), "value": ", ".join(values)}
    whole = problem(first.slug, first.place, field=first.field, cells=cells, **words)
    return replace(whole, refs=refs, values=values)


def _all(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def _if_any(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def for_council(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that the council is asked about."""
    return tuple(one for one in problems if one.ask and not one.waived)


def is_of_level(one: Problem) -> bool:
    """Whether its value is what a cell holds in place of one of the list's levels."""
    return one.slug.startswith("level-")

"""The catalogue of problems (``problems.toml``), and problems made from it, grouped and in order."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import chain
from string import Formatter

from nps_xlsx.model import Place, Problem, Severity
from nps_xlsx.model.cells import position

_SHOWN = 80
"""Characters of a council's words that a message repeats; the whole stands beside it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; what its keys mean stands at the head of ``problems.toml``."""

    severity: Severity
    message: str
    advice: str
    ask: str | None = None
    grouped: bool = False
    score: bool = False
    refuses: bool = False

    @property
    def words(self) -> set[str]:
        """The words that its texts need."""
        texts = (self.message, self.advice, self.ask or "")
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def _load() -> dict[str, dict[str, Kind]]:
    text = files("nps_xlsx.model").joinpath("problems.toml").read_text(encoding="utf-8")
    return {
        section: {
            slug: Kind(**{**said, "severity": Severity(said["severity"])}) for slug, said in kinds.items()
        }
        for section, kinds in tomllib.loads(text).items()
    }


SECTIONS: Mapping[str, Mapping[str, Kind]] = _load()
"""Every kind of problem, by what it is about, in the order in which a return is read."""

CATALOGUE: Mapping[str, Kind] = {slug: kind for kinds in SECTIONS.values() for slug, kind in kinds.items()}


def problem(
    slug: str, place: Place, *, ref: str = "", field: str = "", value: str = "", **words: str
) -> Problem:
    """A problem of a kind in the catalogue, at a place, its words filled in.

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
        refs=_known(ref),
        cells=_known(place.cell),
        values=_known(value),
        field=field,
    )


def grouped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, with those of a grouped kind on one sheet told once with all their cells."""
    together: dict[tuple[str, str, str], list[Problem]] = {}
    for number, found in enumerate(problems):
        own = "" if CATALOGUE[found.slug].grouped and not found.waived else str(number)
        together.setdefault((found.slug, found.place.sheet, own), []).append(found)
    return tuple(_as_one(members) for members in together.values())


def worst_first(problems: Iterable[Problem], sheets: Iterable[str] = ()) -> tuple[Problem, ...]:
    """The problems by severity, those that may change a score first, then as the workbook has them.

    ``sheets`` is the order of the sheets; problems that have no sheet come before, those on
    other sheets after.
    """
    order = {sheet: place for place, sheet in enumerate(sheets, start=1)}
    severities = list(Severity)

    def key(found: Problem) -> tuple[bool, int, bool, int, tuple[int, int]]:
        sheet = order.get(found.place.sheet, len(order) + 1) if found.place.sheet else 0
        is_minor = not CATALOGUE[found.slug].score
        cell = position(found.cells[0] if found.cells else "")
        return bool(found.waived), severities.index(found.severity), is_minor, sheet, cell

    return tuple(sorted(problems, key=key))


def counts(problems: Iterable[Problem]) -> Counter[str]:
    """How many cells have each kind of problem; one for a problem that has no cell."""
    found: Counter[str] = Counter()
    for told in problems:
        found[told.slug] += max(1, len(told.cells))
    return found


def _as_one(members: list[Problem]) -> Problem:
    members = sorted(members, key=lambda member: position(member.place.cell))
    first, values = members[0], _all(member.values for member in members)
    if len(members) == 1:
        return first
    refs, cells = _all(member.refs for member in members), _all(member.cells for member in members)
    one = problem(first.slug, first.place, ref=", ".join(refs), field=first.field, value=", ".join(values))
    return replace(one, refs=refs, cells=cells, values=values)


def _all(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(parts)))


def _known(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def told(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that the council needs to know of."""
    return tuple(found for found in problems if found.ask and not found.waived)


def is_of_level(found: Problem) -> bool:
    """Whether it says that a cell holds something else than a level, which is its value."""
    return found.slug.startswith("level-")

"""The tables of publication.xlsx as columns of values, with figures withheld where they must be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, cast

import pandas as pd

from nps_xlsx.figures import UNKNOWN, Asked, Tables
from nps_xlsx.figures.disclosure.outcomes import outcomes_shown
from nps_xlsx.figures.disclosure.tables import ALL, Publishable, RowName
from nps_xlsx.model.scores import one_decimal
from nps_xlsx.reports.words import words
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.wording import capital

Value = str | int | float
Figures = Mapping[str, float]

WORDS = words("publication/publication.toml")
"""The words of the publication: cover, notes, titles."""

WITHHELD, NOT_AVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
"""The Government Analysis Function's shorthand."""

_SIGNED = "+0.0;-0.0;0.0"
_EVERYONE = "All councils"
_EVERYTHING = "All behaviours"
_NONE = repeat(False)
"""Nothing is withheld."""


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """A column: heading, cells, number format (none for text) and width in pixels."""

    heading: str
    cells: tuple[Value, ...]
    number_format: str = ""
    width: int = 128


@dataclass(frozen=True, slots=True)
class Published:
    """One table: its kind (a key of the words), columns, and the fact in its title."""

    kind: str
    columns: tuple[PublishedColumn, ...]
    fact: str = ""
    partner: int = 0
    """How many tables on the one with its counts is (1), or the one with its averages (-1)."""

    @property
    def rows(self) -> list[tuple[Value, ...]]:
        """Its rows."""
        return list(zip(*(column.cells for column in self.columns), strict=True))


def publication_tables(shown: Publishable, asked: Asked, *, name_councils: bool) -> list[Published]:
    """Every table that may be published, in order."""
    tables = [_response(asked, fact) for fact in shown.facts]
    if outcomes := outcomes_shown(asked, shown.threshold):
        tables.append(_outcomes(outcomes, len(asked.missing) + len(asked.apart)))
    whole = not shown.is_too_few
    if whole:
        tables += [_headline(shown), _behaviours(shown), _distribution(shown), _targets(shown)]
    named = name_councils and bool(shown.tables.assessments)
    if whole or named:
        for fact in shown.facts:
            tables += _by_groups(shown, fact, named=named)
    if whole and shown.tables.has_previous:
        tables.append(_movement(shown))
    if named:
        tables += _by_councils(shown)
    return tables


def fact_name(fact: str) -> str:
    """A fact's name in a sentence: ``council type``."""
    return fact.replace("_", " ")


# --- Columns


def _text(heading: str, cells: Iterable[str], width: int) -> PublishedColumn:
    return PublishedColumn(heading, tuple(cells), "", width)


def _counts(
    heading: str, numbers: Iterable[float], withheld: Iterable[bool] = _NONE, width: int = 128
) -> PublishedColumn:
    pairs = zip(numbers, withheld, strict=False)
    cells = tuple(WITHHELD if hidden else int(number) for number, hidden in pairs)
    return PublishedColumn(heading, cells, "#,##0", width)


def _averages(
    heading: str,
    means: Iterable[float],
    counts: Iterable[float],
    withheld: Iterable[bool] = _NONE,
    number_format: str = "0.0",
) -> PublishedColumn:
    """Averages as published: the values themselves are rounded, not only their format."""
    cells = tuple(
        WITHHELD if hidden else float(one_decimal(float(mean))) if count else NOT_AVAILABLE
        for mean, count, hidden in zip(means, counts, withheld, strict=False)
    )
    return PublishedColumn(heading, cells, number_format)


def _shares(
    heading: str,
    parts: Iterable[float],
    wholes: Iterable[float],
    withheld: Iterable[bool] = _NONE,
    width: int = 128,
) -> PublishedColumn:
    """Shares in whole per cent, halves rounded up."""
    cells = tuple(
        WITHHELD
        if hidden
        else (200 * int(part) + int(whole)) // (2 * int(whole))
        if whole
        else NOT_APPLICABLE
        for part, whole, hidden in zip(parts, wholes, withheld, strict=False)
    )
    return PublishedColumn(heading, cells, "#,##0", width)


# --- The response


def _response(asked: Asked, fact: str) -> Published:
    """Who was asked and who took part, which is not confidential however few they are."""
    known = {council.gss_code: council.fact(fact) for council in asked.councils.councils}
    groups = known | dict.fromkeys(asked.returned - known.keys(), UNKNOWN)
    invited, returned = Counter(groups.values()), Counter(groups[code] for code in asked.returned)
    names = sorted(invited)
    everyone = [*(invited[name] for name in names), invited.total()]
    back = [*(returned[name] for name in names), returned.total()]
    columns = (
        _group_column(fact, names),
        _counts("Asked", everyone),
        _counts("Took part", back),
        _shares("Response rate (per cent)", back, everyone),
    )
    return Published("response", columns, fact)


def _outcomes(outcomes: Mapping[str, int | None], everyone: int) -> Published:
    """Why councils did not take part, over all of them; how many did not is no secret."""
    numbers = [*(number or 0 for number in outcomes.values()), everyone]
    columns = (
        _text("What they decided", [*(capital(why) for why in outcomes), _EVERYONE], 330),
        _counts("Councils", numbers, [*(number is None for number in outcomes.values()), False]),
    )
    return Published("outcomes", columns)


def _group_column(fact: str, groups: Iterable[str]) -> PublishedColumn:
    return _text(fact_name(fact).capitalize(), [*groups, _EVERYONE], 260)


# --- Over all councils


def _headline(shown: Publishable) -> Published:
    return Published("headline", (*_part_columns(shown), *_figure_columns(shown, shown.names)))


def _part_columns(shown: Publishable) -> tuple[PublishedColumn, ...]:
    """Everything, the themes and the areas."""
    levels, names = zip(*(_level_and_name(shown, name) for name in shown.names), strict=True)
    return _text("Level of detail", levels, 130), _text("Name", names, 260)


def _level_and_name(shown: Publishable, name: RowName) -> tuple[str, str]:
    by, code = name
    if by == "area":
        area = shown.tables.framework.area_by_code[code]
        return area.name if area == shown.tables.framework.enablers else "Key area", area.sheet
    return ("All", _EVERYTHING) if name == ALL else ("Theme", code)


def _behaviours(shown: Publishable) -> Published:
    refs = [("ref", behaviour.code) for behaviour in shown.tables.framework.behaviours]
    return Published("behaviours", (*_name_columns(shown.tables), *_figure_columns(shown, refs)))


def _name_columns(tables: Tables) -> tuple[PublishedColumn, ...]:
    """Each behaviour's key area, code and name."""
    behaviours, areas = tables.framework.behaviours, tables.framework.area_by_code
    return (
        _text("Key area", [areas[behaviour.code].sheet for behaviour in behaviours], 270),
        _text("Ref", [behaviour.code for behaviour in behaviours], 80),
        _text("Behaviour", [behaviour.short_name for behaviour in behaviours], 300),
    )


def _figure_columns(shown: Publishable, names: Sequence[RowName]) -> tuple[PublishedColumn, ...]:
    figures = pd.DataFrame([_figures_of(shown.tables, name) for name in names])
    councils = [len(shown.councils.get(name, ())) for name in names]
    current, target = ([name in hidden for name in names] for hidden in (shown.current, shown.targets))
    return (
        _counts("Councils that gave a level", councils, current),
        _counts("Current levels given", figures["applicable"], current),
        _averages("Average current level", figures["current"], figures["applicable"], current),
        _counts("Target levels given", figures["targets"], target),
        _averages("Average target level", figures["target"], figures["targets"], target),
        _counts("Answers with both", figures["gaps"], target),
        _averages("Average gap", figures["gap"], figures["gaps"], target, _SIGNED),
    )


def _figures_of(tables: Tables, name: RowName) -> Figures:
    by, code = name
    if by == "all":
        return cast("Figures", tables.overall)
    table = {"theme": tables.themes, "area": tables.areas, "ref": tables.behaviours}[by]
    return _figures_at(table, code)


def _figures_at(table: pd.DataFrame, key: object) -> Figures:
    """A row of a table of figures, by name."""
    rows: Any = table.loc  # the stubs do not allow a name of several types
    return cast("Figures", rows[key])


def _distribution(shown: Publishable) -> Published:
    rest = {
        "applicable": "Level given",
        "not_applicable": layout.NOT_APPLICABLE_LABEL,
        "blank": "Not answered",
    }
    return _by_level(shown, "distribution", shown.tables.distribution, shown.current, rest)


def _targets(shown: Publishable) -> Published:
    rest = {"applicable": "Target given", "no_target": "No target given"}
    return _by_level(shown, "targets", shown.tables.targets, shown.targets, rest)


def _by_level(
    shown: Publishable, kind: str, table: pd.DataFrame, hidden: frozenset[RowName], rest: Mapping[str, str]
) -> Published:
    """Counts of each level and of the rest, then the shares of the levels."""
    levels = {f"level_{level.number}": level.label for level in shown.tables.framework.levels}
    asked = table[list(rest)].sum(axis=1)
    few = asked < shown.threshold
    withheld = [gone or ("ref", code) in hidden for code, gone in few.items()]
    given = table["applicable"]
    columns = (
        *_name_columns(shown.tables),
        *(_counts(label, table[key], withheld, 110) for key, label in levels.items()),
        *(_counts(heading, table[key], withheld, 100) for key, heading in rest.items()),
        *(_shares(f"{label} (per cent)", table[key], given, withheld, 110) for key, label in levels.items()),
    )
    return Published(kind, columns)


def _movement(shown: Publishable) -> Published:
    moves = {by: shown.tables.movement(by) for by in ("all", "theme", "area")}
    figures = pd.DataFrame([_figures_at(moves[by], code) for by, code in shown.names])
    earlier, now, same = (
        [name in hidden for name in shown.names] for hidden in (shown.earlier, shown.current, shown.same)
    )
    before, after, pairs = (figures[key] for key in ("all_last_count", "all_now_count", "pairs"))
    columns = (
        *_part_columns(shown),
        _counts("All councils: levels last round", before, earlier),
        _averages("All councils: average last round", figures["all_last"], before, earlier),
        _counts("All councils: levels this round", after, now),
        _averages("All councils: average this round", figures["all_now"], after, now),
        _counts("Same councils: how many", figures["councils"], same),
        _counts("Same councils: levels in both rounds", pairs, same),
        _averages("Same councils: average last round", figures["same_last"], pairs, same),
        _averages("Same councils: average this round", figures["same_now"], pairs, same),
        _averages("Same councils: change", figures["change"], pairs, same, _SIGNED),
    )
    return Published("movement", columns)


# --- By groups of councils, and by council


def _by_groups(shown: Publishable, fact: str, *, named: bool) -> list[Published]:
    """The averages of each group, and the number of councils behind each; all shown if councils are named."""
    groups, hidden = shown.groups[fact], shown.hidden_groups[fact]
    whole, by_area = shown.tables.groups(fact), shown.tables.groups(fact, "area")
    parts: list[_Part] = []
    for code in _codes(shown):
        name = ALL if code == "all" else ("area", code)
        sizes = [len(cells[code]) for cells in groups.values()]
        table = whole if code == "all" else by_area
        means = [
            _figures_at(table, group if code == "all" else (group, code))["current"] if size else 0.0
            for group, size in zip(groups, sizes, strict=True)
        ]
        means.append(_figures_of(shown.tables, name)["current"])
        sizes.append(len(shown.councils.get(name, ())))
        gone = name in shown.current
        withheld = [not named and (gone or group in hidden) for group in groups]
        parts.append((means, sizes, [*withheld, not named and gone]))
    return _pair(shown, ("averages", "counts"), fact, _group_column(fact, groups), parts)


_Part = tuple[Sequence[float], Sequence[int], Sequence[bool]]
"""Of everything or of an area, row by row: the averages, what they rest on, and whether they are withheld."""


def _codes(shown: Publishable) -> tuple[str, ...]:
    return ("all", *(area.code for area in shown.areas))


def _pair(
    shown: Publishable, kinds: tuple[str, str], fact: str, first: PublishedColumn, parts: Sequence[_Part]
) -> list[Published]:
    """A table of averages, then the same table of counts."""
    headed = list(zip([_EVERYTHING, *(area.sheet for area in shown.areas)], parts, strict=True))
    averages = (_averages(heading, *part) for heading, part in headed)
    counts = (_counts(heading, sizes, withheld) for heading, (_, sizes, withheld) in headed)
    return [
        Published(kinds[0], (first, *averages), fact, 1),
        Published(kinds[1], (first, *counts), fact, -1),
    ]


def _by_councils(shown: Publishable) -> list[Published]:
    """The averages of each council by name, and the number of behaviours behind each."""
    councils, answers = shown.tables.councils, shown.tables.answers
    given = answers.groupby(["position", "area"])["current"].count().unstack(fill_value=0)
    means = shown.tables.heat.assign(all=councils["current"])
    sizes = given.reindex(index=means.index, columns=means.columns, fill_value=0).assign(
        all=councils["applicable"]
    )
    nothing = [False] * len(councils)
    parts = [(list(means[code]), [int(size) for size in sizes[code]], nothing) for code in _codes(shown)]
    names = _text("Council", map(str, councils["council"]), 320)
    return _pair(shown, ("council_averages", "council_counts"), "", names, parts)

"""The tables of publication.xlsx as rows of values, with figures withheld where they must be."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

import pandas as pd

from nps_xlsx.figures import UNKNOWN, Asked, Tables
from nps_xlsx.figures.disclosure.tables import ALL, Publishable, RowName
from nps_xlsx.model.scores import one_decimal
from nps_xlsx.workbook import layout

Value = str | int | float
Figures = Mapping[str, float]

WORDS: Mapping[str, Any] = tomllib.loads(
    files("nps_xlsx.reports.publication").joinpath("publication.toml").read_text(encoding="utf-8")
)
"""The words of the publication: cover, notes, titles."""

WITHHELD, NOT_AVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
"""The Government Analysis Function's shorthand."""

_EVERYONE = "All councils"
_EVERYTHING = "All behaviours"


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """A column: heading, number format (none for text) and width in pixels."""

    heading: str
    number_format: str = ""
    width: int = 128


@dataclass(frozen=True, slots=True)
class Published:
    """One table: its kind (a key of the words), columns, rows, and the fact in its title."""

    kind: str
    columns: tuple[PublishedColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    fact: str = ""
    partner: int = 0
    """How many tables on the one with its counts is (1), or the one with its averages (-1)."""


def publication_tables(shown: Publishable, asked: Asked) -> list[Published]:
    """Every table that may be published, in order."""
    tables = [_response(asked, fact) for fact in shown.facts]
    whole = not shown.is_too_few
    if whole:
        tables += [_headline(shown), _behaviours(shown), _distribution(shown), _targets(shown)]
    named = shown.name_councils and shown.tables.assessments
    if whole or named:
        for fact in shown.facts:
            tables += _by_groups(shown, fact)
    if whole and shown.tables.has_previous:
        tables.append(_movement(shown))
    if named:
        tables += _by_councils(shown)
    return tables


def fact_name(fact: str) -> str:
    """A fact's name in a sentence: ``council type``."""
    return fact.replace("_", " ")


# --- Columns and cells


def _text(heading: str, width: int = 230) -> PublishedColumn:
    return PublishedColumn(heading, "", width)


def _count(heading: str, width: int = 128) -> PublishedColumn:
    return PublishedColumn(heading, "#,##0", width)


def _mean(heading: str) -> PublishedColumn:
    return PublishedColumn(heading, "0.0")


def _gap(heading: str) -> PublishedColumn:
    return PublishedColumn(heading, "+0.0;-0.0;0.0")


def _average(value: float, count: float, *, withheld: bool = False) -> Value:
    """An average as published: the value itself is rounded, not only its format."""
    if withheld:
        return WITHHELD
    return float(one_decimal(float(value))) if count else NOT_AVAILABLE


def _counted(value: float, *, withheld: bool = False) -> Value:
    return WITHHELD if withheld else int(value)


def _share(part: float, whole: float, *, withheld: bool = False) -> Value:
    """A share in whole per cent, halves rounded up."""
    if withheld:
        return WITHHELD
    return (200 * int(part) + int(whole)) // (2 * int(whole)) if whole else NOT_APPLICABLE


# --- The response


def _response(asked: Asked, fact: str) -> Published:
    """Who was asked and who took part, which is not confidential however few they are."""
    known = {council.gss_code: council.fact(fact) for council in asked.councils.councils}
    groups = known | dict.fromkeys(asked.returned - known.keys(), UNKNOWN)
    invited, returned = Counter(groups.values()), Counter(groups[code] for code in asked.returned)
    rows = [_response_row(name, invited[name], returned[name]) for name in sorted(invited)]
    rows.append(_response_row(_EVERYONE, invited.total(), returned.total()))
    columns = (_group_column(fact), _count("Asked"), _count("Took part"), _count("Response rate (per cent)"))
    return Published("response", columns, tuple(rows), fact)


def _response_row(name: str, asked: int, returned: int) -> tuple[Value, ...]:
    return (name, asked, returned, _share(returned, asked))


def _group_column(fact: str) -> PublishedColumn:
    return _text(fact_name(fact).capitalize(), 260)


# --- Over all councils


def _headline(shown: Publishable) -> Published:
    columns = (_text("Level of detail", 130), _text("Name", 260), *_figure_columns())
    rows = [(*_level_and_name(shown, name), *_headline_values(shown, name)) for name in shown.names]
    return Published("headline", columns, tuple(rows))


def _level_and_name(shown: Publishable, name: RowName) -> tuple[Value, ...]:
    by, code = name
    if by == "area":
        area = shown.tables.framework.area_by_code[code]
        return area.name if area == shown.tables.framework.enablers else "Key area", area.sheet
    return ("All", _EVERYTHING) if name == ALL else ("Theme", code)


def _behaviours(shown: Publishable) -> Published:
    rows = [(*names, *_headline_values(shown, ("ref", code))) for code, names in _named(shown.tables)]
    return Published("behaviours", (*_name_columns(), *_figure_columns()), tuple(rows))


def _name_columns() -> tuple[PublishedColumn, ...]:
    return _text("Key area", 270), _text("Ref", 80), _text("Behaviour", 300)


def _named(tables: Tables) -> Iterator[tuple[str, tuple[Value, ...]]]:
    """Each behaviour's code, with its key area, code and name as values."""
    for behaviour in tables.framework.behaviours:
        area = tables.framework.area_by_code[behaviour.code]
        yield behaviour.code, (area.sheet, behaviour.code, behaviour.short_name)


def _figure_columns() -> tuple[PublishedColumn, ...]:
    return (
        _count("Councils that gave a level"),
        _count("Current levels given"),
        _mean("Average current level"),
        _count("Target levels given"),
        _mean("Average target level"),
        _count("Answers with both"),
        _gap("Average gap"),
    )


def _headline_values(shown: Publishable, name: RowName) -> tuple[Value, ...]:
    figures = _figures_of(shown.tables, name)
    current, target = name in shown.current, name in shown.targets
    return (
        _counted(len(shown.councils.get(name, ())), withheld=current),
        _counted(figures["applicable"], withheld=current),
        _average(figures["current"], figures["applicable"], withheld=current),
        _counted(figures["targets"], withheld=target),
        _average(figures["target"], figures["targets"], withheld=target),
        _counted(figures["gaps"], withheld=target),
        _average(figures["gap"], figures["gaps"], withheld=target),
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
    levels = shown.tables.framework.levels
    keys = [f"level_{level.number}" for level in levels]
    columns = (
        *_name_columns(),
        *(_count(level.label, 110) for level in levels),
        *(_count(heading, 100) for heading in rest.values()),
        *(_count(f"{level.label} (per cent)", 110) for level in levels),
    )
    rows: list[tuple[Value, ...]] = []
    for code, names in _named(shown.tables):
        figures = _figures_at(table, code)
        few = sum(figures[key] for key in rest) < shown.threshold  # were asked at all
        withheld = few or ("ref", code) in hidden
        counts = [_counted(figures[key], withheld=withheld) for key in (*keys, *rest)]
        shares = [_share(figures[key], figures["applicable"], withheld=withheld) for key in keys]
        rows.append((*names, *counts, *shares))
    return Published(kind, columns, tuple(rows))


def _movement(shown: Publishable) -> Published:
    columns = (
        _text("Level of detail", 130),
        _text("Name", 260),
        _count("All councils: levels last round"),
        _mean("All councils: average last round"),
        _count("All councils: levels this round"),
        _mean("All councils: average this round"),
        _count("Same councils: how many"),
        _count("Same councils: levels in both rounds"),
        _mean("Same councils: average last round"),
        _mean("Same councils: average this round"),
        _gap("Same councils: change"),
    )
    moves = {by: shown.tables.movement(by) for by in ("all", "theme", "area")}
    rows = [(*_level_and_name(shown, name), *_movement_values(shown, name, moves)) for name in shown.names]
    return Published("movement", columns, tuple(rows))


def _movement_values(
    shown: Publishable, name: RowName, moves: Mapping[str, pd.DataFrame]
) -> tuple[Value, ...]:
    by, code = name
    figures = _figures_at(moves[by], code)
    earlier, now, same = name in shown.earlier, name in shown.current, name in shown.same
    return (
        _counted(figures["all_last_count"], withheld=earlier),
        _average(figures["all_last"], figures["all_last_count"], withheld=earlier),
        _counted(figures["all_now_count"], withheld=now),
        _average(figures["all_now"], figures["all_now_count"], withheld=now),
        _counted(figures["councils"], withheld=same),
        _counted(figures["pairs"], withheld=same),
        *(
            _average(figures[key], figures["pairs"], withheld=same)
            for key in ("same_last", "same_now", "change")
        ),
    )


# --- By groups of councils, and by council


def _by_groups(shown: Publishable, fact: str) -> list[Published]:
    """The averages of each group, and the number of councils behind each."""
    rows = [*_group_rows(shown, fact), (_EVERYONE, *_all_rows(shown))]
    return _pair(shown, ("averages", "counts"), fact, _group_column(fact), rows)


def _group_rows(shown: Publishable, fact: str) -> Iterator[tuple[str, list[Value], list[Value]]]:
    """Each group with its averages and its counts."""
    means = {"all": shown.tables.groups(fact), "area": shown.tables.groups(fact, "area")}
    for name, cells in shown.groups[fact].items():
        averages, counts = list[Value](), list[Value]()
        for code in _codes(shown):
            withheld = name in shown.hidden_groups[fact] or _is_hidden(shown, code)
            size, table = len(cells[code]), means["all" if code == "all" else "area"]
            mean = _figures_at(table, name if code == "all" else (name, code))["current"] if size else 0.0
            averages.append(_average(mean, size, withheld=withheld))
            counts.append(_counted(size, withheld=withheld))
        yield name, averages, counts


def _all_rows(shown: Publishable) -> tuple[list[Value], list[Value]]:
    """The averages over all councils, and the number of councils behind each."""
    averages, counts = list[Value](), list[Value]()
    for code in _codes(shown):
        name = ALL if code == "all" else ("area", code)
        size, withheld = len(shown.councils.get(name, ())), _is_hidden(shown, code)
        averages.append(_average(_figures_of(shown.tables, name)["current"], size, withheld=withheld))
        counts.append(_counted(size, withheld=withheld))
    return averages, counts


def _codes(shown: Publishable) -> tuple[str, ...]:
    return ("all", *(area.code for area in shown.areas))


def _is_hidden(shown: Publishable, code: str) -> bool:
    """Whether a column is withheld for all councils; if they are named, it is there for all to see."""
    name = ALL if code == "all" else ("area", code)
    return name in shown.current and not shown.name_councils


def _pair(
    shown: Publishable,
    kinds: tuple[str, str],
    fact: str,
    first: PublishedColumn,
    rows: Sequence[tuple[str, list[Value], list[Value]]],
) -> list[Published]:
    """A table of averages, then the same table of counts."""
    headings = [_EVERYTHING, *(area.sheet for area in shown.areas)]
    averages = tuple((name, *cells) for name, cells, _ in rows)
    counts = tuple((name, *cells) for name, _, cells in rows)
    return [
        Published(kinds[0], (first, *map(_mean, headings)), averages, fact, 1),
        Published(kinds[1], (first, *map(_count, headings)), counts, fact, -1),
    ]


def _by_councils(shown: Publishable) -> list[Published]:
    """The averages of each council by name, and the number of behaviours behind each."""
    rows: list[tuple[str, list[Value], list[Value]]] = []
    for position, (_, council) in enumerate(shown.tables.councils.iterrows()):
        own = shown.tables.answers[shown.tables.answers["position"] == position]
        given = own.groupby("area")["current"].count().to_dict() | {"all": council["applicable"]}
        means = {**_figures_at(shown.tables.heat, position), "all": council["current"]}
        sizes = [int(given.get(code, 0)) for code in _codes(shown)]
        averages = [_average(means[code], size) for code, size in zip(_codes(shown), sizes, strict=True)]
        rows.append((str(council["council"]), averages, list(sizes)))
    kinds = ("council_averages", "council_counts")
    return _pair(shown, kinds, "", _text("Council", 320), rows)

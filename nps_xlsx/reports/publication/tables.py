"""The tables of publication.xlsx as rows of cells, with what is withheld left out."""

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
from nps_xlsx.model import Behaviour
from nps_xlsx.model.scores import one_decimal
from nps_xlsx.workbook import layout

Cell = str | int | float
Figures = Mapping[str, float]

WORDS: Mapping[str, Any] = tomllib.loads(
    files("nps_xlsx.reports.publication").joinpath("publication.toml").read_text(encoding="utf-8")
)
"""What the publication says: cover, notes, titles."""

WITHHELD, NOT_AVAILABLE, NOT_APPLICABLE = "[c]", "[x]", "[z]"
"""The Government Analysis Function's shorthand."""

_EVERYONE = "All councils"
_EVERYTHING = "All behaviours"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a published table: its heading, number format (none for text) and width in pixels."""

    heading: str
    number_format: str = ""
    width: int = 128


@dataclass(frozen=True, slots=True)
class Published:
    """One table: its kind (a key of the words), what fills its title, its columns and rows."""

    kind: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    fact: str = ""
    partner: int = 0
    """Where the table stands that holds its counts, or its averages: one after it, or one before."""


def publication_tables(shown: Publishable, asked: Asked) -> list[Published]:
    """Every table that may be published, in order."""
    found = [_response(asked, fact) for fact in shown.facts]
    whole = not shown.is_too_few
    if whole:
        found += [_headline(shown), _behaviours(shown), _distribution(shown), _aims(shown)]
    named = shown.name_councils and shown.tables.assessments
    if whole or named:
        for fact in shown.facts:
            found += _by_groups(shown, fact)
    if whole and shown.tables.has_previous:
        found.append(_movement(shown))
    if named:
        found += _by_councils(shown)
    return found


def fact_name(fact: str) -> str:
    """A fact's name in a sentence: ``council type``."""
    return fact.replace("_", " ")


# --- Columns and cells


def _text(heading: str, width: int = 230) -> Column:
    return Column(heading, "", width)


def _count(heading: str, width: int = 128) -> Column:
    return Column(heading, "#,##0", width)


def _mean(heading: str) -> Column:
    return Column(heading, "0.0")


def _gap(heading: str) -> Column:
    return Column(heading, "+0.0;-0.0;0.0")


def _average(value: float, count: float, *, withheld: bool = False) -> Cell:
    """An average as it is published, rounded in the cell itself and not only in its looks."""
    if withheld:
        return WITHHELD
    return float(one_decimal(float(value))) if count else NOT_AVAILABLE


def _number(value: float, *, withheld: bool = False) -> Cell:
    return WITHHELD if withheld else int(value)


def _share(part: float, whole: float, *, withheld: bool = False) -> Cell:
    """A share in whole per cent, halves up."""
    if withheld:
        return WITHHELD
    return (200 * int(part) + int(whole)) // (2 * int(whole)) if whole else NOT_APPLICABLE


# --- The response


def _response(asked: Asked, fact: str) -> Published:
    """Who was asked and who took part; that is not confidential, however few they are."""
    known = {council.gss_code: council.fact(fact) for council in asked.councils.councils}
    groups = known | dict.fromkeys(asked.returned - known.keys(), UNKNOWN)
    invited, returned = Counter(groups.values()), Counter(groups[code] for code in asked.returned)
    rows = [_response_row(name, invited[name], returned[name]) for name in sorted(invited)]
    rows.append(_response_row(_EVERYONE, invited.total(), returned.total()))
    columns = (_group_column(fact), _count("Asked"), _count("Took part"), _count("Response rate (per cent)"))
    return Published("response", columns, tuple(rows), fact)


def _response_row(name: str, asked: int, returned: int) -> tuple[Cell, ...]:
    return (name, asked, returned, _share(returned, asked))


def _group_column(fact: str) -> Column:
    return _text(fact_name(fact).capitalize(), 260)


# --- Over all councils


def _headline(shown: Publishable) -> Published:
    columns = (_text("Level of detail", 130), _text("Name", 260), *_figure_columns())
    rows = [(*_named(shown, name), *_figures(shown, name)) for name in shown.names]
    return Published("headline", columns, tuple(rows))


def _named(shown: Publishable, name: RowName) -> tuple[Cell, ...]:
    by, code = name
    if by == "area":
        area = shown.tables.framework.area_by_code[code]
        return area.name if area == shown.tables.framework.enablers else "Key area", area.sheet
    return ("All", _EVERYTHING) if name == ALL else ("Theme", code)


def _behaviours(shown: Publishable) -> Published:
    rows = [(*place, *_figures(shown, ("ref", one.code))) for one, place in _places(shown.tables)]
    return Published("behaviours", (*_place_columns(), *_figure_columns()), tuple(rows))


def _place_columns() -> tuple[Column, ...]:
    return _text("Key area", 270), _text("Ref", 80), _text("Behaviour", 300)


def _places(tables: Tables) -> Iterator[tuple[Behaviour, tuple[Cell, ...]]]:
    """Each behaviour with its key area, its code and its name."""
    for behaviour in tables.framework.behaviours:
        area = tables.framework.area_by_code[behaviour.code]
        yield behaviour, (area.sheet, behaviour.code, behaviour.short_name)


def _figure_columns() -> tuple[Column, ...]:
    return (
        _count("Councils that gave a level"),
        _count("Current levels given"),
        _mean("Average current level"),
        _count("Target levels given"),
        _mean("Average target level"),
        _count("Answers with both"),
        _gap("Average gap"),
    )


def _figures(shown: Publishable, name: RowName) -> tuple[Cell, ...]:
    found = _figures_of(shown.tables, name)
    now, aims = name in shown.current, name in shown.aims
    return (
        _number(len(shown.councils.get(name, ())), withheld=now),
        _number(found["applicable"], withheld=now),
        _average(found["current"], found["applicable"], withheld=now),
        _number(found["targets"], withheld=aims),
        _average(found["target"], found["targets"], withheld=aims),
        _number(found["gaps"], withheld=aims),
        _average(found["gap"], found["gaps"], withheld=aims),
    )


def _figures_of(tables: Tables, name: RowName) -> Figures:
    by, code = name
    if by == "all":
        return cast("Figures", tables.overall)
    table = {"theme": tables.themes, "area": tables.areas, "ref": tables.behaviours}[by]
    return _row(table, code)


def _row(table: pd.DataFrame, key: object) -> Figures:
    """A row of a table of figures, by its name."""
    rows: Any = table.loc  # the stubs know no name that may be of several kinds
    return cast("Figures", rows[key])


def _distribution(shown: Publishable) -> Published:
    rest = (
        ("applicable", "Level given"),
        ("not_applicable", layout.NOT_APPLICABLE_LABEL),
        ("blank", "Not answered"),
    )
    return _levels(shown, "distribution", shown.tables.distribution, shown.current, dict(rest))


def _aims(shown: Publishable) -> Published:
    rest = {"applicable": "Target given", "no_target": "No target given"}
    return _levels(shown, "aims", shown.tables.aims, shown.aims, rest)


def _levels(
    shown: Publishable, kind: str, table: pd.DataFrame, hidden: frozenset[RowName], rest: Mapping[str, str]
) -> Published:
    """Counts of each level and of the rest, then the shares of the levels."""
    levels = shown.tables.framework.levels
    keys = [f"level_{level.number}" for level in levels]
    columns = (
        *_place_columns(),
        *(_count(level.label, 110) for level in levels),
        *(_count(heading, 100) for heading in rest.values()),
        *(_count(f"{level.label} (per cent)", 110) for level in levels),
    )
    rows: list[tuple[Cell, ...]] = []
    for behaviour, place in _places(shown.tables):
        found = _row(table, behaviour.code)
        few = sum(found[key] for key in rest) < shown.threshold  # were asked at all
        withheld = few or ("ref", behaviour.code) in hidden
        counts = [_number(found[key], withheld=withheld) for key in (*keys, *rest)]
        shares = [_share(found[key], found["applicable"], withheld=withheld) for key in keys]
        rows.append((*place, *counts, *shares))
    return Published(kind, columns, tuple(rows))


def _movement(shown: Publishable) -> Published:
    columns = (
        *(_text("Level of detail", 130), _text("Name", 260)),
        *(_count("All councils: levels last round"), _mean("All councils: average last round")),
        *(_count("All councils: levels this round"), _mean("All councils: average this round")),
        *(_count("Same councils: how many"), _count("Same councils: levels in both rounds")),
        *(_mean("Same councils: average last round"), _mean("Same councils: average this round")),
        _gap("Same councils: change"),
    )
    moves = {by: shown.tables.movement(by) for by in ("all", "theme", "area")}
    rows = [
        (*_named(shown, name), *_moved(shown, name, _row(moves[name[0]], name[1]))) for name in shown.names
    ]
    return Published("movement", columns, tuple(rows))


def _moved(shown: Publishable, name: RowName, found: Figures) -> tuple[Cell, ...]:
    last, now, same = name in shown.last, name in shown.current, name in shown.same
    pairs = found["pairs"]
    return (
        _number(found["all_last_count"], withheld=last),
        _average(found["all_last"], found["all_last_count"], withheld=last),
        _number(found["all_now_count"], withheld=now),
        _average(found["all_now"], found["all_now_count"], withheld=now),
        _number(found["councils"], withheld=same),
        _number(pairs, withheld=same),
        *(_average(found[key], pairs, withheld=same) for key in ("same_last", "same_now", "change")),
    )


# --- By groups of councils, and by council


def _by_groups(shown: Publishable, fact: str) -> list[Published]:
    """The averages of each group, and how many councils are behind each."""
    rows = [*_group_rows(shown, fact), (_EVERYONE, *_all_rows(shown))]
    return _pair(shown, ("averages", "counts"), fact, _group_column(fact), rows)


def _group_rows(shown: Publishable, fact: str) -> Iterator[tuple[str, list[Cell], list[Cell]]]:
    """Each group with its averages and its counts."""
    means = {"all": shown.tables.groups(fact), "area": shown.tables.groups(fact, "area")}
    for name, cells in shown.groups[fact].items():
        averages: list[Cell] = []
        counts: list[Cell] = []
        for code in _codes(shown):
            withheld = name in shown.hidden_groups[fact] or _is_hidden(shown, code)
            size, table = len(cells[code]), means["all" if code == "all" else "area"]
            mean = _row(table, name if code == "all" else (name, code))["current"] if size else 0.0
            averages.append(_average(mean, size, withheld=withheld))
            counts.append(_number(size, withheld=withheld))
        yield name, averages, counts


def _all_rows(shown: Publishable) -> tuple[list[Cell], list[Cell]]:
    """The averages over all councils, and how many councils are behind each."""
    averages: list[Cell] = []
    counts: list[Cell] = []
    for code in _codes(shown):
        name = ALL if code == "all" else ("area", code)
        size, withheld = len(shown.councils.get(name, ())), _is_hidden(shown, code)
        averages.append(_average(_figures_of(shown.tables, name)["current"], size, withheld=withheld))
        counts.append(_number(size, withheld=withheld))
    return averages, counts


def _codes(shown: Publishable) -> tuple[str, ...]:
    return ("all", *(area.code for area in shown.areas))


def _is_hidden(shown: Publishable, code: str) -> bool:
    """Whether a column is withheld for all councils; where they are named, it is there to be seen."""
    name = ALL if code == "all" else ("area", code)
    return name in shown.current and not shown.name_councils


def _pair(
    shown: Publishable,
    kinds: tuple[str, str],
    fact: str,
    first: Column,
    rows: Sequence[tuple[str, list[Cell], list[Cell]]],
) -> list[Published]:
    """A table of averages and, after it, the like table of counts."""
    headings = [_EVERYTHING, *(area.sheet for area in shown.areas)]
    averages = tuple((name, *cells) for name, cells, _ in rows)
    counts = tuple((name, *cells) for name, _, cells in rows)
    return [
        Published(kinds[0], (first, *map(_mean, headings)), averages, fact, 1),
        Published(kinds[1], (first, *map(_count, headings)), counts, fact, -1),
    ]


def _by_councils(shown: Publishable) -> list[Published]:
    """The averages of each council by name, and how many behaviours are behind each."""
    rows: list[tuple[str, list[Cell], list[Cell]]] = []
    for place, (_, council) in enumerate(shown.tables.councils.iterrows()):
        own = shown.tables.answers[shown.tables.answers["position"] == place]
        given = own.groupby("area")["current"].count().to_dict() | {"all": council["applicable"]}
        means = {**_row(shown.tables.heat, place), "all": council["current"]}
        sizes = [int(given.get(code, 0)) for code in _codes(shown)]
        averages = [_average(means[code], size) for code, size in zip(_codes(shown), sizes, strict=True)]
        rows.append((str(council["council"]), averages, list(sizes)))
    kinds = ("council_averages", "council_counts")
    return _pair(shown, kinds, "", _text("Council", 320), rows)

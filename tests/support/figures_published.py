"""What publication.xlsx and report.html must hold, by the second and independent route."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support import figures as f
from tests.support.figures import ALL, Batch, Council, Entry
from tests.support.figures_compared import Checked, Line, Value

FACTS: dict[str, Callable[[Council], str]] = {"Region": lambda c: c.region, "Council type": lambda c: c.kind}
EVERYONE = "All councils"


# --- publication.xlsx


def average(values: Sequence[int]) -> Value:
    """A published average: to one decimal, with a sign where nobody gave anything."""
    return f.tenth(f.mean(values)) if values else "[x]"


def levels(entries: Sequence[Entry]) -> list[int]:
    return f.known(one.level for one in entries)


def titled(check: Checked, title: str) -> str:
    """The sheet whose title says so."""
    [found] = [name for name, rows in check.cells.items() if str(rows[0][0]).endswith(title)]
    return found


def named(batch: Batch) -> list[tuple[Line, str]]:
    """The rows of the tables over all councils."""
    rows: list[tuple[Line, str]] = [({"Level of detail": "All", "Name": ALL}, ALL)]
    code, name = batch.enablers
    rows += [({"Level of detail": "Theme", "Name": n}, n) for n in batch.themes if n != name]
    for row in batch.areas:
        kind = name if row.area == code else "Key area"
        rows.append(({"Level of detail": kind, "Name": row.sheet}, row.area))
    return rows


def places(batch: Batch) -> list[tuple[Line, str]]:
    """The rows of the tables by behaviour."""
    return [({"Key area": r.sheet, "Ref": r.ref, "Behaviour": r.short}, r.ref) for r in batch.rows]


def published_averages(check: Checked, batch: Batch) -> None:
    """By theme, key area and behaviour."""
    divisions = "theme and key area" if batch.themes else "key area"
    tables = {f"gap, by {divisions}": named(batch), "gap, by behaviour": places(batch)}
    for title, rows in tables.items():
        said = []
        for names, code in rows:
            some = batch.about(code)
            given, aims, gaps = (
                f.known(g) for g in zip(*((e.level, e.aim, e.gap) for e in some), strict=True)
            )
            line: dict[str, Value] = {
                "Councils that gave a level": len({one.council for one in some if one.level}),
                "Current levels given": len(given),
                "Average current level": average(given),
                "Target levels given": len(aims),
                "Average target level": average(aims),
                "Answers with both": len(gaps),
                "Average gap": average(gaps),
            }
            said.append({**names, **line})
        check.compare(titled(check, title), said)


def published_levels(check: Checked, batch: Batch) -> None:
    """How many are at each level, and aim for each."""
    current, target = [], []
    for names, code in places(batch):
        some = batch.about(code)
        given, aims = f.known(one.level for one in some), f.known(one.aim for one in some)
        rest = [sum(one.current == what for one in some) for what in ("NA", None)]
        line: dict[str, Value] = {"Not applicable": rest[0], "Not answered": rest[1]}
        current.append({**names, "Level given": len(given), **line, **shares(batch, given)})
        line = {"Target given": len(aims), "No target given": len(some) - len(aims)}
        target.append({**names, **line, **shares(batch, aims)})
    check.compare(titled(check, "at each current level, by behaviour"), current)
    check.compare(titled(check, "aim for each level, by behaviour"), target)


def shares(batch: Batch, given: Sequence[int]) -> dict[str, Value]:
    counts: dict[str, Value] = {label: given.count(n) for n, label in batch.labels.items()}
    return counts | {
        f"{label} (per cent)": f.per_cent(given.count(n), len(given)) if given else "[z]"
        for n, label in batch.labels.items()
    }


def published_groups(check: Checked, batch: Batch) -> None:
    """The response, and the averages with their counts, by region and by type of council."""
    columns = [ALL, *(row.sheet for row in batch.areas)]
    codes = {one.code for one in batch.councils}
    for heading, of in FACTS.items():
        fact = heading.lower()
        response: list[Line] = []
        means: list[Line] = []
        counts: list[Line] = []
        for name in [*sorted({of(one) for one in batch.asked}), EVERYONE]:
            asked = {one.code for one in batch.asked if name in (of(one), EVERYONE)}
            back = len(codes & asked)
            line: dict[str, Value] = {heading: name, "Asked": len(asked), "Took part": back}
            response.append({**line, "Response rate (per cent)": f.per_cent(back, len(asked))})
            if back:
                own = [one for one in batch.entries if one.council.code in asked and one.level]
                some = {column: batch.about(column, own) for column in columns}
                means.append({heading: name, **{c: average(levels(s)) for c, s in some.items()}})
                counts.append({heading: name, **{c: len({e.council for e in s}) for c, s in some.items()}})
        check.compare(titled(check, f"Response by {fact}"), response)
        check.compare(titled(check, f"Average current level by {fact} and key area"), means)
        check.compare(titled(check, f"behind the averages by {fact} and key area"), counts)


def published_movement(check: Checked, batch: Batch) -> None:
    """All councils of each round, and the same councils in both."""
    said = []
    for names, code in named(batch):
        now = f.known(one.level for one in batch.about(code))
        last = f.known(one.level for one in batch.about(code, batch.before))
        both = [one for one in batch.about(code) if one.change is not None]
        line: dict[str, Value] = {
            "All councils: levels last round": len(last),
            "All councils: average last round": average(last),
            "All councils: levels this round": len(now),
            "All councils: average this round": average(now),
            "Same councils: how many": len({one.council for one in both}),
            "Same councils: levels in both rounds": len(both),
            "Same councils: average last round": average(f.known(one.last for one in both)),
            "Same councils: average this round": average(f.known(one.level for one in both)),
            "Same councils: change": average(f.known(one.change for one in both)),
        }
        said.append({**names, **line})
    check.compare(titled(check, "in round 2022, by key area"), said)


PUBLISHED = (published_averages, published_levels, published_groups, published_movement)


# --- report.html


def page_data(out: Path) -> dict[str, Any]:
    """What the page holds of every group that it shows."""
    page = (out / "report.html").read_text(encoding="utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def withheld(data: Mapping[str, Any], batch: Batch) -> dict[tuple[str, str], set[str]]:
    """The behaviours whose levels the page withholds, for all councils, each region and each type."""
    found = {}
    for key, shown in data["groups"].items():
        region, kind = (int(number) for number in key.split(","))
        if region and kind:
            continue
        name = data["regions"][region - 1] if region else data["types"][kind - 1] if kind else "All councils"
        group = ("region" if region else "type" if kind else "all", name)
        pairs = zip(batch.rows, shown["levels"], strict=True)
        found[group] = {row.ref for row, counts in pairs if counts is None}
    return found


def where_shown(shown: list[Any] | None, follows: list[Any]) -> list[Any] | None:
    """The counts that follow, but for those of behaviours that are withheld."""
    if shown is None:
        return None
    return [None if one is None else other for one, other in zip(shown, follows, strict=True)]


def group(batch: Batch, region: str | None, kind: str | None) -> dict[str, Any]:
    """What the page must hold of a group of councils."""
    own = [e for e in batch.entries if region in (None, e.council.region) and kind in (None, e.council.kind)]
    by_ref = [batch.about(row.ref, own) for row in batch.rows]
    levels = [[one.current for one in some] for some in by_ref]
    aims = [[one.target for one in some] for some in by_ref]
    moved = [f.known(one.change for one in batch.about(row.area, own)) for row in batch.areas]
    return {
        "councils": len({one.council for one in own}),
        "levels": [[some.count(what) for what in (*batch.labels, "NA", None)] for some in levels],
        "targets": [[some.count(number) for number in batch.labels] for some in aims],
        "change": [[len(some), sum(some)] for some in moved],
    }


def page_differs(out: Path, batch: Batch) -> list[str]:
    """The groups of the page, and its counts of who returned, that are not what answers.csv gives."""
    data = page_data(out)
    regions, kinds = ([None, *data[name]] for name in ("regions", "types"))
    wrong = []
    for key, shown in data["groups"].items():
        region, kind = (names[int(n)] for names, n in zip((regions, kinds), key.split(","), strict=True))
        follows = group(batch, region, kind)
        parts = {name: where_shown(shown[name], follows[name]) for name in ("levels", "targets", "change")}
        wrong += [f"{key}: {shown} is published, {follows} follows"] if shown != follows | parts else []
    codes = {one.code for one in batch.councils}
    for region, kind, back, asked in data["responses"]:
        some = {c.code for c in batch.asked if (c.region, c.kind) == (regions[region], kinds[kind])}
        wrong += (
            [f"{region}, {kind}: {back} of {asked}"]
            if (back, asked) != (len(some & codes), len(some))
            else []
        )
    return wrong

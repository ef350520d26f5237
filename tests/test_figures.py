"""Every number that ingest publishes follows from answers.csv, by a second and independent route."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from nps_xlsx.model import Council as Listed
from nps_xlsx.model import Framework, Return, Status
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.reports.listings import LISTINGS, all_rows, to_csv
from nps_xlsx.reports.outputs import Scope, write_outputs
from tests.support import figures as f
from tests.support.batches import as_returns, made_up
from tests.support.figures import ALL, Batch, Council, Entry, Peers
from tests.support.figures_compared import CONSOLIDATED, WITHHELD, Checked, Line, Value
from tests.support.figures_of_councils import check_feedback, check_plan

DATA = Path(__file__).parent.parent / "framework_data"
FACTS: dict[str, Callable[[Council], str]] = {"Region": lambda c: c.region, "Council type": lambda c: c.kind}
EVERYONE = "All councils"


# --- The batch


@dataclass(frozen=True)
class Made:
    """The documents of a made-up batch, and its answers as the files have them."""

    out: Path
    batch: Batch
    peers: Peers


def chosen(register: Register) -> list[Listed]:
    """Eighty principal councils: one of each region and type, London with the City, the rest by chance."""
    councils = register.principal().councils
    first = list({(c.region, c.council_type): c for c in councils}.values())
    first += [c for c in councils if c.region == "London" and c not in first][:7]
    rest = [c for c in councils if c not in first]
    return [*first, *random.Random(11).sample(rest, 80 - len(first))]  # noqa: S311 - the same each time


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, framework: Framework) -> Made:
    """Seventy councils, one with three respondents; 45 of them, and ten others, in an earlier round.

    Of the earlier round only answers.csv is written: its other documents would take as long again.
    """
    out, earlier = tmp_path_factory.mktemp("now"), tmp_path_factory.mktemp("before")
    register = load_register()
    councils = chosen(register)
    now = [made_up(one, framework, 3) for one in councils[:70]]
    several = [replace(made_up(councils[40], framework, n), respondent=f"No. {n}") for n in (4, 5, 6)]
    before = [made_up(one, framework, 7, round_="2022") for one in councils[25:]]
    returns = as_returns([*now[:40], *several, *now[41:]])
    old = Return("old.xlsx", "o", Status.SUPERSEDED, now[0], superseded_by="0.xlsx")
    returns += [old, Return("bad.xlsx", "b", Status.REFUSED)]
    families = {one.gss_code: "ABC"[n % 3] for n, one in enumerate(councils[:45])}
    scope = Scope(previous={one.gss_code: one for one in before}, families=families)
    write_outputs(returns, out, framework, register, scope)
    listed = all_rows(as_returns(before), (), framework)["answers.csv"]
    (earlier / "answers.csv").write_bytes(to_csv(LISTINGS["answers.csv"].columns, listed))
    batch = Batch(DATA, out / "answers.csv", earlier / "answers.csv")
    return Made(out, batch, Peers(batch, families, withheld(page_data(out), batch)))


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
    rows += [({"Level of detail": "Theme", "Name": n}, n) for n in batch.themes if n != f.ENABLERS]
    for row in batch.areas:
        kind = f.ENABLERS if row.theme == f.ENABLERS else "Key area"
        rows.append(({"Level of detail": kind, "Name": row.sheet}, row.area))
    return rows


def places(batch: Batch) -> list[tuple[Line, str]]:
    """The rows of the tables by behaviour."""
    return [({"Key area": r.sheet, "Ref": r.ref, "Behaviour": r.short}, r.ref) for r in batch.rows]


def published_averages(check: Checked, batch: Batch) -> None:
    """By theme, key area and behaviour."""
    tables = {"by theme and key area": named(batch), "gap, by behaviour": places(batch)}
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


# --- The tests

NOT_FIGURES = {("Notes", 0)}
"""Sheets and columns of numbers that count nothing: the numbers of the notes."""

DOCUMENTS = {"consolidated.xlsx": 5000, "publication.xlsx": 2000, "feedback": 70_000, "action-plans": 6000}
"""How many numbers each holds at least."""


@pytest.fixture(scope="module")
def checks(made: Made) -> dict[str, list[Checked]]:
    """Every workbook, compared with what answers.csv gives."""
    consolidated, publication = (Checked(made.out / name) for name in list(DOCUMENTS)[:2])
    for compare in CONSOLIDATED:
        compare(consolidated, made.batch)
    ranks = [row["Rank"][1] for row in consolidated.table("Gaps", ["Rank", "Ref"])]
    assert len(set(ranks)) < len(ranks), "there are equals, so that it shows how they are ranked"
    for compare in PUBLISHED:
        compare(publication, made.batch)
    councils = made.batch.councils
    feedback = [check_feedback(made.out, made.peers, council) for council in councils]
    plans = [check_plan(made.out, made.peers, council) for council in councils]
    return dict(zip(DOCUMENTS, ([consolidated], [publication], feedback, plans), strict=True))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_numbers_follow_from_the_answers(document: str, checks: dict[str, list[Checked]]) -> None:
    """Each number of the document, and each that stands in a sentence, is the one that answers.csv gives."""
    assert [fault for check in checks[document] for fault in check.wrong] == []
    assert document == "publication.xlsx" or not any(check.withheld for check in checks[document])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_number_is_left_unchecked(document: str, checks: dict[str, list[Checked]]) -> None:
    """Every cell that holds a number was compared, save the numbers of notes."""
    numbers = [(check.path.name, place) for check in checks[document] for place in check.numbers]
    seen = {(check.path.name, place) for check in checks[document] for place in check.seen}
    left = [(n, place) for n, place in numbers if (n, place) not in seen]
    assert [(n, place) for n, place in left if (place.sheet, place.col) not in NOT_FIGURES] == []
    assert len(numbers) - len(left) >= DOCUMENTS[document]


def test_what_is_withheld_is_explained(made: Made, checks: dict[str, list[Checked]]) -> None:
    """Figures are withheld by whole groups, those of few and enough beside them, with a legend and a note."""
    [check] = checks["publication.xlsx"]
    notes = check.table("Notes", ["Note number", "Note name"])
    [number] = [row["Note number"][1] for row in notes if row["Note name"][1] == "Figures that are withheld"]
    assert check.withheld
    for sheet in {place.sheet for place in check.withheld}:
        texts = [str(row[0]) for row in check.cells[sheet]]
        assert any(text.startswith(f"{WITHHELD} =") for text in texts)
        assert f"[note {number:.0f}]" in texts[1]
    explained = set()
    for heading, of in FACTS.items():
        for title in ("Average current level", "Number of councils behind the averages"):
            rows = check.table(titled(check, f"{title} by {heading.lower()} and key area"), [heading, ALL])
            hidden = {str(row[heading][1]) for row in rows if WITHHELD in {cell for _, cell in row.values()}}
            few = {name for name, sizes in group_sizes(made.batch, of).items() if min(sizes) < f.FEW}
            assert few <= hidden
            together = [group_sizes(made.batch, of)[name] for name in hidden]
            assert len(hidden) != 1
            assert all(sum(column) >= f.FEW for column in zip(*together, strict=True))
            own = [row for row in rows if row[heading][1] in hidden]
            explained |= {place for row in own for name, (place, _) in row.items() if name != heading}
    assert check.withheld == explained


def group_sizes(batch: Batch, of: Callable[[Council], str]) -> dict[str, list[int]]:
    """By group, how many of its councils gave a level: at all, and in each key area."""
    found = {}
    for name in {of(one) for one in batch.councils}:
        own = [one for one in batch.entries if of(one.council) == name and one.level]
        codes = [ALL, *(row.area for row in batch.areas)]
        found[name] = [len({one.council for one in batch.about(code, own)}) for code in codes]
    return found


def test_the_page_holds_the_counts_of_the_answers(made: Made) -> None:
    """Each group in the page has the counts that answers.csv gives, and its councils are counted."""
    data = page_data(made.out)
    regions, kinds = ([None, *data[name]] for name in ("regions", "types"))
    batch = made.batch
    for key, shown in data["groups"].items():
        region, kind = (names[int(n)] for names, n in zip((regions, kinds), key.split(","), strict=True))
        follows = group(batch, region, kind)
        parts = {name: where_shown(shown[name], follows[name]) for name in ("levels", "targets", "change")}
        assert shown == follows | parts
        assert sum(counts is not None for counts in shown["levels"]) > len(batch.rows) / 2
    codes = {one.code for one in batch.councils}
    for region, kind, back, asked in data["responses"]:
        some = {c.code for c in batch.asked if (c.region, c.kind) == (regions[region], kinds[kind])}
        assert (back, asked) == (len(some & codes), len(some))
    assert sum(asked for *_, asked in data["responses"]) == len(batch.asked)
    assert data["groups"]["0,0"] == group(batch, None, None)
    assert len(data["groups"]) > 5

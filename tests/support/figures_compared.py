"""Workbooks of figures, cell by cell: what was compared, and what consolidated.xlsx must hold."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineWorkbook

from tests.support import figures as f
from tests.support.figures import ALL, Batch, Council, Entry

Value = int | Fraction | str | list[f.Number] | None
"""What a cell must hold; of a list, the numbers that its text says."""


class Begins(str):
    """What a text must begin with."""

    __slots__ = ()


Line = Mapping[str, Value]


WITHHELD = "[c]"


class Place(NamedTuple):
    sheet: str
    row: int
    col: int


@dataclass
class Checked:
    """A workbook, and which of its cells were compared with what they must hold."""

    path: Path
    seen: set[Place] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    withheld: set[Place] = field(default_factory=set)
    """Cells with the sign of what is confidential in place of their number."""

    @cached_property
    def cells(self) -> Mapping[str, Sequence[Sequence[object]]]:
        """The cells of each sheet, row by row."""
        book = CalamineWorkbook.from_path(self.path)
        return {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names}

    def table(self, sheet: str, headings: Iterable[str]) -> list[dict[str, tuple[Place, object]]]:
        """The rows under these headings, wherever they stand; a heading that comes again gets a number."""
        wanted = set(headings)
        for number, cells in enumerate(self.cells.get(sheet, [])):
            names: dict[str, int] = {}
            for col, cell in enumerate(cells):
                if name := str(cell).strip():
                    names[name if name not in names else f"{name} 2"] = col
            if wanted <= names.keys():
                rows = enumerate(self.cells[sheet][number + 1 :], start=number + 1)
                own = takewhile(lambda one: sum(cell != "" for cell in one[1]) > 1, rows)
                return [{n: (Place(sheet, r, c), row[c]) for n, c in names.items()} for r, row in own]
        self.wrong.append(f"{self.path.name}, {sheet}: no table with {sorted(wanted)}")
        return []

    def compare(self, sheet: str, lines: Sequence[Line]) -> None:
        """A table has these rows, in this order; if there are none, the sheet numbers no row."""
        if not lines:
            numbered = [row for row in self.cells.get(sheet, []) if row[:1] == [1]]
            self.wrong += [f"{self.path.name}, {sheet}: {row} is published" for row in numbered]
            return
        table = self.table(sheet, lines[0])
        if len(table) != len(lines):
            self.wrong.append(f"{self.path.name}, {sheet}: {len(table)} rows, not {len(lines)}")
        for row, line in zip(table, lines, strict=False):
            for heading, value in line.items():
                place, cell = row[heading]
                self.say(place, heading, cell, value)

    def say(self, place: Place, heading: str, cell: object, value: Value) -> None:
        self.seen.add(place)
        if cell == WITHHELD:
            self.withheld.add(place)
            return
        if not is_same(cell, value):
            at = f"{place.sheet}!R{place.row + 1}C{place.col + 1} ({heading})"
            self.wrong.append(f"{self.path.name}, {at}: {cell!r} is published, {value} follows")

    def text(self, sheet: str, beginning: str, numbers: Sequence[f.Number | None]) -> None:
        """The text that begins so says these numbers."""
        found = [str(cell) for row in self.cells[sheet] for cell in row if str(cell).startswith(beginning)]
        if [numbers_in(one) for one in found] != [numbers]:
            self.wrong.append(f"{self.path.name}, {sheet}: {found} is published, {numbers} follows")

    @property
    def numbers(self) -> set[Place]:
        """Every cell that holds a number."""
        return {
            Place(sheet, row, col)
            for sheet, rows in self.cells.items()
            for row, cells in enumerate(rows)
            for col, cell in enumerate(cells)
            if isinstance(cell, int | float)
        }


def is_same(cell: object, value: Value) -> bool:
    """Whether a cell holds a value: a number but for what sixteen digits leave, a text to the letter."""
    if value is None:
        return cell == ""
    if isinstance(value, Begins):
        return str(cell).startswith(value)
    if isinstance(value, str):
        return cell == value
    if isinstance(value, list):
        return isinstance(cell, str) and numbers_in(cell) == value
    return isinstance(cell, int | float) and abs(Fraction(cell) - value) < Fraction(1, 10**9)


def numbers_in(text: str) -> list[Fraction]:
    return [Fraction(found.replace(",", "")) for found in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]


# --- consolidated.xlsx


def summary(batch: Batch, entries: Sequence[Entry]) -> dict[str, Value]:
    """Counts, averages and gap as the consolidated workbook heads them."""
    current = f.mean(one.level for one in entries)
    return {
        "Behaviours": len(entries),
        "Answered": sum(one.current is not None for one in entries),
        "Not applicable": sum(one.current == "NA" for one in entries),
        "Level given": len(f.known(one.level for one in entries)),
        "Average current": current,
        "Nearest level": f.nearest(current, batch.levels),
        "Target given": len(f.known(one.aim for one in entries)),
        "Average target": f.mean(one.aim for one in entries),
        "Both given": len(f.known(one.gap for one in entries)),
        "Average gap": f.mean(one.gap for one in entries),
    }


def by_area(batch: Batch, entries: Sequence[Entry]) -> dict[str, Value]:
    """The average of each key area."""
    return {r.sheet: f.mean(one.level for one in batch.about(r.area, entries)) for r in batch.areas}


def named(row: f.Row) -> dict[str, Value]:
    return {"No.": row.number, "Ref": row.ref, "Key area": row.sheet, "Behaviour": row.short}


def overview(check: Checked, batch: Batch) -> None:
    """The headline figures, with what they count."""
    returns = f.read_csv(check.path.parent / "returns.csv")
    status = [row["status"] for row in returns]
    found, whole = summary(batch, batch.entries), len(batch.rows)
    figures: dict[str, Value] = {
        "Files read": len(returns),
        "Returns used": status.count("accepted"),
        "Files refused": status.count("refused"),
        "Files put aside": len(status) - status.count("accepted") - status.count("refused"),
        "Councils asked": len(batch.asked),
        "Councils": len(batch.councils),
        "Complete returns": sum(summary(batch, batch.of(c))["Answered"] == whole for c in batch.councils),
        "Average current level": found["Average current"],
        "Average target level": found["Average target"],
        "Average gap": found["Average gap"],
        "Problems": len(f.read_csv(check.path.parent / "problems.csv")),
    }
    said = [{"Headline": name, "Figure": value} for name, value in figures.items()]
    for line, key in zip(said[7:10], ("Level given", "Target given", "Both given"), strict=True):
        line["What it counts"] = [Fraction(str(found[key]))]
    check.compare("Overview", said)


def averages(check: Checked, batch: Batch) -> None:
    """By council, theme, key area and behaviour; the heat map."""
    said = [{"Council": c.name, **summary(batch, batch.of(c))} for c in batch.councils]
    check.compare("Councils", said)
    every = [(c.name, batch.of(c)) for c in batch.councils] + [("All returns", batch.entries)]
    heat = [{"Council": n, **by_area(batch, e), ALL: f.mean(one.level for one in e)} for n, e in every]
    check.compare("Heat map", heat)
    names = {"Key areas": ("Key area", [r.sheet for r in batch.areas])}
    names |= {"Themes": ("Theme", batch.themes)} if batch.themes else {}
    for sheet, (heading, some) in names.items():
        check.compare(sheet, [{heading: n, **summary(batch, batch.about(n))} for n in [*some, ALL]])
    check.compare("Behaviours", [named(r) | summary(batch, batch.about(r.ref)) for r in batch.rows])


def groups(check: Checked, batch: Batch) -> None:
    """By region and type of council."""
    for heading, fact in (("Region", "region"), ("Type", "kind")):
        members: dict[str, list[Council]] = {}
        for council in batch.councils:
            members.setdefault(str(getattr(council, fact)), []).append(council)
        said = []
        for name, some in sorted(members.items()):
            entries = [one for one in batch.entries if one.council in some]
            line = {"Responses": len(some), **summary(batch, entries), **by_area(batch, entries)}
            said.append({heading: name, **line})
        check.compare(f"By {heading.lower()}", said)


def levels(check: Checked, batch: Batch) -> None:
    """How many are at each level, and aim for each, as counts and shares."""
    current, target = [], []
    for row in batch.rows:
        entries = batch.about(row.ref)
        given, aims = (f.known(some) for some in zip(*((e.level, e.aim) for e in entries), strict=True))
        without = sum(one.current == "NA" for one in entries)
        rest: dict[str, Value] = {
            "Not applicable": without,
            "Not answered": len(entries) - len(given) - without,
        }
        current.append(named(row) | shares(batch, given, "Level given") | rest)
        target.append(named(row) | shares(batch, aims, "Target given"))
        target[-1]["No target"] = len(entries) - len(aims)
    check.compare("Distribution", current)
    check.compare("Targets", target)


def shares(batch: Batch, given: Sequence[int], heading: str) -> dict[str, Value]:
    line: dict[str, Value] = {heading: len(given)}
    for number, label in batch.labels.items():
        line |= {label: given.count(number)}
        line[f"{label}, share"] = Fraction(given.count(number), len(given)) if given else None
    return line


def ranked(check: Checked, batch: Batch) -> None:
    """Gaps by their width, then the ten highest and the ten lowest averages; equals share a rank."""
    by_ref = {row.ref: (row, summary(batch, batch.about(row.ref))) for row in batch.rows}
    keys = ("Average current", "Average target", "Average gap", "Both given")
    gaps = f.ranks(
        {ref: gap for ref, (_, s) in by_ref.items() if isinstance(gap := s["Average gap"], Fraction)}
    )
    check.compare(
        "Gaps",
        [{"Rank": n, **named(by_ref[r][0]), **{k: by_ref[r][1][k] for k in keys}} for r, n in gaps.items()],
    )
    means = {r: m for r, (_, s) in by_ref.items() if isinstance(m := s["Average current"], Fraction)}
    said: list[Line] = []
    for which, sign in (("Strength", 1), ("Weakness", -1)):
        for ref, rank in f.ranks({name: sign * value for name, value in means.items()}).items():
            row, found = by_ref[ref]
            given = f.known(one.level for one in batch.about(ref))
            line = {k: found[k] for k in ("Average current", "Nearest level", "Level given")}
            if batch.good:
                good = sum(level >= batch.good for level in given)
                line |= {f"{batch.levels[batch.good]} or above": good, "Share": Fraction(good, len(given))}
            said += [{"Which": which, "Rank": rank, **named(row), **line}] if rank <= 10 else []
    check.compare("Strengths", said)


def movement(check: Checked, batch: Batch) -> None:
    """All councils of each round, and the answers with a level in both."""
    names = [("All", "", ALL, ALL), *(("Theme", "", name, name) for name in batch.themes)]
    names += [("Key area", row.area, row.sheet, row.area) for row in batch.areas]
    names += [("Behaviour", row.ref, row.short, row.ref) for row in batch.rows]
    said = []
    for group, ref, label, name in names:
        line = moved(batch, name)
        said.append({"Group": group, "Ref": ref, "Name": label, **line})
    check.compare("Movement", said)


def moved(batch: Batch, name: str) -> dict[str, Value]:
    now, last = batch.about(name), batch.about(name, batch.before)
    both = [one for one in now if one.change is not None]
    return {
        "Same councils, last round": f.mean(one.last for one in both),
        "Same councils, this round": f.mean(one.level for one in both),
        "Change": f.mean(one.change for one in both),
        "Answers in both": len(both),
        "Councils in both": len({one.council for one in both}),
        "All councils, last round": f.mean(one.level for one in last),
        "Answers": len(f.known(one.level for one in last)),
        "All councils, this round": f.mean(one.level for one in now),
        "Answers 2": len(f.known(one.level for one in now)),
    }


def response(check: Checked, batch: Batch) -> None:
    """Who was asked and who returned; who has not."""
    codes = {one.code for one in batch.councils}
    said: list[Line] = []
    for of in (lambda c: c.region, lambda c: c.kind, lambda _: "All"):
        for name in sorted({of(one) for one in batch.asked}):
            asked = [one.code for one in batch.asked if of(one) == name]
            back = len(codes & set(asked))
            said.append(
                {
                    "Region or type": name,
                    "Asked": len(asked),
                    "Returned": back,
                    "Share": Fraction(back, len(asked)),
                }
            )
    check.compare("Response", said)
    missing = sorted(
        (one for one in batch.asked if one.code not in codes),
        key=lambda c: (c.region, c.kind, c.name.casefold()),
    )
    check.compare(
        "Response",
        [{"Council": c.name, "GSS code": c.code, "Region": c.region, "Type": c.kind} for c in missing],
    )
    check.text("Response", "Not returned yet", [len(missing)])


def spread(check: Checked, batch: Batch) -> None:
    """How far the respondents of one council are apart, the most divided first."""
    said: list[dict[str, Value]] = []
    for council in batch.councils:
        for row in batch.rows:
            given = [current for current, _ in batch.given[council.code, row.ref]]
            some = sorted(level for level in given if isinstance(level, int))
            if len(given) > 1 and some:
                rest = [n for n in (given.count("NA"), given.count(None)) if n]
                line: dict[str, Value] = {"Council": council.name, "Ref": row.ref, "Respondents": len(given)}
                line |= {"Current levels given": [*some, *rest], "Levels apart": some[-1] - some[0]}
                said.append(line | {"Median": Fraction(statistics.median(some))})
    check.compare("Spread", sorted(said, key=lambda line: -int(str(line["Levels apart"]))))


def decisions(check: Checked, batch: Batch) -> None:
    """What stands out, council by council, then the outliers of each type of council."""
    said = [line for council in batch.councils for line in notable(council, batch.of(council))]
    for kind in sorted({one.kind for one in batch.councils}):
        means = {c: f.mean(one.level for one in batch.of(c)) for c in batch.councils if c.kind == kind}
        given = {council: mean for council, mean in means.items() if mean is not None}
        if len(given) < f.FEW:
            continue
        low, _, high = f.quartiles(given.values())
        reach = Fraction(3, 2) * (high - low)
        for council, mean in given.items():
            if not low - reach <= mean <= high + reach:
                numbers: list[f.Number] = [f.tenth_of(mean), len(given), f.tenth_of(low), f.tenth_of(high)]
                said.append({"What": "Outlier", "Council": council.name, "What was found": numbers})
    check.compare("To decide", said)


def notable(council: Council, own: Sequence[Entry]) -> Iterator[dict[str, Value]]:
    """What stands out in one council's answers, with the numbers that say so."""
    given = f.known(one.level for one in own)
    without = [one for one in own if one.current == "NA"]
    answered = len(given) + len(without)
    found: list[tuple[str, list[tuple[str | int | None, ...]]]] = [
        ("Jumped", [(e.row.ref, e.last, e.level) for e in own if (e.change or 0) >= 2]),
        ("Jumped", [(e.row.ref, e.last, e.level) for e in own if (e.change or 0) <= -2]),
        ("All the same", [(len(given), given[0])] if len(given) >= 10 and len(set(given)) == 1 else []),
        ("Not applicable", [(len(without), answered)] if 3 * len(without) > answered else []),
        ("Target below current", [(e.row.ref, e.level, e.aim) for e in own if (e.gap or 0) < 0]),
    ]
    for what, some in found:
        if some:
            numbers = [number for one in some for part in one for number in numbers_in(str(part))]
            yield {"What": what, "Council": council.name, "What was found": [*numbers]}


CONSOLIDATED = (decisions, overview, averages, groups, levels, ranked, movement, response, spread)

"""What the workbooks of one council must hold: its feedback, and its action plan."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from tests.support import figures as f
from tests.support.figures import ALL, Batch, Council, Entry, Measure, Peers
from tests.support.figures_compared import Begins, Checked, Line, Value


def blocks(
    peers: Peers, council: Council, measures: Sequence[Measure], *, full: bool
) -> list[dict[str, Value]]:
    """The columns of each of the council's groups, for each of these measures."""
    lines: list[dict[str, Value]] = [{} for _ in measures]
    groups = peers.groups(council)
    for kind, name in groups.items():
        shown = [peers.shown(council, kind, measure) for measure in measures]
        if not any(one.kind == kind for one in shown):
            continue
        has_quartiles = (full or kind == "all") and any(one.lower is not None for one in shown)
        is_mixed = any(one.kind not in ("", kind) for one in shown)
        for line, one in zip(lines, shown, strict=True):
            line |= {f"{name}: median": one.median, f"{name}: number": one.councils or None}
            if has_quartiles:
                line |= {f"{name}: lower quartile": one.lower, f"{name}: upper quartile": one.upper}
            if is_mixed:
                line[f"{name}: whose figures"] = Begins(groups[one.kind]) if one.kind else None
    return lines


def compare_all(check: Checked, sheet: str, lines: Sequence[Line]) -> None:
    """Compare a table that shows these groups' columns and no others."""
    check.compare(sheet, lines)
    headings = {heading for row in check.table(sheet, lines[0])[:1] for heading in row if ": " in heading}
    if extra := headings - lines[0].keys():
        check.wrong.append(f"{check.path.name}, {sheet}: {extra} should not be there")


def glance(check: Checked, peers: Peers, council: Council) -> None:
    """The council's averages, beside the medians of its groups."""
    batch, own = peers.batch, peers.batch.of(council)
    codes = [*(row.area for row in batch.areas), ALL]
    compared = blocks(peers, council, [("average", code) for code in codes], full=False)
    said: list[dict[str, Value]] = []
    for name, code, line in zip([*(r.sheet for r in batch.areas), ALL], codes, compared, strict=True):
        some = batch.about(code, own)
        given, aims = f.known(one.level for one in some), f.known(one.aim for one in some)
        mean, median = f.tenth(f.mean(given)), peers.shown(council, "all", ("average", code)).median
        said.append(
            {
                "Key area": name,
                "Levels given": [len(given), len(some)],
                "Your average level": mean,
                "Targets given": [len(aims), len(some)],
                "Your average target": f.tenth(f.mean(aims)),
                "Difference from this median": None if mean is None or median is None else mean - median,
                **line,
            }
        )
    compare_all(check, "At a glance", said)
    given, aims = f.known(one.level for one in own), f.known(one.aim for one in own)
    all_, mean, aim = (
        peers.shown(council, "all", ("average", ALL)),
        f.tenth(f.mean(given)),
        f.tenth(f.mean(aims)),
    )
    if mean is None:
        return
    targets: list[f.Number] = [] if aim is None else [aim, len(aims)]
    check.text("At a glance", "Your average current", [mean, len(given), len(own), *targets])
    apart = [] if all_.median in (None, mean) else [abs(mean - all_.median)]
    figures = (all_.councils, all_.median, all_.lower, all_.upper)
    check.text("At a glance", "The median of all", [*(one for one in figures if one is not None), *apart])


def is_compared(peers: Peers, council: Council) -> bool:
    """Whether the council is shown any median of a behaviour."""
    return any(peers.shown(council, "all", ("level", row.ref)).kind for row in peers.batch.rows)


def told(reach: tuple[int, int] | None) -> list[f.Number]:
    """How many others are at a level: neither none and one, nor all but one and all are told apart."""
    return [min(max(reach[0], 2), reach[1] - 2), reach[1]] if reach else []


def label(batch: Batch, level: f.Level) -> str | None:
    return batch.labels[level] if isinstance(level, int) else "Not applicable" if level else None


def behaviours(check: Checked, peers: Peers, council: Council) -> None:
    """Each behaviour: the own level, and the medians and quartiles of each group."""
    batch = peers.batch
    measures = [("level", row.ref) for row in batch.rows]
    said: list[dict[str, Value]] = []
    for one, line in zip(batch.of(council), blocks(peers, council, measures, full=True), strict=True):
        levels: dict[str, Value] = {"Your level": label(batch, one.current) or "Not answered"}
        levels["Your target"] = label(batch, one.target)
        reached: Value = None if one.level is None else 1
        if one.level is not None and one.level > 1:
            others = peers.reach(council, "all", one.row.ref, one.level)
            is_share = others is not None and told(others) == [*others]
            reached = Fraction(*others) if others and is_share else told(others) or None
        levels |= {"Others at your level or above": reached} if is_compared(peers, council) else {}
        said.append({"Ref": one.row.ref, **levels, **line})
    compare_all(check, "Behaviours", said)


def strengths(check: Checked, peers: Peers, council: Council) -> None:
    """Where the council is furthest above the median of all, or level with it."""
    found, compared = [], is_compared(peers, council)
    for one in peers.batch.of(council):
        all_ = peers.shown(council, "all", ("level", one.row.ref))
        median = all_.median if compared else one.level
        if one.level is not None and one.level > 1 and median is not None and one.level >= median:
            found.append((median - one.level, -one.level, one.row.number, one, all_))
    said = []
    for n, (below, _, _, one, all_) in enumerate(sorted(found, key=lambda x: x[:3])[:5], start=1):
        line: dict[str, Value] = {"No.": n, "Ref": one.row.ref, "Your level": label(peers.batch, one.level)}
        beside = {"All councils: median": all_.median, "Difference from the median": -below}
        said.append(line | ({**beside, "All councils: number": all_.councils} if compared else {}))
    check.compare("Strengths", said)


def to_close(own: Sequence[Entry]) -> list[Entry]:
    """Targets above the current level: the largest gap first (nobody gave a priority here)."""
    return sorted(
        (one for one in own if (one.gap or 0) > 0), key=lambda one: (-(one.gap or 0), one.row.number)
    )


def below(peers: Peers, council: Council) -> list[Entry]:
    """What is below the median of all, the furthest first."""
    found = []
    for one in peers.batch.of(council):
        median = peers.shown(council, "all", ("level", one.row.ref)).median
        if one.level is not None and median is not None and one.level < median:
            found.append((one.level - median, one.row.number, one))
    return [one for _, _, one in sorted(found, key=lambda each: each[:2])]


def steps(check: Checked, peers: Peers, council: Council) -> None:
    """What comes next, and how many others are there already."""
    said: list[Line] = []
    kind = "family" if "family" in peers.groups(council) else "type"
    own = peers.batch.of(council)
    chosen = to_close(own) if f.known(one.aim for one in own) else below(peers, council)
    for n, one in enumerate(chosen[:5], start=1):
        nearest = peers.shown(council, kind, ("level", one.row.ref)).kind
        kinds = ["all", nearest] if nearest not in ("", "all") else ["all"]
        level = (one.level or 0) + 1
        there: list[f.Number] = [t for k in kinds for t in told(peers.reach(council, k, one.row.ref, level))]
        labels = {"Your level": one.level, "Your target": one.target, "Next level": level}
        line: dict[str, Value] = {k: label(peers.batch, v) for k, v in labels.items()}
        if is_compared(peers, council):
            line["Other councils already at the next level or above"] = there or None
        said.append({"No.": n, "Ref": one.row.ref, **line})
    check.compare("Next steps", said)


def changes(peers: Peers, council: Council, kind: str, code: str) -> dict[str, Value]:
    """The council's own change, and those of all councils in both rounds."""
    line: dict[str, Value] = {"Your change": peers.own(council, (kind, code))}
    whole, found = (peers.shown(council, "all", one) for one in (("move", ALL), (kind, code)))
    if whole.median is not None:
        line["In both rounds: median change"] = found.median
        line["In both rounds: number"] = found.councils or None
    if whole.lower is not None:
        line |= {"In both rounds: lower quartile": found.lower, "In both rounds: upper quartile": found.upper}
    return line


def movement(check: Checked, peers: Peers, council: Council) -> None:
    """The council's own change since the earlier round, beside that of the councils in both."""
    batch = peers.batch
    both = [one for one in batch.of(council) if one.change is not None]
    if not both:
        assert "Movement" not in check.cells
        return
    said: list[Line] = []
    for name, code in [*((row.sheet, row.area) for row in batch.areas), (ALL, ALL)]:
        some, whole = batch.about(code, both), len(batch.about(code, batch.of(council)))
        line: dict[str, Value] = {"Key area": name, "Levels in both rounds": [len(some), whole]}
        line["Your average, last round"] = f.tenth(f.mean(one.last for one in some))
        line["Your average, this round"] = f.tenth(f.mean(one.level for one in some))
        said.append({**line, **changes(peers, council, "move", code)})
    compare_all(check, "Movement", said)
    other = sorted((e for e in both if e.change), key=lambda e: (-(e.change or 0), e.row.number))
    rose = sum((one.change or 0) > 0 for one in other)
    check.text("Movement", "Behaviours that rose", [rose, len(other) - rose])
    lines = [{"Last round": label(batch, e.last), "This round": label(batch, e.level)} for e in other]
    rest = [{"Ref": e.row.ref, **changes(peers, council, "step", e.row.ref)} for e in other]
    compare_all(check, "What rose and fell", [{**a, **b} for a, b in zip(lines, rest, strict=True)])


FEEDBACK = (glance, behaviours, strengths, steps, movement)


def check_feedback(out: Path, peers: Peers, council: Council) -> Checked:
    """Every sheet of the feedback to one council."""
    [path] = (out / "feedback").glob(f"*-{council.code}-*.xlsx")
    check = Checked(path)
    for compare in FEEDBACK:
        compare(check, peers, council)
    return check


def check_plan(out: Path, peers: Peers, council: Council) -> Checked:
    """The averages of an action plan, and the order of its steps."""
    [path] = (out / "action-plans").glob(f"*-{council.code}-*.xlsx")
    check, batch = Checked(path), peers.batch
    own, said = batch.of(council), []
    for name in [*(row.sheet for row in batch.areas), ALL]:
        some = batch.about(name, own)
        given, aims, gaps = (f.known(g) for g in zip(*((e.level, e.aim, e.gap) for e in some), strict=True))
        line: dict[str, Value] = {
            "Behaviours": len(some),
            "Level given": len(given),
            "Target given": len(aims),
        }
        line |= {
            "Average current": f.mean(given),
            "Average target": f.mean(aims),
            "Average gap": f.mean(gaps),
        }
        line["Nearest level"] = f.nearest(f.mean(given), batch.levels)
        line["Nearest level 2"] = f.nearest(f.mean(aims), batch.levels)
        said.append({"Key area": name, **line})
    check.compare("Where we are", said)
    check.compare("Action plan", [{"No.": n, "Ref": e.row.ref} for n, e in enumerate(to_close(own), start=1)])
    return check

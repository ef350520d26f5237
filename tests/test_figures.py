"""Every number that ingest publishes follows from answers.csv, by a second and independent route."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from nps_xlsx.model import Council as Listed
from nps_xlsx.model import Framework, Return, Status
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.reports.listings import LISTINGS, all_rows
from nps_xlsx.reports.outputs import Scope, write_outputs
from tests.support import figures as f
from tests.support.batches import as_returns, made_up
from tests.support.figures import ALL, Batch, Council, Peers
from tests.support.figures_compared import CONSOLIDATED, WITHHELD, Checked
from tests.support.figures_of_councils import check_feedback, check_plan
from tests.support.figures_published import FACTS, PUBLISHED, group, page_data, page_differs, titled, withheld

DATA = Path(__file__).parent.parent / "framework_data"


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
    data, batch = page_data(made.out), made.batch
    assert page_differs(made.out, batch) == []
    for shown in data["groups"].values():
        assert sum(counts is not None for counts in shown["levels"]) > len(batch.rows) / 2
    assert sum(asked for *_, asked in data["responses"]) == len(batch.asked)
    assert data["groups"]["0,0"] == group(batch, None, None)
    assert len(data["groups"]) > 5

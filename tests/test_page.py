"""report.html in a real browser: what it shows, to whom, and that it asks nothing of the network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nps_xlsx.figures import accepted
from nps_xlsx.figures.disclosure.groups import allowed
from nps_xlsx.model import Assessment, Council, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.page import report_page
from nps_xlsx.reports.page.html import as_json
from nps_xlsx.rounds.intake import read_returns
from tests.conftest import ROOT
from tests.support.axe import faults_of
from tests.support.rounds import Round, average, levels, make_round, no_level, not_applicable, sampled, tabled

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NOT_FOR_EYES = re.compile(r"\b(NaN|undefined|null|Infinity|\[object)\b")


@dataclass
class Opened:
    """A page in the browser, with what it said and what it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked_for: list[str] = field(default_factory=list)

    def wait(self, shown: str = "0,0") -> None:
        """Until everything is drawn for a region and a type, by their places in the lists."""
        self.page.wait_for_function("want => document.documentElement.dataset.shown === want", arg=shown)

    def choose(self, region: str = "", kind: str = "") -> None:
        """Choose from both lists."""
        places = []
        for label, wanted in (("Region", region), ("Type of council", kind)):
            box = self.page.get_by_label(label, exact=True)
            box.select_option(label=wanted) if wanted else box.select_option(index=0)
            places.append(box.input_value())
        self.wait(",".join(places))

    def text(self, css: str = "body") -> str:
        return self.page.locator(css).first.inner_text()

    def table(self, css: str) -> list[dict[str, str]]:
        """The rows of a table by heading."""
        found = self.page.locator(f"{css} tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )
        heading, *rows = found
        return [dict(zip(heading, row, strict=True)) for row in rows]

    def card(self, name: str) -> list[str]:
        """The figure and the words of a headline."""
        card = self.page.locator("#figures > div").filter(has=self.page.get_by_text(name, exact=True))
        return card.locator("dd").all_inner_texts()


Open = Callable[..., Opened]


@cache
def page_of(made: Round, **options: Any) -> bytes:
    """The page of a round, made once."""
    return report_page(allowed(made.tables), made.asked, **options)


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of a round from a file; at the end nothing may have been said or asked for."""
    opened: list[Opened] = []

    def open_it(made: Round, *, width: int = 1366, **options: Any) -> Opened:
        path = tmp_path / f"report-{len(opened)}.html"
        path.write_bytes(page_of(made, **options))
        one = Opened(browser.new_page(viewport={"width": width, "height": 768}))
        one.page.on("console", lambda message: one.said.append(message.text))
        one.page.on("pageerror", lambda error: one.said.append(str(error)))
        one.page.on("request", lambda request: one.asked_for.append(request.url))
        one.page.goto(path.as_uri())
        one.wait()
        opened.append(one)
        return one

    yield open_it
    for one in opened:
        text = one.page.evaluate("document.body.innerText + document.querySelector('main').textContent")
        labels = one.page.locator("[aria-label]").evaluate_all("all => all.map(e => e.ariaLabel).join(' ')")
        one.page.close()
        assert one.said == []
        assert all(url.startswith("file:") for url in one.asked_for)
        assert len(one.asked_for) == 1
        assert not NOT_FOR_EYES.search(text + labels)


@pytest.fixture(scope="module")
def national(framework: Framework, register: Register) -> Round:
    """A round of 190 councils, most of which took part before."""
    councils = sampled(register, 190)
    before = make_round(framework, register, councils[:150], seed=7)
    previous = {one.gss_code: one for one in before.assessments}
    return make_round(framework, register, councils, previous=previous)


@pytest.fixture(scope="module")
def samples(framework: Framework, register: Register) -> Round:
    """The sample returns."""
    returns = read_returns([ROOT / "samples" / "returns"], framework, register).returns
    return tabled(framework, register, accepted(returns))


# --- Figures

GROUPS = [
    ("", ""),
    ("South East", ""),
    ("", "County"),
    ("South East", "Non-metropolitan district"),
]


def shown_in(page: Opened, framework: Framework) -> tuple[list[str], list[str]]:
    """The behaviours of which the page shows levels, and targets; others say too much to a member."""
    tables = [page.table(f"#behaviour-table-{number}") for number in range(len(framework.areas))]
    rows = zip(framework.behaviours, (row for table in tables for row in table), strict=True)
    aims = zip(framework.behaviours, page.table("#targets-table"), strict=True)
    return (
        [one.code for one, row in rows if row["Average current"] != "not shown"],
        [one.code for one, row in aims if row["Average target"] != "not shown"],
    )


@pytest.mark.parametrize(("region", "kind"), GROUPS)
def test_what_is_shown_is_what_was_answered(
    open_page: Open, national: Round, framework: Framework, region: str, kind: str
) -> None:
    """Headlines, averages and distributions are those of the chosen councils' answers, counts included."""
    page = open_page(national)
    page.choose(region, kind)
    chosen = national.inside(region, kind)
    refs, aimed = shown_in(page, framework)
    assert (region, kind) != ("", "") or len(refs) == len(aimed) == len(framework.behaviours)
    given, aims = levels(chosen, refs), levels(chosen, aimed, "target")
    asked = [
        c
        for c in national.asked.councils.councils
        if region in ("", c.region) and kind in ("", c.council_type)
    ]
    assert page.card("Councils returned")[:1] == [f"{len(chosen):,}"]
    assert f"of {len(asked):,} asked" in page.card("Councils returned")[1]
    assert page.card("Levels given")[0] == f"{len(given):,}"
    assert page.card("Average current level")[0] == average(given)
    assert page.card("Average target level")[0] == average(aims)
    assert f"over {len(aims):,} targets" in page.card("Average target level")[1]
    status = page.text("#status")
    assert f"{len(given):,} levels" in status
    for area, row in zip(framework.areas, page.table("#area-averages"), strict=True):
        own = [one.code for one in area.behaviours if one.code in refs]
        aim = [one.code for one in area.behaviours if one.code in aimed]
        assert row["Key area"] == area.name
        if own:
            assert row["Average current"] == average(levels(chosen, own))
            assert row["Levels given"] == f"{len(levels(chosen, own)):,}"
        if aim:
            assert row["Average target"] == average(levels(chosen, aim, "target"))
            assert row["Targets given"] == f"{len(levels(chosen, aim, 'target')):,}"
    for number, area in enumerate(framework.areas):
        rows = page.table(f"#behaviour-table-{number}")
        for behaviour, row in zip(area.behaviours, rows, strict=True):
            assert row["Behaviour"] == f"{behaviour.code} {behaviour.short_name}"
            if behaviour.code not in refs:
                assert {text for name, text in row.items() if name != "Behaviour"} == {"not shown"}
                continue
            given = levels(chosen, [behaviour.code])
            counts = [given.count(level.number) for level in framework.levels]
            assert [int(row[level.label].split(" ")[0]) for level in framework.levels] == counts
            answers = [one[behaviour.code].current for one in chosen]
            assert row["Not applicable"] == str(answers.count("NA"))
            assert row["Not answered"] == str(answers.count(None))


def test_targets_and_change_are_those_of_the_answers(
    open_page: Open, national: Round, framework: Framework
) -> None:
    """Targets are counted level by level; the change is over the same answers in both rounds."""
    page = open_page(national)
    for behaviour, row in zip(framework.behaviours, page.table("#targets-table"), strict=True):
        aims = levels(national.assessments, [behaviour.code], "target")
        counts = [aims.count(level.number) for level in framework.levels]
        assert [int(row[level.label].split(" ")[0]) for level in framework.levels] == counts
        assert row["Average target"] == average(aims)
    before = national.tables.previous
    pairs = [
        (before[one.gss_code][row.code].current, one[row.code].current)
        for one in national.assessments
        if one.gss_code in before
        for row in framework.behaviours
    ]
    steps = [now - last for last, now in pairs if isinstance(last, int) and isinstance(now, int)]
    everyone = page.table("#change-table")[0]
    assert everyone["Answers with a level in both rounds"] == f"{len(steps):,}"
    assert everyone["Change in levels"].replace("−", "-").lstrip("+") == average(steps)


def test_the_map_shows_who_returned(open_page: Open, national: Round) -> None:
    """Each cell of the table of responses says how many returned of how many asked; a filter narrows it."""
    page = open_page(national)
    counties = [c for c in national.asked.councils.councils if c.council_type == "County"]
    for row in page.table("#response-table")[:-1]:
        there = [c for c in counties if c.region == row["Region"]]
        done = [c for c in there if c.gss_code in national.councils]
        assert row["County"] == (f"{len(done)} of {len(there)}" if there else "–none asked")
    page.choose("South West", "County")
    [row] = page.table("#response-table")
    assert list(row) == ["Region", "County"]


def test_a_region_of_few_shows_no_average(open_page: Open, framework: Framework, register: Register) -> None:
    """A group of fewer councils than the threshold says so, and shows who returned but no level."""
    few = [c for c in register.principal().councils if c.region == "North East"][:3]
    others = [c for c in sampled(register, 80) if c.region != "North East"]
    page = open_page(make_round(framework, register, [*others, *few]))
    page.choose("North East")
    assert "Fewer than 5 councils: not shown." in page.text("#status")
    assert page.card("Councils returned")[0] == "3"
    assert not page.page.locator("#area-charts").is_visible()
    page.page.get_by_role("button", name="Show all councils").click()
    page.wait()
    assert page.page.locator("#area-charts").is_visible()


def test_a_withheld_row_says_so(open_page: Open, framework: Framework, register: Register) -> None:
    """A behaviour that few gave a level or a target is "not shown", and the rest are as answered."""
    whole = make_round(framework, register, sampled(register, 60))
    few = tuple(without(one, "EC1") for one in whole.assessments[3:])
    made = tabled(framework, register, (*whole.assessments[:3], *few))
    page = open_page(made)
    row, *_ = page.table("#behaviour-table-0")
    assert row["Behaviour"].startswith("EC1 ")
    assert {text for name, text in row.items() if name != "Behaviour"} == {"not shown"}
    target = page.table("#targets-table")[0]
    assert target["Average current"] == target["Average target"] == "not shown"
    shown = [one for one in page.table("#behaviour-table-0") if one["Average current"] != "not shown"]
    [left] = [row.code for row in framework.areas[0].behaviours if shown[0]["Behaviour"].startswith(row.code)]
    assert shown[0]["Average current"] == average(levels(made.assessments, [left]))
    assert "a row is not shown" in page.text("#notes-text")


def without(one: Assessment, ref: str) -> Assessment:
    answers = (replace(a, current=None, target=None) if a.ref == ref else a for a in one)
    return replace(one, answers=tuple(answers))


def test_a_council_sees_itself_beside_all(open_page: Open, national: Round, framework: Framework) -> None:
    """Where councils may be named, each one's levels stand beside the quartiles of all; else nowhere."""
    page = open_page(national, name_councils=True)
    chosen = national.assessments[5]
    page.page.get_by_label("Council", exact=True).select_option(label=chosen.council)
    assert chosen.council in page.text("#council-status")
    for number, area in enumerate(framework.areas):
        rows = page.table(f"#council-table-{number}")
        for behaviour, row in zip(area.behaviours, rows, strict=True):
            answer = chosen[behaviour.code]
            words: dict[object, str] = {None: "no answer", "NA": "not applicable"}
            assert row["Current"] == words.get(answer.current, str(answer.current))
            given = sorted(levels(national.assessments, [behaviour.code]))
            middle = (given[(len(given) - 1) // 2] + given[len(given) // 2]) / 2
            assert row["Median of all"] == f"{middle:.1f}"
            assert row["Councils"] == str(len(given))
    unnamed = open_page(national)
    assert not unnamed.page.locator("#council-section").is_visible()


# --- Odd rounds


def test_odd_rounds_show_no_nonsense(open_page: Open, framework: Framework, register: Register) -> None:
    """Nothing, one council, all blank, all not applicable, no target: words, and never "NaN" or "null"."""
    councils = sampled(register, 30)
    some = make_round(framework, register, councils)
    before = {one.gss_code: one for one in some.assessments}
    odd = [
        tabled(framework, register, []),
        make_round(framework, register, councils[:1]),
        make_round(framework, register, councils, current=no_level, target=no_level),
        make_round(framework, register, councils, current=not_applicable, target=no_level, previous=before),
        make_round(framework, register, councils, target=no_level),
        make_round(framework, register, councils, current=no_level),
    ]
    for made in odd:
        for name_councils in (False, True):
            page = open_page(made, name_councils=name_councils)
            page.choose("South East", "Non-metropolitan district")
            assert page.text("#status")


def test_the_samples_are_shown(open_page: Open, samples: Round, framework: Framework) -> None:
    """The sample returns make a page, councils outside the usual list counted among those asked."""
    page = open_page(samples)
    assert page.card("Councils returned")[0] == "13"
    refs = [row.code for row in framework.behaviours]
    assert page.card("Average current level")[0] == average(levels(samples.assessments, refs))
    assert "No council is named here" in page.text("#notes-text")


def test_names_are_text_and_nothing_else(open_page: Open, framework: Framework, register: Register) -> None:
    """What a register says cannot end a script, begin a comment, or become mark-up."""
    nasty = "</script><script>console.log(1)</script><!-- --><img src=x onerror=console.log(2)>"
    councils = sampled(register, 12)
    bad = [Council(f"E9900000{n}", nasty, nasty, nasty, nasty, "England") for n in range(6)]
    made = make_round(framework, register + Register(tuple(bad)), [*councils, *bad])
    page = open_page(made, name_councils=True)
    assert nasty in page.text("#response-table")
    page.choose(nasty, nasty)
    assert page.page.locator("img").count() == 0
    assert page.page.locator("script").count() == 3
    assert not re.search(r"[<>&\u2028]", as_json({"x": "</script><!-- --> & \u2028"}))


def test_same_answers_same_bytes(national: Round) -> None:
    """The page has no clock and no chance in it."""
    first, second = (report_page(allowed(national.tables), national.asked) for _ in range(2))
    assert first == second


# --- For everybody


def test_headings_and_landmarks(open_page: Open, national: Round) -> None:
    """One main heading, no level skipped, the landmarks there, every list labelled, every table captioned."""
    page = open_page(national, name_councils=True).page
    assert page.locator("html").get_attribute("lang") == "en-GB"
    depths = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(e => Number(e.tagName[1]))")
    assert depths.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(depths))
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1, role
    assert page.locator("select").count() == page.locator("label[for]").count() == 3
    assert page.locator("table").count() == page.locator("table caption").count() > 20
    assert page.locator("table:has(th:not([scope]))").count() == 0
    charts = page.locator(".chart")
    assert charts.count() == page.locator(".chart[role=img][aria-label]").count()
    assert charts.count() == page.locator(".chart svg").count()


def test_it_works_by_keyboard(open_page: Open, national: Round) -> None:
    """The first stop skips to the figures; lists, tables and buttons are reached and worked by keys."""
    opened = open_page(national)
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.get_by_label("Region", exact=True).focus()
    before = opened.text("#status")
    page.keyboard.press("ArrowDown")
    opened.wait("1,0")
    assert opened.text("#status") != before
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened.wait("0,0")
    assert opened.text("#status") == before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "response-table"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("#area-levels table").is_visible()


@pytest.mark.parametrize("width", [320, 390, 1366])
def test_it_fits_the_screen(open_page: Open, national: Round, width: int) -> None:
    """Nothing makes the page scroll sideways; wide tables scroll by themselves."""
    page = open_page(national, width=width, name_councils=True).page
    page.get_by_role("button", name="Open all tables").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints(open_page: Open, national: Round) -> None:
    """On paper the choices are gone, what was chosen stays, and no chart is wider than the page."""
    opened = open_page(national)
    page = opened.page
    page.set_viewport_size({"width": 690, "height": 1000})
    page.emulate_media(media="print")
    assert not page.get_by_label("Region", exact=True).is_visible()
    assert page.locator("#status").is_visible()
    widths = page.locator(".chart svg").evaluate_all("all => all.map(e => e.getBoundingClientRect().right)")
    assert max(widths) <= 690
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_axe_finds_nothing(open_page: Open, national: Round) -> None:
    """axe-core, where npm's axe-core is in the folder NPS_AXE, finds no fault in the opened page."""
    for options in ({}, {"name_councils": True}):
        page = open_page(national, **options).page
        page.get_by_role("button", name="Open all tables").click()
        assert faults_of(page) == []

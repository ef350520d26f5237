"""The documentation says what the program does."""

from __future__ import annotations

import pytest

from nps_xlsx.model.problems import CATALOGUE
from tools.make_pages import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_data_is_up_to_date(name: str) -> None:
    """Each generated page is what its data gives now: run ``make pages`` after changing them."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_kind_of_problem_has_its_row() -> None:
    """The page of problems names every kind of the catalogue once."""
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert {slug: page.count(f"| `{slug}` |") for slug in CATALOGUE} == dict.fromkeys(CATALOGUE, 1)

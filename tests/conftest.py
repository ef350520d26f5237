"""What the tests share: the framework, the register, and LibreOffice and a browser where there are some."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nps_xlsx
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Council, Framework
from nps_xlsx.register.councils import Register, load_register
from samples.make_returns import SAMPLES, Job, LibreOffice, NoLibreOfficeError, Row

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parent.parent
PACKAGE = Path(nps_xlsx.__file__).parent
"""The program that is tested: the one beside the tests, or the one that is installed."""

SLOW = frozenset(
    {
        "test_anonymised",
        "test_as_of",
        "test_cli",
        "test_consolidated",
        "test_excel_limits",
        "test_feedback",
        "test_figures",
        "test_forgiving",
        "test_hostile",
        "test_ingest_options",
        "test_mail",
        "test_marks",
        "test_members",
        "test_options",
        "test_outputs",
        "test_page",
        "test_page_protection",
        "test_pages",
        "test_papers",
        "test_peers",
        "test_process",
        "test_publication",
        "test_reports",
        "test_roundtrip",
        "test_sending",
        "test_suppress",
        "test_valid",
        "test_wheel",
    }
)
"""Modules that take seconds: whole batches, other programs, or attacks on what is published."""


def many(examples: int) -> int:
    """How many random examples to try: a quarter of them at each push, and all with NPS_THOROUGH=1."""
    return examples if os.environ.get("NPS_THOROUGH") else examples // 4


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are not part of a test's name: a zip holds the time of day, and workers must collect alike."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that drive LibreOffice, all on one worker; those of another module stay together.

    A module's fixtures are then made once.  What is slow comes next, so that both workers end together.
    """
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: (not has(item, "libreoffice"), not has(item, "slow")))
    for item in items:
        group = "libreoffice" if has(item, "libreoffice") else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


def has(item: pytest.Item, marker: str) -> bool:
    """Whether a test is marked so."""
    return item.get_closest_marker(marker) is not None


@pytest.fixture(scope="session")
def framework() -> Framework:
    return load_framework()


@pytest.fixture(scope="session")
def svmi() -> Framework:
    """The other framework that comes with the program: without themes, principles and descriptors."""
    return load_framework(Path("social-value-maturity-index"))


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register() + load_register(SAMPLES / "synthetic-councils.csv")


@pytest.fixture(scope="session")
def medway(register: Register) -> Council:
    return register.find("Medway")


@pytest.fixture(scope="session")
def workbooks(framework: Framework, register: Register, medway: Council) -> dict[str, bytes]:
    """One of each kind of workbook that any command writes, by its name."""
    from tests.support.written import every_workbook

    return every_workbook(framework, register, medway)


@pytest.fixture(scope="session")
def office() -> Iterator[Callable[[Sequence[Job]], list[list[Row]]]]:
    """One LibreOffice for all tests, to fill in and save workbooks; skips without one, but never in CI."""
    try:
        libreoffice = LibreOffice()
    except NoLibreOfficeError as error:
        if os.environ.get("NPS_REQUIRE_LIBREOFFICE"):
            pytest.fail(f"LibreOffice is required here: {error}")
        pytest.skip(str(error))
    with libreoffice:
        yield libreoffice.fill


@pytest.fixture
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL database, left empty; skips where there is none, but never in CI."""
    import sqlalchemy as sql

    url = os.environ.get("NPS_POSTGRES", "")
    if not url:
        why = "NPS_POSTGRES names no database (.ci/run starts one)"
        if os.environ.get("NPS_REQUIRE_POSTGRES"):
            pytest.fail(f"PostgreSQL is required here: {why}")
        pytest.skip(why)
    name = f"nps_{uuid.uuid4().hex}"
    server = sql.create_engine(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sql.text(f"CREATE DATABASE {name}"))
        yield sql.make_url(url).set(database=name).render_as_string(hide_password=False)
        connection.execute(sql.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips where it is missing, but never in CI."""
    program = next(filter(None, map(shutil.which, _BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        reason = "no browser to open the page in (Debian: chromium; PyPI: playwright)"
        (pytest.fail if os.environ.get("NPS_REQUIRE_BROWSER") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()

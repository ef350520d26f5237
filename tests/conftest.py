"""What the tests share: the framework, the register, and LibreOffice where there is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nps_xlsx.councils import Register, load_register
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Council, Framework
from samples.make_returns import SAMPLES, Job, LibreOffice, NoLibreOfficeError, Row

ROOT = Path(__file__).parent.parent


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are not part of a test's name: a zip holds the time of day, and workers must collect alike."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that drive LibreOffice, all on one worker; those of another module stay together.

    A module's fixtures are then made once, and the longest group is not the last to begin.
    """
    items.sort(key=lambda item: item.get_closest_marker("libreoffice") is None)
    for item in items:
        is_office = item.get_closest_marker("libreoffice") is not None
        item.add_marker(pytest.mark.xdist_group("libreoffice" if is_office else item.path.stem))


@pytest.fixture(scope="session")
def framework() -> Framework:
    return load_framework()


@pytest.fixture(scope="session")
def register() -> Register:
    return load_register() + load_register(SAMPLES / "synthetic-councils.csv")


@pytest.fixture(scope="session")
def medway(register: Register) -> Council:
    return register.find("Medway")


@pytest.fixture(scope="session")
def workbooks(framework: Framework, register: Register, medway: Council) -> dict[str, bytes]:
    """One of each kind of workbook that any command writes, by its name."""
    from tests.written import every_workbook

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

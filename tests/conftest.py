"""What the tests share: the framework, the register, and LibreOffice where there is one."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from nps_xlsx.councils import Register, load_register
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Council, Framework
from samples.make_returns import SAMPLES, Job, NoLibreOfficeError, fill, find_libreoffice

ROOT = Path(__file__).parent.parent


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
def office() -> Callable[[Sequence[Job]], object]:
    """LibreOffice, to fill in and save workbooks; skips where it is missing, but never in CI."""
    try:
        find_libreoffice()
    except NoLibreOfficeError as error:
        if os.environ.get("NPS_REQUIRE_LIBREOFFICE"):
            pytest.fail(f"LibreOffice is required here: {error}")
        pytest.skip(str(error))
    return fill

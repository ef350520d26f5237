"""The words of documents, which are data: TOML beside the modules that fill them in."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def words(file: str) -> dict[str, Any]:
    """What a TOML file in this folder, or in one of its own, says."""
    return tomllib.loads(files("nps_xlsx.reports").joinpath(file).read_text(encoding="utf-8"))

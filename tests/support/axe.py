"""axe-core, which looks for faults in a page that people with a disability would meet."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page


def faults_of(page: Page) -> list[tuple[str, str]]:
    """What it finds in an opened page; skips where npm's axe-core is not in the folder NPS_AXE."""
    folder = os.environ.get("NPS_AXE")
    if not folder:
        pytest.skip("NPS_AXE names no folder of npm's axe-core")
    page.evaluate((Path(folder) / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]]

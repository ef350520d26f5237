"""The built wheel works in an empty environment, with its framework inside."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

from tests.conftest import ROOT


def test_the_wheel_builds_a_workbook_in_an_empty_environment(tmp_path: Path) -> None:
    """Installed from the wheel, away from the checkout, ``nps build`` writes one of each framework."""
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    assert "nps_xlsx/reports/papers/paper.docx" in zipfile.ZipFile(wheel).namelist()
    folder = tmp_path / "empty"
    venv.create(folder)
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python")]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", str(wheel)], check=True)
    command = [str(scripts / "nps"), "build", "--council", "Medway", "--round", "2026", "--out"]
    for out, options in (("out", []), ("other", ["--framework", "social-value-maturity-index"])):
        run = subprocess.run(
            [*command, out, *options], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (run.returncode, run.stderr) == (0, "")
        [built] = (tmp_path / out).iterdir()
        assert built.name.endswith("-2026-E06000035-medway.xlsx")
        assert built.stat().st_size > 20_000

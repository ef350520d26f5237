"""The command line run in this process, as a British Windows would run it with its output in a file."""

from __future__ import annotations

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from nps_xlsx.cli.main import main
from tests.conftest import ROOT


@dataclass(frozen=True)
class Run:
    """How a command ended, and what it wrote."""

    returncode: int | str | None
    stdout: str
    stderr: str


def nps(*arguments: str | Path, folder: Path = ROOT) -> Run:
    """Run the command in a folder, by default the project's; its streams are of the encoding cp1252."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="cp1252") for _ in range(2))
    streams = patch.multiple(sys, argv=["nps", *map(str, arguments)], stdout=out, stderr=err)
    with streams, contextlib.chdir(folder), pytest.raises(SystemExit) as ended:
        main()
    return Run(ended.value.code or 0, _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8")

"""Build self-assessment workbooks for the National Procurement Strategy, and read them back.

The public verbs and types, each importable from here.  The heavy libraries behind a verb
are imported when it is first used::

    from nps_xlsx import Order, build_workbook, load_framework, load_register

    order = Order(load_framework(), load_register().find("Medway"), round="2026")
    Path("medway.xlsx").write_bytes(build_workbook(order))
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nps_xlsx.builder import Order, build_file, build_workbook
    from nps_xlsx.framework import load_framework
    from nps_xlsx.ingester import ReadingProcess, SourceFile, read_return
    from nps_xlsx.register.councils import load_register
    from nps_xlsx.reports.ingest import ingest
    from nps_xlsx.reports.outputs import Scope, write_outputs
    from nps_xlsx.rounds.check import check_assessment, check_return
    from nps_xlsx.rounds.intake import Rulings, read_returns

_HOMES = {
    "Order": "builder",
    "build_file": "builder",
    "build_workbook": "builder",
    "check_assessment": "rounds.check",
    "check_return": "rounds.check",
    "ingest": "reports.ingest",
    "load_framework": "framework",
    "load_register": "register.councils",
    "ReadingProcess": "ingester",
    "read_return": "ingester",
    "read_returns": "rounds.intake",
    "Rulings": "rounds.intake",
    "SourceFile": "ingester",
    "Scope": "reports.outputs",
    "write_outputs": "reports.outputs",
}

__all__ = [
    "Order",
    "ReadingProcess",
    "Rulings",
    "Scope",
    "SourceFile",
    "__version__",
    "build_file",
    "build_workbook",
    "check_assessment",
    "check_return",
    "ingest",
    "load_framework",
    "load_register",
    "read_return",
    "read_returns",
    "write_outputs",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return version("nps-xlsx")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""Returns into every document that is made of them, written together into one folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nps_xlsx.combine import Combined, combine
from nps_xlsx.consolidate import accepted, consolidate, notable, response_rates
from nps_xlsx.councils import Register
from nps_xlsx.files import make_folder, sweep, write_files
from nps_xlsx.model import Assessment, Framework, Return
from nps_xlsx.reports.action_plan import all_action_plans
from nps_xlsx.reports.consolidated import consolidated_workbook, is_too_long
from nps_xlsx.reports.listings import LISTINGS, all_rows, to_csv, to_parquet

PLANS = "action-plans"


@dataclass(frozen=True)
class Scope:
    """What the reports are to show, beside the returns themselves."""

    previous: Mapping[str, Assessment] = field(default_factory=dict)
    """An earlier round, by GSS code."""
    asked: Register | None = None
    """The councils that were asked; the principal councils of England where it is not said."""
    facts: tuple[str, ...] = ("region", "council_type")
    """The columns of the register by which councils are grouped."""


@dataclass(frozen=True)
class Written:
    """What was written, and what an earlier run left there."""

    files: tuple[Path, ...]
    shown: tuple[Path, ...]
    """The same with a folder of many files in place of each of them."""
    stale: tuple[Path, ...] = ()
    """Files of an earlier run; somebody may have edited them, so they stay."""


def write_outputs(
    returns: Sequence[Return],
    out: Path,
    framework: Framework,
    register: Register,
    scope: Scope | None = None,
) -> Written:
    """Write every output; those on changes, respondents and reviewers where there are any.

    Raises:
        OutputError: a file cannot be written; then none is.
    """
    scope = scope or Scope()
    combined = combine(accepted(returns), framework)
    contents = _consolidated(returns, combined, framework, register, scope)
    contents |= {f"{PLANS}/{name}": content for name, content in _plans(combined, framework, register)}
    for folder in (out, *(out / name for name in (PLANS,))):
        sweep(make_folder(folder))
    files = write_files({out / name: content for name, content in contents.items()})
    shown = (*(path for path in files if path.parent == out), out / PLANS)
    stale = set((out / PLANS).glob("NPS-*-action-plan.xlsx")).difference(files)
    return Written(tuple(files), shown, tuple(sorted(stale)))


def _consolidated(
    returns: Sequence[Return],
    combined: Sequence[Combined],
    framework: Framework,
    register: Register,
    scope: Scope,
) -> dict[str, bytes]:
    rows = all_rows(returns, combined, framework)
    contents = {name: to_csv(LISTINGS[name].columns, rows[name]) for name in rows}
    for name in (name for name in rows if is_too_long(rows[name])):
        stem = name.removesuffix(".csv")
        contents[f"{stem}.parquet"] = to_parquet(LISTINGS[name].columns, rows[name])
    tables = consolidate(combined, framework, register, scope.previous)
    asked = response_rates(tables, scope.asked)
    found = notable(tables, returns)
    contents["consolidated.xlsx"] = consolidated_workbook(tables, returns, rows, found, asked, scope.facts)
    return contents


def _plans(combined: Sequence[Combined], framework: Framework, register: Register) -> list[tuple[str, bytes]]:
    named = [(one.assessment, _short_name(one.assessment, register)) for one in combined]
    return list(all_action_plans(named, framework))


def _short_name(assessment: Assessment, register: Register) -> str:
    council = register.by_code.get(assessment.gss_code)
    return council.short_name if council else assessment.council

"""Each council's own view, if the analyst allows councils to be named: its levels beside those of all."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nps_xlsx.figures import Tables
from nps_xlsx.model import Assessment, Framework
from nps_xlsx.model.scores import one_decimal


def by_name(tables: Tables) -> dict[str, Any]:
    """The councils with their levels, and the quartiles of all, by behaviour in the framework's order."""
    names = [str(name) for name in tables.councils["council"]]
    return {
        "councils": [
            {"name": name, **_levels_of(assessment, tables.framework)}
            for name, assessment in zip(names, tables.assessments, strict=True)
        ],
        "quartiles": _quartiles(tables),
    }


def _levels_of(assessment: Assessment, framework: Framework) -> dict[str, Any]:
    answers = [assessment[behaviour.code] for behaviour in framework.behaviours]
    return {
        "levels": [answer.current for answer in answers],
        "targets": [answer.target for answer in answers],
    }


def _quartiles(tables: Tables) -> list[dict[str, Any] | None]:
    """Lower quartile, median and upper quartile of each behaviour, with the number they rest on."""
    given = tables.answers.dropna(subset=["current"]).groupby("ref")["current"]
    by_ref = {str(ref): levels for ref, levels in given}
    return [
        _spread_of(by_ref[behaviour.code]) if behaviour.code in by_ref else None
        for behaviour in tables.framework.behaviours
    ]


def _spread_of(levels: pd.Series[float]) -> dict[str, Any]:
    low, middle, high = (one_decimal(float(levels.quantile(share))) for share in (0.25, 0.5, 0.75))
    return {"low": low, "middle": middle, "high": high, "count": len(levels)}

"""Small results of an ingest, as files, for those who read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.reports.listings import LISTINGS

MEDWAY = {"gss_code": "E06000035", "council": "Medway Council", "round": "2026"}
RETURN = {
    **MEDWAY,
    "source_file": "medway.xlsx",
    "status": "accepted",
    "answered": "3",
    "applicable": "2",
    "problems": "1",
    "saved_at": "2026-11-28T19:10:06Z",
    "sender": "officer@example.org",
    "reviewed_by": "A. Reviewer",
    "reviewed_on": "last spring",
}
ANSWERS = (
    {
        "ref": "EC0",
        "current": "3",
        "current_text": "3 Mature",
        "evidence": "=SUM(A1)",
        "due_date": "2027-03-31",
    },
    {
        "ref": "EC1",
        "value_code": "1",
        "current": "NA",
        "due_date": "2/3",
        "discuss": "Yes",
        "owner": "A. Name",
    },
    {"ref": "EC2", "value_code": "2", "current": "", "target": "5", "evidence": "'tis ŵ\0"},
)
PROBLEMS = (
    {**MEDWAY, "source_file": "medway.xlsx", "severity": "warning", "problem": "level-between", "ref": "EC1"},
    {"source_file": "waivers.csv", "severity": "warning", "problem": "waiver-unused"},
)
MISSING = ({"gss_code": "E10000016", "council": "Kent County Council", "region": "South East"},)


def write_results(folder: Path, **changed: Sequence[Mapping[str, str]]) -> Path:
    """Write results of one return, two problems and a council that is missing, with some rows changed."""
    rows: dict[str, Sequence[Mapping[str, str]]] = {
        "returns": (RETURN,),
        "answers": [{**MEDWAY, "source_file": "medway.xlsx", "day": "2026-11-27"} | one for one in ANSWERS],
        "problems": PROBLEMS,
        "not-returned": MISSING,
        **changed,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, given in rows.items():
        columns = LISTINGS[f"{name}.csv"].columns
        full = [{**dict.fromkeys(columns, ""), **one} for one in given]
        (folder / f"{name}.csv").write_bytes(to_csv(columns, full))
    return folder

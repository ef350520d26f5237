"""What an earlier run left in a folder: never lost to a run that read nothing, never mistaken for new."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from nps_xlsx.files import free_path
from nps_xlsx.model import Return, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.csvfile import read_csv
from nps_xlsx.reports.listings import LISTINGS

REPLACED = "replaced"
"""The folder for files of an earlier run that this run does not write."""

_SHOWN = 5


class NothingAcceptedError(UserError):
    """No return counts, and the folder holds results of returns that did."""


def accepted_before(out: Path) -> int:
    """How many accepted returns the results in a folder hold; zero if there are no results.

    Raises:
        CsvError: a returns.csv is there that no ingest wrote.
    """
    path = out / "returns.csv"
    rows = read_csv(path, ("source_file", "status")) if path.exists() else []
    return sum(row["status"] == Status.ACCEPTED for row in rows)


def refuse_to_wipe(before: int, returns: Sequence[Return], out: Path, given: Sequence[Path]) -> None:
    """Protect results from a run without any accepted return.

    Raises:
        NothingAcceptedError: they would be replaced by nothing.
    """
    if not before or any(returned.status is Status.ACCEPTED for returned in returns):
        return
    files = [f"  {r.source_file}: {r.status}. {r.message}".rstrip() for r in returns[:_SHOWN]]
    if len(returns) > _SHOWN:
        files.append(f"  and {len(returns) - _SHOWN:,} more")
    what = ", ".join(map(str, given)) or "what was given"
    raise NothingAcceptedError(
        "\n".join(
            [
                f"No return was accepted from {what} (files read: {len(returns):,}). {out} holds the results "
                f"of {before:,} accepted return{'s' * (before != 1)}, which are left as they were. "
                "Check what you gave, or choose another --out folder.",
                *files,
            ]
        )
    )


def to_move_aside(
    initials: str, out: Path, names: Collection[str], folders: Collection[str]
) -> dict[Path, Path]:
    """Where to move files of an earlier run that this run, with these ``names``, does not write.

    Somebody may have edited them, so they are kept, beside any moved before.
    """
    there = [out / name for name in LISTINGS if (out / name).is_file()]
    there += [path for name in folders for path in sorted((out / name).glob(f"{initials}-*.xlsx"))]
    old = [path.relative_to(out) for path in there if path.relative_to(out).as_posix() not in names]
    return {out / path: free_path(out / REPLACED / path) for path in old}

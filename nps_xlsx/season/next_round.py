"""The next round: what it takes over from the one before, and whom it no longer asks."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nps_xlsx.model import Council
from nps_xlsx.register.councils import Register
from nps_xlsx.register.decisions import MERGED
from nps_xlsx.register.successions import FILE as SUCCESSIONS
from nps_xlsx.season.folder import Round
from nps_xlsx.season.mails.kinds import FOLDER
from nps_xlsx.season.participants import FILE, Participant, as_of_day, load_participants
from nps_xlsx.season.settings import Settings

EARLIER = "earlier_status"
"""The column that keeps what a council decided in earlier rounds."""
_FILES = ("register", "targets", "privacy_note", "families")
"""The settings that name a file of the round's."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Who is asked in the next round, and what became of the others."""

    asked: tuple[Participant, ...]
    again: tuple[Participant, ...]
    """Those of them that took no part in the earlier round, or had nothing to report."""
    left_out: tuple[str, ...]
    """The councils that are no longer asked, by name."""
    new: tuple[str, ...]
    """Those that take their place, and that have no address yet."""


def carried_settings(earlier: Round, folder: Path, given: Mapping[str, Any]) -> Settings:
    """The settings of the round in ``folder``: those given, else the earlier round's; it has no date yet."""
    own = earlier.settings
    files: dict[str, Any] = {name: _carried(earlier, folder, getattr(own, name)) for name in _FILES}
    if own.framework and (earlier.folder / own.framework).is_dir():
        files["framework"] = _carried(earlier, folder, own.framework)
    before = (_carried(earlier, folder, path) for path in own.earlier)
    rounds = (_carried(earlier, folder, "."), *before)
    keep = tuple(word for word in own.keep if word in ("earliest", "latest"))  # no file of that round
    return replace(own, **(files | {"due": None, "earlier": rounds, "keep": keep} | dict(given)))


def path_from(folder: Path, path: Path) -> str:
    """A path as the settings of a round have it: from the round's folder on."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on Windows: on another drive
        return path.resolve().as_posix()


def _carried(earlier: Round, folder: Path, path: str) -> str:
    return path_from(folder, earlier.folder / path) if path else ""


def carried_councils(earlier: Round, day: dt.date = dt.date.max) -> Carried:
    """Whom the next round asks: everybody that is still there on a day, those that declined once more.

    A council that has ended is not asked; those that took its place are, by ``successions.csv`` and by what
    the register knows.  One that was renamed keeps its contacts.

    Raises:
        CsvError: the earlier round's ``councils.csv`` or ``successions.csv`` cannot be used.
    """
    register = earlier.register
    listed = load_participants(earlier.folder / FILE, register.with_former)
    everybody = as_of_day(listed, earlier.successions, day)
    there = [one for one in everybody if one.status != MERGED and one.gss_code in register.by_code]
    codes = {one.gss_code for one in there}
    gone = [one for one in everybody if one not in there]
    became = [one.after for one in earlier.successions if one.day <= day and one.before in _councils(listed)]
    became += [council for one in gone for council in _successors(one, register)]
    new = [council for council in dict.fromkeys(became) if council.gss_code not in codes]
    return Carried(
        (*(_again(one, earlier.settings.round) for one in there), *map(Participant, new)),
        tuple(one for one in there if one.status),
        tuple(one.council.short_name for one in gone),
        tuple(council.short_name for council in new),
    )


def carried_files(earlier: Round) -> dict[str, bytes]:
    """What else goes on, by its name in the folder: the texts of mails, and what became of councils."""
    names = [FOLDER, SUCCESSIONS]
    paths = [
        path for name in names for path in (earlier.folder / name, *(earlier.folder / name).glob("*.txt"))
    ]
    return {
        path.relative_to(earlier.folder).as_posix(): path.read_bytes() for path in paths if path.is_file()
    }


def _councils(participants: Sequence[Participant]) -> set[Council]:
    return {one.council for one in participants}


def _again(one: Participant, round_: str) -> Participant:
    """A council without its status, which is kept in a column of its own."""
    if not one.status:
        return one
    reason = f" ({one.reason})" if one.reason else ""
    words = "; ".join(filter(None, (f"{round_}: {one.status}{reason}", one.others.get(EARLIER, ""))))
    return replace(one, status="", reason="", others={**one.others, EARLIER: words})


def _successors(one: Participant, register: Register) -> Iterator[Council]:
    codes = [code for ended in register.former if ended.gss_code == one.gss_code for code in ended.successors]
    yield from (register.by_code[code] for code in codes if code in register.by_code)

"""The councils of a round: who is asked, at which address, and what they decided (``councils.csv``)."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from nps_xlsx.files import write_file
from nps_xlsx.model import Council
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, council_of, load_list
from nps_xlsx.register.csvfile import CsvError, CsvFile, to_csv
from nps_xlsx.register.decisions import DECLINED, MERGED, REASONS, STATUSES, reason_kind
from nps_xlsx.register.successions import RENAMED, Succession, ended_by
from nps_xlsx.season.settings import address_fault
from nps_xlsx.workbook.stamp import is_respondent_name

FILE = "councils.csv"
COLUMNS = ("gss_code", "council", "contact", "email", "respondents", "status", "reason")
"""The columns that are read; any others are the analyst's own, and are kept."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A council that is asked to take part."""

    council: Council
    contact: str = ""
    """The person or post that mails are addressed to."""
    emails: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()
    """Those who each get a copy of their own; none where the council gets one workbook."""
    status: str = ""
    """One of ``STATUSES``; empty while its return is waited for."""
    reason: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    """What the analyst's own columns say of it."""

    @property
    def gss_code(self) -> str:
        """The council's code."""
        return self.council.gss_code

    @property
    def reason_kind(self) -> str:
        """Which of ``REASONS`` it gave; empty if none is given."""
        return reason_kind(self.reason)


def load_participants(path: Path, register: Register) -> tuple[Participant, ...]:
    """Read who is asked, in the order of the file: any list that names councils by code or name will do.

    Raises:
        CsvError: it cannot be read, or has rows that cannot be used: all of them are reported.
    """
    asked, faults = load_list(path, register), list[str]()
    participants = tuple(
        _participant(council, asked.listed[council.gss_code], faults) for council in asked.councils
    )
    if faults:
        raise CsvError("\n".join([f"{path}: these councils cannot be used.", *faults]))
    return participants


def as_of_day(
    participants: Sequence[Participant], successions: Sequence[Succession], day: dt.date
) -> tuple[Participant, ...]:
    """Who is asked on a day: what was renamed under its new name, what ended otherwise as merged."""
    ended = ended_by(successions, day)
    return tuple(_succeeded(one, ended.get(one.gss_code)) for one in participants)


def _succeeded(one: Participant, became: Sequence[Succession] | None) -> Participant:
    if not became:
        return one
    if became[0].kind == RENAMED:
        return replace(one, council=became[0].after)
    return one if one.status else replace(one, status=MERGED, reason=str(became[0]))


def _participant(council: Council, texts: Mapping[str, str], faults: list[str]) -> Participant:
    one = Participant(
        council,
        contact=texts.get("contact", ""),
        emails=_parts(texts.get("email", "")),
        respondents=_parts(texts.get("respondents", "")),
        status=texts.get("status", "").casefold(),
        reason=texts.get("reason", ""),
        others={name: text for name, text in texts.items() if name not in COLUMNS},
    )
    faults += [f"{council.name}: {fault}" for fault in _faults(one)]
    return one


def _parts(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(";"))))


def _faults(one: Participant) -> Iterator[str]:
    yield from filter(None, map(address_fault, one.emails))
    for name in one.respondents:
        if not is_respondent_name(name):
            yield f"the respondent {name!r} must have at most 40 characters on one line, without a bar"
    if one.status and one.status not in STATUSES:
        near = difflib.get_close_matches(one.status, STATUSES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(STATUSES)}"
        yield f"{one.status!r} is not a status; {hint}"


def write_participants(path: Path, participants: Sequence[Participant]) -> None:
    """Write a new ``councils.csv``.

    Raises:
        OutputError: it cannot be written.
    """
    others = dict.fromkeys(name for one in participants for name in one.others)
    rows = [
        {
            "gss_code": one.gss_code,
            "council": one.council.short_name,
            "contact": one.contact,
            "email": "; ".join(one.emails),
            "respondents": "; ".join(one.respondents),
            "status": one.status,
            "reason": one.reason,
        }
        | dict.fromkeys(others, "")
        | dict(one.others)
        for one in participants
    ]
    write_file(path, to_csv([*COLUMNS, *others], rows))


def set_status(path: Path, register: Register, wanted: str, status: str, reason: str) -> Participant:
    """Write down what a council decided; an empty status takes it back. The other cells stay as they are.

    Raises:
        CouncilError: no council, or more than one, goes by that name.
        CsvError: the file cannot be used.
        UserError: the council is not in the file, or the status or its reason is not one.
    """
    if status == DECLINED and not reason:
        raise UserError(f"Say why with --why: one of {', '.join(REASONS)}, or in your own words.")
    council = register.find(wanted)
    mine = next((one for one in load_participants(path, register) if one.council == council), None)
    if mine is None:
        raise UserError(f"{council.name} is not in {path}. Add a row for it, then set its status.")
    rows = CsvFile(path).rows
    decided = {"status": status, "reason": reason}
    columns = dict.fromkeys((*rows[0].texts, *decided))
    texts = [{**row.texts, **(decided if council_of(row, register) == council else {})} for row in rows]
    write_file(path, to_csv(columns, [dict.fromkeys(columns, "") | row for row in texts]))
    return replace(mine, status=status, reason=reason)

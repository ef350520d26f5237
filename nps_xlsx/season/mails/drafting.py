"""Drafts on the disk: a file for each mail, a list of them for a mail merge, a line each in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.files import make_folder, sweep, write_file
from nps_xlsx.register.csvfile import CsvFile, to_csv
from nps_xlsx.season.folder import Round
from nps_xlsx.season.journal import Event
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.composing import ATTACHMENTS, Composer, Left
from nps_xlsx.season.mails.message import Composed
from nps_xlsx.season.mails.outbox import SENDING, SENT, unsent, went_out

MERGE = "mailing.csv"
MERGE_COLUMNS = ("gss_code", "council", "salutation", "email", "subject", "attachments", "file", "text")
"""The columns of the list for a mail merge; files count from the folder of the round."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """What was written."""

    folder: Path
    written: tuple[Event, ...]
    left: tuple[Left, ...]


def write_drafts(composer: Composer, ledger: Ledger) -> Drafts:
    """Write a draft of each mail that is due, then the list, and last the events.

    What a kill leaves behind is no event, so a repeat writes the same files again.

    Raises:
        StaleError: something came, or changed, since the last ingest.
        TextError: a text of the round cannot be used.
        OutputError: a file cannot be written.
    """
    left: list[Left] = []
    rows: dict[str, dict[str, str]] = {}
    events: list[Event] = []
    for one in composer.composed():
        if isinstance(one, Left):
            left.append(one)
            continue
        _write(one)
        events.append(one.event)
        rows[one.event.file] = _row(composer.round, one)
    if composer.folder.is_dir():
        _remove_others(composer, ledger.events, events)
        _write_list(composer.folder, composer.round, rows)
    ledger.record(*events)
    return Drafts(composer.folder, tuple(events), tuple(left))


def _write(one: Composed) -> None:
    for attachment in one.attachments:
        if attachment.made:
            make_folder(attachment.path.parent)
            write_file(attachment.path, attachment.made)
    make_folder(one.path.parent)
    write_file(one.path, one.draft)


def _remove_others(composer: Composer, before: Sequence[Event], new: Sequence[Event]) -> None:
    """Remove drafts of the day that are not to be sent: a newer one replaces them, or a run was killed."""
    drafts = unsent(composer.round, [*before, *new], composer.kind)
    kept = {draft.path for draft in drafts if draft.event in new or went_out(draft.event)}
    kept |= {composer.round.folder / one.file for one in before if one.status in (SENDING, SENT)}
    sweep(composer.folder)
    for path in composer.folder.glob("*.eml"):
        if path not in kept:
            path.unlink()


def _row(round_: Round, one: Composed) -> dict[str, str]:
    files: Iterable[Path] = (attachment.path for attachment in one.attachments)
    council = round_.register.by_code[one.event.gss_code]
    return {
        "gss_code": council.gss_code,
        "council": council.name,
        "salutation": one.salutation,
        "email": one.event.address,
        "subject": one.text.subject,
        "attachments": "; ".join(path.relative_to(round_.folder).as_posix() for path in files),
        "file": one.event.file,
        "text": one.text.plain.rstrip(),
    }


def _write_list(folder: Path, round_: Round, rows: dict[str, dict[str, str]]) -> None:
    """Write the list of the day's mails, those of earlier runs too, and remove copies that are in none."""
    path, copies = folder / MERGE, folder / ATTACHMENTS
    before = [dict(row.texts) for row in CsvFile(path).rows] if path.is_file() else []
    there = {row["file"]: row for row in before if (round_.folder / row["file"]).is_file()} | rows
    write_file(path, to_csv(MERGE_COLUMNS, [*there.values()]))
    enclosed = {name for row in there.values() for name in row["attachments"].split("; ")}
    for copy in copies.glob("*") if copies.is_dir() else ():
        if copy.relative_to(round_.folder).as_posix() not in enclosed:
            copy.unlink()

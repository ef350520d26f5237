"""Taking the personal data out of a round: the answers stay as they are, and nobody who gave them is named.

Every step leaves alone what an earlier run has done, so that a run that was killed is simply repeated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nps_xlsx.files import OutputError, is_same, write_file
from nps_xlsx.model import Council
from nps_xlsx.register.councils import council_of
from nps_xlsx.register.csvfile import CsvFile, CsvRow, to_csv
from nps_xlsx.register.decisions import reason_kind
from nps_xlsx.reports.earlier import REPLACED
from nps_xlsx.reports.listings import LISTINGS
from nps_xlsx.season.closing import FILE as CLOSED
from nps_xlsx.season.closing import closing_of
from nps_xlsx.season.folder import Round, RoundError
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.participants import FILE as COUNCILS

_STAY = {"gss_code", "council", "official_name", "name", "council_name", "authority", "respondents", "status"}
"""The columns of councils.csv that say nothing of a person."""
_CLEARED = {
    "returns.csv": ("sender", "subject", "message", "reviewed_by", "reviewed_on"),
    "answers.csv": ("answered_by", "answered_on", "date_completed"),
    "problems.csv": ("value", "message", "advice", "waived"),
    "not-returned.csv": ("reason",),
}
"""What is taken out of the rows of each list; a reason leaves a word for it."""
_EMPTIED = ("other-texts.csv", "changes.csv")
"""Lists of texts that may say anything, and that no figure rests on."""
_QUOTING = "consolidated.xlsx"
"""It repeats all of these lists."""
DELETED = "returns deleted"
"""The status of a forgetting that leaves nothing to ingest again."""
_OURS = re.compile(r"return-[0-9a-f]{12}(\.\w+)?")
"""A file's name, once it is none that a person chose."""

Texts = Mapping[str, str]
Change = Callable[[Texts], "Texts | None"]
"""A row without personal data; ``None`` if nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken out, and what is still there."""

    files: tuple[Path, ...]
    """The files that were deleted."""
    left: tuple[Path, ...]
    """The files among the returns that hold personal data, and that stay."""


def forget(round_: Round, ledger: Ledger, council: Council | None = None) -> Forgotten:
    """Take out the personal data of a council, or of all.

    Names, addresses, senders, reasons in people's own words and file names go from every list, mails
    and what quotes them are deleted; so are the returns, once the round is closed: its answers are in
    its results.

    Raises:
        RoundError: all are to be forgotten, and the round is not closed.
        OutputError: a file cannot be written or deleted.
    """
    is_closed = closing_of(ledger.events) is not None
    if council is None and not is_closed:
        raise RoundError(
            f"{round_.folder} is not closed: returns are still read, and they name people. Close it first "
            f"with nps round close {round_.folder}, or name a council."
        )
    code = council.gss_code if council else ""
    returns, left = _returns(round_, ledger.events, code, is_closed=is_closed)
    gone = [*returns, *_mails(round_, ledger.events, code), *_quoting(round_)]
    for path in gone:
        _delete(path)
    for folder in _results(round_):
        _clear_results(folder, code)
    if (round_.folder / CLOSED).is_file():
        _rewrite(round_.folder / CLOSED, _if_of(code, _renamed))
    _rewrite(round_.folder / COUNCILS, lambda row: _participant(round_, row, council))
    ledger.rewrite(lambda event: _event(event) if code in ("", event.gss_code) else event)
    status = DELETED if returns else ""
    ledger.record(Event(kind=Kind.FORGOTTEN, gss_code=code, status=status, why=f"{len(gone)} files deleted"))
    return Forgotten(tuple(gone), tuple(left))


# --- Files that go


def _returns(
    round_: Round, events: Sequence[Event], code: str, *, is_closed: bool
) -> tuple[list[Path], list[Path]]:
    """The files among the returns that go, and those of the council that stay."""
    files = [path for path in sorted(round_.paths.returns.rglob("*")) if path.is_file()]
    if code:
        whose = {
            path: set(_whose(path.relative_to(round_.paths.returns).as_posix(), events)) for path in files
        }
        files = [path for path in files if code in whose[path]]
        alone = [path for path in files if whose[path] == {code}]
    else:
        alone = files
    gone = alone if is_closed else []
    return list(gone), [path for path in files if path not in gone]


def _whose(name: str, events: Sequence[Event]) -> Iterator[str]:
    """The councils whose returns came in a file, or as one in it."""
    for event in events:
        if event.kind is Kind.RETURN and (event.file == name or event.file.startswith(f"{name}/")):
            yield event.gss_code


def _mails(round_: Round, events: Sequence[Event], code: str) -> Iterator[Path]:
    """Our mails, and the lists of those to whom they go."""
    named = {event.file for event in events if event.kind is Kind.MAIL and event.gss_code == code}
    for path in sorted(round_.paths.outbox.rglob("*")):
        is_own = path.relative_to(round_.folder).as_posix() in named or code in path.name
        if path.is_file() and (not code or is_own or path.suffix == ".csv"):
            yield path


def _results(round_: Round) -> Iterator[Path]:
    yield from sorted(path for path in round_.paths.results.iterdir() if path.is_dir())


def _quoting(round_: Round) -> Iterator[Path]:
    """What repeats the lists of some results, and what earlier runs left beside them."""
    for folder in _results(round_):
        yield from filter(Path.is_file, [folder / _QUOTING, *sorted((folder / REPLACED).rglob("*"))])


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be deleted ({error.strerror}). Close it, then forget again: that does the rest."
        ) from None


# --- Lists


def _clear_results(folder: Path, code: str) -> None:
    """Clear the lists of some results; that of the returns last, since the others' files are found by it."""
    if not (folder / "returns.csv").is_file():
        return
    rows = [row.texts for row in CsvFile(folder / "returns.csv").rows]
    names = {row["source_file"]: _neutral(row["source_file"], row["sha256"]) for row in rows}

    def cleared(name: str) -> Change:
        def change(row: Texts) -> Texts | None:
            if name in _EMPTIED:
                return None
            files = ("source_file", "superseded_by")
            new = {key: names.get(row[key], row[key]) for key in files if row.get(key)}
            out = dict.fromkeys(_CLEARED.get(name, ()), "")
            if out and row.get("waived"):
                out["waived"] = "waived"
            if out and row.get("reason"):
                out["reason"] = reason_kind(row["reason"])
            own = LISTINGS[name].columns
            others = dict.fromkeys((key for key in row if key not in own), "")
            return {**row, **out, **others, **new}

        return _if_of(code, change)

    for name in sorted(LISTINGS, key=lambda name: name == "returns.csv"):
        if (folder / name).is_file():
            _rewrite(folder / name, cleared(name))


def _if_of(code: str, change: Change) -> Change:
    """A change of the rows of one council, or of all."""
    return lambda row: change(row) if code in ("", row.get("gss_code")) else row


def _rewrite(path: Path, change: Change) -> None:
    """Write a list again with its rows changed, unless it is like that already."""
    rows = [row.texts for row in CsvFile(path).rows]
    if not rows:
        return
    content = to_csv(rows[0], [kept for row in rows if (kept := change(row)) is not None])
    if not is_same(path, content):
        write_file(path, content)


def _renamed(row: Texts) -> Texts:
    return {**row, "source_file": _neutral(row["source_file"], row["sha256"])}


def _neutral(name: str, digest: str) -> str:
    """A file's name without what people called it: the same at every run."""
    if not name or _OURS.fullmatch(name):
        return name
    known = hashlib.sha256(f"{digest} {name}".encode()).hexdigest()[:12]
    return f"return-{known}{Path(name).suffix.lower()}"


def _participant(round_: Round, row: Texts, council: Council | None) -> Texts:
    if council is not None and council_of(CsvRow(0, row, []), round_.register) != council:
        return row
    kept = {key: text if key in _STAY else "" for key, text in row.items()}
    return kept | ({"reason": reason_kind(row["reason"])} if row.get("reason") else {})


# --- The journal


def _event(event: Event) -> Event:
    """An event as it is remembered without those who took part in it."""
    match event.kind:
        case Kind.STATUS:
            return replace(event, why=reason_kind(event.why))
        case Kind.RETURN:
            return replace(event, address="", why="", file=_neutral(event.file, event.sha256))
        case Kind.RULING:
            return replace(event, why="")
        case Kind.MAIL:
            is_ours = event.file.startswith("outbox/")
            file = event.file if is_ours else _neutral(event.file, event.sha256)
            return replace(
                event, address="", file=file, why="" if "@" in event.why or not is_ours else event.why
            )
    return event

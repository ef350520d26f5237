"""The results of an ingest, and what a round's folder adds to them, as rows of the typed tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from nps_xlsx.files import StrPath
from nps_xlsx.framework import load_framework
from nps_xlsx.model import Framework, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import CsvFile
from nps_xlsx.season.folder import Round, is_round
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.participants import Participant
from nps_xlsx.season.tables import Row, Table, tables

_RETURNS, _ANSWERS, _PROBLEMS, _MISSING = "returns.csv", "answers.csv", "problems.csv", "not-returned.csv"
_OUTBOX = "outbox"

Texts = Mapping[str, str]


class ResultsError(UserError):
    """A folder that holds no results, or results that do not belong together."""


@dataclass(frozen=True, slots=True)
class Results:
    """The tables of one round, and their rows."""

    round: str
    """The round's name; empty where nothing says it."""
    tables: Mapping[str, Table]
    rows: Mapping[str, Sequence[Row]]
    """The rows of each table, by its name."""


def load_results(
    folder: StrPath,
    framework: Framework | None = None,
    register: Register | None = None,
    *,
    with_contacts: bool = False,
) -> Results:
    """Read a round's folder, with its newest results if it has any, or a folder that ``nps ingest`` wrote.

    Raises:
        ResultsError: there are no results, they are not of the framework, or not of one run.
        CsvError: one of the files cannot be used.
    """
    folder = Path(folder)
    round_ = Round(folder) if is_round(folder) else None
    framework = framework or (round_.framework if round_ else load_framework())
    register = register or (round_.register if round_ else load_register())
    files = _files(round_.paths.latest if round_ else folder, is_needed=round_ is None)
    participants, events = (round_.participants, round_.events) if round_ else ((), [])
    mails = [_mail(event) for event in events if event.kind is Kind.MAIL]
    councils = _Councils(register, participants, is_whole=round_ is not None)
    texts: dict[str, Iterable[Texts]] = {
        "councils": councils.rows(files, mails),
        "behaviours": _behaviours(framework),
        "returns": files[_RETURNS],
        "answers": files[_ANSWERS],
        "problems": _problems(files),
        "mails": mails,
    }
    stated = tables(with_contacts=with_contacts)
    rows = {name: [table.row(one) for one in texts[name]] for name, table in stated.items()}
    _refuse_broken(stated, rows, folder)
    counts = Counter(row["round"] for row in files[_RETURNS] if row["status"] == Status.ACCEPTED)
    name = round_.settings.round if round_ else max(counts, key=lambda one: (counts[one], one), default="")
    return Results(name, stated, rows)


def _files(folder: Path, *, is_needed: bool) -> dict[str, Sequence[Texts]]:
    """The rows of each of the CSV files; none where there are no results and none are needed."""
    if is_needed and not (folder / _RETURNS).is_file():
        raise ResultsError(
            f"{folder} holds no {_RETURNS}. Give the folder of a round, or one that nps ingest wrote."
        )
    there = (folder / _RETURNS).is_file()
    needed = [_RETURNS, _ANSWERS, _PROBLEMS] if there else []
    if (folder / _MISSING).is_file():
        needed.append(_MISSING)
    files: dict[str, Sequence[Texts]] = dict.fromkeys((_RETURNS, _ANSWERS, _PROBLEMS, _MISSING), ())
    return files | {name: [row.texts for row in CsvFile(folder / name).rows] for name in needed}


def _problems(files: Mapping[str, Sequence[Texts]]) -> Iterator[Texts]:
    returns = {row["source_file"] for row in files[_RETURNS]}
    for number, row in enumerate(files[_PROBLEMS], start=1):
        file = row["source_file"]
        own = {} if file in returns else {"source_file": "", "rulings_file": file}
        yield {**row, "number": str(number), **own}


def _behaviours(framework: Framework) -> Iterator[Texts]:
    for position, row in enumerate(framework.rows, start=1):
        area = framework.area_by_code[row.code]
        yield {
            "ref": row.code,
            "position": str(position),
            "value_code": str(row.value_code or ""),
            "theme": framework.theme_name(area),
            "area_code": area.code,
            "key_area": area.name,
            "behaviour": row.name,
        }


def _mail(event: Event) -> Texts:
    folder, *below = PurePosixPath(event.file).parts or ("",)
    purpose = below[0] if folder == _OUTBOX and len(below) > 1 else ""
    return {name: str(value) for name, value in asdict(event).items()} | {"mail": purpose}


@dataclass(frozen=True, slots=True)
class _Councils:
    """The councils that anything is about."""

    register: Register
    participants: Sequence[Participant]
    is_whole: bool
    """Whether they are all that were asked."""

    def rows(self, files: Mapping[str, Sequence[Texts]], mails: Sequence[Texts]) -> Iterator[Texts]:
        """A row for each, in the order of their codes."""
        asked = {one.gss_code: one for one in self.participants}
        missing = {row["gss_code"] for row in files[_MISSING]}
        names = dict.fromkeys((*asked, *(mail["gss_code"] for mail in mails)), "")
        for row in (row for file in files.values() for row in file):
            names[row["gss_code"]] = row.get("council") or names.get(row["gss_code"], "")
        for code in sorted(names.keys() - {""}):
            is_asked = "Yes" if code in asked or code in missing else "No" if self.is_whole else ""
            yield {
                "gss_code": code,
                "council": names[code],
                "asked": is_asked,
                **self._known(code),
                **(_decided(asked[code]) if code in asked else {}),
            }

    def _known(self, code: str) -> Texts:
        council = self.register.by_code.get(code)
        if council is None:
            return {}
        return {
            "council": council.name,
            **{name: getattr(council, name) for name in ("nation", "region", "council_type")},
        }


def _decided(one: Participant) -> Texts:
    return {
        "respondents": "; ".join(one.respondents),
        "status": one.status,
        "reason_kind": one.reason_kind,
        "reason": one.reason,
        "contact": one.contact,
        "email": "; ".join(one.emails),
    }


def _refuse_broken(stated: Mapping[str, Table], rows: Mapping[str, Sequence[Row]], folder: Path) -> None:
    """Refuse rows without a key of their own, or that refer to what is not there."""
    there: dict[str, Collection[object]] = {}
    for name, table in stated.items():
        keys = [tuple(row[column] for column in table.key) for row in rows[name]]
        if len(set(keys)) < len(keys) or any(None in key for key in keys):
            raise ResultsError(
                f"The results in {folder} have rows of {name} without a {' and '.join(table.key)} of their "
                "own: they were changed. Run nps ingest again."
            )
        there[name] = {key[0] for key in keys}
        for column in table.columns:
            named = {row[column.name] for row in rows[name]} - {None} if column.references else set()
            if unknown := named.difference(there.get(column.references, ())):
                raise ResultsError(
                    f"The results in {folder} have {name} with the {column.name} {min(map(str, unknown))}, "
                    f"which is not among the {column.references}. If they are of another framework, give it "
                    "with --framework; otherwise they were changed: run nps ingest again."
                )

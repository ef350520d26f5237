"""One file to one return: who it is from, every answer with its place, and what is wrong with it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from nps_xlsx import layout
from nps_xlsx.councils import CouncilError, Register
from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.locate import (
    FoundStamp,
    Row,
    Table,
    find_details,
    find_rows,
    find_stamps,
    find_tables,
)
from nps_xlsx.ingester.reading import CellValue, RefusedError, Workbook, read_workbook
from nps_xlsx.ingester.values import read_date, read_level, read_priority, read_text
from nps_xlsx.model import Answer, Assessment, Framework, LevelValue, Place, Problem, Return, Status
from nps_xlsx.problems import problem
from nps_xlsx.stamp import Stamp, StampError, parse_stamp

_REFUSED_SLUGS = ("level-unreadable", "cell-error", "row-doubled")


def read_return(source: SourceFile, framework: Framework, register: Register) -> Return:
    """Read one file; whatever is wrong with it becomes problems, never an exception."""
    digest = hashlib.sha256(source.content).hexdigest()
    try:
        workbook = read_workbook(source)
        return _Reader(source.name, workbook, framework, register).assemble(digest)
    except RefusedError as refusal:
        words = {"value": ""} | refusal.words
        found = problem(refusal.slug, Place(source.name), **words)
        return Return(source.name, digest, Status.REFUSED, problems=(found,), message=found.message)


@dataclass(frozen=True, slots=True)
class _Identity:
    gss_code: str
    council: str
    round: str
    template: str
    respondent: str = ""
    asked: tuple[str, ...] = ()
    with_review: bool = False


@dataclass(slots=True)
class _Reader:
    """Reads one workbook and collects the problems on the way."""

    file: str
    workbook: Workbook
    framework: Framework
    register: Register
    problems: list[Problem] = field(default_factory=list)
    present: int = 0
    refused: int = 0

    def assemble(self, digest: str) -> Return:
        stamps = find_stamps(self.workbook.grids)
        tables = find_tables(self.workbook.grids, self.framework, stamps)
        rows = list(find_rows(tables, self.framework))
        if not rows:
            raise RefusedError("file-not-ours")
        details = self._details()
        identity = self._identity(details, stamps)
        answers = self._answers(rows)
        self._missing(tables, {row.ref for row in rows}, identity)
        texts = tuple((key, text) for key, (text, _) in details.items())
        assessment = Assessment(
            gss_code=identity.gss_code,
            council=identity.council,
            round=identity.round,
            answers=answers,
            respondent=identity.respondent or _respondent(dict(texts)),
            asked=identity.asked,
            details=texts,
        )
        return Return(
            source_file=self.file,
            sha256=digest,
            status=Status.ACCEPTED,
            assessment=assessment,
            problems=tuple(self.problems),
            template_version=identity.template,
            saved_by=self.workbook.saved_by,
            answers_present=self.present,
            answers_refused=self.refused,
        )

    def _tell(self, slug: str, place: Place, *, ref: str = "", value: str = "", **words: str) -> None:
        place = replace(place, file=self.file)
        self.problems.append(problem(slug, place, ref=ref, value=value, **words))

    # --- Who it is from

    def _details(self) -> dict[str, tuple[str, Place]]:
        found = find_details(self.workbook.grids)
        texts: dict[str, tuple[str, Place]] = {}
        for key, (value, place) in found.items():
            day, words = read_date(value) if key == "date_completed" else (None, read_text(value))
            if key == "date_completed" and words:
                self._tell("date-completed-unreadable", place, value=words)
            texts[key] = (day.isoformat() if day else words.strip(), place)
        return texts

    def _identity(self, details: dict[str, tuple[str, Place]], stamps: list[FoundStamp]) -> _Identity:
        stamp = self._stamp(stamps)
        typed = details.get("gss_code", ("", Place()))
        named = details.get("council", ("", Place()))
        if stamp is None:
            self._tell("stamp-missing", Place())
            return self._by_what_is_typed(typed[0], named[0], details.get("round", ("", Place()))[0])
        if stamp.edition != self.framework.edition:
            raise RefusedError("edition-unknown", value=stamp.edition)
        council = self.register.by_code.get(stamp.gss_code)
        if council is None:
            self._tell("council-unknown", typed[1], value=stamp.gss_code)
        name = council.name if council else named[0] or stamp.gss_code
        self._tell_contradictions(stamp, name, details)
        asked = tuple(code for code in stamp.asked if code in self.framework.row_by_code)
        return _Identity(
            *(stamp.gss_code, name, stamp.round, stamp.template),
            respondent=stamp.respondent,
            asked=asked,
            with_review=stamp.with_review,
        )

    def _tell_contradictions(self, stamp: Stamp, name: str, details: dict[str, tuple[str, Place]]) -> None:
        """Tell where the code, the name or the round on the first sheet is not that of the stamp."""
        built_for = f"{name} ({stamp.gss_code})"
        code, code_place = details.get("gss_code", ("", Place()))
        if code and code.upper() != stamp.gss_code:
            self._tell("council-differs", code_place, value=code, built_for=built_for)
        named, named_place = details.get("council", ("", Place()))
        if named and named != name:
            self._tell("council-differs", named_place, value=named, built_for=built_for)
        round_, round_place = details.get("round", ("", Place()))
        if round_ and round_ != stamp.round:
            self._tell("round-differs", round_place, value=round_, built_for=stamp.round)

    def _by_what_is_typed(self, code: str, name: str, round_: str) -> _Identity:
        if not round_:
            self._tell("round-unknown", Place())
        for wanted in filter(None, (code, name)):
            try:
                council = self.register.find(wanted)
            except CouncilError:
                continue  # the name may do where the code does not
            return _Identity(council.gss_code, council.name, round_, "")
        if not code:
            raise RefusedError("council-missing")
        self._tell("council-unknown", Place(), value=code)
        return _Identity(code.upper(), name or code, round_, "")

    def _stamp(self, found: list[FoundStamp]) -> Stamp | None:
        """The stamp that most sheets carry; the property's where no sheet has one."""
        for damaged in (stamp for stamp in found if stamp.stamp is None):
            self._tell("stamp-damaged", Place("", damaged.grid, damaged.cell), value=damaged.text)
        whole = [stamp.stamp for stamp in found if stamp.stamp is not None]
        if not whole:
            try:
                return parse_stamp(self.workbook.stamp_property)
            except StampError:
                return None
        chosen, _ = Counter(stamp.workbook for stamp in whole).most_common(1)[0]
        self._tell_of_others(found, chosen)
        return next(stamp for stamp in whole if stamp.workbook == chosen)

    def _tell_of_others(self, found: Iterable[FoundStamp], chosen: tuple[object, ...]) -> None:
        for other in found:
            if other.stamp is not None and other.stamp.workbook != chosen:
                self._tell("stamp-differs", Place("", other.grid, other.cell), value=other.text)

    # --- Answers

    def _answers(self, rows: Sequence[Row]) -> tuple[Answer, ...]:
        answers: dict[str, Answer] = {}
        for row in rows:
            before = len(self.problems)
            answer = self._answer(row)
            written = not answer.is_blank or len(self.problems) > before
            self.present += written
            if row.ref in answers and not written:
                continue  # a row copied without its answers hides nothing
            if row.ref in answers and not answers[row.ref].is_blank:
                self._tell("row-doubled", row.table.place("", row.row, "ref"), ref=row.ref)
            else:
                answers[row.ref] = answer
            self.refused += any(found.slug in _REFUSED_SLUGS for found in self.problems[before:])
        return tuple(answers[row.code] for row in self.framework.rows if row.code in answers)

    def _answer(self, row: Row) -> Answer:
        current, current_text = self._level(row, "current")
        target, target_text = self._level(row, "target")
        reviewer_level, _ = self._level(row, "reviewer_level")
        day, words = read_date(self._value(row, "due_date"))
        if words:
            self._tell("date-unreadable", self._place(row, "due_date"), ref=row.ref, value=words)
        priority, is_known = read_priority(self._value(row, "priority"))
        if not is_known:
            self._tell("priority-unreadable", self._place(row, "priority"), ref=row.ref, value=priority)
        return Answer(
            ref=row.ref,
            current=current,
            target=target,
            current_text=current_text,
            target_text=target_text,
            evidence=read_text(self._value(row, "evidence")),
            actions=read_text(self._value(row, "actions")),
            owner=read_text(self._value(row, "owner")),
            due_date=day,
            due_text=words,
            priority=priority,
            reviewer_level=reviewer_level,
            reviewer_comment=read_text(self._value(row, "reviewer_comment")),
            place=replace(self._place(row, "current"), file=self.file),
        )

    def _level(self, row: Row, key: str) -> tuple[LevelValue, str]:
        reading = read_level(self._value(row, key), self.framework.levels)
        if reading.slug:
            place = self._place(row, key)
            self._tell(reading.slug, place, ref=row.ref, value=reading.text, which=key.removesuffix("_level"))
        return reading.value, reading.text

    def _value(self, row: Row, key: str) -> CellValue:
        """A cell's value; an error cell is told, and read as blank."""
        error = row.table.grid.errors.get((row.row, row.table.columns.get(key, -1)))
        if error is None:
            return row.table.value(row.row, key)
        self._tell("cell-error", self._place(row, key), ref=row.ref, value=error)
        return ""

    def _place(self, row: Row, key: str) -> Place:
        return row.table.place("", row.row, key)

    # --- What should be there and is not

    def _missing(self, tables: Sequence[Table], found: set[str], identity: _Identity) -> None:
        columns = layout.assessment_columns(self.framework, with_review=identity.with_review)
        asked = self.framework.only(identity.asked) if identity.asked else self.framework
        for table in tables:
            for column in columns:
                if column.is_input and column.key not in table.columns:
                    place = table.place("", table.heading_row, "ref")
                    self._tell("heading-missing", place, value=column.heading)
        for area in asked.areas:
            missing = [row.code for row in area.rows if row.code not in found]
            if len(missing) == len(area.rows):
                place = Place("", area.sheet)
                self._tell("sheet-missing", place, value=area.sheet, count=str(len(area.behaviours)))
            elif missing:
                self._tell("row-missing", Place("", area.sheet), value=", ".join(missing))


def _respondent(details: dict[str, str]) -> str:
    """Who answered, where the return is one department's view and not the council's."""
    return details.get("department", "") if details.get("combined", "").casefold() == "no" else ""

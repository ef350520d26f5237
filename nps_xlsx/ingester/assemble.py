"""One file to one return: who it is from, every answer with its place, and what is wrong with it.

The stages: readable? ours? which edition, round, council, respondent? structure intact?
values.  Each ends in problems; only the first three can end the reading of a file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from nps_xlsx.ingester.answers import AnswerReader
from nps_xlsx.ingester.beside import BesideReader, Heads
from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.elsewhere import Elsewhere, other_texts
from nps_xlsx.ingester.grids import Grid, Properties, Workbook
from nps_xlsx.ingester.identity import Identifier, Identity
from nps_xlsx.ingester.locate import (
    Row,
    Table,
    find_loose_rows,
    find_rows,
    find_stamps,
    find_tables,
    live_grids,
)
from nps_xlsx.ingester.ours import our_texts
from nps_xlsx.ingester.reading.workbook import read_workbook
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.ingester.refused import refused_return
from nps_xlsx.ingester.reported import Reported
from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Status
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.dates import iso_date
from nps_xlsx.register.councils import Register
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.stamp import BUILT_AT, OLDER_TEMPLATES
from nps_xlsx.workbook.values import department_of, read_level, read_text


def read_return(
    source: SourceFile,
    framework: Framework | None = None,
    register: Register | None = None,
    read: Callable[[SourceFile], Workbook] | None = None,
) -> Return:
    """Read one file; whatever is wrong with it becomes problems, never an exception.

    It is read in this process, as is right for files of your own making; what comes by mail
    is better read by ``ReadingProcess``.  ``read`` gives the workbook, for tests.
    """
    if framework is None or register is None:
        from nps_xlsx.framework import load_framework
        from nps_xlsx.register.councils import load_register

        framework, register = framework or load_framework(), register or load_register()
    try:
        workbook = read(source) if read else read_workbook(source, our_texts(framework).listed)
        digest = hashlib.sha256(source.content).hexdigest()
        returned = _Reader(Reported(source.name), workbook, framework, register).assemble(digest)
        return replace(returned, received=source.received)
    except RefusedError as refusal:
        return refused_return(source, refusal)


@dataclass(slots=True)
class _Reader:
    """Takes one workbook apart."""

    reported: Reported
    workbook: Workbook
    framework: Framework
    register: Register

    def assemble(self, digest: str) -> Return:
        grids = self.workbook.grids
        for slug, words in self.workbook.notes:
            self.reported.report(slug, Place(), **words)
        stamps = find_stamps(grids)
        live = live_grids(grids, stamps)
        answered = [grid for grid in grids if grid.name not in live]
        stamped = {one.grid for one in stamps if one.stamp}
        tables = find_tables(sorted(answered, key=lambda grid: grid.name not in stamped), self.framework)
        rows = list(find_rows(tables, self.framework))
        if not rows:
            raise RefusedError("file-not-ours")
        beside = BesideReader(self.reported, answered)
        details = beside.details()
        identifier = Identifier(self.reported, self.framework, self.register)
        identity = identifier.identify(details, stamps, self.workbook.properties, grids)
        reader = AnswerReader(self.reported, self.framework, identity)
        answers = reader.read(rows, tables)
        mine = [row for row in rows if row.table.grid.name not in identity.foreign]
        heads = beside.heads(self.framework, mine)
        start = {place.sheet for _, place in details.values()}
        self._structure(tables, rows, identity, live | start, {one.grid for one in stamps})
        places = {key: place for key, (_, place) in details.items()}
        said = [*details.values(), *heads.values()]
        elsewhere = Elsewhere(self.framework, tables, rows, stamps, live, said, answers)
        texts = other_texts(elsewhere.find(grids, self.workbook.asides), self.reported)
        return Return(
            source_file=self.reported.file,
            sha256=digest,
            status=Status.ACCEPTED,
            assessment=Assessment(
                gss_code=identity.gss_code,
                council=identity.council,
                round=identity.round,
                answers=answers,
                respondent=identity.respondent
                or department_of({key: text for key, (text, _) in details.items()}),
                asked=identity.asked,
                details=tuple((key, text) for key, (text, _) in details.items()),
                heads=tuple((*where, text) for where, (text, _) in heads.items()),
                detail_places=places,
                head_places=_places(heads),
            ),
            problems=tuple(self.reported.problems),
            template_version=identity.template,
            built_for=identity.respondent,
            earlier=self._earlier(identity, mine),
            saved_by=self.workbook.properties.saved_by,
            saved_at=_saved_at(self.workbook.properties),
            answers_present=reader.present,
            answers_refused=reader.refused,
            other_texts=texts,
        )

    def _earlier(self, identity: Identity, rows: Sequence[Row]) -> Assessment | None:
        """The levels in the column of the earlier round, if the workbook was prefilled."""
        if not identity.last_round:
            return None
        levels = self.framework.levels
        shown = [row for row in rows if "last_round" in row.table.columns]
        read = [(row.ref, read_level(row.table.value(row.row, "last_round"), levels)) for row in shown]
        answers = (
            Answer(ref, level.value, current_text=level.text, current_between=level.is_between)
            for ref, level in read
        )
        return Assessment(identity.gss_code, identity.council, identity.last_round, tuple(answers))

    # --- What is missing, and what was added

    def _structure(
        self,
        tables: Sequence[Table],
        rows: Sequence[Row],
        identity: Identity,
        others: set[str],
        ours: set[str],
    ) -> None:
        """Report what is missing and what was added; ``others`` hold no answers, ``ours`` carry a stamp."""
        newer = _newer_columns(tables, identity.template)
        for table in tables:
            self._headings(table, identity, newer)
        present = {row.ref for row in rows}
        present |= self._loose_rows(tables, present, others)
        self._missing_rows(present, identity)
        known = {table.grid.name for table in tables} | others | ours
        for grid in self.workbook.grids:
            if grid.name not in known and _has_anything(grid):
                self.reported.report("sheet-extra", Place("", grid.name), value=grid.name)

    def _headings(self, table: Table, identity: Identity, newer: Collection[str]) -> None:
        columns = layout.assessment_columns(self.framework, with_review=identity.with_review)
        by_key = {column.key: column.heading for column in columns}
        expected = (c for c in columns if c.is_input and (c.key in newer or c.key not in layout.SINCE_2))
        missing = [c.heading for c in expected if c.key not in table.columns]
        for heading in missing if table.has_ref_heading else [by_key["ref"], *missing]:
            slug = "ref-heading-missing" if heading == by_key["ref"] else "heading-missing"
            self.reported.report(slug, table.place(table.heading_row, "ref"), value=heading)
        for key, col in table.doubled:
            used, other = (cell_name(table.heading_row, c) for c in (table.columns[key], col))
            place = Place("", table.grid.name, other)
            self.reported.report("heading-doubled", place, value=by_key.get(key, key), used=used)
        for col, heading in table.extra.items():
            place = Place("", table.grid.name, cell_name(table.heading_row, col))
            self.reported.report("column-extra", place, value=heading)

    def _loose_rows(self, tables: Sequence[Table], present: set[str], others: set[str]) -> set[str]:
        """Report rows whose headings are gone, where their behaviours stand nowhere else."""
        loose = set()
        for grid in self.workbook.grids:
            if grid.name in others:
                continue
            for code, row, col in find_loose_rows(grid, tables, self.framework):
                if code not in present:
                    loose.add(code)
                    place = Place("", grid.name, cell_name(row, col))
                    self.reported.report("row-without-headings", place, ref=code)
        return loose

    def _missing_rows(self, present: set[str], identity: Identity) -> None:
        asked = self.framework.only(identity.asked) if identity.asked else self.framework
        for area in asked.areas:
            missing = [row.code for row in area.rows if row.code not in present]
            if len(missing) == len(area.rows):
                place, count = Place("", area.sheet), str(len(area.behaviours))
                self.reported.report("sheet-missing", place, value=area.sheet, count=count)
            elif missing:
                self.reported.report("row-missing", Place("", area.sheet), value=", ".join(missing))


def _places(heads: Heads) -> dict[str, dict[str, Place]]:
    """Where the texts in heads stand, by the area's code and then the key."""
    places: dict[str, dict[str, Place]] = {}
    for (area, key), (_, place) in heads.items():
        places.setdefault(area, {})[key] = place
    return places


def _has_anything(grid: Grid) -> bool:
    return any(read_text(value) for row in grid.rows for value in row)


def _newer_columns(tables: Sequence[Table], template: str) -> Collection[str]:
    """The columns that it has since template 1; where no stamp says it, those that any table has."""
    if template:
        return () if template in OLDER_TEMPLATES else layout.SINCE_2
    return {key for table in tables for key in table.columns}


def _saved_at(properties: Properties) -> str:
    """When the file was last saved; empty where its program left the builder's own day."""
    day = iso_date(properties.saved_at[:10])
    is_ours = day is not None and abs(day - BUILT_AT.date()) <= dt.timedelta(days=1)  # a time zone off
    return "" if is_ours else properties.saved_at

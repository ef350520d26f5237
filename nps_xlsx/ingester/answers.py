"""The rows of the tables to answers, each with its cells; what cannot be used is reported, never dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nps_xlsx.ingester.grids import Position
from nps_xlsx.ingester.identity import Identity
from nps_xlsx.ingester.locate import Row, Table
from nps_xlsx.ingester.ours import our_texts
from nps_xlsx.ingester.reported import Reported
from nps_xlsx.ingester.shown import shown
from nps_xlsx.ingester.witnesses import Witnesses
from nps_xlsx.model import Answer, Framework, Place
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.problems import CATALOGUE
from nps_xlsx.workbook.inputs import COLUMNS, read_input
from nps_xlsx.workbook.layout import Column, Kind
from nps_xlsx.workbook.values import CellValue, read_text, text_slug


@dataclass(slots=True)
class AnswerReader:
    """Reads the answers of one file, and counts the rows in which the council wrote something."""

    reported: Reported
    framework: Framework
    identity: Identity
    present: int = 0
    refused: int = 0

    def read(self, rows: Sequence[Row], tables: Sequence[Table]) -> tuple[Answer, ...]:
        """The answers of the rows, in the framework's order; the first of two that are not blank."""
        answers: dict[str, Answer] = {}
        doubted = self._doubted(rows)
        for row in rows:
            if row.table.grid.name in self.identity.foreign or (id(row.table), row.row) in doubted:
                self._count_refused(row)
                continue
            if not self._has_content(row):
                answers.setdefault(row.ref, _RowReader(self.reported, self.framework, row).answer())
                continue  # a row copied without its answers hides nothing
            self.present += 1
            if row.ref in answers and not answers[row.ref].is_blank:
                again = _RowReader(self.reported, self.framework, row)
                again.report("row-doubled", "ref", self._words(row.table, row.row))
                self.refused += 1
                continue
            answers[row.ref] = _RowReader(self.reported, self.framework, row).answer()
            self.refused += bool(answers[row.ref].refused)
        self._unknown_rows(tables, {(id(row.table), row.row) for row in rows})
        return tuple(answers[row.code] for row in self.framework.rows if row.code in answers)

    def _doubted(self, rows: Sequence[Row]) -> set[tuple[int, int]]:
        """Report rows whose Ref is contradicted; where there are several, no row of their table is used."""
        doubted: set[tuple[int, int]] = set()
        mine = [row for row in rows if row.table.grid.name not in self.identity.foreign]
        for doubt in Witnesses(self.framework).doubts(mine):
            row, _ = doubt.pairs[0]
            slug = "refs-against-names" if doubt.is_of_table else "ref-against-name"
            ref = "" if doubt.is_of_table else row.ref
            value = "" if doubt.is_of_table else self._words(row.table, row.row)
            self.reported.report(
                slug, row.table.place(row.row, "ref"), ref=ref, field="ref", value=value, pairs=doubt.words
            )
            refused = [r for r in mine if r.table is doubt.table and (doubt.is_of_table or r.row == row.row)]
            doubted |= {(id(r.table), r.row) for r in refused}
        return doubted

    def _count_refused(self, row: Row) -> None:
        # What refuses it was reported once, for the sheet, the table or the row.
        if self._has_content(row):
            self.present += 1
            self.refused += 1

    def _has_content(self, row: Row) -> bool:
        return any(row.table.holds(row.row, key) for key in COLUMNS)

    def _unknown_rows(self, tables: Sequence[Table], known: set[tuple[int, int]]) -> None:
        """Report rows below the headings that hold answers, but whose Ref and name are not ours."""
        for table in tables:
            others = [row for row in table.rows if (id(table), row) not in known]
            for number in table.may_hold(others, COLUMNS):
                held = [key for key in COLUMNS if table.holds(number, key)]
                if not held or self._is_guide(table, number, held):
                    continue
                place = table.place(number, held[0])
                self.reported.report("row-unknown", place, value=self._words(table, number))
                self.present += 1
                self.refused += 1

    def _is_guide(self, table: Table, number: int, held: Sequence[str]) -> bool:
        """Whether a row is our guidance: it reaches over inputs if it has more texts than levels."""
        texts, ours = [read_text(table.value(number, key)) for key in held], our_texts(self.framework)
        return all(text and ours.has(text) for text in texts)

    def _words(self, table: Table, number: int) -> str:
        """All that a council wrote in a row, for those who are to say where it belongs."""
        return "; ".join(filter(None, (read_text(table.value(number, key)) for key in COLUMNS)))


class _RowReader:
    """Reads one row; ``report`` keeps the columns in which something could not be used."""

    def __init__(self, reported: Reported, framework: Framework, row: Row) -> None:
        self._reported, self._framework, self._row = reported, framework, row
        self._refused: list[str] = []

    def answer(self) -> Answer:
        """The row as an answer, each of its faults reported."""
        row = self._row
        if row.by_name:
            self.report("ref-lost", "ref", read_text(row.table.value(row.row, "ref")))
        fields: dict[str, Any] = {}
        for key, column in COLUMNS.items():
            if key in row.table.columns and (value := self._value(key)) != "":
                fields |= self._read(column, value)
        return Answer(
            ref=row.ref,
            **fields,
            place=Place(self._reported.file, row.table.grid.name, row.table.cell(row.row, "current")),
            refused=tuple(dict.fromkeys(self._refused)),
            cells={key: row.table.cell(row.row, key) for key in row.table.columns},
        )

    def report(self, slug: str, key: str, value: str = "") -> None:
        """Report a problem with one of the row's cells."""
        if CATALOGUE[slug].refuses:
            self._refused.append(key)
        place = self._row.table.place(self._row.row, key)
        which = key.removesuffix("_level").replace("_", " ")
        self._reported.report(slug, place, ref=self._row.ref, field=key, value=value, which=which)

    def _read(self, column: Column, value: CellValue) -> Mapping[str, Any]:
        """The fields that a column fills."""
        key, grid = column.key, self._row.table.grid
        if column.kind is Kind.TEXT:
            return {key: self._text(key, value)}
        descriptors = self._framework.row_by_code[self._row.ref].descriptors
        levels, is_1904 = self._framework.levels, grid.seen.is_1904
        reading = read_input(column, value, levels, descriptors, is_1904=is_1904)
        if reading.slug:
            self.report(reading.slug, key, reading.text)
        is_level = column.kind is Kind.LEVEL and reading.fields[key] is not None
        if is_level and self._at(key) in grid.seen.formulas:
            self.report("answer-by-formula", key, reading.text)
        return reading.fields

    def _text(self, key: str, value: CellValue) -> str:
        at, grid = self._at(key), self._row.table.grid
        slug = text_slug(value, grid.seen.cut_at)
        if slug:
            self.report(slug, key)
        if not (at in grid.seen.formats or at in grid.seen.shown):
            return read_text(value)
        text = grid.seen.shown.get(at) or shown(value, grid.seen.formats.get(at, ""))
        if text is None and not isinstance(value, dt.date):
            self.report("number-as-stored", key, read_text(value))
        return read_text(value) if text is None else text

    def _value(self, key: str) -> CellValue:
        """A cell's value; one that holds something else than a value is reported, and read as blank."""
        at, grid = self._at(key), self._row.table.grid
        slug, found = grid.trouble(at)
        if slug:
            self.report(slug, key, found)
            return ""
        value = grid.at(*at)
        if value != "":
            self._report_looks(key, at)
        return value

    def _report_looks(self, key: str, at: Position) -> None:
        """Report what cannot be seen in a cell's value: that it is merged, that words are struck through."""
        grid = self._row.table.grid
        if at[0] != self._row.row:
            self.report("answer-merged", key, cell_name(*at))
        if at in grid.unconfirmed:
            self.report("cell-unconfirmed", key)
        if at in grid.seen.struck:
            self.report("words-struck", key)

    def _at(self, key: str) -> Position:
        return self._row.table.at(self._row.row, key)

"""The rows of the tables to answers, each with its cells; what cannot be used is reported, never dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

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
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import (
    CellValue,
    LevelReading,
    read_date,
    read_level,
    read_priority,
    read_text,
    text_slug,
)


@dataclass(slots=True)
class AnswerReader:
    """Reads the answers of one file, and counts the rows in which the council wrote something."""

    reported: Reported
    framework: Framework
    identity: Identity
    present: int = 0
    refused: int = 0
    inputs: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        columns = layout.assessment_columns(self.framework, with_review=True)
        self.inputs = tuple(column.key for column in columns if column.is_input)

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
        return any(row.table.holds(row.row, key) for key in self.inputs)

    def _unknown_rows(self, tables: Sequence[Table], known: set[tuple[int, int]]) -> None:
        """Report rows below the headings that hold answers, but whose Ref and name are not ours."""
        for table in tables:
            for number in (row for row in table.rows if (id(table), row) not in known):
                held = [key for key in self.inputs if table.holds(number, key)]
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
        return "; ".join(filter(None, (read_text(table.value(number, key)) for key in self.inputs)))


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
        current, target = self._level("current"), self._level("target")
        reviewer_level = self._level("reviewer_level").value
        day, words = read_date(self._value("due_date"), is_1904=row.table.grid.seen.is_1904)
        if words:
            self.report("date-unreadable", "due_date", words)
        priority, is_known = read_priority(self._value("priority"))
        if not is_known:
            self.report("priority-unreadable", "priority", priority)
        return Answer(
            ref=row.ref,
            current=current.value,
            target=target.value,
            current_text=current.text,
            target_text=target.text,
            current_between=current.is_between,
            target_between=target.is_between,
            evidence=self._text("evidence"),
            actions=self._text("actions"),
            owner=self._text("owner"),
            due_date=day,
            due_text=words,
            priority=priority,
            reviewer_level=reviewer_level,
            reviewer_comment=self._text("reviewer_comment"),
            place=Place(self._reported.file, row.table.grid.name, row.table.cell(row.row, "current")),
            refused=tuple(dict.fromkeys(self._refused)),
            cells={key: row.table.cell(row.row, key) for key in row.table.columns},
        )

    def report(self, slug: str, key: str, value: str = "") -> None:
        """Report a problem with one of the row's cells."""
        if CATALOGUE[slug].refuses:
            self._refused.append(key)
        place, which = self._row.table.place(self._row.row, key), key.removesuffix("_level")
        self._reported.report(slug, place, ref=self._row.ref, field=key, value=value, which=which)

    def _level(self, key: str) -> LevelReading:
        behaviour = self._framework.row_by_code[self._row.ref]
        reading = read_level(self._value(key), self._framework.levels, behaviour.descriptors)
        if reading.slug:
            self.report(reading.slug, key, reading.text)
        if reading.value is not None and self._at(key) in self._row.table.grid.seen.formulas:
            self.report("answer-by-formula", key, reading.text)
        return reading

    def _text(self, key: str) -> str:
        value, at, grid = self._value(key), self._at(key), self._row.table.grid
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
        if at in grid.seen.errors:
            self.report("cell-error", key, grid.seen.errors[at])
        elif at in grid.seen.without_result:
            self.report("formula-without-result", key)
        elif at in grid.unread:
            self.report("cell-unread", key)
        else:
            value = grid.at(*at)
            if value != "":
                self._report_looks(key, at)
            return value
        return ""

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

"""The rows of the tables to answers, each with its cells; what cannot be used is told, never dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nps_xlsx.ingester.findings import Findings
from nps_xlsx.ingester.identity import Identity
from nps_xlsx.ingester.locate import Row, Table
from nps_xlsx.ingester.ours import our_texts
from nps_xlsx.ingester.shown import shown
from nps_xlsx.ingester.witnesses import Witnesses
from nps_xlsx.model import Answer, Framework, LevelValue, Place
from nps_xlsx.model.cells import cell_name
from nps_xlsx.model.problems import CATALOGUE
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.values import CellValue, read_date, read_level, read_priority, read_text, text_slug


@dataclass(slots=True)
class AnswerReader:
    """Reads the answers of one file, and counts the rows in which the council wrote something."""

    findings: Findings
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
                answers.setdefault(row.ref, self._answer(row))
                continue  # a row copied without its answers hides nothing
            self.present += 1
            if row.ref in answers and not answers[row.ref].is_blank:
                self._tell(row, "row-doubled", "ref", self._words(row.table, row.row))
                self.refused += 1
                continue
            answers[row.ref] = self._answer(row)
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
            self.findings.tell(
                slug, self._place(row, "ref"), ref=ref, field="ref", value=value, pairs=doubt.words
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
        """Tell rows below the headings that hold answers, but whose Ref and name are not ours."""
        for table in tables:
            for number in table.rows:
                held = [key for key in self.inputs if table.holds(number, key)]
                if (id(table), number) in known or not held or self._is_guide(table, number, held):
                    continue
                place = table.place(number, held[0])
                self.findings.tell("row-unknown", place, value=self._words(table, number))
                self.present += 1
                self.refused += 1

    def _is_guide(self, table: Table, number: int, held: Sequence[str]) -> bool:
        """Whether a row is our guidance: it reaches over inputs if it has more texts than levels."""
        texts, ours = [read_text(table.value(number, key)) for key in held], our_texts(self.framework)
        return all(text and ours.has(text) for text in texts)

    def _words(self, table: Table, number: int) -> str:
        """All that a council wrote in a row, for those who are to say where it belongs."""
        return "; ".join(filter(None, (read_text(table.value(number, key)) for key in self.inputs)))

    # --- One row

    def _answer(self, row: Row) -> Answer:
        before = len(self.findings.problems)
        answer = self._read(row)
        found = self.findings.problems[before:]
        refused = tuple(problem.field for problem in found if CATALOGUE[problem.slug].refuses)
        return replace(answer, refused=tuple(dict.fromkeys(refused)))

    def _read(self, row: Row) -> Answer:
        if row.by_name:
            self._tell(row, "ref-lost", "ref", read_text(row.table.value(row.row, "ref")))
        current, current_text = self._level(row, "current")
        target, target_text = self._level(row, "target")
        reviewer_level, _ = self._level(row, "reviewer_level")
        day, words = read_date(self._value(row, "due_date"), is_1904=row.table.grid.is_1904)
        if words:
            self._tell(row, "date-unreadable", "due_date", words)
        priority, is_known = read_priority(self._value(row, "priority"))
        if not is_known:
            self._tell(row, "priority-unreadable", "priority", priority)
        return Answer(
            ref=row.ref,
            current=current,
            target=target,
            current_text=current_text,
            target_text=target_text,
            evidence=self._text(row, "evidence"),
            actions=self._text(row, "actions"),
            owner=self._text(row, "owner"),
            due_date=day,
            due_text=words,
            priority=priority,
            reviewer_level=reviewer_level,
            reviewer_comment=self._text(row, "reviewer_comment"),
            place=replace(self._place(row, "current"), file=self.findings.file),
            cells={key: row.table.cell(row.row, key) for key in row.table.columns},
        )

    def _level(self, row: Row, key: str) -> tuple[LevelValue, str]:
        behaviour = self.framework.row_by_code[row.ref]
        reading = read_level(self._value(row, key), self.framework.levels, behaviour.descriptors)
        if reading.slug:
            self._tell(row, reading.slug, key, reading.text)
        if reading.value is not None and self._at(row, key) in row.table.grid.formulas:
            self._tell(row, "answer-by-formula", key, reading.text)
        return reading.value, reading.text

    def _text(self, row: Row, key: str) -> str:
        value, at, grid = self._value(row, key), self._at(row, key), row.table.grid
        slug = text_slug(value, grid.cut_at)
        if slug:
            self._tell(row, slug, key)
        if not (at in grid.formats or at in grid.shown):
            return read_text(value)
        text = grid.shown.get(at) or shown(value, grid.formats.get(at, ""))
        if text is None and not isinstance(value, dt.date):
            self._tell(row, "number-as-stored", key, read_text(value))
        return read_text(value) if text is None else text

    def _value(self, row: Row, key: str) -> CellValue:
        """A cell's value; one that holds something else than a value is told, and read as blank."""
        at, grid = self._at(row, key), row.table.grid
        if at in grid.errors:
            self._tell(row, "cell-error", key, grid.errors[at])
        elif at in grid.without_result:
            self._tell(row, "formula-without-result", key)
        elif at in grid.unread:
            self._tell(row, "cell-unread", key)
        else:
            value = row.table.value(row.row, key)
            if value != "":
                self._told_looks(row, key)
            return value
        return ""

    def _told_looks(self, row: Row, key: str) -> None:
        """Report what cannot be seen in a cell's value: that it is merged, that words are struck through."""
        at = self._at(row, key)
        if at[0] != row.row:
            self._tell(row, "answer-merged", key, cell_name(*at))
        if at in row.table.grid.unconfirmed:
            self._tell(row, "cell-unconfirmed", key)
        if at in row.table.grid.struck:
            self._tell(row, "words-struck", key)

    def _at(self, row: Row, key: str) -> tuple[int, int]:
        return row.table.at(row.row, key)

    def _place(self, row: Row, key: str) -> Place:
        return row.table.place(row.row, key)

    def _tell(self, row: Row, slug: str, key: str, value: str = "") -> None:
        which = key.removesuffix("_level")
        self.findings.tell(slug, self._place(row, key), ref=row.ref, field=key, value=value, which=which)

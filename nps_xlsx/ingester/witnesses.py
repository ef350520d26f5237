"""Which behaviour a row is: its Ref, the name beside it and its descriptors must not contradict one another.

Officers sort rows and number the Refs anew, or sort all columns but the first ones.  Then every
answer stands beside another behaviour's Ref, and nothing else in the file says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nps_xlsx.ingester.locate import Row, Table
from nps_xlsx.ingester.remembered import per_framework
from nps_xlsx.model import Framework
from nps_xlsx.workbook.values import key_of, read_text


@dataclass(frozen=True)
class Doubt:
    """The rows of one table whose behaviour is in doubt, each with what stands beside its Ref."""

    table: Table
    pairs: Sequence[tuple[Row, str]]

    @property
    def is_of_table(self) -> bool:
        """Whether no row of the table can be believed: Refs are seldom changed singly."""
        return len(self.pairs) > 1

    @property
    def words(self) -> str:
        """The pairs: ``SV0 beside 'Reporting'; SV1 beside ...``."""
        return "; ".join(f"{row.ref} beside {said}" for row, said in self.pairs)


@dataclass(frozen=True)
class Witnesses:
    """Which behaviour the cells of a row, other than its Ref, say that it is."""

    framework: Framework

    def doubts(self, rows: Iterable[Row]) -> Iterator[Doubt]:
        """The doubt about each table that has one.

        A blank name, one that is not a behaviour's, and a changed descriptor say nothing: then the Ref
        stands, unless another row claims to be the same behaviour.
        """
        together: dict[int, list[Row]] = {}
        for row in rows:
            together.setdefault(id(row.table), []).append(row)
        for members in together.values():
            heard = [(row, self._hear(row)) for row in members]
            claimed = {code for row, codes in heard if codes and row.ref not in codes for code in codes}
            pairs = [
                (row, self._said(row, codes))
                for row, codes in heard
                if row.ref not in codes and (codes or row.ref in claimed)
            ]
            if pairs:
                yield Doubt(members[0].table, pairs)

    def _hear(self, row: Row) -> frozenset[str]:
        """The behaviours that a row can be by its name or descriptors; none where they say nothing."""
        behaviour = self.framework.row_by_code[row.ref]
        name = row.table.value(row.row, "behaviour")
        by_name = (
            {row.ref}
            if name == behaviour.name
            else _by_name(self.framework).get(key_of(read_text(name)), set())
        )
        if by_name and row.ref not in by_name:
            return frozenset(by_name)
        shown = [row.table.value(row.row, f"level_{level.number}") for level in self.framework.levels]
        by_descriptor = _by_descriptor(self.framework)
        known = [codes for text in shown if (codes := by_descriptor.get(str(text)))]
        if {row.ref} in known:
            return frozenset({row.ref})
        # A single one may have been pasted there; two are of a row.
        return frozenset().union(*known) if len(known) > 1 else frozenset(by_name)

    def _said(self, row: Row, codes: frozenset[str]) -> str:
        name = read_text(row.table.value(row.row, "behaviour"))
        if row.ref in _by_name(self.framework).get(key_of(name), ()):
            return f"the descriptors of {' or '.join(sorted(codes))}"
        return repr(name) if name else "no name"


@per_framework
def _by_name(framework: Framework) -> Mapping[str, set[str]]:
    return _codes((key_of(row.name), row.code) for row in framework.rows)


@per_framework
def _by_descriptor(framework: Framework) -> Mapping[str, set[str]]:
    """The behaviour by each of its levels' texts; texts that several share say nothing."""
    pairs = {(text, row.code) for row in framework.rows for text in row.descriptors if text}
    return {text: codes for text, codes in _codes(pairs).items() if len(codes) == 1}


def _codes(pairs: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    """The codes by what they share: names recur from one area to another ("High level principle")."""
    codes: dict[str, set[str]] = {}
    for text, code in pairs:
        codes.setdefault(text, set()).add(code)
    return codes

"""The register of councils, and finding one by its code or by any of its names."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nps_xlsx.files import StrPath
from nps_xlsx.model import FACTS, Council
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.csvfile import CsvError, CsvFile, CsvRow, read_csv

REGISTER_COLUMNS = ("gss_code", "official_name", "short_name", "council_type", "region", "nation")
"""The columns that a register must have; others are ignored."""

_KNOWN_COLUMNS = {
    *REGISTER_COLUMNS,
    *("alternative_names", "former_gss_codes", "start_date", "population_2020"),
}
"""Columns by which councils are not grouped."""

_NAME_COLUMNS = ("gss_code", "council", "official_name", "name", "council_name", "authority")
"""The columns of a list that may name a council."""

_NOT_PRINCIPAL = ("combined authority", "strategic regional authority")
"""Types that are not principal councils: they share councils' territory."""

# Fixed words between their edges: linear in a name.  So are the classes of single characters below.
_TYPE_WORDS = re.compile(
    r"\b(the|of|royal|london|metropolitan|county|city|district|borough|unitary|authority|corporation"
    r"|council|ua|mbc|mdc|bc|dc|cc)\b"
)
"""Words that say what kind of council it is, left out of mail and file names as often as not."""


class CouncilError(UserError):
    """A council that is not in the register, or a name that more than one council has."""


@dataclass(frozen=True, slots=True)
class FormerCouncil:
    """A council that ended, and the codes of those that took its place."""

    gss_code: str
    name: str
    ended: dt.date
    successors: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """The councils that a workbook can be built for, in the order of the file."""

    councils: tuple[Council, ...]
    listed: Mapping[str, Mapping[str, str]] = field(default_factory=dict, compare=False)
    """What the list that it was read from says of each council, by its code: every column of the list."""
    former: tuple[FormerCouncil, ...] = field(default=(), compare=False)
    """Councils that ended: a search for one says what it became."""

    def __add__(self, other: Register) -> Register:
        """Both registers; if a code is in both, the later one's entry counts."""
        by_code = {council.gss_code: council for council in (*self.councils, *other.councils)}
        return Register(tuple(by_code.values()), former=(*self.former, *other.former))

    @cached_property
    def with_former(self) -> Register:
        """The same register, with the councils that ended, of which only code and name are known."""
        ended = (
            Council(one.gss_code, one.name, one.name, "", "", "", is_principal=False) for one in self.former
        )
        return Register(tuple(ended)) + self

    @cached_property
    def by_code(self) -> dict[str, Council]:
        """Councils by GSS code."""
        return {council.gss_code: council for council in self.councils}

    @cached_property
    def _by_former_code(self) -> dict[str, str]:
        return {code: council.gss_code for council in self.councils for code in council.former_codes}

    def present_code(self, code: str) -> str:
        """The code that a council has now, by that or by a former one of its own; others as they are."""
        return code if code in self.by_code else self._by_former_code.get(code, code)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The columns by which councils can be grouped: those of every register, then its own."""
        return tuple(dict.fromkeys((*FACTS, *(name for council in self.councils for name in council.extra))))

    @cached_property
    def _by_name(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        full: dict[str, set[str]] = defaultdict(set)
        bare: dict[str, set[str]] = defaultdict(set)
        for council in self.councils:
            for name in (council.name, council.short_name, *council.alternative_names):
                full[_plain(name)].add(council.gss_code)
                bare[_bare(name)].add(council.gss_code)
        return full, bare

    def find(self, wanted: str) -> Council:
        """The council with this GSS code or name, or that had it before.

        Case, punctuation, "&" for "and" and the words that only say what kind of council
        it is ("Council", "Borough", "London Borough of") make no difference.

        Raises:
            CouncilError: no council, or more than one, goes by that; the nearest are named, or for a
                council that ended, what it became.
        """
        code = self.present_code(wanted.strip().upper())
        if code in self.by_code:
            return self.by_code[code]
        for names, key in zip(self._by_name, (_plain(wanted), _bare(wanted)), strict=True):
            codes = names.get(key, set()) if key else set()
            if len(codes) == 1:
                codes = codes | self._begins_like(key, next(iter(codes)))
            if len(codes) == 1:
                return self.by_code[next(iter(codes))]
            if codes:
                found = _listed(self.by_code[code] for code in sorted(codes))
                raise CouncilError(f"{wanted!r} is more than one council; say which: {found}.")
        ended = next((one for one in self.former if _goes_by(one, wanted)), None)
        if ended is not None:
            raise CouncilError(f"{ended.name} {self._became(ended)}.")
        raise CouncilError(f"No council is called {wanted!r}. {self._nearest(wanted)}")

    def _became(self, ended: FormerCouncil) -> str:
        """What became of a council, to its present successors: some of 2019 ended again in 2023."""
        on = f"on {ended.ended.day} {ended.ended:%B %Y}"
        for again in self.former:
            if again.gss_code in ended.successors:
                return f"became part of {again.name} {on}, which {self._became(again)}"
        there = [code for code in ended.successors if code in self.by_code]
        names = "; ".join(f"{self.by_code[code].short_name}, {code}" for code in there)
        return f"became part of {names}, {on}" if len(there) == 1 else f"ended {on}: see {names}"

    def _begins_like(self, key: str, found: str) -> set[str]:
        """Other councils whose short name begins with a name that is only an alternative one.

        The register calls Newcastle upon Tyne "Newcastle" too, but so do people in
        Newcastle-under-Lyme.
        """
        council = self.by_code[found]
        if key in (_plain(council.name), _plain(council.short_name), _bare(council.short_name)):
            return set()
        return {
            other.gss_code
            for other in self.councils
            if other is not council and _plain(other.short_name).startswith(f"{key} ")
        }

    def _nearest(self, wanted: str) -> str:
        full, _ = self._by_name
        words = set(_bare(wanted).split())
        keys = [key for key in full if words and words <= set(key.split())]
        keys += difflib.get_close_matches(_plain(wanted), full, n=8, cutoff=0.6)
        codes = list(dict.fromkeys(code for key in keys for code in sorted(full[key])))[:3]
        if not codes:
            return "Give its GSS code (such as E06000035) or its name as the register has it."
        return f"The nearest: {_listed(self.by_code[code] for code in codes)}."

    def principal(self, *, nation: str = "England", region: str = "", council_type: str = "") -> Register:
        """The principal councils of a nation, by default the 317 of England.

        ``region`` and ``council_type`` narrow it; each may be shortened to its beginning.

        Raises:
            CouncilError: the register has no such nation, region or type.
        """
        councils: Sequence[Council] = [council for council in self.councils if council.is_principal]
        for what, wanted in (("nation", nation), ("region", region), ("council_type", council_type)):
            if wanted:
                councils = _narrowed(councils, what, wanted)
        return Register(tuple(councils))


def load_register(path: StrPath | None = None) -> Register:
    """Read a register of councils from CSV, by default the one that comes with the program.

    Raises:
        CsvError: the file cannot be read, lacks a column, or holds a code twice.
    """
    from nps_xlsx.framework import data_folder

    former = () if path else _former_councils(data_folder() / "former_councils.csv")
    path = Path(path) if path else data_folder() / "councils.csv"
    rows = read_csv(path, REGISTER_COLUMNS)
    councils = tuple(_council(row) for row in rows)
    register = Register(councils, former=former)
    if len(register.by_code) < len(councils):
        codes = [council.gss_code for council in councils]
        doubled = sorted({code for code in codes if codes.count(code) > 1})
        raise CsvError(f"{path}: the code {doubled[0]} is in it twice; keep one of the rows.")
    return register


def _former_councils(path: Path) -> tuple[FormerCouncil, ...]:
    rows = read_csv(path, ("gss_code", "name", "ended", "successors"))
    return tuple(
        FormerCouncil(
            row["gss_code"],
            row["name"],
            dt.date.fromisoformat(row["ended"]),
            tuple(row["successors"].split("|")),
        )
        for row in rows
    )


def load_list(path: StrPath, register: Register | None = None) -> Register:
    """The councils of the register that a CSV file lists, by code or name, with all that it says of them.

    Where several rows are about one council (two addresses, say), the different texts are given side by side.

    Raises:
        CsvError: it cannot be read, or names councils that are not found: all of them are reported.
    """
    register = register or load_register()
    file = CsvFile(Path(path))
    if not file.rows:
        raise CsvError(f"{path} holds no councils. Give one a row, below the headings.")
    if not any(name in file.rows[0].texts for name in _NAME_COLUMNS):
        raise CsvError(
            f"{path} lacks the column gss_code or council. It has: {', '.join(file.rows[0].texts)}. "
            "Name one of its columns so, in the first row."
        )
    listed: dict[Council, list[Mapping[str, str]]] = {}
    for row in file.rows:
        if council := council_of(row, register):
            listed.setdefault(council, []).append(row.texts)
    file.refuse_faults("rows")
    return Register(tuple(listed), {council.gss_code: _together(rows) for council, rows in listed.items()})


def council_of(row: CsvRow, register: Register, columns: Sequence[str] = _NAME_COLUMNS) -> Council | None:
    """The council that a row names in some of its columns; ``None`` if it names none, or has a fault."""
    try:
        meant = {register.find(row[column]) for column in columns if row[column]}
    except CouncilError as error:
        row.fault(str(error))
        return None
    if len(meant) > 1:
        names = " and ".join(row[column] for column in columns if row[column])
        row.fault(f"{names} are not the same council.")
        return None
    return next(iter(meant), None)


def _together(rows: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {key: "; ".join(dict.fromkeys(row[key] for row in rows if row[key])) for key in rows[0]}


def _council(row: dict[str, str]) -> Council:
    council_type = row["council_type"]
    alternatives = [name for name in row.get("alternative_names", "").split("|") if name]
    return Council(
        gss_code=row["gss_code"].upper(),
        name=row["official_name"],
        short_name=row["short_name"] or row["official_name"],
        council_type=council_type,
        region=row["region"],
        nation=row["nation"],
        alternative_names=tuple(dict.fromkeys(alternatives)),
        former_codes=tuple(filter(None, row.get("former_gss_codes", "").upper().split("|"))),
        is_principal=council_type.casefold() not in _NOT_PRINCIPAL,
        extra={name: value for name, value in row.items() if name not in _KNOWN_COLUMNS},
    )


def _plain(name: str) -> str:
    """A name without case, accents, punctuation and the choice of "&" or "and"."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.sub(r"['\u2019.]", "", letters).replace("-", " ").replace(",", " ").split())


def _bare(name: str) -> str:
    """A plain name without the words that say what kind of council it is."""
    return " ".join(_TYPE_WORDS.sub(" ", _plain(name)).split())


def _goes_by(ended: FormerCouncil, wanted: str) -> bool:
    return wanted.strip().upper() == ended.gss_code or _bare(wanted) == _bare(ended.name) != ""


def _listed(councils: Iterable[Council]) -> str:
    return "; ".join(f"{council.name} ({council.gss_code})" for council in councils)


def _narrowed(councils: Sequence[Council], what: str, wanted: str) -> list[Council]:
    values = sorted({str(getattr(council, what)) for council in councils})
    key = wanted.strip().casefold()
    exact = [value for value in values if value.casefold() == key]
    chosen = exact or [value for value in values if value.casefold().startswith(key)]
    if len(chosen) != 1:
        word = what.replace("_", " ")
        raise CouncilError(f"No {word} is called {wanted!r}. There are: {', '.join(values)}.")
    return [council for council in councils if getattr(council, what) == chosen[0]]

"""Who a return is from and for which round: by its stamp, or by what is left where that is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nps_xlsx.ingester.grids import Grid, Properties
from nps_xlsx.ingester.locate import FoundStamp
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.ingester.reported import Reported
from nps_xlsx.model import Council, Framework, Place
from nps_xlsx.model.cells import position
from nps_xlsx.register.councils import CouncilError, Register
from nps_xlsx.workbook.names import by_file_name
from nps_xlsx.workbook.stamp import OLDER_TEMPLATES, TEMPLATE_VERSION, Stamp, StampError, parse_stamp
from nps_xlsx.workbook.values import read_text

Details = Mapping[str, tuple[str, Place]]
"""The text of each detail on Start here, and its place, by the key of its label."""

_REFERENCE = re.compile(r"'?(?P<sheet>[^'!]+)'?!\$?(?P<letters>[A-Z]{1,3})\$?(?P<row>[0-9]{1,7})")
_NOWHERE = ("", Place())


@dataclass(frozen=True, slots=True)
class Identity:
    """Which council, round and template a return is of, and what it was asked."""

    gss_code: str
    council: str
    round: str
    template: str = ""
    respondent: str = ""
    asked: tuple[str, ...] = ()
    with_review: bool = False
    last_round: str = ""
    """The round that the workbook was prefilled from."""
    foreign: frozenset[str] = frozenset()
    """Sheets whose stamp names another council: their answers are not this council's."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """Works out who one file is from, and reports what contradicts it."""

    reported: Reported
    framework: Framework
    register: Register

    def identify(
        self, details: Details, stamps: Sequence[FoundStamp], properties: Properties, grids: Sequence[Grid]
    ) -> Identity:
        """Who the file is from.

        Raises:
            RefusedError: nothing in it says so, or it is of another edition.
        """
        hidden = _hidden(properties, grids)
        stamp = self._of_most_sheets(stamps)
        if stamp is None:
            return self._without_stamp(details, hidden)
        if stamp.edition != self.framework.edition:
            raise RefusedError("edition-unknown", value=stamp.edition)
        identity = self._by_stamp(stamp, details, stamps)
        self._report_contradictions(identity, details)
        self._report_hidden(stamp, hidden)
        self._report_file_name(identity)
        return identity

    # --- With a stamp

    def _of_most_sheets(self, stamps: Sequence[FoundStamp]) -> Stamp | None:
        for damaged in (one for one in stamps if one.stamp is None):
            self.reported.report("stamp-damaged", Place("", damaged.grid, damaged.cell), value=damaged.text)
        whole = [one.stamp for one in stamps if one.stamp is not None]
        if not whole:
            return None
        chosen, _ = Counter(stamp.workbook for stamp in whole).most_common(1)[0]
        return next(stamp for stamp in whole if stamp.workbook == chosen)

    def _by_stamp(self, stamp: Stamp, details: Details, stamps: Sequence[FoundStamp]) -> Identity:
        gss_code = self.register.present_code(stamp.gss_code)
        council = self.register.by_code.get(gss_code)
        typed = details.get("council", _NOWHERE)
        if council is None:
            self.reported.report(
                "council-unknown", details.get("gss_code", _NOWHERE)[1], value=stamp.gss_code
            )
        if stamp.template != TEMPLATE_VERSION:
            slug = "template-older" if stamp.template in OLDER_TEMPLATES else "template-unknown"
            self.reported.report(slug, value=stamp.template)
        return Identity(
            gss_code=gss_code,
            council=council.name if council else typed[0] or gss_code,
            round=stamp.round,
            template=stamp.template,
            respondent=stamp.respondent,
            asked=tuple(code for code in stamp.asked if code in self.framework.row_by_code),
            with_review=stamp.with_review,
            last_round=stamp.last_round,
            foreign=self._foreign(stamp, stamps),
        )

    def _foreign(self, stamp: Stamp, stamps: Iterable[FoundStamp]) -> frozenset[str]:
        """Report sheets with another stamp; those of another council are not read."""
        foreign = set()
        for other in stamps:
            if other.stamp is None or other.stamp.workbook == stamp.workbook:
                continue
            is_foreign = other.stamp.gss_code != stamp.gss_code
            slug = "sheet-of-other-council" if is_foreign else "stamp-differs"
            self.reported.report(slug, Place("", other.grid, other.cell), value=other.text)
            if is_foreign:
                foreign.add(other.grid)
        return frozenset(foreign)

    def _report_contradictions(self, identity: Identity, details: Details) -> None:
        """Report where the first sheet and the stamp differ in code, name or round."""
        built_for = f"{identity.council} ({identity.gss_code})"
        for key in ("gss_code", "council"):
            typed, place = details.get(key, _NOWHERE)
            if not typed or typed.casefold() in (identity.gss_code.casefold(), identity.council.casefold()):
                continue
            council = self._find(typed)
            if council is None:
                self.reported.report("council-unmatched", place, field=key, value=typed, built_for=built_for)
            elif council.gss_code != identity.gss_code:
                self.reported.report("council-differs", place, field=key, value=typed, built_for=built_for)
        round_, place = details.get("round", _NOWHERE)
        if round_ and round_.casefold() != identity.round.casefold():
            self.reported.report(
                "round-differs", place, field="round", value=round_, built_for=identity.round
            )

    def _report_hidden(self, stamp: Stamp, hidden: Sequence[tuple[str, str]]) -> None:
        for where, text in hidden:
            try:
                other = parse_stamp(text)
            except StampError:
                other = None
            if other is None or other.workbook != stamp.workbook:
                self.reported.report("property-differs", value=text, where=where)

    def _report_file_name(self, identity: Identity) -> None:
        code, round_ = by_file_name(self.framework.initials, self.reported.file)
        code = self.register.present_code(code)
        if code and (code, round_.casefold()) != (identity.gss_code, identity.round.casefold()):
            name = self.reported.file.rpartition("/")[2]
            built_for = f"{identity.council}, round {identity.round}"
            self.reported.report("file-name-differs", value=name, built_for=built_for)

    # --- Without one

    def _without_stamp(self, details: Details, hidden: Sequence[tuple[str, str]]) -> Identity:
        for where, text in hidden:
            try:
                stamp = parse_stamp(text)
            except StampError:
                continue  # what somebody typed may say more
            if stamp is not None and stamp.edition == self.framework.edition:
                self.reported.report("stamp-missing", by=where)
                identity = self._by_stamp(stamp, details, ())
                self._report_contradictions(identity, details)
                return identity
        return self._by_what_is_left(details)

    def _by_what_is_left(self, details: Details) -> Identity:
        code, round_ = by_file_name(self.framework.initials, self.reported.file)
        typed = [details.get(key, _NOWHERE)[0] for key in ("gss_code", "council")]
        round_ = details.get("round", _NOWHERE)[0] or round_
        ways = ((typed[0], "what is typed on Start here"), (typed[1], "what is typed on Start here"))
        for wanted, by in (*ways, (code, "the name of the file")):
            council = self._find(wanted)
            if council is not None:
                self._report_left(by, round_)
                return Identity(council.gss_code, council.name, round_)
        if not typed[0]:
            raise RefusedError("council-missing", value=typed[1])
        self._report_left("what is typed on Start here", round_)
        self.reported.report("council-unknown", details["gss_code"][1], field="gss_code", value=typed[0])
        return Identity(typed[0].upper(), typed[1] or typed[0], round_)

    def _report_left(self, by: str, round_: str) -> None:
        self.reported.report("stamp-missing", by=by)
        if not round_:
            self.reported.report("round-unknown")

    def _find(self, name: str) -> Council | None:
        if not name:
            return None
        try:
            return self.register.find(name)
        except CouncilError:
            return None


def _hidden(properties: Properties, grids: Sequence[Grid]) -> list[tuple[str, str]]:
    """The stamps in the file's property and its defined name, with what to call each."""
    named = properties.stamp_name.strip('"')
    if match := _REFERENCE.fullmatch(properties.stamp_name):
        named = _cell_text(grids, match["sheet"], match["letters"] + match["row"])
    channels = (("the file's hidden property", properties.stamp), ("the file's defined name", named))
    return [(where, text) for where, text in channels if " | " in text]


def _cell_text(grids: Sequence[Grid], sheet: str, cell: str) -> str:
    return next((read_text(grid.at(*position(cell))) for grid in grids if grid.name == sheet), "")

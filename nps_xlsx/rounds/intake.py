"""Reading a round: every file under some paths, read, judged and checked by the rulings."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from nps_xlsx.files import StrPath, paths_of
from nps_xlsx.framework import load_framework
from nps_xlsx.ingester import ReadingProcess, collect
from nps_xlsx.ingester.reading.known import KnownReturns
from nps_xlsx.ingester.reading.readers import Readers
from nps_xlsx.ingester.remembered import sharing
from nps_xlsx.model import Framework, Problem, Return
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.rounds.across import as_blank, check_across
from nps_xlsx.rounds.check import check_returns
from nps_xlsx.rounds.corrections import (
    Correction,
    Waiver,
    apply_corrections,
    apply_waivers,
    met_nothing,
    without_effect,
)
from nps_xlsx.rounds.counting import with_day
from nps_xlsx.rounds.late import CutOff
from nps_xlsx.rounds.sent_again import Keep
from nps_xlsx.rounds.whose import Whose


def no_progress(_: str) -> None:
    """Do nothing: the default where progress could be reported."""


@dataclass(frozen=True, slots=True)
class Rulings:
    """What the analyst decided about returns, besides what is in them."""

    keep: Keep = field(default_factory=Keep)
    corrections: tuple[Correction, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    round: str = ""
    """The round to read; empty for the one that most councils answered."""
    as_of: dt.date = dt.date.max
    """The day to report on: waivers that ended before it have no effect, no document has a later date."""
    cut_off: CutOff | None = None
    """What there was when the round was closed; ``None`` if it is open."""

    @property
    def fingerprint(self) -> str:
        """A hash of all that decides, beside the returns, which of them count with what answers."""
        fields = ((one.file, one.gss_code, one.ref, one.field, one.value) for one in self.corrections)
        return hashlib.sha256("\n".join([repr(self.keep), *sorted(map(repr, fields))]).encode()).hexdigest()


@dataclass(frozen=True)
class Intake:
    """Every return that was read, judged and checked, and the rulings that had no effect."""

    returns: tuple[Return, ...]
    rulings: Rulings = field(default_factory=Rulings)
    unused_corrections: tuple[Correction, ...] = ()
    unused_waivers: tuple[Waiver, ...] = ()

    @property
    def unmet(self) -> tuple[Problem, ...]:
        """The problems with rulings without effect; an older correction is reported in its return instead."""
        corrections = [met_nothing(one) for one in self.unused_corrections if not one.is_older]
        return (*corrections, *map(met_nothing, self.unused_waivers))


def read_returns(
    paths: StrPath | Iterable[StrPath],
    framework: Framework | None = None,
    register: Register | None = None,
    *,
    rulings: Rulings | None = None,
    asked: Register | None = None,
    seen: Callable[[str], None] = no_progress,
    readers: Readers | None = None,
    known: KnownReturns | None = None,
) -> Intake:
    """Read and check every file under the paths; ``seen`` is called with the name of each.

    Files are read in processes of their own, so that none of them can stop the others.  If
    ``asked`` is given, a folder may be empty (on the first day nobody has returned), and its
    addresses may show which council an unreadable file is from.  Those that are ``known`` from an
    earlier run are not read again.

    Raises:
        InputError: a path does not exist.
        KeepError: a file to be kept is not among them.
        ClosedError: the round is closed, and a file that counted is not among them.
    """
    framework, register = framework or load_framework(), register or load_register()
    rulings = rulings or Rulings()
    whose = Whose(register, asked)
    read = read_each(
        paths_of(paths),
        framework,
        register,
        may_be_empty=asked is not None,
        seen=seen,
        readers=readers,
        known=known,
    )
    returns = [whose.supposed(returned) for returned in read]
    if rulings.cut_off:
        returns = rulings.cut_off.applied(returns)
    corrected, unused = apply_corrections(returns, rulings.corrections, framework, register)
    codes = asked.by_code if asked else None
    judged = check_across(corrected, framework, rulings.keep, rulings.round, codes)
    applied = [one for one in rulings.corrections if one not in unused]
    unused = sorted([*unused, *without_effect(applied, returns, judged)], key=lambda one: one.row)
    checked = check_returns(judged, framework)
    waived, unused_waivers = apply_waivers(checked, rulings.waivers, rulings.as_of)
    dated = tuple(with_day(returned, rulings.as_of) for returned in waived)
    return Intake(dated, rulings, tuple(unused), tuple(unused_waivers))


def read_each(
    paths: Iterable[Path],
    framework: Framework,
    register: Register,
    *,
    may_be_empty: bool = False,
    seen: Callable[[str], None] = no_progress,
    readers: Readers | None = None,
    known: KnownReturns | None = None,
) -> list[Return]:
    """Read every file under the paths by itself, without checking it or comparing it with the others.

    Those that are ``known`` from an earlier run are not read again.

    Raises:
        InputError: a path does not exist, or is an empty folder and none ``may_be_empty``.
        ClusterError: there is no cluster where ``readers`` says.
    """
    returns = []
    with ReadingProcess(framework, register) as process:
        sources = collect(paths, process.opened, may_be_empty=may_be_empty)
        read = partial((readers or Readers()).read, here=process, framework=framework, register=register)
        for returned in known.read(sources, read) if known else read(sources):
            seen(returned.source_file)
            returns.append(as_blank(sharing(returned)))
    return returns

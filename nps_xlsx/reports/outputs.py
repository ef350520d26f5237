"""Every document that is made from the returns, written together into one folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from nps_xlsx.figures import Asked, Tables, accepted, consolidate, response_rates
from nps_xlsx.figures.disclosure.groups import Shown, allowed
from nps_xlsx.files import StrPath, made_folders, write_files
from nps_xlsx.framework import load_framework
from nps_xlsx.model import FACTS, Assessment, Framework, Problem, Return
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.register.councils import Register, load_register
from nps_xlsx.register.csvfile import to_csv
from nps_xlsx.register.successions import Succession, with_history
from nps_xlsx.reports.consolidated import consolidated_workbook
from nps_xlsx.reports.earlier import accepted_before, refuse_to_wipe, to_move_aside
from nps_xlsx.reports.for_councils import FOLDERS, ForCouncils
from nps_xlsx.reports.listings import LISTINGS, CsvRow, all_rows
from nps_xlsx.reports.not_returned import not_returned
from nps_xlsx.reports.page import report_page
from nps_xlsx.reports.publication import publication_workbook
from nps_xlsx.rounds.combine import Combined, combine
from nps_xlsx.rounds.intake import no_progress
from nps_xlsx.rounds.which_round import main_round, refuse_same_round

CONSOLIDATED, PUBLICATION, PAGE = "consolidated.xlsx", "publication.xlsx", "report.html"


@dataclass(frozen=True)
class Scope:
    """What the reports are to show, besides the returns themselves."""

    previous: Mapping[str, Assessment] = field(default_factory=dict)
    """An earlier round, by GSS code."""
    successions: tuple[Succession, ...] = ()
    """What became of councils since."""
    asked: Register | None = None
    """The councils that were asked; by default the principal councils of England."""
    facts: tuple[str, ...] = FACTS
    """The columns of the register that councils are grouped by."""
    families: Mapping[str, str] = field(default_factory=dict)
    """The family that each council is compared with in its feedback, by GSS code."""
    threshold: int = THRESHOLD
    """Groups of fewer councils, and what would give them away, are not shown to anyone but the analyst."""
    name_councils: bool = False
    """Whether the publication and the page may name councils."""
    contact: str = ""
    """Whom readers of the publication can ask."""


@dataclass(frozen=True)
class Written:
    """What was written, and what an earlier run left there."""

    files: tuple[Path, ...] = ()
    shown: tuple[Path, ...] = ()
    """The same, with each folder of many files in place of those files."""
    replaced: tuple[Path, ...] = ()
    """Files of an earlier run that this run does not write, where they were moved to."""
    uncompared: tuple[str, ...] = ()
    """Councils of the earlier round that were not asked this time, and so are not compared."""
    broken: tuple[str, ...] = ()
    """Councils whose history is broken, in words; they are not compared either."""
    round: str = ""
    """The round that the figures are of."""
    asked: int = 0
    returned: int = 0
    """How many councils were asked, and how many have a return that counts."""
    decided: int = 0
    """How many of the others declined or have nothing to report."""
    accepted_before: int = 0
    """How many accepted returns the results that these replace were made from."""


def write_outputs(
    returns: Sequence[Return],
    out: StrPath,
    framework: Framework | None = None,
    register: Register | None = None,
    scope: Scope | None = None,
    *,
    rulings: Sequence[Problem] = (),
    given: Sequence[Path] = (),
    replaces: Path | None = None,
    made: Callable[[str], None] = no_progress,
    jobs: int | None = None,
) -> Written:
    """Write every output; those on changes, respondents and reviewers if there are any.

    The reports are about one round: a return of another is listed, and is in no figure.
    ``rulings`` are the problems with rulings that applied to nothing, ``given`` the paths that the
    returns came from, ``replaces`` the results that these are to replace, by default those in ``out``;
    ``made`` is called with the name of each document.  ``jobs`` processes, by default one per core,
    write the documents for councils.

    Raises:
        FactError: the register has no column by which councils are to be grouped.
        PreviousError: the earlier round is the same as this one.
        NothingAcceptedError: the folder holds results, and there is no return that counts to replace them.
        BusyError: another run is writing to the folder.
        OutputError: a file cannot be written, so none is.
    """
    framework, register = framework or load_framework(), register or load_register()
    out, scope = Path(out), scope or Scope()
    before = accepted_before(replaces or out)
    refuse_to_wipe(before, returns, replaces or out, given)
    responses = combine(accepted(returns), framework)
    round_ = main_round(response.assessment for response in responses)
    refuse_same_round(scope.previous.values(), round_, "--previous")
    tables = _tables(responses, round_, framework, register, scope)
    asked = response_rates(tables, scope.asked)
    rows = all_rows(returns, responses, framework, rulings)
    figures = allowed(tables, scope.facts, scope.threshold)
    contents: dict[str, bytes] = {}
    for name, content in chain(
        ((name, to_csv(LISTINGS[name].columns, lines)) for name, lines in rows.items()),
        _reports(returns, rulings, rows, tables, scope, figures),
        for_councils(responses, tables, scope, figures).documents(jobs),
    ):
        contents[name] = content
        made(name)
    files, aside = _write(out, contents, framework.initials)
    return Written(
        files=tuple(files),
        shown=(*(path for path in files if path.parent == out), *(out / name for name in FOLDERS)),
        replaced=tuple(aside.values()),
        broken=tables.broken,
        uncompared=_uncompared(asked, tables),
        round=round_,
        asked=len(asked.councils.councils),
        returned=len(asked.councils.councils) - len(asked.missing) - len(asked.apart),
        decided=len(asked.apart),
        accepted_before=before,
    )


def _write(
    out: Path, contents: Mapping[str, bytes], initials: str
) -> tuple[Sequence[Path], Mapping[Path, Path]]:
    """Write all of them; their paths, and where files of an earlier run were moved to."""
    with made_folders(out, *(out / name for name in FOLDERS)):
        aside = to_move_aside(initials, out, contents, FOLDERS)
        with made_folders(*sorted({path.parent for path in aside.values()})):
            return write_files({out / name: content for name, content in contents.items()}, aside), aside


def for_councils(responses: Sequence[Combined], tables: Tables, scope: Scope, figures: Shown) -> ForCouncils:
    """What the documents for each council are written from: action plans for every response, of any round."""
    assessments = tuple(response.assessment for response in responses)
    threshold = max(scope.threshold, THRESHOLD)  # feedback always protects other councils
    return ForCouncils(assessments, tables, scope.families, threshold, figures.too_alike)


def _tables(
    responses: Sequence[Combined], round_: str, framework: Framework, register: Register, scope: Scope
) -> Tables:
    history = with_history(scope.previous, scope.successions)
    counted = [response for response in responses if response.assessment.round in ("", round_)]
    tables = consolidate(counted, framework, register, history.answers)
    return replace(tables, carried=history.kept, broken=history.broken)


def _uncompared(asked: Asked, tables: Tables) -> tuple[str, ...]:
    known = asked.councils.by_code
    whole = {code: past for code, past in tables.previous.items() if code == past.gss_code}
    return tuple(f"{past.council} ({code})" for code, past in whole.items() if code not in known)


def _reports(
    returns: Sequence[Return],
    rulings: Sequence[Problem],
    rows: Mapping[str, Collection[CsvRow]],
    tables: Tables,
    scope: Scope,
    figures: Shown,
) -> Iterator[tuple[str, bytes]]:
    """The documents about all councils together."""
    asked = response_rates(tables, scope.asked)
    yield not_returned(asked, scope.asked, returns)
    yield CONSOLIDATED, consolidated_workbook(tables, returns, rows, asked, scope.facts, rulings)
    named = scope.name_councils
    published = publication_workbook(figures.published, asked, name_councils=named, contact=scope.contact)
    yield PUBLICATION, published
    yield PAGE, report_page(figures, asked, name_councils=named)

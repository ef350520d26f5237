"""The catalogue of problems: what can be wrong with a return, how much it matters, what to do.

One entry a kind.  Messages say what the officer would see and advice what to do about
it; words in braces are filled in where the problem is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nps_xlsx.model import Place, Problem, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    severity: Severity
    message: str
    advice: str
    is_grouped: bool = False
    """Whether the same problem in many cells of a sheet is told once, with its cells."""


_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

CATALOGUE: dict[str, Kind] = {
    # --- The file as a whole
    "file-empty": Kind(
        _ERROR, "The file is empty.", "Ask the council to send it again: it was lost on the way."
    ),
    "file-too-large": Kind(
        _ERROR,
        "The file is {size} MB; at most {limit} MB is read.",
        "Ask the council to remove pictures and pasted sheets, and to send it again.",
    ),
    "file-unreadable": Kind(
        _ERROR,
        "The file cannot be read: {reason}.",
        "Open it in Excel, save it as .xlsx under a new name, and read that. If Excel cannot open it, "
        "ask the council to send it again.",
    ),
    "file-not-workbook": Kind(
        _ERROR,
        "The file is not an Excel workbook: {found}.",
        "Ask the council for the .xlsx workbook itself.",
    ),
    "file-encrypted": Kind(
        _ERROR,
        "The workbook is protected by a password or by rights management.",
        "Ask the council to send it without one: in Excel, File, Info, Protect Workbook, Encrypt with "
        "Password, and clear the box.",
    ),
    "file-old-format": Kind(
        _ERROR,
        "The workbook is in the format of Excel 97-2003.",
        "Open it in Excel, save it as .xlsx, and read that.",
    ),
    "file-other-spreadsheet": Kind(
        _ERROR,
        "The workbook is in OpenDocument format.",
        "Open it in LibreOffice or Excel, save it as .xlsx, and read that.",
    ),
    "file-own-output": Kind(
        _NOTE,
        "This is one of the program's own outputs ({found}), not a return.",
        "Nothing: it is left aside.",
    ),
    "file-of-the-system": Kind(
        _NOTE, "The system or Excel left this file; it holds no answers.", "Nothing: it is left aside."
    ),
    "file-not-ours": Kind(
        _ERROR,
        "This is a workbook, but not a self-assessment: none of its sheets has the assessment's table.",
        "Ask the council which file it meant to send.",
    ),
    "file-duplicate": Kind(
        _NOTE, "The file is the same, byte for byte, as {other}.", "Nothing: it is counted once."
    ),
    "return-superseded": Kind(
        _WARNING,
        "Another return of the same council, round and respondent counts instead: {other}.",
        "See that it is the right one: the date completed decides, then the order of names. If it is not, "
        "move it away and run again.",
    ),
    # --- What it says of itself
    "stamp-missing": Kind(
        _WARNING,
        "No sheet carries the line that says which round and council the workbook is for.",
        "The workbook was matched by what is typed on Start here: see that it is right.",
    ),
    "stamp-damaged": Kind(
        _WARNING,
        "The line that says which round and council the sheet is for was changed: {value}.",
        "It was not relied on. See that the council and round are right.",
        is_grouped=True,
    ),
    "stamp-differs": Kind(
        _WARNING,
        "The sheet says that it belongs to another workbook: {value}.",
        "A sheet was copied in from elsewhere. Ask the council which answers are meant.",
    ),
    "edition-unknown": Kind(
        _ERROR,
        "The workbook is for another edition of the framework: {value}.",
        "Read it with the framework that it was built from.",
    ),
    "round-unknown": Kind(
        _WARNING,
        "The return does not say which round it is for.",
        "Ask the council, or see its covering mail.",
    ),
    "council-unknown": Kind(
        _WARNING,
        "The code {value} is not in the register of councils.",
        "Give the register that has it with --register, or mend the code.",
    ),
    "council-missing": Kind(
        _ERROR,
        "The return does not say which council it is from.",
        "Ask who sent it, fill in the council's code on Start here, and read it again.",
    ),
    "council-differs": Kind(
        _WARNING,
        "Start here says {value}, but the workbook was built for {built_for}.",
        "It was read as built. Ask the council whether it used another council's workbook.",
    ),
    "round-differs": Kind(
        _WARNING,
        "Start here says round {value}, but the workbook was built for round {built_for}.",
        "It was read as built. Ask the council which round it means.",
    ),
    "date-completed-unreadable": Kind(
        _WARNING,
        "The date completed is no exact date: {value}.",
        "Give a day, month and year: of two returns of a council, the later date counts.",
    ),
    "details-missing": Kind(
        _NOTE,
        "Blank on Start here: {value}.",
        "Fill it in, so that questions find the right person.",
        is_grouped=True,
    ),
    # --- Sheets, headings, rows
    "sheet-missing": Kind(
        _ERROR,
        "The sheet {value} is missing, with its {count} behaviours.",
        "Ask the council for it; the other sheets were read.",
    ),
    "heading-missing": Kind(
        _ERROR,
        "The table has no column headed {value}.",
        "Put the heading back as it was; what stood in the column was not read.",
    ),
    "row-missing": Kind(
        _WARNING,
        "The rows of {value} are missing from the table.",
        "Put them back from a blank workbook if the council answered them.",
    ),
    "row-doubled": Kind(
        _ERROR,
        "{ref} stands in the table twice; the second was not used.",
        "Leave one of them, with the answer that is meant.",
    ),
    # --- Values
    "level-unreadable": Kind(
        _ERROR,
        "The {which} level of {ref} is no level: {value}.",
        "Choose a level from the list; put remarks under Evidence and comments.",
    ),
    "level-between": Kind(
        _WARNING,
        "The {which} level of {ref} is between two levels ({value}); it counts as the lower.",
        "Nothing, if that is right: the lower is the level achieved in full.",
    ),
    "level-as-date": Kind(
        _WARNING,
        "The {which} level of {ref} was typed as {value}, which Excel took for a date; it counts "
        "as the lower.",
        "Choose the level from the list.",
    ),
    "cell-error": Kind(
        _ERROR,
        "The cell shows an error ({value}), so what was meant is lost.",
        "Type the answer again in place of the formula.",
    ),
    "date-unreadable": Kind(
        _NOTE,
        "The due date of {ref} is no exact date: {value}.",
        "It is kept as words. Give a day, month and year if there is one.",
    ),
    "priority-unreadable": Kind(
        _NOTE,
        "The priority of {ref} is none of High, Medium and Low: {value}.",
        "It is kept as words, and sorted last. Choose one from the list.",
    ),
    # --- One answer against another
    "not-answered": Kind(
        _WARNING,
        "No current level is given for {ref}.",
        "Choose a level, or Not applicable with a reason.",
        is_grouped=True,
    ),
    "not-applicable-without-reason": Kind(
        _WARNING,
        "Marked Not applicable without a reason: {ref}.",
        "Say under Evidence and comments why it does not apply.",
        is_grouped=True,
    ),
    "target-below-current": Kind(
        _WARNING,
        "The target is below the current level: {ref}.",
        "See that the two are not the wrong way round; a council may mean to step back, but seldom does.",
        is_grouped=True,
    ),
    "target-without-current": Kind(
        _WARNING,
        "There is a target but no current level: {ref}.",
        "Choose the current level too.",
        is_grouped=True,
    ),
    "action-without-owner": Kind(
        _NOTE,
        "There are actions but no owner: {ref}.",
        "Name the post that sees them through.",
        is_grouped=True,
    ),
    "due-before-completed": Kind(
        _WARNING,
        "The due date of {ref} ({value}) is before the day on which the assessment was completed.",
        "See that the year is right.",
    ),
}


def problem(slug: str, place: Place, *, ref: str = "", value: str = "", **words: str) -> Problem:
    """A problem of a kind in the catalogue, at a place, its words filled in.

    Raises:
        KeyError: the catalogue has no such kind, or its message needs a word that is missing.
    """
    kind = CATALOGUE[slug]
    filled = {"ref": ref, "value": _short(value), **words}
    return Problem(
        slug=slug,
        severity=kind.severity,
        place=place,
        message=kind.message.format(**filled),
        advice=kind.advice.format(**filled),
        ref=ref,
        value=value,
    )


def grouped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, with those of a grouped kind on one sheet told once with all their cells."""
    together: dict[tuple[str, str, str], list[Problem]] = {}
    for number, found in enumerate(problems):
        own = "" if CATALOGUE[found.slug].is_grouped else str(number)
        together.setdefault((found.slug, found.place.sheet, own), []).append(found)
    return tuple(_as_one(members) for members in together.values())


def counts(problems: Iterable[Problem]) -> Counter[str]:
    """How many cells have each kind of problem; one for a problem that has no cell."""
    found: Counter[str] = Counter()
    for told in problems:
        found[told.slug] += max(1, len(told.place.cell.split(", ")) if told.place.cell else 1)
    return found


def _as_one(members: list[Problem]) -> Problem:
    first = members[0]
    if len(members) == 1:
        return first
    ref = _joined(member.ref for member in members)
    value = _joined(member.value for member in members)
    place = replace(first.place, cell=_joined(member.place.cell for member in members))
    return problem(first.slug, place, ref=ref, value=value)


def _joined(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, texts)))


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= 80 else f"{line[:77]}..."

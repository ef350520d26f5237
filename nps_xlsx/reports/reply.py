"""The message to a council about its return: what came, what to put right, and how to send it again."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from nps_xlsx.model import NOT_APPLICABLE, Assessment, Framework, Problem, Return, Severity, Status
from nps_xlsx.model.cells import cell_name, position
from nps_xlsx.model.problems import for_council
from nps_xlsx.reports.words import words
from nps_xlsx.workbook.layout import MARKS

WIDTH = 74
"""Characters in a line: mail programs quote lines of this length without breaking them."""

_WORDS = words("reply.toml")
HEADINGS = {severity: _WORDS["headings"][severity] for severity in Severity}

_NAMES_OTHERS = {"stamp-shared"}
"""Problems whose message names another council, which is none of this council's business."""

_QUOTES = str.maketrans("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f", "''''\"\"\"\"")


def reply(returned: Return, framework: Framework, *, marked_up: str = "") -> str:
    """A courteous message about one return, in plain text; empty if there is nobody to write to.

    ``marked_up`` is the name of the attached marked-up copy, if there is one.
    """
    body = reply_body(returned, framework, marked_up=marked_up)
    return f"{_WORDS['greeting']}\n\n{body}\n\n{_WORDS['farewell']}\n" if body else ""


def reply_body(returned: Return, framework: Framework, *, marked_up: str = "") -> str:
    """The same without greeting and farewell."""
    if returned.assessment is None or returned.status not in (Status.ACCEPTED, Status.JOINED):
        body = _unused(returned)
    else:
        body = _used(returned, returned.assessment, framework, marked_up)
    return "\n\n".join(body)


# --- A return that is used


def _used(returned: Return, assessment: Assessment, framework: Framework, marked_up: str) -> list[str]:
    problems = for_council(returned.problems)
    opening = f"{_received(returned)} {_read_as(assessment, framework)}"
    if not problems:
        return [_wrapped(f"{opening} {_WORDS['clean']}"), _wrapped(_WORDS["thanks"])]
    worst = min((problem.severity for problem in problems), key=list(Severity).index)
    body = [_wrapped(f"{opening} {_WORDS['outlook'][worst]}")]
    number = 1
    for severity, heading in HEADINGS.items():
        groups = _grouped(problem for problem in problems if problem.severity is severity)
        if groups:
            items = [_item(item, group) for item, group in enumerate(groups, start=number)]
            body.append("\n\n".join([heading, *items]))
            number += len(groups)
    return [*body, _wrapped(_how(worst, marked_up)), _wrapped(_WORDS["thanks"])]


def _received(returned: Return) -> str:
    name = re.split(r"[/\\]", returned.source_file)[-1]
    return f"Thank you for sending us {name}."


def _read_as(assessment: Assessment, framework: Framework) -> str:
    """Whose return it is, and how much of it is answered."""
    asked = framework.only(assessment.asked) if assessment.asked else framework
    answers = [assessment[row.code] for row in asked.behaviours]
    given = sum(isinstance(answer.current, int) for answer in answers)
    spared = sum(answer.current == NOT_APPLICABLE for answer in answers)
    whose = f"{assessment.council} ({assessment.respondent})" if assessment.respondent else assessment.council
    round_ = f" for round {assessment.round}" if assessment.round else ""
    share = str(given or "none") if given < len(answers) else "all"
    noun = "behaviour" if len(answers) == 1 else "behaviours"
    counted = f"{share} of its {len(answers)} {noun} {'has' if given < 2 else 'have'} a current level"
    if spared:
        counted += f", and {spared} {'is' if spared == 1 else 'are'} marked Not applicable"
    return f"We have read it as the self-assessment of {whose}{round_}: {counted}."


def _how(worst: Severity, marked_up: str) -> str:
    """How to put things right and send the return again."""
    way = "at_leisure" if worst is Severity.NOTE else "either_file" if marked_up else "own_file"
    return str(_WORDS[way].format(copy=marked_up, sheet=MARKS))


# --- One that is not


def _unused(returned: Return) -> list[str]:
    """What became of a return that was refused or put aside, and what the council can do."""
    if returned.status is Status.DUPLICATE:
        return [_wrapped(f"{_received(returned)} {_WORDS['twice']}")]
    reasons = for_council(returned.reasons)
    if not reasons:
        return []
    outlook = _WORDS["aside"] if returned.status in (Status.SUPERSEDED, Status.LATE) else _WORDS["not_yet"]
    reason = " ".join(_reason(problem) for problem in reasons)
    paragraphs = (f"{_received(returned)} {outlook}", reason, _WORDS["otherwise"], _WORDS["thanks"])
    return [_wrapped(paragraph) for paragraph in paragraphs]


def _reason(problem: Problem) -> str:
    return problem.ask if problem.slug in _NAMES_OTHERS else f"{problem.message} {problem.ask}"


# --- The list


def _grouped(problems: Iterable[Problem]) -> list[list[Problem]]:
    """The problems, grouped by kind and by what they ask for."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.slug, problem.ask), []).append(problem)
    return list(groups.values())


def _item(number: int, group: Sequence[Problem]) -> str:
    """One numbered item: where, what was found, and at the end, once, what to do."""
    margin = f"{number:>3}. "
    first, ask = group[0], group[0].ask
    if len(group) == 1:
        return _wrapped(f"{_where(first)}{first.message} {ask}", margin)
    indent = " " * len(margin)
    bullets = [_wrapped(f"{_where(problem)}{problem.message}", f"{indent}- ") for problem in group]
    bullets[0] = margin + bullets[0].lstrip()
    return "\n".join([*bullets, "", _wrapped(ask, indent)])


def _where(problem: Problem) -> str:
    """Sheet, cells, and the Ref if the message does not name it: "Enablers, C6 (EN2): "."""
    place = ", ".join(filter(None, (problem.place.sheet, _runs(problem.cells))))
    unsaid = [ref for ref in problem.refs if not re.search(rf"\b{re.escape(ref)}\b", problem.message)]
    if unsaid:
        place = f"{place} ({', '.join(unsaid)})".lstrip()
    return f"{place}: " if place else ""


def _runs(cells: Sequence[str]) -> str:
    """Cells in short: "C6 to C8, C10" for C6, C7, C8, C10."""
    runs: list[list[str]] = []
    for cell in cells:
        if runs and cell == _below(runs[-1][-1]):
            runs[-1].append(cell)
        else:
            runs.append([cell])
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(run) for run in runs)


def _below(cell: str) -> str:
    row, col = position(cell)
    return cell_name(row + 1, col)


def _wrapped(text: str, margin: str = "") -> str:
    """A paragraph in lines that survive a mail, after a margin, without characters that steer a terminal."""
    line = " ".join(text.translate(_QUOTES).split())
    plain = "".join(letter if letter.isprintable() else "?" for letter in line)
    lines = textwrap.wrap(
        plain,
        WIDTH,
        initial_indent=margin,
        subsequent_indent=" " * len(margin),
        break_on_hyphens=False,
    )
    # textwrap can leave a space before a word that is longer than a line.
    return "\n".join(line.rstrip() for line in lines)

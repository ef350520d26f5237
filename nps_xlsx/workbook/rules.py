"""Rules that Python and Excel must both know, each stated once: its condition on an answer, and its formula.

``check`` judges a return by them, the sheet *Check before sending* counts by them, and each has the slug
of its kind in the catalogue of problems.

Formulas name cells in braces: a figure of the row on the hidden sheet by its key or by a rule's slug,
an answer's own cell as ``own_`` and its column, and the date completed as ``completed``.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nps_xlsx.model import NOT_APPLICABLE, Answer, Assessment, Behaviour, Framework
from nps_xlsx.workbook.layout import LEVEL_WORDS_NAME, PRIORITIES, PRIORITIES_NAME, STATUSES


def level_formula(cell: str, levels: int) -> str:
    """The number of the level in a cell, 0 if there is none: its digit, its name or both may be written.

    The texts under the name are the digits, then the names, then both together, and begin in the
    second row.  MATCH would take ``?`` and ``*`` for any level; equality does not.
    """
    words = LEVEL_WORDS_NAME
    return f"SUMPRODUCT(({words}=TRIM({cell}))*(MOD(ROW({words})-2,{levels})+1))"


def not_applicable_formula(cell: str) -> str:
    """Whether a cell without a level says that the behaviour does not apply."""
    return f'LOWER(LEFT(TRIM({cell}),3))="not"'


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be left open in a row."""

    slug: str
    column: str
    """The column of the cell to look at."""
    heading: str
    says: str
    """What to do about it, in the list of *Check before sending*."""
    holds: Callable[[Answer, dt.date | None], bool]
    """Whether an answer leaves it open, given the date completed."""
    formula: str
    scored_only: bool = False
    """Whether rows that are not scored (the principles) may leave it open."""


RULES = (
    Rule(
        "not-answered",
        "current",
        "No current level",
        "Choose a current level",
        # A blank with a target beside it is reported once, as target-without-current.
        lambda answer, _: not answer.is_answered and not isinstance(answer.target, int),
        "1-{answered}-{target-without-current}",
        scored_only=True,
    ),
    Rule(
        "not-applicable-without-reason",
        "evidence",
        "Not applicable without a reason",
        "Say why it does not apply",
        lambda answer, _: answer.current == NOT_APPLICABLE and not answer.evidence.strip(),
        "IF(AND({not_applicable}=1,LEN(TRIM({own_evidence}))=0),1,0)",
    ),
    Rule(
        "target-below-current",
        "target",
        "Target below current",
        "Is the target really below the current level?",
        lambda answer, _: answer.gap is not None and answer.gap < 0,
        'IF({gap}="",0,IF({gap}<0,1,0))',
    ),
    Rule(
        "target-without-current",
        "current",
        "Target but no current level",
        "Choose the current level too",
        lambda answer, _: isinstance(answer.target, int) and not answer.is_answered,
        "IF(AND(ISNUMBER({target}),{answered}=0),1,0)",
    ),
    Rule(
        "action-without-owner",
        "owner",
        "Actions without an owner",
        "Name who owns the actions",
        lambda answer, _: bool(answer.actions.strip()) and not answer.owner.strip(),
        "IF(AND(LEN(TRIM({own_actions}))>0,LEN(TRIM({own_owner}))=0),1,0)",
    ),
    Rule(
        "due-before-completed",
        "due_date",
        "Due date before date completed",
        "Due before the date completed: is that right?",
        lambda answer, completed: bool(completed and answer.due_date and answer.due_date < completed),
        "IF(AND(ISNUMBER({due_date}),ISNUMBER({completed})),IF({due_date}<{completed},1,0),0)",
    ),
)

DISCUSS = Rule(
    "discuss",
    "discuss",
    "Discuss",
    "",
    lambda answer, _: answer.discuss,
    'IF(LOWER(LEFT(TRIM({own_discuss}),1))="y",1,0)',
)
"""What the council wants to talk about: listed beside what is open, and no problem."""


# --- A reviewer's level beside the council's

AGREEMENT = AGREED, HIGHER, LOWER, ONLY_ONE, NOT_REVIEWED = (
    "Agreed",
    "Reviewer higher",
    "Reviewer lower",
    "Only one gives a level",
    "Not yet reviewed",
)
AGREEMENT_FORMULA = (
    f'IF({{reviewer}}="","{NOT_REVIEWED}",IF({{reviewer}}={{council}},"{AGREED}",'
    f'IF({{difference}}="","{ONLY_ONE}",IF({{difference}}>0,"{HIGHER}","{LOWER}"))))'
)


def agreement(answer: Answer) -> str:
    """How a reviewer's level compares with the council's: one of ``AGREEMENT``."""
    council, reviewer = answer.current, answer.reviewer_level
    if reviewer is None:
        return NOT_REVIEWED
    if reviewer == council:
        return AGREED
    if not isinstance(council, int) or not isinstance(reviewer, int):
        return ONLY_ONE
    return HIGHER if reviewer > council else LOWER


def reviewed(framework: Framework, assessments: Iterable[Assessment]) -> tuple[int, str]:
    """How many scored rows a reviewer gave a level for, and in words how these compare with the councils'."""
    kinds = Counter(agreement(one[row.code]) for one in assessments for row in framework.behaviours)
    del kinds[NOT_REVIEWED]
    said = ", ".join(f"{kind[:1].lower()}{kind[1:]} {kinds[kind]}" for kind in AGREEMENT if kinds[kind])
    return kinds.total(), said


# --- The order of an action plan: by priority, then the largest gap, then value code

_PRIORITY, _GAP = 100_000, 1_000
WEIGHT_FORMULA = f"IFERROR({len(PRIORITIES) + 1}-MATCH({{own_priority}},{PRIORITIES_NAME},0),0)"
RANK_FORMULA = (
    f'IF({{gap}}="","",IF({{gap}}>0,{{weight}}*{_PRIORITY}+{{gap}}*{_GAP}+{_GAP - 1}-{{value_code}},""))'
)


def weight(priority: str) -> int:
    """The weight of a priority: 3 for High, 0 for none."""
    return len(PRIORITIES) - PRIORITIES.index(priority) if priority in PRIORITIES else 0


def rank(behaviour: Behaviour, answer: Answer) -> int:
    """Where a behaviour comes in the action plan, the highest first; 0 if it has no gap to close."""
    if not behaviour.is_scored or answer.gap is None or answer.gap <= 0:
        return 0
    return weight(answer.priority) * _PRIORITY + answer.gap * _GAP + _GAP - 1 - (behaviour.value_code or 0)


PLACE_FORMULA = f'IF({{sort}}="",IF(LEN(TRIM({{own_actions}}))>0,0,-{_GAP})-{{value_code}},{{sort}})'


def place(behaviour: Behaviour, answer: Answer) -> int:
    """Where a behaviour comes in the list of all: those with a gap, those with actions, and the others."""
    rest = 0 if answer.actions.strip() else -_GAP
    return rank(behaviour, answer) or rest - (behaviour.value_code or 0)


def in_plan(framework: Framework, assessment: Assessment) -> list[Behaviour]:
    """All scored behaviours in the order of the action plan."""
    return sorted(framework.behaviours, key=lambda row: -place(row, assessment[row.code]))


STRENGTH_FORMULA = (
    'IF({current}="","",{current}*100000000+ROUND(AVERAGEIFS({all_current},{all_area},{area},{all_scored},1)*1000,0)'
    f"*{_GAP}+{_GAP - 1}-{{value_code}})"
)
ACTING_FORMULA = (
    f'IF({{sort}}="","",IF(AND(LEN(TRIM({{own_actions}}))>0,{{status}}<>"{STATUSES[-1]}"),{{sort}},""))'
)


def strength(behaviour: Behaviour, answer: Answer, mean: float | None) -> int:
    """How strong a behaviour is: by level, then its key area's mean, then value code; 0 without a level."""
    if not isinstance(answer.current, int) or mean is None:
        return 0
    return (
        answer.current * 100_000_000 + int(mean * 1000 + 0.5) * _GAP + _GAP - 1 - (behaviour.value_code or 0)
    )


def acting(behaviour: Behaviour, answer: Answer) -> int:
    """The rank of a behaviour that has actions which are not done, 0 for any other."""
    has_actions = bool(answer.actions.strip()) and answer.status != STATUSES[-1]
    return rank(behaviour, answer) if has_actions else 0


def to_close(framework: Framework, assessment: Assessment) -> list[Behaviour]:
    """The behaviours whose target is above their current level, in the order of the action plan."""
    ranks = {row.code: rank(row, assessment[row.code]) for row in framework.behaviours}
    return sorted((row for row in framework.behaviours if ranks[row.code]), key=lambda row: -ranks[row.code])

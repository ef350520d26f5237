"""What a paper is about: one council's assessment, an earlier one, and the rows that were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nps_xlsx.model import Answer, Assessment, Behaviour, Framework, KeyArea
from nps_xlsx.model.dates import in_words
from nps_xlsx.model.errors import UserError
from nps_xlsx.model.scores import Score, one_decimal, score
from nps_xlsx.reports.papers.paper import Paragraph, Particulars, Section
from nps_xlsx.workbook import wording

ABOUT = "What this paper rests on"

_AVERAGES = (
    "the mean of the behaviours that have a level, to one decimal. {left_out} are left out. The level "
    "named beside an average is the nearest, the lower of two."
)
_BETWEEN = "are printed as given and count as the lower of the two"

LABELS = ("Respondents gave", "Action", "Owner", "Due", "Priority", "Status", "Review", "Target")
"""The labels that ``comments`` puts into a council's comments."""


class PaperError(UserError):
    """A paper that cannot be made from these answers."""


@dataclass(frozen=True)
class Case:
    """One council's answers, those of an earlier round if there are any, and the rows to show."""

    name: str
    assessment: Assessment
    earlier: Assessment | None
    whole: Framework
    """The complete framework."""
    framework: Framework
    """The rows of it that were asked and are to be shown."""

    def earlier_answer(self, behaviour: Behaviour) -> Answer:
        """The earlier round's answer for a row."""
        return self.earlier[behaviour.code] if self.earlier else Answer(behaviour.code)

    def score(self, behaviours: Sequence[Behaviour]) -> Score:
        """This round's averages over some behaviours, with their counts."""
        return score(behaviours, self.assessment)

    def is_blank(self, area: KeyArea) -> bool:
        """Whether an area has no current level and no target."""
        answers = [self.assessment[row.code] for row in area.rows]
        return all(answer.current is None and answer.target is None for answer in answers)


def case_of(
    assessment: Assessment, framework: Framework, earlier: Assessment | None, key_area: str, name: str
) -> Case:
    """The case of a paper, narrowed to what was asked and to a key area.

    Raises:
        PaperError: there is no such key area, or none of it was asked.
    """
    part = framework.only(assessment.asked) if assessment.asked else framework
    if key_area:
        code = key_area.upper()
        if code not in {area.code for area in framework.areas}:
            known = ", ".join(f"{area.code} ({area.sheet})" for area in framework.areas)
            raise PaperError(f"The framework has no key area {key_area!r}. Its key areas are {known}.")
        if code not in {area.code for area in part.areas}:
            raise PaperError(f"{assessment.council} was not asked about {framework.area_by_code[code].name}.")
        part = part.only([code])
    return Case(name or assessment.council, assessment, earlier, framework, part)


def with_count(mean: float | None, count: int, of: int) -> str:
    """An average with the count that it rests on: "3.2, 6 of 7"."""
    return f"{'no average' if mean is None else one_decimal(mean)}, {count} of {of}"


def about(case: Case, *more: tuple[str, str]) -> Section:
    """What a paper rests on: council, round, date, counts, rules, and whose words it quotes."""
    own = case.score(case.framework.behaviours)
    items = [
        ("Council", f"{case.name} ({case.assessment.gss_code})"),
        ("Round", case.assessment.round or "not stated"),
        ("As of", wording.as_of(case.assessment.day)),
        ("Date completed", _date_completed(case)),
        ("Answers", _counts(own)),
        *_between(case),
        *more,
        ("Averages", _AVERAGES.format(left_out=wording.left_out(case.framework))),
        ("Framework", f"{', '.join(filter(None, (case.framework.title, case.framework.publisher)))}."),
    ]
    words = f"Wording of behaviours and levels: {case.framework.copyright}. It is quoted as the measure used."
    return Section(ABOUT, ABOUT, (Particulars(tuple(items)), Paragraph(words, is_note=True)), is_wide=True)


def _date_completed(case: Case) -> str:
    return in_words(case.assessment.detail("date_completed")) or "not stated"


def _counts(own: Score) -> str:
    blank = own.behaviours - own.answered
    noun = "behaviour has" if own.behaviours == 1 else "behaviours have"
    return (
        f"{own.applicable} of {own.behaviours} {noun} a current level, {own.not_applicable} "
        f"{'is' if own.not_applicable == 1 else 'are'} not applicable and {blank} "
        f"{'is' if blank == 1 else 'are'} not answered; {own.targets} of {own.behaviours} "
        f"{'has' if own.targets == 1 else 'have'} a target."
    )


def _between(case: Case) -> list[tuple[str, str]]:
    given = [
        f"{text} ({row.code})"
        for row in case.framework.rows
        for text, is_between in _level_texts(case.assessment[row.code])
        if is_between
    ]
    return [("Levels between two", f"{', '.join(given)} {_BETWEEN}.")] if given else []


def _level_texts(answer: Answer) -> tuple[tuple[str, bool], ...]:
    return (answer.current_text, answer.current_between), (answer.target_text, answer.target_between)


def aims(case: Case, area: KeyArea) -> tuple[tuple[str, str], ...]:
    """What the council aims for in a key area and by when, each after its label, where it wrote that."""
    objective, reach_by = (case.assessment.head(area.code, key) for key in ("objective", "reach_by"))
    given = (("Our objective", objective.strip()), ("Reach it by", in_words(reach_by)))
    return tuple((label, text) for label, text in given if text)


def earlier_round(case: Case) -> str:
    """The earlier round and its counts, in words."""
    if case.earlier is None:
        return "none was given for comparison."
    then = score(case.framework.behaviours, case.earlier)
    return (
        f"{case.earlier.round or 'round not stated'}; {then.applicable} of {then.behaviours} of these "
        f"behaviours had a current level then, and {then.not_applicable} were not applicable."
    )


def comments(answer: Answer, *, note: str = "", target: str = "") -> str:
    """A council's comments on a behaviour, then its action, who takes it by when, and the target."""
    labelled = (
        ("Owner", answer.owner),
        ("Due", answer.due),
        ("Priority", answer.priority),
        ("Status", answer.status),
        ("Review", answer.review),
    )
    who = " ".join(f"{label}: {text.strip().rstrip('.')}." for label, text in labelled if text.strip())
    actions = answer.actions.strip()
    below = "\n" if "\n" in actions else " "
    lines = [
        answer.evidence.strip(),
        f"Respondents gave: {note}." if note else "",
        f"Action:{below}{actions}" if actions else "",
        who,
        f"Target: {target}." if target else "",
    ]
    return "\n".join(filter(None, lines))

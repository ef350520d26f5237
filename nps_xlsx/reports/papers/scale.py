"""How a paper prints levels: by the framework's names or an index's, as the council gave them."""

from __future__ import annotations

from dataclasses import dataclass

from nps_xlsx.model import NOT_APPLICABLE, Answer, Framework, Level, LevelValue
from nps_xlsx.model.scores import nearest_level
from nps_xlsx.reports.papers.paper import Entry
from nps_xlsx.workbook.layout import NOT_APPLICABLE_LABEL

NOT_ANSWERED, NO_TARGET, NO_LEVEL = "Not answered", "No target set", "No level given"


@dataclass(frozen=True, slots=True)
class Scale:
    """The levels of a framework, by the names that a paper prints."""

    levels: tuple[Level, ...]
    names: tuple[str, ...]

    def name(self, number: int) -> str:
        """A level's name in the paper."""
        return self.names[number - 1]

    def nearest(self, mean: float | None, otherwise: str = NO_LEVEL) -> Entry:
        """The name of the level nearest to a mean, in its colour."""
        if mean is None:
            return Entry(otherwise)
        number = nearest_level(mean)
        return Entry(self.name(number), level=number)

    def current(self, answer: Answer) -> Entry:
        """The current level; a level between two as given, in the colour of the one that counts."""
        return self._cell(answer.current, answer.current_text, NOT_ANSWERED, between=answer.current_between)

    def target(self, answer: Answer) -> Entry:
        """The target level, in the same way."""
        if answer.current == NOT_APPLICABLE and answer.target is None:
            return Entry(NOT_APPLICABLE_LABEL)
        return self._cell(answer.target, answer.target_text, NO_TARGET, between=answer.target_between)

    def _cell(self, level: LevelValue, text: str, otherwise: str, *, between: bool) -> Entry:
        if level == NOT_APPLICABLE:
            return Entry(NOT_APPLICABLE_LABEL)
        if level is None:
            return Entry(f"{text} (no level)" if text.strip() else otherwise)
        return Entry(text.strip() if between else self.name(level), level=level)


def names_only(framework: Framework) -> Scale:
    """The framework's levels by name: Developing."""
    return Scale(framework.levels, tuple(level.name for level in framework.levels))


def with_numbers(framework: Framework) -> Scale:
    """The framework's levels by number and name: 2 Developing."""
    return Scale(framework.levels, tuple(level.label for level in framework.levels))

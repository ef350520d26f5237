"""Which round is read: returns of another are put aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace

from nps_xlsx.model import Assessment, Return, Status
from nps_xlsx.model.errors import UserError
from nps_xlsx.rounds.counting import put_aside


class PreviousError(UserError):
    """An earlier round that is not earlier."""


def refuse_same_round(earlier: Iterable[Assessment], round_: str, option: str) -> None:
    """Refuse what an option gives as an earlier round if it is of this one.

    Raises:
        PreviousError: some of it is of this round.
    """
    if round_ and any(one.round.casefold() == round_.casefold() for one in earlier):
        raise PreviousError(f"What {option} names is of round {round_} itself. Give an earlier round's.")


def of_one_round(returns: Sequence[Return], round_: str, asked: Container[str] | None) -> list[Return]:
    """Put returns for another round aside: the council has not answered in this one."""
    counted = [one for returned in returns if (one := returned.counted)]
    of_asked = [one for one in counted if asked is None or one.gss_code in asked]
    this = round_ or main_round(of_asked or counted)
    return [_of_round(returned, this) for returned in returns]


def main_round(assessments: Iterable[Assessment]) -> str:
    """The round of most councils, the later if two have as many; empty if none says its round.

    Each council counts once per round, however often it sent it and whatever the case of its letters.
    """
    named = [one for one in assessments if one.round]
    councils = Counter(name for _, name in {(one.gss_code, one.round.casefold()) for one in named})
    main = max(councils, key=lambda name: (councils[name], name), default="")
    spellings = Counter(one.round for one in named if one.round.casefold() == main)
    return max(spellings, key=lambda name: (spellings[name], name), default="")


def _of_round(returned: Return, this: str) -> Return:
    """The return, its round spelt as in all others; put aside if it is for another."""
    counted = returned.counted
    if counted is None or not this or not counted.round:
        return returned
    if counted.round.casefold() == this.casefold():
        return replace(returned, assessment=replace(counted, round=this))
    return put_aside(returned, Status.OTHER_ROUND, "round-other", value=counted.round, most=this)

"""Made-up material to measure with: orders, and full returns, as many as are wanted."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import count, islice
from pathlib import Path

from nps_xlsx import Answer, Assessment, Council, Framework, Order, load_framework, load_register
from nps_xlsx.builder import _master
from nps_xlsx.builder.start import heights
from nps_xlsx.excel.copies import Master

SETS = 40
"""Sets of answers that are given to the councils by turns."""

_WORDS = (
    "Cabinet agreed the new strategy in May and the lead member reports on it every quarter",
    "We meet our ten largest suppliers twice a year; minutes are kept by the contract manager",
    "There is a plan, but it has not been put to members since the reorganisation of the service",
    "Training was given to all buyers in the spring, and the toolkit is on the intranet",
)


@cache
def framework() -> Framework:
    """The framework that everything is measured with."""
    return load_framework()


def councils(number: int) -> Iterator[tuple[Council, str]]:
    """Councils of England and, where these do not suffice, their respondents."""
    english = load_register().principal(nation="England").councils
    respondents = ("" if turn == 0 else f"Service {turn}" for turn in count())
    return islice(((council, name) for name in respondents for council in english), number)


def orders(number: int) -> list[Order]:
    """Orders of blank workbooks."""
    return [
        Order(framework(), council, "2026", due=dt.date(2026, 12, 18), respondent=respondent)
        for council, respondent in councils(number)
    ]


def answered(order: Order, seed: int) -> Order:
    """The same order, of a workbook in which every row is answered, four in five with evidence."""
    chance = random.Random(seed)
    answers = tuple(_answer(row.code, chance) for row in order.framework.rows)
    given = Assessment(order.council.gss_code, order.council.name, order.round, answers)
    return replace(order, assessment=given)


def _answer(code: str, chance: random.Random) -> Answer:
    current = chance.choice([1, 2, 2, 3, 3, 3, 4, 5])
    evidence = f"{chance.choice(_WORDS)} ({code})." if chance.random() < 0.8 else ""
    return Answer(
        code,
        current,
        min(current + chance.choice([0, 1, 1]), 5),
        evidence=evidence,
        actions=chance.choice(["", f"{chance.choice(_WORDS)}."]),
        owner="Head of Procurement",
        due_date=dt.date(2027, 3, 31),
        priority=chance.choice(["High", "Medium", "Low"]),
        status=chance.choice(["", "Not started", "On track"]),
        review_date=dt.date(2027, 9, 30),
    )


def write_returns(folder: Path, number: int) -> None:
    """Write full returns, those of one set of answers as copies of one workbook.

    Where ``NPS_BENCH_RETURNS`` names a folder that has so many, they are taken from there.
    """
    folder.mkdir(parents=True)
    ready = os.environ.get("NPS_BENCH_RETURNS")
    for place, order in enumerate(orders(number)):
        if ready and Path(ready, order.file_name).exists():
            (folder / order.file_name).symlink_to(Path(ready, order.file_name))
            continue
        master = _answered_master(place % SETS, bool(order.respondent))
        (folder / order.file_name).write_bytes(master.copy(order.fill))


@cache
def _answered_master(seed: int, is_respondents: bool) -> Master:
    order = orders(1)[0]
    if is_respondents:
        order = replace(order, respondent="Service 1")
    order = answered(order.slotted(), seed)
    return _master.__wrapped__(order, heights(order))

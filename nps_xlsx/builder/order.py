"""What a workbook is built from, and the answers it starts with."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from nps_xlsx.excel.book import FORMULA_STARTS
from nps_xlsx.model import Answer, Assessment, Behaviour, Council, Framework, LevelValue, Problem
from nps_xlsx.model.dates import long_date
from nps_xlsx.workbook import layout
from nps_xlsx.workbook.names import workbook_file_name
from nps_xlsx.workbook.stamp import CHECK, ROUND_PATTERN, TEMPLATE_VERSION, Stamp, with_check

_CARRIED = ("objective", "reach_by")
"""What is carried over from the heads of an earlier round's sheets."""

_NAME, _CODE, _RESPONDENT, _FILE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
"""The slots that stand for what differs between the copies of one workbook."""


@dataclass(frozen=True)
class Order:
    """What a workbook is built from.

    ``framework`` may be a part of an edition (``Framework.only``) for a short collection.
    ``due``, ``contact``, ``return_to``, ``controller`` (who is responsible for the personal data)
    and ``privacy_note`` appear on the first sheet.
    ``targets`` presets target levels by code.  ``previous`` is the council's assessment in
    an earlier round: its levels are shown beside the current ones, its evidence and
    unfinished actions carried over and marked.  ``assessment`` fills the workbook with
    answers as they stand; ``previous`` is then only shown, and ``targets`` are not used.  ``problems``
    with them are marked in their cells and listed on a sheet.  ``made`` is the file's date of
    creation; without one it has none.  ``unprotected`` leaves the sheets without protection, for
    people with a screen reader.
    """

    framework: Framework = field(hash=False)
    council: Council
    round: str
    due: dt.date | None = None
    contact: str = ""
    return_to: str = ""
    controller: str = ""
    assessment: Assessment | None = field(default=None, hash=False)
    respondent: str = ""
    with_review: bool = False
    privacy_note: str = ""
    targets: Mapping[str, int] = field(default_factory=dict, hash=False)
    previous: Assessment | None = field(default=None, hash=False)
    problems: tuple[Problem, ...] = field(default=(), hash=False)
    made: dt.date | None = None
    unprotected: bool = False

    @cached_property
    def sheets(self) -> tuple[layout.AssessmentSheet, ...]:
        """The assessment sheets, in order."""
        return layout.assessment_sheets(
            self.framework, with_last_round=self.previous is not None, with_review=self.with_review
        )

    @cached_property
    def answers(self) -> Assessment:
        """The answers to write: those given, or what a blank workbook starts with."""
        if self.assessment is not None:
            return self.assessment
        started = tuple(self._started(row) for row in self.framework.rows)
        known = {"department": self.respondent, "combined": layout.YES_NO[1]} if self.respondent else {}
        council = self.council
        heads = tuple(head for head in self.previous.heads if head[1] in _CARRIED) if self.previous else ()
        return Assessment(
            council.gss_code,
            council.name,
            self.round,
            started,
            self.respondent,
            details=tuple(known.items()),
            heads=heads,
        )

    @cached_property
    def _last(self) -> dict[str, Answer]:
        return {answer.ref: answer for answer in self.previous or ()}

    @property
    def kinds(self) -> set[str]:
        """The kinds of workbook that this is: they choose the passages of the first sheet."""
        kinds = {"part" if self.framework.is_part else "full"}
        kinds.add("respondent" if self.respondent else "council")
        kinds.add("unprotected" if self.unprotected else "protected")
        if self.previous is not None:
            kinds.add("prefilled")
        if self.with_review:
            kinds.add("review")
        return kinds

    @property
    def file_name(self) -> str:
        """The usual name of its file."""
        if self.council.gss_code == _CODE:
            return _FILE
        return workbook_file_name(self.framework.initials, self.council, self.round, self.respondent)

    @property
    def due_words(self) -> str:
        """When it goes back, to follow on from other words: " by 18 December 2026"; empty without a date."""
        due = self.framework.guidance.words["due"]
        return due.format(date=long_date(self.due)) if self.due else ""

    @property
    def is_own(self) -> bool:
        """Whether it holds answers, so that no other council's workbook is like it."""
        return self.assessment is not None or self.previous is not None

    def slotted(self) -> Order:
        """The same order with slots for what is its council's own."""
        council = Council(_CODE, _lead(self.council.name) + _NAME, "", "", "", "")
        respondent = _lead(self.respondent) + _RESPONDENT if self.respondent else ""
        return replace(self, council=council, respondent=respondent)

    def fill(self, text: str) -> str:
        """A text of the slotted workbook as this order's workbook has it."""
        filled = text.translate(self._words)
        return with_check(filled) if CHECK in text else filled

    @cached_property
    def _words(self) -> dict[int, str]:
        words = {_NAME: self.council.name, _CODE: self.council.gss_code, _RESPONDENT: self.respondent}
        words[_FILE] = self.file_name
        return {ord(slot): word.removeprefix(_lead(word)) for slot, word in words.items()}

    def last_level(self, code: str) -> LevelValue:
        """The level of the round that the workbook is prefilled from."""
        return self._last.get(code, Answer(code)).current

    def last_text(self, code: str) -> str:
        """The same in words: one between two levels, which counts as the lower, as it was written."""
        last = self._last.get(code, Answer(code))
        return last.current_text if last.current_between else layout.level_label(self.framework, last.current)

    def _started(self, row: Behaviour) -> Answer:
        last = self._last.get(row.code, Answer(row.code))
        carried = last if last.actions.strip() and not _is_finished(last) else Answer(row.code)
        return Answer(
            row.code,
            target=self.targets.get(row.code),
            evidence=self._marked(last.evidence),
            actions=self._marked(carried.actions),
            owner=carried.owner,
            due_date=carried.due_date,
            due_text=carried.due_text,
            priority=carried.priority,
            status=carried.status,
            review_date=carried.review_date,
            review_text=carried.review_text,
        )

    def _marked(self, text: str) -> str:
        """A text with the mark of the last round, and without any that it had itself been carried with."""
        if not text.strip() or self.previous is None:
            return ""
        mark = self.framework.guidance.words["from_last_round"]
        bare = re.sub(re.escape(mark).replace(re.escape("{round}"), ROUND_PATTERN), "", text)
        return f"{mark.format(round=self.previous.round)}{bare}" if bare.strip() else ""

    def stamp(self, sheet: str) -> Stamp:
        """The stamp of one sheet."""
        return Stamp(
            self.framework.edition,
            TEMPLATE_VERSION,
            self.round,
            self.council.gss_code,
            sheet,
            respondent=self.respondent,
            asked=tuple(row.code for row in self.framework.rows) if self.framework.is_part else (),
            last_round=self.previous.round if self.previous else "",
            with_review=self.with_review,
        )


def _lead(text: str) -> str:
    """The character for which Excel would take a text for a formula, if it begins with one."""
    return text[:1] if text.startswith(FORMULA_STARTS) else ""


def _is_finished(answer: Answer) -> bool:
    """Whether the council had done its actions, or reached the target that they were for."""
    return answer.status == layout.STATUSES[-1] or (answer.gap is not None and answer.gap <= 0)

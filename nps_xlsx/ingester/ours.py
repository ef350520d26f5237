"""Every text that the builder writes, so that the ingester knows it by its words, wherever it stands."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from nps_xlsx.ingester.remembered import per_framework
from nps_xlsx.model import Framework, Passage
from nps_xlsx.workbook import committee_words, layout, wording
from nps_xlsx.workbook.inputs import COLUMNS
from nps_xlsx.workbook.rules import AGREEMENT, DISCUSS, RULES
from nps_xlsx.workbook.values import key_of

IN_LIST = re.compile(r"[A-Z]{1,3}(?:[0-9]{1,7})?$|[0-9]{1,2}$|• ")
"""On the hidden sheet: cells and columns that links lead to, levels, suggested actions of any edition."""


def words_of(text: str) -> str:
    """A text as it is compared: without spaces too, since Gnumeric loses line breaks of text in two fonts."""
    return key_of(text).replace(" ", "")


_own_key = functools.lru_cache(maxsize=8192)(words_of)
"""Keys of our own texts, which are the same in every file."""


@dataclass(frozen=True, slots=True)
class OurTexts:
    """The texts of every kind of workbook that is built from a framework."""

    exact: frozenset[str]
    """Texts that are always the same, as written: most come back so."""
    whole: frozenset[str]
    """Their keys."""
    templates: tuple[tuple[str, ...], ...]
    """Keys of the fixed parts of texts with words filled in."""
    listed: frozenset[str]
    """The same, with what the lists offer: all that the hidden sheet says."""
    labels: frozenset[str]
    """Keys of what the lists offer: ours on live sheets and in headings, an answer anywhere else."""
    free: frozenset[str]
    """Keys of the labels on the first sheet beside the analyst's own words."""

    def has(self, text: str, cut_at: int = 0) -> bool:
        """Whether a text is ours, or the beginning of one where texts may have been cut."""
        key = words_of(text)
        if key in self.whole or any(_fits(key, parts) for parts in self.templates):
            return True
        if not 0 < cut_at <= len(text):
            return False
        beginnings = (*self.whole, *(parts[0] for parts in self.templates))
        return any(whole.startswith(key) for whole in beginnings)


def _fits(key: str, parts: tuple[str, ...]) -> bool:
    """Whether a key has these parts in order, from its beginning to its end."""
    if not (key.startswith(parts[0]) and key.endswith(parts[-1])):
        return False
    first, *between, last = parts
    at, end = len(first), len(key) - len(last)
    if end < at:
        return False
    for part in between:
        where = key.find(part, at, end)
        if where < 0:
            return False
        at = where + len(part)
    return True


@per_framework
def our_texts(framework: Framework) -> OurTexts:
    """What a workbook of this framework says, whatever its edition, client or round."""
    templates = [framework.guidance.subtitle, *_passages(framework), *_counted()]
    plain = [text for text in templates if "{" not in text]
    parts = {_parts(text) for text in templates if "{" in text}
    whole = (*_of_framework(framework), *_of_guidance(framework), *_of_sheets(framework), *plain)
    labels = (
        *_labels(framework),
        layout.NOT_APPLICABLE_LABEL,
        *layout.PRIORITIES,
        *layout.STATUSES,
        *layout.YES_NO,
    )
    label_keys = frozenset(map(_own_key, labels))
    exact = frozenset(text for text in whole if _own_key(text) not in label_keys)
    return OurTexts(
        exact=exact,
        listed=exact.union(labels, map(str.casefold, labels)),
        whole=frozenset(map(_own_key, whole)) - label_keys,
        templates=tuple(part for part in parts if any(part)),
        labels=label_keys,
        free=frozenset(_own_key(passage.label) for passage in _free(framework)),
    )


def _parts(template: str) -> tuple[str, ...]:
    """The fixed parts of a text with words filled in, as they are compared."""
    pieces = list(Formatter().parse(template))
    parts = [_own_key(literal) for literal, _, _, _ in pieces]
    return (*parts, "") if pieces[-1][1] is not None else tuple(parts)


def _labels(framework: Framework) -> Iterator[str]:
    for level in framework.levels:
        yield level.label
        yield level.name


def _of_framework(framework: Framework) -> Iterator[str]:
    yield from (framework.title, framework.short_title, *framework.superseded)
    yield from (wording.THEME.format(name=theme.name) for theme in framework.themes)
    yield from (theme.name for theme in framework.themes)
    for row in framework.rows:
        yield from (row.code, row.name, row.short_name, wording.row_name(row), *row.descriptors)
        for level in framework.levels:
            yield wording.listed(one.text for one in framework.suggestions_to(row.code, level.number))
            yield wording.NEXT_LEVEL.format(level=level.label, text=row.descriptors[level.number - 1])
    headings = framework.guidance.key_area_headings
    for area in framework.areas:
        yield from (area.code, area.name, area.sheet, area.footnote)
        for key in ("description", "what_it_is", "why_it_is_important"):
            yield f"{headings[key]}\n{getattr(area, key)}"  # template 1: both in one cell
            yield from (headings[key], *wording.prose(getattr(area, key)))
    yield f"{headings['how']}\n{framework.guidance.how}"
    yield framework.guidance.how


def _of_guidance(framework: Framework) -> Iterator[str]:
    guidance = framework.guidance
    yield guidance.title
    for passage in _all_passages(framework):
        yield passage.label


def _all_passages(framework: Framework) -> tuple[Passage, ...]:
    guidance = framework.guidance
    return (*guidance.before, *guidance.steps, *guidance.about)


def _free(framework: Framework) -> Iterator[Passage]:
    return (passage for passage in _all_passages(framework) if passage.text == "{privacy}")


def _passages(framework: Framework) -> Iterator[str]:
    """The paragraphs of the first sheet, with the contact filled in, without the free ones."""
    words, free = framework.guidance.words, tuple(_free(framework))
    for passage in _all_passages(framework):
        if passage not in free:
            for contact in (words["contact"], words["no_contact"]):
                yield passage.text.replace("{contact}", contact)
    yield framework.guidance.privacy
    yield from framework.guidance.former


def _counted() -> Iterator[str]:
    yield from (*wording.PROGRESS, wording.MARKS_COUNTS, wording.PLAN_NOTE)
    yield from (wording.PLAN_LEAD, wording.PLAN_LONG)
    yield from (wording.YOUR_COPY, wording.SEND_BACK, wording.EFFORT)
    yield from (*wording.VERDICTS, wording.REST)
    yield from (wording.SEND, wording.FILE_NAME, wording.KEEP_NAME, wording.NEW_EMAIL)
    yield from (wording.SUMMARY_NOTE, wording.SUMMARY_NOTE + wording.MOVEMENT_NOTE)
    yield from (wording.SHEET_TITLE.replace("{sheet}", sheet) for sheet in layout.LIVE_SHEETS)
    yield from (wording.BASIS, *wording.leaders(), *wording.FORMER_WORDS)
    yield from (wording.MARKS_ABOUT, f"{wording.MARKS_ABOUT} {wording.MARKS_COUNTS}")
    yield "{by}" + ", ".join(f"{kind} {{count}}" for kind in AGREEMENT)


def _of_sheets(framework: Framework) -> Iterator[str]:
    """The fixed words of every sheet."""
    sheets = (*layout.sheet_names(framework, with_review=True), layout.MARKS)
    yield from sheets
    for sheet in sheets:
        yield from (wording.BACK.format(sheet=sheet), wording.NEXT.format(sheet=sheet))
    for column in layout.assessment_columns(framework, with_last_round=True, with_review=True):
        yield column.heading
    for detail in layout.DETAILS:
        yield from (detail.label, wording.FILL_IN.format(label=detail.label))
        yield wording.GO_TO.format(row=layout.START, column=detail.label)
    for row in framework.rows:
        for rule in (*RULES, DISCUSS):
            yield wording.GO_TO.format(row=wording.row_name(row), column=COLUMNS[rule.column].heading)
    yield from (detail.label for detail in layout.HEAD)
    yield from (wording.STAMP, wording.ABOUT_LINK, wording.PASTE)
    yield from (*wording.START_SECTIONS, *wording.HEAD_LABELS, *wording.SHEETS_FOR.values())
    yield from (*wording.PROGRESS_HEADINGS, wording.THEME_HEADING)
    yield from (*wording.SUMMARY_HEADINGS.values(), *wording.SUMMARY_COUNTS.values())
    yield from (*wording.MOVEMENT_HEADINGS, *_summary_words(framework))
    yield from (wording.ALL_BEHAVIOURS, wording.ALL_ASKED, *wording.PLAN_HEADINGS.values())
    yield from (wording.PLAN_EMPTY, wording.NOT_ANSWERED, wording.NO_TARGET, wording.AT_TARGET)
    yield from (
        *committee_words.HEADINGS.values(),
        committee_words.NOTE,
        committee_words.DUE,
        committee_words.DUE_DONE,
    )
    yield from (committee_words.NO_STRENGTH, committee_words.NO_STEP, committee_words.NO_ACTION)
    for rule in RULES:
        yield from (rule.heading, rule.says, rule.slug)
    yield from (*wording.CHECK_HEADINGS, wording.ALL_SHEETS, wording.MISSING_DETAILS)
    yield wording.DISCUSS_HEADING
    yield from (*wording.MARKS_HEADINGS, wording.MARKS_HOW, wording.MARKS_ELSEWHERE)
    yield from (*wording.REVIEW_HEADINGS, wording.review_note(framework), *AGREEMENT)
    yield from _of_one_at_a_time(framework)
    yield from _of_lists(framework)


def _of_one_at_a_time(framework: Framework) -> Iterator[str]:
    yield from (wording.ONE_CHOOSE, wording.ONE_LAST, wording.ONE_BEHAVIOUR, wording.ONE_UNKNOWN)
    yield from wording.ONE_HEADINGS
    for count in range(1, len(wording.ONE_WHOSE) + 1):
        yield from map(" ".join, itertools.combinations(wording.ONE_WHOSE.values(), count))
    for row in framework.rows:
        yield from (f"{row.code} {row.name}", wording.ONE_NEXT.format(ref=row.code))
        yield wording.ONE_GO.format(ref=row.code, sheet=framework.area_by_code[row.code].sheet)


def _summary_words(framework: Framework) -> Iterator[str]:
    key = wording.LEVELS_KEY.format(levels=", ".join(level.label for level in framework.levels))
    yield from (key, key + wording.MOVEMENT_NOTE)
    yield from (wording.AT_LEVEL.format(level=level.label) for level in framework.levels)
    if framework.good_level:
        yield wording.OR_ABOVE.format(level=framework.good_level.name)


def _of_lists(framework: Framework) -> Iterable[str]:
    levels = [f"level {level.number}" for level in framework.levels]
    figures = (
        key.replace("_", " ")
        for key in (*wording.LIST_CONSTANTS, *wording.LIST_FIGURES, *wording.REVIEW_FIGURES)
    )
    return (
        *wording.LIST_HEADINGS,
        *wording.FORMER_LIST_FIGURES,
        *figures,
        *levels,
        *(f"to {level}" for level in levels[1:]),
    )

"""About these figures: what counts, what a median is, and what is not shown."""

from __future__ import annotations

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.figures import UNKNOWN
from nps_xlsx.figures.peers import FAMILY, QUARTILES_FROM, REGION, TYPE
from nps_xlsx.reports.feedback.case import FeedbackCase
from nps_xlsx.workbook import wording

ABOUT = "About these figures"

_LABEL, _TEXT = 200, 780

_COUNTS = (
    "Only behaviours for which a council gave a level are counted. {left_out} are left out: they do not "
    "count as the lowest level. Beside every figure is the number of councils it rests on."
)
_MIDDLE = (
    "Put all the councils in order of their level. The median is the level of the one in the middle, or "
    "halfway between the two in the middle. A quarter of the councils are at the lower quartile or below, a "
    "quarter at the upper quartile or above, and half of them between the two. Where a quartile falls "
    "between two councils, it is in proportion between their levels. Your own level is included in each "
    "of your groups. Published averages are means of all answers, and so may differ."
)
_CHOICE = "Each council chooses its own target."
_MEDIAN = "A median says where others are, not where you should be."
_SELF = "Levels are each council's own view of itself. A higher level may be a more generous view."
_ROUNDED = (
    "Each figure is rounded to one decimal by itself. “Difference from this median” is between the two "
    "figures as shown."
)
_WITHHELD = (
    "No other council is named, or can be recognised from a figure. A group is shown only if at least {few} "
    "other councils in it gave the figure; otherwise a broader group takes its place, and is named. "
    "Quartiles need at least {quartiles} others. When we say how many others are at a level or above, we do "
    "not distinguish none from one, nor all from all but one; all are at the lowest level or above. Levels "
    "of a behaviour are withheld for a group, and for others beside it, if one of its members could work out "
    "another's."
)
_ONE_WORKBOOK = "Please do not publish this workbook beside another council's: together they give more away."


def write_about(book: Book, case: FeedbackCase) -> None:
    """A page of explanations."""
    sheet = book.sheet(ABOUT)
    sheet.widths(_LABEL, _TEXT)
    sheet.text(0, 0, ABOUT, "title")
    sheet.height(0, 30)
    row = 2
    for label, text in _passages(case):
        sheet.text(row, 0, label, "label")
        sheet.text(row, 1, text, "wrap")
        sheet.height(row, text_height(text, _TEXT, 11) + 8)
        row += 1
    sheet.text(row + 1, 0, case.framework.copyright, "note")
    sheet.page(portrait=True)


def _passages(case: FeedbackCase) -> list[tuple[str, str]]:
    peers = case.view.peers
    few, quartiles = peers.threshold, max(QUARTILES_FROM, peers.threshold)
    return [
        ("Who took part", _who(case)),
        ("What counts", _COUNTS.format(left_out=wording.left_out(case.framework))),
        ("Median and quartiles", _MIDDLE),
        ("Targets", " ".join(filter(None, (_CHOICE, case.framework.targets, _MEDIAN)))),
        ("Self-assessment", _SELF),
        ("Rounding", _ROUNDED),
        ("Your groups", _groups(case)),
        ("What is not shown", f"{_WITHHELD.format(few=few, quartiles=quartiles)} {_ONE_WORKBOOK}"),
    ]


def _who(case: FeedbackCase) -> str:
    count = case.view.took_part
    took = "Yours is the only response" if count == 1 else f"{count} councils, yours among them, took part"
    asked = ""
    if case.framework.is_part:
        number = len(case.framework.behaviours)
        asked = f" You were asked about {number} of the behaviours, and only these are here."
    moved = "" if case.has_moved else " You have no earlier round to compare with."
    return f"{took} in round {case.assessment.round}.{asked}{moved}"


def _groups(case: FeedbackCase) -> str:
    words = {REGION: "Your region", TYPE: "your type of council", FAMILY: "your family"}
    groups = [(words[kind], group.name) for kind, group in case.view.groups.items() if kind in words]
    names = "; ".join(f"{word}: {'not known' if name == UNKNOWN else name}" for word, name in groups)
    family = " A family is a group of councils chosen for comparison." if FAMILY in case.view.groups else ""
    return f"{names or 'Not known'}.{family}"

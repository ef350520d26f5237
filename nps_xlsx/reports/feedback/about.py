"""About these figures: what counts, what a median is, and what is not shown."""

from __future__ import annotations

from nps_xlsx.excel.book import Book
from nps_xlsx.excel.table import write_title
from nps_xlsx.excel.textfit import text_height
from nps_xlsx.figures import UNKNOWN
from nps_xlsx.figures.peers import FAMILY, QUARTILES_FROM, REGION, TYPE
from nps_xlsx.reports.feedback.case import FeedbackCase
from nps_xlsx.reports.words import words
from nps_xlsx.workbook import wording

ABOUT = "About these figures"

_LABEL, _TEXT = 200, 780

_PASSAGES = words("feedback/about.toml")


def write_about(book: Book, case: FeedbackCase) -> None:
    """A page of explanations."""
    sheet = book.sheet(ABOUT)
    sheet.widths(_LABEL, _TEXT)
    write_title(sheet, ABOUT, "")
    filled, row = _filled(case), 2
    for label, passage in _PASSAGES.items():
        text = " ".join(passage.format(**filled).split())
        sheet.text(row, 0, label, "label")
        sheet.text(row, 1, text, "wrap")
        sheet.height(row, text_height(text, _TEXT, 11) + 8)
        row += 1
    sheet.text(row + 1, 0, case.framework.copyright, "note")
    sheet.page(portrait=True)


def _filled(case: FeedbackCase) -> dict[str, object]:
    """What the passages say of this council and round."""
    few = case.view.peers.threshold
    return {
        "who": _who(case),
        "left_out": wording.left_out(case.framework),
        "targets": case.framework.targets,
        "groups": _groups(case),
        "few": few,
        "quartiles": max(QUARTILES_FROM, few),
    }


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

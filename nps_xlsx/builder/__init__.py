"""Building a self-assessment workbook from a framework, a council and a round."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from nps_xlsx.builder.assessment import write_assessment_sheet
from nps_xlsx.builder.checking import write_check, write_items
from nps_xlsx.builder.committee import write_committee
from nps_xlsx.builder.draft import Draft
from nps_xlsx.builder.one_at_a_time import write_one
from nps_xlsx.builder.order import Order
from nps_xlsx.builder.plan import write_plan
from nps_xlsx.builder.review import write_review
from nps_xlsx.builder.start import heights, write_start
from nps_xlsx.builder.summary import write_summary
from nps_xlsx.builder.to_look_at import write_marks
from nps_xlsx.excel.book import Book, strict
from nps_xlsx.excel.copies import Master
from nps_xlsx.excel.zipped import tightened
from nps_xlsx.files import StrPath, is_same, write_file

__all__ = ["Order", "build_file", "build_workbook"]


@strict
def build_workbook(order: Order) -> bytes:
    """Build one workbook; the same order gives the same bytes.

    The workbooks of councils and respondents who are asked alike are copies of one that is built
    once: the first takes a quarter of a second, each further one a millisecond.
    """
    if order.is_own:
        return tightened(_written(order, heights(order)).to_bytes())
    return _master(order.slotted(), heights(order)).copy(order.fill)


@lru_cache(maxsize=16)
def _master(order: Order, heights: tuple[float, ...]) -> Master:
    return Master(_written(order, heights))


def _written(order: Order, heights: tuple[float, ...]) -> Book:
    draft = Draft(order)
    write_start(draft, heights)
    write_marks(draft)
    for sheet in order.sheets:
        write_assessment_sheet(draft, sheet)
    write_one(draft)
    write_summary(draft)
    write_plan(draft)
    write_committee(draft)
    write_review(draft)
    write_check(draft)
    write_items(draft, draft.workings.write(draft.book))
    return draft.book


def build_file(order: Order, folder: StrPath) -> Path:
    """Build one workbook into a folder, under the usual name; one that is there and the same is let be.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(folder) / order.file_name
    content = build_workbook(order)
    return path if is_same(path, content) else write_file(path, content)

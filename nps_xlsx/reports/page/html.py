"""The page as one file: styles, words, figures, charts and their library; its policy allows no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from string import Template
from typing import Any

import vl_convert

from nps_xlsx.figures import Tables
from nps_xlsx.reports.frame import part, policy, root
from nps_xlsx.workbook import wording

_ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def assembled(
    tables: Tables,
    data: Mapping[str, Any],
    *,
    name_councils: bool,
    outcomes: Mapping[str, int | None] | None = None,
) -> bytes:
    """The whole page; its policy runs only its own two programs, and fetches nothing."""
    library, program = _library(), part("charts.js") + part("page.js")
    framework = tables.framework
    words = {
        "title": f"{framework.short_title}: {_round(tables)}",
        "heading": framework.short_title,
        "subtitle": " ".join(filter(None, (f"{_round(tables).capitalize()}.", _day(tables)))),
        "framework": framework.title,
        "earlier": _earlier(tables),
        "targets": framework.targets,
        "copyright": framework.copyright,
        "notes": _notes(data["threshold"], name_councils=name_councils, is_partial=bool(data["partial"])),
    }
    blocks = {
        "policy": policy(library, program),
        "outcomes": _outcomes(outcomes or {}),
        "style": root() + part("page.css"),
        "council_link": part("council-link.html") if name_councils else "",
        "council_section": part("council.html") if name_councils else "",
        "data": as_json(data),
        "library": library,
        "program": program,
    }
    escaped = {name: escape(text) for name, text in words.items()}
    return Template(part("page.html")).substitute(escaped | blocks).encode()


def as_json(value: object) -> str:
    """JSON for a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda match: _ESCAPED[match[0]], text)


@cache
def _library() -> str:
    """Vega, Vega-Lite and Vega-Embed, from the package that draws the charts of papers."""
    text = str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))
    if re.search("</script|<!--", text, re.IGNORECASE):
        raise ValueError("the charts' library cannot be put into a page: it would end its own element")
    return text


def _outcomes(outcomes: Mapping[str, int | None]) -> str:
    """Why councils did not return, as a paragraph; nothing if no reason is known."""
    numbers = (f"{why} {'(withheld)' if number is None else number}" for why, number in outcomes.items())
    words = f"All councils that did not return: {'; '.join(numbers)}."
    return f'<p class="lead outcomes">{escape(words)}</p>' if outcomes else ""


def _round(tables: Tables) -> str:
    """The round, or rounds, in words."""
    if not tables.rounds:
        return "no returns yet"
    return f"{'round' if len(tables.rounds) == 1 else 'rounds'} {', '.join(tables.rounds)}"


def _day(tables: Tables) -> str:
    return wording.as_of(tables.as_of) if tables.rounds else ""


def _earlier(tables: Tables) -> str:
    """The earlier round, in words."""
    earlier = sorted({assessment.round for assessment in tables.previous.values() if assessment.round})
    return f"Compared with round {' and '.join(earlier)}." if earlier else ""


def _notes(threshold: int, *, name_councils: bool, is_partial: bool) -> str:
    """What the page withholds, for the reader."""
    partly = (
        f" If fewer than {threshold} councils gave a level or a target, or one of them could work out "
        "another's, a row is not shown, nor are others from which it could be worked out; averages are then "
        "over what is shown."
        if is_partial
        else ""
    )
    if name_councils:
        return (
            "This page names councils and shows their own levels. "
            f"Pass it on only to people who may see them.{partly}"
        )
    few = (
        f" No figure for a region or a type of council rests on fewer than {threshold} councils, and none "
        "that does can be worked out by adding and subtracting what is shown here and in the published "
        "tables. Some larger groups are withheld for that reason."
    )
    return f"No council is named here.{few if threshold else ''}{partly}"

"""``status.html``: how a round stands, as a page to leave open on a screen."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from nps_xlsx.files import write_file
from nps_xlsx.reports.frame import part, policy, root
from nps_xlsx.season import status
from nps_xlsx.season.folder import Round
from nps_xlsx.season.standing import WAITED_FOR, Standing, Standings
from nps_xlsx.season.status import Tally

FILE = "status.html"
HEADINGS = {"Region": "region", "Type of council": "council_type"}
"""What the tables of groups are headed, and the fact that each is by."""
_CELLS = ("Asked", "Returned", "Share", "Late", "Not usable", "Missing", "Declined", "Nothing to report")
_COLUMNS = ("Council", "Region", "State", "Came on", "Errors", "Invited on", "Chased", "Today")


def cells(one: Tally | None = None) -> tuple[str, ...]:
    """The numbers of a group as the tables have them; without one, their headings."""
    if one is None:
        return _CELLS
    numbers = (one.late, one.instead, one.missing, one.declined, one.nothing)
    return f"{one.asked:,}", f"{one.returned:,}", one.share, *(f"{number:,}" for number in numbers)


def write_page(round_: Round, standings: Standings) -> Path:
    """Write the page into the round's folder.

    Raises:
        OutputError: it cannot be written.
    """
    title = round_.framework.short_title
    return write_file(round_.folder / FILE, status_page(standings, round_.settings.round, title))


def status_page(standings: Standings, round_: str, framework: str) -> bytes:
    """The page: one file that asks nothing of the network, names councils, and holds no address."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    program = _text("status.js")
    return (
        environment.from_string(_text("status.html"))
        .render(
            policy=policy(program),
            style=root() + part("page.css") + _text("status.css"),
            program=program,
            round=round_,
            framework=framework,
            headline=status.headline(standings),
            when=status.when(standings),
            whole=status.tally("All", standings.councils),
            cards=_cards(standings),
            facts=status.facts(standings),
            needs=status.needs(standings),
            since=status.since(standings),
            news=status.news(standings),
            nobodys=_files(len(standings.nobodys)),
            unread=_files(len(standings.unread)),
            groups={name: status.tallies(standings, fact) for name, fact in HEADINGS.items()},
            headings=_CELLS,
            cells=cells,
            columns=_COLUMNS,
            councils=[(one.council.short_name, _row(one)) for one in standings.councils],
        )
        .encode()
    )


def _text(name: str) -> str:
    return files("nps_xlsx.season").joinpath(name).read_text(encoding="utf-8")


def _cards(standings: Standings) -> list[tuple[str, str, str]]:
    """The headline figures: a name, a number, and what it counts."""
    whole = status.tally("All", standings.councils)
    waited = sum(one.state in WAITED_FOR for one in standings.councils)
    need = sum(map(len, status.needs(standings).values()))
    declined = "; ".join(f"{number} {reason}" for reason, number in status.reasons(standings).items())
    share = f", {whole.share}" if whole.asked else ""
    return [
        ("Returned", f"{whole.returned:,}", f"of {whole.asked:,} asked{share}; {whole.late:,} late"),
        ("Waited for", f"{waited:,}", f"{whole.missing:,} missing, {whole.instead:,} not usable"),
        ("Declined", f"{whole.declined:,}", declined),
        ("To do today", f"{need:,}", "councils that need something"),
    ]


def _files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}" if number else ""


def _row(one: Standing) -> tuple[str, ...]:
    came, invited = (f"{day.day} {day:%b %Y}" if day else "" for day in (one.came_on, one.invited_on))
    reason = f" ({one.reason})" if one.reason else ""
    errors, chased = (str(number) if number else "" for number in (one.errors, one.chased))
    return one.council.region, f"{one.state}{reason}", came, errors, invited, chased, one.need

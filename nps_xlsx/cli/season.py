"""Commands on the folder of a round: its settings stand in for the options that are not given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nps_xlsx.register.successions import FILE as SUCCESSIONS

if TYPE_CHECKING:
    from nps_xlsx.season.folder import Round


_REPORTS_ON = ("framework", "register", "previous", "successions")
"""The options of ``nps ingest`` that ``nps report`` has too."""


def in_round(
    settings: Callable[[Round], Mapping[str, Any]],
    *,
    others: bool = False,
    reads: Callable[[Round], Path] | None = None,
) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback for an argument that may be the folder of a round; the command finds it in ``context.obj``.

    ``settings`` says which options the round's settings are the defaults of; what is given on the
    command line wins.  If ``others`` are allowed, the argument may be other paths instead; ``reads`` says
    which folder of the round stands in for it then.
    """

    def callback(context: click.Context, _: click.Parameter, given: Path | Sequence[Path] | None) -> Any:
        paths = [given] if isinstance(given, Path) else list(given or ())
        rounds = [path for path in paths if (path / "round.toml").is_file()]
        if rounds and len(paths) > 1:
            raise click.UsageError("Give the folder of a round by itself, without other files.")
        if not rounds and (others or not paths):
            return given
        from nps_xlsx.season.folder import Round

        context.obj = Round(paths[0])
        values = settings(context.obj).items()
        defaults = {name: value for name, value in values if value or (value == 0 and value is not False)}
        context.default_map = {**(context.default_map or {}), **defaults}
        return (reads(context.obj),) if reads else given

    return callback


def for_build(round_: Round) -> dict[str, Any]:
    """The options of ``nps build`` by a round's settings."""
    own = round_.settings
    return for_all(round_) | {
        "out": round_.paths.workbooks,
        "round_": own.round,
        "due": own.due,
        "contact": own.contact,
        "return_to": own.return_to,
        "controller": own.controller,
        "asked": own.ask,
        "with_review": own.with_review,
        "unprotected": own.unprotected,
        "targets": round_.named(own.targets),
        "earlier": earlier_of(round_),
        "privacy_note": round_.named(own.privacy_note),
    }


def for_ingest(round_: Round) -> dict[str, Any]:
    """The options of ``nps ingest`` by a round's settings."""
    from nps_xlsx.season.folder import CORRECTIONS, WAIVERS
    from nps_xlsx.season.participants import FILE

    own = round_.settings
    files = {"corrections": CORRECTIONS, "waivers": WAIVERS, "asked": FILE}
    there = {name: round_.folder / file for name, file in files.items() if (round_.folder / file).is_file()}
    return for_all(round_) | {
        **there,
        "round_": own.round,
        "previous": earlier_of(round_),
        "keep": own.keep,
        "facts": own.by,
        "families": round_.named(own.families),
        "threshold": own.suppress_below,
        "name_councils": own.name_councils,
        "contact": own.publication_contact,
    }


def for_export(round_: Round) -> dict[str, Any]:
    """The options of ``nps export`` by a round's settings."""
    return for_all(round_)


def for_report(round_: Round) -> dict[str, Any]:
    """The options of ``nps report`` by a round's settings."""
    return {name: value for name, value in for_ingest(round_).items() if name in _REPORTS_ON}


def for_all(round_: Round) -> dict[str, Any]:
    """What a round is read by."""
    there = round_.folder / SUCCESSIONS
    return {
        "framework": round_.framework_name,
        "register": round_.named(round_.settings.register),
        "successions": there if there.is_file() else None,
    }


def earlier_of(round_: Round) -> Path | None:
    """The newest of the earlier rounds: a file of answers, or the results of a round's folder.

    Raises:
        RoundError: that round has no results yet.
    """
    from nps_xlsx.season.folder import Round as Folder
    from nps_xlsx.season.folder import RoundError, is_round

    if not round_.settings.earlier:
        return None
    path = round_.folder / round_.settings.earlier[0]
    if not is_round(path):
        return path
    latest = Folder(path).paths.latest
    if not latest.is_dir():
        raise RoundError(
            f"The earlier round {path} has no results yet. Run nps ingest {path}, or take it out of "
            f"'earlier' in {round_.folder}'s settings."
        )
    return latest

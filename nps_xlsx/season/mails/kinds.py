"""The kinds of mail, and the text that each begins with."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

FOLDER = "mails"
"""The folder of the texts, in that of the round."""
ENDING = "ending.txt"
"""How every mail ends; the other texts include it."""


class MailKind(StrEnum):
    """What a mail is for."""

    INVITE = "invite"
    """The workbook goes out."""
    CHASE = "chase"
    """Nothing that can be used has come back, or part of it cannot be used."""
    REPLY = "reply"
    """A return is acknowledged, with what to put right in it."""
    FEEDBACK = "feedback"
    """What the round found for the council, and its action plan."""
    THANK = "thank"


def our_text(name: str) -> str:
    """The text that comes with the program under a file's name."""
    return files("nps_xlsx.season.mails").joinpath(name).read_text(encoding="utf-8")


def our_texts() -> dict[str, str]:
    """The texts that come with the program, by the names of their files."""
    return {name: our_text(name) for name in (*(f"{kind}.txt" for kind in MailKind), ENDING)}

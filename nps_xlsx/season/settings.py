"""The settings of a round: ``round.toml``, with every setting explained where it is set."""

from __future__ import annotations

import datetime as dt
import difflib
import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from nps_xlsx.model.errors import UserError
from nps_xlsx.model.scores import THRESHOLD
from nps_xlsx.workbook.stamp import is_round_name

FILE = "round.toml"
_WIDTH = 100
_KINDS = {
    str: "a text in quotes",
    bool: "true or false",
    int: "a whole number, zero or more",
    dt.date: "a date without quotes, such as 2026-12-18",
    tuple: 'a list of texts, such as ["2021", "2018"]',
}


class SettingsError(UserError):
    """Settings that cannot be used; all of their faults are reported at once."""


def _setting(about: str, default: Any = "", *, kind: type | None = None, section: str = "") -> Any:
    return field(
        default=default, metadata={"about": about, "kind": kind or type(default), "section": section}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one round is done with; files and folders count from the folder of the round."""

    round: str = _setting("The round's name, as every workbook shows it.")
    due: dt.date | None = _setting(  # noqa: RUF009 - it is a field()
        "When workbooks are to be back.", None, kind=dt.date
    )
    contact: str = _setting("Whom councils can ask: a post, telephone number or address.")
    return_to: str = _setting("Where workbooks are to be sent back to: an email address.")
    controller: str = _setting(
        "Who is responsible for the personal data: Start here and every mail name it. It is an organisation."
    )
    framework: str = _setting(
        "Another framework: its folder, or the name of one that comes with the program."
    )
    register: str = _setting(
        "A CSV file of councils that are not in the register that comes with the program."
    )
    earlier: tuple[str, ...] = _setting(
        "Earlier rounds, the newest first: folders of rounds, or answers.csv files. The newest fills the "
        "column Last round of the workbooks.",
        (),
    )
    database: str = _setting(
        "Where the ledger is kept, if computers are to share it: postgresql+psycopg://user@host/name. "
        "By default it is a file in this folder."
    )

    ask: tuple[str, ...] = _setting(
        "Ask only these key areas or behaviours, by their codes.", (), section="workbooks"
    )
    with_review: bool = _setting(
        "Add columns for a reviewer's level and comment.", default=False, section="workbooks"
    )
    unprotected: bool = _setting(
        "Leave the sheets without protection, for a screen reader.", default=False, section="workbooks"
    )
    targets: str = _setting(
        "A CSV file of target levels to start with: ref, target[, gss_code].", section="workbooks"
    )
    privacy_note: str = _setting("A text file that says how answers are used.", section="workbooks")

    keep: tuple[str, ...] = _setting(
        "Which of several returns of a council counts: latest, earliest, or files as returns.csv names them.",
        (),
        section="results",
    )
    by: tuple[str, ...] = _setting(
        "Further columns of the register to group councils by.", (), section="results"
    )
    families: str = _setting(
        "A CSV file of the families to compare councils within: gss_code or council, family.",
        section="results",
    )
    suppress_below: int = _setting(
        "Publish nothing about groups of fewer councils, or that gives them away.",
        THRESHOLD,
        section="results",
    )
    name_councils: bool = _setting(
        "Name councils in the publication and on the page.", default=False, section="results"
    )
    publication_contact: str = _setting("Whom readers of the publication can ask.", section="results")

    sender: str = _setting("The address that mails are sent from.", section="mail")
    sender_name: str = _setting("The name beside it, such as that of a team.", section="mail")
    host: str = _setting("The server that sends mails (SMTP), for nps mail ... --send.", section="mail")
    port: int = _setting("Its port; zero for the usual one.", 0, section="mail")
    security: str = _setting("How it is spoken to: starttls, or tls.", "starttls", section="mail")
    user: str = _setting(
        "The name to sign in with. The password comes from the environment (NPS_MAIL_PASSWORD), or from the "
        "system's keyring: it is in no file.",
        section="mail",
    )
    per_minute: int = _setting("How many mails may go out in a minute.", 30, section="mail")
    largest_mb: int = _setting("The largest mail that the server takes, in megabytes.", 20, section="mail")


def load_settings(path: Path) -> Settings:
    """Read a round's settings.

    Raises:
        SettingsError: the file cannot be read, or has faults: all of them are reported.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}). Check the folder.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as TOML: {error}. Correct that line.") from None
    faults: list[str] = []
    values = dict(_values(given, faults))
    settings = Settings(**values)
    refuse_faults(path, settings, faults)
    return settings


def refuse_faults(path: Path, settings: Settings, faults: Sequence[str] = ()) -> None:
    """Refuse settings with faults, those that are known already and those that break a rule.

    Raises:
        SettingsError: with all of them.
    """
    if faults := [*faults, *_against_rules(settings)]:
        raise SettingsError("\n".join([f"{path}: these settings cannot be used.", *faults]))


def _values(given: Mapping[str, Any], faults: list[str]) -> Iterator[tuple[str, Any]]:
    known = {_full_name(one): one for one in fields(Settings)}
    for name, value in _flat(given):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or [
                full for full in known if full.rpartition(".")[2] == name.rpartition(".")[2]
            ]
            faults.append(f"{name} is not a setting{f'; did you mean {near[0]}?' if near else ''}")
            continue
        kind = known[name].metadata["kind"]
        if not _is_of_kind(value, kind):
            faults.append(f"{name} must be {_KINDS[kind]}")
            continue
        yield known[name].name, tuple(value) if kind is tuple else value


def _is_of_kind(value: object, kind: type) -> bool:
    if kind is tuple:
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    return type(value) is kind and not (isinstance(value, int) and value < 0)


def _flat(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", one) for key, one in value.items())
        else:
            yield name, value


def _full_name(one: Field[Any]) -> str:
    return ".".join(filter(None, (one.metadata["section"], one.name)))


def _against_rules(settings: Settings) -> Iterator[str]:
    if not is_round_name(settings.round):
        yield "round must have at most 20 letters, digits, dots and hyphens, such as 2026 or 2026-27"
    if settings.security not in ("starttls", "tls"):
        yield 'mail.security must be "starttls" or "tls"'
    if not settings.per_minute:
        yield "mail.per_minute must be 1 or more"
    for name in ("return_to", "sender"):
        address = getattr(settings, name)
        if address and (fault := address_fault(address)):
            yield f"{name}: {fault}"


def address_fault(address: str) -> str:
    """What is wrong with an email address; empty if nothing is. No network is asked."""
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(address, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        return f"{address!r} is not an email address. {error}"
    return ""


def written(settings: Settings) -> str:
    """The text of a ``round.toml``: every setting explained, those that have their default as comments."""
    lines = [f"# Round {settings.round}. A setting behind a # has its default; remove the # to change it."]
    section = ""
    for one in fields(Settings):
        if one.metadata["section"] != section:
            section = one.metadata["section"]
            lines += ["", "", f"[{section}]"]
        value = getattr(settings, one.name)
        lines += [
            "",
            *textwrap.wrap(one.metadata["about"], _WIDTH, initial_indent="# ", subsequent_indent="# "),
        ]
        lines.append(f"{'# ' * (value == one.default)}{one.name} = {_as_toml(value, one.metadata['kind'])}")
    return "\n".join(lines) + "\n"


def _as_toml(value: Any, kind: type) -> str:
    if value is None:
        return "2026-12-18"
    if kind is tuple:
        return f"[{', '.join(_as_toml(text, str) for text in value)}]"
    if kind is str:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return str(value).lower() if kind is bool else str(value)

"""Mails of a round through a real server on this machine: each council gets one, whatever happens."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest

from nps_xlsx.register.councils import load_register
from nps_xlsx.season import server, signing_in
from nps_xlsx.season.folder import Round, new_round
from nps_xlsx.season.journal import Event, Kind
from nps_xlsx.season.ledger import Ledger
from nps_xlsx.season.mails.kinds import MailKind
from nps_xlsx.season.mails.outbox import DRAFTED, FAILED, SENDING, SENT, uncertain, unsent
from nps_xlsx.season.sending import Outcome, send, send_to_self, settle, to_go
from nps_xlsx.season.settings import Settings
from nps_xlsx.season.signing_in import PASSWORD as PASSWORD_VARIABLE
from nps_xlsx.season.signing_in import TOKEN as TOKEN_VARIABLE
from nps_xlsx.season.signing_in import ServerError, UnreachableError
from nps_xlsx.workbook.names import workbook_file_name
from samples.make_returns import SAMPLES
from tests.conftest import ROOT
from tests.support.commands import Run, nps
from tests.support.mail_server import (
    HANG_UP,
    HANG_UP_IN_CONTENT,
    LOSE_REPLY,
    PASSWORD,
    TOKEN,
    USER,
    MailServer,
    started,
)

DAY = dt.date(2026, 11, 2)
INVITE = MailKind.INVITE
Start = Callable[..., MailServer]
A, B, C = (f"{name}@council.example" for name in ("ann", "bob", "cat"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts servers, which end with the test."""
    with ExitStack() as stack:

        def one(**options: Any) -> MailServer:
            made = started(tmp_path, **options)
            stack.callback(made.stop)
            return made

        yield one


@pytest.fixture
def ours(start: Start, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """A server that this computer trusts, and no long waiting for it."""
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    monkeypatch.setattr(server, "PAUSES", (0.01, 0.02, 0.03))
    return trusted(monkeypatch, start())


def trusted(monkeypatch: pytest.MonkeyPatch, one: MailServer) -> MailServer:
    monkeypatch.setenv("SSL_CERT_FILE", str(one.certificate))
    return one


def settings_of(one: MailServer, **others: object) -> Settings:
    values = {"host": "localhost", "port": one.port, "user": USER, "sender": USER, "per_minute": 60_000}
    return Settings(round="2026", **{**values, **others})  # type: ignore[arg-type]  # a mixture


def a_round(folder: Path, settings: Settings, *addresses: str, size: int = 0) -> Round:
    """A round with a draft of an invitation for each council, which each have the addresses given."""
    made = new_round(folder, settings, ())
    with made.ledger(DAY) as ledger:
        for number, address in enumerate(addresses):
            draft(made, ledger, f"E{number:08}", address, size=size)
    return made


def draft(made: Round, ledger: Ledger, code: str, address: str, *, size: int = 0) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = USER, address.replace(";", ","), "Self-assessment 2026 – ŵ"
    mail["Message-ID"], mail["X-Unsent"] = f"<NPS-2026-{code}-invite.0123456789abcdef@lga.example>", "1"
    mail.set_content(".\r\n..two dots, and a line of one\r\n" + "x" * 400 + "\r\nŵ £\r\n")
    if size:
        mail.add_attachment(os.urandom(size), maintype="application", subtype="octet-stream", filename="b")
    file = f"outbox/invite/2026-11-02/{code}.eml"
    (made.folder / file).parent.mkdir(parents=True, exist_ok=True)
    (made.folder / file).write_bytes(mail.as_bytes())
    ledger.record(
        Event(
            kind=Kind.MAIL,
            status=DRAFTED,
            gss_code=code,
            file=file,
            message_id=mail["Message-ID"],
            address=address,
        )
    )


def run(made: Round) -> Outcome:
    """What ``nps mail invite --send`` does with the drafts that are there."""
    with made.ledger(DAY) as ledger:
        letters = to_go(ledger.events, INVITE, unsent(made, ledger.events, INVITE))
        return send(made.settings, ledger, letters, lambda _: None)


def statuses(made: Round) -> list[tuple[str, str]]:
    """What the journal says of mails after they were drafted: status and address."""
    return [(one.status, one.address) for one in made.events if one.status != DRAFTED]


# --- When all goes well


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_every_council_gets_its_mail_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start, ours: MailServer, security: str
) -> None:
    """As it was drafted, with a date, over one connection; a repeated command sends nothing."""
    if security == "tls":
        ours = trusted(monkeypatch, start(security="tls"))
    made = a_round(tmp_path / "r", settings_of(ours, security=security), A, f"{B}; {C}")
    assert len(run(made).sent) == 2
    assert statuses(made) == [(SENDING, A), (SENT, A), (SENDING, f"{B}; {C}"), (SENT, f"{B}; {C}")]
    assert ours.handler.to() == {A: 1, B: 1, C: 1}
    first = ours.handler.taken[0][1]
    assert first["Subject"] == "Self-assessment 2026 – ŵ"
    assert first["Date"]
    assert first["X-Unsent"] is None
    assert first.get_content() == ".\r\n..two dots, and a line of one\r\n" + "x" * 400 + "\r\nŵ £\r\n"
    assert ours.handler.ids() == [one.message_id for one in made.events if one.status == DRAFTED]
    assert ours.handler.signed_in == 1
    assert run(made) == Outcome()
    assert ours.handler.to() == {A: 1, B: 1, C: 1}


def test_without_a_user_nobody_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start
) -> None:
    """A relay that knows this computer by its address wants no password."""
    relay = trusted(monkeypatch, start(signs_in=False))
    made = a_round(tmp_path / "r", settings_of(relay, user=""), A)
    assert len(run(made).sent) == 1


def test_no_more_mails_go_out_in_a_minute_than_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer
) -> None:
    """They are kept evenly apart; the first need not wait."""
    clock = [1000.0]
    waits: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    monkeypatch.setattr(time, "sleep", sleep)
    run(a_round(tmp_path / "r", settings_of(ours, per_minute=30), A, B, C))
    assert waits == [0, 2, 2]


def test_to_self_goes_to_the_sender_alone(tmp_path: Path, ours: MailServer) -> None:
    """Its subject says for whom it is, it has an identity of its own, and nothing is written down."""
    made = a_round(tmp_path / "r", settings_of(ours), f"{A}; {B}", C)
    before = made.events
    letters = unsent(made, before, INVITE)
    outcome = send_to_self(made.settings, letters, lambda _: None)
    assert len(outcome.sent) == 2
    assert made.events == before
    assert ours.handler.to() == {USER: 2}
    message = ours.handler.taken[0][1]
    assert message["Subject"] == f"[Test, for {A}, {B}] Self-assessment 2026 – ŵ"
    assert message["To"] == USER
    assert not set(ours.handler.ids()) & {one.message_id for one in before}
    run(made)
    assert ours.handler.to() == {USER: 2, A: 1, B: 1, C: 1}


# --- What the server refuses


def test_a_refused_address_costs_no_other_council(tmp_path: Path, ours: MailServer) -> None:
    """It is written down with the server's reason, without the address in it, and tried when repeated."""
    ours.handler.at_address[A] = [f"550 5.1.1 <{A}>: no such mailbox"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    outcome = run(made)
    assert [one.why for one in outcome.failed] == ["550 5.1.1 <(address)>: no such mailbox"]
    assert statuses(made) == [(FAILED, A), (SENDING, B), (SENT, B)]
    ours.handler.at_address.clear()
    assert [one.address for one in run(made).sent] == [A]
    assert ours.handler.to() == {A: 1, B: 1}


def test_the_others_of_a_council_get_what_one_of_them_is_refused(tmp_path: Path, ours: MailServer) -> None:
    """The refused address is written down by itself; the mail counts as sent, to those who got it."""
    ours.handler.at_address[B] = ["550 5.1.1 No such mailbox"]
    made = a_round(tmp_path / "r", settings_of(ours), f"{A}; {B}; {C}")
    assert len(run(made).sent) == 1
    assert statuses(made) == [(FAILED, B), (SENDING, f"{A}; {C}"), (SENT, f"{A}; {C}")]
    assert run(made) == Outcome()


@pytest.mark.parametrize("where", ["at_address", "at_end"])
def test_what_is_taken_later_is_tried_again_at_the_end(tmp_path: Path, ours: MailServer, where: str) -> None:
    """After all others; by then the server may know us (greylisting)."""
    getattr(ours.handler, where)[A] = ["451 4.7.1 Greylisted, come again", "250 OK"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    assert len(run(made).sent) == 2
    assert [to for to, _ in ours.handler.taken] == [(B,), (A,)]
    assert ours.handler.to() == {A: 1, B: 1}


def test_what_is_not_taken_by_the_end_can_be_sent_another_day(tmp_path: Path, ours: MailServer) -> None:
    """It is reported, with the server's reason."""
    ours.handler.at_address[A] = ["451 4.7.1 Come again"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    outcome = run(made)
    assert [(one.address, one.why) for one in outcome.failed] == [(A, "451 4.7.1 Come again")]
    ours.handler.at_address.clear()
    assert [one.address for one in run(made).sent] == [A]


def test_nobody_gets_a_mail_twice_because_a_colleague_must_wait(tmp_path: Path, ours: MailServer) -> None:
    """The mail waits for both; the last time, it goes to whoever is accepted."""
    ours.handler.at_address[B] = ["451 4.7.1 Come again", "250 OK"]
    ours.handler.at_address[C] = ["451 4.7.1 Come again"]
    made = a_round(tmp_path / "r", settings_of(ours), f"{A}; {B}", f"{A}; {C}")
    assert [one.address for one in run(made).sent] == [f"{A}; {B}", A]
    assert ours.handler.to() == {A: 2, B: 1}
    assert statuses(made)[-3:] == [(FAILED, C), (SENDING, A), (SENT, A)]


def test_a_mail_refused_at_its_end_is_not_uncertain(tmp_path: Path, ours: MailServer) -> None:
    """The server said no: it was not delivered."""
    ours.handler.at_end[A] = ["554 5.7.1 Looks like spam"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    assert [one.why for one in run(made).failed] == ["554 5.7.1 Looks like spam"]
    assert statuses(made)[:2] == [(SENDING, A), (FAILED, A)]
    assert uncertain(made.events, INVITE) == []


def test_a_server_that_refuses_the_sender_ends_it(tmp_path: Path, ours: MailServer) -> None:
    """One message with the reason and how many were sent, in place of 317 failures."""
    ours.handler.at_sender = ["250 OK", "550 5.7.60 Not allowed to send as that"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B, C)
    with pytest.raises(ServerError, match=r"(?s)5\.7\.60.*1 of 3 mails were sent"):
        run(made)
    assert statuses(made) == [(SENDING, A), (SENT, A)]
    ours.handler.at_sender = []
    assert len(run(made).sent) == 2


# --- Connections that break


def test_a_connection_lost_between_mails_is_made_again(tmp_path: Path, ours: MailServer) -> None:
    """The mail that met it goes at the end, and each arrives once."""
    ours.handler.at_address[A] = [HANG_UP, "250 OK"]
    ours.handler.at_address[B] = ["421 4.3.2 Shutting down", "250 OK"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B, C)
    assert len(run(made).sent) == 3
    assert ours.handler.to() == {A: 1, B: 1, C: 1}
    assert ours.handler.signed_in == 3


@pytest.mark.parametrize("arrived", [True, False])
def test_a_mail_whose_end_is_unknown_is_never_sent_again_by_itself(
    tmp_path: Path, ours: MailServer, *, arrived: bool
) -> None:
    """It is listed as uncertain until somebody says whether it went; the others go on."""
    ours.handler.at_end[A] = [LOSE_REPLY if arrived else HANG_UP, "250 OK"]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    for outcome in (run(made), run(made)):
        assert outcome.failed == []
        assert [one.address for one in uncertain(made.events, INVITE)] == [A]
    assert ours.handler.to() == ({A: 1, B: 1} if arrived else {B: 1})
    with made.ledger(DAY) as ledger:
        draft(made, ledger, "E00000000", A)
        assert to_go(ledger.events, INVITE, unsent(made, ledger.events, INVITE)) == []
        assert [one.address for one in settle(ledger, INVITE, "E00000000", went=arrived)] == [A]
        assert settle(ledger, INVITE, "E00000000", went=arrived) == []
    run(made)
    assert ours.handler.to() == {A: 1, B: 1}


def test_a_mail_that_was_cut_short_is_sent_again(tmp_path: Path, ours: MailServer) -> None:
    """A server delivers none whose end it has not had, so nothing is uncertain."""
    ours.handler.at_end[A] = [HANG_UP_IN_CONTENT, "250 OK"]
    made = a_round(tmp_path / "r", settings_of(ours), A, size=3_000_000)
    assert len(run(made).sent) == 1
    assert [status for status, _ in statuses(made)] == [FAILED, SENDING, SENT]
    assert ours.handler.to() == {A: 1}


def test_a_server_that_is_too_slow_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer
) -> None:
    """Its mail is uncertain: it may have gone."""
    monkeypatch.setattr(server, "END_SECONDS", 0.3)
    ours.handler.seconds = 1.5
    made = a_round(tmp_path / "r", settings_of(ours), A)
    assert [one.why for one in run(made).uncertain] == [
        "the connection was lost at its end (no reply in time)"
    ]


def test_a_server_that_hangs_up_again_and_again_is_given_up(tmp_path: Path, ours: MailServer) -> None:
    """The attempts are bounded, and nothing is lost: repeated later, every mail goes once."""
    addresses = [f"{number}@council.example" for number in range(9)]
    for address in addresses[1:]:
        ours.handler.at_address[address] = [HANG_UP]
    made = a_round(tmp_path / "r", settings_of(ours), *addresses)
    with pytest.raises(ServerError, match=r"(?s)again and again.*1 of 9 mails"):
        run(made)
    assert ours.handler.signed_in == 4
    ours.handler.at_address.clear()
    assert len(run(made).sent) == 8
    assert ours.handler.to() == dict.fromkeys(addresses, 1)


def test_a_server_that_goes_away_is_waited_for_and_given_up(
    tmp_path: Path, ours: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many attempts as there are pauses, then one message."""
    ours.handler.at_address[A] = [HANG_UP]
    made = a_round(tmp_path / "r", settings_of(ours), A, B)
    attempts: list[int] = []

    def away(_: Settings) -> smtplib.SMTP:
        attempts.append(1)
        if len(attempts) == 1:
            return signing_in.signed_in(made.settings)
        raise UnreachableError("away")

    monkeypatch.setattr(server, "signed_in", away)
    with pytest.raises(ServerError, match="out of reach"):
        run(made)
    assert len(attempts) == 4


# --- Before anything is sent


def refused(made: Round, ours: MailServer) -> str:
    """What a run says that sends nothing and writes nothing down."""
    before = made.events
    with pytest.raises(ServerError) as caught:
        run(made)
    assert (ours.handler.taken, made.events) == ([], before)
    return str(caught.value)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("name", ["mail.elsewhere.example", "localhost"])
def test_a_certificate_that_does_not_fit_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start, ours: MailServer, security: str, name: str
) -> None:
    """It is another server's, or certified by nobody whom this computer knows; no password is given away."""
    other = start(name=name, security=security)
    if name != "localhost":
        trusted(monkeypatch, other)
    message = refused(a_round(tmp_path / "r", settings_of(other, security=security), A), other)
    assert "certificate" in message
    assert "mail.host" in message
    assert other.handler.signed_in == 0


def test_a_wrong_password_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer) -> None:
    """The message has the server's reply and what to check, and not the password."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "wrong horse")
    made = a_round(tmp_path / "r", settings_of(ours), A)
    message = refused(made, ours)
    assert "535" in message
    assert PASSWORD_VARIABLE in message
    assert "horse" not in message
    assert "horse" not in (made.folder / "journal.csv").read_text("utf-8")


@pytest.mark.parametrize("token", [TOKEN, "expired"])
def test_a_token_signs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer, token: str
) -> None:
    """One of OAuth 2.0 (XOAUTH2), as Microsoft 365 wants it; one that is refused is a mistake to mend."""
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    made = a_round(tmp_path / "r", settings_of(ours), A)
    if token == TOKEN:
        assert len(run(made).sent) == 1
    else:
        message = refused(made, ours)
        assert TOKEN_VARIABLE in message
        assert token not in message


def test_the_keyring_holds_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer
) -> None:
    """Where the environment has none; where neither has one, the message says how to give it."""
    import keyring
    from keyring.errors import NoKeyringError

    monkeypatch.delenv(PASSWORD_VARIABLE)
    made = a_round(tmp_path / "r", settings_of(ours), A)

    def none(_service: str, _user: str) -> str:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    assert f"keyring set nps-xlsx {USER}" in refused(made, ours)
    monkeypatch.setattr(keyring, "get_password", lambda *asked: {("nps-xlsx", USER): PASSWORD}[asked])
    assert len(run(made).sent) == 1


def test_a_password_that_no_server_reads_alike_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: MailServer
) -> None:
    """Smtplib has only ASCII for it."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "£secret")
    message = refused(a_round(tmp_path / "r", settings_of(ours), A), ours)
    assert "secret" not in message
    assert ours.handler.signed_in == 0


def test_a_server_without_encryption_or_sign_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start, ours: MailServer
) -> None:
    """Neither mail nor password ever goes in the clear."""
    lacking: tuple[dict[str, Any], ...] = ({"security": "none"}, {"signs_in": False})
    for number, options in enumerate(lacking):
        other = trusted(monkeypatch, start(**options))
        message = refused(a_round(tmp_path / f"r{number}", settings_of(other), A), other)
        assert "Without encryption nothing is sent" in message
        assert other.handler.signed_in == 0


def test_a_port_that_speaks_otherwise_or_not_at_all_is_a_mistake_to_mend(
    tmp_path: Path, ours: MailServer
) -> None:
    """TLS spoken to a STARTTLS port; nothing at the port; a name that nobody has."""
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"security": "tls"}, "does not speak TLS"),
        ({"port": 9}, "cannot be reached"),
        ({"host": "mail.invalid"}, "nobody knows that name"),
    )
    for number, (others, words) in enumerate(wrong):
        assert words in refused(a_round(tmp_path / f"r{number}", settings_of(ours, **others), A), ours)


def test_settings_that_lack_something_are_named(tmp_path: Path, ours: MailServer) -> None:
    """All of them at once."""
    message = refused(a_round(tmp_path / "r", settings_of(ours, host="", sender=""), A), ours)
    assert "mail.host and mail.sender" in message


@pytest.mark.parametrize("whose", ["ours", "the server's"])
def test_mails_that_are_too_large_are_known_before_any_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: Start, ours: MailServer, whose: str
) -> None:
    """By the settings, or by what the server says it takes."""
    other = trusted(monkeypatch, start(data_size_limit=500_000))
    given = settings_of(other, largest_mb=1 if whose == "ours" else 20)
    made = a_round(tmp_path / "r", given, A, size=900_000)
    message = refused(made, other)
    assert ("mail.largest_mb" if whose == "ours" else "0.5 MB that the server takes") in message
    assert "E00000000.eml: 1.2 MB" in message


def test_an_address_beyond_ascii_is_named_before_any_mail_is_sent(tmp_path: Path, ours: MailServer) -> None:
    """Many servers take none, and smtplib would fail in mid-batch."""
    message = refused(a_round(tmp_path / "r", settings_of(ours), A, "siân@council.example"), ours)
    assert "siân@council.example" in message


# --- The command

LISTED = """council,email,status
Mockford,ann@mockford.example,
Exampleton,a@exampleton.example; b@exampleton.example,
Fictonshire,f@fictonshire.example,
"""
ANN, FIC = "ann@mockford.example", "f@fictonshire.example"
TODAY = "2022-11-02"


def a_folder(where: Path, ours: MailServer, listed: str) -> Path:
    """The folder of a round with a mail server; the workbooks are no more than their names."""
    (where / "list.csv").write_text(listed, encoding="utf-8")
    made = nps(
        *("round", "new", where / "2022", "--councils", where / "list.csv", "--due", "2022-12-18"),
        *("--register", SAMPLES / "synthetic-councils.csv", "--return-to", USER),
    )
    assert made.returncode == 0, made.stderr
    settings = where / "2022/round.toml"
    own = f'host = "localhost"\nport = {ours.port}\nuser = "{USER}"\nsender = "{USER}"\nper_minute = 60000\n'
    settings.write_text(settings.read_text("utf-8") + own, encoding="utf-8")
    for one in Round(where / "2022").participants:
        name = workbook_file_name("NPS", one.council, "2022", "")
        (where / "2022/workbooks" / name).write_bytes(name.encode())
    return where / "2022"


@pytest.fixture
def folder(tmp_path: Path, ours: MailServer) -> Path:
    """The folder of a round of three councils."""
    return a_folder(tmp_path, ours, LISTED)


def invite(folder: Path, *options: str, day: str = TODAY) -> Run:
    return nps("mail", "invite", folder, "--today", day, *options)


def test_send_sends_what_is_due_and_says_so(folder: Path, ours: MailServer) -> None:
    """Every council gets its workbook; a repeated command has nothing to send."""
    run = invite(folder, "--send")
    assert (run.returncode, ours.handler.to()) == (
        0,
        {ANN: 1, "a@exampleton.example": 1, "b@exampleton.example": 1, FIC: 1},
    )
    assert "3 mails sent." in run.stdout
    assert PASSWORD not in run.stdout + run.stderr
    assert [part.get_filename() for part in ours.handler.taken[0][1].iter_attachments()] == [
        "NPS-2022-Z07000001-mockford.xlsx"
    ]
    again = invite(folder, "--send")
    assert (again.returncode, len(ours.handler.taken)) == (0, 3)
    assert "No invite mail is due." in again.stdout


def test_a_trial_leaves_no_trace(folder: Path, ours: MailServer) -> None:
    """Neither a dry run, which sends nothing, nor one that sends to the sender alone."""
    before = {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "lock" not in path.name
    }
    dry = invite(folder, "--dry-run")
    assert (dry.returncode, ours.handler.taken) == (0, [])
    for word in (
        ANN,
        "a@exampleton.example, b@exampleton.example",
        "NPS-2022-Z07000001-mockford.xlsx",
        "3 mails would",
    ):
        assert word in dry.stdout
    own = invite(folder, "--to-self")
    assert (own.returncode, ours.handler.to()) == (0, {USER: 3})
    after = {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "lock" not in path.name
    }
    assert {path.name for path in set(after) - set(before)} <= {"ledger.sqlite"}
    assert {path: after[path] for path in before} == before


def test_a_draft_that_may_have_been_sent_by_hand_is_held_back(folder: Path, ours: MailServer) -> None:
    """It goes with --with-drafts, on the day that it was made."""
    assert invite(folder, "--council", "Mockford").returncode == 0
    held = invite(folder, "--send")
    assert (held.returncode, ANN in ours.handler.to(), len(ours.handler.taken)) == (0, False, 2)
    assert "--with-drafts" in held.stdout
    assert invite(folder, "--send", "--with-drafts", day="2022-11-03").returncode == 0
    assert ANN not in ours.handler.to()
    assert invite(folder, "--send", "--with-drafts").returncode == 0
    assert ours.handler.to()[ANN] == 1


def test_whoever_declines_in_between_gets_no_draft_that_could_not_be_sent(
    folder: Path, ours: MailServer
) -> None:
    """Who is due is decided anew at each command; the Message-IDs are those of the first drafts."""
    ours.handler.at_sender = ["550 5.7.60 Not today"]
    assert invite(folder, "--send").returncode == 2
    assert ours.handler.taken == []
    drafted = {one.message_id for one in Round(folder).events if one.kind is Kind.MAIL}
    ours.handler.at_sender = []
    nps("round", "set", folder, "Fictonshire", "declined", "--why", "resources")
    assert invite(folder, "--send").returncode == 0
    assert FIC not in ours.handler.to()
    assert set(ours.handler.ids()) < drafted
    assert len(ours.handler.taken) == 2


def test_what_was_refused_or_is_in_doubt_is_listed_and_settled(folder: Path, ours: MailServer) -> None:
    """Exit code 1; a corrected address gets a new mail, and so does a council whose mail did not go."""
    ours.handler.at_address[ANN] = ["550 5.1.1 No such mailbox"]
    ours.handler.at_end[FIC] = [HANG_UP, "250 OK"]
    run = invite(folder, "--send")
    assert run.returncode == 1
    for word in ("1 mail sent.", "Mockford", "5.1.1 No such mailbox", "May or may not have gone", "--settle"):
        assert word in run.stdout
    councils = folder / "councils.csv"
    councils.write_text(
        councils.read_text("utf-8-sig").replace(ANN, "new@mockford.example"), encoding="utf-8"
    )
    assert invite(folder, "--send").returncode == 1
    assert ours.handler.to()["new@mockford.example"] == 1
    assert FIC not in ours.handler.to()
    assert invite(folder, "--settle", "Fictonshire", "again").returncode == 0
    assert invite(folder, "--send").returncode == 0
    assert ours.handler.to()[FIC] == 1
    assert invite(folder, "--settle", "Fictonshire", "sent").returncode == 2


def test_nothing_is_drafted_to_be_sent_by_settings_that_cannot_send(folder: Path) -> None:
    """The message says what to set; nor do options that contradict each other do anything."""
    settings = folder / "round.toml"
    settings.write_text(settings.read_text("utf-8").replace('host = "localhost"', ""), encoding="utf-8")
    run = invite(folder, "--send")
    assert (run.returncode, list((folder / "outbox").rglob("*.eml"))) == (2, [])
    assert "mail.host" in run.stderr
    for options in (("--send", "--dry-run"), ("--with-drafts",)):
        assert invite(folder, *options).returncode == 2


# --- Kills


def test_killed_at_random_points_and_repeated_every_council_has_its_mail_once(
    tmp_path: Path, ours: MailServer
) -> None:
    """Or it is listed as uncertain; so says the server by Message-ID, and the journal agrees."""
    chance = random.Random(14)  # noqa: S311 - chance of a test
    ours.handler.seconds = 0.01
    councils = [one.gss_code for one in load_register(SAMPLES / "synthetic-councils.csv").councils]
    rows = [f"{code},{code}@council.example" for code in councils]
    folder = a_folder(tmp_path, ours, "\n".join(["gss_code,email", *rows]))
    kills = 0
    while (code := killed_by_chance(folder, ours, chance)) == -signal.SIGKILL:
        kills += 1
        assert kills < 40
    doubtful = {one.address for one in uncertain(Round(folder).events, INVITE)}
    assert code == (1 if doubtful else 0)
    assert kills >= 3
    to = ours.handler.to()
    everybody = {f"{one}@council.example" for one in councils}
    assert set(to.values()) == {1}
    assert everybody - set(to) <= doubtful
    assert len(set(ours.handler.ids())) == len(to)
    sent = {one.address for one in Round(folder).events if one.status == SENT}
    assert sent == everybody - doubtful


def killed_by_chance(folder: Path, ours: MailServer, chance: random.Random) -> int:
    """How a command ended that is killed at some mail, most often while that is being ended."""
    command = [sys.executable, "-m", "nps_xlsx", "mail", "invite", str(folder), "--send", "--today", TODAY]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    left, where = [chance.randint(1, 4)], chance.choice(["MAIL", "RCPT", "END", "END", "END"])

    def heard(command: str) -> None:
        left[0] -= command == where
        if left[0] == 0:
            threading.Timer(chance.uniform(0, 0.03), process.kill).start()

    ours.handler.seen = heard
    output, _ = process.communicate(timeout=60)
    assert process.returncode in (0, 1, -signal.SIGKILL), output.decode()
    return process.returncode

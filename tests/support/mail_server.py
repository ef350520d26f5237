"""A mail server on this machine that does as a test says: refuses, is slow, hangs up."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD, TOKEN = "analyst@lga.example", "correct horse", "eyJ0eXAi"
HANG_UP, LOSE_REPLY, HANG_UP_IN_CONTENT = "hang up", "lose reply", "hang up in content"
"""Hang up before taking a mail; after taking it; while its content comes."""


@dataclass
class Handler:
    """What the server does; replies are listed per address, and the last holds from then on."""

    at_address: dict[str, list[str]] = field(default_factory=dict)
    at_end: dict[str, list[str]] = field(default_factory=dict)
    at_sender: list[str] = field(default_factory=list)
    seconds: float = 0
    """How long the end of each mail takes, before it is taken, and again before that is said."""
    taken: list[tuple[tuple[str, ...], EmailMessage]] = field(default_factory=list)
    """The mails that were taken: their recipients and what was in them."""
    signed_in: int = 0
    seen: Callable[[str], None] = lambda _: None

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.seen("MAIL")
        envelope.mail_from = address
        return _next(self.at_sender) or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.seen("RCPT")
        reply = _next(self.at_address.get(address, [])) or "250 OK"
        if reply == HANG_UP:
            _hang_up(server)
        elif reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen("END")
        await asyncio.sleep(self.seconds)
        reply = _next(self.at_end.get(envelope.rcpt_tos[0], [])) or "250 OK"
        if reply.startswith("2") or reply == LOSE_REPLY:
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, EmailMessage, policy=POLICY)
            self.taken.append((tuple(envelope.rcpt_tos), message))
        await asyncio.sleep(self.seconds)
        if reply in (HANG_UP, LOSE_REPLY):
            _hang_up(server)
        return reply

    def ids(self) -> list[str]:
        """The Message-IDs of the mails that were taken."""
        return [str(message["Message-ID"]) for _, message in self.taken]

    def to(self) -> dict[str, int]:
        """How many mails each address got."""
        counts: defaultdict[str, int] = defaultdict(int)
        for addresses, _ in self.taken:
            for address in addresses:
                counts[address] += 1
        return dict(counts)


def _hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def _next(replies: list[str]) -> str:
    return replies.pop(0) if len(replies) > 1 else "".join(replies)


class _Server(SMTP):
    """As aiosmtpd has it, with the sign-in by token, and a connection that breaks in mid-content."""

    async def auth_XOAUTH2(self, _server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        import base64

        given = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        self.event_handler.signed_in += 1
        if given == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True)
        await self.challenge_auth(b'{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        assert self.envelope is not None
        replies = self.event_handler.at_end.get(self.envelope.rcpt_tos[0], [])
        if replies[:1] == [HANG_UP_IN_CONTENT]:
            _next(replies)
            await self.push("354 Go on")
            _hang_up(self)
            return
        await super().smtp_DATA(arg)


@dataclass
class MailServer:
    """A running server; ``handler`` says what it does and what it took."""

    handler: Handler
    port: int
    certificate: Path
    """The file of the authority that certified it."""
    controller: Controller

    def stop(self) -> None:
        """Stop it, and hang up."""
        self.controller.stop()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


def started(
    folder: Path,
    *,
    name: str = "localhost",
    security: str = "starttls",
    signs_in: bool = True,
    **options: Any,
) -> MailServer:
    """A server on a free port, whose certificate is for ``name``."""
    authority, handler = trustme.CA(), Handler()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    port = _free_port()
    certificate = folder / f"authority-{port}.pem"
    authority.cert_pem.write_to_path(certificate)

    def authenticator(*given: Any) -> AuthResult:  # server, session, envelope, mechanism, data
        handler.signed_in += 1
        return AuthResult(success=given[-1] == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)

    secured = {"tls_context": context, "require_starttls": True}
    if security == "tls":
        secured = {"ssl_context": context, "auth_require_tls": False}
    if security == "none":
        secured = {"auth_require_tls": False}
    if not signs_in:
        secured |= {"auth_exclude_mechanism": ["LOGIN", "PLAIN", "XOAUTH2"]}
    else:
        secured |= {"authenticator": authenticator, "auth_required": security == "starttls"}
    controller = _Controller(handler, hostname="127.0.0.1", port=port, **{**secured, **options})
    controller.start()
    return MailServer(handler, port, certificate, controller)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

"""Signing in to a mail server: encrypted, its certificate verified, by password or token."""

from __future__ import annotations

import contextlib
import os
import smtplib
import socket
import ssl
from dataclasses import dataclass

from nps_xlsx.model.errors import UserError
from nps_xlsx.season.settings import Settings

PASSWORD, TOKEN = "NPS_MAIL_PASSWORD", "NPS_MAIL_TOKEN"
"""What in the environment signs in: a password, or an access token of OAuth 2.0."""
KEYRING = "nps-xlsx"
"""The service under which the system's keyring holds the password."""

REPLY_SECONDS = 60.0
"""How long the server may take to reply."""
_PORTS = {"starttls": 587, "tls": 465}


class ServerError(UserError):
    """A server that cannot be used as it is set up, or that will have no more mails."""


class UnreachableError(ServerError):
    """A server that cannot be reached at present."""


def signed_in(settings: Settings) -> smtplib.SMTP:
    """A connection to the mail server of the settings: encrypted, its certificate verified, signed in.

    Raises:
        ServerError: it is not whom it should be, or refuses user or password.
        UnreachableError: it cannot be reached at present.
    """
    secret = secret_of(settings)
    try:
        with contextlib.ExitStack() as stack:
            smtp = _connected(settings)
            stack.callback(smtp.close)
            _sign_in(smtp, settings.user, secret)
            stack.pop_all()
    except OSError as error:  # every error of ssl and smtplib is one
        raise _explained(error, address_of(settings)) from None
    return smtp


def _connected(settings: Settings) -> smtplib.SMTP:
    context, port = ssl.create_default_context(), settings.port or _PORTS[settings.security]
    if settings.security == "tls":
        return smtplib.SMTP_SSL(settings.host, port, timeout=REPLY_SECONDS, context=context)
    smtp = smtplib.SMTP(settings.host, port, timeout=REPLY_SECONDS)
    try:
        smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _sign_in(smtp: smtplib.SMTP, user: str, secret: _Secret | None) -> None:
    smtp.ehlo_or_helo_if_needed()
    if secret is None:
        return
    if secret.is_token:
        first = f"user={user}\x01auth=Bearer {secret.text}\x01\x01"
        # The challenge is then the error, which an empty line answers.
        smtp.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")
    else:
        smtp.login(user, secret.text)


def _explained(error: OSError, named: str) -> ServerError:
    """Why there is no connection, and what to do about it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(error, named)
    if isinstance(error, ssl.SSLCertVerificationError):
        return ServerError(
            f"The mail server {named} shows a certificate that does not fit: {error.verify_message}. Check "
            "mail.host in round.toml. If your organisation certifies its servers itself, and this computer "
            "does not know it yet, let SSL_CERT_FILE in the environment name the file of its certificate."
        )
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return ServerError(
            f"The mail server {named} does not speak TLS there. Check mail.port and mail.security in "
            "round.toml: starttls (usually port 587), or tls (usually port 465)."
        )
    if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
        return ServerError(
            f"The mail server {named} does not offer what is needed: {error} Check mail.port, mail.security "
            "and mail.user in round.toml. Without encryption nothing is sent."
        )
    return UnreachableError(
        f"The mail server {named} cannot be reached ({in_words(error)}). Check mail.host, mail.port and "
        "mail.security in round.toml, or ask your IT department whether this computer may send through it."
    )


def _refusal(error: smtplib.SMTPResponseException, named: str) -> ServerError:
    text = error.smtp_error if isinstance(error.smtp_error, bytes) else str(error.smtp_error).encode()
    words = line_of(error.smtp_code, text)
    if error.smtp_code < 500:
        return UnreachableError(f"The mail server {named} cannot be used at present: {words}")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return ServerError(
            f"The mail server {named} does not accept the user with that password or token: {words}. Check "
            f"mail.user in round.toml, and {PASSWORD} or {TOKEN} in the environment, or the keyring. If they "
            "are right, ask your IT department whether this mailbox may send by SMTP."
        )
    return ServerError(f"The mail server {named} refuses this computer: {words}")


def line_of(code: int, text: bytes) -> str:
    """What a server replied, on one line."""
    return f"{code} {' '.join(text.decode('utf-8', 'replace').split())}"[:300]


@dataclass(frozen=True, slots=True)
class _Secret:
    text: str
    is_token: bool

    def __repr__(self) -> str:
        return "_Secret()"


def secret_of(settings: Settings) -> _Secret | None:
    """What to sign in with, from the environment or the system's keyring; ``None`` without a user.

    Raises:
        ServerError: there is a user, and no password.
    """
    if not settings.user:
        return None
    found = ((os.environ.get(name, ""), name == TOKEN) for name in (TOKEN, PASSWORD))
    text, is_token = next((one for one in found if one[0]), ("", False))
    text = text or _from_keyring(settings.user)
    if not text:
        raise ServerError(
            f"There is no password for {settings.user}. Put it into {PASSWORD} in the environment, or into "
            "the system's keyring: pip install 'nps-xlsx[keyring]', then "
            f"keyring set {KEYRING} {settings.user}"
        )
    if not f"{settings.user}{text}".isascii():  # smtplib encodes them as ASCII
        raise ServerError(
            f"The password of {settings.user}, or that name, has a character that is not on every keyboard, "
            "such as £. Servers read such ones in different ways: choose another password."
        )
    return _Secret(text, is_token)


def _from_keyring(user: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(KEYRING, user) or ""
    except KeyringError:  # there is none on this computer, or it stays locked
        return ""


def address_of(settings: Settings) -> str:
    """The server and its port."""
    return f"{settings.host}:{settings.port or _PORTS[settings.security]}"


def in_words(error: OSError) -> str:
    """What went wrong with a connection."""
    if isinstance(error, socket.gaierror):
        return "nobody knows that name"
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "no reply in time"
    return " ".join(str(error.strerror or error).split())[:200]

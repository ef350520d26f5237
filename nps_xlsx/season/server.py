"""The server that takes mails (SMTP): one mail handed over, and what became of it."""

from __future__ import annotations

import contextlib
import smtplib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from nps_xlsx.season.mails.outbox import FAILED, SENDING, SENT
from nps_xlsx.season.settings import Settings
from nps_xlsx.season.signing_in import (
    REPLY_SECONDS,
    ServerError,
    UnreachableError,
    address_of,
    in_words,
    line_of,
    signed_in,
)

END_SECONDS = 600.0
"""How long the end of a mail may take: who gives up sooner sends it twice (RFC 5321, 4.5.3.2.6)."""
PAUSES = (1.0, 5.0, 20.0)
"""How long to wait before each new attempt to reach a server that hung up."""
_CLOSING = 421
_TOO_LARGE = 552

Ending = Callable[[Sequence[str], Mapping[str, str]], None]
"""Called just before a mail is ended, with the addresses that it goes to, and why others were refused."""


class HungUpError(smtplib.SMTPServerDisconnected):
    """A server that said that it hangs up."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is handed over."""

    sender: str
    addresses: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mail: sent, failed, or sending where nobody can know."""

    status: str
    why: str = ""
    may_go_later: bool = False


class _Reply:
    """What the server replied to a command."""

    def __init__(self, code: int, text: bytes) -> None:
        self.code, self._text = code, text
        if code == _CLOSING:
            raise HungUpError(str(self))

    def __str__(self) -> str:
        return line_of(self.code, self._text)

    @property
    def is_yes(self) -> bool:
        return 200 <= self.code < 300

    @property
    def failed(self) -> Result:
        """The end of a mail that the server refused, for good or for now."""
        return Result(FAILED, str(self), may_go_later=self.code < 500)


class Server:
    """A mail server, signed in to; use it as a context manager. It is called again where it hangs up."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None
        self._lost = 0
        """How often it hung up since it last took a mail or refused one."""

    def __enter__(self) -> Server:
        """Sign in.

        Raises:
            ServerError: it cannot be reached, is not whom it should be, or refuses user or password.
        """
        self._smtp = signed_in(self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            with contextlib.suppress(OSError):
                self._smtp.quit()
            self._smtp.close()

    @property
    def largest(self) -> int:
        """The largest mail that it says it takes, in bytes; zero if it does not say."""
        size = self._smtp.esmtp_features.get("size", "") if self._smtp else ""
        return int(size) if size.isdecimal() else 0

    def take(self, mail: Mail, ending: Ending, *, is_last: bool = False) -> Result:
        """Hand it a mail, and say what became of it.

        An address that is refused for now makes the whole mail wait, so that nobody gets it twice; if this
        ``is_last`` time, it goes to the others.

        Raises:
            ServerError: it will have no more mails from us, or hung up again and again.
        """
        smtp = self._smtp or self._called_again()
        try:
            result = _handed(smtp, mail, ending, is_last=is_last)
        except OSError as error:  # every error of smtplib is one
            result = Result(FAILED, f"the connection was lost ({in_words(error)})", may_go_later=True)
            self._hang_up()
        else:
            if result.status == SENDING:
                self._hang_up()
            else:
                self._lost = 0
        return result

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None
        self._lost += 1

    def _called_again(self) -> smtplib.SMTP:
        for pause in PAUSES[self._lost - 1 :]:
            time.sleep(pause)
            try:
                self._smtp = signed_in(self._settings)
            except UnreachableError:
                self._lost += 1
            else:
                return self._smtp
        raise UnreachableError(
            f"The mail server {address_of(self._settings)} hangs up again and again, or is out of reach."
        )


def _handed(smtp: smtplib.SMTP, mail: Mail, ending: Ending, *, is_last: bool) -> Result:
    size = [f"SIZE={len(mail.content)}"] if smtp.has_extn("size") else []
    reply = _Reply(*smtp.mail(mail.sender, size))
    if reply.code >= 500 and reply.code != _TOO_LARGE:
        raise ServerError(f"The mail server takes no mail from {mail.sender}: {reply}")
    if not reply.is_yes:
        return _put_back(smtp, reply.failed)
    replies = {address: _Reply(*smtp.rcpt(address)) for address in mail.addresses}
    refused = {address: _without(address, reply) for address, reply in replies.items() if not reply.is_yes}
    accepted = [address for address in replies if address not in refused]
    may_go_later = any(reply.failed.may_go_later for reply in replies.values() if not reply.is_yes)
    if not accepted or (may_go_later and not is_last):
        return _put_back(smtp, Result(FAILED, "; ".join(refused.values()), may_go_later))
    return _ended(smtp, mail.content, lambda: ending(accepted, refused))


def _put_back(smtp: smtplib.SMTP, result: Result) -> Result:
    """Have the server forget a mail that has not been ended."""
    _Reply(*smtp.rset())
    return result


def _ended(smtp: smtplib.SMTP, content: bytes, ending: Callable[[], None]) -> Result:
    """Hand over the content. Only its last line ends a mail, and none that was not ended is delivered."""
    reply = _Reply(*smtp.docmd("DATA"))
    if reply.code != 354:
        return _put_back(smtp, reply.failed)
    smtp.send(smtplib.quotedata(content.decode("latin-1")).encode("latin-1"))
    ending()
    try:
        with _patience(smtp):
            smtp.send(b".\r\n")
            code, text = smtp.getreply()
    except OSError as error:
        return Result(SENDING, f"the connection was lost at its end ({in_words(error)})")
    reply = _Reply(code, text)
    return Result(SENT) if reply.is_yes else reply.failed


@contextlib.contextmanager
def _patience(smtp: smtplib.SMTP) -> Iterator[None]:
    if smtp.sock is not None:
        smtp.sock.settimeout(END_SECONDS)
    yield
    if smtp.sock is not None:
        smtp.sock.settimeout(REPLY_SECONDS)


def _without(address: str, reply: _Reply) -> str:
    """What the server replied, without the address that it repeats: that stands beside it."""
    return str(reply).replace(address, "(address)")

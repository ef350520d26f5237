"""Who sent a mail, when and under what subject, according to its headers, of which only some are read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nps_xlsx.ingester.containers.labels import printable
from nps_xlsx.model import Received

HEADER_LIMIT = 4_096
"""Characters of a header that are read: the parser takes gigabytes for one of a megabyte."""

SUBJECT_LIMIT = 250
"""Characters of a subject that are kept: mailers break lines at 78, and no honest subject fills four."""

Headers = Mapping[str, str]
"""The first header of each name, by its lower case, in one line."""

# RFC 5321, section 4.5.3.1, gives 64 and 255 octets; both patterns look at HEADER_LIMIT characters at most.
_ANGLED = re.compile(r"<\s*([^\s<>@]{1,64}@[^\s<>@]{1,255})\s*>")
_BARE = re.compile(r"[^\s<>@\"'(),;:\[\]]{1,64}@[^\s<>@\"'(),;:\[\]]{1,255}")
_SENDERS = ("from", "sender", "reply-to", "return-path")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without what it encloses."""

    received: Received = field(default_factory=Received)
    recipients: frozenset[str] = frozenset()
    """The domains of those to whom it was sent."""

    @property
    def domain(self) -> str:
        """The sender's."""
        return domain_of(self.received.sender)


def letter_of(headers: Headers) -> Letter:
    """The letter with these headers."""
    senders = (_sender(headers.get(name, "")) for name in _SENDERS)
    dates = (headers.get("date", ""), headers.get("received", "").rpartition(";")[2])
    received = Received(
        sender=next(filter(None, senders), ""),
        sent_at=next(filter(None, map(_utc, dates)), ""),
        subject=shown_subject(decoded(headers.get("subject", ""))),
    )
    to = f"{headers.get('to', '')} {headers.get('cc', '')}"
    return Letter(received, frozenset(domain_of(address) for address in addresses(to)))


def the_councils(outer: Letter | None, inner: Letter) -> Letter:
    """Of a mail and one enclosed in it, the one that says from whom and when a council's file came.

    A mail that was passed on unaltered within the sender's own organisation is the outer one: the council
    passed its colleague's mail on to us.  So is one that comes back to the organisation that wrote it:
    the council encloses what we sent.  Any other was passed on by somebody between the council and us.
    """
    if outer is None:
        return inner
    return outer if inner.domain in {"", outer.domain} | outer.recipients else inner


def first_headers(items: Iterable[tuple[str, object]]) -> Headers:
    """The headers of a message by name, bounded and unfolded."""
    headers: dict[str, str] = {}
    for name, value in items:
        raw = str(value)[:HEADER_LIMIT].encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        headers.setdefault(name.lower(), " ".join(raw.split()))
    return headers


def decoded(text: str) -> str:
    """A header's text with its encoded words read; as it stands where they cannot be."""
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError, HeaderParseError):
        return text


def shown_subject(text: str) -> str:
    """A subject in one line of characters that can be shown."""
    line = " ".join(printable(text).split())
    return line if len(line) <= SUBJECT_LIMIT else f"{line[: SUBJECT_LIMIT - 1]}…"


def addresses(text: str) -> list[str]:
    """Every mail address in a text, in lower case."""
    return [address.lower() for address in _BARE.findall(text[:HEADER_LIMIT])]


def domain_of(address: str) -> str:
    """What stands behind the @ of an address, in lower case."""
    return address.rpartition("@")[2].lower()


def in_utc(moment: dt.datetime) -> str:
    """A moment as ISO 8601 writes it; one without a time zone is taken as UTC, as RFC 5322 has -0000."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return f"{aware.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _sender(header: str) -> str:
    """The address in a header that names one: in its last brackets, for a name may hold an address too."""
    angled = _ANGLED.findall(header)
    addressed = angled[-1:] or _BARE.findall(header)[:1]
    return printable(addressed[0]) if addressed else ""


def _utc(text: str) -> str:
    from email.utils import parsedate_to_datetime

    try:
        return in_utc(parsedate_to_datetime(text))
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""

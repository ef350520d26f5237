"""What is attached to a mail message: MIME (.eml) here, Outlook's own format in ``outlook``.

A mail's text, its inline pictures, signatures, calendars and cards are not returns and are
left out; whatever else is attached is an enclosure.
"""

from __future__ import annotations

import base64
import codecs
import email
import email.errors
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.message import Message
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from nps_xlsx.ingester.containers.encoded import WORKBOOK_STARTS, uuencoded, workbook_in_text
from nps_xlsx.ingester.containers.labels import NAMELESS, TOO_DEEP, Labels, clean_name
from nps_xlsx.ingester.containers.letters import (
    HEADER_LIMIT,
    Letter,
    decoded,
    first_headers,
    letter_of,
    the_councils,
)
from nps_xlsx.ingester.containers.notices import UNDELIVERED, notice_in
from nps_xlsx.ingester.containers.signed import signed_content
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError

FORWARDED, REPORT = "forwarded", "report"

ENCLOSURE_LIMIT = 1_000
"""Files enclosed in one mail: no mailer sends so many, and a folder of mails comes as a folder or a zip."""

LINE_LIMIT, HEADERS_LIMIT, WORK_LIMIT = 2_000_000, 10_000, 200_000_000
"""Lines of one mail, headers of its parts, and lines times parts: the parser's time grows with them."""

_Answer = TypeVar("_Answer")
_HEAD = 65_536
"""Bytes by which a mail is recognised: Exchange writes 20 KB of headers before From and Subject."""
# Each begins at the start of a line and ends in it: linear in the head, or the mail, that it looks through.
_HEADER = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
_BY_MACHINES = {b"received", b"message-id", b"mime-version", b"return-path"}
_BY_PEOPLE = {b"from", b"to", b"subject", b"date", b"sender"}
_MAILBOX = re.compile(rb"\n\r?\nFrom [^\n]+\n[!-9;-~]+:")
_WEB_ARCHIVE = (b"\nx-document-type:", b"\nsnapshot-content-location:", b"<saved by ")

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emz", ".wmz", ".svg", ".webp")
_PASSED_OVER = {
    "text/calendar",
    "application/ics",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/applefile",
}
_PASSED_OVER_SUFFIXES = (".ics", ".vcf", ".p7s")
# Of one class of characters after another, on names and headers that are bounded beforehand.
_PIECE_OF_TEXT = re.compile(r"ATT\d{5,}\.(txt|html?)", re.IGNORECASE)
"""What Exchange names the pieces of a text that Apple Mail wrote around an attachment."""
_ENCODING = re.compile(r"[a-z0-9-]+")
_PIECES = {
    "message/partial": RefusedError("file-archive", found="one piece of a message that was sent in several"),
    "message/external-body": RefusedError(
        "file-link", found="the mail says where the file is, and does not contain it"
    ),
}
_SEALED = {
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/x-microsoft-rpmsg-message",
    "multipart/encrypted",
}
_ENCRYPTED = "encrypted"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file enclosed in a mail, its name cleaned; its bytes are fetched when they are asked for."""

    name: str
    load: Callable[[], bytes]
    depth: int = 1
    """How many mails it lies in: one, and one more for each that was forwarded."""
    failure: RefusedError | None = None
    letter: Letter = field(default_factory=Letter)
    """The mail that it was sent with (``letters.the_councils``)."""


@dataclass(frozen=True, slots=True)
class Within:
    """Where in a mail an enclosure stands."""

    depth: int
    letter: Letter
    labels: Labels = field(default_factory=Labels)

    def enclosure(
        self, name: str, load: Callable[[], bytes], failure: RefusedError | None = None
    ) -> Enclosure:
        """An enclosure that stands here, under a name of its own."""
        return Enclosure(self.labels.give(name), load, self.depth, failure, self.letter)


@dataclass(frozen=True, slots=True)
class Opened:
    """A mail, and the files that it encloses."""

    letter: Letter
    enclosures: tuple[Enclosure, ...]
    notice: RefusedError | None = None
    """What a machine says in it, if one wrote it."""


def is_mail_text(name: str, content: bytes) -> bool:
    """Whether a file is a MIME message: by its first lines, which need say less where it is named .eml."""
    head = _start(content)[:_HEAD].lower()
    block = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    if not re.match(rb"[!-9;-~]+:|from ", block) or is_web_archive(content):
        return False
    headers = set(_HEADER.findall(block))
    is_typical = bool(headers & _BY_MACHINES and headers & _BY_PEOPLE)
    return is_typical or block.startswith(b"content-type: multipart/") or name.casefold().endswith(".eml")


def is_web_archive(content: bytes) -> bool:
    """Whether a file is a page saved with all its parts, which has the form of a mail."""
    head = _start(content)[:_HEAD].lower()
    return head.startswith((b"mime-version:", b"from:")) and any(mark in head for mark in _WEB_ARCHIVE)


def _start(content: bytes) -> bytes:
    return _whole(content[: 2 * _HEAD])


def is_handed_in(name: str, kind: str, *, is_in_text: bool) -> bool:
    """Whether an attachment may be meant as a return, and does not merely belong to the mail."""
    lower = name.casefold()
    if kind in _PASSED_OVER or lower.endswith(_PASSED_OVER_SUFFIXES) or _PIECE_OF_TEXT.fullmatch(name):
        return False
    is_picture = kind.startswith("image/") or lower.endswith(_PICTURES)
    return not (is_picture and is_in_text)


def is_sealed(kind: str, name: str = "") -> bool:
    """Whether a part's kind or name says that its contents cannot be read as they are."""
    return kind in _SEALED or name.casefold().endswith((".p7m", ".rpmsg"))


def from_seal(within: Within, name: str, kind: str, load: Callable[[], bytes]) -> Enclosure:
    """An attachment; if it is sealed by a signature alone, the message that was signed."""
    if not is_sealed(kind, name):
        return within.enclosure(name or NAMELESS, load)
    inner = signed_content(_safely(load, b""))
    if inner is None:
        return within.enclosure(name or NAMELESS, bytes, RefusedError("mail-sealed", how=_ENCRYPTED))
    return within.enclosure(f"{name or NAMELESS}.eml", partial(bytes, inner))


def open_mail(content: bytes, levels: int, outer: Letter | None = None) -> Opened:
    """Open a MIME message and those forwarded with it, at most ``levels`` deep.

    ``outer`` is the mail that it is enclosed in.

    Raises:
        RefusedError: the message cannot be read.
    """
    _refuse_work(content)
    if _MAILBOX.search(content) and content.startswith(b"From "):
        raise RefusedError("file-archive", found="a mailbox of many mails")
    refusal = RefusedError("file-unreadable", reason=DAMAGED)
    for policy in (_Modern(), _Patient()):
        try:
            message = email.message_from_bytes(_whole(content), policy=policy)
            walk = _Walk(levels, outer)
            enclosures = list(islice(walk.message(message, 1, outer), ENCLOSURE_LIMIT + 1))
        except RecursionError:
            refusal = RefusedError("file-archive", found=TOO_DEEP)
        except Exception:  # noqa: BLE001, S112 - the stdlib's parser raises whatever it meets in odd headers
            continue
        else:
            return Opened(walk.letter, _counted(enclosures, message, walk.notice), walk.notice)
    raise refusal


def _refuse_work(content: bytes) -> None:
    lines, lower = content.count(b"\n"), content.lower()
    headers, parts = lower.count(b"\ncontent-"), lower.count(b"multipart")
    if lines > LINE_LIMIT or headers > HEADERS_LIMIT or lines * parts > WORK_LIMIT:
        raise RefusedError("file-archive", found="a mail of far too many lines and parts")


def _whole(content: bytes) -> bytes:
    """The message without what stands before it: a mark, blank lines, the escaped line of a mailbox."""
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()
    return start.partition(b"\n")[2] if start.startswith(b">From ") else start


def _counted(
    enclosures: list[Enclosure], message: Message, notice: RefusedError | None
) -> tuple[Enclosure, ...]:
    if len(enclosures) > ENCLOSURE_LIMIT:
        raise RefusedError("file-archive", found=f"a mail with more than {ENCLOSURE_LIMIT} attachments")
    if not enclosures and notice is None and _is_cut_short(message):
        raise RefusedError("file-unreadable", reason=DAMAGED)
    return tuple(enclosures)


class _Modern(email.policy.EmailPolicy):
    """The policy of the stdlib that decodes names, on headers of bounded length."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value[:HEADER_LIMIT])


class _Patient(email.policy.Compat32):
    """The older policy: it reads names less well, and odd headers without an exception."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return super().header_fetch_parse(name, value[:HEADER_LIMIT])


class _Walk:
    """Goes through a parsed message and the messages within it, no deeper than allowed."""

    def __init__(self, levels: int, letter: Letter | None) -> None:
        self._levels = levels
        self.letter = letter or Letter()
        self.notice: RefusedError | None = None

    def message(self, message: Message, depth: int, outer: Letter | None) -> Iterator[Enclosure]:
        """What one message encloses, each under a name of its own."""
        headers = first_headers(message.raw_items())
        self.letter = the_councils(outer, letter_of(headers))
        within, notice = Within(depth, self.letter), notice_in(message, headers)
        self.notice = notice if depth == 1 else self.notice
        if notice is None or notice.slug != UNDELIVERED:
            yield from self._part(message, within)
        elif depth > 1:
            yield within.enclosure(REPORT, bytes, notice)

    def _part(self, part: Message, within: Within) -> Iterator[Enclosure]:
        kind = _safely(part.get_content_type, "application/octet-stream")
        if kind in ("message/rfc822", "message/global"):
            yield from self._forwarded(part, within)
        elif kind.startswith("message/"):
            failure = _PIECES.get(kind)  # else what a mail server reports of a delivery
            if failure is not None:
                yield within.enclosure(_name(part) or NAMELESS, bytes, failure)
        elif not kind.startswith("multipart/"):
            yield from _leaf(part, kind, within)
        elif is_sealed(kind):
            yield within.enclosure(NAMELESS, bytes, RefusedError("mail-sealed", how=_ENCRYPTED))
        elif not part.is_multipart():
            failure = RefusedError("file-unreadable", reason=DAMAGED)
            yield within.enclosure(NAMELESS, bytes, failure)
        else:
            for inner in _inner(part):
                yield from self._part(inner, within)

    def _forwarded(self, part: Message, within: Within) -> Iterator[Enclosure]:
        label = within.labels.give(_name(part) or f"{FORWARDED}.eml")
        message = next(_inner(part), None)
        if message is None:
            return
        if str(part.get("content-transfer-encoding", "")).strip().casefold() == "base64":
            # Against the standard, but some gateways do it; the parser leaves it as it is.
            yield Enclosure(label, partial(_from_base64, message), within.depth, letter=within.letter)
        elif within.depth >= self._levels:
            failure = RefusedError("file-archive", found=TOO_DEEP)
            yield Enclosure(label, bytes, within.depth, failure, within.letter)
        else:
            for enclosure in self.message(message, within.depth + 1, within.letter):
                yield replace(enclosure, name=f"{label}/{enclosure.name}")


def _inner(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    for inner in payload if isinstance(payload, list) else ():
        if isinstance(inner, Message):
            yield inner


def _leaf(part: Message, kind: str, within: Within) -> Iterator[Enclosure]:
    name = _name(part)
    if kind == "text/x-moz-deleted":  # Thunderbird leaves such a part where an attachment was deleted
        was = name.removeprefix("Deleted: ")
        yield within.enclosure(was or NAMELESS, bytes, RefusedError("mail-attachment-removed", value=was))
        return
    disposition = _safely(part.get_content_disposition, None)
    if not name and disposition != "attachment" and kind.startswith(("text/", "image/")):
        yield from _in_text(part, within)
        return
    is_in_text = disposition == "inline" or _safely(lambda: part["content-id"], None) is not None
    if is_handed_in(name, kind, is_in_text=is_in_text):
        yield from_seal(within, name, kind, partial(_payload, part))


def _in_text(part: Message, within: Within) -> Iterator[Enclosure]:
    """The workbooks in what claims to be the message's text: uuencoded, in base64, or as they are."""
    text, raw = _payload(part), str(part.get_payload()).encode("ascii", "replace")
    book = text if text.startswith(WORKBOOK_STARTS) else workbook_in_text(raw)
    if book is not None:
        yield within.enclosure(NAMELESS, partial(bytes, book))
    for name, content in uuencoded(text):
        yield within.enclosure(clean_name(name) or NAMELESS, partial(bytes, content))


def _from_base64(message: Message) -> bytes:
    return base64.b64decode(str(message.get_payload()))


def _payload(part: Message) -> bytes:
    way = _ENCODING.search(first_headers(part.raw_items()).get("content-transfer-encoding", "").lower())
    if way is not None:  # a space behind the word, or quotes round it, and the parser does not know it
        del part["content-transfer-encoding"]
        part["content-transfer-encoding"] = way[0]
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _name(part: Message) -> str:
    """The name of a part, cleaned; the older policy leaves it in encoded words."""
    return clean_name(decoded(_safely(part.get_filename, None) or ""))


def _safely(ask: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
    try:
        return ask()
    except Exception:  # noqa: BLE001 - as above: one odd header does not cost the others
        return otherwise


def _is_cut_short(message: Message) -> bool:
    """Whether the message stops in the middle of its parts."""
    kinds = (email.errors.CloseBoundaryNotFoundDefect, email.errors.StartBoundaryNotFoundDefect)
    return any(isinstance(defect, kinds) for part in message.walk() for defect in part.defects)

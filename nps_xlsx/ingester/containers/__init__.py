"""Files, folders, zips and mails, opened into the single files that they hold.

A container is known by what it holds, whatever its name; what lies in it is opened in turn.
What merely belongs to a mail, such as its text and pictures, is left out (see ``mail``).
Everything else comes out; what cannot be opened comes out with the reason.

``collect`` goes through files and folders and counts what comes out; one container is opened
at a time, by ``opened``, which a reading process can run as well: a container that ends the
process costs itself, and not what lies beside it.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

from nps_xlsx.files import OWN
from nps_xlsx.ingester.containers.encoded import workbook_in_text
from nps_xlsx.ingester.containers.kinds import is_document, is_litter
from nps_xlsx.ingester.containers.labels import NAMELESS, TOO_DEEP, Labels, clean_path, printable
from nps_xlsx.ingester.containers.letters import Letter
from nps_xlsx.ingester.containers.zips import DAMAGE, ZIP_STARTS, open_zip
from nps_xlsx.ingester.refusal import DAMAGED, RefusedError
from nps_xlsx.model import Received
from nps_xlsx.model.errors import UserError

if TYPE_CHECKING:
    from nps_xlsx.ingester.containers.mail import Enclosure, Opened

    _MailOpener = Callable[[bytes, int, Letter | None], Opened]

__all__ = [
    "CONTAINER_LIMIT",
    "DAMAGE",
    "FILE_LIMIT",
    "Held",
    "InputError",
    "Nesting",
    "SourceFile",
    "collect",
    "opened",
]

FILE_LIMIT = 25 * 1024 * 1024
"""Bytes of one file; a full workbook of ours has about 200 KB, and mail servers stop at 25 MB."""

CONTAINER_LIMIT = 64 * 1024 * 1024
"""Bytes of a mail, or of a zip within another container: a file of the limit in base64, and some more."""

MEMBER_LIMIT = 5_000
"""Files in one zip of returns: every principal council of the country, with room to spare."""


DEPTH_LIMIT = 8
"""How deep containers may lie in one another: a zip in a forwarded mail in a mail in a zip is four."""

TOTAL_FILES, TOTAL_SIZE = 10_000, 4 * 1024 * 1024 * 1024
"""Files, and bytes, that may come out of one given file: 5,000 mails with a return of 400 KB each."""


_HAS_PASSWORD, _IS_UTF8 = 0x1, 0x800  # flags of a zip's member


class InputError(UserError):
    """A given path that cannot be read at all."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it came: its name, and its bytes or why there are none.

    Without bytes and without a failure it was too large to be read, or is empty.
    """

    name: str
    content: bytes = b""
    size: int = 0
    failure: RefusedError | None = None
    received: Received | None = None
    """The mail that it came in, where it came in one."""


@dataclass(frozen=True, slots=True)
class Nesting:
    """How deep in containers something lies."""

    depth: int = 0
    letter: Letter | None = None
    """The mail that it is in, if any."""
    is_in_mail: bool = False
    """Whether no zip lies between the two."""

    def below(self, levels: int = 1, *, letter: Letter | None = None) -> Nesting:
        """How deep the files lie that it holds."""
        return Nesting(self.depth + levels, letter or self.letter, is_in_mail=letter is not None)


@dataclass(frozen=True, slots=True)
class Held:
    """A file that comes out of another in one step; with its nesting if it is to be opened in turn."""

    source: SourceFile
    nesting: Nesting | None = None
    is_otherwise: bool = False
    """Whether it counts only if nothing else comes out."""


Opener = Callable[[SourceFile, Nesting, bytes], Iterator[Held]]
"""Opens one file; the last argument, unless empty, is the path of a zip that was not read into memory."""


def collect(
    paths: Iterable[Path], opener: Opener | None = None, *, may_be_empty: bool = False
) -> Iterator[SourceFile]:
    """Every file under the paths, in the order of their names: folders, zips and mails are opened.

    No two of them have the same name, so that a result can be traced to its file: a file that has the
    name of an earlier one, from another folder, is given its folder's name as well.
    ``opener`` opens one file at a time: in this process, or (``ReadingProcess.opened``) in
    another, which is right for what comes by mail.

    Raises:
        InputError: a path is not there, or is an empty folder where none ``may_be_empty``.
    """
    opener, taken = opener or opened, Labels()
    for path in paths:
        if path.is_dir():
            yield from _folder(path, opener, taken, may_be_empty=may_be_empty)
        elif path.exists():
            yield from _file(path, _label(path.name, path.parent, taken), opener)
        else:
            raise InputError(f"{path} is not there. Check the name and the folder.")


def _label(name: str, folder: Path, taken: Labels) -> str:
    """The name under which a file is known: that of its folder goes before it where it is not the first."""
    name = printable(name)
    return taken.give(name, f"{printable(folder.absolute().name)}/{name}")


# --- Files and folders


def _folder(folder: Path, opener: Opener, taken: Labels, *, may_be_empty: bool) -> Iterator[SourceFile]:
    """The files below a folder by name; a folder that cannot be opened is reported as if it were a file."""
    closed: list[OSError] = []
    files = [
        Path(where, name)
        for where, _, names in os.walk(folder, onerror=closed.append)
        for name in names
        if not name.startswith(OWN)
    ]
    for error in closed:
        if Path(error.filename) == folder:
            raise InputError(
                f"You do not have permission to read {folder} ({error.strerror}). Ask for access to it."
            )
        name = Path(error.filename).relative_to(folder).as_posix()
        yield _failed(name, 0, error)
    if not (files or closed or may_be_empty):
        raise InputError(f"{folder} is empty. Check the folder.")
    for file in sorted(files):
        yield from _file(file, _label(file.relative_to(folder).as_posix(), folder, taken), opener)


def _file(path: Path, name: str, opener: Opener) -> Iterator[SourceFile]:
    """One file of the disk and all that comes out of it."""
    size = 0
    try:
        about = path.stat()
        size = about.st_size
        if not stat.S_ISREG(about.st_mode):  # reading a pipe would wait for ever
            yield _failed(name, 0, "it is not an ordinary file")
            return
        yield from _from_disk(path, SourceFile(name, size=size), opener)
    except OSError as error:  # such as a link that leads nowhere
        yield _failed(name, size, error)
    except RefusedError as refusal:
        yield SourceFile(name, size=size, failure=refusal)


def _from_disk(path: Path, source: SourceFile, opener: Opener) -> Iterator[SourceFile]:
    """A zip is read member by member, so that it may be of any size; anything else is read whole."""
    with path.open("rb") as stream:
        start = stream.read(4)
        if start in ZIP_STARTS:
            where = os.fsencode(path.absolute())
        elif source.size > CONTAINER_LIMIT:
            yield source
            return
        else:
            source, where = replace(source, content=start + stream.read(CONTAINER_LIMIT)), b""
    yield from _out_of(source, Nesting(), where, opener, _Budget())


def _out_of(
    source: SourceFile, nesting: Nesting, path: bytes, opener: Opener, budget: _Budget
) -> Iterator[SourceFile]:
    """All that comes out of a file, and out of that in turn."""
    is_bare = True
    for held in opener(source, nesting, path):
        if held.is_otherwise and not is_bare:
            continue
        inner, nested = held.source, held.nesting
        inner = replace(inner, received=inner.received or source.received)
        if inner.name != source.name:
            budget.spend(len(inner.content))
        for out in [inner] if nested is None else _out_of(inner, nested, b"", opener, budget):
            is_bare = False
            yield out


def _failed(name: str, size: int, why: OSError | str) -> SourceFile:
    reason = why if isinstance(why, str) else why.strerror or str(why)
    return SourceFile(name, size=size, failure=RefusedError("file-unreadable", reason=reason))


# --- What holds other files


@dataclass(slots=True)
class _Budget:
    """What may still come out of one given file."""

    files: int = field(default_factory=lambda: TOTAL_FILES)
    size: int = field(default_factory=lambda: TOTAL_SIZE)

    def spend(self, size: int) -> None:
        self.files -= 1
        self.size -= size
        if self.files < 0:
            raise RefusedError("file-archive", found=f"more than {TOTAL_FILES} files nested in one another")
        if self.size < 0:
            raise RefusedError(
                "file-archive", found=f"more than {TOTAL_SIZE // 1024**3} GB nested in one another"
            )


def opened(source: SourceFile, nesting: Nesting, path: bytes = b"") -> Iterator[Held]:
    """A file as it is, or the files that it holds, not yet opened themselves.

    Raises:
        OSError: there is nothing at the path.
    """
    name, content = source.name, source.content
    if path:
        with Path(os.fsdecode(path)).open("rb") as stream:
            yield from _zip(name, stream, source.size, nesting)
    elif is_litter(name, content):
        yield Held(_whole(name, content))
    elif content.startswith(ZIP_STARTS):
        yield from _zip(name, BytesIO(content), len(content), nesting)
    elif (open_mail := _opener_of_mail(name, content)) is not None:
        yield from _mail(name, content, nesting, open_mail)
    elif (inner := workbook_in_text(content)) is not None:
        yield Held(SourceFile(name, inner, len(inner)), nesting.below())
    else:
        yield Held(_whole(name, content))


def _whole(name: str, content: bytes) -> SourceFile:
    return SourceFile(name, content if len(content) <= FILE_LIMIT else b"", len(content))


def _zip(name: str, stream: IO[bytes], size: int, nesting: Nesting) -> Iterator[Held]:
    try:
        archive = open_zip(stream)
    except RefusedError as refusal:
        yield Held(replace(_document(name, stream, size), failure=refusal))
        return
    with archive:
        if is_document(archive):
            yield Held(_document(name, stream, size))
        else:
            yield from _members(name, archive, size, nesting)


def _document(name: str, stream: IO[bytes], size: int) -> SourceFile:
    if size > FILE_LIMIT:
        return SourceFile(name, size=size)
    stream.seek(0)
    return SourceFile(name, stream.read(), size)


def _members(name: str, archive: zipfile.ZipFile, size: int, nesting: Nesting) -> Iterator[Held]:
    members = sorted(
        (entry for entry in archive.infolist() if not entry.filename.endswith("/")),
        key=lambda entry: entry.filename,
    )
    refusal = _refuse_container(members, nesting)
    if refusal is not None:
        yield Held(SourceFile(name, size=size, failure=refusal))
        return
    labels = Labels()
    for entry in members:
        label = labels.give(clean_path(_named(entry)) or NAMELESS)
        member = _member(archive, entry, f"{name}/{label}")
        is_closed = member.failure or not member.content
        yield Held(member, None if is_closed else nesting.below())


def _refuse_container(members: Sequence[object], nesting: Nesting) -> RefusedError | None:
    if not members:
        return RefusedError("file-empty")
    if len(members) > MEMBER_LIMIT:
        return RefusedError("file-archive", found=f"a zip of {len(members)} files")
    return RefusedError("file-archive", found=TOO_DEEP) if nesting.depth >= DEPTH_LIMIT else None


def _named(entry: zipfile.ZipInfo) -> str:
    """A member's name; macOS writes UTF-8 and forgets to say so."""
    if entry.flag_bits & _IS_UTF8 or entry.filename.isascii():
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> SourceFile:
    size = entry.file_size
    if entry.flag_bits & _HAS_PASSWORD:
        return SourceFile(name, size=size, failure=RefusedError("file-encrypted"))
    if size > CONTAINER_LIMIT:
        return SourceFile(name, size=size)
    try:
        with archive.open(entry) as member:
            content = member.read(CONTAINER_LIMIT + 1)  # the directory's word on the size may be false
    except NotImplementedError:
        return _failed(name, size, "the zip is packed by a method that is not read here")
    except DAMAGE:
        return _failed(name, size, "the zip is damaged")
    return SourceFile(name, content, len(content))


def _opener_of_mail(name: str, content: bytes) -> _MailOpener | None:
    """What opens a mail of this kind; ``None`` if it is not one.  No workbook needs what reads mails."""
    from nps_xlsx.ingester.containers import mail, outlook, tnef

    if outlook.is_message(content):
        return outlook.open_message
    if tnef.is_wrapper(content):
        return tnef.open_wrapper
    return mail.open_mail if mail.is_mail_text(name, content) else None


def _mail(name: str, content: bytes, nesting: Nesting, open_mail: _MailOpener) -> Iterator[Held]:
    """What is attached to a mail; one with nothing attached is reported, unless it lies in another."""
    try:
        _refuse_too_deep(nesting)
        inside = open_mail(content, DEPTH_LIMIT - nesting.depth, nesting.letter)
    except RefusedError as refusal:
        yield Held(replace(_whole(name, content), failure=refusal))
        return
    for enclosure in inside.enclosures:
        yield _enclosed(name, enclosure, nesting)
    if inside.notice or not nesting.is_in_mail:
        failure, received = inside.notice or RefusedError("mail-without-workbook"), inside.letter.received
        yield Held(replace(_whole(name, content), failure=failure, received=received), is_otherwise=True)


def _refuse_too_deep(nesting: Nesting) -> None:
    if nesting.depth >= DEPTH_LIMIT:
        raise RefusedError("file-archive", found=TOO_DEEP)


def _enclosed(name: str, enclosure: Enclosure, nesting: Nesting) -> Held:
    source = SourceFile(f"{name}/{enclosure.name}", received=enclosure.letter.received)
    if enclosure.failure is not None:
        return Held(replace(source, failure=enclosure.failure))
    try:
        content = enclosure.load()
    except Exception:  # noqa: BLE001 - a parser raises whatever it meets in a damaged message
        return Held(replace(source, failure=RefusedError("file-unreadable", reason=DAMAGED)))
    below = nesting.below(enclosure.depth, letter=enclosure.letter)
    return Held(replace(source, content=content, size=len(content)), below)

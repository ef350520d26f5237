"""Files, folders and zips, opened into the single files that they hold."""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.errors import UserError

FILE_LIMIT = 25 * 1024 * 1024
"""Bytes of one file; a full workbook of ours has about 200 KB, and mail servers stop at 25 MB."""

MEMBER_LIMIT = 5_000
"""Files in one zip of returns: every principal council of the country, with room to spare."""


DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What ``zipfile`` raises on a damaged or encrypted archive, by what of it is damaged."""


class InputError(UserError):
    """A path that was handed in and cannot be read at all."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as it came: its name, and its bytes or why there are none."""

    name: str
    content: bytes = b""
    size: int = 0
    failure: str = ""


def collect(paths: Iterable[Path]) -> Iterator[SourceFile]:
    """Every file under the paths, in the order of their names: folders and zips are opened.

    Raises:
        InputError: a path is not there.
    """
    for path in paths:
        if path.is_dir():
            yield from _folder(path)
        elif path.is_file():
            yield from _one(path, path.name)
        else:
            raise InputError(f"{path} is not there. Check the name and the folder.")


def _folder(folder: Path) -> Iterator[SourceFile]:
    """The files below a folder by name; a folder that cannot be opened is told as if it were a file."""
    closed: list[OSError] = []
    found = [
        Path(where, name) for where, _, names in os.walk(folder, onerror=closed.append) for name in names
    ]
    for error in closed:
        name = Path(error.filename).relative_to(folder).as_posix()
        yield SourceFile(name, failure=error.strerror or str(error))
    if not found and not closed:
        raise InputError(f"{folder} is empty. Check the folder.")
    for file in sorted(found):
        yield from _one(file, file.relative_to(folder).as_posix())


def _one(path: Path, name: str) -> Iterator[SourceFile]:
    try:
        size = path.stat().st_size
    except OSError as error:  # such as a link that leads nowhere
        yield SourceFile(name, failure=error.strerror or str(error))
        return
    if size > FILE_LIMIT and not zipfile.is_zipfile(path):
        yield SourceFile(name, size=size)
        return
    try:
        content = path.read_bytes()
    except OSError as error:
        yield SourceFile(name, size=size, failure=error.strerror or str(error))
        return
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        yield from _members(name, content)
    else:
        yield SourceFile(name, content, size)


def _members(name: str, content: bytes) -> Iterator[SourceFile]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        yield SourceFile(name, size=len(content), failure="the zip is damaged")
        return
    with archive:
        members = sorted(
            (entry for entry in archive.infolist() if not entry.is_dir()), key=lambda entry: entry.filename
        )
        if len(members) > MEMBER_LIMIT:
            yield SourceFile(name, size=len(content), failure=f"it holds {len(members)} files")
            return
        for entry in members:
            yield _member(archive, entry, f"{name}/{entry.filename}")


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> SourceFile:
    if entry.flag_bits & 0x1:
        return SourceFile(name, size=entry.file_size, failure="the zip is protected by a password")
    if entry.file_size > FILE_LIMIT:
        return SourceFile(name, size=entry.file_size)
    try:
        with archive.open(entry) as member:
            content = member.read(FILE_LIMIT + 1)  # the directory's word on the size may be false
    except DAMAGE:
        return SourceFile(name, size=entry.file_size, failure="the zip is damaged")
    return SourceFile(name, content, len(content))

"""Files that are not read, or cannot be used: each becomes a return that says why."""

from __future__ import annotations

import hashlib

from nps_xlsx.ingester.containers import FILE_LIMIT, SourceFile
from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Place, Return, Status
from nps_xlsx.model.problems import problem


def refuse_unread(source: SourceFile) -> None:
    """Refuse a file that was not even opened, for the reason that its container gave.

    Raises:
        RefusedError: there is such a reason, or the file is too large.
    """
    if source.failure:
        raise source.failure
    if source.size > FILE_LIMIT:
        megabytes = 1024 * 1024
        size, limit = f"{source.size / megabytes:.0f}", f"{FILE_LIMIT // megabytes}"
        raise RefusedError("file-too-large", size=size, limit=limit)


def refused_return(source: SourceFile, refusal: RefusedError) -> Return:
    """The return of a file that cannot be used."""
    digest = hashlib.sha256(source.content).hexdigest()
    reason = problem(refusal.slug, Place(source.name), **{"value": ""} | refusal.words)
    return Return(
        source.name,
        digest,
        Status.REFUSED,
        problems=(reason,),
        received=source.received,
        reason=reason,
    )

"""Work that is shared out over the machine's cores."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nps_xlsx.model.errors import UserError

if TYPE_CHECKING:
    from concurrent.futures import Future

CORES = os.cpu_count() or 1

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def mapped(
    function: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int | None = None
) -> Iterator[_Result]:
    """What a function makes of each item, in their order, from so many processes, or one per core.

    The function, or what it is a method of, can be pickled, so that it can be sent to another process.

    Raises:
        UserError: the system stopped one of the processes.
    """
    jobs = min(jobs or CORES, len(items))
    if jobs <= 1:
        yield from map(function, items)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # "spawn" is the one way that every system has, and that does not copy the locks of other threads.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (function,)) as pool:
        try:
            yield from pool.map(_result, items)
        except BrokenProcessPool:
            raise UserError(
                "The system stopped a process that was helping, perhaps for want of memory. "
                "Run the same again with --jobs 1."
            ) from None
        finally:  # at Ctrl-C do not begin what was not begun
            pool.shutdown(wait=True, cancel_futures=True)


def in_order(
    submit: Callable[[_Item], Future[_Result]], items: Iterable[_Item], ahead: int
) -> Iterator[_Result]:
    """The results of what is submitted, in the order of the items, of which so many are in hand at a time."""
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:  # at Ctrl-C do not begin what was not begun
        for future in waiting:
            future.cancel()


_GIVEN: list[Callable[[Any], Any]] = []
"""The function of this process, sent to it once: what it holds may be all returns."""


def _begin(function: Callable[[Any], Any]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # left to the parent
    _GIVEN.append(function)


def _result(item: Any) -> Any:
    return _GIVEN[-1](item)

"""Work that is shared out over the machine's cores."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from nps_xlsx.model.errors import UserError

if TYPE_CHECKING:
    from concurrent.futures import Future

CORES = os.cpu_count() or 1
_AHEAD = 2
"""Items in hand of each other process, so that none waits for its next."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def mapped(
    function: Callable[[_Item], _Result], items: Sequence[_Item], jobs: int | None = None
) -> Iterator[_Result]:
    """What a function makes of each item, in their order, in so many processes, or one per core.

    This process is one of them: it begins at once, while the others start, which may take a second.
    The function, or what it is a method of, can be pickled, so that it can be sent to another process.

    Raises:
        UserError: the system stopped one of the processes.
    """
    jobs = min(jobs or CORES, len(items))
    if jobs <= 1:
        yield from map(function, items)
        return
    import pickle
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # "spawn" is the one way that every system has, and that does not copy the locks of other threads.
    with ProcessPoolExecutor(jobs - 1, get_context("spawn"), _begin, (pickle.dumps(function),)) as pool:
        try:
            submit, ahead = (lambda item: pool.submit(_result, item)), _AHEAD * (jobs - 1)
            yield from _with_own(function, submit, items, ahead)
        except BrokenProcessPool:
            raise UserError(
                "The system stopped a process that was helping, perhaps for want of memory. "
                "Run the same again with --jobs 1."
            ) from None
        finally:  # at Ctrl-C do not begin what was not begun
            pool.shutdown(wait=True, cancel_futures=True)


def _with_own(
    function: Callable[[_Item], _Result],
    submit: Callable[[_Item], Future[_Result]],
    items: Iterable[_Item],
    ahead: int,
) -> Iterator[_Result]:
    """The results, in order, of what is submitted, so many at a time, and of what is done here meanwhile."""
    from concurrent.futures import Future

    waiting: deque[Future[_Result]] = deque()
    for item in items:
        if sum(not future.done() for future in waiting) < ahead:
            waiting.append(submit(item))
        else:
            waiting.append(Future())
            waiting[-1].set_result(function(item))
        while waiting and waiting[0].done():
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


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


def _begin(pickled: bytes) -> None:
    import pickle

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # left to the parent
    _GIVEN.append(pickle.loads(pickled))  # noqa: S301 - by the parent
    gc.freeze()  # what it holds stays: it need not be looked through again and again


def _result(item: Any) -> Any:
    return _GIVEN[-1](item)

"""Who reads the files of a round: processes on this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from nps_xlsx.ingester.containers import SourceFile
from nps_xlsx.ingester.reading.process import ReadingProcess
from nps_xlsx.jobs import CORES, in_order
from nps_xlsx.model import Framework, Return
from nps_xlsx.model.errors import UserError
from nps_xlsx.register.councils import Register

if TYPE_CHECKING:
    from distributed import Client

_PATIENCE = "10s"
"""How long a scheduler may take to answer."""


class ClusterError(UserError):
    """A cluster that cannot be used."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who reads: so many processes here (by default one per core), or a cluster."""

    jobs: int | None = None
    scheduler: str = ""
    """The address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``."""

    def read(
        self, sources: Iterable[SourceFile], here: ReadingProcess, framework: Framework, register: Register
    ) -> Iterator[Return]:
        """The returns of the files, in their order, whoever reads them.

        Raises:
            ClusterError: there is no cluster, or it has not this program.
        """
        if not self.scheduler:
            yield from here.read_returns(sources, self.jobs or CORES)
            return
        with _connected(self.scheduler) as client, client.get_executor() as executor:
            # Sent once, not with every file; made again where the worker that has it is lost.
            reader = client.submit(_Reader, framework, register)
            ahead = 2 * sum(client.nthreads().values())
            yield from in_order(partial(executor.submit, _read, reader), sources, ahead)


@contextlib.contextmanager
def _connected(scheduler: str) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError("--scheduler needs Dask. Install it with: pip install 'nps-xlsx[dask]'") from None
    try:
        client = Client(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"No Dask scheduler answers at {scheduler} ({error}). Check the address, and that it is running."
        ) from None
    with client:
        versions = set(client.run(_version).values())
        if versions != {_version()}:
            there = ", ".join(sorted(versions)) or "no workers"
            raise ClusterError(
                f"The Dask cluster at {scheduler} has {there}; it needs workers with nps-xlsx {_version()}."
            )
        yield client


class _Reader:
    """What reads on a worker of the cluster: processes beside it, with the limits that hold anywhere."""

    def __init__(self, framework: Framework, register: Register) -> None:
        self._given = framework, register

    def __reduce__(self) -> tuple[type[_Reader], tuple[Framework, Register]]:
        return _Reader, self._given

    @cached_property
    def process(self) -> ReadingProcess:
        """Begun at the first file, on the worker."""
        return ReadingProcess(*self._given)


def _read(reader: _Reader, source: SourceFile) -> Return:
    return reader.process.read_return(source)


def _version() -> str:
    from importlib.metadata import version

    return version("nps-xlsx")

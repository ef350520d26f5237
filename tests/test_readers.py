"""A round read by the workers of a Dask cluster is the round that this machine would have read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

from nps_xlsx.ingester.reading.readers import ClusterError, Readers
from nps_xlsx.model import Answer, Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.rounds.intake import read_returns
from tests.support.commands import nps
from tests.support.workbooks import filled

COUNCILS = ("Medway", "Kent", "Surrey", "Devon", "Leeds", "Bolton", "Torbay", "Wigan")


@pytest.fixture(scope="module")
def folder(framework: Framework, register: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight returns, and two files that cannot be read."""
    folder = tmp_path_factory.mktemp("returns")
    short = framework.only(["SV3"])
    for number, name in enumerate(COUNCILS):
        answer = Answer("SV3", current=number % 5 + 1, evidence=f"Policy of {name}")
        (folder / f"{name}.xlsx").write_bytes(filled(short, register.find(name), answer))
    (folder / "a.pdf").write_bytes(b"%PDF-1.7")
    (folder / "cut.xlsx").write_bytes(b"PK\3\4")
    return folder


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster


def test_a_cluster_reads_what_this_machine_would(
    folder: Path, framework: Framework, cluster: LocalCluster
) -> None:
    """The returns, their problems and their order are the same to a field, though a worker dies."""
    here = read_returns(folder, framework, readers=Readers(jobs=1))
    seen: list[str] = []

    def kill_one(name: str) -> None:
        seen.append(name)
        if len(seen) == 3:
            with Client(cluster.scheduler_address) as client:
                client.run(_die, workers=[next(iter(client.nthreads()))], on_error="ignore")

    there = read_returns(
        folder, framework, readers=Readers(scheduler=cluster.scheduler_address), seen=kill_one
    )
    assert len(there.returns) == len(COUNCILS) + 2
    assert there == here


def _die() -> None:
    import os

    os._exit(1)


def test_a_cluster_that_is_not_there_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong address, or no scheduler that answers, is one message with what to do."""
    monkeypatch.setattr("nps_xlsx.ingester.reading.readers._PATIENCE", "1s")
    for address in ("tcp://127.0.0.1:9", "nonsense://here"):
        with pytest.raises(ClusterError, match="Check the address"):
            read_returns(folder, readers=Readers(scheduler=address))
    run = nps("ingest", folder, "--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9")
    assert (run.returncode, run.stdout) == (2, "")
    assert "Check the address" in run.stderr
    assert not (tmp_path / "out").exists()


def test_workers_with_another_version_are_refused(
    folder: Path, cluster: LocalCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers that would read returns otherwise are not asked to."""
    monkeypatch.setattr("importlib.metadata.version", lambda _: "9.9")
    with pytest.raises(ClusterError, match=r"needs workers with nps-xlsx 9\.9"):
        read_returns(folder, readers=Readers(scheduler=cluster.scheduler_address))

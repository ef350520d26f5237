"""What was read on an earlier day is not read again, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from nps_xlsx.ingester import SourceFile, read_return
from nps_xlsx.ingester.reading import known
from nps_xlsx.ingester.reading.known import FILE, FileStore, KnownReturns
from nps_xlsx.model import Answer, Council, Framework, Received, Return
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import ingest
from tests.support.workbooks import filled

Run = Callable[..., tuple[list[Return], list[str]]]


@pytest.fixture(scope="module")
def sources(framework: Framework, medway: Council) -> list[SourceFile]:
    contents = [filled(framework, medway, Answer("EC1", level)) for level in (1, 2)]
    books = [SourceFile(f"{place}.xlsx", content, len(content)) for place, content in enumerate(contents)]
    return [books[0], SourceFile("not.pdf", b"%PDF-1.7", 8), books[1]]


@pytest.fixture
def run(
    tmp_path: Path, framework: Framework, register: Register
) -> Callable[..., tuple[list[Return], list[str]]]:
    """One day's reading: the returns, and the names of the files that were really read."""

    def read_day(
        given: Sequence[SourceFile], edition: Framework = framework, *, afresh: bool = False
    ) -> tuple[list[Return], list[str]]:
        opened: list[str] = []

        def read(new: Iterable[SourceFile]) -> Iterator[Return]:
            for source in new:
                opened.append(source.name)
                yield read_return(source, framework, register)

        with FileStore(tmp_path) as store:
            known_ones = KnownReturns(store, edition, register, afresh=afresh)
            return list(known_ones.read(given, read)), opened

    return read_day


def test_the_second_day_reads_only_what_is_new(run: Run, sources: list[SourceFile]) -> None:
    """Its returns are those of the first day, in the order of the files; what is refused is read again."""
    first, opened = run(sources)
    assert opened == [source.name for source in sources]
    extra = replace(sources[0], name="new.xlsx")
    second, opened = run([extra, *reversed(sources)])
    assert opened == ["new.xlsx", "not.pdf"]
    assert second[1:] == first[::-1]
    assert run(sources[2:])[1] == []
    assert run(sources[:1])[1] == ["0.xlsx"], "it was not handed in the day before, and is forgotten"
    assert run(sources[:1], afresh=True)[1] == ["0.xlsx"]


def test_nothing_else_is_taken_for_a_known_return(
    run: Run, sources: list[SourceFile], framework: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another name, mail, content, framework or reader: the file is read."""
    book = sources[0]
    others = (
        replace(book, name="other.xlsx"),
        replace(book, received=Received("a@example.org")),
        replace(book, content=sources[2].content),
    )
    for other in others:
        run([book])
        assert run([other])[1] == [other.name]
    run([book])
    assert run([book], replace(framework, edition="nps-2030"))[1] == [book.name]
    run([book])
    assert run([book])[1] == []
    monkeypatch.setattr(known, "_code", lambda: b"another version")
    assert run([book])[1] == [book.name]


def test_a_damaged_store_is_made_anew(tmp_path: Path, run: Run, sources: list[SourceFile]) -> None:
    """A file that is no store is replaced, and a return in which a byte changed is not believed."""
    (tmp_path / FILE).write_bytes(b"nonsense" * 1_000)
    with FileStore(tmp_path) as store:
        assert store.is_lost
    run(sources)
    assert run(sources)[1] == ["not.pdf"]
    content = (tmp_path / FILE).read_bytes()
    assert content.count(b"1 Minimum") == 1
    (tmp_path / FILE).write_bytes(content.replace(b"1 Minimum", b"5 Minimum"))
    assert run(sources)[1] == ["0.xlsx", "not.pdf"]


def test_a_folder_in_which_nothing_can_be_kept_is_read_all_the_same(
    tmp_path: Path, run: Run, sources: list[SourceFile]
) -> None:
    """Where a folder stands in its place, each file is read every day."""
    (tmp_path / FILE).mkdir()
    assert len(run(sources)[1]) == len(run(sources)[1]) == 3


def test_the_results_of_the_second_day_are_those_of_the_first(
    tmp_path: Path, sources: list[SourceFile], framework: Framework, register: Register
) -> None:
    """The lists are the same to the byte, and the receipt says how many files were known."""
    folder = tmp_path / "in"
    folder.mkdir()
    for source in sources:
        (folder / source.name).write_bytes(source.content)
    lists = []
    for expected in (0, 2):
        receipt = ingest([folder], tmp_path / "out", framework, register)
        assert (receipt.known, receipt.is_forgotten) == (expected, False)
        lists.append({path.name: path.read_bytes() for path in sorted((tmp_path / "out").glob("*.csv"))})
    assert lists[0] == lists[1]
    assert "returns.csv" in lists[0]

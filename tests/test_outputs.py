"""Everything that ingest writes, together in one folder."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from nps_xlsx.files import OutputError
from nps_xlsx.model import Answer, Assessment, Framework, Place, Return, Status
from nps_xlsx.model.problems import problem
from nps_xlsx.register.councils import Register
from nps_xlsx.reports import listings
from nps_xlsx.reports.earlier import NothingAcceptedError
from nps_xlsx.reports.for_councils import FOLDERS
from nps_xlsx.reports.outputs import Scope, write_outputs
from nps_xlsx.rounds.which_round import PreviousError
from tests.support.batches import as_returns, made_up
from tests.support.rounds import sampled
from tests.test_publication import tables_of


@pytest.fixture(scope="module")
def batch(framework: Framework, register: Register) -> list[Assessment]:
    """Seven councils, of which the last sent last round's workbook."""
    *most, last = sampled(register, 7)
    return [
        *(made_up(council, framework, 1) for council in most),
        made_up(last, framework, 1, round_="2025"),
    ]


@pytest.fixture(scope="module")
def written(
    batch: list[Assessment],
    framework: Framework,
    register: Register,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Their outputs."""
    out = tmp_path_factory.mktemp("out")
    write_outputs(as_returns(batch), out, framework, register)
    return out


def took_part(out: Path) -> object:
    """How many councils took part, as the publication says it."""
    workbook = openpyxl.load_workbook(out / "publication.xlsx")
    return tables_of(workbook)["Response by region"][-1]["Took part"]


def test_every_council_has_its_documents(written: Path) -> None:
    """Beside what is about all there is a plan for each response, and feedback for each of this round."""
    names = {path.name for path in written.iterdir()}
    assert names >= {"consolidated.xlsx", "publication.xlsx", "report.html", "answers.csv"}
    assert len(list((written / "action-plans").iterdir())) == 7
    assert len(list((written / "feedback").iterdir())) == 6
    assert not list(written.rglob(".nps-*"))


def test_another_round_is_listed_and_enters_no_figure(written: Path) -> None:
    """The answers of a return of another round are in the list, and in no published count."""
    with (written / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["round"] for row in csv.DictReader(file)} == {"2025", "2026"}
    assert took_part(written) == 6
    overview = openpyxl.load_workbook(written / "consolidated.xlsx")["Overview"]
    assert "Round 2026" in {str(cell.value)[:10] for row in overview for cell in row}


def test_a_round_is_not_compared_with_itself(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """An earlier round that is this one stops before anything is written."""
    scope = Scope(previous={one.gss_code: one for one in batch[:2]})
    with pytest.raises(PreviousError, match="2026"):
        write_outputs(as_returns(batch), tmp_path / "out", framework, register, scope)
    assert not (tmp_path / "out").exists()


def test_a_blocked_file_leaves_the_folder_as_it_was(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Where one output cannot be written none is, and no empty folder is left behind."""
    (tmp_path / "publication.xlsx").mkdir()
    with pytest.raises(OutputError, match=r"publication\.xlsx"):
        write_outputs(as_returns(batch), tmp_path, framework, register)
    assert [path.name for path in tmp_path.iterdir()] == ["publication.xlsx"]


def test_names_stand_only_where_they_may(
    batch: list[Assessment], written: Path, framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Councils are named in the publication and the page only with leave, and in no other's feedback."""
    write_outputs(as_returns(batch), tmp_path, framework, register, Scope(name_councils=True))
    for name, out in (("without", written), ("with", tmp_path)):
        shown = (out / "report.html").read_text(encoding="utf-8")
        published = openpyxl.load_workbook(out / "publication.xlsx")
        cells = {str(cell.value) for sheet in published for row in sheet for cell in row}
        for one in batch[:6]:
            assert (one.council in shown) == (name == "with")
            assert (one.council in cells) == (name == "with")


def test_groups_below_the_threshold_say_so(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """With a threshold above the number of councils nothing but the response is shown to others."""
    write_outputs(as_returns(batch), tmp_path, framework, register, Scope(threshold=7))
    tables = tables_of(openpyxl.load_workbook(tmp_path / "publication.xlsx"))
    assert set(tables) == {"Table of contents", "Notes", "Response by region", "Response by council type"}
    assert '"groups":{}' in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_feedback_is_protected_whatever_is_published(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """With every figure published, feedback still compares with no fewer than five others."""
    write_outputs(as_returns(batch[:5]), tmp_path, framework, register, Scope(threshold=0))
    for path in (tmp_path / "feedback").iterdir():
        cells = {str(cell.value) for row in openpyxl.load_workbook(path)["Behaviours"] for cell in row}
        assert not any(cell.startswith("All councils: ") for cell in cells)


def test_what_a_run_has_nothing_for_is_moved_and_named(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Documents of a council that no longer counts and earlier lists never stand beside new ones."""
    write_outputs(as_returns(batch[:3]), tmp_path, framework, register)
    (tmp_path / "changes.csv").write_bytes(b"earlier")
    (tmp_path / "combined.csv").write_bytes(b"earlier")
    (tmp_path / "my notes.csv").write_bytes(b"hers")
    again = write_outputs(as_returns(batch[1:3]), tmp_path, framework, register)
    code = batch[0].gss_code
    moved = [path.relative_to(tmp_path / "replaced").as_posix() for path in again.replaced]
    assert [name for name in moved if "NPS" not in name] == ["changes.csv", "combined.csv"]
    assert [name.split("/")[0] for name in moved if code in name] == ["action-plans", "feedback"]
    assert len(moved) == 4
    assert all(path.is_file() for path in again.replaced)
    assert not list((tmp_path / "feedback").glob(f"*{code}*"))
    assert (tmp_path / "my notes.csv").exists()
    assert again.accepted_before == 3


def test_results_stay_where_nothing_was_accepted(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """A wrong folder wipes nothing: the message says what was given; a fresh folder gets its lists."""
    reason = problem("file-not-ours", Place("asked.csv"))
    refused = [Return("asked.csv", "x", Status.REFUSED, reason=reason)]
    write_outputs(refused, tmp_path, framework, register)
    write_outputs(as_returns(batch[:2]), tmp_path, framework, register)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(NothingAcceptedError) as raised:
        write_outputs(refused, tmp_path, framework, register, given=[Path("s/asked.csv")])
    for part in ("s/asked.csv", "2 accepted returns", reason.message):
        assert part in str(raised.value)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_families_stand_beside_a_council(framework: Framework, register: Register, tmp_path: Path) -> None:
    """A chosen family of enough councils is compared with in the feedback of its members."""
    batch = [made_up(council, framework, 1) for council in sampled(register, 30)]
    families = {one.gss_code: "Coastal towns" for one in batch[:12]}
    write_outputs(as_returns(batch), tmp_path, framework, register, Scope(families=families))
    for one in batch:
        [path] = (tmp_path / "feedback").glob(f"*{one.gss_code}*")
        cells = (cell.value for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row)
        assert any("Coastal towns" in str(cell) for cell in cells) == (one.gss_code in families)


def test_what_of_an_earlier_round_is_not_compared_is_named(
    batch: list[Assessment], framework: Framework, register: Register, tmp_path: Path
) -> None:
    """A council that is no longer asked leaves the movement by name, not in silence."""
    gone = replace(batch[0], gss_code="E07000163", council="A council that was", round="2022")
    earlier = replace(batch[0], round="2022")
    scope = Scope(previous={one.gss_code: one for one in (gone, earlier)})
    written = write_outputs(as_returns(batch[:1]), tmp_path, framework, register, scope)
    assert written.uncompared == ("A council that was (E07000163)",)


def test_several_processes_write_what_one_writes(
    tmp_path: Path,
    batch: list[Assessment],
    framework: Framework,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The documents for councils are the same, byte for byte and in the same order, whoever writes them."""
    monkeypatch.setattr("nps_xlsx.reports.for_councils._WORTH_SHARING", 1)
    written = []
    for jobs in (1, 2):
        out = tmp_path / str(jobs)
        files = write_outputs(as_returns(batch[:3]), out, framework, register, jobs=jobs).files
        written.append([(path.relative_to(out), path.read_bytes()) for path in files])
    assert written[0] == written[1]
    assert sum(path.parts[0] in FOLDERS for path, _ in written[0]) == 6


def test_answers_are_listed_one_by_one(
    batch: list[Assessment], framework: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row of answers.csv is made before its turn: those of ten thousand returns would fill the memory."""
    made, make = [], listings._answer_row

    def counting(returned: Return, assessment: Assessment, answer: Answer, of: Framework) -> dict[str, str]:
        made.append(answer.ref)
        return make(returned, assessment, answer, of)

    monkeypatch.setattr(listings, "_answer_row", counting)
    rows = listings.all_rows(as_returns(batch[:2]), (), framework)["answers.csv"]
    assert len(rows) == 2 * len(framework.rows)
    assert not made
    assert next(iter(rows))["ref"] == framework.rows[0].code
    assert made == [framework.rows[0].code]

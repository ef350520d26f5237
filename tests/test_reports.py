"""The outputs: every number can be recomputed from answers.csv, and no text becomes a formula."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable
from pathlib import Path
from statistics import mean

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from nps_xlsx.model import Answer, Assessment, Council, Framework, Return, Status
from nps_xlsx.register.councils import Register
from nps_xlsx.reports.ingest import ReceiptError, ingest, make_receipt
from nps_xlsx.rounds.intake import Intake
from tests.conftest import ROOT
from tests.support.workbooks import filled, write

NASTY = ['=HYPERLINK("http://x.example","y")', "+1", "-1", "@SUM(A1)", "http://x.example", "\t=1"]

COLUMNS = {
    "returns.csv": "source_file,sha256,status,gss_code,council,round,respondent,template_version,saved_by,"
    "answered,applicable,problems,message",
    "answers.csv": "round,gss_code,council,respondent,ref,value_code,key_area,behaviour,current,target,"
    "current_text,target_text,evidence,actions,owner,due_date,priority,source_file,sheet,cell",
    "problems.csv": "source_file,gss_code,council,severity,problem,sheet,cell,ref,value,message,advice",
}


@pytest.fixture(scope="module")
def out(framework: Framework, register: Register, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The outputs of the sample returns."""
    folder = tmp_path_factory.mktemp("out")
    ingest([ROOT / "samples" / "returns"], folder, framework, register)
    return folder


@pytest.fixture(scope="module")
def answers(out: Path) -> list[dict[str, str]]:
    return rows_of(out / "answers.csv")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def table(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of a report's table by heading."""
    headings = [str(cell.value) for cell in sheet[4] if cell.value is not None]
    rows = []
    for values in sheet.iter_rows(min_row=5, max_col=len(headings), values_only=True):
        if values[0] is None:
            break
        rows.append(dict(zip(headings, values, strict=True)))
    return rows


def numbers(rows: Iterable[dict[str, str]], column: str) -> list[int]:
    return [int(row[column]) for row in rows if row[column] not in ("", "NA") and row["value_code"]]


def gaps(rows: Iterable[dict[str, str]]) -> list[int]:
    both = [row for row in rows if row["value_code"] and row["current"].isdigit() and row["target"].isdigit()]
    return [int(row["target"]) - int(row["current"]) for row in both]


def average(values: list[int]) -> float | None:
    return mean(values) if values else None


def expected(rows: list[dict[str, str]]) -> dict[str, object]:
    """The figures of a group, computed from the CSV alone."""
    scored = [row for row in rows if row["value_code"]]
    current = average(numbers(rows, "current"))
    names = ["Minimum", "Developing", "Mature", "Leader", "Innovator"]
    nearest = None if current is None else min(range(1, 6), key=lambda n: (abs(n - current), n))
    return {
        "Behaviours": len(scored),
        "Answered": sum(row["current"] != "" for row in scored),
        "Not applicable": sum(row["current"] == "NA" for row in scored),
        "Level given": len(numbers(rows, "current")),
        "Average current": pytest.approx(current) if current is not None else None,
        "Nearest level": names[nearest - 1] if nearest else None,
        "Target given": len(numbers(rows, "target")),
        "Average target": pytest.approx(average(numbers(rows, "target")))
        if numbers(rows, "target")
        else None,
        "Both given": len(gaps(rows)),
        "Average gap": pytest.approx(average(gaps(rows)), abs=1e-9) if gaps(rows) else None,
    }


def figures(row: dict[str, object]) -> dict[str, object]:
    return {key: row[key] for key in expected([])}


def test_the_csv_files_have_exactly_the_columns_of_the_design(out: Path) -> None:
    """Each begins with a byte-order mark and the agreed headings; what was added stands after them."""
    for name, columns in COLUMNS.items():
        first = (out / name).read_bytes().split(b"\r\n")[0]
        assert first.startswith(b"\xef\xbb\xbf" + columns.encode())
        added = first.decode("utf-8-sig").removeprefix(columns).strip(",").split(",")
        assert added == {
            "returns.csv": [
                *("saved_at", "superseded_by", "sender", "sent_at", "subject"),
                *("may_be_named", "reviewed_by", "reviewed_on", "day"),
            ],
            "problems.csv": ["field", "waived"],
            "answers.csv": [
                *("day", "status", "review_date", "discuss"),
                *("answered_by", "answered_on", "objective", "reach_by"),
                *("reviewer_level", "reviewer_comment", "date_completed", "combined"),
            ],
        }.get(name, [""])


@pytest.mark.parametrize(
    ("sheet", "heading", "key"),
    [
        ("Councils", "GSS code", "gss_code"),
        ("Behaviours", "Ref", "ref"),
    ],
)
def test_means_and_counts_can_be_recomputed(
    out: Path, answers: list[dict[str, str]], sheet: str, heading: str, key: str
) -> None:
    """Every figure by council and by behaviour follows from answers.csv."""
    rows = table(openpyxl.load_workbook(out / "consolidated.xlsx")[sheet])
    assert len(rows) == len({row[key] for row in answers if row["value_code"]})
    for row in rows:
        assert figures(row) == expected([answer for answer in answers if answer[key] == row[heading]])


def test_key_areas_can_be_recomputed(out: Path, answers: list[dict[str, str]], framework: Framework) -> None:
    """Every figure by key area, and over all behaviours, follows from answers.csv."""
    rows = table(openpyxl.load_workbook(out / "consolidated.xlsx")["Key areas"])
    names = {area.sheet: area.name for area in framework.areas}
    assert [row["Key area"] for row in rows] == [*names, "All behaviours"]
    for row in rows[:-1]:
        chosen = [answer for answer in answers if answer["key_area"] == names[str(row["Key area"])]]
        assert figures(row) == expected(chosen)
    assert figures(rows[-1]) == expected(answers)


def test_the_heat_map_can_be_recomputed(
    out: Path, answers: list[dict[str, str]], framework: Framework
) -> None:
    """Each cell is the mean of a council's levels in a key area, and blank where there is none."""
    rows = table(openpyxl.load_workbook(out / "consolidated.xlsx")["Heat map"])
    for row in rows:
        everyone = row["Council"] == "All returns"
        mine = [a for a in answers if everyone or a["council"] == row["Council"]]
        for area in framework.areas:
            values = numbers([a for a in mine if a["key_area"] == area.name], "current")
            assert row[area.sheet] == (pytest.approx(mean(values)) if values else None)
        assert row["All behaviours"] == pytest.approx(mean(numbers(mine, "current")))


def test_the_distribution_can_be_recomputed(out: Path, answers: list[dict[str, str]]) -> None:
    """Counts and shares of each level follow from answers.csv, and shares add up to one."""
    for row in table(openpyxl.load_workbook(out / "consolidated.xlsx")["Distribution"]):
        mine = [a["current"] for a in answers if a["ref"] == row["Ref"]]
        levels = ["1 Minimum", "2 Developing", "3 Mature", "4 Leader", "5 Innovator"]
        counts = [mine.count(level[0]) for level in levels]
        assert [row[level] for level in levels] == counts
        assert row["Level given"] == sum(counts)
        assert row["Not applicable"] == mine.count("NA")
        assert row["Not answered"] == mine.count("")
        assert [row[f"{level}, share"] for level in levels] == [
            pytest.approx(count / sum(counts)) for count in counts
        ]


def accepted_codes(returns: list[dict[str, str]]) -> set[str]:
    """The councils of which a return counts."""
    return {row["gss_code"] for row in returns if row["status"] == "accepted"}


def test_the_overview_can_be_recomputed(out: Path, answers: list[dict[str, str]]) -> None:
    """The headline figures follow from the three CSV files."""
    headlines = {
        row["Headline"]: row["Figure"]
        for row in table(openpyxl.load_workbook(out / "consolidated.xlsx")["Overview"])
    }
    returns = rows_of(out / "returns.csv")
    accepted = [row for row in returns if row["status"] == "accepted"]
    assert headlines == {
        "Files read": len(returns),
        "Returns used": len(accepted),
        "Files refused": sum(row["status"] == "refused" for row in returns),
        "Files put aside": sum(row["status"] in ("superseded", "duplicate") for row in returns),
        "Councils asked": len(accepted_codes(returns)) + len(rows_of(out / "not-returned.csv")),
        "Councils": len({row["gss_code"] for row in accepted}),
        "Complete returns": sum(row["answered"] == "59" for row in accepted),
        "Average current level": pytest.approx(mean(numbers(answers, "current"))),
        "Average target level": pytest.approx(mean(numbers(answers, "target"))),
        "Average gap": pytest.approx(mean(gaps(answers))),
        "Problems": len(rows_of(out / "problems.csv")),
    }


def test_all_answers_and_problems_stand_in_the_workbook(out: Path) -> None:
    """The sheets Answers, Returns and Problems have a row for each row of the CSV files."""
    workbook = openpyxl.load_workbook(out / "consolidated.xlsx")
    for name in ("answers", "returns", "problems"):
        assert len(table(workbook[name.capitalize()])) == len(rows_of(out / f"{name}.csv"))


def test_charts_are_native_and_described(out: Path) -> None:
    """There are charts where people would rather look than read, with words for those who cannot."""
    with zipfile.ZipFile(out / "consolidated.xlsx") as archive:
        names = archive.namelist()
        drawings = [archive.read(name) for name in names if name.startswith("xl/drawings/drawing")]
    assert sum(name.startswith("xl/charts/chart") for name in names) == 3
    assert all(b'descr="' in drawing for drawing in drawings)


def test_there_is_an_action_plan_for_each_council(out: Path, framework: Framework) -> None:
    """Each accepted return has one workbook, and it opens with the council's name."""
    plans = sorted((out / "action-plans").iterdir())
    accepted = {row["council"] for row in rows_of(out / "returns.csv") if row["status"] == "accepted"}
    assert {openpyxl.load_workbook(path)["Where we are"]["A1"].value for path in plans} == accepted
    assert plans[0].name == "NPS-2022-E10000034-worcestershire-action-plan.xlsx"


def test_an_action_plan_shows_only_the_steps_up_to_the_target(out: Path, framework: Framework) -> None:
    """From Minimum to Mature, the descriptors of now, Developing and Mature stand; later ones do not."""
    plan = out / "action-plans" / "NPS-2022-E10000034-worcestershire-action-plan.xlsx"
    rows = {row["Ref"]: row for row in table(openpyxl.load_workbook(plan)["Action plan"])[:]}
    row, texts = rows["SS2"], framework.row_by_code["SS2"].descriptors
    assert [row["Current level"], row["Target level"]] == ["1 Minimum", "3 Mature"]
    assert row["Where we are now"] == texts[0]
    steps = ("Developing", "Mature", "Leader", "Innovator")
    assert [row[f"To reach {name}"] for name in steps] == [texts[1], texts[2], None, None]
    row, texts = rows["EC2"], framework.row_by_code["EC2"].descriptors
    assert [row["Current level"], row["Target level"]] == ["2 Developing", "4 Leader"]
    assert [row[f"To reach {name}"] for name in steps] == [None, texts[2], texts[3], None]
    assert len(rows) == 55


def test_an_action_plan_puts_high_priority_and_large_gaps_first(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """Rows are ordered by priority, then gap, then value code; rows without a gap are left out."""
    given = [
        Answer("EC1", current=1, target=2),
        Answer("EC2", current=1, target=4),
        Answer("EC3", current=3, target=3),
        Answer("SM1", current=2, target=3, priority="Low"),
        Answer("VCSE8", current=2, target=3, priority="High"),
        Answer("EN1", current="NA", target=4),
    ]
    source = write(tmp_path / "r.xlsx", filled(framework, medway, *given))
    ingest([source], tmp_path / "out", framework, register)
    [plan] = (tmp_path / "out" / "action-plans").iterdir()
    refs = [row["Ref"] for row in table(openpyxl.load_workbook(plan)["Action plan"])]
    assert refs == ["VCSE8", "SM1", "EC2", "EC1"]


@pytest.fixture(scope="module")
def nasty(
    framework: Framework, register: Register, medway: Council, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The outputs of a return whose texts look like formulas and links."""
    folder = tmp_path_factory.mktemp("nasty")
    given = [
        Answer(row.code, current=1, target=3, evidence=text, actions=text, owner=text)
        for row, text in zip(framework.behaviours, NASTY, strict=False)
    ]
    source = write(folder / "r.xlsx", filled(framework, medway, *given, completed_by="=1+1"))
    ingest([source], folder / "out", framework, register)
    return folder / "out"


def test_no_text_of_a_council_becomes_a_formula_or_a_link(nasty: Path) -> None:
    """Every cell of every output workbook that holds a council's text is text."""
    seen = 0
    for path in [nasty / "consolidated.xlsx", *(nasty / "action-plans").iterdir()]:
        for sheet in openpyxl.load_workbook(path):
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", cell.coordinate
                    if cell.value in NASTY:
                        seen += 1
                        assert cell.data_type == "s"
                        assert cell.hyperlink is None
    assert seen >= 3 * 2 * len(NASTY)


def test_no_cell_of_a_csv_is_run_by_a_spreadsheet(nasty: Path) -> None:
    """A text that begins like a formula has an apostrophe before it."""
    for row in rows_of(nasty / "answers.csv"):
        assert not any(value.startswith(("=", "+", "-", "@", "\t")) for value in row.values())
    assert {row["evidence"] for row in rows_of(nasty / "answers.csv")} >= {"'+1", "'-1", "http://x.example"}


def test_the_same_returns_give_the_same_bytes(
    out: Path, framework: Framework, register: Register, tmp_path: Path
) -> None:
    """Reading the samples again writes the same files, byte for byte."""
    ingest([ROOT / "samples" / "returns"], tmp_path, framework, register)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(out) for path in out.rglob("*") if path.is_file())
    assert all((tmp_path / name).read_bytes() == (out / name).read_bytes() for name in files)


def test_a_batch_without_one_usable_return_still_writes_every_output(
    framework: Framework, register: Register, tmp_path: Path
) -> None:
    """A refused file alone gives outputs with no answers and no division by nothing."""
    source = write(tmp_path / "r.xlsx", b"nothing")
    receipt = ingest([source], tmp_path / "out", framework, register)
    assert [path.name for path in receipt.written.shown] == [
        *("returns.csv", "answers.csv", "problems.csv", "not-returned.csv", "consolidated.xlsx"),
        *("publication.xlsx", "report.html", "action-plans", "feedback"),
    ]
    assert rows_of(tmp_path / "out" / "answers.csv") == []


def test_a_receipt_that_does_not_add_up_is_our_fault() -> None:
    """Where an answer went missing on the way, the command stops and says that the program is at fault."""
    lost = Return("r.xlsx", "", Status.ACCEPTED, Assessment("X", "X", "2026", ()), answers_present=1)
    with pytest.raises(ReceiptError, match="1 answers were present, but 0 were read"):
        make_receipt(Intake((lost,)))


def test_every_file_handed_in_has_a_row(
    framework: Framework, register: Register, medway: Council, tmp_path: Path
) -> None:
    """Accepted, refused, duplicate and superseded files are all in returns.csv, with their reason."""
    folder = tmp_path / "in"
    folder.mkdir()
    first = filled(framework, medway, Answer("EC1", current=1), date_completed="2026-12-01")
    write(folder / "a.xlsx", first)
    write(folder / "b.xlsx", first)
    later = filled(framework, medway, Answer("EC1", current=2), date_completed="2026-12-02")
    write(folder / "c.xlsx", later)
    write(folder / "d.pdf", b"%PDF-1.4")
    receipt = ingest([folder], tmp_path / "out", framework, register)
    rows = rows_of(tmp_path / "out" / "returns.csv")
    statuses = {row["source_file"]: row["status"] for row in rows}
    assert statuses == {
        "a.xlsx": "superseded",
        "b.xlsx": "duplicate",
        "c.xlsx": "accepted",
        "d.pdf": "refused",
    }
    assert all(row["message"] for row in rows if row["status"] != "accepted")
    assert receipt.files == 4
    assert {row["source_file"] for row in rows_of(tmp_path / "out" / "answers.csv")} == {"c.xlsx"}

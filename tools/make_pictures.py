"""Draw the documentation's pictures: the sample outputs, as LibreOffice and Chromium render them.

Run it in the project's folder with ``make pictures``; it needs LibreOffice, pdftoppm and Chromium.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.cli.main import cli

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True)
class Picture:
    """A part of the page that begins with a title: dots an inch, then left, top, width, height in dots."""

    name: str
    source: str
    title: str
    resolution: int
    box: tuple[int, int, int, int]


def main() -> None:
    """Make the outputs of the samples, print them, and cut the pictures out."""
    missing = [name for name in ("soffice", "pdftoppm", "chromium") if shutil.which(name) is None]
    if missing:
        packages = "libreoffice-calc, libreoffice-writer, poppler-utils, chromium"
        sys.exit(f"Install {' and '.join(missing)} first (Debian: {packages}).")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cli.main(["demo", "--out", name], standalone_mode=False)
        for picture in PICTURES_WANTED:
            cut(printed(folder / picture.source, folder / "printed"), picture)
        for picture_name, page in PAGES.items():
            photograph(folder / page, PICTURES / f"{picture_name}.png")


def printed(source: Path, folder: Path) -> Path:
    """A document as LibreOffice prints it; of the same name in Word and in Excel each has its own."""
    pdf = folder / source.suffix[1:] / f"{source.stem}.pdf"
    if not pdf.exists():
        run("soffice", "--headless", "--convert-to", "pdf", "--outdir", pdf.parent, source)
    return pdf


def photograph(page: Path, target: Path) -> None:
    """The head of a page, as Chromium shows it."""
    settled = ("--virtual-time-budget=8000", "--hide-scrollbars", "--window-size=1366,1500")
    options = ("--headless", "--no-sandbox", "--disable-gpu", *settled)
    run("chromium", *options, f"--screenshot={target}", page.resolve().as_uri())
    print(target.relative_to(ROOT))


def cut(pdf: Path, picture: Picture) -> None:
    """Cut one picture out of a printed workbook."""
    left, top, width, height = picture.box
    page = page_of(pdf, picture.title)
    box = ["-x", str(left), "-y", str(top), "-W", str(width), "-H", str(height)]
    target = PICTURES / picture.name
    run(
        "pdftoppm",
        "-png",
        "-singlefile",
        "-f",
        page,
        "-l",
        page,
        "-r",
        str(picture.resolution),
        *box,
        pdf,
        target,
    )
    print(f"{target.relative_to(ROOT)}.png")


def page_of(pdf: Path, title: str) -> str:
    """The number of the first page that begins with a title."""
    pages = run("pdftotext", pdf, "-").split("\f")
    return next(str(number) for number, text in enumerate(pages, start=1) if text.startswith(title))


def run(*command: str | Path) -> str:
    """Run a program and give what it prints."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


RETURNS, RESULTS = "2022/returns", "2022/results/latest"
WORKBOOK = f"{RETURNS}/NPS-2022-E10000034-worcestershire.xlsx"
ANOTHER = f"{RETURNS}/NPS-2022-Z10000001-fictonshire.xlsx"
PLAN = f"{RESULTS}/action-plans/NPS-2022-Z10000001-fictonshire-action-plan.xlsx"
FEEDBACK = f"{RESULTS}/feedback/NPS-2022-Z10000001-fictonshire-feedback.xlsx"
PAPERS = "papers/NPS-2022-E10000034-worcestershire"
PAGES = {"report": f"{RESULTS}/report.html", "status": "2022/status.html"}
PICTURES_WANTED = (
    Picture("workbook", WORKBOOK, "Engaging senior managers", 150, (20, 40, 1714, 640)),
    Picture("one-at-a-time", ANOTHER, "One at a time", 110, (30, 30, 870, 900)),
    Picture("committee-page", ANOTHER, "Committee page", 110, (30, 30, 870, 1150)),
    Picture("summary", WORKBOOK, "Summary", 110, (30, 45, 1130, 810)),
    Picture("consolidated", f"{RESULTS}/consolidated.xlsx", "Heat map", 130, (30, 30, 1480, 480)),
    Picture("publication", f"{RESULTS}/publication.xlsx", "Table 3", 130, (30, 30, 1480, 450)),
    Picture("feedback", FEEDBACK, "Fictonshire", 110, (30, 40, 1020, 810)),
    Picture("action-plan", PLAN, "Action plan", 170, (50, 50, 2300, 1100)),
    Picture("committee", f"{PAPERS}-committee.docx", "Managing contracts", 110, (30, 40, 1250, 700)),
    Picture("strategy", f"{PAPERS}-strategy.docx", "Engaging councillors", 110, (30, 40, 1250, 690)),
    Picture("index", f"{PAPERS}-index.docx", "Action Plan", 110, (30, 40, 1250, 595)),
)

if __name__ == "__main__":
    main()

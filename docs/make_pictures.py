"""Draw the README's pictures: the sample outputs, as LibreOffice renders them.

Run it in the project's folder with ``make pictures``; it needs LibreOffice and pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nps_xlsx.councils import load_register
from nps_xlsx.framework import load_framework
from nps_xlsx.intake import ingest

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
    missing = [name for name in ("soffice", "pdftoppm") if shutil.which(name) is None]
    if missing:
        sys.exit(f"Install {' and '.join(missing)} first (Debian: libreoffice-calc, poppler-utils).")
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        register = load_register() + load_register(ROOT / "samples" / "synthetic-councils.csv")
        ingest([ROOT / "samples" / "returns"], folder, load_framework(), register)
        shutil.copy(ROOT / "samples" / "returns" / WORKBOOK, folder)
        shutil.copy(folder / "action-plans" / ACTION_PLAN, folder)
        for picture in PICTURES_WANTED:
            pdf = folder / Path(picture.source).with_suffix(".pdf")
            if not pdf.exists():
                run(
                    "soffice",
                    "--headless",
                    "--convert-to",
                    "pdf",
                    "--outdir",
                    folder,
                    folder / picture.source,
                )
            cut(pdf, picture)


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


WORKBOOK = "NPS-2022-E10000034-worcestershire.xlsx"
ACTION_PLAN = "NPS-2022-Z10000001-fictonshire-action-plan.xlsx"
PICTURES_WANTED = (
    Picture("workbook", WORKBOOK, "Engaging senior managers", 200, (60, 80, 2000, 800)),
    Picture("summary", WORKBOOK, "Summary", 110, (0, 30, 900, 920)),
    Picture("consolidated", "consolidated.xlsx", "Heat map", 130, (30, 30, 1480, 480)),
    Picture("action-plan", ACTION_PLAN, "Action plan", 170, (50, 50, 2300, 1100)),
)

if __name__ == "__main__":
    main()

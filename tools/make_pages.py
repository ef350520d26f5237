"""Write the pages of documentation that are made from the program's own data; run after changing it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nps_xlsx.model import Severity
from nps_xlsx.model.problems import SECTIONS, ProblemKind
from nps_xlsx.reports.listings import LISTINGS
from nps_xlsx.season.tables import Column, tables
from tools.make_api import api_page
from tools.make_commands import commands_page

DOCS = Path(__file__).parent.parent / "docs"
"""The folder of the pages."""

_PROBLEMS = """# Problems

Every kind of problem that `nps ingest` and `nps check` report, in the order in which a return is read. The
word in the first column stands in `problems.csv` under *problem*, and never changes its meaning; messages
may.

| severity | means |
| --- | --- |
| **error** | the answer, or the file, is not used |
| **warning** | it is used; look at it |
| **note** | it is used; good to know |

A dot (•) marks what may change a score: of equal severity, that comes first. New rules start as
warnings, and become errors only when a round has shown that they are right. To let a problem pass,
[waive it](../how-to/single-commands.md#correct-and-waive).
"""

_COLUMNS = """# Columns

What `nps ingest` writes as CSV files. They are UTF-8 with a byte-order mark, so that Excel opens them
rightly; lines end as Windows has them. Columns are added at the end; none changes its place or meaning
within a version.

**Apostrophes.** A text that a spreadsheet would run as a formula (it begins with `=`, `+`, `-` or `@`, also
full-width, perhaps after blanks), or would turn into a date or another number (`2/3`, `1E5`, `007`), has
an apostrophe before it. Take one off to have it as the council wrote it. Days such as `2027-03-31` have none.

**Blanks.** An empty cell is no answer. `NA` is "not applicable": software that reads it as missing (pandas
does, unless told `keep_default_na=False`) loses the difference.
"""

_TABLES = """## Tables for programs

The same results typed, as `nps export`, `nps_xlsx.load_tables` and `nps_xlsx.Round` give them. *Not
applicable* is a column of its own, a date is a date (what is no exact one stands beside it in words), a
blank is missing, and no text has a guarding apostrophe. Free text, names of files and names of respondents
are as the council wrote them: they may name people.

PostgreSQL has what each column holds as its comment, SQLite in the table `columns`; beside files stands a
[Frictionless](https://framework.frictionlessdata.io/) `datapackage.json`. In PostgreSQL the tables of round
2026 are in the schema `nps_2026`.
"""


_PROBLEM_HEADINGS = "| problem | severity | what happened | what to do |\n| --- | --- | --- | --- |"


def problems_page() -> str:
    """The page of problems, from the catalogue."""
    parts = [_PROBLEMS]
    for section, kinds in SECTIONS.items():
        parts.append(f"## {section}\n\n{_PROBLEM_HEADINGS}")
        parts.append("\n".join(_problem_row(slug, kind) for slug, kind in kinds.items()) + "\n")
    return "\n".join(parts)


def _problem_row(slug: str, kind: ProblemKind) -> str:
    severity = f"**{kind.severity}**" if kind.severity is Severity.ERROR else kind.severity.value
    mark = " •" if kind.score else ""
    return f"| `{slug}` | {severity}{mark} | {_shown(kind.message)} | {_shown(kind.advice)} |"


def _shown(text: str) -> str:
    """A text with its words to be filled in set as such."""
    return text.replace("|", "\\|").replace("{", "*").replace("}", "*")


def columns_page() -> str:
    """The page of columns, from the columns of the CSV files."""
    parts = [_COLUMNS]
    for name, listing in LISTINGS.items():
        parts.append(f"## {name}\n\n{listing.about}\n\n| column | holds |\n| --- | --- |")
        parts.append(_rows(listing.columns.items()))
    parts.append(_TABLES)
    for name, table in tables(with_contacts=True).items():
        parts.append(f"### {name}\n\n{table.about}\n\n| column | type | holds |\n| --- | --- | --- |")
        parts.append("".join(map(_column_row, table.columns)))
    return "\n".join(parts)


def _column_row(column: Column) -> str:
    key = ", key" if column.is_key else ""
    refers = f", of {column.references}" if column.references else ""
    personal = " *Only with contacts.*" if column.is_personal else ""
    return f"| `{column.name}` | {column.kind}{key}{refers} | {column.about}{personal} |\n"


def _rows(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"| `{name}` | {meaning} |\n" for name, meaning in pairs)


PAGES = {
    "reference/api.md": api_page,
    "reference/columns.md": columns_page,
    "reference/commands.md": commands_page,
    "reference/problems.md": problems_page,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"Wrote {DOCS / name}")

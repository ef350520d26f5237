"""The tables of a round for a notebook: a data frame each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nps_xlsx.files import StrPath
from nps_xlsx.model import Framework
from nps_xlsx.register.councils import Register
from nps_xlsx.season.results import load_results
from nps_xlsx.season.tables import Kind, Row, Table

DTYPES: Mapping[Kind, str] = {
    Kind.TEXT: "string",
    Kind.INTEGER: "Int64",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "datetime64[s]",
    Kind.TIME: "datetime64[s, UTC]",
}
"""The type of a column of a data frame; each of them has blanks."""


def load_tables(
    folder: StrPath,
    framework: Framework | None = None,
    register: Register | None = None,
    *,
    with_contacts: bool = False,
) -> dict[str, pd.DataFrame]:
    """Read the results of a round as data frames: councils, behaviours, returns, answers, problems, mails.

    ``folder`` is a round's, whose newest results are read if it has any, or one that ``nps ingest`` wrote.
    The page Columns lists the columns, which stand in that order; the index is plain, from 0.
    Texts are of the dtype ``string``, levels and counts ``Int64`` (a level is 1 for the lowest), yes or no
    ``boolean``, days ``datetime64[s]``, moments ``datetime64[s, UTC]``; whatever is blank is missing, and
    *Not applicable* is a column of its own, such as ``current_not_applicable``.  Contacts, addresses and
    other personal columns are there only ``with_contacts``.

    Raises:
        ResultsError: there are no results, they are not of the framework, or not of one run.
        CsvError: one of the files cannot be used.
    """
    results = load_results(folder, framework, register, with_contacts=with_contacts)
    return {name: _frame(table, results.rows[name]) for name, table in results.tables.items()}


def _frame(table: Table, rows: Sequence[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            column.name: pd.Series([row[column.name] for row in rows], dtype=DTYPES[column.kind])
            for column in table.columns
        }
    )

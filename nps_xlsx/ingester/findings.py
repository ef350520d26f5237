"""The problems of one file, collected on the way through it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Place, Problem
from nps_xlsx.model.problems import problem

PROBLEM_LIMIT = 10_000
"""Problems of one file: a workbook of ours has 700 cells to fill in, and lists of problems are for people."""

_NOWHERE = Place()


@dataclass(slots=True)
class Findings:
    """Problems as they are found; every place gets the file's name."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def tell(
        self,
        slug: str,
        place: Place = _NOWHERE,
        *,
        ref: str = "",
        field: str = "",
        value: str = "",
        **words: str,
    ) -> None:
        """Add a problem of a kind in the catalogue.

        Raises:
            RefusedError: there are so many that nobody could use the file, or the lists that it stands in.
        """
        if len(self.problems) == PROBLEM_LIMIT:
            most, _ = Counter(found.place.sheet for found in self.problems).most_common(1)[0]
            raise RefusedError("file-swamped", limit=f"{PROBLEM_LIMIT:,}", value=most)
        here = replace(place, file=self.file)
        self.problems.append(problem(slug, here, ref=ref, field=field, value=value, **words))

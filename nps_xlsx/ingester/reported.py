"""The problems of one file, collected while it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nps_xlsx.ingester.refusal import RefusedError
from nps_xlsx.model import Place, Problem
from nps_xlsx.model.problems import problem

PROBLEM_LIMIT = 10_000
"""Problems that one file may have: our workbook has 700 cells to fill in, and people read the list."""

_NOWHERE = Place()


@dataclass(slots=True)
class Reported:
    """The problems of one file as they are reported; every place gets the file's name."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def report(
        self,
        slug: str,
        place: Place = _NOWHERE,
        *,
        ref: str = "",
        field: str = "",
        value: str = "",
        cells: Sequence[str] = (),
        **words: str,
    ) -> None:
        """Add a problem of a kind in the catalogue; ``cells`` where it is about several.

        Raises:
            RefusedError: there are more than anybody could use.
        """
        if len(self.problems) == PROBLEM_LIMIT:
            most, _ = Counter(one.place.sheet for one in self.problems).most_common(1)[0]
            raise RefusedError("file-swamped", limit=f"{PROBLEM_LIMIT:,}", value=most)
        here = replace(place, file=self.file)
        self.problems.append(problem(slug, here, ref=ref, field=field, value=value, cells=cells, **words))

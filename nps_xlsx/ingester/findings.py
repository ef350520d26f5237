"""The problems of one file, collected on the way through it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nps_xlsx.model import Place, Problem
from nps_xlsx.problems import problem

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
        """Add a problem of a kind in the catalogue."""
        here = replace(place, file=self.file)
        self.problems.append(problem(slug, here, ref=ref, field=field, value=value, **words))
